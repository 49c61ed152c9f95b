"""The way to the receiver: envelopes, signatures, and one lane a phone that keeps order and retries."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import secrets
from collections import deque
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from emulator.faults import Fault, Faults
from emulator.settings import BusinessNumber, EmulatorSettings

logger = logging.getLogger(__name__)


class VerificationFailed(Exception):
    """The receiver did not answer the GET with the challenge."""


@dataclass(frozen=True)
class Update:
    """One change on its way. `delivered` is called when the receiver has acknowledged it."""

    business_account_id: str
    lane: str
    value: Mapping[str, Any]
    field: str = "messages"
    status: str | None = None
    delivered: Callable[[], None] | None = None


def messages_value(number: BusinessNumber, **parts: Sequence[Any]) -> dict[str, Any]:
    """The `value` of field "messages": contacts, messages, statuses or errors, whichever are given."""
    return {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": number.display, "phone_number_id": number.id},
        **{name: part for name, part in parts.items() if part},
    }


def envelope(updates: Sequence[Update]) -> dict[str, Any]:
    """One POST of several updates: an entry for each run of updates of one business account."""
    entries: list[dict[str, Any]] = []
    for update in updates:
        if not entries or entries[-1]["id"] != update.business_account_id:
            entries.append({"id": update.business_account_id, "changes": []})
        entries[-1]["changes"].append({"value": update.value, "field": update.field})
    return {"object": "whatsapp_business_account", "entry": entries}


def serialise(body: Mapping[str, Any]) -> bytes:
    r"""The exact bytes of a delivery: ASCII, `\uxxxx` for the rest and `\/` for a slash, as Meta writes them."""
    return json.dumps(body, ensure_ascii=True, separators=(",", ":")).replace("/", "\\/").encode("ascii")


def sign(app_secret: str, body: bytes) -> str:
    """The value of X-Hub-Signature-256."""
    return "sha256=" + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


class Courier:
    """Delivers updates. Each phone has a lane: in order, one at a time, the head retried until acknowledged."""

    def __init__(self, settings: EmulatorSettings, faults: Faults, client: httpx.AsyncClient) -> None:
        self._settings = settings
        self._faults = faults
        self._client = client
        self._lanes: dict[str, deque[Update]] = {}
        self._arrived: dict[str, asyncio.Event] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._batch: list[Update] = []
        self._idle = asyncio.Event()
        self._idle.set()
        self.pending = self.delivered = self.refused = self.given_up = 0

    def send(self, update: Update) -> None:
        """Put an update on its way; faults may drop it, or put it in a batch."""
        if update.status and self._faults.take("drop_statuses", wa_id=update.lane, status=update.status):
            return
        batch = self._faults.take("batch", wa_id=update.lane)
        if batch is not None:
            self._collect(update, batch)
        else:
            self._put(update.lane, update)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run in the background until done or until the emulator closes."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def wait_idle(self, seconds: float) -> bool:
        """Whether nothing is on its way any more, within that time."""
        try:
            await asyncio.wait_for(self._idle.wait(), seconds)
        except asyncio.TimeoutError:
            return False
        return True

    async def verify(self) -> None:
        """Subscribe as Meta does: a GET with a challenge. Raises VerificationFailed."""
        challenge = str(secrets.randbelow(10**9))
        query = {
            "hub.mode": "subscribe",
            "hub.verify_token": self._settings.verify_token,
            "hub.challenge": challenge,
        }
        try:
            answer = await self._client.get(
                self._settings.webhook_url, params=query, timeout=self._settings.ack_timeout
            )
        except httpx.HTTPError as error:
            raise VerificationFailed(f"no answer: {type(error).__name__}") from error
        if answer.status_code != 200 or answer.text != challenge:
            raise VerificationFailed(f"status {answer.status_code}, and not the bare challenge")

    async def close(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._client.aclose()

    def _put(self, lane: str, update: Update) -> None:
        self._count(1)
        if lane in self._lanes:
            self._lanes[lane].append(update)
            self._arrived[lane].set()
            return
        self._lanes[lane] = deque([update])
        self._arrived[lane] = asyncio.Event()
        self.spawn(self._run(lane))

    def _count(self, change: int) -> None:
        self.pending += change
        if self.pending:
            self._idle.clear()
        else:
            self._idle.set()

    async def _run(self, lane: str) -> None:
        queue = self._lanes[lane]
        while queue:
            delay = self._faults.take("delay", wa_id=lane, on="webhooks")
            if delay is not None:
                await asyncio.sleep(delay.seconds)
            reorder = self._faults.take("reorder", wa_id=lane)
            if reorder is not None and await self._has_next(lane, reorder.seconds):
                queue[0], queue[1] = queue[1], queue[0]
                await self._deliver([queue.popleft()])
            await self._deliver([queue.popleft()])
        del self._lanes[lane], self._arrived[lane]

    async def _has_next(self, lane: str, seconds: float) -> bool:
        """Whether a second update of this phone is there, or comes in time."""
        if len(self._lanes[lane]) > 1:
            return True
        arrived = self._arrived[lane]
        arrived.clear()
        try:
            await asyncio.wait_for(arrived.wait(), seconds)
        except asyncio.TimeoutError:
            return False
        return True

    def _collect(self, update: Update, fault: Fault) -> None:
        self._count(1)
        self._batch.append(update)
        if len(self._batch) >= fault.size:
            self._flush()
        elif len(self._batch) == 1:
            asyncio.get_running_loop().call_later(fault.seconds, self._flush)

    def _flush(self) -> None:
        batch, self._batch = self._batch, []
        if batch:
            self.spawn(self._deliver(batch))

    async def _deliver(self, updates: Sequence[Update]) -> None:
        body = serialise(envelope(updates))
        copies = self._faults.take("duplicate", wa_id=updates[0].lane)
        for _ in range(1 + (copies.times if copies else 0)):
            if not await self._post_until_acknowledged(body):
                self.given_up += len(updates)
                break
        else:
            self.delivered += len(updates)
            for update in updates:
                if update.delivered is not None:
                    update.delivered()
        self._count(-len(updates))

    async def _post_until_acknowledged(self, body: bytes) -> bool:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._settings.retry_for
        pause = self._settings.retry_first
        while not await self._post(body):
            self.refused += 1
            if loop.time() + pause > deadline:
                logger.warning("a webhook was given up after %s s", self._settings.retry_for)
                return False
            await asyncio.sleep(pause)
            pause = min(pause * 2, self._settings.retry_longest)
        return True

    async def _post(self, body: bytes) -> bool:
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "facebookexternalua",
            "X-Hub-Signature-256": sign(self._settings.app_secret, body),
        }
        try:
            answer = await self._client.post(
                self._settings.webhook_url, content=body, headers=headers, timeout=self._settings.ack_timeout
            )
        except httpx.HTTPError as error:
            logger.info("webhook not delivered: %s", type(error).__name__)
            return False
        if answer.status_code != 200:
            logger.info("webhook answered %s", answer.status_code)
        return answer.status_code == 200
