"""Stop and start what we send on our own."""

from __future__ import annotations

from actions.clinic_action import ClinicAction
from clinic import consent
from clinic.dialogue import Reply, Turn


class ActionOptOut(ClinicAction):
    feature = "opt_out"

    def work(self, turn: Turn) -> Reply:
        return consent.opt_out(turn)


class ActionOptIn(ClinicAction):
    feature = "opt_in"

    def work(self, turn: Turn) -> Reply:
        return consent.opt_in(turn)
