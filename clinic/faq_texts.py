"""The clinic's own texts, and what is said where it has none: that reception answers."""

from __future__ import annotations

from typing import Iterable, Optional

from sqlalchemy import select
from sqlalchemy.engine import Connection

from clinic.database.tables import faq_answers, tasks
from clinic.dialogue import Reply, Turn
from clinic.tasks import open_task
from clinic.texts import say


def clinic_text(turn: Turn, topic: str) -> Optional[str]:
    """What the clinic wrote itself, in the patient's language. `topic` is the intent without `faq_`."""
    return turn.conn.execute(
        select(faq_answers.c.text).where(
            faq_answers.c.clinic_id == turn.clinic.id,
            faq_answers.c.topic == topic,
            faq_answers.c.language == turn.language,
        )
    ).scalar_one_or_none()


def unanswered(turn: Turn) -> Reply:
    """Reception has the question; the chat stays with the bot."""
    again = leave_to_reception(turn, "unanswered_question")
    return Reply(say("faq_no_text_again" if again else "faq_no_text", turn.language))


def leave_to_reception(turn: Turn, kind: str, appointment_id: Optional[str] = None) -> bool:
    """Open the task, or add this message to the one that stands open; whether there was one."""
    again = _stands_open(turn.conn, turn.clinic.id, turn.conversation.id, kind)
    open_task(
        turn.conn,
        turn.clinic.id,
        kind,
        turn.now,
        conversation_id=turn.conversation.id,
        appointment_id=appointment_id,
        message_id=turn.message.message_id,
    )
    return again


def _stands_open(conn: Connection, clinic_id: str, conversation_id: str, kind: str) -> bool:
    query = select(tasks.c.id).where(
        tasks.c.clinic_id == clinic_id,
        tasks.c.conversation_id == conversation_id,
        tasks.c.kind == kind,
        tasks.c.done_at.is_(None),
    )
    return conn.execute(query).first() is not None


def listed(names: Iterable[str], language: str) -> str:
    return ("، " if language == "ar" else ", ").join(names)
