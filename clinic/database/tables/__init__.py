"""Every table of the clinic, as SQLAlchemy Core (1.4, 2.0 style). Migrations create them, nothing else does.

Conventions
- Ids are random UUIDs (strings in Python), so that an id tells nothing about other clinics' rows.
- Every row belongs to a clinic: each table carries `clinic_id`, and every query is scoped to one.
- Times are aware and stored in UTC (`timestamptz`); ranges are half open, `[start, end)`.
- Names follow FHIR R4 where FHIR has one (practitioner, appointment, status codes), Meta for messages.
"""

from __future__ import annotations

from clinic.database.tables.appointments import (
    APPOINTMENT_STATUSES,
    LIVE_STATUSES,
    appointment_events,
    appointments,
    encounters,
)
from clinic.database.tables.base import metadata
from clinic.database.tables.clinics import clinic_settings, clinics, faq_answers, insurers, whatsapp_numbers
from clinic.database.tables.conversations import (
    IN_OUTCOMES,
    OUT_STATUSES,
    OWNERS,
    TASK_KINDS,
    conversations,
    handoffs,
    messages,
    open_questions,
    tap_options,
    tasks,
    turns,
)
from clinic.database.tables.people import (
    access_events,
    api_keys,
    consents,
    contact_patients,
    contacts,
    patient_links,
    patients,
    staff,
    staff_sessions,
)
from clinic.database.tables.schedule import (
    GENDERS,
    SCHEDULE_TABLES,
    SEASONS,
    absences,
    extra_sessions,
    practitioner_specialties,
    practitioners,
    seasons,
    services,
    specialties,
    weekends,
    working_hours,
)
from clinic.database.tables.waitlist import (
    ENTRY_STATUSES,
    OFFER_STATUSES,
    freed_slots,
    waitlist_entries,
    waitlist_offers,
)

__all__ = [
    "metadata",
    "clinics",
    "whatsapp_numbers",
    "clinic_settings",
    "faq_answers",
    "insurers",
    "contacts",
    "patients",
    "patient_links",
    "contact_patients",
    "consents",
    "staff",
    "staff_sessions",
    "access_events",
    "api_keys",
    "GENDERS",
    "SEASONS",
    "specialties",
    "services",
    "practitioners",
    "practitioner_specialties",
    "working_hours",
    "seasons",
    "absences",
    "extra_sessions",
    "weekends",
    "SCHEDULE_TABLES",
    "LIVE_STATUSES",
    "APPOINTMENT_STATUSES",
    "appointments",
    "appointment_events",
    "encounters",
    "ENTRY_STATUSES",
    "OFFER_STATUSES",
    "waitlist_entries",
    "freed_slots",
    "waitlist_offers",
    "TASK_KINDS",
    "OWNERS",
    "OUT_STATUSES",
    "IN_OUTCOMES",
    "conversations",
    "open_questions",
    "tap_options",
    "turns",
    "messages",
    "handoffs",
    "tasks",
]
