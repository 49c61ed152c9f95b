"""The patient's answer to the three times: one is taken, others are asked for, a promise is released, or given up."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Mapping, Optional, Sequence

from sqlalchemy import update

from clinic.appointments import (
    Appointment,
    AppointmentGone,
    SlotTaken,
    book_slot,
    cancel_appointment,
    load_appointment,
    move_appointment,
)
from clinic.database.tables import appointments
from clinic.dialogue import CONFIDENT, Message, Reply, Turn
from clinic.menu import menu_choices
from clinic.questions import OpenQuestion
from clinic.replacement_offers import (
    CANCEL,
    FLOW,
    MOST_MORE,
    TIMES,
    Pending,
    Talk,
    ask_about,
    confirm_cancel,
    facts,
    open_visit_task,
    pending_in,
    replacement_key,
    settle_visit_tasks,
    standing,
    what_became,
)
from clinic.replacement_times import free_time_at, promises_kept
from clinic.schedule import Slot
from clinic.short_answers import choice_said, says_no, says_not, says_stop, says_yes
from clinic.texts import say

_KINDS = ("time", "others", "any_doctor", "call", "cancel")
# What a patient says who means this question, if loosely.
_OWN_INTENTS = frozenset(
    {"book_appointment", "reschedule_appointment", "affirm", "deny", "check_appointment", "nlu_fallback"}
)


class ReplacementsFlow:
    """One visit after the other, each with its own question."""

    def answer(self, turn: Turn, question: Optional[OpenQuestion]) -> Optional[Reply]:
        talk = _talk(turn)
        visits = pending_in(question.draft) if question else []
        tap = turn.message.tap
        if tap is not None:
            return self._chosen(turn, talk, visits, tap.kind, tap.value) if tap.kind in _KINDS else None
        if question is None or not visits:
            return None
        said = _read(question, turn.message)
        if said is None:
            return self._at_another_time(turn, talk, visits, question)
        kind, value = said
        if kind == "may_cancel":
            visit = standing(talk, visits[0])
            return confirm_cancel(talk, visit, visits[0], visits[1:]) if visit else self._settled(turn, talk, visits)
        return self._chosen(turn, talk, visits, kind, value or visits[0].value)

    def resume(self, turn: Turn, draft: Mapping[str, Any]) -> Optional[Reply]:
        return ask_about(_talk(turn), pending_in(draft)).reply

    def _chosen(
        self, turn: Turn, talk: Talk, visits: Sequence[Pending], kind: str, value: Mapping[str, Any]
    ) -> Optional[Reply]:
        """Of the visit that the choice is about, which an older bubble may have been; the others wait on."""
        pending = next(
            (one for one in visits if one.value == {"appointment": value["appointment"], "leave": value["leave"]}),
            Pending(value["appointment"], value["leave"]),
        )
        rest = [one for one in visits if one.appointment != pending.appointment]
        visit = standing(talk, pending)
        if visit is None:
            return self._settled(turn, talk, [pending, *rest])
        if kind == "time":
            return self._take(turn, talk, visit, pending, rest, value)
        if kind == "others":
            return ask_about(talk, [pending, *rest], intro="replacements_more", most=MOST_MORE).reply
        if kind == "any_doctor":
            return ask_about(talk, [replace(pending, waived=True), *rest], intro="replacements_more").reply
        if kind == "call":
            open_visit_task(talk, "find_time", visit)
            return self._then(turn, talk, Reply(say("replacements_called", talk.language)), rest)
        return self._give_up(turn, talk, visit, pending, rest)

    def _take(
        self,
        turn: Turn,
        talk: Talk,
        visit: Appointment,
        pending: Pending,
        rest: Sequence[Pending],
        value: Mapping[str, Any],
    ) -> Optional[Reply]:
        start = datetime.fromisoformat(value["start"])
        slot = free_time_at(talk.conn, talk.clinic, visit, value["practitioner"], start, talk.now)
        try:
            new = _put(talk, visit, pending, slot) if slot else None
        except SlotTaken:
            new = None
        if new is None:
            return ask_about(talk, [pending, *rest], intro="replacements_taken").reply
        settle_visit_tasks(talk.conn, talk.clinic.id, visit.id, talk.now)
        return self._then(turn, talk, Reply(say("replacements_done", talk.language, **facts(talk, new))), rest)

    def _give_up(
        self, turn: Turn, talk: Talk, visit: Appointment, pending: Pending, rest: Sequence[Pending]
    ) -> Optional[Reply]:
        if pending.leave is None:
            return self._then(turn, talk, Reply(say("replacements_not_needed", talk.language)), rest)
        try:
            cancel_appointment(
                talk.conn, talk.clinic.id, talk.conversation.contact_id, visit.id, talk.now, reason="practitioner_away"
            )
        except AppointmentGone:
            return self._settled(turn, talk, [pending, *rest])
        settle_visit_tasks(talk.conn, talk.clinic.id, visit.id, talk.now)
        text = say("replacements_given_up", talk.language, **facts(talk, visit))
        return self._then(turn, talk, Reply(text, menu_choices(talk.language, "menu_book")), rest)

    def _at_another_time(
        self, turn: Turn, talk: Talk, visits: Sequence[Pending], question: OpenQuestion
    ) -> Optional[Reply]:
        """ "Sunday evening?": the times of then, if the message gives one and means nothing else."""
        message = turn.message
        if question.kind != TIMES or not message.when or _means_something_else(message):
            return None
        asked = replace(visits[0], seen=(), date=message.when.date, time=message.when.time)
        return ask_about(talk, [asked, *visits[1:]], intro="replacements_then", most=MOST_MORE).reply

    def _settled(self, turn: Turn, talk: Talk, visits: Sequence[Pending]) -> Reply:
        return self._then(turn, talk, Reply(what_became(talk, visits[0])), visits[1:])

    def _then(self, turn: Turn, talk: Talk, reply: Reply, rest: Sequence[Pending]) -> Reply:
        later = ask_about(talk, rest).reply
        if later is not None:
            reply = reply.then(later)
        # Another flow's question stays open under the answer to a tap on an older bubble of ours.
        ours = turn.open_question is not None and turn.open_question.flow == FLOW
        return replace(reply, closes=ours and reply.asks is None)


def _talk(turn: Turn) -> Talk:
    return Talk(turn.conn, turn.clinic, turn.conversation, turn.now)


def _means_something_else(message: Message) -> bool:
    return message.intent not in _OWN_INTENTS and message.confidence >= CONFIDENT


def _read(question: OpenQuestion, message: Message) -> Optional[tuple[str, Optional[Mapping[str, Any]]]]:
    """(kind, value) of what was chosen in words; the value is None where it is about the visit as a whole."""
    choice = choice_said(message.text, question.choices, by_place=question.kind != CANCEL)
    if choice is not None:
        return choice.kind, choice.value
    if question.kind == CANCEL:
        agrees = message.intent in ("affirm", "cancel_appointment") and not says_not(message.text)
        if says_yes(message.text) or agrees:
            return "cancel", None
        if says_no(message.text) or message.intent == "deny":
            return "others", None
    if says_stop(message.text) or (message.intent == "cancel_appointment" and message.confidence >= CONFIDENT):
        return "may_cancel", None
    if says_no(message.text) or (message.intent == "deny" and not message.when):
        return ("others" if question.kind == TIMES else "call"), None
    if question.kind == TIMES:
        return _one_offered(question, message)
    if says_yes(message.text) or message.intent == "affirm":
        return "any_doctor", None
    return None


def _one_offered(question: OpenQuestion, message: Message) -> Optional[tuple[str, Mapping[str, Any]]]:
    """A clock time, with or without its day, that names exactly one of the offered times."""
    if not isinstance(message.when.time, str) or _means_something_else(message):
        return None
    fitting = [
        choice
        for choice in question.choices
        if choice.kind == "time"
        and choice.value["clock"] == message.when.time
        and message.when.date in (None, choice.value["date"])
    ]
    return ("time", fitting[0].value) if len(fitting) == 1 else None


def _put(talk: Talk, visit: Appointment, pending: Pending, slot: Slot) -> Appointment:
    """The visit at its new time; a move that the clinic caused is none of the patient's own. Raises SlotTaken."""
    conn, clinic, contact_id = talk.conn, talk.clinic, talk.conversation.contact_id
    kept = {name: wish for name, wish in visit.wishes.items() if promises_kept(slot.practitioner, {name: wish})}
    if pending.leave is None:
        assert visit.patient_id is not None  # only holds have none
        new = book_slot(
            conn,
            clinic.id,
            contact_id,
            visit.specialty_id,
            visit.patient_id,
            slot,
            talk.now,
            idempotency_key=replacement_key(visit.id),
            service_id=visit.service_id,
            wishes=kept,
        )
        return load_appointment(conn, clinic.id, new)
    move_appointment(conn, clinic.id, contact_id, visit.id, slot, talk.now, actor="patient")
    conn.execute(
        update(appointments)
        .where(appointments.c.clinic_id == clinic.id, appointments.c.id == visit.id)
        .values(wishes=kept, moves=visit.moves)
    )
    return load_appointment(conn, clinic.id, visit.id)


REPLACEMENTS = ReplacementsFlow()
