"""What is wrong with a cell, a line or a file, as data; texts.py turns it into sentences."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping, Optional


class BadValue(Exception):
    """What cannot be taken; `code` is a key of the texts, `details` fill its gaps, `column` is a field if known."""

    def __init__(self, code: str, column: str = "", **details: Any) -> None:
        super().__init__(code)
        self.code = code
        self.column = column
        self.details = details


class UnusableFile(BadValue):
    """Nothing of the file can be read; said in one sentence."""


@dataclass(frozen=True)
class Problem:
    """`line` counts from 1 in a file (its first line is the header), from 0 in a list of the API; None: all of it."""

    line: Optional[int]
    column: str  # as the file calls it; "" when it is about the whole line
    code: str
    details: Mapping[str, Any] = field(default_factory=dict)
