"""Contacts and their conversations. A conversation has one owner at a time: the bot or a person."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Optional

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Connection

from clinic.database.tables import contacts, conversations, whatsapp_numbers


@dataclass(frozen=True)
class Conversation:
    id: str
    clinic_id: str
    contact_id: str
    phone_number_id: str
    owner: str  # bot | person
    language: str  # en | ar, of the newest message
    misunderstood: int  # turns in a row that were not understood


class UnknownNumber(Exception):
    """The phone_number_id belongs to none of our clinics."""


class ConversationNotFound(Exception):
    """No conversation has this id."""


def ensure_conversation(
    conn: Connection,
    phone_number_id: str,
    *,
    wa_id: Optional[str],
    user_id: Optional[str],
    profile_name: Optional[str],
) -> Conversation:
    """The conversation of this person with this number, made on first sight.

    `user_id` is Meta's business-scoped id, `wa_id` the digits of the phone; one of them may be missing.
    Raises UnknownNumber. Two webhooks at once get the same conversation: first sights of one clinic take turns.
    """
    clinic_id = conn.execute(
        select(whatsapp_numbers.c.clinic_id).where(whatsapp_numbers.c.phone_number_id == phone_number_id)
    ).scalar_one_or_none()
    if clinic_id is None:
        raise UnknownNumber(phone_number_id)
    contact_id = _find_contact(conn, clinic_id, wa_id=wa_id, user_id=user_id)
    if contact_id is None:
        conn.execute(text("SELECT pg_advisory_xact_lock(hashtext(:key))"), {"key": f"contact:{clinic_id}"})
        contact_id = _find_contact(conn, clinic_id, wa_id=wa_id, user_id=user_id)
    if contact_id is None:
        contact_id = conn.execute(
            insert(contacts)
            .values(clinic_id=clinic_id, wa_id=wa_id, user_id=user_id, profile_name=profile_name)
            .returning(contacts.c.id)
        ).scalar_one()
    else:
        _complete_contact(conn, contact_id, wa_id=wa_id, user_id=user_id, profile_name=profile_name)
    conn.execute(
        insert(conversations)
        .values(clinic_id=clinic_id, contact_id=contact_id, phone_number_id=phone_number_id)
        .on_conflict_do_nothing()
    )
    conversation_id = conn.execute(
        select(conversations.c.id).where(
            conversations.c.contact_id == contact_id, conversations.c.phone_number_id == phone_number_id
        )
    ).scalar_one()
    return load_conversation(conn, conversation_id)


def _find_contact(conn: Connection, clinic_id: str, *, wa_id: Optional[str], user_id: Optional[str]) -> Optional[str]:
    """By business-scoped id first: it stays when the phone is hidden."""
    for column, value in ((contacts.c.user_id, user_id), (contacts.c.wa_id, wa_id)):
        if value is None:
            continue
        found = conn.execute(
            select(contacts.c.id).where(contacts.c.clinic_id == clinic_id, column == value)
        ).scalar_one_or_none()
        if found is not None:
            return str(found)
    return None


def _complete_contact(conn: Connection, contact_id: str, **seen: Optional[str]) -> None:
    """Keep the newest name; fill an alias that was missing, if no other contact holds it."""
    row = conn.execute(select(contacts).where(contacts.c.id == contact_id)).one()
    changed: dict[str, Any] = {}
    if seen["profile_name"] and seen["profile_name"] != row.profile_name:
        changed["profile_name"] = seen["profile_name"]
    for alias in ("wa_id", "user_id"):
        value = seen[alias]
        if value and getattr(row, alias) is None:
            taken = conn.execute(
                select(contacts.c.id).where(contacts.c.clinic_id == row.clinic_id, contacts.c[alias] == value)
            ).scalar_one_or_none()
            if taken is None:
                changed[alias] = value
    if changed:
        conn.execute(update(contacts).where(contacts.c.id == contact_id).values(**changed))


def load_conversation(conn: Connection, conversation_id: str) -> Conversation:
    """Raises ConversationNotFound, also for an id that is no UUID (`rasa shell` makes its own)."""
    return _load(conn, conversation_id, lock=False)


def lock_conversation(conn: Connection, conversation_id: str) -> Conversation:
    """The same, and nobody else changes its owner or question until the transaction ends."""
    return _load(conn, conversation_id, lock=True)


def _load(conn: Connection, conversation_id: str, lock: bool) -> Conversation:
    if not _is_uuid(conversation_id):
        raise ConversationNotFound(conversation_id)
    query = (
        select(
            conversations.c.id,
            conversations.c.clinic_id,
            conversations.c.contact_id,
            conversations.c.phone_number_id,
            conversations.c.owner,
            contacts.c.language,
            conversations.c.misunderstood,
        )
        .join(contacts, contacts.c.id == conversations.c.contact_id)
        .where(conversations.c.id == conversation_id)
    )
    if lock:
        # Not against a foreign key: a notice that another turn writes into this chat need not wait for it.
        query = query.with_for_update(of=conversations, key_share=True)
    row = conn.execute(query).one_or_none()
    if row is None:
        raise ConversationNotFound(conversation_id)
    return Conversation(*row)


def _is_uuid(value: str) -> bool:
    try:
        uuid.UUID(value)
    except ValueError:
        return False
    return True


def set_language(conn: Connection, conversation: Conversation, language: str) -> None:
    if language != conversation.language:
        conn.execute(update(contacts).where(contacts.c.id == conversation.contact_id).values(language=language))


def note_inbound(conn: Connection, conversation: Conversation, sent_at: datetime) -> None:
    """Opens Meta's 24-hour window; webhooks may come late and out of order, so it never moves back."""
    conn.execute(
        update(contacts)
        .where(contacts.c.id == conversation.contact_id)
        .where((contacts.c.last_inbound_at.is_(None)) | (contacts.c.last_inbound_at < sent_at))
        .values(last_inbound_at=sent_at)
    )
    conn.execute(update(conversations).where(conversations.c.id == conversation.id).values(last_message_at=sent_at))
