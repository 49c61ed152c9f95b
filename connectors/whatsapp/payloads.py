"""Meta's webhooks as frozen values. Pure; whatever is odd becomes `Unsupported` or is left out, nothing raises."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Iterator, Mapping, Optional, Union

# Types that carry something only a person can look at.
MEDIA_TYPES = ("image", "audio", "video", "document", "sticker")
# Levels of nesting that are kept; Meta's own payloads have about ten.
DEEPEST = 40


@dataclass(frozen=True)
class Text:
    body: str


@dataclass(frozen=True)
class Tap:
    """A reply button, a list row, or a template's quick reply (its `id` is the payload)."""

    id: str
    title: str


@dataclass(frozen=True)
class Media:
    kind: str
    caption: str


@dataclass(frozen=True)
class Reaction:
    """`emoji` is empty when a reaction was taken back."""

    wamid: str
    emoji: str


@dataclass(frozen=True)
class System:
    """Something about the account of the patient (a new number, a new security code), said by WhatsApp."""

    kind: str


@dataclass(frozen=True)
class Unsupported:
    """Location, contacts, order, flow reply, edit, and every type that is not known yet."""

    kind: str


Content = Union[Text, Tap, Media, Reaction, System, Unsupported]


@dataclass(frozen=True)
class InboundMessage:
    """`wamid` is made from the message's own bytes if Meta sent none, so that a repetition is still seen."""

    phone_number_id: str
    wamid: str
    wa_id: Optional[str]
    user_id: Optional[str]
    profile_name: Optional[str]
    sent_at: Optional[datetime]
    type: str
    content: Content
    raw: Mapping[str, Any]

    @property
    def text(self) -> str:
        return read_text(self.content)


@dataclass(frozen=True)
class Status:
    """`status` as Meta names it; `callback_data` is what we sent as biz_opaque_callback_data."""

    phone_number_id: str
    wamid: Optional[str]
    status: str
    at: Optional[datetime]
    callback_data: Optional[str]
    error_code: Optional[int]


@dataclass(frozen=True)
class Ignored:
    """A part of a webhook that nothing here uses. `what` holds no word of a patient."""

    what: str


@dataclass(frozen=True)
class Webhook:
    messages: tuple[InboundMessage, ...] = ()
    statuses: tuple[Status, ...] = ()
    ignored: tuple[Ignored, ...] = ()


def parse_webhook(body: Any) -> Webhook:
    """Every entry, change, message and status of the decoded JSON, in Meta's order."""
    messages: list[InboundMessage] = []
    statuses: list[Status] = []
    ignored: list[Ignored] = []
    for change in _changes(clean(body)):
        value = _object(change.get("value"))
        field = _name(change.get("field"))
        if field != "messages":
            ignored.append(Ignored(f"field {field}"))
            continue
        phone_number_id = _text(_object(value.get("metadata")).get("phone_number_id"))
        if phone_number_id is None:
            ignored.append(Ignored("a change without phone_number_id"))
            continue
        people = [_object(contact) for contact in _list(value.get("contacts"))]
        for item in _list(value.get("messages")):
            found = _message(phone_number_id, _object(item), people)
            if found is None:
                ignored.append(Ignored("a message without a sender"))
            else:
                messages.append(found)
        statuses.extend(_status(phone_number_id, _object(item)) for item in _list(value.get("statuses")))
        for error in _list(value.get("errors")):
            ignored.append(Ignored(f"error {_code(_object(error).get('code'))}"))
    return Webhook(tuple(messages), tuple(statuses), tuple(ignored))


def read_content(message: Mapping[str, Any]) -> Content:
    """What a message object of Meta's says."""
    kind = _text(message.get("type")) or "unknown"
    part = _object(message.get(kind))
    if kind == "text":
        return Text(_text(part.get("body")) or "")
    if kind == "interactive":
        return _interactive(part)
    if kind == "button":
        title = _text(part.get("text")) or ""
        return Tap(_text(part.get("payload")) or title, title)
    if kind in MEDIA_TYPES:
        return Media(kind, _text(part.get("caption")) or "")
    if kind == "reaction":
        return Reaction(_text(part.get("message_id")) or "", _text(part.get("emoji")) or "")
    if kind == "system":
        return System(_text(part.get("type")) or "unknown")
    return Unsupported(kind)


def read_text(content: Content) -> str:
    """What a person at the desk reads of it; a kind of message stands in brackets."""
    if isinstance(content, Text):
        return content.body
    if isinstance(content, Tap):
        return content.title
    if isinstance(content, Reaction):
        return content.emoji or "[reaction]"
    if isinstance(content, Media):
        return f"[{content.kind}] {content.caption}".rstrip()
    return f"[{content.kind}]"


def clean(value: Any, depth: int = 0) -> Any:
    """The same value as PostgreSQL can store it: no NUL, no half of a surrogate pair, no infinite number, no abyss."""
    if depth > DEEPEST:
        return None
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list):
        return [clean(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {clean(key): clean(item, depth + 1) for key, item in value.items()}
    return value


def _changes(body: Any) -> Iterator[Mapping[str, Any]]:
    for entry in _list(_object(body).get("entry")):
        for change in _list(_object(entry).get("changes")):
            yield _object(change)


def _message(
    phone_number_id: str, message: Mapping[str, Any], people: list[Mapping[str, Any]]
) -> Optional[InboundMessage]:
    wa_id, user_id = _text(message.get("from")), _text(message.get("from_user_id"))
    person = _person(wa_id, user_id, people)
    wa_id = wa_id or _text(person.get("wa_id"))
    user_id = user_id or _text(person.get("user_id"))
    if wa_id is None and user_id is None:
        return None
    return InboundMessage(
        phone_number_id=phone_number_id,
        wamid=_text(message.get("id")) or _fingerprint(message),
        wa_id=wa_id,
        user_id=user_id,
        profile_name=_text(_object(person.get("profile")).get("name")),
        sent_at=_time(message.get("timestamp")),
        type=_text(message.get("type")) or "unknown",
        content=read_content(message),
        raw=message,
    )


def _person(wa_id: Optional[str], user_id: Optional[str], people: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The contact entry of the sender; the only one, if the message does not say who sent it."""
    for person in people:
        if user_id is not None and _text(person.get("user_id")) == user_id:
            return person
        if wa_id is not None and _text(person.get("wa_id")) == wa_id:
            return person
    # A wa_id may differ from `from` (Brazil, Mexico): with one person in the change there is no doubt.
    return people[0] if len(people) == 1 else {}


def _interactive(part: Mapping[str, Any]) -> Content:
    kind = _text(part.get("type"))
    if kind in ("button_reply", "list_reply"):
        reply = _object(part.get(kind))
        title = _text(reply.get("title")) or ""
        return Tap(_text(reply.get("id")) or title, title)
    return Unsupported(kind or "interactive")


def _status(phone_number_id: str, status: Mapping[str, Any]) -> Status:
    errors = _list(status.get("errors"))
    return Status(
        phone_number_id=phone_number_id,
        wamid=_text(status.get("id")),
        status=_text(status.get("status")) or "unknown",
        at=_time(status.get("timestamp")),
        callback_data=_text(status.get("biz_opaque_callback_data")),
        error_code=_code(_object(errors[0]).get("code")) if errors else None,
    )


def _fingerprint(message: Mapping[str, Any]) -> str:
    canonical = json.dumps(message, sort_keys=True, ensure_ascii=True)
    return "without-id." + hashlib.sha256(canonical.encode()).hexdigest()


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> Optional[str]:
    """Ids come as strings, now and then as numbers."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    return str(value) or None


def _name(value: Any) -> str:
    """For a log line: the names of Meta's fields are words, anything else is not repeated."""
    return value if isinstance(value, str) and value.isidentifier() and len(value) < 60 else "unknown"


def _code(value: Any) -> Optional[int]:
    text = _text(value)
    return int(text) if text is not None and text.isdecimal() and len(text) < 9 else None


def _time(value: Any) -> Optional[datetime]:
    text = _text(value)
    if text is None or not text.isdecimal() or len(text) > 11:
        return None
    try:
        return datetime.fromtimestamp(int(text), timezone.utc)
    except (OverflowError, ValueError, OSError):
        return None
