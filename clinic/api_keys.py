"""Keys with which a clinic's own systems reach the HTTP API: shown once, kept as a hash, revocable."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Optional

from sqlalchemy import insert, or_, select, update
from sqlalchemy.engine import Connection

from clinic.database.tables import api_keys

PREFIX = "istiqbal_"  # so that one is known for what it is where it should not be
LONGEST = 200
# A busy system does not need a write for each request.
USE_NOTED_EVERY = timedelta(minutes=1)


class BadKey(Exception):
    """The key cannot be made or revoked; the message says why."""


@dataclass(frozen=True)
class ApiKey:
    id: str
    clinic_id: str
    name: str


def add_key(conn: Connection, clinic_id: str, name: str, now: datetime) -> str:
    """The token, which nobody can see again. Raises BadKey: no name, or one that a live key has."""
    name = name.strip()
    if not name:
        raise BadKey("The key needs a name: which system is it for?")
    if conn.execute(_live(clinic_id, name)).first() is not None:
        raise BadKey(f"There is a key for {name} already. Revoke it first.")
    token = PREFIX + secrets.token_urlsafe(32)
    conn.execute(insert(api_keys).values(clinic_id=clinic_id, name=name, token_hash=_hash(token), created_at=now))
    return token


def revoke_key(conn: Connection, clinic_id: str, name: str, now: datetime) -> None:
    """From the next request on. Raises BadKey."""
    live = _live(clinic_id, name.strip())
    revoked = conn.execute(update(api_keys).where(api_keys.c.id.in_(live)).values(revoked_at=now))
    if not revoked.rowcount:
        raise BadKey(f"There is no key for {name}.")


def check_key(conn: Connection, token: str, now: datetime) -> Optional[ApiKey]:
    """Whose it is; None for an unknown and for a revoked one."""
    if not token.startswith(PREFIX) or len(token) > LONGEST:
        return None
    hashed = _hash(token)
    row = conn.execute(
        select(api_keys).where(api_keys.c.token_hash == hashed, api_keys.c.revoked_at.is_(None))
    ).one_or_none()
    # The index compares hashes, whose times tell nothing of the token; and once more without any time to tell.
    if row is None or not hmac.compare_digest(row.token_hash, hashed):
        return None
    conn.execute(
        update(api_keys)
        .where(
            api_keys.c.id == row.id,
            or_(api_keys.c.last_used_at.is_(None), api_keys.c.last_used_at <= now - USE_NOTED_EVERY),
        )
        .values(last_used_at=now)
    )
    return ApiKey(row.id, row.clinic_id, row.name)


def _live(clinic_id: str, name: str) -> Any:
    return select(api_keys.c.id).where(
        api_keys.c.clinic_id == clinic_id, api_keys.c.name == name, api_keys.c.revoked_at.is_(None)
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
