"""Which of a household a person of a message can be. Pure."""

from __future__ import annotations

from datetime import date
from typing import Optional, Sequence

from clinic.eligibility import age_on
from clinic.household import Person
from clinic.names import clean_name, is_shorter_or_same, usual_gender
from clinic.patients import Patient
from understanding.folding import fold

# Years between an age that is said and one that is known: more, and it is somebody else.
_AGE_SLACK = 2


def named(person: Person, household: Sequence[Patient]) -> list[Patient]:
    """Those whom the name means without a doubt: of the same name, or the only child, spouse or parent who goes by it.

    A relationship of "other" ("for Sara") fits any that has exactly that name.
    """
    name = clean_name(person.name or "")
    same = [patient for patient in household if fold(patient.name) == fold(name)]
    if person.relationship != "other":
        own = [patient for patient in same if patient.relationship == person.relationship]
        same = own or [patient for patient in same if patient.relationship == "other"]
    if same:
        return same
    if person.relationship not in ("child", "spouse", "parent", "self"):
        return []
    called = [
        patient
        for patient in household
        if patient.relationship == person.relationship
        and is_shorter_or_same(name, patient.name)
        and genders_agree(person, patient)
    ]
    return called if len(called) == 1 else []


def fitting(person: Person, household: Sequence[Patient], today: date) -> list[Patient]:
    """Those whose gender and age do not speak against it."""
    return [patient for patient in household if genders_agree(person, patient) and _ages_agree(person, patient, today)]


def genders_agree(person: Person, patient: Patient) -> bool:
    """A gender that nobody told is the one that the name usually has."""
    known: Optional[str] = patient.gender if patient.gender in ("male", "female") else usual_gender(patient.name)
    return person.gender is None or known in (None, person.gender)


def _ages_agree(person: Person, patient: Patient, today: date) -> bool:
    if patient.birth_date is None:
        return True
    if person.birth_date is not None:
        return person.birth_date == patient.birth_date
    if person.age_years is None:
        return True
    return abs(age_on(patient.birth_date, today) - person.age_years) <= _AGE_SLACK
