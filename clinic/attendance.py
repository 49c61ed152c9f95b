"""What reception records of a visit: came, was seen, did not come, was cancelled. Each change is on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Mapping, Optional
from zoneinfo import ZoneInfo

from psycopg2.extras import DateTimeTZRange
from sqlalchemy import and_, delete, insert, or_, select, update
from sqlalchemy.engine import Connection

from clinic.database.tables import appointment_events, appointments, clinics, encounters, freed_slots
from clinic.desk_events import notify_desk
from clinic.staff import Staff, record_access

# How a status may follow another by hand (FHIR's names). One who was given up may still come, late.
NEXT: Mapping[str, tuple[str, ...]] = {
    "booked": ("arrived", "noshow", "cancelled"),
    "confirmed": ("arrived", "noshow", "cancelled"),
    "arrived": ("fulfilled", "cancelled"),
    "noshow": ("arrived",),
    "fulfilled": (),
    "cancelled": (),
}
# How long before its start a visit may be marked so: nobody arrives for next week, nobody is missing before the start.
EARLIEST: Mapping[str, timedelta] = {"arrived": timedelta(hours=12), "noshow": timedelta(0)}
# A wrong tap is seen within a shift; later it is history.
UNDONE_WITHIN = timedelta(hours=12)
UNDOABLE = ("arrived", "fulfilled", "noshow")
# Why the clinic cancels. Only the patient's own wish leaves a time that others can have.
REASONS = ("practitioner_away", "clinic_closed", "equipment", "other", "patient_asked")
PATIENTS_WISH = "patient_asked"
# Notes on record: a mark says what it replaced, so that it can be taken back.
_WAS, _UNDONE = "was ", "undone"


class WrongState(Exception):
    """It cannot become this (any more). `status` is what it is now, None when it is not this clinic's."""

    def __init__(self, status: Optional[str]) -> None:
        super().__init__(status)
        self.status = status


class UnknownReason(ValueError):
    """Not one of `REASONS`."""


@dataclass(frozen=True)
class Visit:
    """An appointment under lock."""

    id: str
    clinic_id: str
    status: str
    start: datetime
    end: datetime
    contact_id: Optional[str]
    patient_id: Optional[str]
    practitioner_id: str
    specialty_id: str


def is_unrecorded(status: str, end: datetime, now: datetime) -> bool:
    """Its time is over and nobody wrote down whether they came: no status, and no noshow either."""
    return status in ("booked", "confirmed") and end <= now


def next_states(status: str, start: datetime, now: datetime) -> tuple[str, ...]:
    """What it may become at this moment."""
    return tuple(one for one in NEXT.get(status, ()) if one not in EARLIEST or now >= start - EARLIEST[one])


def mark(conn: Connection, member: Staff, appointment_id: str, status: str, now: datetime, *, seen: str) -> None:
    """Arrived, fulfilled or noshow. `seen` is the status that the member of staff was looking at.

    Raises WrongState, also when a colleague was faster.
    """
    visit = _lock(conn, member, appointment_id, seen)
    if status == "cancelled" or status not in next_states(visit.status, visit.start, now):
        raise WrongState(visit.status)
    _change(conn, member, visit, now, status, note=mark_note(visit.status))
    if status == "fulfilled":
        _record_encounter(conn, visit)


def undo(conn: Connection, member: Staff, appointment_id: str, now: datetime, *, seen: str) -> str:
    """Take the newest mark back, within a shift. Returns the status it has again. Raises WrongState."""
    visit = _lock(conn, member, appointment_id, seen)
    before = status_before(conn, visit.clinic_id, visit, now) if visit.status in UNDOABLE else None
    if before is None:
        raise WrongState(visit.status)
    if visit.status == "fulfilled":
        conn.execute(
            delete(encounters).where(
                encounters.c.clinic_id == visit.clinic_id,
                encounters.c.appointment_id == visit.id,
                encounters.c.external_id.is_(None),
            )
        )
    _change(conn, member, visit, now, before, note=_UNDONE)
    return before


def cancel_by_clinic(
    conn: Connection, member: Staff, appointment_id: str, reason: str, now: datetime, *, seen: str
) -> Visit:
    """The desk's cancellation; whoever calls tells the patient (see replacements.py).

    Raises WrongState, UnknownReason.
    """
    if reason not in REASONS:
        raise UnknownReason(reason)
    visit = _lock(conn, member, appointment_id, seen)
    if "cancelled" not in next_states(visit.status, visit.start, now):
        raise WrongState(visit.status)
    wished = reason == PATIENTS_WISH
    by = "patient" if wished else "clinic"
    _change(conn, member, visit, now, "cancelled", note=reason, cancelled_by=by, cancelled_reason=reason)
    if wished and visit.start > now:
        during = DateTimeTZRange(visit.start, visit.end, "[)")
        freed = {"clinic_id": visit.clinic_id, "practitioner_id": visit.practitioner_id, "during": during}
        conn.execute(insert(freed_slots).values(**freed, created_at=now))
    return visit


def status_before(conn: Connection, clinic_id: str, visit: Visit, now: datetime) -> Optional[str]:
    """What the newest mark replaced, as its note tells; None when there was none within a shift."""
    query = (
        select(appointment_events.c.note, appointment_events.c.created_at)
        .where(
            appointment_events.c.clinic_id == clinic_id,
            appointment_events.c.appointment_id == visit.id,
            appointment_events.c.status == visit.status,
            appointment_events.c.note.startswith(_WAS),
        )
        .order_by(appointment_events.c.created_at.desc())
        .limit(1)
    )
    mark = conn.execute(query).one_or_none()
    if mark is None or now - mark.created_at > UNDONE_WITHIN:
        return None
    return str(mark.note).removeprefix(_WAS)


def lock_visit(conn: Connection, clinic_id: str, appointment_id: str) -> Optional[Visit]:
    """Nobody else changes it until the transaction ends. None when it is not this clinic's, or only a hold."""
    query = (
        select(
            appointments.c.id,
            appointments.c.clinic_id,
            appointments.c.status,
            appointments.c.starts_at,
            appointments.c.ends_at,
            appointments.c.contact_id,
            appointments.c.patient_id,
            appointments.c.practitioner_id,
            appointments.c.specialty_id,
        )
        .where(
            appointments.c.clinic_id == clinic_id,
            appointments.c.id == appointment_id,
            appointments.c.status != "proposed",
        )
        .with_for_update()
    )
    row = conn.execute(query).one_or_none()
    return Visit(*row) if row else None


def _lock(conn: Connection, member: Staff, appointment_id: str, seen: str) -> Visit:
    visit = lock_visit(conn, member.clinic_id, appointment_id)
    if visit is None or visit.status != seen:
        raise WrongState(visit.status if visit else None)
    return visit


def _change(
    conn: Connection,
    member: Staff,
    visit: Visit,
    now: datetime,
    status: str,
    note: Optional[str] = None,
    **values: Optional[str],
) -> None:
    conn.execute(
        update(appointments).where(appointments.c.id == visit.id).values(status=status, updated_at=now, **values)
    )
    conn.execute(
        insert(appointment_events).values(
            clinic_id=visit.clinic_id,
            appointment_id=visit.id,
            status=status,
            actor=f"staff:{member.id}",
            note=note,
            during=DateTimeTZRange(visit.start, visit.end, "[)"),
            created_at=now,
        )
    )
    record_access(conn, member, f"mark_{status}" if note != _UNDONE else "undo_mark", f"appointments:{visit.id}", now)
    # Every open day list looks again.
    notify_desk(conn, visit.clinic_id, "")


def mark_note(before: str) -> str:
    """On record beside a mark, whoever made it: the desk can take back what replaced this status."""
    return f"{_WAS}{before}"


def record_seen(conn: Connection, clinic_id: str, appointment_id: str) -> None:
    """The same visit on record where a list told that it took place."""
    visit = lock_visit(conn, clinic_id, appointment_id)
    if visit is not None:
        _record_encounter(conn, visit)


def _record_encounter(conn: Connection, visit: Visit) -> None:
    """The visit that took place; once, whatever was undone and done again in between, or a list told of it before."""
    timezone = conn.execute(select(clinics.c.timezone).where(clinics.c.id == visit.clinic_id)).scalar_one()
    day = visit.start.astimezone(ZoneInfo(timezone)).date()
    told = and_(
        encounters.c.appointment_id.is_(None),
        encounters.c.patient_id == visit.patient_id,
        encounters.c.practitioner_id == visit.practitioner_id,
        encounters.c.visited_on == day,
    )
    known = select(encounters.c.id).where(
        encounters.c.clinic_id == visit.clinic_id, or_(encounters.c.appointment_id == visit.id, told)
    )
    if conn.execute(known.limit(1)).first() is not None:
        return
    conn.execute(
        insert(encounters).values(
            clinic_id=visit.clinic_id,
            patient_id=visit.patient_id,
            practitioner_id=visit.practitioner_id,
            specialty_id=visit.specialty_id,
            appointment_id=visit.id,
            visited_on=day,
            kind="single",
        )
    )
