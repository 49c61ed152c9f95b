"""The desk's pages. Sync handlers: FastAPI runs them in threads, where the database may be waited for."""

from __future__ import annotations

import asyncio
import uuid
from contextlib import asynccontextmanager, suppress
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, AsyncIterator, Callable, Optional

from fastapi import FastAPI, Form, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from sqlalchemy import text as sql
from sqlalchemy import update
from sqlalchemy.engine import Connection, Engine
from sse_starlette import EventSourceResponse

from clinic.appointments import appointments_between
from clinic.conversations import load_conversation
from clinic.database.tables import messages
from clinic.database.tables import staff as staff_table
from clinic.handoff import NotWithPerson, hand_back, hand_over, take
from clinic.schedule import load_clinic
from clinic.staff import Session, authenticate, close_session, open_session, record_access
from clinic.times import day_bounds, render_clock, render_date, render_day
from desk.chats import Chat, already_sent, history, list_chats, load_chat
from desk.events import DeskEvents
from desk.guard import BadForm, Forbidden, LoginLimit, NotLoggedIn, check_form, require_chats, session_of
from desk.settings import COOKIE, HEADERS
from desk.texts import text
from messaging.bubbles import Bubble
from messaging.outbox import queue_bubbles

HERE = Path(__file__).parent
LONGEST_REPLY = 4096

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(timezone.utc)


def create_app(engine: Engine, url: str, now: Clock = utc_now) -> FastAPI:
    """`url` is for the listening connection (psycopg 3); `now` can be handed in."""
    events = DeskEvents(url)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        listening = asyncio.create_task(events.listen())
        yield
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.engine, app.state.now, app.state.events = engine, now, events
    app.state.limit = LoginLimit()
    app.state.templates = Jinja2Templates(directory=str(HERE / "templates"))
    app.mount("/static", StaticFiles(directory=str(HERE / "static")), name="static")
    app.middleware("http")(_with_headers)
    _add_errors(app)
    _add_login(app)
    _add_chats(app)
    _add_appointments(app)
    return app


async def _with_headers(request: Request, call_next: Any) -> Response:
    response: Response = await call_next(request)
    for name, value in HEADERS.items():
        if not (name == "Cache-Control" and request.url.path.startswith("/static/")):
            response.headers[name] = value
    return response


def _render(request: Request, name: str, session: Optional[Session], status: int = 200, **values: Any) -> HTMLResponse:
    language = session.staff.language if session else request.query_params.get("language", "ar")
    language = language if language in ("en", "ar") else "ar"

    def say(key: str, **filled: object) -> str:
        return text(key, language, **filled)

    context = {
        "say": say,
        "language": language,
        "direction": "rtl" if language == "ar" else "ltr",
        "session": session,
        **values,
    }
    templates: Jinja2Templates = request.app.state.templates
    return templates.TemplateResponse(request, name, context, status_code=status)


def _add_errors(app: FastAPI) -> None:
    @app.exception_handler(NotLoggedIn)
    def to_login(request: Request, error: NotLoggedIn) -> Response:
        if request.headers.get("X-Fragment"):
            return Response(status_code=401)
        return RedirectResponse("/login", status_code=303)

    def sentence(key: str, status: int) -> Callable[[Request, Exception], HTMLResponse]:
        def answer(request: Request, error: Exception) -> HTMLResponse:
            try:
                session = session_of(request, request.app.state.now())
            except NotLoggedIn:
                session = None
            return _render(request, "sentence.html", session, status, sentence_key=key)

        return answer

    app.add_exception_handler(Forbidden, sentence("forbidden", 403))
    app.add_exception_handler(BadForm, sentence("reload", 403))
    app.add_exception_handler(404, sentence("not_found", 404))

    @app.get("/health")
    def health() -> JSONResponse:
        with app.state.engine.connect() as conn:
            conn.execute(sql("SELECT 1"))
        return JSONResponse({"status": "ok"})


def _add_login(app: FastAPI) -> None:
    @app.get("/login")
    def login_page(request: Request) -> HTMLResponse:
        return _render(request, "login.html", None)

    @app.post("/login")
    def login(request: Request, username: str = Form(""), password: str = Form("")) -> Response:
        now, limit = app.state.now(), app.state.limit
        address = request.client.host if request.client else ""
        key = f"{username.strip().casefold()}|{address}"
        if limit.blocks(key, now):
            return _render(request, "login.html", None, 429, problem="login_blocked", username=username)
        with app.state.engine.begin() as conn:
            member = authenticate(conn, username, password)
            if member is None:
                limit.note_failure(key, now)
                return _render(request, "login.html", None, 401, problem="login_failed", username=username)
            limit.forget(key)
            token = open_session(conn, member, now)
            record_access(conn, member, "login", f"staff:{member.id}")
        response = RedirectResponse("/" if member.sees_chats else "/appointments", status_code=303)
        secure = request.url.scheme == "https"
        response.set_cookie(COOKIE, token, httponly=True, samesite="lax", secure=secure, path="/")
        return response

    @app.post("/logout")
    def logout(request: Request, csrf: str = Form("")) -> Response:
        session = session_of(request, app.state.now())
        check_form(session, csrf)
        with app.state.engine.begin() as conn:
            close_session(conn, request.cookies[COOKIE])
        response = RedirectResponse("/login", status_code=303)
        response.delete_cookie(COOKIE, path="/")
        return response

    @app.post("/language")
    def switch_language(request: Request, csrf: str = Form(""), back: str = Form("/")) -> Response:
        session = session_of(request, app.state.now())
        check_form(session, csrf)
        other = "en" if session.staff.language == "ar" else "ar"
        with app.state.engine.begin() as conn:
            conn.execute(update(staff_table).where(staff_table.c.id == session.staff.id).values(language=other))
        return RedirectResponse(back if back.startswith("/") and not back.startswith("//") else "/", status_code=303)


def _is_id(value: str) -> bool:
    try:
        uuid.UUID(value)
    except ValueError:
        return False
    return True


def _chat_of(conn: Connection, session: Session, conversation_id: str) -> Optional[Chat]:
    return load_chat(conn, session.staff.clinic_id, conversation_id) if _is_id(conversation_id) else None


def _add_chats(app: FastAPI) -> None:
    def page(request: Request, session: Session, chat_id: Optional[str], problem: Optional[str] = None) -> HTMLResponse:
        search, now = request.query_params.get("search", ""), app.state.now()
        with app.state.engine.begin() as conn:
            clinic = load_clinic(conn, session.staff.clinic_id)
            chats = list_chats(conn, clinic.id, search)
            chat = _chat_of(conn, session, chat_id) if chat_id else None
            if chat_id and chat is None:
                return _render(request, "sentence.html", session, 404, sentence_key="not_found")
            shown = history(conn, clinic.id, chat.id) if chat else []
            if chat and not request.headers.get("X-Fragment"):
                record_access(conn, session.staff, "view_conversation", f"conversations:{chat.id}")
        language = session.staff.language

        def clock(moment: datetime) -> str:
            return render_clock(moment, clinic.timezone, language)

        def day(moment: datetime) -> str:
            return render_day(moment, clinic.timezone, language)

        return _render(
            request,
            "chats.html",
            session,
            200 if problem is None else 422,
            clinic_name=clinic.name(language),
            waiting=[one for one in chats if one.owner == "person" and one.taken_by is None],
            taken=[one for one in chats if one.owner == "person" and one.taken_by is not None],
            with_bot=[one for one in chats if one.owner == "bot"],
            chat=chat,
            shown=shown,
            clock=clock,
            day=day,
            search=search,
            problem=problem,
            window_open=chat.window_open(now) if chat else False,
            form_id=uuid.uuid4().hex,
        )

    @app.get("/")
    def chats(request: Request) -> HTMLResponse:
        session = session_of(request, app.state.now())
        require_chats(session.staff)
        return page(request, session, None)

    @app.get("/chats/{conversation_id}")
    def chat(request: Request, conversation_id: str) -> HTMLResponse:
        session = session_of(request, app.state.now())
        require_chats(session.staff)
        return page(request, session, conversation_id)

    def act(request: Request, conversation_id: str, csrf: str) -> Session:
        session = session_of(request, app.state.now())
        require_chats(session.staff)
        check_form(session, csrf)
        with app.state.engine.begin() as conn:
            if _chat_of(conn, session, conversation_id) is None:
                raise Forbidden
        return session

    @app.post("/chats/{conversation_id}/take")
    def take_chat(request: Request, conversation_id: str, csrf: str = Form("")) -> Response:
        session = act(request, conversation_id, csrf)
        with app.state.engine.begin() as conn, suppress(NotWithPerson):
            take(conn, session.staff.clinic_id, conversation_id, session.staff.id, app.state.now())
            record_access(conn, session.staff, "take", f"conversations:{conversation_id}")
        return RedirectResponse(f"/chats/{conversation_id}", status_code=303)

    @app.post("/chats/{conversation_id}/reply")
    def reply(
        request: Request, conversation_id: str, csrf: str = Form(""), body: str = Form(""), form_id: str = Form("")
    ) -> Response:
        session = act(request, conversation_id, csrf)
        words, now = body.strip()[:LONGEST_REPLY], app.state.now()
        if not words:
            return page(request, session, conversation_id, "empty_reply")
        with app.state.engine.begin() as conn:
            chat = _chat_of(conn, session, conversation_id)
            if chat is None or not chat.window_open(now):
                return page(request, session, conversation_id, "window_closed")
            _send_once(conn, session, chat, words, form_id, now)
        return RedirectResponse(f"/chats/{conversation_id}", status_code=303)

    @app.post("/chats/{conversation_id}/hand-back")
    def hand_chat_back(request: Request, conversation_id: str, csrf: str = Form("")) -> Response:
        session = act(request, conversation_id, csrf)
        with app.state.engine.begin() as conn, suppress(NotWithPerson):
            hand_back(conn, session.staff.clinic_id, conversation_id, session.staff.id, app.state.now())
            record_access(conn, session.staff, "hand_back", f"conversations:{conversation_id}")
        return RedirectResponse("/", status_code=303)

    @app.get("/events")
    async def events(request: Request) -> EventSourceResponse:
        session = await asyncio.to_thread(session_of, request, app.state.now())
        require_chats(session.staff)
        return EventSourceResponse(app.state.events.of_clinic(session.staff.clinic_id), ping=15)


def _send_once(conn: Connection, session: Session, chat: Chat, words: str, form_id: str, now: datetime) -> None:
    """The chat becomes the writer's, whoever had it; the same form twice is one message."""
    conversation = load_conversation(conn, chat.id)
    # The lock of the handoff makes a double click wait for its first half.
    hand_over(conn, conversation, "request_human", now)
    if form_id and already_sent(conn, conversation.clinic_id, conversation.id, form_id):
        return
    take(conn, conversation.clinic_id, conversation.id, session.staff.id, now)
    ids = queue_bubbles(conn, conversation, [Bubble(words)], sender="staff", staff_id=session.staff.id)
    content = messages.c.content.op("||")(sql("jsonb_build_object('form_id', cast(:form_id as text))").bindparams(form_id=form_id))
    conn.execute(update(messages).where(messages.c.id.in_(ids)).values(content=content))
    record_access(conn, session.staff, "reply", f"conversations:{conversation.id}")


def _add_appointments(app: FastAPI) -> None:
    @app.get("/appointments")
    def appointments(request: Request) -> HTMLResponse:
        session = session_of(request, app.state.now())
        language = session.staff.language
        with app.state.engine.begin() as conn:
            clinic = load_clinic(conn, session.staff.clinic_id)
            day = _day(request.query_params.get("day"), app.state.now().astimezone(clinic.zone).date())
            found = appointments_between(conn, clinic.id, *day_bounds(day, clinic.timezone))
            record_access(conn, session.staff, "view_appointments", f"day:{day.isoformat()}")
        rows = [
            {
                "clock": render_clock(one.start, clinic.timezone, language),
                "patient": one.patient_name or "",
                "practitioner": one.practitioner(language),
                "specialty": one.specialty(language),
                "status": one.status,
            }
            for one in found
        ]
        return _render(
            request,
            "appointments.html",
            session,
            clinic_name=clinic.name(language),
            rows=rows,
            day_name=render_date(day, language),
            before=(day - timedelta(days=1)).isoformat(),
            after=(day + timedelta(days=1)).isoformat(),
        )


def _day(given: Optional[str], today: date) -> date:
    try:
        return date.fromisoformat(given) if given else today
    except ValueError:
        return today
