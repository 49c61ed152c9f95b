"""Booking as pure functions: what a message means for the draft, and what is asked next."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any, Optional, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.booking import (
    Answer,
    Ask,
    BookingDraft,
    Confirm,
    Done,
    NothingFree,
    Offer,
    apply,
    next_step,
    read_answer,
)
from clinic.dialogue import Entity, Message, When
from clinic.questions import Choice, OpenQuestion
from clinic.schedule import Practitioner, Slot, Specialty
from clinic.taps import Tap

NOW = datetime(2026, 11, 24, 10, tzinfo=timezone.utc)
SARA = Practitioner("p1", "Dr. Sara", "د. سارة", "female")
DERMATOLOGY = Specialty("s1", "dermatology", "Dermatology", "الجلدية", 20, None)
DENTISTRY = Specialty("s2", "dentistry", "Dentistry", "الأسنان", 30, None)
SLOTS = tuple(Slot(SARA, NOW + timedelta(hours=hour), NOW + timedelta(hours=hour, minutes=20)) for hour in (2, 3, 4))


class FakeSchedule:
    """Two specialties and three free times."""

    def __init__(self, slots: Sequence[Slot] = SLOTS, knows: bool = True) -> None:
        self.slots, self.knows = tuple(slots), knows

    def specialties(self) -> Sequence[Specialty]:
        return (DERMATOLOGY, DENTISTRY)

    def offer(self, draft: BookingDraft) -> Offer:
        return Offer(self.slots)

    def find(self, draft: BookingDraft) -> Optional[Slot]:
        return next((slot for slot in self.slots if slot.start.isoformat() == draft.slot_start), None)

    def knows_patient(self, draft: BookingDraft) -> bool:
        return self.knows or draft.patient_name is not None


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
         {"relationship": "child", "patient": None}),
        ("patient_name", message("Mona Saleh"), {"patient_name": "Mona Saleh"}),
        ("patient_name", message("اسمه محمد علي"), {"patient_name": "محمد علي"}),
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


def test_nothing_is_asked_that_is_known() -> None:
    schedule = FakeSchedule()
    chosen = BookingDraft(specialty="dermatology", slot_practitioner=SARA.id, slot_start=SLOTS[0].start.isoformat())
    assert next_step(BookingDraft(), schedule) == Ask("specialty", (DERMATOLOGY, DENTISTRY))
    assert next_step(BookingDraft(specialty="dermatology"), schedule) == Offer(SLOTS)
    assert next_step(chosen, schedule) == Confirm(SLOTS[0])
    assert next_step(replace(chosen, confirmed=True), schedule) == Done(SLOTS[0])
    assert next_step(chosen, FakeSchedule(knows=False)) == Ask("patient_name")


def test_a_time_that_is_gone_is_offered_again_with_the_nearest() -> None:
    gone = BookingDraft(specialty="dermatology", slot_practitioner=SARA.id, slot_start=NOW.isoformat(), confirmed=True)
    assert next_step(gone, FakeSchedule()) == Offer(SLOTS, widened=True)
    assert next_step(gone, FakeSchedule(slots=())) == NothingFree()


def test_a_specialty_that_the_clinic_has_not_is_asked_again() -> None:
    assert isinstance(next_step(BookingDraft(specialty="astrology"), FakeSchedule()), Ask)


DRAFTS = st.builds(
    BookingDraft,
    specialty=st.none() | st.sampled_from(["dermatology", "dentistry", "astrology"]),
    practitioner=st.none() | st.just("p1"),
    date=st.none() | st.just("2026-11-29"),
    time=st.none() | st.just(["17:00", None]),
    page=st.integers(0, 3),
    slot_practitioner=st.none() | st.just("p1"),
    slot_start=st.none() | st.sampled_from([slot.start.isoformat() for slot in SLOTS]),
    relationship=st.sampled_from(["self", "child", "other"]),
    patient_name=st.none() | st.just("Mona"),
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
    assert isinstance(next_step(after, FakeSchedule()), (Ask, Offer, Confirm, Done, NothingFree))


@given(draft=DRAFTS, text=st.text(max_size=40))
def test_nothing_is_booked_that_was_not_confirmed(draft: BookingDraft, text: str) -> None:
    """Only a yes to the question "shall I book it" leads to Done."""
    answer = read_answer(question("slot"), message(text))
    if answer is not None and not answer.stops:
        assert not isinstance(next_step(apply(replace(draft, confirmed=False), answer), FakeSchedule()), Done)
