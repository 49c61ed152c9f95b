"""Who of a household somebody means, and who is added to it; what has to be known of them before a doctor sees them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Optional, Sequence, Union

from clinic.dialogue import Turn
from clinic.eligibility import REFUSALS, Born, Rules, born_about, born_in_year, may_see
from clinic.household import Person
from clinic.household_match import fitting, named
from clinic.names import clean_name
from clinic.patients import (
    Patient,
    add_patient,
    living_patients_of,
    record_doubt,
    self_of,
    similar_in_household,
    update_patient,
)


@dataclass(frozen=True)
class One:
    patient: Patient


@dataclass(frozen=True)
class Choose:
    """Several fit, or nobody was said."""

    candidates: tuple[Patient, ...]


@dataclass(frozen=True)
class SamePerson:
    """`person` may be the one who is known as `existing`."""

    existing: Patient
    person: Person


@dataclass(frozen=True)
class NeedsName:
    relationship: str
    gender: Optional[str] = None
    many: bool = False


@dataclass(frozen=True)
class NeedsBirthDate:
    """`why`: age_unknown, or near_limit where the age that was said is too near a limit of the doctor's."""

    patient: Patient
    why: str


@dataclass(frozen=True)
class NeedsGender:
    patient: Patient


Resolution = Union[One, Choose, SamePerson, NeedsName]
Missing = Union[NeedsBirthDate, NeedsGender]


def resolve(turn: Turn, said: Sequence[Person]) -> Resolution:
    """Whom the visit is for. Those who are named and certainly new are added.

    Of several people each is settled first, in the order said; then it is asked which of them the visit is for.
    Nobody said: the one who writes, if there is a name for them. Who says their own name and then speaks of others
    introduces themselves.
    """
    if not said:
        return _writer(turn, None)
    others = [person for person in said if person.relationship != "self" or person.name is None]
    settled: list[Patient] = []
    for person in others or said:
        resolution = _resolve_one(turn, person)
        if isinstance(resolution, Choose) and person.many and len(said) > 1:
            settled += resolution.candidates
        elif not isinstance(resolution, One):
            return resolution
        else:
            settled.append(resolution.patient)
    different = tuple({patient.id: patient for patient in settled}.values())
    return One(different[0]) if len(different) == 1 else Choose(different)


def add_all(turn: Turn, people: Sequence[Person]) -> list[Patient]:
    """Everybody who is named, added or found, in the order said; those without a name are left out.

    Where somebody may be one who is known, both stand, and the desk sees the doubt: nobody is asked here.
    """
    added = []
    for person in people:
        if person.name is None or not clean_name(person.name):
            continue
        resolution = _resolve_one(turn, person)
        added.append(resolution.patient if isinstance(resolution, One) else _add_in_doubt(turn, person))
    return list({patient.id: patient for patient in added}.values())


def choose_from(turn: Turn) -> Resolution:
    """Of the whole household: after "for someone else"."""
    household = _household(turn)
    return Choose(tuple(household)) if household else NeedsName("other")


def missing(
    doctors: Sequence[Rules], patient: Patient, on: date, person: Optional[Person], today: date
) -> Optional[Missing]:
    """What has to be asked before it is known which of these doctors sees the patient; None when one does, or none.

    `person`: what the message said of them, an age perhaps.
    """
    born = born_of(person, today) if person else None
    reasons = [may_see(doctor, patient, on, born) for doctor in doctors]
    if None in reasons or not set(reasons) - REFUSALS:
        return None
    if "age_unknown" in reasons:
        return NeedsBirthDate(patient, "near_limit" if born else "age_unknown")
    return NeedsGender(patient)


def born_of(person: Person, today: date) -> Optional[Born]:
    """What is said of somebody's age, as days between which they were born."""
    if person.birth_date is not None:
        return Born(person.birth_date, person.birth_date)
    if person.birth_year is not None:
        return born_in_year(person.birth_year, today)
    if person.age_years is None and person.age_months is None:
        return None
    return born_about(person.age_years or 0, person.age_months, today)


def add_another(turn: Turn, person: Person, existing: Patient) -> Patient:
    """A new patient beside one who might have been the same; the patient said that they are two."""
    added = _add(turn, person)
    if added.id != existing.id:
        record_doubt(turn.conn, turn.clinic.id, added.id, existing.id, "different")
    return added


def _resolve_one(turn: Turn, person: Person) -> Resolution:
    if person.relationship == "self":
        return _writer(turn, person)
    if person.name is None or not clean_name(person.name):
        return _unnamed(turn, person)
    return _resolve_named(turn, person)


def _resolve_named(turn: Turn, person: Person) -> Resolution:
    """Somebody named is one who is known when the name is the same, or when a child, a spouse or a parent is called by
    a part of the name or in the other script and only one fits ("my son Ali" of Ali Hassan): the household knows whom
    it means, and the name is said again before anything is booked. Everything else that is alike is asked."""
    same = named(person, _household(turn))
    if len(same) == 1:
        return One(_told(turn, same[0], person))
    if len(same) > 1:
        return Choose(tuple(same))
    similar = similar_in_household(
        turn.conn, turn.clinic.id, turn.conversation.contact_id, clean_name(person.name or ""), person.relationship
    )
    similar = fitting(person, similar, today_of(turn))
    if not similar:
        return One(_add(turn, person))
    return SamePerson(similar[0], person) if len(similar) == 1 else Choose(tuple(similar))


def _unnamed(turn: Turn, person: Person) -> Resolution:
    candidates = [
        patient
        for patient in fitting(person, _household(turn), today_of(turn))
        if patient.relationship == person.relationship
    ]
    if len(candidates) == 1 and not person.many:
        return One(_told(turn, candidates[0], person))
    if candidates:
        return Choose(tuple(candidates))
    return NeedsName(person.relationship, person.gender, person.many)


def _writer(turn: Turn, person: Optional[Person]) -> Resolution:
    """A name that somebody gives for themselves is a patient of its own where another is known for this number."""
    clinic_id, contact_id = turn.clinic.id, turn.conversation.contact_id
    name = clean_name(person.name or "") if person else ""
    if not name:
        known = self_of(turn.conn, clinic_id, contact_id)
        return One(known) if known else NeedsName("self")
    own = [patient for patient in _household(turn) if patient.relationship == "self"]
    if not own:
        return One(add_patient(turn.conn, clinic_id, contact_id, name, "self"))
    assert person is not None
    same = named(person, own)
    return One(_told(turn, same[0], person)) if same else SamePerson(own[0], person)


def _household(turn: Turn) -> list[Patient]:
    return living_patients_of(turn.conn, turn.clinic.id, turn.conversation.contact_id)


def _told(turn: Turn, patient: Patient, person: Person) -> Patient:
    """With what the message says of them and was not known."""
    news: dict[str, object] = {}
    if person.birth_date is not None and patient.birth_date is None:
        news["birth_date"] = person.birth_date
    if person.gender is not None and patient.gender in (None, "unknown"):
        news["gender"] = person.gender
    return update_patient(turn.conn, turn.clinic.id, patient, **news) if news else patient


def _add(turn: Turn, person: Person) -> Patient:
    return add_patient(
        turn.conn,
        turn.clinic.id,
        turn.conversation.contact_id,
        clean_name(person.name or ""),
        person.relationship,
        person.birth_date,
        person.gender,
    )


def _add_in_doubt(turn: Turn, person: Person) -> Patient:
    similar = similar_in_household(
        turn.conn, turn.clinic.id, turn.conversation.contact_id, clean_name(person.name or ""), person.relationship
    )
    added = _add(turn, person)
    for other in similar:
        if other.id != added.id:
            record_doubt(turn.conn, turn.clinic.id, added.id, other.id, "asked")
    return added


def today_of(turn: Turn) -> date:
    return turn.now.astimezone(turn.clinic.zone).date()
