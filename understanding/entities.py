"""Specialty, doctor, person, count, insurer: word lists over the folded text, with offsets into the original."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Iterator, Mapping, Sequence

from understanding.arabizi import to_arabic
from understanding.folding import Folded, fold, fold_with_origin
from understanding.lexicon.entities import (
    COUNTED,
    COUNTS,
    DOCTOR_TITLES,
    INSURERS,
    NOT_NAMES,
    PERSONS,
    SPECIALTIES,
)

# Prefixes that Arabic writes onto a word: and, with, for, in, the.
_PREFIX = r"(?:و|ب|ل|لل|ف|ك|ع|عال|بال|وال|فال|لال)?"
_WORD = re.compile(r"[^\s.,!?;:()\"]+")


@dataclass(frozen=True)
class Found:
    """`value` is a code, or for doctors the name as written; start and end are offsets into the original text."""

    entity: str
    value: object
    text: str
    start: int
    end: int


def _pattern(names: Sequence[str]) -> str:
    longest_first = sorted({fold(name) for name in names}, key=len, reverse=True)
    return "|".join(
        (_PREFIX if "\u0600" <= name[0] <= "\u06ff" else "") + f"(?:{re.escape(name)})" for name in longest_first
    )


def _compile(lists: Mapping[str, Sequence[str]]) -> list[tuple[str, re.Pattern[str]]]:
    return [(value, re.compile(rf"(?<!\w)(?:{_pattern(names)})(?!\w)")) for value, names in lists.items()]


_LISTS = {"specialty": _compile(SPECIALTIES), "insurer": _compile(INSURERS), "person": _compile(PERSONS)}
_COUNT = re.compile(
    rf"(?<!\w)(?P<count>\d{{1,2}}|{'|'.join(COUNTS)}) (?:{'|'.join(fold(word) for word in COUNTED)})(?!\w)"
)
_TITLE = re.compile(
    rf"(?<!\w)(?:{'|'.join(sorted({fold(title) for title in DOCTOR_TITLES}, key=len, reverse=True))})\.?\s+"
)


def read_entities(text: str) -> list[Found]:
    """In the order of the text. Where two lists claim the same words, both stand."""
    folded = fold_with_origin(text)
    found = list(_read(folded, text))
    arabic, spans = _arabic_reading(folded)
    if arabic != folded.text:
        known = {(one.entity, one.value) for one in found}
        for one in _read_named(arabic):
            if (one.entity, one.value) not in known:
                start, end = folded.span(*_words_under(spans, one.start, one.end))
                found.append(Found(one.entity, one.value, text[start:end], start, end))
    return sorted(found, key=lambda one: (one.start, one.end, one.entity))


def _read(folded: Folded, text: str) -> Iterator[Found]:
    for one in (*_read_named(folded.text), *_read_doctors(folded.text)):
        start, end = folded.span(one.start, one.end)
        value = text[start:end] if one.entity == "doctor" else one.value
        yield Found(one.entity, value, text[start:end], start, end)


def _read_named(folded: str) -> Iterator[Found]:
    for entity, patterns in _LISTS.items():
        for value, pattern in patterns:
            match = pattern.search(folded)
            if match:
                yield Found(entity, value, match.group(), *match.span())
    match = _COUNT.search(folded)
    if match:
        said = match["count"]
        yield Found("count", int(said) if said.isdigit() else COUNTS[said], match.group(), *match.span())


def _read_doctors(folded: str) -> Iterator[Found]:
    """A title and the one or two words after it that can be a name."""
    for title in _TITLE.finditer(folded):
        end = title.end()
        names = 0
        for word in _WORD.finditer(folded, title.end()):
            bare = word.group()
            if (
                word.start() > end + 1
                or bare in NOT_NAMES
                or any(sign.isdigit() and sign not in "23579" for sign in bare)
            ):
                break
            if names == 2 or not any(sign.isalpha() for sign in bare):
                break
            if names == 1 and not _may_be_surname(bare):
                break
            names, end = names + 1, word.end()
        if names:
            yield Found("doctor", folded[title.start() : end], folded[title.start() : end], title.start(), end)


def _may_be_surname(word: str) -> bool:
    return word.startswith(("al", "el", "ال")) and len(word) > 3


def _arabic_reading(folded: Folded) -> tuple[str, list[tuple[int, int, int, int]]]:
    """The Arabic reading word by word, with where each word stands in both texts."""
    words: list[str] = []
    spans: list[tuple[int, int, int, int]] = []
    length = 0
    for match in re.finditer(r"\S+", folded.text):
        reading = to_arabic(match.group())
        spans.append((length, length + len(reading), match.start(), match.end()))
        words.append(reading)
        length += len(reading) + 1
    return " ".join(words), spans


def _words_under(spans: Sequence[tuple[int, int, int, int]], start: int, end: int) -> tuple[int, int]:
    touched = [(there, upto) for begin, stop, there, upto in spans if begin < end and stop > start]
    return touched[0][0], touched[-1][1]
