"""The catalogue: nothing is said in one language only, and no text can miss a value."""

from __future__ import annotations

from string import Formatter

import pytest

from clinic.texts import CATALOGUE, say


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_have_the_same_texts() -> None:
    assert CATALOGUE["en"].keys() == CATALOGUE["ar"].keys()


@pytest.mark.parametrize("key", sorted(CATALOGUE["en"]))
def test_a_text_needs_the_same_values_in_both_languages(key: str) -> None:
    assert placeholders(CATALOGUE["en"][key]) == placeholders(CATALOGUE["ar"][key])


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(
    "key",
    [
        *(key for key in CATALOGUE["en"] if key.startswith("menu_") or key.endswith("_button")),
        *("urgent_yes", "urgent_no", "booking_yes", "booking_other_time", "booking_someone_else", "booking_more"),
        *("booking_any_doctor", "cancel_yes", "cancel_yes_all", "cancel_keep", "choose"),
        *("booking_whoever", "booking_other_specialty", "booking_other_day", "booking_join_waitlist"),
        *(f"replacements_{key}" for key in ("others", "cancel", "no_need", "any_doctor", "call_me")),
        *("household_same_yes", "household_same_no", "household_female", "household_male", "household_someone_else"),
    ],
)
def test_a_button_fits_on_a_button(key: str, language: str) -> None:
    assert len(CATALOGUE[language][key]) <= 20


def test_a_missing_value_is_an_error_not_a_hole() -> None:
    with pytest.raises(KeyError):
        say("greet", "en")
