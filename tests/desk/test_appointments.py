"""The day's appointments."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import select, update
from sqlalchemy.engine import Engine

from clinic.appointments import book_slot
from clinic.database.tables import appointments, specialties
from clinic.demo import DemoClinic
from clinic.patients import add_patient
from clinic.schedule import Slot, practitioners_of
from tests.desk.conftest import NOW, Browser, Front


def book(front: Front, clinic: DemoClinic, start: datetime, name: str, number: int = 1, status: str = "booked") -> None:
    chat = front.chat(clinic, number)
    with front.engine.begin() as conn:
        patient = add_patient(conn, clinic.id, chat.contact_id, name, "self")
        practitioner = practitioners_of(conn, clinic.id)[0]
        mine = select(specialties.c.id).where(specialties.c.clinic_id == clinic.id).order_by(specialties.c.position)
        slot = Slot(practitioner, start, start + timedelta(minutes=20))
        key, specialty_id = f"{name}{start}", conn.execute(mine.limit(1)).scalar_one()
        booked = book_slot(conn, clinic.id, chat.contact_id, specialty_id, patient.id, slot, NOW, idempotency_key=key)
        conn.execute(update(appointments).where(appointments.c.id == booked).values(status=status))


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=timezone.utc)


def test_a_day_shows_its_appointments_in_order_in_the_clinics_zone(
    reem: Browser, front: Front, clinic: DemoClinic
) -> None:
    book(front, clinic, at(24, 13), "Huda")
    book(front, clinic, at(24, 6), "Sami", 2, "arrived")
    book(front, clinic, at(23, 21, 30), "Night owl", 3)  # half past midnight in Riyadh
    book(front, clinic, at(24, 21, 30), "Tomorrow", 4)
    page = reem.get("/appointments").text
    assert re.findall(r'<td class="visit-who"><bdi>([^<]*)', page) == ["Night owl", "Sami", "Huda"]
    for words in ("Tuesday 24 Nov", "12:30 am", "9:00 am", "4:00 pm", "Dr. ", "General medicine", "arrived", "booked"):
        assert words in page


@pytest.mark.parametrize(
    ("day", "shown"),
    [
        ("2026-11-25", "Wednesday 25 Nov"),
        ("2026-02-30", "Tuesday 24 Nov"),
        ("9999-12-31", "Tuesday 24 Nov"),
        ("x\0", "Tuesday 24 Nov"),
    ],
)
def test_one_may_leaf_through_days_and_nonsense_is_today(reem: Browser, day: str, shown: str) -> None:
    page = reem.get("/appointments", params={"day": day})
    assert page.status_code == 200
    assert shown in page.text


def test_the_days_before_and_after_are_one_step_away(reem: Browser) -> None:
    page = reem.get("/appointments?day=2026-12-01").text
    assert 'href="/appointments?day=2026-11-30"' in page and 'href="/appointments?day=2026-12-02"' in page


def test_a_free_day_says_so_and_looking_is_on_record(reem: Browser, front: Front) -> None:
    assert "No appointments on this day" in reem.get("/appointments?day=2026-12-05").text
    assert front.on_record("view_appointments") == ["day:2026-12-05"]


def test_another_clinics_appointments_are_not_shown(
    reem: Browser, front: Front, clinic: DemoClinic, other_clinic: DemoClinic, engine: Engine
) -> None:
    book(front, other_clinic, at(24, 13), "Their patient", 5)
    assert "Their patient" not in reem.get("/appointments").text
