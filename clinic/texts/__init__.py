"""All that the bot says, in English and Arabic. Keys are `<feature>_<what>` or `again_<question kind>`."""

from __future__ import annotations

from clinic.texts.ar import TEXTS as ARABIC
from clinic.texts.en import TEXTS as ENGLISH

CATALOGUE = {"en": ENGLISH, "ar": ARABIC}


def say(key: str, language: str, **values: object) -> str:
    """The text with its values filled in. Raises KeyError for an unknown key or a value that is missing."""
    return CATALOGUE[language][key].format(**values)


def has_text(key: str) -> bool:
    return key in ENGLISH
