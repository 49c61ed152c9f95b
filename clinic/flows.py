"""Every flow by its name, as open questions and taps refer to it."""

from __future__ import annotations

from typing import Optional

from clinic.booking_flow import BOOKING, RESCHEDULING
from clinic.dialogue import Flow, Reply, Turn, Work
from clinic.escalation import emergency, escalate
from clinic.menu import MENU, menu_choices
from clinic.questions import OpenQuestion
from clinic.texts import say
from clinic.visits import VISITS_TO_CANCEL, VISITS_TO_MOVE, check_appointment


class MenuFlow:
    """Buttons that stand under an answer and ask nothing: each starts something."""

    def answer(self, turn: Turn, question: Optional[OpenQuestion]) -> Optional[Reply]:
        tap = turn.message.tap
        start = _STARTS.get(tap.kind) if tap else None
        return start(turn) if start else None


_STARTS: dict[str, Work] = {
    "menu_book": BOOKING.begin,
    "menu_my_visits": check_appointment,
    "menu_person": lambda turn: escalate(turn, "request_human"),
    "urgent_yes": emergency,
    "urgent_no": lambda turn: Reply(say("urgent_not", turn.language), menu_choices(turn.language, *MENU)),
}


FLOWS: dict[str, Flow] = {
    "booking": BOOKING,
    "rescheduling": RESCHEDULING,
    "moving": VISITS_TO_MOVE,
    "cancelling": VISITS_TO_CANCEL,
    "menu": MenuFlow(),
}
