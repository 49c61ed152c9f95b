"""One chat from its first message: what was said, and between whom the chat went."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Iterator, Optional, Sequence, Union

from sqlalchemy import select
from sqlalchemy.engine import Connection

from clinic.database.tables import handoffs, messages, staff
from desk.settings import MOST_MESSAGES


@dataclass(frozen=True)
class Message:
    id: str
    direction: str
    sender: str  # patient | bot | staff | system
    staff_name: Optional[str]
    type: str
    text: str
    options: tuple[str, ...]
    at: datetime
    status: Optional[str]  # of outgoing ones

    kind = "message"


@dataclass(frozen=True)
class Passage:
    """The chat came to a person (`came`), was `taken`, or went `back` to the bot."""

    what: str
    at: datetime
    reason: Optional[str] = None
    urgency: Optional[str] = None
    staff_name: Optional[str] = None
    message_id: Optional[str] = None

    kind = "passage"


Item = Union[Message, Passage]


@dataclass(frozen=True)
class Thread:
    items: list[Item]
    cut: bool  # there is more before it


def load_thread(conn: Connection, clinic_id: str, conversation_id: str) -> Thread:
    found = _messages(conn, clinic_id, conversation_id)
    shown = found[-MOST_MESSAGES:]
    cut = len(found) > len(shown)
    passages = [
        passage for passage in _passages(conn, clinic_id, conversation_id) if not cut or passage.at >= shown[0].at
    ]
    return Thread(list(interleave(shown, passages)), cut)


def interleave(shown: Sequence[Message], passages: Sequence[Passage]) -> Iterator[Item]:
    """Messages keep their order; a passage stands after the message that caused it, else by its time."""
    known = {message.id for message in shown}
    after: dict[str, list[Passage]] = defaultdict(list)
    timed: list[Passage] = []
    for passage in passages:
        if passage.message_id in known:
            after[str(passage.message_id)].append(passage)
        else:
            timed.append(passage)
    timed.sort(key=lambda passage: passage.at)
    for message in shown:
        while timed and timed[0].at < message.at:
            yield timed.pop(0)
        yield message
        yield from after[message.id]
    yield from timed


def _messages(conn: Connection, clinic_id: str, conversation_id: str) -> list[Message]:
    query = (
        select(messages, staff.c.name.label("staff_name"))
        .outerjoin(staff, staff.c.id == messages.c.staff_id)
        .where(messages.c.clinic_id == clinic_id, messages.c.conversation_id == conversation_id)
        .order_by(messages.c.seq.desc())
        .limit(MOST_MESSAGES + 1)
    )
    return [
        Message(
            id=row.id,
            direction=row.direction,
            sender=row.sender,
            staff_name=row.staff_name,
            type=row.type,
            text=row.text,
            options=_options(row.direction, row.content),
            at=row.sent_at or row.created_at,
            status=row.status,
        )
        for row in reversed(conn.execute(query).all())
    ]


def _options(direction: str, content: object) -> tuple[str, ...]:
    """Buttons and rows that we offered; what a patient sends may hold anything."""
    if direction != "out" or not isinstance(content, dict):
        return ()
    return tuple(str(option.get("title", "")) for option in content.get("options") or ())


def _passages(conn: Connection, clinic_id: str, conversation_id: str) -> list[Passage]:
    taker, closer = staff.alias("taker"), staff.alias("closer")
    query = (
        select(handoffs, taker.c.name.label("taker"), closer.c.name.label("closer"))
        .outerjoin(taker, taker.c.id == handoffs.c.taken_by)
        .outerjoin(closer, closer.c.id == handoffs.c.closed_by)
        .where(handoffs.c.clinic_id == clinic_id, handoffs.c.conversation_id == conversation_id)
        .order_by(handoffs.c.opened_at)
    )
    found: list[Passage] = []
    for row in conn.execute(query):
        found.append(Passage("came", row.opened_at, row.reason, row.urgency, message_id=row.message_id))
        if row.taken_at is not None:
            found.append(Passage("taken", row.taken_at, staff_name=row.taker))
        if row.closed_at is not None:
            found.append(Passage("back", row.closed_at, staff_name=row.closer))
    return found
