"""Changes of hours: what is refused and where it says so, whom a change hits, and that it moves nobody."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, Iterator
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.engine import Connection, Engine

from clinic.database.tables import absences, appointments, extra_sessions, practitioners, working_hours
from clinic.hours_changes import (
    add_extra_session,
    add_leave,
    add_service,
    affected,
    close_clinic,
    dry_run,
    hours_of,
    move_ramadan,
    remove_absence,
    remove_extra_session,
    set_hours,
    set_hours_from,
)
from clinic.schedule import services_of
from clinic.week import HoursProblem, HoursRow, check_hours
from tests.clinic.schedules import Schedule

RIYADH = ZoneInfo("Asia/Riyadh")
NOW = datetime(2026, 11, 24, 10, tzinfo=RIYADH)
MONDAY = date(2026, 11, 30)
TUESDAY = MONDAY + timedelta(days=1)
NOBODY = "00000000-0000-0000-0000-000000000000"


def at(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), RIYADH)


def row(weekday: int, start: str, end: str, *rest: Any, **more: Any) -> HoursRow:
    return HoursRow(weekday, time.fromisoformat(start), time.fromisoformat(end), *rest, **more)


@pytest.fixture
def conn(engine: Engine) -> Iterator[Connection]:
    with engine.begin() as conn:
        yield conn


@pytest.fixture
def schedule(conn: Connection) -> Schedule:
    return Schedule(conn)


@pytest.fixture
def doctor(schedule: Schedule) -> str:
    doctor = schedule.doctor()
    schedule.works(doctor, 0, "09:00", "13:00")
    schedule.works(doctor, 0, "21:00", "02:00")
    return doctor


def visit(schedule: Schedule, doctor: str, day: date, start: str, minutes: int = 30, **values: Any) -> str:
    begins = at(day, start)
    return schedule.visit(doctor, begins, begins + timedelta(minutes=minutes), **values)


def problem(*rows: HoursRow) -> HoursProblem:
    with pytest.raises(HoursProblem) as caught:
        check_hours(rows)
    return caught.value


WORK = row(0, "09:00", "13:00")
NIGHT = row(0, "21:00", "02:00")
SUNDAY_NIGHT = row(6, "21:00", "02:00")


@pytest.mark.parametrize(
    ("rows", "code", "where"),
    [
        ([row(0, "09:00", "09:00")], "empty_session", {"row": 0, "start": time(9)}),
        ([row(7, "09:00", "10:00")], "bad_weekday", {"weekday": 7}),
        ([row(0, "09:00", "10:00", "lunch")], "bad_kind", {"row": 0}),
        ([row(0, "09:00", "10:00", "work", "summer")], "bad_season", {"row": 0}),
        ([row(0, "09:00", "10:00", valid_from=TUESDAY, valid_until=MONDAY)], "end_before_start", {"row": 0}),
        ([WORK, row(0, "12:30", "14:00")], "overlap", {"row": 0, "other_row": 1, "other_start": time(12, 30)}),
        ([NIGHT, row(1, "01:30", "03:00")], "overlap", {"weekday": 0, "other_weekday": 1}),
        ([row(0, "01:30", "03:00"), SUNDAY_NIGHT], "overlap", {"weekday": 0, "other_weekday": 6}),
        ([NIGHT, row(1, "01:30", "03:00", season="ramadan")], "overlap", {"row": 0, "other_row": 1}),
        ([row(0, "09:00", "13:00", valid_until=MONDAY), row(0, "12:00", "14:00", valid_from=MONDAY)], "overlap", {}),
        ([WORK, row(0, "14:00", "14:30", "break")], "break_outside", {"row": 1, "start": time(14)}),
        ([WORK, row(0, "12:45", "13:15", "break")], "break_outside", {"row": 1}),
        ([WORK, row(1, "10:00", "10:15", "break")], "break_outside", {"row": 1, "weekday": 1}),
        ([WORK, row(0, "10:00", "10:15", "break", "ramadan")], "break_outside", {"row": 1}),
        ([WORK, row(0, "10:00", "10:30", "break"), row(0, "10:15", "10:45", "break")], "overlap", {"row": 1}),
        ([row(0, "09:00", "13:00", valid_until=MONDAY), row(0, "10:00", "10:15", "break")], "break_outside", {}),
    ],
)
def test_a_week_that_cannot_be_says_what_is_wrong_and_where(
    rows: list[HoursRow], code: str, where: dict[str, Any]
) -> None:
    found = problem(*rows)
    assert found.code == code
    assert {name: found.where[name] for name in where} == where


@pytest.mark.parametrize(
    "rows",
    [
        [WORK, row(0, "13:00", "16:00"), NIGHT, row(1, "02:00", "04:00")],
        [NIGHT, row(0, "00:30", "01:00", "break")],
        [WORK, row(0, "09:00", "13:00", season="ramadan")],
        [row(0, "09:00", "13:00", valid_until=MONDAY), row(0, "12:00", "14:00", valid_from=TUESDAY)],
        # Both hold on one Tuesday alone, and the Monday before it only the first.
        [
            row(0, "21:00", "02:00", valid_until=MONDAY - timedelta(days=1)),
            row(1, "01:00", "03:00", valid_from=TUESDAY),
        ],
        [],
    ],
)
def test_a_week_that_can_be_is_taken(rows: list[HoursRow], schedule: Schedule) -> None:
    doctor = schedule.doctor()
    assert set_hours(schedule.conn, schedule.clinic, doctor, rows, NOW) == []
    assert sorted(hours_of(schedule.conn, schedule.clinic, doctor), key=repr) == sorted(rows, key=repr)


QUARTERS = st.integers(0, 95).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))
VALID = st.one_of(st.none(), st.integers(-2, 9).map(lambda shift: MONDAY + timedelta(days=shift)))
ROWS = st.builds(
    HoursRow,
    st.integers(0, 6),
    QUARTERS,
    QUARTERS,
    st.just("work"),
    st.just("usual"),
    VALID,
    VALID,
)


@settings(max_examples=200, deadline=None)
@given(rows=st.lists(ROWS, min_size=2, max_size=3))
def test_two_sessions_overlap_exactly_if_a_minute_of_some_day_is_in_both(rows: list[HoursRow]) -> None:
    rows = [
        one for one in rows if one.start != one.end and (one.valid_from or date.min) <= (one.valid_until or date.max)
    ]
    taken: set[tuple[date, int]] = set()
    twice = False
    for one in rows:
        for day in (MONDAY + timedelta(days=shift) for shift in range(-21, 35)):
            if day.weekday() == one.weekday and (one.valid_from or day) <= day <= (one.valid_until or day):
                low, high = one.minutes
                minutes = {(day + timedelta(days=minute // 1440), minute % 1440) for minute in range(low, high, 15)}
                twice = twice or bool(taken & minutes)
                taken |= minutes
    if twice:
        assert problem(*rows).code == "overlap"
    else:
        check_hours(rows)


def test_a_change_of_hours_names_the_visits_that_it_hits_and_moves_none(schedule: Schedule, doctor: str) -> None:
    conn, clinic = schedule.conn, schedule.clinic
    early, late, night = (visit(schedule, doctor, MONDAY, start) for start in ("09:00", "11:00", "21:30"))
    past = visit(schedule, doctor, MONDAY - timedelta(days=14), "09:00")
    gone = visit(schedule, doctor, MONDAY, "10:00", status="cancelled")
    hit = set_hours(conn, clinic, doctor, [row(0, "10:00", "13:00")], NOW)
    assert [one.id for one in hit] == [early, night]
    assert {past, gone, late}.isdisjoint(one.id for one in hit)
    states = conn.execute(select(appointments.c.status).where(appointments.c.id.in_([early, night]))).scalars()
    assert set(states) == {"booked"}
    assert [one.id for one in affected(conn, clinic, NOW)] == [early, night]


def test_what_was_outside_before_is_not_called_hit_by_the_change(schedule: Schedule, doctor: str) -> None:
    outside = visit(schedule, doctor, TUESDAY, "15:00")
    hit = visit(schedule, doctor, MONDAY, "09:00")
    conn, clinic = schedule.conn, schedule.clinic
    assert [one.id for one in affected(conn, clinic, NOW)] == [outside]
    assert [one.id for one in set_hours(conn, clinic, doctor, [NIGHT], NOW)] == [hit]


def test_a_dry_run_tells_and_changes_nothing(schedule: Schedule, doctor: str) -> None:
    conn, clinic = schedule.conn, schedule.clinic
    hit = visit(schedule, doctor, MONDAY, "09:00")
    before = hours_of(conn, clinic, doctor)
    with dry_run(conn):
        assert [one.id for one in set_hours(conn, clinic, doctor, [NIGHT], NOW)] == [hit]
    assert hours_of(conn, clinic, doctor) == before
    assert affected(conn, clinic, NOW) == []


def test_hours_from_a_day_on_leave_the_days_before_as_they_are(schedule: Schedule, doctor: str) -> None:
    conn, clinic = schedule.conn, schedule.clinic
    before, after = (visit(schedule, doctor, MONDAY + timedelta(weeks=week), "09:00") for week in (0, 1))
    hit = set_hours_from(conn, clinic, doctor, MONDAY + timedelta(weeks=1), [row(0, "10:00", "13:00")], NOW)
    assert [one.id for one in hit] == [after]
    assert before not in {one.id for one in affected(conn, clinic, NOW)}
    # Again with other hours: what was to begin on that day is replaced.
    set_hours_from(conn, clinic, doctor, MONDAY + timedelta(weeks=1), [WORK], NOW)
    assert affected(conn, clinic, NOW) == []


def test_leave_hits_only_the_doctor_who_takes_it(schedule: Schedule, doctor: str) -> None:
    conn, clinic = schedule.conn, schedule.clinic
    other = schedule.doctor("Dr. B")
    schedule.works(other, 0, "09:00", "13:00")
    mine, night, _ = (
        visit(schedule, doctor, MONDAY, "09:00"),
        visit(schedule, doctor, TUESDAY, "01:00"),
        visit(schedule, other, MONDAY, "09:00"),
    )
    hit = add_leave(conn, clinic, doctor, at(MONDAY, "00:00"), at(TUESDAY, "00:00"), NOW, created_by="staff:1")
    assert [one.id for one in hit] == [mine, night]  # the night belongs to Monday


def test_a_closure_hits_everybody_and_taking_it_back_hits_nobody(schedule: Schedule, doctor: str) -> None:
    conn, clinic = schedule.conn, schedule.clinic
    other = schedule.doctor("Dr. B")
    schedule.works(other, 0, "09:00", "13:00")
    hit = {visit(schedule, one, MONDAY, "09:00") for one in (doctor, other)}
    closed = close_clinic(conn, clinic, at(MONDAY, "08:00"), at(MONDAY, "10:00"), NOW, name_en="Works")
    assert {one.id for one in closed} == hit
    [made] = conn.execute(select(absences.c.id).where(absences.c.clinic_id == schedule.clinic_id)).scalars()
    remove_absence(conn, clinic, made)
    assert affected(conn, clinic, NOW) == []


def test_an_extra_session_can_be_given_and_taken_back(schedule: Schedule, doctor: str) -> None:
    conn, clinic = schedule.conn, schedule.clinic
    add_extra_session(conn, clinic, doctor, TUESDAY, time(15), time(17))
    inside = visit(schedule, doctor, TUESDAY, "15:00")
    assert affected(conn, clinic, NOW) == []
    [session] = conn.execute(select(extra_sessions.c.id)).scalars()
    assert [one.id for one in remove_extra_session(conn, clinic, session, NOW)] == [inside]


def test_ramadan_that_moves_a_day_names_the_visits_of_that_day(schedule: Schedule, doctor: str) -> None:
    conn, clinic = schedule.conn, schedule.clinic
    schedule.works(doctor, 0, "20:00", "23:00", season="ramadan")
    season = schedule.ramadan(TUESDAY, TUESDAY + timedelta(days=28))
    hit = visit(schedule, doctor, MONDAY, "09:00")
    moved = move_ramadan(conn, clinic, season, MONDAY, TUESDAY + timedelta(days=27), NOW)
    assert [one.id for one in moved] == [hit]


def test_who_left_works_at_no_time(schedule: Schedule, doctor: str) -> None:
    one = visit(schedule, doctor, MONDAY, "09:00")
    schedule.conn.execute(update(practitioners).where(practitioners.c.id == doctor).values(active=False))
    assert [hit.id for hit in affected(schedule.conn, schedule.clinic, NOW)] == [one]


def test_a_visit_over_two_sessions_that_touch_at_midnight_is_inside(schedule: Schedule) -> None:
    doctor = schedule.doctor()
    schedule.works(doctor, 0, "20:00", "00:00")
    schedule.works(doctor, 1, "00:00", "02:00")
    visit(schedule, doctor, MONDAY, "23:45")
    assert affected(schedule.conn, schedule.clinic, NOW) == []


def test_each_change_that_cannot_be_names_the_place_and_changes_nothing(schedule: Schedule, doctor: str) -> None:
    conn, clinic = schedule.conn, schedule.clinic
    season = schedule.ramadan(MONDAY, TUESDAY)
    later = schedule.ramadan(MONDAY + timedelta(days=60), TUESDAY + timedelta(days=60))
    nine, ten = at(MONDAY, "09:00"), at(MONDAY, "10:00")
    specialty = schedule.specialty.id
    add_service(conn, clinic, specialty, "scan", "Scan", "تصوير", 40, price=100, aliases=("picture",))
    attempts: list[tuple[str, Any]] = [
        ("unknown_practitioner", lambda: set_hours(conn, clinic, NOBODY, [WORK], NOW)),
        ("overlap", lambda: set_hours(conn, clinic, doctor, [WORK, WORK], NOW)),
        ("unknown_practitioner", lambda: add_leave(conn, clinic, NOBODY, nine, ten, NOW)),
        ("end_before_start", lambda: add_leave(conn, clinic, doctor, ten, nine, NOW)),
        ("end_before_start", lambda: close_clinic(conn, clinic, nine, nine, NOW)),
        ("empty_session", lambda: add_extra_session(conn, clinic, doctor, MONDAY, time(9), time(9))),
        ("overlap", lambda: add_extra_session(conn, clinic, doctor, MONDAY, time(12), time(15))),
        ("overlap", lambda: add_extra_session(conn, clinic, doctor, TUESDAY, time(1), time(4))),
        ("unknown_practitioner", lambda: add_extra_session(conn, clinic, NOBODY, MONDAY, time(9), time(10))),
        ("unknown_extra_session", lambda: remove_extra_session(conn, clinic, NOBODY, NOW)),
        ("unknown_absence", lambda: remove_absence(conn, clinic, NOBODY)),
        ("unknown_season", lambda: move_ramadan(conn, clinic, NOBODY, MONDAY, TUESDAY, NOW)),
        ("end_before_start", lambda: move_ramadan(conn, clinic, season, TUESDAY, MONDAY, NOW)),
        ("overlap", lambda: move_ramadan(conn, clinic, later, TUESDAY, TUESDAY, NOW)),
        ("bad_minutes", lambda: add_service(conn, clinic, specialty, "none", "None", "لا", 0)),
        ("unknown_specialty", lambda: add_service(conn, clinic, NOBODY, "other", "Other", "أخرى", 20)),
        ("code_taken", lambda: add_service(conn, clinic, specialty, "scan", "Scan", "تصوير", 20)),
    ]
    version = schedule.clinic.schedule_version
    for code, attempt in attempts:
        with pytest.raises(HoursProblem) as caught:
            attempt()
        assert caught.value.code == code
        assert caught.value.where
    assert schedule.clinic.schedule_version == version
    [service] = services_of(conn, schedule.clinic_id)
    assert (service.code, service.minutes, service.aliases) == ("scan", 40, ("picture",))


def test_nobody_changes_another_clinics_hours(conn: Connection, schedule: Schedule, doctor: str) -> None:
    stranger = Schedule(conn).clinic
    session = schedule.extra(doctor, TUESDAY, "15:00", "17:00")
    season = schedule.ramadan(MONDAY, TUESDAY)
    absence = schedule.away(at(TUESDAY, "15:00"), at(TUESDAY, "16:00"))
    visit(schedule, doctor, TUESDAY, "05:00")
    for attempt in (
        lambda: set_hours(conn, stranger, doctor, [], NOW),
        lambda: add_leave(conn, stranger, doctor, at(MONDAY, "09:00"), at(MONDAY, "10:00"), NOW),
        lambda: remove_extra_session(conn, stranger, session, NOW),
        lambda: remove_absence(conn, stranger, absence),
        lambda: move_ramadan(conn, stranger, season, MONDAY, MONDAY, NOW),
        lambda: add_service(conn, stranger, schedule.specialty.id, "scan", "Scan", "تصوير", 20),
    ):
        with pytest.raises(HoursProblem):
            attempt()
    assert affected(conn, stranger, NOW) == []
    assert affected(conn, stranger, NOW, [doctor]) == []
    assert hours_of(conn, stranger, doctor) == []
    assert conn.execute(select(working_hours.c.id).where(working_hours.c.practitioner_id == doctor)).all()
