"""Rasa's tracker in the clinic's own PostgreSQL."""

from __future__ import annotations

from typing import Any, Optional

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.orm import sessionmaker

from clinic.database.connect import open_engine
from istiqbal.bootstrap import shared_url

# Events of one session, newest start first: what every retrieve and save asks for.
_INDEX = "CREATE INDEX IF NOT EXISTS ix_events_session ON events (sender_id, type_name, timestamp)"
# Any number, the same in every process that makes the table.
_TABLE_LOCK = 7281


class ClinicTrackerStore(SQLTrackerStore):
    """SQLTrackerStore on the database of the settings, with 5 + 5 connections instead of 50 + 100.

    `host` and other keys of the endpoints file are not read: there is one reader of settings.
    """

    def __init__(
        self, domain: Optional[Domain] = None, event_broker: Optional[EventBroker] = None, **_kwargs: Any
    ) -> None:
        self.engine = open_engine(shared_url())
        with self.engine.begin() as conn:
            self._create_table(conn)
        self.sessionmaker = sessionmaker(bind=self.engine)
        # Past SQLTrackerStore's own: it would open an engine of its size.
        TrackerStore.__init__(self, domain, event_broker)

    def _create_table(self, conn: Connection) -> None:
        """Several processes start at once; one makes the table, the others find it."""
        conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _TABLE_LOCK})
        self.Base.metadata.create_all(conn)
        conn.execute(text(_INDEX))
