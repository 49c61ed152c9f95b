"""When practitioners work: seasons, breaks, leave, holidays, nights, clocks that change."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Iterator, Optional
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert
from sqlalchemy.engine import Connection, Engine

from clinic.database.tables import weekends
from clinic.hours import closed_because, season_on, sessions_on, wall_moment, weekend_on
from tests.clinic.schedules import Schedule

MONDAY = date(2026, 11, 23)
SUNDAY = MONDAY - timedelta(days=1)
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def conn(engine: Engine) -> Iterator[Connection]:
    with engine.begin() as conn:
        yield conn


@pytest.fixture
def schedule(conn: Connection) -> Schedule:
    return Schedule(conn)


def at(day: date, clock: str, zone: str = "Asia/Riyadh") -> datetime:
    return datetime.fromisoformat(f"{day.isoformat()}T{clock}").replace(tzinfo=ZoneInfo(zone))


def clocks(schedule: Schedule, day: date, doctor: Optional[str] = None) -> list[str]:
    """The sessions of the only doctor, as the wall shows them."""
    found = sessions_on(schedule.conn, schedule.clinic, day, None if doctor is None else [doctor])
    [ranges] = found.values()
    zone = schedule.clinic.zone
    return [f"{start.astimezone(zone):%H:%M}-{end.astimezone(zone):%H:%M}" for start, end in ranges]


def test_several_sessions_a_day_less_their_breaks_are_merged_and_sorted(schedule: Schedule) -> None:
    doctor = schedule.doctor()
    schedule.works(doctor, 0, "16:00", "21:00")
    schedule.works(doctor, 0, "09:00", "11:00")
    schedule.works(doctor, 0, "11:00", "13:00")
    schedule.works(doctor, 0, "18:00", "18:30", kind="break")
    assert clocks(schedule, MONDAY) == ["09:00-13:00", "16:00-18:00", "18:30-21:00"]
    assert clocks(schedule, TUESDAY) == []


def test_a_night_belongs_to_the_day_on_which_it_starts_and_so_does_a_break_in_it(schedule: Schedule) -> None:
    doctor = schedule.doctor()
    schedule.works(doctor, 0, "21:00", "02:00")
    schedule.works(doctor, 0, "00:30", "01:00", kind="break")
    ranges = sessions_on(schedule.conn, schedule.clinic, MONDAY)[doctor]
    assert ranges == [(at(MONDAY, "21:00"), at(TUESDAY, "00:30")), (at(TUESDAY, "01:00"), at(TUESDAY, "02:00"))]
    assert clocks(schedule, TUESDAY) == []


def test_hours_hold_from_their_first_to_their_last_day(schedule: Schedule) -> None:
    doctor = schedule.doctor()
    schedule.works(doctor, 0, "09:00", "13:00", valid_until=MONDAY)
    schedule.works(doctor, 0, "10:00", "14:00", valid_from=MONDAY + timedelta(days=1))
    assert clocks(schedule, MONDAY) == ["09:00-13:00"]
    assert clocks(schedule, MONDAY + timedelta(days=7)) == ["10:00-14:00"]
    assert clocks(schedule, MONDAY - timedelta(days=700)) == ["09:00-13:00"]


def test_ramadan_hours_replace_the_usual_ones_of_those_who_have_them(schedule: Schedule) -> None:
    fasting, as_ever = schedule.doctor("Dr. A"), schedule.doctor("Dr. B")
    for doctor in (fasting, as_ever):
        schedule.works(doctor, 0, "09:00", "13:00")
    schedule.works(fasting, 0, "21:00", "01:00", season="ramadan")
    schedule.ramadan(MONDAY, MONDAY + timedelta(days=28))
    assert clocks(schedule, MONDAY, fasting) == ["21:00-01:00"]
    assert clocks(schedule, MONDAY, as_ever) == ["09:00-13:00"]
    assert clocks(schedule, MONDAY - timedelta(days=7), fasting) == ["09:00-13:00"]
    assert clocks(schedule, MONDAY + timedelta(days=35), fasting) == ["09:00-13:00"]
    assert season_on(schedule.conn, schedule.clinic_id, MONDAY + timedelta(days=28)) == "ramadan"
    assert season_on(schedule.conn, schedule.clinic_id, MONDAY + timedelta(days=29)) == "usual"


def test_who_has_ramadan_hours_rests_in_ramadan_on_the_days_without(schedule: Schedule) -> None:
    doctor = schedule.doctor()
    schedule.works(doctor, 0, "09:00", "13:00")
    schedule.works(doctor, 1, "21:00", "01:00", season="ramadan")
    schedule.ramadan(MONDAY, TUESDAY)
    assert clocks(schedule, MONDAY) == []
    assert clocks(schedule, TUESDAY) == ["21:00-01:00"]


def test_an_extra_session_holds_on_a_holiday_not_when_the_clinic_is_closed_nor_in_leave(schedule: Schedule) -> None:
    doctor = schedule.doctor()
    schedule.works(doctor, 0, "09:00", "13:00")
    schedule.extra(doctor, MONDAY, "10:00", "12:00")
    schedule.extra(doctor, TUESDAY, "10:00", "12:00")
    holiday = (at(MONDAY, "00:00"), at(TUESDAY, "00:00"))
    schedule.away(*holiday, reason="holiday", name_en="National day", name_ar="اليوم الوطني")
    assert clocks(schedule, MONDAY) == ["10:00-12:00"]
    schedule.away(at(TUESDAY, "11:00"), at(TUESDAY, "11:30"))
    assert clocks(schedule, TUESDAY) == ["10:00-11:00", "11:30-12:00"]
    schedule.away(at(MONDAY, "11:00"), at(MONDAY, "23:00"), doctor)
    assert clocks(schedule, MONDAY) == ["10:00-11:00"]


def test_a_closed_day_takes_its_own_night_and_leaves_the_night_before(schedule: Schedule) -> None:
    doctor = schedule.doctor()
    for weekday in (6, 0, 1):
        schedule.works(doctor, weekday, "21:00", "02:00")
    schedule.away(at(MONDAY, "00:00"), at(TUESDAY, "00:00"))
    assert clocks(schedule, SUNDAY) == ["21:00-02:00"]
    assert clocks(schedule, MONDAY) == []
    assert clocks(schedule, TUESDAY) == ["21:00-02:00"]


def test_a_closure_by_the_hour_cuts_whatever_night_it_falls_into(schedule: Schedule) -> None:
    doctor = schedule.doctor()
    schedule.works(doctor, 6, "21:00", "02:00")
    schedule.away(at(MONDAY, "00:00"), at(MONDAY, "01:00"))
    assert clocks(schedule, SUNDAY) == ["21:00-00:00", "01:00-02:00"]


def test_a_closed_day_has_the_name_that_it_was_given(schedule: Schedule) -> None:
    doctor = schedule.doctor()
    for weekday in (6, 0, 1):
        schedule.works(doctor, weekday, "09:00", "13:00")
    conn, clinic = schedule.conn, schedule.clinic
    assert closed_because(conn, clinic, MONDAY, "en") is None
    schedule.away(at(MONDAY, "00:00"), at(TUESDAY, "00:00"), reason="holiday", name_en="Eid", name_ar="العيد")
    assert (closed_because(conn, clinic, MONDAY, "en"), closed_because(conn, clinic, MONDAY, "ar")) == ("Eid", "العيد")
    schedule.away(at(TUESDAY, "00:00"), at(TUESDAY + timedelta(days=1), "00:00"))
    assert closed_because(conn, clinic, TUESDAY, "en") == ""
    schedule.away(at(SUNDAY, "09:00"), at(SUNDAY, "12:00"), name_en="Works")
    assert closed_because(conn, clinic, SUNDAY, "en") is None


def test_a_holiday_on_which_somebody_works_is_not_closed(schedule: Schedule) -> None:
    doctor = schedule.doctor()
    schedule.away(at(MONDAY, "00:00"), at(TUESDAY, "00:00"), reason="holiday", name_en="Eid")
    assert closed_because(schedule.conn, schedule.clinic, MONDAY, "ar") == "Eid"
    schedule.extra(doctor, MONDAY, "10:00", "12:00")
    assert closed_because(schedule.conn, schedule.clinic, MONDAY, "ar") is None


@pytest.mark.parametrize(
    ("zone", "day", "clock", "expected"),
    [
        ("Africa/Cairo", date(2027, 4, 30), "00:00", "2027-04-29T22:00"),  # the hour that does not exist
        ("Africa/Cairo", date(2027, 4, 30), "00:30", "2027-04-29T22:00"),
        ("Africa/Cairo", date(2027, 4, 30), "01:00", "2027-04-29T22:00"),
        ("Africa/Cairo", date(2026, 10, 29), "23:30", "2026-10-29T20:30"),  # the first of two
        ("Asia/Beirut", date(2027, 3, 28), "00:45", "2027-03-27T22:00"),
        ("Africa/Casablanca", date(2027, 2, 7), "02:30", "2027-02-07T01:30"),  # Ramadan: back to UTC
        ("Africa/Casablanca", date(2027, 3, 14), "02:30", "2027-03-14T02:00"),
        ("Asia/Riyadh", date(2027, 3, 14), "02:30", "2027-03-13T23:30"),
    ],
)
def test_a_time_that_the_clocks_jump_over_is_when_they_jump(zone: str, day: date, clock: str, expected: str) -> None:
    hours, minutes = map(int, clock.split(":"))
    moment = wall_moment(day, hours * 60 + minutes, ZoneInfo(zone))
    assert moment == datetime.fromisoformat(f"{expected}+00:00")


def test_a_session_within_the_hour_that_does_not_exist_is_none(conn: Connection) -> None:
    schedule = Schedule(conn, "Africa/Cairo", "EG")
    doctor = schedule.doctor()
    schedule.works(doctor, 4, "00:00", "01:00")
    assert clocks(schedule, date(2027, 4, 30)) == []
    assert clocks(schedule, date(2027, 5, 7)) == ["00:00-01:00"]


def test_a_night_is_an_hour_longer_when_the_clocks_go_back(conn: Connection) -> None:
    schedule = Schedule(conn, "Africa/Cairo", "EG")
    doctor = schedule.doctor()
    schedule.works(doctor, 3, "21:00", "02:00")
    [(start, end)] = sessions_on(conn, schedule.clinic, date(2026, 10, 29))[doctor]
    assert end - start == timedelta(hours=6)


@pytest.mark.parametrize(
    ("country", "day", "expected"),
    [
        ("AE", date(2021, 12, 31), {4, 5}),
        ("AE", date(2022, 1, 1), {5, 6}),
        ("SA", date(2013, 6, 28), {3, 4}),
        ("SA", date(2013, 6, 29), {4, 5}),
        ("EG", date(2026, 1, 1), {4, 5}),
        ("LB", date(2026, 1, 1), {5, 6}),
        ("MA", date(2026, 1, 1), {5, 6}),
    ],
)
def test_the_days_of_rest_are_those_of_the_country_and_the_year(
    conn: Connection, country: str, day: date, expected: set[int]
) -> None:
    assert weekend_on(conn, Schedule(conn, country=country).clinic_id, day) == expected


def test_a_clinics_own_days_of_rest_hold_from_their_date(schedule: Schedule) -> None:
    schedule.conn.execute(insert(weekends).values(clinic_id=schedule.clinic_id, valid_from=TUESDAY, weekdays=[6]))
    assert weekend_on(schedule.conn, schedule.clinic_id, MONDAY) == {4, 5}
    assert weekend_on(schedule.conn, schedule.clinic_id, TUESDAY) == {6}


def test_two_clinics_never_see_each_others_hours(conn: Connection, schedule: Schedule) -> None:
    other = Schedule(conn)
    mine, theirs = schedule.doctor(), other.doctor()
    schedule.works(mine, 0, "09:00", "13:00")
    other.works(theirs, 0, "16:00", "20:00")
    other.ramadan(MONDAY, MONDAY)
    other.away(at(MONDAY, "00:00"), at(TUESDAY, "00:00"))
    assert clocks(schedule, MONDAY) == ["09:00-13:00"]
    assert sessions_on(conn, schedule.clinic, MONDAY, [mine, theirs]).keys() == {mine}
    assert sessions_on(conn, other.clinic, MONDAY) == {theirs: []}
    assert season_on(conn, schedule.clinic_id, MONDAY) == "usual"
