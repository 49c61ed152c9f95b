"""Who may come in: sessions by cookie, a token on every form, a pause after too many wrong passwords."""

from __future__ import annotations

import hmac
from collections import deque
from datetime import datetime, timedelta
from typing import Optional

from fastapi import Request

from clinic.staff import Session, Staff, load_session
from desk.settings import COOKIE

TRIES = 8
PAUSE = timedelta(minutes=5)


class NotLoggedIn(Exception):
    """There is no session, or no longer one."""


class Forbidden(Exception):
    """The role does not include it."""


class BadForm(Exception):
    """The form's token is missing or old."""


class LoginLimit:
    """Wrong passwords by name and address. In the memory of this process: each desk process counts for itself."""

    def __init__(self) -> None:
        self._failed: dict[str, deque[datetime]] = {}

    def blocks(self, key: str, now: datetime) -> bool:
        failed = self._failed.get(key, deque())
        while failed and now - failed[0] > PAUSE:
            failed.popleft()
        return len(failed) >= TRIES

    def note_failure(self, key: str, now: datetime) -> None:
        self._failed.setdefault(key, deque(maxlen=TRIES)).append(now)

    def forget(self, key: str) -> None:
        self._failed.pop(key, None)


def session_of(request: Request, now: datetime) -> Session:
    """Raises NotLoggedIn."""
    token = request.cookies.get(COOKIE)
    found: Optional[Session] = None
    if token:
        with request.app.state.engine.begin() as conn:
            found = load_session(conn, token, now)
    if found is None:
        raise NotLoggedIn
    return found


def require_chats(member: Staff) -> None:
    if not member.sees_chats:
        raise Forbidden


def check_form(session: Session, given: str) -> None:
    if not hmac.compare_digest(session.csrf_token, given):
        raise BadForm
