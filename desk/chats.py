"""What the desk shows of the chats. Every query is bound to one clinic."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Optional

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.engine import Connection

from clinic.database.tables import contacts, conversations, handoffs, messages, staff
from clinic.handoff import URGENCIES

WINDOW = timedelta(hours=24)
MOST_CHATS = 200
MOST_MESSAGES = 500


@dataclass(frozen=True)
class Chat:
    """A conversation in the list. `reason` and what follows are None where the bot owns it."""

    id: str
    name: str
    wa_id: str
    owner: str
    preview: str
    last_message_at: Optional[datetime]
    last_inbound_at: Optional[datetime]
    reason: Optional[str]
    urgency: Optional[str]
    opened_at: Optional[datetime]
    taken_by: Optional[str]
    taken_by_name: Optional[str]

    def window_open(self, now: datetime) -> bool:
        return self.last_inbound_at is not None and now - self.last_inbound_at < WINDOW


@dataclass(frozen=True)
class ShownMessage:
    id: str
    direction: str
    sender: str
    staff_name: Optional[str]
    type: str
    text: str
    options: tuple[str, ...]
    at: datetime
    status: Optional[str]


def list_chats(conn: Connection, clinic_id: str, search: str = "") -> list[Chat]:
    """The gravest first, then who has waited longest; chats with the bot by their newest message."""
    urgency = case(*((handoffs.c.urgency == name, place) for place, name in enumerate(URGENCIES)), else_=9)
    query = (
        _chats(clinic_id)
        .order_by(urgency, handoffs.c.opened_at, conversations.c.last_message_at.desc().nullslast())
        .limit(MOST_CHATS)
    )
    wanted = search.strip()
    if wanted:
        escaped = wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        digits = "".join(sign for sign in wanted if sign.isdigit())
        by_name = contacts.c.profile_name.ilike(f"%{escaped}%")
        query = query.where(or_(by_name, contacts.c.wa_id.like(f"%{digits}%")) if digits else by_name)
    return [Chat(*row) for row in conn.execute(query)]


def load_chat(conn: Connection, clinic_id: str, conversation_id: str) -> Optional[Chat]:
    """None when it is not this clinic's."""
    row = conn.execute(_chats(clinic_id).where(conversations.c.id == conversation_id)).one_or_none()
    return Chat(*row) if row else None


def _chats(clinic_id: str):  # type: ignore[no-untyped-def]  # SQLAlchemy 1.4's Select has no useful type
    newest = (
        select(messages.c.text)
        .where(messages.c.conversation_id == conversations.c.id)
        .order_by(messages.c.seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            conversations.c.id,
            func.coalesce(contacts.c.profile_name, contacts.c.wa_id, contacts.c.user_id),
            func.coalesce(contacts.c.wa_id, ""),
            conversations.c.owner,
            func.coalesce(newest, ""),
            conversations.c.last_message_at,
            contacts.c.last_inbound_at,
            handoffs.c.reason,
            handoffs.c.urgency,
            handoffs.c.opened_at,
            handoffs.c.taken_by,
            staff.c.name,
        )
        .join(contacts, contacts.c.id == conversations.c.contact_id)
        .outerjoin(
            handoffs, and_(handoffs.c.conversation_id == conversations.c.id, handoffs.c.closed_at.is_(None))
        )
        .outerjoin(staff, staff.c.id == handoffs.c.taken_by)
        .where(conversations.c.clinic_id == clinic_id)
    )


def history(conn: Connection, clinic_id: str, conversation_id: str) -> list[ShownMessage]:
    """In the order of the chat, the newest MOST_MESSAGES."""
    query = (
        select(messages, staff.c.name.label("staff_name"))
        .outerjoin(staff, staff.c.id == messages.c.staff_id)
        .where(messages.c.clinic_id == clinic_id, messages.c.conversation_id == conversation_id)
        .order_by(messages.c.seq.desc())
        .limit(MOST_MESSAGES)
    )
    return [
        ShownMessage(
            id=row.id,
            direction=row.direction,
            sender=row.sender,
            staff_name=row.staff_name,
            type=row.type,
            text=row.text,
            options=tuple(option["title"] for option in row.content.get("options", ())) if row.direction == "out" else (),
            at=row.sent_at or row.created_at,
            status=row.status,
        )
        for row in reversed(conn.execute(query).all())
    ]


def already_sent(conn: Connection, clinic_id: str, conversation_id: str, form_id: str) -> bool:
    """Whether this form was sent before: a double click sends once."""
    return (
        conn.execute(
            select(messages.c.id).where(
                messages.c.clinic_id == clinic_id,
                messages.c.conversation_id == conversation_id,
                messages.c.content["form_id"].astext == form_id,
            )
        ).first()
        is not None
    )
