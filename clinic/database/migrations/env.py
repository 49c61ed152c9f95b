"""Alembic's entry: runs on the connection that it is handed (clinic/database/migrate.py)."""

from __future__ import annotations

from alembic import context

from clinic.database.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
