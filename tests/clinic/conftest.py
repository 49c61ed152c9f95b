"""A contact of the demo clinic, and turns with it, without Rasa: the intent is given, the rest is real."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timezone
from itertools import count
from typing import Any, Iterator, Optional

import pytest
from sqlalchemy.engine import Engine

from actions.clinic_action import ClinicAction
from clinic.conversations import ensure_conversation
from clinic.database.tables import staff
from clinic.demo import DemoClinic
from clinic.taps import find_tap
from messaging.bubbles import Bubble

# A Tuesday, before the evening sessions.
NOW = datetime(2026, 11, 24, 10, tzinfo=timezone.utc)


@dataclass
class Patient:
    """Somebody who writes. `say` runs the action of a feature as Rasa would."""

    engine: Engine
    conversation_id: str
    contact_id: str
    now: datetime = NOW
    last: Optional[Bubble] = None
    keys: Iterator[int] = field(default_factory=count)

    def say(self, action: ClinicAction, text: str, intent: str, *, key: Optional[str] = None, **parse: Any) -> Bubble:
        return self.run(action, {"text": text, "intent": {"name": intent, "confidence": 0.9}, **parse}, key)

    def tap(self, action: ClinicAction, title: str, *, key: Optional[str] = None) -> Bubble:
        assert self.last is not None
        option = next(option for option in self.last.options if title in option.title)
        return self.tap_id(action, option.id, key=key)

    def tap_id(self, action: ClinicAction, option_id: str, *, key: Optional[str] = None) -> Bubble:
        with self.engine.begin() as conn:
            tap = find_tap(conn, self.conversation_id, option_id)
        assert tap is not None
        parse = {"text": "/tap", "intent": {"name": "tap", "confidence": 1.0}}
        return self.run(action, parse, key, tap=tap.__dict__)

    def run(self, action: ClinicAction, parse: dict[str, Any], key: Optional[str], **metadata: Any) -> Bubble:
        action._engine = self.engine
        action.now = lambda: self.now  # type: ignore[method-assign]  # the clock is handed in
        wamid = key or f"wamid.{self.conversation_id}.{next(self.keys)}"
        latest = {"language": "en", **parse, "metadata": {"wamid": wamid, **metadata}}
        bubbles = action.answer(self.conversation_id, latest)
        assert len(bubbles) == 1
        self.last = bubbles[0]
        return self.last


def new_patient(engine: Engine, clinic: DemoClinic, number: int, name: Optional[str] = "Mona") -> Patient:
    with engine.begin() as conn:
        conversation = ensure_conversation(
            conn, clinic.phone_number_id, wa_id=f"9665000{number:05d}", user_id=f"SA.{number}", profile_name=name
        )
    return Patient(engine, conversation.id, conversation.contact_id)


@pytest.fixture
def patient(engine: Engine, clinic: DemoClinic) -> Patient:
    return new_patient(engine, clinic, 1)


@pytest.fixture
def staff_id(engine: Engine, clinic: DemoClinic) -> str:
    with engine.begin() as conn:
        return str(
            conn.execute(
                staff.insert()
                .values(clinic_id=clinic.id, username="reem", name="Reem", role="reception", password_hash="-")
                .returning(staff.c.id)
            ).scalar_one()
        )
