"""A file into a clinic: tried without a trace, or written all or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Engine

from imports.importing import import_rows
from imports.job import Progress, in_silence, job_for
from imports.kind import Kind
from imports.reading import open_table
from imports.report import Report


@dataclass(frozen=True)
class Options:
    """The default tries: everything is done, reported, and taken back."""

    write: bool = False
    skip_bad: bool = False  # write the good rows though others are bad
    create_specialties: bool = False


@dataclass(frozen=True)
class Done:
    report: Report
    outcome: str  # dry_run | written | refused


def import_file(
    engine: Engine,
    clinic_id: str,
    kind: Kind[Any],
    data: bytes,
    now: datetime,
    options: Options,
    progress: Progress = in_silence,
) -> Done:
    """Raises UnusableFile."""
    table = open_table(data, kind)
    with engine.connect() as conn:
        transaction = conn.begin()
        job = job_for(conn, clinic_id, now, create_specialties=options.create_specialties, progress=progress)
        report = import_rows(
            job,
            kind,
            table.rows(),
            total=len(table.lines) - table.first,
            titles=table.columns.by_field,
            broken=table.broken,
            unknown_columns=table.columns.unknown,
        )
        refused = bool(report.bad) and not options.skip_bad
        if options.write and not refused:
            transaction.commit()
            return Done(report, "written")
        transaction.rollback()
    return Done(report, "refused" if options.write else "dry_run")
