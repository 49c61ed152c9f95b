"""Booking as pure functions: what a message means for the draft, and what is asked next."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any, Optional, Sequence, Union

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.booking import Ask, BookingDraft, Confirm, Done, NothingFree, Offer, Refused, Wait, next_step
from clinic.booking_answers import Answer, apply, read_answer
from clinic.dialogue import Entity, Message, When
from clinic.patients import Patient
from clinic.questions import Choice, OpenQuestion
from clinic.schedule import Practitioner, Slot, Specialty
from clinic.taps import Tap

NOW = datetime(2026, 11, 24, 10, tzinfo=timezone.utc)
SARA = Practitioner("p1", "Dr. Sara", "د. سارة", "female")
DERMATOLOGY = Specialty("s1", "dermatology", "Dermatology", "الجلدية", 20, None)
DENTISTRY = Specialty("s2", "dentistry", "Dentistry", "الأسنان", 30, None)
SLOTS = tuple(Slot(SARA, NOW + timedelta(hours=hour), NOW + timedelta(hours=hour, minutes=20)) for hour in (2, 3, 4))


MONA = Patient("a", "Mona", "self")


class FakeSchedule:
    """Two specialties, one doctor and three free times; what it knows of the patient is given."""

    def __init__(
        self,
        slots: Sequence[Slot] = SLOTS,
        who: Union[Patient, Ask] = MONA,
        barred: Optional[str] = None,
        refusal: Union[str, Ask, None] = None,
        doctors: Sequence[Practitioner] = (SARA,),
    ) -> None:
        self.slots, self._who, self._barred, self._refusal = tuple(slots), who, barred, refusal
        self._doctors = doctors

    def specialties(self) -> Sequence[Specialty]:
        return (DERMATOLOGY, DENTISTRY)

    def doctors(self, draft: BookingDraft) -> Sequence[Practitioner]:
        return [doctor for doctor in self._doctors if draft.gender in (None, doctor.gender)]

    def barred(self, draft: BookingDraft) -> Optional[str]:
        return self._barred

    def days(self, draft: BookingDraft) -> Sequence[str]:
        return sorted({slot.start.date().isoformat() for slot in self.slots})

    def offer(self, draft: BookingDraft) -> Offer:
        return Offer(self.slots)

    def find(self, draft: BookingDraft) -> Optional[Slot]:
        return next((slot for slot in self.slots if slot.start.isoformat() == draft.slot_start), None)

    def who(self, draft: BookingDraft) -> Union[Patient, Ask]:
        return self._who

    def refusal(self, draft: BookingDraft, slot: Slot, patient: Patient) -> Union[str, Ask, None]:
        return self._refusal


def slot_choice(slot: Slot, title: str) -> Choice:
    value = {
        "specialty": "dermatology",
        "practitioner": SARA.id,
        "start": slot.start.isoformat(),
        "date": slot.start.date().isoformat(),
        "clock": slot.start.strftime("%H:%M"),
    }
    return Choice(title, value, "slot")


CHOICES = {
    "specialty": (
        Choice("Dermatology", {"specialty": "dermatology"}, "specialty"),
        Choice("الأسنان", {"specialty": "dentistry"}, "specialty"),
    ),
    "slot": tuple(slot_choice(slot, f"Today, {index + 2}:00 pm") for index, slot in enumerate(SLOTS)),
    "confirm": (Choice("Confirm", {}, "confirm"), Choice("Another time", {}, "other_time")),
    "patient_name": (),
    "wish": (Choice("Any doctor", {}, "any_doctor"),),
}


def question(kind: str) -> OpenQuestion:
    return OpenQuestion("booking", kind, CHOICES[kind], {}, NOW, NOW + timedelta(hours=1))


def message(text: str, intent: str = "nlu_fallback", confidence: float = 0.3, **more: Any) -> Message:
    return Message("wamid.1", text, intent, confidence, "en", **more)


def entity(name: str, value: str, text: str) -> dict[str, list[Entity]]:
    return {name: [Entity(value, text, 0, len(text))]}


@pytest.mark.parametrize(
    ("kind", "said", "changes"),
    [
        ("specialty", message("2"), {"specialty": "dentistry"}),
        ("specialty", message("the second"), {"specialty": "dentistry"}),
        ("specialty", message("التاني"), {"specialty": "dentistry"}),
        ("specialty", message("٢"), {"specialty": "dentistry"}),
        ("specialty", message("dermatology!"), {"specialty": "dermatology"}),
        ("specialty", message("الاسنان"), {"specialty": "dentistry"}),
        ("specialty", message("skin", entities=entity("specialty", "dermatology", "skin")), {"specialty": "dermatology"}),
        ("slot", message("1"), {"slot_start": SLOTS[0].start.isoformat()}),
        ("slot", message("الثالث"), {"slot_start": SLOTS[2].start.isoformat()}),
        ("slot", message("1 pm", when=When(None, "13:00")), {"slot_start": SLOTS[1].start.isoformat()}),
        ("slot", message("no, Sunday", "deny", 0.9, when=When("2026-11-29")), {"date": "2026-11-29", "page": 0}),
        ("slot", message("actually teeth", "book_appointment", 0.8, entities=entity("specialty", "dentistry", "teeth")),
         {"specialty": "dentistry", "practitioner": None}),
        ("confirm", message("yes"), {"confirmed": True}),
        ("confirm", message("تمام"), {"confirmed": True}),
        ("confirm", message("ايوه"), {"confirmed": True}),
        ("confirm", message("that works for me", "affirm", 0.7), {"confirmed": True}),
        ("confirm", message("no"), {"slot_start": None}),
        ("confirm", message("no, Sunday", "deny", 0.9, when=When("2026-11-29")), {"date": "2026-11-29", "slot_start": None}),
        ("confirm", message("it is for my son", "book_appointment", 0.7, entities=entity("person", "child", "my son")),
         {"patient": None, "confirmed": False}),
        ("slot", message("with a lady doctor please"), {"gender": "female", "slot_start": None}),
        ("slot", message("any doctor is fine"), {"gender": None, "practitioner": None}),
        ("wish", message("yes"), {"gender": None}),
        ("wish", message("لا"), {"specialty": None}),
    ],
)  # fmt: skip
def test_an_answer_changes_the_draft(kind: str, said: Message, changes: dict[str, Any]) -> None:
    answer = read_answer(question(kind), said)
    assert answer is not None
    assert changes.items() <= dict(answer.changes).items()


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("slot", message("are you open on Sunday?", "faq_hours", 0.9, when=When("2026-11-29"))),
        ("slot", message("9")),
        ("slot", message("hmm")),
        ("specialty", message("do you take Bupa", "faq_insurance", 0.8)),
        ("confirm", message("where are you", "faq_location", 0.9)),
        ("confirm", message("1")),
        ("patient_name", message("where are you", "faq_location", 0.9)),
        ("patient_name", message("12345")),
        ("patient_name", message("")),
        ("slot", message("I want a person", "request_human", 0.9)),
    ],
)
def test_what_is_no_answer_is_left_to_its_own_feature(kind: str, said: Message) -> None:
    assert read_answer(question(kind), said) is None


@pytest.mark.parametrize("kind", CHOICES)
@pytest.mark.parametrize("said", ["forget it", "خلاص", "5alas", "never mind."])
def test_never_mind_ends_the_flow_at_any_question(kind: str, said: str) -> None:
    assert read_answer(question(kind), message(said)) == Answer({}, stops=True)


def test_a_tap_beats_what_the_text_seems_to_mean() -> None:
    tap = Tap("id", "booking", "slot", CHOICES["slot"][1].value)
    answer = read_answer(question("specialty"), message("/tap", "tap", 1.0, tap=tap))
    assert answer is not None and answer.changes["slot_start"] == SLOTS[1].start.isoformat()


def test_two_offered_times_with_the_same_clock_are_not_guessed_between() -> None:
    tomorrow = Slot(SARA, SLOTS[0].start + timedelta(days=1), SLOTS[0].end + timedelta(days=1))
    ambiguous = replace(question("slot"), choices=(CHOICES["slot"][0], slot_choice(tomorrow, "Tomorrow, 12:00 pm")))
    answer = read_answer(ambiguous, message("12", when=When(None, "12:00")))
    assert answer is None or "slot_start" not in answer.changes or answer.changes["slot_start"] is None


CHOSEN = BookingDraft(specialty="dermatology", slot_practitioner=SARA.id, slot_start=SLOTS[0].start.isoformat())


def test_nothing_is_asked_that_is_known() -> None:
    schedule = FakeSchedule()
    assert next_step(BookingDraft(), schedule) == Ask("specialty", (DERMATOLOGY, DENTISTRY))
    assert next_step(BookingDraft(specialty="dermatology"), schedule) == Offer(SLOTS)
    assert next_step(CHOSEN, schedule) == Confirm(SLOTS[0])
    assert next_step(replace(CHOSEN, confirmed=True), schedule) == Done(SLOTS[0])
    assert next_step(CHOSEN, FakeSchedule(who=Ask("patient_name"))) == Ask("patient_name")


def test_a_wish_that_no_doctor_keeps_is_asked_about_and_never_overruled() -> None:
    wished = replace(CHOSEN, gender="male", confirmed=True)
    assert next_step(wished, FakeSchedule()) == Ask("wish")
    assert next_step(replace(wished, gender="female"), FakeSchedule()) == Done(SLOTS[0])


def test_a_doctors_rule_against_the_patient_comes_before_the_booking() -> None:
    confirmed = replace(CHOSEN, confirmed=True)
    assert next_step(confirmed, FakeSchedule(refusal="too_old")) == Refused("too_old")
    assert next_step(confirmed, FakeSchedule(refusal=Ask("birth_date"))) == Ask("birth_date")
    assert next_step(BookingDraft(specialty="dermatology"), FakeSchedule(barred="women_only")) == Refused("women_only")


def test_another_day_and_another_doctor_are_lists_of_what_there_is() -> None:
    asked = BookingDraft(specialty="dermatology", asking="day")
    assert next_step(asked, FakeSchedule()) == Ask("day", ("2026-11-24",))
    assert next_step(asked, FakeSchedule(slots=())) == NothingFree()
    assert next_step(replace(asked, asking="doctor"), FakeSchedule()) == Ask("doctor", (SARA,))


def test_a_time_that_is_gone_is_offered_again_with_the_nearest() -> None:
    gone = replace(CHOSEN, slot_start=NOW.isoformat(), confirmed=True)
    assert next_step(gone, FakeSchedule()) == Offer(SLOTS, why="taken")
    assert next_step(gone, FakeSchedule(slots=())) == NothingFree()


def test_a_specialty_that_the_clinic_has_not_is_asked_again() -> None:
    assert isinstance(next_step(BookingDraft(specialty="astrology"), FakeSchedule()), Ask)


PEOPLE = ({"relationship": "child", "text": "my son", "start": 0, "end": 6},)
DRAFTS = st.builds(
    BookingDraft,
    specialty=st.none() | st.sampled_from(["dermatology", "dentistry", "astrology"]),
    practitioner=st.none() | st.just("p1"),
    date=st.none() | st.just("2026-11-29"),
    time=st.none() | st.just(["17:00", None]),
    page=st.integers(0, 3),
    slot_practitioner=st.none() | st.just("p1"),
    slot_start=st.none() | st.sampled_from([slot.start.isoformat() for slot in SLOTS]),
    gender=st.none() | st.sampled_from(["female", "male"]),
    asking=st.none() | st.sampled_from(["day", "doctor"]),
    people=st.sampled_from([(), PEOPLE]),
    confirmed=st.booleans(),
    moving=st.none() | st.just("a1"),
)


@given(draft=DRAFTS)
def test_a_draft_survives_the_database(draft: BookingDraft) -> None:
    assert BookingDraft.from_json(draft.to_json()) == draft


@given(draft=DRAFTS, kind=st.sampled_from(sorted(CHOICES)), text=st.text(max_size=40))
def test_any_text_at_any_question_leads_to_a_step(draft: BookingDraft, kind: str, text: str) -> None:
    answer = read_answer(question(kind), message(text))
    after = draft if answer is None else apply(draft, answer)
    assert isinstance(next_step(after, FakeSchedule()), (Ask, Offer, Refused, Confirm, Done, NothingFree, Wait))


@given(draft=DRAFTS, text=st.text(max_size=40))
def test_nothing_is_booked_that_was_not_confirmed(draft: BookingDraft, text: str) -> None:
    """Only a yes to the question "shall I book it" leads to Done."""
    answer = read_answer(question("slot"), message(text))
    if answer is not None and not answer.stops:
        assert not isinstance(next_step(apply(replace(draft, confirmed=False), answer), FakeSchedule()), Done)
