"""Arabic in Latin letters: which words are, and what they are in Arabic letters. Rules of our own, word by word."""

from __future__ import annotations

import re
from functools import lru_cache

from understanding.lexicon.arabizi import ARABIZI_WORDS
from understanding.lexicon.english import ENGLISH_WORDS

_ARABIC = re.compile(r"[\u0600-\u06ff]")
_WORD = re.compile(r"[a-z0-9']+")
# A digit that stands for a letter: inside or beside letters, but not a time, a count or a number.
_LETTER_DIGIT = re.compile(r"(?:[a-z]'?[2356789]|[2356789]'?[a-z])")
_NOT_A_WORD = re.compile(
    r"\d+(am|pm|st|nd|rd|th|h|k|min|mins|hrs?|days?|sar|aed|egp|kg|mg|ml|cm|y|yo|yrs?)?$|[a-z]{1,3}\d+$"
)

_CLUSTERS = (
    ("3'", "غ"), ("7'", "خ"), ("9'", "ض"), ("6'", "ظ"), ("sh", "ش"), ("kh", "خ"), ("gh", "غ"), ("th", "ث"), ("dh", "ذ"),
    ("ch", "ش"), ("ou", "و"), ("oo", "و"), ("ee", "ي"), ("ii", "ي"), ("aa", "ا"), ("ei", "ي"), ("ai", "ي"), ("ay", "ي"),
    ("2", "ء"), ("3", "ع"), ("5", "خ"), ("6", "ط"), ("7", "ح"), ("8", "ق"), ("9", "ص"), ("b", "ب"), ("c", "ك"),
    ("d", "د"), ("f", "ف"), ("g", "ج"), ("h", "ه"), ("j", "ج"), ("k", "ك"), ("l", "ل"), ("m", "م"), ("n", "ن"),
    ("p", "ب"), ("q", "ق"), ("r", "ر"), ("s", "س"), ("t", "ت"), ("v", "ف"), ("w", "و"), ("x", "كس"), ("y", "ي"), ("z", "ز"),
)  # fmt: skip
_VOWELS = "aeiou"


def is_arabizi_word(word: str) -> bool:
    """`word` is folded: lower case, ASCII digits."""
    if _NOT_A_WORD.fullmatch(word):
        return False
    if word in ARABIZI_WORDS:
        return True
    return bool(_LETTER_DIGIT.search(word)) and word not in ENGLISH_WORDS


def language_of(folded: str) -> str:
    """en | ar | arabizi | mixed, of a folded text. Text without letters counts as Arabic, the clinics' first language."""
    arabic = len(_ARABIC.findall(folded))
    words = [word for word in _WORD.findall(folded) if any(sign.isalpha() for sign in word)]
    latin = sum(len(word) for word in words)
    if arabic == 0 and latin == 0:
        return "ar"
    if arabic and latin:
        if latin <= arabic * 0.4:
            return "ar"
        return "mixed" if arabic > latin * 0.25 else "en"
    if arabic:
        return "ar"
    arabizi = sum(is_arabizi_word(word) for word in words)
    english = sum(word in ENGLISH_WORDS for word in words)
    return "arabizi" if arabizi and arabizi >= english * 0.5 else "en"


def to_arabic(folded: str) -> str:
    """Every word that is no English one in Arabic letters; numbers and English stay."""
    return _WORD.sub(lambda found: _word_to_arabic(found.group()), folded)


@lru_cache(maxsize=50_000)
def _word_to_arabic(word: str) -> str:
    if not any(sign.isalpha() for sign in word) or _NOT_A_WORD.fullmatch(word):
        return word
    if word in ENGLISH_WORDS and word not in ARABIZI_WORDS:
        return word
    known = ARABIZI_WORDS.get(word)
    return known if known else _transliterate(word)


def _transliterate(word: str) -> str:
    prefix = ""
    for article in ("el", "al", "il"):
        if word.startswith(article) and len(word) > 4 and word[2] not in _VOWELS:
            prefix, word = "ال", word[2:]
            break
    letters: list[str] = []
    index = 0
    while index < len(word):
        for latin, arabic in _CLUSTERS:
            if word.startswith(latin, index):
                if not letters or letters[-1] != arabic or latin in _VOWELS:
                    letters.append(arabic)  # doubled consonants are one letter
                index += len(latin)
                break
        else:
            letters.append(_vowel(word, index))
            index += 1
    return prefix + "".join(letters)


def _vowel(word: str, index: int) -> str:
    """Short vowels inside a word are not written; the first and the last are."""
    sign, last = word[index], len(word) - 1
    if sign not in _VOWELS:
        return ""
    if index == 0:
        return "ا"
    if index == last:
        return {"a": "ه", "e": "ه", "i": "ي", "o": "و", "u": "و"}[sign]
    return "ا" if sign == "a" and index == 1 and len(word) > 4 else ""
