"""No visit is cancelled, moved or booked that the patient did not mean: refusals, old buttons, other flows' buttons."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.engine import Engine

from actions.booking import ActionBooking
from actions.handoff import ActionNotUnderstood
from actions.small_talk import ActionSmallTalk
from actions.tap import ActionTap
from actions.visits import ActionCancelling, ActionRescheduling
from clinic.appointments import move_appointment
from clinic.conversations import load_conversation
from clinic.database.tables import appointments, clinic_settings, specialties, waitlist_entries
from clinic.demo import DemoClinic
from clinic.free_times import free_times
from clinic.schedule import bookable_specialties, load_clinic
from clinic.settings import BookingPolicy
from clinic.waitlist_joining import join
from messaging.bubbles import Bubble

from .conftest import Patient

BOOK, TAP, CANCEL, MOVE = ActionBooking(), ActionTap(), ActionCancelling(), ActionRescheduling()
SAYS = ActionNotUnderstood()


def specialty(code: str, text: str, word: str) -> list[dict[str, Any]]:
    return [{"entity": "specialty", "value": code, "start": text.index(word), "end": text.index(word) + len(word)}]


def offered(patient: Patient, text: str, code: str, word: str) -> Bubble:
    return patient.say(BOOK, text, "book_appointment", entities=specialty(code, text, word))


def book(patient: Patient, text: str, code: str, word: str, time_at: int = 0) -> None:
    patient.tap_id(TAP, offered(patient, text, code, word).options[time_at].id)
    assert "Booked" in patient.tap(TAP, "Confirm").text


def standing(engine: Engine) -> list[tuple[str, str]]:
    """Specialty and status of every visit, holds left out."""
    query = (
        select(specialties.c.code, appointments.c.status)
        .join(specialties, specialties.c.id == appointments.c.specialty_id)
        .where(appointments.c.status != "proposed")
        .order_by(specialties.c.code, appointments.c.status)
    )
    with engine.begin() as conn:
        return [(row.code, row.status) for row in conn.execute(query)]


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("don't cancel it", "cancel_appointment"),
        ("please do not cancel my appointment", "cancel_appointment"),
        ("ما ابي الغيه", "cancel_appointment"),
        ("لا تلغوا الموعد", "cancel_appointment"),
        ("cancel? no no keep it", "deny"),
        ("no", "affirm"),
    ],
)
def test_a_refusal_is_no_consent_whatever_the_intent_was_taken_for(
    patient: Patient, engine: Engine, said: str, intent: str
) -> None:
    book(patient, "derma", "dermatology", "derma")
    patient.say(CANCEL, "cancel my visit", "cancel_appointment")
    patient.say(CANCEL, said, intent)
    assert standing(engine) == [("dermatology", "booked")]


def test_i_cannot_confirm_yet_books_nothing(patient: Patient, engine: Engine) -> None:
    patient.tap_id(TAP, offered(patient, "derma", "dermatology", "derma").options[0].id)
    patient.say(ActionSmallTalk(), "I can't confirm yet", "affirm")
    assert standing(engine) == []


def test_no_cancel_the_other_one_asks_about_the_other_one(patient: Patient, engine: Engine) -> None:
    book(patient, "derma", "dermatology", "derma")
    book(patient, "dentist", "dentistry", "dentist", time_at=1)
    text = "cancel my derma visit"
    patient.say(CANCEL, text, "cancel_appointment", entities=specialty("dermatology", text, "derma"))
    text = "no, cancel the dentist one"
    asked = patient.say(CANCEL, text, "cancel_appointment", entities=specialty("dentistry", text, "dentist"))
    assert "Dentistry" in asked.text and "Dermatology" not in asked.text
    patient.tap(TAP, "Yes, cancel")
    assert standing(engine) == [("dentistry", "cancelled"), ("dermatology", "booked")]


def test_cancel_my_daughters_because_i_cannot_come_means_the_daughters(patient: Patient) -> None:
    book(patient, "derma", "dermatology", "derma")
    book(patient, "derma for my daughter Layla 20", "dermatology", "derma", time_at=1)
    text = "مش قادرة اجي الغي موعد بنتي"
    asked = patient.say(CANCEL, text, "cancel_appointment", language="ar")
    assert "Layla" in asked.text and "Mona" not in asked.text


def test_a_visit_that_moves_stays_what_it_is(patient: Patient, engine: Engine) -> None:
    book(patient, "derma", "dermatology", "derma")
    patient.say(MOVE, "move my visit", "reschedule_appointment")
    text = "I meant the dentist appointment"
    patient.say(SAYS, text, "nlu_fallback", entities=specialty("dentistry", text, "dentist"))
    assert standing(engine) == [("dermatology", "booked")]
    with engine.begin() as conn:
        query = select(appointments.c.practitioner_id, appointments.c.during).where(appointments.c.status == "booked")
        before = conn.execute(query).one()
    assert before.during is not None


def test_an_old_confirm_does_not_book_what_is_asked_now(patient: Patient, engine: Engine) -> None:
    rows = offered(patient, "derma", "dermatology", "derma").options
    old = patient.tap_id(TAP, rows[0].id).options[0].id
    patient.tap_id(TAP, rows[1].id)
    again = patient.tap_id(TAP, old)
    assert "Shall I book it" in again.text and standing(engine) == []


def test_an_old_yes_does_not_cancel_a_visit_that_has_moved_since(
    patient: Patient, engine: Engine, clinic: DemoClinic
) -> None:
    book(patient, "derma", "dermatology", "derma")
    old = patient.say(CANCEL, "cancel my visit", "cancel_appointment").options[0].id
    with engine.begin() as conn:
        ours = load_clinic(conn, clinic.id)
        derma = next(one for one in bookable_specialties(conn, clinic.id) if one.code == "dermatology")
        later = free_times(conn, ours, derma, BookingPolicy(), patient.now)[40]
        visit = conn.execute(select(appointments.c.id).where(appointments.c.status == "booked")).scalar_one()
        move_appointment(conn, clinic.id, None, str(visit), later, patient.now, actor="staff:reem")
    asked = patient.tap_id(TAP, old)
    assert "Cancel this visit?" in asked.text and standing(engine) == [("dermatology", "booked")]


def test_a_row_of_an_older_list_does_not_move_another_visit(patient: Patient, engine: Engine) -> None:
    book(patient, "derma", "dermatology", "derma")
    old = patient.say(MOVE, "move my visit", "reschedule_appointment").options[3].id
    patient.say(SAYS, "forget it", "nlu_fallback")
    book(patient, "dentist", "dentistry", "dentist", time_at=1)
    text = "move my dentist visit"
    patient.say(MOVE, text, "reschedule_appointment", entities=specialty("dentistry", text, "dentist"))
    asked = patient.tap_id(TAP, old)
    assert "Sara" in asked.text  # the visit that the row was about


def test_a_tap_on_another_flows_button_loses_neither(patient: Patient, engine: Engine) -> None:
    book(patient, "derma", "dermatology", "derma")
    yes = patient.say(CANCEL, "cancel my visit", "cancel_appointment").options[0].id
    patient.tap_id(TAP, offered(patient, "dentist", "dentistry", "dentist").options[0].id)
    after = patient.tap_id(TAP, yes)
    assert "cancelled" in after.text and "Back to your booking" in after.text
    assert "Booked" in patient.tap(TAP, "Confirm").text
    assert standing(engine) == [("dentistry", "booked"), ("dermatology", "cancelled")]


def test_who_waits_and_books_meanwhile_waits_for_that_visit_to_come_earlier(
    patient: Patient, engine: Engine, clinic: DemoClinic
) -> None:
    with engine.begin() as conn:
        ours = load_clinic(conn, clinic.id)
        derma = next(one for one in bookable_specialties(conn, clinic.id) if one.code == "dermatology")
        from clinic.patients import self_of

        mona = self_of(conn, clinic.id, patient.contact_id)
        assert mona is not None
        join(conn, ours, load_conversation(conn, patient.conversation_id), derma.id, mona.id, patient.now)
    book(patient, "derma", "dermatology", "derma", time_at=3)
    with engine.begin() as conn:
        booked = conn.execute(select(appointments.c.id).where(appointments.c.status == "booked")).scalar_one()
        assert conn.execute(select(waitlist_entries.c.appointment_id)).scalar_one() == booked


def test_the_limits_of_moving_hold_at_its_end_too(patient: Patient, engine: Engine, clinic: DemoClinic) -> None:
    book(patient, "derma", "dermatology", "derma")
    patient.say(MOVE, "move my visit", "reschedule_appointment")
    patient.tap(TAP, "Tomorrow")
    with engine.begin() as conn:
        conn.execute(
            insert(clinic_settings).values(clinic_id=clinic.id, key="booking", value={"move_notice_hours": 48})
        )
    refused = patient.tap(TAP, "Confirm")
    assert "less than 48 hours" in refused.text
    with engine.begin() as conn:
        assert conn.execute(select(appointments.c.moves).where(appointments.c.status == "booked")).scalar_one() == 0
