"""Law 2 over time: fifty patients and four at reception book, move and cancel around ten times of one doctor.

In the suite each does a few things; `make race` lets them go on for a minute.
"""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from datetime import time as clock
from threading import Barrier
from typing import Any, Callable, Iterator, Optional

import pytest
from psycopg2.errorcodes import DEADLOCK_DETECTED
from sqlalchemy import create_engine, insert, select, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from actions.booking import ActionBooking
from actions.tap import ActionTap
from actions.visits import ActionCancelling, ActionRescheduling
from clinic.appointments import AppointmentGone, SlotTaken, book_slot, cancel_appointment, move_appointment
from clinic.database.tables import (
    appointment_events,
    appointments,
    patients,
    practitioner_specialties,
    practitioners,
    specialties,
    working_hours,
)
from clinic.demo import DemoClinic
from clinic.free_times import free_times
from clinic.schedule import bookable_specialties, load_clinic
from clinic.settings import BookingPolicy
from messaging.bubbles import Bubble

from .conftest import NOW, Patient, new_patient

PATIENTS, STAFF, ACTS = 50, 4, 3
DAY = date(2026, 12, 2)  # a Wednesday: ten times of twenty minutes
BOOK, TAP = ActionBooking, ActionTap


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A connection for everybody: what is raced for is the time, not the pool."""
    everybody = create_engine(database_url, future=True, pool_size=PATIENTS + STAFF, hide_parameters=True)
    yield everybody
    everybody.dispose()


@dataclass
class Told:
    """What the chats said was done, to be compared with what is on record."""

    booked: int = 0
    moved: int = 0
    cancelled: int = 0
    lines: list[str] = field(default_factory=list)

    def hear(self, bubble: Bubble) -> None:
        self.booked += bubble.text.startswith("Booked")
        self.moved += bubble.text.startswith("Moved")
        self.cancelled += "is cancelled" in bubble.text
        self.lines.append(bubble.text)


@pytest.mark.timeout(300)
def test_fifty_patients_and_four_staff_race_over_ten_times(
    engine: Engine, clinic: DemoClinic, pytestconfig: pytest.Config
) -> None:
    seconds = pytestconfig.getoption("--race-seconds")
    until = time.monotonic() + seconds if seconds else None
    with engine.begin() as conn:
        eyes = _ten_times(conn, clinic.id)
    racers = [new_patient(engine, clinic, number, f"Patient {chr(65 + number % 26)}") for number in range(PATIENTS)]
    told = [Told() for _ in racers]
    line = Barrier(PATIENTS + STAFF)

    def run(act: Callable[[random.Random], None], seed: int) -> None:
        dice = random.Random(seed)
        line.wait()
        acts = 0
        while acts < ACTS or (until is not None and time.monotonic() < until):
            act(dice)
            acts += 1

    def patient_acts(place: int) -> Callable[[random.Random], None]:
        return lambda dice: _patient_acts(racers[place], told[place], dice)

    with ThreadPoolExecutor(PATIENTS + STAFF) as pool:
        runs = [pool.submit(run, patient_acts(place), place) for place in range(PATIENTS)]
        runs += [
            pool.submit(run, lambda dice, who=who: _staff_acts(engine, clinic, who, dice), 1000 + who)
            for who in range(STAFF)
        ]
        for one in runs:
            one.result()

    with engine.begin() as conn:
        _nothing_doubled(conn)
        events = conn.execute(select(appointment_events).order_by(appointment_events.c.created_at)).all()
        live = conn.execute(select(appointments).where(appointments.c.status.in_(("booked", "confirmed")))).all()
    by_patients = [event for event in events if event.actor == "patient"]
    # Each word that something was done stands for exactly one change on record, and the other way round.
    assert sum(one.booked for one in told) == len([e for e in by_patients if e.status == "booked" and e.note is None])
    assert sum(one.moved for one in told) == len([e for e in by_patients if e.note == "moved"])
    assert sum(one.cancelled for one in told) == len([e for e in by_patients if e.status == "cancelled"])
    assert len([row for row in live if row.specialty_id == eyes]) <= 10
    assert sum(one.booked for one in told) >= 10
    # What is on record leads to what there is.
    begun = {e.appointment_id for e in events if e.status == "booked" and e.note is None}
    ended = {e.appointment_id for e in events if e.status == "cancelled"}
    assert {row.id for row in live} == begun - ended
    # Nobody was left without an answer.
    assert all(line for one in told for line in one.lines)


def _ten_times(conn: Any, clinic_id: str) -> str:
    """A specialty of one doctor with one session ahead. Returns its id."""
    specialty = conn.execute(
        insert(specialties)
        .values(clinic_id=clinic_id, code="ophthalmology", name_en="Eyes", name_ar="العيون", minutes=20, position=-1)
        .returning(specialties.c.id)
    ).scalar_one()
    doctor = conn.execute(
        insert(practitioners)
        .values(clinic_id=clinic_id, name_en="Dr. Eye", name_ar="د. عين", gender="male")
        .returning(practitioners.c.id)
    ).scalar_one()
    conn.execute(
        insert(practitioner_specialties).values(clinic_id=clinic_id, practitioner_id=doctor, specialty_id=specialty)
    )
    conn.execute(
        insert(working_hours).values(
            clinic_id=clinic_id,
            practitioner_id=doctor,
            weekday=DAY.weekday(),
            start_time=clock(9),
            end_time=clock(12, 20),
            valid_from=DAY,
            valid_until=DAY,
        )
    )
    return str(specialty)


def _patient_acts(patient: Patient, told: Told, dice: random.Random) -> None:
    """Book; who has a visit already moves it, cancels it, or tries for another."""
    what = dice.choice(("book", "book", "move", "cancel"))
    if what == "book":
        told.hear(patient.say(BOOK(), "book", "book_appointment"))
        told.hear(_tap(patient, dice, "Eyes"))
    elif what == "move":
        told.hear(patient.say(ActionRescheduling(), "move my visit", "reschedule_appointment"))
        told.hear(_tap(patient, dice))
    else:
        told.hear(patient.say(ActionCancelling(), "cancel my visit please", "cancel_appointment"))
    for _ in range(2):
        told.hear(_tap(patient, dice, "Yes, cancel", "Confirm"))


def _tap(patient: Patient, dice: random.Random, *wanted: str) -> Bubble:
    """The wanted option where it is offered, else any; hello where there is none."""
    assert patient.last is not None
    options = [option for option in patient.last.options if "person" not in option.title]
    liked = [option for option in options if any(title in option.title for title in wanted)]
    if not options:
        return patient.say(BOOK(), "book eyes", "book_appointment")
    return patient.tap_id(TAP(), dice.choice(liked or options).id)


def _staff_acts(engine: Engine, clinic: DemoClinic, who: int, dice: random.Random) -> None:
    try:
        _at_the_counter(engine, clinic, who, dice)
    except OperationalError as error:
        # Two who reach for each other's times: one is told to begin again, and nothing of it was done.
        assert error.orig.pgcode == DEADLOCK_DETECTED


def _at_the_counter(engine: Engine, clinic: DemoClinic, who: int, dice: random.Random) -> None:
    """Reception books for somebody at the counter, moves and cancels, by the same functions."""
    actor = f"staff:{who}"
    with engine.begin() as conn:
        ours = load_clinic(conn, clinic.id)
        eyes = next(one for one in bookable_specialties(conn, clinic.id) if one.code == "ophthalmology")
        free = free_times(conn, ours, eyes, BookingPolicy(), NOW)
        live = conn.execute(
            select(appointments.c.id).where(
                appointments.c.status == "booked", appointments.c.specialty_id == eyes.id
            )
        ).scalars().all()  # fmt: skip
        what = dice.choice(("book", "move", "cancel"))
        contact = conn.execute(text("SELECT id FROM contacts LIMIT 1")).scalar_one()
        try:
            if what == "cancel" and live:
                cancel_appointment(conn, clinic.id, None, str(dice.choice(live)), NOW, by="clinic", actor=actor)
            elif what == "move" and live and free:
                chosen = free[dice.randrange(len(free))]
                move_appointment(conn, clinic.id, None, str(dice.choice(live)), chosen, NOW, actor=actor)
            elif free:
                chosen = free[dice.randrange(len(free))]
                walk_in = conn.execute(
                    insert(patients).values(clinic_id=clinic.id, name="Walk In").returning(patients.c.id)
                ).scalar_one()
                key = f"desk:{who}:{dice.random()}"
                book_slot(
                    conn, clinic.id, str(contact), eyes.id, walk_in, chosen, NOW, idempotency_key=key, actor=actor,
                    source="desk",
                )  # fmt: skip
        except (SlotTaken, AppointmentGone):
            pass  # a colleague or a patient was faster; what was begun is rolled back to the savepoint


def _nothing_doubled(conn: Any) -> None:
    doubled: Optional[int] = conn.execute(
        text(
            "SELECT count(*) FROM appointments a JOIN appointments b ON a.practitioner_id = b.practitioner_id "
            "AND a.id < b.id AND a.during && b.during WHERE a.status <> 'cancelled' AND b.status <> 'cancelled'"
        )
    ).scalar_one()
    assert doubled == 0
