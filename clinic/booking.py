"""Booking and moving a visit, as pure functions: what a message means for the draft, and what comes next."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Mapping, Optional, Protocol, Sequence, Union

from clinic.dialogue import CONFIDENT, Message
from clinic.patients import clean_name
from clinic.questions import OpenQuestion
from clinic.schedule import Slot, Specialty
from clinic.short_answers import choice_said, says_no, says_stop, says_yes
from understanding.folding import fold


@dataclass(frozen=True)
class BookingDraft:
    """What is known so far. `moving` is the appointment that gets the new time; then nothing new is booked."""

    specialty: Optional[str] = None  # code
    practitioner: Optional[str] = None  # id: only this one will do
    doctor_said: Optional[str] = None  # a name as written, not yet found
    date: Any = None  # as When.date
    time: Any = None  # as When.time
    page: int = 0
    slot_practitioner: Optional[str] = None
    slot_start: Optional[str] = None  # ISO, aware
    relationship: str = "self"
    patient: Optional[str] = None  # id
    patient_name: Optional[str] = None
    confirmed: bool = False
    moving: Optional[str] = None

    def to_json(self) -> dict[str, Any]:
        return {key: value for key, value in asdict(self).items() if value not in (None, False, 0)}

    @classmethod
    def from_json(cls, draft: Mapping[str, Any]) -> BookingDraft:
        known = {field.name for field in fields(cls)}
        return cls(**{key: value for key, value in draft.items() if key in known})


@dataclass(frozen=True)
class Answer:
    """What a message changes in the draft; `stops` ends the flow."""

    changes: Mapping[str, Any]
    stops: bool = False


@dataclass(frozen=True)
class Ask:
    kind: str  # specialty | patient_name
    specialties: tuple[Specialty, ...] = ()


@dataclass(frozen=True)
class Offer:
    """Times to choose from. `widened`: none fits the wish, these are the nearest. `more`: there are others."""

    slots: tuple[Slot, ...]
    widened: bool = False
    more: bool = False


@dataclass(frozen=True)
class Confirm:
    slot: Slot


@dataclass(frozen=True)
class Done:
    slot: Slot


@dataclass(frozen=True)
class NothingFree:
    pass


Step = Union[Ask, Offer, Confirm, Done, NothingFree]


class Schedule(Protocol):
    """What `next_step` needs to know of the clinic."""

    def specialties(self) -> Sequence[Specialty]: ...

    def offer(self, draft: BookingDraft) -> Offer:
        """Slots that fit the wish, or else the nearest ones."""

    def find(self, draft: BookingDraft) -> Optional[Slot]:
        """The slot that the draft names, if it is free (or held for this contact)."""

    def knows_patient(self, draft: BookingDraft) -> bool: ...


# A new time makes everything after it open again.
_NEW_TIME: dict[str, Any] = {"slot_practitioner": None, "slot_start": None, "page": 0, "confirmed": False}
# What a patient says who means this booking, if loosely.
_OWN_INTENTS = frozenset(
    {"book_appointment", "reschedule_appointment", "affirm", "deny", "check_appointment", "nlu_fallback"}
)


def read_answer(question: OpenQuestion, message: Message) -> Optional[Answer]:
    """What the message answers, or None: tap, then exact, then a correction of what is known, then a free text.

    A confident intent of another feature beats a correction and a free text, never a tap or an exact answer.
    """
    if message.tap is not None:
        return read_choice(message.tap.kind, message.tap.value)
    exact = _read_exact(question, message)
    if exact is not None:
        return exact
    if message.intent not in _OWN_INTENTS and message.confidence >= CONFIDENT:
        return None
    return _read_correction(question, message) or _read_free_text(question, message)


def read_choice(kind: str, value: Mapping[str, Any]) -> Optional[Answer]:
    """A tap on one of this flow's own options, whichever question it belonged to."""
    if kind == "specialty":
        return Answer({**_NEW_TIME, "practitioner": None, "specialty": value["specialty"]})
    if kind == "slot":
        return Answer(
            {
                "slot_practitioner": value["practitioner"],
                "slot_start": value["start"],
                "specialty": value["specialty"],
                "confirmed": False,
            }
        )
    if kind == "more":
        return Answer({**_NEW_TIME, "page": value["page"]})
    if kind == "any_doctor":
        return Answer({**_NEW_TIME, "practitioner": None, "doctor_said": None})
    if kind == "other_time":
        return Answer({**_NEW_TIME, "date": None, "time": None})
    if kind == "someone_else":
        return Answer({"relationship": "other", "patient": None, "patient_name": None, "confirmed": False})
    if kind == "confirm":
        return Answer({"confirmed": True})
    return None


def _read_exact(question: OpenQuestion, message: Message) -> Optional[Answer]:
    if says_stop(message.text):
        return Answer({}, stops=True)
    if question.kind == "patient_name":
        return None
    if question.kind == "confirm":
        if says_yes(message.text):
            return Answer({"confirmed": True})
        if says_no(message.text):
            return read_choice("other_time", {})
    choice = choice_said(message.text, question.choices, by_place=question.kind != "confirm")
    if choice is not None:
        return read_choice(choice.kind, choice.value)
    if question.kind == "specialty":
        named = message.first("specialty")
        if named and _covers(named.text, message.text):
            return Answer({**_NEW_TIME, "specialty": named.value, "practitioner": None})
    if question.kind == "slot" and isinstance(message.when.time, str):
        return _one_offered(question, message)
    return None


def _one_offered(question: OpenQuestion, message: Message) -> Optional[Answer]:
    """A clock time (with or without its day) that names exactly one of the offered slots."""
    if message.intent not in _OWN_INTENTS and message.confidence >= CONFIDENT:
        return None
    fitting = [
        choice
        for choice in question.choices
        if choice.kind == "slot"
        and choice.value["clock"] == message.when.time
        and message.when.date in (None, choice.value["date"])
    ]
    return read_choice("slot", fitting[0].value) if len(fitting) == 1 else None


def _read_correction(question: OpenQuestion, message: Message) -> Optional[Answer]:
    """Anything known may be given again, or given early, at any point."""
    changes = given(message)
    if question.kind == "confirm" and not changes:
        if message.intent == "affirm":
            return Answer({"confirmed": True})
        if message.intent == "deny":
            return read_choice("other_time", {})
    return Answer(changes) if changes else None


def given(message: Message) -> dict[str, Any]:
    """What a message gives of a booking, whatever it answers."""
    changes: dict[str, Any] = {}
    specialty, doctor, person = (message.first(name) for name in ("specialty", "doctor", "person"))
    if specialty:
        changes |= {**_NEW_TIME, "specialty": specialty.value, "practitioner": None}
    if doctor:
        changes |= {**_NEW_TIME, "doctor_said": doctor.value, "practitioner": None}
    if message.when:
        changes |= {**_NEW_TIME, "date": message.when.date, "time": message.when.time}
    if person and person.value != "self":
        changes |= {"relationship": person.value, "patient": None, "patient_name": None, "confirmed": False}
    return changes


def _read_free_text(question: OpenQuestion, message: Message) -> Optional[Answer]:
    if question.kind != "patient_name":
        return None
    name = clean_name(re.sub(r"(?i)^\s*(his|her|my|the)?\s*(name is|اسمه|اسمها|اسمي|الاسم)\s*:?\s*", "", message.text))
    if not name or len(name.split()) > 6:
        return None
    return Answer({"patient_name": name})


def _covers(part: str, whole: str) -> bool:
    """The value is the message, but for a word or two around it."""
    return len(fold(part)) >= 0.6 * len(fold(whole))


def apply(draft: BookingDraft, answer: Answer) -> BookingDraft:
    return replace(draft, **answer.changes)


def next_step(draft: BookingDraft, schedule: Schedule) -> Step:
    """What is asked, offered or done now. Nothing is asked that is known."""
    offered = schedule.specialties()
    if draft.specialty not in {specialty.code for specialty in offered}:
        return Ask("specialty", tuple(offered))
    if draft.slot_start is None or draft.slot_practitioner is None:
        offer = schedule.offer(draft)
        return offer if offer.slots else NothingFree()
    slot = schedule.find(draft)
    if slot is None:
        offer = schedule.offer(replace(draft, slot_start=None))
        return replace(offer, widened=True) if offer.slots else NothingFree()
    if not schedule.knows_patient(draft):
        return Ask("patient_name")
    return Done(slot) if draft.confirmed else Confirm(slot)
