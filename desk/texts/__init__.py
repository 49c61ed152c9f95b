"""The one catalogue of what the desk says to staff, in English and Arabic."""

from __future__ import annotations

from desk.texts.ar import TEXTS as ARABIC
from desk.texts.en import TEXTS as ENGLISH

CATALOGUE = {"en": ENGLISH, "ar": ARABIC}


def say(key: str, language: str, **values: object) -> str:
    """The text with its values filled in. Raises KeyError for an unknown key or a value that is missing."""
    return CATALOGUE[language][key].format(**values)
