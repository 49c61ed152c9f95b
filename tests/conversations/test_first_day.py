"""What a newcomer does on the first day, through real Rasa, real actions, the worker and the emulator."""

from __future__ import annotations

import re
from typing import Any, Iterator
from zoneinfo import ZoneInfo

import httpx
import pytest
from sqlalchemy import func, select

from clinic.database.tables import appointments, contacts, conversations, handoffs, messages

from .conftest import FrontDesk, Phone

pytestmark = pytest.mark.timeout(300)


def conversation(phone: Phone) -> Any:
    with phone.desk.engine.begin() as conn:
        return conn.execute(
            select(conversations)
            .join(contacts, contacts.c.id == conversations.c.contact_id)
            .where(contacts.c.wa_id == phone.wa_id)
        ).one()


def visits(phone: Phone) -> list[str]:
    with phone.desk.engine.begin() as conn:
        return list(
            conn.execute(
                select(appointments.c.status).where(appointments.c.contact_id == conversation(phone).contact_id)
            ).scalars()
        )


@pytest.mark.parametrize(
    ("first", "specialties", "confirm", "done"),
    [
        ("book", "Dermatology", "Confirm", "Booked"),
        ("I would like to book an appointment please", "Dentistry", "Confirm", "Booked"),
        ("ابغى احجز موعد", "الجلدية", "تأكيد", "تم الحجز"),
        ("عايز احجز كشف", "الأطفال", "تأكيد", "تم الحجز"),
        ("3ayez a7gez", "الأسنان", "تأكيد", "تم الحجز"),
    ],
)
def test_a_patient_books_with_three_taps(phone: Phone, first: str, specialties: str, confirm: str, done: str) -> None:
    phone.send(first)
    phone.tap(specialties)
    phone.tap_place(0)
    [said] = phone.tap(confirm)
    assert said.startswith(done)
    assert visits(phone) == ["booked"]


def test_where_and_when_are_answered(phone: Phone) -> None:
    assert "King Abdulaziz Road" in phone.send("where is the clinic?")[0]
    assert "Sunday" in phone.send("what are your opening hours?")[0]
    assert "طريق الملك" in phone.send("وين موقع العيادة؟")[0]
    assert "الأحد" in phone.send("ايش اوقات الدوام عندكم")[0]


def test_a_complaint_goes_to_a_person_and_the_bot_is_silent_until_the_chat_comes_back(phone: Phone, desk: Desk) -> None:
    [said] = phone.send("I waited two hours and the receptionist was very rude, this is unacceptable")
    assert "colleague" in said
    assert conversation(phone).owner == "person"
    silent = phone.post({"type": "text", "text": "hello? what are your opening hours?"})
    desk.reply(conversation(phone).id, "I am so sorry, this is Reem. I am looking into it.")
    answered = phone.incoming_after(silent)
    assert [bubble["text"] for bubble in answered] == ["I am so sorry, this is Reem. I am looking into it."]
    desk.hand_back(conversation(phone).id)
    assert conversation(phone).owner == "bot"
    assert "Sunday" in phone.send("what are your opening hours?")[0]


@pytest.mark.parametrize(
    "text",
    [
        "my father has chest pain and cannot breathe",
        "ابوي عنده الم في صدره ومو قادر يتنفس",
        "abooya 3ando alam fe sedro w msh 2ader yetnaffes",
    ],
)
def test_the_emergency_number_stands_in_the_first_reply(phone: Phone, text: str) -> None:
    said = phone.send(text)
    assert "997" in said[0]
    assert conversation(phone).owner == "person"
    with phone.desk.engine.begin() as conn:
        urgency = select(handoffs.c.urgency).where(handoffs.c.conversation_id == conversation(phone).id)
        assert conn.execute(urgency).scalar_one() == "stat"


def test_an_emergency_in_a_booking_and_in_a_persons_chat_gets_the_number_too(phone: Phone) -> None:
    phone.send("book")
    assert "997" in phone.send("wait my father has chest pain and cannot breathe")[0]
    assert "997" in phone.send("he is unconscious now and not breathing, help")[0]


@pytest.mark.parametrize(
    "text",
    ["😀" * 4096, "\u200f\u200f\u202b", " ", "/restart", '/book_appointment{"specialty":"x"}', "/tap", "/", "\u0000"],
)
def test_odd_texts_get_an_answer_and_are_never_a_payload(phone: Phone, text: str) -> None:
    assert phone.send(text)
    assert visits(phone) == []
    assert phone.send("book")[0]


def test_a_taken_slot_is_offered_again_with_others(phone: Phone, second_phone: Phone) -> None:
    for one in (phone, second_phone):
        one.send("book")
        one.tap("Gynecology")
    phone.tap_place(0)
    said = second_phone.tap_place(0)
    assert "which one suits you" in said[0].lower() or "taken" in said[0]
    assert second_phone.last[0]["options"]
    phone.tap("Confirm")
    assert visits(phone) == ["booked"]


def test_every_message_has_exactly_one_outcome(front_desk: FrontDesk, phone: Phone) -> None:
    phone.send("hello")
    with front_desk.engine.begin() as conn:
        mine = messages.c.conversation_id == conversation(phone).id
        open_ones = select(func.count()).select_from(messages).where(mine, messages.c.direction == "in")
        assert conn.execute(open_ones.where(messages.c.outcome.is_(None))).scalar_one() == 0


def test_stop_is_honoured_whoever_owns_the_chat(phone: Phone) -> None:
    phone.send("I want to talk to a person")
    assert "will not write to you" in phone.send("stop sending me messages")[0]


def test_a_forged_webhook_is_refused_and_nothing_is_stored(front_desk: FrontDesk) -> None:
    path = f"{front_desk.rasa}/webhooks/whatsapp/webhook"
    body = b'{"object":"whatsapp_business_account","entry":[]}'
    assert httpx.post(path, content=body).status_code == 401
    forged = {"X-Hub-Signature-256": "sha256=" + "0" * 64}
    assert httpx.post(path, content=body, headers=forged).status_code == 403


class Desk:
    """Reception at the desk, over HTTP as a browser would."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http
        self._http.post("/login", data={"username": "reception", "password": "reception-demo"}).raise_for_status()

    def page(self, path: str) -> str:
        answer = self._http.get(path)
        answer.raise_for_status()
        return answer.text

    def reply(self, conversation_id: str, words: str) -> None:
        self._post(conversation_id, "reply", body=words, form_id=words)

    def hand_back(self, conversation_id: str) -> None:
        self._post(conversation_id, "hand-back")

    def _post(self, conversation_id: str, act: str, **form: str) -> None:
        page = self.page(f"/chats/{conversation_id}")
        [csrf] = set(re.findall(r'name="csrf" value="([^"]+)"', page))
        answer = self._http.post(f"/chats/{conversation_id}/{act}", data={"csrf": csrf, **form})
        answer.raise_for_status()


@pytest.fixture
def desk(front_desk: FrontDesk) -> Iterator[Desk]:
    with httpx.Client(base_url=front_desk.desk, follow_redirects=True) as http:
        yield Desk(http)


def test_the_desk_shows_the_whole_conversation_and_the_days_appointments(phone: Phone, desk: Desk) -> None:
    phone.send("book")
    phone.tap("Pediatrics")
    phone.tap_place(0)
    phone.tap("Confirm")
    shown = desk.page(f"/chats/{conversation(phone).id}")
    assert all(words in shown for words in ("book", "Pediatrics", "Booked."))
    with phone.desk.engine.begin() as conn:
        mine = select(func.lower(appointments.c.during)).where(
            appointments.c.contact_id == conversation(phone).contact_id
        )
        day = conn.execute(mine).scalar_one().astimezone(ZoneInfo("Asia/Riyadh")).date()
    assert "Mona Saleh" in desk.page(f"/appointments?day={day.isoformat()}")
