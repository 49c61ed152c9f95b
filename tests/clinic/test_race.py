"""Law 2: thirty patients reach for one time; one has it, twenty-nine are offered others."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import func, select
from sqlalchemy.engine import Engine

from actions.booking import ActionBooking
from actions.tap import ActionTap
from clinic.database.tables import appointments
from clinic.demo import DemoClinic

from .conftest import Patient, new_patient

PATIENTS = 30


def test_thirty_patients_race_for_one_slot(engine: Engine, clinic: DemoClinic) -> None:
    patients = [new_patient(engine, clinic, number, f"Patient {chr(65 + number % 26)}") for number in range(PATIENTS)]
    for patient in patients:
        patient.say(ActionBooking(), "book", "book_appointment")
        patient.tap(ActionTap(), "Dermatology")
    line = Barrier(PATIENTS)

    def reach(patient: Patient) -> str:
        assert patient.last is not None
        first = patient.last.options[0]
        line.wait()
        reply = patient.tap_id(ActionTap(), first.id)
        if "Shall I book it" in reply.text:
            reply = patient.tap(ActionTap(), "Confirm")
        return reply.text

    with ThreadPoolExecutor(PATIENTS) as pool:
        answers = list(pool.map(reach, patients))
    booked = [text for text in answers if text.startswith("Booked")]
    others = [patient for patient, text in zip(patients, answers, strict=True) if not text.startswith("Booked")]
    assert len(booked) == 1
    assert len(others) == PATIENTS - 1 and all(patient.last and patient.last.options for patient in others)
    with engine.begin() as conn:
        live = select(func.count()).select_from(appointments).where(appointments.c.status != "cancelled")
        assert conn.execute(live).scalar_one() == 1
