"""Whole turns on the real database, the intent given by hand: booking, detours, taps, owners, repeats."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import yaml
from sqlalchemy import func, select
from sqlalchemy.engine import Engine

from actions.booking import ActionBooking
from actions.consent import ActionOptIn, ActionOptOut
from actions.faq import ActionFaq
from actions.handoff import ActionEmergency, ActionHandoff, ActionNotUnderstood
from actions.requests import ActionEarlierSlot, ActionLabResults, ActionRunningLate
from actions.small_talk import ActionSmallTalk
from actions.tap import ActionTap
from actions.visits import ActionCancelling, ActionCheckAppointment, ActionRescheduling
from clinic.conversations import load_conversation
from clinic.database.tables import (
    appointments,
    clinic_settings,
    conversations,
    handoffs,
    open_questions,
    patients,
)
from clinic.demo import DemoClinic
from clinic.handoff import hand_back
from istiqbal.settings import PROJECT

from .conftest import Patient, new_patient

BOOK, TAP = ActionBooking(), ActionTap()


def live(engine: Engine, contact_id: str) -> list[Any]:
    with engine.begin() as conn:
        return conn.execute(select(appointments).where(appointments.c.contact_id == contact_id)).all()


def owner(patient: Patient) -> str:
    with patient.engine.begin() as conn:
        return load_conversation(conn, patient.conversation_id).owner


def book(patient: Patient, specialty: str = "Dermatology") -> None:
    patient.say(BOOK, "book", "book_appointment")
    patient.tap(TAP, specialty)
    assert patient.last is not None
    patient.tap_id(TAP, patient.last.options[0].id)
    assert "Booked" in patient.tap(TAP, "Confirm").text


def test_a_visit_is_booked_in_three_taps_and_four_bubbles(patient: Patient) -> None:
    assert "specialty" in patient.say(BOOK, "book", "book_appointment").text
    assert "times" in patient.tap(TAP, "Dermatology").text
    assert "Shall I book it" in patient.tap(TAP, "Today").text
    done = patient.tap(TAP, "Confirm")
    assert done.text.startswith("Booked")
    [booked] = live(patient.engine, patient.contact_id)
    assert booked.status == "booked"


def test_a_first_message_that_says_more_is_asked_less(patient: Patient) -> None:
    said = "derma for my daughter tomorrow evening"
    reply = patient.say(
        BOOK,
        said,
        "book_appointment",
        entities=[
            {"entity": "specialty", "value": "dermatology", "start": 0, "end": 5},
            {"entity": "person", "value": "child", "start": 10, "end": 21},
        ],
        when={"date": "2026-11-25", "time": ["17:00", "21:00"]},
    )
    assert {option.title.split(",")[0] for option in reply.options} <= {"Tomorrow", "More times", "Another day"}
    assert "name" in patient.tap_id(TAP, reply.options[0].id).text
    assert "Layla Saleh" in patient.say(ActionNotUnderstood(), "Layla Saleh", "nlu_fallback").text
    assert "Layla Saleh" in patient.say(ActionSmallTalk(), "yes", "affirm").text
    with patient.engine.begin() as conn:
        assert conn.execute(select(patients.c.name)).scalars().all() == ["Layla Saleh"]


def test_a_question_in_between_is_answered_and_the_booking_goes_on_where_it_was(patient: Patient) -> None:
    patient.say(BOOK, "book", "book_appointment")
    offered = patient.tap(TAP, "Dentistry")
    detour = patient.say(ActionFaq(), "where are you?", "faq_location")
    assert "Riyadh" in detour.text and "which time" in detour.text
    assert [option.id for option in detour.options] == [option.id for option in offered.options]
    assert "Shall I book it" in patient.tap(TAP, "Tomorrow").text


def test_the_same_message_again_gets_the_same_answer_and_books_once(patient: Patient) -> None:
    patient.say(BOOK, "book", "book_appointment")
    patient.tap(TAP, "Dermatology")
    confirm = patient.tap(TAP, "Today").options[0].id
    first = patient.tap_id(TAP, confirm, key="wamid.confirm")
    assert patient.tap_id(TAP, confirm, key="wamid.confirm") == first
    assert len(live(patient.engine, patient.contact_id)) == 1


def test_a_second_tap_on_confirm_books_nothing_more(patient: Patient) -> None:
    book(patient)
    patient.say(BOOK, "book", "book_appointment")
    patient.tap(TAP, "Dermatology")
    confirm = patient.tap(TAP, "Today").options[0].id
    patient.tap_id(TAP, confirm)
    again = patient.tap_id(TAP, confirm)
    assert "no longer open" in again.text
    assert len([row for row in live(patient.engine, patient.contact_id) if row.status == "booked"]) == 2


def test_a_taken_slot_is_offered_again_with_the_nearest_free_ones(engine: Engine, clinic: DemoClinic) -> None:
    quick, slow = new_patient(engine, clinic, 1, "Mona"), new_patient(engine, clinic, 2, "Samir")
    for patient in (quick, slow):
        patient.say(BOOK, "book", "book_appointment")
        patient.tap(TAP, "Dermatology")
    assert quick.last is not None and slow.last is not None
    wanted = slow.last.options[0].id
    quick.tap_id(TAP, quick.last.options[0].id)
    refused = slow.tap_id(TAP, wanted)
    assert "Which one suits you" in refused.text or "just been taken" in refused.text
    assert refused.options and all(
        "4:00 pm" not in option.title or "Today" not in option.title for option in refused.options
    )


def test_a_hold_that_ran_out_is_free_for_others(engine: Engine, clinic: DemoClinic) -> None:
    sleepy, awake = new_patient(engine, clinic, 1, "Mona"), new_patient(engine, clinic, 2, "Samir")
    for patient in (sleepy, awake):
        patient.say(BOOK, "book", "book_appointment")
        patient.tap(TAP, "Dermatology")
    assert sleepy.last is not None and awake.last is not None
    sleepy.tap_id(TAP, sleepy.last.options[0].id)
    awake.now += timedelta(minutes=6)
    awake.tap_id(TAP, awake.last.options[0].id)
    assert "Booked" in awake.tap(TAP, "Confirm").text
    sleepy.now += timedelta(minutes=7)
    assert "Booked" not in sleepy.tap(TAP, "Confirm").text


def test_a_visit_is_moved_in_one_step(patient: Patient) -> None:
    book(patient)
    [before] = live(patient.engine, patient.contact_id)
    patient.say(ActionRescheduling(), "can I move it", "reschedule_appointment")
    patient.tap(TAP, "Tomorrow")
    assert "Moved" in patient.tap(TAP, "Confirm").text
    [after] = live(patient.engine, patient.contact_id)
    assert after.id == before.id and after.during.lower > before.during.lower


def test_of_several_visits_the_meant_one_is_cancelled(patient: Patient) -> None:
    book(patient, "Dermatology")
    book(patient, "Dentistry")
    assert "Which visit" in patient.say(ActionCancelling(), "cancel", "cancel_appointment").text
    assert patient.last is not None
    dental = next(option for option in patient.last.options if "Dentistry" in option.description)
    patient.tap_id(TAP, dental.id)
    assert "cancelled" in patient.tap(TAP, "Yes, cancel").text
    statuses = {row.status for row in live(patient.engine, patient.contact_id)}
    assert statuses == {"booked", "cancelled"}
    listed = patient.say(ActionCheckAppointment(), "my visits", "check_appointment")
    assert "Dermatology" in listed.text and "Dentistry" not in listed.text


@pytest.mark.parametrize("intent", ["complaint", "sensitive", "medical_question", "request_human"])
def test_what_people_must_see_goes_to_a_person_from_within_a_booking_and_comes_back(
    patient: Patient, clinic: DemoClinic, intent: str, staff_id: str
) -> None:
    patient.say(BOOK, "book", "book_appointment")
    patient.tap(TAP, "Dermatology")
    said = patient.say(ActionHandoff(), "1", intent)  # even where it could be read as "the first"
    assert not said.options and owner(patient) == "person"
    with patient.engine.begin() as conn:
        assert conn.execute(select(open_questions.c.suspended)).scalar_one() is True
        assert conn.execute(select(handoffs.c.reason)).scalar_one() == intent
        hand_back(conn, clinic.id, patient.conversation_id, staff_id, patient.now)
    assert owner(patient) == "bot"
    with patient.engine.begin() as conn:
        assert conn.execute(select(open_questions.c.suspended)).scalar_one() is False


def test_an_emergency_says_the_number_first(patient: Patient) -> None:
    reply = patient.say(ActionEmergency(), "my father has chest pain", "emergency")
    assert "997" in reply.text.split(".")[1]
    assert owner(patient) == "person"


def test_a_riddle_gets_a_hint_and_then_a_person(patient: Patient) -> None:
    hint = patient.say(ActionNotUnderstood(), "blorb", "nlu_fallback")
    assert hint.options and owner(patient) == "bot"
    patient.say(ActionNotUnderstood(), "blorb blorb", "nlu_fallback")
    assert owner(patient) == "person"


def test_an_understood_message_in_between_forgives_the_first_riddle(patient: Patient) -> None:
    patient.say(ActionNotUnderstood(), "blorb", "nlu_fallback")
    patient.say(ActionSmallTalk(), "hello", "greet")
    patient.say(ActionNotUnderstood(), "blorb", "nlu_fallback")
    assert owner(patient) == "bot"


def test_another_patients_button_is_not_ours_to_tap(engine: Engine, clinic: DemoClinic) -> None:
    from clinic.taps import find_tap

    mine, theirs = new_patient(engine, clinic, 1), new_patient(engine, clinic, 2)
    theirs.say(BOOK, "book", "book_appointment")
    assert theirs.last is not None
    with engine.begin() as conn:
        assert find_tap(conn, mine.conversation_id, theirs.last.options[0].id) is None


def test_the_language_follows_the_newest_message(patient: Patient) -> None:
    assert "welcome" in patient.say(ActionSmallTalk(), "hi", "greet").text
    assert "السلام" in patient.say(ActionSmallTalk(), "السلام عليكم", "greet", language="ar").text
    assert "مع السلامة" in patient.say(ActionSmallTalk(), "ma3 el salama", "goodbye", language="arabizi").text


# --- every intent in every open question ------------------------------------------------------------------------------

ACTIONS = {
    action.name(): action
    for action in (
        ActionBooking(), ActionTap(), ActionFaq(), ActionEmergency(), ActionHandoff(), ActionNotUnderstood(),
        ActionSmallTalk(), ActionCancelling(), ActionCheckAppointment(), ActionRescheduling(), ActionOptIn(),
        ActionOptOut(), ActionRunningLate(), ActionEarlierSlot(), ActionLabResults(),
    )
}  # fmt: skip
RULES = {
    rule["steps"][0]["intent"]: rule["steps"][1]["action"]
    for path in sorted((PROJECT / "data" / "rules").glob("*.yml"))
    for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]
}
HUMAN = {"emergency", "complaint", "sensitive", "medical_question", "request_human"}


def open_question(patient: Patient, kind: str) -> None:
    if kind in ("specialty", "slot", "confirm", "patient_name"):
        patient.say(BOOK, "book", "book_appointment")
    if kind in ("slot", "confirm", "patient_name"):
        patient.tap(TAP, "Dermatology")
    if kind in ("confirm", "patient_name"):
        patient.tap(TAP, "Tomorrow")
    if kind == "patient_name":
        patient.tap(TAP, "For someone else")
    if kind in ("appointment", "confirm_cancel"):
        book(patient, "Dermatology")
        book(patient, "Dentistry")
        patient.say(ActionCancelling(), "cancel", "cancel_appointment")
    if kind == "confirm_cancel":
        assert patient.last is not None
        patient.tap_id(TAP, patient.last.options[0].id)


@pytest.mark.parametrize("kind", ["specialty", "slot", "confirm", "patient_name", "appointment", "confirm_cancel"])
def test_every_intent_in_every_open_question_gets_one_answer_and_breaks_nothing(
    patient: Patient, clinic: DemoClinic, staff_id: str, kind: str
) -> None:
    with patient.engine.begin() as conn:
        conn.execute(
            clinic_settings.insert().values(clinic_id=clinic.id, key="booking", value={"most_bookings_a_day": 1000})
        )
    for intent, action_name in RULES.items():
        if intent == "tap":
            continue
        open_question(patient, kind)
        before = [row.status for row in live(patient.engine, patient.contact_id) if row.status != "proposed"]
        reply = patient.say(ACTIONS[action_name], f"about {intent}", intent)
        assert reply.text.strip(), intent
        if intent in HUMAN:
            assert owner(patient) == "person", intent
        # Words about something else never book a visit or lose one; only yes and no count as answers here.
        after = [row.status for row in live(patient.engine, patient.contact_id) if row.status != "proposed"]
        if intent not in ("affirm", "deny", "cancel_appointment", "book_appointment", "reschedule_appointment"):
            assert after == before, intent
        with patient.engine.begin() as conn:
            if owner(patient) == "person":
                hand_back(conn, clinic.id, patient.conversation_id, staff_id, patient.now)
            conn.execute(open_questions.delete())
            conn.execute(appointments.update().values(status="cancelled", hold_expires_at=None))


def test_one_conversation_a_contact_and_number(engine: Engine, clinic: DemoClinic) -> None:
    new_patient(engine, clinic, 1)
    new_patient(engine, clinic, 1)
    with engine.begin() as conn:
        assert conn.execute(select(func.count()).select_from(conversations)).scalar_one() == 1
