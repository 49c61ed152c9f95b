"""What a patient is asked whose visit cannot take place, and which of it still stands when they answer."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Mapping, Optional, Sequence

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from clinic.appointments import UPCOMING_STATUSES, Appointment, AppointmentGone, load_appointment
from clinic.conversations import Conversation
from clinic.database.tables import appointments, tasks
from clinic.dialogue import Asks, Reply
from clinic.leave import load_leave, standing_in
from clinic.questions import Choice
from clinic.replacement_times import MOST_OFFERED, TimeKey, Wanted, fitting_times, key_of, times_on_offer, wanted
from clinic.schedule import Clinic, Slot
from clinic.tasks import open_task
from clinic.texts import say
from clinic.times import render_moment, render_row

FLOW = "replacements"
# Kinds of the question, and of what can be chosen.
TIMES, WISH, CANCEL = "replacement_time", "replacement_wish", "replacement_cancel"
# WhatsApp shows ten rows; two are kept for "other times" and "cancel".
MOST_MORE = 6
_NOT_THAT_DAY = {"practitioner_away": "practitioner"}  # for any other reason nobody works then


@dataclass(frozen=True)
class Talk:
    """With whom, where and when."""

    conn: Connection
    clinic: Clinic
    conversation: Conversation
    now: datetime

    @property
    def language(self) -> str:
        return self.conversation.language


@dataclass(frozen=True)
class Pending:
    """A visit that waits for its patient's choice. `leave` is None when the clinic has cancelled it."""

    appointment: str
    leave: Optional[str] = None
    waived: bool = False  # the patient has released the promises
    seen: tuple[TimeKey, ...] = ()  # times shown before
    date: Any = None  # as When.date and When.time: asked for in words
    time: Any = None

    def to_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Pending:
        seen = tuple((practitioner, start) for practitioner, start in stored.get("seen", ()))
        return cls(**{**stored, "seen": seen})

    @property
    def value(self) -> dict[str, Any]:
        """What a tap carries, so that an older bubble still says what it is about."""
        return {"appointment": self.appointment, "leave": self.leave}


@dataclass(frozen=True)
class Asked:
    """`reply` is None when nothing is left to ask or to say; `nothing_free` are the visits that got a task instead."""

    reply: Optional[Reply]
    nothing_free: tuple[str, ...] = ()


def pending_in(draft: Mapping[str, Any]) -> list[Pending]:
    return [Pending.from_json(one) for one in draft.get("visits", ())]


def ask_about(talk: Talk, visits: Sequence[Pending], *, intro: Optional[str] = None, most: int = MOST_OFFERED) -> Asked:
    """The question about the first of these that still waits; the rest wait behind it in the draft.

    `intro` is the key of the words above the times, in place of the whole story.
    """
    for place, pending in enumerate(visits):
        visit = standing(talk, pending)
        if visit is None:
            continue
        rest = visits[place + 1 :]
        question = _question(talk, visit, pending, rest, intro, most)
        if question is not None:
            return Asked(question)
        open_visit_task(talk, "find_time", visit)
        sorry = Reply(say("replacements_nothing_free", talk.language, **facts(talk, visit)))
        later = ask_about(talk, rest)
        return Asked(sorry.then(later.reply) if later.reply else sorry, (visit.id, *later.nothing_free))
    return Asked(None)


def _question(
    talk: Talk, visit: Appointment, pending: Pending, rest: Sequence[Pending], intro: Optional[str], most: int
) -> Optional[Reply]:
    """Times that keep every promise; or whether they may be released; None when nothing at all is free."""
    wish = _wanted(pending, visit, cancelled_because(talk.conn, talk.clinic.id, visit.id))
    others = times_on_offer(talk.conn, talk.clinic.id, FLOW, talk.now, but=(talk.conversation.id,))

    def times(wish: Wanted) -> list[Slot]:
        return fitting_times(talk.conn, talk.clinic, wish, talk.now, most=most, offered=others)

    slots = times(wish)
    if slots:
        return _times(talk, visit, pending, rest, slots, intro)
    if pending.seen or pending.date or pending.time:
        # Not what was asked for, or all was shown: begin again with everything there is.
        return _question(
            talk, visit, replace(pending, seen=(), date=None, time=None), rest, "replacements_no_more", most
        )
    if wish.wishes and times(wish.without(*wish.wishes)):
        return _may_wish_go(talk, visit, pending, rest)
    return None


def _times(
    talk: Talk,
    visit: Appointment,
    pending: Pending,
    rest: Sequence[Pending],
    slots: Sequence[Slot],
    intro: Optional[str],
) -> Reply:
    language = talk.language
    told = "replacements_away" if pending.leave else "replacements_cancelled"
    give_up = "replacements_cancel" if pending.leave else "replacements_no_need"
    choices = [
        Choice(
            render_row(slot.start, talk.now, talk.clinic.timezone, language),
            {**pending.value, **_time_value(talk, slot)},
            "time",
            slot.practitioner.name(language),
        )
        for slot in slots
    ]
    choices.append(Choice(say("replacements_others", language), pending.value, "others"))
    choices.append(Choice(say(give_up, language), pending.value, "cancel"))
    shown = replace(pending, seen=tuple(dict.fromkeys((*pending.seen, *map(key_of, slots)))))
    return Reply(
        say(intro or told, language, **facts(talk, visit)),
        tuple(choices),
        say("replacements_button", language),
        _asks(TIMES, shown, rest),
    )


def _time_value(talk: Talk, slot: Slot) -> dict[str, str]:
    """`date` and `clock` are the clinic's, for an answer in words."""
    practitioner, start = key_of(slot)
    local = slot.start.astimezone(talk.clinic.zone)
    clock = local.strftime("%H:%M")
    return {"practitioner": practitioner, "start": start, "date": local.date().isoformat(), "clock": clock}


def _may_wish_go(talk: Talk, visit: Appointment, pending: Pending, rest: Sequence[Pending]) -> Reply:
    language = talk.language
    choices = (
        Choice(say("replacements_any_doctor", language), pending.value, "any_doctor"),
        Choice(say("replacements_call_me", language), pending.value, "call"),
        Choice(
            say("replacements_cancel" if pending.leave else "replacements_no_need", language), pending.value, "cancel"
        ),
    )
    key = "replacements_wish_away" if pending.leave else "replacements_wish_cancelled"
    return Reply(say(key, language, **facts(talk, visit)), choices, asks=_asks(WISH, pending, rest))


def confirm_cancel(talk: Talk, visit: Appointment, pending: Pending, rest: Sequence[Pending]) -> Reply:
    """ "Forget it" may mean the visit or the question."""
    choices = (
        Choice(say("cancel_yes", talk.language), pending.value, "cancel"),
        Choice(say("replacements_others", talk.language), pending.value, "others"),
    )
    return Reply(say("cancel_confirm", talk.language, **facts(talk, visit)), choices, asks=_asks(CANCEL, pending, rest))


def _asks(kind: str, pending: Pending, rest: Sequence[Pending]) -> Asks:
    return Asks(FLOW, kind, {"visits": [one.to_json() for one in (pending, *rest)]})


def _wanted(pending: Pending, visit: Appointment, reason: Optional[str]) -> Wanted:
    wish = wanted(visit)
    wish = wish.without(*wish.wishes) if pending.waived else wish
    not_that_day = None if pending.leave else _NOT_THAT_DAY.get(reason or "", "clinic")
    return replace(wish, seen=frozenset(pending.seen), date=pending.date, time=pending.time, not_that_day=not_that_day)


def standing(talk: Talk, pending: Pending) -> Optional[Appointment]:
    """The visit, while it is this contact's and still waits for a choice."""
    visit = _own(talk, pending)
    if visit is None:
        return None
    if pending.leave is None:
        reason = cancelled_because(talk.conn, talk.clinic.id, visit.id)
        waits = reason is not None and replaced_by(talk, visit) is None
        return visit if waits else None
    leave = load_leave(talk.conn, talk.clinic.id, pending.leave)
    if leave is None or visit.status not in UPCOMING_STATUSES or visit.start <= talk.now:
        return None
    return visit if standing_in(talk.conn, talk.clinic, leave, [visit]) else None


def what_became(talk: Talk, pending: Pending) -> str:
    """In words, of a visit that waits for no choice any more."""
    visit = _own(talk, pending)
    if visit is not None and pending.leave is None:
        visit = replaced_by(talk, visit)
    if visit is None or visit.status not in UPCOMING_STATUSES or visit.start <= talk.now:
        return say("visits_gone", talk.language)
    return say("replacements_settled", talk.language, **facts(talk, visit))


def cancelled_because(conn: Connection, clinic_id: str, appointment_id: str) -> Optional[str]:
    """The clinic's reason (attendance.REASONS); None when the clinic has not cancelled it."""
    query = select(appointments.c.cancelled_reason).where(
        appointments.c.clinic_id == clinic_id,
        appointments.c.id == appointment_id,
        appointments.c.status == "cancelled",
        appointments.c.cancelled_by == "clinic",
    )
    return conn.execute(query).scalar_one_or_none()


def replaced_by(talk: Talk, cancelled: Appointment) -> Optional[Appointment]:
    """The visit that the patient chose in place of one that the clinic cancelled."""
    query = select(appointments.c.id).where(
        appointments.c.clinic_id == talk.clinic.id, appointments.c.idempotency_key == replacement_key(cancelled.id)
    )
    found = talk.conn.execute(query).scalar_one_or_none()
    return load_appointment(talk.conn, talk.clinic.id, found) if found else None


def replacement_key(appointment_id: str) -> str:
    """One cancelled visit is replaced once."""
    return f"replacement:{appointment_id}"


def _own(talk: Talk, pending: Pending) -> Optional[Appointment]:
    try:
        visit = load_appointment(talk.conn, talk.clinic.id, pending.appointment)
    except AppointmentGone:
        return None
    return visit if visit.contact_id == talk.conversation.contact_id else None


def facts(talk: Talk, visit: Appointment) -> dict[str, str]:
    language = talk.language
    return {
        "clinic": talk.clinic.name(language),
        "specialty": visit.specialty(language),
        "practitioner": visit.practitioner(language),
        "when": render_moment(visit.start, talk.clinic.timezone, language),
        "patient": visit.patient_name or "",
    }


def open_visit_task(talk: Talk, kind: str, visit: Appointment) -> None:
    open_task(
        talk.conn,
        talk.clinic.id,
        kind,
        talk.now,
        conversation_id=talk.conversation.id,
        patient_id=visit.patient_id,
        appointment_id=visit.id,
    )


def settle_visit_tasks(conn: Connection, clinic_id: str, appointment_id: str, now: datetime) -> frozenset[str]:
    """Nobody has to call about it or look for a time any more. Returns the kinds of the tasks that this ends."""
    ended = conn.execute(
        update(tasks)
        .where(
            tasks.c.clinic_id == clinic_id,
            tasks.c.appointment_id == appointment_id,
            tasks.c.kind.in_(("call_patient", "find_time")),
            tasks.c.done_at.is_(None),
        )
        .values(done_at=now)
        .returning(tasks.c.kind)
    )
    return frozenset(ended.scalars())
