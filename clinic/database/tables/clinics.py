"""A clinic, its numbers, its settings and its texts."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from clinic.database.tables.base import created, metadata, of_clinic, own_id

clinics = Table(
    "clinics",
    metadata,
    own_id(),
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
    # Counted up by a trigger on every change of the schedule's tables: what is worked out from them is kept till then.
    Column("schedule_version", BigInteger, nullable=False, server_default="0"),
    created(),
)

# A clinic's WhatsApp Business numbers; the key is Meta's phone_number_id.
whatsapp_numbers = Table(
    "whatsapp_numbers",
    metadata,
    Column("phone_number_id", Text, primary_key=True),
    of_clinic(),
    Column("display_phone_number", Text, nullable=False),  # digits only, as in webhooks
    Column("business_account_id", Text, nullable=False),
    created(),
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
    own_id(),
    of_clinic(),
    Column("code", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("name_ar", Text, nullable=False),
    UniqueConstraint("clinic_id", "code"),
)
