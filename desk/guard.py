"""Who may come in: sessions by cookie, a token on every form."""

from __future__ import annotations

import hmac
import uuid
from typing import Annotated, Optional

from fastapi import Depends, Form, Request

from clinic.staff import Session, load_session
from desk.settings import COOKIE
from desk.state import desk_of


class NotLoggedIn(Exception):
    """There is no session, or no longer one."""


class Forbidden(Exception):
    """The role does not include it."""


class BadForm(Exception):
    """The form's token is missing or not this session's."""


class NotFound(Exception):
    """It does not exist, or is another clinic's: nobody can tell which."""


def session_of(request: Request) -> Session:
    """Raises NotLoggedIn."""
    desk, token = desk_of(request), request.cookies.get(COOKIE)
    found: Optional[Session] = None
    if token:
        with desk.engine.connect() as conn:
            found = load_session(conn, token, desk.now())
    if found is None:
        raise NotLoggedIn
    # For a page about an error, which may not be able to ask again.
    request.state.language = found.staff.language
    return found


def patients_session(session: Annotated[Session, Depends(session_of)]) -> Session:
    """Of somebody whose role includes patients; trainers' does not. Raises Forbidden."""
    if not session.staff.sees_chats:
        raise Forbidden
    return session


def check_form(session: Annotated[Session, Depends(session_of)], csrf: Annotated[str, Form()] = "") -> None:
    """Every form that changes something carries the session's token. Raises BadForm."""
    if not same_token(session.csrf_token, csrf):
        raise BadForm


def same_token(expected: str, given: str) -> bool:
    return bool(expected) and hmac.compare_digest(expected.encode(), given.encode())


LoggedIn = Annotated[Session, Depends(session_of)]
WithPatients = Annotated[Session, Depends(patients_session)]
GoodForm = Depends(check_form)


def known_id(given: str) -> str:
    """An id out of an address, as the database writes it. Raises NotFound: what is no id is nobody's."""
    try:
        return str(uuid.UUID(given))
    except ValueError as error:
        raise NotFound from error
