"""Lists brought into the demo clinic, and a look at what stands in the database then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Engine

from clinic.demo import DemoClinic, seed_demo
from imports.files import Done, Options, import_file
from imports.kinds import FILES

NOW = datetime(2026, 11, 24, 10, tzinfo=timezone.utc)
OTHER_NUMBER = "200000000000099"


@dataclass
class Office:
    """Somebody at the clinic with a file in hand."""

    engine: Engine
    clinic_id: str

    def bring(self, kind: str, file: str | bytes, now: datetime = NOW, **options: Any) -> Done:
        """Writes unless told otherwise."""
        data = file if isinstance(file, bytes) else file.encode("utf-8")
        return import_file(self.engine, self.clinic_id, FILES[kind], data, now, Options(**{"write": True, **options}))

    def rows(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        with self.engine.connect() as conn:
            found = conn.execute(text(query), {"clinic": self.clinic_id, **values})
            return [tuple(row) for row in found]

    def count(self, table: str) -> int:
        return int(self.rows(f"SELECT count(*) FROM {table} WHERE clinic_id = :clinic")[0][0])

    def do(self, statement: str, **values: Any) -> None:
        with self.engine.begin() as conn:
            conn.execute(text(statement), {"clinic": self.clinic_id, **values})


@pytest.fixture
def office(engine: Engine, clinic: DemoClinic) -> Office:
    return Office(engine, str(clinic.id))


@pytest.fixture
def other_office(engine: Engine) -> Office:
    with engine.begin() as conn:
        return Office(engine, str(seed_demo(conn, OTHER_NUMBER, "100000000000099").id))


def counts(done: Done) -> tuple[int, int, int, int]:
    """created, updated, unchanged, bad"""
    told = done.report.counts
    return (told["created"], told["updated"], told["unchanged"], told["bad"])


def faults(done: Done) -> list[tuple[int | None, str, str]]:
    """(line, column, code), by line."""
    return [(problem.line, problem.column, problem.code) for problem in done.report.in_order()]


def remarks(done: Done) -> list[tuple[int | None, str]]:
    return [(remark.line, remark.code) for remark in done.report.remarks]
