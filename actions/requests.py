"""Wishes that a person at reception carries out."""

from __future__ import annotations

from actions.clinic_action import ClinicAction
from clinic import requests
from clinic.dialogue import Reply, Turn


class ActionRunningLate(ClinicAction):
    feature = "running_late"

    def work(self, turn: Turn) -> Reply:
        return requests.running_late(turn)


class ActionEarlierSlot(ClinicAction):
    feature = "earlier_slot"

    def work(self, turn: Turn) -> Reply:
        return requests.ask_earlier_slot(turn)


class ActionLabResults(ClinicAction):
    feature = "lab_results"

    def work(self, turn: Turn) -> Reply:
        return requests.lab_results(turn)
