"""Folding and Arabizi: one form for many spellings, with offsets that lead back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understanding.arabizi import language_of, to_arabic
from understanding.entities import read_entities
from understanding.folding import fold, fold_with_origin


@pytest.mark.parametrize(
    ("spelt", "folded"),
    [
        ("أبغى أحجز مَوْعِد", "ابغي احجز موعد"),
        ("عيـــادة", "عياده"),
        ("٣٫٥ ۷", "3٫5 7"),
        ("هلااااا", "هلاا"),
        ("Dr.  SARA", "dr. sara"),
        ("\u202bموعد\u202c", "موعد"),
        ("وين؟", "وين?"),
        ("کیف", "كيف"),
        ("😀😀😀", "😀😀"),
    ],
)
def test_spellings_become_one(spelt: str, folded: str) -> None:
    assert fold(spelt) == folded


@given(text=st.text(max_size=100))
def test_folding_again_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(text=st.text(max_size=100))
def test_every_sign_knows_where_it_came_from(text: str) -> None:
    folded = fold_with_origin(text)
    assert len(folded.origin) == len(folded.text)
    assert list(folded.origin) == sorted(folded.origin)
    assert all(0 <= place < len(text) for place in folded.origin)


@pytest.mark.parametrize(
    ("text", "arabic"),
    [
        ("3ayez a7gez", "عايز احجز"),
        ("bukra 5:30pm", "بكره 5:30pm"),
        ("call 0501234567", "call 0501234567"),
        ("el 7ad", "ال احد"),
    ],
)
def test_arabizi_is_read_in_arabic_letters(text: str, arabic: str) -> None:
    assert to_arabic(fold(text)) == arabic


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I want to book at 3pm", "en"),
        ("ابغى موعد", "ar"),
        ("3ayez a7gez", "arabizi"),
        ("bade maw3ed bukra", "arabizi"),
        ("ابغى appointment بكره", "mixed"),
        ("👍", "ar"),
        ("", "ar"),
    ],
)
def test_the_language_is_told(text: str, language: str) -> None:
    assert language_of(fold(text)) == language


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("derma for my daughter with Dr Sara", {"specialty": "dermatology", "person": "child", "doctor": "Dr Sara"}),
        ("ابغى دكتورة هند للأسنان", {"doctor": "دكتورة هند", "specialty": "dentistry"}),
        ("do you take Bupa", {"insurer": "bupa"}),
        ("هل تقبلون التعاونية لزوجتي", {"insurer": "tawuniya", "person": "spouse"}),
        ("3ayez a7gez asnan l mrati", {"specialty": "dentistry", "person": "spouse"}),
        ("two kids", {"count": 2}),
        ("hello", {}),
    ],
)
def test_names_of_things_are_found(text: str, found: dict[str, object]) -> None:
    assert {one.entity: one.value for one in read_entities(text)} == found


@given(text=st.text(max_size=80))
def test_entities_stand_where_they_say(text: str) -> None:
    for one in read_entities(text):
        assert text[one.start : one.end] == one.text
