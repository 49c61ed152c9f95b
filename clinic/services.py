"""Which of a clinic's services a message names, by their names and the other words that patients use for them."""

from __future__ import annotations

import re
from typing import Iterator, Optional, Sequence

from clinic.schedule import Service
from understanding.arabizi import to_arabic
from understanding.folding import fold

_WORD = re.compile(r"[\w']+")
_ARABIC = re.compile(r"[\u0600-\u06ff]")
# What Arabic writes onto a word, longest first; the article alone may stand on a name of ours too.
_PREFIXES = ("وبال", "وال", "بال", "فال", "كال", "لل", "ال", "ب", "و", "ل", "ف")
_ARTICLE = "ال"
_APART = frozenset(("the", "el", "al", _ARTICLE))  # the article as a word of its own
# In Latin letters nobody writes the vowels alike, nor tells ظ from ض or ز: Arabizi is compared by what is left.
_SKELETON = str.maketrans({**dict.fromkeys("اويءه"), **dict.fromkeys("ظضذد", "ز"), "ط": "ت", "ث": "ت", "ص": "س"})
_SHORTEST_SKELETON = 3


def service_named(text: str, services: Sequence[Service]) -> Optional[Service]:
    """The service whose name or alias stands in the text as whole words; the longest name wins, then the first."""
    folded = fold(text)
    said = [_forms(word) for word in _words(folded)]
    arabic = to_arabic(folded)
    skeletons = [_skeletons(word) for word in _words(arabic)] if arabic != folded else []
    best: Optional[Service] = None
    longest = 0
    for service in services:
        for name in _names(service):
            if len(name) > longest and (_stands_in(name, said) or _sounds_in(name, skeletons)):
                best, longest = service, len(name)
    return best


def _names(service: Service) -> Iterator[str]:
    for name in (service.name_en, service.name_ar, *service.aliases):
        yield fold(name)


def _words(folded: str) -> list[str]:
    return [word for word in _WORD.findall(folded) if word not in _APART]


def _stands_in(name: str, said: Sequence[frozenset[str]]) -> bool:
    return _follow([_name_forms(word) for word in _words(name)], said)


def _sounds_in(name: str, skeletons: Sequence[frozenset[str]]) -> bool:
    """Only for names in Arabic letters: a short skeleton would be found anywhere."""
    if not skeletons or not _ARABIC.search(name):
        return False
    wanted = [frozenset(_skeleton(form) for form in _name_forms(word)) for word in _words(name)]
    long_enough = any(len(form) >= _SHORTEST_SKELETON for forms in wanted for form in forms)
    return long_enough and _follow(wanted, skeletons)


def _follow(wanted: Sequence[frozenset[str]], said: Sequence[frozenset[str]]) -> bool:
    """Whether the wanted words stand in the text, one right after the other."""
    last = len(said) - len(wanted)
    return bool(wanted) and any(
        all(not forms.isdisjoint(said[start + place]) for place, forms in enumerate(wanted))
        for start in range(last + 1)
    )


def _name_forms(word: str) -> frozenset[str]:
    bare = word[len(_ARTICLE) :] if word.startswith(_ARTICLE) and len(word) > 4 else word
    return frozenset((word, bare, _singular(word)))


def _forms(word: str) -> frozenset[str]:
    """The word as written, and without what may be written onto it."""
    forms = {word, _singular(word)}
    forms.update(word[len(prefix) :] for prefix in _PREFIXES if word.startswith(prefix) and len(word) > len(prefix) + 2)
    return frozenset(forms)


def _skeletons(word: str) -> frozenset[str]:
    return frozenset(_skeleton(form) for form in _forms(word)) - {""}


def _skeleton(word: str) -> str:
    return word.translate(_SKELETON)


def _singular(word: str) -> str:
    plural = word.isascii() and len(word) > 4 and word.endswith("s") and not word.endswith("ss")
    return word[:-1] if plural else word
