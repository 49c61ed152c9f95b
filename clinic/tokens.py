"""The words of a message, folded, with what they are in Arabic letters and where they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass

from clinic.people_lexicon.ages import MONTHS, YEARS
from clinic.people_lexicon.relatives import ARABIZI, ARABIZI_ONLY_THERE
from understanding.arabizi import is_arabizi_word, to_arabic
from understanding.folding import fold_with_origin

_DATE = r"\d{1,4}(?:[/.\-]\d{1,2}){1,2}[/.\-]?\d*"
_TOKEN = re.compile(rf"{_DATE}|\d{{1,2}}:\d{{2}}|\d+(?![\w'])|[^\W_](?:[^\W_]|'(?=[^\W_])|-(?=in-law|law))*|\S")
# "7yo", "10months", "5sneen": a number and a word without a space.
_GLUED = re.compile(r"(\d{1,3})([^\W\d_]{1,8})")
_ARABIC = re.compile(r"[\u0600-\u06ff]")


@dataclass(frozen=True)
class Token:
    """`word` is folded, `reading` the same in Arabic letters where it is Arabizi. Offsets are into the message."""

    word: str
    reading: str
    start: int
    end: int
    capital: bool = False
    line: bool = False  # the first on its line
    owner: bool = False  # "son's": the `'s` is not in `word`

    @property
    def is_word(self) -> bool:
        return self.word[0].isalpha() or any(sign.isalpha() for sign in self.word)

    @property
    def is_number(self) -> bool:
        return self.word.isdigit()

    @property
    def is_arabic(self) -> bool:
        return bool(_ARABIC.match(self.word))


def read_tokens(text: str, language: str) -> list[Token]:
    """In the order of the text. In an English message what may be English is not read as Arabizi."""
    folded = fold_with_origin(text)
    tokens: list[Token] = []
    after = 0
    for match in _TOKEN.finditer(folded.text):
        for begin, finish in _parts(match, language):
            start, end = folded.span(begin, finish)
            word = folded.text[begin:finish]
            owner = word.endswith("'s") and len(word) > 2
            bare = word[:-2] if owner else word.strip("'") or word
            tokens.append(
                Token(
                    bare,
                    arabic_of(bare, language),
                    start,
                    end - 2 if owner else end,
                    text[start].isupper() and not text[start:end].isupper(),
                    "\n" in text[after:start],
                    owner,
                )
            )
            after = end
    return tokens


def _parts(match: re.Match[str], language: str) -> list[tuple[int, int]]:
    start, end = match.span()
    glued = _GLUED.fullmatch(match.group())
    if glued is None or is_arabizi_word(match.group()) and not _is_unit(glued[2], language):
        return [(start, end)]
    middle = start + len(glued[1])
    return [(start, middle), (middle, end)]


def _is_unit(word: str, language: str) -> bool:
    return word in YEARS | MONTHS or arabic_of(word, language) in YEARS | MONTHS


def arabic_of(word: str, language: str) -> str:
    if word in ARABIZI and not (language == "en" and word in ARABIZI_ONLY_THERE):
        return ARABIZI[word]
    if language == "en" and not any(sign.isdigit() for sign in word):
        return word
    return to_arabic(word) if is_arabizi_word(word) else word
