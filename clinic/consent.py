"""What a contact agreed to receive. The newest word wins; care and marketing are kept apart."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import desc, insert, select
from sqlalchemy.engine import Connection

from clinic.database.tables import consents
from clinic.dialogue import Reply, Turn
from clinic.texts import say

PURPOSES = ("care", "marketing")


def grant(conn: Connection, contact_id: str, clinic_id: str, source: str, now: datetime) -> None:
    _record(conn, contact_id, clinic_id, True, source, now)


def withdraw(conn: Connection, contact_id: str, clinic_id: str, source: str, now: datetime) -> None:
    """ "Stop" means all that we start: both purposes end. Replies to what a patient writes go on."""
    _record(conn, contact_id, clinic_id, False, source, now)


def _record(conn: Connection, contact_id: str, clinic_id: str, granted: bool, source: str, now: datetime) -> None:
    conn.execute(
        insert(consents),
        [
            {
                "contact_id": contact_id,
                "clinic_id": clinic_id,
                "purpose": purpose,
                "granted": granted,
                "source": source,
                "created_at": now,
            }
            for purpose in PURPOSES
        ],
    )


def may_start(conn: Connection, contact_id: str, purpose: str) -> bool:
    """Whether we may write first for this purpose: no word means no for marketing, yes for care that was booked."""
    newest = conn.execute(
        select(consents.c.granted)
        .where(consents.c.contact_id == contact_id, consents.c.purpose == purpose)
        .order_by(desc(consents.c.created_at))
        .limit(1)
    ).scalar_one_or_none()
    return bool(newest) if newest is not None else purpose == "care"


def opt_out(turn: Turn) -> Reply:
    withdraw(turn.conn, turn.conversation.contact_id, turn.clinic.id, "whatsapp message", turn.now)
    return Reply(say("opt_out_done", turn.language))


def opt_in(turn: Turn) -> Reply:
    grant(turn.conn, turn.conversation.contact_id, turn.clinic.id, "whatsapp message", turn.now)
    return Reply(say("opt_in_done", turn.language))
