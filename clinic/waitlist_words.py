"""What patients who wait say in their own words: until when it is of use to them, and that they wait no more."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from understanding.arabizi import to_arabic
from understanding.folding import fold

# A day behind these words is the first one that is too late: "anything before Thursday?", "ابكر من الخميس".
_BEFORE = re.compile(
    r"\b(?:before|prior to|(?:earlier|sooner|closer|nearer|quicker)\b.{0,20}\bthan)\b"
    r"|(?<!\w)(?:قبل|(?:ابكر|اقرب|اسرع|ابدر|اقصر) من|بدري عن)(?!\w)"
)
# Said of the list, in any words around it; or of the waiting, alone: "I don't want to wait till Thursday" asks for a
# time.
_OFF_THE_LIST = re.compile(
    r"\b(?:leave|quit|exit|cancel|(?:remove|take|get) me (?:off|from|out of)) (?:the )?"
    r"(?:wait ?list|waiting list|list)\b"
    r"|(?<!\w)(?:شيلني|شيلوني|حيدني|حيدوني|حيدوا لي|احذفني|احذفوني|الغني|اخرجني|طلعني|طلعوني|الغاء|الغوا|الغي|الخروج|"
    r"خروج) (?:من )?(?:ال)?(?:قايمه|قائمه|لايحه|لسته|ليسته|انتظار)(?!\w)"
)
_NO_WAITING = re.compile(
    r"\b(?:don ?t|do not|no longer) (?:want|wish|need) to wait\b|\bstop waiting\b"
    r"|(?<!\w)(?:لا|ما|مو|مش|مب|ماعاد|ما عاد|لم اعد) ?(?:اريد|ابي|ابغي|ابغا|بدي|عايز|عايزه|عاوز|عاوزه|اود|حابب|حابه)"
    r" ?(?:ال)?(?:انتظر|انتظار|استني|ستنا)(?!\w)"
)
_FILLERS = frozenset(
    map(
        fold,
        "i any more anymore longer now please thanks thank you sorry ok no خلاص بعد اكثر اكتر الان الحين هلا دلوقتي "
        "شكرا انا من فضلك لو سمحت سمحتم لا".split(),
    )
)


def wished_days(text: str, said: Any) -> Any:
    """The days of a message (as in `When.date`) as somebody means them who wants to come earlier."""
    first = said if isinstance(said, str) else (said or [None])[0]
    if first is None or not any(_BEFORE.search(reading) for reading in _readings(text)):
        return said
    return [None, (date.fromisoformat(first) - timedelta(days=1)).isoformat()]


def says_leave(text: str) -> bool:
    """ "I don't want to wait", "take me off the waitlist", "لا أريد الانتظار"."""
    return any(_leaves(reading) for reading in _readings(text))


def _readings(text: str) -> list[str]:
    folded = re.sub(r"['’]", " ", fold(text))
    return list(dict.fromkeys((folded, to_arabic(folded))))


def _leaves(reading: str) -> bool:
    if _OFF_THE_LIST.search(reading):
        return True
    rest, count = _NO_WAITING.subn(" ", reading)
    return count > 0 and set(re.findall(r"\w+", rest)) <= _FILLERS
