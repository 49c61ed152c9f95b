"""People who wait at the demo clinic, times that are given up, and what each was told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Optional

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Engine

from clinic.appointments import book_slot, cancel_appointment
from clinic.database.tables import (
    appointments,
    clinic_settings,
    contacts,
    conversations,
    freed_slots,
    messages,
    patients,
    specialties,
    tasks,
    waitlist_entries,
    waitlist_offers,
)
from clinic.demo import DemoClinic
from clinic.patients import add_patient
from clinic.schedule import Clinic, Practitioner, Slot, load_clinic, practitioners_of
from clinic.settings import load_booking_policy
from clinic.waitlist import Entry, join_queue
from messaging.freed_slots import offer_freed_slots

from .conftest import NOW, Patient, new_patient

_keys = count()


@dataclass
class WaitingRoom:
    engine: Engine
    demo: DemoClinic
    now: datetime = NOW

    @property
    def clinic(self) -> Clinic:
        with self.engine.connect() as conn:
            return load_clinic(conn, self.demo.id)

    def at(self, days: int, clock: str) -> datetime:
        """That many days after today, by the clinic's clock."""
        hour, minute = map(int, clock.split(":"))
        local = self.now.astimezone(self.clinic.zone) + timedelta(days=days)
        return local.replace(hour=hour, minute=minute, second=0, microsecond=0)

    def doctor(self, name: str) -> Practitioner:
        with self.engine.connect() as conn:
            return next(one for one in practitioners_of(conn, self.demo.id) if name in one.name_en)

    def specialty(self, code: str) -> str:
        with self.engine.connect() as conn:
            query = select(specialties.c.id).where(specialties.c.clinic_id == self.demo.id, specialties.c.code == code)
            return str(conn.execute(query).scalar_one())

    def policy(self, **fields: int) -> None:
        with self.engine.begin() as conn:
            conn.execute(insert(clinic_settings).values(clinic_id=self.demo.id, key="booking", value=fields))

    def patient(self, number: int, name: str = "Mona") -> Patient:
        """Somebody who has written a moment ago."""
        patient = new_patient(self.engine, self.demo, number, name)
        self.wrote(patient, self.now)
        return patient

    def wrote(self, patient: Patient, when: datetime) -> None:
        with self.engine.begin() as conn:
            conn.execute(update(contacts).where(contacts.c.id == patient.contact_id).values(last_inbound_at=when))

    def myself(self, patient: Patient, name: str = "Mona") -> str:
        with self.engine.begin() as conn:
            return add_patient(conn, self.demo.id, patient.contact_id, name, "self").id

    def visit(
        self, patient: Patient, doctor: str, start: datetime, specialty: str = "dermatology", **wishes: Any
    ) -> str:
        """A booked visit of the one who writes."""
        patient_id, specialty_id = self.myself(patient), self.specialty(specialty)
        with self.engine.begin() as conn:
            minutes = conn.execute(select(specialties.c.minutes).where(specialties.c.id == specialty_id)).scalar_one()
            slot = Slot(self.doctor(doctor), start, start + timedelta(minutes=minutes))
            return book_slot(
                conn,
                self.demo.id,
                patient.contact_id,
                specialty_id,
                patient_id,
                slot,
                self.now,
                idempotency_key=f"visit.{next(_keys)}",
                wishes=wishes,
            )

    def wait(
        self,
        patient: Patient,
        visit: Optional[str] = None,
        specialty: str = "dermatology",
        doctor: Optional[str] = None,
        now: Optional[datetime] = None,
        **wishes: Any,
    ) -> Entry:
        patient_id = self.myself(patient)
        with self.engine.begin() as conn:
            return join_queue(
                conn,
                load_clinic(conn, self.demo.id),
                patient.contact_id,
                patient.conversation_id,
                self.specialty(specialty),
                patient_id,
                load_booking_policy(conn, self.demo.id),
                now or self.now,
                practitioner_id=self.doctor(doctor).id if doctor else None,
                appointment_id=visit,
                wishes=wishes,
            )

    def give_up(self, patient: Patient, visit: str) -> None:
        with self.engine.begin() as conn:
            cancel_appointment(conn, self.demo.id, patient.contact_id, visit, self.now)

    def free(self, doctor: str, start: datetime, minutes: int = 20) -> str:
        """A time that somebody has given up."""
        with self.engine.begin() as conn:
            during = f"[{start.isoformat()},{(start + timedelta(minutes=minutes)).isoformat()})"
            row = insert(freed_slots).values(
                clinic_id=self.demo.id,
                practitioner_id=self.doctor(doctor).id,
                during=during,
                created_at=self.now,
            )
            return str(conn.execute(row.returning(freed_slots.c.id)).scalar_one())

    def ask(self, now: Optional[datetime] = None) -> int:
        """The periodic job runs; returns how many were asked."""
        return offer_freed_slots(self.engine, now or self.now)

    def offers(self, **where: Any) -> list[Any]:
        query = select(waitlist_offers).order_by(waitlist_offers.c.created_at, waitlist_offers.c.id)
        for name, value in where.items():
            query = query.where(waitlist_offers.c[name] == value)
        with self.engine.connect() as conn:
            return conn.execute(query).all()

    def asked(self) -> set[str]:
        """The entries with an open offer."""
        return {row.entry_id for row in self.offers(status="open")}

    def entry(self, entry_id: str) -> Any:
        with self.engine.connect() as conn:
            return conn.execute(select(waitlist_entries).where(waitlist_entries.c.id == entry_id)).one()

    def freed(self) -> list[Any]:
        """Times that are still to be offered."""
        with self.engine.connect() as conn:
            return conn.execute(select(freed_slots).where(freed_slots.c.settled_at.is_(None))).all()

    def appointment(self, appointment_id: str) -> Any:
        with self.engine.connect() as conn:
            return conn.execute(select(appointments).where(appointments.c.id == appointment_id)).one()

    def booked(self, patient: Patient) -> list[Any]:
        with self.engine.connect() as conn:
            query = select(appointments).where(
                appointments.c.contact_id == patient.contact_id,
                appointments.c.status.in_(("booked", "confirmed")),
            )
            return conn.execute(query.order_by(appointments.c.starts_at)).all()

    def told(self, patient: Patient) -> list[Any]:
        """What was written to them unasked, in order."""
        with self.engine.connect() as conn:
            query = select(messages).where(
                messages.c.conversation_id == patient.conversation_id, messages.c.direction == "out"
            )
            return conn.execute(query.order_by(messages.c.seq)).all()

    def calls(self) -> list[Any]:
        with self.engine.connect() as conn:
            return conn.execute(select(tasks).where(tasks.c.kind == "call_patient")).all()

    def owned_by_person(self, patient: Patient) -> None:
        with self.engine.begin() as conn:
            conn.execute(
                update(conversations).where(conversations.c.id == patient.conversation_id).values(owner="person")
            )

    def change_patient(self, patient: Patient, **values: Any) -> None:
        with self.engine.begin() as conn:
            conn.execute(update(patients).where(patients.c.id == self.myself(patient)).values(**values))
