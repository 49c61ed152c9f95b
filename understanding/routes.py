"""Which intents people must see, and how sure is sure enough. The one place of both."""

from __future__ import annotations

ROUTES: dict[str, str] = {
    "emergency": "emergency",
    "complaint": "human_now",
    "sensitive": "human_now",
    "medical_question": "human",
    "request_human": "human",
}
# In a message with several meanings the most human one wins.
RANK = ("emergency", "sensitive", "complaint", "medical_question", "request_human")

# Below, the bot says that it did not understand. A model of forty intents is rarely sure: half of its right answers
# lie under 0.5, so what counts is the distance to the next intent too.
UNSURE = 0.12
CLEAR_LEAD = 1.5
# What people must see is believed earlier: a complaint missed is worse than one passed on for nothing.
HUMAN_SURE = 0.25


def route_of(intent: str) -> str:
    return ROUTES.get(intent, "bot")
