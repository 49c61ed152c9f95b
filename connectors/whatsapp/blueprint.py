"""The webhook over HTTP: checks, stores, answers. Nothing of a patient's message is done in the request."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Callable, Optional

from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse
from sqlalchemy import text
from sqlalchemy.engine import Engine

from connectors.whatsapp.limits import WEBHOOK_BYTES
from connectors.whatsapp.payloads import parse_webhook
from connectors.whatsapp.signature import HEADER, is_signed
from messaging.agent import Agent
from messaging.inbound import InboundWorker
from messaging.inbox import receive

logger = logging.getLogger(__name__)

STORING_THREADS = 4
HEALTH_SECONDS = 5.0


@dataclass(frozen=True)
class Webhook:
    """What the blueprint works with. Without `agent` it stores only, and another process runs the turns.

    `open_database` returns the url and the engine; it is called once, in a thread, before the server listens.
    """

    app_secret: str
    verify_token: str
    open_database: Callable[[], tuple[str, Engine]]
    clock: Callable[[], datetime]
    agent: Optional[Callable[[Sanic], Agent]] = None


class _Server:
    """One server's own: its engine, its threads, its worker."""

    def __init__(self, webhook: Webhook) -> None:
        self._webhook = webhook
        self._threads = ThreadPoolExecutor(STORING_THREADS, thread_name_prefix="webhook")
        self._url = ""
        self._engine: Optional[Engine] = None
        self._agent: Optional[Agent] = None
        self._worker: Optional[InboundWorker] = None

    async def open(self, app: Sanic, _loop: Any) -> None:
        app.config.REQUEST_MAX_SIZE = WEBHOOK_BYTES
        self._url, self._engine = await asyncio.to_thread(self._webhook.open_database)

    async def start(self, app: Sanic, _loop: Any) -> None:
        if self._webhook.agent is None or self._engine is None:
            return
        self._agent = self._webhook.agent(app)
        self._worker = InboundWorker(self._url, self._engine, self._agent, self._webhook.clock)
        self._worker.start()

    async def stop(self, _app: Sanic, _loop: Any) -> None:
        if self._worker is not None:
            await self._worker.stop()

    async def close(self, _app: Sanic, _loop: Any) -> None:
        self._threads.shutdown(wait=False)

    async def verify(self, request: Request) -> HTTPResponse:
        """Meta asks whether this address is meant: the challenge is given back to who knows the token."""
        token = (request.args.get("hub.verify_token") or "").encode()
        if request.args.get("hub.mode") != "subscribe" or not hmac.compare_digest(
            token, self._webhook.verify_token.encode()
        ):
            return response.text("", status=403)
        return response.text(request.args.get("hub.challenge") or "")

    async def receive(self, request: Request) -> HTTPResponse:
        """200 once everything in it is stored. Whatever else is answered, Meta sends it again."""
        header = request.headers.get(HEADER)
        if header is None:
            return response.text("", status=401)
        if len(request.body) > WEBHOOK_BYTES:
            return response.text("", status=413)
        if not is_signed(self._webhook.app_secret, request.body, header):
            logger.warning("a webhook with a wrong signature was refused")
            return response.text("", status=403)
        try:
            body = json.loads(request.body)
        except (ValueError, RecursionError):
            return response.text("", status=400)
        return response.text("", status=200 if await self._store(body) else 503)

    async def _store(self, body: Any) -> bool:
        webhook = parse_webhook(body)
        for ignored in webhook.ignored:
            logger.info("a part of a webhook was left out: %s", ignored.what)
        if not webhook.messages and not webhook.statuses:
            return True
        if self._engine is None:
            return False
        try:
            await asyncio.get_running_loop().run_in_executor(
                self._threads, receive, self._engine, webhook, self._webhook.clock()
            )
        except Exception as error:
            # Not the error's text: a failed query repeats its values.
            logger.error("a webhook could not be stored: %s", type(error).__name__)
            return False
        return True

    async def health(self, _request: Request) -> HTTPResponse:
        """200 when a message that comes now would be answered."""
        agent = self._webhook.agent is None or (self._agent is not None and self._agent.is_ready())
        worker = self._webhook.agent is None or (self._worker is not None and self._worker.is_working)
        checks = {"agent": agent, "worker": worker, "database": await self._database_answers()}
        return response.json(checks, status=200 if all(checks.values()) else 503)

    async def _database_answers(self) -> bool:
        if self._engine is None:
            return False
        try:
            await asyncio.wait_for(asyncio.to_thread(_ask, self._engine), HEALTH_SECONDS)
        except Exception as error:
            logger.warning("the database does not answer: %s", type(error).__name__)
            return False
        return True


def webhook_blueprint(webhook: Webhook, name: str = "whatsapp") -> Blueprint:
    """Routes `webhook` (GET, POST) and `health` below the prefix under which it is registered."""
    server = _Server(webhook)
    blueprint = Blueprint(name)
    blueprint.listener("before_server_start")(server.open)
    blueprint.listener("after_server_start")(server.start)
    blueprint.listener("before_server_stop")(server.stop)
    blueprint.listener("after_server_stop")(server.close)

    # Sanic writes on its handlers, which a bound method does not take.
    @blueprint.get("/webhook", name="verify")
    async def verify(request: Request) -> HTTPResponse:
        return await server.verify(request)

    @blueprint.post("/webhook", name="receive")
    async def receive_webhook(request: Request) -> HTTPResponse:
        return await server.receive(request)

    @blueprint.get("/health", name="health")
    async def health(request: Request) -> HTTPResponse:
        return await server.health(request)

    return blueprint


def _ask(engine: Engine) -> None:
    with engine.connect() as conn:
        conn.execute(text("SELECT 1"))
