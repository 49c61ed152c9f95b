"""A doctor is away, or the clinic cancels: the patient is asked, and nothing moves until they choose."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from threading import Barrier
from typing import Any, Callable, Optional

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg2.extras import DateTimeTZRange
from sqlalchemy import insert, select, update
from sqlalchemy.engine import Engine

from clinic.appointments import Appointment, load_appointment
from clinic.attendance import REASONS
from clinic.consent import withdraw
from clinic.conversations import ensure_conversation, lock_conversation, note_inbound
from clinic.database.tables import (
    absences,
    appointment_events,
    appointments,
    contacts,
    messages,
    open_questions,
    patients,
    practitioners,
    specialties,
    tap_options,
    tasks,
)
from clinic.demo import DemoClinic, seed_demo
from clinic.dialogue import Message, Reply, Turn, begin_turn, converse
from clinic.handoff import hand_over
from clinic.leave import (
    BadLeave,
    Leave,
    LeaveGone,
    UnknownPractitioner,
    drop_leave,
    enter_leave,
    hit_by,
    leaves_of,
    load_leave,
)
from clinic.patients import add_patient
from clinic.questions import ask
from clinic.replacement_times import fitting_times, wanted
from clinic.replacements import Outcome, cancel_and_tell, offer_replacements, withdraw_offers
from clinic.replacements_flow import REPLACEMENTS
from clinic.schedule import load_clinic, practitioners_of
from clinic.staff import Staff
from clinic.taps import find_tap
from messaging.bubbles import Bubble
from tests.clinic.conftest import NOW

ZONE = timezone(timedelta(hours=3))
FLOWS = {"replacements": REPLACEMENTS}


def at(day: int, clock: str) -> datetime:
    """In November 2026, by the clinic's clocks."""
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


TODAY, VISIT = at(24, "00:00"), at(26, "16:00")
LEAVE = at(26, "00:00"), at(27, "00:00")


@dataclass
class Asked:
    """A patient with a visit, and what stands on their phone."""

    engine: Engine
    clinic_id: str
    conversation_id: str
    contact_id: str
    visit_id: str

    @property
    def visit(self) -> Appointment:
        with self.engine.begin() as conn:
            return load_appointment(conn, self.clinic_id, self.visit_id)

    def bubbles(self) -> list[Bubble]:
        with self.engine.begin() as conn:
            sent = select(messages.c.content).where(
                messages.c.conversation_id == self.conversation_id, messages.c.direction == "out"
            )
            return [Bubble.from_json(one) for one in conn.execute(sent.order_by(messages.c.seq)).scalars()]

    def offered(self) -> list[tuple[str, datetime]]:
        """(practitioner, start) of the times in the question that is open."""
        with self.engine.begin() as conn:
            options = select(open_questions.c.options).where(open_questions.c.conversation_id == self.conversation_id)
            values = [one["value"] for one in conn.execute(options).scalar_one_or_none() or []]
        return [(one["practitioner"], datetime.fromisoformat(one["start"])) for one in values if "start" in one]

    def tap(self, bubble: Bubble, place: int, now: datetime = NOW) -> Bubble:
        return self.turn(None, option=bubble.options[place].id, now=now)

    def choose(self, bubble: Bubble, title: str) -> Bubble:
        [option] = [one for one in bubble.options if one.title == title]
        return self.turn(None, option=option.id)

    def turn(
        self,
        text: Optional[str],
        *,
        option: Optional[str] = None,
        intent: str = "nlu_fallback",
        confidence: float = 0.9,
        now: datetime = NOW,
    ) -> Bubble:
        with self.engine.begin() as conn:
            conversation = lock_conversation(conn, self.conversation_id)
            tap = find_tap(conn, self.conversation_id, option) if option else None
            assert option is None or tap is not None
            message = Message("wamid", text or "/tap", intent, confidence, "en", tap=tap)
            turn = begin_turn(conn, load_clinic(conn, self.clinic_id), conversation, message, now)
            [bubble] = converse(turn, lambda turn: Reply("other work"), FLOWS)
            return bubble


Visitor = Callable[..., Asked]


@pytest.fixture
def visitor(engine: Engine, clinic: DemoClinic) -> Visitor:
    """Books a visit of somebody who wrote a minute ago."""

    def make(
        number: int = 1,
        start: datetime = VISIT,
        doctor: str = "Sara",
        specialty: str = "dermatology",
        *,
        language: str = "en",
        name: str = "Mona",
        written: Optional[datetime] = NOW - timedelta(minutes=1),
        **values: Any,
    ) -> Asked:
        with engine.begin() as conn:
            conversation = ensure_conversation(
                conn, clinic.phone_number_id, wa_id=f"9665000{number:05d}", user_id=f"SA.{number}", profile_name=name
            )
            conn.execute(update(contacts).where(contacts.c.id == conversation.contact_id).values(language=language))
            if written is not None:
                note_inbound(conn, conversation, written)
            patient = values.pop("patient", {})
            patient_id = add_patient(conn, clinic.id, conversation.contact_id, name, "self").id
            if patient:
                conn.execute(update(patients).where(patients.c.id == patient_id).values(**patient))
            kind = conn.execute(
                select(specialties.c.id, specialties.c.minutes).where(
                    specialties.c.clinic_id == clinic.id, specialties.c.code == specialty
                )
            ).one()
            row = {"status": "booked", "contact_id": conversation.contact_id, "patient_id": patient_id, **values}
            visit = conn.execute(
                insert(appointments)
                .values(
                    clinic_id=clinic.id,
                    practitioner_id=doctor_id(conn, clinic, doctor),
                    specialty_id=kind.id,
                    during=DateTimeTZRange(start, start + timedelta(minutes=kind.minutes), "[)"),
                    **row,
                )
                .returning(appointments.c.id)
            ).scalar_one()
        return Asked(engine, clinic.id, conversation.id, conversation.contact_id, str(visit))

    return make


def doctor_id(conn: Any, clinic: DemoClinic, name: str) -> str:
    found = select(practitioners.c.id).where(
        practitioners.c.clinic_id == clinic.id, practitioners.c.name_en.contains(name)
    )
    return str(conn.execute(found).scalar_one())


def away(
    engine: Engine,
    clinic: DemoClinic,
    staff_id: str,
    start: datetime = LEAVE[0],
    end: datetime = LEAVE[1],
    doctor: str = "Sara",
    now: datetime = NOW,
) -> tuple[Leave, Outcome]:
    with engine.begin() as conn:
        of = load_clinic(conn, clinic.id)
        leave = enter_leave(conn, of, doctor_id(conn, clinic, doctor), start, end, staff_id, now)
    with engine.begin() as conn:
        return leave, offer_replacements(conn, of, hit_by(conn, of, leave, now), now, leave=leave)


def back(engine: Engine, clinic: DemoClinic, leave: Leave) -> Outcome:
    with engine.begin() as conn:
        of = load_clinic(conn, clinic.id)
        return withdraw_offers(conn, of, drop_leave(conn, of, leave.id), NOW)


def open_tasks(engine: Engine) -> list[tuple[str, Optional[str]]]:
    with engine.begin() as conn:
        found = select(tasks.c.kind, tasks.c.appointment_id).where(tasks.c.done_at.is_(None))
        return [tuple(row) for row in conn.execute(found.order_by(tasks.c.opened_at, tasks.c.id))]


@pytest.fixture
def reem(staff_id: str, clinic: DemoClinic) -> Staff:
    return Staff(staff_id, clinic.id, "reem", "Reem", "reception", "en")


# --- the leave ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "reason"),
    [
        (at(26, "10:00"), at(26, "10:00"), "leave_backwards"),
        (at(27, "00:00"), at(26, "00:00"), "leave_backwards"),
        (at(20, "00:00"), at(24, "00:00"), "leave_is_over"),
        (at(26, "00:00"), at(26, "00:00").replace(year=2031), "leave_too_long"),
        (at(26, "00:00").replace(year=2030), at(27, "00:00").replace(year=2030), "leave_too_far"),
    ],
)
def test_a_leave_that_is_none_is_refused_and_nothing_is_written(
    engine: Engine, clinic: DemoClinic, staff_id: str, start: datetime, end: datetime, reason: str
) -> None:
    with pytest.raises(BadLeave) as refused:
        away(engine, clinic, staff_id, start, end)
    assert refused.value.reason == reason
    with engine.begin() as conn:
        assert conn.execute(select(absences).where(absences.c.reason == "leave")).all() == []


def test_another_clinics_doctor_and_leave_are_out_of_reach(engine: Engine, clinic: DemoClinic, staff_id: str) -> None:
    leave, _ = away(engine, clinic, staff_id)
    with engine.begin() as conn:
        other = load_clinic(conn, seed_demo(conn, "200000000000099", "100000000000099").id)
        with pytest.raises(UnknownPractitioner):
            enter_leave(conn, other, leave.practitioner_id, leave.start, leave.end, staff_id, NOW)
        with pytest.raises(LeaveGone):
            drop_leave(conn, other, leave.id)
        assert load_leave(conn, other.id, leave.id) is None and leaves_of(conn, other.id, NOW) == []
        assert leaves_of(conn, clinic.id, NOW) == [leave]


def test_leave_by_the_day_takes_the_night_of_its_last_day_and_not_the_one_before_its_first(
    engine: Engine, clinic: DemoClinic, staff_id: str, visitor: Visitor
) -> None:
    """Dr. Omar works from 20:00 to 01:00."""
    before = visitor(1, at(26, "00:20"), "Omar", "general")
    evening = visitor(2, at(26, "21:00"), "Omar", "general")
    night = visitor(3, at(27, "00:20"), "Omar", "general")
    visitor(4, at(28, "21:00"), "Omar", "general")
    _, outcome = away(engine, clinic, staff_id, doctor="Omar")
    assert set(outcome.told) == {evening.visit_id, night.visit_id}
    assert before.bubbles() == []


def test_leave_of_some_hours_takes_what_it_touches_also_what_began_before(
    engine: Engine, clinic: DemoClinic, staff_id: str, visitor: Visitor
) -> None:
    started = visitor(1, at(26, "16:00"))
    within = visitor(2, at(26, "16:20"))
    visitor(3, at(26, "16:40"))
    visitor(4, at(26, "16:00"), "Huda", "pediatrics")
    visitor(5, at(26, "17:00"), status="cancelled")
    _, outcome = away(engine, clinic, staff_id, at(26, "16:10"), at(26, "16:40"))
    assert set(outcome.told) == {started.visit_id, within.visit_id}


def test_the_same_leave_twice_at_once_is_one_and_nobody_is_asked_twice(
    engine: Engine, clinic: DemoClinic, staff_id: str, visitor: Visitor
) -> None:
    mona = visitor()
    together = Barrier(2)

    def enter() -> str:
        together.wait()
        return away(engine, clinic, staff_id)[0].id

    with ThreadPoolExecutor(2) as pool:
        ids = {one.result() for one in [pool.submit(enter), pool.submit(enter)]}
    assert len(ids) == 1 and len(mona.bubbles()) == 1
    assert away(engine, clinic, staff_id)[1] == Outcome()
    assert len(mona.bubbles()) == 1


# --- what is offered ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "words"), [("en", "has to be away"), ("ar", "غير موجود")])
def test_each_patient_gets_one_bubble_in_their_language_with_three_times_and_a_way_out(
    engine: Engine, clinic: DemoClinic, staff_id: str, visitor: Visitor, language: str, words: str
) -> None:
    mona = visitor(language=language)
    _, outcome = away(engine, clinic, staff_id)
    assert outcome == Outcome(told=(mona.visit_id,))
    [bubble] = mona.bubbles()
    assert words in bubble.text and len(bubble.options) == 5 and bubble.list_button
    assert all(len(option.title) <= 24 for option in bubble.options)
    starts = [start for _, start in mona.offered()]
    assert len(starts) == 3 and starts == sorted(starts)
    assert {start.astimezone(ZONE).date() for start in starts}.isdisjoint({date(2026, 11, 26)})
    assert (mona.visit.start, mona.visit.status) == (at(26, "16:00"), "booked")


def test_the_times_are_near_the_old_one_and_on_different_days(
    engine: Engine, clinic: DemoClinic, staff_id: str, visitor: Visitor
) -> None:
    mona = visitor()
    away(engine, clinic, staff_id)
    local = [start.astimezone(ZONE) for _, start in mona.offered()]
    assert len({one.date() for one in local}) == 3
    assert all(abs((one - at(26, "16:00")).days) <= 7 for one in local)
    assert all(14 <= one.hour <= 18 for one in local)


def test_not_everybody_is_offered_the_same_three_times(
    engine: Engine, clinic: DemoClinic, staff_id: str, visitor: Visitor
) -> None:
    people = [
        visitor(number, at(26, f"16:{20 * (number % 3):02d}") + timedelta(hours=number // 3)) for number in range(9)
    ]
    away(engine, clinic, staff_id)
    times = [time for one in people for time in one.offered()]
    assert len(times) == 27
    assert len(set(times)) == 27


@pytest.mark.parametrize("status", ["booked", "confirmed"])
def test_a_tap_moves_the_visit_and_the_patients_own_moves_are_not_counted_up(
    engine: Engine, clinic: DemoClinic, staff_id: str, visitor: Visitor, status: str
) -> None:
    mona = visitor(status=status, moves=2)
    away(engine, clinic, staff_id)
    [offer] = mona.bubbles()
    doctor, start = mona.offered()[1]
    said = mona.tap(offer, 1)
    assert "Your new time" in said.text
    assert (mona.visit.start, mona.visit.practitioner_id, mona.visit.status, mona.visit.moves) == (
        start,
        doctor,
        "booked",
        2,
    )
    with engine.begin() as conn:
        newest = select(appointment_events.c.actor, appointment_events.c.note).where(
            appointment_events.c.note == "moved"
        )
        assert conn.execute(newest).all() == [("patient", "moved")]
        assert conn.execute(select(open_questions)).all() == []


def test_a_time_may_be_named_by_its_place_by_its_clock_or_asked_for_anew(
    engine: Engine, clinic: DemoClinic, staff_id: str, visitor: Visitor
) -> None:
    first, second, third = visitor(1), visitor(2, at(26, "16:20")), visitor(3, at(26, "16:40"))
    away(engine, clinic, staff_id)
    expected = first.offered()[1]
    first.turn("the second")
    assert (first.visit.practitioner_id, first.visit.start) == expected
    start = second.offered()[2][1].astimezone(ZONE)
    second.turn(f"{start:%A} at {start:%H:%M}")
    assert second.visit.start == start
    asked = third.turn("what about sunday morning?")
    days = {one.astimezone(ZONE).strftime("%A") for _, one in third.offered()}
    assert days == {"Sunday"} and "as you asked" in asked.text
    assert all(one.astimezone(ZONE).hour < 12 for _, one in third.offered())
    assert third.visit.start == at(26, "16:40")


def test_other_times_are_others_and_a_no_asks_for_them_too(
    engine: Engine, clinic: DemoClinic, staff_id: str, visitor: Visitor
) -> None:
    mona = visitor()
    away(engine, clinic, staff_id)
    seen = set(mona.offered())
    mona.choose(mona.bubbles()[0], "Other times")
    assert len(mona.offered()) == 6 and seen.isdisjoint(mona.offered())
    seen |= set(mona.offered())
    mona.turn("no", intent="deny")
    assert mona.offered() and seen.isdisjoint(mona.offered())
    assert mona.visit.start == at(26, "16:00")


def test_a_question_about_something_else_is_answered_and_ours_asked_again(
    engine: Engine, clinic: DemoClinic, staff_id: str, visitor: Visitor
) -> None:
    mona = visitor()
    away(engine, clinic, staff_id)
    said = mona.turn("where do I park?", intent="faq_parking")
    assert said.text.startswith("other work") and "which time suits you" in said.text and len(said.options) == 5


def test_giving_up_in_words_is_asked_back_and_a_tap_is_taken_at_its_word(
    engine: Engine, clinic: DemoClinic, staff_id: str, visitor: Visitor
) -> None:
    one, other = visitor(1), visitor(2, at(26, "16:20"))
    away(engine, clinic, staff_id)
    said = one.turn("forget it")
    assert one.visit.status == "booked" and "Cancel this visit?" in said.text
    one.turn("yes", intent="affirm")
    assert one.visit.status == "cancelled"
    other.choose(other.bubbles()[0], "Cancel my visit")
    assert other.visit.status == "cancelled"


# --- promises ----------------------------------------------------------------------------------------------------


def test_a_wish_is_kept_or_asked_about_and_never_overruled(
    engine: Engine, clinic: DemoClinic, staff_id: str, visitor: Visitor
) -> None:
    """General medicine has Dr. Huda and Dr. Omar; Dr. Huda is away for longer than one may book ahead."""
    mona = visitor(1, at(26, "16:00"), "Huda", "general", wishes={"gender": "female"})
    omar = visitor(2, at(26, "16:20"), "Huda", "general")
    away(engine, clinic, staff_id, start=TODAY, end=TODAY + timedelta(days=90), doctor="Huda")
    assert mona.offered() == [] and "keeps what you asked for" in mona.bubbles()[0].text
    assert len(omar.offered()) == 3
    said = mona.choose(mona.bubbles()[0], "Another doctor is OK")
    with engine.begin() as conn:
        male = doctor_id(conn, clinic, "Omar")
    assert {doctor for doctor, _ in mona.offered()} == {male}
    mona.tap(said, 0)
    assert (mona.visit.practitioner_id, dict(mona.visit.wishes)) == (male, {})


def test_who_asked_for_that_very_doctor_gets_them_or_is_asked(
    engine: Engine, clinic: DemoClinic, staff_id: str, visitor: Visitor
) -> None:
    with engine.begin() as conn:
        huda = doctor_id(conn, clinic, "Huda")
    mona = visitor(1, at(26, "16:00"), "Huda", "general", wishes={"practitioner": huda})
    leave, _ = away(engine, clinic, staff_id, doctor="Huda")
    assert {doctor for doctor, _ in mona.offered()} == {huda}
    back(engine, clinic, leave)
    longer, _ = away(engine, clinic, staff_id, start=TODAY, end=TODAY + timedelta(days=90), doctor="Huda")
    assert mona.offered() == []
    said = mona.turn("please call me")
    assert "colleague" in said.text and open_tasks(engine) == [("find_time", mona.visit_id)]
    assert mona.visit.start == at(26, "16:00")
    assert back(engine, clinic, longer) == Outcome(told=(mona.visit_id,))  # they know of it, so they hear of its end
    assert open_tasks(engine) == []


def test_a_doctor_who_may_not_see_the_patient_or_of_whom_it_is_not_known_is_not_offered(
    engine: Engine, clinic: DemoClinic, staff_id: str, visitor: Visitor
) -> None:
    with engine.begin() as conn:
        omar = doctor_id(conn, clinic, "Omar")
        conn.execute(update(practitioners).where(practitioners.c.id == omar).values(min_age=18))
    child = visitor(1, at(26, "16:00"), "Huda", "general", patient={"birth_date": date(2018, 1, 1)}, name="Sami")
    adult = visitor(2, at(26, "16:20"), "Huda", "general", patient={"birth_date": date(1990, 1, 1)})
    unknown = visitor(3, at(26, "16:40"), "Huda", "general")
    _, outcome = away(engine, clinic, staff_id, start=TODAY, end=TODAY + timedelta(days=90), doctor="Huda")
    assert outcome == Outcome(told=(adult.visit_id,), nothing_free=outcome.nothing_free)
    assert set(outcome.nothing_free) == {child.visit_id, unknown.visit_id}
    assert {doctor for doctor, _ in adult.offered()} == {omar}
    assert set(open_tasks(engine)) == {("find_time", child.visit_id), ("find_time", unknown.visit_id)}
    assert "colleague from reception" in child.bubbles()[0].text


def test_a_language_that_only_the_absent_doctor_speaks_is_a_promise_too(
    engine: Engine, clinic: DemoClinic, staff_id: str, visitor: Visitor
) -> None:
    with engine.begin() as conn:
        huda = doctor_id(conn, clinic, "Huda")
        conn.execute(update(practitioners).where(practitioners.c.id == huda).values(languages=["ar", "ur"]))
    mona = visitor(1, at(26, "16:00"), "Huda", "general", wishes={"language": "ur"})
    away(engine, clinic, staff_id, doctor="Huda")
    assert {doctor for doctor, _ in mona.offered()} == {huda}


def test_nobody_is_offered_a_time_at_which_they_sit_with_another_doctor(
    engine: Engine, clinic: DemoClinic, staff_id: str, visitor: Visitor
) -> None:
    mona = visitor(1)
    away(engine, clinic, staff_id)
    doctor, taken = mona.offered()[0]
    dentist = visitor(1, taken.astimezone(ZONE), "Khalid", "dentistry")
    leave, _ = away(engine, clinic, staff_id, at(26, "00:00"), at(26, "23:00"))  # asked anew for another leave
    assert leave and all(
        start + timedelta(minutes=20) <= dentist.visit.start or start >= dentist.visit.end
        for _, start in mona.offered()
    )


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_whatever_was_wished_every_time_that_is_offered_keeps_it(
    engine: Engine, clinic: DemoClinic, data: st.DataObject
) -> None:
    """Searching changes nothing, so that the examples may share one clinic."""
    start = at(26, "16:00") + timedelta(minutes=20 * data.draw(st.integers(0, 2000)))
    with engine.begin() as conn:
        of = load_clinic(conn, clinic.id)
        of_clinic = select(specialties).where(specialties.c.clinic_id == clinic.id)
        general = conn.execute(of_clinic.where(specialties.c.code == "general")).one()
        doctors = practitioners_of(conn, clinic.id, general.id)
        old = data.draw(st.sampled_from(doctors))
        wishes = {
            "gender": data.draw(st.sampled_from([None, "female", "male"])),
            "language": data.draw(st.sampled_from([None, "ar", "en", "ur"])),
            "practitioner": data.draw(st.sampled_from([None, *(one.id for one in doctors)])),
        }
        names = (old.id, "", "", general.id, "general", "", "")
        visit = Appointment("x", "booked", *names, None, None, start, start + timedelta(minutes=20), wishes=wishes)
        found = fitting_times(conn, of, wanted(visit), NOW, most=data.draw(st.integers(1, 8)))
    assert [one.start for one in found] == sorted({one.start for one in found})
    for slot in found:
        assert wishes["gender"] in (None, slot.practitioner.gender)
        assert wishes["language"] is None or wishes["language"] in slot.practitioner.languages
        assert wishes["practitioner"] in (None, slot.practitioner.id)
        assert slot.start > NOW and slot.end - slot.start == timedelta(minutes=20)
        assert (slot.practitioner.id, slot.start) != (old.id, start)


# --- who cannot be written to ------------------------------------------------------------------------------------


def _says_stop(engine: Engine, one: Asked) -> None:
    with engine.begin() as conn:
        withdraw(conn, one.contact_id, one.clinic_id, "whatsapp message", NOW)


def _with_a_person(engine: Engine, one: Asked) -> None:
    with engine.begin() as conn:
        hand_over(conn, lock_conversation(conn, one.conversation_id), "complaint", NOW)


def _no_chat(engine: Engine, one: Asked) -> None:
    with engine.begin() as conn:
        conn.execute(update(appointments).where(appointments.c.id == one.visit_id).values(contact_id=None))


def _a_day_ago(engine: Engine, one: Asked) -> None:
    with engine.begin() as conn:
        moved = {"last_inbound_at": NOW - timedelta(hours=24)}
        conn.execute(update(contacts).where(contacts.c.id == one.contact_id).values(**moved))


def _never_wrote(engine: Engine, one: Asked) -> None:
    with engine.begin() as conn:
        conn.execute(update(contacts).where(contacts.c.id == one.contact_id).values(last_inbound_at=None))


@pytest.mark.parametrize("because", [_says_stop, _with_a_person, _no_chat, _a_day_ago, _never_wrote])
def test_who_cannot_be_written_to_is_called_and_need_not_be_once_the_leave_is_taken_back(
    engine: Engine, clinic: DemoClinic, staff_id: str, visitor: Visitor, because: Callable[[Engine, Asked], None]
) -> None:
    mona = visitor()
    because(engine, mona)
    leave, outcome = away(engine, clinic, staff_id)
    assert outcome == Outcome(to_call=(mona.visit_id,))
    assert mona.bubbles() == [] and mona.visit.start == at(26, "16:00")
    assert ("call_patient", mona.visit_id) in open_tasks(engine)
    back(engine, clinic, leave)
    assert mona.bubbles() == [] and open_tasks(engine) == []


# --- several at once ---------------------------------------------------------------------------------------------


def test_the_visits_of_one_number_are_asked_about_one_after_the_other(
    engine: Engine, clinic: DemoClinic, staff_id: str, visitor: Visitor
) -> None:
    mother = visitor(1, name="Mona")
    child = visitor(1, at(26, "16:20"), name="Sami")
    away(engine, clinic, staff_id)
    [offer] = mother.bubbles()
    assert "For: Mona" in offer.text
    said = mother.tap(offer, 0)
    assert "Your new time" in said.text and "For: Sami" in said.text and len(said.options) == 5
    assert child.visit.start == at(26, "16:20")
    done = child.tap(said, 0)
    assert child.visit.start != at(26, "16:20") and "For: Sami" in done.text
    with engine.begin() as conn:
        assert conn.execute(select(open_questions)).all() == []


def test_a_taken_time_brings_the_next_three_with_kind_words(
    engine: Engine, clinic: DemoClinic, staff_id: str, visitor: Visitor
) -> None:
    mona = visitor()
    away(engine, clinic, staff_id)
    [offer] = mona.bubbles()
    doctor, start = mona.offered()[0]
    visitor(9, start.astimezone(ZONE))
    said = mona.tap(offer, 0)
    assert "just been taken" in said.text and len(mona.offered()) == 3
    assert (doctor, start) not in mona.offered() and mona.visit.start == at(26, "16:00")


def test_of_many_who_reach_for_one_time_one_gets_it_and_the_others_are_told_the_truth(
    engine: Engine, clinic: DemoClinic, staff_id: str, visitor: Visitor
) -> None:
    crowd = [visitor(number, at(26, "16:00") + timedelta(minutes=20 * number)) for number in range(8)]
    away(engine, clinic, staff_id)
    with engine.begin() as conn:
        target = crowd[0].offered()[0]
        for one in crowd:
            taps = select(tap_options).where(
                tap_options.c.conversation_id == one.conversation_id, tap_options.c.kind == "time"
            )
            for option in conn.execute(taps).all():
                value = {**option.value, "practitioner": target[0], "start": target[1].isoformat()}
                conn.execute(update(tap_options).where(tap_options.c.id == option.id).values(value=value))
    together = Barrier(len(crowd))

    def reach(one: Asked) -> str:
        [offer] = one.bubbles()
        together.wait()
        return one.tap(offer, 0).text

    with ThreadPoolExecutor(len(crowd)) as pool:
        said = list(pool.map(reach, crowd))
    won = [text for text in said if "Your new time" in text]
    lost = [text for text in said if "just been taken" in text]
    assert (len(won), len(lost)) == (1, 7)
    starts = [one.visit.start for one in crowd]
    assert starts.count(target[1]) == 1 and len(set(starts)) == 8
    for place, one in enumerate(crowd):
        assert (one.visit.start == target[1]) == ("Your new time" in said[place])


# --- what was going on, and what is taken back -------------------------------------------------------------------


class _Counting:
    """A flow that was going on."""

    def answer(self, turn: Turn, question: Any) -> Optional[Reply]:
        return None

    def resume(self, turn: Turn, draft: Any) -> Optional[Reply]:
        return Reply(f"back to {draft['of']}")


def test_what_was_being_asked_waits_behind_and_is_taken_up_again(
    engine: Engine, clinic: DemoClinic, staff_id: str, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    mona = visitor()
    with engine.begin() as conn:
        conversation = lock_conversation(conn, mona.conversation_id)
        ask(conn, conversation, flow="booking", kind="slot", choices=(), draft={"of": "the booking"}, now=NOW)
    away(engine, clinic, staff_id)
    monkeypatch.setitem(FLOWS, "booking", _Counting())
    said = mona.tap(mona.bubbles()[0], 0)
    assert "Your new time" in said.text and said.text.endswith("back to the booking")


def test_who_has_not_chosen_hears_that_the_visit_stays_and_old_offers_are_void(
    engine: Engine, clinic: DemoClinic, staff_id: str, visitor: Visitor
) -> None:
    waits, chose = visitor(1), visitor(2, at(26, "16:20"))
    leave, _ = away(engine, clinic, staff_id)
    chose.tap(chose.bubbles()[0], 0)
    moved_to = chose.visit.start
    assert back(engine, clinic, leave) == Outcome(told=(waits.visit_id,))
    assert "The visit stays as it was" in waits.bubbles()[-1].text
    assert len(chose.bubbles()) == 1 and chose.visit.start == moved_to
    with engine.begin() as conn:
        assert conn.execute(select(open_questions)).all() == []
    said = waits.tap(waits.bubbles()[0], 0)
    assert "settled already" in said.text and waits.visit.start == at(26, "16:00")
    with pytest.raises(LeaveGone):
        back(engine, clinic, leave)


def test_taking_one_leave_back_under_another_one_says_nothing_that_is_not_so(
    engine: Engine, clinic: DemoClinic, staff_id: str, visitor: Visitor
) -> None:
    mona = visitor()
    leave, _ = away(engine, clinic, staff_id)
    away(engine, clinic, staff_id, end=at(29, "00:00"))
    told = len(mona.bubbles())
    assert back(engine, clinic, leave) == Outcome()
    assert len(mona.bubbles()) == told


def test_a_tap_after_the_old_time_moves_nothing(
    engine: Engine, clinic: DemoClinic, staff_id: str, visitor: Visitor
) -> None:
    mona = visitor()
    away(engine, clinic, staff_id)
    said = mona.tap(mona.bubbles()[0], 0, now=at(26, "18:00"))
    assert "cannot find that visit" in said.text and mona.visit.start == at(26, "16:00")


def test_an_offer_about_somebody_elses_visit_reveals_and_moves_nothing(
    engine: Engine, clinic: DemoClinic, staff_id: str, visitor: Visitor
) -> None:
    mona, other = visitor(1), visitor(2, at(26, "16:20"))
    leave, _ = away(engine, clinic, staff_id)
    with engine.begin() as conn:
        own = tap_options.c.conversation_id == other.conversation_id
        forged = {
            **conn.execute(select(tap_options.c.value).where(own, tap_options.c.kind == "time")).scalars().first()
        }
        conn.execute(update(tap_options).where(own).values(value={**forged, "appointment": mona.visit_id}))
    said = other.tap(other.bubbles()[0], 0)
    assert "Mona" not in said.text.split("\n\n")[0]
    assert mona.visit.start == at(26, "16:00")


# --- cancelled by the clinic -------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", REASONS)
def test_a_cancellation_by_the_clinic_is_never_silent(
    engine: Engine, clinic: DemoClinic, reem: Staff, visitor: Visitor, reason: str
) -> None:
    mona = visitor(wishes={"gender": "female"})
    with engine.begin() as conn:
        cancel_and_tell(conn, load_clinic(conn, clinic.id), reem, mona.visit_id, reason, NOW, seen="booked")
    [bubble] = mona.bubbles()
    if reason == "patient_asked":
        assert "is cancelled" in bubble.text and mona.offered() == []
        return
    assert "had to cancel" in bubble.text and len(mona.offered()) == 3
    assert all(start.astimezone(ZONE).date() != date(2026, 11, 26) for _, start in mona.offered())
    said = mona.tap(bubble, 0)
    assert "Your new time" in said.text
    again = mona.tap(bubble, 1)  # a second tap on the old bubble books nothing more
    assert "settled already" in again.text
    with engine.begin() as conn:
        live = select(appointments).where(appointments.c.status == "booked")
        [new] = conn.execute(live).all()
    assert (new.patient_id, new.wishes) == (mona.visit.patient_id, {"gender": "female"})


def test_who_cannot_be_written_to_about_a_cancellation_is_called(
    engine: Engine, clinic: DemoClinic, reem: Staff, visitor: Visitor
) -> None:
    mona = visitor(written=None)
    with engine.begin() as conn:
        of = load_clinic(conn, clinic.id)
        outcome = cancel_and_tell(conn, of, reem, mona.visit_id, "equipment", NOW, seen="booked")
    assert outcome == Outcome(to_call=(mona.visit_id,))
    assert open_tasks(engine) == [("call_patient", mona.visit_id)]
