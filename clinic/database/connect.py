"""From DATABASE_URL to an engine: the one place that reads such a URL, and the one that waits for the server."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import Iterator
from urllib.parse import urlsplit

from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from clinic.database.embedded import EmbeddedPostgres
from istiqbal.settings import Settings

POOL = 5  # connections of a process, and as many again in a rush: the embedded server has 100 for all
RETRY_SECONDS = 0.2


class BadDatabaseUrl(Exception):
    """DATABASE_URL is not one of PostgreSQL; the message says what it may be."""


class DatabaseUnreachable(Exception):
    """The server did not answer in time; the message is one sentence without the password."""


def normalise_url(url: str) -> str:
    """`postgresql://...`, from `postgres://` and `postgresql+driver://` too. Raises BadDatabaseUrl."""
    scheme, separator, rest = url.partition("://")
    if not separator or scheme.split("+")[0] not in ("postgres", "postgresql"):
        raise BadDatabaseUrl(
            "DATABASE_URL must point to PostgreSQL: postgresql://user:password@host/database, "
            "or postgresql:///database?host=/socket/folder."
        )
    return f"postgresql://{rest}"


def open_engine(url: str, wait_seconds: float = 30) -> Engine:
    """An engine whose server answers. Raises BadDatabaseUrl, DatabaseUnreachable."""
    engine = create_engine(normalise_url(url), future=True, pool_size=POOL, max_overflow=POOL, pool_pre_ping=True)
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            with engine.connect() as conn:
                conn.execute(text("SELECT 1"))
            return engine
        except OperationalError as error:
            if time.monotonic() >= deadline:
                engine.dispose()
                where = urlsplit(url)._replace(netloc=urlsplit(url).hostname or "").geturl()
                raise DatabaseUnreachable(f"The database at {where} did not answer within {wait_seconds:g} s.") from error
            time.sleep(RETRY_SECONDS)


@contextmanager
def database(settings: Settings) -> Iterator[str]:
    """The URL of this installation's database; an embedded server that this process started ends with it."""
    if settings.database_url is not None:
        yield normalise_url(settings.database_url)
        return
    server = EmbeddedPostgres(settings.home / "postgres")
    started = server.start()
    try:
        yield server.url
    finally:
        if started:
            server.stop()
