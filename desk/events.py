"""News for the browsers: one listening connection a process, PostgreSQL's NOTIFY in, server-sent events out."""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import suppress
from typing import AsyncIterator

import psycopg

from clinic.desk_events import CHANNEL

logger = logging.getLogger(__name__)

RETRY_SECONDS = 1.0


class DeskEvents:
    """`listen` runs as long as the app; `of_clinic` yields the conversations of one clinic that changed."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._queues: dict[asyncio.Queue[str], str] = {}
        self.listening = asyncio.Event()

    async def listen(self) -> None:
        """Reconnects for ever; whoever looks is told to look again after a gap."""
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(self._url, autocommit=True) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    self.listening.set()
                    for queue in self._queues:
                        queue.put_nowait("")
                    async for notice in connection.notifies():
                        self._tell(json.loads(notice.payload))
            except psycopg.Error as error:
                self.listening.clear()
                logger.warning("lost the database's news (%s), trying again", type(error).__name__)
            await asyncio.sleep(RETRY_SECONDS)

    def _tell(self, event: dict[str, str]) -> None:
        for queue, clinic_id in self._queues.items():
            if clinic_id == event["clinic_id"]:
                queue.put_nowait(event["conversation_id"])

    async def of_clinic(self, clinic_id: str) -> AsyncIterator[dict[str, str]]:
        queue: asyncio.Queue[str] = asyncio.Queue()
        self._queues[queue] = clinic_id
        try:
            while True:
                yield {"event": "changed", "data": await queue.get()}
        finally:
            with suppress(KeyError):
                del self._queues[queue]
