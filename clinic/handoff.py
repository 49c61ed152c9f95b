"""From the bot to a person and back. Ownership is a stored fact of the conversation, never a state of the dialogue."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Optional

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from clinic.conversations import Conversation, lock_conversation
from clinic.database.tables import conversations, handoffs
from clinic.desk_events import notify_desk
from clinic.questions import resume_question, suspend_question
from clinic.texts import say
from clinic.wording import question_line
from messaging.outbox import queue_bubbles

# FHIR request priorities, gravest first.
URGENCIES = ("stat", "asap", "urgent", "routine")
URGENCY_OF_REASON = {
    "emergency": "stat",
    "sensitive": "asap",
    "complaint": "asap",
    "failure": "asap",
    "medical_question": "urgent",
    "request_human": "urgent",
    "not_understood": "routine",
    "media": "routine",
    "clinic_rule": "routine",
    "request": "routine",
}


class NotWithPerson(Exception):
    """The conversation is not in a person's hands (any more)."""


def hand_over(
    conn: Connection, conversation: Conversation, reason: str, now: datetime, message_id: Optional[str] = None
) -> str:
    """Give the conversation to a person: the bot falls silent, its open question waits, the desk is told.

    If a person has it already, a graver reason raises the handoff (and an emergency needs taking again).
    Returns the handoff's id.
    """
    lock_conversation(conn, conversation.id)
    open_one = conn.execute(
        select(handoffs).where(handoffs.c.conversation_id == conversation.id, handoffs.c.closed_at.is_(None))
    ).one_or_none()
    if open_one is None:
        handoff_id = conn.execute(
            insert(handoffs)
            .values(
                clinic_id=conversation.clinic_id,
                conversation_id=conversation.id,
                message_id=message_id,
                reason=reason,
                urgency=URGENCY_OF_REASON[reason],
                opened_at=now,
            )
            .returning(handoffs.c.id)
        ).scalar_one()
    else:
        handoff_id = open_one.id
        _raise(conn, open_one, reason, message_id)
    conn.execute(
        update(conversations)
        .where(conversations.c.id == conversation.id, conversations.c.owner == "bot")
        .values(owner="person", owner_since=now, misunderstood=0)
    )
    suspend_question(conn, conversation.id)
    notify_desk(conn, conversation.clinic_id, conversation.id)
    return str(handoff_id)


def _raise(conn: Connection, open_one: Any, reason: str, message_id: Optional[str]) -> None:
    urgency = URGENCY_OF_REASON[reason]
    graver = URGENCIES.index(urgency) < URGENCIES.index(open_one.urgency)
    again = reason == "emergency"
    if not graver and not again:
        return
    raised = {"reason": reason, "urgency": urgency, "message_id": message_id}
    if again:
        # The alarm must not stay quiet because somebody took the chat for a smaller matter.
        raised |= {"taken_at": None, "taken_by": None}
    conn.execute(update(handoffs).where(handoffs.c.id == open_one.id).values(**raised))


def take(conn: Connection, clinic_id: str, conversation_id: str, staff_id: str, now: datetime) -> None:
    """This member of staff looks after it; from a colleague too, which is on record. Raises NotWithPerson."""
    taken = conn.execute(
        update(handoffs)
        .where(
            handoffs.c.clinic_id == clinic_id,
            handoffs.c.conversation_id == conversation_id,
            handoffs.c.closed_at.is_(None),
        )
        .values(taken_at=now, taken_by=staff_id)
    )
    if taken.rowcount == 0:
        raise NotWithPerson(conversation_id)
    notify_desk(conn, clinic_id, conversation_id)


def hand_back(conn: Connection, clinic_id: str, conversation_id: str, staff_id: str, now: datetime) -> None:
    """Close the handoff; the bot answers again and offers what was going on. Raises NotWithPerson."""
    lock_conversation(conn, conversation_id)
    closed = conn.execute(
        update(handoffs)
        .where(
            handoffs.c.clinic_id == clinic_id,
            handoffs.c.conversation_id == conversation_id,
            handoffs.c.closed_at.is_(None),
        )
        .values(closed_at=now, closed_by=staff_id)
    )
    if closed.rowcount == 0:
        raise NotWithPerson(conversation_id)
    conn.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id)
        .values(owner="bot", owner_since=now, misunderstood=0)
    )
    _offer_again(conn, lock_conversation(conn, conversation_id), now)
    notify_desk(conn, clinic_id, conversation_id)


def _offer_again(conn: Connection, conversation: Conversation, now: datetime) -> None:
    """A booking that was half done when the person came in goes on where it was."""
    question = resume_question(conn, conversation, now)
    if question is None:
        return
    line = question_line(question, conversation.language)
    text = f"{say('back_with_bot', conversation.language)}\n\n{line.text}"
    queue_bubbles(conn, conversation, [replace(line, text=text)])
