"""The people in a message: whom it names, what they are to the one who writes, how old. Pure, no clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Optional, Sequence

from clinic.people_lexicon.ages import AGE_MARKERS, BORN, HAS_MARKERS
from clinic.people_lexicon.not_names import ADJECTIVES_AFTER, NAME_MARKERS
from clinic.people_lexicon.relatives import Relative
from clinic.said_ages import Age, Birth, age_at, birth_at
from clinic.said_names import Name, ends_at, is_separator, is_title, name_at
from clinic.said_relatives import Head, head_at
from clinic.said_selves import named_at, only_for_me, own_name_at, self_at
from clinic.tokens import Token, read_tokens

# Between a word for a relative and what is said of them.
_LINKS = frozenset(", : ( - – is are who he she they its اللي الي هو هي وهو وهي وهم هم = s 's".split())

_NOT = frozenset("not مو مش مب موب ماهو مهو ليس ليست".split())
# "waldi" is written for my father and for my son.
_YOUNGEST_PARENT = 13


@dataclass(frozen=True)
class Person:
    """Somebody in a message. `start` and `end` are offsets into it, `text` what stands there.

    An age is whole years and the months beyond them: "10 months" is 0 and 10, "a year and a half" 1 and 6, "5" is 5 and
    None. `birth_year` alone when no more of the date was said. `many`: "my kids", no one person.
    """

    name: Optional[str]
    relationship: str  # self | child | spouse | parent | other
    gender: Optional[str]  # female | male
    age_years: Optional[int]
    age_months: Optional[int]
    birth_date: Optional[date]
    text: str
    start: int
    end: int
    birth_year: Optional[int] = None
    many: bool = False


def people_in(text: str, language: str, *, asked: Optional[str] = None, today: Optional[date] = None) -> list[Person]:
    """In the order of the text; [] when it names nobody. Raises nothing.

    `asked` is the relationship that a question was about ("what are your children's names?"): bare names then are
    people too. `today` reads two-digit years and refuses birth dates to come.
    """
    return _Reading(text, read_tokens(text, language), today).people(asked)


@dataclass(frozen=True)
class _Details:
    """What is said of one person; `end` is the token after it."""

    end: int
    name: Optional[Name] = None
    age: Optional[Age] = None
    birth: Optional[Birth] = None

    def __bool__(self) -> bool:
        return any((self.name, self.age, self.birth))


class _Reading:
    """One pass over a message, from left to right."""

    def __init__(self, text: str, tokens: Sequence[Token], today: Optional[date]) -> None:
        self._text, self._tokens, self._today = text, tokens, today
        self._found: list[Person] = []
        self._after = -1  # the token after the last person

    def people(self, asked: Optional[str]) -> list[Person]:
        index = 0
        while index < len(self._tokens):
            index = self._step(index)
        if not self._found and asked is not None:
            self._bare(asked)
        alone = only_for_me(self._tokens) if not self._found else None
        if alone is not None:
            self._add(Relative("self"), alone[0], _Details(alone[1]))
        return self._found

    def _step(self, index: int) -> int:
        """Read what begins at this token; the next one to read from."""
        token = self._tokens[index]
        if is_title(token):
            return self._past_doctor(index + 1)
        own = own_name_at(self._tokens, index)
        if own is not None:
            details = self._details(own.end, _Details(own.end, own), Relative("self"))
            return self._add(Relative("self"), index, details)
        beside = self._after >= 0 and index - self._after <= 1
        head = head_at(self._tokens, index, carried=beside)
        if head is not None and self._is_denied(index):
            return head.end
        if head is not None:
            return (self._several(head) if head.relative.many else self._one(head)) or index + 1
        myself = self_at(self._tokens, index, beside)
        if myself is not None:
            return self._add(Relative("self"), index, _Details(myself))
        return self._more_of_the_last(index) or self._named(index) or index + 1

    def _is_denied(self, index: int) -> bool:
        """ "not for my son", "مو لولدي"."""
        before = [token.reading for token in self._tokens[max(index - 2, 0) : index]]
        return before[-1:] != [] and (before[-1] in _NOT or before[-2:] == ["not", "for"])

    def _past_doctor(self, index: int) -> int:
        """A doctor's name is no patient's."""
        while index < len(self._tokens) and self._tokens[index].word in (".", "/"):
            index += 1
        name = name_at(self._tokens, index)
        return name.end if name else index

    def _one(self, head: Head) -> Optional[int]:
        """One relative, and those named after them: "my son Ali and Omar"."""
        known = _Details(head.end, age=head.age)
        if self._tokens[head.end - 1].owner and not self._is_marker(head.end):
            details = known  # "my son's teeth"
        else:
            details = self._details(head.end, known, head.relative)
        if head.relative.weak and not details:
            return None
        index = self._add(head.relative, head.start, details)
        if details.name is None:
            return index
        relationship = "child" if head.relative.relationship == "child" else "other"
        return self._listed(index, Relative(relationship), strict=True)

    def _several(self, head: Head) -> Optional[int]:
        """ "my kids Ali 7, Sara 4": each that is named; else "my kids" as they stand."""
        start, count = self._past_links(head.end)[0], len(self._found)
        first = self._item(start, head.relative, strict=False)
        if first is None:
            return None if head.relative.weak else self._add(head.relative, head.start, _Details(head.end))
        begin = first.name is None and head.end == start
        index = self._add(replace(head.relative, many=False), start - 1 if begin else start, first)
        assert len(self._found) > count
        return self._listed(index, replace(head.relative, many=False), strict=False)

    def _listed(self, index: int, relative: Relative, strict: bool) -> int:
        """Further people in a list, from after the first."""
        while index < len(self._tokens):
            start = index
            while start < len(self._tokens) and is_separator(self._tokens[start]) and self._tokens[start].word != ".":
                start += 1
            if start >= len(self._tokens) or self._is_head(start):
                break
            joined = start > index or self._tokens[start].line or self._tokens[start].word[0] == "و"
            item = self._item(start, relative, strict=strict or not joined)
            if item is None:
                break
            index = self._add(replace(relative, weak=False), start, item)
        return index

    def _is_head(self, index: int) -> bool:
        head = head_at(self._tokens, index, carried=True)
        if head is None or not head.relative.weak:
            return head is not None
        return bool(self._details(head.end, _Details(head.end), head.relative))

    def _item(self, index: int, relative: Relative, strict: bool) -> Optional[_Details]:
        """A name with what is said of it, or an age with its unit alone ("5 years and 7 years")."""
        name = name_at(self._tokens, index, many=True, strict=strict, joined=True)
        if name is not None:
            return self._details(name.end, _Details(name.end, name), relative)
        age = None if strict else age_at(self._tokens, index)
        return _Details(age.end, age=age) if age and self._is_told(age, index) else None

    def _is_told(self, age: Age, index: int) -> bool:
        """Whether it has its unit, or shares that of the next ("4 and 7 years")."""
        if age.end - index > 1:
            return True
        place = age.end + 1
        if place >= len(self._tokens) or not is_separator(self._tokens[age.end]):
            return False
        another = age_at(self._tokens, place)
        return another is not None and another.end - place > 1

    def _details(self, index: int, known: _Details, relative: Relative) -> _Details:
        """Name, age and birth date in whatever order they follow."""
        while index < len(self._tokens):
            place, marked, loose = self._past_links(index)
            found = self._detail(place, index, known, relative, marked, strict=loose and not marked)
            if found is None:
                return known
            known, index = found, found.end
        return known

    def _detail(
        self, place: int, index: int, known: _Details, relative: Relative, marked: bool, strict: bool
    ) -> Optional[_Details]:
        woman = relative.gender == "female"
        if known.name is None:
            name = name_at(self._tokens, place, marked=marked, woman=woman, strict=strict)
            if name is not None:
                return replace(known, name=name, end=name.end)
        if known.birth is None:
            birth = birth_at(self._tokens, index, self._today)
            if birth is not None:
                return replace(known, birth=birth, end=birth.end)
        if known.age is None:
            age = age_at(self._tokens, index)
            if age is not None:
                return replace(known, age=age, end=age.end)
        return None

    def _past_links(self, index: int) -> tuple[int, bool, bool]:
        """The token where a name may stand, whether "named" led there, and whether only a known name is believed."""
        marked = loose = False
        while index < len(self._tokens):
            token = self._tokens[index]
            if self._is_marker(index):
                marked = True
            elif token.word not in _LINKS and token.reading not in _LINKS and token.reading not in ADJECTIVES_AFTER:
                break
            elif token.word in (",", "is", "are", "-") or token.line:
                loose = True
            index += 1
        return index, marked, loose

    def _is_marker(self, index: int) -> bool:
        if index >= len(self._tokens):
            return False
        reading = self._tokens[index].reading
        return reading in NAME_MARKERS or (reading[0] == "و" and reading[1:] in NAME_MARKERS)

    def _more_of_the_last(self, index: int) -> Optional[int]:
        """ "her name is Sara", "عمرها ٥" some words after the one whom it is about."""
        if not self._found or self._found[-1].many:
            return None
        last = self._found[-1]
        if last.name is None and self._is_marker(index):
            place = self._past_links(index)[0]
            name = name_at(self._tokens, place, marked=True, woman=last.gender == "female")
            return self._extend(_Details(name.end, name)) if name else None
        reading = self._tokens[index].reading
        leads = {reading, reading[1:] if reading[0] in "وف" else reading}
        if last.birth_year is None and leads & BORN:
            birth = birth_at(self._tokens, index, self._today)
            return self._extend(_Details(birth.end, birth=birth)) if birth else None
        if last.age_years is None and leads & (AGE_MARKERS | HAS_MARKERS | {"she", "he", "she's", "he's"}):
            age = age_at(self._tokens, index)
            return self._extend(_Details(age.end, age=age)) if age else None
        return None

    def _named(self, index: int) -> Optional[int]:
        """People without a word for what they are: "for Sara", "Ali 7, Sara 4"."""
        name = named_at(self._tokens, index)
        if name is None:
            name = name_at(self._tokens, index, strict=True, joined=True)
            if name is None or not self._aged_list(name.end):
                return None
        details = self._details(name.end, _Details(name.end, name), Relative("other"))
        return self._listed(self._add(Relative("other"), index, details), Relative("other"), strict=True)

    def _aged_list(self, index: int) -> bool:
        """Whether an age with its unit follows, or an age and then another name with one."""
        age = age_at(self._tokens, index)
        if age is None:
            return False
        if age.end - index > 1:
            return True
        place = age.end
        while place < len(self._tokens) and is_separator(self._tokens[place]):
            place += 1
        another = name_at(self._tokens, place, strict=True, joined=True)
        return another is not None and age_at(self._tokens, another.end) is not None

    def _bare(self, asked: str) -> None:
        """Names and ages alone, as the answer to a question for them."""
        begin = 1 if self._tokens and self._tokens[0].word in ("their", "his", "her", "the") else 0
        place = self._past_links(begin)[0]
        name = name_at(self._tokens, place, marked=True, joined=True, many=True)
        if name is None or not (name.known or ends_at(self._tokens, name.end)):
            return
        details = self._details(name.end, _Details(name.end, name), Relative(asked))
        self._listed(self._add(Relative(asked), place, details), Relative(asked), strict=False)

    def _add(self, relative: Relative, index: int, details: _Details) -> int:
        """Note a person whose words begin at this token; the token after them."""
        name, age, birth = details.name, details.age, details.birth
        if relative.relationship == "parent" and age is not None and age.years < _YOUNGEST_PARENT:
            relative = replace(relative, relationship="child")
        start, end = self._tokens[index].start, self._tokens[details.end - 1].end
        self._found.append(
            Person(
                name=self._text[name.start : name.stop] if name else None,
                relationship=relative.relationship,
                gender=relative.gender,
                age_years=age.years if age else None,
                age_months=age.months if age else None,
                birth_date=birth.date if birth else None,
                text=self._text[start:end],
                start=start,
                end=end,
                birth_year=birth.year if birth else None,
                many=relative.many,
            )
        )
        self._after = details.end
        return details.end

    def _extend(self, more: _Details) -> int:
        """Say more of the last person."""
        last = self._found.pop()
        end = self._tokens[more.end - 1].end
        self._found.append(
            replace(
                last,
                name=self._text[more.name.start : more.name.stop] if more.name else last.name,
                age_years=more.age.years if more.age else last.age_years,
                age_months=more.age.months if more.age else last.age_months,
                birth_date=more.birth.date if more.birth else last.birth_date,
                birth_year=more.birth.year if more.birth else last.birth_year,
                text=self._text[last.start : end],
                end=end,
            )
        )
        self._after = more.end
        return more.end
