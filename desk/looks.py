"""Who saw what, on record once in a while: a page that keeps itself fresh is one look, not one a second."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Callable, Iterator

from sqlalchemy.engine import Connection, Engine

from clinic.staff import Staff, record_access

# Looking at the same thing again within this time is the same look.
ONE_LOOK = timedelta(minutes=10)
MOST_KEPT = 20_000

Look = Callable[[str, str], None]
_Key = tuple[str, str, str]


class Looks:
    """What was written down lately, in the memory of this process: another process writes it down once more."""

    def __init__(self) -> None:
        self._written: dict[_Key, datetime] = {}
        self._lock = threading.Lock()

    @contextmanager
    def transaction(self, engine: Engine, member: Staff, now: datetime) -> Iterator[tuple[Connection, Look]]:
        """A transaction, and a function that puts (action, subject) on record in it.

        A look whose transaction failed counts as none: it is written down the next time.
        """
        fresh: list[_Key] = []
        with engine.begin() as conn:

            def look(action: str, subject: str) -> None:
                key = (member.id, action, subject)
                if not self._is_same_look(key, now):
                    record_access(conn, member, action, subject, now)
                    fresh.append(key)

            yield conn, look
        self._keep(fresh, now)

    def _is_same_look(self, key: _Key, now: datetime) -> bool:
        with self._lock:
            return key in self._written and now - self._written[key] < ONE_LOOK

    def _keep(self, keys: list[_Key], now: datetime) -> None:
        with self._lock:
            self._written |= dict.fromkeys(keys, now)
            if len(self._written) > MOST_KEPT:
                self._written = {key: at for key, at in self._written.items() if now - at < ONE_LOOK}
