"""A contact's own visits in the chat: which there are, moving one, cancelling one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Mapping, Optional

from clinic.appointments import Appointment, AppointmentGone, cancel_appointment, upcoming_of
from clinic.booking import given
from clinic.booking_flow import RESCHEDULING, draft_of
from clinic.dialogue import Asks, Message, Reply, Turn
from clinic.menu import menu_choices
from clinic.questions import Choice, OpenQuestion
from clinic.short_answers import choice_said, says_no, says_stop, says_yes
from clinic.texts import say
from clinic.times import render_moment, render_row

MOST_ROWS = 10


def check_appointment(turn: Turn) -> Reply:
    visits = _upcoming(turn)
    if not visits:
        return _none(turn)
    lines = "\n".join(say("visits_line", turn.language, **facts(turn, visit)) for visit in visits)
    return Reply(say("visits_list", turn.language, visits=lines))


def reschedule_appointment(turn: Turn) -> Reply:
    return VISITS_TO_MOVE.begin(turn)


def cancel_visit(turn: Turn) -> Reply:
    return VISITS_TO_CANCEL.begin(turn)


def facts(turn: Turn, visit: Appointment) -> dict[str, str]:
    return {
        "specialty": visit.specialty(turn.language),
        "practitioner": visit.practitioner(turn.language),
        "when": render_moment(visit.start, turn.clinic.timezone, turn.language),
        "patient": visit.patient_name or "",
    }


def _upcoming(turn: Turn) -> list[Appointment]:
    return upcoming_of(turn.conn, turn.clinic.id, turn.conversation.contact_id, turn.now)


def _none(turn: Turn) -> Reply:
    return Reply(say("visits_none", turn.language), menu_choices(turn.language, "menu_book", "menu_person"))


def _meant(turn: Turn, visits: list[Appointment]) -> list[Appointment]:
    """Those that the message names by specialty or doctor's day; all of them if it names none."""
    specialty = turn.message.first("specialty")
    if specialty is None:
        return visits
    return [visit for visit in visits if visit.specialty_code == specialty.value] or visits


class VisitFlow:
    """Which visit is meant, then what is to become of it."""

    def __init__(self, name: str, question_key: str) -> None:
        self.name = name
        self._question_key = question_key

    def begin(self, turn: Turn) -> Reply:
        visits = _upcoming(turn)
        meant = _meant(turn, visits)
        if not visits:
            return _none(turn)
        if len(meant) == 1:
            return self.with_visit(turn, meant[0])
        choices = tuple(
            Choice(
                render_row(visit.start, turn.now, turn.clinic.timezone, turn.language),
                {"appointment": visit.id},
                "appointment",
                f"{visit.specialty(turn.language)} · {visit.patient_name}"[:72],
            )
            for visit in meant[:MOST_ROWS]
        )
        asks = Asks(self.name, "appointment", self.wish(turn))
        return Reply(say(self._question_key, turn.language), choices, say("visits_button", turn.language), asks)

    def wish(self, turn: Turn) -> Mapping[str, Any]:
        """What else the first message said, kept until the visit is known."""
        return {}

    def with_visit(self, turn: Turn, visit: Appointment, wish: Optional[Mapping[str, Any]] = None) -> Reply:
        raise NotImplementedError

    def answer(self, turn: Turn, question: Optional[OpenQuestion]) -> Optional[Reply]:
        if says_stop(turn.message.text) and turn.message.tap is None:
            return Reply(say("cancel_kept", turn.language), closes=True)
        value = _chosen(turn.message, question)
        if value is None:
            return None
        visit = next((one for one in _upcoming(turn) if one.id == value["appointment"]), None)
        if visit is None:
            return Reply(say("visits_gone", turn.language), closes=True)
        return self.with_visit(turn, visit, question.draft if question else None)


class _ToMove(VisitFlow):
    def wish(self, turn: Turn) -> Mapping[str, Any]:
        known = given(turn.message)
        return {key: known[key] for key in ("date", "time") if known.get(key) is not None}

    def with_visit(self, turn: Turn, visit: Appointment, wish: Optional[Mapping[str, Any]] = None) -> Reply:
        wished = wish if wish is not None else self.wish(turn)
        draft = replace(draft_of(visit), date=wished.get("date"), time=wished.get("time"))
        return RESCHEDULING.go_on(turn, draft)


class _ToCancel(VisitFlow):
    def with_visit(self, turn: Turn, visit: Appointment, wish: Optional[Mapping[str, Any]] = None) -> Reply:
        choices = (
            Choice(say("cancel_yes", turn.language), {"appointment": visit.id}, "cancel"),
            Choice(say("cancel_keep", turn.language), {}, "keep"),
        )
        text = say("cancel_confirm", turn.language, **facts(turn, visit))
        return Reply(text, choices, asks=Asks(self.name, "confirm_cancel", {"appointment": visit.id}))

    def answer(self, turn: Turn, question: Optional[OpenQuestion]) -> Optional[Reply]:
        message = turn.message
        tapped = message.tap.kind if message.tap else None
        asked = question is not None and question.kind == "confirm_cancel"
        yes = says_yes(message.text) or message.intent in ("affirm", "cancel_appointment")
        no = says_no(message.text) or says_stop(message.text) or message.intent == "deny"
        if tapped == "keep" or (asked and tapped is None and no and not says_yes(message.text)):
            return Reply(say("cancel_kept", turn.language), closes=True)
        if tapped == "cancel" or (asked and tapped is None and yes):
            return self._cancel(turn, question)
        return super().answer(turn, question)

    def _cancel(self, turn: Turn, question: Optional[OpenQuestion]) -> Reply:
        tap = turn.message.tap
        source: Mapping[str, Any] = tap.value if tap else (question.draft if question else {})
        try:
            visit = cancel_appointment(
                turn.conn, turn.clinic.id, turn.conversation.contact_id, source["appointment"], turn.now
            )
        except AppointmentGone:
            return Reply(say("visits_gone", turn.language), closes=True)
        when = render_moment(visit.start, turn.clinic.timezone, turn.language)
        choices = menu_choices(turn.language, "menu_book")
        return Reply(say("cancel_done", turn.language, when=when), choices, closes=True)


def _chosen(message: Message, question: Optional[OpenQuestion]) -> Optional[Mapping[str, Any]]:
    """The visit by tap, by its row's words or place, or by its specialty if that names one."""
    if message.tap is not None:
        return message.tap.value if message.tap.kind == "appointment" else None
    if question is None or question.kind != "appointment":
        return None
    choice = choice_said(message.text, question.choices)
    return choice.value if choice else None


VISITS_TO_MOVE = _ToMove("moving", "visits_which_move")
VISITS_TO_CANCEL = _ToCancel("cancelling", "visits_which_cancel")
