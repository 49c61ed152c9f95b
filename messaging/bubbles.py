"""What we say, before it is rendered for WhatsApp: one `Bubble` is one message on the patient's phone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping, Optional


@dataclass(frozen=True)
class Option:
    """A button or a row. `id` is opaque and issued to one conversation (clinic/taps.py)."""

    id: str
    title: str
    description: str = ""


@dataclass(frozen=True)
class Bubble:
    """Text alone; with up to three options and no `list_button`, buttons; else a list of rows behind `list_button`."""

    text: str
    options: tuple[Option, ...] = ()
    list_button: Optional[str] = None

    def to_json(self) -> dict[str, Any]:
        """The shape of messages.content for outgoing rows."""
        return {
            "text": self.text,
            "options": [
                {"id": option.id, "title": option.title, "description": option.description} for option in self.options
            ],
            "list_button": self.list_button,
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Bubble:
        return cls(
            text=content["text"],
            options=tuple(
                Option(option["id"], option["title"], option.get("description", ""))
                for option in content.get("options", ())
            ),
            list_button=content.get("list_button"),
        )
