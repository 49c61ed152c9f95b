"""One conversation for each intent, through the real system; and the table of docs/dialogue.md, which names them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, Callable, Iterator, Mapping, Optional

import pytest
import yaml
from sqlalchemy import desc, select
from sqlalchemy.engine import Connection

from clinic.appointments import SlotTaken, book_slot
from clinic.conversations import ensure_conversation
from clinic.database.tables import appointments, consents, handoffs, messages, open_questions, tasks
from clinic.patients import add_patient
from clinic.schedule import Slot, Specialty, bookable_specialties, practitioners_of
from istiqbal.settings import EMULATOR_PHONE_NUMBER_ID, PROJECT

from .conftest import Phone
from .ends import conversation_of

TABLE = PROJECT / "docs" / "dialogue.md"
DOMAIN = PROJECT / "domain.yml"


@dataclass(frozen=True)
class Case:
    """What a patient sends, and what stands then on the phone and in the database."""

    intent: str
    text: str  # of a tap: the button's title
    shows: tuple[str, ...]
    options: tuple[str, ...] = ()
    before: Optional[Callable[[Phone], None]] = None
    tasks: tuple[str, ...] = ()
    handoff: Optional[str] = None  # its reason; the chat is a person's then
    visits: tuple[str, ...] = ()  # the statuses of this number's appointments
    asks: Optional[str] = None  # flow of the question that stands open
    consent: Mapping[str, bool] | None = None
    language: str = "en"


def a_visit(phone: Phone, ahead: timedelta = timedelta(days=2)) -> None:
    """Booked at the desk, at the first half hour from then on at which somebody is free."""
    now = datetime.now(timezone.utc)
    with phone.desk.engine.begin() as conn:
        chat = ensure_conversation(
            conn, EMULATOR_PHONE_NUMBER_ID, wa_id=phone.wa_id, user_id=None, profile_name="Mona Saleh"
        )
        patient = add_patient(conn, chat.clinic_id, chat.contact_id, "Mona Saleh", "self")
        for specialty, slot in slots_from(conn, chat.clinic_id, (now + ahead).replace(second=0, microsecond=0)):
            try:
                book_slot(
                    conn,
                    chat.clinic_id,
                    chat.contact_id,
                    specialty.id,
                    patient.id,
                    slot,
                    now,
                    idempotency_key=f"before.{phone.wa_id}",
                    source="desk",
                )
            except SlotTaken:
                continue
            return
    raise AssertionError("nobody is free")


def slots_from(conn: Connection, clinic_id: str, start: datetime) -> Iterator[tuple[Specialty, Slot]]:
    for halves in range(20):
        begins = start + timedelta(minutes=30 * halves)
        for specialty in bookable_specialties(conn, clinic_id):
            for doctor in practitioners_of(conn, clinic_id, specialty.id):
                yield specialty, Slot(doctor, begins, begins + timedelta(minutes=specialty.minutes))


def a_visit_soon(phone: Phone) -> None:
    a_visit(phone, timedelta(minutes=45))


def a_greeting(phone: Phone) -> None:
    phone.send("hello")


CASES = (
    # booking and visits
    Case(
        "book_appointment",
        "I would like to book an appointment please",
        ("specialty",),
        ("Dermatology", "Dentistry"),
        asks="booking",
    ),
    Case(
        "check_appointment",
        "when is my appointment?",
        ("Your visits", "Mona Saleh"),
        before=a_visit,
        visits=("booked",),
    ),
    Case(
        "reschedule_appointment",
        "I need to reschedule my appointment",
        ("time",),
        before=a_visit,
        visits=("booked",),
        asks="rescheduling",
    ),
    Case(
        "cancel_appointment",
        "please cancel my appointment",
        ("Cancel this visit?",),
        ("Yes, cancel it", "Keep it"),
        before=a_visit,
        visits=("booked",),
        asks="cancelling",
    ),
    Case(
        "running_late",
        "I will be 15 minutes late, sorry",
        ("told reception", "15 minutes late"),
        before=a_visit_soon,
        tasks=("running_late",),
        visits=("booked",),
    ),
    Case("ask_earlier_slot", "tell me if something earlier frees up", ("earlier",), before=a_visit, visits=("booked",)),
    # yes and no
    Case("affirm", "ok I will come", ("look forward to seeing you",), before=a_visit, visits=("confirmed",)),
    Case("deny", "no", ("stays as it is",), ("Move my visit",), before=a_visit, visits=("booked",)),
    # wishes
    Case("lab_results", "are my lab results ready?", ("reception", "write to you here"), tasks=("lab_results",)),
    Case(
        "faq_prescription_refill",
        "I need a refill of my prescription",
        ("reception", "doctor decides"),
        tasks=("prescription_refill",),
    ),
    Case("faq_medical_report", "I need a sick leave certificate", ("reception", "ready"), tasks=("medical_report",)),
    # from the schedule, the prices, the insurers, the clinic's data
    Case("faq_hours", "are you open on Friday?", ("on Friday", "open again on Saturday")),
    Case("faq_location", "where is the clinic?", ("King Abdulaziz Road",)),
    Case("faq_prices", "how much does a visit cost?", ("Dermatology: 300 SAR",), ("Book a visit",)),
    Case("faq_insurance", "do you take Bupa insurance?", ("Yes, we work with Bupa",)),
    Case("faq_services", "what services do you offer?", ("Dermatology", "Dentistry")),
    Case("faq_doctors", "who is Dr Sara?", ("Dr. Sara Alharbi", "Dermatology", "Sunday")),
    Case("faq_female_doctor", "do you have a female doctor?", ("Our women doctors", "Dr. Sara Alharbi")),
    Case("faq_contact", "what is your phone number?", ("+966",)),
    # the clinic's own texts
    Case("faq_parking", "is there parking at the clinic?", ("free parking",)),
    Case("faq_payment", "can I pay by card?", ("Apple Pay",)),
    Case("faq_first_visit", "what should I bring for my first visit?", ("bring an ID",)),
    Case("faq_preparation", "do I need to fast before the blood test?", ("what to do before it",)),
    Case("faq_results_time", "how long do blood test results take?", ("2 working days",)),
    Case("faq_children", "do you see children?", ("14 years",)),
    Case("faq_walk_in", "can I come without an appointment?", ("without an appointment",)),
    Case("faq_telehealth", "do you offer video consultations?", ("video visits",)),
    Case("faq_cancellation_policy", "what is your cancellation policy?", ("Cancelling is free",)),
    Case("faq_vaccination", "do you give flu vaccines?", ("flu vaccine",)),
    Case("faq_privacy", "who can see my medical file? is it private?", ("never share",)),
    # people
    Case("emergency", "my father has chest pain and cannot breathe", ("997",), handoff="emergency"),
    Case(
        "complaint",
        "I waited two hours and the receptionist was very rude, this is unacceptable",
        ("very sorry", "colleague"),
        handoff="complaint",
    ),
    Case(
        "sensitive",
        "I had a miscarriage last week and I cannot stop crying",
        ("colleague", "confidence"),
        handoff="sensitive",
    ),
    Case(
        "medical_question",
        "is ibuprofen safe with my blood pressure tablets?",
        ("medical team", "997"),
        handoff="medical_question",
    ),
    Case("request_human", "I want to talk to a person", ("colleague",), handoff="request_human"),
    Case("nlu_fallback", "🙃🙃", ("بكلمات أخرى",), ("حجز موعد", "التحدث مع موظف"), language="ar"),
    # consent and language
    Case(
        "opt_out",
        "stop sending me messages",
        ("will not write to you", "start"),
        consent={"care": False, "marketing": False},
    ),
    Case("opt_in", "start sending me reminders again", ("reminders again",), consent={"care": True, "marketing": True}),
    Case("change_language", "can we speak in Arabic please?", ("نكمل بالعربية",), ("حجز موعد",), language="ar"),
    # in passing
    Case("greet", "السلام عليكم", ("وعليكم السلام ورحمة الله وبركاته يا Mona",), ("حجز موعد",), language="ar"),
    Case("goodbye", "bye", ("Take care",)),
    Case("thank", "thank you so much", ("most welcome", "See you on"), before=a_visit, visits=("booked",)),
    Case("bot_challenge", "are you a robot?", ("automatic assistant",), ("Talk to a person",)),
    Case(
        "out_of_scope", "who won the football match yesterday?", ("not something I can help with",), ("Book a visit",)
    ),
    Case("tap", "Book a visit", ("specialty",), ("Dermatology",), before=a_greeting, asks="booking"),
)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.intent)
def test_the_intent_is_answered(phone: Phone, case: Case) -> None:
    if case.before is not None:
        case.before(phone)
    said = phone.tap(case.text) if case.intent == "tap" else phone.send(case.text)
    shown = "\n".join(said)
    titles = [option["title"] for bubble in phone.last for option in bubble["options"]]
    assert len(said) == 1
    assert [words for words in case.shows if words not in shown] == [], shown
    assert [title for title in case.options if title not in titles] == [], titles
    assert stands(phone) == {
        "intent": case.intent,
        "owner": "person" if case.handoff else "bot",
        "handoffs": [case.handoff] if case.handoff else [],
        "tasks": list(case.tasks),
        "visits": list(case.visits),
        "asks": case.asks,
        "consent": case.consent or {},
        "language": case.language,
    }


def stands(phone: Phone) -> dict[str, Any]:
    """What the database says of this phone's conversation."""
    with phone.desk.engine.begin() as conn:
        chat = conversation_of(conn, phone.wa_id)
        newest = (
            select(messages.c.intent)
            .where(messages.c.conversation_id == chat.id, messages.c.direction == "in")
            .order_by(desc(messages.c.seq))
            .limit(1)
        )
        own = appointments.c.contact_id == chat.contact_id
        words = (
            select(consents.c.purpose, consents.c.granted)
            .where(consents.c.contact_id == chat.contact_id)
            .order_by(consents.c.created_at)
        )
        return {
            "intent": conn.execute(newest).scalar_one(),
            "owner": chat.owner,
            "handoffs": list(
                conn.execute(select(handoffs.c.reason).where(handoffs.c.conversation_id == chat.id)).scalars()
            ),
            "tasks": list(conn.execute(select(tasks.c.kind).where(tasks.c.conversation_id == chat.id)).scalars()),
            "visits": list(
                conn.execute(select(appointments.c.status).where(own, appointments.c.status != "proposed")).scalars()
            ),
            "asks": conn.execute(
                select(open_questions.c.flow).where(
                    open_questions.c.conversation_id == chat.id, ~open_questions.c.suspended
                )
            ).scalar_one_or_none(),
            "consent": {purpose: granted for purpose, granted in conn.execute(words)},
            "language": chat.language,
        }


# --- the table --------------------------------------------------------------------------------------------------------


def rows() -> list[list[str]]:
    """The cells of the intents' table, without its head."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("| intent |"))
    table = [line for line in lines[start + 2 :]]
    end = next((number for number, line in enumerate(table) if not line.startswith("|")), len(table))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[:end]]


def intents_of_domain() -> list[str]:
    listed = yaml.safe_load(DOMAIN.read_text(encoding="utf-8"))["intents"]
    return sorted(name for entry in listed for name in (entry if isinstance(entry, dict) else [entry]))


def test_the_table_has_each_intent_once() -> None:
    assert sorted(cells[0] for cells in rows()) == intents_of_domain()


def test_each_intent_has_one_conversation() -> None:
    assert sorted(case.intent for case in CASES) == intents_of_domain()


def test_the_test_that_the_table_names_exists() -> None:
    named = {cells[0]: cells[4].strip("`") for cells in rows()}
    here = {case.intent: f"{test_the_intent_is_answered.__name__}[{case.intent}]" for case in CASES}
    assert named == here


def test_the_code_that_the_table_names_exists() -> None:
    for cells in rows():
        paths = re.findall(r"`([^`]+)`", cells[3])
        assert paths, cells
        assert [path for path in paths if not (PROJECT / path).exists()] == []
