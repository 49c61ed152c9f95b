"""A place on the waitlist, confirmed in words: what is waited for, and how to leave."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any, Mapping, Optional

from babel import Locale
from sqlalchemy.engine import Connection

from clinic.conversations import Conversation
from clinic.schedule import Clinic, practitioners_of
from clinic.settings import load_booking_policy
from clinic.texts import say
from clinic.times import render_clock, render_date, render_moment
from clinic.waitlist import Entry, join_queue


def join(
    conn: Connection,
    clinic: Clinic,
    conversation: Conversation,
    specialty_id: str,
    patient_id: str,
    now: datetime,
    *,
    service_id: Optional[str] = None,
    practitioner_id: Optional[str] = None,
    appointment_id: Optional[str] = None,
    wishes: Optional[Mapping[str, Any]] = None,
) -> str:
    """Take a place on the waitlist, or change the wish of the one that is there; returns what to say.

    `wishes`: {"gender", "language", "date", "time"}, the last two as in `When`. With `appointment_id` an earlier time
    moves that visit, else it becomes a new one.
    """
    entry = join_queue(
        conn,
        clinic,
        conversation.contact_id,
        conversation.id,
        specialty_id,
        patient_id,
        load_booking_policy(conn, clinic.id),
        now,
        service_id=service_id,
        practitioner_id=practitioner_id,
        appointment_id=appointment_id,
        wishes=wishes,
    )
    return joined_text(conn, clinic, conversation, entry, now)


def joined_text(conn: Connection, clinic: Clinic, conversation: Conversation, entry: Entry, now: datetime) -> str:
    language = conversation.language
    facts = {"specialty": entry.specialty.name(language), "patient": entry.patient.name}
    if entry.contact_id != conversation.contact_id:
        return say("waitlist_with_other_number", language, **facts)
    wishes = "".join(f"\n{line}" for line in wish_lines(conn, clinic, language, entry))
    if entry.visit is not None:
        when = render_moment(entry.visit.start, clinic.timezone, language)
        text = say("waitlist_joined_visit", language, **facts, wishes=wishes, when=when)
    else:
        text = say("waitlist_joined_new", language, **facts, wishes=wishes)
    return text if entry.joined_at == now else f"{say('waitlist_changed', language)}\n{text}"


def wish_lines(conn: Connection, clinic: Clinic, language: str, entry: Entry) -> list[str]:
    """What an offer will keep to, a line each."""
    wishes, lines = entry.wishes, []
    if entry.practitioner_id is not None:
        doctors = practitioners_of(conn, clinic.id, entry.specialty.id)
        names = [doctor.name(language) for doctor in doctors if doctor.id == entry.practitioner_id]
        lines += [say("waitlist_wish_doctor", language, practitioner=name) for name in names]
    if "gender" in wishes:
        lines.append(say(f"waitlist_wish_{wishes['gender']}", language))
    if "language" in wishes:
        spoken = Locale(language).languages.get(wishes["language"], wishes["language"])
        lines.append(say("waitlist_wish_language", language, spoken=spoken))
    days = _ends(wishes.get("date"), lambda day: render_date(datetime.fromisoformat(day).date(), language))
    clocks = _ends(wishes.get("time"), lambda clock: _clock(clock, clinic, language))
    return (
        lines
        + _range("waitlist_wish_day", "day", language, days)
        + _range("waitlist_wish_clock", "clock", language, clocks)
    )


def _clock(value: str, clinic: Clinic, language: str) -> str:
    # Any day will do: the clinic's own zone is the one it is written in.
    return render_clock(
        datetime.combine(datetime.min.replace(year=2000), time.fromisoformat(value), clinic.zone),
        clinic.timezone,
        language,
    )


def _ends(wish: Any, render: Any) -> Any:
    if wish is None or isinstance(wish, str):
        return wish and render(wish)
    return tuple(end and render(end) for end in wish)


def _range(key: str, name: str, language: str, ends: Any) -> list[str]:
    """One line for a moment, or for a range with or without its ends."""
    if ends is None:
        return []
    if isinstance(ends, str):
        return [say(key, language, **{name: ends})]
    first, last = ends
    if first and last:
        return [say(f"{key}s", language, first=first, last=last)]
    if first:
        return [say(f"{key}s_from", language, first=first)]
    return [say(f"{key}s_until", language, last=last)] if last else []
