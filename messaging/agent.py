"""What the way of a message needs of the assistant. Rasa's is in rasa_agent; tests and tools bring their own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping, Optional, Protocol, Sequence

from clinic.taps import Tap
from messaging.bubbles import Bubble

EMERGENCY_ROUTE = "emergency"


@dataclass(frozen=True)
class Parse:
    """What a text was understood as. `data` is the assistant's own parse, to be handed back with the turn."""

    intent: Optional[str]
    confidence: float
    route: str = "bot"  # bot | human | human_now | emergency
    language: Optional[str] = None  # en | ar | arabizi | mixed
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def reply_language(self) -> Optional[str]:
        """Who writes Arabic in any script, or mixes it in, is answered in Arabic. None: no telling."""
        return {"en": "en", "ar": "ar", "arabizi": "ar", "mixed": "ar"}.get(self.language or "")


@dataclass(frozen=True)
class Incoming:
    """A message whose turn it is. With a tap the text is "/tap"; `again` says that the turn may have run before."""

    message_id: str
    wamid: str
    conversation_id: str
    text: str
    tap: Optional[Tap] = None
    parse: Optional[Parse] = None
    again: bool = False


class Agent(Protocol):
    def is_ready(self) -> bool: ...

    async def parse(self, text: str) -> Parse:
        """Understand only: no turn, nothing is kept."""

    async def handle(self, incoming: Incoming) -> Sequence[Bubble]:
        """Run the turn and return what is to be said. Saying it is the caller's."""


def language_of(data: Mapping[str, Any]) -> Optional[str]:
    """In which language a message was written, by its parse. None: "🙃", "5" or "Dr Khalid?" is in no language."""
    text = data.get("text") or ""
    named = {
        place
        for entity in data.get("entities") or ()
        if entity.get("entity") == "doctor"
        for place in range(entity.get("start", 0), entity.get("end", 0))
    }
    written = any(sign.isalpha() for place, sign in enumerate(text) if place not in named)
    return (data.get("language") or None) if written else None
