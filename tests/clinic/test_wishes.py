"""A wish for the doctor's gender or language, in every variety that patients write."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.schedule import Practitioner
from clinic.wishes import keeps, wishes_in

WOMAN, MAN = {"gender": "female"}, {"gender": "male"}


@pytest.mark.parametrize(
    ("said", "wish"),
    [
        ("derma for my daughter Thursday after maghrib with a lady doctor", WOMAN),
        ("I'd prefer a female dentist", WOMAN),
        ("can the doctor be a woman", WOMAN),
        ("ابي دكتورة جلدية", WOMAN),
        ("دكتور حرمة لو سمحت", WOMAN),
        ("عايزة دكتورة ست", WOMAN),
        ("بدي دكتورة تشوف بنتي", WOMAN),
        ("اريد طبيبة", WOMAN),
        ("bghit tbiba", {}),  # not read yet; better nothing than the wrong one
        ("3ayza doktora", WOMAN),
        ("a male doctor please", MAN),
        ("دكتور رجال", MAN),
        ("عايز دكتور راجل", MAN),
        ("بدي دكتور زلمة", MAN),
        ("a doctor who speaks English", {"language": "en"}),
        ("بدي دكتور بيحكي انكليزي", {"language": "en"}),
        ("urdu speaking doctor", {"language": "ur"}),
        ("any doctor is fine", {"gender": None, "language": None}),
        ("أي دكتور", {"gender": None, "language": None}),
        ("مش فارقة", {"gender": None, "language": None}),
        ("the doctor was late", {}),
        ("book with the doctor tomorrow", {}),
        ("موعد مع الدكتور", {}),
        ("I speak English", {}),
    ],
)
def test_a_wish_is_read_where_there_is_one(said: str, wish: dict[str, Any]) -> None:
    assert dict(wishes_in(said)) == wish


def test_a_title_before_a_name_is_no_wish() -> None:
    assert wishes_in("موعد مع دكتورة سارة", doctor_named=True) == {}
    assert wishes_in("a lady doctor, not Dr Khalid", doctor_named=True) == WOMAN


def test_a_doctor_keeps_a_wish_or_does_not() -> None:
    sara = Practitioner("p", "Dr. Sara", "د. سارة", "female", ("ar", "en"))
    assert keeps(sara, None, None) and keeps(sara, "female", "en")
    assert not keeps(sara, "male", None) and not keeps(sara, "female", "ur")


@given(text=st.text(max_size=80))
def test_any_text_is_read_without_complaint(text: str) -> None:
    assert set(wishes_in(text)) <= {"gender", "language"}
