"""How an open question is said again: one line, with its buttons or rows."""

from __future__ import annotations

from clinic.questions import OpenQuestion
from clinic.texts import has_text, say
from messaging.bubbles import Bubble, Option

MOST_BUTTONS = 3


def question_line(question: OpenQuestion, language: str) -> Bubble:
    key = f"again_{question.kind}"
    text = say(key if has_text(key) else "again", language)
    options = tuple(Option(choice.id, choice.title, choice.description) for choice in question.choices)
    as_list = len(options) > MOST_BUTTONS or any(option.description for option in options)
    return Bubble(text, options, say("choose", language) if as_list else None)
