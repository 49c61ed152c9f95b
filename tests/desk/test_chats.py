"""The list and the chat: what is seen, by whom, and what reception does with it."""

from __future__ import annotations

import re
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.engine import Engine

from clinic.appointments import book_slot
from clinic.conversations import Conversation
from clinic.database.tables import handoffs, messages, specialties
from clinic.demo import DemoClinic
from clinic.handoff import take
from clinic.patients import add_patient
from clinic.schedule import Slot, practitioners_of
from messaging.bubbles import Bubble, Option
from tests.desk.conftest import NOW, Browser, Front, NewBrowser, token

XSS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' autofocus onfocus=alert(1) x='",
    "{{ 7 * 7 }}{% raw %}",
    "</textarea><script>alert(1)</script>",
)


def names_in(html: str) -> list[str]:
    return re.findall(r'<span class="row-name"[^>]*>([^<]*)</span>', html)


def handoff_of(engine: Engine, chat: Conversation) -> tuple[str, object, object]:
    with engine.begin() as conn:
        query = select(handoffs.c.reason, handoffs.c.taken_by, handoffs.c.closed_at)
        row = conn.execute(query.where(handoffs.c.conversation_id == chat.id)).one()
        return row.reason, row.taken_by, row.closed_at


# --- the list -------------------------------------------------------------------------------------------------------


def test_the_gravest_wait_on_top_and_among_equals_who_waited_longest(
    reem: Browser, front: Front, clinic: DemoClinic
) -> None:
    reasons = ("media", "request_human", "complaint", "medical_question", "emergency", "sensitive")
    for number, reason in enumerate(reasons):
        front.hands_over(front.chat(clinic, number, reason), reason)
        front.clock.advance(minutes=1)
    front.chat(clinic, 99, "nobody waits here")
    assert names_in(reem.get("/").text) == [
        "emergency", "complaint", "sensitive", "request_human", "medical_question", "media", "nobody waits here",
    ]  # fmt: skip


def test_a_waiting_chat_says_why_since_when_and_what_was_said_last(
    reem: Browser, front: Front, clinic: DemoClinic
) -> None:
    chat = front.chat(clinic, says="I waited two hours")
    front.hands_over(chat, "complaint")
    front.clock.advance(minutes=7)
    page = reem.get("/").text
    for words in ("Complaint", "waits 7 minutes", "I waited two hours", "Mona Saleh"):
        assert words in page


def test_an_emergency_alarms_on_every_page_until_it_is_taken(reem: Browser, front: Front, clinic: DemoClinic) -> None:
    chat, other = front.chat(clinic), front.chat(clinic, 2, "Sami")
    front.hands_over(chat, "emergency")
    pages = ("/", f"/chats/{other.id}", f"/chats/{chat.id}", "/appointments", "/?search=sami", "/nothing")
    for path in pages:
        assert f'id="alarm-{chat.id}"' in reem.get(path).text, path
    reem.submit(f"/chats/{chat.id}/take")
    for path in pages:
        assert f'id="alarm-{chat.id}"' not in reem.get(path).text, path


def test_a_new_emergency_in_a_chat_that_somebody_has_alarms_again(
    reem: Browser, front: Front, clinic: DemoClinic
) -> None:
    chat = front.chat(clinic)
    front.hands_over(chat, "complaint")
    reem.submit(f"/chats/{chat.id}/take")
    front.hands_over(chat, "emergency")
    assert f'id="alarm-{chat.id}"' in reem.get("/").text


@pytest.mark.parametrize(
    "search",
    [
        "احمد",
        "أحمد",
        "أَحْمَد",
        "0500000007",
        "966500000007",
        "+966 50 000 0007",
        "٠٥٠٠٠٠٠٠٠٧",
        "yousef",
        "the KNEE",
        "100%",
    ],
)
def test_search_finds_people_numbers_and_words_as_people_type_them(
    reem: Browser, front: Front, clinic: DemoClinic, engine: Engine, search: str
) -> None:
    found = front.chat(clinic, 7, "أحمد علي", says="my knee hurts 100%... The knee!")
    front.chat(clinic, 8, "Sami", says="hello")
    with engine.begin() as conn:
        add_patient(conn, clinic.id, found.contact_id, "Yousef", "child")
    assert names_in(reem.get("/", params={"search": search}).text) == ["أحمد علي"]


@pytest.mark.parametrize("search", ["nobody", "%", "_", "\\", "\0", "'; DROP TABLE staff; --", "x" * 5000])
def test_search_takes_anything_and_finds_only_what_is_there(
    reem: Browser, front: Front, clinic: DemoClinic, search: str
) -> None:
    front.chat(clinic, 8, "Sami", says="hello")
    answer = reem.get("/", params={"search": search})
    assert answer.status_code == 200
    assert names_in(answer.text) == (["Sami"] if search == "\0" else [])


# --- the chat -------------------------------------------------------------------------------------------------------


def test_the_chat_shows_everything_that_was_said_in_order_with_time_and_status(
    reem: Browser, front: Front, clinic: DemoClinic, engine: Engine
) -> None:
    chat = front.chat(clinic, says="book")
    front.bot_says(chat, Bubble("Which specialty?", (Option("1", "Dentistry"), Option("2", "Dermatology"))))
    complaint = front.says(chat, "this is taking too long")
    front.hands_over(chat, "complaint", complaint)
    front.says(chat, "", "audio")
    reem.reply(chat, "Sorry, this is Reem")
    with engine.begin() as conn:
        conn.execute(update(messages).where(messages.c.sender == "bot").values(status="read"))
        conn.execute(update(messages).where(messages.c.sender == "staff").values(status="failed"))
    page = reem.get(f"/chats/{chat.id}").text
    thread = page[page.index('id="thread"') :]
    places = [
        thread.index(words)
        for words in (
            "book", "Which specialty?", "Dentistry", ">read<", "taking too long", "Came to reception", "Complaint",
            "Voice message", "Sorry, this is Reem", "not delivered",
        )
    ]  # fmt: skip
    assert places == sorted(places)
    assert "12:30 pm" in thread  # half past nine in UTC


@pytest.mark.parametrize("markup", XSS)
def test_markup_in_names_and_messages_is_shown_and_never_run(
    reem: Browser, front: Front, clinic: DemoClinic, markup: str
) -> None:
    chat = front.chat(clinic, 1, markup, says=markup)
    front.bot_says(chat, Bubble(markup, (Option("1", markup[:20]),)))
    front.hands_over(chat, "emergency")
    pages = [reem.get(path) for path in ("/", f"/chats/{chat.id}", "/appointments")]
    pages += [reem.get("/", params={"search": markup}), reem.submit(f"/chats/{chat.id}/reply", body=markup)]
    for page in pages:
        assert not re.search(
            r"<script(?! src=\"/static/)|<img|onload=alert\(1\)>|<svg onload|\sonfocus=alert\(1\) x='\"", page.text
        )
        assert "<b>49" not in page.text
    assert front.sent(chat) == [markup]


def test_who_the_patient_is_and_what_they_have_ahead_stand_beside_the_chat(
    reem: Browser, front: Front, clinic: DemoClinic, engine: Engine
) -> None:
    chat = front.chat(clinic)
    with engine.begin() as conn:
        patient = add_patient(conn, clinic.id, chat.contact_id, "Yousef Saleh", "child")
        [practitioner, *_] = practitioners_of(conn, clinic.id)
        specialty = conn.execute(
            select(specialties.c.id).where(specialties.c.clinic_id == clinic.id).limit(1)
        ).scalar_one()
        start = NOW.replace(day=26, hour=14)
        slot = Slot(practitioner, start, start.replace(minute=50))
        book_slot(conn, clinic.id, chat.contact_id, specialty, patient.id, slot, NOW, idempotency_key="visit")
    page = reem.get(f"/chats/{chat.id}").text
    for words in ("Thursday 26 Nov, 5:30 pm", practitioner.name_en, "Yousef Saleh", "child"):
        assert words in page


def test_a_chat_with_thousands_of_messages_opens_with_the_newest(
    reem: Browser, front: Front, clinic: DemoClinic, engine: Engine
) -> None:
    chat = front.chat(clinic, says="the very first")
    with engine.begin() as conn:
        columns = "clinic_id, conversation_id, direction, sender, phone_number_id, type, content"
        copies = f"SELECT gen_random_uuid(), 'no ' || n, {columns} FROM messages, generate_series(1, 2000) n"
        conn.execute(text(f"INSERT INTO messages (id, text, {columns}) {copies}"))
    page = reem.get(f"/chats/{chat.id}").text
    assert "no 2000" in page and "the very first" not in page
    assert "newest 500 messages" in page


# --- what reception does --------------------------------------------------------------------------------------------


def test_taking_a_chat_makes_it_mine_and_colleagues_see_whose_it_is(
    reem: Browser, new_browser: NewBrowser, front: Front, clinic: DemoClinic
) -> None:
    chat = front.chat(clinic)
    front.hands_over(chat, "complaint")
    assert "You have this chat" in reem.submit(f"/chats/{chat.id}/take").text
    majed = new_browser()
    majed.log_in("majed")
    assert "Reem" in majed.get(f"/chats/{chat.id}").text


def test_a_reply_goes_to_the_outbox_and_takes_the_chat_if_nobody_has_it(
    reem: Browser, front: Front, clinic: DemoClinic, engine: Engine, staff_ids: dict[str, str]
) -> None:
    chat = front.chat(clinic)
    front.hands_over(chat, "media")
    assert reem.reply(chat, "Hello,\r\nthis is Reem").status_code == 200
    with engine.begin() as conn:
        row = conn.execute(select(messages).where(messages.c.sender == "staff")).one()
        jobs = conn.execute(text("SELECT count(*) FROM procrastinate_jobs WHERE queue_name = 'outbox'")).scalar_one()
    assert (row.text, row.status, row.staff_id, row.direction) == (
        "Hello,\nthis is Reem",
        "queued",
        staff_ids["reem"],
        "out",
    )
    assert jobs == 1
    assert handoff_of(engine, chat) == ("media", staff_ids["reem"], None)


def test_a_reply_to_a_chat_of_the_bots_takes_it_over(
    reem: Browser, front: Front, clinic: DemoClinic, engine: Engine, staff_ids: dict[str, str]
) -> None:
    chat = front.chat(clinic)
    reem.reply(chat, "May I help?")
    assert front.owner(chat) == "person"
    assert handoff_of(engine, chat) == ("request_human", staff_ids["reem"], None)
    assert front.sent(chat) == ["May I help?"]


def test_a_reply_in_a_colleagues_chat_leaves_it_theirs(
    reem: Browser, front: Front, clinic: DemoClinic, engine: Engine, staff_ids: dict[str, str]
) -> None:
    chat = front.chat(clinic)
    front.hands_over(chat, "complaint")
    with engine.begin() as conn:
        take(conn, clinic.id, chat.id, staff_ids["majed"], NOW)
    assert "Majed has this chat" in reem.get(f"/chats/{chat.id}").text
    reem.reply(chat, "Majed is on the phone")
    assert handoff_of(engine, chat)[1] == staff_ids["majed"]


def test_the_same_form_twice_is_one_message_and_corrected_words_are_another(
    reem: Browser, front: Front, clinic: DemoClinic
) -> None:
    chat = front.chat(clinic)
    for words in ("Hello", "Hello", "Hello there"):
        assert reem.reply(chat, words, "form-7").status_code == 200
    assert front.sent(chat) == ["Hello", "Hello there"]


def test_two_clicks_at_the_same_moment_are_one_message(
    reem: Browser, front: Front, clinic: DemoClinic, engine: Engine
) -> None:
    chat = front.chat(clinic)
    csrf = token(reem.get(f"/chats/{chat.id}"))
    form = {"csrf": csrf, "body": "Hello", "form_id": "form-8"}
    cookie = {"Cookie": f"istiqbal_desk={reem.http.cookies['istiqbal_desk']}"}

    def click(_: int) -> int:
        return reem.http.post(f"/chats/{chat.id}/reply", data=form, headers=cookie).status_code

    with ThreadPoolExecutor(4) as clicks:
        answers = list(clicks.map(click, range(4)))
    assert answers == [200] * 4
    assert front.sent(chat) == ["Hello"]


@pytest.mark.parametrize(
    ("words", "sentence"), [("", "write something"), (" \n\t\u200f", "write something"), ("a" * 4097, "at most 4,096")]
)
def test_what_whatsapp_would_refuse_stays_in_the_box(
    reem: Browser, front: Front, clinic: DemoClinic, words: str, sentence: str
) -> None:
    chat = front.chat(clinic)
    answer = reem.reply(chat, words)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert words in answer.text
    assert front.sent(chat) == []
    assert front.owner(chat) == "bot"


@pytest.mark.parametrize("words", ["a" * 4096, "😀", "/restart", "nul\0 sign", "سلام\u200fعليكم"])
def test_odd_replies_go_out_as_they_are(reem: Browser, front: Front, clinic: DemoClinic, words: str) -> None:
    chat = front.chat(clinic)
    assert reem.reply(chat, words).status_code == 200
    assert front.sent(chat) == [words.replace("\0", "")]


def test_after_24_hours_the_window_is_shown_as_closed_and_nothing_is_sent(
    reem: Browser, front: Front, clinic: DemoClinic
) -> None:
    chat = front.chat(clinic)
    front.clock.advance(hours=11)
    reem.log_in("reem")
    front.clock.advance(hours=11)
    reem.log_in("reem")
    front.clock.advance(hours=1, minutes=59)
    assert "over 24 hours ago" not in reem.get(f"/chats/{chat.id}").text
    front.clock.advance(minutes=1)
    page = reem.get(f"/chats/{chat.id}").text
    assert "over 24 hours ago" in page
    assert re.search(r"<textarea[^>]*disabled", page)
    refused = reem.reply(chat, "Are you still there?")
    assert refused.status_code == 422
    assert "Are you still there?" in refused.text
    assert front.sent(chat) == []
    assert front.owner(chat) == "bot"
    front.says(chat, "yes")
    assert reem.reply(chat, "Good").status_code == 200


def test_handing_back_gives_the_chat_to_the_bot_and_again_changes_nothing(
    reem: Browser, front: Front, clinic: DemoClinic, engine: Engine
) -> None:
    chat = front.chat(clinic)
    front.hands_over(chat, "complaint")
    for _ in range(2):
        answer = reem.submit(f"/chats/{chat.id}/hand-back")
        assert answer.status_code == 200
        assert "The assistant answers here" in answer.text
    assert front.owner(chat) == "bot"
    assert front.on_record("hand_back") == [f"conversations:{chat.id}"]
    with engine.begin() as conn:
        assert conn.execute(select(func.count()).select_from(handoffs)).scalar_one() == 1


def test_a_chat_that_lost_its_handoff_can_still_be_taken_and_handed_back(
    reem: Browser, front: Front, clinic: DemoClinic, engine: Engine
) -> None:
    chat = front.chat(clinic)
    front.hands_over(chat, "complaint")
    with engine.begin() as conn:
        conn.execute(update(handoffs).values(closed_at=NOW))
    assert "You have this chat" in reem.submit(f"/chats/{chat.id}/take").text
    with engine.begin() as conn:
        conn.execute(update(handoffs).values(closed_at=NOW))
    reem.submit(f"/chats/{chat.id}/hand-back")
    assert front.owner(chat) == "bot"


# --- law 8 ----------------------------------------------------------------------------------------------------------


def test_another_clinics_chats_do_not_exist(
    reem: Browser, front: Front, clinic: DemoClinic, other_clinic: DemoClinic
) -> None:
    theirs = front.chat(other_clinic, 5, "Their patient", says="their words")
    front.hands_over(theirs, "emergency")
    here = f"/chats/{theirs.id}"
    csrf = token(reem.get("/"))
    answers = [reem.get(here), reem.get(here, headers={"X-Fragment": "1"})]
    for act in ("take", "reply", "hand-back"):
        answers.append(reem.http.post(f"{here}/{act}", data={"csrf": csrf, "body": "hello", "form_id": "1"}))
    assert [answer.status_code for answer in answers] == [404] * 5
    pages = [reem.get("/"), reem.get("/appointments"), reem.get("/?search=their"), reem.get("/?search=9665")]
    assert not any("Their patient" in page.text or "their words" in page.text for page in [*answers, *pages])
    assert not any(theirs.id in page.text for page in pages)
    assert front.sent(theirs) == []
    assert front.owner(theirs) == "person"


@pytest.mark.parametrize("conversation_id", [str(uuid.UUID(int=7)), "7", "..%2f..%2fetc%2fpasswd", "%00", "'--"])
def test_a_chat_that_is_nowhere_is_not_found(reem: Browser, conversation_id: str) -> None:
    assert reem.get(f"/chats/{conversation_id}").status_code == 404


def test_who_saw_and_did_what_is_on_record_once_a_look(reem: Browser, front: Front, clinic: DemoClinic) -> None:
    chat = front.chat(clinic)
    front.hands_over(chat, "complaint")
    here, subject = f"/chats/{chat.id}", f"conversations:{chat.id}"
    reem.get(here, headers={"X-Fragment": "1"})
    for _ in range(3):
        reem.get(here)
    assert front.on_record("view_conversation") == [subject]
    front.clock.advance(minutes=11)
    reem.get(here)
    assert front.on_record("view_conversation") == [subject] * 2
    reem.reply(chat, "Hello")
    reem.submit(f"{here}/hand-back")
    reem.get("/?search=mona")
    assert [front.on_record(action) for action in ("take", "reply", "hand_back")] == [[subject]] * 3
    assert front.on_record("search_chats") == [f"clinics:{clinic.id}"]
    assert front.on_record("login")


@pytest.mark.parametrize("path", ["/", "/chats/{chat}", "/appointments", "/events"])
def test_trainers_see_no_patients(
    new_browser: NewBrowser, staff_ids: dict[str, str], front: Front, clinic: DemoClinic, path: str
) -> None:
    chat = front.chat(clinic)
    front.hands_over(chat, "emergency")
    tala = new_browser()
    assert "المدرّبون" in tala.log_in("tala").text
    answer = tala.get(path.format(chat=chat.id))
    assert answer.status_code == 403
    assert "Mona" not in answer.text and f"alarm-{chat.id}" not in answer.text
    refused = tala.submit(f"/chats/{chat.id}/reply", body="hello", form_id="1")
    assert refused.status_code == 403
    assert front.sent(chat) == []


def test_managers_see_chats(new_browser: NewBrowser, staff_ids: dict[str, str]) -> None:
    majed = new_browser()
    assert majed.log_in("majed").status_code == 200


# --- in both languages ----------------------------------------------------------------------------------------------


def test_the_desk_speaks_the_members_language_and_switches(reem: Browser, front: Front, clinic: DemoClinic) -> None:
    chat = front.chat(clinic)
    front.hands_over(chat, "complaint")
    english = reem.get(f"/chats/{chat.id}").text
    assert '<html lang="en" dir="ltr">' in english and "Complaint" in english and "12:30 pm" in english
    arabic = reem.submit("/language", language="ar", back=f"/chats/{chat.id}").text
    assert '<html lang="ar" dir="rtl">' in arabic and "شكوى" in arabic and "ظهرًا" in arabic
    reem.submit("/language", language="xx")
    assert '<html lang="ar"' in reem.get("/").text
