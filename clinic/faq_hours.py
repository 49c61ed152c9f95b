"""When the clinic, a specialty or a doctor is there: the answer to the day that was asked, else the week."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Iterator, Optional, Sequence, Union

from babel.dates import format_date

from clinic.dialogue import Turn
from clinic.faq_texts import listed
from clinic.hours import Range, Timetable, WallRange, closed_because, load_timetable, merge, wall_moment
from clinic.schedule import Practitioner, Specialty
from clinic.texts import say
from clinic.times import render_clock, render_date
from understanding.arabizi import to_arabic
from understanding.folding import fold

# How far ahead a named holiday, the next Ramadan and the next day that is open are looked for.
HORIZON = timedelta(days=400)
CLOSURES_AHEAD = timedelta(days=14)
RAMADAN_AHEAD = timedelta(days=30)
MOST_DAYS = 7  # in one answer

_RAMADAN = re.compile(r"ramad[ah]*n|رمضان|\b(?:iftar|suhoor|suhur)\b|(?<!\w)(?:ال)?(?:افطار|فطار|فطور|سحور)(?!\w)")
# "هلا" at the start is a greeting, later on it is "now".
_NOW = re.compile(
    r"\b(?:now|currently|at the moment|still open)\b|(?<=\w )هلا(?!\w)"
    r"|(?<!\w)(?:الحين|الان|هلق|دلوقتي|هسا|حاليا|لسه فاتحين|لسا فاتحين)(?!\w)"
)
# Days of which only the clinic's own calendar knows the date.
_FEAST = re.compile(
    r"\b(?:eid|national day|founding day|independence day|new year|christmas|xmas)\b"
    r"|(?<!\w)(?:بال|ال|ب|لل)?(?:عيد|يوم الوطني|وطني|يوم التاسيس|تاسيس|شم النسيم|راس السنه|كريسماس)(?!\w)"
)
# Words in the name of a holiday that name nothing.
_COMMON = frozenset(
    fold(word)
    for word in (
        "day days the of al el and holiday clinic closed open يوم اليوم ايام عطله اجازه عياده العياده مغلق"
    ).split()
)
_ARABIC_PREFIX = re.compile(r"^(?:وال|بال|فال|لل|ال|ب|و|ل|ع)(?=\w{3})")
_ONE_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Hours:
    """The hours of somebody; `who` is None for the clinic as a whole."""

    turn: Turn
    who: Optional[str]
    timetable: Timetable

    @property
    def today(self) -> date:
        return self.turn.now.astimezone(self.turn.clinic.zone).date()

    @property
    def language(self) -> str:
        return self.turn.language

    def say(self, key: str, **values: str) -> str:
        """The clinic's text, or the one about somebody: `hours_open` and `hours_who_open`."""
        if self.who is None:
            return say(f"hours_{key}", self.language, **values)
        return say(f"hours_who_{key}", self.language, who=self.who, **values)

    def on(self, day: date) -> list[Range]:
        """When anybody meant sees patients on this clinic day."""
        table = self.timetable
        return merge(one for owner in table.practitioner_ids for one in table.sessions_on(owner, day))

    def usual_on(self, day: date) -> list[WallRange]:
        """The same by the weekly hours alone."""
        table = self.timetable
        return merge(one for owner in table.practitioner_ids for one in table.wall_hours_on(owner, day))

    def next_after(self, day: date) -> Optional[date]:
        return next((later for later in days_from(day + timedelta(days=1), HORIZON) if self.on(later)), None)


def hours_of(turn: Turn, whose: Union[Practitioner, Specialty, None], doctors: Sequence[Practitioner]) -> Hours:
    """Of these doctors; `whose` names them, None is the whole clinic."""
    today = turn.now.astimezone(turn.clinic.zone).date()
    ids = [doctor.id for doctor in doctors]
    timetable = load_timetable(turn.conn, turn.clinic, today - timedelta(days=7), today + HORIZON, ids)
    return Hours(turn, whose.name(turn.language) if whose else None, timetable)


def answer_hours(hours: Hours) -> Optional[str]:
    """None where the schedule does not know: no hours at all, a feast or a Ramadan that is not in it."""
    if not any(hours.timetable.weekly.values()) and hours.next_after(hours.today - timedelta(days=1)) is None:
        return None
    message = hours.turn.message
    readings = " ".join(dict.fromkeys((fold(message.text), to_arabic(fold(message.text)))))
    feast = _closure_named(hours, readings)
    if feast:
        return days_text(hours, feast)
    if _RAMADAN.search(readings):
        return ramadan_text(hours)
    if _FEAST.search(readings):
        return None
    if _NOW.search(readings):
        return now_text(hours)
    days = list(_days_asked(hours))
    return days_text(hours, days) if days else week_text(hours)


# --- one day, or a few ------------------------------------------------------------------------------------------------


def days_text(hours: Hours, days: Sequence[date]) -> str:
    if len(days) == 1:
        return day_text(hours, days[0])
    lines = [f"{render_date(day, hours.language)}: {_sessions_or_closed(hours, day)}" for day in days]
    return "\n".join([f"{hours.who}:", *lines] if hours.who else lines)


def day_text(hours: Hours, day: date) -> str:
    """That day's hours; where there are none, why, and the next ones."""
    ranges = hours.on(day)
    when = day_words(hours, day)
    if not ranges:
        return f"{_closed_text(hours, day)} {_next_text(hours, day)}".strip()
    if ranges[-1][1] <= hours.turn.now:
        return f"{hours.say('over', sessions=clocks(hours, ranges))} {_next_text(hours, day)}".strip()
    key = "open" if _at_that_time(hours, day, ranges) else "not_then"
    return hours.say(key, day=when, sessions=clocks(hours, ranges))


def now_text(hours: Hours) -> str:
    """Until when, or from when on. A session of the evening before may still run."""
    if hours.who is not None:
        return day_text(hours, hours.today)
    now = hours.turn.now
    nights = hours.on(hours.today - timedelta(days=1)) + hours.on(hours.today)
    for start, end in merge(nights):
        if start <= now < end:
            return say("hours_now_open", hours.language, clock=_clock(hours, end))
    opening = next_opening(hours)
    if opening is None:
        return say("hours_closed", hours.language, day=day_words(hours, hours.today))
    day = day_words(hours, opening.astimezone(hours.turn.clinic.zone).date())
    return say("hours_now_closed", hours.language, day=day, clock=_clock(hours, opening))


def next_opening(hours: Hours) -> Optional[datetime]:
    """The next moment at which somebody begins; None also while somebody is there."""
    now = hours.turn.now
    if any(start <= now < end for back in (1, 0) for start, end in hours.on(hours.today - timedelta(days=back))):
        return None
    for day in days_from(hours.today, HORIZON):
        for start, _ in hours.on(day):
            if start > now:
                return start
    return None


def _closed_text(hours: Hours, day: date) -> str:
    reason = closed_because(hours.turn.conn, hours.turn.clinic, day, hours.language)
    when = day_words(hours, day)
    return hours.say("closed_for", day=when, reason=reason) if reason else hours.say("closed", day=when)


def _next_text(hours: Hours, day: date) -> str:
    later = hours.next_after(max(day, hours.today))
    if later is None:
        return "" if hours.who is None else hours.say("none")
    return hours.say("next", day=day_words(hours, later), sessions=clocks(hours, hours.on(later)))


def _sessions_or_closed(hours: Hours, day: date) -> str:
    ranges = hours.on(day)
    if ranges:
        return clocks(hours, ranges)
    reason = closed_because(hours.turn.conn, hours.turn.clinic, day, hours.language)
    closed = say("faq_hours_closed", hours.language)
    return f"{closed} ({reason})" if reason else closed


def _at_that_time(hours: Hours, day: date, ranges: Sequence[Range]) -> bool:
    """Whether anybody is there at the time that was asked; true where none was."""
    wished = hours.turn.message.when.time
    if wished is None:
        return True
    first, last = (wished, None) if isinstance(wished, str) else wished
    start = _moment(hours, day, first or "00:00")
    end = _moment(hours, day, last) if last else start + _ONE_MINUTE if isinstance(wished, str) else ranges[-1][1]
    return any(begin < end and start < stop for begin, stop in ranges)


def _moment(hours: Hours, day: date, clock: str) -> datetime:
    hour, minute = clock.split(":")
    return wall_moment(day, int(hour) * 60 + int(minute), hours.turn.clinic.zone)


def _days_asked(hours: Hours) -> Iterator[date]:
    wished = hours.turn.message.when.date
    if isinstance(wished, str):
        yield date.fromisoformat(wished)
    elif wished is not None:
        first, last = (date.fromisoformat(end) if end else None for end in wished)
        start = max(first or hours.today, hours.today)
        length = min((last - start).days + 1 if last else MOST_DAYS, MOST_DAYS)
        yield from (start + timedelta(days=number) for number in range(length))


def _closure_named(hours: Hours, readings: str) -> list[date]:
    """The days of the next holiday or closure whose name stands in the message."""
    said = set(re.findall(r"\w+", readings))
    said |= {_ARABIC_PREFIX.sub("", word) for word in said}
    for closure in hours.timetable.closures:
        first = closure.start.astimezone(hours.turn.clinic.zone).date()
        last = (closure.end - _ONE_MINUTE).astimezone(hours.turn.clinic.zone).date()
        if last >= hours.today and _name_words(closure.name_en, closure.name_ar) & said:
            start = max(first, hours.today)
            return [start + timedelta(days=number) for number in range(min((last - start).days + 1, MOST_DAYS))]
    return []


def _name_words(*names: str) -> set[str]:
    words = {word for name in names for word in re.findall(r"\w+", fold(name))}
    return {bare for word in words - _COMMON for bare in (word, _ARABIC_PREFIX.sub("", word)) if len(bare) > 2}


# --- the week ---------------------------------------------------------------------------------------------------------


def week_text(hours: Hours, notes: bool = True) -> str:
    """The usual week, or Ramadan's while it lasts, and what will soon be different."""
    season = next((one for one in hours.timetable.ramadans if one[0] <= hours.today <= one[1]), None)
    if season and _has_ramadan_hours(hours):
        text = _ramadan_week(hours, *season)
    elif hours.who is None:
        name = hours.turn.clinic.name(hours.language)
        text = say("faq_hours", hours.language, clinic=name, hours=week_lines(hours, hours.today))
    else:
        text = say("hours_week_who", hours.language, who=hours.who, hours=week_lines(hours, hours.today))
    return "\n\n".join([text, *_notes(hours)]) if notes else text


def ramadan_text(hours: Hours) -> Optional[str]:
    """Of the Ramadan that is or comes; None while its days or hours are not known."""
    coming = sorted(season for season in hours.timetable.ramadans if season[1] >= hours.today)
    return _ramadan_week(hours, *coming[0]) if coming and _has_ramadan_hours(hours) else None


def week_lines(hours: Hours, anchor: date, within: Optional[tuple[date, date]] = None) -> str:
    """A line for each run of equal days: "Sunday to Thursday: ...". `within`: only days of a season tell."""
    week: list[tuple[date, list[WallRange]]] = []
    for weekday in week_order(hours.turn):
        day = anchor + timedelta(days=(weekday - anchor.weekday()) % 7)
        if within is not None and day > within[1]:
            day -= timedelta(days=7)
        elif within is None and hours.timetable.season_on(day) != hours.timetable.season_on(anchor):
            day -= timedelta(days=7)
        week.append((day, hours.usual_on(day)))
    lines = []
    while week:
        run = [day for day, ranges in _run(week)]
        ranges = week[0][1]
        lines.append(
            say("faq_hours_line", hours.language, day=_run_words(hours, run), sessions=_walls(hours, run[0], ranges))
        )
        week = week[len(run) :]
    return "\n".join(lines)


def week_order(turn: Turn) -> list[int]:
    """The week begins after its days of rest."""
    first = next((day + 1 for day in sorted(turn.weekend, reverse=True) if (day + 1) % 7 not in turn.weekend), 6)
    return [(first + number) % 7 for number in range(7)]


def _run(week: Sequence[tuple[date, list[WallRange]]]) -> Iterator[tuple[date, list[WallRange]]]:
    for day, ranges in week:
        if ranges != week[0][1]:
            return
        yield day, ranges


def _run_words(hours: Hours, days: Sequence[date]) -> str:
    if len(days) == 7:
        return say("hours_every_day", hours.language)
    names = [format_date(day, "EEEE", locale="ar_EG" if hours.language == "ar" else "en_GB") for day in days]
    if len(days) == 1:
        return names[0]
    key = "hours_days_two" if len(days) == 2 else "hours_days_range"
    return say(key, hours.language, first=names[0], last=names[-1])


def _ramadan_week(hours: Hours, first: date, last: date) -> str:
    lines = week_lines(hours, max(first, hours.today), (first, last))
    key = "hours_week_ramadan" if hours.who is None else "hours_week_who_ramadan"
    values = {"who": hours.who} if hours.who else {}
    ends = {"first": render_date(first, hours.language), "last": render_date(last, hours.language)}
    return say(key, hours.language, hours=lines, **ends, **values)


def _has_ramadan_hours(hours: Hours) -> bool:
    return any(row.season == "ramadan" for rows in hours.timetable.weekly.values() for row in rows)


def _notes(hours: Hours) -> Iterator[str]:
    """What differs from the week just said: days closed within two weeks, Ramadan within a month."""
    closed: dict[str, list[date]] = {}
    for day in days_from(hours.today, CLOSURES_AHEAD):
        if hours.usual_on(day) and not hours.on(day):
            reason = closed_because(hours.turn.conn, hours.turn.clinic, day, hours.language)
            if reason is not None:
                closed.setdefault(reason, []).append(day)
    for reason, days in closed.items():
        named = listed((render_date(day, hours.language) for day in days), hours.language)
        key = "hours_note_closed_for" if reason else "hours_note_closed"
        yield say(key, hours.language, day=named, reason=reason)
    for first, last in sorted(hours.timetable.ramadans):
        if hours.today < first <= hours.today + RAMADAN_AHEAD and _has_ramadan_hours(hours):
            ends = {"first": render_date(first, hours.language), "last": render_date(last, hours.language)}
            yield say("hours_note_ramadan", hours.language, **ends)


# --- words ------------------------------------------------------------------------------------------------------------


def day_words(hours: Hours, day: date) -> str:
    """ "today (Tuesday 24 Nov)", "on Friday 27 Nov"."""
    key = {0: "hours_day_today", 1: "hours_day_tomorrow"}.get((day - hours.today).days, "hours_day_other")
    return say(key, hours.language, day=render_date(day, hours.language))


def clocks(hours: Hours, ranges: Sequence[Range]) -> str:
    return listed((f"{_clock(hours, start)} – {_clock(hours, end)}" for start, end in ranges), hours.language)


def days_from(first: date, span: timedelta) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range(span.days + 1))


def _walls(hours: Hours, day: date, ranges: Sequence[WallRange]) -> str:
    if not ranges:
        return say("faq_hours_closed", hours.language)
    zone = hours.turn.clinic.zone
    return clocks(hours, [(wall_moment(day, start, zone), wall_moment(day, end, zone)) for start, end in ranges])


def _clock(hours: Hours, moment: datetime) -> str:
    return render_clock(moment, hours.turn.clinic.timezone, hours.language)
