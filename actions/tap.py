"""A tap on one of our buttons or rows: it belongs to a flow, and the flow answers it."""

from __future__ import annotations

from actions.clinic_action import ClinicAction
from clinic.dialogue import Reply, Turn
from clinic.menu import MENU, menu_choices
from clinic.texts import say


class ActionTap(ClinicAction):
    feature = "tap"

    def work(self, turn: Turn) -> Reply:
        """Only reached by a tap that no flow knows any more."""
        return Reply(say("booking_expired", turn.language), menu_choices(turn.language, *MENU))
