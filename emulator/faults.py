"""Faults on demand: what goes wrong, how often (rate) or how many times (count)."""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

KINDS = ("refuse", "delay", "timeout_after_accept", "duplicate", "reorder", "batch", "drop_statuses")
DEFAULT_SECONDS = {"delay": 1.0, "timeout_after_accept": 60.0, "reorder": 0.5, "batch": 0.3}


class BadFault(Exception):
    """A fault that cannot be; the message says why."""


@dataclass
class Fault:
    """Strikes `count` times, or each time with probability `rate`, or (with neither) always.

    refuse: `code`. delay: `seconds`, `on` graph or webhooks. timeout_after_accept: `seconds` until the lost answer.
    duplicate: `times` more. reorder: held until the next of that phone has gone, at most `seconds`.
    batch: up to `size` updates in one delivery, at most `seconds` together. drop_statuses: only `statuses` if given.
    `wa_id` keeps the fault to one patient.
    """

    id: str
    kind: str
    rate: float | None = None
    count: int | None = None
    code: int = 131000
    seconds: float = 0.0
    on: str = "graph"
    times: int = 1
    size: int = 10
    statuses: tuple[str, ...] = ()
    wa_id: str | None = None
    struck: int = 0

    def to_json(self) -> dict[str, Any]:
        return {**self.__dict__, "statuses": list(self.statuses)}


class Faults:
    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)
        self._ids = itertools.count(1)
        self._faults: list[Fault] = []

    def add(self, wish: Mapping[str, Any]) -> Fault:
        """Raises BadFault."""
        fault = read_fault(wish, f"fault-{next(self._ids)}")
        self._faults.append(fault)
        return fault

    def all(self) -> list[Fault]:
        return list(self._faults)

    def clear(self, fault_id: str | None = None) -> None:
        self._faults = [fault for fault in self._faults if fault_id is not None and fault.id != fault_id]

    def take(
        self, kind: str, *, wa_id: str | None = None, on: str | None = None, status: str | None = None
    ) -> Fault | None:
        """The first fault of that kind that strikes now, counted; None if nothing goes wrong."""
        for fault in self._faults:
            applies = (
                fault.kind == kind
                and (fault.wa_id is None or fault.wa_id == wa_id)
                and (on is None or fault.on == on)
                and (status is None or not fault.statuses or status in fault.statuses)
            )
            if applies and self._strikes(fault):
                fault.struck += 1
                return fault
        return None

    def _strikes(self, fault: Fault) -> bool:
        if fault.count is not None and fault.struck >= fault.count:
            return False
        return fault.rate is None or self._random.random() < fault.rate


def read_fault(wish: Mapping[str, Any], fault_id: str) -> Fault:
    kind = wish.get("kind")
    if kind not in KINDS:
        raise BadFault(f"kind must be one of {', '.join(KINDS)}")
    unknown = set(wish) - {"kind", "rate", "count", "code", "seconds", "on", "times", "size", "statuses", "wa_id"}
    if unknown:
        raise BadFault(f"unknown: {', '.join(sorted(unknown))}")
    rate, count = wish.get("rate"), wish.get("count")
    if rate is not None and not (_is_number(rate) and 0 <= rate <= 1):
        raise BadFault("rate must be a number from 0 to 1")
    for key in ("count", "code", "times", "size"):
        if key in wish and not (type(wish[key]) is int and wish[key] > 0):
            raise BadFault(f"{key} must be a positive whole number")
    seconds = wish.get("seconds", DEFAULT_SECONDS.get(kind, 0.0))
    if not (_is_number(seconds) and seconds >= 0):
        raise BadFault("seconds must be 0 or more")
    if wish.get("on", "graph") not in ("graph", "webhooks"):
        raise BadFault("on must be graph or webhooks")
    statuses = wish.get("statuses", [])
    if not (isinstance(statuses, list) and all(isinstance(status, str) for status in statuses)):
        raise BadFault("statuses must be a list of names")
    return Fault(
        id=fault_id,
        kind=kind,
        rate=rate,
        count=count,
        code=wish.get("code", 131000),
        seconds=float(seconds),
        on=wish.get("on", "graph"),
        times=wish.get("times", 1),
        size=wish.get("size", 10),
        statuses=tuple(statuses),
        wa_id=wish.get("wa_id"),
    )


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
