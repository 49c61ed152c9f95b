"""Booking and moving in the chat: the pure steps of booking.py on the live schedule, put into words."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from typing import Any, Optional, Sequence

from clinic.appointments import (
    Appointment,
    AppointmentGone,
    SlotTaken,
    book_slot,
    hold_slot,
    load_appointment,
    move_appointment,
    release_holds,
)
from clinic.booking import (
    Ask,
    BookingDraft,
    Done,
    NothingFree,
    Offer,
    apply,
    given,
    next_step,
    read_answer,
)
from clinic.dialogue import Asks, Reply, Turn
from clinic.menu import menu_choices
from clinic.patients import Patient, add_patient, patients_of, self_of
from clinic.questions import Choice, OpenQuestion
from clinic.schedule import Practitioner, Slot, Specialty, bookable_specialties, free_slots, practitioners_of, spread
from clinic.texts import say
from clinic.times import render_moment, render_row
from understanding.folding import fold

# WhatsApp shows ten rows; one is kept for "more".
MOST_SLOTS = 9
SLOTS_A_DAY = 3
_TITLES = frozenset(
    ("dr", "dr.", "doctor", "doc", "د", "د.", "دكتور", "دكتوره", "الدكتور", "الدكتوره", "dktor", "doktor")
)


class LiveSchedule:
    """The clinic's schedule as `next_step` asks for it, seen by one contact."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self._specialties = bookable_specialties(turn.conn, turn.clinic.id)

    def specialties(self) -> Sequence[Specialty]:
        return self._specialties

    def specialty(self, code: Optional[str]) -> Specialty:
        return next(specialty for specialty in self._specialties if specialty.code == code)

    def offer(self, draft: BookingDraft) -> Offer:
        zone = self._turn.clinic.zone
        everything = self._free(draft, draft.practitioner)
        fitting = [slot for slot in everything if fits(slot, draft, zone)]
        widened = not fitting
        slots = nearest(everything, draft, zone) if widened else fitting
        per_day = MOST_SLOTS if draft.date is not None or draft.page else SLOTS_A_DAY
        shown = spread(slots, zone, MOST_SLOTS * (draft.page + 1), per_day)
        page = shown[MOST_SLOTS * draft.page :] or shown[:MOST_SLOTS]
        return Offer(tuple(page), widened=widened, more=len(slots) > len(shown))

    def find(self, draft: BookingDraft) -> Optional[Slot]:
        start = datetime.fromisoformat(draft.slot_start or "")
        free = self._free(draft, draft.slot_practitioner, start=start, end=start + timedelta(minutes=1))
        return next((slot for slot in free if slot.start == start), None)

    def knows_patient(self, draft: BookingDraft) -> bool:
        return draft.moving is not None or find_patient(self._turn, draft) is not None

    def _free(self, draft: BookingDraft, practitioner_id: Optional[str], **bounds: datetime) -> list[Slot]:
        # The contact's own hold is theirs to choose again.
        turn = self._turn
        release_holds(turn.conn, turn.clinic.id, turn.conversation.contact_id)
        specialty = self.specialty(draft.specialty)
        return free_slots(turn.conn, turn.clinic, specialty, turn.now, practitioner_id=practitioner_id, **bounds)


def fits(slot: Slot, draft: BookingDraft, zone: tzinfo) -> bool:
    """Whether the slot is on the day and at the time that were asked for."""
    local = slot.start.astimezone(zone)
    return _within(local.date().isoformat(), draft.date) and _at(local.strftime("%H:%M"), draft.time)


def _within(value: str, wish: Any) -> bool:
    """ISO dates and 24-hour clocks compare as text."""
    if wish is None:
        return True
    if isinstance(wish, str):
        return value == wish
    first, last = wish
    return (first is None or value >= first) and (last is None or value <= last)


def _at(clock: str, wish: Any) -> bool:
    """A range of times is half open: "before 5" does not begin at 5."""
    if not isinstance(wish, (list, tuple)):
        return _within(clock, wish)
    first, last = wish
    return (first is None or clock >= first) and (last is None or clock < last)


def nearest(slots: Sequence[Slot], draft: BookingDraft, zone: tzinfo) -> list[Slot]:
    """The slots around the day that was asked for, or the soonest, in the order of time."""
    wished = draft.date if isinstance(draft.date, str) else (draft.date or [None])[0]
    if wished is None:
        return list(slots)
    after = [slot for slot in slots if slot.start.astimezone(zone).date().isoformat() >= wished]
    before = [slot for slot in slots if slot.start.astimezone(zone).date().isoformat() < wished]
    return after or before[-MOST_SLOTS:]


def find_patient(turn: Turn, draft: BookingDraft) -> Optional[Patient]:
    """Who the visit is for, as far as it is known: named, chosen, or the one of that relationship on this number."""
    clinic_id, contact_id = turn.clinic.id, turn.conversation.contact_id
    if draft.patient_name is not None:
        return add_patient(turn.conn, clinic_id, contact_id, draft.patient_name, draft.relationship)
    if draft.relationship == "self":
        return self_of(turn.conn, clinic_id, contact_id)
    known = [one for one in patients_of(turn.conn, clinic_id, contact_id) if one.id == draft.patient]
    return known[0] if known else None


class BookingFlow:
    """Flow `booking` books a new visit, flow `rescheduling` gives an old one a new time."""

    def __init__(self, name: str) -> None:
        self.name = name

    def begin(self, turn: Turn, draft: Optional[BookingDraft] = None) -> Reply:
        draft = draft or BookingDraft()
        return self.go_on(turn, replace(draft, **given(turn.message)))

    def answer(self, turn: Turn, question: Optional[OpenQuestion]) -> Optional[Reply]:
        tap = turn.message.tap
        if question is None:
            # A row of an older list: it still says which specialty and time are wanted. A bare "confirm" says nothing.
            if tap is None or tap.kind not in ("specialty", "slot"):
                return self._expired(turn) if tap else None
            question = OpenQuestion(self.name, tap.kind, (), {}, turn.now, turn.now)
            if self.name == "rescheduling":
                question = replace(question, draft={"moving": tap.value.get("moving")})
        answer = read_answer(question, turn.message)
        if answer is None:
            return None
        draft = BookingDraft.from_json(question.draft)
        if answer.stops:
            release_holds(turn.conn, turn.clinic.id, turn.conversation.contact_id)
            key = "booking_move_stopped" if draft.moving else "booking_stopped"
            return Reply(say(key, turn.language), closes=True)
        return self.go_on(turn, apply(draft, answer))

    def _expired(self, turn: Turn) -> Reply:
        return Reply(say("booking_expired", turn.language), menu_choices(turn.language, "menu_book", "menu_person"))

    def go_on(self, turn: Turn, draft: BookingDraft) -> Reply:
        schedule = LiveSchedule(turn)
        draft = _find_doctor(turn, draft, schedule)
        step = next_step(draft, schedule)
        if isinstance(step, Ask):
            return self._ask(turn, draft, step)
        specialty = schedule.specialty(draft.specialty)
        if isinstance(step, Offer):
            return self._offer(turn, draft, specialty, step)
        if isinstance(step, NothingFree):
            text = say("booking_none_free", turn.language, specialty=specialty.name(turn.language))
            return Reply(text, hands_over="clinic_rule")
        try:
            if isinstance(step, Done):
                return self._done(turn, draft, specialty, step.slot)
            return self._confirm(turn, draft, specialty, step.slot)
        except SlotTaken:
            # Between the look and the grasp somebody else was faster.
            again = replace(draft, slot_start=None, slot_practitioner=None, confirmed=False)
            return self._offer(turn, again, specialty, replace(schedule.offer(again), widened=False), taken=True)

    def _ask(self, turn: Turn, draft: BookingDraft, step: Ask) -> Reply:
        language = turn.language
        asks = Asks(self.name, step.kind, draft.to_json())
        if step.kind == "patient_name":
            return Reply(say("booking_patient_name", language), asks=asks)
        key = "booking_specialty_unknown" if draft.specialty else "booking_which_specialty"
        choices = tuple(
            Choice(specialty.name(language), {"specialty": specialty.code}, "specialty")
            for specialty in step.specialties[:10]
        )
        asks = replace(asks, draft=replace(draft, specialty=None).to_json())
        return Reply(say(key, language), choices, say("booking_specialties_button", language), asks)

    def _offer(self, turn: Turn, draft: BookingDraft, specialty: Specialty, offer: Offer, taken: bool = False) -> Reply:
        language = turn.language
        if not offer.slots:
            text = say("booking_none_free", language, specialty=specialty.name(language))
            return Reply(text, hands_over="clinic_rule")
        draft = replace(draft, slot_start=None, slot_practitioner=None, confirmed=False)
        choices = [self._slot_choice(turn, draft, slot) for slot in offer.slots]
        if offer.more:
            choices.append(Choice(say("booking_more", language), {"page": draft.page + 1}, "more"))
        elif draft.practitioner and len(choices) <= MOST_SLOTS:
            choices.append(Choice(say("booking_any_doctor", language), {}, "any_doctor"))
        return Reply(
            self._offer_text(turn, draft, specialty, offer, taken),
            tuple(choices),
            say("booking_times_button", language),
            Asks(self.name, "slot", draft.to_json()),
        )

    def _offer_text(self, turn: Turn, draft: BookingDraft, specialty: Specialty, offer: Offer, taken: bool) -> str:
        name = specialty.name(turn.language)
        if taken:
            return say("booking_slot_taken", turn.language, specialty=name)
        if offer.widened:
            return say("booking_nothing_then", turn.language, specialty=name)
        if draft.practitioner:
            doctor = offer.slots[0].practitioner.name(turn.language)
            return say("booking_which_slot_with", turn.language, specialty=name, practitioner=doctor)
        key = "booking_which_slot_asked" if draft.date or draft.time else "booking_which_slot"
        return say(key, turn.language, specialty=name)

    def _slot_choice(self, turn: Turn, draft: BookingDraft, slot: Slot) -> Choice:
        local = slot.start.astimezone(turn.clinic.zone)
        value = {
            "specialty": draft.specialty,
            "practitioner": slot.practitioner.id,
            "start": slot.start.isoformat(),
            "date": local.date().isoformat(),
            "clock": local.strftime("%H:%M"),
        }
        if draft.moving:
            value["moving"] = draft.moving
        title = render_row(slot.start, turn.now, turn.clinic.timezone, turn.language)
        return Choice(title, value, "slot", slot.practitioner.name(turn.language))

    def _confirm(self, turn: Turn, draft: BookingDraft, specialty: Specialty, slot: Slot) -> Reply:
        language, contact_id = turn.language, turn.conversation.contact_id
        hold_slot(turn.conn, turn.clinic.id, contact_id, specialty.id, slot, turn.now)
        key = "booking_confirm_move" if draft.moving else "booking_confirm"
        text = say(key, language, **self._facts(turn, draft, specialty, slot))
        choices = [
            Choice(say("booking_yes", language), {}, "confirm"),
            Choice(say("booking_other_time", language), {}, "other_time"),
        ]
        if not draft.moving:
            choices.append(Choice(say("booking_someone_else", language), {}, "someone_else"))
        return Reply(text, tuple(choices), asks=Asks(self.name, "confirm", draft.to_json()))

    def _done(self, turn: Turn, draft: BookingDraft, specialty: Specialty, slot: Slot) -> Reply:
        clinic, contact_id = turn.clinic, turn.conversation.contact_id
        if draft.moving:
            try:
                move_appointment(turn.conn, clinic.id, contact_id, draft.moving, slot, turn.now)
            except AppointmentGone:
                return Reply(say("visits_gone", turn.language), closes=True)
            text = say("booking_moved", turn.language, **self._facts(turn, draft, specialty, slot))
            return Reply(text, closes=True)
        patient = find_patient(turn, draft)
        assert patient is not None  # next_step asked for a name before
        book_slot(
            turn.conn,
            clinic.id,
            contact_id,
            specialty.id,
            patient.id,
            slot,
            turn.now,
            idempotency_key=turn.message.key,
        )
        facts = self._facts(turn, draft, specialty, slot)
        facts |= {"clinic": clinic.name(turn.language), "address": clinic.address(turn.language)}
        return Reply(say("booking_done", turn.language, **facts), closes=True)

    def _facts(self, turn: Turn, draft: BookingDraft, specialty: Specialty, slot: Slot) -> dict[str, str]:
        language = turn.language
        return {
            "specialty": specialty.name(language),
            "practitioner": slot.practitioner.name(language),
            "when": render_moment(slot.start, turn.clinic.timezone, language),
            "patient": self._patient_name(turn, draft),
        }

    def _patient_name(self, turn: Turn, draft: BookingDraft) -> str:
        if draft.moving:
            return load_appointment(turn.conn, turn.clinic.id, draft.moving).patient_name or ""
        patient = find_patient(turn, draft)
        return patient.name if patient else ""


def _find_doctor(turn: Turn, draft: BookingDraft, schedule: LiveSchedule) -> BookingDraft:
    """From a name as written to one practitioner; with it comes the specialty, if they have only one."""
    if draft.doctor_said is None:
        return draft
    words = [word for word in fold(draft.doctor_said).split() if word not in _TITLES]
    draft = replace(draft, doctor_said=None)
    for specialty in schedule.specialties():
        if draft.specialty not in (None, specialty.code):
            continue
        for doctor in practitioners_of(turn.conn, turn.clinic.id, specialty.id):
            if words and _named(words, doctor):
                return replace(draft, practitioner=doctor.id, specialty=specialty.code)
    return draft


def _named(words: Sequence[str], doctor: Practitioner) -> bool:
    """Every word said stands in the doctor's name, in either language."""
    return any(
        all(word in fold(name).replace(".", " ").split() for word in words) for name in (doctor.name_en, doctor.name_ar)
    )


BOOKING = BookingFlow("booking")
RESCHEDULING = BookingFlow("rescheduling")


def draft_of(appointment: Appointment) -> BookingDraft:
    """To move a visit: the same specialty, with the same doctor first."""
    return BookingDraft(
        specialty=appointment.specialty_code, practitioner=appointment.practitioner_id, moving=appointment.id
    )
