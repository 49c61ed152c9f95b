"""The chats: who waits, what was said, and what reception does about it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Callable, Optional

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.engine import Connection

from clinic.appointments import upcoming_of
from clinic.patients import patients_of
from clinic.schedule import load_clinic
from clinic.staff import Session, Staff
from desk.chats import Chat, list_chats, load_chat
from desk.guard import GoodForm, NotFound, WithPatients
from desk.rendering import ClinicClock, is_fragment, render
from desk.replies import CannotSend, hand_chat_back, reply, take_chat
from desk.retrying import RetryingRoute
from desk.settings import LONGEST_REPLY, LONGEST_SEARCH, MOST_MESSAGES
from desk.state import desk_of
from desk.thread import load_thread
from desk.todo import count_open_tasks

router = APIRouter(route_class=RetryingRoute)

Act = Callable[[Connection, Staff, Chat, datetime], object]


@router.get("/")
def chats(request: Request, session: WithPatients) -> Response:
    return _page(request, session)


@router.get("/chats/{conversation_id}")
def chat(request: Request, session: WithPatients, conversation_id: str) -> Response:
    return _page(request, session, conversation_id)


@router.post("/chats/{conversation_id}/reply", dependencies=[GoodForm])
def send_reply(
    request: Request,
    session: WithPatients,
    conversation_id: str,
    body: Annotated[str, Form()] = "",
    form_id: Annotated[str, Form()] = "",
) -> Response:
    def send(conn: Connection, member: Staff, chat: Chat, now: datetime) -> None:
        reply(conn, member, chat, body, form_id.replace("\0", ""), now)

    try:
        _act(request, session, conversation_id, send)
    except CannotSend as error:
        # What was typed stays in the box.
        return _page(request, session, conversation_id, problem=error.reason, typed=body, form_id=form_id)
    return _after(request, session, conversation_id)


@router.post("/chats/{conversation_id}/take", dependencies=[GoodForm])
def take(request: Request, session: WithPatients, conversation_id: str) -> Response:
    _act(request, session, conversation_id, take_chat)
    return _after(request, session, conversation_id)


@router.post("/chats/{conversation_id}/hand-back", dependencies=[GoodForm])
def hand_back(request: Request, session: WithPatients, conversation_id: str) -> Response:
    _act(request, session, conversation_id, hand_chat_back)
    return _after(request, session, conversation_id)


def _act(request: Request, session: Session, conversation_id: str, act: Act) -> None:
    """In one transaction, on a chat of the member's own clinic. Raises NotFound."""
    desk = desk_of(request)
    with desk.engine.begin() as conn:
        act(conn, session.staff, _own_chat(conn, session, conversation_id), desk.now())


def _after(request: Request, session: Session, conversation_id: str) -> Response:
    if is_fragment(request):
        return _page(request, session, conversation_id)
    return RedirectResponse(f"/chats/{uuid.UUID(conversation_id)}", status_code=303)


def _own_chat(conn: Connection, session: Session, conversation_id: str) -> Chat:
    try:
        found = load_chat(conn, session.staff.clinic_id, str(uuid.UUID(conversation_id)))
    except ValueError:
        found = None
    if found is None:
        raise NotFound
    return found


def _page(
    request: Request,
    session: Session,
    conversation_id: Optional[str] = None,
    *,
    problem: Optional[str] = None,
    typed: str = "",
    form_id: str = "",
) -> Response:
    """The list, and one chat beside it. Where our script asks, only the parts that change."""
    desk, member, now = desk_of(request), session.staff, desk_of(request).now()
    search = request.query_params.get("search", "")[:LONGEST_SEARCH]
    with desk.looks.transaction(desk.engine, member, now) as (conn, look):
        clinic = load_clinic(conn, member.clinic_id)
        lists = list_chats(conn, member.clinic_id, member.id, search)
        alarms = (list_chats(conn, member.clinic_id, member.id) if search else lists).alarms
        look("search_chats" if search else "list_chats", f"clinics:{member.clinic_id}")
        opened = None
        if conversation_id is not None:
            opened = _own_chat(conn, session, conversation_id)
            look("view_conversation", f"conversations:{opened.id}")
        shown = {
            "thread": load_thread(conn, member.clinic_id, opened.id) if opened else None,
            "patients": patients_of(conn, member.clinic_id, opened.contact_id) if opened else [],
            "upcoming": upcoming_of(conn, member.clinic_id, opened.contact_id, now) if opened else [],
            "task_count": count_open_tasks(conn, member.clinic_id),
        }
    return render(
        request,
        "fragments.html" if is_fragment(request) else "chats.html",
        session,
        422 if problem else 200,
        clinic_name=clinic.name(member.language),
        clock=ClinicClock(clinic.timezone, member.language, now),
        lists=lists,
        alarms=alarms,
        waiting_count=len(lists.waiting),
        search=search,
        chat=opened,
        window_open=opened.window_open(now) if opened else False,
        problem=problem,
        typed=typed,
        form_id=form_id or uuid.uuid4().hex,
        longest=LONGEST_REPLY,
        longest_thread=MOST_MESSAGES,
        **shown,
    )
