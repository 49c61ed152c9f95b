"""Arabic for searching: hamzas, alef maqsura, ta marbuta, marks and digits as people really type them.

The same folding twice, in Python for what is looked for and in SQL for where it is looked for.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from sqlalchemy import func

_FROM = "أإآٱىةؤئ٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹"
_TO = "اااايهوي01234567890123456789"
_TABLE = str.maketrans(_FROM, _TO)
# Vowel marks, tatweel, direction marks: they are seen, or not even that, but not typed.
_MARKS = "[\u064b-\u0652\u0670\u0640\u200b-\u200f\u202a-\u202e\u2066-\u2069]"
_SILENT = re.compile(_MARKS)


def fold(text: str) -> str:
    """Also drops control signs, which PostgreSQL refuses or nobody means."""
    shown = "".join(sign for sign in _SILENT.sub("", text) if unicodedata.category(sign) not in ("Cc", "Cs"))
    return " ".join(shown.lower().translate(_TABLE).split())


def folded(column: Any) -> Any:
    return func.translate(func.regexp_replace(func.lower(column), _MARKS, "", "g"), _FROM, _TO)
