"""The desk, put together: pages, static files, the listening connection, and what every answer carries."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager, suppress
from typing import AsyncIterator, Callable, Optional
from urllib.parse import quote

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from sqlalchemy import text as sql
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.app import create_api
from clinic.staff import Session
from desk.events import DeskEvents
from desk.guard import BadForm, Forbidden, NotFound, NotLoggedIn, session_of
from desk.login_limit import LoginLimit
from desk.looks import Looks
from desk.pages import appointments, chats, live, login, patients, practitioners, tasks
from desk.rendering import STATIC, is_fragment, sentence, shared_templates
from desk.settings import HEADERS, KEPT, NOT_KEPT
from desk.state import Clock, Desk, utc_now

MOST_FORM_BYTES = 256_000
logger = logging.getLogger(__name__)


def create_app(engine: Engine, url: str, now: Clock = utc_now) -> FastAPI:
    """`url` is for the listening connection (psycopg 3); `now` can be handed in."""
    desk = Desk(engine, now, DeskEvents(url), LoginLimit(), shared_templates(), Looks())

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        listening = asyncio.create_task(desk.events.listen())
        yield
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.desk = desk
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.mount("/api/v1", create_api(engine, now), name="api")
    for page in (login, chats, appointments, tasks, patients, practitioners, live):
        app.include_router(page.router)
    app.add_middleware(SmallForms)
    app.add_middleware(Headers)
    _add_errors(app)
    _add_health(app)
    return app


class SmallForms:
    """A form is read before anybody asks who sends it, so a large one is not read. The API has its own limit."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)
            return
        taken = 0

        async def receive_some() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > MOST_FORM_BYTES:
                raise HTTPException(413)
            return message

        await self._app(scope, receive_some, send)


class Headers:
    """On every answer, also on errors and streams."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        static = scope["path"].startswith("/static/")

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers["Cache-Control"] = KEPT if static and message["status"] == 200 else NOT_KEPT
            await send(message)

        await self._app(scope, receive, with_headers)


def _add_errors(app: FastAPI) -> None:
    @app.exception_handler(NotLoggedIn)
    def to_login(request: Request, error: NotLoggedIn) -> Response:
        if is_fragment(request) or request.url.path == "/events":
            return Response(status_code=401)
        if request.method != "GET" or request.url.path == "/":
            return RedirectResponse("/login", status_code=303)
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/login?next={quote(here, safe='/')}", status_code=303)

    def says(key: str, status: int) -> Callable[[Request, Exception], Response]:
        def answer(request: Request, error: Exception) -> Response:
            return sentence(request, _session_if_any(request), status, key)

        return answer

    app.add_exception_handler(Forbidden, says("forbidden", 403))
    app.add_exception_handler(BadForm, says("form_is_old", 403))
    app.add_exception_handler(NotFound, says("not_found", 404))
    app.add_exception_handler(404, says("not_found", 404))
    app.add_exception_handler(405, says("not_found", 405))
    app.add_exception_handler(RequestValidationError, says("form_is_old", 400))
    app.add_exception_handler(SQLAlchemyError, _database_trouble)
    app.add_exception_handler(Exception, _failed)


def _database_trouble(request: Request, error: Exception) -> Response:
    # The text of the error may hold what was being written; its class tells enough for a log.
    logger.error("the database refused or was away: %s at %s", type(error).__name__, request.scope.get("route"))
    if isinstance(error, (OperationalError, PoolTimeout)):
        return sentence(request, None, 503, "database_away")
    return sentence(request, None, 500, "failed")


def _failed(request: Request, error: Exception) -> Response:
    # What failed may be what finds the session.
    return sentence(request, None, 500, "failed")


def _session_if_any(request: Request) -> Optional[Session]:
    try:
        return session_of(request)
    except NotLoggedIn:
        return None


def _add_health(app: FastAPI) -> None:
    @app.get("/health")
    def health() -> JSONResponse:
        desk: Desk = app.state.desk
        with desk.engine.connect() as conn:
            conn.execute(sql("SELECT 1"))
        return JSONResponse({"status": "ok"})
