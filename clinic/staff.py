"""People who log in at the desk: passwords (argon2id), sessions, and what they did or saw."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Optional

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from clinic.database.tables import access_events, staff, staff_sessions

ROLES = ("reception", "manager", "trainer")
LANGUAGES = ("en", "ar")
SESSION = timedelta(hours=12)  # a shift
SHORTEST_PASSWORD = 10

_hasher = PasswordHasher()
# So that an unknown name takes as long as a wrong password.
_NOBODY = _hasher.hash(secrets.token_urlsafe(16))


class BadStaff(Exception):
    """The person cannot be added; the message says why."""


@dataclass(frozen=True)
class Staff:
    id: str
    clinic_id: str
    username: str
    name: str
    role: str
    language: str

    @property
    def sees_chats(self) -> bool:
        """Trainers work on examples, not on patients."""
        return self.role in ("reception", "manager")


@dataclass(frozen=True)
class Session:
    staff: Staff
    csrf_token: str


def create_staff(conn: Connection, clinic_id: str, username: str, name: str, role: str, password: str) -> str:
    """Returns the id. Raises BadStaff: a role there is not, a short password, a name that is taken."""
    if role not in ROLES:
        raise BadStaff(f"{role!r} is no role; there are {', '.join(ROLES)}.")
    if len(password) < SHORTEST_PASSWORD:
        raise BadStaff(f"The password needs at least {SHORTEST_PASSWORD} characters.")
    try:
        with conn.begin_nested():
            return str(
                conn.execute(
                    insert(staff)
                    .values(
                        clinic_id=clinic_id,
                        username=username.strip().casefold(),
                        name=name,
                        role=role,
                        password_hash=_hasher.hash(password),
                    )
                    .returning(staff.c.id)
                ).scalar_one()
            )
    except IntegrityError as error:
        raise BadStaff(f"There is somebody called {username} already.") from error


def has_staff(conn: Connection, clinic_id: str) -> bool:
    return conn.execute(select(staff.c.id).where(staff.c.clinic_id == clinic_id).limit(1)).first() is not None


def authenticate(conn: Connection, username: str, password: str) -> Optional[Staff]:
    """None for a wrong name, a wrong password and somebody who has left, after the same work."""
    row = conn.execute(
        select(staff).where(staff.c.username == username.strip().casefold(), staff.c.active)
    ).one_or_none()
    try:
        _hasher.verify(row.password_hash if row else _NOBODY, password)
    except VerificationError:
        return None
    return _staff(row) if row else None


def _staff(row: Any) -> Staff:
    return Staff(*(getattr(row, name) for name in Staff.__dataclass_fields__))


def open_session(conn: Connection, member: Staff, now: datetime) -> str:
    """Returns the token for the cookie; the database keeps only its hash. Sessions that have ended are swept."""
    conn.execute(delete(staff_sessions).where(staff_sessions.c.expires_at <= now))
    token = secrets.token_urlsafe(32)
    conn.execute(
        insert(staff_sessions).values(
            token_hash=_hash(token),
            clinic_id=member.clinic_id,
            staff_id=member.id,
            csrf_token=secrets.token_urlsafe(24),
            expires_at=now + SESSION,
            created_at=now,
        )
    )
    return token


def load_session(conn: Connection, token: str, now: datetime) -> Optional[Session]:
    """None when it ended, was revoked, or its member of staff has left."""
    row = conn.execute(
        select(staff, staff_sessions.c.csrf_token)
        .join(staff_sessions, staff_sessions.c.staff_id == staff.c.id)
        .where(staff_sessions.c.token_hash == _hash(token), staff_sessions.c.expires_at > now, staff.c.active)
    ).one_or_none()
    return Session(_staff(row), row.csrf_token) if row else None


def close_session(conn: Connection, token: str) -> None:
    conn.execute(delete(staff_sessions).where(staff_sessions.c.token_hash == _hash(token)))


def revoke_sessions(conn: Connection, staff_id: str) -> int:
    """End all sessions of this member of staff, on every machine; returns how many there were."""
    return conn.execute(delete(staff_sessions).where(staff_sessions.c.staff_id == staff_id)).rowcount


def set_staff_language(conn: Connection, member: Staff, language: str) -> None:
    if language not in LANGUAGES:
        raise BadStaff(f"{language!r} is no language of the desk; there are {', '.join(LANGUAGES)}.")
    conn.execute(
        update(staff).where(staff.c.id == member.id, staff.c.clinic_id == member.clinic_id).values(language=language)
    )


def record_access(conn: Connection, member: Staff, action: str, subject: str, now: datetime) -> None:
    """Who saw or did what; subject is `table:id`."""
    conn.execute(
        insert(access_events).values(
            clinic_id=member.clinic_id, staff_id=member.id, action=action, subject=subject, created_at=now
        )
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
