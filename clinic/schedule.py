"""Who works when, and which times are free. Reads only; appointments.py is the one that writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Iterable, Iterator, Optional, Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, or_, select
from sqlalchemy.engine import Connection

from clinic.database.tables import (
    appointments,
    clinics,
    practitioner_specialties,
    practitioners,
    specialties,
    working_hours,
)

# How far ahead patients may book, and how soon a visit may begin.
HORIZON = timedelta(days=30)
NOTICE = timedelta(minutes=30)


@dataclass(frozen=True)
class Clinic:
    id: str
    name_en: str
    name_ar: str
    timezone: str
    currency: str
    emergency_number: str
    address_en: str
    address_ar: str
    map_url: Optional[str]
    phone: Optional[str]

    def name(self, language: str) -> str:
        return self.name_ar if language == "ar" else self.name_en

    def address(self, language: str) -> str:
        return self.address_ar if language == "ar" else self.address_en

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


@dataclass(frozen=True)
class Specialty:
    id: str
    code: str
    name_en: str
    name_ar: str
    minutes: int
    price: Optional[float]

    def name(self, language: str) -> str:
        return self.name_ar if language == "ar" else self.name_en


@dataclass(frozen=True)
class Practitioner:
    id: str
    name_en: str
    name_ar: str
    gender: str

    def name(self, language: str) -> str:
        return self.name_ar if language == "ar" else self.name_en


@dataclass(frozen=True)
class Slot:
    """A time that one practitioner could give, `[start, end)`, aware."""

    practitioner: Practitioner
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Session:
    """A weekly session on the clinic's wall clock; past midnight when it ends before it starts."""

    practitioner_id: str
    weekday: int
    start: time
    end: time


def load_clinic(conn: Connection, clinic_id: str) -> Clinic:
    columns = [clinics.c[name] for name in Clinic.__dataclass_fields__]
    return Clinic(*conn.execute(select(*columns).where(clinics.c.id == clinic_id)).one())


def bookable_specialties(conn: Connection, clinic_id: str) -> list[Specialty]:
    """Those with an active practitioner who has hours, in the clinic's own order."""
    columns = [specialties.c[name] for name in Specialty.__dataclass_fields__]
    query = (
        select(*columns)
        .where(
            specialties.c.clinic_id == clinic_id,
            specialties.c.id.in_(
                select(practitioner_specialties.c.specialty_id)
                .join(practitioners, practitioners.c.id == practitioner_specialties.c.practitioner_id)
                .join(working_hours, working_hours.c.practitioner_id == practitioners.c.id)
                .where(practitioners.c.clinic_id == clinic_id, practitioners.c.active)
            ),
        )
        .order_by(specialties.c.position, specialties.c.name_en)
    )
    return [Specialty(*row) for row in conn.execute(query)]


def practitioners_of(conn: Connection, clinic_id: str, specialty_id: Optional[str] = None) -> list[Practitioner]:
    """The active ones, all or of one specialty, by name."""
    columns = [practitioners.c[name] for name in Practitioner.__dataclass_fields__]
    query = (
        select(*columns)
        .where(practitioners.c.clinic_id == clinic_id, practitioners.c.active)
        .order_by(practitioners.c.name_en)
    )
    if specialty_id is not None:
        query = query.join(
            practitioner_specialties, practitioner_specialties.c.practitioner_id == practitioners.c.id
        ).where(practitioner_specialties.c.specialty_id == specialty_id)
    return [Practitioner(*row) for row in conn.execute(query)]


def sessions_of(conn: Connection, clinic_id: str, practitioner_ids: Iterable[str]) -> list[Session]:
    query = (
        select(
            working_hours.c.practitioner_id,
            working_hours.c.weekday,
            working_hours.c.start_time,
            working_hours.c.end_time,
        )
        .where(working_hours.c.clinic_id == clinic_id, working_hours.c.practitioner_id.in_(list(practitioner_ids)))
        .order_by(working_hours.c.weekday, working_hours.c.start_time)
    )
    return [Session(*row) for row in conn.execute(query)]


def busy_ranges(
    conn: Connection, clinic_id: str, practitioner_ids: Iterable[str], start: datetime, end: datetime, now: datetime
) -> dict[str, list[tuple[datetime, datetime]]]:
    """What occupies each practitioner between start and end; holds that have run out do not."""
    live = or_(
        and_(appointments.c.status != "proposed", appointments.c.status != "cancelled"),
        and_(appointments.c.status == "proposed", appointments.c.hold_expires_at > now),
    )
    query = select(appointments.c.practitioner_id, appointments.c.during).where(
        appointments.c.clinic_id == clinic_id,
        appointments.c.practitioner_id.in_(list(practitioner_ids)),
        appointments.c.during.op("&&")(func.tstzrange(start, end)),
        live,
    )
    busy: dict[str, list[tuple[datetime, datetime]]] = {}
    for practitioner_id, during in conn.execute(query):
        busy.setdefault(practitioner_id, []).append((during.lower, during.upper))
    return busy


def session_range(session: Session, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The session as it falls on this clinic day, aware."""
    start = datetime.combine(day, session.start, tzinfo=zone)
    end_day = day if session.end > session.start else day + timedelta(days=1)
    return start, datetime.combine(end_day, session.end, tzinfo=zone)


def slots_in(session: Session, day: date, zone: ZoneInfo, minutes: int) -> Iterator[tuple[datetime, datetime]]:
    """Back to back from the start of the session; counted in UTC, so that a change of clocks makes no odd length."""
    start, end = (moment.astimezone(ZoneInfo("UTC")) for moment in session_range(session, day, zone))
    length = timedelta(minutes=minutes)
    while start + length <= end:
        yield start, start + length
        start += length


def free_slots(
    conn: Connection,
    clinic: Clinic,
    specialty: Specialty,
    now: datetime,
    *,
    practitioner_id: Optional[str] = None,
    start: Optional[datetime] = None,
    end: Optional[datetime] = None,
) -> list[Slot]:
    """All free slots of a specialty in `[start, end)`, by time. Never in the past or beyond the horizon."""
    doctors = {
        doctor.id: doctor
        for doctor in practitioners_of(conn, clinic.id, specialty.id)
        if practitioner_id in (None, doctor.id)
    }
    first = max(start or now, now + NOTICE)
    last = min(end or now + HORIZON, now + HORIZON)
    if not doctors or first >= last:
        return []
    busy = busy_ranges(conn, clinic.id, doctors, first, last, now)
    found = []
    for session in sessions_of(conn, clinic.id, doctors):
        doctor = doctors[session.practitioner_id]
        taken = busy.get(doctor.id, [])
        for day in _days(first, last, clinic.zone):
            if day.weekday() != session.weekday:
                continue
            for begins, ends in slots_in(session, day, clinic.zone, specialty.minutes):
                if first <= begins < last and not any(begins < to and from_ < ends for from_, to in taken):
                    found.append(Slot(doctor, begins, ends))
    return sorted(found, key=lambda slot: (slot.start, slot.practitioner.name_en))


def _days(first: datetime, last: datetime, zone: ZoneInfo) -> Iterator[date]:
    """Clinic days that may hold a time of the range: the evening before too, for sessions past midnight."""
    day = first.astimezone(zone).date() - timedelta(days=1)
    while day <= last.astimezone(zone).date():
        yield day
        day += timedelta(days=1)


def spread(slots: Sequence[Slot], zone: ZoneInfo, most: int, per_day: int) -> list[Slot]:
    """A choice worth showing: the next days, a few times of each, one practitioner a time."""
    chosen: list[Slot] = []
    for _, group in groupby(slots, key=lambda slot: slot.start.astimezone(zone).date()):
        by_start: dict[datetime, Slot] = {}
        for slot in group:
            by_start.setdefault(slot.start, slot)
        day = list(by_start.values())
        count = min(per_day, len(day))
        chosen += [day[index * len(day) // count] for index in range(count)]
        if len(chosen) >= most:
            break
    return chosen[:most]
