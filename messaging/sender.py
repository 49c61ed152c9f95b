"""Empties the outbox: claims a row, looks whether it may still go, sends it, keeps what came of it."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Callable, Mapping, Optional, Protocol

from sqlalchemy import func, select, text, update
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError

from clinic.database.tables import contacts, conversations, messages
from clinic.desk_events import notify_desk
from connectors.whatsapp.graph import Accepted, Outcome, Refused
from connectors.whatsapp.render import render
from messaging.bubbles import Bubble
from messaging.rates import NUMBER, PAIR, Buckets
from messaging.statuses import note_failure

logger = logging.getLogger(__name__)

# Meta's window after a patient's message, and how much earlier we take it for closed: clocks differ.
WINDOW = timedelta(hours=24)
WINDOW_MARGIN = timedelta(minutes=2)
OUTSIDE_WINDOW = 131047
# A call ends before this; then a row in `sending` holds up its conversation no longer.
LONGEST_CALL = timedelta(seconds=60)
UNSURE_AFTER = timedelta(minutes=10)
# 1, 4, 16, 64 and 256 s after a refusal (Meta's advice for the rate of a pair), then a person.
MOST_ATTEMPTS = 6


class Graph(Protocol):
    def send(self, phone_number_id: str, body: Mapping[str, Any]) -> Outcome: ...


@dataclass(frozen=True)
class Claimed:
    id: str
    phone_number_id: str
    conversation_id: str
    attempts: int
    priority: int
    body: Mapping[str, Any]


# The next row that may go: replies before bulk, and within a conversation none before an earlier one of its kind. What
# timed out (status_at is set) holds up nobody.
_NEXT = text("""
    SELECT m.id
    FROM messages m
    WHERE m.status = 'queued' AND (m.send_after IS NULL OR m.send_after <= :now)
      AND NOT EXISTS (
        SELECT 1 FROM messages e
        WHERE e.conversation_id = m.conversation_id AND e.seq < m.seq AND e.priority <= m.priority
          AND (e.status = 'queued'
               OR (e.status = 'sending' AND e.status_at IS NULL AND e.claimed_at > :calling_since)))
    ORDER BY m.priority, m.seq
    LIMIT 1
    FOR UPDATE OF m SKIP LOCKED
""")


class Sender:
    """`sleep` waits for the rate of a number: milliseconds. Several threads may drain at once."""

    def __init__(
        self,
        engine: Engine,
        graph: Graph,
        clock: Callable[[], datetime],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._engine = engine
        self._graph = graph
        self._clock = clock
        self._sleep = sleep
        self._pairs = Buckets(PAIR)
        self._numbers = Buckets(NUMBER)
        self._stopped = threading.Event()

    def stop(self) -> None:
        """The rows that are being sent are finished, no further one is claimed."""
        self._stopped.set()

    def drain(self) -> int:
        """Send what may go now; returns how many calls were made."""
        sent = 0
        while not self._stopped.is_set():
            row_id, claimed = self._claim()
            if row_id is None:
                break
            if claimed is not None:
                self._send(claimed)
                sent += 1
        return sent

    def _claim(self) -> tuple[Optional[str], Optional[Claimed]]:
        """The row that was next, and the message if it goes now: else it is failed or put off."""
        now = self._clock()
        with self._engine.begin() as conn:
            row_id = conn.execute(_NEXT, {"now": now, "calling_since": now - LONGEST_CALL}).scalar_one_or_none()
            if row_id is None:
                return None, None
            return str(row_id), self._examine(conn, str(row_id), now)

    def _examine(self, conn: Connection, row_id: str, now: datetime) -> Optional[Claimed]:
        row = _load(conn, row_id)
        if row.last_inbound_at is None or now - row.last_inbound_at > WINDOW - WINDOW_MARGIN:
            _fail(conn, row_id, OUTSIDE_WINDOW, now)
            return None
        body = _render(row)
        if body is None:
            _fail(conn, row_id, None, now)
            return None
        wait = self._pairs.take(str(row.conversation_id), now.timestamp())
        if wait and row.priority >= 0:
            conn.execute(
                update(messages).where(messages.c.id == row_id).values(send_after=now + timedelta(seconds=wait))
            )
            return None
        conn.execute(
            update(messages)
            .where(messages.c.id == row_id)
            .values(status="sending", claimed_at=now, status_at=None, attempts=messages.c.attempts + 1)
        )
        return Claimed(row_id, row.phone_number_id, str(row.conversation_id), row.attempts + 1, row.priority, body)

    def _send(self, claimed: Claimed) -> None:
        while wait := self._numbers.take(claimed.phone_number_id, self._clock().timestamp()):
            self._sleep(wait)
        outcome = self._graph.send(claimed.phone_number_id, claimed.body)
        now = self._clock()
        with self._engine.begin() as conn:
            if isinstance(outcome, Accepted):
                _accept(conn, claimed.id, outcome.wamid)
            elif isinstance(outcome, Refused):
                _refuse(conn, claimed, outcome, now)
            else:
                # Never sent again: a status will tell, or nobody will (expire_unsure).
                _while_sending(conn, claimed.id, status_at=now)
                logger.warning("no answer about message %s", claimed.id)


def expire_unsure(conn: Connection, now: datetime) -> int:
    """What Meta said nothing about for ten minutes goes to a person as unsure; returns how many."""
    ids = conn.execute(
        update(messages)
        .where(messages.c.status == "sending", messages.c.claimed_at < now - UNSURE_AFTER)
        .values(status="unsure", status_at=now)
        .returning(messages.c.id)
    ).scalars()
    count = 0
    for message_id in ids.all():
        note_failure(conn, str(message_id), now)
        count += 1
    return count


def _load(conn: Connection, row_id: str) -> Any:
    return conn.execute(
        select(
            messages.c.id,
            messages.c.conversation_id,
            messages.c.phone_number_id,
            messages.c.content,
            messages.c.attempts,
            messages.c.priority,
            contacts.c.wa_id,
            contacts.c.user_id,
            contacts.c.last_inbound_at,
        )
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .join(contacts, contacts.c.id == conversations.c.contact_id)
        .where(messages.c.id == row_id)
    ).one()


def _render(row: Any) -> Optional[Mapping[str, Any]]:
    """None for a row that is no single message; queue_bubbles writes none such."""
    try:
        bodies = render(Bubble.from_json(row.content))
    except (KeyError, TypeError, ValueError) as error:
        logger.error("message %s cannot be rendered: %s", row.id, type(error).__name__)
        return None
    if len(bodies) != 1:
        logger.error("message %s is %d messages", row.id, len(bodies))
        return None
    recipient = {"to": f"+{row.wa_id}"} if row.wa_id else {"recipient": row.user_id}
    return {"recipient_type": "individual", **recipient, **bodies[0], "biz_opaque_callback_data": str(row.id)}


def _accept(conn: Connection, message_id: str, wamid: str) -> None:
    """A status may have come first, and then knows better than `accepted`."""
    named = update(messages).where(messages.c.id == message_id)
    try:
        with conn.begin_nested():
            conn.execute(named.values(wamid=func.coalesce(messages.c.wamid, wamid)))
    except IntegrityError:
        # It was sent all the same; statuses find it by our own id.
        logger.error("message %s was accepted under the name of another one", message_id)
    _while_sending(conn, message_id, status="accepted")


def _refuse(conn: Connection, claimed: Claimed, refused: Refused, now: datetime) -> None:
    logger.warning("message %s refused with %d, attempt %d", claimed.id, refused.code, claimed.attempts)
    if refused.retry and claimed.attempts < MOST_ATTEMPTS:
        wait = timedelta(seconds=4 ** (claimed.attempts - 1))
        _while_sending(conn, claimed.id, status="queued", send_after=now + wait, error_code=refused.code)
    else:
        _fail(conn, claimed.id, refused.code, now)


def _while_sending(conn: Connection, message_id: str, **values: Any) -> None:
    row = conn.execute(
        update(messages)
        .where(messages.c.id == message_id, messages.c.status == "sending")
        .values(**values)
        .returning(messages.c.clinic_id, messages.c.conversation_id)
    ).one_or_none()
    if row is not None:
        notify_desk(conn, row.clinic_id, row.conversation_id)


def _fail(conn: Connection, message_id: str, error_code: Optional[int], now: datetime) -> None:
    failed = conn.execute(
        update(messages)
        .where(messages.c.id == message_id, messages.c.status.in_(("queued", "sending")))
        .values(status="failed", status_at=now, error_code=error_code)
    )
    if failed.rowcount:
        note_failure(conn, message_id, now)
