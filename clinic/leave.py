"""A practitioner's leave: entered, taken back, and the appointments that stand in it. None of them moves by itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Collection, Optional, Sequence

from psycopg2.extras import DateTimeTZRange
from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from clinic.appointments import UPCOMING_STATUSES, Appointment, appointments_between
from clinic.database.tables import absences, practitioners
from clinic.hours import Range, load_timetable, whole_days
from clinic.hours_changes import add_leave, remove_absence
from clinic.schedule import Clinic
from clinic.week import HoursProblem

# Who is away for longer has left; then it is not the times that change.
LONGEST_LEAVE = timedelta(days=366)
# How far an entry may lie ahead.
FURTHEST_LEAVE = timedelta(days=2 * 366)
# No visit is longer: one that began before a leave may reach into it.
_LONGEST_VISIT = timedelta(days=1)
_DAY = timedelta(days=1)


class BadLeave(ValueError):
    """`reason` is a key of the desk's texts: leave_backwards, leave_too_long, leave_too_far, leave_is_over."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class LeaveGone(LookupError):
    """There is no such leave (any more), or it is another clinic's."""


class UnknownPractitioner(LookupError):
    """Not one of this clinic's, or no longer active."""


@dataclass(frozen=True)
class Leave:
    id: str
    practitioner_id: str
    start: datetime
    end: datetime


def check_leave(start: datetime, end: datetime, now: datetime) -> None:
    """Raises BadLeave. Times are aware; the end is not part of it."""
    if end <= start:
        raise BadLeave("leave_backwards")
    if end <= now:
        raise BadLeave("leave_is_over")
    if end - start > LONGEST_LEAVE:
        raise BadLeave("leave_too_long")
    if start - now > FURTHEST_LEAVE:
        raise BadLeave("leave_too_far")


def enter_leave(
    conn: Connection,
    clinic: Clinic,
    practitioner_id: str,
    start: datetime,
    end: datetime,
    staff_id: str,
    now: datetime,
) -> Leave:
    """Write it down; the times are no longer offered. The same leave again is the one that there is.

    Nothing moves: `hit_by` lists what stands in it. Raises BadLeave, UnknownPractitioner.
    """
    check_leave(start, end, now)
    _lock_practitioner(conn, clinic.id, practitioner_id)
    known = _same_leave(conn, clinic.id, practitioner_id, start, end)
    if known is None:
        add_leave(conn, clinic, practitioner_id, start, end, now, created_by=f"staff:{staff_id}")
        known = _same_leave(conn, clinic.id, practitioner_id, start, end)
    assert known is not None
    return known


def _same_leave(
    conn: Connection, clinic_id: str, practitioner_id: str, start: datetime, end: datetime
) -> Optional[Leave]:
    found = _leaves(
        conn,
        absences.c.clinic_id == clinic_id,
        absences.c.practitioner_id == practitioner_id,
        absences.c.during == DateTimeTZRange(start, end, "[)"),
    )
    return found[0] if found else None


def _lock_practitioner(conn: Connection, clinic_id: str, practitioner_id: str) -> None:
    """Two who enter the same leave at once take turns. Bookings with the practitioner go on meanwhile."""
    found = conn.execute(
        select(practitioners.c.id)
        .where(practitioners.c.clinic_id == clinic_id, practitioners.c.id == practitioner_id, practitioners.c.active)
        .with_for_update(key_share=True)
    ).one_or_none()
    if found is None:
        raise UnknownPractitioner(practitioner_id)


def drop_leave(conn: Connection, clinic: Clinic, leave_id: str) -> Leave:
    """Take it back; whoever was offered other times is told by replacements.withdraw_offers. Raises LeaveGone."""
    leave = load_leave(conn, clinic.id, leave_id)
    if leave is None:
        raise LeaveGone(leave_id)
    try:
        remove_absence(conn, clinic, leave_id)
    except HoursProblem as error:  # a colleague was faster
        raise LeaveGone(leave_id) from error
    return leave


def load_leave(conn: Connection, clinic_id: str, leave_id: str) -> Optional[Leave]:
    """None when there is none (any more)."""
    found = _leaves(conn, absences.c.clinic_id == clinic_id, absences.c.id == leave_id)
    return found[0] if found else None


def leaves_of(conn: Connection, clinic_id: str, now: datetime) -> list[Leave]:
    """All practitioners' that are not over, soonest first."""
    return _leaves(conn, absences.c.clinic_id == clinic_id, func.upper(absences.c.during) > now)


def away_at(conn: Connection, clinic: Clinic, visit: Appointment) -> bool:
    """Whether any leave of its practitioner takes the time of this visit."""
    near = _leaves(
        conn,
        absences.c.clinic_id == clinic.id,
        absences.c.practitioner_id == visit.practitioner_id,
        absences.c.during.op("&&")(func.tstzrange(visit.start - _LONGEST_VISIT, visit.end)),
    )
    return any(standing_in(conn, clinic, leave, [visit]) for leave in near)


def _leaves(conn: Connection, *conditions: object) -> list[Leave]:
    query = (
        select(absences.c.id, absences.c.practitioner_id, func.lower(absences.c.during), func.upper(absences.c.during))
        .where(absences.c.reason == "leave", *conditions)
        .order_by(func.lower(absences.c.during), absences.c.id)
    )
    return [Leave(*row) for row in conn.execute(query)]


def hit_by(conn: Connection, clinic: Clinic, leave: Leave, now: datetime) -> list[Appointment]:
    """The visits ahead that cannot take place because of it (also before it is entered), soonest first."""
    first = max(leave.start - _LONGEST_VISIT, now)
    near = appointments_between(conn, clinic.id, first, leave.end + _LONGEST_VISIT)
    return standing_in(
        conn, clinic, leave, [one for one in near if one.status in UPCOMING_STATUSES and one.start > now]
    )


def standing_in(conn: Connection, clinic: Clinic, leave: Leave, visits: Sequence[Appointment]) -> list[Appointment]:
    """Those of the practitioner's visits that the leave takes.

    Leave by the day takes clinic days, as in hours.py: the visit at half past midnight belongs to the evening before.
    """
    own = [one for one in visits if one.practitioner_id == leave.practitioner_id]
    first, last = whole_days(leave.start, leave.end, clinic)
    if first is None or last is None:
        return [one for one in own if one.start < leave.end and leave.start < one.end]
    nights = {first - _DAY, last} & {one.start.astimezone(clinic.zone).date() - _DAY for one in own}
    sessions = _sessions_without_leave(conn, clinic, leave.practitioner_id, nights)

    def clinic_day(visit: Appointment) -> date:
        day = visit.start.astimezone(clinic.zone).date()
        night = sessions.get(day - _DAY, [])
        return day - _DAY if any(begins <= visit.start < ends for begins, ends in night) else day

    return [one for one in own if first <= clinic_day(one) <= last]


def _sessions_without_leave(
    conn: Connection, clinic: Clinic, practitioner_id: str, days: Collection[date]
) -> dict[date, list[Range]]:
    if not days:
        return {}
    timetable = replace(load_timetable(conn, clinic, min(days), max(days), [practitioner_id]), leave={})
    return {day: timetable.sessions_on(practitioner_id, day) for day in days}
