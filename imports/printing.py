"""A report as a person reads it: lines for a terminal, or a table for a spreadsheet."""

from __future__ import annotations

import csv
from typing import Iterable, Iterator, TextIO

from imports.problems import Problem
from imports.report import Report
from imports.texts import say

MOST_PRINTED = 200  # of problems, and of remarks


def spoken(problem: Problem, language: str) -> str:
    """ "line 7, phone: The number is too short." """
    said = say(problem.code, language, **problem.details)
    if problem.line is None:
        return said
    if not problem.column:
        return say("place_line", language, line=problem.line, said=said)
    return say("place", language, line=problem.line, column=problem.column, said=said)


def printed(report: Report, language: str, outcome: str) -> Iterator[str]:
    """`outcome`: dry_run | written | refused."""
    unknown = [Problem(None, "", "column_unknown", {"name": name}) for name in report.unknown_columns]
    yield from _part("problems", report.in_order(), language)
    yield from _part("remarks", [*unknown, *report.remarks], language)
    yield say("summary", language, kind=say(report.kind, language), **report.counts)
    yield say(outcome, language)


def _part(title: str, problems: list[Problem], language: str) -> Iterator[str]:
    if not problems:
        return
    yield f"{say(title, language)} ({len(problems)})"
    for problem in problems[:MOST_PRINTED]:
        yield f"  {spoken(problem, language)}"
    if len(problems) > MOST_PRINTED:
        yield f"  {say('more', language, count=len(problems) - MOST_PRINTED)}"


def write_table(report: Report, language: str, file: TextIO) -> None:
    """Every problem and remark: line, column, code, sentence."""
    table = csv.writer(file)
    table.writerow(("line", "column", "kind", "code", "message"))
    table.writerows(_rows("problem", report.in_order(), language))
    unknown = [Problem(None, name, "column_unknown", {"name": name}) for name in report.unknown_columns]
    table.writerows(_rows("remark", [*unknown, *report.remarks], language))


def _rows(kind: str, problems: Iterable[Problem], language: str) -> Iterator[tuple[object, ...]]:
    for problem in problems:
        cells = (problem.column, kind, problem.code, say(problem.code, language, **problem.details))
        yield (problem.line or "", *map(_harmless, cells))


def _harmless(cell: str) -> str:
    """A spreadsheet takes what begins so for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t")) else cell
