"""When practitioners work, day by day: weekly hours, seasons, breaks, leave, holidays, closed days, extra sessions.

A clinic day is the day on which a session starts: 21:00-02:00 is one session of one day. An absence from midnight to
midnight means clinic days: it takes the sessions that start on them whole, and none that started the day before.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Iterable, Optional
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.engine import Connection

from clinic.database.tables import (
    absences,
    clinics,
    extra_sessions,
    practitioners,
    seasons,
    weekends,
    working_hours,
)
from clinic.holidays import usual_weekend
from clinic.schedule import Clinic

DAY = 24 * 60  # minutes
# A stretch of time. Of moments: in UTC, `[start, end)`. Of the wall clock: minutes since midnight of the clinic day.
Range = tuple[datetime, datetime]
WallRange = tuple[int, int]


@dataclass(frozen=True)
class WeeklyHours:
    """A row of the week: a session, or a break in one."""

    practitioner_id: str
    weekday: int  # Monday 0
    start: int  # minutes since midnight
    end: int  # past 1440 when it ends on the next day
    kind: str  # work | break
    season: str  # usual | ramadan
    valid_from: Optional[date]
    valid_until: Optional[date]

    def holds_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )


@dataclass(frozen=True)
class Absence:
    practitioner_id: Optional[str]  # None: the whole clinic
    start: datetime
    end: datetime
    reason: str  # leave | holiday | closed
    name_en: str
    name_ar: str
    first_day: Optional[date]  # of the clinic days that it takes, when it runs from midnight to midnight
    last_day: Optional[date]

    def name(self, language: str) -> str:
        return (self.name_ar or self.name_en) if language == "ar" else (self.name_en or self.name_ar)

    def leaves_of(self, ranges: list[Range], day: date) -> list[Range]:
        """What remains of the sessions of a clinic day."""
        if self.first_day is not None and self.last_day is not None:
            return [] if self.first_day <= day <= self.last_day else ranges
        return subtract(ranges, (self.start, self.end))


@dataclass(frozen=True)
class Timetable:
    """All that decides who works when between two days; read once, asked day by day."""

    zone: ZoneInfo
    weekly: dict[str, list[WeeklyHours]]  # by practitioner
    ramadans: list[tuple[date, date]]
    leave: dict[str, list[Absence]]
    closures: list[Absence]
    extra: dict[tuple[str, date], list[WallRange]]
    practitioner_ids: tuple[str, ...]

    def season_on(self, day: date) -> str:
        return "ramadan" if any(first <= day <= last for first, last in self.ramadans) else "usual"

    def sessions_on(self, practitioner_id: str, day: date) -> list[Range]:
        """The working ranges that start on this clinic day, merged and sorted."""
        usual = self._moments(self.wall_hours_on(practitioner_id, day), day)
        extra = self._moments(self.extra.get((practitioner_id, day), []), day)
        for absence in self.closures:
            usual = absence.leaves_of(usual, day)
            # Who comes in for a holiday works on it; a clinic that is closed is closed for everybody.
            if absence.reason == "closed":
                extra = absence.leaves_of(extra, day)
        ranges = merge(usual + extra)
        for absence in self.leave.get(practitioner_id, []):
            ranges = absence.leaves_of(ranges, day)
        return ranges

    def wall_hours_on(self, practitioner_id: str, day: date) -> list[WallRange]:
        """The weekly hours that hold on this day, less their breaks, by the wall clock."""
        rows = [row for row in self.weekly.get(practitioner_id, []) if row.holds_on(day)]
        if self.season_on(day) == "ramadan" and any(row.season == "ramadan" for row in rows):
            rows = [row for row in rows if row.season == "ramadan"]
        else:
            rows = [row for row in rows if row.season == "usual"]
        rows = [row for row in rows if row.weekday == day.weekday()]
        ranges = merge([(row.start, row.end) for row in rows if row.kind == "work"])
        for row in rows:
            if row.kind == "break":
                ranges = subtract(ranges, break_within(ranges, (row.start, row.end)))
        return ranges

    def _moments(self, ranges: Iterable[WallRange], day: date) -> list[Range]:
        moments = ((wall_moment(day, start, self.zone), wall_moment(day, end, self.zone)) for start, end in ranges)
        return [(start, end) for start, end in moments if start < end]


def merge(ranges: Iterable[tuple]) -> list[tuple]:
    """Ranges that touch or overlap become one; sorted."""
    merged: list[tuple] = []
    for start, end in sorted(ranges):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def subtract(ranges: Iterable[tuple], taken: tuple) -> list[tuple]:
    start, end = taken
    remaining = []
    for low, high in ranges:
        remaining += [(low, min(high, start)), (max(low, end), high)] if low < end and start < high else [(low, high)]
    return [(low, high) for low, high in remaining if low < high]


def break_within(sessions: Iterable[WallRange], pause: WallRange) -> WallRange:
    """A break belongs to the day of its session: at 00:30 in one from 21:00 to 02:00 it is past midnight."""
    start, end = pause
    late = (start + DAY, end + DAY)
    if any(start < high and low < end for low, high in sessions):
        return pause
    return late if any(late[0] < high and low < late[1] for low, high in sessions) else pause


@lru_cache(maxsize=65536)
def wall_moment(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """When the clinic's clocks show this, or, where they jump over it, when they jump.

    So later on the wall is never earlier in time. What the clocks show twice is the first of the two. In UTC: times of
    one zone compare by the wall.
    """
    wall = datetime.combine(day + timedelta(days=minutes // DAY), time(minutes % DAY // 60, minutes % 60))
    moment = wall.replace(tzinfo=zone).astimezone(timezone.utc)
    if moment.astimezone(zone).replace(tzinfo=None) != wall:
        moment = _jump_before(moment, zone)
    return moment


def _jump_before(moment: datetime, zone: ZoneInfo) -> datetime:
    """The minute, in the day before this moment, at which the clocks changed to what they show then."""
    offset = moment.astimezone(zone).utcoffset()
    before, after = 0, DAY  # minutes since a day before the moment
    while after - before > 1:
        middle = (before + after) // 2
        changed = (moment - timedelta(minutes=DAY - middle)).astimezone(zone).utcoffset() == offset
        before, after = (before, middle) if changed else (middle, after)
    return moment - timedelta(minutes=DAY - after)


def load_timetable(
    conn: Connection, clinic: Clinic, first: date, last: date, practitioner_ids: Optional[Iterable[str]] = None
) -> Timetable:
    """For the clinic days from first to last, both included; None: all active practitioners."""
    ids = _known(conn, clinic.id, practitioner_ids)
    leave: dict[str, list[Absence]] = defaultdict(list)
    closures: list[Absence] = []
    for absence in _absences(conn, clinic, first, last, ids):
        (closures if absence.practitioner_id is None else leave[absence.practitioner_id]).append(absence)
    return Timetable(
        zone=clinic.zone,
        weekly=_weekly(conn, clinic.id, ids),
        ramadans=_ramadans(conn, clinic.id, first, last),
        leave=leave,
        closures=closures,
        extra=_extra(conn, clinic.id, first, last, ids),
        practitioner_ids=ids,
    )


def _known(conn: Connection, clinic_id: str, practitioner_ids: Optional[Iterable[str]]) -> tuple[str, ...]:
    query = select(practitioners.c.id).where(practitioners.c.clinic_id == clinic_id)
    if practitioner_ids is None:
        query = query.where(practitioners.c.active)
    else:
        query = query.where(practitioners.c.id.in_(list(practitioner_ids)))
    return tuple(conn.execute(query.order_by(practitioners.c.name_en, practitioners.c.id)).scalars())


def _weekly(conn: Connection, clinic_id: str, ids: tuple[str, ...]) -> dict[str, list[WeeklyHours]]:
    table = working_hours.c
    query = select(
        table.practitioner_id,
        table.weekday,
        table.start_time,
        table.end_time,
        table.kind,
        table.season,
        table.valid_from,
        table.valid_until,
    ).where(table.clinic_id == clinic_id, table.practitioner_id.in_(ids))
    rows: dict[str, list[WeeklyHours]] = defaultdict(list)
    for owner, weekday, start, end, *rest in conn.execute(query):
        rows[owner].append(WeeklyHours(owner, weekday, *wall_range(start, end), *rest))
    return rows


def _ramadans(conn: Connection, clinic_id: str, first: date, last: date) -> list[tuple[date, date]]:
    query = select(seasons.c.starts_on, seasons.c.ends_on).where(
        seasons.c.clinic_id == clinic_id,
        seasons.c.code == "ramadan",
        seasons.c.ends_on >= first,
        seasons.c.starts_on <= last,
    )
    return [(starts_on, ends_on) for starts_on, ends_on in conn.execute(query)]


def _absences(conn: Connection, clinic: Clinic, first: date, last: date, ids: tuple[str, ...]) -> list[Absence]:
    table = absences.c
    # A session that starts on the last day may end on the one after.
    window = func.tstzrange(wall_moment(first, 0, clinic.zone), wall_moment(last, 2 * DAY, clinic.zone))
    query = (
        select(
            table.practitioner_id,
            func.lower(table.during),
            func.upper(table.during),
            table.reason,
            table.name_en,
            table.name_ar,
        )
        .where(
            table.clinic_id == clinic.id,
            table.during.op("&&")(window),
            or_(table.practitioner_id.is_(None), table.practitioner_id.in_(ids)),
        )
        .order_by(func.lower(table.during), table.id)
    )
    return [
        Absence(owner, start, end, reason, english, arabic, *whole_days(start, end, clinic))
        for owner, start, end, reason, english, arabic in conn.execute(query)
    ]


def whole_days(start: datetime, end: datetime, clinic: Clinic) -> tuple[Optional[date], Optional[date]]:
    """The first and the last day of a stretch from midnight to midnight, else None and None."""
    first = start.astimezone(clinic.zone).date()
    after = end.astimezone(clinic.zone).date()
    if (wall_moment(first, 0, clinic.zone), wall_moment(after, 0, clinic.zone)) != (start, end):
        return None, None
    return first, after - timedelta(days=1)


def _extra(
    conn: Connection, clinic_id: str, first: date, last: date, ids: tuple[str, ...]
) -> dict[tuple[str, date], list[WallRange]]:
    table = extra_sessions.c
    query = select(table.practitioner_id, table.day, table.start_time, table.end_time).where(
        table.clinic_id == clinic_id, table.practitioner_id.in_(ids), table.day.between(first, last)
    )
    extra: dict[tuple[str, date], list[WallRange]] = defaultdict(list)
    for owner, day, start, end in conn.execute(query):
        extra[owner, day].append(wall_range(start, end))
    return extra


def wall_range(start: time, end: time) -> WallRange:
    """In minutes since midnight; an end that is not after the start is on the next day."""
    low, high = start.hour * 60 + start.minute, end.hour * 60 + end.minute
    return low, high if high > low else high + DAY


def sessions_on(
    conn: Connection, clinic: Clinic, day: date, practitioner_ids: Optional[Iterable[str]] = None
) -> dict[str, list[Range]]:
    """Per practitioner the working ranges that start on this clinic day, in UTC, merged and sorted; [] if off."""
    timetable = load_timetable(conn, clinic, day, day, practitioner_ids)
    return {owner: timetable.sessions_on(owner, day) for owner in timetable.practitioner_ids}


def closed_because(conn: Connection, clinic: Clinic, day: date, language: str) -> Optional[str]:
    """The name of the holiday or closure that takes the whole day, "" when unnamed; None when somebody works."""
    timetable = load_timetable(conn, clinic, day, day)
    start, end = wall_moment(day, 0, clinic.zone), wall_moment(day, DAY, clinic.zone)
    closing = [absence for absence in timetable.closures if absence.start <= start and end <= absence.end]
    if not closing or any(timetable.sessions_on(owner, day) for owner in timetable.practitioner_ids):
        return None
    return next((absence.name(language) for absence in closing if absence.name(language)), "")


def season_on(conn: Connection, clinic_id: str, day: date) -> str:
    """usual | ramadan"""
    return "ramadan" if _ramadans(conn, clinic_id, day, day) else "usual"


def weekend_on(conn: Connection, clinic_id: str, day: date) -> frozenset[int]:
    """The days of rest in the week of this day, Monday 0: as the clinic set them, else as its country has them."""
    own = conn.execute(
        select(weekends.c.weekdays)
        .where(weekends.c.clinic_id == clinic_id, weekends.c.valid_from <= day)
        .order_by(weekends.c.valid_from.desc())
        .limit(1)
    ).scalar_one_or_none()
    if own is not None:
        return frozenset(own)
    country = conn.execute(select(clinics.c.country).where(clinics.c.id == clinic_id)).scalar_one()
    return usual_weekend(country, day)
