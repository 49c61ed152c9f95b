"""A day's appointments as the desk lists them, with what reception may do about each. Reads only, of one clinic."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Optional

from sqlalchemy import and_, exists, func, select
from sqlalchemy.engine import Connection

from clinic.attendance import UNDOABLE, UNDONE_WITHIN, is_unrecorded, mark_note, next_states
from clinic.database.tables import (
    appointment_events,
    appointments,
    conversations,
    patients,
    practitioners,
    services,
    specialties,
    tasks,
)

UNRECORDED = "unrecorded"
# In the order in which they are counted above the list.
SHOWN_STATES = (UNRECORDED, "booked", "confirmed", "arrived", "fulfilled", "noshow", "cancelled")


@dataclass(frozen=True)
class DayVisit:
    id: str
    status: str
    start: datetime
    end: datetime
    practitioner_id: str
    practitioner_en: str
    practitioner_ar: str
    specialty_en: str
    specialty_ar: str
    service_en: Optional[str]  # None: the specialty's ordinary visit
    service_ar: Optional[str]
    patient_name: Optional[str]
    contact_id: Optional[str]
    conversation_id: Optional[str]
    cancelled_by: Optional[str]
    cancelled_reason: Optional[str]
    running_late: bool
    marked_at: Optional[datetime]  # the newest mark with the status it has, by whomever

    def practitioner(self, language: str) -> str:
        return self.practitioner_ar if language == "ar" else self.practitioner_en

    def service(self, language: str) -> str:
        named = (self.service_ar, self.specialty_ar) if language == "ar" else (self.service_en, self.specialty_en)
        return named[0] or named[1]

    def state(self, now: datetime) -> str:
        """Its status, or that nobody wrote down whether they came."""
        return UNRECORDED if is_unrecorded(self.status, self.end, now) else self.status

    def next_states(self, now: datetime) -> tuple[str, ...]:
        return next_states(self.status, self.start, now)

    def may_undo(self, now: datetime) -> bool:
        return self.status in UNDOABLE and self.marked_at is not None and now - self.marked_at <= UNDONE_WITHIN


def load_day(
    conn: Connection, clinic_id: str, start: datetime, end: datetime, practitioner_id: Optional[str] = None
) -> list[DayVisit]:
    """What begins in `[start, end)`, by time, all or one doctor's; holds are not shown."""
    within = [appointments.c.starts_at >= start, appointments.c.starts_at < end]
    if practitioner_id is not None:
        within.append(appointments.c.practitioner_id == practitioner_id)
    return _visits(conn, clinic_id, *within)


def load_visit(conn: Connection, clinic_id: str, appointment_id: str) -> Optional[DayVisit]:
    """None when it is not this clinic's."""
    found = _visits(conn, clinic_id, appointments.c.id == appointment_id)
    return found[0] if found else None


def _visits(conn: Connection, clinic_id: str, *conditions: Any) -> list[DayVisit]:
    late = exists(
        select(tasks.c.id).where(
            tasks.c.clinic_id == clinic_id,
            tasks.c.appointment_id == appointments.c.id,
            tasks.c.kind == "running_late",
            tasks.c.done_at.is_(None),
        )
    )
    chat = (
        select(conversations.c.id)
        .where(conversations.c.clinic_id == clinic_id, conversations.c.contact_id == appointments.c.contact_id)
        .order_by(conversations.c.last_message_at.desc().nullslast(), conversations.c.id)
        .limit(1)
        .scalar_subquery()
    )
    marked = (
        select(func.max(appointment_events.c.created_at))
        .where(
            appointment_events.c.clinic_id == clinic_id,
            appointment_events.c.appointment_id == appointments.c.id,
            appointment_events.c.status == appointments.c.status,
            appointment_events.c.note.startswith(mark_note("")),
        )
        .scalar_subquery()
    )
    query = (
        select(
            appointments.c.id,
            appointments.c.status,
            appointments.c.starts_at,
            appointments.c.ends_at,
            practitioners.c.id,
            practitioners.c.name_en,
            practitioners.c.name_ar,
            specialties.c.name_en,
            specialties.c.name_ar,
            services.c.name_en,
            services.c.name_ar,
            patients.c.name,
            appointments.c.contact_id,
            chat,
            appointments.c.cancelled_by,
            appointments.c.cancelled_reason,
            late,
            marked,
        )
        .join(practitioners, practitioners.c.id == appointments.c.practitioner_id)
        .join(specialties, specialties.c.id == appointments.c.specialty_id)
        .outerjoin(services, services.c.id == appointments.c.service_id)
        .outerjoin(patients, patients.c.id == appointments.c.patient_id)
        .where(appointments.c.clinic_id == clinic_id, appointments.c.status != "proposed", and_(*conditions))
        .order_by(appointments.c.starts_at, practitioners.c.name_en, appointments.c.id)
    )
    return [DayVisit(*row) for row in conn.execute(query)]
