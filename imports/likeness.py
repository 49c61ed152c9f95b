"""Whether two names may be one person's: spelled another way, mistyped, or in the other script. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Callable, Iterable, Iterator, Sequence

from understanding.folding import fold

# Consonants alone, so that محمد, Mohammed and Muhamad are one; what scripts write in many ways is one letter.
_ARABIC = {
    **dict(zip("بتثجحخدذرزسشصضطظغفقكلمنه", "btsjhkdzrzsssdtzgfkklmnh", strict=True)),
    **dict.fromkeys("اويءع", ""),
}
_LATIN_PAIRS = (("kh", "k"), ("gh", "g"), ("th", "s"), ("dh", "z"), ("sh", "s"), ("ch", "s"), ("ph", "f"))
_LATIN = {"q": "k", "c": "k", "p": "b", "v": "f", "x": "ks", **dict.fromkeys("aeiouyw'", "")}
_TITLES = frozenset(("mr", "mrs", "ms", "miss", "dr", "eng", "د", "م", "السيد", "السيده", "الاستاذ", "استاذ"))
ALIKE = 0.8  # of two words, by difflib
MOST_COMPARED = 200  # people who share a key; in larger groups only equal skeletons count


@dataclass(frozen=True)
class Spelling:
    """A word of a name, folded, and its consonants."""

    word: str
    skeleton: str


@lru_cache(maxsize=200_000)
def spelled(word: str) -> Spelling:
    """`word` is folded."""
    bare = re.sub(r"^(?:ال(?=..)|al-?(?=...)|el-?(?=...))", "", word)
    latin = bare
    for pair, sign in _LATIN_PAIRS:
        latin = latin.replace(pair, sign)
    signs = [_ARABIC.get(sign, _LATIN.get(sign, sign)) for sign in latin]
    skeleton = re.sub(r"(.)\1+", r"\1", "".join(signs))
    # A closing ه is the feminine ending that Latin letters write as a vowel.
    return Spelling(bare, re.sub(r"(?<=.)h$", "", skeleton) or bare[:1])


def name_words(name: str) -> tuple[Spelling, ...]:
    words = re.findall(r"[^\W_]+(?:'[^\W_]+)?", re.sub(r"\b(al|el)[- ]", r"\1", fold(name)))
    kept = [word for word in words if word not in _TITLES] or words
    return tuple(spelled(word) for word in kept)


def similar(one: Sequence[Spelling], other: Sequence[Spelling]) -> bool:
    """The first words are alike, and every other word of the shorter name is somewhere in the longer one."""
    if not one or not other or not _alike(one[0], other[0]):
        return False
    short, long = sorted((one[1:], other[1:]), key=len)
    return all(any(_alike(word, candidate) for candidate in long) for word in short)


def _alike(one: Spelling, other: Spelling) -> bool:
    if one.word == other.word:
        return True
    if one.skeleton == other.skeleton and (len(one.skeleton) > 1 or one.word.isascii() != other.word.isascii()):
        return True
    return min(len(one.word), len(other.word)) > 3 and _ratio(one.word, other.word) >= ALIKE


@lru_cache(maxsize=200_000)
def _ratio(one: str, other: str) -> float:
    if abs(len(one) - len(other)) > 3 or len(set(one) & set(other)) < 3:
        return 0.0
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def similar_pairs(
    people: Iterable[int], words: Sequence[Sequence[Spelling]], wanted: Callable[[int, int], bool]
) -> Iterator[tuple[int, int]]:
    """Pairs of a group (indexes into `words`) whose names are similar; `wanted` is asked first."""
    group = list(people)
    if len(group) <= MOST_COMPARED:
        yield from _pairs(group, words, wanted)
        return
    # A birth date that a system fills in for thousands must not make millions of comparisons.
    by_skeleton: dict[tuple[str, str], list[int]] = {}
    for person in group:
        if words[person]:
            by_skeleton.setdefault((words[person][0].skeleton, words[person][-1].skeleton), []).append(person)
    for close in by_skeleton.values():
        yield from _pairs(close[:MOST_COMPARED], words, wanted)


def _pairs(
    group: Sequence[int], words: Sequence[Sequence[Spelling]], wanted: Callable[[int, int], bool]
) -> Iterator[tuple[int, int]]:
    for index, person in enumerate(group):
        for other in group[:index]:
            if wanted(other, person) and similar(words[other], words[person]):
                yield other, person
