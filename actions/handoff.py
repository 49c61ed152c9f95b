"""To a person at once, with the first words that fit the reason."""

from __future__ import annotations

from actions.clinic_action import ClinicAction, HumanAction
from clinic import escalation
from clinic.dialogue import Reply, Turn


class ActionEmergency(HumanAction):
    """Messaging answers emergencies itself, before Rasa; this is the second net, and what `rasa shell` shows."""

    feature = "emergency"

    def work(self, turn: Turn) -> Reply:
        return escalation.emergency(turn)


class ActionHandoff(HumanAction):
    feature = "handoff"

    def work(self, turn: Turn) -> Reply:
        return escalation.escalate(turn, turn.message.intent)


class ActionNotUnderstood(ClinicAction):
    feature = "not_understood"

    def work(self, turn: Turn) -> Reply:
        return escalation.not_understood(turn)
