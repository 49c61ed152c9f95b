"""The waitlist: who waits for an earlier time, and which times keep what they were promised."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Mapping, Optional

from sqlalchemy import and_, exists, insert, or_, select, update
from sqlalchemy.engine import Connection, Row

from clinic.appointments import UPCOMING_STATUSES
from clinic.database.tables import (
    appointments,
    patients,
    services,
    specialties,
    waitlist_entries,
    waitlist_offers,
)
from clinic.eligibility import may_see
from clinic.patients import Patient
from clinic.schedule import Clinic, Slot, Specialty
from clinic.settings import BookingPolicy
from clinic.wishes import keeps


@dataclass(frozen=True)
class Visit:
    """The appointment that an earlier time would replace, as it stands now."""

    id: str
    practitioner_id: str
    start: datetime
    wishes: Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """A place in the queue. `wishes`: {"gender", "language", "date", "time"}, the last two as in `When`."""

    id: str
    clinic_id: str
    contact_id: str
    conversation_id: str
    patient: Patient
    specialty: Specialty
    service_id: Optional[str]
    minutes: int  # of the visit
    practitioner_id: Optional[str]  # only this one will do
    visit: Optional[Visit]
    wishes: Mapping[str, Any]
    until: Optional[datetime]  # of no use after this
    status: str
    joined_at: datetime  # the place in the queue


def join_queue(
    conn: Connection,
    clinic: Clinic,
    contact_id: str,
    conversation_id: str,
    specialty_id: str,
    patient_id: str,
    policy: BookingPolicy,
    now: datetime,
    *,
    service_id: Optional[str] = None,
    practitioner_id: Optional[str] = None,
    appointment_id: Optional[str] = None,
    wishes: Optional[Mapping[str, Any]] = None,
) -> Entry:
    """Take a place. Who waits already (the same patient, the same specialty) keeps theirs, with the newest wish.

    An entry that another contact made for the patient is returned as it is.
    """
    known = conn.execute(
        select(waitlist_entries.c.id, waitlist_entries.c.contact_id)
        .where(
            waitlist_entries.c.clinic_id == clinic.id,
            waitlist_entries.c.patient_id == patient_id,
            waitlist_entries.c.specialty_id == specialty_id,
            waitlist_entries.c.status == "waiting",
        )
        .with_for_update()
    ).one_or_none()
    if known is not None and known.contact_id != contact_id:
        return load_entry(conn, clinic.id, known.id)
    values = {
        "conversation_id": conversation_id,
        "service_id": service_id,
        "practitioner_id": practitioner_id,
        "appointment_id": appointment_id,
        "wishes": {key: value for key, value in (wishes or {}).items() if value is not None},
        "until": _until(conn, clinic.id, appointment_id, now + policy.horizon),
        "updated_at": now,
    }
    if known is not None:
        conn.execute(update(waitlist_entries).where(waitlist_entries.c.id == known.id).values(**values))
        return load_entry(conn, clinic.id, known.id)
    entry_id = conn.execute(
        insert(waitlist_entries)
        .values(
            clinic_id=clinic.id,
            contact_id=contact_id,
            patient_id=patient_id,
            specialty_id=specialty_id,
            created_at=now,
            **values,
        )
        .returning(waitlist_entries.c.id)
    ).scalar_one()
    return load_entry(conn, clinic.id, entry_id)


def _until(conn: Connection, clinic_id: str, appointment_id: Optional[str], latest: datetime) -> datetime:
    """The start of the visit as it stands on joining, so that a visit which moved forward by itself is recognised."""
    if appointment_id is None:
        return latest
    return conn.execute(
        select(appointments.c.starts_at).where(
            appointments.c.clinic_id == clinic_id, appointments.c.id == appointment_id
        )
    ).scalar_one()


def leave_queue(
    conn: Connection, clinic_id: str, contact_id: str, now: datetime, entry_id: Optional[str] = None
) -> int:
    """Give up one place, or all of this contact; returns how many."""
    whose = [waitlist_entries.c.contact_id == contact_id]
    if entry_id is not None:
        whose.append(waitlist_entries.c.id == entry_id)
    return len(end_entries(conn, clinic_id, "left", now, *whose))


def end_stale_entries(conn: Connection, clinic_id: str, now: datetime) -> None:
    """Nobody waits for what they have, or for what is past. A visit that moved to a later time is waited for longer."""
    of_visit = and_(
        appointments.c.id == waitlist_entries.c.appointment_id, appointments.c.clinic_id == waitlist_entries.c.clinic_id
    )
    upcoming = and_(of_visit, appointments.c.status.in_(UPCOMING_STATUSES))
    conn.execute(
        update(waitlist_entries)
        .where(
            waitlist_entries.c.clinic_id == clinic_id,
            waitlist_entries.c.status == "waiting",
            upcoming,
            appointments.c.starts_at > waitlist_entries.c.until,
        )
        .values(until=appointments.c.starts_at)
    )
    sooner = exists().where(and_(upcoming, appointments.c.starts_at < waitlist_entries.c.until))
    end_entries(conn, clinic_id, "booked", now, sooner)
    gone = and_(
        waitlist_entries.c.appointment_id.is_not(None), ~exists().where(and_(upcoming, appointments.c.starts_at > now))
    )
    dead = exists().where(and_(patients.c.id == waitlist_entries.c.patient_id, patients.c.deceased))
    end_entries(conn, clinic_id, "expired", now, or_(waitlist_entries.c.until <= now, gone, dead))


def tie_to_visit(conn: Connection, clinic_id: str, appointment_id: str, now: datetime) -> None:
    """Who waited for a new visit and has one now waits for an earlier time of it: none is booked twice."""
    visit = conn.execute(
        select(appointments.c.patient_id, appointments.c.specialty_id, appointments.c.starts_at).where(
            appointments.c.clinic_id == clinic_id, appointments.c.id == appointment_id
        )
    ).one()
    conn.execute(
        update(waitlist_entries)
        .where(
            waitlist_entries.c.clinic_id == clinic_id,
            waitlist_entries.c.patient_id == visit.patient_id,
            waitlist_entries.c.specialty_id == visit.specialty_id,
            waitlist_entries.c.appointment_id.is_(None),
            waitlist_entries.c.status == "waiting",
        )
        .values(appointment_id=appointment_id, until=visit.starts_at, updated_at=now)
    )


def end_entries(conn: Connection, clinic_id: str, status: str, now: datetime, *conditions: object) -> list[str]:
    """Returns their ids. Open offers end with the place."""
    ended = (
        conn.execute(
            update(waitlist_entries)
            .where(waitlist_entries.c.clinic_id == clinic_id, waitlist_entries.c.status == "waiting", *conditions)
            .values(status=status, updated_at=now)
            .returning(waitlist_entries.c.id)
        )
        .scalars()
        .all()
    )
    if ended:
        conn.execute(
            update(waitlist_offers)
            .where(
                waitlist_offers.c.clinic_id == clinic_id,
                waitlist_offers.c.entry_id.in_(ended),
                waitlist_offers.c.status == "open",
            )
            .values(status="expired", settled_at=now)
        )
    return list(ended)


def entries_of(conn: Connection, clinic_id: str, contact_id: str) -> list[Entry]:
    """What this contact waits for, in the order of joining."""
    whose = waitlist_entries.c.contact_id == contact_id
    return select_entries(conn, clinic_id, whose, waitlist_entries.c.status == "waiting")


def load_entry(conn: Connection, clinic_id: str, entry_id: str) -> Entry:
    """Also one that waits no more."""
    [entry] = select_entries(conn, clinic_id, waitlist_entries.c.id == entry_id)
    return entry


_VISIT = [appointments.c[name] for name in ("id", "practitioner_id", "starts_at", "wishes")]
_PATIENT = [patients.c[name] for name in ("id", "name", "birth_date", "gender", "language", "deceased")]
_SPECIALTY = [specialties.c[name] for name in Specialty.__dataclass_fields__]


def select_entries(conn: Connection, clinic_id: str, *conditions: Any) -> list[Entry]:
    """In the order of joining. What an entry refers to is read as it stands now."""
    columns = [
        *(waitlist_entries.c[name] for name in waitlist_entries.c.keys()),
        *(column.label(f"visit_{column.name}") for column in _VISIT),
        *(column.label(f"patient_{column.name}_") for column in _PATIENT),
        *(column.label(f"specialty_{column.name}_") for column in _SPECIALTY),
        services.c.minutes.label("service_minutes"),
    ]
    query = (
        select(*columns)
        .join(patients, patients.c.id == waitlist_entries.c.patient_id)
        .join(specialties, specialties.c.id == waitlist_entries.c.specialty_id)
        .outerjoin(services, services.c.id == waitlist_entries.c.service_id)
        .outerjoin(appointments, appointments.c.id == waitlist_entries.c.appointment_id)
        .where(waitlist_entries.c.clinic_id == clinic_id, *conditions)
        .order_by(waitlist_entries.c.created_at, waitlist_entries.c.id)
    )
    return [_entry(row) for row in conn.execute(query)]


def _entry(row: Row) -> Entry:
    values = row._mapping
    specialty = Specialty(*(values[f"specialty_{column.name}_"] for column in _SPECIALTY))
    patient = Patient(**{column.name: values[f"patient_{column.name}_"] for column in _PATIENT}, relationship="other")
    visit = Visit(*(values[f"visit_{column.name}"] for column in _VISIT)) if row.appointment_id else None
    return Entry(
        id=row.id,
        clinic_id=row.clinic_id,
        contact_id=row.contact_id,
        conversation_id=row.conversation_id,
        patient=patient,
        specialty=specialty,
        service_id=row.service_id,
        minutes=row.service_minutes or specialty.minutes,
        practitioner_id=row.practitioner_id,
        visit=visit,
        wishes=row.wishes,
        until=row.until,
        status=row.status,
        joined_at=row.created_at,
    )


def suits(slot: Slot, entry: Entry, clinic: Clinic) -> bool:
    """Whether it is earlier, in time, and with a doctor who keeps what was promised and sees this patient."""
    visit, doctor = entry.visit, slot.practitioner
    promises = [entry.wishes, visit.wishes if visit else {}]
    only = {entry.practitioner_id, visit.wishes.get("practitioner") if visit else None} - {None}
    return (
        (visit is None or slot.start < visit.start)
        and (entry.until is None or slot.start < entry.until)
        and only <= {doctor.id}
        and all(keeps(doctor, promise.get("gender"), promise.get("language")) for promise in promises)
        and not entry.patient.deceased
        and _sees(slot, entry, clinic)
    )


def _sees(slot: Slot, entry: Entry, clinic: Clinic) -> bool:
    """A doctor whom the patient has a visit with already was found fit, even where an age is not on record."""
    refusal = may_see(slot.practitioner, entry.patient, slot.start.astimezone(clinic.zone).date())
    if refusal in ("age_unknown", "gender_unknown"):
        return entry.visit is not None and entry.visit.practitioner_id == slot.practitioner.id
    return refusal is None
