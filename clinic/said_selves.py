"""The one who writes ("for me", "my name is Sara"), and people who are named without a word for what they are. Pure."""

from __future__ import annotations

from typing import Optional, Sequence

from clinic.people_lexicon.given_names import CANONICAL, WEAK
from clinic.people_lexicon.relatives import ARABIC
from clinic.said_names import Name, ends_at, is_title, name_at, spelling_of
from clinic.tokens import Token

_I_AM = (("my", "name", "is"), ("my", "name", ":"), ("i", "am"), ("i'm",), ("im",), ("this", "is"))
_I_AM_ARABIC = frozenset("اسمي معك معاك معكم معاكم معاكي وياك وياكم".split())
_FOR_ME = (("for", "me"), ("for", "myself"), ("myself",), ("لي", "انا"), ("ليا", "انا"), ("الي", "انا"), ("لنفسي",))
_ME = frozenset("me myself i انا ليا لي الي لالي وانا ولي وليا".split())
_AND = frozenset("and & + w و".split())
_FOR = frozenset("for la lel lil".split())
_VISITS = frozenset("موعد حجز زياره كشف ميعاد الموعد مواعيد".split())


def own_name_at(tokens: Sequence[Token], index: int) -> Optional[Name]:
    """The name in "my name is Sara", "انا احمد", "معك ام محمد"."""
    for words in _I_AM:
        if tuple(token.word for token in tokens[index : index + len(words)]) == words:
            sure = "name" in words
            return _own(tokens, index + len(words), sure)
    if tokens[index].reading in _I_AM_ARABIC:
        return _own(tokens, index + 1, tokens[index].reading == "اسمي")
    return _own(tokens, index + 1, False) if tokens[index].reading == "انا" else None


def _own(tokens: Sequence[Token], index: int, sure: bool) -> Optional[Name]:
    name = name_at(tokens, index, marked=sure, strict=not sure)
    if name is None or (not sure and not ends_at(tokens, name.end)):
        return None
    return name


def self_at(tokens: Sequence[Token], index: int, beside: bool) -> Optional[int]:
    """The token after a "me" that stands beside another person ("me and my wife"), or None.

    `beside`: a person has just been read before this place.
    """
    if tokens[index].reading not in _ME and tokens[index].word not in _ME:
        return None
    after = index + 1
    joined_before = tokens[index].reading in ("وانا", "ولي", "وليا") or (index > 0 and _joins(tokens[index - 1]))
    if beside and joined_before:
        return after
    if after >= len(tokens):
        return None
    if _joins(tokens[after]):
        return after if after + 1 < len(tokens) and _own_word(tokens[after + 1]) else None
    return after if tokens[after].is_arabic and tokens[after].word[0] == "و" and _own_word(tokens[after]) else None


def _joins(token: Token) -> bool:
    return token.word in _AND or token.reading in _AND


def _own_word(token: Token) -> bool:
    bare = token.reading.lstrip("و") if token.is_arabic else token.reading
    return token.word in ("my", "our") or any(word in ARABIC for word in (token.reading, bare, bare[1:]))


def only_for_me(tokens: Sequence[Token]) -> Optional[tuple[int, int]]:
    """The tokens of "for me", in a message that names nobody else."""
    for index in range(len(tokens)):
        for words in _FOR_ME:
            if tuple(token.reading for token in tokens[index : index + len(words)]) == words:
                return index, index + len(words)
    return None


def named_at(tokens: Sequence[Token], index: int) -> Optional[Name]:
    """A known name that says by itself that it is a patient's: "for Sara", "لسارة", "Sara's visit", "موعد سارة"."""
    token = tokens[index]
    before = tokens[index - 1] if index else None
    if is_title(token) or (before is not None and is_title(before)):
        return None
    if token.is_arabic and token.word[0] == "ل" and len(token.word) > 3 and spelling_of(token) not in CANONICAL:
        return _dative(tokens, index)
    leads = before is not None and (before.word in _FOR or before.reading in _VISITS)
    if not (leads or token.owner):
        return None
    name = name_at(tokens, index, strict=True)
    if name is None or (name.end == index + 1 and spelling_of(token) in WEAK and not token.capital):
        return None
    return name


def _dative(tokens: Sequence[Token], index: int) -> Optional[Name]:
    token = tokens[index]
    spelling = spelling_of(token, 1)
    if spelling not in CANONICAL or spelling in WEAK:
        return None
    return name_at(tokens, index, strict=True, within=1)
