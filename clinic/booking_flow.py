"""Booking and moving in the chat: the pure steps of booking.py on the live schedule, put into words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, Mapping, Optional, Sequence

from clinic.appointments import (
    AppointmentGone,
    SlotTaken,
    book_slot,
    hold_slot,
    load_appointment,
    move_appointment,
    release_holds,
    upcoming_of,
)
from clinic.booking import (
    NEW_TIME,
    Ask,
    BookingDraft,
    Confirm,
    Done,
    NothingFree,
    Offer,
    Refused,
    Step,
    Wait,
    next_step,
)
from clinic.booking_answers import PATIENT_KINDS, apply, given, read_answer
from clinic.booking_drafts import (
    find_doctor,
    newer_of_two,
    of_an_older_bubble,
    of_another_visit,
    slot_choice,
    the_only_other,
    visit_to_move,
)
from clinic.booking_limits import beyond_limits, over_the_limit
from clinic.dialogue import Asks, Reply, Turn
from clinic.hours import closed_because
from clinic.live_schedule import MOST_ROWS, LiveSchedule
from clinic.menu import menu_choices
from clinic.patients import Patient
from clinic.questions import Choice, OpenQuestion
from clinic.schedule import Practitioner, Slot, bookable_specialties, services_of
from clinic.services import service_named
from clinic.texts import has_text, say
from clinic.times import render_date, render_moment
from clinic.visitors import ask_about_visitor, others_said, read_visitor
from clinic.waitlist import tie_to_visit
from clinic.waitlist_joining import join

# A button's title on WhatsApp, and how many fit below a text.
MOST_SIGNS = 20
MOST_BUTTONS = 3


class BookingFlow:
    """Flow `booking` books a new visit, flow `rescheduling` gives an old one a new time."""

    def __init__(self, name: str) -> None:
        self.name = name

    def begin(self, turn: Turn, draft: Optional[BookingDraft] = None) -> Reply:
        limit = self._limit(turn)
        if limit is not None:
            return limit
        question = turn.open_question
        if draft is None and question is not None and question.flow == self.name:
            # "Book" again in the middle of booking: it goes on where it was.
            draft = BookingDraft.from_json(question.draft)
        return self.go_on(turn, replace(draft or BookingDraft(), **self._given(turn)))

    def answer(self, turn: Turn, question: Optional[OpenQuestion]) -> Optional[Reply]:
        question = question or self._old_row(turn)
        if question is None:
            return self._expired(turn) if turn.message.tap else None
        draft = BookingDraft.from_json(question.draft)
        changes = read_visitor(turn, question, draft) if question.kind in PATIENT_KINDS else None
        if changes is not None:
            return self.go_on(turn, replace(draft, **changes))
        if self._about_another_visit(turn, draft):
            return None
        answer = read_answer(question, turn.message)
        named = self._service(turn) if answer is None or not answer.stops else {}
        if answer is None and not (named and turn.message.intent in ("book_appointment", "nlu_fallback")):
            return None
        if answer is not None and answer.stops:
            release_holds(turn.conn, turn.clinic.id, turn.conversation.contact_id)
            key = "booking_move_stopped" if draft.moving else "booking_stopped"
            return Reply(say(key, turn.language), closes=True)
        if of_an_older_bubble(turn, draft):
            # That "confirm" was about another time: what stands now is asked about again.
            return self.go_on(turn, draft)
        after = apply(draft, answer) if answer else draft
        if after.moving is not None and after.moving != draft.moving:
            after = of_another_visit(turn, after)
        return self.go_on(turn, replace(after, **named))

    def resume(self, turn: Turn, draft: Mapping[str, Any]) -> Optional[Reply]:
        if draft.get("moving") and visit_to_move(turn, draft["moving"]) is None:
            return None
        reply = self.go_on(turn, replace(BookingDraft.from_json(draft), confirmed=False))
        key = "booking_resumed_move" if draft.get("moving") else "booking_resumed"
        return replace(reply, text=f"{say(key, turn.language)}\n{reply.text}")

    def _about_another_visit(self, turn: Turn, draft: BookingDraft) -> bool:
        """ "First move my dentist appointment", in the middle of booking something else."""
        message = turn.message
        named = message.first("specialty")
        if message.tap is not None or named is None or named.value == draft.specialty:
            return False
        if draft.moving is None and message.intent not in ("reschedule_appointment", "cancel_appointment"):
            return False
        ahead = upcoming_of(turn.conn, turn.clinic.id, turn.conversation.contact_id, turn.now)
        return draft.moving is not None or any(visit.specialty_code == named.value for visit in ahead)

    def _old_row(self, turn: Turn) -> Optional[OpenQuestion]:
        """A row of an older list still says which specialty and time are wanted; a bare "confirm" says nothing."""
        tap = turn.message.tap
        if tap is None or tap.kind not in ("specialty", "slot", "also_for"):
            return None
        draft = {"moving": tap.value.get("moving")} if self.name == "rescheduling" else {}
        return OpenQuestion(self.name, tap.kind, (), draft, turn.now, turn.now)

    def _expired(self, turn: Turn) -> Reply:
        return Reply(say("booking_expired", turn.language), menu_choices(turn.language, "menu_book", "menu_person"))

    def _limit(self, turn: Turn) -> Optional[Reply]:
        """Of new visits; a move has limits of its own."""
        return over_the_limit(turn, self.name) if self.name == "booking" else None

    def _given(self, turn: Turn) -> dict[str, Any]:
        return {**given(turn.message), **self._service(turn)}

    def _service(self, turn: Turn) -> dict[str, Any]:
        """A service that the message names, with the specialty it belongs to."""
        if turn.message.tap is not None:
            return {}
        service = service_named(turn.message.text, services_of(turn.conn, turn.clinic.id))
        if service is None:
            return {}
        specialties = bookable_specialties(turn.conn, turn.clinic.id, turn.today)
        code = next((one.code for one in specialties if one.id == service.specialty_id), None)
        return {**NEW_TIME, "specialty": code, "service": service.id} if code else {}

    def go_on(self, turn: Turn, draft: BookingDraft) -> Reply:
        schedule = LiveSchedule(turn)
        if draft.moving is not None:
            visit = visit_to_move(turn, draft.moving)
            if visit is None:
                return Reply(say("visits_gone", turn.language), closes=True)
            # A visit that moves stays what it is, whatever the message names.
            draft = replace(draft, specialty=visit.specialty_code, service=visit.service_id)
        draft = newer_of_two(turn, find_doctor(turn, draft, schedule), schedule)
        draft = the_only_other(draft, schedule)
        try:
            return self._say(turn, draft, schedule, next_step(draft, schedule))
        except SlotTaken:
            # Between the look and the grasp somebody else was faster.
            again = replace(draft, slot_start=None, slot_practitioner=None, confirmed=False)
            offer = replace(schedule.offer(again), why="taken")
            return self._say(turn, again, schedule, offer if offer.slots else NothingFree())

    def _say(self, turn: Turn, draft: BookingDraft, schedule: LiveSchedule, step: Step) -> Reply:
        if isinstance(step, Ask):
            return self._ask(turn, draft, schedule, step)
        if isinstance(step, Offer):
            return self._offer(turn, draft, schedule, step)
        if isinstance(step, Refused):
            return self._refused(turn, draft, schedule, step)
        if isinstance(step, NothingFree):
            return self._nothing_free(turn, draft, schedule)
        if isinstance(step, Wait):
            return self._wait(turn, draft, schedule, step)
        if isinstance(step, Confirm):
            return self._confirm(turn, draft, schedule, step.slot)
        return self._done(turn, draft, schedule, step)

    # --- questions ----------------------------------------------------------------------------------------------------

    def _ask(self, turn: Turn, draft: BookingDraft, schedule: LiveSchedule, step: Ask) -> Reply:
        if step.kind in PATIENT_KINDS:
            return ask_about_visitor(turn, self.name, draft, step)
        language = turn.language
        if step.kind == "specialty":
            key = "booking_specialty_unknown" if draft.specialty else "booking_which_specialty"
            choices = [Choice(one.name(language), {"specialty": one.code}, "specialty") for one in step.options]
            return self._rows(turn, replace(draft, specialty=None), "specialty", say(key, language), choices)
        specialty = self._what(turn, draft, schedule)
        if step.kind == "wish":
            return self._wish_unkept(turn, draft, schedule)
        if step.kind == "doctor":
            choices = [self._doctor_choice(turn, doctor) for doctor in step.options[: MOST_ROWS - 1]]
            choices.append(Choice(say("booking_whoever", language), {}, "any_doctor"))
            text = say("booking_which_doctor", language, specialty=specialty)
            return self._rows(turn, replace(draft, asking=None), "doctor", text, choices)
        choices = [
            Choice(render_date(date.fromisoformat(day), language), {"date": day}, "day")
            for day in step.options[:MOST_ROWS]
        ]
        text = say("booking_which_day", language, specialty=specialty)
        return self._rows(turn, replace(draft, asking=None), "day", text, choices)

    def _rows(self, turn: Turn, draft: BookingDraft, kind: str, text: str, choices: Sequence[Choice]) -> Reply:
        key = f"booking_{kind}_button"
        button = say(key if has_text(key) else "choose", turn.language)
        return Reply(text, tuple(choices[:MOST_ROWS]), button, Asks(self.name, kind, draft.to_json()))

    def _doctor_choice(self, turn: Turn, doctor: Practitioner) -> Choice:
        return Choice(doctor.name(turn.language), {"practitioner": doctor.id}, "doctor")

    def _wish_unkept(self, turn: Turn, draft: BookingDraft, schedule: LiveSchedule) -> Reply:
        """A wish is a promise: where it cannot be kept the patient decides."""
        language = turn.language
        key = f"booking_no_{draft.gender}_doctor" if draft.gender else "booking_no_such_doctor"
        choices: tuple[Choice, ...] = (Choice(say("booking_whoever", language), {}, "any_doctor"),)
        if draft.practitioner and schedule.doctors(replace(draft, practitioner=None)):
            # The doctor left; the others still keep what was promised.
            key, choices = "booking_doctor_left", (Choice(say("booking_any_doctor", language), {}, "their_others"),)
        if draft.moving is None:
            choices += (Choice(say("booking_other_specialty", language), {}, "other_specialty"),)
        text = say(key, language, specialty=self._what(turn, draft, schedule))
        return Reply(text, choices, asks=Asks(self.name, "wish", draft.to_json()))

    def _refused(self, turn: Turn, draft: BookingDraft, schedule: LiveSchedule, step: Refused) -> Reply:
        language = turn.language
        text = say(f"booking_refused_{step.why}", language, specialty=self._what(turn, draft, schedule))
        other_time = Choice(say("booking_other_time", language), {}, "other_time")
        other_specialty = Choice(say("booking_other_specialty", language), {}, "other_specialty")
        choices = [
            other_time if step.why == "busy" or draft.moving else other_specialty,
            Choice(say("booking_someone_else", language), {}, "someone_else"),
        ]
        if draft.moving:
            choices.pop()
        if step.why != "busy" and len(schedule.doctors(replace(draft, practitioner=None))) > 1:
            choices.insert(0, Choice(say("booking_any_doctor", language), {}, "any_doctor"))
        return Reply(text, tuple(choices), asks=Asks(self.name, "refused", draft.to_json()))

    def _nothing_free(self, turn: Turn, draft: BookingDraft, schedule: LiveSchedule) -> Reply:
        language = turn.language
        text = say("booking_none_free", language, specialty=self._what(turn, draft, schedule))
        choices = [
            Choice(say("booking_join_waitlist", language), {}, "waitlist"),
            Choice(say("booking_other_specialty", language), {}, "other_specialty"),
        ]
        if draft.practitioner or draft.wishes:
            choices[1] = Choice(say("booking_any_doctor", language), {}, "any_doctor")
        elif draft.moving:
            choices.pop()
        return Reply(text, tuple(choices), asks=Asks(self.name, "none_free", draft.to_json()))

    def _wait(self, turn: Turn, draft: BookingDraft, schedule: LiveSchedule, step: Wait) -> Reply:
        wishes = {"gender": draft.gender, "language": draft.language, "date": draft.date, "time": draft.time}
        text = join(
            turn.conn,
            turn.clinic,
            turn.conversation,
            schedule.specialty(draft.specialty).id,
            step.patient.id,
            turn.now,
            service_id=draft.service,
            practitioner_id=draft.practitioner,
            appointment_id=draft.moving,
            wishes={key: value for key, value in wishes.items() if value is not None},
        )
        return Reply(text, closes=True)

    # --- times --------------------------------------------------------------------------------------------------------

    def _offer(self, turn: Turn, draft: BookingDraft, schedule: LiveSchedule, offer: Offer) -> Reply:
        language = turn.language
        draft = replace(draft, slot_start=None, slot_practitioner=None, confirmed=False)
        choices = [self._slot_choice(turn, draft, slot) for slot in offer.slots]
        if offer.more:
            choices.append(Choice(say("booking_more", language), {"page": draft.page + 1}, "more"))
        choices.append(Choice(say("booking_other_day", language), {}, "other_day"))
        if len(schedule.doctors(replace(draft, practitioner=None))) > 1:
            choices.append(Choice(say("booking_any_doctor", language), {}, "other_doctor"))
        return self._rows(turn, draft, "slot", self._offer_text(turn, draft, schedule, offer), choices)

    def _offer_text(self, turn: Turn, draft: BookingDraft, schedule: LiveSchedule, offer: Offer) -> str:
        specialty = self._what(turn, draft, schedule)
        if offer.why == "closed":
            wished = date.fromisoformat(draft.date if isinstance(draft.date, str) else draft.date[0])
            name = closed_because(turn.conn, turn.clinic, wished, turn.language)
            key = "booking_closed_for" if name else "booking_closed"
            day = render_date(wished, turn.language)
            return say(key, turn.language, specialty=specialty, day=day, holiday=name or "")
        if offer.why is not None:
            return say(f"booking_{offer.why}", turn.language, specialty=specialty)
        if draft.practitioner:
            doctor = offer.slots[0].practitioner.name(turn.language)
            return say("booking_which_slot_with", turn.language, specialty=specialty, practitioner=doctor)
        key = "booking_which_slot_asked" if draft.date or draft.time else "booking_which_slot"
        return say(key, turn.language, specialty=specialty)

    def _slot_choice(self, turn: Turn, draft: BookingDraft, slot: Slot) -> Choice:
        return slot_choice(turn, slot, draft.specialty or "", moving=draft.moving, service=draft.service)

    # --- the end ------------------------------------------------------------------------------------------------------

    def _confirm(self, turn: Turn, draft: BookingDraft, schedule: LiveSchedule, slot: Slot) -> Reply:
        language, contact_id = turn.language, turn.conversation.contact_id
        specialty = schedule.specialty(draft.specialty)
        hold_slot(turn.conn, turn.clinic.id, contact_id, specialty.id, slot, turn.now, hold=schedule.policy.hold)
        key = "booking_confirm_move" if draft.moving else "booking_confirm"
        facts = self._facts(turn, draft, schedule, slot)
        text = say(key, language, **facts, minutes=schedule.policy.hold_minutes)
        choices = [
            Choice(say("booking_yes", language), {"start": draft.slot_start, "moving": draft.moving}, "confirm"),
            Choice(say("booking_other_time", language), {}, "other_time"),
        ]
        if not draft.moving:
            choices.append(Choice(say("booking_someone_else", language), {}, "someone_else"))
        return Reply(text, tuple(choices), asks=Asks(self.name, "confirm", draft.to_json()))

    def _done(self, turn: Turn, draft: BookingDraft, schedule: LiveSchedule, step: Done) -> Reply:
        clinic, contact_id, slot = turn.clinic, turn.conversation.contact_id, step.slot
        facts = self._facts(turn, draft, schedule, slot)
        if draft.moving:
            # Time has passed since the move began, and an older list may have moved it meanwhile.
            visit = visit_to_move(turn, draft.moving)
            beyond = beyond_limits(turn, visit) if visit else None
            if beyond is not None:
                return replace(beyond, closes=True)
            try:
                move_appointment(
                    turn.conn, clinic.id, contact_id, draft.moving, slot, turn.now, wishes=self._promises(turn, draft)
                )
            except AppointmentGone:
                return Reply(say("visits_gone", turn.language), closes=True)
            return Reply(say("booking_moved", turn.language, **facts), closes=True)
        limit = self._limit(turn)
        if limit is not None:
            return limit
        patient = schedule.who(draft)
        assert isinstance(patient, Patient)  # next_step asked before
        booked = book_slot(
            turn.conn,
            clinic.id,
            contact_id,
            schedule.specialty(draft.specialty).id,
            patient.id,
            slot,
            turn.now,
            idempotency_key=turn.message.key,
            service_id=draft.service,
            wishes=draft.wishes,
        )
        tie_to_visit(turn.conn, clinic.id, booked, turn.now)
        facts |= {"clinic": clinic.name(turn.language), "address": clinic.address(turn.language)}
        done = Reply(say("booking_done", turn.language, **facts), flow=self.name, closes=True)
        return self._with_the_others(turn, draft, patient, done)

    def _promises(self, turn: Turn, draft: BookingDraft) -> dict[str, Any]:
        """Of a visit that moves; its doctor, whom the draft begins with, is a promise only if it was one."""
        assert draft.moving is not None
        before = load_appointment(turn.conn, turn.clinic.id, draft.moving).wishes
        only = draft.wishes.get("practitioner") == before.get("practitioner")
        return {name: wish for name, wish in draft.wishes.items() if name != "practitioner" or only}

    def _with_the_others(self, turn: Turn, draft: BookingDraft, booked: Patient, done: Reply) -> Reply:
        """ "My three children": one is booked, the next is a tap away."""
        others = others_said(turn, draft, booked)
        again = {key: getattr(draft, key) for key in ("specialty", "service", "gender", "language")}
        value = {key: given_before for key, given_before in again.items() if given_before is not None}
        choices = [
            Choice(one.name[:MOST_SIGNS], {**value, "patient": one.id, "people": list(draft.people)}, "also_for")
            for one in others[:MOST_ROWS]
        ]
        if not choices:
            return done
        text = f"{done.text}\n\n{say('booking_also_for', turn.language)}"
        button = say("booking_also_button", turn.language) if len(choices) > MOST_BUTTONS else None
        return replace(done, text=text, choices=tuple(choices), list_button=button)

    def _facts(self, turn: Turn, draft: BookingDraft, schedule: LiveSchedule, slot: Slot) -> dict[str, str]:
        language = turn.language
        patient = schedule.who(draft)
        return {
            "specialty": self._what(turn, draft, schedule),
            "practitioner": slot.practitioner.name(language),
            "when": render_moment(slot.start, turn.clinic.timezone, language),
            "patient": patient.name if isinstance(patient, Patient) else "",
        }

    def _what(self, turn: Turn, draft: BookingDraft, schedule: LiveSchedule) -> str:
        """The service, or the specialty of an ordinary visit."""
        service = schedule.service(draft) if draft.service else None
        return (service or schedule.specialty(draft.specialty)).name(turn.language)


BOOKING = BookingFlow("booking")
RESCHEDULING = BookingFlow("rescheduling")
