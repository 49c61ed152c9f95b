"""The search for free times, against a slow reference that goes minute by minute; and what the examples leave out."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from itertools import pairwise
from typing import Callable, Iterator, Optional, Union
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update
from sqlalchemy.engine import Connection, Engine

from clinic.database.tables import appointments, practitioners, working_hours
from clinic.free_times import FreeTimes, free_times
from clinic.schedule import bookable_specialties, practitioners_of, services_of
from clinic.settings import BookingPolicy
from tests.clinic.schedules import Schedule

NOW = datetime(2026, 11, 24, 10, tzinfo=timezone.utc)  # a Tuesday, 13:00 in Riyadh
POLICY = BookingPolicy(horizon_days=5)
UTC = timezone.utc


@pytest.fixture
def conn(engine: Engine) -> Iterator[Connection]:
    with engine.begin() as conn:
        yield conn


def find(schedule: Schedule, now: datetime = NOW, **wishes: object) -> FreeTimes:
    return free_times(schedule.conn, schedule.clinic, schedule.specialty, POLICY, now, **wishes)  # type: ignore[arg-type]  # keywords as the test gives them


def starts(found: FreeTimes, zone: str = "Asia/Riyadh") -> list[str]:
    return [slot.start.astimezone(ZoneInfo(zone)).strftime("%d %H:%M") for slot in found]


# --- the reference: sets of minutes -----------------------------------------------------------------------------------

Span = tuple[int, int]  # minutes since 1970, UTC


@dataclass
class Week:
    """What one doctor's rows say, and what takes it away."""

    rows: list[tuple[int, int, int, str, str, Optional[date], Optional[date]]] = field(default_factory=list)
    extra: list[tuple[date, int, int]] = field(default_factory=list)
    away: list[Span] = field(default_factory=list)
    busy: list[Span] = field(default_factory=list)


class Wall:
    """The clinic's clocks, minute by minute."""

    def __init__(self, zone: ZoneInfo, first: date, last: date) -> None:
        start = minute_of(datetime.combine(first, time(), UTC)) - 24 * 60
        end = minute_of(datetime.combine(last, time(), UTC)) + 24 * 60
        self.start = start
        shown = [moment(minute).astimezone(zone).replace(tzinfo=None) for minute in range(start, end)]
        self.latest: list[datetime] = []
        for wall in shown:
            self.latest.append(max(wall, self.latest[-1]) if self.latest else wall)

    def minute(self, day: date, minutes: int) -> int:
        """The first minute at which the clocks have come as far as this."""
        wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
        return self.start + bisect_left(self.latest, wall)


@lru_cache
def wall_of(zone: str, first: date, last: date) -> Wall:
    return Wall(ZoneInfo(zone), first, last)


def minute_of(when: datetime) -> int:
    return int(when.timestamp() // 60)


def moment(minute: int) -> datetime:
    return datetime.fromtimestamp(minute * 60, UTC)


def runs(minutes: set[int]) -> list[Span]:
    found: list[Span] = []
    for minute in sorted(minutes):
        if found and found[-1][1] == minute:
            found[-1] = (found[-1][0], minute + 1)
        else:
            found.append((minute, minute + 1))
    return found


def on_the_wall(week: Week, day: date, ramadan: Optional[Span]) -> set[int]:
    """Minutes since the midnight of the day that the weekly rows give."""
    valid = [row for row in week.rows if (row[5] or day) <= day <= (row[6] or day)]
    fasting = ramadan is not None and ramadan[0] <= day.toordinal() <= ramadan[1]
    season = "ramadan" if fasting and any(row[4] == "ramadan" for row in valid) else "usual"
    today = [row for row in valid if row[0] == day.weekday() and row[4] == season]
    worked = {minute for row in today if row[3] == "work" for minute in range(row[1], row[2])}
    left = set(worked)
    for row in today:
        if row[3] == "break":
            pause = set(range(row[1], row[2]))
            left -= pause if pause & left else {minute + 24 * 60 for minute in pause}
    return left


def whole_days(wall: Wall, span: Span, days: list[date]) -> Optional[set[date]]:
    """The days between, if it runs from midnight to midnight."""
    midnights = {wall.minute(day, 0): day for day in days}
    if span[0] in midnights and span[1] in midnights:
        return {day for day in days if midnights[span[0]] <= day < midnights[span[1]]}
    return None


def working(
    week: Week, day: date, days: list[date], wall: Wall, ramadan: Optional[Span], closures: list[tuple[Span, str]]
) -> set[int]:
    """The minutes worked in the sessions that start on a clinic day."""

    def on_the_clock(minutes: set[int]) -> set[int]:
        return {
            minute for low, high in runs(minutes) for minute in range(wall.minute(day, low), wall.minute(day, high))
        }

    def less(minutes: set[int], span: Span) -> set[int]:
        gone = whole_days(wall, span, days)
        if gone is not None:
            return set() if day in gone else minutes
        return minutes - set(range(*span))

    usual = on_the_clock(on_the_wall(week, day, ramadan))
    extra = on_the_clock({minute for on, low, high in week.extra if on == day for minute in range(low, high)})
    for span, reason in closures:
        usual = less(usual, span)
        extra = less(extra, span) if reason == "closed" else extra
    worked = usual | extra
    for span in week.away:
        worked = less(worked, span)
    return worked


def expected(
    week: Week,
    days: list[date],
    wall: Wall,
    ramadan: Optional[Span],
    closures: list[tuple[Span, str]],
    step: int,
    length: int,
    first: int,
    last: int,
) -> list[Span]:
    found, until = [], 0
    taken = {minute for span in week.busy for minute in range(*span)}
    for day in days:
        worked = {minute for minute in working(week, day, days, wall, ramadan, closures) if minute >= until}
        until = max([until, *(minute + 1 for minute in worked)])
        for low, high in runs(worked):
            for start in range(low, high - length + 1, step):
                if first <= start < last and not taken & set(range(start, start + length)):
                    found.append((start, start + length))
    return found


# --- random schedules -------------------------------------------------------------------------------------------------

# Days around which the clocks change, and one on which they do not.
ANCHORS = (
    ("Africa/Cairo", date(2027, 4, 30)),
    ("Africa/Cairo", date(2026, 10, 30)),
    ("Asia/Beirut", date(2027, 3, 28)),
    ("Asia/Beirut", date(2026, 10, 25)),
    ("Africa/Casablanca", date(2027, 2, 7)),
    ("Africa/Casablanca", date(2027, 3, 14)),
    ("Asia/Riyadh", date(2026, 11, 26)),
    ("Asia/Dubai", date(2027, 1, 1)),
)
WEEKDAYS = st.integers(0, 6)
QUARTERS = st.one_of(st.integers(0, 95), st.sampled_from([0, 1, 2, 4, 8, 84, 88, 92, 95])).map(
    lambda quarter: quarter * 15
)
LENGTHS = st.integers(1, 40).map(lambda quarters: quarters * 15)
SHIFTS = st.integers(-3, 6)
ROWS = st.tuples(
    WEEKDAYS,
    QUARTERS,
    LENGTHS,
    st.sampled_from(["work", "work", "work", "break"]),
    st.sampled_from(["usual", "usual", "ramadan"]),
    st.one_of(st.none(), SHIFTS),
    st.one_of(st.none(), SHIFTS),
)
STRETCHES = st.tuples(st.integers(-3 * 24 * 4, 6 * 24 * 4), st.integers(1, 2 * 24 * 4))  # quarters from the anchor
WHOLE_DAYS = st.tuples(SHIFTS, st.integers(1, 2))
STATUSES = st.sampled_from(
    ["booked", "confirmed", "arrived", "fulfilled", "noshow", "cancelled", "held", "expired", "own"]
)
VISITS = st.tuples(st.integers(-3 * 24 * 60, 6 * 24 * 60), st.integers(5, 200), STATUSES)
DOCTORS = st.fixed_dictionaries(
    {
        "rows": st.lists(ROWS, min_size=1, max_size=8),
        "extra": st.lists(st.tuples(SHIFTS, QUARTERS, LENGTHS), max_size=2),
        "away": st.lists(STRETCHES, max_size=1),
        "visits": st.lists(VISITS, max_size=8),
    }
)
PLANS = st.fixed_dictionaries(
    {
        "place": st.sampled_from(ANCHORS),
        "now": st.integers(-36 * 60, 12 * 60),
        "step": st.sampled_from([15, 20, 30, 45]),
        "length": st.one_of(st.none(), st.sampled_from([10, 40, 60])),
        "ramadan": st.one_of(st.none(), st.tuples(SHIFTS, st.integers(0, 3))),
        "closures": st.lists(st.tuples(STRETCHES, st.sampled_from(["closed", "holiday"])), max_size=1),
        "holidays": st.lists(st.tuples(WHOLE_DAYS, st.sampled_from(["closed", "holiday"])), max_size=1),
        "doctors": st.lists(DOCTORS, min_size=1, max_size=3),
    }
)


def clock(minutes: int) -> str:
    return f"{minutes % 1440 // 60:02}:{minutes % 60:02}"


class Case:
    """A plan written to the database, and kept beside it for the reference; what the database refuses is in neither."""

    def __init__(self, conn: Connection, plan: dict) -> None:
        zone, self.anchor = plan["place"]
        self.plan = plan
        self.days = [self.anchor + timedelta(days=shift) for shift in range(-6, 10)]
        self.wall = wall_of(zone, self.days[0], self.days[-1])
        self.zero = self.wall.minute(self.anchor, 0)
        self.now = moment(self.zero + plan["now"])
        self.schedule = Schedule(conn, zone, minutes=plan["step"])
        self.ramadan = self._ramadan(plan["ramadan"])
        self.closures = [
            self._closure(*one) for one in (*self._timed(plan["closures"]), *self._whole(plan["holidays"]))
        ]
        self.weeks = {self.schedule.doctor(f"Dr. {number}"): Week() for number in range(len(plan["doctors"]))}
        for (doctor, week), rows in zip(self.weeks.items(), plan["doctors"], strict=True):
            self._fill(doctor, week, rows)

    def day(self, shift: int) -> date:
        return self.anchor + timedelta(days=shift)

    def _ramadan(self, plan: Optional[tuple[int, int]]) -> Optional[Span]:
        if plan is None:
            return None
        first, last = self.day(plan[0]), self.day(plan[0] + plan[1])
        self.schedule.ramadan(first, last)
        return first.toordinal(), last.toordinal()

    def _timed(self, plan: list) -> list[tuple[Span, str]]:
        return [((self.zero + low * 15, self.zero + (low + length) * 15), reason) for (low, length), reason in plan]

    def _whole(self, plan: list) -> list[tuple[Span, str]]:
        minute = self.wall.minute
        return [
            ((minute(self.day(low), 0), minute(self.day(low + length), 0)), reason) for (low, length), reason in plan
        ]

    def _closure(self, span: Span, reason: str) -> tuple[Span, str]:
        self.schedule.away(moment(span[0]), moment(span[1]), reason=reason)
        return span, reason

    def _fill(self, doctor: str, week: Week, plan: dict) -> None:
        schedule = self.schedule
        for weekday, start, length, kind, season, from_, until in plan["rows"]:
            first, last = (None if shift is None else self.day(shift) for shift in (from_, until))
            values = {"kind": kind, "season": season, "valid_from": first, "valid_until": last}
            if not schedule.refused(schedule.works, doctor, weekday, clock(start), clock(start + length), **values):
                week.rows.append((weekday, start, start + length, kind, season, first, last))
        for shift, start, length in plan["extra"]:
            if not schedule.refused(schedule.extra, doctor, self.day(shift), clock(start), clock(start + length)):
                week.extra.append((self.day(shift), start, start + length))
        for (span, _), _ in ((one, None) for one in self._timed([(one, "leave") for one in plan["away"]])):
            schedule.away(moment(span[0]), moment(span[1]), doctor)
            week.away.append(span)
        for start, length, status in plan["visits"]:
            self._visit(doctor, week, self.zero + start, length, status)

    def _visit(self, doctor: str, week: Week, start: int, length: int, status: str) -> None:
        schedule = self.schedule
        span = (start, start + length)
        values: dict = {"status": status}
        if status in ("held", "expired", "own"):
            ahead = timedelta(minutes=-1 if status == "expired" else 1)
            values = {"status": "proposed", "hold_expires_at": self.now + ahead}
            if status != "own":
                values["contact_id"] = None
        if not schedule.refused(schedule.visit, doctor, moment(start), moment(span[1]), **values):
            if status not in ("cancelled", "expired", "own"):
                week.busy.append(span)

    def found(self, **wishes: object) -> FreeTimes:
        return find(
            self.schedule, self.now, minutes=self.plan["length"], own_contact=self.schedule.contact_id, **wishes
        )

    def expected(self, first: Optional[int] = None, last: Optional[int] = None) -> dict[str, list[Span]]:
        lowest = minute_of(self.now + POLICY.notice + timedelta(seconds=59))
        highest = minute_of(self.now + POLICY.horizon)
        bounds = (max(lowest, first or lowest), min(highest, last or highest))
        step = self.plan["step"]
        length = self.plan["length"] or step
        rest = (self.days, self.wall, self.ramadan, self.closures, step, length, *bounds)
        return {doctor: expected(week, *rest) for doctor, week in self.weeks.items()}


def by_doctor(found: FreeTimes, doctors: dict[str, Week]) -> dict[str, list[Span]]:
    spans: dict[str, list[Span]] = {doctor: [] for doctor in doctors}
    for slot in found:
        spans[slot.practitioner.id].append((minute_of(slot.start), minute_of(slot.end)))
    return spans


@pytest.mark.timeout(600)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(plan=PLANS)
def test_free_times_are_those_of_the_reference_in_every_zone_over_every_change_of_clocks(
    engine: Engine, plan: dict
) -> None:
    with engine.connect() as conn:  # rolled back at the end: the next example finds nothing of it
        case = Case(conn, plan)
        found = case.found()
        assert by_doctor(found, case.weeks) == case.expected()
        assert [(slot.start, slot.practitioner.name_en) for slot in found] == sorted(
            (slot.start, slot.practitioner.name_en) for slot in found
        )
        for spans, week in zip(by_doctor(found, case.weeks).values(), case.weeks.values(), strict=True):
            ordered = sorted(spans)
            assert len({start for start, _ in spans}) == len(spans), "two with one start"
            if case.plan["length"] is None:
                assert all(end <= start for (_, end), (start, _) in pairwise(ordered)), "two that overlap"
            assert not any(start < to and from_ < end for start, end in spans for from_, to in week.busy)
        # A part of the range, of some of the doctors, is that part of the whole.
        low = minute_of(case.now) + 24 * 60
        some = list(case.weeks)[:1]
        part = case.found(practitioner_ids=some, start=moment(low), end=moment(low + 24 * 60))
        assert by_doctor(part, case.weeks)[some[0]] == case.expected(low, low + 24 * 60)[some[0]]
        assert {slot.practitioner.id for slot in part} <= set(some)


DATES = st.one_of(st.none(), st.integers(0, 5), st.tuples(*[st.one_of(st.none(), st.integers(0, 5))] * 2))
TIMES = st.one_of(st.none(), QUARTERS, st.tuples(*[st.one_of(st.none(), QUARTERS)] * 2))
Wish = Union[str, list[Optional[str]], None]


def naive(slot_start: datetime, zone: ZoneInfo, wished_day: Wish, wished_time: Wish) -> bool:
    wall = slot_start.astimezone(zone).replace(tzinfo=None)
    if isinstance(wished_time, str):
        fits = wall.strftime("%H:%M") == wished_time
    elif wished_time is None:
        fits = True
    else:
        low, high = wished_time
        shown = wall.strftime("%H:%M")
        if low is not None and high is not None and high <= low:  # a night, counted to its evening
            fits = shown >= low or shown < high
            wall -= timedelta(days=1) if shown < low else timedelta()
        else:
            fits = (low is None or low <= shown) and (high is None or shown < high)
    day = wall.date().isoformat()
    if isinstance(wished_day, str):
        return fits and day == wished_day
    first, last = wished_day or (None, None)
    return fits and (first is None or first <= day) and (last is None or day <= last)


def words(value: object, said: Callable[[int], str]) -> Wish:
    """As in `When`, of what Hypothesis chose."""
    if isinstance(value, tuple):
        return [None if one is None else said(one) for one in value]
    return said(value) if isinstance(value, int) else None


def test_within_is_a_filter_by_the_clinics_clocks(conn: Connection) -> None:
    everything: dict[tuple[str, date], FreeTimes] = {}
    for zone, anchor in ANCHORS:
        schedule = Schedule(conn, zone, minutes=15)
        doctor = schedule.doctor()
        for weekday in range(7):
            schedule.works(doctor, weekday, "00:00", "12:00")
            schedule.works(doctor, weekday, "12:00", "00:00")
        found = find(schedule, datetime.combine(anchor - timedelta(days=2), time(3), UTC))
        assert len(found) > 300
        everything[zone, anchor] = found

    @settings(max_examples=150, deadline=None)
    @given(place=st.sampled_from(ANCHORS), days=DATES, times=TIMES)
    def equals_the_naive_filter(place: tuple[str, date], days: object, times: object) -> None:
        zone, anchor = place
        wished_day = words(days, lambda shift: (anchor + timedelta(days=shift - 2)).isoformat())
        wished_time = words(times, clock)
        found = everything[place]
        assert list(found.within(wished_day, wished_time)) == [
            slot for slot in found if naive(slot.start, ZoneInfo(zone), wished_day, wished_time)
        ]

    equals_the_naive_filter()


# --- examples ---------------------------------------------------------------------------------------------------------


def test_a_hold_that_ran_out_and_ones_own_hold_are_free(conn: Connection) -> None:
    schedule = Schedule(conn)
    doctor = schedule.doctor()
    schedule.works(doctor, 1, "16:00", "18:00")
    local = datetime(2026, 11, 24, 13, tzinfo=UTC)  # 16:00
    half = timedelta(minutes=30)
    minute = timedelta(minutes=1)
    schedule.visit(doctor, local, local + half, "proposed", hold_expires_at=NOW + minute)
    schedule.visit(doctor, local + half, local + 2 * half, "proposed", hold_expires_at=NOW, contact_id=None)
    schedule.visit(
        doctor, local + 2 * half, local + 3 * half, "proposed", hold_expires_at=NOW + minute, contact_id=None
    )
    assert starts(find(schedule)) == ["24 16:30", "24 17:30"]
    assert starts(find(schedule, own_contact=schedule.contact_id)) == ["24 16:00", "24 16:30", "24 17:30"]


def test_a_visit_that_began_long_before_the_window_is_seen(conn: Connection) -> None:
    schedule = Schedule(conn)
    doctor = schedule.doctor()
    schedule.works(doctor, 1, "16:00", "18:00")
    schedule.visit(doctor, NOW - timedelta(days=3), datetime(2026, 11, 24, 14, tzinfo=UTC))
    assert starts(find(schedule)) == ["24 17:00", "24 17:30"]


def test_a_time_is_neither_too_soon_nor_too_far(conn: Connection) -> None:
    schedule = Schedule(conn)
    doctor = schedule.doctor()
    for weekday in range(7):
        schedule.works(doctor, weekday, "13:00", "14:30")
    assert starts(find(schedule)) == ["24 13:30", "24 14:00"] + [
        f"{day} {hour}" for day in range(25, 29) for hour in ("13:00", "13:30", "14:00")
    ]


def test_a_longer_service_begins_at_the_same_times_and_needs_them_all(conn: Connection) -> None:
    schedule = Schedule(conn)
    doctor = schedule.doctor()
    schedule.works(doctor, 1, "16:00", "18:30")
    schedule.visit(doctor, datetime(2026, 11, 24, 14, tzinfo=UTC), datetime(2026, 11, 24, 14, 10, tzinfo=UTC))
    assert starts(find(schedule)) == ["24 16:00", "24 16:30", "24 17:30", "24 18:00"]
    assert starts(find(schedule, minutes=60)) == ["24 16:00", "24 17:30"]


def test_a_change_of_the_schedule_shows_at_once_and_one_that_is_rolled_back_leaves_no_trace(conn: Connection) -> None:
    schedule = Schedule(conn)
    doctor = schedule.doctor()
    schedule.works(doctor, 1, "16:00", "17:00")
    before = starts(find(schedule))
    savepoint = conn.begin_nested()
    schedule.works(doctor, 1, "20:00", "21:00")
    assert starts(find(schedule)) == [*before, "24 20:00", "24 20:30"]
    savepoint.rollback()
    assert starts(find(schedule)) == before
    schedule.works(doctor, 1, "18:00", "18:30")  # brings the same number of the version again
    assert starts(find(schedule)) == [*before, "24 18:00"]
    conn.execute(update(practitioners).where(practitioners.c.id == doctor).values(active=False))
    assert starts(find(schedule)) == []


def test_free_times_are_a_sequence_of_slots(conn: Connection) -> None:
    schedule = Schedule(conn)
    for name in ("Dr. B", "Dr. A"):
        schedule.works(schedule.doctor(name), 1, "16:00", "17:00")
    found = find(schedule)
    assert [slot.practitioner.name_en for slot in found] == ["Dr. A", "Dr. B", "Dr. A", "Dr. B"]
    assert (len(found), found[-1], list(found[1:3])) == (4, list(found)[3], list(found)[1:3])
    assert found[0].end - found[0].start == timedelta(minutes=30)
    with pytest.raises(IndexError):
        found[4]


def test_two_clinics_never_see_each_others_rows(conn: Connection) -> None:
    mine, other = Schedule(conn), Schedule(conn)
    my_doctor, their_doctor = mine.doctor("Dr. Mine"), other.doctor("Dr. Theirs")
    for schedule, doctor in ((mine, my_doctor), (other, their_doctor)):
        schedule.works(doctor, 1, "16:00", "17:00")
    other.visit(their_doctor, datetime(2026, 11, 24, 13, tzinfo=UTC), datetime(2026, 11, 24, 14, tzinfo=UTC))
    assert starts(find(mine)) == ["24 16:00", "24 16:30"]
    assert starts(find(other)) == []
    assert len(find(mine, practitioner_ids=[their_doctor])) == 0
    assert [one.id for one in practitioners_of(conn, mine.clinic_id)] == [my_doctor]
    assert [one.id for one in bookable_specialties(conn, mine.clinic_id)] == [mine.specialty.id]
    assert services_of(conn, mine.clinic_id) == []
    # The other's specialty asked for in my clinic's name, and its hours taken away: neither is mine to see.
    assert len(free_times(conn, mine.clinic, other.specialty, POLICY, NOW)) == 0
    conn.execute(delete(appointments).where(appointments.c.clinic_id == other.clinic_id))
    conn.execute(delete(working_hours).where(working_hours.c.clinic_id == other.clinic_id))
    assert starts(find(mine)) == ["24 16:00", "24 16:30"]
