"""A pause after too many wrong passwords."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Limit:
    tries: int
    within: timedelta


# One person at one machine, one machine, one name from anywhere. The last is wide: strangers must not lock us out.
PAIR = Limit(5, timedelta(minutes=5))
ADDRESS = Limit(30, timedelta(minutes=5))
NAME = Limit(60, timedelta(minutes=15))
MOST_KEYS = 10_000


class LoginLimit:
    """Wrong passwords by name and address, in the memory of this process: each desk process counts for itself.

    A try counts when it begins, so that many at once are not all let through; a right password takes it back.
    """

    def __init__(self) -> None:
        self._tries: dict[tuple[str, str], deque[datetime]] = {}
        self._lock = threading.Lock()

    def begin(self, username: str, address: str, now: datetime) -> bool:
        """False when this try has to wait; it is then not counted."""
        counters = _counters(username, address)
        with self._lock:
            self._sweep(now)
            for key, limit in counters:
                tries = self._tries.get(key, deque())
                if sum(now - at < limit.within for at in tries) >= limit.tries:
                    return False
            for key, limit in counters:
                self._tries.setdefault(key, deque(maxlen=limit.tries)).append(now)
            return True

    def succeeded(self, username: str, address: str) -> None:
        with self._lock:
            for place, (key, _) in enumerate(_counters(username, address)):
                if place == 0:
                    self._tries.pop(key, None)
                elif self._tries.get(key):
                    self._tries[key].pop()

    def _sweep(self, now: datetime) -> None:
        if len(self._tries) > MOST_KEYS:
            longest = max(PAIR.within, ADDRESS.within, NAME.within)
            self._tries = {key: tries for key, tries in self._tries.items() if tries and now - tries[-1] < longest}


def _counters(username: str, address: str) -> list[tuple[tuple[str, str], Limit]]:
    name = username.strip().casefold()[:100]
    return [((name, address), PAIR), (("", address), ADDRESS), ((name, ""), NAME)]
