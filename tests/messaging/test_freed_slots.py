"""How those who wait hear of a freed time, and when they do not."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.engine import Engine

from clinic import consent
from clinic.conversations import load_conversation, set_language
from clinic.database.tables import open_questions, tap_options
from clinic.demo import DemoClinic
from clinic.questions import ask
from messaging import freed_slots, jobs, worker
from messaging.jobs import wake_waitlist
from messaging.outbox import BULK, REPLY
from messaging.sender import Sender
from tests.clinic.conftest import Patient
from tests.clinic.waiting_room import WaitingRoom
from tests.messaging.stub import Clock, FakeGraph


@pytest.fixture
def room(engine: Engine, clinic: DemoClinic) -> WaitingRoom:
    return WaitingRoom(engine, clinic)


@pytest.fixture
def patient(room: WaitingRoom) -> Patient:
    """Waits for something earlier than next week."""
    patient = room.patient(1)
    room.wait(patient, room.visit(patient, "Sara", room.at(7, "16:00")))
    return patient


def question(room: WaitingRoom, patient: Patient) -> Any:
    with room.engine.connect() as conn:
        return conn.execute(
            select(open_questions).where(open_questions.c.conversation_id == patient.conversation_id)
        ).one_or_none()


def speak(room: WaitingRoom, patient: Patient, language: str) -> None:
    with room.engine.begin() as conn:
        set_language(conn, load_conversation(conn, patient.conversation_id), language)


def test_the_offer_says_what_would_become_of_the_visit_and_has_its_buttons(room: WaitingRoom, patient: Patient) -> None:
    speak(room, patient, "en")
    room.free("Sara", room.at(1, "17:00"))
    assert room.ask() == 1
    [offer] = room.told(patient)
    assert "Wednesday 25 Nov, 5:00 pm" in offer.text and "Tuesday 1 Dec, 4:00 pm" in offer.text
    assert "Dr. Sara Alharbi" in offer.text and "Mona" in offer.text
    assert [option["title"] for option in offer.content["options"]] == ["Take it", "Not this one"]
    with room.engine.connect() as conn:
        kinds = conn.execute(select(tap_options.c.flow, tap_options.c.kind)).all()
    assert sorted(kinds) == [("waitlist", "decline"), ("waitlist", "take")]
    assert REPLY < offer.priority < BULK


def test_each_reads_it_in_their_own_language(room: WaitingRoom, patient: Patient) -> None:
    speak(room, patient, "ar")
    room.free("Sara", room.at(1, "17:00"))
    room.ask()
    assert "توفّر وقت أبكر" in room.told(patient)[0].text


def test_a_yes_is_enough_where_nothing_else_is_being_asked(room: WaitingRoom, patient: Patient) -> None:
    room.free("Sara", room.at(1, "17:00"))
    room.ask()
    assert question(room, patient).flow == "waitlist"


def test_an_offer_does_not_take_the_place_of_another_question(room: WaitingRoom, patient: Patient) -> None:
    with room.engine.begin() as conn:
        conversation = load_conversation(conn, patient.conversation_id)
        ask(conn, conversation, flow="booking", kind="specialty", choices=(), draft={}, now=room.now)
    room.free("Sara", room.at(1, "17:00"))
    assert room.ask() == 1
    assert len(room.told(patient)) == 1
    assert question(room, patient).flow == "booking"


@pytest.mark.parametrize("why", ["window", "owner", "opted out"])
def test_reception_calls_where_the_bot_may_not_write_and_it_counts_as_asked(
    room: WaitingRoom, patient: Patient, why: str
) -> None:
    if why == "window":
        room.wrote(patient, room.now - timedelta(hours=24))
    elif why == "owner":
        room.owned_by_person(patient)
    else:
        with room.engine.begin() as conn:
            consent.withdraw(conn, patient.contact_id, room.demo.id, "test", room.now)
    room.policy(waitlist_group=1)
    later = room.patient(2)
    room.wait(later, now=room.now + timedelta(seconds=1))
    room.free("Sara", room.at(1, "17:00"))
    assert room.ask() == 1
    assert room.told(patient) == [] and room.told(later) == []
    [call] = room.calls()
    assert call.conversation_id == patient.conversation_id
    assert call.patient_id == room.myself(patient) and call.appointment_id == room.booked(patient)[0].id
    assert room.ask(room.now + timedelta(minutes=1)) == 0
    assert len(room.calls()) == 1
    assert room.ask(room.now + timedelta(minutes=15)) == 1
    assert len(room.told(later)) == 1


def test_who_never_wrote_is_called(room: WaitingRoom, patient: Patient) -> None:
    with room.engine.begin() as conn:
        conn.execute(text("UPDATE contacts SET last_inbound_at = NULL"))
    room.free("Sara", room.at(1, "17:00"))
    assert room.ask() == 1
    assert room.told(patient) == [] and len(room.calls()) == 1


def test_who_was_asked_hears_when_the_time_is_booked_past_them(room: WaitingRoom, patient: Patient) -> None:
    speak(room, patient, "en")
    room.free("Sara", room.at(1, "17:00"))
    room.ask()
    room.visit(room.patient(9), "Sara", room.at(1, "17:00"))
    assert room.ask() == 0
    assert [row.text.split(".")[0] for row in room.told(patient)][1:] == [
        "The time on Wednesday 25 Nov, 5:00 pm in Dermatology has gone to somebody who was a little faster"
    ]
    assert question(room, patient) is None
    assert room.offers()[0].status == "lost" and room.freed() == []


@pytest.mark.parametrize(
    ("clock", "day", "start", "asked"),
    [
        ("09:00", 1, "17:00", True),
        ("20:59", 1, "17:00", True),
        ("21:00", 1, "17:00", False),  # can wait until the morning
        ("22:30", 1, "17:00", False),
        ("22:30", 1, "09:20", True),  # would be lost by then
        ("21:30", 1, "10:00", False),
        ("23:00", 1, "09:20", False),  # but at night nobody is woken
        ("03:00", 0, "09:20", False),
        ("06:59", 0, "09:20", False),
        ("07:00", 0, "09:20", True),
        ("07:00", 0, "09:40", True),
        ("08:00", 0, "10:00", False),
    ],
)
def test_nobody_is_woken(room: WaitingRoom, clock: str, day: int, start: str, asked: bool) -> None:
    now = room.at(1, clock)
    patient = room.patient(1)
    room.wrote(patient, now)
    room.wait(patient)
    room.free("Sara", room.at(1 + day, start))
    assert room.ask(now) == (1 if asked else 0)
    assert len(room.freed()) == 1


def test_what_waited_for_the_morning_is_offered_then(room: WaitingRoom, patient: Patient) -> None:
    room.free("Sara", room.at(1, "17:00"))
    room.wrote(patient, room.at(0, "20:00"))
    assert room.ask(room.at(0, "23:30")) == 0
    assert room.ask(room.at(1, "09:00")) == 1


def test_one_time_that_fails_does_not_keep_the_others_from_being_offered(room: WaitingRoom, patient: Patient) -> None:
    """One who waits reads a language that has no texts."""
    other = room.patient(2)
    room.wait(other, specialty="dentistry")
    speak(room, other, "xx")
    room.free("Khalid", room.at(1, "17:00"), 30)
    room.free("Sara", room.at(1, "17:00"))
    with pytest.raises(KeyError):
        room.ask()
    assert len(room.told(patient)) == 1 and room.told(other) == []
    assert len(room.offers()) == 1 and len(room.freed()) == 2


def test_a_time_that_somebody_is_taking_is_left_alone(room: WaitingRoom, patient: Patient) -> None:
    freed_slot_id = room.free("Sara", room.at(1, "17:00"))
    with room.engine.begin() as conn:
        conn.execute(text("SELECT 1 FROM freed_slots WHERE id = :id FOR UPDATE"), {"id": freed_slot_id})
        assert room.ask() == 0
    assert room.ask() == 1


def test_no_clinic_hears_of_anothers_times(room: WaitingRoom, patient: Patient) -> None:
    room.free("Sara", room.at(1, "17:00"))
    assert freed_slots.offer_freed_slots(room.engine, room.now, "00000000-0000-0000-0000-000000000000") == 0
    assert freed_slots.offer_freed_slots(room.engine, room.now, room.demo.id) == 1


async def test_the_worker_asks_when_something_frees_up_and_again_by_itself(
    database_url: str, room: WaitingRoom, patient: Patient, tmp_path: Path
) -> None:
    clock = Clock()
    clock.now = room.now
    graph, stop = FakeGraph(), asyncio.Event()
    sender = Sender(room.engine, graph, clock)
    working = asyncio.create_task(worker.work(database_url, room.engine, sender, clock, stop, tmp_path / "ready"))
    try:
        room.free("Sara", room.at(1, "17:00"))
        with room.engine.begin() as conn:
            wake_waitlist(conn)
        while not graph.sent:  # the test's own time limit ends this
            await asyncio.sleep(0.05)
    finally:
        stop.set()
        await asyncio.wait_for(working, 60)
    assert len(room.offers()) == 1
    assert jobs.WAKE_WAITLIST in worker.outbox_app(database_url).tasks


def test_a_wake_up_that_is_rolled_back_wakes_nobody(room: WaitingRoom) -> None:
    with room.engine.connect() as conn:
        wake_waitlist(conn)
        conn.rollback()
        count = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = :name")
        assert conn.execute(count, {"name": jobs.OFFER_FREED_SLOTS}).scalar_one() == 0
