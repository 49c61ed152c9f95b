"""One spelling for many: what Arabic writers spell in many ways becomes one form. Pure, idempotent, keeps offsets."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

_DROPPED = frozenset(
    [chr(code) for code in (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF, 0x061C)]
    + ["\u0640"]  # tatweel
    + [chr(code) for code in (*range(0x064B, 0x0653), 0x0670, *range(0xFE00, 0xFE10))]  # tashkeel, variation selectors
)
_FOLDED = {
    **dict.fromkeys("أإآٱ", "ا"),
    **dict.fromkeys("ىیې", "ي"),
    "ئ": "ي",
    "ؤ": "و",
    "ة": "ه",
    "ہ": "ه",
    "ک": "ك",
    "گ": "ك",
    "پ": "ب",
    "چ": "ج",
    "ڤ": "ف",
    "ژ": "ز",
    "،": ",",
    "؛": ";",
    "؟": "?",
    "٪": "%",
    "’": "'",
    "‘": "'",
    "`": "'",
    **{chr(0x0660 + digit): str(digit) for digit in range(10)},
    **{chr(0x06F0 + digit): str(digit) for digit in range(10)},
}


@dataclass(frozen=True)
class Folded:
    """`text[i]` came from `original[origin[i]]`."""

    text: str
    origin: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """A range of the folded text as a range of the original."""
        if start >= end:
            return (0, 0)
        return self.origin[start], self.origin[end - 1] + 1


def fold(text: str) -> str:
    return fold_with_origin(text).text


def fold_with_origin(text: str) -> Folded:
    """NFKC, lower case, one form a letter, no marks, ASCII digits, at most two of a sign in a row, single spaces."""
    signs: list[str] = []
    origin: list[int] = []
    for index, original in enumerate(text):
        for sign in _fold_sign(original):
            if sign == " " and (not signs or signs[-1] == " "):
                continue
            if len(signs) >= 2 and signs[-1] == signs[-2] == sign and not sign.isdigit():
                continue
            signs.append(sign)
            origin.append(index)
    while signs and signs[-1] == " ":
        signs.pop()
        origin.pop()
    return Folded("".join(signs), tuple(origin))


def _fold_sign(original: str) -> str:
    folded = []
    for sign in unicodedata.normalize("NFKC", original).casefold():
        for part in unicodedata.normalize("NFKC", sign):
            if part in _DROPPED or unicodedata.category(part) in ("Mn", "Cc", "Cf", "Cs") and part not in "\n\t\r":
                continue
            folded.append(" " if part.isspace() else _FOLDED.get(part, part))
    return "".join(folded)
