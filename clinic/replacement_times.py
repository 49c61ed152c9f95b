"""Which other times suit a visit that cannot take place: the patient's promises kept, near the old time, spread out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from heapq import nsmallest
from typing import Any, Callable, Collection, Iterator, Mapping, Optional, Sequence

from sqlalchemy import select
from sqlalchemy.engine import Connection

from clinic.appointments import Appointment, upcoming_of
from clinic.database.tables import open_questions, patients, specialties
from clinic.eligibility import may_see
from clinic.free_times import FreeTimes, free_times
from clinic.patients import Patient
from clinic.schedule import Clinic, Practitioner, Slot, Specialty
from clinic.settings import load_booking_policy
from clinic.times import WHOLE_DAY
from clinic.wishes import keeps

MOST_OFFERED = 3
# Of so many of the nearest times the three are chosen; a whole horizon of them is not worth weighing.
_WEIGHED = 120
# What makes a time worse than the old one, in days of distance.
_OTHER_WEEKDAY = 0.6
_OTHER_HOUR = 0.25  # an hour earlier or later in the day
_OTHER_DOCTOR = 1.5
_SHORT_NOTICE = 2.0
_SAME_DAY_AGAIN = 3.0  # three times of one day are one choice
_OFFERED_TO_OTHERS = 4.0  # each time that it stands in somebody's open question
_SHORT = timedelta(hours=18)
_NEAR = timedelta(days=15)

TimeKey = tuple[str, str]  # practitioner, ISO start in UTC


@dataclass(frozen=True)
class Wanted:
    """What a new time must keep. `wishes`: {"gender", "language", "practitioner"}, those that still hold."""

    appointment: Appointment
    wishes: Mapping[str, Any]
    seen: frozenset[TimeKey] = frozenset()  # shown before, and not taken
    date: Any = None  # as When.date and When.time: asked for in words
    time: Any = None
    not_that_day: Optional[str] = None  # "practitioner": they are away; "clinic": nobody works then

    def without(self, *names: str) -> Wanted:
        return replace(self, wishes={name: wish for name, wish in self.wishes.items() if name not in names})


def wanted(appointment: Appointment) -> Wanted:
    return Wanted(appointment, {name: wish for name, wish in appointment.wishes.items() if wish})


def key_of(slot: Slot) -> TimeKey:
    return slot.practitioner.id, slot.start.astimezone(timezone.utc).isoformat()


def fitting_times(
    conn: Connection,
    clinic: Clinic,
    wish: Wanted,
    now: datetime,
    *,
    most: int = MOST_OFFERED,
    offered: Optional[Mapping[TimeKey, int]] = None,
) -> list[Slot]:
    """The best few, in the order of time: same doctor first, then others who keep the promises and may see the patient.

    `offered` counts what stands in other patients' open questions (`times_on_offer`).
    """
    appointment = wish.appointment
    candidates = _candidates(conn, clinic, wish, now, most)
    crowd = offered or {}

    def cost(slot: Slot) -> float:
        return _distance(slot, appointment, clinic, now) + _OFFERED_TO_OTHERS * crowd.get(key_of(slot), 0)

    nearest = nsmallest(_WEIGHED, candidates, key=lambda slot: (cost(slot), slot.start, slot.practitioner.id))
    return sorted(_spread(nearest, cost, clinic, most), key=lambda slot: (slot.start, slot.practitioner.id))


def _spread(nearest: Sequence[Slot], cost: Callable[[Slot], float], clinic: Clinic, most: int) -> list[Slot]:
    chosen: list[Slot] = []
    while len(chosen) < most:
        days = Counter(slot.start.astimezone(clinic.zone).date() for slot in chosen)
        starts = {slot.start for slot in chosen}
        left = [slot for slot in nearest if slot.start not in starts]
        if not left:
            break
        chosen.append(
            min(left, key=lambda slot: cost(slot) + _SAME_DAY_AGAIN * days[slot.start.astimezone(clinic.zone).date()])
        )
    return chosen


def _distance(slot: Slot, old: Appointment, clinic: Clinic, now: datetime) -> float:
    new_local, old_local = slot.start.astimezone(clinic.zone), old.start.astimezone(clinic.zone)
    days = abs((new_local.date() - old_local.date()).days)
    hours = abs((new_local.hour + new_local.minute / 60) - (old_local.hour + old_local.minute / 60))
    return (
        days
        + _OTHER_HOUR * hours
        + _OTHER_WEEKDAY * (new_local.weekday() != old_local.weekday())
        + _OTHER_DOCTOR * (slot.practitioner.id != old.practitioner_id)
        + _SHORT_NOTICE * (slot.start - now < _SHORT)
    )


def _candidates(conn: Connection, clinic: Clinic, wish: Wanted, now: datetime, most: int) -> list[Slot]:
    """Around the old time first: the whole horizon is only looked through where that is not enough."""
    old = wish.appointment.start
    near = list(_allowed(conn, clinic, wish, now, old - _NEAR, old + _NEAR))
    return near if len(near) >= most and wish.date is None else list(_allowed(conn, clinic, wish, now))


def _allowed(
    conn: Connection,
    clinic: Clinic,
    wish: Wanted,
    now: datetime,
    start: Optional[datetime] = None,
    end: Optional[datetime] = None,
) -> Iterator[Slot]:
    """Every free time that keeps the promises, whose doctor sees this patient, and at which the patient is free too."""
    appointment = wish.appointment
    patient = _patient(conn, clinic.id, appointment.patient_id)
    busy = _busy(conn, clinic.id, appointment, now)
    for slot in _free(conn, clinic, appointment, now, start=start, end=end).within(wish.date, wish.time or WHOLE_DAY):
        if (
            key_of(slot) not in wish.seen
            and not _that_day(slot, wish, clinic)
            and (slot.practitioner.id, slot.start) != (appointment.practitioner_id, appointment.start)
            and promises_kept(slot.practitioner, wish.wishes)
            and not any(slot.start < until and since < slot.end for since, until in busy)
            and _may_see(slot, appointment, patient, clinic)
        ):
            yield slot


def _free(
    conn: Connection,
    clinic: Clinic,
    appointment: Appointment,
    now: datetime,
    *,
    practitioner_ids: Optional[Sequence[str]] = None,
    start: Optional[datetime] = None,
    end: Optional[datetime] = None,
) -> FreeTimes:
    """Of the visit's specialty, as long as the visit."""
    return free_times(
        conn,
        clinic,
        _specialty(conn, clinic.id, appointment.specialty_id),
        load_booking_policy(conn, clinic.id),
        now,
        minutes=int((appointment.end - appointment.start) / timedelta(minutes=1)),
        practitioner_ids=practitioner_ids,
        start=start,
        end=end,
        own_contact=appointment.contact_id,
    )


def free_time_at(
    conn: Connection, clinic: Clinic, appointment: Appointment, practitioner_id: str, start: datetime, now: datetime
) -> Optional[Slot]:
    """This very time, if it is (still) free."""
    end = start + timedelta(minutes=1)
    free = _free(conn, clinic, appointment, now, practitioner_ids=[practitioner_id], start=start, end=end)
    return next((slot for slot in free if slot.start == start), None)


def _that_day(slot: Slot, wish: Wanted, clinic: Clinic) -> bool:
    """Where a visit was cancelled without a leave being entered, the schedule does not know that nobody is there."""
    old = wish.appointment
    if (
        wish.not_that_day is None
        or slot.start.astimezone(clinic.zone).date() != old.start.astimezone(clinic.zone).date()
    ):
        return False
    return wish.not_that_day == "clinic" or slot.practitioner.id == old.practitioner_id


def promises_kept(practitioner: Practitioner, wishes: Mapping[str, Any]) -> bool:
    if wishes.get("practitioner") not in (None, practitioner.id):
        return False
    return keeps(practitioner, wishes.get("gender"), wishes.get("language"))


def _may_see(slot: Slot, appointment: Appointment, patient: Optional[Patient], clinic: Clinic) -> bool:
    """The doctor they have sees them already; of another one it must be known."""
    if patient is None or slot.practitioner.id == appointment.practitioner_id:
        return True
    return may_see(slot.practitioner, patient, slot.start.astimezone(clinic.zone).date()) is None


def _busy(conn: Connection, clinic_id: str, appointment: Appointment, now: datetime) -> list[tuple[datetime, datetime]]:
    """The patient's other visits: nobody is in two rooms at once."""
    if appointment.contact_id is None:
        return []
    return [
        (one.start, one.end)
        for one in upcoming_of(conn, clinic_id, appointment.contact_id, now)
        if one.patient_id == appointment.patient_id and one.id != appointment.id
    ]


def _specialty(conn: Connection, clinic_id: str, specialty_id: str) -> Specialty:
    columns = [specialties.c[name] for name in Specialty.__dataclass_fields__]
    query = select(*columns).where(specialties.c.clinic_id == clinic_id, specialties.c.id == specialty_id)
    return Specialty(*conn.execute(query).one())


def _patient(conn: Connection, clinic_id: str, patient_id: Optional[str]) -> Optional[Patient]:
    query = select(patients.c.id, patients.c.name, patients.c.birth_date, patients.c.gender, patients.c.language).where(
        patients.c.clinic_id == clinic_id, patients.c.id == patient_id
    )
    row = conn.execute(query).one_or_none()
    if row is None:
        return None
    return Patient(row.id, row.name, "other", birth_date=row.birth_date, gender=row.gender, language=row.language)


def times_on_offer(
    conn: Connection, clinic_id: str, flow: str, now: datetime, but: Collection[str] = ()
) -> Counter[TimeKey]:
    """How often each time stands in an open question of this flow, but for those of the conversations `but`."""
    query = select(open_questions.c.conversation_id, open_questions.c.options).where(
        open_questions.c.clinic_id == clinic_id, open_questions.c.flow == flow, open_questions.c.expires_at > now
    )
    counts: Counter[TimeKey] = Counter()
    for conversation_id, options in conn.execute(query):
        if conversation_id in but:
            continue
        for option in options:
            if "start" in option["value"]:
                counts[(option["value"]["practitioner"], option["value"]["start"])] += 1
    return counts
