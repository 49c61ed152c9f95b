"""Tells the desks that are looking at a clinic that one of its conversations changed."""

from __future__ import annotations

import json

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

CHANNEL = "desk"


def notify_desk(conn: Connection, clinic_id: str, conversation_id: str) -> None:
    """Delivered by PostgreSQL when the transaction commits. Payload: {"clinic_id", "conversation_id"}."""
    payload = json.dumps({"clinic_id": clinic_id, "conversation_id": conversation_id})
    conn.execute(select(func.pg_notify(CHANNEL, payload)))
