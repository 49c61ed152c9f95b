"""Puts the emulator together: one FastAPI application, everything in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timezone
from pathlib import Path

import httpx
from fastapi import FastAPI, Request
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

from emulator import control, graph
from emulator.answers import JsonAnswer
from emulator.errors import GraphError
from emulator.faults import Faults
from emulator.inbound import Phones
from emulator.outbound import Deliveries
from emulator.rates import Rates
from emulator.settings import EmulatorSettings
from emulator.state import Clock, World
from emulator.templates import Templates
from emulator.webhooks import Courier

STATIC = Path(__file__).parent / "static"
# Pictures may come from anywhere (a template's header link); scripts and styles only from here.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src * data:; media-src * data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def system_clock() -> datetime:
    return datetime.now(timezone.utc)


def create_app(
    settings: EmulatorSettings,
    *,
    webhook_client: httpx.AsyncClient | None = None,
    clock: Clock = system_clock,
) -> FastAPI:
    """The whole emulator. Tests hand in a client that reaches their receiver, and a clock of theirs."""
    client = webhook_client or httpx.AsyncClient(trust_env=False)
    world, faults, templates = World(settings, clock), Faults(), Templates()
    courier = Courier(settings, faults, client)
    phones, deliveries = Phones(world, courier), Deliveries(world, courier)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        if settings.verify_at_start:
            await courier.verify()
        yield
        await courier.close()

    app = FastAPI(
        title="WhatsApp emulator",
        lifespan=lifespan,
        default_response_class=JsonAnswer,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    app.state.world, app.state.courier = world, courier

    @app.exception_handler(GraphError)
    async def refuse(_: Request, error: GraphError) -> JsonAnswer:
        return JsonAnswer(error.to_json(), status_code=error.status)

    @app.get("/")
    async def phone_page() -> FileResponse:
        return FileResponse(STATIC / "phone.html", headers={"Content-Security-Policy": PAGE_POLICY})

    app.mount("/static", StaticFiles(directory=STATIC))
    app.include_router(control.build_router(control.Control(world, faults, courier, phones, templates, deliveries)))
    app.include_router(graph.build_router(graph.Graph(world, faults, Rates(settings), templates, deliveries)))
    return app
