"""Reception's open tasks, with whom and which visit they are about. Reads only, of one clinic."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Optional

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from clinic.database.tables import (
    appointments,
    contacts,
    conversations,
    messages,
    patients,
    practitioners,
    tasks,
)
from clinic.patient_links import count_open_doubts

MOST_TASKS = 300


@dataclass(frozen=True)
class OpenTask:
    """`asked` is the message that asked, "" where it was no message; the visit is None where it is about none."""

    id: str
    kind: str
    opened_at: datetime
    conversation_id: Optional[str]
    contact_id: Optional[str]
    profile_name: Optional[str]
    wa_id: Optional[str]
    patient_name: Optional[str]
    asked: str
    visit_start: Optional[datetime]
    visit_status: Optional[str]
    practitioner_en: Optional[str]
    practitioner_ar: Optional[str]

    @property
    def name(self) -> str:
        """The patient's where it is known, else as the one who writes calls themselves, else the number."""
        return (self.patient_name or self.profile_name or "").strip() or self.number

    @property
    def number(self) -> str:
        return f"+{self.wa_id}" if self.wa_id else ""

    def practitioner(self, language: str) -> str:
        return (self.practitioner_ar if language == "ar" else self.practitioner_en) or ""


def list_tasks(conn: Connection, clinic_id: str) -> list[OpenTask]:
    """Oldest first."""
    contact_id = func.coalesce(conversations.c.contact_id, appointments.c.contact_id)
    patient_id = func.coalesce(tasks.c.patient_id, appointments.c.patient_id)
    query = (
        select(
            tasks.c.id,
            tasks.c.kind,
            tasks.c.opened_at,
            tasks.c.conversation_id,
            contacts.c.id,
            contacts.c.profile_name,
            contacts.c.wa_id,
            patients.c.name,
            func.coalesce(messages.c.text, ""),
            appointments.c.starts_at,
            appointments.c.status,
            practitioners.c.name_en,
            practitioners.c.name_ar,
        )
        .select_from(tasks)
        .outerjoin(conversations, conversations.c.id == tasks.c.conversation_id)
        .outerjoin(appointments, appointments.c.id == tasks.c.appointment_id)
        .outerjoin(contacts, contacts.c.id == contact_id)
        .outerjoin(patients, patients.c.id == patient_id)
        .outerjoin(practitioners, practitioners.c.id == appointments.c.practitioner_id)
        .outerjoin(messages, messages.c.id == tasks.c.message_id)
        .where(tasks.c.clinic_id == clinic_id, tasks.c.done_at.is_(None))
        .order_by(tasks.c.opened_at, tasks.c.id)
        .limit(MOST_TASKS)
    )
    return [OpenTask(*row) for row in conn.execute(query)]


def count_open_tasks(conn: Connection, clinic_id: str) -> int:
    """With the doubts about who is who: they are to be done as well."""
    query = select(func.count()).select_from(tasks).where(tasks.c.clinic_id == clinic_id, tasks.c.done_at.is_(None))
    return int(conn.execute(query).scalar_one()) + count_open_doubts(conn, clinic_id)


def is_own_task(conn: Connection, clinic_id: str, task_id: str) -> bool:
    """Also one that is done."""
    query = select(tasks.c.id).where(tasks.c.clinic_id == clinic_id, tasks.c.id == task_id)
    return conn.execute(query).first() is not None
