"""Messages in, before anything is understood: stored with the job that will answer them, in one transaction."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Optional, Sequence

from psycopg2.errorcodes import DEADLOCK_DETECTED, SERIALIZATION_FAILURE
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import OperationalError

from clinic.conversations import Conversation, UnknownNumber, ensure_conversation, lock_conversation, note_inbound
from clinic.database.tables import messages
from clinic.desk_events import notify_desk
from connectors.whatsapp.payloads import InboundMessage, Webhook
from messaging.jobs import defer_turn
from messaging.statuses import apply_statuses

logger = logging.getLogger(__name__)

# Two webhooks about the same people may wait for each other; one of them then begins again.
TRIES = 3
_RETRYABLE = frozenset({DEADLOCK_DETECTED, SERIALIZATION_FAILURE})
# An open message this old has a job, or lost it.
LOST_AFTER = timedelta(seconds=60)


@dataclass(frozen=True)
class Stored:
    """Counts, for the log."""

    new: int = 0
    repeated: int = 0
    unknown_number: int = 0


def receive(engine: Engine, webhook: Webhook, now: datetime) -> Stored:
    """One transaction for all of a webhook. Raises what the database raises; then nothing is stored."""
    for attempt in range(1, TRIES + 1):
        try:
            with engine.begin() as conn:
                return store_webhook(conn, webhook, now)
        except OperationalError as error:
            if getattr(error.orig, "pgcode", None) not in _RETRYABLE or attempt == TRIES:
                raise
    raise AssertionError("unreachable")


def store_webhook(conn: Connection, webhook: Webhook, now: datetime) -> Stored:
    """Store its messages, each with a job, and apply its statuses. A message that is there already changes nothing."""
    new = repeated = unknown = 0
    conversations = _conversations(conn, webhook.messages)
    for message in webhook.messages:
        conversation = conversations[_sender(message)]
        if conversation is None:
            unknown += 1
        elif _store(conn, conversation, message, now):
            new += 1
        else:
            repeated += 1
    apply_statuses(conn, webhook.statuses, now)
    return Stored(new, repeated, unknown)


Sender = tuple[str, str, str]


def _sender(message: InboundMessage) -> Sender:
    return message.phone_number_id, message.wa_id or "", message.user_id or ""


def _conversations(conn: Connection, found: Sequence[InboundMessage]) -> dict[Sender, Optional[Conversation]]:
    """Locked in one order for all webhooks, so that two about the same people do not wait for each other."""
    newest = {_sender(message): message for message in found}
    return {sender: _conversation(conn, newest[sender]) for sender in sorted(newest)}


def _conversation(conn: Connection, message: InboundMessage) -> Optional[Conversation]:
    try:
        conversation = ensure_conversation(
            conn,
            message.phone_number_id,
            wa_id=message.wa_id,
            user_id=message.user_id,
            profile_name=message.profile_name,
        )
        return lock_conversation(conn, conversation.id)
    except UnknownNumber:
        logger.warning("a message to phone_number_id %.40r, no clinic's, was left out", message.phone_number_id)
        return None


def _store(conn: Connection, conversation: Conversation, message: InboundMessage, now: datetime) -> bool:
    # A clock ahead of ours must not keep Meta's window open longer than it is.
    sent_at = min(message.sent_at or now, now)
    message_id = conn.execute(
        insert(messages)
        .values(
            clinic_id=conversation.clinic_id,
            conversation_id=conversation.id,
            direction="in",
            sender="patient",
            phone_number_id=message.phone_number_id,
            wamid=message.wamid,
            type=message.type,
            text=message.text,
            content=dict(message.raw),
            created_at=now,
            sent_at=sent_at,
        )
        .on_conflict_do_nothing(index_elements=["phone_number_id", "wamid"])
        .returning(messages.c.id)
    ).scalar_one_or_none()
    if message_id is None:
        return False
    note_inbound(conn, conversation, sent_at)
    defer_turn(conn, message_id, conversation.id)
    notify_desk(conn, conversation.clinic_id, conversation.id)
    return True


# Open messages whose job is neither waiting nor running: it failed for good, or somebody deleted it.
_LOST = text("""
    SELECT m.id, m.conversation_id
    FROM messages m
    WHERE m.direction = 'in' AND m.outcome IS NULL AND m.created_at < :before
      AND NOT EXISTS (
        SELECT 1 FROM procrastinate_jobs j
        WHERE j.lock = 'in:' || m.conversation_id AND j.status IN ('todo', 'doing')
          AND j.args ->> 'message_id' = m.id::text)
    ORDER BY m.seq
    LIMIT 100
    FOR UPDATE OF m SKIP LOCKED
""")


def reopen_lost(conn: Connection, now: datetime) -> int:
    """Law 1, once more: every open message has a job. Returns how many had none."""
    lost = conn.execute(_LOST, {"before": now - LOST_AFTER}).all()
    for row in lost:
        defer_turn(conn, str(row.id), str(row.conversation_id), again=True)
    if lost:
        logger.error("%d open messages had no job and have one again", len(lost))
    return len(lost)
