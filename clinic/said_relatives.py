"""Words for a relative ("my youngest son", "وبنتي", "my husband's mother") at a place among the words. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Iterator, Optional, Sequence

from clinic.people_lexicon.relatives import ADJECTIVES, ARABIC, CONSTRUCT, ENGLISH, MINE, Relative
from clinic.said_ages import Age, age_at, number_at
from clinic.said_names import is_title
from clinic.tokens import Token

_OURS = frozenset("my our".split())
_NOT_OURS = frozenset("his her their your its no other's".split())
_ARTICLES = frozenset("the a an one".split())
_AND = frozenset("and & + , w".split())
# Said alone after "for", they are one's own.
_OWN_AFTER_FOR = frozenset({"parent", "spouse"})
_FURTHEST = 9


@dataclass(frozen=True)
class Head:
    """`end` is the token after it; an age may stand before the word ("my 7 year old son")."""

    relative: Relative
    start: int
    end: int
    age: Optional[Age] = None


def head_at(tokens: Sequence[Token], index: int, carried: bool = False) -> Optional[Head]:
    """`carried`: after "my wife and", so that "kids" are one's own too."""
    return _arabic_head(tokens, index) or _english_head(tokens, index, carried)


def _english_head(tokens: Sequence[Token], index: int, carried: bool) -> Optional[Head]:
    token = tokens[index]
    before = tokens[index - 1].word if index else ""
    if token.word in _OURS:
        return _described(tokens, index, index + 1, weak=False)
    if before in _NOT_OURS or before in _OURS:
        return None
    if token.word in _ARTICLES:
        return _described(tokens, index, index + 1, weak=True)
    if token.word not in ENGLISH or is_title(token) or token.owner:
        return None
    relative = ENGLISH[token.word]
    after_for = before == "for" and relative.relationship in _OWN_AFTER_FOR
    return _related(tokens, Head(replace(relative, weak=not (carried or after_for)), index, index + 1))


def _described(tokens: Sequence[Token], index: int, place: int, weak: bool) -> Optional[Head]:
    """After "my" or "a": adjectives, a count or an age, then the word for the person."""
    age: Optional[Age] = None
    counted = False
    while place < min(len(tokens), index + _FURTHEST):
        token = tokens[place]
        following = tokens[place + 1].word if place + 1 < len(tokens) else ""
        if token.word in ENGLISH and not (token.word in ADJECTIVES and following in ENGLISH):
            relative = ENGLISH[token.word]
            if relative.many and age is not None and not counted:
                return None
            return _related(tokens, Head(replace(relative, weak=weak and age is None), index, place + 1, age))
        found = age_at(tokens, place) if age is None and number_at(tokens, place) else None
        if found is not None and tokens[found.end - 1].word not in ENGLISH and _with_unit(tokens, place, found):
            age, place = found, found.end
        elif number_at(tokens, place) is not None:
            counted, place = True, place + 1
        elif token.word in ADJECTIVES or (token.word == "-" and age is not None):
            place += 1
        else:
            break
    if age is not None and tokens[age.end - 1].word == "old":
        return Head(Relative("child" if age.years < 18 else "other"), index, place, age)
    return None


def _with_unit(tokens: Sequence[Token], place: int, age: Age) -> bool:
    return age.end - place > 1


def _related(tokens: Sequence[Token], head: Head) -> Head:
    """ "mother in law", "my brother's son", "my baby girl"."""
    words = [token.word for token in tokens[head.end : head.end + 2]]
    if words == ["in", "law"]:
        return replace(head, relative=replace(head.relative, relationship="other"), end=head.end + 2)
    if words[:1] and words[0] in ENGLISH:
        further = ENGLISH[words[0]]
        if tokens[head.end - 1].owner:
            relative = replace(further, relationship="other", weak=head.relative.weak)
            return replace(head, relative=relative, end=head.end + 1)
        if tokens[head.end - 1].word == "baby" and further.relationship == "child":
            return replace(head, relative=replace(further, weak=head.relative.weak), end=head.end + 1)
    return head


def _arabic_head(tokens: Sequence[Token], index: int) -> Optional[Head]:
    token = tokens[index]
    for stem, prefixed in _stems(token):
        of_somebody = _construct(tokens, index, stem)
        if of_somebody is not None:
            return of_somebody
        if stem in ARABIC:
            return _mine(tokens, index, ARABIC[stem], prefixed)
    return None


def _mine(tokens: Sequence[Token], index: int, relative: Relative, prefixed: bool) -> Head:
    """Believed with ديالي after it; of the weak ones those that mean something else are believed with "for" before."""
    if index + 1 < len(tokens) and tokens[index + 1].reading in MINE:
        return Head(replace(relative, weak=False), index, index + 2)
    own = tokens[index].reading.endswith("ي") and prefixed
    return Head(replace(relative, weak=False) if own else relative, index, index + 1)


def _construct(tokens: Sequence[Token], index: int, stem: str) -> Optional[Head]:
    if stem not in CONSTRUCT or index + 1 >= len(tokens):
        return None
    further = tokens[index + 1].reading
    if further not in ARABIC or ARABIC[further].weak:
        return None
    return Head(Relative("other", CONSTRUCT[stem], many=CONSTRUCT[stem] is None), index, index + 2)


def _stems(token: Token) -> Iterator[tuple[str, bool]]:
    """The word without what Arabic writes onto it, and whether that was a "for"."""
    word = token.reading
    yield word, False
    bare = word[1:] if word[:1] in "وف" else word
    if bare != word:
        yield bare, False
    if bare.startswith("لل"):
        yield "ال" + bare[2:], True
    if bare[:1] in ("ل", "ب", "ع") and len(bare) > 3:
        yield bare[1:], bare[0] == "ل"
