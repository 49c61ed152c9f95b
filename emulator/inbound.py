"""What patients send: text, taps and any other message object, made into webhooks."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from emulator.settings import BusinessNumber
from emulator.shown import show_incoming
from emulator.state import Media, Patient, PhoneMessage, World, new_wamid
from emulator.webhooks import Courier, Update, messages_value

Json = Mapping[str, Any]

MEDIA_DEFAULTS = {
    "image": "image/jpeg",
    "audio": "audio/ogg; codecs=opus",
    "video": "video/mp4",
    "document": "application/pdf",
    "sticker": "image/webp",
}


class BadMessage(Exception):
    """The patient cannot send that; the message says why."""


class NothingToTap(Exception):
    """No message on this phone has that button or row."""


@dataclass(frozen=True)
class Phones:
    """The patients' side: puts messages on phones and on their way to the business."""

    world: World
    courier: Courier

    def send(self, patient: Patient, number: BusinessNumber, wish: Json) -> str:
        """The patient sends to that number; returns the wamid. Raises BadMessage, NothingToTap."""
        message = self._message(patient, number, wish)
        at = self._time_of(message)
        message["timestamp"] = str(int(at.timestamp()))
        known = self.world.find(message["id"])
        if known is None:
            bubble = PhoneMessage(message["id"], number.id, True, at, message, show_incoming(message), "sent")
            if message["type"] == "reaction":
                self._react(message)
            else:
                self.world.add(patient, bubble)
        else:
            bubble = known[1]
        patient.wrote_at[number.id] = max(at, patient.wrote_at.get(number.id, at))
        self._deliver(patient, number, message, bubble)
        return str(message["id"])

    def _deliver(self, patient: Patient, number: BusinessNumber, message: Json, bubble: PhoneMessage) -> None:
        def acknowledged() -> None:
            if bubble.status == "sent":
                self.world.set_status(patient, bubble, "delivered")

        value = messages_value(number, contacts=[contact(patient)], messages=[message])
        self.courier.send(Update(number.business_account_id, patient.wa_id, value, delivered=acknowledged))

    def stop_marketing(self, patient: Patient, number: BusinessNumber, stop: bool) -> None:
        """The patient's choice in the app itself, told by a `user_preferences` webhook."""
        patient.stopped_marketing = stop
        preference = {
            "wa_id": patient.wa_id,
            "user_id": patient.user_id,
            "detail": f"User requested to {'stop' if stop else 'resume'} marketing messages",
            "category": "marketing_messages",
            "value": "stop" if stop else "resume",
            "timestamp": int(self.world.clock().timestamp()),
        }
        value = messages_value(number, contacts=[contact(patient)], user_preferences=[preference])
        self.courier.send(Update(number.business_account_id, patient.wa_id, value, field="user_preferences"))

    def _message(self, patient: Patient, number: BusinessNumber, wish: Json) -> dict[str, Any]:
        kind = wish.get("type")
        if not isinstance(kind, str) or not kind:
            raise BadMessage("type is missing")
        head: dict[str, Any] = {} if patient.hide_phone else {"from": patient.wa_id}
        head.update(from_user_id=patient.user_id, id=new_wamid())
        if kind == "tap":
            return {**head, **tap(patient, number, wish.get("id"))}
        message = {**head, **wish}
        if not isinstance(message["id"], str):
            raise BadMessage("id must be a string")
        if kind == "text" and isinstance(wish.get("text"), str):
            message["text"] = {"body": wish["text"]}
        if kind == "text" and not isinstance(message.get("text"), Mapping):
            raise BadMessage("text is missing")
        if kind in MEDIA_DEFAULTS:
            message[kind] = self._media(kind, wish.get(kind))
        return message

    def _media(self, kind: str, wish: Any) -> dict[str, Any]:
        """The media node of a webhook. `data` (base64) is what the patient sent; without it, a few bytes are."""
        node = dict(wish) if isinstance(wish, Mapping) else {}
        encoded = node.pop("data", None)
        if "id" in node and encoded is None:
            return node
        try:
            data = base64.b64decode(encoded, validate=True) if encoded else b"\xff\xd8\xff\xd9"
        except (binascii.Error, TypeError, ValueError) as error:
            raise BadMessage("data must be base64") from error
        mime_type = str(node.get("mime_type") or MEDIA_DEFAULTS[kind])
        media = Media(self.world.new_id(), data, mime_type, str(node.get("filename") or ""))
        self.world.media[media.id] = media
        return {
            **node,
            "id": media.id,
            "mime_type": mime_type,
            "sha256": media.sha256,
            **({"voice": True} if kind == "audio" and "voice" not in node else {}),
            **({"animated": False} if kind == "sticker" and "animated" not in node else {}),
        }

    def _time_of(self, message: Json) -> datetime:
        stamp = message.get("timestamp")
        if stamp is None:
            return self.world.clock()
        if not str(stamp).isdigit():
            raise BadMessage("timestamp must be unix seconds")
        try:
            return datetime.fromtimestamp(int(stamp), timezone.utc)
        except (OverflowError, ValueError, OSError) as error:
            raise BadMessage("timestamp must be unix seconds") from error

    def _react(self, message: Json) -> None:
        reaction = message.get("reaction")
        target = self.world.find(str(reaction.get("message_id"))) if isinstance(reaction, Mapping) else None
        if isinstance(reaction, Mapping) and target is not None:
            target[1].reaction = str(reaction.get("emoji") or "")
            self.world.touch(*target)


def contact(patient: Patient) -> dict[str, Any]:
    """The entry of `contacts` that comes with a message."""
    wa_id = {} if patient.hide_phone else {"wa_id": patient.wa_id}
    return {"profile": {"name": patient.name}, **wa_id, "user_id": patient.user_id}


def tap(patient: Patient, number: BusinessNumber, option_id: Any) -> dict[str, Any]:
    """The message of a tap on the button or row, of the last message that has it. Raises NothingToTap."""
    if not isinstance(option_id, str):
        raise BadMessage("id is missing")
    message, option = find_option(patient, number, option_id)
    context = {"from": number.display, "id": message.wamid}
    if option["form"] == "quick_reply":
        button = {"payload": option["id"], "text": option["title"]}
        return {"type": "button", "context": context, "button": button}
    form = "button_reply" if option["form"] == "button" else "list_reply"
    reply = {"id": option["id"], "title": option["title"]}
    if option["description"]:
        reply["description"] = option["description"]
    return {"type": "interactive", "context": context, "interactive": {"type": form, form: reply}}


def find_option(patient: Patient, number: BusinessNumber, option_id: str) -> tuple[PhoneMessage, dict[str, Any]]:
    for message in reversed(patient.messages):
        if message.number_id != number.id or message.from_patient:
            continue
        option: dict[str, Any] | None = next(
            (option for option in message.shown["options"] if option["id"] == option_id), None
        )
        if option is not None:
            return message, option
    raise NothingToTap(option_id)
