"""The waitlist as a patient lives it: asked for in a sentence, an offer in a tap, out again in a word."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import Engine

from actions.booking import ActionBooking
from actions.requests import ActionEarlierSlot
from actions.small_talk import ActionSmallTalk
from actions.tap import ActionTap
from clinic.database.tables import appointments, open_questions, waitlist_entries
from clinic.demo import DemoClinic
from clinic.free_times import free_times
from clinic.schedule import bookable_specialties, load_clinic
from clinic.settings import BookingPolicy
from clinic.waitlist_words import says_leave, wished_days
from messaging.bubbles import Bubble, Option

from .conftest import Patient, new_patient
from .waiting_room import WaitingRoom

EARLIER, TAP, TALK = ActionEarlierSlot(), ActionTap(), ActionSmallTalk()
RACERS = 20


@pytest.fixture
def room(engine: Engine, clinic: DemoClinic) -> WaitingRoom:
    return WaitingRoom(engine, clinic)


def entries(room: WaitingRoom, status: str = "waiting") -> list[Any]:
    with room.engine.connect() as conn:
        query = select(waitlist_entries).where(waitlist_entries.c.status == status)
        return conn.execute(query.order_by(waitlist_entries.c.created_at)).all()


def asks(patient: Patient, text: str = "tell me if something earlier frees up", **parse: Any) -> Bubble:
    return patient.say(EARLIER, text, "ask_earlier_slot", **parse)


def named(room: WaitingRoom, text: str, entity: str, value: str, word: str) -> dict[str, Any]:
    start = text.index(word)
    return {"entity": entity, "value": value, "start": start, "end": start + len(word)}


def fill(room: WaitingRoom, doctor: str, days: int = 8, specialty: str = "dermatology") -> None:
    """Somebody else has every time of the doctor in the coming days."""
    other = room.patient(900)
    with room.engine.begin() as conn:
        clinic = load_clinic(conn, room.demo.id)
        wanted = next(one for one in bookable_specialties(conn, clinic.id) if one.code == specialty)
        free = list(
            free_times(
                conn,
                clinic,
                wanted,
                BookingPolicy(notice_minutes=0),
                room.now,
                practitioner_ids=[room.doctor(doctor).id],
                end=room.at(days, "23:00"),
            )
        )
    for slot in free:
        room.visit(other, doctor, slot.start, specialty)


def offer_to(room: WaitingRoom, patient: Patient) -> tuple[Option, Option]:
    """The buttons of the newest offer on this phone."""
    content = [row.content for row in room.told(patient) if row.type == "interactive"][-1]
    take, decline = (Option(one["id"], one["title"]) for one in content["options"])
    return take, decline


def test_one_visit_ahead_is_waited_for_at_once_and_the_text_says_what_happens(room: WaitingRoom) -> None:
    fill(room, "Sara")
    patient = room.patient(1)
    visit = room.visit(patient, "Sara", room.at(9, "16:00"))
    reply = asks(patient)
    assert "on the waitlist" in reply.text and "Thursday 3 Dec, 4:00 pm" in reply.text and "Mona" in reply.text
    assert "stays as it is" in reply.text and "I don't want to wait" in reply.text
    [entry] = entries(room)
    assert entry.appointment_id == visit


def test_an_earlier_time_that_is_free_already_is_shown_at_once_and_moves_the_visit(room: WaitingRoom) -> None:
    patient = room.patient(1)
    visit = room.visit(patient, "Sara", room.at(9, "16:00"))
    reply = asks(patient)
    assert "free already" in reply.text and "Today" in reply.options[0].title
    assert "Shall I move it" in patient.tap_id(TAP, reply.options[0].id).text
    assert "Moved" in patient.tap(TAP, "Confirm").text
    assert room.appointment(visit).starts_at == room.at(0, "16:00")
    assert len(room.booked(patient)) == 1
    room.ask()
    assert entries(room, "booked")[0].appointment_id == visit


def test_of_several_visits_it_is_asked_which(room: WaitingRoom) -> None:
    patient = room.patient(1)
    room.visit(patient, "Sara", room.at(9, "16:00"))
    teeth = room.visit(patient, "Khalid", room.at(9, "18:00"), "dentistry")
    reply = asks(patient)
    assert len(reply.options) == 2 and entries(room) == []
    assert "Dentistry" in patient.tap(TAP, "6:00").text
    assert [entry.appointment_id for entry in entries(room)] == [teeth]


def test_the_second_is_an_answer_in_words(room: WaitingRoom) -> None:
    patient = room.patient(1)
    room.visit(patient, "Sara", room.at(9, "16:00"))
    teeth = room.visit(patient, "Khalid", room.at(9, "18:00"), "dentistry")
    asks(patient)
    patient.say(TALK, "the second", "nlu_fallback")
    assert [entry.appointment_id for entry in entries(room)] == [teeth]


def test_a_specialty_says_which_visit(room: WaitingRoom) -> None:
    patient = room.patient(1)
    room.visit(patient, "Sara", room.at(9, "16:00"))
    teeth = room.visit(patient, "Khalid", room.at(9, "18:00"), "dentistry")
    text = "anything earlier for my dentist visit?"
    asks(patient, text, entities=[named(room, text, "specialty", "dentistry", "dentist")])
    assert [entry.appointment_id for entry in entries(room)] == [teeth]


def test_another_specialty_than_the_visits_is_a_new_visit(room: WaitingRoom) -> None:
    patient = room.patient(1)
    room.visit(patient, "Sara", room.at(9, "16:00"))
    text = "tell me when something is free at the dentist"
    asks(patient, text, entities=[named(room, text, "specialty", "dentistry", "dentist")])
    [entry] = entries(room)
    assert entry.appointment_id is None and entry.specialty_id == room.specialty("dentistry")


def test_with_no_visit_the_specialty_is_asked_and_what_is_free_can_be_booked_at_once(room: WaitingRoom) -> None:
    patient = room.patient(1)
    assert "specialty" in asks(patient).text.lower()
    reply = patient.tap(TAP, "Dermatology")
    assert "on the waitlist" in reply.text and "free already" in reply.text
    assert "Shall I book it" in patient.tap_id(TAP, reply.options[0].id).text
    assert "Booked" in patient.tap(TAP, "Confirm").text
    with room.engine.connect() as conn:
        assert conn.execute(select(func.count()).select_from(open_questions)).scalar_one() == 0


def test_who_has_no_name_yet_is_asked_for_it(room: WaitingRoom) -> None:
    patient = new_patient(room.engine, room.demo, 1, None)
    text = "tell me when derma has something"
    reply = asks(patient, text, entities=[named(room, text, "specialty", "dermatology", "derma")])
    assert "name" in reply.text
    assert "Salma Idris" in patient.say(TALK, "Salma Idris", "nlu_fallback").text
    assert len(entries(room)) == 1


def test_what_the_message_says_becomes_the_wish(room: WaitingRoom) -> None:
    fill(room, "Sara")
    patient = room.patient(1)
    room.visit(patient, "Sara", room.at(9, "16:00"))
    reply = asks(patient, "tell me if anything before Tuesday frees up in the evening, with a lady doctor")
    wishes = {"gender": "female", "date": [None, "2026-11-30"], "time": ["17:00", "21:00"]}
    assert entries(room)[0].wishes == wishes
    for line in ("woman doctor", "Until Monday 30 Nov", "Between 5:00 pm and 9:00 pm"):
        assert line in reply.text


def test_the_day_of_the_visit_itself_is_no_wish(room: WaitingRoom) -> None:
    patient = room.patient(1)
    room.visit(patient, "Sara", room.at(2, "16:00"))
    visit = room.visit(patient, "Sara", room.at(9, "16:00"))
    asks(patient, "my visit is on 3 December, is there anything earlier?")
    [entry] = entries(room)
    assert entry.wishes == {} and entry.appointment_id == visit


def test_promises_of_the_visit_are_copied(room: WaitingRoom) -> None:
    patient = room.patient(1)
    doctor = room.doctor("Sara").id
    room.visit(patient, "Sara", room.at(9, "16:00"), gender="female", practitioner=doctor)
    reply = asks(patient)
    [entry] = entries(room)
    assert entry.wishes == {"gender": "female"} and entry.practitioner_id == doctor
    assert "With Dr. Sara Alharbi only" in reply.text


def test_asking_again_keeps_the_place(room: WaitingRoom) -> None:
    patient = room.patient(1)
    room.visit(patient, "Sara", room.at(9, "16:00"))
    asks(patient)
    patient.now += timedelta(minutes=3)
    assert "You keep your place" in asks(patient).text
    [entry] = entries(room)
    assert entry.created_at == room.now


@pytest.mark.parametrize(
    "text",
    [
        "I don’t want to wait any longer, thanks",
        "take me off the waiting list please",
        "لا أريد الانتظار",
        "شيلوني من القائمة",
    ],
)
def test_leaving_takes_a_word(room: WaitingRoom, text: str) -> None:
    patient = room.patient(1)
    visit = room.visit(patient, "Sara", room.at(9, "16:00"))
    asks(patient)
    asks(patient, text)
    assert entries(room) == [] and len(entries(room, "left")) == 1
    assert room.appointment(visit).status == "booked"


@pytest.mark.parametrize(
    "text", ["I don't want to wait till Thursday", "ما ابي انتظر للخميس", "tell me if something earlier frees up", ""]
)
def test_what_is_no_farewell_is_not_read_as_one(text: str) -> None:
    assert not says_leave(text)


@pytest.mark.parametrize(
    ("text", "said", "meant"),
    [
        ("any earlier than thursday?", "2026-11-26", [None, "2026-11-25"]),
        ("if any gap comes up before sunday", "2026-11-29", [None, "2026-11-28"]),
        ("اذا طلع شي قبل الخميس كلموني", "2026-11-26", [None, "2026-11-25"]),
        ("مفيش حاجه اقرب من يوم ٢٥؟", "2026-12-25", [None, "2026-12-24"]),
        ("anything sooner than next week", ["2026-11-29", "2026-12-05"], [None, "2026-11-28"]),
        ("tell me if something frees up on Thursday", "2026-11-26", "2026-11-26"),
        ("something earlier", None, None),
    ],
)
def test_before_a_day_means_the_days_before_it(text: str, said: Any, meant: Any) -> None:
    assert wished_days(text, said) == meant


def test_who_is_not_waiting_is_told_so(room: WaitingRoom) -> None:
    assert "not on the waitlist" in asks(room.patient(1), "take me off the waitlist").text


def offered(room: WaitingRoom, count: int = 1) -> list[tuple[Patient, str]]:
    """Patients with a visit next week who have just been offered tomorrow at five."""
    people = []
    for number in range(count):
        patient = room.patient(number)
        visit = room.visit(patient, "Sara", room.at(7, "16:00") + timedelta(minutes=20 * number))
        room.wait(patient, visit, now=room.now + timedelta(seconds=number))
        with room.engine.begin() as conn:
            conn.exec_driver_sql("UPDATE contacts SET language = 'en'")
        people.append((patient, visit))
    room.policy(waitlist_group=max(count, 1))
    room.free("Sara", room.at(1, "17:00"))
    assert room.ask(room.now + timedelta(minutes=1)) == count
    for patient, _ in people:
        patient.now = room.now + timedelta(minutes=2)
    return people


def test_a_tap_moves_the_visit_and_the_others_hear_of_it_at_once(room: WaitingRoom) -> None:
    (first, visit), (second, kept) = offered(room, 2)
    reply = first.tap_id(TAP, offer_to(room, first)[0].id)
    assert reply.text.startswith("It is yours") and "Wednesday 25 Nov, 5:00 pm" in reply.text
    assert room.appointment(visit).starts_at == room.at(1, "17:00")
    assert "gone to somebody who was a little faster" in room.told(second)[-1].text
    assert "keep your place" in room.told(second)[-1].text
    assert room.appointment(kept).starts_at == room.at(7, "16:20")
    assert [entry.appointment_id for entry in entries(room)] == [kept]


def test_a_yes_takes_it(room: WaitingRoom) -> None:
    [(patient, visit)] = offered(room)
    assert patient.say(TALK, "yes please", "affirm").text.startswith("It is yours")
    assert room.appointment(visit).starts_at == room.at(1, "17:00")
    with room.engine.connect() as conn:
        assert conn.execute(select(func.count()).select_from(open_questions)).scalar_one() == 0


@pytest.mark.parametrize(("text", "intent"), [("no", "deny"), ("not this one", "nlu_fallback"), ("2", "nlu_fallback")])
def test_a_no_keeps_the_place(room: WaitingRoom, text: str, intent: str) -> None:
    [(patient, visit)] = offered(room)
    reply = patient.say(TALK, text, intent)
    assert "keep your place" in reply.text
    assert [option.title for option in reply.options] == ["Leave the waitlist"]
    assert room.offers()[0].status == "declined" and len(entries(room)) == 1
    assert room.appointment(visit).starts_at == room.at(7, "16:00")
    assert "off the waitlist" in patient.tap(TAP, "Leave").text
    assert entries(room) == []


def test_when_all_have_said_no_the_next_are_asked_without_waiting(room: WaitingRoom) -> None:
    [(patient, _)] = offered(room)
    later = room.patient(50)
    room.wait(later, now=room.now + timedelta(minutes=1))
    patient.tap_id(TAP, offer_to(room, patient)[1].id)
    assert room.ask(room.now + timedelta(minutes=3)) == 1
    assert len(room.told(later)) == 1


def test_a_late_tap_gets_the_truth_and_other_times_that_can_be_had(room: WaitingRoom) -> None:
    [(patient, visit)] = offered(room)
    patient.now = room.now + timedelta(minutes=17)
    room.ask(patient.now)
    reply = patient.tap_id(TAP, offer_to(room, patient)[0].id)
    assert "run out" in reply.text and "keep your place" in reply.text
    assert room.appointment(visit).starts_at == room.at(7, "16:00")
    patient.tap_id(TAP, reply.options[0].id)
    assert "Moved" in patient.tap(TAP, "Confirm").text
    assert room.appointment(visit).starts_at < room.at(7, "16:00")


def test_a_late_yes_in_words_gets_the_truth_too(room: WaitingRoom) -> None:
    [(patient, _)] = offered(room)
    patient.now = room.now + timedelta(minutes=17)
    room.ask(patient.now)
    assert "run out" in patient.say(TALK, "yes", "affirm").text


def test_a_tap_on_what_somebody_booked_past_the_waitlist_says_just_taken(room: WaitingRoom) -> None:
    [(patient, visit)] = offered(room)
    room.visit(room.patient(99), "Sara", room.at(1, "17:00"))
    reply = patient.tap_id(TAP, offer_to(room, patient)[0].id)
    assert "just been taken" in reply.text and "keep your place" in reply.text
    assert room.appointment(visit).starts_at == room.at(7, "16:00") and len(entries(room)) == 1


def test_an_offer_for_a_cancelled_visit_is_void_and_books_nothing(room: WaitingRoom) -> None:
    [(patient, visit)] = offered(room)
    room.give_up(patient, visit)
    assert "settled" in patient.tap_id(TAP, offer_to(room, patient)[0].id).text
    assert room.booked(patient) == [] and len(entries(room, "expired")) == 1


def test_the_result_of_a_tap_is_said_also_while_a_person_has_the_chat(room: WaitingRoom) -> None:
    [(patient, visit)] = offered(room)
    room.owned_by_person(patient)
    assert patient.tap_id(TAP, offer_to(room, patient)[0].id).text.startswith("It is yours")
    assert room.appointment(visit).starts_at == room.at(1, "17:00")


def test_who_is_with_a_person_is_not_told_by_the_bot_that_a_time_is_gone(room: WaitingRoom) -> None:
    (first, _), (second, _) = offered(room, 2)
    room.owned_by_person(second)
    before = len(room.told(second))
    first.tap_id(TAP, offer_to(room, first)[0].id)
    assert len(room.told(second)) == before


def test_an_offer_in_the_middle_of_a_booking_leaves_the_booking_where_it_was(room: WaitingRoom) -> None:
    patient = room.patient(1)
    visit = room.visit(patient, "Sara", room.at(7, "16:00"))
    room.wait(patient, visit)
    patient.say(ActionBooking(), "book", "book_appointment")
    room.free("Sara", room.at(1, "17:00"))
    assert room.ask(room.now + timedelta(minutes=1)) == 1
    patient.now += timedelta(minutes=2)
    reply = patient.tap_id(TAP, offer_to(room, patient)[0].id)
    assert reply.text.startswith("It is yours") and "Dentistry" in [option.title for option in reply.options]
    assert room.appointment(visit).starts_at == room.at(1, "17:00")


def test_twenty_tap_at_once_and_one_has_it_and_nineteen_are_told_so_and_keep_their_place(room: WaitingRoom) -> None:
    people = offered(room, RACERS)
    buttons = [offer_to(room, patient)[0].id for patient, _ in people]
    line = Barrier(RACERS)

    def tap(place: int) -> str:
        line.wait()
        return people[place][0].tap_id(TAP, buttons[place]).text

    with ThreadPoolExecutor(RACERS) as pool:
        answers = list(pool.map(tap, range(RACERS)))
    winners = [place for place, text in enumerate(answers) if text.startswith("It is yours")]
    assert len(winners) == 1
    losers = [place for place in range(RACERS) if place not in winners]
    assert all("just been taken" in answers[place] and "keep your place" in answers[place] for place in losers)
    starts = [room.appointment(visit).starts_at for _, visit in people]
    assert [place for place, start in enumerate(starts) if start == room.at(1, "17:00")] == winners
    assert [starts[place] for place in losers] == [
        room.at(7, "16:00") + timedelta(minutes=20 * place) for place in losers
    ]
    assert [entry.appointment_id for entry in entries(room)] == [people[place][1] for place in losers]
    assert sorted(row.status for row in room.offers()) == ["lost"] * (RACERS - 1) + ["won"]
    with room.engine.connect() as conn:
        live = select(func.count()).select_from(appointments).where(appointments.c.status != "cancelled")
        assert conn.execute(live).scalar_one() == RACERS
