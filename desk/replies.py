"""What people at the desk do with a chat. Each in one transaction, on record, and once."""

from __future__ import annotations

import hashlib
import unicodedata
from datetime import datetime
from typing import Optional

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection

from clinic.conversations import Conversation, lock_conversation
from clinic.database.tables import messages
from clinic.handoff import hand_back, hand_over, take
from clinic.staff import Staff, record_access
from desk.chats import Chat, load_chat
from desk.settings import LONGEST_REPLY
from messaging.bubbles import Bubble
from messaging.outbox import queue_bubbles


class CannotSend(Exception):
    """The reply stays unsent; `reason` is a key of the desk's texts: reply_empty, reply_too_long, window_closed."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def clean_reply(typed: str) -> str:
    """Line ends as WhatsApp has them, without control signs. Raises CannotSend."""
    lines = typed.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(sign for sign in lines if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs")).strip()
    if not any(unicodedata.category(sign)[0] not in "CZ" for sign in kept):
        raise CannotSend("reply_empty")
    if len(kept) > LONGEST_REPLY:
        raise CannotSend("reply_too_long")
    return kept


def reply(conn: Connection, member: Staff, chat: Chat, typed: str, form_id: str, now: datetime) -> bool:
    """Send it, taking the chat if nobody has it. False when this form with these words was sent before.

    Raises CannotSend.
    """
    words = clean_reply(typed)
    # A second click waits here for the first one's end, then sees that it is done.
    conversation = lock_conversation(conn, chat.id)
    key = _key(form_id, words)
    if form_id and _is_sent(conn, conversation, key):
        return False
    current = load_chat(conn, member.clinic_id, chat.id)
    if current is None or not current.window_open(now):
        raise CannotSend("window_closed")
    _ensure_handoff(conn, conversation, current, now)
    if current.taken_by is None:
        _take(conn, member, chat.id, now)
    ids = queue_bubbles(conn, conversation, [Bubble(words)], sender="staff", staff_id=member.id)
    conn.execute(
        update(messages)
        .where(messages.c.id.in_(ids))
        .values(content=messages.c.content.op("||")(func.jsonb_build_object("form_id", key, type_=JSONB)))
    )
    record_access(conn, member, "reply", _subject(chat.id), now)
    return True


def take_chat(conn: Connection, member: Staff, chat: Chat, now: datetime) -> None:
    """Theirs from now on, also out of the bot's or a colleague's hands."""
    conversation = lock_conversation(conn, chat.id)
    _ensure_handoff(conn, conversation, load_chat(conn, member.clinic_id, chat.id), now)
    _take(conn, member, chat.id, now)


def hand_chat_back(conn: Connection, member: Staff, chat: Chat, now: datetime) -> None:
    """The bot's again. A chat that it has already stays as it is."""
    conversation = lock_conversation(conn, chat.id)
    if conversation.owner == "bot":
        return
    _ensure_handoff(conn, conversation, load_chat(conn, member.clinic_id, chat.id), now)
    hand_back(conn, member.clinic_id, chat.id, member.id, now)
    record_access(conn, member, "hand_back", _subject(chat.id), now)


def _ensure_handoff(conn: Connection, conversation: Conversation, current: Optional[Chat], now: datetime) -> None:
    """`current` as it is under the lock. A chat with a person has a handoff; should one lack it, it gets one here."""
    if conversation.owner == "bot" or current is None or current.reason is None:
        hand_over(conn, conversation, "request_human", now)


def _take(conn: Connection, member: Staff, conversation_id: str, now: datetime) -> None:
    take(conn, member.clinic_id, conversation_id, member.id, now)
    record_access(conn, member, "take", _subject(conversation_id), now)


def _key(form_id: str, words: str) -> str:
    """The same form with other words is another message: somebody corrected it after the line broke."""
    return f"{form_id[:64]}:{hashlib.sha256(words.encode()).hexdigest()[:16]}"


def _is_sent(conn: Connection, conversation: Conversation, key: str) -> bool:
    query = select(messages.c.id).where(
        messages.c.clinic_id == conversation.clinic_id,
        messages.c.conversation_id == conversation.id,
        messages.c.direction == "out",
        messages.c.content["form_id"].astext == key,
    )
    return conn.execute(query.limit(1)).first() is not None


def _subject(conversation_id: str) -> str:
    return f"conversations:{conversation_id}"
