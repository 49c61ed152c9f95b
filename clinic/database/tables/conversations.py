"""Chats: questions, taps, turns, messages, and the people who take over."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from clinic.database.tables.base import created, metadata, of_clinic, one_of, own_id, ref

TASK_KINDS = (
    "lab_results",
    "prescription_refill",
    "medical_report",
    "running_late",  # beside its appointment
    "unanswered_question",  # the clinic has no text for it
    "find_time",  # nothing was free
    "call_patient",  # a change that could not be written to them
)
OWNERS = ("bot", "person")
# Outgoing: queued -> sending -> accepted -> sent -> delivered -> read; or failed, unsure, cancelled.
OUT_STATUSES = ("queued", "sending", "accepted", "sent", "delivered", "read", "failed", "unsure", "cancelled")
# Incoming: open until it has its one outcome.
IN_OUTCOMES = ("turn", "desk", "ignored")

# Rasa's sender_id is conversations.id; never a phone number.
conversations = Table(
    "conversations",
    metadata,
    own_id(),
    of_clinic(),
    ref("contact_id", "contacts"),
    Column("phone_number_id", Text, ForeignKey("whatsapp_numbers.phone_number_id"), nullable=False),
    Column("owner", Text, nullable=False, server_default="bot"),
    Column("owner_since", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("misunderstood", SmallInteger, nullable=False, server_default="0"),  # turns in a row
    Column("last_message_at", DateTime(timezone=True)),
    created(),
    UniqueConstraint("contact_id", "phone_number_id"),
    one_of("owner", OWNERS, "owner"),
)

# At most one open question a conversation, with the draft of its flow. A suspended one waits for hand back.
open_questions = Table(
    "open_questions",
    metadata,
    Column("conversation_id", UUID(as_uuid=False), ForeignKey("conversations.id"), primary_key=True),
    of_clinic(),
    Column("flow", Text, nullable=False),  # booking, rescheduling, ...
    Column("kind", Text, nullable=False),  # specialty, slot, patient, confirm, ...
    Column("options", JSONB, nullable=False),  # [{"id", "title", "value"}], in the order shown
    Column("draft", JSONB, nullable=False),
    Column("suspended", Boolean, nullable=False, server_default=text("false")),
    # The flow that this one interrupted, one deep: {"flow", "draft"}; it is offered again when this one ends.
    Column("behind", JSONB),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
)

# Buttons and rows that we issued; the id on the wire is opaque and valid in its conversation only.
tap_options = Table(
    "tap_options",
    metadata,
    Column("id", Text, primary_key=True),
    of_clinic(),
    ref("conversation_id", "conversations"),
    Column("flow", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("value", JSONB, nullable=False),
    Column("title", Text, nullable=False),
    created(),
    Index("ix_tap_options_conversation", "conversation_id"),
)

# What an action answered to a message: the same message again gets the same answer, and nothing is done twice.
turns = Table(
    "turns",
    metadata,
    Column("conversation_id", UUID(as_uuid=False), ForeignKey("conversations.id"), primary_key=True),
    Column("message_key", Text, primary_key=True),  # wamid
    Column("action", Text, primary_key=True),
    of_clinic(),
    Column("replies", JSONB, nullable=False),
    created(),
)

# History, inbox and outbox in one.
messages = Table(
    "messages",
    metadata,
    own_id(),
    of_clinic(),
    ref("conversation_id", "conversations"),
    Column("seq", BigInteger, nullable=False, server_default=text("nextval('messages_seq')")),  # order in the chat
    Column("direction", Text, nullable=False),
    Column("sender", Text, nullable=False),  # patient | bot | staff | system
    ref("staff_id", "staff", nullable=True),
    Column("phone_number_id", Text, ForeignKey("whatsapp_numbers.phone_number_id"), nullable=False),
    Column("wamid", Text),
    Column("type", Text, nullable=False),  # Meta's: text, interactive, image, ...
    Column("text", Text, nullable=False),  # what a person reads of it
    Column("content", JSONB, nullable=False),  # in: Meta's message object; out: see messaging/bubbles.py
    created(),
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
    one_of("direction", ("in", "out"), "direction"),
    one_of("sender", ("patient", "bot", "staff", "system"), "sender"),
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
    own_id(),
    of_clinic(),
    ref("conversation_id", "conversations"),
    ref("message_id", "messages", nullable=True),  # the message that caused it
    Column("reason", Text, nullable=False),
    Column("urgency", Text, nullable=False),  # FHIR request priority: routine | urgent | asap | stat
    Column("opened_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("taken_at", DateTime(timezone=True)),
    ref("taken_by", "staff", nullable=True),
    Column("closed_at", DateTime(timezone=True)),
    ref("closed_by", "staff", nullable=True),
    one_of(
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
    one_of("urgency", ("routine", "urgent", "asap", "stat"), "urgency"),
    # One open handoff a conversation; a graver reason raises it.
    Index("uq_handoffs_open", "conversation_id", unique=True, postgresql_where=text("closed_at IS NULL")),
)

# What a patient asked for and a person does; the chat stays with the bot meanwhile.
tasks = Table(
    "tasks",
    metadata,
    own_id(),
    of_clinic(),
    ref("conversation_id", "conversations", nullable=True),
    ref("patient_id", "patients", nullable=True),
    ref("appointment_id", "appointments", nullable=True),
    ref("message_id", "messages", nullable=True),  # the message that asked
    Column("kind", Text, nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("done_at", DateTime(timezone=True)),
    ref("done_by", "staff", nullable=True),
    one_of("kind", TASK_KINDS, "kind"),
    Index("ix_tasks_open", "clinic_id", "opened_at", postgresql_where=text("done_at IS NULL")),
    Index(
        "uq_tasks_open",
        "conversation_id",
        "kind",
        unique=True,
        postgresql_where=text("done_at IS NULL AND appointment_id IS NULL"),
    ),
)
