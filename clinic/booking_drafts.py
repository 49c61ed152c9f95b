"""What a booking's draft becomes on the live schedule: the visit it moves, the doctor it names, a time as a row."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Mapping, Optional

from clinic.appointments import Appointment, upcoming_of
from clinic.booking import BookingDraft
from clinic.booking_answers import given
from clinic.dialogue import Message, Turn
from clinic.doctors import doctor_named
from clinic.live_schedule import LiveSchedule
from clinic.questions import Choice
from clinic.schedule import Slot, practitioners_of
from clinic.times import render_night, render_row


def of_an_older_bubble(turn: Turn, draft: BookingDraft) -> bool:
    tap = turn.message.tap
    if tap is None or tap.kind != "confirm":
        return False
    return (tap.value.get("start"), tap.value.get("moving")) != (draft.slot_start, draft.moving)


def of_another_visit(turn: Turn, draft: BookingDraft) -> BookingDraft:
    """A row of the list of another visit: that one moves, with what was promised for it and nothing of this one."""
    visit = visit_to_move(turn, draft.moving or "")
    if visit is None:
        return draft
    doctor = draft.slot_practitioner
    return replace(draft_of(visit), practitioner=doctor, slot_practitioner=doctor, slot_start=draft.slot_start)


def visit_to_move(turn: Turn, appointment_id: str) -> Optional[Appointment]:
    """The visit that gets a new time, while it is still ahead."""
    ahead = upcoming_of(turn.conn, turn.clinic.id, turn.conversation.contact_id, turn.now)
    return next((visit for visit in ahead if visit.id == appointment_id), None)


def slot_choice(
    turn: Turn, slot: Slot, specialty: str, *, moving: Optional[str] = None, service: Optional[str] = None
) -> Choice:
    """A free time as a row; a tap on it, also much later, says all that is needed to book or move."""
    local = slot.start.astimezone(turn.clinic.zone)
    value = {
        "specialty": specialty,
        "practitioner": slot.practitioner.id,
        "start": slot.start.isoformat(),
        "date": local.date().isoformat(),
        "clock": local.strftime("%H:%M"),
    }
    value |= {"moving": moving} if moving else {}
    value |= {"service": service} if service else {}
    title = render_row(slot.start, turn.now, turn.clinic.timezone, turn.language)
    night = render_night(slot.start, turn.clinic.timezone, turn.language)
    about = " · ".join(filter(None, (slot.practitioner.name(turn.language), night)))
    return Choice(title, value, "slot", about)


def find_doctor(turn: Turn, draft: BookingDraft, schedule: LiveSchedule) -> BookingDraft:
    """From a name as written to one practitioner; with it comes the specialty, if they have only one."""
    if draft.doctor_said is None:
        return draft
    said, draft = draft.doctor_said, replace(draft, doctor_said=None)
    for specialty in schedule.specialties():
        if draft.specialty not in (None, specialty.code):
            continue
        doctor = doctor_named(said, practitioners_of(turn.conn, turn.clinic.id, specialty.id))
        if doctor is not None:
            return replace(draft, practitioner=doctor.id, specialty=specialty.code)
    return draft


def newer_of_two(turn: Turn, draft: BookingDraft, schedule: LiveSchedule) -> BookingDraft:
    """A doctor, and a wish that this doctor does not keep: what was said last counts."""
    known = draft.specialty in {specialty.code for specialty in schedule.specialties()}
    if draft.practitioner is None or not known or schedule.doctors(draft):
        return draft
    without_wish, without_doctor = replace(draft, gender=None, language=None), replace(draft, practitioner=None)
    if not schedule.doctors(without_wish):
        return draft  # works here no more
    if turn.message.first("doctor") or (turn.message.tap and turn.message.tap.kind == "doctor"):
        return without_wish
    return without_doctor if schedule.doctors(without_doctor) else draft


def the_only_other(draft: BookingDraft, schedule: LiveSchedule) -> BookingDraft:
    """ "Another doctor", where there is exactly one: no list to choose from."""
    known = draft.specialty in {specialty.code for specialty in schedule.specialties()}
    if draft.asking != "doctor" or draft.practitioner is None or not known:
        return draft
    others = [
        doctor for doctor in schedule.doctors(replace(draft, practitioner=None)) if doctor.id != draft.practitioner
    ]
    return replace(draft, asking=None, practitioner=others[0].id) if len(others) == 1 else draft


def draft_of(appointment: Appointment) -> BookingDraft:
    """To move a visit: the same specialty and service, with the same doctor first, and what was promised."""
    return BookingDraft(
        specialty=appointment.specialty_code,
        service=appointment.service_id,
        practitioner=appointment.practitioner_id,
        gender=appointment.wishes.get("gender"),
        language=appointment.wishes.get("language"),
        moving=appointment.id,
    )


def read_wish(message: Message) -> Mapping[str, Any]:
    """What a message that wants to move a visit says of the new time."""
    known = given(message)
    return {key: known[key] for key in ("date", "time", "gender", "language") if known.get(key) is not None}
