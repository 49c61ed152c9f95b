"""The form "on leave from ... to ...": days, or hours of one day, on the clinic's clocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Mapping

from clinic.leave import BadLeave, check_leave
from clinic.schedule import Clinic
from clinic.times import day_bounds

FIELDS = ("from", "to", "from_time", "to_time")
# Calendars end somewhere; nobody means a day further away.
_FURTHEST = timedelta(days=3660)
# "21:00 to 02:00" is a night; "17:00 to 16:00" is a mistake.
_NIGHT_ENDS = time(6)
_NIGHT_STARTS = time(12)


@dataclass(frozen=True)
class LeaveForm:
    """As typed; each may be ""."""

    first: str = ""
    last: str = ""
    since: str = ""
    until: str = ""

    @classmethod
    def of(cls, values: Mapping[str, object]) -> LeaveForm:
        return cls(*(str(values.get(name) or "").strip()[:10] for name in FIELDS))

    @property
    def is_empty(self) -> bool:
        return not (self.first or self.last or self.since or self.until)


def read_leave(form: LeaveForm, clinic: Clinic, now: datetime) -> tuple[datetime, datetime]:
    """`[start, end)`, aware. Raises BadLeave."""
    if not form.first:
        raise BadLeave("leave_no_date")
    today = now.astimezone(clinic.zone).date()
    first = _day(form.first, today)
    last = _day(form.last, today) if form.last else first
    if form.since or form.until:
        start, end = _hours(form, first, last, clinic)
    else:
        start, end = day_bounds(first, clinic.timezone)[0], day_bounds(last, clinic.timezone)[1]
    check_leave(start, end, now)
    # In UTC: a midnight that the clocks skip equals itself in no other zone.
    return start.astimezone(timezone.utc), end.astimezone(timezone.utc)


def _hours(form: LeaveForm, first: date, last: date, clinic: Clinic) -> tuple[datetime, datetime]:
    if not (form.since and form.until):
        raise BadLeave("leave_half_hours")
    if first != last:
        raise BadLeave("leave_hours_of_days")
    since, until = _clock(form.since), _clock(form.until)
    night = until <= _NIGHT_ENDS and since >= _NIGHT_STARTS
    start = datetime.combine(first, since, tzinfo=clinic.zone)
    return start, datetime.combine(first + timedelta(days=night), until, tzinfo=clinic.zone)


def _day(given: str, today: date) -> date:
    try:
        day = date.fromisoformat(given)
    except ValueError as error:
        raise BadLeave("leave_bad_date") from error
    if abs(day - today) > _FURTHEST:
        raise BadLeave("leave_too_far" if day > today else "leave_is_over")
    return day


def _clock(given: str) -> time:
    try:
        clock = time.fromisoformat(given)
    except ValueError as error:
        raise BadLeave("leave_bad_time") from error
    if clock.tzinfo is not None:
        raise BadLeave("leave_bad_time")
    return clock
