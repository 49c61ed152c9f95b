"""Meta's rates as token buckets: how long a message has to wait so that it is not refused."""

from __future__ import annotations

import threading
from dataclasses import dataclass


@dataclass(frozen=True)
class Rate:
    per_second: float
    burst: int


# One number to one patient: 1 message in 6 s, up to 45 at once.
PAIR = Rate(1 / 6, 45)
# One number to all.
NUMBER = Rate(80.0, 80)


class Buckets:
    """A bucket a key, full at first. In memory: another process has its own, and Meta's refusals are heeded anyway."""

    # Buckets are forgotten once they would be full again; looked at when there are this many.
    MANY = 10_000
    # Clocks tick in microseconds: who waited as told must not be a hair short of a token.
    NEARLY = 1e-3

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._lock = threading.Lock()
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, key: str, at: float) -> float:
        """Take a token (0.0), or take none and be told in how many seconds there is one. `at` in seconds."""
        with self._lock:
            tokens = self._tokens(key, at)
            if tokens < 1 - self.NEARLY:
                return (1 - tokens) / self._rate.per_second
            self._forget(at)
            self._buckets[key] = (max(0.0, tokens - 1), at)
            return 0.0

    def _tokens(self, key: str, at: float) -> float:
        tokens, since = self._buckets.get(key, (float(self._rate.burst), at))
        return min(float(self._rate.burst), tokens + max(0.0, at - since) * self._rate.per_second)

    def _forget(self, at: float) -> None:
        if len(self._buckets) >= self.MANY:
            full = float(self._rate.burst)
            self._buckets = {key: kept for key, kept in self._buckets.items() if self._tokens(key, at) < full}
