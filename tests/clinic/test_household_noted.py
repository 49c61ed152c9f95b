"""A household that is told without a visit is noted, said back, and a tap away from a booking."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.engine import Engine

from actions.booking import ActionBooking
from actions.handoff import ActionNotUnderstood
from actions.small_talk import ActionSmallTalk
from actions.tap import ActionTap
from clinic.database.tables import contact_patients, patients

from .conftest import Patient

BOOK, TAP, SAYS = ActionBooking(), ActionTap(), ActionNotUnderstood()


def household(engine: Engine) -> set[tuple[str, str]]:
    query = select(patients.c.name, contact_patients.c.relationship).join(
        contact_patients, contact_patients.c.patient_id == patients.c.id
    )
    with engine.begin() as conn:
        return {tuple(row) for row in conn.execute(query)}


def test_a_household_of_five_is_noted_and_one_of_them_booked_by_tap(patient: Patient, engine: Engine) -> None:
    text = "my wife Salma, my kids Ali 7, Sara 4 and Omar 2, my father Hassan"
    noted = patient.say(SAYS, text, "nlu_fallback")
    for words in ("Noted", "Salma (your husband or wife)", "Hassan (your parent)"):
        assert words in noted.text
    assert household(engine) == {
        ("Salma", "spouse"),
        ("Ali", "child"),
        ("Sara", "child"),
        ("Omar", "child"),
        ("Hassan", "parent"),
    }
    assert len(patient.say(SAYS, text, "nlu_fallback").options) == 5 and len(household(engine)) == 5
    patient.tap(TAP, "Omar")
    patient.tap(TAP, "Dermatology")
    assert patient.last is not None
    assert "For: Omar" in patient.tap_id(TAP, patient.last.options[0].id).text


def test_the_same_in_arabic_and_where_it_was_taken_for_small_talk(patient: Patient, engine: Engine) -> None:
    text = "ضيف زوجتي سلمى وعيالي علي 7 وسارة 4 على ملفي"
    assert "سلمى" in patient.say(ActionSmallTalk(), text, "out_of_scope", language="ar").text
    assert {name for name, _ in household(engine)} == {"سلمى", "علي", "سارة"}


def test_who_names_nobody_is_not_understood_as_before(patient: Patient, engine: Engine) -> None:
    assert "did not quite get that" in patient.say(SAYS, "my kids are lovely", "nlu_fallback").text
    assert household(engine) == set()


def test_names_that_answer_a_question_stay_an_answer(patient: Patient) -> None:
    patient.say(BOOK, "book", "book_appointment")
    patient.tap(TAP, "Dermatology")
    assert "Noted" not in patient.say(SAYS, "my daughter Layla", "nlu_fallback").text
