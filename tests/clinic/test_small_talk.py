"""In passing: greetings returned in kind, thanks that end, a language that is kept, and stop that stops."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Optional
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.engine import Engine

from actions.consent import ActionOptIn, ActionOptOut
from actions.small_talk import ActionSmallTalk
from clinic.consent import PURPOSES, may_start
from clinic.conversations import load_conversation
from clinic.database.tables import appointments, contacts
from clinic.demo import DemoClinic
from clinic.greetings import first_name, greeting_for
from clinic.languages import language_asked
from messaging.bubbles import Bubble

from .conftest import NOW, Patient, new_patient
from .test_requests import visit_at

RIYADH = ZoneInfo("Asia/Riyadh")


def says(patient: Patient, intent: str, text: str, language: str = "en") -> Bubble:
    return patient.say(ActionSmallTalk(), text, intent, language=language)


def language_of(patient: Patient) -> str:
    with patient.engine.begin() as conn:
        return load_conversation(conn, patient.conversation_id).language


# --- greetings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "language", "opening"),
    [
        ("السلام عليكم", "ar", "وعليكم السلام ورحمة الله وبركاته يا Mona."),
        ("سلام عليكم ورحمة الله وبركاته", "ar", "وعليكم السلام ورحمة الله وبركاته"),
        ("سلااام", "ar", "وعليكم السلام ورحمة الله وبركاته"),
        ("Assalamu alaikum", "en", "Wa alaikum assalam wa rahmatullahi wa barakatuh, Mona."),
        ("salam", "en", "Wa alaikum assalam"),
        ("salam 3alekom", "ar", "وعليكم السلام"),
        ("السلام عليكم صباح الخير", "ar", "وعليكم السلام"),
        ("صباح الخير", "ar", "صباح النور يا Mona."),
        ("مساء الخيرررر 🌹", "ar", "مساء النور"),
        ("masa el 5eer", "ar", "مساء النور"),
        ("good morning", "en", "Good morning, Mona."),
        ("ramadan kareem everyone", "en", "Ramadan Kareem to you"),
        ("رمضان كريم يا فندم", "ar", "رمضان مبارك"),
        ("Eid mubarak to the doctors", "en", "Eid Mubarak to you"),
        ("عيدكم مبارك", "ar", "عيدكم مبارك"),
        ("كل سنة وانتو طيبين", "ar", "وأنتم بخير"),
        ("hi", "en", "Hello, Mona."),
        ("marhaba", "ar", "أهلًا وسهلًا يا Mona."),
    ],
)
def test_a_greeting_is_returned_in_kind_and_by_name(patient: Patient, text: str, language: str, opening: str) -> None:
    bubble = says(patient, "greet", text, language)
    assert bubble.text.startswith(opening)
    assert len(bubble.options) == 3


@pytest.mark.parametrize(
    ("hour", "opening"), [(3, "Good evening"), (8, "Good morning"), (13, "Hello"), (20, "Good evening")]
)
def test_a_plain_hello_is_returned_by_the_clinics_clock(patient: Patient, hour: int, opening: str) -> None:
    patient.now = datetime(2026, 11, 24, hour, tzinfo=RIYADH).astimezone(timezone.utc)
    assert says(patient, "greet", "hello").text.startswith(opening)


def test_who_is_new_learns_what_this_is_and_who_is_known_does_not_hear_it_again(patient: Patient) -> None:
    first, second = says(patient, "greet", "hi").text, says(patient, "greet", "hi").text
    assert "the clinic's assistant" in first
    assert "assistant" not in second and "welcome back" in second


@pytest.mark.parametrize(("days", "said"), [(0, "visit today at 5:00 pm"), (1, "visit tomorrow at 5:00 pm"), (2, None)])
def test_a_visit_today_or_tomorrow_is_named_in_the_greeting(
    patient: Patient, clinic: DemoClinic, days: int, said: Optional[str]
) -> None:
    visit_at(patient, clinic, NOW + timedelta(hours=4, days=days))
    text = says(patient, "greet", "hello").text
    assert (said in text and "Dr. Sara Alharbi" in text) if said else "visit t" not in text


def test_without_a_name_nobody_is_called_by_one(engine: Engine, clinic: DemoClinic) -> None:
    for number, name in enumerate((None, "🌹", "x", "the one who waits for a better day"), 10):
        assert says(new_patient(engine, clinic, number, name), "greet", "hi").text.startswith("Hello. ")


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Mona Saleh", "Mona"), ("عبد الله محمد", "عبد الله"), ("Abu Fahd", "Abu Fahd"), ("أم رامي", "أم رامي"),
        ("Dr. Samir Adel", "Samir"), ("", None), ("a b c d e", None),
    ],
)  # fmt: skip
def test_what_somebody_is_called_by(name: str, called: Optional[str]) -> None:
    assert first_name(name) == called


@given(st.text(max_size=100), st.integers(0, 23))
def test_every_text_has_a_greeting(text: str, hour: int) -> None:
    assert greeting_for(text, datetime(2026, 1, 1, hour)).startswith("greet_")


# --- thanks and farewell ----------------------------------------------------------------------------------------------


def test_thanks_name_the_visit_once_and_then_stay_short(patient: Patient, clinic: DemoClinic) -> None:
    visit_at(patient, clinic, NOW + timedelta(days=2))
    first, second, third = (says(patient, "thank", "thank you").text for _ in range(3))
    assert "See you on Thursday 26 Nov" in first
    assert second == third != first
    assert "?" not in first + second


def test_thanks_ask_nothing(patient: Patient) -> None:
    texts = [says(patient, "thank", "شكرا", "ar").text for _ in range(3)]
    assert not any("؟" in text for text in texts)
    assert patient.last is not None and not patient.last.options


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("bye", "en", "Take care"),
        ("good night", "en", "Good night"),
        ("تصبحون على خير", "ar", "وأنتم من أهل الخير"),
        ("tesba7 3ala kheir", "ar", "وأنتم من أهل الخير"),
        ("طيب انا رايح سلام عليكم", "ar", "وعليكم السلام"),
        ("مع السلامه", "ar", "مع السلامة"),
    ],
)
def test_a_farewell_is_returned(patient: Patient, text: str, language: str, said: str) -> None:
    assert said in says(patient, "goodbye", text, language).text


def test_a_farewell_names_the_visit_ahead(patient: Patient, clinic: DemoClinic) -> None:
    visit_at(patient, clinic, NOW + timedelta(days=2))
    assert "See you on Thursday 26 Nov" in says(patient, "goodbye", "bye").text


# --- yes, no, who are you, something else -----------------------------------------------------------------------------


def status_of(engine: Engine, visit: str) -> str:
    with engine.begin() as conn:
        return str(conn.execute(select(appointments.c.status).where(appointments.c.id == visit)).scalar_one())


@pytest.mark.parametrize(
    ("text", "language", "status"),
    [
        ("ok I will come", "en", "confirmed"),
        ("ان شاء الله جايين", "ar", "confirmed"),
        ("yes", "en", "booked"),
        ("I will come maybe", "en", "booked"),
        ("مش جاي", "ar", "booked"),
    ],
)
def test_i_will_come_confirms_the_one_visit_ahead_and_a_bare_yes_does_not(
    engine: Engine, clinic: DemoClinic, patient: Patient, text: str, language: str, status: str
) -> None:
    visit = visit_at(patient, clinic, NOW + timedelta(days=2))
    answer = says(patient, "affirm", text, language).text
    assert status_of(engine, visit) == status
    assert ("Thursday 26 Nov" if language == "en" else "الخميس 26 نوفمبر") in answer


def test_i_will_come_confirms_nothing_where_it_could_be_either(
    engine: Engine, clinic: DemoClinic, patient: Patient
) -> None:
    both = [visit_at(patient, clinic, NOW + timedelta(days=days)) for days in (2, 3)]
    says(patient, "affirm", "I will come")
    assert [status_of(engine, visit) for visit in both] == ["booked", "booked"]


def test_yes_and_no_to_nothing(patient: Patient) -> None:
    assert "nothing open to confirm" in says(patient, "affirm", "yes").text
    assert "All right" in says(patient, "deny", "no").text


def test_no_leaves_the_visit_and_offers_to_move_it(engine: Engine, clinic: DemoClinic, patient: Patient) -> None:
    visit = visit_at(patient, clinic, NOW + timedelta(days=2))
    bubble = says(patient, "deny", "no")
    assert "Thursday 26 Nov" in bubble.text and [option.title for option in bubble.options] == ["Move my visit"]
    assert status_of(engine, visit) == "booked"


@pytest.mark.parametrize(("language", "word"), [("en", "automatic"), ("ar", "الآلي")])
def test_are_you_a_bot_is_answered_truthfully_with_a_way_to_a_person(
    patient: Patient, language: str, word: str
) -> None:
    bubble = says(patient, "bot_challenge", "are you a bot?", language)
    assert word in bubble.text
    assert len(bubble.options) == 1


def test_out_of_scope_says_what_we_can_do(patient: Patient) -> None:
    bubble = says(patient, "out_of_scope", "who won the match?")
    assert "book" in bubble.text and "Noor Clinics" in bubble.text and len(bubble.options) == 3


# --- language ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "written", "asked"),
    [
        ("بالعربي لو سمحت", "ar", "ar"),
        ("english please", "en", "en"),
        ("English please السواق مايفهم عربي", "ar", "en"),
        ("3arabi", "ar", "ar"),
        ("can we speak in Arabic please?", "en", "ar"),
        ("I don't understand Arabic, can you write in English", "en", "en"),
        ("why ur msgs in arabic i'm indian, english pls", "en", "en"),
        ("my mother reads only arabic", "en", "ar"),
        ("my arabic is weak habibi, english", "en", "en"),
        ("Would you mind continuing in English? My Arabic is dreadful", "en", "en"),
        ("i dont read arabic sorry", "en", "en"),
        ("ما بفهم انكليزي، ابعت بالعربي", "ar", "ar"),
        ("انا مبفهمش انجليزي اكتب بالعربي", "ar", "ar"),
        ("السلام عليكم ما اعرف انجليزي اكتبوا عربي", "ar", "ar"),
        ("امي ما بتقرا الا عربي ليش كلو انجليزي", "ar", "ar"),
        ("ماي انجلش از زيرو 😂 بالعربي الله يخليك", "ar", "ar"),
        ("ليه بتردوا بالانجليزى يا جماعه", "ar", "ar"),
        ("حولها انجليزى لو سمحت مراتى اجنبيه", "ar", "en"),
        ("عررربي 🙏", "ar", "ar"),
        ("momken el rad engilizi? waldy mesh 3arabi", "ar", "en"),
        ("all these menus r in a language i dont know", "en", "en"),
        ("ما فهمت ولا كلمة", "ar", "ar"),
        ("بدي غير اللغة", "ar", "en"),
        ("change the language", "en", "ar"),
        ("Can you reply in French?", "en", "other"),
        ("urdu available?", "en", "other"),
        ("في فرنساوي؟", "ar", "other"),
    ],
)
def test_the_language_that_is_asked_for(text: str, written: str, asked: str) -> None:
    assert language_asked(text, written) == asked


def test_the_conversation_goes_on_in_the_language_asked_for(patient: Patient) -> None:
    assert "بالعربية" in says(patient, "change_language", "can we speak in Arabic please?").text
    assert language_of(patient) == "ar"
    assert "English" in says(patient, "change_language", "english please").text
    assert language_of(patient) == "en"


def test_a_language_that_we_do_not_write_is_said_so_with_a_person(patient: Patient) -> None:
    bubble = says(patient, "change_language", "urdu available?")
    assert "Arabic and English only" in bubble.text
    assert [option.title for option in bubble.options] == ["Talk to a person"]
    assert language_of(patient) == "en"


# --- stop and start ---------------------------------------------------------------------------------------------------


def may(patient: Patient) -> list[bool]:
    with patient.engine.begin() as conn:
        return [may_start(conn, patient.contact_id, purpose) for purpose in PURPOSES]


def test_stop_stops_and_start_starts_as_often_as_it_is_said(patient: Patient) -> None:
    first = patient.say(ActionOptOut(), "stop", "opt_out")
    again = patient.say(ActionOptOut(), "stop", "opt_out")
    assert first.text == again.text and "reminders" in first.text and "start" in first.text
    assert may(patient) == [False, False]
    assert "again" in patient.say(ActionOptIn(), "start", "opt_in").text
    assert may(patient) == [True, True]
    patient.say(ActionOptOut(), "وقفوا الرسايل", "opt_out", language="ar")
    assert may(patient) == [False, False]


def test_stop_says_that_the_visit_stays(engine: Engine, clinic: DemoClinic, patient: Patient) -> None:
    visit = visit_at(patient, clinic, NOW + timedelta(days=2))
    assert "Thursday 26 Nov, 1:00 pm stays booked" in patient.say(ActionOptOut(), "stop", "opt_out").text
    assert status_of(engine, visit) == "booked"


def test_a_name_that_changes_is_the_newest(engine: Engine, patient: Patient) -> None:
    with engine.begin() as conn:
        conn.execute(update(contacts).where(contacts.c.id == patient.contact_id).values(profile_name="Rana Adel"))
    assert says(patient, "greet", "hi").text.startswith("Hello, Rana.")
