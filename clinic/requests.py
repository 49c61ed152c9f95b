"""Wishes that a person carries out: reception gets a task and answers in the chat."""

from __future__ import annotations

from clinic.dialogue import Reply, Turn
from clinic.texts import say


def running_late(turn: Turn) -> Reply:
    return Reply(say("running_late", turn.language), hands_over="request")


def ask_earlier_slot(turn: Turn) -> Reply:
    return Reply(say("earlier_slot", turn.language), hands_over="request")


def lab_results(turn: Turn) -> Reply:
    return Reply(say("handoff_request", turn.language), hands_over="request")
