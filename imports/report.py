"""What became of every row, and what a person should know about it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Iterable, Mapping, Optional

from imports.problems import BadValue, Problem

CREATED, UPDATED, UNCHANGED, BAD = "created", "updated", "unchanged", "bad"
OUTCOMES = (CREATED, UPDATED, UNCHANGED, BAD)


@dataclass(frozen=True)
class Outcome:
    what: str  # one of OUTCOMES
    id: Optional[str] = None  # ours, unless bad


@dataclass
class Report:
    """Each row has one outcome. Problems make a row bad; remarks do not."""

    kind: str
    titles: Mapping[str, str] = field(default_factory=dict)  # what the file calls a field
    unknown_columns: tuple[str, ...] = ()
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    # Whom the unreadable rows are about (their cell `practitioner`); None for a line without cells.
    subjects: dict[int, Optional[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    remarks: list[Problem] = field(default_factory=list)

    def settle(self, line: int, what: str, id: str) -> None:
        self.outcomes[line] = Outcome(what, id)

    def refuse(self, line: int, error: BadValue) -> None:
        column = self.titles.get(error.column, error.column)
        self.refuse_all(line, [Problem(line, column, error.code, error.details)])

    def refuse_all(self, line: int, problems: Iterable[Problem]) -> None:
        self.outcomes[line] = Outcome(BAD)
        self.problems += problems

    def remark(self, line: Optional[int], code: str, **details: Any) -> None:
        self.remarks.append(Problem(line, "", code, details))

    @property
    def counts(self) -> dict[str, int]:
        counted = Counter(outcome.what for outcome in self.outcomes.values())
        return {what: counted[what] for what in OUTCOMES}

    @property
    def bad(self) -> int:
        return self.counts[BAD]

    def in_order(self) -> list[Problem]:
        """The problems by line."""
        return sorted(self.problems, key=lambda problem: problem.line or 0)
