"""The seam to Rasa without a model: what is collected, rebuilt and handed over."""

from __future__ import annotations

import warnings
from types import SimpleNamespace
from typing import Any, Optional

import pytest

from clinic.taps import Tap
from messaging.agent import Incoming, Parse
from messaging.bubbles import Bubble, Option

with warnings.catch_warnings():
    # Rasa imports TensorFlow and more, which warn about their own age as they are compiled.
    warnings.simplefilter("ignore")
    from rasa.core.actions.action import create_bot_utterance
    from rasa.core.channels.channel import UserMessage
    from rasa.shared.core.events import ActionExecuted, UserUttered

    from messaging.rasa_agent import AgentNotReady, CollectingChannel, RasaAgent, read_parse, replies_to

ASKS = {
    "text": "Which time?",
    "buttons": [{"title": "09:00", "payload": "opaque", "description": "Dr. Sara"}],
    "list_button": "Times",
}
ASKED = Bubble("Which time?", (Option("opaque", "09:00", "Dr. Sara"),), "Times")


async def test_what_an_action_says_becomes_bubbles() -> None:
    channel = CollectingChannel()
    for said in (dict(ASKS), {"text": "Hello"}, {"text": None, "image": "http://x"}, {"text": ""}):
        await channel.send_response("someone", create_bot_utterance(dict(said)).message())
    assert channel.bubbles == [ASKED, Bubble("Hello")]


async def test_nothing_that_is_said_makes_the_channel_raise() -> None:
    channel = CollectingChannel()
    await channel.send_response("someone", {"text": 5, "buttons": ["x", None, {}]})
    assert channel.bubbles == [Bubble("5", (Option("", ""),))]


def test_replies_are_rebuilt_from_the_tracker() -> None:
    events = [
        UserUttered("first", message_id="wamid.1"),
        create_bot_utterance({"text": "to the first"}),
        UserUttered("second", message_id="wamid.2"),
        ActionExecuted("action_booking"),
        create_bot_utterance(dict(ASKS)),
        create_bot_utterance({"text": "and more"}),
        UserUttered("third", message_id="wamid.3"),
        create_bot_utterance({"text": "to the third"}),
        UserUttered("fourth", message_id="wamid.4"),
    ]
    assert replies_to(events, "wamid.2") == [ASKED, Bubble("and more")]
    assert replies_to(events, "wamid.4") == []
    assert replies_to(events, "wamid.5") is None


class FakeRasa:
    """Answers as Rasa's agent does; `known` are the events of the tracker store."""

    def __init__(self, known: Optional[list[Any]] = None) -> None:
        self.handled: list[UserMessage] = []
        tracker = None if known is None else SimpleNamespace(events=known)

        async def retrieve(_sender_id: str) -> Any:
            return tracker

        self.tracker_store = SimpleNamespace(retrieve=retrieve)

    def is_ready(self) -> bool:
        return True

    async def parse_message(self, text: str) -> dict[str, Any]:
        return {"text": text, "intent": {"name": "greet", "confidence": 0.8}, "entities": [], "route": "human",
                "language": "arabizi"}  # fmt: skip

    async def handle_message(self, message: UserMessage) -> None:
        self.handled.append(message)
        await message.output_channel.send_response(message.sender_id, {"text": "Hello"})


def incoming(**changed: Any) -> Incoming:
    return Incoming(**{"message_id": "row", "wamid": "wamid.1", "conversation_id": "chat", "text": "hi", **changed})


async def test_a_turn_carries_the_wamid_the_tap_and_the_parse() -> None:
    rasa = FakeRasa()
    agent = RasaAgent(lambda: rasa)
    parse = await agent.parse("hi")
    assert (parse.intent, parse.confidence, parse.route, parse.reply_language) == ("greet", 0.8, "human", "ar")
    assert await agent.handle(incoming(parse=parse)) == [Bubble("Hello")]
    tap = Tap("opaque", "booking", "slot", {"start": "x"}, "09:00")
    await agent.handle(incoming(text="/tap", tap=tap))
    typed, tapped = rasa.handled
    assert (typed.sender_id, typed.message_id, typed.input_channel) == ("chat", "wamid.1", "whatsapp")
    assert typed.parse_data == parse.data
    assert typed.metadata == {"wamid": "wamid.1", "message_id": "row", "tap": None}
    assert (tapped.text, tapped.parse_data) == ("/tap", None)
    assert tapped.metadata["tap"] == {"id": "opaque", "flow": "booking", "kind": "slot", "value": {"start": "x"}}


async def test_a_turn_that_the_tracker_holds_is_not_run_again() -> None:
    rasa = FakeRasa([UserUttered("hi", message_id="wamid.1"), create_bot_utterance({"text": "said before"})])
    agent = RasaAgent(lambda: rasa)
    assert await agent.handle(incoming(again=True)) == [Bubble("said before")]
    assert rasa.handled == []
    assert await agent.handle(incoming(again=True, wamid="wamid.2")) == [Bubble("Hello")]


async def test_without_a_model_nothing_is_handled() -> None:
    agent = RasaAgent(lambda: None)
    assert not agent.is_ready()
    with pytest.raises(AgentNotReady):
        await agent.handle(incoming())


def test_a_parse_with_nothing_in_it_is_the_bots() -> None:
    assert read_parse({"intent": {"name": None}}) == Parse(None, 0.0, "bot", None, {"intent": {"name": None}})
