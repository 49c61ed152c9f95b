"""A household that is told without a visit: "my wife Salma, my kids Ali 7 and Sara 4". It is noted, and said so."""

from __future__ import annotations

from typing import Optional

from clinic.dialogue import Reply, Turn
from clinic.faq_texts import listed
from clinic.household import people_in
from clinic.household_flow import MOST_CANDIDATES, MOST_SIGNS
from clinic.household_search import add_all
from clinic.questions import Choice
from clinic.texts import say

RELATIVES = frozenset({"child", "spouse", "parent"})
MOST_BUTTONS, MOST_BUTTON_SIGNS = 3, 20


def note_household(turn: Turn) -> Optional[Reply]:
    """Those who are named as somebody's are added; a booking for one of them is a tap away. None where there are none,
    or where something is asked: then the names may be an answer."""
    if turn.open_question is not None or turn.message.tap is not None:
        return None
    people = people_in(turn.message.text, turn.message.language, today=turn.today)
    if not any(one.name and one.relationship in RELATIVES for one in people):
        return None
    added = [one for one in add_all(turn, people) if one.relationship != "self"][:MOST_CANDIDATES]
    if not added:
        return None
    language = turn.language
    names = listed([f"{one.name} ({say(f'household_is_{one.relationship}', language)})" for one in added], language)
    few = len(added) <= MOST_BUTTONS
    signs = MOST_BUTTON_SIGNS if few else MOST_SIGNS
    choices = tuple(Choice(one.name[:signs], {"patient": one.id, "people": []}, "also_for") for one in added)
    button = None if few else say("household_button", language)
    return Reply(say("household_noted", language, names=names), choices, button, flow="booking")
