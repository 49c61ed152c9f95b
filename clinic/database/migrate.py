"""Brings a database to the newest shape: our tables by Alembic, the queue by Procrastinate's own schema."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from procrastinate.schema import SchemaManager
from sqlalchemy import inspect, text

from clinic.database.connect import open_engine

MIGRATIONS = Path(__file__).with_name("migrations")
# Any number that nobody else uses: two processes that migrate at once take turns.
LOCK = 711_020_261


def upgrade(url: str) -> None:
    """To the newest revision, all of it or nothing; again changes nothing.

    Raises DatabaseUnreachable, and what a migration raises.
    """
    engine = open_engine(url)
    try:
        with engine.begin() as conn:
            conn.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            config = Config()
            config.set_main_option("script_location", str(MIGRATIONS))
            config.attributes["connection"] = conn
            command.upgrade(config, "head")
            if not inspect(conn).has_table("procrastinate_jobs"):
                # By the driver's cursor, which leaves the percent signs in its functions alone.
                conn.connection.cursor().execute(SchemaManager.get_schema())
    finally:
        engine.dispose()
