"""The buttons that stand under an answer and ask nothing; each starts something (see flows.py)."""

from __future__ import annotations

from clinic.questions import Choice
from clinic.texts import say

MENU = ("menu_book", "menu_my_visits", "menu_person")


def menu_choices(language: str, *keys: str) -> tuple[Choice, ...]:
    """Buttons by the key of their text."""
    return tuple(Choice(say(key, language), {}, key) for key in keys)
