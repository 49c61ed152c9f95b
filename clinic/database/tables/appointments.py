"""Holds, appointments, and what became of them."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Computed,
    Date,
    DateTime,
    Index,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE, ExcludeConstraint

from clinic.database.tables.base import created, metadata, of_clinic, one_of, own_id, ref

# Statuses in which an appointment occupies its practitioner's time. `proposed` is a hold while the patient decides.
# "Arrival not recorded" is no status: it is a booked or confirmed appointment whose time is over (appointments.py).
LIVE_STATUSES = ("proposed", "booked", "confirmed", "arrived", "fulfilled", "noshow")
APPOINTMENT_STATUSES = (*LIVE_STATUSES, "cancelled")

appointments = Table(
    "appointments",
    metadata,
    own_id(),
    of_clinic(),
    ref("practitioner_id", "practitioners"),
    ref("specialty_id", "specialties"),
    ref("contact_id", "contacts", nullable=True),
    ref("patient_id", "patients", nullable=True),  # a hold may not know yet
    Column("status", Text, nullable=False),
    Column("during", TSTZRANGE, nullable=False),
    # Of `during`, for the index that the search for free times reads alone.
    Column("starts_at", DateTime(timezone=True), Computed("lower(during)", persisted=True)),
    Column("ends_at", DateTime(timezone=True), Computed("upper(during)", persisted=True)),
    ref("service_id", "services", nullable=True),  # None: the specialty's ordinary visit
    # Promises to keep through moves and replacements: {"gender", "language", "practitioner"}.
    Column("wishes", JSONB, nullable=False, server_default="{}"),
    Column("moves", SmallInteger, nullable=False, server_default="0"),  # how often the patient moved it
    Column("source", Text, nullable=False, server_default="chat"),
    Column("external_id", Text),  # in the practice's own system
    Column("hold_expires_at", DateTime(timezone=True)),  # only while proposed
    Column("idempotency_key", Text),  # the wamid (or desk request) that booked it
    Column("cancelled_by", Text),  # patient | clinic
    Column("cancelled_reason", Text),
    created(),
    Column("updated_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    one_of("status", APPOINTMENT_STATUSES, "status"),
    CheckConstraint("(status = 'proposed') = (hold_expires_at IS NOT NULL)", name="hold"),
    CheckConstraint("status IN ('proposed', 'cancelled') OR patient_id IS NOT NULL", name="patient"),
    CheckConstraint("NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)", name="during"),
    one_of("source", ("chat", "desk", "import", "api"), "source"),
    UniqueConstraint("clinic_id", "idempotency_key"),
    UniqueConstraint("clinic_id", "external_id"),
    # Law 2: whoever asks, two live rows of one practitioner never overlap.
    ExcludeConstraint(
        ("practitioner_id", "="),
        ("during", "&&"),
        name="ex_appointments_overlap",
        using="gist",
        where=text("status <> 'cancelled'"),
    ),
    Index(
        "ix_appointments_busy",
        "practitioner_id",
        "starts_at",
        # Word for word as the search asks for it: then it is read, not worked out.
        text("encode(timestamptz_send(starts_at) || timestamptz_send(ends_at), 'hex')"),
        postgresql_include=["ends_at", "hold_expires_at"],
        postgresql_where=text("status <> 'cancelled'"),
    ),
    Index("ix_appointments_patient", "patient_id"),
    Index("ix_appointments_contact", "contact_id", text("lower(during)")),
    Index("ix_appointments_day", "clinic_id", text("lower(during)")),
)

# Each change of an appointment, with who and when.
appointment_events = Table(
    "appointment_events",
    metadata,
    own_id(),
    of_clinic(),
    ref("appointment_id", "appointments"),
    Column("status", Text, nullable=False),  # the new one
    Column("actor", Text, nullable=False),  # patient | staff:<id> | system
    Column("note", Text),
    Column("during", TSTZRANGE),  # as it stood after the change
    created(),
    Index("ix_appointment_events_appointment", "appointment_id", "created_at"),
)


# A visit that took place (FHIR Encounter), also of the years before us.
encounters = Table(
    "encounters",
    metadata,
    own_id(),
    of_clinic(),
    ref("patient_id", "patients"),
    ref("practitioner_id", "practitioners", nullable=True),
    ref("specialty_id", "specialties", nullable=True),
    ref("appointment_id", "appointments", nullable=True),
    Column("visited_on", Date, nullable=False),
    Column("kind", Text, nullable=False, server_default="single"),
    Column("external_id", Text),  # in the practice's own system
    created(),
    one_of("kind", ("single", "follow_up", "chronic"), "kind"),
    UniqueConstraint("clinic_id", "external_id"),
    Index("ix_encounters_patient", "patient_id", "visited_on"),
)
