"""Which of a contact's visits a message means: by person, specialty, doctor or day; "mine but keep my wife's"."""

from __future__ import annotations

import re
from typing import Optional, Sequence

from clinic.appointments import Appointment
from clinic.dialogue import Turn
from clinic.household import people_in
from clinic.patients import patients_of
from understanding.arabizi import to_arabic
from understanding.folding import fold

_ALL = re.compile(
    r"\b(?:all|both|every|everything|all of them)\b"
    r"|(?<!\w)(?:كل|كلها|كلهم|كلهن|جميع|الاتنين|الاثنين كلهم|التنين|التنتين|كله)(?!\w)"
)
# What stands behind these words stays as it is.
_KEEP = re.compile(
    r"\b(?:but )?(?:keep|leave|not|except)\b"
    r"|(?<!\w)(?:بس )?و?(?:خلي|خل|خليلي|اترك|ابقي|الا|ما عدا|ماعدا|عدا|سيب|مو|مش)(?!\w)"
)
_NOT = re.compile(r"(?:but )?not|(?:بس )?و?(?:مو|مش)")
_MINE = re.compile(
    r"\b(?:mine|my own)\b|(?<!\w)(?:موعدي|حقي|حقتي|تبعي|تبعتي|بتاعي|بتاعتي|مالي|مالتي|ديالي|تاعي|ميعادي|معادي)(?!\w)"
)


# "Another appointment" is a new one, unless something is to become another one.
_ANOTHER = re.compile(
    r"\b(?:another|one more|a new|a second|an extra) (?:\w+ )?(?:appointment|visit|booking)\b"
    r"|(?<!\w)موعد (?:ثاني|تاني|جديد|اضافي)(?!\w)|(?<!\w)(?:كمان|بعد) موعد(?!\w)"
)
_CHANGES = re.compile(r"\b(?:chang\w+|mov\w+|instead|reschedul\w+|postpon\w+)\b|غير|بدل|نقل|اجل|حول")


def says_another(text: str) -> bool:
    folded = fold(text)
    return bool(_ANOTHER.search(folded)) and not _CHANGES.search(folded)


def says_all(text: str) -> bool:
    folded = fold(text)
    return bool(_ALL.search(folded) or _ALL.search(to_arabic(folded)))


def meant_by(turn: Turn, visits: Sequence[Appointment]) -> list[Appointment]:
    """Those that the message names; [] when it names none of them, which is for the caller to read."""
    asked = _of_whom(turn, visits)
    specialty, doctor = turn.message.first("specialty"), turn.message.first("doctor")
    if specialty is not None:
        asked = [visit for visit in asked if visit.specialty_code == specialty.value] or asked
    if doctor is not None:
        words = fold(doctor.value).replace(".", " ").split()
        asked = [visit for visit in asked if _is_with(visit, words)] or asked
    return [] if len(asked) == len(visits) else list(asked)


def _is_with(visit: Appointment, words: Sequence[str]) -> bool:
    return any(
        any(word in fold(name).replace(".", " ").split() for word in words)
        for name in (visit.practitioner_en, visit.practitioner_ar)
    )


def _of_whom(turn: Turn, visits: Sequence[Appointment]) -> list[Appointment]:
    text = turn.message.text
    keep = _KEEP.search(fold(text))
    # Folding shortens a text by a few signs at most; people are placed by the original.
    border = len(text) * keep.start() // max(len(fold(text)), 1) if keep else len(text)
    relations = {
        patient.id: patient.relationship
        for patient in patients_of(turn.conn, turn.clinic.id, turn.conversation.contact_id)
    }

    def named(start: int, end: int) -> set[str]:
        """The patients that a stretch of the text names, by what they are to the contact or by name."""
        found = people_in(text, turn.message.language, today=turn.message.today)
        people = [one for one in found if start <= one.start < end]
        related = {one.relationship for one in people if one.relationship not in ("self", "other")}
        stretch = fold(text[start:end])
        if _MINE.search(stretch):
            related.add("self")
        said = set(stretch.split())
        return {
            visit.patient_id
            for visit in visits
            if visit.patient_id
            and (relations.get(visit.patient_id) in related or _first_word(visit.patient_name) in said)
        }

    wanted, kept = named(0, border), named(border, len(text)) if keep else set()
    if keep and not wanted and _NOT.fullmatch(keep.group()):
        # "I can not come, cancel my daughter's": nothing is kept, something is denied.
        wanted, kept = kept, set()
    chosen = [visit for visit in visits if visit.patient_id in wanted and visit.patient_id not in kept]
    if chosen:
        return chosen
    return [visit for visit in visits if visit.patient_id not in kept] if kept else list(visits)


def _first_word(name: Optional[str]) -> Optional[str]:
    words = fold(name or "").split()
    return words[0] if words else None
