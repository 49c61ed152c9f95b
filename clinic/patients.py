"""The people behind a number: the one who writes, and those they book for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from clinic.database.tables import contact_patients, contacts, patients


@dataclass(frozen=True)
class Patient:
    id: str
    name: str
    relationship: str  # self | child | spouse | parent | other, seen from the contact


def patients_of(conn: Connection, clinic_id: str, contact_id: str) -> list[Patient]:
    query = (
        select(patients.c.id, patients.c.name, contact_patients.c.relationship)
        .join(contact_patients, contact_patients.c.patient_id == patients.c.id)
        .where(contact_patients.c.clinic_id == clinic_id, contact_patients.c.contact_id == contact_id)
        .order_by(patients.c.created_at, patients.c.name)
    )
    return [Patient(*row) for row in conn.execute(query)]


def add_patient(conn: Connection, clinic_id: str, contact_id: str, name: str, relationship: str) -> Patient:
    """A patient of that name and relationship that the contact has already is used again."""
    for known in patients_of(conn, clinic_id, contact_id):
        if known.relationship == relationship and known.name.casefold() == name.casefold():
            return known
    patient_id = conn.execute(
        insert(patients).values(clinic_id=clinic_id, name=name).returning(patients.c.id)
    ).scalar_one()
    conn.execute(
        insert(contact_patients).values(
            clinic_id=clinic_id, contact_id=contact_id, patient_id=patient_id, relationship=relationship
        )
    )
    return Patient(str(patient_id), name, relationship)


def self_of(conn: Connection, clinic_id: str, contact_id: str) -> Optional[Patient]:
    """The one who writes, if we know a name for them: as a patient, or from their WhatsApp profile (then added)."""
    for known in patients_of(conn, clinic_id, contact_id):
        if known.relationship == "self":
            return known
    profile_name = conn.execute(select(contacts.c.profile_name).where(contacts.c.id == contact_id)).scalar_one()
    name = clean_name(profile_name or "")
    return add_patient(conn, clinic_id, contact_id, name, "self") if name else None


def clean_name(raw: str) -> str:
    """Letters, spaces, dots, hyphens and apostrophes, at most 60; "" when nothing is left to call somebody by."""
    kept = "".join(sign for sign in raw if sign.isalpha() or sign in " .-'’")
    name = " ".join(kept.split())[:60].strip(" .-'’")
    return name if sum(sign.isalpha() for sign in name) >= 2 else ""
