"""Every flow by its name, as open questions and taps refer to it; and the work of every intent the bot answers."""

from __future__ import annotations

from functools import partial
from typing import Any, Mapping, Optional

from clinic import consent, requests, small_talk
from clinic.booking_flow import BOOKING, RESCHEDULING
from clinic.dialogue import Flow, Reply, Turn, Work
from clinic.escalation import emergency, escalate
from clinic.faq import answer_faq
from clinic.menu import MENU, menu_choices
from clinic.questions import OpenQuestion
from clinic.replacements_flow import REPLACEMENTS
from clinic.texts import say
from clinic.visits import VISITS_TO_CANCEL, VISITS_TO_MOVE, cancel_visit, check_appointment, reschedule_appointment
from clinic.waitlist_flow import WAITLIST


class MenuFlow:
    """Buttons that stand under an answer and ask nothing: each starts something."""

    def answer(self, turn: Turn, question: Optional[OpenQuestion]) -> Optional[Reply]:
        tap = turn.message.tap
        start = _STARTS.get(tap.kind) if tap else None
        return start(turn) if start else None

    def resume(self, turn: Turn, draft: Mapping[str, Any]) -> Optional[Reply]:
        return None


_STARTS: dict[str, Work] = {
    "menu_book": BOOKING.begin,
    "menu_my_visits": check_appointment,
    "menu_person": lambda turn: escalate(turn, "request_human"),
    "urgent_yes": emergency,
    "urgent_no": lambda turn: Reply(say("urgent_not", turn.language), menu_choices(turn.language, *MENU)),
}


def _faq(turn: Turn, topic: str) -> Reply:
    return answer_faq(turn, topic)


FLOWS: dict[str, Flow] = {
    "booking": BOOKING,
    "rescheduling": RESCHEDULING,
    "moving": VISITS_TO_MOVE,
    "cancelling": VISITS_TO_CANCEL,
    "waitlist": WAITLIST,
    "replacements": REPLACEMENTS,
    "menu": MenuFlow(),
}

_FAQ_TOPICS = (
    "hours", "location", "parking", "prices", "payment", "insurance", "services", "doctors", "female_doctor",
    "first_visit", "preparation", "results_time", "children", "walk_in", "telehealth", "cancellation_policy",
    "prescription_refill", "medical_report", "vaccination", "contact", "privacy",
)  # fmt: skip

# One part of a message can mean any of these; what people must see is not here: it takes the whole message.
WORKS: dict[str, Work] = {
    "book_appointment": BOOKING.begin,
    "reschedule_appointment": reschedule_appointment,
    "cancel_appointment": cancel_visit,
    "check_appointment": check_appointment,
    "running_late": requests.running_late,
    "ask_earlier_slot": requests.ask_earlier_slot,
    "lab_results": requests.lab_results,
    "opt_out": consent.opt_out,
    "opt_in": consent.opt_in,
    "change_language": small_talk.change_language,
    "bot_challenge": small_talk.bot_challenge,
    **{f"faq_{topic}": partial(_faq, topic=topic) for topic in _FAQ_TOPICS},
}
