"""News for the browsers: one listening connection a process, PostgreSQL's NOTIFY in, server-sent events out."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import AsyncIterator

import psycopg

from clinic.desk_events import CHANNEL

logger = logging.getLogger(__name__)

# "Look at everything again", after a gap in the news.
EVERYTHING = ""
FIRST_RETRY_SECONDS = 0.5
LONGEST_RETRY_SECONDS = 15.0
# A connection that says nothing for so long is asked whether it still lives.
SILENCE_SECONDS = 20.0
# More than this many changed chats at once is "everything".
MOST_PENDING = 50


class Subscription:
    """What one browser has not been told yet. The same chat changing twice is one piece of news."""

    def __init__(self, clinic_id: str) -> None:
        self.clinic_id = clinic_id
        self.closed = False
        self._pending: dict[str, None] = {}
        self._news = asyncio.Event()

    def add(self, conversation_id: str) -> None:
        if len(self._pending) >= MOST_PENDING:
            self._pending = {EVERYTHING: None}
        else:
            self._pending[conversation_id] = None
        self._news.set()

    def close(self) -> None:
        """No more news: whoever waits for some is let go."""
        self.closed = True
        self._news.set()

    async def next(self, timeout: float) -> list[str]:
        """The ids of changed conversations, EVERYTHING among them perhaps; empty when nothing happened in time."""
        try:
            await asyncio.wait_for(self._news.wait(), timeout)
        except asyncio.TimeoutError:
            return []
        self._news.clear()
        pending, self._pending = list(self._pending), {}
        return pending


class DeskEvents:
    """`listen` runs as long as the app does; each open page of a browser holds a subscription."""

    def __init__(self, url: str, *, first_retry_seconds: float = FIRST_RETRY_SECONDS) -> None:
        self._url = url
        self._first_retry_seconds = first_retry_seconds
        self._subscriptions: set[Subscription] = set()
        self.listening = asyncio.Event()

    def subscribe(self, clinic_id: str) -> Subscription:
        subscription = Subscription(clinic_id)
        self._subscriptions.add(subscription)
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        self._subscriptions.discard(subscription)

    async def listen(self) -> None:
        """Reconnects for ever, waiting longer each time; after a gap everybody is told to look again."""
        wait = self._first_retry_seconds
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(self._url, autocommit=True) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    wait = self._first_retry_seconds
                    self._look_again()
                    self.listening.set()
                    async for payload in _payloads(connection):
                        self._tell(payload)
            except psycopg.Error as error:
                logger.warning("no news from the database (%s), next try in %.1f s", type(error).__name__, wait)
            finally:
                self.listening.clear()
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_RETRY_SECONDS)

    def _look_again(self) -> None:
        for subscription in self._subscriptions:
            subscription.add(EVERYTHING)

    def _tell(self, payload: str) -> None:
        try:
            event = json.loads(payload)
            clinic_id, conversation_id = event["clinic_id"], event["conversation_id"]
        except (ValueError, KeyError, TypeError):
            logger.warning("a notice on channel %s is not ours and was left out", CHANNEL)
            return
        for subscription in self._subscriptions:
            if subscription.clinic_id == clinic_id:
                subscription.add(conversation_id)


async def _payloads(connection: psycopg.AsyncConnection) -> AsyncIterator[str]:
    """Raises psycopg.Error when the connection is lost, also when it was lost in silence."""
    while True:
        async for notice in connection.notifies(timeout=SILENCE_SECONDS):
            yield notice.payload
        await connection.execute("SELECT 1")
