"""What a patient asked for and a person does. The chat stays with the bot meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Optional

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Connection

from clinic.database.tables import contacts, conversations, messages, tasks
from clinic.desk_events import notify_desk


@dataclass(frozen=True)
class Task:
    """One of `TASK_KINDS`. `asked` is the message that asked, `who` the name on its phone."""

    id: str
    kind: str
    conversation_id: Optional[str]
    appointment_id: Optional[str]
    who: str
    asked: str
    opened_at: datetime


class TaskGone(Exception):
    """It is done already, or not this clinic's."""


def open_task(
    conn: Connection,
    clinic_id: str,
    kind: str,
    now: datetime,
    *,
    conversation_id: Optional[str] = None,
    patient_id: Optional[str] = None,
    appointment_id: Optional[str] = None,
    message_id: Optional[str] = None,
) -> None:
    """Put it on reception's list. The same wish of the same chat, or about the same visit, stands there once, with its
    newest message."""
    same = select(tasks.c.id).where(
        tasks.c.clinic_id == clinic_id,
        tasks.c.kind == kind,
        tasks.c.conversation_id.is_not_distinct_from(conversation_id),
        tasks.c.appointment_id.is_not_distinct_from(appointment_id),
        tasks.c.done_at.is_(None),
    )
    known = conn.execute(same).scalars().first() if conversation_id or appointment_id else None
    if known is not None and message_id is not None:
        conn.execute(update(tasks).where(tasks.c.id == known).values(message_id=message_id))
    elif known is None:
        conn.execute(
            insert(tasks).values(
                clinic_id=clinic_id,
                kind=kind,
                conversation_id=conversation_id,
                patient_id=patient_id,
                appointment_id=appointment_id,
                message_id=message_id,
                opened_at=now,
            )
        )
    notify_desk(conn, clinic_id, conversation_id or "")


def open_tasks(conn: Connection, clinic_id: str) -> list[Task]:
    """Reception's list, oldest first."""
    query = (
        select(
            tasks.c.id,
            tasks.c.kind,
            tasks.c.conversation_id,
            tasks.c.appointment_id,
            func.coalesce(contacts.c.profile_name, contacts.c.wa_id, ""),
            func.coalesce(messages.c.text, ""),
            tasks.c.opened_at,
        )
        .outerjoin(conversations, conversations.c.id == tasks.c.conversation_id)
        .outerjoin(contacts, contacts.c.id == conversations.c.contact_id)
        .outerjoin(messages, messages.c.id == tasks.c.message_id)
        .where(tasks.c.clinic_id == clinic_id, tasks.c.done_at.is_(None))
        .order_by(tasks.c.opened_at, tasks.c.id)
    )
    return [Task(*row) for row in conn.execute(query)]


def finish_task(conn: Connection, clinic_id: str, task_id: str, staff_id: str, now: datetime) -> None:
    """Raises TaskGone."""
    done = conn.execute(
        update(tasks)
        .where(tasks.c.clinic_id == clinic_id, tasks.c.id == task_id, tasks.c.done_at.is_(None))
        .values(done_at=now, done_by=staff_id)
        .returning(tasks.c.conversation_id)
    ).one_or_none()
    if done is None:
        raise TaskGone(task_id)
    if done.conversation_id:
        notify_desk(conn, clinic_id, done.conversation_id)
