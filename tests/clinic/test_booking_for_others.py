"""Booking as households do: for a daughter, a father, one of four children; rules and wishes of doctors are kept."""

from __future__ import annotations

from datetime import time
from typing import Any, Optional

import pytest
from sqlalchemy import insert, select
from sqlalchemy.engine import Engine

from actions.booking import ActionBooking
from actions.handoff import ActionNotUnderstood
from actions.small_talk import ActionSmallTalk
from actions.tap import ActionTap
from actions.visits import ActionCancelling, ActionCheckAppointment, ActionRescheduling
from clinic.database.tables import appointments, clinic_settings, patients, specialties, tasks
from clinic.demo import DemoClinic

from .conftest import Patient, new_patient

BOOK, TAP, SAYS = ActionBooking(), ActionTap(), ActionNotUnderstood()


def specialty(word: str, code: str, text: str) -> list[dict[str, Any]]:
    start = text.index(word)
    return [{"entity": "specialty", "value": code, "start": start, "end": start + len(word)}]


def booked(engine: Engine) -> list[Any]:
    """Status, patient, specialty and wishes of all that are not holds, in the order of booking."""
    query = (
        select(appointments.c.status, patients.c.name, specialties.c.code, appointments.c.wishes)
        .join(patients, patients.c.id == appointments.c.patient_id)
        .join(specialties, specialties.c.id == appointments.c.specialty_id)
        .where(appointments.c.status != "proposed")
        .order_by(appointments.c.created_at)
    )
    with engine.begin() as conn:
        return [tuple(row) for row in conn.execute(query)]


def book_for(patient: Patient, text: str, code: str, word: str, time_at: int = 0) -> None:
    patient.say(BOOK, text, "book_appointment", entities=specialty(word, code, text))
    assert patient.last is not None
    patient.tap_id(TAP, patient.last.options[time_at].id)


def finish(patient: Patient) -> None:
    assert "Booked" in patient.tap(TAP, "Confirm").text


def test_a_household_is_added_in_one_message_and_chosen_by_tap(patient: Patient, engine: Engine) -> None:
    text = "pediatrics for my kids Ali 7, Sara 4 and Omar 10 months"
    book_for(patient, text, "pediatrics", "pediatrics")
    assert patient.last is not None
    assert [option.title for option in patient.last.options[:3]] == ["Ali", "Sara", "Omar"]
    patient.tap(TAP, "Sara")
    finish(patient)
    assert [(status, name) for status, name, *_ in booked(engine)] == [("booked", "Sara")]
    assert [option.title for option in patient.last.options] == ["Ali", "Omar"]
    patient.tap(TAP, "Omar")
    patient.tap_id(TAP, patient.last.options[1].id)
    assert "Omar" in patient.last.text
    finish(patient)
    assert {name for _, name, *_ in booked(engine)} == {"Sara", "Omar"}
    assert [option.title for option in patient.last.options] == ["Ali"]


def test_a_child_too_old_for_the_doctor_is_told_and_offered_another(patient: Patient, engine: Engine) -> None:
    patient.say(BOOK, "pediatrics with Dr Yousef for my son Karim 16", "book_appointment", entities=[
        {"entity": "specialty", "value": "pediatrics", "start": 0, "end": 10},
        {"entity": "doctor", "value": "Dr Yousef", "start": 16, "end": 25},
    ])  # fmt: skip
    assert patient.last is not None
    assert "children only" in patient.last.text and booked(engine) == []
    patient.tap(TAP, "Other doctors")
    assert all("Yousef" not in option.description for option in patient.last.options)


def test_a_man_is_not_booked_with_the_doctor_for_women(patient: Patient, engine: Engine) -> None:
    text = "gynecology for my husband Sami"
    patient.say(BOOK, text, "book_appointment", entities=specialty("gynecology", "gynecology", text))
    assert patient.last is not None
    assert "women only" in patient.last.text and booked(engine) == []


def test_where_the_doctor_has_a_rule_the_gender_is_asked_and_remembered(engine: Engine, clinic: DemoClinic) -> None:
    patient = new_patient(engine, clinic, 7, "Noor")  # a name of women and men
    book_for(patient, "gynecology please", "gynecology", "gynecology")
    patient.tap(TAP, "Female")
    finish(patient)
    book_for(patient, "gynecology again please", "gynecology", "gynecology", time_at=1)
    finish(patient)
    assert [status for status, *_ in booked(engine)] == ["booked", "booked"]


def test_nobody_called_mona_is_asked_whether_she_is_a_woman(patient: Patient, engine: Engine) -> None:
    book_for(patient, "gynecology please", "gynecology", "gynecology")
    finish(patient)
    with engine.begin() as conn:
        assert conn.execute(select(patients.c.gender)).scalars().all() == [None]


def test_a_wish_for_a_lady_doctor_is_kept_through_a_move(patient: Patient, engine: Engine) -> None:
    text = "pediatrics with a lady doctor for my daughter Layla 6"
    patient.say(BOOK, text, "book_appointment", entities=specialty("pediatrics", "pediatrics", text))
    assert patient.last is not None
    assert {option.description for option in patient.last.options if option.description} == {"Dr. Huda Mansour"}
    patient.tap_id(TAP, patient.last.options[0].id)
    finish(patient)
    assert booked(engine)[0][3] == {"gender": "female"}
    patient.say(ActionRescheduling(), "another doctor is fine? no, just another time", "reschedule_appointment")
    assert {option.description for option in patient.last.options if option.description} == {"Dr. Huda Mansour"}


def test_a_wish_that_the_specialty_cannot_keep_is_asked_about(patient: Patient, engine: Engine) -> None:
    text = "dentistry with a female doctor"
    patient.say(BOOK, text, "book_appointment", entities=specialty("dentistry", "dentistry", text))
    assert patient.last is not None
    assert "no woman doctor" in patient.last.text
    patient.say(ActionSmallTalk(), "yes", "affirm")
    patient.tap_id(TAP, patient.last.options[0].id)
    finish(patient)
    assert booked(engine)[0][3] == {}


def test_mine_is_cancelled_and_my_wifes_is_kept(patient: Patient, engine: Engine) -> None:
    book_for(patient, "derma", "dermatology", "derma")
    finish(patient)
    book_for(patient, "derma for my wife Huda", "dermatology", "derma", time_at=1)
    finish(patient)
    asked = patient.say(ActionCancelling(), "cancel mine but keep my wife's", "cancel_appointment")
    assert "Mona" in asked.text and "Huda" not in asked.text
    patient.tap(TAP, "Yes, cancel")
    assert [(status, name) for status, name, *_ in booked(engine)] == [("cancelled", "Mona"), ("booked", "Huda")]


def test_all_visits_are_cancelled_with_one_yes(patient: Patient, engine: Engine) -> None:
    for text, at in (("derma", 0), ("derma again", 1)):
        book_for(patient, text, "dermatology", "derma", time_at=at)
        finish(patient)
    asked = patient.say(ActionCancelling(), "cancel both of them", "cancel_appointment")
    assert asked.text.count("•") == 2
    patient.say(ActionSmallTalk(), "yes", "affirm")
    assert {status for status, *_ in booked(engine)} == {"cancelled"}


def test_a_service_has_its_own_length_and_name(patient: Patient, engine: Engine) -> None:
    patient.say(BOOK, "I want teeth cleaning", "book_appointment")
    assert patient.last is not None
    patient.tap_id(TAP, patient.last.options[0].id)
    assert "leaning" in patient.last.text
    finish(patient)
    with engine.begin() as conn:
        during = conn.execute(select(appointments.c.during).where(appointments.c.status == "booked")).scalar_one()
    assert (during.upper - during.lower).total_seconds() == 60 * 60


@pytest.mark.parametrize(
    ("wished", "said"),
    [
        ("derma yesterday", "over already"),
        ("derma on 1/8/2027", "that far ahead"),
        ("derma on Friday", "Nothing is free then"),
        ("derma today at 1:15 pm", "too soon"),
    ],
)
def test_a_day_that_cannot_be_has_a_decent_answer(patient: Patient, wished: str, said: str) -> None:
    reply = patient.say(BOOK, wished, "book_appointment", entities=specialty("derma", "dermatology", wished))
    assert said in reply.text and reply.options


def test_a_day_on_which_the_clinic_is_closed_is_named(patient: Patient, engine: Engine, clinic: DemoClinic) -> None:
    from clinic.database.tables import absences

    with engine.begin() as conn:
        conn.execute(
            insert(absences).values(
                clinic_id=clinic.id, reason="holiday", name_en="Founding Day", name_ar="يوم التأسيس",
                during="[2026-11-29 00:00+03, 2026-11-30 00:00+03)",
            )
        )  # fmt: skip
    text = "derma on Sunday"
    reply = patient.say(BOOK, text, "book_appointment", entities=specialty("derma", "dermatology", text))
    assert "closed on Sunday 29 Nov (Founding Day)" in reply.text


def test_the_sixth_booking_of_a_day_is_left_to_reception(patient: Patient, engine: Engine) -> None:
    for number in range(5):
        text = f"derma {number}"
        book_for(patient, text, "dermatology", "derma", time_at=number)
        finish(patient)
    refused = patient.say(BOOK, "derma once more", "book_appointment")
    assert "5 visits" in refused.text and len(booked(engine)) == 5


def _with_policy(engine: Engine, clinic: DemoClinic, **values: int) -> None:
    with engine.begin() as conn:
        conn.execute(insert(clinic_settings).values(clinic_id=clinic.id, key="booking", value=values))


def test_a_visit_that_begins_soon_is_moved_by_reception(patient: Patient, engine: Engine, clinic: DemoClinic) -> None:
    book_for(patient, "derma", "dermatology", "derma")
    finish(patient)
    _with_policy(engine, clinic, move_notice_hours=6)
    reply = patient.say(ActionRescheduling(), "move it", "reschedule_appointment")
    assert "less than 6 hours" in reply.text
    with engine.begin() as conn:
        assert conn.execute(select(tasks.c.kind)).scalars().all() == ["call_patient"]
    assert [status for status, *_ in booked(engine)] == ["booked"]


def test_a_visit_moved_too_often_is_moved_by_reception(patient: Patient, engine: Engine, clinic: DemoClinic) -> None:
    _with_policy(engine, clinic, most_moves=1, move_notice_hours=0)
    book_for(patient, "derma", "dermatology", "derma")
    finish(patient)
    patient.say(ActionRescheduling(), "move it", "reschedule_appointment")
    patient.tap(TAP, "Tomorrow")
    assert "Moved" in patient.tap(TAP, "Confirm").text
    assert "several times" in patient.say(ActionRescheduling(), "move it again", "reschedule_appointment").text


def test_a_late_cancellation_is_done_and_gently_said(patient: Patient, engine: Engine) -> None:
    book_for(patient, "derma", "dermatology", "derma")
    finish(patient)
    patient.now = patient.now.replace(hour=12)
    patient.say(ActionCancelling(), "cancel it please", "cancel_appointment")
    assert "at least 3 hours" in patient.tap(TAP, "Yes, cancel").text
    with engine.begin() as conn:
        assert conn.execute(select(appointments.c.cancelled_reason)).scalars().all() == ["late"]


def test_nothing_free_leads_to_the_waitlist(patient: Patient, engine: Engine, clinic: DemoClinic) -> None:
    from clinic.database.tables import practitioner_specialties, practitioners, waitlist_entries, working_hours

    with engine.begin() as conn:
        eyes = conn.execute(
            insert(specialties).values(clinic_id=clinic.id, code="ophthalmology", name_en="Eyes", name_ar="العيون")
            .returning(specialties.c.id)
        ).scalar_one()  # fmt: skip
        doctor = conn.execute(
            insert(practitioners).values(clinic_id=clinic.id, name_en="Dr. Eye", name_ar="د. عين", gender="male")
            .returning(practitioners.c.id)
        ).scalar_one()  # fmt: skip
        conn.execute(
            insert(practitioner_specialties).values(clinic_id=clinic.id, practitioner_id=doctor, specialty_id=eyes)
        )
        conn.execute(
            insert(working_hours).values(
                clinic_id=clinic.id, practitioner_id=doctor, weekday=0, start_time=time(9), end_time=time(10),
                valid_from="2027-06-01",
            )
        )  # fmt: skip
    text = "eyes"
    reply = patient.say(BOOK, text, "book_appointment", entities=specialty("eyes", "ophthalmology", text))
    assert "no free time" in reply.text
    joined = patient.tap(TAP, "Yes, tell me")
    assert joined.text
    with engine.begin() as conn:
        assert conn.execute(select(waitlist_entries.c.status)).scalars().all() == ["waiting"]


def test_a_list_of_days_and_a_list_of_doctors_lead_on(patient: Patient, engine: Engine) -> None:
    text = "pediatrics for my son Ziad 5"
    patient.say(BOOK, text, "book_appointment", entities=specialty("pediatrics", "pediatrics", text))
    days = patient.tap(TAP, "Another day")
    assert len(days.options) == 10
    patient.tap_id(TAP, days.options[2].id)
    chosen = days.options[2].title
    patient.tap(TAP, "Other doctors")
    offered = patient.tap(TAP, "Yousef")
    assert {option.description for option in offered.options if option.description} == {"Dr. Yousef Amin"}
    patient.tap_id(TAP, offered.options[0].id)
    assert patient.last is not None and chosen.split()[1] in patient.last.text
    finish(patient)


def test_visits_of_one_person_are_listed_alone(patient: Patient) -> None:
    book_for(patient, "derma", "dermatology", "derma")
    finish(patient)
    book_for(patient, "derma for my wife Huda", "dermatology", "derma", time_at=1)
    finish(patient)
    listed = patient.say(ActionCheckAppointment(), "when is my wife's appointment", "check_appointment")
    assert "Huda" in listed.text and "Mona" not in listed.text


def option(patient: Patient, title: str) -> Optional[str]:
    assert patient.last is not None
    return next((one.id for one in patient.last.options if title in one.title), None)


def test_who_it_is_for_can_be_corrected_at_the_confirmation(patient: Patient, engine: Engine) -> None:
    book_for(patient, "derma", "dermatology", "derma")
    patient.say(SAYS, "no, it is for my father Hassan", "nlu_fallback")
    assert patient.last is not None and "Hassan" in patient.last.text
    finish(patient)
    assert [name for _, name, *_ in booked(engine)] == ["Hassan"]
