"""An assistant without Rasa, and Meta without a network."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any, Awaitable, Callable, Mapping, Optional, Sequence

from connectors.whatsapp.graph import Accepted, Outcome
from messaging.agent import Incoming, Parse
from messaging.bubbles import Bubble

NOW = datetime(2026, 11, 24, 10, tzinfo=timezone.utc)


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **delta: float) -> None:
        self.now += timedelta(**delta)


@dataclass
class StubAgent:
    """Says "heard: <text>". `parses` gives what a text is understood as, `turn` replaces the turn."""

    parses: dict[str, Parse] = field(default_factory=dict)
    turn: Optional[Callable[[Incoming], Awaitable[Sequence[Bubble]]]] = None
    ready: bool = True
    parsed: list[str] = field(default_factory=list)
    handled: list[Incoming] = field(default_factory=list)

    def is_ready(self) -> bool:
        return self.ready

    async def parse(self, text: str) -> Parse:
        self.parsed.append(text)
        return self.parses.get(text, Parse("greet", 0.9, "bot", "en"))

    async def handle(self, incoming: Incoming) -> Sequence[Bubble]:
        self.handled.append(incoming)
        if self.turn is not None:
            return await self.turn(incoming)
        return [Bubble(f"heard: {incoming.text}")]


class FakeGraph:
    """Accepts everything, unless `outcomes` has something else for the next calls. `during` runs inside a call."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.outcomes = list(outcomes)
        self.sent: list[Mapping[str, Any]] = []
        self.during: Optional[Callable[[Mapping[str, Any]], None]] = None
        self._lock = threading.Lock()

    def send(self, phone_number_id: str, body: Mapping[str, Any]) -> Outcome:
        with self._lock:
            self.sent.append(body)
            number = len(self.sent)
            outcome = self.outcomes.pop(0) if self.outcomes else Accepted(f"wamid.out.{number}")
        if self.during is not None:
            self.during(body)
        return outcome

    @property
    def texts(self) -> list[str]:
        return [body["text"]["body"] for body in self.sent]
