"""From DATABASE_URL to an engine: the one place that reads such a URL, and the one that waits for the server."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import Iterator
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError, ProgrammingError

from clinic.database.embedded import EmbeddedPostgres
from istiqbal.settings import Settings

POOL = 5  # connections of a process, and as many again in a rush: the embedded server has 100 for all
RETRY_SECONDS = 0.2
# What a server that is up says and will go on saying; anything else is waited for.
_REFUSALS = ("authentication failed", "does not exist", "no pg_hba.conf entry", "no password supplied")


class BadDatabaseUrl(Exception):
    """DATABASE_URL is not one of PostgreSQL; the message says what it may be."""


class DatabaseUnreachable(Exception):
    """The server did not answer in time; the message is one sentence without the password."""


def normalise_url(url: str) -> str:
    """`postgresql://...`, from `postgres://` and `postgresql+driver://` too. Raises BadDatabaseUrl."""
    scheme, separator, rest = url.strip().partition("://")
    if not separator or scheme.split("+")[0] not in ("postgres", "postgresql"):
        raise BadDatabaseUrl(
            "DATABASE_URL must point to PostgreSQL: postgresql://user:password@host/database, "
            "or postgresql:///database?host=/socket/folder."
        )
    normal = f"postgresql://{rest}"
    try:
        urlsplit(normal).port  # noqa: B018 - reading it is what checks it
    except ValueError:
        raise BadDatabaseUrl(
            "DATABASE_URL has no port that can be read; in a password, write @ : / ? # as %40 %3A %2F %3F %23."
        ) from None
    return normal


def open_engine(url: str, wait_seconds: float = 30) -> Engine:
    """An engine whose server answers. Raises BadDatabaseUrl, DatabaseUnreachable."""
    normal = normalise_url(url)
    engine = create_engine(
        normal, future=True, pool_size=POOL, max_overflow=POOL, pool_pre_ping=True, hide_parameters=True
    )
    deadline = time.monotonic() + wait_seconds
    try:
        while not _answers(engine, normal):
            if time.monotonic() >= deadline:
                raise DatabaseUnreachable(f"The database at {_place(normal)} did not answer within {wait_seconds:g} s.")
            time.sleep(RETRY_SECONDS)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _answers(engine: Engine, url: str) -> bool:
    """Raises DatabaseUnreachable if waiting longer would not help."""
    try:
        with engine.connect() as conn:
            conn.execute(text("SELECT 1"))
    except OperationalError as error:
        said = str(error.orig)
        if any(refusal in said for refusal in _REFUSALS):
            reason = said.strip().rpartition("FATAL:")[2].strip()
            raise DatabaseUnreachable(f"The database at {_place(url)} refuses us: {reason}.") from error
        return False
    except ProgrammingError as error:  # the driver's word for options that it does not know
        raise BadDatabaseUrl(f"DATABASE_URL cannot be read: {str(error.orig).strip()}.") from None
    return True


def _place(url: str) -> str:
    """Host, or the socket's folder, and database: what may be told; neither user nor password."""
    parts = urlsplit(url)
    host = parts.hostname or parse_qs(parts.query).get("host", ["localhost"])[0]
    return f"{host}{f':{parts.port}' if parts.port else ''}{parts.path}"


def embedded_server(settings: Settings) -> EmbeddedPostgres:
    return EmbeddedPostgres(settings.home / "postgres")


@contextmanager
def database(settings: Settings) -> Iterator[str]:
    """The URL of this installation's database; an embedded server that this process started ends with it."""
    if settings.database_url is not None:
        yield normalise_url(settings.database_url)
        return
    server = embedded_server(settings)
    started = server.start()
    try:
        yield server.url
    finally:
        if started:
            server.stop()
