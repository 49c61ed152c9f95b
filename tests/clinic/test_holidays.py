"""Holidays and Ramadan from the calendar: written once, then the clinic's."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Iterator
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.engine import Connection, Engine

from clinic.database.tables import absences, seasons
from clinic.holidays import public_holidays_of, ramadans_of, seed_holidays, seed_ramadan, usual_weekend
from clinic.hours import closed_because, season_on
from tests.clinic.schedules import Schedule

NATIONAL_DAY = date(2026, 9, 23)


@pytest.fixture
def conn(engine: Engine) -> Iterator[Connection]:
    with engine.begin() as conn:
        yield conn


def holidays_in(schedule: Schedule) -> list[tuple[date, str, str]]:
    query = select(absences).where(absences.c.clinic_id == schedule.clinic_id)
    zone = schedule.clinic.zone
    rows = schedule.conn.execute(query.order_by(absences.c.during)).all()
    return [(row.during.lower.astimezone(zone).date(), row.name_en, row.name_ar) for row in rows]


def test_a_year_of_holidays_is_written_once_in_both_languages(conn: Connection) -> None:
    schedule = Schedule(conn)
    assert seed_holidays(conn, schedule.clinic, 2026) > 8
    written = holidays_in(schedule)
    assert (NATIONAL_DAY, "National Day Holiday", "اليوم الوطني") in written
    assert all("(" not in english and "(" not in arabic for _, english, arabic in written)
    assert closed_because(conn, schedule.clinic, NATIONAL_DAY, "ar") == "اليوم الوطني"
    assert seed_holidays(conn, schedule.clinic, 2026) == 0
    assert holidays_in(schedule) == written


def test_what_the_clinic_removed_or_moved_stays_so(conn: Connection) -> None:
    schedule = Schedule(conn)
    seed_holidays(conn, schedule.clinic, 2026)
    first, second, *_ = holidays_in(schedule)
    own = absences.c.clinic_id == schedule.clinic_id
    conn.execute(delete(absences).where(own, absences.c.name_en == first[1]))
    conn.execute(update(absences).where(own, absences.c.name_en == second[1]).values(name_en="Our own name"))
    left = holidays_in(schedule)
    assert seed_holidays(conn, schedule.clinic, 2026) == 0
    assert holidays_in(schedule) == left


def test_a_day_that_the_clinic_closed_itself_is_not_closed_twice(conn: Connection) -> None:
    schedule = Schedule(conn)
    day = datetime(2026, 9, 23, tzinfo=ZoneInfo("Asia/Riyadh"))
    schedule.away(day, day + timedelta(days=2), name_en="Works")
    seed_holidays(conn, schedule.clinic, 2026)
    assert [name for on, name, _ in holidays_in(schedule) if on == NATIONAL_DAY] == ["Works"]


@pytest.mark.parametrize(
    "country", ["SA", "AE", "EG", "JO", "KW", "QA", "BH", "OM", "IQ", "LB", "MA", "TN", "DZ", "SY"]
)
def test_the_holidays_of_the_region_have_names_in_two_scripts(country: str) -> None:
    found = public_holidays_of(country, 2026)
    assert len(found) >= 7
    assert all(any("\u0600" <= sign <= "\u06ff" for sign in arabic) for _, _, arabic in found)


def test_a_country_without_a_calendar_has_no_holidays(conn: Connection) -> None:
    assert seed_holidays(conn, Schedule(conn, country="XX").clinic, 2026) == 0


@pytest.mark.parametrize(
    ("year", "expected"),
    [
        (2025, [(1446, date(2025, 3, 1), date(2025, 3, 29))]),
        (2026, [(1447, date(2026, 2, 18), date(2026, 3, 19))]),
        (2030, [(1451, date(2030, 1, 5), date(2030, 2, 3)), (1452, date(2030, 12, 26), date(2031, 1, 23))]),
    ],
)
def test_ramadan_by_the_umm_al_qura_calendar(year: int, expected: list[tuple[int, date, date]]) -> None:
    assert ramadans_of(year) == expected


@pytest.mark.parametrize("year", range(2020, 2077))
def test_every_year_has_a_ramadan_of_29_or_30_days(year: int) -> None:
    assert all((last - first).days in (28, 29) for _, first, last in ramadans_of(year))
    assert len(ramadans_of(year)) in (1, 2)


def test_a_ramadan_that_was_moved_or_removed_is_not_written_again(conn: Connection) -> None:
    schedule = Schedule(conn)
    assert seed_ramadan(conn, schedule.clinic, 2027) == 1
    assert season_on(conn, schedule.clinic_id, date(2027, 2, 8)) == "ramadan"
    conn.execute(update(seasons).values(starts_on=date(2027, 2, 9)))
    assert seed_ramadan(conn, schedule.clinic, 2027) == 0
    assert season_on(conn, schedule.clinic_id, date(2027, 2, 8)) == "usual"
    conn.execute(delete(seasons))
    assert seed_ramadan(conn, schedule.clinic, 2027) == 0
    assert season_on(conn, schedule.clinic_id, date(2027, 2, 20)) == "usual"


def test_a_clinics_calendar_is_its_own(conn: Connection) -> None:
    mine, other = Schedule(conn), Schedule(conn)
    seed_holidays(conn, other.clinic, 2026)
    seed_ramadan(conn, other.clinic, 2027)
    assert holidays_in(mine) == []
    assert season_on(conn, mine.clinic_id, date(2027, 2, 8)) == "usual"
    assert seed_ramadan(conn, mine.clinic, 2027) == 1


def test_elsewhere_saturday_and_sunday_are_days_of_rest() -> None:
    assert usual_weekend("XX", date(2026, 1, 1)) == {5, 6}
