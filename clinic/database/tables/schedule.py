"""Who works when, and what they offer."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Numeric,
    SmallInteger,
    Table,
    Text,
    Time,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSTZRANGE, UUID, ExcludeConstraint

from clinic.database.tables.base import created, metadata, of_clinic, one_of, own_id, ref

GENDERS = ("female", "male")
SEASONS = ("usual", "ramadan")

# A specialty's own length and price are those of its ordinary visit; its length is also the step of its times.
specialties = Table(
    "specialties",
    metadata,
    own_id(),
    of_clinic(),
    Column("code", Text, nullable=False),  # the value of the entity `specialty`
    Column("name_en", Text, nullable=False),
    Column("name_ar", Text, nullable=False),
    Column("minutes", SmallInteger, nullable=False, server_default="30"),
    Column("price", Numeric(10, 2)),
    Column("position", SmallInteger, nullable=False, server_default="0"),
    UniqueConstraint("clinic_id", "code"),
    CheckConstraint("minutes > 0", name="minutes"),
)

# What else a specialty offers, each with its own length and price (FHIR HealthcareService).
services = Table(
    "services",
    metadata,
    own_id(),
    of_clinic(),
    ref("specialty_id", "specialties"),
    Column("code", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("name_ar", Text, nullable=False),
    Column("aliases", ARRAY(Text), nullable=False, server_default="{}"),  # other words patients use for it
    Column("minutes", SmallInteger, nullable=False),
    Column("price", Numeric(10, 2)),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("position", SmallInteger, nullable=False, server_default="0"),
    UniqueConstraint("clinic_id", "code"),
    CheckConstraint("minutes > 0", name="minutes"),
)

practitioners = Table(
    "practitioners",
    metadata,
    own_id(),
    of_clinic(),
    Column("name_en", Text, nullable=False),
    Column("name_ar", Text, nullable=False),
    Column("gender", Text, nullable=False),
    Column("languages", ARRAY(Text), nullable=False, server_default="{ar,en}"),  # ISO 639-1
    # Whom they see: ages in whole years, both ends included; None is no limit.
    Column("min_age", SmallInteger),
    Column("max_age", SmallInteger),
    Column("patients_gender", Text),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("external_id", Text),  # in the practice's own system
    one_of("gender", GENDERS, "gender"),
    CheckConstraint("patients_gender IS NULL OR patients_gender IN ('female', 'male')", name="patients_gender"),
    CheckConstraint("min_age IS NULL OR max_age IS NULL OR min_age <= max_age", name="ages"),
    UniqueConstraint("clinic_id", "external_id"),
)

practitioner_specialties = Table(
    "practitioner_specialties",
    metadata,
    Column("practitioner_id", UUID(as_uuid=False), ForeignKey("practitioners.id"), primary_key=True),
    Column("specialty_id", UUID(as_uuid=False), ForeignKey("specialties.id"), primary_key=True),
    of_clinic(),
)

# Minutes since midnight of the day on which a session starts; past 1440 when it ends on the next day.
_MINUTES = (
    "int4range((extract(epoch from start_time) / 60)::int, (extract(epoch from end_time) / 60)::int "
    "+ CASE WHEN end_time <= start_time THEN 1440 ELSE 0 END)"
)

# A weekly session, or a break in one. Past midnight when end_time <= start_time; it belongs to the day it starts on.
working_hours = Table(
    "working_hours",
    metadata,
    own_id(),
    of_clinic(),
    ref("practitioner_id", "practitioners"),
    Column("weekday", SmallInteger, nullable=False),  # Monday 0 ... Sunday 6, as datetime.weekday()
    Column("start_time", Time, nullable=False),  # wall clock of the clinic
    Column("end_time", Time, nullable=False),
    Column("kind", Text, nullable=False, server_default="work"),
    Column("season", Text, nullable=False, server_default="usual"),  # ramadan: in place of the usual ones, then
    Column("valid_from", Date),  # both ends included; None is open
    Column("valid_until", Date),
    one_of("kind", ("work", "break"), "kind"),
    one_of("season", SEASONS, "season"),
    CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
    CheckConstraint("start_time <> end_time", name="length"),
    CheckConstraint("valid_from IS NULL OR valid_until IS NULL OR valid_from <= valid_until", name="valid"),
    ExcludeConstraint(
        ("practitioner_id", "="),
        ("weekday", "="),
        ("kind", "="),
        ("season", "="),
        (text("daterange(valid_from, valid_until, '[]')"), "&&"),
        (text(_MINUTES), "&&"),
        name="ex_working_hours_overlap",
        using="gist",
    ),
)

# When a season's hours hold. The start of Ramadan may move a day: then the row is changed.
seasons = Table(
    "seasons",
    metadata,
    own_id(),
    of_clinic(),
    Column("code", Text, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),  # included
    one_of("code", ("ramadan",), "code"),
    CheckConstraint("starts_on <= ends_on", name="length"),
    ExcludeConstraint(
        ("clinic_id", "="),
        (text("daterange(starts_on, ends_on, '[]')"), "&&"),
        name="ex_seasons_overlap",
        using="gist",
    ),
)

# Not there: one practitioner (leave), or the whole clinic (holiday, closed), then without a practitioner.
absences = Table(
    "absences",
    metadata,
    own_id(),
    of_clinic(),
    ref("practitioner_id", "practitioners", nullable=True),
    Column("during", TSTZRANGE, nullable=False),
    Column("reason", Text, nullable=False),
    Column("name_en", Text, nullable=False, server_default=""),
    Column("name_ar", Text, nullable=False, server_default=""),
    Column("created_by", Text, nullable=False, server_default="system"),  # staff:<id> | import | system
    created(),
    one_of("reason", ("leave", "holiday", "closed"), "reason"),
    CheckConstraint("NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)", name="during"),
    CheckConstraint("(reason = 'leave') = (practitioner_id IS NOT NULL)", name="whose"),
    Index("ix_absences_clinic", "clinic_id", "during", postgresql_using="gist"),
)

# A session on one day beside the weekly ones, also on a holiday.
extra_sessions = Table(
    "extra_sessions",
    metadata,
    own_id(),
    of_clinic(),
    ref("practitioner_id", "practitioners"),
    Column("day", Date, nullable=False),
    Column("start_time", Time, nullable=False),
    Column("end_time", Time, nullable=False),
    CheckConstraint("start_time <> end_time", name="length"),
    ExcludeConstraint(
        ("practitioner_id", "="),
        ("day", "="),
        (text(_MINUTES), "&&"),
        name="ex_extra_sessions_overlap",
        using="gist",
    ),
)

# The days of rest, from this date on (the Emirates moved theirs in 2022).
weekends = Table(
    "weekends",
    metadata,
    Column("clinic_id", UUID(as_uuid=False), ForeignKey("clinics.id"), primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("weekdays", ARRAY(SmallInteger), nullable=False),  # Monday 0 ... Sunday 6
)

# A change in any of these makes the clinic's schedule_version go up.
SCHEDULE_TABLES = (
    "specialties",
    "services",
    "practitioners",
    "practitioner_specialties",
    "working_hours",
    "seasons",
    "absences",
    "extra_sessions",
    "weekends",
)
