"""A worker process for tests: `python -m tests.messaging.turn_worker URL block|go`.

Its turn does something for the patient, keyed by wamid as a booking is, and then says so. With `block` it comes to the
second part only when a line is written to it.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from datetime import datetime, timezone
from typing import Sequence

from sqlalchemy import create_engine, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Engine

from clinic.conversations import load_conversation
from clinic.database.tables import turns
from messaging.agent import Incoming, Parse
from messaging.bubbles import Bubble
from messaging.inbound import InboundWorker

HEARTBEAT_SECONDS = 0.2


class BookingAgent:
    def __init__(self, engine: Engine, blocks: bool) -> None:
        self._engine = engine
        self._blocks = blocks

    def is_ready(self) -> bool:
        return True

    async def parse(self, text: str) -> Parse:
        return Parse("book_appointment", 0.9, "bot", "en")

    async def handle(self, incoming: Incoming) -> Sequence[Bubble]:
        with self._engine.begin() as conn:
            conversation = load_conversation(conn, incoming.conversation_id)
            conn.execute(
                insert(turns)
                .values(
                    conversation_id=conversation.id,
                    message_key=incoming.wamid,
                    action="book",
                    clinic_id=conversation.clinic_id,
                    replies=[],
                )
                .on_conflict_do_nothing()
            )
            booked = conn.execute(select(func.count()).select_from(turns)).scalar_one()
        print("booked", flush=True)
        if self._blocks:
            await asyncio.to_thread(sys.stdin.readline)
        return [Bubble(f"booked {booked}"), Bubble("see you then")]


async def main(url: str, blocks: bool) -> None:
    engine = create_engine(url, future=True)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    worker = InboundWorker(
        url,
        engine,
        BookingAgent(engine, blocks),
        lambda: datetime.now(timezone.utc),
        heartbeat_seconds=HEARTBEAT_SECONDS,
        stalled_seconds=60.0,
    )
    worker.start()
    await stop.wait()
    await worker.stop()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2] == "block"))
