"""Real PostgreSQL for every test: one embedded server a run, one database a test, copied from a migrated template."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Iterator, Optional

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Connection, Engine, make_url

from clinic.database.connect import open_engine
from clinic.database.embedded import EmbeddedPostgres
from clinic.database.migrate import upgrade
from clinic.demo import DemoClinic, seed_demo
from istiqbal.settings import EMULATOR_BUSINESS_ACCOUNT_ID, EMULATOR_PHONE_NUMBER_ID

TEMPLATE = "istiqbal_template"
# The same with the demo clinic in it: seeding takes longer than copying.
CLINIC_TEMPLATE = "istiqbal_clinic_template"
# A disk in memory, where the machine has one with room for the servers of all workers. In a container it is often tiny.
MEMORY_DISK = Path("/dev/shm")
MEMORY_DISK_FREE = 4 * 1024**3  # bytes


def in_database(url: str, name: str) -> str:
    """The same server, another database; the query (with the socket's folder) stays."""
    return make_url(url).set(database=name).render_as_string(hide_password=False)


@contextmanager
def passable_folder() -> Iterator[Path]:
    """A folder that root's database server, an unprivileged user, can pass through.

    Not below pytest's own: each pytest that starts on the machine closes that one again, under a running server.
    """
    with tempfile.TemporaryDirectory(prefix="istiqbal-test-", dir=_memory_disk(), ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        yield Path(folder).resolve()


def _memory_disk() -> Optional[Path]:
    """None: wherever temporary files lie."""
    if not os.access(MEMORY_DISK, os.W_OK | os.X_OK) or shutil.disk_usage(MEMORY_DISK).free < MEMORY_DISK_FREE:
        return None
    return MEMORY_DISK


@pytest.fixture
def passable_path() -> Iterator[Path]:
    with passable_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a server of this run alone, with a migrated template in it; it ends with the run."""
    with passable_folder() as folder:
        yield from _serve(EmbeddedPostgres(folder))


def _serve(server: EmbeddedPostgres) -> Iterator[str]:
    server.start()
    try:
        # What is thrown away need not survive a power cut, nor be looked after.
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum", "jit"):
            _in_server(server.url, f"ALTER SYSTEM SET {setting} = off")
        _in_server(server.url, "SELECT pg_reload_conf()")
        _in_server(server.url, f'CREATE DATABASE "{TEMPLATE}"')
        upgrade(in_database(server.url, TEMPLATE))
        _copy(server.url, TEMPLATE, CLINIC_TEMPLATE)
        seeded = open_engine(in_database(server.url, CLINIC_TEMPLATE))
        with seeded.begin() as conn:
            seed_demo(conn, EMULATOR_PHONE_NUMBER_ID, EMULATOR_BUSINESS_ACCOUNT_ID)
        seeded.dispose()
        yield server.url
    finally:
        server.stop()


@pytest.fixture
def database_url(postgres_server: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """Empty, or with the demo clinic where the test asks for `clinic`."""
    name = f"test_{uuid.uuid4().hex}"
    template = CLINIC_TEMPLATE if "clinic" in request.fixturenames else TEMPLATE
    _copy(postgres_server, template, name)
    yield in_database(postgres_server, name)
    _in_server(postgres_server, f'DROP DATABASE "{name}" WITH (FORCE)')


def _copy(server: str, template: str, name: str) -> None:
    # File by file: the usual way, page by page through the log, costs ten times the work.
    _in_server(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def clinic(engine: Engine) -> DemoClinic:
    with engine.begin() as conn:
        return seed_demo(conn, EMULATOR_PHONE_NUMBER_ID, EMULATOR_BUSINESS_ACCOUNT_ID)


@lru_cache(maxsize=1)
def _server_connection(url: str) -> Connection:
    """Kept: to connect anew takes longer than to copy a database."""
    return open_engine(url).connect().execution_options(isolation_level="AUTOCOMMIT")


def _in_server(url: str, statement: str) -> None:
    _server_connection(url).execute(text(statement))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--race-seconds", type=float, default=0, help="how long the long race goes on; 0: a few acts each")
