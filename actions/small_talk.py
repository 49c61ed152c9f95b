"""What a good receptionist says in passing."""

from __future__ import annotations

from typing import Callable

from actions.clinic_action import ClinicAction
from clinic import small_talk
from clinic.dialogue import Reply, Turn

_SAYS: dict[str, Callable[[Turn], Reply]] = {
    "greet": small_talk.greet,
    "goodbye": small_talk.goodbye,
    "thank": small_talk.thank,
    "bot_challenge": small_talk.bot_challenge,
    "out_of_scope": small_talk.out_of_scope,
    "affirm": small_talk.affirm,
    "deny": small_talk.deny,
    "change_language": small_talk.change_language,
}


class ActionSmallTalk(ClinicAction):
    feature = "small_talk"

    def work(self, turn: Turn) -> Reply:
        return _SAYS[turn.message.intent](turn)
