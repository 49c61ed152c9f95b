"""A patient on the way: reception learns for which visit, and by how much."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Optional, Sequence

from sqlalchemy import func, select

from clinic.appointments import Appointment, load_appointment, upcoming_of
from clinic.database.tables import appointments
from clinic.dialogue import Reply, Turn
from clinic.menu import menu_choices
from clinic.questions import Choice
from clinic.tasks import open_task
from clinic.texts import say
from clinic.times import day_bounds, render_clock, render_moment
from clinic.visits_meant import meant_by
from understanding.arabizi import to_arabic
from understanding.folding import fold

# Who writes "I am late" at ten past four means the visit at four.
BEGUN = timedelta(hours=1)
# A visit past midnight is still "today" in the evening.
TONIGHT = timedelta(hours=6)
# Later than this, the doctor may have to see others first.
LONG = 30  # minutes
LONGEST = 600

_NUMBERS = {
    "five": 5, "ten": 10, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "خمس": 5, "خمسه": 5, "عشر": 10, "عشره": 10, "عشرين": 20, "ثلاثين": 30, "تلاتين": 30, "ربعين": 40, "اربعين": 40,
}  # fmt: skip
_PARTS = {
    "half an hour": 30, "half hour": 30, "quarter of an hour": 15, "quarter hour": 15, "an hour and a half": 90,
    "two hours": 120, "an hour": 60, "one hour": 60,
    "نص ساعه": 30, "نصف ساعه": 30, "نصاعه": 30, "ربع ساعه": 15, "تلت ساعه": 20, "ثلث ساعه": 20, "ساعه ونص": 90,
    "ساعه ونصف": 90, "ساعتين": 120, "ساعه الا ربع": 45, "ساعه": 60,
    "rob3 sa3a": 15, "rub3 sa3a": 15, "nos sa3a": 30, "noss sa3a": 30, "n9 sa3a": 30, "tilt sa3a": 20, "telt sa3a": 20,
}  # fmt: skip
_AHEAD = r"(?P<ahead>\b(?:in|after)\b(?: about| around)? |(?<!\w)(?:بعد|كمان|خلال) )?"
_MINUTES = re.compile(
    rf"{_AHEAD}(?<![\w:.])(?P<number>\d{{1,3}}|{'|'.join(_NUMBERS)})"
    r"(?:-| to | or |الي | )?(?:\d{1,3})? ?"
    r"(?:min|mins|minutes?|m|دقيقه|دقايق|دقيق|ديقه|d2aye2|d2ayi2|da2aye2|da2ayi2|d2e2a)(?!\w)"
)
_HOURS = re.compile(rf"{_AHEAD}(?<!\w)(?P<number>\d{{1,2}}) (?:hours?|hrs?|ساعات)(?!\w)")
_PART = re.compile(rf"{_AHEAD}(?<!\w)(?P<part>{'|'.join(sorted(_PARTS, key=len, reverse=True))})(?!\w)")
_THERE_IN = re.compile(r"\b(?:there|here) (?P<ahead>in) (?P<number>\d{1,2})\b(?![:.]\d| ?h)")
# What was said before it makes it something else: "since an hour", "my visit is in ten minutes".
_OTHER = re.compile(
    r"(?:\b(?:since|for the last)|(?<!\w)(?:من|صارلنا|صارلي)|\b(?:appointment|visit|turn|slot)(?: is)?"
    r"|(?<!\w)و?(?:موعد|معاد|دور)\w*(?: \w+)?) $"
)
_LATE = re.compile(
    r"\b(?:late|delay|delayed|behind)\b|(?<!\w)(?:[هحبنرتس]|با|سا|رح |راح )*(?:ا?تاخر\w*|متاخر\w*|تاخير)(?!\w)"
)


@dataclass(frozen=True)
class Delay:
    """`minutes` behind the time of the visit, or, when `coming`, from now until they are here."""

    minutes: int
    coming: bool = False


def report_late(turn: Turn) -> Reply:
    """A task beside the visit that is meant; what reception was told, or that there is no visit today."""
    today = visits_of_today(turn)
    if not today:
        return _no_visit_today(turn)
    visit = meant(turn, today)
    open_task(
        turn.conn,
        turn.clinic.id,
        "running_late",
        turn.now,
        conversation_id=turn.conversation.id,
        patient_id=visit.patient_id,
        appointment_id=visit.id,
        message_id=turn.message.message_id,
    )
    delay = delay_said(turn.message.text)
    told = _told(turn, visit, delay)
    if behind(visit, delay, turn.now) <= LONG:
        return Reply(told)
    move = Choice(say("menu_move", turn.language), {"appointment": visit.id}, "appointment")
    return Reply(f"{told}\n\n{say('late_long', turn.language)}", (move,), flow="moving")


def visits_of_today(turn: Turn) -> list[Appointment]:
    """Booked visits of everybody on the number that begin today or have just begun, soonest first."""
    _, midnight = day_bounds(turn.now.astimezone(turn.clinic.zone).date(), turn.clinic.timezone)
    starts = func.lower(appointments.c.during)
    query = (
        select(appointments.c.id)
        .where(
            appointments.c.clinic_id == turn.clinic.id,
            appointments.c.contact_id == turn.conversation.contact_id,
            appointments.c.status.in_(("booked", "confirmed")),
            starts > turn.now - BEGUN,
            starts < max(midnight, turn.now + TONIGHT),
        )
        .order_by(starts, appointments.c.id)
    )
    return [load_appointment(turn.conn, turn.clinic.id, one) for one in turn.conn.execute(query).scalars()]


def meant(turn: Turn, visits: Sequence[Appointment]) -> Appointment:
    """What the message names by person, specialty, doctor or time decides; else the soonest."""
    found = meant_by(turn, visits) or list(visits)
    clock = turn.message.when.time
    at_that_time = [one for one in found if f"{one.start.astimezone(turn.clinic.zone):%H:%M}" == clock]
    return (at_that_time or found)[0]


def delay_said(text: str) -> Optional[Delay]:
    """ "15 min late" is behind time; "there in 20 minutes" and "10 mins away" count from now. None: nothing said."""
    folded = fold(text)
    readings = dict.fromkeys((folded, to_arabic(folded)))
    late = any(_LATE.search(reading) for reading in readings)
    for reading in readings:
        for pattern in (_MINUTES, _HOURS, _THERE_IN, _PART):
            match = pattern.search(reading)
            if match and not _OTHER.search(reading[: match.start()]):
                minutes = _minutes_of(match, pattern)
                coming = bool(match["ahead"]) or not late
                return Delay(minutes, coming) if 0 < minutes <= LONGEST else None
    return None


def _minutes_of(match: re.Match[str], pattern: re.Pattern[str]) -> int:
    if pattern is _PART:
        return _PARTS[match["part"]]
    said = match["number"]
    number = int(said) if said.isdigit() else _NUMBERS[said]
    return number * 60 if pattern is _HOURS else number


def behind(visit: Appointment, delay: Optional[Delay], now: datetime) -> float:
    """Minutes after the start of the visit at which they will be here, as far as they said."""
    if delay is None:
        return 0
    if not delay.coming:
        return delay.minutes
    return (now + timedelta(minutes=delay.minutes) - visit.start) / timedelta(minutes=1)


def _told(turn: Turn, visit: Appointment, delay: Optional[Delay]) -> str:
    facts = {
        "clock": render_clock(visit.start, turn.clinic.timezone, turn.language),
        "practitioner": visit.practitioner(turn.language),
    }
    if delay is None:
        return say("late_told", turn.language, **facts)
    key = "late_told_coming" if delay.coming else "late_told_minutes"
    return say(key, turn.language, minutes=delay.minutes, **facts)


def _no_visit_today(turn: Turn) -> Reply:
    ahead = upcoming_of(turn.conn, turn.clinic.id, turn.conversation.contact_id, turn.now)
    if not ahead:
        return Reply(say("late_none", turn.language), menu_choices(turn.language, "menu_book", "menu_person"))
    text = say(
        "late_none_today",
        turn.language,
        when=render_moment(ahead[0].start, turn.clinic.timezone, turn.language),
        specialty=ahead[0].specialty(turn.language),
        practitioner=ahead[0].practitioner(turn.language),
    )
    return Reply(text, menu_choices(turn.language, "menu_my_visits", "menu_person"))
