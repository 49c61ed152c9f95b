"""What every table is made with: the metadata, ids, and the columns that all have."""

from __future__ import annotations

import uuid

from sqlalchemy import CheckConstraint, Column, DateTime, ForeignKey, MetaData, func
from sqlalchemy.dialects.postgresql import UUID

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def own_id() -> Column:
    return Column("id", UUID(as_uuid=False), primary_key=True, default=lambda: str(uuid.uuid4()))


def of_clinic() -> Column:
    return Column("clinic_id", UUID(as_uuid=False), ForeignKey("clinics.id"), nullable=False)


def ref(name: str, target: str, nullable: bool = False) -> Column:
    return Column(name, UUID(as_uuid=False), ForeignKey(f"{target}.id"), nullable=nullable)


def created() -> Column:
    return Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now())


def one_of(column: str, values: tuple[str, ...], name: str) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=name)
