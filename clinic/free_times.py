"""Which times are free: the grid of all times that the hours allow, less what is taken.

The grid changes only with the schedule, so it is kept (a few numbers a time, in numpy); what is taken is read
each time, in one query that an index answers alone.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import cached_property
from threading import Lock
from typing import Any, Iterable, Iterator, Optional, Sequence, Union, overload
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import text
from sqlalchemy.engine import Connection

from clinic.hours import load_timetable
from clinic.schedule import Clinic, Practitioner, Slot, Specialty, practitioners_of
from clinic.settings import BookingPolicy

# As in understanding.when.When: one value, or [from, to] with None for an open end.
Day = Union[str, Sequence[Optional[str]], None]
Clock = Union[str, Sequence[Optional[str]], None]

KEPT_GRIDS = 128
_MINUTE = np.int64(60_000_000)  # PostgreSQL counts in microseconds from 2000
_DIGITS = 32  # of a visit in hex: two 64-bit numbers
_EPOCH_2000 = np.int64(int(datetime(2000, 1, 1, tzinfo=timezone.utc).timestamp()) // 60)
_LATER = np.int64(1 << 32)  # minutes; further than any time, so that one number holds practitioner and minute


@dataclass(frozen=True)
class Grid:
    """Every time that the hours allow, ordered by (start, practitioner's name); minutes since 1970, UTC."""

    zone: ZoneInfo
    practitioners: tuple[Practitioner, ...]  # by name
    minutes: int  # the length of each
    starts: np.ndarray  # int64
    owners: np.ndarray  # int64, index into practitioners

    @cached_property
    def keys(self) -> np.ndarray:
        """Each time with its practitioner in the upper half of the number."""
        return self.owners * _LATER + self.starts

    @cached_property
    def by_owner(self) -> np.ndarray:
        """The places ordered by (practitioner, start): the order in which a sorted list is searched fast."""
        return np.argsort(self.keys)

    @cached_property
    def local(self) -> np.ndarray:
        """Minutes since 1970 by the clinic's clocks."""
        # Clocks change on a full or a half hour.
        halves, where = np.unique(self.starts // 30, return_inverse=True)
        offsets = [_moment(int(half) * 30).astimezone(self.zone).utcoffset() for half in halves]
        shifts = np.array([offset.total_seconds() // 60 for offset in offsets if offset is not None], dtype=np.int64)
        return self.starts + shifts[where]


class FreeTimes(Sequence[Slot]):
    """Free times ordered by (start, practitioner's name). A slot is made when it is asked for."""

    def __init__(self, grid: Grid, places: np.ndarray) -> None:
        self._grid = grid
        self._places = places  # ascending, into the grid

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, index: int) -> Slot: ...

    @overload
    def __getitem__(self, index: slice) -> FreeTimes: ...

    def __getitem__(self, index: Union[int, slice]) -> Union[Slot, FreeTimes]:
        if isinstance(index, slice):
            return FreeTimes(self._grid, self._places[index])
        return self._slot(int(self._places[index]))

    def __iter__(self) -> Iterator[Slot]:
        return (self._slot(int(place)) for place in self._places)

    def _slot(self, place: int) -> Slot:
        grid = self._grid
        start = _moment(int(grid.starts[place]))
        return Slot(grid.practitioners[grid.owners[place]], start, start + timedelta(minutes=grid.minutes))

    def within(self, date: Day, time: Clock) -> FreeTimes:
        """Those that begin on these days and at these times by the clinic's clocks.

        `date`: "YYYY-MM-DD" or [from, to], both included. `time`: "HH:MM" or [from, to), past midnight if to <= from;
        what is past midnight then counts to the day before. None, also as an end, is open.
        """
        local = self._grid.local[self._places]
        low, high = _clocks(time)
        clocks = (local - low) % _DAY
        fits = clocks < high - low
        first, last = _days(date)
        # Counted from the first minute that fits, so that a night stays whole.
        days = (local - low) // _DAY if high > _DAY else local // _DAY
        if first is not None:
            fits &= days >= first
        if last is not None:
            fits &= days <= last
        return FreeTimes(self._grid, self._places[fits])

    def without(self, start: datetime, end: datetime) -> FreeTimes:
        """Those that do not overlap `[start, end)`: the patient is elsewhere then."""
        starts = self._grid.starts[self._places]
        apart = (starts >= _minute_after(end)) | (starts + self._grid.minutes <= _minute_before(start))
        return FreeTimes(self._grid, self._places[apart])


_DAY = 24 * 60


def _days(wanted: Day) -> tuple[Optional[int], Optional[int]]:
    """Days since 1970, both included."""
    ends = [wanted, wanted] if wanted is None or isinstance(wanted, str) else list(wanted)
    first, last = (None if end is None else (date.fromisoformat(end) - date(1970, 1, 1)).days for end in ends)
    return first, last


def _clocks(wanted: Clock) -> tuple[int, int]:
    """Minutes since midnight, `[from, to)`."""
    if wanted is None:
        return 0, _DAY
    if isinstance(wanted, str):
        return _minutes(wanted), _minutes(wanted) + 1
    low, high = (None if end is None else _minutes(end) for end in wanted)
    if low is None or high is None:
        return low or 0, _DAY if high is None else high
    return low, high if high > low else high + _DAY


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def free_times(
    conn: Connection,
    clinic: Clinic,
    specialty: Specialty,
    policy: BookingPolicy,
    now: datetime,
    *,
    minutes: Optional[int] = None,
    practitioner_ids: Optional[Iterable[str]] = None,
    start: Optional[datetime] = None,
    end: Optional[datetime] = None,
    own_contact: Optional[str] = None,
) -> FreeTimes:
    """All free times of a specialty that begin in `[start, end)`, never sooner or later than the policy allows.

    `minutes` is the length of a service, else the specialty's. `practitioner_ids` None: all active ones of the
    specialty. What `own_contact` holds counts as free.
    """
    grid = _grid(conn, clinic, specialty, minutes or specialty.minutes, now, policy.horizon)
    first = max(_minute_after(now + policy.notice), _minute_after(start or now))
    last = min(_minute_after(now + policy.horizon), _minute_after(end or now + policy.horizon))
    low, high = np.searchsorted(grid.starts, (first, max(first, last)))
    places = grid.by_owner[(grid.by_owner >= low) & (grid.by_owner < high)]
    if practitioner_ids is not None:
        wanted = set(practitioner_ids)
        places = places[np.array([one.id in wanted for one in grid.practitioners], dtype=bool)[grid.owners[places]]]
    if not len(places):
        return FreeTimes(grid, places)
    owners = np.flatnonzero(np.bincount(grid.owners[places]))
    busy = _busy(conn, clinic, grid, owners, first, last + grid.minutes, now, own_contact)
    free = np.zeros(len(grid.starts), dtype=bool)
    free[places[~_taken(grid.keys[places], grid.minutes, *busy)]] = True
    return FreeTimes(grid, np.flatnonzero(free))


def _taken(keys: np.ndarray, minutes: int, begins: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Which of the times overlap something busy. All carry their practitioner; `begins` and `ends` are sorted."""
    # What is busy never overlaps itself (law 2), so only the first that ends after the start can be in the way.
    next_busy = np.searchsorted(ends, keys, side="right")
    return np.append(begins, np.iinfo(np.int64).max)[next_busy] < keys + minutes


# What occupies these practitioners, two 64-bit numbers in hex digits a visit, from the index alone: it keeps the digits
# ready, as they are written here, and text is handed over as it stands. The last to begin by the start of the window
# may still go on. Who belongs to the clinic is asked of `practitioners`: the index knows not.
_BUSY = text(
    """
    SELECT p.place, coalesce((
      SELECT string_agg(encode(timestamptz_send(a.starts_at) || timestamptz_send(a.ends_at), 'hex'), '')
      FROM appointments a
      WHERE a.practitioner_id = p.id AND a.status <> 'cancelled'
        AND (a.hold_expires_at IS NULL OR a.hold_expires_at > :now)
        AND a.starts_at < :last
        AND a.starts_at >= coalesce(
          (SELECT max(b.starts_at) FROM appointments b
           WHERE b.practitioner_id = p.id AND b.status <> 'cancelled' AND b.starts_at <= :first),
          :first)
    ), '')
    FROM unnest(CAST(:ids AS uuid[])) WITH ORDINALITY AS p (id, place)
    JOIN practitioners ON practitioners.id = p.id AND practitioners.clinic_id = :clinic_id
    """
)
_OWN_HOLDS = text(
    """
    SELECT CAST(practitioner_id AS text), starts_at FROM appointments
    WHERE clinic_id = :clinic_id AND contact_id = :contact_id AND status = 'proposed'
    """
)


def _busy(
    conn: Connection,
    clinic: Clinic,
    grid: Grid,
    owners: np.ndarray,
    first: int,
    last: int,
    now: datetime,
    own_contact: Optional[str],
) -> tuple[np.ndarray, np.ndarray]:
    """Sorted begins and ends, each with its practitioner in the upper half of the number."""
    bounds = {"clinic_id": clinic.id, "first": _moment(first), "last": _moment(last), "now": now}
    ids = [grid.practitioners[owner].id for owner in owners]
    rows = conn.execute(_BUSY, {**bounds, "ids": ids}).all()
    visits = np.frombuffer(bytes.fromhex("".join(digits for _, digits in rows)), dtype=">i8").reshape(-1, 2)
    counts = np.array([(place - 1, len(digits) // _DIGITS) for place, digits in rows], dtype=np.int64).reshape(-1, 2)
    base = np.repeat(owners[counts[:, 0]], counts[:, 1]) * _LATER + _EPOCH_2000
    begun, ended = base + visits[:, 0] // _MINUTE, base - (-visits[:, 1] // _MINUTE)
    order = np.argsort(begun, kind="stable")
    begun, ended = begun[order], ended[order]
    if own_contact is None:
        return begun, ended
    kept = ~np.isin(begun, _own_holds(conn, clinic, grid, own_contact))
    return begun[kept], ended[kept]


def _own_holds(conn: Connection, clinic: Clinic, grid: Grid, contact_id: str) -> list[int]:
    places = {practitioner.id: place for place, practitioner in enumerate(grid.practitioners)}
    rows = conn.execute(_OWN_HOLDS, {"clinic_id": clinic.id, "contact_id": contact_id})
    return [
        places[owner] * int(_LATER) + _minute_before(starts_at) for owner, starts_at in rows.all() if owner in places
    ]


class _Kept:
    """The grids that were asked for last."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._grids: OrderedDict[tuple[Any, ...], Grid] = OrderedDict()
        self._lock = Lock()

    def get(self, key: tuple[Any, ...]) -> Optional[Grid]:
        with self._lock:
            if key in self._grids:
                self._grids.move_to_end(key)
            return self._grids.get(key)

    def put(self, key: tuple[Any, ...], grid: Grid) -> None:
        with self._lock:
            self._grids[key] = grid
            while len(self._grids) > self._most:
                self._grids.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._grids.clear()


_kept = _Kept(KEPT_GRIDS)


def forget_grids() -> None:
    """As in a process that has just started."""
    _kept.clear()


def _grid(
    conn: Connection, clinic: Clinic, specialty: Specialty, minutes: int, now: datetime, horizon: timedelta
) -> Grid:
    first, last = (moment.astimezone(clinic.zone).date() for moment in (now, now + horizon))
    key = (*_schedule_stamp(conn, clinic), specialty.id, specialty.minutes, minutes, first, last)
    grid = _kept.get(key)
    if grid is None:
        grid = _work_out(conn, clinic, specialty, minutes, first, last)
        _kept.put(key, grid)
    return grid


def _schedule_stamp(conn: Connection, clinic: Clinic) -> tuple[Any, ...]:
    """What changes with the schedule and never comes back: the version alone would, after a change rolled back."""
    query = text("SELECT id, schedule_version, CAST(xmin AS text) FROM clinics WHERE id = :id")
    return tuple(conn.execute(query, {"id": clinic.id}).one())


def _work_out(conn: Connection, clinic: Clinic, specialty: Specialty, minutes: int, first: date, last: date) -> Grid:
    """The grid of the days from first to last, and of sessions past midnight from the evening before."""
    doctors = tuple(practitioners_of(conn, clinic.id, specialty.id))
    # One more day back, so that where two days' sessions overlap it does not matter which day it is today.
    day, days = first - timedelta(days=2), []
    while day <= last:
        days.append(day)
        day += timedelta(days=1)
    timetable = load_timetable(conn, clinic, days[0], last, [doctor.id for doctor in doctors])
    starts, owners = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for owner, doctor in enumerate(doctors):
        until = 0
        for day in days:
            for begins, ends in timetable.sessions_on(doctor.id, day):
                low, high = max(_minute_after(begins), until), _minute_before(ends)
                until = max(until, high)
                if day > days[0]:
                    found = np.arange(low, high - minutes + 1, specialty.minutes, dtype=np.int64)
                    starts.append(found)
                    owners.append(np.full(len(found), owner, dtype=np.int64))
    all_starts, all_owners = np.concatenate(starts), np.concatenate(owners)
    order = np.lexsort((all_owners, all_starts))
    return Grid(clinic.zone, doctors, minutes, all_starts[order], all_owners[order])


def _moment(minute: int) -> datetime:
    return datetime.fromtimestamp(minute * 60, tz=timezone.utc)


def _minute_before(moment: datetime) -> int:
    """Whole minutes since 1970, rounded down."""
    return int(moment.timestamp()) // 60


def _minute_after(moment: datetime) -> int:
    return -int(-moment.timestamp() // 60)
