"""From a cell to a value. Pure: each reader takes the text of a cell and raises BadValue."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Mapping, Optional, TypeVar
from zoneinfo import ZoneInfo

import phonenumbers
from babel import Locale
from hijridate import Hijri
from phonenumbers import NumberParseException, ValidationResult

from imports.problems import BadValue
from understanding.folding import fold
from understanding.lexicon.when import DAYS, MONTHS

T = TypeVar("T")

LONGEST_NAME = 120
LONGEST_WORDS = 500  # any other text in a cell
OLDEST_YEARS = 120
MOST_VALUES = 50  # in one cell

_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
# Control signs, marks of direction, of byte order and of nothing, halves of pairs, private letters.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\ue000-\uf8ff]"
)
_SEPARATORS = re.compile(r"[|;؛،]")
# What systems write when they know nothing.
_NOTHING = frozenset(("", "-", "--", "n/a", "na", "null", "none", "nan", "unknown", "لا يوجد", "غير معروف", "#n/a"))


def clean(text: str) -> str:
    """Single spaces; no control signs, marks of direction or byte order."""
    words = " ".join(text.split())
    return words if words.isascii() and words.isprintable() else " ".join(_UNSEEN.sub("", words).split())


def latin_digits(text: str) -> str:
    return text.translate(_DIGITS)


def read_words(text: str) -> str:
    """Any text."""
    words = clean(text)
    if len(words) > LONGEST_WORDS:
        raise BadValue("too_long", most=LONGEST_WORDS)
    return words


def read_name(text: str) -> str:
    """Somebody's name, with at least one letter."""
    name = clean(text)
    if name.casefold() in _NOTHING or not any(sign.isalpha() for sign in name):
        raise BadValue("no_name")
    if len(name) > LONGEST_NAME:
        raise BadValue("too_long", most=LONGEST_NAME)
    return name


def read_list(text: str) -> tuple[str, ...]:
    """Values divided by | or ; or ،, without doubles."""
    parts = tuple(dict.fromkeys(part for part in map(clean, _SEPARATORS.split(text)) if part))
    if len(parts) > MOST_VALUES:
        raise BadValue("too_many_values", most=MOST_VALUES)
    for part in parts:
        read_words(part)
    return parts


def read_phone(text: str, country: str) -> str:
    """E.164 digits without the plus, from any notation; a number without a country is one of `country`."""
    written = latin_digits(clean(text))
    if len([part for part in re.split(r"[/|;,،\\]", written) if sum(map(str.isdigit, part)) >= 6]) > 1:
        raise BadValue("phone_two")
    if re.fullmatch(r"\d[.,]\d+[eE]\+?\d+", written):
        raise BadValue("phone_shortened")
    if re.search(r"[A-Za-z\u0621-\u064a]", written):
        raise BadValue("phone_letters")
    written = re.sub(r"\.0+$", "", written)
    compact = re.sub(r"[^\d+]", "", written)
    if compact.startswith("00"):
        compact = f"+{compact[2:]}"
    if "+" in compact[1:]:
        raise BadValue("phone_unreadable")
    number = _parsed(compact, country)
    if not phonenumbers.is_valid_number(number) and not compact.startswith("+") and len(compact) >= 10:
        # Exports often drop the plus of a number from abroad.
        number = _abroad(compact) or number
    if not phonenumbers.is_valid_number(number):
        raise BadValue(_phone_fault(number))
    return f"{number.country_code}{phonenumbers.national_significant_number(number)}"


_PARSE_FAULTS = {
    NumberParseException.INVALID_COUNTRY_CODE: "phone_country",
    NumberParseException.TOO_SHORT_AFTER_IDD: "phone_short",
    NumberParseException.TOO_SHORT_NSN: "phone_short",
    NumberParseException.TOO_LONG: "phone_long",
}


def _parsed(compact: str, country: str) -> phonenumbers.PhoneNumber:
    try:
        return phonenumbers.parse(compact, country)
    except NumberParseException as error:
        raise BadValue(_PARSE_FAULTS.get(error.error_type, "phone_unreadable")) from None


def _abroad(compact: str) -> Optional[phonenumbers.PhoneNumber]:
    try:
        number = phonenumbers.parse(f"+{compact}", None)
    except NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None


def _phone_fault(number: phonenumbers.PhoneNumber) -> str:
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason == ValidationResult.TOO_SHORT:
        return "phone_short"
    if reason == ValidationResult.TOO_LONG:
        return "phone_long"
    return "phone_unused"


_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_NAMED_MONTH = re.compile(r"(\d{1,2})[-/. ]*([^\W\d]+(?: [^\W\d]+)?)[-/., ]*(\d{4})")
_SERIAL = re.compile(r"(\d{5})(?:\.(\d+))?")
# What exports write behind a date: a time, or the letter of the calendar.
_BEHIND = re.compile(r"(?<![T ,])[T ,]+\d{1,2}[:.]\d{2}.*$| *(?:هـ?|م)$")
_EXCEL_ZERO = date(1899, 12, 30)
_HIJRI_YEARS = range(1343, 1501)  # what the calendar's tables cover


@lru_cache(maxsize=100_000)
def read_day(text: str) -> date:
    """A date: ISO, day first, with the month's name, Hijri years, or Excel's count of days; a time behind it is left."""
    written = _BEHIND.sub("", latin_digits(clean(text)))
    serial = _SERIAL.fullmatch(written)
    if serial:
        return _EXCEL_ZERO + timedelta(days=int(serial[1]))
    return _day(written)


def _day(written: str) -> date:
    found = _YEAR_FIRST.fullmatch(written) or _COMPACT.fullmatch(written)
    if found:
        return _calendar_day(int(found[1]), int(found[2]), int(found[3]))
    found = _DAY_FIRST.fullmatch(written)
    if found:
        return _calendar_day(int(found[3]), int(found[2]), int(found[1]))
    found = _NAMED_MONTH.fullmatch(written)
    if found and fold(found[2]) in MONTHS:
        return _calendar_day(int(found[3]), MONTHS[fold(found[2])], int(found[1]))
    if re.fullmatch(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2}", written):
        raise BadValue("date_short_year")
    raise BadValue("date_unreadable")


def _calendar_day(year: int, month: int, day: int) -> date:
    try:
        if year in _HIJRI_YEARS:
            return Hijri(year, month, day).to_gregorian()
        return date(year, month, day)
    except (ValueError, OverflowError):
        raise BadValue("date_impossible") from None


def read_birth_date(text: str, today: date) -> date:
    """A day up to today, at most 120 years ago."""
    born = read_day(text)
    if born > today:
        raise BadValue("birth_future")
    if born.year < today.year - OLDEST_YEARS:
        raise BadValue("birth_old", most=OLDEST_YEARS)
    return born


def read_past_day(text: str, today: date) -> date:
    day = read_day(text)
    if day > today:
        raise BadValue("date_future")
    if day.year < today.year - OLDEST_YEARS:
        raise BadValue("date_impossible")
    return day


_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?(?:[:.](\d{2})(?:\.\d+)?)? ?([^\W\d][^\d]*)?")
_FRACTION = re.compile(r"[01]?\.\d{2,}|0[.,]\d{2,}")
_MORNING = frozenset(("am", "a.m.", "a.m", "ص", "صباحا", "صباح", "صبح"))
_AFTERNOON = frozenset(("pm", "p.m.", "p.m", "م", "مساء", "ظهرا", "ظهر", "عصرا", "بعد الظهر"))


def read_clock(text: str) -> time:
    """ "17:30", "5:30 pm", "٥:٣٠ م", Excel's part of a day; 24:00 is midnight."""
    written = latin_digits(clean(text))
    if _FRACTION.fullmatch(written):
        return _of_fraction(float(written.replace(",", ".")))
    found = _CLOCK.fullmatch(written)
    half = fold(found[4]) if found and found[4] else ""
    if not found or not (found[2] or half) or half and half not in _MORNING | _AFTERNOON:
        raise BadValue("time_unreadable")
    hour, minute = int(found[1]), int(found[2] or 0)
    if half and hour <= 12:
        if hour == 0:
            raise BadValue("time_impossible")
        hour = hour % 12 + (12 if half in _AFTERNOON else 0)
    elif half in _MORNING:
        raise BadValue("time_impossible")
    if (hour, minute) == (24, 0):
        hour = 0
    if hour > 23 or minute > 59:
        raise BadValue("time_impossible")
    return time(hour, minute)


def _of_fraction(part: float) -> time:
    minutes = round(part * 1440) % 1440
    return time(minutes // 60, minutes % 60)


def read_moment(text: str, zone: ZoneInfo) -> datetime:
    """A day with its time, aware: on the wall clock of `zone` unless the cell says otherwise. Returned in UTC."""
    written = latin_digits(clean(text))
    serial = _SERIAL.fullmatch(written)
    if serial and serial[2]:
        return on_wall_clock(read_day(written), _of_fraction(float(f"0.{serial[2]}")), zone)
    if re.fullmatch(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)", written):
        return _with_offset(written)
    found = re.fullmatch(r"(.*\d{4}|\d{4}[-/.]\d{1,2}[-/.]\d{1,2})(?:[T,، ]+)(\d{1,2}(?:[:.]\d\d)?.*)", written)
    if not found:
        raise BadValue("moment_unreadable")
    return on_wall_clock(read_day(found[1]), read_start(found[2]), zone)


def read_start(text: str) -> time:
    """A clock at which something begins. 24:00 is an end: of which day it is the start, it does not say."""
    if re.match(r"24[:.]00", latin_digits(clean(text))):
        raise BadValue("time_impossible")
    return read_clock(text)


def _with_offset(written: str) -> datetime:
    try:
        iso = re.sub(r"\.\d+", "", written.replace("Z", "+00:00"))
        iso = re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", iso)
        return datetime.fromisoformat(iso).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        raise BadValue("date_impossible") from None


@lru_cache(maxsize=10_000)
def on_wall_clock(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """In UTC. A time that the change of clocks leaves out is refused; of one that comes twice, the first."""
    if not 1900 <= day.year <= 2200:
        raise BadValue("date_impossible")
    local = datetime.combine(day, clock, tzinfo=zone)
    moment = local.astimezone(timezone.utc)
    if moment.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise BadValue("time_left_out")
    return moment


def read_whole(text: str, least: int, most: int) -> int:
    written = re.sub(r"\.0+$", "", latin_digits(clean(text)))
    if not re.fullmatch(r"-?\d{1,9}", written):
        raise BadValue("number_unreadable")
    number = int(written)
    if not least <= number <= most:
        raise BadValue("number_range", least=least, most=most)
    return number


GENDERS = {
    **dict.fromkeys(("male", "m", "man", "boy", "mr", "ذكر", "رجل", "ولد", "ذ"), "male"),
    **dict.fromkeys(("female", "f", "woman", "girl", "mrs", "ms", "miss", "انثي", "امراه", "بنت", "سيده", "ا", "ث"), "female"),
    **dict.fromkeys(("other", "اخر", "o"), "other"),
    **dict.fromkeys(("unknown", "u", "غير معروف", "غير محدد"), "unknown"),
}  # fmt: skip
YES_NO = {
    **dict.fromkeys(("yes", "y", "true", "t", "1", "x", "✓", "✔", "agreed", "active", "نعم", "اي", "ايوه", "موافق", "موافقه", "صح", "نشط"), True),
    **dict.fromkeys(("no", "n", "false", "f", "0", "refused", "inactive", "لا", "رافض", "غير موافق", "خطا", "غير نشط"), False),
}  # fmt: skip
RELATIONSHIPS = {
    **dict.fromkeys(("self", "own", "patient", "himself", "herself", "نفسه", "نفسها", "المريض", "صاحب الرقم", "ذاتي"), "self"),
    **dict.fromkeys(("child", "son", "daughter", "ابن", "ابنه", "بنت", "طفل", "طفله", "ولد"), "child"),
    **dict.fromkeys(("spouse", "wife", "husband", "زوج", "زوجه"), "spouse"),
    **dict.fromkeys(("parent", "mother", "father", "ام", "اب", "والد", "والده"), "parent"),
    **dict.fromkeys(("other", "relative", "اخر", "قريب", "اخ", "اخت", "brother", "sister"), "other"),
}  # fmt: skip
HOUR_KINDS = {
    **dict.fromkeys(("work", "session", "shift", "working", "دوام", "عمل", "فتره"), "work"),
    **dict.fromkeys(("break", "pause", "rest", "lunch", "prayer", "استراحه", "راحه", "صلاه"), "break"),
}
SEASONS = {
    **dict.fromkeys(("usual", "normal", "regular", "عادي", "معتاد", "عاديه"), "usual"),
    **dict.fromkeys(("ramadan", "ramadhan", "رمضان"), "ramadan"),
}
APPOINTMENT_STATUSES = {
    **dict.fromkeys(("booked", "scheduled", "محجوز", "مجدول"), "booked"),
    **dict.fromkeys(("confirmed", "مؤكد", "موكد"), "confirmed"),
    **dict.fromkeys(("arrived", "checked in", "checked-in", "وصل", "حضر"), "arrived"),
    **dict.fromkeys(("fulfilled", "completed", "done", "seen", "تم", "مكتمل", "منتهي"), "fulfilled"),
    **dict.fromkeys(("noshow", "no show", "no-show", "missed", "لم يحضر", "تغيب"), "noshow"),
    **dict.fromkeys(("cancelled", "canceled", "ملغي", "الغي", "ملغاه"), "cancelled"),
}
VISIT_KINDS = {
    **dict.fromkeys(("single", "visit", "new", "first", "زياره", "كشف", "جديد", "مفرده"), "single"),
    **dict.fromkeys(("follow_up", "follow up", "follow-up", "followup", "review", "متابعه", "مراجعه"), "follow_up"),
    **dict.fromkeys(("chronic", "long term", "مزمن", "مزمنه"), "chronic"),
}


@lru_cache(maxsize=10_000)
def _folded(text: str) -> str:
    """A list has few words in many rows."""
    return fold(clean(text))


def read_word(text: str, words: Mapping[str, T], code: str) -> T:
    """One of a list of words, in English or Arabic, however spelled."""
    word = _folded(text)
    for form in (word, word.removeprefix("ال")):
        if form in words:
            return words[form]
    raise BadValue(code)


def read_gender(text: str) -> str:
    return read_word(text, GENDERS, "gender_unreadable")


def read_yes_no(text: str) -> bool:
    return read_word(text, YES_NO, "yes_no_unreadable")


def read_weekdays(text: str) -> tuple[int, ...]:
    """Monday 0 ... Sunday 6; several in one cell may be divided by | ; or ،."""
    days = tuple(
        read_word(fold(part).removeprefix("يوم "), DAYS, "weekday_unreadable")
        for part in read_list(text.replace(",", "|"))
    )
    if not days:
        raise BadValue("weekday_unreadable")
    return days


@lru_cache(maxsize=1)
def _languages() -> dict[str, str]:
    """ISO 639-1 codes by code and by name in English and Arabic, folded."""
    named: dict[str, str] = {}
    for locale in ("en", "ar"):
        for code, name in Locale(locale).languages.items():
            if len(code) == 2:
                named.setdefault(fold(name).removeprefix("ال"), code)
                named[code] = code
    return {
        **named,
        "عربي": "ar",
        "انجليزي": "en",
        "اردو": "ur",
        "ارديه": "ur",
        "هندي": "hi",
        "فرنسي": "fr",
        "filipino": "tl",
    }


def read_language(text: str) -> str:
    """An ISO 639-1 code, from a code or a name."""
    return read_word(text.split("-")[0].split("_")[0], _languages(), "language_unreadable")


def read_patient_language(text: str) -> str:
    """One that we write in: en or ar."""
    language = read_language(text)
    if language not in ("en", "ar"):
        raise BadValue("language_not_ours")
    return language


def read_languages(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(read_language(part) for part in read_list(text.replace(",", "|"))))
