"""Patients whose visit cannot take place are offered three other times; nothing of theirs moves until they choose."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Optional, Sequence

from sqlalchemy import insert, select, text
from sqlalchemy.engine import Connection

from clinic.appointments import Appointment, load_appointment
from clinic.attendance import PATIENTS_WISH, cancel_by_clinic
from clinic.consent import may_start
from clinic.conversations import Conversation, load_conversation, lock_conversation
from clinic.database.tables import appointment_events, appointments, contacts, conversations
from clinic.dialogue import Reply, to_bubble
from clinic.leave import Leave, away_at, hit_by
from clinic.menu import menu_choices
from clinic.questions import ask, close_question, load_question
from clinic.replacement_offers import (
    FLOW,
    Pending,
    Talk,
    ask_about,
    facts,
    open_visit_task,
    pending_in,
    settle_visit_tasks,
    standing,
)
from clinic.schedule import Clinic
from clinic.staff import Staff
from clinic.taps import issue
from clinic.tasks import open_task
from clinic.texts import say
from messaging.bubbles import Bubble
from messaging.outbox import queue_bubbles

# Meta lets us write freely for a day after the patient's last message; the last minutes are not counted on.
WINDOW = timedelta(hours=24) - timedelta(minutes=5)
# On record beside the appointment: its patient was offered other times, and because of which leave.
_OFFERED = "other times offered"


@dataclass(frozen=True)
class Outcome:
    """Ids of the visits whose patient was told, has to be called, or for whom nothing at all is free."""

    told: tuple[str, ...] = ()
    to_call: tuple[str, ...] = ()
    nothing_free: tuple[str, ...] = ()

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(self.told + other.told, self.to_call + other.to_call, self.nothing_free + other.nothing_free)


def offer_replacements(
    conn: Connection,
    clinic: Clinic,
    hit: Sequence[Appointment],
    now: datetime,
    *,
    leave: Optional[Leave] = None,
    actor: str = "system",
) -> Outcome:
    """Offer each visit three fitting times, one question a patient; who cannot be written to becomes a task.

    With a `leave` the visits stand until the patient chooses; without one they are visits that the clinic cancelled.
    Who was offered times because of the same leave before is not asked again.
    """
    outcome = Outcome()
    # Two who enter the same leave take turns, so that the second sees who was asked.
    conn.execute(text("SELECT pg_advisory_xact_lock(hashtext(:key))"), {"key": _note(leave) + clinic.id})
    known = offered_for(conn, clinic.id, leave, hit)
    new = sorted((one for one in hit if one.id not in known), key=lambda one: (one.contact_id or "", one.start, one.id))
    for contact_id, visits in groupby(new, key=lambda one: one.contact_id):
        outcome += _offer_to(conn, clinic, contact_id, list(visits), now, leave, actor)
    return outcome


def _offer_to(
    conn: Connection,
    clinic: Clinic,
    contact_id: Optional[str],
    visits: Sequence[Appointment],
    now: datetime,
    leave: Optional[Leave],
    actor: str,
) -> Outcome:
    conversation = _lock_conversation_of(conn, clinic.id, contact_id)
    if conversation is None:
        for visit in visits:
            _record_offer(conn, visit, leave, actor, now, clinic.id)
            open_task(conn, clinic.id, "call_patient", now, patient_id=visit.patient_id, appointment_id=visit.id)
        return Outcome(to_call=tuple(visit.id for visit in visits))
    talk = Talk(conn, clinic, conversation, now)
    pending = {visit.id: Pending(visit.id, leave.id if leave else None) for visit in visits}
    # What the patient decided before we had the chat to ourselves stands.
    waiting = {visit.id: visit for visit in visits if standing(talk, pending[visit.id]) is not None}
    for visit in waiting.values():
        _record_offer(conn, visit, leave, actor, now, clinic.id)
    if not may_write_first(conn, conversation, now):
        for visit in waiting.values():
            open_visit_task(talk, "call_patient", visit)
        return Outcome(to_call=tuple(waiting))
    nothing_free = _write(talk, [pending[id] for id in waiting])
    return Outcome(told=tuple(id for id in waiting if id not in nothing_free), nothing_free=nothing_free)


def _write(talk: Talk, pending: Sequence[Pending]) -> tuple[str, ...]:
    """One bubble now; what was being asked before waits behind it. Returns the visits for which nothing is free."""
    question = load_question(talk.conn, talk.conversation, talk.now)
    earlier = pending_in(question.draft) if question and question.flow == FLOW else []
    asked = ask_about(talk, [*pending, *(one for one in earlier if one not in pending)])
    if asked.reply is not None:
        _say(talk, asked.reply)
    return asked.nothing_free


def _say(talk: Talk, reply: Reply) -> None:
    """Outside a turn: written to the outbox, with its question opened in front of the one that there was."""
    if reply.asks is None:
        queue_bubbles(talk.conn, talk.conversation, [to_bubble(reply)])
        return
    question = load_question(talk.conn, talk.conversation, talk.now)
    behind = question.behind if question else None
    if question is not None and question.flow != FLOW:
        behind = {"flow": question.flow, "kind": question.kind, "draft": dict(question.draft)}
    choices = issue(talk.conn, talk.conversation, FLOW, reply.choices)
    ask(
        talk.conn,
        talk.conversation,
        flow=FLOW,
        kind=reply.asks.kind,
        choices=choices,
        draft=reply.asks.draft,
        now=talk.now,
        behind=behind,
    )
    queue_bubbles(talk.conn, talk.conversation, [to_bubble(replace(reply, choices=choices))])


def cancel_and_tell(
    conn: Connection, clinic: Clinic, member: Staff, appointment_id: str, reason: str, now: datetime, *, seen: str
) -> Outcome:
    """The desk's cancellation, which the patient hears of at once: with three other times, or that it is done as asked.

    Raises WrongState, UnknownReason (clinic/attendance.py).
    """
    # The chat is locked before the visit, as in a turn.
    contact_id = conn.execute(
        select(appointments.c.contact_id).where(
            appointments.c.clinic_id == clinic.id, appointments.c.id == appointment_id
        )
    ).scalar_one_or_none()
    conversation = _lock_conversation_of(conn, clinic.id, contact_id)
    cancel_by_clinic(conn, member, appointment_id, reason, now, seen=seen)
    visit = load_appointment(conn, clinic.id, appointment_id)
    settle_visit_tasks(conn, clinic.id, appointment_id, now)
    if visit.start <= now:
        return Outcome()  # nobody is told of the past
    if reason != PATIENTS_WISH:
        return offer_replacements(conn, clinic, [visit], now, actor=f"staff:{member.id}")
    if conversation is not None and may_write_first(conn, conversation, now):
        talk = Talk(conn, clinic, conversation, now)
        text = say("cancel_done", talk.language, when=facts(talk, visit)["when"])
        choices = issue(conn, conversation, "menu", menu_choices(talk.language, "menu_book"))
        queue_bubbles(conn, conversation, [to_bubble(Reply(text, choices))])
        return Outcome(told=(visit.id,))
    return Outcome()


def withdraw_offers(conn: Connection, clinic: Clinic, leave: Leave, now: datetime) -> Outcome:
    """After the leave was dropped: its open offers are void, and who has not chosen hears that the visit stays.

    Who was still to be called need not be.
    """
    outcome = Outcome()
    hit = hit_by(conn, clinic, leave, now)
    known = offered_for(conn, clinic.id, leave, hit)
    stay = [one for one in hit if one.id in known and not away_at(conn, clinic, one)]
    stay.sort(key=lambda one: (one.contact_id or "", one.start, one.id))
    for contact_id, visits in groupby(stay, key=lambda one: one.contact_id):
        # Who was to be called has not heard of the leave.
        told = [one for one in visits if "call_patient" not in settle_visit_tasks(conn, clinic.id, one.id, now)]
        conversation = _lock_conversation_of(conn, clinic.id, contact_id)
        if told and conversation is not None:
            outcome += _tell_it_stays(Talk(conn, clinic, conversation, now), told, leave)
    return outcome


def _tell_it_stays(talk: Talk, visits: Sequence[Appointment], leave: Leave) -> Outcome:
    ids = tuple(visit.id for visit in visits)
    question = load_question(talk.conn, talk.conversation, talk.now)
    rest: list[Pending] = []
    if question is not None and question.flow == FLOW:
        rest = [one for one in pending_in(question.draft) if one.leave != leave.id]
        # With something behind it, it stays: the next answer settles it and takes the other up again.
        if not rest and not question.behind:
            close_question(talk.conn, talk.conversation)
    if not may_write_first(talk.conn, talk.conversation, talk.now):
        for visit in visits:
            open_visit_task(talk, "call_patient", visit)
        return Outcome(to_call=ids)
    bubbles = [Bubble(say("replacements_stays", talk.language, **facts(talk, visit))) for visit in visits]
    queue_bubbles(talk.conn, talk.conversation, bubbles)
    if rest:
        _write(talk, rest)
    return Outcome(told=ids)


def may_be_told(conn: Connection, clinic_id: str, contact_id: Optional[str], now: datetime) -> bool:
    """What the desk says before it does anything: whether this contact would be written to, or has to be called."""
    conversation = _conversation_of(conn, clinic_id, contact_id)
    return conversation is not None and may_write_first(conn, load_conversation(conn, conversation), now)


def may_write_first(conn: Connection, conversation: Conversation, now: datetime) -> bool:
    """The bot has the chat, the patient has not said stop, and Meta's window is open."""
    last = conn.execute(
        select(contacts.c.last_inbound_at).where(contacts.c.id == conversation.contact_id)
    ).scalar_one_or_none()
    return (
        conversation.owner == "bot"
        and last is not None
        and now - last < WINDOW
        and may_start(conn, conversation.contact_id, "care")
    )


def offered_for(
    conn: Connection, clinic_id: str, leave: Optional[Leave], visits: Sequence[Appointment]
) -> frozenset[str]:
    """Ids of those whose patients were offered other times (or are to be called) because of this leave."""
    query = select(appointment_events.c.appointment_id).where(
        appointment_events.c.clinic_id == clinic_id,
        appointment_events.c.appointment_id.in_([one.id for one in visits]),
        appointment_events.c.note == _note(leave),
    )
    return frozenset(conn.execute(query).scalars())


def _note(leave: Optional[Leave]) -> str:
    return f"{_OFFERED}: {leave.id if leave else 'cancelled'}"


def _record_offer(
    conn: Connection, visit: Appointment, leave: Optional[Leave], actor: str, now: datetime, clinic_id: str
) -> None:
    values = {"status": visit.status, "actor": actor, "note": _note(leave), "created_at": now}
    conn.execute(insert(appointment_events).values(clinic_id=clinic_id, appointment_id=visit.id, **values))


def _lock_conversation_of(conn: Connection, clinic_id: str, contact_id: Optional[str]) -> Optional[Conversation]:
    """Locked before anything of it is read, as a turn does."""
    found = _conversation_of(conn, clinic_id, contact_id)
    return lock_conversation(conn, found) if found else None


def _conversation_of(conn: Connection, clinic_id: str, contact_id: Optional[str]) -> Optional[str]:
    """The id of the chat in which they wrote last."""
    if contact_id is None:
        return None
    query = (
        select(conversations.c.id)
        .where(conversations.c.clinic_id == clinic_id, conversations.c.contact_id == contact_id)
        .order_by(conversations.c.last_message_at.desc().nullslast(), conversations.c.id)
        .limit(1)
    )
    return conn.execute(query).scalar_one_or_none()
