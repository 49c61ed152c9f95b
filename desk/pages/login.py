"""Coming in, going out, and the language."""

from __future__ import annotations

import secrets
from typing import Annotated, Optional

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from clinic.staff import (
    LANGUAGES,
    authenticate,
    close_session,
    open_session,
    record_access,
    set_staff_language,
)
from desk.guard import BadForm, GoodForm, LoggedIn, same_token
from desk.rendering import guest_language, render
from desk.retrying import RetryingRoute
from desk.settings import COOKIE, LOGIN_COOKIE
from desk.state import desk_of

router = APIRouter(route_class=RetryingRoute)

LONGEST_PASSWORD = 1000


@router.get("/login")
def login_page(request: Request) -> Response:
    return _form(request)


@router.post("/login")
def login(
    request: Request,
    csrf: Annotated[str, Form()] = "",
    username: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
) -> Response:
    if not _is_own_form(request, csrf):
        raise BadForm
    desk, now = desk_of(request), desk_of(request).now()
    address = request.client.host if request.client else ""
    if not desk.login_limit.begin(username, address, now):
        return _form(request, "login_blocked", username, 429)
    with desk.checking, desk.engine.begin() as conn:
        member = authenticate(conn, username.replace("\0", ""), password[:LONGEST_PASSWORD])
        if member is not None:
            close_session(conn, request.cookies.get(COOKIE, ""))
            token = open_session(conn, member, now)
            record_access(conn, member, "login", f"staff:{member.id}", now)
    if member is None:
        return _form(request, "login_failed", username, 401)
    desk.login_limit.succeeded(username, address)
    response = RedirectResponse(own_path(request.query_params.get("next")), status_code=303)
    _set_cookie(request, response, COOKIE, token)
    response.delete_cookie(LOGIN_COOKIE, path="/login")
    return response


@router.post("/logout", dependencies=[GoodForm])
def logout(request: Request, session: LoggedIn) -> Response:
    desk = desk_of(request)
    with desk.engine.begin() as conn:
        close_session(conn, request.cookies[COOKIE])
        record_access(conn, session.staff, "logout", f"staff:{session.staff.id}", desk.now())
    response = RedirectResponse(f"/login?language={session.staff.language}", status_code=303)
    response.delete_cookie(COOKIE, path="/")
    return response


@router.post("/language", dependencies=[GoodForm])
def switch_language(
    request: Request,
    session: LoggedIn,
    language: Annotated[str, Form()] = "",
    back: Annotated[str, Form()] = "/",
) -> Response:
    if language in LANGUAGES:
        with desk_of(request).engine.begin() as conn:
            set_staff_language(conn, session.staff, language)
    return RedirectResponse(own_path(back), status_code=303)


def _is_own_form(request: Request, csrf: str) -> bool:
    """Shown by us in the same browser; or sent by no browser at all, since only those can be led by another site."""
    shown = request.cookies.get(LOGIN_COOKIE)
    if shown:
        return same_token(shown, csrf)
    return not any(header in request.headers for header in ("Origin", "Referer", "Sec-Fetch-Site"))


def own_path(given: Optional[str]) -> str:
    """A path of this site; what could lead elsewhere becomes the first page."""
    if not given or not given.startswith("/") or given.startswith("//") or "\\" in given or not given.isprintable():
        return "/"
    return given


def _form(request: Request, problem: Optional[str] = None, username: str = "", status: int = 200) -> Response:
    csrf = request.cookies.get(LOGIN_COOKIE) or secrets.token_urlsafe(24)
    language = guest_language(request)
    response = render(
        request,
        "login.html",
        None,
        status,
        csrf=csrf,
        problem=problem,
        username=username,
        next=own_path(request.query_params.get("next")),
        other="en" if language == "ar" else "ar",
    )
    _set_cookie(request, response, LOGIN_COOKIE, csrf, path="/login")
    return response


def _set_cookie(request: Request, response: Response, name: str, value: str, path: str = "/") -> None:
    secure = request.url.scheme == "https"
    response.set_cookie(name, value, path=path, httponly=True, samesite="lax", secure=secure)
