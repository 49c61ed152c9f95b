from __future__ import annotations

import asyncio
import json
import socket
import uuid
from contextlib import asynccontextmanager
from datetime import datetime, timezone
from typing import Any, AsyncIterator, Callable, Optional

import httpx
import pytest
from sanic import Sanic
from sqlalchemy import create_engine, func, select
from sqlalchemy.engine import Engine

from clinic.database.tables import contacts, messages
from clinic.demo import DemoClinic
from connectors.whatsapp.app import PREFIX, webhook_app
from connectors.whatsapp.blueprint import Webhook
from connectors.whatsapp.limits import WEBHOOK_BYTES
from connectors.whatsapp.signature import HEADER, sign
from tests.messaging.stub import StubAgent

SECRET = "the-app-secret"


def now() -> datetime:
    return datetime.now(timezone.utc)


@pytest.fixture(autouse=True)
def several_apps_in_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """At its start Sanic rewrites its own methods for speed; in this mode it can do so more than once."""
    monkeypatch.setattr(Sanic, "test_mode", True)


@asynccontextmanager
async def serving(url: str, engine: Engine, agent: Optional[StubAgent] = None) -> AsyncIterator[httpx.AsyncClient]:
    """The webhook on a port of this machine, as `rasa run` serves it."""
    webhook = Webhook(
        app_secret=SECRET,
        verify_token="the-token",
        open_database=lambda: (url, engine),
        clock=now,
        agent=None if agent is None else lambda _app: agent,
    )
    app = webhook_app(webhook, f"webhook_{uuid.uuid4().hex}")
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = await app.create_server(sock=listener, return_asyncio_server=True, access_log=False)
    await server.startup()
    await server.before_start()
    await server.start_serving()
    await server.after_start()
    base = f"http://127.0.0.1:{listener.getsockname()[1]}{PREFIX}"
    try:
        async with httpx.AsyncClient(base_url=base, trust_env=False) as client:
            yield client
    finally:
        await server.before_stop()
        server.close()
        await server.wait_closed()
        await server.after_stop()


@pytest.fixture
async def client(database_url: str, engine: Engine, clinic: DemoClinic) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(database_url, engine) as client:
        yield client


def body_of(clinic: DemoClinic, *texts: str, number: Optional[str] = None) -> bytes:
    value = {
        "metadata": {"phone_number_id": number or clinic.phone_number_id},
        "contacts": [{"profile": {"name": "Mona"}, "wa_id": "15550100123"}],
        "messages": [
            {"from": "15550100123", "id": f"wamid.{text}", "timestamp": str(int(now().timestamp())), "type": "text",
             "text": {"body": text}}
            for text in texts
        ],
    }  # fmt: skip
    return json.dumps({"entry": [{"changes": [{"field": "messages", "value": value}]}]}).encode()


async def post(client: httpx.AsyncClient, body: bytes, signature: Optional[str] = None) -> int:
    answer = await client.post("/webhook", content=body, headers={HEADER: signature or sign(SECRET, body)})
    return answer.status_code


def stored(engine: Engine) -> list[str]:
    with engine.connect() as conn:
        return conn.execute(select(messages.c.text).order_by(messages.c.seq)).scalars().all()


async def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    async def wait() -> None:
        while not condition():
            await asyncio.sleep(0.02)

    await asyncio.wait_for(wait(), seconds)


async def test_meta_verifies_the_address(client: httpx.AsyncClient) -> None:
    asked = {"hub.mode": "subscribe", "hub.verify_token": "the-token", "hub.challenge": "1158201444"}
    answer = await client.get("/webhook", params=asked)
    assert (answer.status_code, answer.text) == (200, "1158201444")


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"hub.mode": "subscribe", "hub.challenge": "1"},
        {"hub.mode": "subscribe", "hub.verify_token": "wrong", "hub.challenge": "1"},
        {"hub.mode": "unsubscribe", "hub.verify_token": "the-token", "hub.challenge": "1"},
    ],
)
async def test_nobody_else_is_given_the_challenge(client: httpx.AsyncClient, asked: dict[str, str]) -> None:
    answer = await client.get("/webhook", params=asked)
    assert (answer.status_code, answer.text) == (403, "")


async def test_a_signed_webhook_is_stored_and_acknowledged(
    client: httpx.AsyncClient, engine: Engine, clinic: DemoClinic
) -> None:
    assert await post(client, body_of(clinic, "one", "two")) == 200
    assert await post(client, body_of(clinic, "two", "three")) == 200
    assert stored(engine) == ["one", "two", "three"]


async def test_without_a_signature_nothing_is_stored(
    client: httpx.AsyncClient, engine: Engine, clinic: DemoClinic
) -> None:
    answer = await client.post("/webhook", content=body_of(clinic, "one"))
    assert answer.status_code == 401
    assert stored(engine) == []


@pytest.mark.parametrize("signature", ["sha256=0", "x", sign("another-secret", b"")])
async def test_with_a_wrong_signature_nothing_is_stored(
    client: httpx.AsyncClient, engine: Engine, clinic: DemoClinic, signature: str
) -> None:
    assert await post(client, body_of(clinic, "one"), signature) == 403
    with engine.connect() as conn:
        assert conn.execute(select(func.count()).select_from(contacts)).scalar_one() == 0
    assert stored(engine) == []


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe\xff", b"[" * 100_000], ids=["empty", "half", "bytes", "deep"])
async def test_signed_nonsense_is_a_bad_request(client: httpx.AsyncClient, body: bytes) -> None:
    assert await post(client, body) == 400


@pytest.mark.parametrize("body", [b"null", b"[]", b'"x"', b"{}", b'{"entry":[{"changes":[{"field":"messages"}]}]}'])
async def test_signed_json_of_another_shape_is_acknowledged(client: httpx.AsyncClient, body: bytes) -> None:
    assert await post(client, body) == 200


async def test_a_body_beyond_metas_limit_is_refused(client: httpx.AsyncClient) -> None:
    assert await post(client, b'"' + b"x" * WEBHOOK_BYTES + b'"') == 413


async def test_an_unknown_number_is_acknowledged_with_a_line_in_the_log(
    client: httpx.AsyncClient, engine: Engine, clinic: DemoClinic, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        assert await post(client, body_of(clinic, "chest-pain-word", number="999")) == 200
    assert stored(engine) == []
    assert "999" in caplog.text
    assert not any(word in caplog.text for word in ("chest-pain-word", "15550100123", "Mona"))


async def test_a_webhook_that_cannot_be_stored_is_asked_for_again(
    clinic: DemoClinic, caplog: pytest.LogCaptureFixture
) -> None:
    gone = "postgresql://nobody@127.0.0.1:1/nowhere"
    engine = create_engine(gone, future=True)
    async with serving(gone, engine) as client:
        assert await post(client, body_of(clinic, "chest-pain-word")) == 503
        assert (await client.get("/health")).status_code == 503
    assert "chest-pain-word" not in caplog.text


async def test_health_is_good_only_with_agent_worker_and_database(
    database_url: str, engine: Engine, clinic: DemoClinic
) -> None:
    agent = StubAgent(ready=False)
    async with serving(database_url, engine, agent) as client:
        answer = await client.get("/health")
        assert answer.status_code == 503
        assert answer.json() == {"agent": False, "worker": False, "database": True}
        agent.ready = True

        async def healthy() -> None:
            while (await client.get("/health")).status_code != 200:
                await asyncio.sleep(0.05)

        await asyncio.wait_for(healthy(), 20)


async def test_a_message_is_answered_by_the_worker_in_the_server(
    database_url: str, engine: Engine, clinic: DemoClinic
) -> None:
    """Nothing is taken before the agent is ready; then the turns run in order."""
    agent = StubAgent(ready=False)
    async with serving(database_url, engine, agent) as client:
        assert await post(client, body_of(clinic, "one", "two", "three")) == 200
        assert agent.parsed == []
        agent.ready = True
        await until(lambda: len(stored(engine)) == 6)
    assert agent.parsed == ["one", "two", "three"]
    assert stored(engine)[3:] == ["heard: one", "heard: two", "heard: three"]


async def test_a_server_that_stops_lets_the_running_turn_finish(
    database_url: str, engine: Engine, clinic: DemoClinic
) -> None:
    started, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_incoming: Any) -> Any:
        started.set()
        await go_on.wait()
        return []

    agent = StubAgent(turn=slow)
    async with serving(database_url, engine, agent) as client:
        await post(client, body_of(clinic, "one"))
        await asyncio.wait_for(started.wait(), 20)
        asyncio.get_running_loop().call_later(0.1, go_on.set)
    with engine.connect() as conn:
        outcomes = conn.execute(select(messages.c.outcome).where(messages.c.direction == "in")).scalars().all()
    assert outcomes == ["desk"]
