"""Ages and birth dates as they are said, at a place among the words of a message. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Optional, Sequence

from clinic.people_lexicon.ages import (
    ABOUT,
    AGE_MARKERS,
    BORN,
    BORN_FILLERS,
    DAYS,
    DUALS,
    HALF,
    HAS_MARKERS,
    INFANTS,
    MONTHS,
    NOT_AN_AGE,
    NUMBERS,
    OLD,
    TENS,
    TIME_LEADS,
    WEEKS,
    YEARS,
)
from clinic.tokens import Token
from understanding.lexicon.when import DAYS as WEEKDAYS
from understanding.lexicon.when import MONTHS as MONTH_NAMES

OLDEST = 120
_FILLERS = frozenset(
    "( [ : - = ~ , ، who he she they is it's its turning turned turns هي هو وهي وهو و يعني she's he's yes نعم".split()
)
_NUMERIC = re.compile(r"(\d{1,4})[/.\-](\d{1,2})[/.\-](\d{1,4})")


@dataclass(frozen=True)
class Age:
    """`months` beyond the whole years, None where they were not said; `end` is the token after it."""

    years: int
    months: Optional[int]
    end: int


@dataclass(frozen=True)
class Birth:
    """`date` when all of it was said, `year` always."""

    date: Optional[date]
    year: int
    end: int


def age_at(tokens: Sequence[Token], index: int, *, marked: bool = False) -> Optional[Age]:
    """The age that is said from this token on. `marked`: the message was asked for one, so a bare number is one."""
    unit_needed = False
    for place in range(index, min(index + 6, len(tokens))):
        token = tokens[place]
        if token.reading == "و" and not (place + 1 < len(tokens) and _is(tokens[place + 1], AGE_MARKERS | HAS_MARKERS)):
            return None
        if _is(token, AGE_MARKERS):
            marked, unit_needed = True, False
        elif _is(token, HAS_MARKERS) and not marked:
            unit_needed = True
        elif not (_is(token, _FILLERS) or _is(token, ABOUT) or (marked and token.word == "of")):
            return _age_here(tokens, place, marked, unit_needed)
    return None


def _age_here(tokens: Sequence[Token], index: int, marked: bool, unit_needed: bool) -> Optional[Age]:
    token = tokens[index]
    if _is(token, INFANTS):
        return age_at(tokens, index + 1) or Age(0, None, index + 1)
    whole = _with_unit(tokens, index, marked)
    if whole is not None:
        return _closed(tokens, whole)
    number = number_at(tokens, index)
    if number is None or (unit_needed and not marked):
        return None
    value, end = number
    if value > OLDEST:
        return None
    if marked and _half(tokens, end):
        return _closed(tokens, Age(value, 6, _half(tokens, end)))
    if not _may_be_age(tokens, index, end) or (not marked and token.reading in _ONES):
        return None
    return _closed(tokens, Age(value, None, end))


def _with_unit(tokens: Sequence[Token], index: int, marked: bool) -> Optional[Age]:
    """ "7 years", "10 months", "سنتين", "سنة ونص", "2 years and 3 months"."""
    first = _measure(tokens, index, marked)
    if first is None:
        return None
    years, months, end = first
    joint = end + 1 if end < len(tokens) and tokens[end].reading in ("and", "و") else end
    more = _measure(tokens, joint, marked, joined=True) if years and not months else None
    if more is not None and more[0] == 0:
        return Age(years, more[1], more[2])
    half = _half(tokens, end) if not months else 0
    if half:
        return Age(years, 6, half)
    return Age(years + (months or 0) // 12, None if months is None else months % 12, end) if years <= OLDEST else None


def _measure(
    tokens: Sequence[Token], index: int, marked: bool, joined: bool = False
) -> Optional[tuple[int, Optional[int], int]]:
    """Years, months and the next token."""
    if index >= len(tokens):
        return None
    token = tokens[index]
    bare = token.reading[1:] if joined and token.reading.startswith("و") and token.is_arabic else token.reading
    if bare in DUALS:
        years, months = DUALS[bare]
        return years, months if not years else None, index + 1
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    if bare in ("سنه", "عام", "حول") and not (following and following.is_number):
        return 1, None, index + 1
    if bare == "شهر" and (marked or joined) and not (following and following.is_number):
        return 0, 1, index + 1
    number = _joined_number(tokens, index, joined)
    if number is None:
        return None
    value, end = number
    end = end + 1 if end < len(tokens) and tokens[end].word == "-" else end
    if end >= len(tokens):
        return None
    if _is(tokens[end], YEARS) or (marked and tokens[end].word == "y"):
        return value, None, end + 1
    if _is(tokens[end], MONTHS) and value <= 48:
        return 0, value, end + 1
    old = end + 1 < len(tokens) and tokens[end + 1].word == "old"
    if marked or old:
        if _is(tokens[end], WEEKS):
            return 0, value * 7 // 30, end + 1
        if _is(tokens[end], DAYS):
            return 0, value // 30, end + 1
    return None


def _joined_number(tokens: Sequence[Token], index: int, joined: bool) -> Optional[tuple[int, int]]:
    """ "و٣" and "وثلاث" after a first measure."""
    token = tokens[index]
    if joined and token.is_arabic and token.reading.startswith("و") and token.reading[1:] in NUMBERS:
        return NUMBERS[token.reading[1:]], index + 1
    return number_at(tokens, index)


def number_at(tokens: Sequence[Token], index: int) -> Optional[tuple[int, int]]:
    """Digits or words ("thirty five", "خمسه وثلاثين"), and the next token."""
    if index >= len(tokens):
        return None
    token = tokens[index]
    if token.is_number:
        return (int(token.word), index + 1) if len(token.word) <= 3 and token.word == str(int(token.word)) else None
    ones, tens = NUMBERS.get(token.reading), TENS.get(token.reading)
    following = tokens[index + 1].reading if index + 1 < len(tokens) else ""
    if tens is not None:
        if following == "-" and index + 2 < len(tokens) and NUMBERS.get(tokens[index + 2].word, 99) < 10:
            return tens + NUMBERS[tokens[index + 2].word], index + 3
        more = NUMBERS.get(following, 0) if not token.is_arabic else 0
        return (tens + more, index + 2) if 0 < more < 10 else (tens, index + 1)
    if ones is None:
        return None
    if token.is_arabic and ones < 10 and following in ("عشر", "عشره"):
        return ones + 10, index + 2
    if following.startswith("و") and following[1:] in TENS:
        return ones + TENS[following[1:]], index + 2
    if following == "و" and index + 2 < len(tokens) and tokens[index + 2].reading in TENS:
        return ones + TENS[tokens[index + 2].reading], index + 3
    return ones, index + 1


_ONES = frozenset("one واحد واحده وحده".split())


def _may_be_age(tokens: Sequence[Token], index: int, end: int) -> bool:
    """Whether a number without a unit can be an age: not beside what makes it a time, a date or a count."""
    if index and _is(tokens[index - 1], TIME_LEADS):
        return False
    if end >= len(tokens):
        return True
    after = tokens[end]
    names_a_day = after.reading in MONTH_NAMES or _without_article(after.reading) in WEEKDAYS
    return not (_is(after, NOT_AN_AGE) or names_a_day or after.word in ("/", ":", "%", "$", "€", "£"))


def _without_article(word: str) -> str:
    return word[2:] if word.startswith("ال") else word


def _half(tokens: Sequence[Token], index: int) -> int:
    """The token after "and a half", 0 when it does not stand here."""
    words = [token.reading for token in tokens[index : index + 3]]
    if words[:1] and words[0] in HALF:
        return index + 1
    if words[:2] in (["و", "نص"], ["و", "نصف"]):
        return index + 2
    return index + 3 if words == ["and", "a", "half"] else 0


def _closed(tokens: Sequence[Token], age: Age) -> Age:
    """With what belongs to it: "-old", "of age", a bracket."""
    end = age.end
    while end < len(tokens) and (
        tokens[end].word in (")", "]")
        or _is(tokens[end], OLD - {"of"})
        or (tokens[end].word == "-" and end + 1 < len(tokens) and tokens[end + 1].word == "old")
        or (tokens[end].word == "of" and end + 1 < len(tokens) and tokens[end + 1].word == "age")
        or (tokens[end].word == "age" and tokens[end - 1].word == "of")
    ):
        end += 1
    return Age(age.years, age.months, end)


def birth_at(tokens: Sequence[Token], index: int, today: Optional[date], *, marked: bool = False) -> Optional[Birth]:
    """The birth date from this token on, after a word for it ("born", "مواليد"), or without one where it was asked."""
    for place in range(index, min(index + 7, len(tokens))):
        token = tokens[place]
        if _is(token, BORN):
            marked = True
        elif not (_is(token, BORN_FILLERS) or _is(token, _FILLERS)):
            return _birth_here(tokens, place, today) if marked else None
    return None


def _birth_here(tokens: Sequence[Token], index: int, today: Optional[date]) -> Optional[Birth]:
    readers = (_numeric_birth, _written_birth, _year_alone)
    return next((birth for read in readers if (birth := read(tokens, index, today))), None)


def _numeric_birth(tokens: Sequence[Token], index: int, today: Optional[date]) -> Optional[Birth]:
    """Day first; a year first when it has four digits."""
    match = _NUMERIC.fullmatch(tokens[index].word)
    if match is None:
        return _spaced_birth(tokens, index, today)
    first, month, last = match.groups()
    day, year = (last, first) if len(first) == 4 else (first, last)
    return _dated(day, int(month), year, index + 1, today)


def _spaced_birth(tokens: Sequence[Token], index: int, today: Optional[date]) -> Optional[Birth]:
    """ "3 / 5 / 2019", "3 5 2019"."""
    numbers: list[str] = []
    place = index
    while place < len(tokens) and len(numbers) < 3 and (tokens[place].is_number or tokens[place].word in "/-."):
        if tokens[place].is_number:
            numbers.append(tokens[place].word)
        place += 1
    if len(numbers) < 3 or len(numbers[2]) != 4 or len(numbers[1]) > 2 or len(numbers[0]) > 2:
        return None
    return _dated(numbers[0], int(numbers[1]), numbers[2], place, today)


def _written_birth(tokens: Sequence[Token], index: int, today: Optional[date]) -> Optional[Birth]:
    """ "3 May 2019", "May 3rd, 2019", "٣ مايو ٢٠١٩", "5 تشرين الثاني 2019"."""
    day: Optional[str] = None
    month = 0
    place = index
    while place < len(tokens) and place < index + 8:
        token = tokens[place]
        pair = f"{token.reading} {tokens[place + 1].reading}" if place + 1 < len(tokens) else ""
        if not month and pair in MONTH_NAMES:
            month, place = MONTH_NAMES[pair], place + 1
        elif not month and token.reading in MONTH_NAMES:
            month = MONTH_NAMES[token.reading]
        elif token.is_number and day is None and len(token.word) <= 2:
            day = token.word
        elif token.is_number and day and month:
            return _dated(day, month, token.word, place + 1, today)
        elif ordinal := re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)", token.word):
            day = ordinal[1]
        elif token.word not in (",", "of", "من", "في", "st", "nd", "rd", "th", "سنه", "the", "/", "-", "شهر"):
            return None
        place += 1
    return None


def _year_alone(tokens: Sequence[Token], index: int, today: Optional[date]) -> Optional[Birth]:
    word = tokens[index].word
    if not re.fullmatch(r"(?:19|20)\d\d", word) or not _past(int(word), today):
        return None
    return Birth(None, int(word), index + 1)


def _dated(day: str, month: int, year: str, end: int, today: Optional[date]) -> Optional[Birth]:
    full = _full_year(year, today)
    if full is None:
        return None
    try:
        born = date(full, month, int(day))
    except ValueError:
        return None
    if not _past(full, today) or (today is not None and born > today):
        return None
    return Birth(born, full, end)


def _full_year(said: str, today: Optional[date]) -> Optional[int]:
    """ "19" is 2019, "85" is 1985: the last year that has been. It takes a today."""
    if len(said) == 4:
        return int(said)
    if len(said) != 2 or today is None:
        return None
    century = today.year // 100 * 100
    return century + int(said) - (100 if century + int(said) > today.year else 0)


def _past(year: int, today: Optional[date]) -> bool:
    return 1900 <= year and (today is None or today.year - OLDEST <= year <= today.year)


def _is(token: Token, words: frozenset[str]) -> bool:
    """Arabic writes "and" onto the next word."""
    if token.word in words or token.reading in words:
        return True
    return len(token.reading) > 3 and token.reading[0] in "وف" and token.reading[1:] in words
