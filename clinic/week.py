"""One practitioner's week as it is entered: sessions, breaks, seasons, and whether they can stand beside each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import combinations
from typing import Any, Optional, Sequence

from clinic.database.tables import SEASONS
from clinic.hours import DAY, WallRange, wall_range

WEEK = 7


class HoursProblem(Exception):
    """A change that cannot be. `code` says what is wrong, `where` the place: weekday, start, end, row, day, ...

    Codes: unknown_practitioner, unknown_specialty, unknown_season, unknown_absence, unknown_extra_session, bad_weekday,
    bad_kind, bad_season, bad_minutes, code_taken, empty_session, end_before_start, overlap, break_outside.
    """

    def __init__(self, code: str, **where: Any) -> None:
        super().__init__(code, where)
        self.code = code
        self.where = where


@dataclass(frozen=True)
class HoursRow:
    """A row of somebody's week, as in `working_hours`. Past midnight when it ends before it starts."""

    weekday: int  # Monday 0
    start: time
    end: time
    kind: str = "work"  # or break
    season: str = "usual"  # or ramadan
    valid_from: Optional[date] = None  # both included; None is open
    valid_until: Optional[date] = None

    @property
    def minutes(self) -> WallRange:
        return wall_range(self.start, self.end)

    @property
    def place(self) -> dict[str, Any]:
        return {"weekday": self.weekday, "start": self.start, "end": self.end}


def check_hours(rows: Sequence[HoursRow]) -> None:
    """Whether these can be one practitioner's week. `where` has `row`, and `other_row`, counted from 0.

    Raises HoursProblem: bad_weekday, bad_kind, bad_season, empty_session, end_before_start, overlap, break_outside.
    """
    for number, row in enumerate(rows):
        _check_row(row, number)
    for (number, row), (other_number, other) in combinations(enumerate(rows), 2):
        if row.kind == other.kind and _meet(row, other):
            raise HoursProblem(
                "overlap",
                row=number,
                **row.place,
                other_row=other_number,
                **{f"other_{name}": value for name, value in other.place.items()},
            )
    for number, row in enumerate(rows):
        if row.kind == "break" and not any(_holds_break(session, row) for session in rows):
            raise HoursProblem("break_outside", row=number, **row.place)


def _check_row(row: HoursRow, number: int) -> None:
    if row.weekday not in range(WEEK):
        raise HoursProblem("bad_weekday", row=number, **row.place)
    if row.kind not in ("work", "break"):
        raise HoursProblem("bad_kind", row=number, **row.place)
    if row.season not in SEASONS:
        raise HoursProblem("bad_season", row=number, **row.place)
    if row.start == row.end:
        raise HoursProblem("empty_session", row=number, **row.place)
    if row.valid_from is not None and row.valid_until is not None and row.valid_until < row.valid_from:
        raise HoursProblem("end_before_start", row=number, valid_from=row.valid_from, valid_until=row.valid_until)


def _meet(one: HoursRow, other: HoursRow) -> bool:
    return _meets_later(one, other) or _meets_later(other, one)


def _meets_later(earlier: HoursRow, later: HoursRow) -> bool:
    """On one day, or where the earlier runs past midnight into the later one's day.

    The seasons change between two days, so a night of Ramadan may run into a morning as usual, never into the same day.
    """
    days = (later.weekday - earlier.weekday) % WEEK
    if days > 1 or (days == 0 and earlier.season != later.season):
        return False
    (low, high), (other_low, other_high) = earlier.minutes, later.minutes
    if not (low < other_high + days * DAY and other_low + days * DAY < high):
        return False
    return _share_a_day(earlier, later, days)


def _share_a_day(earlier: HoursRow, later: HoursRow, days: int) -> bool:
    """Whether there is a day on which the earlier row holds, and the later one so many days after it."""
    shift = timedelta(days=days)
    froms = [row_from for row_from in (earlier.valid_from, later.valid_from and later.valid_from - shift) if row_from]
    untils = [until for until in (earlier.valid_until, later.valid_until and later.valid_until - shift) if until]
    if not froms or not untils:
        return True
    first, last = max(froms), min(untils)
    return first + timedelta(days=(earlier.weekday - first.weekday()) % WEEK) <= last


def _holds_break(session: HoursRow, pause: HoursRow) -> bool:
    """In the session, of its weekday, and for as long as it holds; past midnight in one that goes past midnight."""
    if session.kind != "work" or (session.weekday, session.season) != (pause.weekday, pause.season):
        return False
    if (pause.valid_from or date.min) < (session.valid_from or date.min):
        return False
    if (pause.valid_until or date.max) > (session.valid_until or date.max):
        return False
    (low, high), (start, end) = session.minutes, pause.minutes
    return (low <= start and end <= high) or (low <= start + DAY and end + DAY <= high)
