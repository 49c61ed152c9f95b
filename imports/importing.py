"""One way in for files and for the API: rows are read, the good ones written, and every one has an outcome."""

from __future__ import annotations

from typing import Any, Iterable, Mapping

from sqlalchemy import text

from imports.job import Job
from imports.kind import Kind
from imports.problems import Problem
from imports.report import Report
from imports.rows import Cells, Row

PROGRESS_EVERY = 500  # rows


def import_rows(
    job: Job,
    kind: Kind[Any],
    rows: Iterable[Row],
    *,
    total: int,
    titles: Mapping[str, str],
    broken: list[Problem],
    unknown_columns: Iterable[str] = (),
) -> Report:
    """Writes in the transaction of `job`; whether that is kept is for the caller, who has the report.

    `broken` may still grow while `rows` is read. Imports of one clinic take turns.
    """
    job.conn.execute(text("SELECT pg_advisory_xact_lock(hashtext(:key))"), {"key": f"import:{job.clinic_id}"})
    report = Report(kind.name, titles, tuple(unknown_columns))
    good = []
    for number, row in enumerate(rows, start=1):
        cells = Cells(row, titles)
        record = kind.read(cells, job)
        if cells.problems:
            report.subjects[row.line] = row.cells.get("practitioner", "").strip() or None
            report.refuse_all(row.line, cells.problems)
        else:
            good.append(record)
        if number % PROGRESS_EVERY == 0:
            job.progress("reading", number, total)
    job.progress("reading", total, total)
    for problem in broken:
        if problem.line is not None:
            report.subjects[problem.line] = None
            report.refuse_all(problem.line, [problem])
    if good:
        kind.write(job, good, report)
    return report
