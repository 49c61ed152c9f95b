"""What a good receptionist says in passing."""

from __future__ import annotations

from typing import Optional

from clinic.conversations import set_language
from clinic.dialogue import Reply, Turn
from clinic.menu import MENU, menu_choices
from clinic.texts import say


def greet(turn: Turn) -> Reply:
    text = say("greet", turn.language, clinic=turn.clinic.name(turn.language))
    return Reply(text, menu_choices(turn.language, *MENU))


def goodbye(turn: Turn) -> Reply:
    return Reply(say("goodbye", turn.language))


def thank(turn: Turn) -> Reply:
    return Reply(say("thank", turn.language))


def bot_challenge(turn: Turn) -> Reply:
    return Reply(say("bot_challenge", turn.language, clinic=turn.clinic.name(turn.language)))


def out_of_scope(turn: Turn) -> Reply:
    text = say("out_of_scope", turn.language, clinic=turn.clinic.name(turn.language))
    return Reply(text, menu_choices(turn.language, *MENU))


def affirm(turn: Turn) -> Reply:
    """A yes to nothing in particular."""
    return Reply(say("affirm_nothing_open", turn.language), menu_choices(turn.language, "menu_book"))


def deny(turn: Turn) -> Reply:
    return Reply(say("deny_nothing_open", turn.language))


def change_language(turn: Turn) -> Reply:
    """To the one that is named; to the other one if none is."""
    other = "en" if turn.language == "ar" else "ar"
    wanted = _named_language(turn.message.text) or other
    set_language(turn.conn, turn.conversation, wanted)
    return Reply(say("change_language", wanted), menu_choices(wanted, *MENU))


def _named_language(text: str) -> Optional[str]:
    lowered = text.casefold()
    if any(word in lowered for word in ("english", "انجليزي", "إنجليزي", "انكليزي", "إنكليزي", "englizi", "inglizi")):
        return "en"
    if any(word in lowered for word in ("arabic", "عربي", "العربية", "3arabi", "arabi")):
        return "ar"
    return None
