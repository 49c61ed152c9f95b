"""The people behind a number: the one who writes, and those they book for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Optional

from sqlalchemy import insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.engine import Connection

from clinic.database.tables import contact_patients, contacts, patient_links, patients
from clinic.names import clean_name, may_be_same

__all__ = [
    "Patient",
    "add_patient",
    "clean_name",
    "living_patients_of",
    "patient_of_contact",
    "patients_of",
    "record_doubt",
    "self_of",
    "similar_in_household",
    "update_patient",
]


@dataclass(frozen=True)
class Patient:
    id: str
    name: str
    relationship: str  # self | child | spouse | parent | other, seen from the contact
    birth_date: Optional[date] = None  # only one that was said or written in full, never an estimate
    gender: Optional[str] = None  # FHIR: male | female | other | unknown
    language: Optional[str] = None  # en | ar
    deceased: bool = False


_COLUMNS = (
    patients.c.id,
    patients.c.name,
    contact_patients.c.relationship,
    patients.c.birth_date,
    patients.c.gender,
    patients.c.language,
    patients.c.deceased,
)


def patients_of(conn: Connection, clinic_id: str, contact_id: str) -> list[Patient]:
    """All of the household, in the order in which they became known. Who was merged into another is no longer one."""
    query = (
        select(*_COLUMNS)
        .join(contact_patients, contact_patients.c.patient_id == patients.c.id)
        .where(
            contact_patients.c.clinic_id == clinic_id,
            patients.c.clinic_id == clinic_id,
            contact_patients.c.contact_id == contact_id,
            patients.c.merged_into.is_(None),
        )
        .order_by(patients.c.created_at, patients.c.name)
    )
    return [Patient(*row) for row in conn.execute(query)]


def living_patients_of(conn: Connection, clinic_id: str, contact_id: str) -> list[Patient]:
    """Those whom a visit can be for."""
    return [patient for patient in patients_of(conn, clinic_id, contact_id) if not patient.deceased]


def patient_of_contact(conn: Connection, clinic_id: str, contact_id: str, patient_id: str) -> Optional[Patient]:
    """The patient, if of this contact and alive: what a tap or a draft names is checked with this."""
    living = living_patients_of(conn, clinic_id, contact_id)
    return next((patient for patient in living if patient.id == patient_id), None)


def add_patient(
    conn: Connection,
    clinic_id: str,
    contact_id: str,
    name: str,
    relationship: str,
    birth_date: Optional[date] = None,
    gender: Optional[str] = None,
) -> Patient:
    """A living patient of that name and relationship that the contact has already is used again; what was not known of
    them is filled in. Two birth dates that differ make two patients."""
    for known in living_patients_of(conn, clinic_id, contact_id):
        named_so = known.relationship == relationship and known.name.casefold() == name.casefold()
        if named_so and (birth_date is None or known.birth_date in (None, birth_date)):
            return _fill_in(conn, clinic_id, known, birth_date, gender)
    patient_id = conn.execute(
        insert(patients)
        .values(clinic_id=clinic_id, name=name, birth_date=birth_date, gender=gender)
        .returning(patients.c.id)
    ).scalar_one()
    conn.execute(
        insert(contact_patients).values(
            clinic_id=clinic_id, contact_id=contact_id, patient_id=patient_id, relationship=relationship
        )
    )
    return Patient(str(patient_id), name, relationship, birth_date, gender)


def _fill_in(
    conn: Connection, clinic_id: str, known: Patient, birth_date: Optional[date], gender: Optional[str]
) -> Patient:
    news: dict[str, Any] = {}
    if birth_date is not None and known.birth_date is None:
        news["birth_date"] = birth_date
    if gender is not None and known.gender in (None, "unknown"):
        news["gender"] = gender
    return update_patient(conn, clinic_id, known, **news) if news else known


def update_patient(conn: Connection, clinic_id: str, patient: Patient, **news: Any) -> Patient:
    """`news`: name, birth_date, gender, language or deceased. Raises KeyError for anything else, LookupError when the
    clinic has no such patient."""
    unknown = news.keys() - {"name", "birth_date", "gender", "language", "deceased"}
    if unknown:
        raise KeyError(*sorted(unknown))
    changed = conn.execute(
        update(patients).where(patients.c.clinic_id == clinic_id, patients.c.id == patient.id).values(**news)
    )
    if changed.rowcount == 0:
        raise LookupError("no such patient in this clinic")
    return replace(patient, **news)


def self_of(conn: Connection, clinic_id: str, contact_id: str) -> Optional[Patient]:
    """The one who writes, if we know a name for them: as a patient, or from their WhatsApp profile (then added)."""
    for known in patients_of(conn, clinic_id, contact_id):
        if known.relationship == "self":
            return known
    profile_name = conn.execute(
        select(contacts.c.profile_name).where(contacts.c.clinic_id == clinic_id, contacts.c.id == contact_id)
    ).scalar_one()
    name = clean_name(profile_name or "")
    return add_patient(conn, clinic_id, contact_id, name, "self") if name else None


def similar_in_household(
    conn: Connection, clinic_id: str, contact_id: str, name: str, relationship: str
) -> list[Patient]:
    """Those who may be the same as somebody of this name: asked about, never merged by this.

    Of the same relationship, or where one of both is only known as "other" ("for Sara").
    """
    return [
        patient
        for patient in living_patients_of(conn, clinic_id, contact_id)
        if (patient.relationship == relationship or "other" in (patient.relationship, relationship))
        and may_be_same(patient.name, name)
    ]


def record_doubt(conn: Connection, clinic_id: str, patient_id: str, other_id: str, state: str) -> None:
    """Note that two may be one (`asked`), or what the patient said of it (`same` | `different`).

    The pair has one row, whichever comes first. What a member of staff decided stays as it is.
    """
    if patient_id == other_id:
        raise ValueError("a patient is the same as themselves")
    known = conn.execute(
        select(patients.c.id).where(patients.c.clinic_id == clinic_id, patients.c.id.in_((patient_id, other_id)))
    )
    if len(known.all()) < 2:
        raise LookupError("no such patients in this clinic")
    first, second = sorted((patient_id, other_id))
    statement = upsert(patient_links).values(
        clinic_id=clinic_id, patient_id=first, other_patient_id=second, state=state
    )
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=[patient_links.c.patient_id, patient_links.c.other_patient_id],
            set_={"state": state},
            where=patient_links.c.decided_by.is_(None),
        )
    )
