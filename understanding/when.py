"""Days and times as patients write them, in English, Arabic dialects and Arabizi. Pure: `now` is handed in.

Without a clinic's own settings: numeric dates day first, the week Sunday to Saturday, the weekend Friday and Saturday,
and parts of the day by the clock (see PARTS). A bare hour from 1 to 7 is in the afternoon.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import AbstractSet, Iterator, Optional, Union

from understanding.arabizi import to_arabic
from understanding.folding import fold_with_origin
from understanding.lexicon.when import (
    CALLED_DAYS,
    CLOCK_WORDS,
    DAYS,
    GIVEN_DAYS,
    HOURS,
    MONTHS,
    PARTS,
    RELATIVE_DAYS,
    RELATIVE_RANGES,
)

Day = Union[str, list[Optional[str]], None]
Clock = Union[str, list[Optional[str]], None]


@dataclass(frozen=True)
class When:
    """As in the contract: "YYYY-MM-DD" or [from, to], "HH:MM" or [from, to], None where nothing was said."""

    date: Day = None
    time: Clock = None


@dataclass(frozen=True)
class Span:
    """A day or a time found; start and end are offsets into the text that was read."""

    entity: str  # date | time
    value: Union[Day, Clock]
    start: int
    end: int


def _words(names: Iterator[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


_AR = r"(?:و|ب|ل|لل|ف|ال|وال|بال|عال|لال|ع ?ال)?"
_EDGE = r"(?<![\w\u0600-\u06ff])"
# Words that are a day only when they are called one: "احد" is also "somebody", "تلات" three, "الاربعه" four o'clock.
_DAY_NAME = (
    rf"(?:(?:(?<=يوم )|(?<=نهار ))(?:ال ?)?(?P<called>{_words(iter(CALLED_DAYS))})"
    rf"|(?:و|ب|ف|ع ?)?(?:ال ?|لل)(?P<given>{_words(iter(GIVEN_DAYS))})"
    rf"|{_AR}(?P<day>{_words(word for word in DAYS if word not in CALLED_DAYS)}))(?!\w)"
)
_NEXT = r"(?P<next>next |coming |this coming |after next )"
_DAY = re.compile(
    rf"{_EDGE}{_NEXT}?{_DAY_NAME}(?P<next_ar> (?:ال)?(?:جاي|جايه|القادم|قادم|الجاي|الجايه|المقبل|اللي بعده|بعد الجاي))?"
)
# "ليوم الاثنين" is not today.
_RELATIVE = re.compile(
    rf"{_EDGE}(?!ليوم (?:ال)?(?:{_words(iter(CALLED_DAYS | DAYS))})(?!\w))(?P<word>{_words(iter(RELATIVE_DAYS))})(?!\w)"
)
# Who says good morning does not ask for one.
_GREETING = re.compile(
    r"good (?:morning|afternoon|evening|night)|(?<!\w)(?:صباح|مسا|مساء) (?:ال ?)?(?:خير|نور|ورد|فل|ياسمين|سعاده|سرور)\w*"
)
_RANGE = re.compile(rf"{_EDGE}(?P<word>{_words(iter(RELATIVE_RANGES))})(?!\w)")
_NUMERIC = re.compile(rf"{_EDGE}(?P<d>\d{{1,2}})[/.-](?P<m>\d{{1,2}})(?:[/.-](?P<y>\d{{4}}|\d{{2}}))?(?![\d/])")
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_MONTH = rf"(?P<month>{_words(iter(MONTHS))})"
_DAY_MONTH = re.compile(
    rf"{_EDGE}(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?: of| من| في|/)? ?{_MONTH}(?!\w)|{_EDGE}(?P<month2>{_words(iter(MONTHS))}) (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?!\d|:)"
)
_IN_DAYS = re.compile(
    rf"{_EDGE}(?:in|after|بعد|كمان|خلال) (?P<n>\d{{1,2}}|a|two|three|four|five) ?(?P<unit>days?|weeks?|ايام|يوم|اسابيع|اسبوع|week)(?!\w)"
)
_DUAL = {
    "يومين": 2,
    "اسبوعين": 14,
    "اسبوع": 7,
    "تلات ايام": 3,
    "ثلاث ايام": 3,
    "ثلاثه ايام": 3,
    "تلت ايام": 3,
    "تلت تيام": 3,
}
_IN_DUAL = re.compile(rf"{_EDGE}(?:بعد|كمان) (?P<word>{_words(iter(_DUAL))})(?!\w)")

_AM_PM = (
    r"(?P<half>a\.?m\.?|p\.?m\.?|صباحا?|الصبح|صبح|مساء?|العصر|المغرب|بالليل|الليل|الضهر|الظهر|ظهرا|عصرا|ليلا|العشا|ص|م)"
)
_CLOCK = re.compile(rf"{_EDGE}(?P<h>\d{{1,2}})[:.](?P<m>\d{{2}})(?: ?{_AM_PM}(?!\w))?(?!\d)")
_HOUR = re.compile(
    rf"{_EDGE}(?P<lead>at |around |by |الساعه |ساعه |عالساعه |علي الساعه |ع |حوالي )?(?P<h>\d{{1,2}})(?P<rest>(?: و ?ربع| و ?نص(?: و ?خمسه| الا خمسه)?| و ?تلت| و ?ثلث| الا ربع| الا تلت| الا ثلث| و ?خمسه| و ?عشره| الا خمسه| الا عشره)?)"
    rf"(?: ?(?:o'?clock))?(?: ?{_AM_PM}(?!\w))?(?![\d:/.])"
)
_SPOKEN = re.compile(
    rf"{_EDGE}(?P<lead>الساعه |ساعه |عالساعه |علي الساعه )?(?:ال)?(?P<word>{_words(iter(HOURS))})(?P<rest>(?: و ?ربع| ونص(?: و ?خمسه| الا خمسه)?| و نص(?: و ?خمسه| الا خمسه)?| و ?تلت| و ?ثلث| الا ربع| الا تلت| الا ثلث| و ?خمسه| و ?عشره| الا خمسه| الا عشره)?)"
    rf"(?: ?{_AM_PM})?(?!\w)"
)
_ENGLISH_SPOKEN = re.compile(
    rf"{_EDGE}(?P<how>half past|quarter past|quarter to|at|by|around) (?P<word>\d{{1,2}}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)(?: ?(?P<half>am|pm))?(?![\d:])(?!\w)"
)
_NAMED = re.compile(
    rf"{_EDGE}(?P<bound>after |before |بعد |قبل |ورا )?(?:in the |this |at |ب|وقت |ع)?(?:ال|بال|عال|لل)?(?P<part>{_words(iter(PARTS))})(?!\w)"
)
_BOUND = re.compile(
    r"(?P<bound>after|before|from|until|till|not before|later than|earlier than|بعد|قبل|من بعد|لحد|لغايه|من) (?:ال)?(?:ساعه )?$"
)
_AFTERNOON_HALVES = (
    "p",
    "مسا",
    "العصر",
    "المغرب",
    "الليل",
    "بالليل",
    "الضهر",
    "الظهر",
    "ظهر",
    "عصر",
    "ليلا",
    "العشا",
    "م",
)
_ENGLISH_NUMBERS = {
    word: number
    for number, word in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), 1)
}


# Friday and Saturday, as datetime.weekday().
WEEKEND = frozenset({4, 5})


def read_when(text: str, now: datetime, weekend: AbstractSet[int] = WEEKEND) -> When:
    spans = list(find_when(text, now, weekend))
    days = [span.value for span in spans if span.entity == "date"]
    times = [span.value for span in spans if span.entity == "time"]
    return When(days[0] if days else None, times[0] if times else None)


def find_when(text: str, now: datetime, weekend: AbstractSet[int] = WEEKEND) -> list[Span]:
    """The days and times with their offsets into `text`; the best reading of each first."""
    folded = fold_with_origin(text)
    found: list[Span] = []
    for written in dict.fromkeys((folded.text, to_arabic(folded.text))):
        same = written == folded.text
        reading = _GREETING.sub(lambda greeting: "." * len(greeting.group()), written)
        for entity in ("date", "time"):
            if any(span.entity == entity for span in found):
                continue
            result: Optional[tuple[Union[Day, Clock], int, int]] = (
                _find_date(reading, now, weekend) if entity == "date" else _find_time(reading, now)
            )
            if result is None:
                continue
            value, start, end = result
            # The Arabic reading of Arabizi has other offsets: the whole message stands for the place.
            begin, stop = folded.span(start, end) if same else (0, len(text))
            found.append(Span(entity, value, begin, stop))
    return found


# --- days -------------------------------------------------------------------------------------------------------------


def _find_date(text: str, now: datetime, weekend: AbstractSet[int]) -> Optional[tuple[Day, int, int]]:
    today = now.date()
    return (
        _explicit_date(text, today) or _in_days(text, today) or _relative(text, today, weekend) or _weekday(text, today)
    )


def _explicit_date(text: str, today: date) -> Optional[tuple[Day, int, int]]:
    match = _ISO.search(text)
    if match:
        return _dated(int(match[1]), int(match[2]), int(match[3]), match)
    for match in _DAY_MONTH.finditer(text):
        day = int(match["d"] or match["d2"])
        month = MONTHS[match["month"] or match["month2"]]
        found = _dated(_year_of(day, month, today), month, day, match)
        if found:
            return found
    for match in _NUMERIC.finditer(text):
        day, month = int(match["d"]), int(match["m"])
        if match["y"] is None and "." in match.group():
            continue  # 5.30 is a clock
        year = int(match["y"]) + (2000 if len(match["y"]) == 2 else 0) if match["y"] else _year_of(day, month, today)
        found = _dated(year, month, day, match)
        if found:
            return found
    return None


def _dated(year: int, month: int, day: int, match: re.Match[str]) -> Optional[tuple[Day, int, int]]:
    try:
        return date(year, month, day).isoformat(), match.start(), match.end()
    except ValueError:
        return None


def _year_of(day: int, month: int, today: date) -> int:
    """The coming one: a date without a year is never in the past."""
    try:
        return today.year if date(today.year, month, day) >= today else today.year + 1
    except ValueError:
        return today.year


def _in_days(text: str, today: date) -> Optional[tuple[Day, int, int]]:
    match = _IN_DUAL.search(text)
    if match:
        return (today + timedelta(days=_DUAL[match["word"]])).isoformat(), match.start(), match.end()
    match = _IN_DAYS.search(text)
    if match is None:
        return None
    said = match["n"]
    count = int(said) if said.isdigit() else {"a": 1, **_ENGLISH_NUMBERS}[said]
    weeks = match["unit"].startswith(("week", "اسب"))
    return (today + timedelta(days=count * (7 if weeks else 1))).isoformat(), match.start(), match.end()


def _relative(text: str, today: date, weekend: AbstractSet[int]) -> Optional[tuple[Day, int, int]]:
    match = _RELATIVE.search(text)
    if match:
        day = today + timedelta(days=RELATIVE_DAYS[match["word"]])
        return day.isoformat(), match.start(), match.end()
    named = _DAY.search(text)
    match = _RANGE.search(text)
    if match and named is None:
        return _range_of(RELATIVE_RANGES[match["word"]], today, weekend), match.start(), match.end()
    return None


def _range_of(kind: str, today: date, weekend: AbstractSet[int]) -> Day:
    sunday = today - timedelta(days=(today.weekday() + 1) % 7)
    if kind == "this_week":
        return [today.isoformat(), (sunday + timedelta(days=6)).isoformat()]
    if kind == "next_week":
        return [(sunday + timedelta(days=7)).isoformat(), (sunday + timedelta(days=13)).isoformat()]
    if kind in ("weekend", "next_weekend"):
        first, last = _weekend_from(today, weekend)
        if kind == "next_weekend":
            first, last = _weekend_from(last + timedelta(days=1), weekend)
        return [first.isoformat(), last.isoformat()]
    first = date(today.year + (today.month == 12), today.month % 12 + 1, 1)
    after = date(first.year + (first.month == 12), first.month % 12 + 1, 1)
    return [first.isoformat(), (after - timedelta(days=1)).isoformat()]


def _weekend_from(day: date, weekend: AbstractSet[int]) -> tuple[date, date]:
    """The coming one, or what is left of the one that `day` is in. One without days of rest has none to name."""
    rest = weekend or WEEKEND
    while day.weekday() not in rest:
        day += timedelta(days=1)
    last = day
    while (last + timedelta(days=1)).weekday() in rest and last - day < timedelta(days=6):
        last += timedelta(days=1)
    return day, last


def _weekday(text: str, today: date) -> Optional[tuple[Day, int, int]]:
    match = _DAY.search(text)
    if match is None:
        return None
    weekday = _weekday_of(match)
    ahead = (weekday - today.weekday()) % 7
    day = today + timedelta(days=ahead or 7)
    if re.search(r"next week|الاسبوع (?:ال)?(?:جاي|القادم|قادم|المقبل)", text):
        sunday = today - timedelta(days=(today.weekday() + 1) % 7)
        day = sunday + timedelta(days=7 + (weekday + 1) % 7)
    if match["next"] == "after next " or (match["next_ar"] or "").strip() == "بعد الجاي":
        day += timedelta(days=7)
    return day.isoformat(), match.start(), match.end()


def _weekday_of(match: re.Match[str]) -> int:
    word = match["called"] or match["given"] or match["day"]
    return CALLED_DAYS[word] if word in CALLED_DAYS else DAYS[word]


# --- times ------------------------------------------------------------------------------------------------------------


def _find_time(text: str, now: datetime) -> Optional[tuple[Clock, int, int]]:
    for finder in (_clock, _english_spoken, _hour, _spoken, _part):
        found = finder(text)
        if found is not None:
            return _bounded(text, *found)
    return None


def _bounded(text: str, value: Clock, start: int, end: int) -> tuple[Clock, int, int]:
    """ "after 5" and "before 5" are ranges."""
    bound = _BOUND.search(text[:start])
    if bound is None or not isinstance(value, str):
        return value, start, end
    before = bound["bound"] in ("before", "until", "till", "earlier than", "قبل", "لحد", "لغايه")
    return ([None, value] if before else [value, None]), bound.start(), end


def _clock(text: str) -> Optional[tuple[Clock, int, int]]:
    for match in _CLOCK.finditer(text):
        hour, minute = int(match["h"]), int(match["m"])
        if hour < 24 and minute < 60:
            return _said(hour, minute, match["half"], text), match.start(), match.end()
    return None


def _english_spoken(text: str) -> Optional[tuple[Clock, int, int]]:
    match = _ENGLISH_SPOKEN.search(text)
    if match is None:
        return None
    hour = int(match["word"]) if match["word"].isdigit() else _ENGLISH_NUMBERS[match["word"]]
    if not 1 <= hour <= 23:
        return None
    minute = {"half past": 30, "quarter past": 15, "quarter to": -15}.get(match["how"], 0)
    start = match.start("word") if minute == 0 else match.start()
    return _said(hour, minute, match["half"], text), start, match.end()


def _hour(text: str) -> Optional[tuple[Clock, int, int]]:
    """A bare number is a time only with something that says so."""
    for match in _HOUR.finditer(text):
        hour = int(match["h"])
        if hour > 23 or not (match["lead"] or match["half"] or match["rest"] or "clock" in match.group()):
            if not (hour <= 23 and _BOUND.search(text[: match.start("h")]) and 1 <= hour):
                continue
        return _said(hour, _minutes(match["rest"]), match["half"], text), match.start("h"), match.end()
    return None


def _spoken(text: str) -> Optional[tuple[Clock, int, int]]:
    for match in _SPOKEN.finditer(text):
        # "الاثنين" and "يوم الاربعه" are days; two o'clock has the hour's name before it.
        if not match["lead"] and (
            match["word"] in DAYS or re.search(r"(?:يوم|نهار) (?:ال)?$", text[: match.start("word")])
        ):
            continue
        article = text[match.start() : match.start("word")].endswith("ال")
        if match["lead"] or match["rest"] or match["half"] or article:
            hour = HOURS[match["word"]]
            return _said(hour, _minutes(match["rest"]), match["half"], text), match.start("word"), match.end()
    return None


def _minutes(rest: str) -> int:
    return sum(
        CLOCK_WORDS[word]
        for word in re.findall("|".join(sorted(CLOCK_WORDS, key=len, reverse=True)), rest.replace("و ", "و"))
    )


def _said(hour: int, minute: int, half: Optional[str], text: str) -> str:
    if half is None and hour <= 12:
        part = _NAMED.search(text)
        half = part["part"] if part and not part["bound"] else None
    if half is not None and hour <= 12:
        afternoon = half.startswith(_AFTERNOON_HALVES) or half in ("evening", "afternoon", "tonight", "night", "noon")
        hour = hour % 12 + (12 if afternoon else 0)
    elif 1 <= hour <= 7:
        hour += 12
    total = (hour * 60 + minute) % (24 * 60)
    return f"{total // 60:02d}:{total % 60:02d}"


def _part(text: str) -> Optional[tuple[Clock, int, int]]:
    match = _NAMED.search(text)
    if match is None:
        return None
    start, end = PARTS[match["part"]]
    bound = (match["bound"] or "").strip()
    if bound == "before" or bound == "قبل":
        return [None, start], match.start(), match.end()
    if bound and match["part"] in ("اصر", "عصر", "asr"):
        return [start, end], match.start(), match.end()
    return [start, end], match.start(), match.end()
