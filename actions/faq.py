"""Questions with one answer; the intent says which."""

from __future__ import annotations

from actions.clinic_action import ClinicAction
from clinic.dialogue import Reply, Turn
from clinic.faq import answer_faq


class ActionFaq(ClinicAction):
    feature = "faq"

    def work(self, turn: Turn) -> Reply:
        return answer_faq(turn, turn.message.intent.removeprefix("faq_"))
