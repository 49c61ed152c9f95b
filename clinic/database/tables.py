"""Every table of the clinic, as SQLAlchemy Core (1.4, 2.0 style). Migrations create them, nothing else does.

Conventions
- Ids are random UUIDs (strings in Python), so that an id tells nothing about other clinics' rows.
- Every row belongs to a clinic: each table carries `clinic_id`, and every query is scoped to one.
- Times are aware and stored in UTC (`timestamptz`); ranges are half open, `[start, end)`.
- Names follow FHIR R4 where FHIR has one (practitioner, appointment, status codes), Meta for messages.
"""

from __future__ import annotations

import uuid

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Numeric,
    SmallInteger,
    Table,
    Text,
    Time,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE, UUID, ExcludeConstraint

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Statuses in which an appointment occupies its practitioner's time. `proposed` is a hold while the patient decides.
LIVE_STATUSES = ("proposed", "booked", "confirmed", "arrived", "fulfilled", "noshow")
APPOINTMENT_STATUSES = (*LIVE_STATUSES, "cancelled")
OWNERS = ("bot", "person")
# Outgoing: queued -> sending -> accepted -> sent -> delivered -> read; or failed, unsure, cancelled.
OUT_STATUSES = ("queued", "sending", "accepted", "sent", "delivered", "read", "failed", "unsure", "cancelled")
# Incoming: open until it has its one outcome.
IN_OUTCOMES = ("turn", "desk", "ignored")


def _id() -> Column:
    return Column("id", UUID(as_uuid=False), primary_key=True, default=lambda: str(uuid.uuid4()))


def _clinic() -> Column:
    return Column("clinic_id", UUID(as_uuid=False), ForeignKey("clinics.id"), nullable=False)


def _ref(name: str, target: str, nullable: bool = False) -> Column:
    return Column(name, UUID(as_uuid=False), ForeignKey(f"{target}.id"), nullable=nullable)


def _created() -> Column:
    return Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now())


def _in(column: str, values: tuple[str, ...], name: str) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=name)


clinics = Table(
    "clinics",
    metadata,
    _id(),
    Column("name_en", Text, nullable=False),
    Column("name_ar", Text, nullable=False),
    Column("country", Text, nullable=False),  # ISO 3166-1 alpha-2
    Column("timezone", Text, nullable=False),  # IANA
    Column("currency", Text, nullable=False),  # ISO 4217
    Column("emergency_number", Text, nullable=False),
    Column("address_en", Text, nullable=False, server_default=""),
    Column("address_ar", Text, nullable=False, server_default=""),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("map_url", Text),
    Column("phone", Text),
    _created(),
)

# A clinic's WhatsApp Business numbers; the key is Meta's phone_number_id.
whatsapp_numbers = Table(
    "whatsapp_numbers",
    metadata,
    Column("phone_number_id", Text, primary_key=True),
    _clinic(),
    Column("display_phone_number", Text, nullable=False),  # digits only, as in webhooks
    Column("business_account_id", Text, nullable=False),
    _created(),
)

# A clinic's own values over the defaults (see clinic/settings.py).
clinic_settings = Table(
    "clinic_settings",
    metadata,
    Column("clinic_id", UUID(as_uuid=False), ForeignKey("clinics.id"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("value", JSONB, nullable=False),
)

# The clinic's own texts for questions with one answer; topic is the intent without `faq_`.
faq_answers = Table(
    "faq_answers",
    metadata,
    Column("clinic_id", UUID(as_uuid=False), ForeignKey("clinics.id"), primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("language", Text, primary_key=True),  # en | ar
    Column("text", Text, nullable=False),
)

insurers = Table(
    "insurers",
    metadata,
    _id(),
    _clinic(),
    Column("code", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("name_ar", Text, nullable=False),
    UniqueConstraint("clinic_id", "code"),
)

# --- people -----------------------------------------------------------------------------------------------------------

# Who writes: one WhatsApp identity. Several patients may stand behind it.
contacts = Table(
    "contacts",
    metadata,
    _id(),
    _clinic(),
    Column("user_id", Text),  # Meta's business-scoped id; may be missing
    Column("wa_id", Text),  # digits; may be missing
    Column("profile_name", Text),
    Column("language", Text, nullable=False, server_default="ar"),  # en | ar, of the newest message
    Column("last_inbound_at", DateTime(timezone=True)),  # opens Meta's 24-hour window
    _created(),
    UniqueConstraint("clinic_id", "user_id"),
    UniqueConstraint("clinic_id", "wa_id"),
    CheckConstraint("user_id IS NOT NULL OR wa_id IS NOT NULL", name="identity"),
)

patients = Table(
    "patients",
    metadata,
    _id(),
    _clinic(),
    Column("name", Text, nullable=False),
    Column("gender", Text),  # FHIR: male | female | other | unknown
    Column("birth_date", Date),
    _created(),
)

# FHIR RelatedPerson: what the patient is to the contact who writes.
contact_patients = Table(
    "contact_patients",
    metadata,
    Column("contact_id", UUID(as_uuid=False), ForeignKey("contacts.id"), primary_key=True),
    Column("patient_id", UUID(as_uuid=False), ForeignKey("patients.id"), primary_key=True),
    _clinic(),
    Column("relationship", Text, nullable=False),
    _in("relationship", ("self", "child", "spouse", "parent", "other"), "relationship"),
)

# Newest row wins. purpose: care | marketing.
consents = Table(
    "consents",
    metadata,
    _id(),
    _clinic(),
    _ref("contact_id", "contacts"),
    Column("purpose", Text, nullable=False),
    Column("granted", Boolean, nullable=False),
    Column("source", Text, nullable=False),
    _created(),
    Index("ix_consents_contact", "contact_id", "purpose", "created_at"),
)

staff = Table(
    "staff",
    metadata,
    _id(),
    _clinic(),
    Column("username", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("password_hash", Text, nullable=False),  # argon2id
    Column("language", Text, nullable=False, server_default="ar"),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    _created(),
    _in("role", ("reception", "manager", "trainer"), "role"),
)

staff_sessions = Table(
    "staff_sessions",
    metadata,
    Column("token_hash", Text, primary_key=True),  # sha256 of the cookie's token
    _clinic(),
    _ref("staff_id", "staff"),
    Column("csrf_token", Text, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    _created(),
)

# Who saw or did what at the desk.
access_events = Table(
    "access_events",
    metadata,
    _id(),
    _clinic(),
    _ref("staff_id", "staff"),
    Column("action", Text, nullable=False),  # view_conversation, reply, hand_back, ...
    Column("subject", Text, nullable=False),  # table:id
    _created(),
)

# --- schedule ---------------------------------------------------------------------------------------------------------

specialties = Table(
    "specialties",
    metadata,
    _id(),
    _clinic(),
    Column("code", Text, nullable=False),  # the value of the entity `specialty`
    Column("name_en", Text, nullable=False),
    Column("name_ar", Text, nullable=False),
    Column("minutes", SmallInteger, nullable=False, server_default="30"),  # length of a visit
    Column("price", Numeric(10, 2)),
    Column("position", SmallInteger, nullable=False, server_default="0"),
    UniqueConstraint("clinic_id", "code"),
    CheckConstraint("minutes > 0", name="minutes"),
)

practitioners = Table(
    "practitioners",
    metadata,
    _id(),
    _clinic(),
    Column("name_en", Text, nullable=False),
    Column("name_ar", Text, nullable=False),
    Column("gender", Text, nullable=False),
    Column("active", Boolean, nullable=False, server_default=text("true")),
)

practitioner_specialties = Table(
    "practitioner_specialties",
    metadata,
    Column("practitioner_id", UUID(as_uuid=False), ForeignKey("practitioners.id"), primary_key=True),
    Column("specialty_id", UUID(as_uuid=False), ForeignKey("specialties.id"), primary_key=True),
    _clinic(),
)

# A weekly session. Past midnight when end_time <= start_time; it then belongs to the day on which it starts.
working_hours = Table(
    "working_hours",
    metadata,
    _id(),
    _clinic(),
    _ref("practitioner_id", "practitioners"),
    Column("weekday", SmallInteger, nullable=False),  # Monday 0 ... Sunday 6, as datetime.weekday()
    Column("start_time", Time, nullable=False),  # wall clock of the clinic
    Column("end_time", Time, nullable=False),
    UniqueConstraint("practitioner_id", "weekday", "start_time"),
    CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
    CheckConstraint("start_time <> end_time", name="length"),
)

appointments = Table(
    "appointments",
    metadata,
    _id(),
    _clinic(),
    _ref("practitioner_id", "practitioners"),
    _ref("specialty_id", "specialties"),
    _ref("contact_id", "contacts", nullable=True),
    _ref("patient_id", "patients", nullable=True),  # a hold may not know yet
    Column("status", Text, nullable=False),
    Column("during", TSTZRANGE, nullable=False),
    Column("hold_expires_at", DateTime(timezone=True)),  # only while proposed
    Column("idempotency_key", Text),  # the wamid (or desk request) that booked it
    Column("cancelled_by", Text),  # patient | clinic
    Column("cancelled_reason", Text),
    _created(),
    Column("updated_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    _in("status", APPOINTMENT_STATUSES, "status"),
    CheckConstraint("(status = 'proposed') = (hold_expires_at IS NOT NULL)", name="hold"),
    CheckConstraint("status IN ('proposed', 'cancelled') OR patient_id IS NOT NULL", name="patient"),
    CheckConstraint("NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)", name="during"),
    UniqueConstraint("clinic_id", "idempotency_key"),
    # Law 2: whoever asks, two live rows of one practitioner never overlap.
    ExcludeConstraint(
        ("practitioner_id", "="),
        ("during", "&&"),
        name="ex_appointments_overlap",
        using="gist",
        where=text("status <> 'cancelled'"),
    ),
    Index("ix_appointments_contact", "contact_id", text("lower(during)")),
    Index("ix_appointments_day", "clinic_id", text("lower(during)")),
)

# Each change of an appointment, with who and when.
appointment_events = Table(
    "appointment_events",
    metadata,
    _id(),
    _clinic(),
    _ref("appointment_id", "appointments"),
    Column("status", Text, nullable=False),  # the new one
    Column("actor", Text, nullable=False),  # patient | staff:<id> | system
    Column("note", Text),
    _created(),
    Index("ix_appointment_events_appointment", "appointment_id", "created_at"),
)

# --- conversations ----------------------------------------------------------------------------------------------------

# Rasa's sender_id is conversations.id; never a phone number.
conversations = Table(
    "conversations",
    metadata,
    _id(),
    _clinic(),
    _ref("contact_id", "contacts"),
    Column("phone_number_id", Text, ForeignKey("whatsapp_numbers.phone_number_id"), nullable=False),
    Column("owner", Text, nullable=False, server_default="bot"),
    Column("owner_since", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("misunderstood", SmallInteger, nullable=False, server_default="0"),  # turns in a row
    Column("last_message_at", DateTime(timezone=True)),
    _created(),
    UniqueConstraint("contact_id", "phone_number_id"),
    _in("owner", OWNERS, "owner"),
)

# At most one open question a conversation, with the draft of its flow. A suspended one waits for hand back.
open_questions = Table(
    "open_questions",
    metadata,
    Column("conversation_id", UUID(as_uuid=False), ForeignKey("conversations.id"), primary_key=True),
    _clinic(),
    Column("flow", Text, nullable=False),  # booking, rescheduling, ...
    Column("kind", Text, nullable=False),  # specialty, slot, patient, confirm, ...
    Column("options", JSONB, nullable=False),  # [{"id", "title", "value"}], in the order shown
    Column("draft", JSONB, nullable=False),
    Column("suspended", Boolean, nullable=False, server_default=text("false")),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
)

# Buttons and rows that we issued; the id on the wire is opaque and valid in its conversation only.
tap_options = Table(
    "tap_options",
    metadata,
    Column("id", Text, primary_key=True),
    _clinic(),
    _ref("conversation_id", "conversations"),
    Column("flow", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("value", JSONB, nullable=False),
    Column("title", Text, nullable=False),
    _created(),
    Index("ix_tap_options_conversation", "conversation_id"),
)

# What an action answered to a message: the same message again gets the same answer, and nothing is done twice.
turns = Table(
    "turns",
    metadata,
    Column("conversation_id", UUID(as_uuid=False), ForeignKey("conversations.id"), primary_key=True),
    Column("message_key", Text, primary_key=True),  # wamid
    Column("action", Text, primary_key=True),
    _clinic(),
    Column("replies", JSONB, nullable=False),
    _created(),
)

# History, inbox and outbox in one.
messages = Table(
    "messages",
    metadata,
    _id(),
    _clinic(),
    _ref("conversation_id", "conversations"),
    Column("seq", BigInteger, nullable=False, server_default=text("nextval('messages_seq')")),  # order in the chat
    Column("direction", Text, nullable=False),
    Column("sender", Text, nullable=False),  # patient | bot | staff | system
    _ref("staff_id", "staff", nullable=True),
    Column("phone_number_id", Text, ForeignKey("whatsapp_numbers.phone_number_id"), nullable=False),
    Column("wamid", Text),
    Column("type", Text, nullable=False),  # Meta's: text, interactive, image, ...
    Column("text", Text, nullable=False),  # what a person reads of it
    Column("content", JSONB, nullable=False),  # in: Meta's message object; out: see messaging/bubbles.py
    _created(),
    # incoming
    Column("sent_at", DateTime(timezone=True)),  # Meta's timestamp
    Column("outcome", Text),
    Column("ended_at", DateTime(timezone=True)),
    Column("intent", Text),
    Column("confidence", Float),
    Column("route", Text),
    # outgoing
    Column("status", Text),
    Column("priority", SmallInteger, nullable=False, server_default="0"),  # 0 reply ... 9 bulk
    Column("in_reply_to", UUID(as_uuid=False), ForeignKey("messages.id")),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("send_after", DateTime(timezone=True)),
    Column("claimed_at", DateTime(timezone=True)),
    Column("status_at", DateTime(timezone=True)),
    Column("error_code", Integer),
    _in("direction", ("in", "out"), "direction"),
    _in("sender", ("patient", "bot", "staff", "system"), "sender"),
    CheckConstraint("outcome IS NULL OR outcome IN ('turn', 'desk', 'ignored')", name="outcome"),
    CheckConstraint(
        "(direction = 'out') = (status IS NOT NULL) AND (direction = 'in') = (sender = 'patient')", name="way"
    ),
    UniqueConstraint("phone_number_id", "wamid"),
    Index("ix_messages_conversation", "conversation_id", "seq"),
    Index("ix_messages_outbox", "priority", "seq", postgresql_where=text("status IN ('queued', 'sending')")),
    Index("ix_messages_inbox", "seq", postgresql_where=text("direction = 'in' AND outcome IS NULL")),
)

# A conversation in a person's hands: why, since when, until when.
handoffs = Table(
    "handoffs",
    metadata,
    _id(),
    _clinic(),
    _ref("conversation_id", "conversations"),
    _ref("message_id", "messages", nullable=True),  # the message that caused it
    Column("reason", Text, nullable=False),
    Column("urgency", Text, nullable=False),  # FHIR request priority: routine | urgent | asap | stat
    Column("opened_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("taken_at", DateTime(timezone=True)),
    _ref("taken_by", "staff", nullable=True),
    Column("closed_at", DateTime(timezone=True)),
    _ref("closed_by", "staff", nullable=True),
    _in(
        "reason",
        (
            "emergency",
            "complaint",
            "sensitive",
            "medical_question",
            "request_human",
            "not_understood",
            "media",
            "clinic_rule",
            "failure",
            "request",
        ),
        "reason",
    ),
    _in("urgency", ("routine", "urgent", "asap", "stat"), "urgency"),
    # One open handoff a conversation; a graver reason raises it.
    Index("uq_handoffs_open", "conversation_id", unique=True, postgresql_where=text("closed_at IS NULL")),
)
