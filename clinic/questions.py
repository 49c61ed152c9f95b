"""The one open question of a conversation, with the draft of its flow. This is the dialogue's whole state."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Mapping, Optional

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Connection

from clinic.conversations import Conversation
from clinic.database.tables import open_questions

# A patient who comes back after lunch still finds the question open; what it offers is checked again anyway.
LIFETIME = timedelta(hours=12)


@dataclass(frozen=True)
class Choice:
    """One thing offered. `value` is what it means to its flow; `id` is on the wire, once issued."""

    title: str
    value: Mapping[str, Any]
    kind: str
    description: str = ""
    id: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "title": self.title,
            "description": self.description,
            "kind": self.kind,
            "value": dict(self.value),
        }


@dataclass(frozen=True)
class OpenQuestion:
    flow: str
    kind: str
    choices: tuple[Choice, ...]
    draft: Mapping[str, Any]
    asked_at: datetime
    expires_at: datetime
    suspended: bool = False
    version: int = 1
    behind: Optional[Mapping[str, Any]] = None  # the flow that this one interrupted: {"flow", "kind", "draft"}


def load_question(conn: Connection, conversation: Conversation, now: datetime) -> Optional[OpenQuestion]:
    """None when nothing is open, or when it has expired. Suspended ones are returned: the caller decides."""
    row = conn.execute(
        select(open_questions).where(
            open_questions.c.conversation_id == conversation.id, open_questions.c.expires_at > now
        )
    ).one_or_none()
    if row is None:
        return None
    return OpenQuestion(
        flow=row.flow,
        kind=row.kind,
        choices=tuple(Choice(**choice) for choice in row.options),
        draft=row.draft,
        asked_at=row.asked_at,
        expires_at=row.expires_at,
        suspended=row.suspended,
        version=row.version,
        behind=row.behind,
    )


def ask(
    conn: Connection,
    conversation: Conversation,
    *,
    flow: str,
    kind: str,
    choices: tuple[Choice, ...],
    draft: Mapping[str, Any],
    now: datetime,
    behind: Optional[Mapping[str, Any]] = None,
) -> OpenQuestion:
    """Open this question in place of the one before it; `behind` waits until it is settled."""
    question = OpenQuestion(flow, kind, choices, draft, asked_at=now, expires_at=now + LIFETIME, behind=behind)
    values = {
        "clinic_id": conversation.clinic_id,
        "flow": flow,
        "kind": kind,
        "options": [choice.to_json() for choice in choices],
        "draft": dict(draft),
        "behind": dict(behind) if behind else None,
        "suspended": False,
        "asked_at": question.asked_at,
        "expires_at": question.expires_at,
    }
    version = conn.execute(
        insert(open_questions)
        .values(conversation_id=conversation.id, **values)
        .on_conflict_do_update(
            index_elements=[open_questions.c.conversation_id],
            set_={**values, "version": open_questions.c.version + 1},
        )
        .returning(open_questions.c.version)
    ).scalar_one()
    return replace(question, version=version)


def close_question(conn: Connection, conversation: Conversation) -> None:
    conn.execute(delete(open_questions).where(open_questions.c.conversation_id == conversation.id))


def suspend_question(conn: Connection, conversation_id: str) -> None:
    """A person takes the chat: the question waits, with its draft, for the bot to get it back."""
    conn.execute(
        update(open_questions).where(open_questions.c.conversation_id == conversation_id).values(suspended=True)
    )


def resume_question(conn: Connection, conversation: Conversation, now: datetime) -> Optional[OpenQuestion]:
    """The question that was suspended, open again, or None."""
    conn.execute(
        update(open_questions)
        .where(open_questions.c.conversation_id == conversation.id, open_questions.c.expires_at > now)
        .values(suspended=False, expires_at=now + LIFETIME)
    )
    return load_question(conn, conversation, now)
