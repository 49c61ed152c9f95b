"""The one place that turns times into words, in the clinic's zone, as a patient reads them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date

# Until this hour people call it the night of the day before.
NIGHT_ENDS = 4
# A day with its own night, and without the night of the day before; as in When.time.
WHOLE_DAY = (f"{NIGHT_ENDS:02d}:00", f"{NIGHT_ENDS:02d}:00")
_DAY_PATTERN = {"en": "EEEE d MMM", "ar": "EEEE d MMMM"}
_ARABIC_HALVES = {"AM": "صباحًا", "PM": "مساءً"}
_ARABIC_INDIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def render_clock(moment: datetime, timezone: str, language: str, digits: str = "latin") -> str:
    """ "5:30 pm", "5:30 مساءً"; raises ValueError on a naive time."""
    local = _local(moment, timezone)
    hour = local.hour % 12 or 12
    half = "PM" if local.hour >= 12 else "AM"
    suffix = half.lower()
    if language == "ar":
        suffix = "ظهرًا" if local.hour == 12 else _ARABIC_HALVES[half]
    return _digits(f"{hour}:{local.minute:02d} {suffix}", digits)


def render_day(moment: datetime, timezone: str, language: str, digits: str = "latin") -> str:
    """ "Thursday 27 Nov", "الخميس 27 نوفمبر"."""
    return render_date(_local(moment, timezone).date(), language, digits)


def render_date(day: date, language: str, digits: str = "latin") -> str:
    locale = "ar_EG" if language == "ar" else "en_GB"
    rendered = format_date(day, _DAY_PATTERN[language], locale=locale)
    return _digits(_latin(rendered), digits)


def render_moment(moment: datetime, timezone: str, language: str, digits: str = "latin") -> str:
    """Day and clock: "Thursday 27 Nov, 5:30 pm". Of a night its evening too: nobody comes a day late to 12:30 am."""
    separator = "، " if language == "ar" else ", "
    told = render_day(moment, timezone, language, digits) + separator + render_clock(moment, timezone, language, digits)
    night = render_night(moment, timezone, language)
    return f"{told} ({night})" if night else told


def render_night(moment: datetime, timezone: str, language: str) -> str:
    """ "Tuesday night" for what is past its midnight, else ""."""
    local = _local(moment, timezone)
    if local.hour >= NIGHT_ENDS:
        return ""
    evening = format_date(evening_of(local), "EEEE", locale="ar_EG" if language == "ar" else "en_GB")
    return f"بعد منتصف ليل {evening}" if language == "ar" else f"{evening} night"


def render_row(moment: datetime, now: datetime, timezone: str, language: str) -> str:
    """Short enough for a list row (24 signs): "Thu 26 Nov, 5:30 pm", "الخميس 26/11، 5:30 م", "Today, 5:30 pm"."""
    local = _local(moment, timezone)
    days = (local.date() - _local(now, timezone).date()).days
    clock = render_clock(moment, timezone, language)
    if language == "ar":
        near = {0: "اليوم", 1: "غدًا"}.get(
            days
        ) or f"{format_date(local, 'EEEE', locale='ar_EG')} {local.day}/{local.month}"
        return f"{near}، {clock.replace('صباحًا', 'ص').replace('مساءً', 'م').replace('ظهرًا', 'ظ')}"
    near = {0: "Today", 1: "Tomorrow"}.get(days) or format_date(local, "EEE d MMM", locale="en_GB")
    return f"{near}, {clock}"


def evening_of(local: datetime) -> date:
    """The day that people count it to: what is past midnight, to the evening before."""
    return local.date() - timedelta(days=1) if local.hour < NIGHT_ENDS else local.date()


def day_bounds(day: date, timezone: str) -> tuple[datetime, datetime]:
    """The aware start and end of a calendar day in the zone, also when clocks change."""
    zone = ZoneInfo(timezone)
    start = datetime(day.year, day.month, day.day, tzinfo=zone)
    after = day + timedelta(days=1)
    return start, datetime(after.year, after.month, after.day, tzinfo=zone)


def _local(moment: datetime, timezone: str) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a time without a zone cannot be rendered")
    return moment.astimezone(ZoneInfo(timezone))


def _latin(rendered: str) -> str:
    return rendered.translate(str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789"))


def _digits(rendered: str, digits: str) -> str:
    return rendered.translate(_ARABIC_INDIC) if digits == "arabic" else rendered
