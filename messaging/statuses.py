"""What Meta tells about a message that we sent. Statuses come late, twice and out of order; ours only moves forward."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime
from typing import Any, Optional, Sequence

from sqlalchemy import or_, select, update
from sqlalchemy.engine import Connection

from clinic.conversations import load_conversation
from clinic.database.tables import messages
from clinic.desk_events import notify_desk
from clinic.handoff import hand_over
from connectors.whatsapp.payloads import Status

logger = logging.getLogger(__name__)

# Below `sent` all that we know ourselves; `failed` stands above it, for a late `sent` proves nothing.
_RANK = {"sent": 1, "failed": 2, "delivered": 3, "read": 4}
# The first play of a voice note: it was opened.
_SAME_AS = {"played": "read"}


def apply_statuses(conn: Connection, statuses: Sequence[Status], now: datetime) -> int:
    """Apply them in their order; returns how many changed a message. Unknown statuses and strangers are left out."""
    return sum(1 for status in statuses if _apply(conn, status, now))


def _apply(conn: Connection, status: Status, now: datetime) -> bool:
    name = _SAME_AS.get(status.status, status.status)
    row = _find(conn, status) if name in _RANK else None
    if row is None:
        logger.info("a status was left out: %s", name if name in _RANK else "unknown status")
        return False
    if _RANK[name] <= _RANK.get(row.status, 0):
        return False
    changed: dict[str, Any] = {"status": name, "status_at": status.at or now}
    if row.wamid is None:
        # It overtook the answer to our call, or that answer never came.
        changed["wamid"] = status.wamid
    if name == "failed":
        changed["error_code"] = status.error_code
    conn.execute(update(messages).where(messages.c.id == row.id).values(**changed))
    if name == "failed":
        note_failure(conn, row.id, now)
    notify_desk(conn, row.clinic_id, row.conversation_id)
    return True


def _find(conn: Connection, status: Status) -> Any:
    """By the id that we sent along, else by Meta's."""
    own_id = _uuid(status.callback_data)
    match = [messages.c.wamid == status.wamid] if status.wamid else []
    if own_id is not None:
        match.append(messages.c.id == own_id)
    if not match:
        return None
    columns = (messages.c.id, messages.c.clinic_id, messages.c.conversation_id, messages.c.status, messages.c.wamid)
    return conn.execute(
        select(*columns)
        .where(messages.c.phone_number_id == status.phone_number_id, messages.c.direction == "out", or_(*match))
        .with_for_update()
    ).first()


def note_failure(conn: Connection, message_id: str, now: datetime) -> None:
    """A reply of the bot that will not arrive is a person's matter; the desk sees the rest by itself."""
    row = conn.execute(
        select(messages.c.sender, messages.c.conversation_id, messages.c.in_reply_to, messages.c.clinic_id).where(
            messages.c.id == message_id
        )
    ).one()
    if row.sender == "bot":
        hand_over(conn, load_conversation(conn, row.conversation_id), "failure", now, row.in_reply_to)
    notify_desk(conn, row.clinic_id, row.conversation_id)


def _uuid(value: Optional[str]) -> Optional[str]:
    try:
        return str(uuid.UUID(value)) if value else None
    except ValueError:
        return None
