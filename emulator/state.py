"""What the emulator remembers: patients and what their phones show, numbers, media. In memory, one event loop."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import itertools
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from emulator.settings import BusinessNumber, EmulatorSettings

Clock = Callable[[], datetime]

COUNTRIES = {
    "966": "SA", "971": "AE", "965": "KW", "973": "BH", "974": "QA", "968": "OM", "962": "JO", "961": "LB",
    "964": "IQ", "967": "YE", "20": "EG", "44": "GB", "91": "IN", "92": "PK", "63": "PH", "1": "US",
}  # fmt: skip
MEDIA_URL_LIVES = timedelta(minutes=5)


class NoSuchMessage(Exception):
    """`after` named a message that this phone does not show."""


@dataclass
class PhoneMessage:
    """One bubble. `content` is the inbound object or the accepted Graph request; `shown` what the phone makes of it.

    Status of a message from the business: accepted, sent, delivered, read, failed.
    Of one from the patient: sent (on its way), delivered (webhook acknowledged), read (marked by the business).
    """

    wamid: str
    number_id: str
    from_patient: bool
    at: datetime
    content: dict[str, Any]
    shown: dict[str, Any]
    status: str
    callback_data: str | None = None
    errors: list[dict[str, Any]] = field(default_factory=list)
    reaction: str = ""
    version: int = 0

    def to_json(self) -> dict[str, Any]:
        return {
            "wamid": self.wamid,
            "phone_number_id": self.number_id,
            "from": "patient" if self.from_patient else "business",
            "timestamp": str(int(self.at.timestamp())),
            "type": self.content.get("type", "text"),
            "status": self.status,
            "errors": self.errors,
            "reaction": self.reaction,
            "reply_to": self._reply_to(),
            "biz_opaque_callback_data": self.callback_data,
            **self.shown,
            "message": self.content,
        }

    def _reply_to(self) -> str | None:
        context = self.content.get("context")
        if not isinstance(context, dict):
            return None
        return context.get("id") if self.from_patient else context.get("message_id")


@dataclass
class Patient:
    """A person with a phone. `wrote_at` is when each number last heard from them: it opens the window."""

    wa_id: str
    user_id: str
    name: str
    hide_phone: bool = False
    on_whatsapp: bool = True
    read_receipts: bool = True
    stopped_marketing: bool = False
    messages: list[PhoneMessage] = field(default_factory=list)
    failed: list[PhoneMessage] = field(default_factory=list)
    wrote_at: dict[str, datetime] = field(default_factory=dict)
    typing_until: datetime | None = None
    version: int = 0

    def is_typing(self, now: datetime) -> bool:
        """Whether the business is shown as typing."""
        return self.typing_until is not None and now < self.typing_until

    def to_json(self, now: datetime) -> dict[str, Any]:
        last = self.messages[-1] if self.messages else None
        return {
            "wa_id": self.wa_id,
            "user_id": self.user_id,
            "name": self.name,
            "hide_phone": self.hide_phone,
            "on_whatsapp": self.on_whatsapp,
            "read_receipts": self.read_receipts,
            "stopped_marketing": self.stopped_marketing,
            "typing": self.is_typing(now),
            "messages": len(self.messages),
            "last": last and {"text": last.shown["text"], "timestamp": str(int(last.at.timestamp()))},
        }


@dataclass
class Media:
    id: str
    data: bytes
    mime_type: str
    filename: str
    url_until: datetime | None = None

    @property
    def sha256(self) -> str:
        return base64.b64encode(hashlib.sha256(self.data).digest()).decode()


def business_scoped_id(wa_id: str) -> str:
    """The BSUID of a phone: country, dot, digits; the same for the same phone, always."""
    country = next((COUNTRIES[wa_id[:n]] for n in (3, 2, 1) if wa_id[:n] in COUNTRIES), "SA")
    digits = int.from_bytes(hashlib.sha256(f"istiqbal:{wa_id}".encode()).digest()[:8], "big")
    return f"{country}.{digits:020d}"


def new_wamid() -> str:
    return "wamid." + base64.b64encode(b"HBgM" + secrets.token_bytes(21)).decode()


class World:
    """All state of one emulator, and the bell that rings when any of it changes."""

    def __init__(self, settings: EmulatorSettings, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock
        self.numbers: dict[str, BusinessNumber] = {number.id: number for number in settings.numbers}
        self.media: dict[str, Media] = {}
        self._versions = itertools.count(1)
        self._ids = itertools.count(3_000_000_000_000_001)
        self._bell = asyncio.Event()
        self._forget()

    def _forget(self) -> None:
        self.patients: dict[str, Patient] = {}
        self._by_user_id: dict[str, Patient] = {}
        self._messages: dict[str, tuple[Patient, PhoneMessage]] = {}

    def forget_patients(self) -> None:
        self._forget()
        self.ring()

    def new_id(self) -> str:
        return str(next(self._ids))

    def patient(self, wa_id: str) -> Patient:
        """The patient with that phone, new if nobody had it."""
        found = self.patients.get(wa_id)
        if found is None:
            found = Patient(wa_id, business_scoped_id(wa_id), f"Patient {wa_id[-4:]}")
            self.patients[wa_id] = self._by_user_id[found.user_id] = found
            self.touch(found)
        return found

    def patient_by_user_id(self, user_id: str) -> Patient | None:
        return self._by_user_id.get(user_id)

    def find(self, wamid: str) -> tuple[Patient, PhoneMessage] | None:
        return self._messages.get(wamid)

    def add(self, patient: Patient, message: PhoneMessage) -> None:
        self._messages[message.wamid] = (patient, message)
        patient.messages.append(message)
        if not message.from_patient:
            patient.typing_until = None
        self.touch(patient, message)

    def fail(self, patient: Patient, message: PhoneMessage, error: dict[str, Any]) -> None:
        """The message never reaches the phone."""
        message.status = "failed"
        message.errors.append(error)
        if message in patient.messages:
            patient.messages.remove(message)
        self._messages[message.wamid] = (patient, message)
        patient.failed.append(message)
        self.touch(patient, message)

    def set_status(self, patient: Patient, message: PhoneMessage, status: str) -> None:
        message.status = status
        self.touch(patient, message)

    def touch(self, patient: Patient, message: PhoneMessage | None = None) -> None:
        patient.version = next(self._versions)
        if message is not None:
            message.version = patient.version
        self.ring()

    def ring(self) -> None:
        self._bell.set()
        self._bell = asyncio.Event()

    @staticmethod
    def monotonic() -> float:
        """The event loop's time, for deadlines."""
        return asyncio.get_running_loop().time()

    async def changed_within(self, seconds: float) -> bool:
        """Return at the next change after this call, False when none came in time."""
        bell = self._bell
        try:
            await asyncio.wait_for(bell.wait(), seconds)
        except asyncio.TimeoutError:
            return False
        return True

    def messages_after(self, patient: Patient, wamid: str | None, number_id: str | None) -> list[PhoneMessage]:
        """What the phone shows after that message, in order. Raises NoSuchMessage."""
        messages: Iterator[PhoneMessage] = iter(patient.messages)
        if wamid is not None and not any(message.wamid == wamid for message in messages):
            raise NoSuchMessage(wamid)
        # `any` has eaten the iterator up to that message.
        return [message for message in messages if number_id is None or message.number_id == number_id]

    def window_open(self, patient: Patient, number_id: str) -> bool:
        wrote_at = patient.wrote_at.get(number_id)
        return wrote_at is not None and self.clock() - wrote_at < self.settings.window
