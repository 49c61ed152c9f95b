"""Which names may be one person's."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.likeness import name_words, similar, similar_pairs


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mona Saleh", "Muna Salih"),
        ("Mona Saleh", "منى صالح"),
        ("Mona Saleh", "Mona Saleh Alharbi"),
        ("محمد عبدالله الحربي", "محمد الحربي"),
        ("سارة الحربي", "ساره حربي"),
        ("Mrs. Sara Al-Harbi", "sara alharbi"),
        ("Fatima Ahmed", "فاطمة أحمد"),
        ("Khalid Nasser", "Khaled Naser"),
        ("Layla Hasan", "ليلى حسن"),
    ],
)
def test_spellings_slips_and_scripts_of_one_name_are_similar(one: str, other: str) -> None:
    assert similar(name_words(one), name_words(other)) and similar(name_words(other), name_words(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [("Sara Ali", "Sami Ali"), ("Mona Saleh", "Mona Haddad"), ("خالد ناصر", "ناصر خالد"), ("Huda Aziz", "Reem Aziz")],
)
def test_sisters_and_namesakes_of_another_family_are_not(one: str, other: str) -> None:
    assert not similar(name_words(one), name_words(other))


@given(st.text(max_size=30), st.text(max_size=30))
def test_likeness_goes_both_ways_for_any_text(one: str, other: str) -> None:
    assert similar(name_words(one), name_words(other)) == similar(name_words(other), name_words(one))


def test_a_day_on_which_thousands_are_said_to_be_born_takes_seconds_at_most() -> None:
    words = [name_words(f"First{number} Last{number % 900}") for number in range(20_000)]
    started = time.process_time()
    list(similar_pairs(range(len(words)), words, lambda one, other: True))
    assert time.process_time() - started < 20
