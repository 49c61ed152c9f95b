"""Who writes, who is treated, who works at the desk."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from clinic.database.tables.base import created, metadata, of_clinic, one_of, own_id, ref

# Who writes: one WhatsApp identity. Several patients may stand behind it.
contacts = Table(
    "contacts",
    metadata,
    own_id(),
    of_clinic(),
    Column("user_id", Text),  # Meta's business-scoped id; may be missing
    Column("wa_id", Text),  # digits; may be missing
    Column("profile_name", Text),
    Column("language", Text, nullable=False, server_default="ar"),  # en | ar, of the newest message
    Column("last_inbound_at", DateTime(timezone=True)),  # opens Meta's 24-hour window
    created(),
    UniqueConstraint("clinic_id", "user_id"),
    UniqueConstraint("clinic_id", "wa_id"),
    CheckConstraint("user_id IS NOT NULL OR wa_id IS NOT NULL", name="identity"),
)

patients = Table(
    "patients",
    metadata,
    own_id(),
    of_clinic(),
    Column("name", Text, nullable=False),
    Column("gender", Text),  # FHIR: male | female | other | unknown
    Column("birth_date", Date),
    Column("language", Text),  # en | ar
    Column("conditions", ARRAY(Text), nullable=False, server_default="{}"),  # as the clinic names them
    Column("children", SmallInteger),
    Column("deceased", Boolean, nullable=False, server_default=text("false")),
    Column("external_id", Text),  # in the practice's own system
    ref("merged_into", "patients", nullable=True),  # reception found them to be one; never a merged one itself
    created(),
    CheckConstraint("merged_into <> id", name="merged"),
    CheckConstraint("gender IS NULL OR gender IN ('male', 'female', 'other', 'unknown')", name="gender"),
    UniqueConstraint("clinic_id", "external_id"),
)

# FHIR Linkage: two that may be one. Asked about, decided by a person, never merged by itself.
patient_links = Table(
    "patient_links",
    metadata,
    own_id(),
    of_clinic(),
    ref("patient_id", "patients"),
    ref("other_patient_id", "patients"),
    Column("state", Text, nullable=False, server_default="asked"),
    ref("decided_by", "staff", nullable=True),
    Column("decided_at", DateTime(timezone=True)),
    created(),
    one_of("state", ("asked", "same", "different"), "state"),
    UniqueConstraint("patient_id", "other_patient_id"),
)

# FHIR RelatedPerson: what the patient is to the contact who writes.
contact_patients = Table(
    "contact_patients",
    metadata,
    Column("contact_id", UUID(as_uuid=False), ForeignKey("contacts.id"), primary_key=True),
    Column("patient_id", UUID(as_uuid=False), ForeignKey("patients.id"), primary_key=True),
    of_clinic(),
    Column("relationship", Text, nullable=False),
    one_of("relationship", ("self", "child", "spouse", "parent", "other"), "relationship"),
)

# Newest row wins. purpose: care | marketing.
consents = Table(
    "consents",
    metadata,
    own_id(),
    of_clinic(),
    ref("contact_id", "contacts"),
    Column("purpose", Text, nullable=False),
    Column("granted", Boolean, nullable=False),
    Column("source", Text, nullable=False),
    created(),
    Index("ix_consents_contact", "contact_id", "purpose", "created_at"),
)

staff = Table(
    "staff",
    metadata,
    own_id(),
    of_clinic(),
    Column("username", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("password_hash", Text, nullable=False),  # argon2id
    Column("language", Text, nullable=False, server_default="ar"),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    created(),
    one_of("role", ("reception", "manager", "trainer"), "role"),
)

staff_sessions = Table(
    "staff_sessions",
    metadata,
    Column("token_hash", Text, primary_key=True),  # sha256 of the cookie's token
    of_clinic(),
    ref("staff_id", "staff"),
    Column("csrf_token", Text, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    created(),
)

# How a clinic's own systems reach the HTTP API.
api_keys = Table(
    "api_keys",
    metadata,
    own_id(),
    of_clinic(),
    Column("name", Text, nullable=False),  # which system
    Column("token_hash", Text, nullable=False, unique=True),  # sha256
    Column("last_used_at", DateTime(timezone=True)),
    Column("revoked_at", DateTime(timezone=True)),
    created(),
)

# Who saw or did what at the desk.
access_events = Table(
    "access_events",
    metadata,
    own_id(),
    of_clinic(),
    ref("staff_id", "staff"),
    Column("action", Text, nullable=False),  # view_conversation, reply, hand_back, ...
    Column("subject", Text, nullable=False),  # table:id
    created(),
)
