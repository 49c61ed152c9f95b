"""An emulator in this process, a receiver for its webhooks, and a clock that the test moves."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI, Request, Response

from emulator.app import create_app
from emulator.settings import BusinessNumber, EmulatorSettings

NUMBER = "200000000000001"
ACCOUNT = "100000000000001"
PATIENT = "966500000001"
DEADLINE = 10.0


@dataclass
class TestClock:
    __test__ = False
    now: datetime = datetime(2026, 11, 24, 7, 0, tzinfo=timezone.utc)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **parts: float) -> None:
        self.now += timedelta(**parts)


@dataclass
class Receiver:
    """The webhook of a business. `answers` are its next HTTP statuses; after them it says 200."""

    answers: list[int] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    signatures: list[str] = field(default_factory=list)
    accepted: list[dict[str, Any]] = field(default_factory=list)
    challenged: int = 0
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    app: FastAPI = field(default_factory=FastAPI)

    def __post_init__(self) -> None:
        @self.app.post("/hook")
        async def hook(request: Request) -> Response:
            body = await request.body()
            self.bodies.append(body)
            self.signatures.append(request.headers["x-hub-signature-256"])
            status = self.answers.pop(0) if self.answers else 200
            if status == 200:
                self.accepted.append(json.loads(body))
            self.arrived.set()
            return Response(status_code=status)

        @self.app.get("/hook")
        async def challenge(request: Request) -> Response:
            self.challenged += 1
            return Response(request.query_params["hub.challenge"])

    @property
    def values(self) -> list[dict[str, Any]]:
        """Every accepted `value`, in the order of arrival."""
        return [change["value"] for body in self.accepted for entry in body["entry"] for change in entry["changes"]]

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [message for value in self.values for message in value.get("messages", [])]

    @property
    def statuses(self) -> list[dict[str, Any]]:
        return [status for value in self.values for status in value.get("statuses", [])]

    async def until(self, happened: Callable[[], bool]) -> None:
        """Wait for deliveries until that is so; fails after the deadline."""

        async def watch() -> None:
            while not happened():
                self.arrived.clear()
                await self.arrived.wait()

        await asyncio.wait_for(watch(), DEADLINE)


@dataclass
class Bench:
    """What a test of the emulator works with."""

    app: FastAPI
    http: httpx.AsyncClient
    receiver: Receiver
    clock: TestClock

    async def post(self, message: dict[str, Any], *, number: str = NUMBER, **headers: str) -> httpx.Response:
        """One Graph request to `messages`, as given."""
        headers = {"Authorization": "Bearer emulator-access-token", **headers}
        return await self.http.post(f"/v25.0/{number}/messages", json=message, headers=headers)

    async def business(self, **message: Any) -> httpx.Response:
        """The business sends to the patient."""
        return await self.post({"messaging_product": "whatsapp", "to": f"+{PATIENT}", **message})

    async def business_says(self, text: str = "Hello", **more: Any) -> str:
        answer = await self.business(type="text", text={"body": text}, **more)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["messages"][0]["id"])

    async def patient(self, message: dict[str, Any], wa_id: str = PATIENT) -> httpx.Response:
        return await self.http.post(f"/emulator/patients/{wa_id}/messages", json=message)

    async def patient_says(self, text: str = "Hi", wa_id: str = PATIENT) -> str:
        answer = await self.patient({"type": "text", "text": text}, wa_id)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["wamid"])

    async def phone(self, wa_id: str = PATIENT, **query: Any) -> dict[str, Any]:
        answer = await self.http.get(f"/emulator/patients/{wa_id}/messages", params=query)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def fault(self, kind: str, **more: Any) -> None:
        answer = await self.http.post("/emulator/faults", json={"kind": kind, **more})
        assert answer.status_code == 201, answer.text

    async def idle(self) -> None:
        answer = await self.http.get("/emulator/idle", params={"wait": DEADLINE})
        assert answer.status_code == 200, "webhooks are still on their way"


SETTINGS = EmulatorSettings(
    app_secret="emulator-app-secret",
    verify_token="emulator-verify-token",
    access_token="emulator-access-token",
    numbers=(BusinessNumber(NUMBER, ACCOUNT, "15550100000"),),
    webhook_url="http://receiver/hook",
    delivered_after=0,
    read_after=0,
    retry_first=0.001,
    retry_longest=0.002,
)

OpenBench = Callable[..., Awaitable[Bench]]


@pytest.fixture
def emulator_defaults() -> EmulatorSettings:
    return SETTINGS


@pytest.fixture
async def open_bench() -> AsyncIterator[OpenBench]:
    """Opens emulators with changed settings; all are closed at the end."""
    closers: list[Callable[[], Awaitable[Any]]] = []

    async def open_one(**changes: Any) -> Bench:
        receiver, clock = Receiver(), TestClock()
        webhook_client = httpx.AsyncClient(transport=httpx.ASGITransport(app=receiver.app))
        app = create_app(replace(SETTINGS, **changes), webhook_client=webhook_client, clock=clock)
        http = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://emulator")
        lifespan = app.router.lifespan_context(app)
        await lifespan.__aenter__()
        closers.append(lambda: lifespan.__aexit__(None, None, None))
        closers.append(http.aclose)
        return Bench(app, http, receiver, clock)

    yield open_one
    for close in reversed(closers):
        await close()


@pytest.fixture
async def bench(open_bench: OpenBench) -> Bench:
    return await open_bench()


@pytest.fixture
async def in_window(bench: Bench) -> Bench:
    """The patient has just written, so the business may send anything."""
    await bench.patient_says()
    await bench.idle()
    bench.receiver.accepted.clear()
    return bench


@dataclass
class LiveEmulator:
    """An emulator on a port of this machine; `deliveries` are the bodies and signatures of its webhooks."""

    address: str
    deliveries: list[tuple[bytes, str]]


class ThreadedServer(uvicorn.Server):
    """A uvicorn that says when it answers."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self.ready.set()


@pytest.fixture
def live_emulator() -> Iterator[LiveEmulator]:
    deliveries: list[tuple[bytes, str]] = []

    def receive(request: httpx.Request) -> httpx.Response:
        deliveries.append((request.content, request.headers["x-hub-signature-256"]))
        return httpx.Response(200)

    webhook_client = httpx.AsyncClient(transport=httpx.MockTransport(receive))
    app = create_app(SETTINGS, webhook_client=webhook_client)
    server = ThreadedServer(uvicorn.Config(app, ws="none", log_level="warning", timeout_graceful_shutdown=1))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        assert server.ready.wait(DEADLINE), "the emulator did not start"
        yield LiveEmulator(f"http://127.0.0.1:{listener.getsockname()[1]}", deliveries)
        server.should_exit = True
        thread.join(DEADLINE)
        assert not thread.is_alive(), "the emulator did not stop"
