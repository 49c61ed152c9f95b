"""From DATABASE_URL to an engine."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.engine import Engine

from clinic.database.connect import BadDatabaseUrl, DatabaseUnreachable, normalise_url, open_engine
from clinic.database.migrate import upgrade
from clinic.database.tables import metadata
from tests.conftest import in_database


@pytest.mark.parametrize(
    ("given", "normal"),
    [
        ("postgresql://u:p@h:5432/d", "postgresql://u:p@h:5432/d"),
        ("postgres://u:p@h/d", "postgresql://u:p@h/d"),
        ("postgresql+psycopg2://h/d", "postgresql://h/d"),
        ("postgresql+asyncpg://h/d?sslmode=require", "postgresql://h/d?sslmode=require"),
        ("postgresql:///d?host=/run/postgresql", "postgresql:///d?host=/run/postgresql"),
    ],
)
def test_the_usual_forms_of_a_url_become_one(given: str, normal: str) -> None:
    assert normalise_url(given) == normal


@pytest.mark.parametrize("given", ["sqlite:///x.db", "mysql://h/d", "localhost:5432", "", "postgresqlx://h/d"])
def test_another_kind_of_database_is_refused_with_a_sentence(given: str) -> None:
    with pytest.raises(BadDatabaseUrl, match="must point to PostgreSQL"):
        normalise_url(given)


def test_a_server_that_does_not_answer_gets_one_sentence_without_the_password() -> None:
    with pytest.raises(DatabaseUnreachable) as caught:
        open_engine("postgresql://somebody:secret@127.0.0.1:9/d", wait_seconds=0)
    assert "127.0.0.1" in str(caught.value) and "secret" not in str(caught.value)


def test_a_password_in_the_options_is_not_told_either() -> None:
    with pytest.raises(DatabaseUnreachable) as caught:
        open_engine("postgresql:///d?host=/nowhere&password=secret", wait_seconds=0)
    assert str(caught.value) == "The database at /nowhere/d did not answer within 0 s."


def test_a_database_that_there_is_not_is_said_at_once(database_url: str) -> None:
    with pytest.raises(DatabaseUnreachable, match='"absent" does not exist'):
        open_engine(in_database(database_url, "absent"), wait_seconds=1000)


@pytest.mark.parametrize("given", ["postgresql://u:p@h:port/d", "postgresql://u:a/b:c@h/d", "postgresql://[::1/d"])
def test_a_url_that_cannot_be_read_is_refused_with_a_sentence(given: str) -> None:
    with pytest.raises(BadDatabaseUrl, match="DATABASE_URL"):
        normalise_url(given)


def test_an_option_that_there_is_not_is_refused_with_a_sentence() -> None:
    with pytest.raises(BadDatabaseUrl, match="colour"):
        open_engine("postgresql://h/d?colour=blue", wait_seconds=0)


def test_both_drivers_reach_the_server_by_the_same_url(database_url: str) -> None:
    """psycopg2 under SQLAlchemy, psycopg 3 under the workers."""
    url = normalise_url(database_url.replace("postgresql://", "postgres://"))
    engine = open_engine(url)
    with engine.connect() as conn, psycopg.connect(url) as connection:
        row = connection.execute("SELECT current_database()").fetchone()
        assert row == (conn.execute(text("SELECT current_database()")).scalar_one(),)
    engine.dispose()


def test_the_migrated_database_is_what_the_tables_say(engine: Engine, recwarn: pytest.WarningsRecorder) -> None:
    """Expression indexes are out of the comparison's sight; they are looked up by name."""
    import warnings

    with warnings.catch_warnings(), engine.connect() as conn:
        warnings.simplefilter("ignore")
        context = MigrationContext.configure(conn)
        ours = [
            change
            for change in compare_metadata(context, metadata)
            if not (change[0] == "remove_table" and change[1].name.startswith(("procrastinate_", "alembic_")))
            and not (change[0] == "remove_index" and change[1].table.name.startswith("procrastinate_"))
        ]
        assert ours == []
        names = set(conn.execute(text("SELECT indexname FROM pg_indexes WHERE schemaname = 'public'")).scalars())
        assert {"ix_appointments_contact", "ix_appointments_day", "ex_appointments_overlap"} <= names


def test_migrating_again_changes_nothing(database_url: str) -> None:
    upgrade(database_url)
    upgrade(database_url)


def test_two_that_migrate_at_once_take_turns(postgres_server: str) -> None:
    name = f"test_{uuid.uuid4().hex}"
    admin = open_engine(postgres_server)
    with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(text(f'CREATE DATABASE "{name}"'))
        url = in_database(postgres_server, name)
        try:
            with ThreadPoolExecutor(3) as pool:
                list(pool.map(upgrade, [url] * 3))
            engine = open_engine(url)
            assert {"appointments", "procrastinate_jobs"} <= set(inspect(engine).get_table_names())
            engine.dispose()
        finally:
            conn.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()
