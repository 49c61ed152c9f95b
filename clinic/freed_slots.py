"""Times that somebody gave up, until somebody else has them or nobody wants them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Optional

from sqlalchemy import func, or_, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.sql import Select

from clinic.database.tables import appointments, freed_slots


@dataclass(frozen=True)
class FreedSlot:
    """A time that somebody gave up."""

    id: str
    clinic_id: str
    practitioner_id: str
    start: datetime
    end: datetime


def open_freed_slots(conn: Connection, clinic_id: str) -> list[str]:
    """Their ids, the longest free first."""
    query = (
        select(freed_slots.c.id)
        .where(freed_slots.c.clinic_id == clinic_id, freed_slots.c.settled_at.is_(None))
        .order_by(freed_slots.c.created_at, freed_slots.c.id)
    )
    return list(conn.execute(query).scalars())


def claim_freed_slot(conn: Connection, clinic_id: str, freed_slot_id: str) -> Optional[FreedSlot]:
    """None when it is settled, or somebody is just taking it."""
    query = _freed_slot(clinic_id, freed_slot_id).where(freed_slots.c.settled_at.is_(None))
    row = conn.execute(query.with_for_update(key_share=True, skip_locked=True)).one_or_none()
    return FreedSlot(row.id, row.clinic_id, row.practitioner_id, row.during.lower, row.during.upper) if row else None


def lock_freed_slot(conn: Connection, clinic_id: str, freed_slot_id: str) -> FreedSlot:
    """Whoever else wants to change it or its offers waits until the transaction ends."""
    row = conn.execute(_freed_slot(clinic_id, freed_slot_id).with_for_update(key_share=True)).one()
    return FreedSlot(row.id, row.clinic_id, row.practitioner_id, row.during.lower, row.during.upper)


def _freed_slot(clinic_id: str, freed_slot_id: str) -> Select:
    return select(freed_slots).where(freed_slots.c.clinic_id == clinic_id, freed_slots.c.id == freed_slot_id)


def settle_freed_slot(conn: Connection, freed: FreedSlot, now: datetime) -> None:
    conn.execute(
        update(freed_slots)
        .where(freed_slots.c.clinic_id == freed.clinic_id, freed_slots.c.id == freed.id)
        .values(settled_at=now)
    )


def booked_within(conn: Connection, freed: FreedSlot, now: datetime) -> Optional[tuple[datetime, datetime]]:
    """The first visit that somebody has meanwhile in the freed time, however they came to it."""
    row = conn.execute(
        _occupying(freed.clinic_id, freed.practitioner_id, freed.start, freed.end, now)
        .where(appointments.c.status != "proposed")
        .order_by(appointments.c.starts_at)
        .limit(1)
    ).one_or_none()
    return (row.starts_at, row.ends_at) if row else None


def occupied(
    conn: Connection, clinic_id: str, practitioner_id: str, start: datetime, end: datetime, now: datetime
) -> Optional[str]:
    """By a visit ("booked"), by somebody who is deciding ("held"), or None."""
    found = {row.status for row in conn.execute(_occupying(clinic_id, practitioner_id, start, end, now))}
    return "booked" if found - {"proposed"} else "held" if found else None


def _occupying(clinic_id: str, practitioner_id: str, start: datetime, end: datetime, now: datetime) -> Select:
    return select(appointments.c.status, appointments.c.starts_at, appointments.c.ends_at).where(
        appointments.c.clinic_id == clinic_id,
        appointments.c.practitioner_id == practitioner_id,
        appointments.c.status != "cancelled",
        or_(appointments.c.hold_expires_at.is_(None), appointments.c.hold_expires_at > now),
        appointments.c.during.op("&&")(func.tstzrange(start, end)),
    )
