"""Booking and moving a visit, as pure functions: what is known, and what comes next. Nothing is asked that is known."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Mapping, Optional, Protocol, Sequence, Union

from clinic.patients import Patient
from clinic.schedule import Practitioner, Slot, Specialty


@dataclass(frozen=True)
class BookingDraft:
    """What is known so far. `moving` is the appointment that gets the new time; then nothing new is booked."""

    specialty: Optional[str] = None  # code
    service: Optional[str] = None  # id; None is the specialty's ordinary visit
    practitioner: Optional[str] = None  # id: only this one will do
    doctor_said: Optional[str] = None  # a name as written, not yet found
    gender: Optional[str] = None  # of the doctor, wished for: kept, or asked about
    language: Optional[str] = None  # that the doctor speaks, wished for
    date: Any = None  # as When.date
    time: Any = None  # as When.time
    page: int = 0
    asking: Optional[str] = None  # day | doctor | patient: a list that was asked for
    slot_practitioner: Optional[str] = None
    slot_start: Optional[str] = None  # ISO, aware
    people: tuple[Mapping[str, Any], ...] = ()  # as said, see household.Person
    patient: Optional[str] = None  # id
    confirmed: bool = False
    waits: bool = False  # nothing is free: a place on the waitlist will do
    moving: Optional[str] = None

    def to_json(self) -> dict[str, Any]:
        written = {key: value for key, value in asdict(self).items() if value not in (None, False, 0, ())}
        return {**written, "people": list(self.people)} if self.people else written

    @classmethod
    def from_json(cls, draft: Mapping[str, Any]) -> BookingDraft:
        known = {field.name for field in fields(cls)}
        values = {key: value for key, value in draft.items() if key in known}
        return cls(**{**values, "people": tuple(values.get("people", ()))})

    @property
    def wishes(self) -> dict[str, Any]:
        """What the booked visit promises."""
        wished = {"gender": self.gender, "language": self.language, "practitioner": self.practitioner}
        return {key: value for key, value in wished.items() if value is not None}


# A new time makes everything after it open again.
NEW_TIME: dict[str, Any] = {
    "slot_practitioner": None,
    "slot_start": None,
    "page": 0,
    "confirmed": False,
    "asking": None,
    "waits": False,
}


@dataclass(frozen=True)
class Ask:
    """`kind` is the question's: specialty, day, doctor, wish, or one of household_flow's about the patient."""

    kind: str
    options: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Offer:
    """Times to choose from; `more`: there are others.

    `why`, where they are not those that were asked for: none_then | closed | past | too_soon | too_far | taken.
    """

    slots: tuple[Slot, ...]
    why: Optional[str] = None
    more: bool = False


@dataclass(frozen=True)
class Refused:
    """The doctors' rules are against this patient (`why` as eligibility.REFUSALS), or they are elsewhere (busy)."""

    why: str


@dataclass(frozen=True)
class Confirm:
    slot: Slot


@dataclass(frozen=True)
class Done:
    slot: Slot


@dataclass(frozen=True)
class NothingFree:
    pass


@dataclass(frozen=True)
class Wait:
    """A place on the waitlist for this patient."""

    patient: Patient


Step = Union[Ask, Offer, Refused, Confirm, Done, NothingFree, Wait]


class Schedule(Protocol):
    """What `next_step` needs to know of the clinic."""

    def specialties(self) -> Sequence[Specialty]: ...

    def doctors(self, draft: BookingDraft) -> Sequence[Practitioner]:
        """Those of the specialty that the wishes allow."""

    def barred(self, draft: BookingDraft) -> Optional[str]:
        """Why none of them sees the patient, as far as it is known who that is."""

    def days(self, draft: BookingDraft) -> Sequence[str]:
        """The next days with a free time, ISO."""

    def offer(self, draft: BookingDraft) -> Offer:
        """Slots that fit the wish, or else the nearest ones."""

    def find(self, draft: BookingDraft) -> Optional[Slot]:
        """The slot that the draft names, if it is free (or held for this contact)."""

    def who(self, draft: BookingDraft) -> Union[Patient, Ask]:
        """The patient, or what has to be asked to know who it is."""

    def refusal(self, draft: BookingDraft, slot: Slot, patient: Patient) -> Union[str, Ask, None]:
        """Why this doctor does not see this patient then; or what has to be asked first."""


def next_step(draft: BookingDraft, schedule: Schedule) -> Step:
    """What is asked, offered or done now."""
    offered = schedule.specialties()
    if draft.specialty not in {specialty.code for specialty in offered}:
        return Ask("specialty", tuple(offered))
    if not schedule.doctors(draft):
        return Ask("wish")
    barred = schedule.barred(draft)
    if barred is not None:
        return Refused(barred)
    if draft.waits:
        waiting = schedule.who(draft)
        return waiting if isinstance(waiting, Ask) else Wait(waiting)
    if draft.asking == "doctor":
        return Ask("doctor", tuple(schedule.doctors(replace(draft, practitioner=None))))
    if draft.asking == "day":
        days = tuple(schedule.days(draft))
        return Ask("day", days) if days else NothingFree()
    if draft.slot_start is None or draft.slot_practitioner is None:
        return _offered(schedule.offer(draft))
    slot = schedule.find(draft)
    if slot is None:
        return _offered(replace(schedule.offer(replace(draft, slot_start=None)), why="taken"))
    patient = schedule.who(draft)
    if isinstance(patient, Ask):
        return patient
    refusal = schedule.refusal(draft, slot, patient)
    if isinstance(refusal, Ask):
        return refusal
    if refusal is not None:
        return Refused(refusal)
    return Done(slot) if draft.confirmed else Confirm(slot)


def _offered(offer: Offer) -> Step:
    return offer if offer.slots else NothingFree()
