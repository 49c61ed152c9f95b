"""Which specialties are offered, and what is said about days that cannot be had."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Engine

from actions.booking import ActionBooking
from actions.faq import ActionFaq
from actions.tap import ActionTap
from clinic.database.tables import extra_sessions, practitioner_specialties, specialties, working_hours
from clinic.demo import DemoClinic

from .conftest import NOW, Patient

BOOK, TAP = ActionBooking(), ActionTap()
TODAY = date(2026, 11, 24)


def titles(patient: Patient) -> list[str]:
    return [option.title for option in patient.say(BOOK, "book", "book_appointment").options]


def of_dermatology(clinic: DemoClinic) -> Any:
    return (
        select(practitioner_specialties.c.practitioner_id)
        .join(specialties, specialties.c.id == practitioner_specialties.c.specialty_id)
        .where(specialties.c.clinic_id == clinic.id, specialties.c.code == "dermatology")
    )


def test_a_specialty_whose_hours_are_over_is_not_offered(patient: Patient, engine: Engine, clinic: DemoClinic) -> None:
    hers = working_hours.c.practitioner_id.in_(of_dermatology(clinic))
    with engine.begin() as conn:
        conn.execute(update(working_hours).where(hers).values(valid_until=TODAY))
    assert "Dermatology" in titles(patient)
    patient.now = NOW + timedelta(days=1)
    assert "Dermatology" not in titles(patient)


def test_a_doctor_who_only_comes_on_extra_days_is_offered_until_the_last(
    patient: Patient, engine: Engine, clinic: DemoClinic
) -> None:
    hers = working_hours.c.practitioner_id.in_(of_dermatology(clinic))
    with engine.begin() as conn:
        [doctor] = conn.execute(of_dermatology(clinic)).scalars().all()
        conn.execute(delete(working_hours).where(hers))
        conn.execute(
            insert(extra_sessions).values(
                clinic_id=clinic.id, practitioner_id=doctor, day=TODAY, start_time="18:00", end_time="20:00"
            )
        )
    assert "Dermatology" in titles(patient)
    patient.now = NOW + timedelta(days=1)
    assert "Dermatology" not in titles(patient)


def test_who_asks_for_a_day_beyond_the_horizon_is_shown_the_latest_times(patient: Patient) -> None:
    derma = {"entity": "specialty", "value": "dermatology", "start": 0, "end": 11}
    offered = patient.say(BOOK, "dermatology on 20/6/2027", "book_appointment", entities=[derma])
    assert "latest free times" in offered.text
    assert all("Jan" in option.title for option in offered.options if "," in option.title)


def test_a_time_past_midnight_is_told_with_its_evening(patient: Patient) -> None:
    text = "internal medicine please"
    entity = {"entity": "specialty", "value": "internal_medicine", "start": 0, "end": 17}
    offered = patient.say(BOOK, text, "book_appointment", entities=[entity])
    while not any(", 12:00 am" in option.title for option in offered.options):
        offered = patient.tap(TAP, "More times")
    midnight = next(option for option in offered.options if ", 12:00 am" in option.title)
    assert midnight.description.startswith("Dr. Omar Fahmy · ") and midnight.description.endswith(" night")
    assert " night)" in patient.tap_id(TAP, midnight.id).text


def test_a_day_is_offered_with_its_own_night_and_not_with_the_night_before(patient: Patient) -> None:
    entity = {"entity": "specialty", "value": "internal_medicine", "start": 0, "end": 17}
    patient.say(BOOK, "internal medicine on Wednesday", "book_appointment", entities=[entity])
    seen = []
    for _ in range(3):
        assert patient.last is not None
        seen += [option.title for option in patient.last.options if "," in option.title]
        if any(option.title == "More times" for option in patient.last.options):
            patient.tap(TAP, "More times")
    assert seen and not [title for title in seen if title in ("Tomorrow, 12:00 am", "Tomorrow, 12:30 am")]
    assert "Thu 26 Nov, 12:30 am" in seen
    days = patient.tap(TAP, "Another day")
    assert not any("Friday" in option.title for option in days.options)
    offered = patient.tap(TAP, "Thursday 26 Nov")
    assert all(option.title.startswith(("Thu", "Fri", "More", "Another")) for option in offered.options)
    assert "Thu 26 Nov, 12:00 am" not in [option.title for option in offered.options]


def test_book_with_a_lady_doctor_is_a_booking_with_a_wish(patient: Patient) -> None:
    text = "book general medicine with a female doctor"
    general = {"entity": "specialty", "value": "general", "start": 5, "end": 21}
    offered = patient.say(ActionFaq(), text, "faq_female_doctor", entities=[general])
    doctors = {option.description for option in offered.options if option.description}
    assert doctors == {"Dr. Huda Mansour"}
    asked = patient.say(ActionFaq(), "is there a lady doctor in general medicine?", "faq_female_doctor")
    assert "Huda" in asked.text
