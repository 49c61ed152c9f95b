"""The safety net: red flags and what people must see, by words, before any classifier. It only raises the route.

Every pattern is read in the folded text and in its Arabic reading (Arabizi). A decoy ("a killing toothache"), the past
("last year") or a denial ("no chest pain") near by takes a match away; with half a match it is asked, not guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Optional

from understanding.arabizi import to_arabic
from understanding.folding import fold
from understanding.lexicon.red_flags import DECOYS, DENIALS, HUMAN_NOW, PAST, RED_FLAGS, WORRIES


@dataclass(frozen=True)
class Alarm:
    """`route` is emergency or human_now; `intent` the one that it raises to; `sign` names the pattern."""

    route: str
    intent: str
    sign: str


@dataclass(frozen=True)
class Safety:
    alarm: Optional[Alarm] = None
    unsure_urgent: bool = False  # the grey band: a worry with something acute, but no red flag


def _compile(patterns: dict[str, tuple[str, ...]]) -> list[tuple[str, re.Pattern[str]]]:
    return [(sign, re.compile("|".join(f"(?:{one})" for one in parts))) for sign, parts in patterns.items()]


_RED = _compile(RED_FLAGS)
_HUMAN = {intent: _compile(patterns) for intent, patterns in HUMAN_NOW.items()}
_DECOY = re.compile("|".join(DECOYS))
_DENIAL = re.compile("|".join(DENIALS))
_PAST = re.compile("|".join(PAST))
_WORRY = re.compile("|".join(WORRIES))


def is_red_flag(text: str) -> bool:
    """Of a text as it was written, without a model: for when nothing else can be asked."""
    folded = fold(text)
    alarm = check(folded, to_arabic(folded)).alarm
    return alarm is not None and alarm.route == "emergency"


def check(folded: str, arabic: str) -> Safety:
    """`folded` is the message, `arabic` its reading in Arabic letters; both folded."""
    unsure = False
    for text in dict.fromkeys((folded, arabic)):
        plain = _DECOY.sub(" ", text)
        for sign, pattern in _RED:
            found = pattern.search(plain)
            if found is None:
                continue
            if _taken_away(plain, found):
                unsure = True
                continue
            return Safety(Alarm("emergency", "emergency", sign))
    for text in dict.fromkeys((folded, arabic)):
        plain = _DECOY.sub(" ", text)
        for intent, patterns in _HUMAN.items():
            for sign, pattern in patterns:
                if pattern.search(plain):
                    return Safety(Alarm("human_now", intent, sign), unsure)
        unsure = unsure or bool(_WORRY.search(plain))
    return Safety(None, unsure)


def _taken_away(text: str, found: re.Match[str]) -> bool:
    """A denial just before it or the past around it, and nothing that says "now"."""
    before = text[max(0, found.start() - 25) : found.start()]
    around = text[max(0, found.start() - 60) : found.end() + 60]
    if _DENIAL.search(before):
        return True
    return bool(_PAST.search(around)) and not re.search(r"\b(now|right now|again)\b|الان|الحين|دلوقتي|هلا|هسا", around)
