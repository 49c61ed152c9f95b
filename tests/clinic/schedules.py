"""Clinics with nothing in them but a schedule, made row by row."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any, Optional

from psycopg2.extras import DateTimeTZRange
from sqlalchemy import insert
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from clinic.database.tables import (
    absences,
    appointments,
    clinics,
    contacts,
    extra_sessions,
    patients,
    practitioner_specialties,
    practitioners,
    seasons,
    specialties,
    working_hours,
)
from clinic.schedule import Clinic, Specialty, load_clinic


class Schedule:
    """A clinic of its own in the test's database, and a specialty in it."""

    def __init__(self, conn: Connection, zone: str = "Asia/Riyadh", country: str = "SA", minutes: int = 30) -> None:
        self.conn = conn
        self.clinic_id = self._insert(
            clinics,
            name_en="Clinic",
            name_ar="عيادة",
            country=country,
            timezone=zone,
            currency="SAR",
            emergency_number="997",
        )
        specialty_id = self.add(specialties, code="general", name_en="General", name_ar="عام", minutes=minutes)
        self.specialty = Specialty(specialty_id, "general", "General", "عام", minutes, None)
        self.contact_id = self.add(contacts, wa_id="966500000001")
        self.patient_id = self.add(patients, name="Mona")

    @property
    def clinic(self) -> Clinic:
        return load_clinic(self.conn, self.clinic_id)

    def _insert(self, table: Any, **values: Any) -> str:
        return str(self.conn.execute(insert(table).values(**values).returning(table.c.id)).scalar_one())

    def add(self, table: Any, **values: Any) -> str:
        return self._insert(table, clinic_id=self.clinic_id, **values)

    def doctor(self, name: str = "Dr. A", *, active: bool = True) -> str:
        doctor = self.add(practitioners, name_en=name, name_ar=name, gender="female", active=active)
        self.conn.execute(
            insert(practitioner_specialties).values(
                clinic_id=self.clinic_id, practitioner_id=doctor, specialty_id=self.specialty.id
            )
        )
        return doctor

    def works(self, doctor: str, weekday: int, start: str, end: str, **values: Any) -> str:
        return self.add(
            working_hours,
            practitioner_id=doctor,
            weekday=weekday,
            start_time=time.fromisoformat(start),
            end_time=time.fromisoformat(end),
            **values,
        )

    def extra(self, doctor: str, day: date, start: str, end: str) -> str:
        return self.add(
            extra_sessions,
            practitioner_id=doctor,
            day=day,
            start_time=time.fromisoformat(start),
            end_time=time.fromisoformat(end),
        )

    def away(self, start: datetime, end: datetime, doctor: Optional[str] = None, **values: Any) -> str:
        reason = {"reason": "closed" if doctor is None else "leave", **values}
        return self.add(absences, practitioner_id=doctor, during=DateTimeTZRange(start, end), **reason)

    def ramadan(self, first: date, last: date) -> str:
        return self.add(seasons, code="ramadan", starts_on=first, ends_on=last)

    def visit(self, doctor: str, start: datetime, end: datetime, status: str = "booked", **values: Any) -> str:
        return self.add(
            appointments,
            practitioner_id=doctor,
            specialty_id=self.specialty.id,
            contact_id=values.pop("contact_id", self.contact_id),
            patient_id=self.patient_id,
            during=DateTimeTZRange(start, end),
            status=status,
            **values,
        )

    def refused(self, add: Any, *args: Any, **values: Any) -> bool:
        """Whether the database would not take this row."""
        try:
            with self.conn.begin_nested():
                add(*args, **values)
        except IntegrityError:
            return True
        return False
