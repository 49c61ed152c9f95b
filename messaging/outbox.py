"""Everything that leaves: a row a message, queued in the transaction of whoever wants it said."""

from __future__ import annotations

from dataclasses import replace
from typing import Optional, Sequence

from sqlalchemy import insert
from sqlalchemy.engine import Connection

from clinic.conversations import Conversation
from clinic.database.tables import messages
from clinic.desk_events import notify_desk
from clinic.texts import say
from connectors.whatsapp import limits
from connectors.whatsapp.render import split_bubble
from messaging.bubbles import Bubble
from messaging.jobs import wake_sender

# Smaller goes first. An emergency passes what waits in its conversation and every limiter of ours.
EMERGENCY = -1
REPLY = 0
BULK = 9


def queue_bubbles(
    conn: Connection,
    conversation: Conversation,
    bubbles: Sequence[Bubble],
    *,
    sender: str = "bot",
    staff_id: Optional[str] = None,
    in_reply_to: Optional[str] = None,
    priority: int = REPLY,
) -> list[str]:
    """Queue them in this order; returns the ids of their rows. What is longer than one message becomes several rows.

    Raises TooManyOptions or BadOption (connectors.whatsapp.render) before anything is written.
    """
    parts = [part for bubble in bubbles for part in split_bubble(_named_list(bubble, conversation.language))]
    ids = []
    for part in parts:
        row = insert(messages).values(
            clinic_id=conversation.clinic_id,
            conversation_id=conversation.id,
            direction="out",
            sender=sender,
            staff_id=staff_id,
            phone_number_id=conversation.phone_number_id,
            type="interactive" if part.options else "text",
            text=part.text,
            content=part.to_json(),
            status="queued",
            priority=priority,
            in_reply_to=in_reply_to,
        )
        ids.append(str(conn.execute(row.returning(messages.c.id)).scalar_one()))
    if ids:
        wake_sender(conn)
        notify_desk(conn, conversation.clinic_id, conversation.id)
    return ids


def _named_list(bubble: Bubble, language: str) -> Bubble:
    """More than three options open behind a button, and a button needs a word."""
    if len(bubble.options) > limits.BUTTONS and not bubble.list_button:
        return replace(bubble, list_button=say("choose", language))
    return bubble
