"""A row on its way in: its cells by field, read one by one, with every fault kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable, Mapping, Optional, TypeVar

from imports.problems import BadValue, Problem

T = TypeVar("T")


@dataclass(frozen=True)
class Row:
    """`cells` maps fields to text; a field that the file or list does not have is absent."""

    line: int
    cells: Mapping[str, str]


@dataclass
class Cells:
    """Reads a row. All of its faults are collected, so that they are put right in one go."""

    row: Row
    titles: Mapping[str, str]  # what the file calls a field
    problems: list[Problem] = field(default_factory=list)

    @property
    def line(self) -> int:
        return self.row.line

    def given(self, name: str) -> bool:
        return bool(self.row.cells.get(name, "").strip())

    def read(self, name: str, reader: Callable[[str], T]) -> Optional[T]:
        """None for an empty cell, and for a bad one, which is noted."""
        text = self.row.cells.get(name, "")
        if not text.strip():
            return None
        try:
            return reader(text)
        except BadValue as error:
            self.refuse(name, error.code, **error.details)
            return None

    def need(self, name: str, reader: Callable[[str], T], code: str = "empty") -> Optional[T]:
        """The same; an empty cell is noted too."""
        if not self.given(name):
            self.refuse(name, code)
            return None
        return self.read(name, reader)

    def refuse(self, name: str, code: str, **details: Any) -> None:
        self.problems.append(Problem(self.line, self.titles.get(name, name), code, details))
