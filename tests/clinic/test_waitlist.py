"""Who gets a freed time: fair order, small groups, every promise kept, one winner, no place lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update
from sqlalchemy.engine import Engine

from clinic.appointments import hold_slot, move_appointment
from clinic.database.tables import practitioners, services
from clinic.demo import DemoClinic
from clinic.patients import add_patient, patients_of
from clinic.schedule import Slot, load_clinic
from clinic.settings import load_booking_policy
from clinic.waitlist import Entry, end_stale_entries, entries_of, join_queue, leave_queue
from clinic.waitlist_offers import OfferGone, OfferHeld, OfferOver, Won, decline_offer, take_offer

from .conftest import Patient
from .waiting_room import WaitingRoom


@pytest.fixture
def room(engine: Engine, clinic: DemoClinic) -> WaitingRoom:
    return WaitingRoom(engine, clinic)


def waiting(room: WaitingRoom, count: int) -> list[tuple[Patient, str, str]]:
    """As many who have a visit next week with Dr. Sara and wait for an earlier one: patient, visit, entry."""
    found = []
    for number in range(count):
        patient = room.patient(number)
        visit = room.visit(patient, "Sara", room.at(7, "16:00") + timedelta(minutes=20 * number))
        entry = room.wait(patient, visit, now=room.now + timedelta(seconds=number))
        found.append((patient, visit, entry.id))
    room.now += timedelta(minutes=5)
    return found


def take(room: WaitingRoom, patient: Patient, entry_id: str, **changes: Any) -> Won:
    """The entry's open offer, or the last one that it had."""
    had = room.offers(entry_id=entry_id)
    offer = next((one for one in had if one.status == "open"), had[-1])
    with room.engine.begin() as conn:
        return take_offer(
            conn,
            load_clinic(conn, room.demo.id),
            load_booking_policy(conn, room.demo.id),
            patient.contact_id,
            offer.id,
            changes.get("now", room.now),
            idempotency_key=f"take.{offer.id}",
        )


def test_the_first_three_who_wait_are_asked_and_the_next_three_when_they_do_not_answer(room: WaitingRoom) -> None:
    people = waiting(room, 7)
    room.free("Sara", room.at(1, "17:00"))
    assert room.ask() == 3
    assert room.asked() == {entry for _, _, entry in people[:3]}
    assert room.ask(room.now + timedelta(minutes=14)) == 0
    assert room.ask(room.now + timedelta(minutes=15)) == 3
    assert room.asked() == {entry for _, _, entry in people[3:6]}
    assert all(room.entry(entry).status == "waiting" for _, _, entry in people)


def test_who_is_first_has_it_and_the_others_are_told_and_keep_their_place(room: WaitingRoom) -> None:
    people = waiting(room, 3)
    room.free("Sara", room.at(1, "17:00"))
    room.ask()
    patient, visit, entry = people[1]
    won = take(room, patient, entry)
    assert room.appointment(visit).starts_at == room.at(1, "17:00")
    assert [len(room.booked(one)) for one, _, _ in people] == [1, 1, 1]
    assert room.entry(entry).status == "booked"
    assert {offer.entry.id for offer in won.lost} == {people[0][2], people[2][2]}
    assert all(room.entry(other).status == "waiting" for _, _, other in (people[0], people[2]))
    for other, _, other_entry in (people[0], people[2]):
        with pytest.raises(OfferOver):
            take(room, other, other_entry)


def test_the_same_tap_again_says_the_same_again(room: WaitingRoom) -> None:
    [(patient, visit, entry)] = waiting(room, 1)
    room.free("Sara", room.at(1, "17:00"))
    room.ask()
    first, again = take(room, patient, entry), take(room, patient, entry)
    assert again.slot.start == first.slot.start and again.lost == ()
    assert room.appointment(visit).moves == 1


def test_the_chain_of_freed_times_ends_when_nobody_waits_any_more(room: WaitingRoom) -> None:
    """Each who moves forward leaves a time for the next."""
    people = waiting(room, 3)
    room.policy(waitlist_group=1)
    room.free("Sara", room.at(1, "17:00"))
    for patient, _, entry in people:
        assert room.ask() == 1
        assert room.asked() == {entry}
        take(room, patient, entry)
    assert room.ask() == 0
    assert room.freed() == []
    assert [room.appointment(visit).starts_at for _, visit, _ in people] == [
        room.at(1, "17:00"), room.at(7, "16:00"), room.at(7, "16:20")
    ]  # fmt: skip


def test_nobody_is_asked_twice_about_one_time(room: WaitingRoom) -> None:
    waiting(room, 2)
    room.free("Sara", room.at(1, "17:00"))
    assert [room.ask(room.now + timedelta(minutes=minutes)) for minutes in (0, 1, 20, 40, 60)] == [2, 0, 0, 0, 0]
    assert room.freed() == []


@pytest.mark.parametrize(
    "wish",
    [
        {"gender": "male"},
        {"language": "ur"},
        {"date": ["2026-11-27", None]},
        {"date": "2026-11-26"},
        {"time": ["17:20", "20:00"]},
        {"time": "16:40"},
        {"doctor": "Huda"},
    ],
)
def test_a_time_that_breaks_a_wish_is_not_offered(room: WaitingRoom, wish: dict[str, Any]) -> None:
    room.wait(room.patient(1), **wish)
    room.free("Sara", room.at(1, "17:00"))
    assert room.ask() == 0


@pytest.mark.parametrize(
    "wish",
    [
        {"gender": "female"},
        {"language": "ar"},
        {"date": ["2026-11-25", None]},
        {"date": "2026-11-25"},
        {"time": ["16:00", "20:00"]},
        {"doctor": "Sara"},
    ],
)
def test_a_time_that_keeps_a_wish_is_offered(room: WaitingRoom, wish: dict[str, Any]) -> None:
    room.wait(room.patient(1), **wish)
    room.free("Sara", room.at(1, "17:00"))
    assert room.ask() == 1


def test_a_promise_of_the_visit_itself_is_kept_although_the_wish_does_not_repeat_it(room: WaitingRoom) -> None:
    patient = room.patient(1)
    visit = room.visit(patient, "Huda", room.at(7, "16:00"), "general", gender="female")
    room.wait(patient, visit, "general")
    room.free("Omar", room.at(1, "21:00"))
    assert room.ask() == 0
    room.free("Huda", room.at(1, "17:00"))
    assert room.ask() == 1


def test_what_was_wished_for_while_waiting_is_a_promise_of_the_visit_that_moved(room: WaitingRoom) -> None:
    patient = room.patient(1)
    visit = room.visit(patient, "Sara", room.at(7, "17:00"), language="en")
    entry = room.wait(patient, visit, gender="female")
    room.free("Sara", room.at(1, "17:00"))
    room.ask()
    take(room, patient, entry.id)
    moved = room.appointment(visit)
    assert moved.starts_at == room.at(1, "17:00") and moved.wishes == {"language": "en", "gender": "female"}


def test_a_visit_promised_with_one_doctor_is_not_moved_to_another(room: WaitingRoom) -> None:
    patient = room.patient(1)
    visit = room.visit(patient, "Huda", room.at(7, "16:00"), "general", practitioner=room.doctor("Huda").id)
    room.wait(patient, visit, "general")
    room.free("Omar", room.at(1, "21:00"))
    assert room.ask() == 0


def test_a_later_time_is_not_offered_in_place_of_an_earlier_one(room: WaitingRoom) -> None:
    waiting(room, 1)
    room.free("Sara", room.at(7, "17:00"))
    assert room.ask() == 0


def test_another_specialty_is_not_offered(room: WaitingRoom) -> None:
    waiting(room, 1)
    room.free("Khalid", room.at(1, "17:00"), 30)
    assert room.ask() == 0


def wait_for_forty_minutes(room: WaitingRoom) -> Entry:
    entry = room.wait(room.patient(1))
    with room.engine.begin() as conn:
        service = conn.execute(
            insert(services)
            .values(
                clinic_id=room.demo.id,
                specialty_id=room.specialty("dermatology"),
                code="long",
                name_en="Long",
                name_ar="طويلة",
                minutes=40,
            )
            .returning(services.c.id)
        ).scalar_one()
        conn.exec_driver_sql("UPDATE waitlist_entries SET service_id = %s WHERE id = %s", (service, entry.id))
    return entry


def test_a_visit_that_is_longer_than_the_freed_time_is_not_squeezed_into_it(room: WaitingRoom) -> None:
    wait_for_forty_minutes(room)
    for number, clock in enumerate(("16:40", "17:20"), start=2):
        room.visit(room.patient(number), "Sara", room.at(1, clock))
    room.free("Sara", room.at(1, "17:00"))
    assert room.ask() == 0
    room.free("Sara", room.at(2, "17:00"), 40)
    assert room.ask() == 1
    [offer] = room.offers()
    assert offer.during.upper - offer.during.lower == timedelta(minutes=40)


def test_two_short_times_beside_each_other_are_one_for_a_long_visit(room: WaitingRoom) -> None:
    entry = wait_for_forty_minutes(room)
    room.visit(room.patient(2), "Sara", room.at(1, "16:40"))
    room.visit(room.patient(3), "Sara", room.at(1, "17:40"))
    for clock in ("17:00", "17:20"):
        room.free("Sara", room.at(1, clock))
    room.ask()
    [offer, *_] = room.offers()
    assert offer.during.lower == room.at(1, "17:00") and offer.during.upper == room.at(1, "17:40")
    take(room, room.patient(1), entry.id)
    room.ask()
    assert room.asked() == set() and room.freed() == []


def test_a_doctor_who_does_not_see_this_patient_is_not_offered(room: WaitingRoom) -> None:
    young, old, unknown = (room.patient(number) for number in range(3))
    with room.engine.begin() as conn:
        conn.execute(update(practitioners).where(practitioners.c.name_en.like("%Sara%")).values(max_age=14))
    today = room.now.date()
    room.change_patient(young, birth_date=today - timedelta(days=5 * 365))
    room.change_patient(old, birth_date=today - timedelta(days=40 * 365))
    entries = [room.wait(one).id for one in (young, old, unknown)]
    room.free("Sara", room.at(1, "17:00"))
    room.ask()
    assert room.asked() == {entries[0]}


def test_who_has_another_visit_at_that_hour_is_not_offered_it(room: WaitingRoom) -> None:
    patient = room.patient(1)
    room.visit(patient, "Huda", room.at(1, "17:00"), "general")
    room.wait(patient)
    room.free("Sara", room.at(1, "17:00"))
    assert room.ask() == 0


def test_a_time_that_is_booked_already_is_not_offered(room: WaitingRoom) -> None:
    waiting(room, 1)
    room.visit(room.patient(9), "Sara", room.at(1, "17:00"))
    room.free("Sara", room.at(1, "17:00"))
    assert room.ask() == 0
    assert room.freed() == []


def test_a_time_outside_the_doctors_hours_is_not_offered(room: WaitingRoom) -> None:
    waiting(room, 1)
    room.free("Sara", room.at(1, "14:00"))
    assert room.ask() == 0


def test_a_time_too_soon_for_the_clinic_is_not_offered(room: WaitingRoom) -> None:
    waiting(room, 1)
    room.policy(notice_minutes=60)
    room.free("Sara", room.at(0, "16:00"))
    assert room.ask(room.at(0, "15:10")) == 0


def test_what_was_offered_in_time_is_kept_to_although_the_notice_has_passed(room: WaitingRoom) -> None:
    [(patient, visit, entry)] = waiting(room, 1)
    start = room.at(0, "16:00")
    room.free("Sara", start)
    assert room.ask(start - timedelta(minutes=31)) == 1
    take(room, patient, entry, now=start - timedelta(minutes=20))
    assert room.appointment(visit).starts_at == start


def test_nothing_is_had_after_it_began(room: WaitingRoom) -> None:
    [(patient, visit, entry)] = waiting(room, 1)
    room.policy(notice_minutes=0, waitlist_minutes=120)
    start = room.at(0, "16:00")
    room.free("Sara", start)
    assert room.ask(start - timedelta(minutes=5)) == 1
    with pytest.raises(OfferOver):
        take(room, patient, entry, now=start)
    assert room.appointment(visit).starts_at == room.at(7, "16:00")


def test_an_offer_that_ran_out_is_not_had_even_before_the_job_has_noticed(room: WaitingRoom) -> None:
    [(patient, _, entry)] = waiting(room, 1)
    room.free("Sara", room.at(1, "17:00"))
    room.ask()
    with pytest.raises(OfferOver):
        take(room, patient, entry, now=room.now + timedelta(minutes=15))
    assert room.entry(entry).status == "waiting"


def test_a_time_that_somebody_is_deciding_on_is_neither_lost_nor_given_away(room: WaitingRoom) -> None:
    [(patient, visit, entry)] = waiting(room, 1)
    start, other = room.at(1, "17:00"), room.patient(9)
    room.free("Sara", start)
    room.ask()
    hold(room, other, start)
    with pytest.raises(OfferHeld):
        take(room, patient, entry)
    assert room.offers()[0].status == "open"
    take(room, patient, entry, now=room.now + timedelta(minutes=6))
    assert room.appointment(visit).starts_at == start


def test_a_held_time_is_offered_when_the_hold_runs_out(room: WaitingRoom) -> None:
    waiting(room, 1)
    start = room.at(1, "17:00")
    room.free("Sara", start)
    hold(room, room.patient(9), start)
    assert room.ask() == 0
    assert room.ask(room.now + timedelta(minutes=6)) == 1


def hold(room: WaitingRoom, patient: Patient, start: Any) -> None:
    with room.engine.begin() as conn:
        slot = Slot(room.doctor("Sara"), start, start + timedelta(minutes=20))
        hold_slot(conn, room.demo.id, patient.contact_id, room.specialty("dermatology"), slot, room.now)


def test_half_of_a_long_time_is_taken_and_the_other_half_is_offered_on_in_the_same_order(room: WaitingRoom) -> None:
    people = waiting(room, 2)
    start = room.at(1, "17:00")
    room.free("Sara", start, 40)
    room.ask()
    take(room, people[1][0], people[1][2])
    room.ask()
    assert room.asked() == {people[0][2]}
    take(room, people[0][0], people[0][2])
    assert {room.appointment(visit).starts_at for _, visit, _ in people} == {start, start + timedelta(minutes=20)}


def test_joining_again_changes_the_wish_and_keeps_the_place(room: WaitingRoom) -> None:
    patient = room.patient(1)
    first = room.wait(patient, gender="female")
    again = room.wait(patient, now=room.now + timedelta(hours=1), time=["17:00", None])
    assert again.id == first.id and again.joined_at == first.joined_at
    assert again.wishes == {"time": ["17:00", None]}


def test_who_leaves_is_not_asked_and_an_open_offer_is_void(room: WaitingRoom) -> None:
    [(patient, visit, entry)] = waiting(room, 1)
    room.free("Sara", room.at(1, "17:00"))
    room.ask()
    with room.engine.begin() as conn:
        assert leave_queue(conn, room.demo.id, patient.contact_id, room.now) == 1
        assert leave_queue(conn, room.demo.id, patient.contact_id, room.now) == 0
    with pytest.raises(OfferGone):
        take(room, patient, entry)
    assert room.appointment(visit).starts_at == room.at(7, "16:00")


def test_nobody_else_can_take_or_decline_an_offer(room: WaitingRoom) -> None:
    [(_, _, entry)] = waiting(room, 1)
    stranger = room.patient(9)
    room.free("Sara", room.at(1, "17:00"))
    room.ask()
    with pytest.raises(OfferGone):
        take(room, stranger, entry)
    with room.engine.begin() as conn, pytest.raises(OfferGone):
        decline_offer(conn, room.demo.id, stranger.contact_id, room.offers()[0].id, room.now)
    assert room.offers()[0].status == "open"


def test_nobody_can_leave_for_somebody_else(room: WaitingRoom) -> None:
    [(_, _, entry)] = waiting(room, 1)
    with room.engine.begin() as conn:
        assert leave_queue(conn, room.demo.id, room.patient(9).contact_id, room.now, entry) == 0
    assert room.entry(entry).status == "waiting"


def test_an_offer_for_a_visit_that_was_cancelled_is_void(room: WaitingRoom) -> None:
    [(patient, visit, entry)] = waiting(room, 1)
    room.free("Sara", room.at(1, "17:00"))
    room.ask()
    room.give_up(patient, visit)
    with pytest.raises((OfferGone, OfferOver)):
        take(room, patient, entry)
    assert room.booked(patient) == []


def end_stale(room: WaitingRoom, entry: str, now: Any = None) -> str:
    with room.engine.begin() as conn:
        end_stale_entries(conn, room.demo.id, now or room.now)
    return str(room.entry(entry).status)


def test_a_place_ends_with_the_visit(room: WaitingRoom) -> None:
    (first, visit, entry), (_, _, other) = waiting(room, 2)
    assert end_stale(room, entry) == "waiting"
    room.give_up(first, visit)
    assert end_stale(room, entry) == "expired"
    assert end_stale(room, other, room.at(7, "16:10")) == "waiting"
    assert end_stale(room, other, room.at(7, "16:20")) == "expired"


def test_a_place_ends_when_the_visit_was_moved_forward_by_itself(room: WaitingRoom) -> None:
    [(patient, visit, entry)] = waiting(room, 1)
    move(room, patient, visit, room.at(2, "17:00"))
    assert end_stale(room, entry) == "booked"


def test_a_place_stays_when_the_visit_was_moved_back(room: WaitingRoom) -> None:
    [(patient, visit, entry)] = waiting(room, 1)
    move(room, patient, visit, room.at(8, "17:00"))
    assert end_stale(room, entry) == "waiting"
    assert end_stale(room, entry, room.at(7, "18:00")) == "waiting"
    assert end_stale(room, entry, room.at(8, "17:00")) == "expired"


def move(room: WaitingRoom, patient: Patient, visit: str, start: Any) -> None:
    with room.engine.begin() as conn:
        slot = Slot(room.doctor("Sara"), start, start + timedelta(minutes=20))
        move_appointment(conn, room.demo.id, patient.contact_id, visit, slot, room.now)


def test_a_new_visit_is_waited_for_as_long_as_the_clinic_plans_ahead(room: WaitingRoom) -> None:
    room.policy(horizon_days=10)
    entry = room.wait(room.patient(1)).id
    assert end_stale(room, entry, room.now + timedelta(days=9)) == "waiting"
    assert end_stale(room, entry, room.now + timedelta(days=10)) == "expired"


def test_the_dead_are_not_asked(room: WaitingRoom) -> None:
    [(patient, _, entry)] = waiting(room, 1)
    room.change_patient(patient, deceased=True)
    room.free("Sara", room.at(1, "17:00"))
    assert room.ask() == 0
    assert room.entry(entry).status == "expired"


def test_a_new_visit_is_booked_with_what_was_wished(room: WaitingRoom) -> None:
    patient = room.patient(1)
    entry = room.wait(patient, doctor="Sara", gender="female", time=["16:00", None])
    room.free("Sara", room.at(1, "17:00"))
    room.ask()
    take(room, patient, entry.id)
    [booked] = room.booked(patient)
    assert booked.wishes == {"gender": "female", "practitioner": room.doctor("Sara").id}
    assert booked.patient_id == room.myself(patient)


def test_one_who_waits_for_two_of_the_household_is_asked_for_both(room: WaitingRoom) -> None:
    patient = room.patient(1)
    mine = room.wait(patient)
    with room.engine.begin() as conn:
        child = add_patient(conn, room.demo.id, patient.contact_id, "Layla", "child")
        theirs = join_queue(
            conn,
            load_clinic(conn, room.demo.id),
            patient.contact_id,
            patient.conversation_id,
            room.specialty("dermatology"),
            child.id,
            load_booking_policy(conn, room.demo.id),
            room.now + timedelta(seconds=1),
        )
    room.free("Sara", room.at(1, "17:00"))
    assert room.ask() == 2
    take(room, patient, theirs.id)
    assert room.booked(patient)[0].patient_id == child.id
    assert room.entry(mine.id).status == "waiting"
    with room.engine.connect() as conn:
        assert [entry.id for entry in entries_of(conn, room.demo.id, patient.contact_id)] == [mine.id]
        assert len(patients_of(conn, room.demo.id, patient.contact_id)) == 2
