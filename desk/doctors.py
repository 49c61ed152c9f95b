"""The clinic's practitioners as the desk shows them: this week's hours, and the leave that is ahead. Reads only."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.engine import Connection

from clinic.appointments import Appointment
from clinic.database.tables import practitioner_specialties, specialties
from clinic.hours import Range, load_timetable, whole_days
from clinic.leave import Leave, hit_by, leaves_of
from clinic.replacements import may_be_told, offered_for
from clinic.schedule import Clinic, Practitioner, practitioners_of

WEEK = 7  # days


@dataclass(frozen=True)
class Hit:
    """A visit that a leave takes. `reachable`: its patient can be written to, else has to be called."""

    visit: Appointment
    reachable: bool


@dataclass(frozen=True)
class LeaveAhead:
    leave: Leave
    whole_days: bool
    first_day: date  # that it touches
    last_day: date
    since: str  # by the clinic's clocks, "HH:MM"
    until: str
    waiting: int  # visits that still stand in it, their patients were asked
    unasked: int  # and those whose patients were not


@dataclass(frozen=True)
class Doctor:
    practitioner: Practitioner
    specialties: tuple[str, ...]
    week: tuple[tuple[date, tuple[Range, ...]], ...]
    leave: tuple[LeaveAhead, ...]


def list_doctors(conn: Connection, clinic: Clinic, language: str, now: datetime) -> list[Doctor]:
    """All active ones, by name, with the seven days from today."""
    doctors = practitioners_of(conn, clinic.id)
    today = now.astimezone(clinic.zone).date()
    days = [today + timedelta(days=ahead) for ahead in range(WEEK)]
    timetable = load_timetable(conn, clinic, days[0], days[-1], [one.id for one in doctors])
    names = _specialties(conn, clinic.id, language)
    ahead: dict[str, list[LeaveAhead]] = defaultdict(list)
    for leave in leaves_of(conn, clinic.id, now):
        ahead[leave.practitioner_id].append(_ahead(conn, clinic, leave, now))
    return [
        Doctor(
            one,
            tuple(names[one.id]),
            tuple((day, tuple(timetable.sessions_on(one.id, day))) for day in days),
            tuple(ahead[one.id]),
        )
        for one in doctors
    ]


def _ahead(conn: Connection, clinic: Clinic, leave: Leave, now: datetime) -> LeaveAhead:
    hit = hit_by(conn, clinic, leave, now)
    asked = offered_for(conn, clinic.id, leave, hit)
    still = [one.id in asked for one in hit]
    by_day = whole_days(leave.start, leave.end, clinic) != (None, None)
    first, last = days_of(leave, clinic)
    since, until = (moment.astimezone(clinic.zone).strftime("%H:%M") for moment in (leave.start, leave.end))
    return LeaveAhead(leave, by_day, first, last, since, until, waiting=still.count(True), unasked=still.count(False))


def days_of(leave: Leave, clinic: Clinic) -> tuple[date, date]:
    """The first and the last day that it touches."""
    last = leave.end.astimezone(clinic.zone) - timedelta(microseconds=1)
    return leave.start.astimezone(clinic.zone).date(), last.date()


def hits_of(conn: Connection, clinic: Clinic, leave: Leave, now: datetime) -> list[Hit]:
    """What it takes, or would take, soonest first."""
    return [
        Hit(visit, may_be_told(conn, clinic.id, visit.contact_id, now)) for visit in hit_by(conn, clinic, leave, now)
    ]


def _specialties(conn: Connection, clinic_id: str, language: str) -> dict[str, list[str]]:
    name = specialties.c.name_ar if language == "ar" else specialties.c.name_en
    query = (
        select(practitioner_specialties.c.practitioner_id, name)
        .join(specialties, specialties.c.id == practitioner_specialties.c.specialty_id)
        .where(specialties.c.clinic_id == clinic_id)
        .order_by(specialties.c.position)
    )
    found: dict[str, list[str]] = defaultdict(list)
    for practitioner_id, specialty in conn.execute(query):
        found[practitioner_id].append(specialty)
    return found
