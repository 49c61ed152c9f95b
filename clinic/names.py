"""Names as a clinic writes them down, and whether two of them may be one person's. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Optional, Sequence

from clinic.people_lexicon.given_names import CANONICAL, MENS, WOMENS
from understanding.folding import fold

LONGEST = 60
# Dropped before a name. Not أم and أبو, nor Umm and Abu: "أم محمد" is what she is called.
_TITLES = frozenset(
    fold(
        "mr mrs ms miss mister sir madam dr doctor prof eng السيد السيدة الآنسة سيد الأستاذ الأستاذة أستاذ أستاذة "
        "الدكتور الدكتورة دكتور دكتورة د م المهندس المهندسة مهندس الحاج الحاجة حجي الشيخ"
    ).split()
)

_LETTER_DIGIT = re.compile(r"(?<![\d])[235679](?=[a-zA-Z'])(?!(?:yo|y|yrs?|years?|mo?|months?)\b)")


def clean_name(raw: str) -> str:
    """Letters, spaces, dots, hyphens and apostrophes, at most 60; "" when nothing is left to call somebody by.

    Tatweel, vowel signs, digits and emoji are dropped, and titles before the name; "ال" and compound names stay, and
    the digits that are letters in Arabizi ("7amad").
    """
    text = unicodedata.normalize("NFC", raw)
    letters = {match.start() for match in _LETTER_DIGIT.finditer(text)}
    kept = "".join(sign if place in letters else _kept(sign) for place, sign in enumerate(text))
    words = kept.split()
    while len(words) > 1 and fold(words[0].strip(".-'’")) in _TITLES:
        words = words[1:]
    name = " ".join(words)[:LONGEST].strip(" .-'’")
    return name if sum(sign.isalpha() for sign in name) >= 2 else ""


def _kept(sign: str) -> str:
    if sign == "\u0640":  # tatweel is a letter to Unicode
        return ""
    if sign.isalpha() or sign in ".-'’" or (unicodedata.category(sign) == "Mc"):
        return sign
    if sign.isspace() or sign in ",،/_":
        return " "
    # A vowel sign of Arabic goes; a mark that another script needs to spell a name stays.
    vowel = "\u0600" <= sign <= "\u06ff" or "\ufe00" <= sign <= "\ufe0f"
    return sign if unicodedata.category(sign) == "Mn" and not vowel else ""


def may_be_same(one: str, other: str) -> bool:
    """Whether both names may be one person's: each word of the shorter has its like in the longer, the first first.

    "Ali" and "Ali Hassan", "علي" and "Ali", "محمد" and "Mohamad". "Ali Hassan" and "Ali Omar" are two.
    """
    return _within(*sorted((_parts(one), _parts(other)), key=len))


def is_shorter_or_same(said: str, known: str) -> bool:
    """Whether `said` is `known` or a part of it, in either script."""
    short, long = _parts(said), _parts(known)
    return len(short) <= len(long) and _within(short, long)


def usual_gender(name: str) -> Optional[str]:
    """What the given name says: female, male, or None where it is anybody's or not known."""
    parts = _parts(name)
    if not parts or parts[0] in WOMENS & MENS:
        return None
    if parts[0][0] in "♀♂":
        return "female" if parts[0][0] == "♀" else "male"
    return "female" if parts[0] in WOMENS else "male" if parts[0] in MENS else None


def _within(short: Sequence[str], long: Sequence[str]) -> bool:
    if not short or not _alike(short[0], long[0]):
        return False
    rest = iter(long[1:])
    return all(any(_alike(word, another) for another in rest) for word in short[1:])


_SERVANT = re.compile(r"\b(عبد|abd|abdul|abdel|abdal|abdu|abdoul)[ -]+(?:al[ -]|el[ -])?")
_PARENT = re.compile(r"\b(?:(ابو|abu|abou|abo)|(?:ام|umm|um|om|oum))[ -]+(?=\w)")
_FAITH = re.compile(r"([^\W\d_]+)[ -]+(?:الدين|el-?din|al-?din|ed-?dine?|eddine|uddin|aldeen|eldeen)\b")
_SERVANTS_ARTICLE = re.compile(r"^(عبد|abd)(?:ال|[aeu]?l)(?=\w)")
_ARTICLE = re.compile(r"^(?:ال|al|el)(?=\w{3})")
_BETWEEN = frozenset("بن ابن بنت bin ben ibn bint al el ال".split())


def _parts(name: str) -> list[str]:
    """The words that tell people apart: compounds as one, "father of" as a sign, no "bin", no article."""
    folded = fold(clean_name(name)).replace(".", " ").replace("'", "")
    folded = _FAITH.sub(lambda match: match[1] + ("دين" if _is_arabic(match[1]) else "din"), folded)
    folded = _PARENT.sub(lambda match: "♂" if match[1] else "♀", _SERVANT.sub(r"\1", folded))
    words = [word for word in re.split(r"[ -]+", folded) if word and word not in _BETWEEN]
    return [word if word in CANONICAL else _ARTICLE.sub("", word) for word in words]


def _alike(one: str, other: str) -> bool:
    if one == other:
        return True
    if one[0] in "♀♂" or other[0] in "♀♂":
        return one[0] == other[0] and len(one) > 1 and len(other) > 1 and _alike(one[1:], other[1:])
    known_one, known_other = CANONICAL.get(one, frozenset()), CANONICAL.get(other, frozenset())
    if known_one and known_other:
        return bool(known_one & known_other)
    if _is_arabic(one) and _is_arabic(other):
        return _loose(one) == _loose(other)
    first, second = skeleton(one), skeleton(other)
    return first == second and len(first) >= 2


def _is_arabic(word: str) -> bool:
    return "\u0600" <= word[0] <= "\u06ff"


def _loose(word: str) -> str:
    """Spellings of one Arabic name: a closing hamza, alif or taa."""
    return re.sub(r"[اهء]+$", "", word) or word


# Consonants that two scripts, or two writers, put for one another.
_SOUNDS: tuple[tuple[str, str], ...] = (
    ("kh", "خ"), ("gh", "غ"), ("sh", "ش"), ("ch", "ش"), ("th", "ث"), ("dh", "ذ"), ("ph", "ف"), ("ck", "ك"), ("x", "كس"),
    ("2", ""), ("3", "ع"), ("5", "خ"), ("6", "ط"), ("7", "ح"), ("8", "ق"), ("9", "ص"),
    ("b", "ب"), ("p", "ب"), ("t", "ت"), ("j", "ج"), ("g", "ج"), ("h", "ه"), ("d", "د"), ("r", "ر"), ("z", "ز"),
    ("s", "س"), ("c", "ك"), ("k", "ك"), ("q", "ك"), ("f", "ف"), ("v", "ف"), ("l", "ل"), ("m", "م"), ("n", "ن"),
)  # fmt: skip
_CLASSES = {
    **dict.fromkeys("سصث", "س"), **dict.fromkeys("تط", "ت"), **dict.fromkeys("دضذظز", "د"), **dict.fromkeys("كق", "ك"),
    **dict.fromkeys("حه", "ه"), **dict.fromkeys("عاءويئؤ", ""),
}  # fmt: skip


def skeleton(word: str) -> str:
    """The consonants by classes that both scripts keep apart: "راكان" and "Rakan" are one, "هدى" and "Huda"."""
    word = _SERVANTS_ARTICLE.sub(r"\1", word)
    consonants = _consonants(word.removesuffix("ه") if _is_arabic(word) else _final_h(word))
    classes = [_CLASSES.get(sign, sign) for sign in consonants]
    kept: list[str] = []
    for sign in classes:
        if sign and (not kept or kept[-1] != sign):
            kept.append(sign)
    return "".join(kept)


def _final_h(word: str) -> str:
    return word.removesuffix("h") if len(word) > 2 and word[-2:-1] in "aeiou" else word


def _consonants(word: str) -> Sequence[str]:
    if _is_arabic(word):
        return word
    signs: list[str] = []
    index = 0
    while index < len(word):
        latin, arabic = next(((a, b) for a, b in _SOUNDS if word.startswith(a, index)), (word[index], ""))
        signs.extend(arabic)
        index += len(latin)
    return signs
