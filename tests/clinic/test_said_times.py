"""Which day and time a message asks for, beside the people whom it names."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from clinic.said_times import wished_time
from understanding.when import WEEKEND

TUESDAY = datetime(2026, 11, 24, 13, tzinfo=ZoneInfo("Asia/Riyadh"))


@pytest.mark.parametrize(
    ("text", "date", "time"),
    [
        ("book a dentist for my daughter Layla", None, None),
        ("book a dentist for my daughter Layla tomorrow", "2026-11-25", None),
        ("book for my son Ali born 3/5/2019 on Sunday", "2026-11-29", None),
        ("for Layla Saleh on Sunday night", "2026-11-29", ["19:00", "22:00"]),
        ("kids Ali 7, Sara 4 tomorrow at 5", "2026-11-25", "17:00"),
        ("my son Ali 7 pm please", None, "19:00"),
        ("derma for my daughter Thursday after maghrib with a lady doctor", "2026-11-26", ["17:00", "19:00"]),
        ("موعد لبنتي ليلى بكره العصر", "2026-11-25", ["15:00", "17:00"]),
    ],
)
def test_a_name_and_a_date_of_birth_are_no_wish(text: str, date: Any, time: Any) -> None:
    wished = wished_time(text, "en" if text.isascii() else "ar", TUESDAY, WEEKEND)
    assert (wished.date, wished.time) == (date, time)
