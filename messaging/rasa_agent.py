"""The assistant is Rasa: its output is collected, never sent from inside a turn."""

from __future__ import annotations

from typing import Any, Callable, Iterable, Mapping, Optional, Sequence

from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.shared.core.events import BotUttered, UserUttered

from messaging.agent import Incoming, Parse, language_of
from messaging.bubbles import Bubble, Option

CHANNEL_NAME = "whatsapp"


class AgentNotReady(Exception):
    """Rasa has no model yet."""


class CollectingChannel(OutputChannel):
    """Keeps what is said. A raise in here would lose the whole turn, so nothing here can."""

    def __init__(self) -> None:
        self.bubbles: list[Bubble] = []

    @classmethod
    def name(cls) -> str:
        return CHANNEL_NAME

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        bubble = to_bubble(message.get("text"), message.get("buttons"), message.get("list_button"))
        if bubble is not None:
            self.bubbles.append(bubble)


class RasaAgent:
    """`get` returns Rasa's agent of the running server, or None while it loads."""

    def __init__(self, get: Callable[[], Any]) -> None:
        self._get = get

    def is_ready(self) -> bool:
        agent = self._get()
        return agent is not None and bool(agent.is_ready())

    async def parse(self, text: str) -> Parse:
        data = await self._agent().parse_message(text)
        return read_parse(data)

    async def handle(self, incoming: Incoming) -> Sequence[Bubble]:
        agent = self._agent()
        if incoming.again:
            tracker = await agent.tracker_store.retrieve(incoming.conversation_id)
            said = replies_to(tracker.events if tracker is not None else (), incoming.wamid)
            if said is not None:
                return said
        channel = CollectingChannel()
        await agent.handle_message(
            UserMessage(
                incoming.text,
                channel,
                incoming.conversation_id,
                # The text was understood already, for the safety net: once is enough.
                parse_data=dict(incoming.parse.data) if incoming.parse is not None else None,
                input_channel=CHANNEL_NAME,
                message_id=incoming.wamid,
                metadata=_metadata(incoming),
            )
        )
        return channel.bubbles

    def _agent(self) -> Any:
        if not self.is_ready():
            raise AgentNotReady
        return self._get()


def read_parse(data: Mapping[str, Any]) -> Parse:
    intent = data.get("intent") or {}
    return Parse(
        intent=intent.get("name"),
        confidence=float(intent.get("confidence") or 0.0),
        route=data.get("route") or "bot",
        language=language_of(data),
        data=data,
    )


def replies_to(events: Iterable[Any], wamid: str) -> Optional[list[Bubble]]:
    """What was said after this message, from the tracker. None: the tracker does not know the message."""
    said: Optional[list[Bubble]] = None
    for event in events:
        if isinstance(event, UserUttered):
            if event.message_id == wamid:
                said = []
            elif said is not None:
                break
        elif isinstance(event, BotUttered) and said is not None:
            message = event.message()
            bubble = to_bubble(message.get("text"), message.get("buttons"), message.get("list_button"))
            if bubble is not None:
                said.append(bubble)
    return said


def to_bubble(text: Any, buttons: Any, list_button: Any) -> Optional[Bubble]:
    """From an utterance with buttons {"title", "payload": option id, "description"}. None: nothing was said."""
    options = tuple(
        Option(str(button.get("payload") or ""), str(button.get("title") or ""), str(button.get("description") or ""))
        for button in buttons or ()
        if isinstance(button, Mapping)
    )
    if not text and not options:
        return None
    return Bubble(str(text or ""), options, str(list_button) if list_button else None)


def _metadata(incoming: Incoming) -> dict[str, Any]:
    tap = incoming.tap
    return {
        "wamid": incoming.wamid,
        "message_id": incoming.message_id,
        "tap": {"id": tap.id, "flow": tap.flow, "kind": tap.kind, "value": dict(tap.value)} if tap else None,
    }
