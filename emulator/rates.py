"""Token buckets for Meta's rates: messages a second of a number, and messages to one patient."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from emulator.errors import GraphError
from emulator.settings import EmulatorSettings


@dataclass
class Bucket:
    """Holds at most `size` tokens and gains `per_second` of them; one message takes one."""

    size: float
    per_second: float
    tokens: float
    filled_at: datetime

    def fill(self, now: datetime) -> None:
        gained = max(0.0, (now - self.filled_at).total_seconds()) * self.per_second
        self.tokens = min(self.size, self.tokens + gained)
        self.filled_at = now

    def has_one(self) -> bool:
        return self.tokens >= 1 - 1e-9


class Rates:
    """Both limits of every number. A burst to one patient is borrowed from the quota that comes after."""

    def __init__(self, settings: EmulatorSettings) -> None:
        self._settings = settings
        self._numbers: dict[str, Bucket] = {}
        self._pairs: dict[tuple[str, str], Bucket] = {}

    def take(self, number_id: str, patient: str, now: datetime) -> None:
        """Count one message out. Raises GraphError 131056 or 130429, and then counts nothing."""
        pair = self._pair(number_id, patient, now)
        if pair is not None and not pair.has_one():
            raise GraphError(131056, "Too many messages sent to this recipient in a short time.")
        number = self._number(number_id, now)
        if number is not None and not number.has_one():
            raise GraphError(130429, "The throughput of this phone number has been reached.")
        for bucket in (pair, number):
            if bucket is not None:
                bucket.tokens -= 1

    def _pair(self, number_id: str, patient: str, now: datetime) -> Bucket | None:
        size = self._settings.pair_burst
        if not size:
            return None
        bucket = self._pairs.setdefault((number_id, patient), Bucket(size, 1 / self._settings.pair_seconds, size, now))
        bucket.fill(now)
        return bucket

    def _number(self, number_id: str, now: datetime) -> Bucket | None:
        size = self._settings.throughput
        if not size:
            return None
        bucket = self._numbers.setdefault(number_id, Bucket(size, size, size, now))
        bucket.fill(now)
        return bucket
