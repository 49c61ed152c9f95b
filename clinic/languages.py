"""Which language a message asks to go on in. Pure: "English please", "ما افهم انجليزي اكتبوا عربي", "3arabi"."""

from __future__ import annotations

import re

from understanding.folding import fold

OTHER = "other"  # a language that we do not write

_NAMES = {
    "en": (
        r"\beng\b|\w*english\w*|\b(?:e|i)n(?:g|ge|gi)l[ei]*[zs]+[eiy]?\w*"
        r"|(?<!\w)\w{0,3}ان[جكق]لي?[زش]\w*|(?<!\w)(?:ال)?(?:افرنجي|لاتيني)"
    ),
    "ar": r"\b\w?3?arabi?c?\b|\b3?arab[iey]\w*|(?<!\w)(?:وال|بال|عال|لل|ال|ب|ل|ع)?عر+ب[يه]\w*",
    OTHER: (
        r"\b(?:hindi|urdu|french|francais|tagalog|filipino|malayalam|tamil|bengali|bangla|spanish|german|turkish"
        r"|farsi|persian|russian|chinese)\b"
        r"|(?<!\w)(?:وال|بال|عال|ال|ب)?(?:فرنسي|فرنساوي|فرنسيه|اوردو|اردو|هنديه|هندي|تركي|تركيه)(?!\w)"
    ),
}
_NAMED = re.compile("|".join(f"(?P<{code}>{pattern})" for code, pattern in _NAMES.items()))
# Right before the name of a language, in its clause: it is the one not wanted. "Reads nothing but" takes it back.
_NOT = re.compile(
    r"\b(?:don'?t|dont|not|no|never|can'?t|cant|cannot|why|stop|instead of|all in|ma|mo|mu|mesh|msh|mish|mush)\b"
    r"|(?<!\w)و?(?:ما|مش|مو|موب|لا|ليش|ليه|بدل|مب|وش|شو|ايه|كله|كلو|كلها|كل|ما[يتاب]\w+|م[يب]\w+)(?!\w)"
)
_BUT = re.compile(r"\b(?:only|but)\b|(?<!\w)(?:الا|غير)(?!\w)")
# Behind it, the same.
_POOR = re.compile(r"^\W*(?:is |از |مش |مو )*(?:so )?(?:weak|dreadful|bad|poor|terrible|zero|زيرو|ضعيف|صفر|تعبان)")
_CLAUSE = re.compile(r"[,.!?;\n]| cause | because | عشان | لان ")
# They cannot read what we write: then the language they write themselves is the one.
_UNREADABLE = re.compile(
    r"\b(?:understand|read|know|translate)\b"
    r"|(?<!\w)(?:فهمت|فاهم|فاهمه|افهم|بفهم|بيفهم|يفهم|يفهمني|اقرا|بعرف|لغتي|بلغتي|بلغتنا)(?!\w)"
)


def language_asked(text: str, written: str) -> str:
    """en | ar | other; the last one named that is not refused. `written` is the language of the message itself."""
    folded = fold(text)
    named: list[tuple[str, bool]] = []
    behind = 0
    for match in _NAMED.finditer(folded):
        refused_before = _is_refused(_CLAUSE.split(folded[behind : match.start()])[-1])
        named.append((match.lastgroup or "", refused_before or bool(_POOR.match(folded[match.end() :]))))
        behind = match.end()
    wanted = [code for code, refused in named if not refused and code != OTHER]
    if wanted:
        return wanted[-1]
    refused = {code for code, _ in named}
    if OTHER in refused:
        return OTHER
    if len(refused) == 1:
        return "ar" if refused == {"en"} else "en"
    return written if _UNREADABLE.search(folded) else "en" if written == "ar" else "ar"


def _is_refused(before: str) -> bool:
    refusals = list(_NOT.finditer(before))
    return bool(refusals) and not _BUT.search(before[refusals[-1].end() :])
