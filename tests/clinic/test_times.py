"""The one renderer of times."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.times import day_bounds, render_clock, render_moment, render_row

MOMENT = datetime(2026, 11, 26, 14, 30, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("language", "digits", "rendered"),
    [
        ("en", "latin", "Thursday 26 Nov, 5:30 pm"),
        ("ar", "latin", "الخميس 26 نوفمبر، 5:30 مساءً"),
        ("ar", "arabic", "الخميس ٢٦ نوفمبر، ٥:٣٠ مساءً"),
    ],
)
def test_a_moment_is_told_in_the_clinics_zone_and_the_readers_language(
    language: str, digits: str, rendered: str
) -> None:
    assert render_moment(MOMENT, "Asia/Riyadh", language, digits) == rendered


def test_noon_and_midnight_have_names_that_cannot_be_mixed_up() -> None:
    midnight = datetime(2026, 11, 26, 21, tzinfo=timezone.utc)
    assert render_clock(midnight, "Asia/Riyadh", "en") == "12:00 am"
    assert render_clock(midnight, "Asia/Riyadh", "ar") == "12:00 صباحًا"
    assert render_clock(midnight + timedelta(hours=12), "Asia/Riyadh", "en") == "12:00 pm"
    assert render_clock(midnight + timedelta(hours=12), "Asia/Riyadh", "ar") == "12:00 ظهرًا"


def test_past_midnight_the_evening_is_told_too() -> None:
    midnight = datetime(2026, 11, 24, 21, tzinfo=timezone.utc)
    assert render_moment(midnight, "Asia/Riyadh", "en") == "Wednesday 25 Nov, 12:00 am (Tuesday night)"
    assert render_moment(midnight, "Asia/Riyadh", "ar").endswith("(بعد منتصف ليل الثلاثاء)")
    assert render_moment(midnight - timedelta(minutes=1), "Asia/Riyadh", "en") == "Tuesday 24 Nov, 11:59 pm"


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        render_clock(datetime(2026, 11, 26), "Asia/Riyadh", "en")


@given(moment=st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(timezone.utc)))
def test_a_row_always_fits_whatsapp(moment: datetime) -> None:
    for language in ("en", "ar"):
        assert len(render_row(moment, MOMENT, "Africa/Cairo", language)) <= 24


@given(day=st.dates(date(2020, 1, 1), date(2035, 1, 1)))
def test_days_follow_each_other_without_a_gap_also_when_clocks_change(day: date) -> None:
    start, end = day_bounds(day, "Africa/Cairo")
    assert day_bounds(day + timedelta(days=1), "Africa/Cairo")[0] == end
    assert timedelta(hours=23) <= end - start <= timedelta(hours=25) or end.utcoffset() != start.utcoffset()
