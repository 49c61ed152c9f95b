"""From DATABASE_URL to an engine."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.engine import Engine

from clinic.database.connect import BadDatabaseUrl, DatabaseUnreachable, normalise_url, open_engine
from clinic.database.migrate import upgrade
from clinic.database.tables import metadata


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
