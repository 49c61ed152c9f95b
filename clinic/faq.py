"""Questions with one answer. From the schedule where it knows, else the clinic's own text, else a person."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Callable, Optional

from babel.dates import format_date
from sqlalchemy import select

from clinic.database.tables import faq_answers, insurers
from clinic.dialogue import Reply, Turn
from clinic.menu import menu_choices
from clinic.schedule import (
    Practitioner,
    bookable_specialties,
    practitioners_of,
    session_range,
    sessions_of,
)
from clinic.texts import say
from clinic.times import render_clock

# The week as the region reads it.
_SUNDAY_FIRST = (6, 0, 1, 2, 3, 4, 5)


def answer_faq(turn: Turn, topic: str) -> Reply:
    """`topic` is the intent without `faq_`."""
    live = _LIVE.get(topic)
    text = (live(turn) if live else None) or clinic_text(turn, topic)
    if text is None:
        return Reply(say("faq_no_text", turn.language), hands_over="request")
    choices = menu_choices(turn.language, "menu_book") if topic in _LEADS_TO_BOOKING else ()
    return Reply(text, choices)


def clinic_text(turn: Turn, topic: str) -> Optional[str]:
    """What the clinic wrote itself, in the patient's language."""
    return turn.conn.execute(
        select(faq_answers.c.text).where(
            faq_answers.c.clinic_id == turn.clinic.id,
            faq_answers.c.topic == topic,
            faq_answers.c.language == turn.language,
        )
    ).scalar_one_or_none()


def _hours(turn: Turn) -> Optional[str]:
    """The hours in which any practitioner sees patients, merged, day by day."""
    doctors = [doctor.id for doctor in practitioners_of(turn.conn, turn.clinic.id)]
    sessions = sessions_of(turn.conn, turn.clinic.id, doctors)
    if not sessions:
        return None
    monday = turn.now.astimezone(turn.clinic.zone).date()
    monday -= timedelta(days=monday.weekday())
    lines = []
    for weekday in _SUNDAY_FIRST:
        day = monday + timedelta(days=weekday)
        ranges = merge([session_range(one, day, turn.clinic.zone) for one in sessions if one.weekday == weekday])
        lines.append(
            say("faq_hours_line", turn.language, day=_weekday(day, turn.language), sessions=_clocks(turn, ranges))
        )
    return say("faq_hours", turn.language, clinic=turn.clinic.name(turn.language), hours="\n".join(lines))


def merge(ranges: list) -> list:
    """Ranges that touch or overlap become one."""
    merged: list = []
    for start, end in sorted(ranges):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _clocks(turn: Turn, ranges: list) -> str:
    if not ranges:
        return say("faq_hours_closed", turn.language)
    zone, language = turn.clinic.timezone, turn.language
    separator = "، " if language == "ar" else ", "
    return separator.join(
        f"{render_clock(start, zone, language)} – {render_clock(end, zone, language)}" for start, end in ranges
    )


def _weekday(day: date, language: str) -> str:
    return format_date(day, "EEEE", locale="ar_EG" if language == "ar" else "en_GB")


def _location(turn: Turn) -> str:
    clinic = turn.clinic
    return say(
        "faq_location",
        turn.language,
        clinic=clinic.name(turn.language),
        address=clinic.address(turn.language),
        map=clinic.map_url or "",
    ).strip()


def _prices(turn: Turn) -> str:
    specialties = bookable_specialties(turn.conn, turn.clinic.id)
    asked = turn.message.first("specialty")

    def price(amount: Optional[float]) -> str:
        return (
            say("faq_price_unknown", turn.language) if amount is None else f"{float(amount):g} {turn.clinic.currency}"
        )

    for one in specialties:
        if asked and one.code == asked.value and one.price is not None:
            return say("faq_prices_one", turn.language, specialty=one.name(turn.language), price=price(one.price))
    lines = [
        say("faq_price_line", turn.language, specialty=one.name(turn.language), price=price(one.price))
        for one in specialties
    ]
    return say("faq_prices", turn.language, prices="\n".join(lines))


def _insurance(turn: Turn) -> Optional[str]:
    language = turn.language
    rows = turn.conn.execute(
        select(insurers.c.code, insurers.c.name_en, insurers.c.name_ar)
        .where(insurers.c.clinic_id == turn.clinic.id)
        .order_by(insurers.c.name_en)
    ).all()
    if not rows:
        return None
    names = {row.code: row.name_ar if language == "ar" else row.name_en for row in rows}
    listed = ("، " if language == "ar" else ", ").join(names.values())
    asked = turn.message.first("insurer")
    if asked is None:
        return say("faq_insurance", language, insurers=listed)
    if asked.value in names:
        return say("faq_insurance_yes", language, insurer=names[asked.value])
    return say("faq_insurance_no", language, insurer=asked.text, insurers=listed)


def _doctors(turn: Turn) -> str:
    return say("faq_doctors", turn.language, doctors=_doctor_lines(turn, lambda doctor: True))


def _female_doctor(turn: Turn) -> str:
    lines = _doctor_lines(turn, lambda doctor: doctor.gender == "female")
    return (
        say("faq_female_doctor", turn.language, doctors=lines)
        if lines
        else say("faq_female_doctor_none", turn.language)
    )


def _doctor_lines(turn: Turn, wanted: Callable[[Practitioner], bool]) -> str:
    """A line a practitioner with their specialties; only the asked specialty's, if one was named."""
    asked = turn.message.first("specialty")
    fields: dict[Practitioner, list[str]] = {}
    specialties = bookable_specialties(turn.conn, turn.clinic.id)
    named = [one for one in specialties if asked and one.code == asked.value]
    for specialty in named or specialties:
        for doctor in practitioners_of(turn.conn, turn.clinic.id, specialty.id):
            if wanted(doctor):
                fields.setdefault(doctor, []).append(specialty.name(turn.language))
    separator = "، " if turn.language == "ar" else ", "
    return "\n".join(
        say(
            "faq_doctor_line", turn.language, practitioner=doctor.name(turn.language), specialties=separator.join(names)
        )
        for doctor, names in fields.items()
    )


def _services(turn: Turn) -> str:
    names = [one.name(turn.language) for one in bookable_specialties(turn.conn, turn.clinic.id)]
    return say("faq_services", turn.language, specialties=("، " if turn.language == "ar" else ", ").join(names))


def _contact(turn: Turn) -> Optional[str]:
    return say("faq_contact", turn.language, phone=turn.clinic.phone) if turn.clinic.phone else None


_LIVE: dict[str, Callable[[Turn], Optional[str]]] = {
    "hours": _hours,
    "location": _location,
    "prices": _prices,
    "insurance": _insurance,
    "doctors": _doctors,
    "female_doctor": _female_doctor,
    "services": _services,
    "contact": _contact,
}
_LEADS_TO_BOOKING = frozenset({"prices", "doctors", "female_doctor", "services", "insurance"})
