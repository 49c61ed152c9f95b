"""A patient who writes to the demo clinic: stored webhooks, turns with a stub assistant, rows to look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Any, Iterator, Optional

import pytest
from sqlalchemy import select, text
from sqlalchemy.engine import Engine

from clinic.conversations import Conversation, ensure_conversation, load_conversation
from clinic.database.tables import handoffs, messages
from clinic.demo import DemoClinic
from connectors.whatsapp.payloads import parse_webhook
from messaging.inbox import Stored, receive
from messaging.turns import Turns
from tests.messaging.stub import Clock, StubAgent


@dataclass
class Chat:
    """One patient's conversation."""

    engine: Engine
    clock: Clock
    phone_number_id: str
    wa_id: str = "15550100123"
    conversation_id: str = ""
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def message(self, kind: str, part: Any, **more: Any) -> dict[str, Any]:
        stamp = str(int(self.clock().timestamp()))
        wamid = f"wamid.{self.wa_id}.{next(self.numbers)}"
        return {"from": self.wa_id, "id": wamid, "timestamp": stamp, "type": kind, kind: part, **more}

    def webhook(self, *items: dict[str, Any], statuses: Any = ()) -> dict[str, Any]:
        value = {
            "metadata": {"phone_number_id": self.phone_number_id},
            "contacts": [{"profile": {"name": "Mona"}, "wa_id": self.wa_id}],
            "messages": list(items),
            "statuses": list(statuses),
        }
        return {"entry": [{"changes": [{"field": "messages", "value": value}]}]}

    def store(self, *items: dict[str, Any], statuses: Any = ()) -> Stored:
        return receive(self.engine, parse_webhook(self.webhook(*items, statuses=statuses)), self.clock())

    def writes(self, body: str, **more: Any) -> str:
        """Store a text; returns the id of its row."""
        return self.sends("text", {"body": body}, **more)

    def taps(self, option_id: str, title: str) -> str:
        reply = {"type": "button_reply", "button_reply": {"id": option_id, "title": title}}
        return self.sends("interactive", reply)

    def sends(self, kind: str, part: Any, **more: Any) -> str:
        item = self.message(kind, part, **more)
        self.store(item)
        with self.engine.connect() as conn:
            return str(conn.execute(select(messages.c.id).where(messages.c.wamid == item["id"])).scalar_one())

    def conversation(self) -> Conversation:
        with self.engine.connect() as conn:
            return load_conversation(conn, self.conversation_id)

    def row(self, message_id: str) -> Any:
        with self.engine.connect() as conn:
            return conn.execute(select(messages).where(messages.c.id == message_id)).one()

    def out(self) -> list[Any]:
        """What was queued for this patient, in order."""
        with self.engine.connect() as conn:
            return conn.execute(
                select(messages)
                .where(messages.c.conversation_id == self.conversation_id, messages.c.direction == "out")
                .order_by(messages.c.seq)
            ).all()

    def said(self) -> list[str]:
        return [row.text for row in self.out()]

    def handoff(self) -> Optional[Any]:
        with self.engine.connect() as conn:
            return conn.execute(
                select(handoffs).where(
                    handoffs.c.conversation_id == self.conversation_id, handoffs.c.closed_at.is_(None)
                )
            ).one_or_none()

    def jobs(self) -> list[Any]:
        with self.engine.connect() as conn:
            return conn.execute(
                text("SELECT * FROM procrastinate_jobs WHERE lock = :lock ORDER BY id"),
                {"lock": f"in:{self.conversation_id}"},
            ).all()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def chat(engine: Engine, clinic: DemoClinic, clock: Clock) -> Chat:
    return new_chat(engine, clinic, clock)


@pytest.fixture
def agent() -> StubAgent:
    return StubAgent()


@pytest.fixture
def turns(engine: Engine, agent: StubAgent, clock: Clock) -> Turns:
    return Turns(engine, agent, clock)


def new_chat(engine: Engine, clinic: DemoClinic, clock: Clock, wa_id: str = "15550100123") -> Chat:
    chat = Chat(engine, clock, clinic.phone_number_id, wa_id)
    with engine.begin() as conn:
        chat.conversation_id = ensure_conversation(
            conn, clinic.phone_number_id, wa_id=wa_id, user_id=None, profile_name="Mona"
        ).id
    return chat
