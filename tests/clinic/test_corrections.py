"""Anything may be corrected at any point, also where a name is asked for: nobody is called "no, Sunday"."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.engine import Engine

from actions.booking import ActionBooking
from actions.faq import ActionFaq
from actions.handoff import ActionNotUnderstood
from actions.tap import ActionTap
from actions.visits import ActionRescheduling
from clinic.database.tables import patients, practitioner_specialties, practitioners, specialties
from clinic.said_names import sounds_like_a_name
from messaging.agent import language_of

from .conftest import Patient

BOOK, TAP, SAYS = ActionBooking(), ActionTap(), ActionNotUnderstood()


def asked_for_a_name(patient: Patient, text: str = "dermatology for my daughter") -> None:
    derma = {"entity": "specialty", "value": "dermatology", "start": 0, "end": 11}
    patient.say(BOOK, text, "book_appointment", entities=[derma])
    assert patient.last is not None
    asked = patient.tap_id(TAP, patient.last.options[0].id)
    assert "full name" in asked.text


def names(engine: Engine) -> list[str]:
    with engine.begin() as conn:
        return sorted(conn.execute(select(patients.c.name)).scalars())


def says(patient: Patient, text: str, **parse: Any) -> Any:
    return patient.say(SAYS, text, "nlu_fallback", **parse)


@pytest.mark.parametrize("text", ["no, Sunday", "Sunday evening please", "actually make it Sunday"])
def test_another_day_instead_of_a_name_is_another_day(patient: Patient, engine: Engine, text: str) -> None:
    asked_for_a_name(patient)
    offered = says(patient, text)
    assert all(option.title.startswith(("Sun", "More", "Another")) for option in offered.options)
    assert names(engine) == []


def test_the_same_in_arabic(patient: Patient, engine: Engine) -> None:
    asked_for_a_name(patient)
    offered = says(patient, "لا خليها الاحد", language="ar")
    assert offered.options[0].title.startswith("الأحد") and names(engine) == []


def test_another_specialty_instead_of_a_name_is_another_specialty(patient: Patient, engine: Engine) -> None:
    asked_for_a_name(patient)
    dentist = {"entity": "specialty", "value": "dentistry", "start": 7, "end": 14}
    assert "Dentistry" in says(patient, "sorry, dentist not dermatology", entities=[dentist]).text
    assert names(engine) == []


@pytest.mark.parametrize("text", ["another time please", "غير الموعد"])
def test_another_time_instead_of_a_name_shows_the_times_again(patient: Patient, engine: Engine, text: str) -> None:
    asked_for_a_name(patient)
    assert len(says(patient, text).options) > 5 and names(engine) == []


def test_for_me_instead_of_a_name_is_for_the_one_who_writes(patient: Patient, engine: Engine) -> None:
    asked_for_a_name(patient)
    assert "For: Mona" in says(patient, "it is for me not my daughter").text
    assert names(engine) == ["Mona"]


def test_what_is_no_name_is_asked_again(patient: Patient, engine: Engine) -> None:
    asked_for_a_name(patient)
    again = says(patient, "why do you need it")
    assert "what is the patient's name" in again.text and names(engine) == []


def test_a_name_that_is_also_a_word_is_a_name(patient: Patient) -> None:
    asked_for_a_name(patient)
    assert "For: April Jones" in says(patient, "April Jones").text


@pytest.mark.parametrize("name", ["Tom Baker", "Will Young", "خميس محمد", "عيد", "Jin Park", "Dalal Al-Otaibi", "وجد"])
def test_names_sound_like_names(name: str) -> None:
    assert sounds_like_a_name(name, "en" if name.isascii() else "ar")


def test_for_me_takes_back_somebody_else_at_the_end(patient: Patient) -> None:
    asked_for_a_name(patient, "dermatology for my daughter")
    says(patient, "Layla Saleh")
    assert "For: Mona" in says(patient, "no, for me").text


def test_a_new_day_keeps_the_time_of_day_and_a_new_time_keeps_the_day(patient: Patient) -> None:
    text = "dermatology Thursday morning"
    derma = {"entity": "specialty", "value": "dermatology", "start": 0, "end": 11}
    patient.say(BOOK, text, "book_appointment", entities=[derma])
    sunday = says(patient, "no, Sunday")
    times = [option.title for option in sunday.options if option.title.startswith("Sun")]
    assert times and all("am" in title for title in times)
    evening = says(patient, "no, in the evening")
    times = [option.title for option in evening.options if "pm" in option.title]
    assert times and all(title.startswith("Sun") for title in times)
    whole_day = says(patient, "any time is fine")
    clocks = [option.title[-2:] for option in whole_day.options if option.title.startswith("Sun")]
    assert set(clocks) == {"am", "pm"}


def test_other_times_where_all_that_fit_are_shown_are_those_of_the_whole_day(patient: Patient) -> None:
    derma = {"entity": "specialty", "value": "dermatology", "start": 0, "end": 11}
    patient.say(BOOK, "dermatology Sunday at 5pm", "book_appointment", entities=[derma])
    assert len(says(patient, "other times?").options) > 3


def test_an_insurer_alone_is_a_question_about_it_and_the_booking_goes_on(patient: Patient) -> None:
    asked_for_a_name(patient)
    bupa = {"entity": "insurer", "value": "bupa", "start": 7, "end": 11}
    answered = says(patient, "تقبلون بوبا", language="ar", entities=[bupa])
    assert "بوبا" in answered.text and "حجزك" in answered.text


def test_the_name_of_a_doctor_alone_changes_no_language(patient: Patient) -> None:
    patient.say(BOOK, "book", "book_appointment")
    doctor = {"entity": "doctor", "value": "dr khalid", "start": 0, "end": 9}
    about = patient.say(ActionFaq(), "dr khalid?", "faq_doctors", language="arabizi", entities=[doctor])
    assert "works with us" in about.text and "which specialty" in about.text


def general(patient: Patient, text: str) -> Any:
    entities = [{"entity": "specialty", "value": "general", "start": 0, "end": 16}]
    if "Dr Omar" in text:
        entities.append({"entity": "doctor", "value": "Dr Omar", "start": 22, "end": 29})
    return patient.say(BOOK, text, "book_appointment", entities=entities)


def offered_doctors(patient: Patient) -> set[str]:
    assert patient.last is not None
    return {option.description.split(" · ")[0] for option in patient.last.options if option.description}


def test_of_a_doctor_and_a_wish_that_contradict_the_newer_counts(patient: Patient) -> None:
    general(patient, "general medicine with Dr Omar")
    assert offered_doctors(patient) == {"Dr. Omar Fahmy"}
    says(patient, "a lady doctor please")
    assert offered_doctors(patient) == {"Dr. Huda Mansour"}
    doctor = {"entity": "doctor", "value": "Dr Omar", "start": 7, "end": 14}
    says(patient, "no, by Dr Omar", entities=[doctor])
    assert offered_doctors(patient) == {"Dr. Omar Fahmy"}


def test_a_doctor_who_left_is_said_and_the_others_keep_the_wish_when_the_visit_moves(
    patient: Patient, engine: Engine
) -> None:
    general(patient, "general medicine with a female doctor")
    assert patient.last is not None
    patient.tap_id(TAP, patient.last.options[0].id)
    assert "Booked" in patient.tap(TAP, "Confirm").text
    with engine.begin() as conn:
        conn.execute(update(practitioners).where(practitioners.c.name_en.contains("Huda")).values(active=False))
        both = select(specialties.c.id).where(specialties.c.code.in_(("general", "gynecology"))).order_by("code")
        [here, elsewhere] = conn.execute(both).scalars().all()
        conn.execute(
            update(practitioner_specialties)
            .where(practitioner_specialties.c.specialty_id == elsewhere)
            .values(specialty_id=here)
        )
    left = patient.say(ActionRescheduling(), "move my visit", "reschedule_appointment")
    assert "does not see patients here any more" in left.text
    says(patient, "yes")
    assert offered_doctors(patient) == {"Dr. Lina Haddad"}


def test_the_whole_message_has_no_language_where_it_only_names_a_doctor() -> None:
    doctor = {"entity": "doctor", "value": "dr omar", "start": 0, "end": 7}
    assert language_of({"text": "dr omar?", "language": "arabizi", "entities": [doctor]}) is None
    assert language_of({"text": "dr omar mawjood?", "language": "arabizi", "entities": [doctor]}) == "arabizi"
