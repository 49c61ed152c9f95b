"""A wish for the doctor's gender or language, as patients word it. What is found here is a promise once booked."""

from __future__ import annotations

import re
from typing import Any, Mapping, Optional

from clinic.schedule import Practitioner
from understanding.arabizi import to_arabic
from understanding.folding import fold

_DOCTOR = r"(?:doctor|dr|dentist|dermatologist|gyna?ecologist|pa?ediatrician|physician|specialist|doc)"
_TABEEB = r"(?:دكتور|دكتوره|طبيب|طبيبه|دكاتره|الدكتور|الدكتوره|حد)"
# Wishes by the words around "doctor"; a bare feminine "doctor" in Arabic is a wish too, unless it titles a name.
_GENDER = {
    "female": re.compile(
        rf"\b(?:lady|female|woman|women|girl)s?(?: \w+)? {_DOCTOR}|{_DOCTOR}\b.{{0,20}}\b(?:woman|female|lady)\b"
        r"|not a man\b"
        rf"|{_TABEEB} (?:حرمه|مره|ست|انثي|بنت|مراه|امراه|سيده|نساء)"
    ),
    "male": re.compile(
        rf"\b(?:male|man|gentleman)(?: \w+)? {_DOCTOR}|{_DOCTOR}\b.{{0,20}}\b(?:male|a man)\b|not a (?:woman|lady)\b"
        rf"|{_TABEEB} (?:رجال|رجل|راجل|زلمه|ذكر)"
    ),
}
_FEMININE = re.compile(r"(?<!\w)[لبو]?(?:ال)?(?:دكتوره|طبيبه|دكتوراه)(?!\w)")
_ANY = re.compile(
    r"\bany (?:doctor|one|of them)\b|\banyone\b|\bno preference\b"
    r"|\b(?:does ?n.?t|do not|don.?t) (?:matter|mind|care)\b|(?<!\w)اي (?:دكتور|طبيب|حد|احد|واحد)"
    r"|(?<!\w)(?:مو مهم|مش مهم|مش فارقه?|ما ?تفرق|ما ?يفرق|ما بتفرق|ماكو فرق|عادي مين)(?!\w)"
)
_SPEAKS = (
    r"(?:speaks|speaking|talks|(?:who|that) (?:can )?speak|يتكلم|تتكلم|بيتكلم|بتتكلم|يحكي|تحكي|بيحكي|بتحكي|يحجي|تحجي|"
    "كيهدر|يهضر)"
)
_LANGUAGES = {
    "en": ("english", "انجليزي", "انكليزي", "انقليزي", "الانجليزيه", "بالانجليزي", "نجليزيه"),
    "ar": ("arabic", "عربي", "العربيه", "بالعربي"),
    "ur": ("urdu", "اردو", "الاردو", "بالاردو"),
    "hi": ("hindi", "هندي", "الهنديه"),
    "fr": ("french", "فرنسي", "فرنساوي", "الفرنسيه", "بالفرنسي"),
    "tl": ("tagalog", "filipino", "فلبيني", "تاغالوغ"),
}
_LANGUAGE = {
    code: re.compile(
        rf"{_SPEAKS}(?: \w+)? (?:{'|'.join(map(fold, names))})(?!\w)"
        rf"|(?:{'|'.join(map(fold, names))})[ -]speak(?:ing|er)"
    )
    for code, names in _LANGUAGES.items()
}


def wishes_in(text: str, *, doctor_named: bool = False) -> Mapping[str, Any]:
    """`{"gender": "female" | "male" | None, "language": code}`; a key only where it is said, None takes it back.

    `doctor_named`: the message names a doctor, so that a feminine title is part of the name.
    """
    folded = fold(text)
    readings = dict.fromkeys((folded, to_arabic(folded)))
    wishes: dict[str, Any] = {}
    for reading in readings:
        for gender, pattern in _GENDER.items():
            if pattern.search(reading):
                wishes.setdefault("gender", gender)
        if not doctor_named and _FEMININE.search(reading):
            wishes.setdefault("gender", "female")
        for code, pattern in _LANGUAGE.items():
            if pattern.search(reading):
                wishes.setdefault("language", code)
    if not wishes and any(_ANY.search(reading) for reading in readings):
        return {"gender": None, "language": None}
    return wishes


def keeps(practitioner: Practitioner, gender: Optional[str], language: Optional[str]) -> bool:
    """Whether this doctor is one that was wished for."""
    return gender in (None, practitioner.gender) and (language is None or language in practitioner.languages)
