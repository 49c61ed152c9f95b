"""Greetings as they are returned here: peace for peace, light for a good morning, Ramadan and feasts. Pure."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Optional

from understanding.arabizi import to_arabic
from understanding.folding import fold

# What is said, and the key of what it is answered with. The first that stands in the message counts.
_RETURNS = (
    ("greet_salam", r"(?<!\w)(?:ال)?سلا+م\w*|\b(?:as)?-?sal+a+m\w*|\bslm\b"),
    ("greet_ramadan", r"رمضان|ramad[ah]*n"),
    ("greet_eid", r"(?<!\w)(?:عيدكم|عيدك|عيد|اضحي مبارك)(?!\w)|\beid\b|\b3eed\b"),
    ("greet_occasion", r"كل عام و|كل سنه و|kol (?:3am|sana|seneh|sane) "),
    ("greet_morning_back", r"صباح|صبحكم|صباحو|\bgood morning\b|\bmorning\b|\bgm\b|\bsaba7|\bsabah"),
    ("greet_evening_back", r"مساء|مسا(?!\w)|مساكم|\bgood evening\b|\bevening\b|\bmasa\b"),
    ("greet_afternoon", r"\bafternoon\b"),
)
_PATTERNS = tuple((key, re.compile(pattern)) for key, pattern in _RETURNS)
_NIGHT = re.compile(r"\bgood night\b|\bgn\b|تصبح|نوم العافيه|\btesba7|\btosba7")
# The first of two words that are one name.
_DOUBLE = frozenset(
    fold(word) for word in "عبد ابو أم ام بو نور شمس سيف Abd Abdul Abdel Abdal Abo Abu Om Um Umm Oum Bu".split()
)
_LATEST_MORNING, _EVENING_FROM, _NIGHT_UNTIL = 12, 17, 4  # hours of the clinic's clock
MOST_NAME_WORDS = 4


def greeting_for(text: str, local: datetime) -> str:
    """The key of what a greeting is returned with: in kind, else by the time of day."""
    folded = fold(text)
    readings = " ".join(dict.fromkeys((folded, to_arabic(folded))))
    for key, pattern in _PATTERNS:
        if pattern.search(readings):
            return key
    if _NIGHT_UNTIL <= local.hour < _LATEST_MORNING:
        return "greet_morning"
    return "greet_hello" if local.hour < _EVENING_FROM and local.hour >= _LATEST_MORNING else "greet_evening"


def wishes_peace(text: str) -> bool:
    return greeting_for(text, datetime.min) == "greet_salam"


def wishes_good_night(text: str) -> bool:
    folded = fold(text)
    return any(_NIGHT.search(reading) for reading in (folded, to_arabic(folded)))


def first_name(name: str) -> Optional[str]:
    """What somebody is called by: "Mona", "Abu Fahd", "عبد الله". None where it is hardly a name."""
    words = [word for word in name.split() if not word.endswith(".")]
    if not words or len(words) > MOST_NAME_WORDS:
        return None
    taken = words[:2] if fold(words[0]) in _DOUBLE else words[:1]
    called = " ".join(taken)
    return called if len(called) > 1 else None
