"""Who a booking is for: from its draft to the household and back (household_flow.py has the household's rules)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, Optional, Union

from clinic.appointments import load_appointment, upcoming_of
from clinic.booking import Ask, BookingDraft
from clinic.booking_answers import OWN_INTENTS, person_json, person_of
from clinic.dialogue import CONFIDENT, Asks, Reply, Turn
from clinic.eligibility import Born, Rules, may_see
from clinic.household import Person
from clinic.household_flow import (
    Answered,
    Choose,
    Missing,
    NeedsGender,
    NeedsName,
    One,
    Resolution,
    ask_about,
    born_of,
    choose_from,
    missing,
    question_kind,
    read_reply,
    resolve,
)
from clinic.names import usual_gender
from clinic.patients import Patient, patient_of_contact, patients_of
from clinic.questions import OpenQuestion
from clinic.short_answers import choice_said, says_stop


def known_visitor(turn: Turn, draft: BookingDraft) -> Optional[Patient]:
    """The patient, where that is known without asking."""
    clinic_id, contact_id = turn.clinic.id, turn.conversation.contact_id
    chosen = draft.patient
    if draft.moving is not None:
        chosen = load_appointment(turn.conn, clinic_id, draft.moving).patient_id
    if chosen is not None:
        return patient_of_contact(turn.conn, clinic_id, contact_id, chosen)
    if draft.people:
        found = resolve(turn, [person_of(one) for one in draft.people])
        return found.patient if isinstance(found, One) else None
    if draft.asking in ("patient", "name"):
        return None
    return next((one for one in patients_of(turn.conn, clinic_id, contact_id) if one.relationship == "self"), None)


def visitor(turn: Turn, draft: BookingDraft) -> Union[Patient, Ask]:
    """The patient, or the question that has to be put."""
    known = known_visitor(turn, draft)
    if known is not None:
        return known
    found = _resolve(turn, draft)
    return found.patient if isinstance(found, One) else Ask(question_kind(found), (found,))


def _resolve(turn: Turn, draft: BookingDraft) -> Resolution:
    if draft.people:
        return resolve(turn, [person_of(one) for one in draft.people])
    if draft.asking == "name":
        return NeedsName("other")
    if draft.asking != "patient":
        return resolve(turn, ())
    found = choose_from(turn)
    # "For someone else", and there is nobody else yet.
    alone = isinstance(found, Choose) and all(one.relationship == "self" for one in found.candidates)
    return NeedsName("other") if alone else found


def said_of(draft: BookingDraft, patient: Patient) -> Optional[Person]:
    """What the messages said of this patient, an age perhaps."""
    people = [person_of(one) for one in draft.people]
    return people[0] if len(people) == 1 else next((one for one in people if one.name == patient.name), None)


def born(turn: Turn, draft: BookingDraft, patient: Patient) -> Optional[Born]:
    person = said_of(draft, patient)
    return born_of(person, _today(turn)) if person else None


def against(turn: Turn, draft: BookingDraft, doctor: Rules, patient: Patient, on: date) -> Union[str, Ask, None]:
    """Why this doctor does not see the patient on that day; or what has to be asked to know."""
    unknown: Optional[Missing] = missing([doctor], patient, on, said_of(draft, patient), _today(turn))
    if isinstance(unknown, NeedsGender) and usual_gender(patient.name) == doctor.patients_gender:
        # Nobody called Mona is asked whether she is a woman; it is not written down either.
        return against(turn, draft, doctor, replace(patient, gender=doctor.patients_gender), on)
    if unknown is not None:
        return Ask(question_kind(unknown), (unknown,))
    return may_see(doctor, patient, on, born(turn, draft, patient))


def ask_about_visitor(turn: Turn, flow: str, draft: BookingDraft, step: Ask) -> Reply:
    return ask_about(turn, step.options[0], Asks(flow, step.kind, draft.to_json()))


def read_visitor(turn: Turn, question: OpenQuestion, draft: BookingDraft) -> Optional[dict[str, Any]]:
    """What the message changes in the draft, if it answers a question about the patient."""
    message = turn.message
    if message.tap is None and says_stop(message.text):
        return None
    chosen = message.tap.kind if message.tap else getattr(choice_said(message.text, question.choices), "kind", None)
    if question.kind == "patient" and chosen == "someone_else":
        return {"asking": "name", "people": (), "patient": None, "confirmed": False}
    if chosen is None and message.intent not in OWN_INTENTS and message.confidence >= CONFIDENT:
        return None
    people = [person_of(one) for one in draft.people]
    answered = read_reply(turn, question.kind, question.choices, people, known_visitor(turn, draft))
    return None if answered is None else _changes(draft, answered)


def _changes(draft: BookingDraft, answered: Answered) -> dict[str, Any]:
    """Of several people that were said one is chosen; the others are not forgotten."""
    said = tuple(map(person_json, answered.people))
    return {
        "patient": answered.patient.id if answered.patient else None,
        "people": said or (draft.people if len(draft.people) > 1 else ()),
        "asking": None,
        "confirmed": False,
    }


def others_said(turn: Turn, draft: BookingDraft, booked: Patient) -> list[Patient]:
    """Those that the messages named beside the one who has been booked for, and who have no such visit yet."""
    people = [person_of(one) for one in draft.people]
    found = [resolve(turn, [person]) for person in people] if len(people) > 1 else []
    patients = {one.patient.id: one.patient for one in found if isinstance(one, One)}
    ahead = upcoming_of(turn.conn, turn.clinic.id, turn.conversation.contact_id, turn.now)
    have = {visit.patient_id for visit in ahead if visit.specialty_code == draft.specialty} | {booked.id}
    return [patient for patient in patients.values() if patient.id not in have]


def _today(turn: Turn) -> date:
    return turn.now.astimezone(turn.clinic.zone).date()
