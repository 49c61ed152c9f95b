"""The catalogue says the same things in both languages, and templates ask only for what it has."""

from __future__ import annotations

import re
import string

import pytest

from clinic.database.tables import APPOINTMENT_STATUSES, OUT_STATUSES
from clinic.handoff import URGENCY_OF_REASON
from clinic.staff import ROLES
from desk.folding import fold
from desk.rendering import HERE
from desk.texts import ARABIC, ENGLISH


def values_of(text: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_both_languages_have_the_same_texts_with_the_same_values() -> None:
    assert set(ENGLISH) == set(ARABIC)
    assert {key for key in ENGLISH if values_of(ENGLISH[key]) != values_of(ARABIC[key])} == set()


def test_every_reason_status_and_role_has_words() -> None:
    asked = [f"reason_{reason}" for reason in URGENCY_OF_REASON]
    asked += [f"status_{status}" for status in OUT_STATUSES]
    asked += [f"role_{role}" for role in ROLES]
    asked += [status for status in APPOINTMENT_STATUSES if status != "proposed"]
    assert [key for key in asked if key not in ENGLISH] == []


def test_templates_ask_for_nothing_that_the_catalogue_lacks() -> None:
    templates = "".join(path.read_text(encoding="utf-8") for path in (HERE / "templates").rglob("*.html"))
    asked = set(re.findall(r"say\([\"']([a-z_]+)[\"'][,)]", templates))
    assert asked and asked <= set(ENGLISH)


@pytest.mark.parametrize(
    ("typed", "folded"),
    [("أَحْمَد", "احمد"), ("فاطمة", "فاطمه"), ("  Ali\u200f  K ", "ali k"), ("٠٥٠", "050"), ("a\0b", "ab")],
)
def test_search_words_are_folded(typed: str, folded: str) -> None:
    assert fold(typed) == folded
