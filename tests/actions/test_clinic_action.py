"""An action as the action server runs it: Rasa's payload in, utterances out, failures told apart."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from actions.booking import ActionBooking
from actions.small_talk import ActionSmallTalk
from clinic.conversations import ensure_conversation
from clinic.demo import DemoClinic
from messaging.bubbles import Bubble

NOW = datetime(2026, 11, 24, 10, tzinfo=timezone.utc)


def tracker(sender_id: str, text: str, intent: str, wamid: str = "wamid.1") -> Tracker:
    return Tracker.from_dict(
        {
            "sender_id": sender_id,
            "latest_message": {
                "text": text,
                "intent": {"name": intent, "confidence": 0.9},
                "entities": [],
                "language": "en",
                "metadata": {"wamid": wamid},
            },
            "slots": {},
            "events": [],
        }
    )


@pytest.fixture
def sender_id(engine: Engine, clinic: DemoClinic) -> str:
    with engine.begin() as conn:
        return ensure_conversation(
            conn, clinic.phone_number_id, wa_id="966500000001", user_id=None, profile_name="Mona"
        ).id


async def test_an_action_says_its_bubble_with_opaque_buttons(engine: Engine, sender_id: str) -> None:
    dispatcher = CollectingDispatcher()
    events = await ActionBooking(engine).run(dispatcher, tracker(sender_id, "book", "book_appointment"), {})
    assert events == []
    [said] = dispatcher.messages
    assert said["list_button"] == "Specialties"
    payloads = [button["payload"] for button in said["buttons"]]
    assert len(set(payloads)) == len(payloads) >= 5
    assert not any("dentistry" in payload or payload.startswith("/") for payload in payloads)


async def test_a_sender_that_is_none_of_ours_speaks_as_the_demo_contact(engine: Engine, clinic: DemoClinic) -> None:
    dispatcher = CollectingDispatcher()
    await ActionSmallTalk(engine).run(dispatcher, tracker("default", "hi", "greet"), {})
    assert "welcome" in dispatcher.messages[0]["text"]


class _Deadlocked(Exception):
    pgcode = "40P01"


def test_a_lock_conflict_begins_the_turn_again(engine: Engine, sender_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    action = ActionSmallTalk(engine)
    once = iter([OperationalError("select", {}, _Deadlocked())])
    honest = action._answer_once

    def stumble(*arguments: object) -> list[Bubble]:
        for error in once:
            raise error
        return honest(*arguments)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(action, "_answer_once", stumble)
    [bubble] = action.answer(sender_id, tracker(sender_id, "hi", "greet").latest_message)
    assert "welcome" in bubble.text


def test_another_failure_is_not_hidden(engine: Engine, sender_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    action = ActionSmallTalk(engine)

    def fail(*arguments: object) -> list[Bubble]:
        raise OperationalError("select", {}, Exception("gone"))

    monkeypatch.setattr(action, "_answer_once", fail)
    with pytest.raises(OperationalError):
        action.answer(sender_id, tracker(sender_id, "hi", "greet").latest_message)
