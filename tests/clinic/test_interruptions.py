"""One thing comes between another: questions aside, a second flow and the way back, several meanings in one message."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Engine

from actions.booking import ActionBooking
from actions.faq import ActionFaq
from actions.handoff import ActionNotUnderstood
from actions.small_talk import ActionSmallTalk
from actions.tap import ActionTap
from actions.visits import ActionCancelling, ActionRescheduling
from clinic.database.tables import appointments, open_questions

from .conftest import Patient

BOOK, TAP, FAQ = ActionBooking(), ActionTap(), ActionFaq()


def book(patient: Patient, specialty: str) -> None:
    patient.say(BOOK, "book", "book_appointment")
    patient.tap(TAP, specialty)
    assert patient.last is not None
    patient.tap_id(TAP, patient.last.options[0].id)
    assert "Booked" in patient.tap(TAP, "Confirm").text


def visits(patient: Patient) -> list[Any]:
    with patient.engine.begin() as conn:
        query = select(appointments).where(appointments.c.contact_id == patient.contact_id)
        return [row for row in conn.execute(query.order_by(appointments.c.created_at)) if row.status != "proposed"]


def open_flow(engine: Engine) -> Any:
    with engine.begin() as conn:
        return conn.execute(select(open_questions.c.flow, open_questions.c.behind)).one_or_none()


def parts(text: str, *meanings: tuple[str, str]) -> list[dict[str, Any]]:
    """The parse's parts: each a stretch of the text with its intent, all of them sure."""
    found = []
    for stretch, intent in meanings:
        start = text.index(stretch)
        sure = intent != "nlu_fallback"
        found.append(
            {
                "intent": intent,
                "confidence": 0.9 if sure else 0.2,
                "sure": sure,
                "start": start,
                "end": start + len(stretch),
            }
        )
    return found


def test_a_second_flow_comes_back_to_the_booking_it_interrupted(patient: Patient, engine: Engine) -> None:
    book(patient, "Dermatology")
    patient.say(BOOK, "book", "book_appointment")
    patient.tap(TAP, "Dentistry")
    patient.say(ActionCancelling(), "cancel my derma visit", "cancel_appointment")
    assert open_flow(engine).flow == "cancelling" and open_flow(engine).behind["flow"] == "booking"
    done = patient.tap(TAP, "Yes, cancel it")
    assert "cancelled" in done.text and "Back to your booking" in done.text and "Dentistry" in done.text
    patient.tap_id(TAP, done.options[0].id)
    assert "Booked" in patient.tap(TAP, "Confirm").text
    assert sorted(row.status for row in visits(patient)) == ["booked", "cancelled"]


def test_never_mind_ends_the_second_flow_and_the_first_is_still_there(patient: Patient, engine: Engine) -> None:
    book(patient, "Dermatology")
    patient.say(BOOK, "book", "book_appointment")
    patient.tap(TAP, "Dentistry")
    patient.say(ActionRescheduling(), "move my visit", "reschedule_appointment")
    back = patient.say(ActionNotUnderstood(), "forget it", "nlu_fallback")
    assert "stays as it is" in back.text and "Back to your booking" in back.text
    assert open_flow(engine).flow == "booking" and open_flow(engine).behind is None
    assert "nothing is booked" in patient.say(ActionNotUnderstood(), "never mind", "nlu_fallback").text
    assert open_flow(engine) is None
    assert [row.status for row in visits(patient)] == ["booked"]


def test_only_one_flow_waits_behind(patient: Patient, engine: Engine) -> None:
    book(patient, "Dermatology")
    book(patient, "Dentistry")
    patient.say(BOOK, "book", "book_appointment")
    patient.say(ActionCancelling(), "cancel one of my visits", "cancel_appointment")
    patient.say(ActionRescheduling(), "no, move one", "reschedule_appointment")
    assert (open_flow(engine).flow, open_flow(engine).behind["flow"]) == ("moving", "cancelling")


def test_a_row_of_the_interrupted_flow_goes_on_with_what_was_known(patient: Patient, engine: Engine) -> None:
    book(patient, "Dermatology")
    patient.say(BOOK, "book with a lady doctor", "book_appointment")
    offered = patient.tap(TAP, "Pediatrics")
    patient.say(ActionCancelling(), "cancel my derma visit", "cancel_appointment")
    patient.tap_id(TAP, offered.options[0].id)
    assert "Booked" in patient.tap(TAP, "Confirm").text
    assert visits(patient)[-1].wishes == {"gender": "female"}


def test_two_questions_in_one_message_get_two_answers_in_one_bubble(patient: Patient) -> None:
    text = "where are you? what are your opening hours"
    reply = patient.say(
        FAQ, text, "faq_location",
        parts=parts(text, ("where are you?", "faq_location"), ("what are your opening hours", "faq_hours")),
    )  # fmt: skip
    assert "King Abdulaziz Road" in reply.text and "Sunday" in reply.text


def test_a_question_and_a_wish_to_book_in_one_message_are_both_answered(patient: Patient) -> None:
    text = "where are you and book me derma tomorrow"
    derma = {"entity": "specialty", "value": "dermatology", "start": 26, "end": 31}
    reply = patient.say(
        FAQ, text, "faq_location", entities=[derma],
        parts=parts(text, ("where are you and ", "faq_location"), ("book me derma tomorrow", "book_appointment")),
    )  # fmt: skip
    assert "King Abdulaziz Road" in reply.text and "Dermatology" in reply.text
    assert all(option.title.startswith(("Tomorrow", "More", "Another")) for option in reply.options)


def test_an_answer_and_a_question_in_one_message_move_the_booking_and_answer(patient: Patient) -> None:
    patient.say(BOOK, "book", "book_appointment")
    patient.tap(TAP, "Dermatology")
    text = "tomorrow evening. do you take Bupa?"
    insurer = {"entity": "insurer", "value": "bupa", "start": 30, "end": 34}
    reply = patient.say(
        FAQ, text, "faq_insurance", entities=[insurer],
        parts=parts(text, ("tomorrow evening. ", "nlu_fallback"), ("do you take Bupa?", "faq_insurance")),
    )  # fmt: skip
    assert "Bupa" in reply.text and "fit what you asked for" in reply.text
    assert all(option.title.startswith(("Tomorrow", "More", "Another")) for option in reply.options)


def test_thanks_beside_a_question_do_not_swallow_it(patient: Patient) -> None:
    text = "thanks, how much is a dentist visit"
    teeth = {"entity": "specialty", "value": "dentistry", "start": 22, "end": 29}
    reply = patient.say(
        ActionSmallTalk(), text, "thank", entities=[teeth],
        parts=parts(text, ("thanks, ", "thank"), ("how much is a dentist visit", "faq_prices")),
    )  # fmt: skip
    assert "200" in reply.text


def test_two_wishes_that_both_begin_something_come_one_after_the_other(patient: Patient, engine: Engine) -> None:
    book(patient, "Dermatology")
    text = "cancel my derma visit and book me a dentist"
    entities = [
        {"entity": "specialty", "value": "dermatology", "start": 10, "end": 15},
        {"entity": "specialty", "value": "dentistry", "start": 36, "end": 43},
    ]
    patient.say(
        ActionCancelling(), text, "cancel_appointment", entities=entities,
        parts=parts(text, ("cancel my derma visit", "cancel_appointment"), ("book me a dentist", "book_appointment")),
    )  # fmt: skip
    assert open_flow(engine).flow == "cancelling"
    after = patient.tap(TAP, "Yes, cancel it")
    assert "cancelled" in after.text and "Dentistry" in after.text
    assert open_flow(engine).flow == "booking"


def test_a_doctor_asked_about_in_the_middle_is_the_one_on_offer(patient: Patient) -> None:
    patient.say(BOOK, "book", "book_appointment")
    patient.tap(TAP, "Dentistry")
    reply = patient.say(FAQ, "which doctor is that?", "faq_doctors")
    assert "Khalid" in reply.text and "Sara" not in reply.text
