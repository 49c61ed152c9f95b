"""What reception records of a visit: only what may follow, once, by whom and when; and taken back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg2.extras import DateTimeTZRange
from sqlalchemy import insert, select, update
from sqlalchemy.engine import Engine

from clinic.attendance import (
    NEXT,
    REASONS,
    UNDONE_WITHIN,
    UnknownReason,
    WrongState,
    cancel_by_clinic,
    is_unrecorded,
    mark,
    next_states,
    undo,
)
from clinic.database.tables import (
    APPOINTMENT_STATUSES,
    access_events,
    appointment_events,
    appointments,
    encounters,
    freed_slots,
    practitioner_specialties,
    staff,
)
from clinic.demo import DemoClinic, seed_demo
from clinic.patients import add_patient
from clinic.staff import Staff
from tests.clinic.conftest import NOW, Patient

START = NOW + timedelta(hours=1)
DURING = NOW + timedelta(hours=1, minutes=5)
AFTER = NOW + timedelta(hours=2)


@pytest.fixture
def reem(engine: Engine, staff_id: str, clinic: DemoClinic) -> Staff:
    return Staff(staff_id, clinic.id, "reem", "Reem", "reception", "en")


@pytest.fixture
def visit(engine: Engine, clinic: DemoClinic, patient: Patient) -> str:
    return new_visit(engine, clinic, patient)


def new_visit(engine: Engine, clinic: DemoClinic, patient: Patient, start: datetime = START, **values: Any) -> str:
    with engine.begin() as conn:
        works = practitioner_specialties.c
        pair = select(works.practitioner_id, works.specialty_id).where(works.clinic_id == clinic.id)
        practitioner_id, specialty_id = conn.execute(pair.order_by(works.practitioner_id).limit(1)).one()
        patient_id = add_patient(conn, clinic.id, patient.contact_id, "Mona", "self").id
        row = {"status": "booked", "contact_id": patient.contact_id, "patient_id": patient_id, **values}
        made = insert(appointments).values(
            clinic_id=clinic.id,
            practitioner_id=practitioner_id,
            specialty_id=specialty_id,
            during=DateTimeTZRange(start, start + timedelta(minutes=20), "[)"),
            **row,
        )
        return str(conn.execute(made.returning(appointments.c.id)).scalar_one())


def status_of(engine: Engine, visit: str) -> str:
    with engine.begin() as conn:
        return str(conn.execute(select(appointments.c.status).where(appointments.c.id == visit)).scalar_one())


def visits_seen(engine: Engine) -> list[Any]:
    with engine.begin() as conn:
        return conn.execute(select(encounters)).all()


def set_status(engine: Engine, visit: str, status: str) -> None:
    by = "clinic" if status == "cancelled" else None
    with engine.begin() as conn:
        conn.execute(update(appointments).where(appointments.c.id == visit).values(status=status, cancelled_by=by))


def test_a_visit_goes_from_booked_to_seen_and_each_step_is_on_record(engine: Engine, reem: Staff, visit: str) -> None:
    with engine.begin() as conn:
        mark(conn, reem, visit, "arrived", DURING, seen="booked")
        mark(conn, reem, visit, "fulfilled", AFTER, seen="arrived")
        steps = select(
            appointment_events.c.status,
            appointment_events.c.actor,
            appointment_events.c.during,
            appointment_events.c.created_at,
        )
        events = conn.execute(steps.order_by(appointment_events.c.created_at)).all()
        seen = conn.execute(select(access_events.c.action, access_events.c.subject, access_events.c.staff_id)).all()
    assert [(one.status, one.actor, one.created_at) for one in events] == [
        ("arrived", f"staff:{reem.id}", DURING),
        ("fulfilled", f"staff:{reem.id}", AFTER),
    ]
    assert {one.during.lower for one in events} == {START}
    assert sorted(seen) == [
        ("mark_arrived", f"appointments:{visit}", reem.id),
        ("mark_fulfilled", f"appointments:{visit}", reem.id),
    ]
    [encounter] = visits_seen(engine)
    assert (encounter.appointment_id, encounter.kind, encounter.visited_on) == (visit, "single", START.date())


def test_a_visit_after_midnight_took_place_on_the_clinics_day_not_on_londons(
    engine: Engine, reem: Staff, clinic: DemoClinic, patient: Patient
) -> None:
    late = new_visit(engine, clinic, patient, datetime.fromisoformat("2026-11-24T21:30:00+00:00"), status="arrived")
    with engine.begin() as conn:
        mark(conn, reem, late, "fulfilled", AFTER + timedelta(days=1), seen="arrived")
    assert visits_seen(engine)[0].visited_on.isoformat() == "2026-11-25"


@pytest.mark.parametrize("status", [one for one in APPOINTMENT_STATUSES if one != "proposed"])
@pytest.mark.parametrize("to", ["booked", "confirmed", "arrived", "fulfilled", "noshow", "proposed", "nonsense"])
def test_only_what_the_table_allows_may_follow(engine: Engine, reem: Staff, visit: str, status: str, to: str) -> None:
    set_status(engine, visit, status)
    with engine.begin() as conn:
        if to in NEXT[status]:
            mark(conn, reem, visit, to, AFTER, seen=status)
        else:
            with pytest.raises(WrongState) as refused:
                mark(conn, reem, visit, to, AFTER, seen=status)
            assert refused.value.status == status
    assert status_of(engine, visit) == (to if to in NEXT[status] else status)


def test_a_cancellation_goes_its_own_way_since_it_needs_a_reason(engine: Engine, reem: Staff, visit: str) -> None:
    with engine.begin() as conn:
        with pytest.raises(WrongState):
            mark(conn, reem, visit, "cancelled", NOW, seen="booked")
        with pytest.raises(UnknownReason):
            cancel_by_clinic(conn, reem, visit, "because", NOW, seen="booked")
    assert status_of(engine, visit) == "booked"


def test_nobody_is_missing_before_the_start_and_nobody_arrives_days_before(
    engine: Engine, reem: Staff, visit: str
) -> None:
    with engine.begin() as conn, pytest.raises(WrongState):
        mark(conn, reem, visit, "noshow", START - timedelta(seconds=1), seen="booked")
    with engine.begin() as conn, pytest.raises(WrongState):
        mark(conn, reem, visit, "arrived", START - timedelta(days=1), seen="booked")
    with engine.begin() as conn:
        mark(conn, reem, visit, "noshow", START, seen="booked")
    assert status_of(engine, visit) == "noshow"


@given(
    status=st.sampled_from(APPOINTMENT_STATUSES),
    begins=st.integers(-5000, 5000),
    minutes=st.integers(1, 600),
)
def test_an_unrecorded_arrival_is_one_that_could_still_be_recorded(status: str, begins: int, minutes: int) -> None:
    start = NOW + timedelta(minutes=begins)
    end = start + timedelta(minutes=minutes)
    if is_unrecorded(status, end, NOW):
        assert {"arrived", "noshow"} <= set(next_states(status, start, NOW))
    if end > NOW or status == "noshow":
        assert not is_unrecorded(status, end, NOW)


@pytest.mark.parametrize("status", ["booked", "confirmed"])
@pytest.mark.parametrize("marked", ["arrived", "noshow"])
def test_a_wrong_tap_is_taken_back_to_what_it_was(
    engine: Engine, reem: Staff, visit: str, status: str, marked: str
) -> None:
    set_status(engine, visit, status)
    with engine.begin() as conn:
        mark(conn, reem, visit, marked, AFTER, seen=status)
        assert undo(conn, reem, visit, AFTER, seen=marked) == status
    assert status_of(engine, visit) == status


def test_steps_are_taken_back_one_by_one_and_the_visit_that_was_none_is_forgotten(
    engine: Engine, reem: Staff, visit: str
) -> None:
    with engine.begin() as conn:
        mark(conn, reem, visit, "noshow", AFTER, seen="booked")
        mark(conn, reem, visit, "arrived", AFTER + timedelta(minutes=1), seen="noshow")
        mark(conn, reem, visit, "fulfilled", AFTER + timedelta(minutes=2), seen="arrived")
    assert len(visits_seen(engine)) == 1
    with engine.begin() as conn:
        later = AFTER + timedelta(minutes=3)
        assert [undo(conn, reem, visit, later, seen=one) for one in ("fulfilled", "arrived", "noshow")] == [
            "arrived",
            "noshow",
            "booked",
        ]
    assert visits_seen(engine) == []


def test_seen_again_after_an_undo_is_one_visit(engine: Engine, reem: Staff, visit: str) -> None:
    with engine.begin() as conn:
        mark(conn, reem, visit, "arrived", DURING, seen="booked")
        for _ in range(2):
            mark(conn, reem, visit, "fulfilled", DURING, seen="arrived")
            undo(conn, reem, visit, DURING, seen="fulfilled")
        mark(conn, reem, visit, "fulfilled", DURING, seen="arrived")
    assert len(visits_seen(engine)) == 1


def test_a_mark_of_a_shift_ago_a_cancellation_and_a_booking_are_not_taken_back(
    engine: Engine, reem: Staff, visit: str
) -> None:
    with engine.begin() as conn:
        with pytest.raises(WrongState):
            undo(conn, reem, visit, DURING, seen="booked")
        mark(conn, reem, visit, "arrived", DURING, seen="booked")
        with pytest.raises(WrongState):
            undo(conn, reem, visit, DURING + UNDONE_WITHIN + timedelta(seconds=1), seen="arrived")
        cancel_by_clinic(conn, reem, visit, "equipment", DURING, seen="arrived")
        with pytest.raises(WrongState):
            undo(conn, reem, visit, DURING, seen="cancelled")
    assert status_of(engine, visit) == "cancelled"


@pytest.mark.parametrize("reason", REASONS)
def test_a_cancellation_says_by_whom_and_why_and_frees_the_time_only_when_somebody_works_then(
    engine: Engine, reem: Staff, visit: str, reason: str
) -> None:
    with engine.begin() as conn:
        cancel_by_clinic(conn, reem, visit, reason, NOW, seen="booked")
        row = conn.execute(select(appointments).where(appointments.c.id == visit)).one()
        freed = conn.execute(select(freed_slots.c.during)).scalars().all()
    patients_own = reason == "patient_asked"
    assert (row.status, row.cancelled_by, row.cancelled_reason) == (
        "cancelled",
        "patient" if patients_own else "clinic",
        reason,
    )
    assert [one.lower for one in freed] == ([START] if patients_own else [])


def test_another_clinics_visit_and_one_that_does_not_exist_look_the_same(
    engine: Engine, reem: Staff, clinic: DemoClinic, visit: str
) -> None:
    with engine.begin() as conn:
        other = seed_demo(conn, "200000000000099", "100000000000099")
        theirs = Staff(reem.id, other.id, "x", "X", "reception", "en")
        for act in (
            lambda: mark(conn, theirs, visit, "arrived", DURING, seen="booked"),
            lambda: undo(conn, theirs, visit, DURING, seen="booked"),
            lambda: cancel_by_clinic(conn, theirs, visit, "other", DURING, seen="booked"),
        ):
            with pytest.raises(WrongState) as refused:
                act()
            assert refused.value.status is None
    assert status_of(engine, visit) == "booked"


def test_a_hold_is_no_visit(engine: Engine, reem: Staff, clinic: DemoClinic, patient: Patient) -> None:
    hold = new_visit(engine, clinic, patient, status="proposed", hold_expires_at=AFTER)
    with engine.begin() as conn, pytest.raises(WrongState):
        mark(conn, reem, hold, "arrived", DURING, seen="proposed")


def test_of_two_who_click_at_once_one_wins_and_the_other_sees_what_it_is_now(
    engine: Engine, reem: Staff, clinic: DemoClinic, visit: str
) -> None:
    with engine.begin() as conn:
        values = {"username": "sami", "name": "Sami", "role": "reception", "password_hash": "-"}
        id = conn.execute(insert(staff).values(clinic_id=clinic.id, **values).returning(staff.c.id)).scalar_one()
    sami = Staff(str(id), clinic.id, "sami", "Sami", "reception", "en")
    for _ in range(10):
        set_status(engine, visit, "booked")
        together = Barrier(2)

        def click(member: Staff, status: str, together: Barrier = together) -> str:
            together.wait()
            try:
                with engine.begin() as conn:
                    mark(conn, member, visit, status, AFTER, seen="booked")
                return status
            except WrongState as refused:
                return f"sees {refused.status}"

        with ThreadPoolExecutor(2) as pool:
            said = {one.result() for one in [pool.submit(click, reem, "arrived"), pool.submit(click, sami, "noshow")]}
        now = status_of(engine, visit)
        assert said == {now, f"sees {now}"}
