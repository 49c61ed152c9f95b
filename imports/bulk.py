"""Many rows at once: COPY into a table that lives as long as the transaction."""

from __future__ import annotations

import io
from datetime import date, datetime, time
from typing import Any, Iterable, Sequence

import psycopg2
from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

_NULL = "\\N"
BATCH = 20_000  # rows in memory as text
BULK = 2_000  # rows from which a wrong plan costs more than counting


def stage(conn: Connection, name: str, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[Any]]) -> None:
    """Make the temporary table `name` with `columns` (name, type) and fill it; values are None, text, numbers, dates,
    aware times, or tuples of text for `text[]`. Names come from code, never from a file."""
    conn.execute(text(f"DROP TABLE IF EXISTS pg_temp.{name}"))
    listed = ", ".join(f"{column} {type_}" for column, type_ in columns)
    conn.execute(text(f"CREATE TEMPORARY TABLE {name} ({listed}) ON COMMIT DROP"))
    copy = f"COPY pg_temp.{name} FROM STDIN WITH (FORMAT csv, NULL '{_NULL}')"
    cursor = conn.connection.cursor()
    try:
        batch: list[Sequence[Any]] = []
        for row in rows:
            batch.append(row)
            if len(batch) == BATCH:
                _copy(cursor, copy, batch)
                batch = []
        _copy(cursor, copy, batch)
    finally:
        cursor.close()
    conn.execute(text(f"ANALYZE pg_temp.{name}"))


def take_stock(conn: Connection, count: int, *tables: str) -> None:
    """Tell the planner of what was written in bulk, before the next statement joins with it; few rows need no word."""
    if count >= BULK:
        for table in tables:
            conn.execute(text(f"ANALYZE {table}"))


def _copy(cursor: Any, copy: str, rows: Sequence[Sequence[Any]]) -> None:
    if not rows:
        return
    lines = io.StringIO()
    # Everything but NULL is quoted: an empty text, or one that reads \N, stays itself.
    for row in rows:
        lines.write(",".join(map(_cell, row)))
        lines.write("\n")
    lines.seek(0)
    try:
        cursor.copy_expert(copy, lines)
    except psycopg2.Error as error:
        # PostgreSQL quotes the line it was at, with everything in it.
        raise OperationalError("COPY", None, psycopg2.OperationalError(error.pgcode or "lost")) from None


def _cell(value: Any) -> str:
    if value is None:
        return _NULL
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, (date, datetime, time)):
        return value.isoformat()
    if isinstance(value, tuple):
        value = "{" + ",".join(_element(part) for part in value) + "}"
    return '"' + value.replace('"', '""') + '"'


def _element(part: str) -> str:
    return '"' + part.replace("\\", "\\\\").replace('"', '\\"') + '"'
