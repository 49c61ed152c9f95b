"""Holding, booking, moving and cancelling. The exclusion constraint has the last word; here its answer gets a name."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Mapping, Optional

from psycopg2.errorcodes import EXCLUSION_VIOLATION
from psycopg2.extras import DateTimeTZRange
from sqlalchemy import and_, delete, func, insert, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from clinic.database.tables import (
    appointment_events,
    appointments,
    freed_slots,
    patients,
    practitioners,
    specialties,
)
from clinic.schedule import Slot
from messaging.jobs import wake_waitlist

HOLD = timedelta(minutes=5)
UPCOMING_STATUSES = ("booked", "confirmed")


@dataclass(frozen=True)
class Appointment:
    id: str
    status: str
    practitioner_id: str
    practitioner_en: str
    practitioner_ar: str
    specialty_id: str
    specialty_code: str
    specialty_en: str
    specialty_ar: str
    patient_id: Optional[str]
    patient_name: Optional[str]
    start: datetime
    end: datetime
    contact_id: Optional[str] = None
    service_id: Optional[str] = None
    wishes: Mapping[str, Any] = field(default_factory=dict)  # promises: {"gender", "language", "practitioner"}
    moves: int = 0  # by the patient

    def recorded(self, now: datetime) -> bool:
        """False: its time is over and nobody wrote down whether the patient came. That is no noshow."""
        return self.end > now or self.status not in UPCOMING_STATUSES

    def practitioner(self, language: str) -> str:
        return self.practitioner_ar if language == "ar" else self.practitioner_en

    def specialty(self, language: str) -> str:
        return self.specialty_ar if language == "ar" else self.specialty_en


class SlotTaken(Exception):
    """Somebody else has this time."""


class AppointmentGone(Exception):
    """It is not this contact's, or no longer one that can be changed."""


def hold_slot(
    conn: Connection,
    clinic_id: str,
    contact_id: str,
    specialty_id: str,
    slot: Slot,
    now: datetime,
    *,
    hold: timedelta = HOLD,
) -> str:
    """Keep the slot for this contact while they decide; their earlier hold is given up. Returns its id.

    Raises SlotTaken.
    """
    release_holds(conn, clinic_id, contact_id)
    return _occupy(
        conn,
        slot,
        now,
        clinic_id=clinic_id,
        contact_id=contact_id,
        specialty_id=specialty_id,
        status="proposed",
        hold_expires_at=now + hold,
    )


def release_holds(conn: Connection, clinic_id: str, contact_id: str) -> None:
    conn.execute(
        delete(appointments).where(
            appointments.c.clinic_id == clinic_id,
            appointments.c.contact_id == contact_id,
            appointments.c.status == "proposed",
        )
    )


def book_slot(
    conn: Connection,
    clinic_id: str,
    contact_id: str,
    specialty_id: str,
    patient_id: str,
    slot: Slot,
    now: datetime,
    *,
    idempotency_key: str,
    actor: str = "patient",
    service_id: Optional[str] = None,
    wishes: Optional[Mapping[str, Any]] = None,
    source: str = "chat",
) -> str:
    """Book it, from the contact's hold or directly if that ran out and nobody took it. Returns the appointment's id.

    The same key again returns the same appointment. Raises SlotTaken.
    """
    again = conn.execute(
        select(appointments.c.id).where(
            appointments.c.clinic_id == clinic_id, appointments.c.idempotency_key == idempotency_key
        )
    ).scalar_one_or_none()
    if again is not None:
        return str(again)
    release_holds(conn, clinic_id, contact_id)
    appointment_id = _occupy(
        conn,
        slot,
        now,
        clinic_id=clinic_id,
        contact_id=contact_id,
        specialty_id=specialty_id,
        patient_id=patient_id,
        status="booked",
        idempotency_key=idempotency_key,
        service_id=service_id,
        wishes=dict(wishes or {}),
        source=source,
    )
    _record(conn, clinic_id, appointment_id, "booked", actor, now, slot=slot)
    return appointment_id


def _occupy(conn: Connection, slot: Slot, now: datetime, **values: object) -> str:
    """Insert, after sweeping holds that ran out on this range (the constraint cannot look at the clock)."""
    during = DateTimeTZRange(slot.start, slot.end, "[)")
    conn.execute(
        delete(appointments).where(
            appointments.c.practitioner_id == slot.practitioner.id,
            appointments.c.status == "proposed",
            appointments.c.hold_expires_at <= now,
            appointments.c.during.op("&&")(func.tstzrange(slot.start, slot.end)),
        )
    )
    try:
        with conn.begin_nested():
            return str(
                conn.execute(
                    insert(appointments)
                    .values(
                        practitioner_id=slot.practitioner.id, during=during, created_at=now, updated_at=now, **values
                    )
                    .returning(appointments.c.id)
                ).scalar_one()
            )
    except IntegrityError as error:
        if error.orig.pgcode == EXCLUSION_VIOLATION:
            raise SlotTaken from error
        raise


def move_appointment(
    conn: Connection,
    clinic_id: str,
    contact_id: Optional[str],
    appointment_id: str,
    slot: Slot,
    now: datetime,
    *,
    actor: str = "patient",
    wishes: Optional[Mapping[str, Any]] = None,
) -> None:
    """In one step, so that the old time is only given up for the new one. Raises SlotTaken, AppointmentGone.

    A new time is a new question: an appointment that was confirmed is booked again. `contact_id` None: any contact's.
    """
    current = _own_upcoming(conn, clinic_id, contact_id, appointment_id, now)
    if current.practitioner_id == slot.practitioner.id and current.start == slot.start:
        return
    conn.execute(
        delete(appointments).where(
            appointments.c.practitioner_id == slot.practitioner.id,
            appointments.c.status == "proposed",
            appointments.c.during.op("&&")(func.tstzrange(slot.start, slot.end)),
            (appointments.c.hold_expires_at <= now) | (appointments.c.contact_id == current.contact_id),
        )
    )
    try:
        with conn.begin_nested():
            conn.execute(
                update(appointments)
                .where(appointments.c.id == appointment_id)
                .values(
                    practitioner_id=slot.practitioner.id,
                    during=DateTimeTZRange(slot.start, slot.end, "[)"),
                    status="booked",
                    moves=appointments.c.moves + (1 if actor == "patient" else 0),
                    updated_at=now,
                    **({"wishes": dict(wishes)} if wishes is not None else {}),
                )
            )
    except IntegrityError as error:
        if error.orig.pgcode == EXCLUSION_VIOLATION:
            raise SlotTaken from error
        raise
    _record(conn, clinic_id, appointment_id, "booked", actor, now, note="moved", slot=slot)
    _free(conn, clinic_id, current, now)


def cancel_appointment(
    conn: Connection,
    clinic_id: str,
    contact_id: Optional[str],
    appointment_id: str,
    now: datetime,
    *,
    reason: Optional[str] = None,
    by: str = "patient",
    actor: str = "patient",
) -> Appointment:
    """`by`: patient | clinic; `contact_id` None: any contact's. Raises AppointmentGone."""
    current = _own_upcoming(conn, clinic_id, contact_id, appointment_id, now)
    conn.execute(
        update(appointments)
        .where(appointments.c.id == appointment_id)
        .values(status="cancelled", cancelled_by=by, cancelled_reason=reason, updated_at=now)
    )
    _record(conn, clinic_id, appointment_id, "cancelled", actor, now, note=reason)
    _free(conn, clinic_id, current, now)
    return current


def confirm_appointment(
    conn: Connection, clinic_id: str, contact_id: str, appointment_id: str, now: datetime
) -> Appointment:
    """The patient says they will come. Raises AppointmentGone."""
    current = _own_upcoming(conn, clinic_id, contact_id, appointment_id, now)
    conn.execute(
        update(appointments).where(appointments.c.id == appointment_id).values(status="confirmed", updated_at=now)
    )
    _record(conn, clinic_id, appointment_id, "confirmed", "patient", now)
    return current


def _free(conn: Connection, clinic_id: str, left: Appointment, now: datetime) -> None:
    """The time that was given up may be what somebody waits for (clinic/waitlist.py)."""
    if left.start > now:
        during = DateTimeTZRange(left.start, left.end, "[)")
        conn.execute(
            insert(freed_slots).values(
                clinic_id=clinic_id, practitioner_id=left.practitioner_id, during=during, created_at=now
            )
        )
        wake_waitlist(conn)


def _own_upcoming(
    conn: Connection, clinic_id: str, contact_id: Optional[str], appointment_id: str, now: datetime
) -> Appointment:
    # Locked before it is read: what was decided meanwhile is seen.
    conn.execute(select(appointments.c.id).where(appointments.c.id == appointment_id).with_for_update())
    found = _select(
        conn,
        appointments.c.clinic_id == clinic_id,
        appointments.c.id == appointment_id,
        appointments.c.status.in_(UPCOMING_STATUSES),
        func.lower(appointments.c.during) > now,
    )
    if not found or contact_id not in (None, found[0].contact_id):
        raise AppointmentGone(appointment_id)
    return found[0]


def visits_of_patient(conn: Connection, clinic_id: str, patient_id: str, slot: Slot) -> list[Appointment]:
    """What this patient has, with anybody, while the slot lasts: nobody is in two rooms at once."""
    return _select(
        conn,
        appointments.c.clinic_id == clinic_id,
        appointments.c.patient_id == patient_id,
        appointments.c.status.in_(UPCOMING_STATUSES),
        appointments.c.during.op("&&")(func.tstzrange(slot.start, slot.end)),
    )


def booked_since(conn: Connection, clinic_id: str, contact_id: str, since: datetime) -> int:
    """How many visits this number has booked, for the clinic's limit; cancelled ones count too."""
    return int(
        conn.execute(
            select(func.count())
            .select_from(appointments)
            .where(
                appointments.c.clinic_id == clinic_id,
                appointments.c.contact_id == contact_id,
                appointments.c.status != "proposed",
                appointments.c.source == "chat",
                appointments.c.created_at >= since,
            )
        ).scalar_one()
    )


def upcoming_of(conn: Connection, clinic_id: str, contact_id: str, now: datetime) -> list[Appointment]:
    """What this contact has ahead, for everybody on the number, soonest first."""
    return _select(
        conn,
        appointments.c.clinic_id == clinic_id,
        appointments.c.contact_id == contact_id,
        appointments.c.status.in_(UPCOMING_STATUSES),
        func.lower(appointments.c.during) > now,
    )


def appointments_between(conn: Connection, clinic_id: str, start: datetime, end: datetime) -> list[Appointment]:
    """All that are not holds and begin in `[start, end)`, for the desk's list of a day."""
    return _select(
        conn,
        appointments.c.clinic_id == clinic_id,
        appointments.c.status != "proposed",
        func.lower(appointments.c.during) >= start,
        func.lower(appointments.c.during) < end,
    )


def load_appointment(conn: Connection, clinic_id: str, appointment_id: str) -> Appointment:
    """Raises AppointmentGone."""
    found = _select(conn, appointments.c.clinic_id == clinic_id, appointments.c.id == appointment_id)
    if not found:
        raise AppointmentGone(appointment_id)
    return found[0]


def _select(conn: Connection, *conditions: object) -> list[Appointment]:
    query = (
        select(
            appointments.c.id,
            appointments.c.status,
            practitioners.c.id,
            practitioners.c.name_en,
            practitioners.c.name_ar,
            specialties.c.id,
            specialties.c.code,
            specialties.c.name_en,
            specialties.c.name_ar,
            appointments.c.patient_id,
            patients.c.name,
            func.lower(appointments.c.during),
            func.upper(appointments.c.during),
            appointments.c.contact_id,
            appointments.c.service_id,
            appointments.c.wishes,
            appointments.c.moves,
        )
        .join(practitioners, practitioners.c.id == appointments.c.practitioner_id)
        .join(specialties, specialties.c.id == appointments.c.specialty_id)
        .outerjoin(patients, patients.c.id == appointments.c.patient_id)
        .where(and_(*conditions))
        .order_by(func.lower(appointments.c.during))
    )
    return [Appointment(*row) for row in conn.execute(query)]


def _record(
    conn: Connection,
    clinic_id: str,
    appointment_id: str,
    status: str,
    actor: str,
    now: datetime,
    note: Optional[str] = None,
    slot: Optional[Slot] = None,
) -> None:
    conn.execute(
        insert(appointment_events).values(
            clinic_id=clinic_id,
            appointment_id=appointment_id,
            status=status,
            actor=actor,
            note=note,
            during=DateTimeTZRange(slot.start, slot.end, "[)") if slot else None,
            created_at=now,
        )
    )
