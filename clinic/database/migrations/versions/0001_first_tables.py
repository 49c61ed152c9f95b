"""The first tables: clinics, people, schedule, conversations, messages, handoffs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Equality of a practitioner beside overlap of a range, in one exclusion constraint.
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.execute("CREATE SEQUENCE messages_seq AS bigint")
    op.create_table(
        "clinics",
        sa.Column("id", postgresql.UUID(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("name_ar", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("emergency_number", sa.Text(), nullable=False),
        sa.Column("address_en", sa.Text(), server_default="", nullable=False),
        sa.Column("address_ar", sa.Text(), server_default="", nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("map_url", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clinics")),
    )
    op.create_table(
        "clinic_settings",
        sa.Column("clinic_id", postgresql.UUID(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_clinic_settings_clinic_id")),
        sa.PrimaryKeyConstraint("clinic_id", "key", name=op.f("pk_clinic_settings")),
    )
    op.create_table(
        "contacts",
        sa.Column("id", postgresql.UUID(), nullable=False),
        sa.Column("clinic_id", postgresql.UUID(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=True),
        sa.Column("wa_id", sa.Text(), nullable=True),
        sa.Column("profile_name", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), server_default="ar", nullable=False),
        sa.Column("last_inbound_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("user_id IS NOT NULL OR wa_id IS NOT NULL", name=op.f("ck_contacts_identity")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_contacts_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
        sa.UniqueConstraint("clinic_id", "user_id", name=op.f("uq_contacts_clinic_id_user_id")),
        sa.UniqueConstraint("clinic_id", "wa_id", name=op.f("uq_contacts_clinic_id_wa_id")),
    )
    op.create_table(
        "faq_answers",
        sa.Column("clinic_id", postgresql.UUID(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_faq_answers_clinic_id")),
        sa.PrimaryKeyConstraint("clinic_id", "topic", "language", name=op.f("pk_faq_answers")),
    )
    op.create_table(
        "insurers",
        sa.Column("id", postgresql.UUID(), nullable=False),
        sa.Column("clinic_id", postgresql.UUID(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("name_ar", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_insurers_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_insurers")),
        sa.UniqueConstraint("clinic_id", "code", name=op.f("uq_insurers_clinic_id_code")),
    )
    op.create_table(
        "patients",
        sa.Column("id", postgresql.UUID(), nullable=False),
        sa.Column("clinic_id", postgresql.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("gender", sa.Text(), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_patients_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patients")),
    )
    op.create_table(
        "practitioners",
        sa.Column("id", postgresql.UUID(), nullable=False),
        sa.Column("clinic_id", postgresql.UUID(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("name_ar", sa.Text(), nullable=False),
        sa.Column("gender", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_practitioners_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practitioners")),
    )
    op.create_table(
        "specialties",
        sa.Column("id", postgresql.UUID(), nullable=False),
        sa.Column("clinic_id", postgresql.UUID(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("name_ar", sa.Text(), nullable=False),
        sa.Column("minutes", sa.SmallInteger(), server_default="30", nullable=False),
        sa.Column("price", sa.Numeric(precision=10, scale=2), nullable=True),
        sa.Column("position", sa.SmallInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_specialties_minutes")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_specialties_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_specialties")),
        sa.UniqueConstraint("clinic_id", "code", name=op.f("uq_specialties_clinic_id_code")),
    )
    op.create_table(
        "staff",
        sa.Column("id", postgresql.UUID(), nullable=False),
        sa.Column("clinic_id", postgresql.UUID(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), server_default="ar", nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("role IN ('reception', 'manager', 'trainer')", name=op.f("ck_staff_role")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_staff_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("username", name=op.f("uq_staff_username")),
    )
    op.create_table(
        "whatsapp_numbers",
        sa.Column("phone_number_id", sa.Text(), nullable=False),
        sa.Column("clinic_id", postgresql.UUID(), nullable=False),
        sa.Column("display_phone_number", sa.Text(), nullable=False),
        sa.Column("business_account_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_whatsapp_numbers_clinic_id")),
        sa.PrimaryKeyConstraint("phone_number_id", name=op.f("pk_whatsapp_numbers")),
    )
    op.create_table(
        "access_events",
        sa.Column("id", postgresql.UUID(), nullable=False),
        sa.Column("clinic_id", postgresql.UUID(), nullable=False),
        sa.Column("staff_id", postgresql.UUID(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_access_events_clinic_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_access_events_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_events")),
    )
    op.create_table(
        "appointments",
        sa.Column("id", postgresql.UUID(), nullable=False),
        sa.Column("clinic_id", postgresql.UUID(), nullable=False),
        sa.Column("practitioner_id", postgresql.UUID(), nullable=False),
        sa.Column("specialty_id", postgresql.UUID(), nullable=False),
        sa.Column("contact_id", postgresql.UUID(), nullable=True),
        sa.Column("patient_id", postgresql.UUID(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("hold_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("idempotency_key", sa.Text(), nullable=True),
        sa.Column("cancelled_by", sa.Text(), nullable=True),
        sa.Column("cancelled_reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("practitioner_id"), "="),
            (sa.column("during"), "&&"),
            where=sa.text("status <> 'cancelled'"),
            using="gist",
            name="ex_appointments_overlap",
        ),
        sa.CheckConstraint("(status = 'proposed') = (hold_expires_at IS NOT NULL)", name=op.f("ck_appointments_hold")),
        sa.CheckConstraint(
            "status IN ('proposed', 'booked', 'confirmed', 'arrived', 'fulfilled', 'noshow', 'cancelled')",
            name=op.f("ck_appointments_status"),
        ),
        sa.CheckConstraint(
            "status IN ('proposed', 'cancelled') OR patient_id IS NOT NULL", name=op.f("ck_appointments_patient")
        ),
        sa.CheckConstraint(
            "NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)",
            name=op.f("ck_appointments_during"),
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_appointments_clinic_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_appointments_contact_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_appointments_patient_id")),
        sa.ForeignKeyConstraint(
            ["practitioner_id"], ["practitioners.id"], name=op.f("fk_appointments_practitioner_id")
        ),
        sa.ForeignKeyConstraint(["specialty_id"], ["specialties.id"], name=op.f("fk_appointments_specialty_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointments")),
        sa.UniqueConstraint("clinic_id", "idempotency_key", name=op.f("uq_appointments_clinic_id_idempotency_key")),
    )
    op.create_table(
        "consents",
        sa.Column("id", postgresql.UUID(), nullable=False),
        sa.Column("clinic_id", postgresql.UUID(), nullable=False),
        sa.Column("contact_id", postgresql.UUID(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_consents_clinic_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_consents_contact_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index("ix_consents_contact", "consents", ["contact_id", "purpose", "created_at"], unique=False)
    op.create_table(
        "contact_patients",
        sa.Column("contact_id", postgresql.UUID(), nullable=False),
        sa.Column("patient_id", postgresql.UUID(), nullable=False),
        sa.Column("clinic_id", postgresql.UUID(), nullable=False),
        sa.Column("relationship", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "relationship IN ('self', 'child', 'spouse', 'parent', 'other')",
            name=op.f("ck_contact_patients_relationship"),
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_contact_patients_clinic_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_contact_patients_contact_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_contact_patients_patient_id")),
        sa.PrimaryKeyConstraint("contact_id", "patient_id", name=op.f("pk_contact_patients")),
    )
    op.create_table(
        "conversations",
        sa.Column("id", postgresql.UUID(), nullable=False),
        sa.Column("clinic_id", postgresql.UUID(), nullable=False),
        sa.Column("contact_id", postgresql.UUID(), nullable=False),
        sa.Column("phone_number_id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), server_default="bot", nullable=False),
        sa.Column("owner_since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("misunderstood", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("last_message_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("owner IN ('bot', 'person')", name=op.f("ck_conversations_owner")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_conversations_clinic_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_conversations_contact_id")),
        sa.ForeignKeyConstraint(
            ["phone_number_id"], ["whatsapp_numbers.phone_number_id"], name=op.f("fk_conversations_phone_number_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
        sa.UniqueConstraint("contact_id", "phone_number_id", name=op.f("uq_conversations_contact_id_phone_number_id")),
    )
    op.create_table(
        "practitioner_specialties",
        sa.Column("practitioner_id", postgresql.UUID(), nullable=False),
        sa.Column("specialty_id", postgresql.UUID(), nullable=False),
        sa.Column("clinic_id", postgresql.UUID(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_practitioner_specialties_clinic_id")),
        sa.ForeignKeyConstraint(
            ["practitioner_id"], ["practitioners.id"], name=op.f("fk_practitioner_specialties_practitioner_id")
        ),
        sa.ForeignKeyConstraint(
            ["specialty_id"], ["specialties.id"], name=op.f("fk_practitioner_specialties_specialty_id")
        ),
        sa.PrimaryKeyConstraint("practitioner_id", "specialty_id", name=op.f("pk_practitioner_specialties")),
    )
    op.create_table(
        "staff_sessions",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("clinic_id", postgresql.UUID(), nullable=False),
        sa.Column("staff_id", postgresql.UUID(), nullable=False),
        sa.Column("csrf_token", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_staff_sessions_clinic_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_sessions_staff_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_staff_sessions")),
    )
    op.create_table(
        "working_hours",
        sa.Column("id", postgresql.UUID(), nullable=False),
        sa.Column("clinic_id", postgresql.UUID(), nullable=False),
        sa.Column("practitioner_id", postgresql.UUID(), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=False),
        sa.Column("start_time", sa.Time(), nullable=False),
        sa.Column("end_time", sa.Time(), nullable=False),
        sa.CheckConstraint("start_time <> end_time", name=op.f("ck_working_hours_length")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_working_hours_weekday")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_working_hours_clinic_id")),
        sa.ForeignKeyConstraint(
            ["practitioner_id"], ["practitioners.id"], name=op.f("fk_working_hours_practitioner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_working_hours")),
        sa.UniqueConstraint(
            "practitioner_id", "weekday", "start_time", name=op.f("uq_working_hours_practitioner_id_weekday_start_time")
        ),
    )
    op.create_table(
        "appointment_events",
        sa.Column("id", postgresql.UUID(), nullable=False),
        sa.Column("clinic_id", postgresql.UUID(), nullable=False),
        sa.Column("appointment_id", postgresql.UUID(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointments.id"], name=op.f("fk_appointment_events_appointment_id")
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_appointment_events_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment_events")),
    )
    op.create_index(
        "ix_appointment_events_appointment", "appointment_events", ["appointment_id", "created_at"], unique=False
    )
    op.create_table(
        "messages",
        sa.Column("id", postgresql.UUID(), nullable=False),
        sa.Column("clinic_id", postgresql.UUID(), nullable=False),
        sa.Column("conversation_id", postgresql.UUID(), nullable=False),
        sa.Column("seq", sa.BigInteger(), server_default=sa.text("nextval('messages_seq')"), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("staff_id", postgresql.UUID(), nullable=True),
        sa.Column("phone_number_id", sa.Text(), nullable=False),
        sa.Column("wamid", sa.Text(), nullable=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("intent", sa.Text(), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("route", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("priority", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("in_reply_to", postgresql.UUID(), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("send_after", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error_code", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(direction = 'out') = (status IS NOT NULL) AND (direction = 'in') = (sender = 'patient')",
            name=op.f("ck_messages_way"),
        ),
        sa.CheckConstraint("direction IN ('in', 'out')", name=op.f("ck_messages_direction")),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('turn', 'desk', 'ignored')", name=op.f("ck_messages_outcome")
        ),
        sa.CheckConstraint("sender IN ('patient', 'bot', 'staff', 'system')", name=op.f("ck_messages_sender")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_messages_clinic_id")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_messages_conversation_id")),
        sa.ForeignKeyConstraint(["in_reply_to"], ["messages.id"], name=op.f("fk_messages_in_reply_to")),
        sa.ForeignKeyConstraint(
            ["phone_number_id"], ["whatsapp_numbers.phone_number_id"], name=op.f("fk_messages_phone_number_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_messages_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("phone_number_id", "wamid", name=op.f("uq_messages_phone_number_id_wamid")),
    )
    op.create_index("ix_messages_conversation", "messages", ["conversation_id", "seq"], unique=False)
    op.create_index(
        "ix_messages_inbox",
        "messages",
        ["seq"],
        unique=False,
        postgresql_where=sa.text("direction = 'in' AND outcome IS NULL"),
    )
    op.create_index(
        "ix_messages_outbox",
        "messages",
        ["priority", "seq"],
        unique=False,
        postgresql_where=sa.text("status IN ('queued', 'sending')"),
    )
    op.create_table(
        "open_questions",
        sa.Column("conversation_id", postgresql.UUID(), nullable=False),
        sa.Column("clinic_id", postgresql.UUID(), nullable=False),
        sa.Column("flow", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("options", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("draft", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("suspended", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_open_questions_clinic_id")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_open_questions_conversation_id")
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_open_questions")),
    )
    op.create_table(
        "tap_options",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("clinic_id", postgresql.UUID(), nullable=False),
        sa.Column("conversation_id", postgresql.UUID(), nullable=False),
        sa.Column("flow", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_tap_options_clinic_id")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_tap_options_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tap_options")),
    )
    op.create_index("ix_tap_options_conversation", "tap_options", ["conversation_id"], unique=False)
    op.create_table(
        "turns",
        sa.Column("conversation_id", postgresql.UUID(), nullable=False),
        sa.Column("message_key", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("clinic_id", postgresql.UUID(), nullable=False),
        sa.Column("replies", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_turns_clinic_id")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_turns_conversation_id")),
        sa.PrimaryKeyConstraint("conversation_id", "message_key", "action", name=op.f("pk_turns")),
    )
    op.create_table(
        "handoffs",
        sa.Column("id", postgresql.UUID(), nullable=False),
        sa.Column("clinic_id", postgresql.UUID(), nullable=False),
        sa.Column("conversation_id", postgresql.UUID(), nullable=False),
        sa.Column("message_id", postgresql.UUID(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_by", postgresql.UUID(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", postgresql.UUID(), nullable=True),
        sa.CheckConstraint(
            "reason IN ('emergency', 'complaint', 'sensitive', 'medical_question', 'request_human', 'not_understood', 'media', 'clinic_rule', 'failure', 'request')",
            name=op.f("ck_handoffs_reason"),
        ),
        sa.CheckConstraint("urgency IN ('routine', 'urgent', 'asap', 'stat')", name=op.f("ck_handoffs_urgency")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_handoffs_clinic_id")),
        sa.ForeignKeyConstraint(["closed_by"], ["staff.id"], name=op.f("fk_handoffs_closed_by")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_handoffs_conversation_id")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_handoffs_message_id")),
        sa.ForeignKeyConstraint(["taken_by"], ["staff.id"], name=op.f("fk_handoffs_taken_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoffs")),
    )
    op.create_index(
        "uq_handoffs_open", "handoffs", ["conversation_id"], unique=True, postgresql_where=sa.text("closed_at IS NULL")
    )
    op.create_index("ix_appointments_contact", "appointments", ["contact_id", sa.text("lower(during)")])
    op.create_index("ix_appointments_day", "appointments", ["clinic_id", sa.text("lower(during)")])


def downgrade() -> None:
    op.drop_index("uq_handoffs_open", table_name="handoffs", postgresql_where=sa.text("closed_at IS NULL"))
    op.drop_table("handoffs")
    op.drop_table("turns")
    op.drop_index("ix_tap_options_conversation", table_name="tap_options")
    op.drop_table("tap_options")
    op.drop_table("open_questions")
    op.drop_index(
        "ix_messages_outbox", table_name="messages", postgresql_where=sa.text("status IN ('queued', 'sending')")
    )
    op.drop_index(
        "ix_messages_inbox", table_name="messages", postgresql_where=sa.text("direction = 'in' AND outcome IS NULL")
    )
    op.drop_index("ix_messages_conversation", table_name="messages")
    op.drop_table("messages")
    op.drop_index("ix_appointment_events_appointment", table_name="appointment_events")
    op.drop_table("appointment_events")
    op.drop_table("working_hours")
    op.drop_table("staff_sessions")
    op.drop_table("practitioner_specialties")
    op.drop_table("conversations")
    op.drop_table("contact_patients")
    op.drop_index("ix_consents_contact", table_name="consents")
    op.drop_table("consents")
    op.drop_table("appointments")
    op.drop_table("access_events")
    op.drop_table("whatsapp_numbers")
    op.drop_table("staff")
    op.drop_table("specialties")
    op.drop_table("practitioners")
    op.drop_table("patients")
    op.drop_table("insurers")
    op.drop_table("faq_answers")
    op.drop_table("contacts")
    op.drop_table("clinic_settings")
    op.drop_table("clinics")
    op.execute("DROP SEQUENCE messages_seq")
