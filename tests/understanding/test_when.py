"""Days and times as patients write them. Now is Tuesday 24 November 2026, 10:00 in Riyadh."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understanding.when import When, find_when, read_when

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=timezone(timedelta(hours=3)))
TUE, WED, THU, FRI, SAT, SUN, MON = (f"2026-11-{day}" for day in range(24, 31))


@pytest.mark.parametrize(
    ("text", "day", "clock"),
    [
        ("book tomorrow at 5pm", WED, "17:00"),
        ("tmrw morning", WED, ["08:00", "12:00"]),
        ("the day after tomorrow", THU, None),
        ("today", TUE, None),
        ("derma for my daughter Thursday after maghrib", THU, ["17:00", "19:00"]),
        ("no, Sunday", SUN, None),
        ("next Thursday", THU, None),
        ("thursday next week", "2026-12-03", None),
        ("next week", [SUN, "2026-12-05"], None),
        ("this weekend", [FRI, SAT], None),
        ("in 3 days", FRI, None),
        ("3/12", "2026-12-03", None),
        ("3/12/2027", "2027-12-03", None),
        ("1/2", "2027-02-01", None),
        ("dec 3rd", "2026-12-03", None),
        ("3rd of december", "2026-12-03", None),
        ("2026-12-24", "2026-12-24", None),
        ("5:30", None, "17:30"),
        ("8:30", None, "08:30"),
        ("17:45", None, "17:45"),
        ("5.30 pm", None, "17:30"),
        ("9 am", None, "09:00"),
        ("half past six", None, "18:30"),
        ("quarter to 8", None, "07:45"),
        ("after 6", None, ["18:00", None]),
        ("before noon", None, [None, "12:00"]),
        ("at 9 in the evening", None, "21:00"),
        ("tonight", TUE, ["19:00", "22:00"]),
        ("بكرة الساعة 5", WED, "17:00"),
        ("بعد بكره الصبح", THU, ["08:00", "12:00"]),
        ("النهارده بالليل", TUE, ["19:00", "22:00"]),
        ("يوم الأحد بعد العصر", SUN, ["15:00", "17:00"]),
        ("الخميس القادم", THU, None),
        ("الجمعة", FRI, None),
        ("السبت الجاي", SAT, None),
        ("بعد يومين", THU, None),
        ("الأسبوع الجاي", [SUN, "2026-12-05"], None),
        ("٢٥ ديسمبر الساعة ٤", "2026-12-25", "16:00"),
        ("15 شباط", "2027-02-15", None),
        ("٣/١٢", "2026-12-03", None),
        ("خمسة ونص وخمسة", None, "17:35"),
        ("الخمسة إلا خمسة", None, "16:55"),
        ("الساعة خمسة ونص", None, "17:30"),
        ("ستة وربع", None, "18:15"),
        ("سبعة الا ربع", None, "18:45"),
        ("الساعة عشرة الصبح", None, "10:00"),
        ("9 بالليل", None, "21:00"),
        ("قبل الظهر", None, [None, "12:00"]),
        ("bukra ba3d el maghrib", WED, ["17:00", "19:00"]),
        ("el 7ad", SUN, None),
        ("yom el 5amis el sa3a 5", THU, "17:00"),
        ("book", None, None),
        ("I have 2 kids", None, None),
        ("my number is 0500000000", None, None),
        ("عندي 3 اطفال", None, None),
        ("thank you", None, None),
    ],
)
def test_a_day_and_a_time_are_read(text: str, day: Any, clock: Any) -> None:
    assert read_when(text, NOW) == When(day, clock)


@given(day=st.dates(date(2026, 11, 25), date(2027, 11, 20)))
def test_a_numeric_day_reads_back(day: date) -> None:
    assert read_when(f"{day.day}/{day.month}/{day.year}", NOW).date == day.isoformat()
    assert read_when(f"{day.day}/{day.month}", NOW).date == day.isoformat()


@given(hour=st.integers(0, 23), minute=st.integers(0, 59))
def test_a_24_hour_clock_reads_back(hour: int, minute: int) -> None:
    read = read_when(f"at {hour:02d}:{minute:02d}", NOW).time
    assert read == f"{hour:02d}:{minute:02d}" or (hour <= 12 and read == f"{(hour + 12) % 24:02d}:{minute:02d}")


@given(text=st.text(max_size=80))
def test_any_text_is_read_without_an_error_and_within_its_bounds(text: str) -> None:
    for span in find_when(text, NOW):
        assert 0 <= span.start <= span.end <= len(text)
