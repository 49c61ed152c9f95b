"""Who wants to hear when a time frees up, what freed up, and who was offered it."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    DateTime,
    Index,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE

from clinic.database.tables.base import created, metadata, of_clinic, one_of, own_id, ref

ENTRY_STATUSES = ("waiting", "booked", "left", "expired")
OFFER_STATUSES = ("open", "won", "lost", "declined", "expired")

# A place in the queue (FHIR Appointment.status waitlist, without a time of its own).
waitlist_entries = Table(
    "waitlist_entries",
    metadata,
    own_id(),
    of_clinic(),
    ref("contact_id", "contacts"),
    ref("conversation_id", "conversations"),
    ref("patient_id", "patients"),
    ref("specialty_id", "specialties"),
    ref("service_id", "services", nullable=True),
    ref("practitioner_id", "practitioners", nullable=True),  # only this one will do
    ref("appointment_id", "appointments", nullable=True),  # what an earlier time would replace
    Column("wishes", JSONB, nullable=False, server_default="{}"),  # {"gender", "language", "date", "time"}
    Column("status", Text, nullable=False, server_default="waiting"),
    Column("until", DateTime(timezone=True)),  # of no use after this
    Column("updated_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    created(),  # the place in the queue
    one_of("status", ENTRY_STATUSES, "status"),
    Index(
        "ix_waitlist_entries_queue",
        "clinic_id",
        "specialty_id",
        "created_at",
        postgresql_where=text("status = 'waiting'"),
    ),
    # One wish of one patient stands once.
    Index(
        "uq_waitlist_entries_wish",
        "patient_id",
        "specialty_id",
        unique=True,
        postgresql_where=text("status = 'waiting'"),
    ),
)

# A time that became free and may be wanted. Written in the transaction that freed it.
freed_slots = Table(
    "freed_slots",
    metadata,
    own_id(),
    of_clinic(),
    ref("practitioner_id", "practitioners"),
    Column("during", TSTZRANGE, nullable=False),
    Column("settled_at", DateTime(timezone=True)),  # taken, past, or nobody wants it
    created(),
    Index("ix_freed_slots_open", "created_at", postgresql_where=text("settled_at IS NULL")),
)

waitlist_offers = Table(
    "waitlist_offers",
    metadata,
    own_id(),
    of_clinic(),
    ref("entry_id", "waitlist_entries"),
    ref("freed_slot_id", "freed_slots"),
    Column("during", TSTZRANGE, nullable=False),  # the visit it would be, within the freed time
    Column("status", Text, nullable=False, server_default="open"),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("settled_at", DateTime(timezone=True)),
    created(),
    one_of("status", OFFER_STATUSES, "status"),
    UniqueConstraint("entry_id", "freed_slot_id"),
)
