"""What is so before a conversation begins: the household and its visits, written as the clinic itself would."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Iterator

from sqlalchemy import update
from sqlalchemy.engine import Connection, Engine

from clinic.appointments import SlotTaken, book_slot
from clinic.conversations import Conversation, ensure_conversation
from clinic.database.tables import patients
from clinic.free_times import free_times
from clinic.patients import add_patient, patients_of, self_of
from clinic.schedule import Clinic, Slot, Specialty, bookable_specialties, load_clinic, practitioners_of
from clinic.settings import load_booking_policy
from istiqbal.settings import EMULATOR_PHONE_NUMBER_ID

from .script import Member, Script, SeededVisit


@dataclass(frozen=True)
class SeededAppointment:
    id: str
    start: datetime


def set_up(engine: Engine, script: Script, wa_id: str, now: datetime) -> list[SeededAppointment]:
    """The visits in the order of the script. Which time each gets is drawn with the script's name as the seed."""
    if not script.before.household and not script.before.visits:
        return []
    with engine.begin() as conn:
        conversation = ensure_conversation(
            conn, EMULATOR_PHONE_NUMBER_ID, wa_id=wa_id, user_id=None, profile_name=script.person
        )
        for member in script.before.household:
            _add_member(conn, conversation, member, now)
    return [_book(engine, script, conversation, number, now) for number in range(len(script.before.visits))]


def _add_member(conn: Connection, conversation: Conversation, member: Member, now: datetime) -> None:
    patient = add_patient(conn, conversation.clinic_id, conversation.contact_id, member.name, member.relationship)
    born = None if member.age is None else _birthday(member.age, now.date())
    conn.execute(update(patients).where(patients.c.id == patient.id).values(gender=member.gender, birth_date=born))


def _birthday(age: int, today: date) -> date:
    """A few months after it, so that the age holds all through the booking horizon."""
    return today.replace(day=1, year=today.year - age) - timedelta(days=100)


def _book(engine: Engine, script: Script, conversation: Conversation, number: int, now: datetime) -> SeededAppointment:
    """Others book at the same time: a time that is gone meanwhile is passed over."""
    visit = script.before.visits[number]
    key = f"seed.{script.name}.{number}"
    with engine.begin() as conn:
        clinic = load_clinic(conn, conversation.clinic_id)
        specialty = next(one for one in bookable_specialties(conn, clinic.id) if one.code == visit.specialty)
        patient_id = _patient_of(conn, conversation, visit)
        for slot in _candidates(conn, clinic, specialty, visit, now, random.Random(key)):
            try:
                appointment = book_slot(
                    conn,
                    clinic.id,
                    conversation.contact_id,
                    specialty.id,
                    patient_id,
                    slot,
                    now,
                    idempotency_key=key,
                    actor="system",
                    source="desk",
                )
            except SlotTaken:
                continue
            return SeededAppointment(appointment, slot.start)
    raise AssertionError(f"{script.place}: no free time in {visit.specialty} for visit {number + 1} of `before`")


def _candidates(
    conn: Connection, clinic: Clinic, specialty: Specialty, visit: SeededVisit, now: datetime, dice: random.Random
) -> Iterator[Slot]:
    """The times of the first day with any, from `days` ahead on, in drawn order; then those of the next day.

    A visit of today is around this minute whatever the hours are: a late evening has no free time left.
    """
    if visit.days == 0:
        yield from _today(conn, clinic, specialty, visit, now)
        return
    policy = load_booking_policy(conn, clinic.id)
    start = now + timedelta(days=visit.days)
    by_day: dict[date, list[Slot]] = {}
    for slot in free_times(conn, clinic, specialty, policy, now, start=start, end=start + timedelta(days=10)):
        if visit.practitioner is None or visit.practitioner in slot.practitioner.name_en:
            by_day.setdefault(slot.start.astimezone(clinic.zone).date(), []).append(slot)
    for slots in by_day.values():
        yield from dice.sample(slots, len(slots))


def _today(conn: Connection, clinic: Clinic, specialty: Specialty, visit: SeededVisit, now: datetime) -> Iterator[Slot]:
    """From twenty minutes ahead on, as long as that is today; then back from twenty minutes ago."""
    doctors = [
        one
        for one in practitioners_of(conn, clinic.id, specialty.id)
        if visit.practitioner is None or visit.practitioner in one.name_en
    ]
    minute, length = now.replace(second=0, microsecond=0), timedelta(minutes=specialty.minutes)
    ahead = [minute + timedelta(minutes=20) + number * length for number in range(12)]
    ago = [minute - timedelta(minutes=20), minute - timedelta(minutes=50)]  # who is late is so by less than an hour
    for start in (*ahead, *ago):
        if start.astimezone(clinic.zone).date() == now.astimezone(clinic.zone).date():
            yield from (Slot(doctor, start, start + length) for doctor in doctors)


def _patient_of(conn: Connection, conversation: Conversation, visit: SeededVisit) -> str:
    if visit.patient is None:
        patient = self_of(conn, conversation.clinic_id, conversation.contact_id)
    else:
        known = patients_of(conn, conversation.clinic_id, conversation.contact_id)
        patient = next((one for one in known if one.name == visit.patient), None)
    assert patient is not None
    return patient.id
