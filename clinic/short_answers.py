"""Answers that need no understanding: yes, no, never mind, and a choice by its words or its place."""

from __future__ import annotations

import re
from typing import Optional, Sequence

from clinic.questions import Choice
from understanding.folding import fold

_STOPS = frozenset(
    fold(word)
    for word in (
        "forget it", "never mind", "nevermind", "cancel", "leave it", "not now", "خلاص", "لا خلاص", "انسى", "انسي",
        "إلغاء", "الغاء", "مو الحين", "مش دلوقتي", "بطلت", "خلاص بطلت", "khalas", "5alas", "la 5alas", "insa",
    )
)  # fmt: skip
# What may stand around a "never mind" without changing it.
_AROUND_STOP = re.compile(
    r"(?<!\w)(?:no|la2?|لا|لأ|actually|ok|okay|oh|well|sorry|please|thanks|thank you|then|طيب|يلا|معلش|معليش|بس|شكرا|"
    r"من فضلك|لو سمحت|زي ما هو|زي ما هي|مثل ما هو|كده|هيك|بعد|الحين|حاليا)(?!\w)"
)
_STOP = re.compile(
    r"(?<!\w)(?:forget (?:it|about it)|never ?mind|leave it|not now|cancel(?: it| that)?|do not bother|don'?t bother|"
    r"خلاص|انسي?|الغاء|بطلت|هونت|عوفها?|عوفه|سيبها?|سيبو|سيبك|خليها وقت ثاني|"
    r"(?:ما|مش|مو|مب) ?(?:ابي|ابغي|ابغا|نبي|اريد|عايزه?|عاوزه?|بدي|محتاجه?|حابه?)(?: شي| حاجه)?|مابي|مابغي|صافي|"
    r"k?h?5?alas|7alas|mesh (?:3ayez|3ayza|3awez)|mabi|ma ?bghit)(?!\w)"
)
_CANCEL = re.compile(
    r"(?:yes,? |please |نعم,? |اي,? |ايوه,? )?(?:cancel(?: it| that)?(?: please)?|drop it|الغاء|الغ[يوه]ه?|كنسل)"
)
_YES = frozenset(
    fold(word)
    for word in (
        "yes", "y", "ok", "okay", "confirm", "sure", "yep", "yes please", "نعم", "اي", "ايوه", "ايوا", "ايه", "تمام",
        "اوكي", "موافق", "تأكيد", "اكد", "أكيد", "ok inshallah", "aywa", "na3am", "tamam", "akeed", "eh", "👍",
    )
)  # fmt: skip
_NO = frozenset(fold(word) for word in ("no", "nope", "لا", "لأ", "مو", "la", "la2", "other", "غيره"))
# "Don't cancel it" is no "cancel it", whatever the intent was taken for.
_NOT = re.compile(
    r"(?<!\w)(?:do ?n'?t|do not|not|never|can'?t|cannot|won'?t|لا ت\w+|ما [اني]?\w+|م[ات]\w{3,}ش|مو|مش|مب|موب)(?!\w)"
)
_ORDINALS = {
    fold(word): index
    for index, words in enumerate(
        (
            ("1", "first", "the first", "the first one", "الاول", "الاولى", "اول واحد", "el awal", "awel wa7ed"),
            ("2", "second", "the second", "the second one", "الثاني", "التاني", "الثانيه", "el tani", "el thani"),
            ("3", "third", "the third", "the third one", "الثالث", "التالت", "الثالثه", "el talet", "el thaleth"),
            ("4", "fourth", "the fourth", "الرابع", "الرابعه", "el rabe3"),
            ("5", "fifth", "the fifth", "الخامس", "el 5ames"),
            ("6", "sixth", "the sixth", "السادس"),
            ("7", "seventh", "the seventh", "السابع"),
            ("8", "eighth", "the eighth", "الثامن", "التامن"),
        )
    )
    for word in words
}


def says_yes(text: str) -> bool:
    return _bare(text) in _YES


def says_no(text: str) -> bool:
    return _bare(text) in _NO


def says_not(text: str) -> bool:
    """Something is denied: an intent alone is no consent then."""
    return bool(_NOT.search(_bare(text)))


def says_stop(text: str) -> bool:
    """Never mind: the flow ends. ("Stop" alone means our messages, and is the opt-out's.)"""
    bare = _bare(text)
    if bare in _STOPS:
        return True
    rest = _STOP.sub(" ", bare)
    return rest != bare and not re.sub(r"[\W_]+", "", _AROUND_STOP.sub(" ", rest))


def says_cancel(text: str) -> bool:
    """The word itself, as an answer."""
    return bool(_CANCEL.fullmatch(_bare(text)))


def choice_said(text: str, choices: Sequence[Choice], by_place: bool = True) -> Optional[Choice]:
    """The choice whose title is the whole message, or, by place, "2", "the second", "التاني"."""
    said = _bare(text)
    for choice in choices:
        if said == fold(choice.title):
            return choice
    if by_place and said in _ORDINALS and _ORDINALS[said] < len(choices):
        return choices[_ORDINALS[said]]
    return None


def _bare(text: str) -> str:
    return fold(text).strip(" .!?،؟")
