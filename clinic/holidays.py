"""What the calendar brings by itself: public holidays, Ramadan, days of rest. Seeded once, then the clinic's to change.

Sources: `holidays` (public holidays by country) and `hijridate` (the Umm al-Qura calendar). Both can be a day off from
what is announced after the moon was seen: staff move the rows then.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Optional

import holidays as public_holidays
from hijridate import Gregorian, Hijri
from psycopg2.extras import DateTimeTZRange
from sqlalchemy import func, insert, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Connection

from clinic.database.tables import absences, clinic_settings, clinics, seasons
from clinic.schedule import Clinic
from clinic.times import day_bounds

RAMADAN = 9  # month of the Hijri year
# Setting: what was seeded already, {"holidays": ["2026-09-23", ...], "ramadans": ["1447", ...]}. It is not seeded
# again, so that what the clinic changed or removed stays so.
SEEDED = "seeded_calendar"

_THURSDAY_FRIDAY, _FRIDAY_SATURDAY, _SATURDAY_SUNDAY = frozenset({3, 4}), frozenset({4, 5}), frozenset({5, 6})
# Days of rest by country from a date on, newest first (Monday 0); elsewhere Saturday and Sunday.
_WEEKENDS: dict[str, tuple[tuple[date, frozenset[int]], ...]] = {
    "AE": (
        (date(2022, 1, 1), _SATURDAY_SUNDAY),
        (date(2006, 9, 1), _FRIDAY_SATURDAY),
        (date.min, _THURSDAY_FRIDAY),
    ),
    "SA": ((date(2013, 6, 29), _FRIDAY_SATURDAY), (date.min, _THURSDAY_FRIDAY)),
    "BH": ((date(2006, 9, 1), _FRIDAY_SATURDAY), (date.min, _THURSDAY_FRIDAY)),
    "DZ": ((date(2009, 8, 14), _FRIDAY_SATURDAY), (date.min, _THURSDAY_FRIDAY)),
    "KW": ((date(2007, 9, 1), _FRIDAY_SATURDAY), (date.min, _THURSDAY_FRIDAY)),
    "OM": ((date(2013, 5, 1), _FRIDAY_SATURDAY), (date.min, _THURSDAY_FRIDAY)),
    "QA": ((date(2003, 8, 1), _FRIDAY_SATURDAY), (date.min, _THURSDAY_FRIDAY)),
    "YE": ((date(2013, 8, 15), _FRIDAY_SATURDAY), (date.min, _THURSDAY_FRIDAY)),
    "JO": ((date(2000, 1, 6), _FRIDAY_SATURDAY), (date.min, _THURSDAY_FRIDAY)),
    "SD": ((date(2008, 1, 26), _FRIDAY_SATURDAY), (date.min, frozenset({4}))),
    "MR": ((date(2014, 10, 1), _SATURDAY_SUNDAY), (date.min, _FRIDAY_SATURDAY)),
    **dict.fromkeys(("DJ", "EG", "IQ", "LY", "PS", "SY"), ((date.min, _FRIDAY_SATURDAY),)),
}


def usual_weekend(country: str, day: date) -> frozenset[int]:
    """The days of rest of a country (ISO 3166-1 alpha-2) in the week of this day."""
    return next((days for since, days in _WEEKENDS.get(country, ()) if since <= day), _SATURDAY_SUNDAY)


def ramadans_of(year: int) -> list[tuple[int, date, date]]:
    """Those that begin in this Gregorian year (two in 2030): the Hijri year, the first and the last day."""
    newest = Gregorian(year, 12, 31).to_hijri().year
    found = [(hijri, *_month(Hijri(hijri, RAMADAN, 1))) for hijri in (newest - 1, newest)]
    return [(hijri, first, last) for hijri, first, last in found if first.year == year]


def _month(first: Hijri) -> tuple[date, date]:
    begins = first.to_gregorian()
    start = date(begins.year, begins.month, begins.day)
    return start, start + timedelta(days=first.month_length() - 1)


def public_holidays_of(country: str, year: int) -> list[tuple[date, str, str]]:
    """Day, English, Arabic; no rows for a country that the calendar does not know."""
    if country not in public_holidays.list_supported_countries():
        return []
    languages = public_holidays.list_localized_countries().get(country, [])
    english, arabic = (_names(country, year, _language(languages, prefix)) for prefix in ("en", "ar"))
    return [(day, english[day], arabic[day]) for day in sorted(english.keys() & arabic.keys())]


def _language(languages: list[str], prefix: str) -> Optional[str]:
    return next((language for language in languages if language.startswith(prefix)), None)


def _names(country: str, year: int, language: Optional[str]) -> dict[date, str]:
    found = public_holidays.country_holidays(country, years=year, language=language)
    return {day: _plain(name) for day, name in found.items()}


def _plain(name: str) -> str:
    """Without "(estimated)" and "(observed)": a patient is told the day, staff know that the moon decides."""
    names = dict.fromkeys(re.sub(r"\s*\([^)]*\)", "", one).strip() for one in name.split(";"))
    return " / ".join(names)


def seed_holidays(conn: Connection, clinic: Clinic, year: int) -> int:
    """Write the country's public holidays of a year; how many were new. What the clinic changed or removed stays so."""
    seeded = _seeded(conn, clinic.id)
    done = set(seeded["holidays"])
    new = [one for one in public_holidays_of(clinic.country, year) if one[0].isoformat() not in done]
    closed = _closures(conn, clinic, year)
    rows = []
    for day, english, arabic in new:
        start, end = day_bounds(day, clinic.timezone)
        if any(closed_from <= start and end <= until for closed_from, until in closed):
            continue
        rows.append(
            {
                "clinic_id": clinic.id,
                "practitioner_id": None,
                "during": DateTimeTZRange(start, end),
                "reason": "holiday",
                "name_en": english,
                "name_ar": arabic,
            }
        )
    if rows:
        conn.execute(insert(absences), rows)
    _remember(conn, clinic.id, {**seeded, "holidays": sorted(done | {day.isoformat() for day, _, _ in new})})
    return len(rows)


def _closures(conn: Connection, clinic: Clinic, year: int) -> list[tuple[datetime, datetime]]:
    """What the clinic entered itself."""
    first, last = (day_bounds(date(year, *day), clinic.timezone) for day in ((1, 1), (12, 31)))
    query = select(func.lower(absences.c.during), func.upper(absences.c.during)).where(
        absences.c.clinic_id == clinic.id,
        absences.c.practitioner_id.is_(None),
        absences.c.during.op("&&")(func.tstzrange(first[0], last[1])),
    )
    return [(start, end) for start, end in conn.execute(query)]


def seed_ramadan(conn: Connection, clinic: Clinic, year: int) -> int:
    """Write the Ramadan (or two) that begins in a Gregorian year; how many were new."""
    seeded = _seeded(conn, clinic.id)
    new = [one for one in ramadans_of(year) if str(one[0]) not in seeded["ramadans"]]
    rows = [
        {"clinic_id": clinic.id, "code": "ramadan", "starts_on": first, "ends_on": last}
        for _, first, last in new
        if not _in_season(conn, clinic.id, first, last)
    ]
    if rows:
        conn.execute(insert(seasons), rows)
    _remember(conn, clinic.id, {**seeded, "ramadans": sorted({*seeded["ramadans"], *(str(one[0]) for one in new)})})
    return len(rows)


def _in_season(conn: Connection, clinic_id: str, first: date, last: date) -> bool:
    query = select(seasons.c.id).where(
        seasons.c.clinic_id == clinic_id, seasons.c.starts_on <= last, seasons.c.ends_on >= first
    )
    return conn.execute(query).first() is not None


def _seeded(conn: Connection, clinic_id: str) -> dict[str, list[str]]:
    """Holds the clinic's row, so that two that seed at once do it one after the other."""
    conn.execute(select(clinics.c.id).where(clinics.c.id == clinic_id).with_for_update(key_share=True))
    stored = conn.execute(
        select(clinic_settings.c.value).where(clinic_settings.c.clinic_id == clinic_id, clinic_settings.c.key == SEEDED)
    ).scalar_one_or_none()
    return {"holidays": [], "ramadans": [], **(stored or {})}


def _remember(conn: Connection, clinic_id: str, seeded: dict[str, list[str]]) -> None:
    conn.execute(
        postgresql.insert(clinic_settings)
        .values(clinic_id=clinic_id, key=SEEDED, value=seeded)
        .on_conflict_do_update(index_elements=["clinic_id", "key"], set_={"value": seeded})
    )
