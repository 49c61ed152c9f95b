"""A contact's own visits in the chat: which there are, moving one, cancelling some."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, Mapping, Optional, Sequence

from clinic.appointments import Appointment, AppointmentGone, cancel_appointment, upcoming_of
from clinic.booking_answers import names_a_visit
from clinic.booking_drafts import draft_of, read_wish
from clinic.booking_flow import BOOKING, RESCHEDULING
from clinic.booking_limits import beyond_limits
from clinic.dialogue import CONFIDENT, Asks, Message, Reply, Turn
from clinic.menu import menu_choices
from clinic.questions import Choice, OpenQuestion
from clinic.settings import load_booking_policy
from clinic.short_answers import choice_said, says_cancel, says_no, says_not, says_stop, says_yes
from clinic.texts import say
from clinic.times import render_moment, render_row
from clinic.visits_meant import meant_by, says_all, says_another
from clinic.waitlist_flow import left_in_words

MOST_ROWS = 10


def check_appointment(turn: Turn) -> Reply:
    visits = _upcoming(turn)
    if not visits:
        return _none(turn)
    meant = meant_by(turn, visits) or visits
    return Reply(say("visits_list", turn.language, visits=_lines(turn, meant)))


def reschedule_appointment(turn: Turn) -> Reply:
    if says_another(turn.message.text):
        return BOOKING.begin(turn)
    return VISITS_TO_MOVE.begin(turn)


def cancel_visit(turn: Turn) -> Reply:
    return left_in_words(turn) or VISITS_TO_CANCEL.begin(turn)


def facts(turn: Turn, visit: Appointment) -> dict[str, str]:
    return {
        "specialty": visit.specialty(turn.language),
        "practitioner": visit.practitioner(turn.language),
        "when": render_moment(visit.start, turn.clinic.timezone, turn.language),
        "patient": visit.patient_name or "",
    }


def _lines(turn: Turn, visits: Sequence[Appointment]) -> str:
    return "\n".join(say("visits_line", turn.language, **facts(turn, visit)) for visit in visits)


def _upcoming(turn: Turn) -> list[Appointment]:
    return upcoming_of(turn.conn, turn.clinic.id, turn.conversation.contact_id, turn.now)


def _none(turn: Turn) -> Reply:
    """Who has no visit and names a specialty wants one, unless the message is clear that it is about an old one."""
    if turn.message.confidence < CONFIDENT and names_a_visit(turn.message):
        return BOOKING.begin(turn)
    return Reply(say("visits_none", turn.language), menu_choices(turn.language, "menu_book", "menu_person"))


class VisitFlow:
    """Which visit is meant, then what is to become of it."""

    def __init__(self, name: str, question_key: str) -> None:
        self.name = name
        self._question_key = question_key

    def begin(self, turn: Turn) -> Reply:
        visits = _upcoming(turn)
        if not visits:
            return _none(turn)
        meant = meant_by(turn, visits)
        if len(meant or visits) == 1:
            return self.with_visits(turn, meant or visits)
        return self._which(turn, meant or visits)

    def _which(self, turn: Turn, visits: Sequence[Appointment], wish: Optional[Mapping[str, Any]] = None) -> Reply:
        asks = Asks(self.name, "appointment", self.wish(turn) if wish is None else wish)
        choices = tuple(_row(turn, visit) for visit in visits[:MOST_ROWS])
        return Reply(say(self._question_key, turn.language), choices, say("visits_button", turn.language), asks)

    def wish(self, turn: Turn) -> Mapping[str, Any]:
        """What else the first message said, kept until the visit is known."""
        return {}

    def with_visits(self, turn: Turn, visits: Sequence[Appointment], wish: Optional[Mapping[str, Any]] = None) -> Reply:
        raise NotImplementedError

    def answer(self, turn: Turn, question: Optional[OpenQuestion]) -> Optional[Reply]:
        if says_stop(turn.message.text) and turn.message.tap is None:
            return Reply(say("cancel_kept", turn.language), closes=True)
        visits = _upcoming(turn)
        chosen = _chosen(turn, visits, question)
        if chosen is None:
            return None
        if not chosen:
            return Reply(say("visits_gone", turn.language), closes=True)
        return self.with_visits(turn, chosen, question.draft if question else None)

    def resume(self, turn: Turn, draft: Mapping[str, Any]) -> Optional[Reply]:
        visits = _upcoming(turn)
        if "appointments" in draft:
            # What it was about, and nothing else that is left.
            visits = [visit for visit in visits if visit.id in draft["appointments"]]
            reply = self.with_visits(turn, visits, draft) if visits else None
        else:
            reply = self._which(turn, visits, draft) if len(visits) > 1 else None
            reply = self.with_visits(turn, visits, draft) if len(visits) == 1 else reply
        if reply is None:
            return None
        return replace(reply, text=f"{say('visits_resumed', turn.language)}\n{reply.text}")


def _row(turn: Turn, visit: Appointment) -> Choice:
    title = render_row(visit.start, turn.now, turn.clinic.timezone, turn.language)
    about = f"{visit.specialty(turn.language)} · {visit.patient_name}"[:72]
    return Choice(title, {"appointment": visit.id}, "appointment", about)


class _ToMove(VisitFlow):
    def answer(self, turn: Turn, question: Optional[OpenQuestion]) -> Optional[Reply]:
        meant = _chosen(turn, _upcoming(turn), question) or ()
        return (
            self._which(turn, meant, question.draft) if question and len(meant) > 1 else super().answer(turn, question)
        )

    def wish(self, turn: Turn) -> Mapping[str, Any]:
        return read_wish(turn.message)

    def with_visits(self, turn: Turn, visits: Sequence[Appointment], wish: Optional[Mapping[str, Any]] = None) -> Reply:
        visit = visits[0]
        beyond = beyond_limits(turn, visit)
        if beyond is not None:
            asked = turn.open_question
            ours = asked is not None and asked.flow in (self.name, RESCHEDULING.name)
            return replace(beyond, closes=ours)
        wished = wish if wish is not None else self.wish(turn)
        draft = draft_of(visit)
        known = {key: wished[key] for key in ("date", "time", "gender", "language") if wished.get(key) is not None}
        if known.get("gender"):
            known["practitioner"] = None
        return RESCHEDULING.go_on(turn, replace(draft, **known))


class _ToCancel(VisitFlow):
    def begin(self, turn: Turn) -> Reply:
        visits = _upcoming(turn)
        meant = meant_by(turn, visits)
        if meant and len(meant) < len(visits) or (visits and says_all(turn.message.text)):
            return self.with_visits(turn, meant or visits)
        return super().begin(turn)

    def with_visits(self, turn: Turn, visits: Sequence[Appointment], wish: Optional[Mapping[str, Any]] = None) -> Reply:
        ids = [visit.id for visit in visits]
        value = {"appointments": ids, "starts": [visit.start.isoformat() for visit in visits]}
        several = len(visits) > 1
        choices = (
            Choice(say("cancel_yes_all" if several else "cancel_yes", turn.language), value, "cancel"),
            Choice(say("cancel_keep", turn.language), {}, "keep"),
        )
        if several:
            text = say("cancel_confirm_several", turn.language, visits=_lines(turn, visits))
        else:
            text = say("cancel_confirm", turn.language, **facts(turn, visits[0]))
        return Reply(text, choices, asks=Asks(self.name, "confirm_cancel", value))

    def answer(self, turn: Turn, question: Optional[OpenQuestion]) -> Optional[Reply]:
        message = turn.message
        tapped = message.tap.kind if message.tap else None
        asked = question is not None and question.kind == "confirm_cancel" and tapped is None
        if asked and question is not None:
            # "No, the dentist one": another visit is named than the one that was asked about.
            ahead = _upcoming(turn)
            named = meant_by(turn, ahead) or (ahead if says_all(message.text) else [])
            if not {visit.id for visit in named} <= set(question.draft["appointments"]):
                return self.with_visits(turn, named)
        if tapped == "keep" or (asked and _declines(message)):
            return Reply(say("cancel_kept", turn.language), closes=True)
        if tapped == "cancel" or (asked and _agrees(message)):
            source = message.tap.value if message.tap else (question.draft if question else {})
            moved = self._moved_since(turn, source)
            return self.with_visits(turn, moved) if moved else self._cancel(turn, source["appointments"])
        return super().answer(turn, question)

    def _moved_since(self, turn: Turn, asked: Mapping[str, Any]) -> list[Appointment]:
        """Those of the visits that have another time now than the question named: they are asked about again."""
        starts = dict(zip(asked["appointments"], asked["starts"], strict=True))
        return [one for one in _upcoming(turn) if one.id in starts and one.start.isoformat() != starts[one.id]]

    def _cancel(self, turn: Turn, ids: Sequence[str]) -> Reply:
        policy = load_booking_policy(turn.conn, turn.clinic.id)
        cancelled = []
        late = False
        for appointment_id in ids:
            try:
                visit = self._cancel_one(turn, appointment_id, timedelta(hours=policy.cancel_notice_hours))
            except AppointmentGone:
                continue
            cancelled.append(visit)
            late = late or visit.start - turn.now < timedelta(hours=policy.cancel_notice_hours)
        if not cancelled:
            return Reply(say("visits_gone", turn.language), closes=True)
        if len(cancelled) > 1:
            text = say("cancel_done_several", turn.language, visits=_lines(turn, cancelled))
        else:
            when = render_moment(cancelled[0].start, turn.clinic.timezone, turn.language)
            text = say("cancel_done", turn.language, when=when)
        if late:
            text += " " + say("cancel_late", turn.language, hours=policy.cancel_notice_hours)
        return Reply(text, menu_choices(turn.language, "menu_book"), closes=True)

    def _cancel_one(self, turn: Turn, appointment_id: str, notice: timedelta) -> Appointment:
        """Raises AppointmentGone. A late one is noted as such."""
        contact_id = turn.conversation.contact_id
        start = next((visit.start for visit in _upcoming(turn) if visit.id == appointment_id), None)
        late = start is not None and start - turn.now < notice
        return cancel_appointment(
            turn.conn, turn.clinic.id, contact_id, appointment_id, turn.now, reason="late" if late else None
        )


def _declines(message: Message) -> bool:
    if says_no(message.text):
        return True
    return not _agrees(message) and (says_stop(message.text) or says_not(message.text) or message.intent == "deny")


def _agrees(message: Message) -> bool:
    """To "shall I cancel it?": there "cancel" is a yes, and no "never mind"."""
    if says_yes(message.text) or says_cancel(message.text):
        return True
    return message.intent in ("affirm", "cancel_appointment") and not says_not(message.text)


def _chosen(
    turn: Turn, visits: Sequence[Appointment], question: Optional[OpenQuestion]
) -> Optional[Sequence[Appointment]]:
    """By tap, by a row's words or place, or by whose or what it is; None when nothing is chosen, [] when it is gone."""
    message = turn.message
    if message.tap is not None:
        wanted = message.tap.value if message.tap.kind == "appointment" else None
    elif question is None or question.kind != "appointment":
        return None
    else:
        choice = choice_said(message.text, question.choices)
        wanted = choice.value if choice else None
        if wanted is None:
            meant = meant_by(turn, visits)
            return meant if meant and len(meant) < len(visits) else None
    return None if wanted is None else [visit for visit in visits if visit.id == wanted["appointment"]]


VISITS_TO_MOVE = _ToMove("moving", "visits_which_move")
VISITS_TO_CANCEL = _ToCancel("cancelling", "visits_which_cancel")
