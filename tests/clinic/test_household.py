"""People in a message, in every way of writing that patients have, and who a visit is for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timezone
from typing import Any, Iterator, Optional, Union

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.engine import Engine

from clinic.conversations import ensure_conversation, load_conversation
from clinic.database.tables import patient_links
from clinic.demo import DemoClinic
from clinic.dialogue import Asks, Message, Turn
from clinic.household import Person, people_in
from clinic.household_flow import (
    Choose,
    Missing,
    NeedsBirthDate,
    NeedsGender,
    NeedsName,
    One,
    Resolution,
    SamePerson,
    add_all,
    ask_about,
    birth_date_in,
    born_in,
    missing,
    question_kind,
    read_reply,
    resolve,
)
from clinic.patients import Patient, add_patient, patients_of, update_patient
from clinic.schedule import Practitioner, load_clinic
from clinic.taps import Tap

TODAY = date(2026, 11, 24)
Said = tuple[Optional[str], str, Optional[str], Optional[int], Optional[int]]


def said(person: Person) -> Said:
    return person.name, person.relationship, person.gender, person.age_years, person.age_months


def child(
    name: Optional[str], gender: Optional[str] = None, years: Optional[int] = None, months: Optional[int] = None
) -> Said:
    return name, "child", gender, years, months


def spouse(name: Optional[str], gender: str, years: Optional[int] = None) -> Said:
    return name, "spouse", gender, years, None


def parent(name: Optional[str], gender: Optional[str], years: Optional[int] = None) -> Said:
    return name, "parent", gender, years, None


def other(name: Optional[str], gender: Optional[str] = None, years: Optional[int] = None) -> Said:
    return name, "other", gender, years, None


M, F = "male", "female"
ME: Said = (None, "self", None, None, None)

ENGLISH: list[tuple[str, list[Said]]] = [
    ("my kids Ali 7, Sara 4 and Omar 10 months, and my father Hassan",
     [child("Ali", None, 7), child("Sara", None, 4), child("Omar", None, 0, 10), parent("Hassan", M)]),
    ("I want to book for my daughter Sara", [child("Sara", F)]),
    ("my son", [child(None, M)]),
    ("my son's teeth hurt", [child(None, M)]),
    ("my son's name is Omar and he is 7", [child("Omar", M, 7)]),
    ("book for my wife Huda tomorrow 5 pm", [spouse("Huda", F)]),
    ("my son Ali at 5", [child("Ali", M)]),
    ("my daughter Sara 5 tomorrow", [child("Sara", F)]),
    ("Ali at 5", []),
    ("can I see Dr Ali on Sunday", []),
    ("Dr. Sara for my son Omar please", [child("Omar", M)]),
    ("do you have a doctor for kids?", []),
    ("is there a children doctor", []),
    ("my 7 year old son needs a dentist", [child(None, M, 7)]),
    ("my five-year-old has a rash", [child(None, None, 5)]),
    ("my 10 month old baby girl Tala", [child("Tala", F, 0, 10)]),
    ("appointments for my wife and kids", [spouse(None, F), (None, "child", None, None, None)]),
    ("me and my husband", [ME, spouse(None, M)]),
    ("an appointment for me please", [ME]),
    ("my mother in law Fatima, 66", [other("Fatima", F, 66)]),
    ("my brother's son Khaled is 3", [other("Khaled", M, 3)]),
    ("My son Abdul Rahman Al-Harbi, 9, and my daughter Noor (5)", [child("Abdul Rahman Al-Harbi", M, 9), child("Noor", F, 5)]),
    ("kids: Ali 7, Sara 4", [child("Ali", None, 7), child("Sara", None, 4)]),
    ("son Ali 7\ndaughter Sara 4\nwife Huda", [child("Ali", M, 7), child("Sara", F, 4), spouse("Huda", F)]),
    ("my daughter needs a skin doctor, her name is Sara and she is 5", [child("Sara", F, 5)]),
    ("my two kids four and seven years old", [child(None, None, 4), child(None, None, 7)]),
    ("my baby is 3 weeks old", [child(None, None, 0, 0)]),
    ("my twins Adam and Yousef, 2 years and 3 months", [child("Adam"), child("Yousef", None, 2, 3)]),
    ("my son may come late", [child(None, M)]),
    ("keep Sara's appointment", [other("Sara")]),
    ("cancel mine but keep my wife's", [spouse(None, F)]),
    ("where is your kids department", []),
    ("my daughter has 2 cavities", [child(None, F)]),
    ("my father Hassan is seventy two", [parent("Hassan", M, 72)]),
    ("my son Zubin, 6", [child("Zubin", M, 6)]),
    ("Hi, I'm Sara, I want to book for my 2 kids",
     [("Sara", "self", None, None, None), (None, "child", None, None, None)]),
    ("for me, not for my son", [ME]),
    ("it's for my son Karim, not me", [child("Karim", M)]),
    ("hello, how are you", []),
    ("my number is 0501234567", []),
]  # fmt: skip

GULF: list[tuple[str, list[Said]]] = [
    ("بنتي سارة عمرها ٥ سنين وولدي علي ٨", [child("سارة", F, 5), child("علي", M, 8)]),
    ("عيالي علي وسارة", [child("علي"), child("سارة")]),
    ("أبي موعد لبنتي لطيفة باكر العصر", [child("لطيفة", F)]),
    ("ابي موعد عند دكتور علي", []),
    ("ابغى احجز لحرمتي نورة", [spouse("نورة", F)]),
    ("موعد حق الوالد ٧٠ سنة", [parent(None, M, 70)]),
    ("ولدي راكان ٨ سنوات يبي أسنان", [child("راكان", M, 8)]),
    ("عندي عيال علي ٧ وسارة ٤", [child("علي", None, 7), child("سارة", None, 4)]),
    ("ولدي مصخن", [child(None, M)]),
    ("اليهال حمد وشيخة", [child("حمد"), child("شيخة")]),
    ("موعد لأبوي حمد والوالدة حصة", [parent("حمد", M), parent("حصة", F)]),
    ("بنتي على الساعة ٥", [child(None, F)]),
    ("ولد اختي سالم عمره سنتين", [other("سالم", M, 2)]),
    ("احجز لي ولحرمتي", [ME, spouse(None, F)]),
    ("ريلي خالد", [spouse("خالد", M)]),
    ("فيه موعد خالي باكر؟", []),
    ("لبنتي مو لولدي", [child(None, F)]),
    ("ولدي الكبير فهد ١٣", [child("فهد", M, 13)]),
    ("بغيت موعد للرضيع عمره شهرين", [child(None, None, 0, 2)]),
]  # fmt: skip

EGYPTIAN: list[tuple[str, list[Said]]] = [
    ("عايزة احجز لابني يوسف عنده 6 سنين", [child("يوسف", M, 6)]),
    ("بنتي ملك ٣ سنين ونص", [child("ملك", F, 3, 6)]),
    ("مراتي هدى", [spouse("هدى", F)]),
    ("جوزي احمد وانا", [spouse("احمد", M), ME]),
    ("ولادي عمر وجنى", [child("عمر"), child("جنى")]),
    ("ابويا عنده ٦٥ سنة", [parent(None, M, 65)]),
    ("عاوز معاد لماما", [parent(None, F)]),
    ("ابني بيكح من امبارح", [child(None, M)]),
    ("حماتي سعاد", [other("سعاد", F)]),
    ("دكتور أحمد موجود؟", []),
    ("بنتي عندها خمس سنين اسمها ليلى", [child("ليلى", F, 5)]),
    ("اخويا كريم عنده 20 سنة", [other("كريم", M, 20)]),
    ("ابني عنده ضرس وجعه", [child(None, M)]),
    ("بنت اختي مريم", [other("مريم", F)]),
    ("عندكم دكتور اطفال؟", []),
]  # fmt: skip

LEVANTINE: list[tuple[str, list[Said]]] = [
    ("بدي موعد لابني كرم عمرو 4 سنين", [child("كرم", M, 4)]),
    ("بنتي تالا عمرا سنة ونص", [child("تالا", F, 1, 6)]),
    ("مرتي رنا", [spouse("رنا", F)]),
    ("جوزي طوني", [spouse("طوني", M)]),
    ("ولادي جاد ولين ومايا", [child("جاد"), child("لين"), child("مايا")]),
    ("بيي وإمي", [parent(None, M), parent(None, F)]),
    ("تيتا سعاد عمرها ٨٠", [other("سعاد", F, 80)]),
    ("خيي رامي", [other("رامي", M)]),
    ("ابني عندو حرارة", [child(None, M)]),
    ("بنتي الصغيرة ليان مواليد ٢٠١٩", [child("ليان", F)]),
    ("عندي بنت عمرها عشر سنين", [child(None, F, 10)]),
    ("انا ومرتي هدى", [ME, spouse("هدى", F)]),
    ("بدي شوف الدكتورة سارة", []),
    ("موعد الساعة خمسة", []),
    ("ابني عمرو 4 سنين", [child(None, M, 4)]),
]  # fmt: skip

IRAQI: list[tuple[str, list[Said]]] = [
    ("اريد موعد لابني كرار عمره ٩ سنين", [child("كرار", M, 9)]),
    ("بنتي زينب عمرها سبع سنوات", [child("زينب", F, 7)]),
    ("جهالي حسن وزهراء", [child("حسن"), child("زهراء")]),
    ("رجلي حيدر", [spouse("حيدر", M)]),
    ("رجلي توجعني", []),
    ("مرتي مريضة", [spouse(None, F)]),
    ("ابوية عمره ٧٥ سنة", [parent(None, M, 75)]),
    ("امي ام علي", [parent("ام علي", F)]),
    ("اخوية مصطفى", [other("مصطفى", M)]),
    ("بيبيتي فاطمة", [other("فاطمة", F)]),
    ("ابن اخوية مهدي عمره شهر", [("مهدي", "other", M, 0, 1)]),
    ("ابني عباس هسه عمره ١٢", [child("عباس", M, 12)]),
    ("اكو دكتور حسين اليوم؟", []),
    ("زوجتي حامل", [spouse(None, F)]),
]  # fmt: skip

MAGHREBI: list[tuple[str, list[Said]]] = [
    ("بغيت موعد لولدي يوسف فعمرو 5 سنين", [child("يوسف", M, 5)]),
    ("بنتي سميتها غيثة", [child("غيثة", F)]),
    ("البنت ديالي كنزة عندها 3 سنين", [child("كنزة", F, 3)]),
    ("الراجل ديالي", [spouse(None, M)]),
    ("راجلي سفيان", [spouse("سفيان", M)]),
    ("الواليدة ديالي فاطمة", [parent("فاطمة", F)]),
    ("دراري آدم وريان", [child("آدم"), child("ريان")]),
    ("خويا ادريس", [other("ادريس", M)]),
    ("مرتي مريضة بزاف", [spouse(None, F)]),
    ("ولدي عندو شهرين", [child(None, M, 0, 2)]),
    ("بابا عمرو سبعين عام", [parent(None, M, 70)]),
    ("نحب ناخذ موعد لبنتي مع الطبيبة", [child(None, F)]),
    ("كاين شي طبيب ديال الدراري الصغار", []),
    ("الولد متاعي عزيز", [child("عزيز", M)]),
]  # fmt: skip

FORMAL: list[tuple[str, list[Said]]] = [
    ("أود حجز موعد لابنتي مريم، عمرها ثلاث سنوات", [child("مريم", F, 3)]),
    ("والدي عبد الله ٧٠ عامًا", [parent("عبد الله", M, 70)]),
    ("زوجتي خديجة مواليد ١٩٩٠", [spouse("خديجة", F)]),
    ("أطفالي محمد وعائشة", [child("محمد"), child("عائشة")]),
    ("والدتي أم محمد ٦٥ سنة", [parent("أم محمد", F, 65)]),
    ("ابني عبد الرحمن عمره إحدى عشرة سنة", [child("عبد الرحمن", M, 11)]),
    ("الدكتور علي حسن", []),
]  # fmt: skip

ARABIZI: list[tuple[str, list[Said]]] = [
    ("bnty sara 3omrha 5", [child("sara", F, 5)]),
    ("7ot esm waladi ali w binti sara", [child("ali", M), child("sara", F)]),
    ("abi maw3ed l binti noura bukra", [child("noura", F)]),
    ("3yali ali w sara w omar", [child("ali"), child("sara"), child("omar")]),
    ("wldi 3omro 3 snin w bnti mriam 3omrha 5 chhour", [child(None, M, 3), child("mriam", F, 0, 5)]),
    ("marti huda", [spouse("huda", F)]),
    ("gozi ahmed 3andaha", [spouse("ahmed", M)]),
    ("mama 3omrha 60 sana", [parent(None, F, 60)]),
    ("waldi hassan 70 sana", [parent("hassan", M, 70)]),
    ("waldi 3omro 6 sneen", [child(None, M, 6)]),
    ("ibni 3omro santen", [child(None, M, 2)]),
    ("dr ali mawjood?", []),
    ("binti 3ala el sa3a 5", [child(None, F)]),
    ("ana w marti", [ME, spouse(None, F)]),
    ("okhti mariam", [other("mariam", F)]),
    ("ebni esmo youssef 3ando 6 sneen", [child("youssef", M, 6)]),
    ("salam, momken maw3ed bokra?", []),
]  # fmt: skip

TABLES = {
    "en": ENGLISH, "gulf": GULF, "egyptian": EGYPTIAN, "levantine": LEVANTINE, "iraqi": IRAQI, "maghrebi": MAGHREBI,
    "formal": FORMAL, "arabizi": ARABIZI,
}  # fmt: skip
CASES = [(kind, text, expected) for kind, table in TABLES.items() for text, expected in table]


@pytest.mark.parametrize(("kind", "text", "expected"), CASES, ids=[text for _, text, _ in CASES])
def test_the_people_of_a_message_are_read(kind: str, text: str, expected: list[Said]) -> None:
    assert [said(one) for one in people_in(text, "en" if kind == "en" else "ar", today=TODAY)] == expected


@pytest.mark.parametrize(
    ("text", "born", "year"),
    [
        ("my daughter born 3/5/2019", date(2019, 5, 3), 2019),
        ("my son Ali dob 2019-05-03", date(2019, 5, 3), 2019),
        ("my son Ali, born on 3 May 2019", date(2019, 5, 3), 2019),
        ("بنتي سارة مواليد ٣/٥/٢٠١٩", date(2019, 5, 3), 2019),
        ("بنتي سارة تاريخ ميلادها ٣ مايو ٢٠١٩", date(2019, 5, 3), 2019),
        ("my son Ali born 3/5/19", date(2019, 5, 3), 2019),
        ("my father born 3/5/55", date(1955, 5, 3), 1955),
        ("بنتي ليان مواليد ٢٠١٩", None, 2019),
        ("my son Ali born 31/2/2019", None, None),
        ("my son Ali born 3/5/2031", None, None),
        ("my son Ali 3/5/2026", None, None),
    ],
)
def test_a_birth_date_is_read_only_where_it_is_said_to_be_one(
    text: str, born: Optional[date], year: Optional[int]
) -> None:
    (person,) = people_in(text, "ar", today=TODAY)
    assert (person.birth_date, person.birth_year) == (born, year)


@pytest.mark.parametrize(
    ("text", "language", "names"),
    [
        ("Ali", "en", ["Ali"]),
        ("Ali 7 and Sara 4", "en", ["Ali", "Sara"]),
        ("Their names are Ali, Sara and Zubin", "en", ["Ali", "Sara", "Zubin"]),
        ("علي وسارة", "ar", ["علي", "سارة"]),
        ("اسمه محمد علي", "ar", ["محمد علي"]),
        ("ali w sara", "ar", ["ali", "sara"]),
        ("where are you", "en", []),
        ("12345", "en", []),
        ("", "en", []),
    ],
)
def test_bare_names_are_people_only_where_they_were_asked_for(text: str, language: str, names: list[str]) -> None:
    assert [one.name for one in people_in(text, language, asked="child")] == names
    assert people_in(text, language) == [] or " 7 " in text


WORDS = (
    "my son daughter kids Ali Sara 7 4 years months and , ( ) born 3/5/2019 بنتي ولدي وسارة عمرها ٥ سنين شهرين و عيالي "
    "bnty ali w 3omrha د. دكتور علي أم محمد عبد الله : - 's 😀 \n age old half ونص سنة Dr the for me انا name is"
).split(" ")


@given(text=st.text(max_size=80) | st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join))
def test_no_text_breaks_the_reading_and_every_place_points_at_the_text(text: str) -> None:
    for language in ("en", "ar"):
        for asked in (None, "child"):
            people = people_in(text, language, asked=asked, today=TODAY)
            for person in people:
                assert 0 <= person.start < person.end <= len(text)
                assert text[person.start : person.end] == person.text
                assert person.name is None or person.name in text
                assert person.age_years is None or 0 <= person.age_years <= 120
                assert person.age_months is None or 0 <= person.age_months < 12
                assert person.relationship in ("self", "child", "spouse", "parent", "other")


NAMES = st.sampled_from(["Ali", "Sara", "Omar", "Huda", "Yousef", "Mariam", "Hassan", "Noura"])


@given(kids=st.lists(st.tuples(NAMES, st.integers(1, 17)), min_size=1, max_size=10, unique_by=lambda kid: kid[0]))
def test_a_list_of_children_is_read_whole_however_long(kids: list[tuple[str, int]]) -> None:
    text = "my kids " + ", ".join(f"{name} {age}" for name, age in kids)
    assert [(one.name, one.age_years) for one in people_in(text, "en")] == kids


@given(name=NAMES, hour=st.integers(1, 12))
def test_a_time_is_never_an_age(name: str, hour: int) -> None:
    for text in (
        f"my son {name} at {hour}",
        f"my son {name} {hour} pm",
        f"my son {name} {hour}:30",
        f"ولدي علي الساعة {hour}",
    ):
        assert [one.age_years for one in people_in(text, "en")] == [None]


NOW = datetime(2026, 11, 24, 10, tzinfo=timezone.utc)


@pytest.fixture
def turn(engine: Engine, clinic: DemoClinic) -> Iterator[Turn]:
    """A turn of somebody whose number nobody knows yet, with a name on WhatsApp."""
    with engine.begin() as conn:
        conversation = ensure_conversation(
            conn, clinic.phone_number_id, wa_id="966500000001", user_id=None, profile_name="Mona"
        )
        message = Message("wamid.1", "", "book_appointment", 0.9, "en")
        yield Turn(conn, load_clinic(conn, clinic.id), load_conversation(conn, conversation.id), message, None, NOW)


def hears(turn: Turn, text: str, language: str = "en") -> Turn:
    return replace(turn, message=replace(turn.message, text=text, language=language))


def taps(turn: Turn, kind: str, **value: Any) -> Turn:
    return replace(turn, message=replace(turn.message, text="/tap", tap=Tap("id", "booking", kind, value)))


def meant(turn: Turn, text: str, language: str = "en") -> Resolution:
    return resolve(turn, people_in(text, language, today=TODAY))


def has(turn: Turn, name: str, relationship: str, born: Optional[date] = None, gender: Optional[str] = None) -> Patient:
    return add_patient(turn.conn, turn.clinic.id, turn.conversation.contact_id, name, relationship, born, gender)


def household(turn: Turn) -> list[str]:
    return sorted(one.name for one in patients_of(turn.conn, turn.clinic.id, turn.conversation.contact_id))


def test_a_household_in_one_message_is_added_and_adding_it_again_in_another_script_changes_nothing(turn: Turn) -> None:
    kids = people_in("my kids Ali 7, Sara 4, Omar 2 and Noura 10 months, and my father Hassan", "en")
    first = add_all(turn, kids)
    assert [one.name for one in first] == ["Ali", "Sara", "Omar", "Noura", "Hassan"]
    assert add_all(turn, kids) == first
    assert add_all(turn, people_in("عيالي علي وسارة وعمر ونورة وأبوي حسن", "ar")) == first
    assert household(turn) == ["Ali", "Hassan", "Noura", "Omar", "Sara"]


def test_two_alis_who_are_something_else_are_two(turn: Turn) -> None:
    son, father = add_all(turn, people_in("my son Ali and my father Ali", "en"))
    assert son.id != father.id and household(turn) == ["Ali", "Ali"]
    assert turn.conn.execute(select(patient_links)).all() == []


def test_an_age_that_was_said_is_never_written_down_as_a_birth_date(turn: Turn) -> None:
    (ali,) = add_all(turn, people_in("my son Ali 7", "en"))
    assert ali.birth_date is None and ali.gender == "male"
    (sara,) = add_all(turn, people_in("my daughter Sara born 3/5/2019", "en"))
    assert sara.birth_date == date(2019, 5, 3)


def test_nobody_said_is_the_one_who_writes(turn: Turn) -> None:
    resolution = resolve(turn, [])
    assert isinstance(resolution, One) and resolution.patient.name == "Mona"


def test_the_only_son_is_meant_and_of_two_one_is_chosen(turn: Turn) -> None:
    assert meant(turn, "my son") == NeedsName("child", "male")
    ali = has(turn, "Ali", "child")
    has(turn, "Sara", "child")
    assert isinstance(meant(turn, "my son"), One)
    omar = has(turn, "Omar", "child")
    resolution = meant(turn, "my son")
    assert isinstance(resolution, Choose)
    assert {one.id for one in resolution.candidates} == {ali.id, omar.id}


def test_a_child_called_by_a_part_of_the_name_or_in_the_other_script_is_the_one_known(turn: Turn) -> None:
    ali = has(turn, "Ali Hassan", "child")
    for text in ("my son Ali", "ابني علي", "my son Ali Hassan", "لابني علي حسن"):
        resolution = meant(turn, text, "ar")
        assert isinstance(resolution, One) and resolution.patient.id == ali.id
    assert household(turn) == ["Ali Hassan"]


def test_a_name_that_says_more_than_is_known_is_asked_about_and_both_answers_are_kept(turn: Turn) -> None:
    ali = has(turn, "Ali", "child")
    people = people_in("my son Ali Hassan", "en")
    resolution = resolve(turn, people)
    assert isinstance(resolution, SamePerson) and resolution.existing == ali
    reply = ask_about(turn, resolution, Asks("booking", question_kind(resolution), {}))
    assert [choice.kind for choice in reply.choices] == ["same_yes", "same_no"]
    no = read_reply(hears(turn, "no"), "same_person", reply.choices, people, None)
    assert no is not None and no.patient is not None and no.patient.id != ali.id
    assert [row.state for row in turn.conn.execute(select(patient_links))] == ["different"]
    again = resolve(turn, people)
    assert isinstance(again, One) and again.patient.id == no.patient.id


def test_the_same_person_bears_the_fuller_name_from_then_on(turn: Turn) -> None:
    ali = has(turn, "Ali", "child")
    people = people_in("my son Ali Hassan", "en")
    yes = read_reply(taps(turn, "same_yes", patient=ali.id), "same_person", (), people, None)
    assert yes is not None and yes.patient is not None
    assert (yes.patient.id, household(turn)) == (ali.id, ["Ali Hassan"])


def test_of_several_named_it_is_asked_which_and_all_are_added(turn: Turn) -> None:
    resolution = meant(turn, "my kids Ali 7 and Sara 4")
    assert isinstance(resolution, Choose)
    reply = ask_about(turn, resolution, Asks("booking", "patient", {}))
    assert turn.language == "ar"
    assert [choice.title for choice in reply.choices] == ["Ali", "Sara", "شخص آخر"]
    assert household(turn) == ["Ali", "Sara"]


def test_who_introduces_themselves_and_books_for_another_is_not_the_patient(turn: Turn) -> None:
    ali = has(turn, "Ali", "child")
    resolution = meant(turn, "Hi, I'm Sara, I want to book for my son")
    assert isinstance(resolution, One) and resolution.patient.id == ali.id


def test_a_household_of_twelve_fits_into_ten_rows(turn: Turn) -> None:
    everybody = tuple(has(turn, f"{'Muhammad Abdulrahman ' * 2}{letter}bc", "other") for letter in "ABCDEFGHIJKL")
    reply = ask_about(turn, Choose(everybody), Asks("booking", "patient", {}))
    assert len(reply.choices) == 10 and all(len(choice.title) <= 24 for choice in reply.choices)
    assert reply.choices[-1].kind == "someone_else"


def test_the_dead_and_the_people_of_another_number_are_never_offered_or_taken(turn: Turn, clinic: DemoClinic) -> None:
    father = has(turn, "Hassan", "parent")
    update_patient(turn.conn, turn.clinic.id, father, deceased=True)
    assert meant(turn, "my father") == NeedsName("parent", "male")
    neighbour = ensure_conversation(
        turn.conn, clinic.phone_number_id, wa_id="966500000002", user_id=None, profile_name="Reem"
    )
    theirs = add_patient(turn.conn, turn.clinic.id, neighbour.contact_id, "Ali", "child")
    assert meant(turn, "my son") == NeedsName("child", "male")
    for taken in (father, theirs):
        assert read_reply(taps(turn, "patient", patient=taken.id), "patient", (), (), None) is None


def test_a_typed_name_keeps_what_was_said_before_it(turn: Turn) -> None:
    people = people_in("my 7 year old son", "en")
    answer = read_reply(hears(turn, "Zubin Mehta"), "patient_name", (), people, None)
    assert answer is not None
    (person,) = answer.people
    assert (person.name, person.relationship, person.gender, person.age_years) == ("Zubin Mehta", "child", "male", 7)


def test_several_names_may_be_typed_at_once(turn: Turn) -> None:
    people = people_in("my kids", "en")
    assert resolve(turn, people) == NeedsName("child", None, many=True)
    answer = read_reply(hears(turn, "علي وسارة", "ar"), "patient_name", (), people, None)
    assert answer is not None and [one.name for one in answer.people] == ["علي", "سارة"]


PAEDIATRICIAN = Practitioner("p1", "Dr. Sara", "د. سارة", "female", ("ar",), None, 14)
GYNAECOLOGIST = Practitioner("p2", "Dr. Huda", "د. هدى", "female", ("ar",), 12, None, "female")
ANYBODYS = Practitioner("p3", "Dr. Omar", "د. عمر", "male", ("ar",))


def test_an_age_is_asked_only_where_a_rule_needs_it(turn: Turn) -> None:
    ali = has(turn, "Ali", "child")
    near, far = people_in("my son Ali 14, my son Omar 7", "en")
    assert missing([ANYBODYS], ali, TODAY, None, TODAY) is None
    assert missing([PAEDIATRICIAN, ANYBODYS], ali, TODAY, None, TODAY) is None
    assert missing([PAEDIATRICIAN], ali, TODAY, None, TODAY) == NeedsBirthDate(ali, "age_unknown")
    assert missing([PAEDIATRICIAN], ali, TODAY, far, TODAY) is None
    assert missing([PAEDIATRICIAN], ali, TODAY, near, TODAY) == NeedsBirthDate(ali, "near_limit")
    adult = has(turn, "Sara", "other", date(1990, 1, 1))
    assert missing([GYNAECOLOGIST], adult, TODAY, None, TODAY) == NeedsGender(adult)


@pytest.mark.parametrize(
    ("said", "gender"), [("female", "female"), ("he is a boy", "male"), ("بنت", "female"), ("ذكر", "male")]
)
def test_a_typed_gender_is_kept(turn: Turn, said: str, gender: str) -> None:
    nour = has(turn, "Nour", "child")
    answer = read_reply(hears(turn, said, "ar"), "gender", (), (), nour)
    assert answer is not None and answer.patient is not None and answer.patient.gender == gender


def test_a_full_birth_date_is_stored_and_an_age_is_handed_back(turn: Turn) -> None:
    ali = has(turn, "Ali", "child")
    about = read_reply(hears(turn, "he is 7"), "birth_date", (), (), ali)
    assert about is not None and about.people[0].age_years == 7
    assert about.patient is not None and about.patient.birth_date is None
    assert missing([PAEDIATRICIAN], ali, TODAY, about.people[0], TODAY) is None
    exact = read_reply(hears(turn, "٣ مايو ٢٠١٩", "ar"), "birth_date", (), (), ali)
    assert exact is not None and exact.patient is not None and exact.patient.birth_date == date(2019, 5, 3)
    assert read_reply(hears(turn, "where are you"), "birth_date", (), (), ali) is None


@pytest.mark.parametrize(
    ("text", "born"),
    [
        ("3/5/2019", date(2019, 5, 3)), ("٣ مايو ٢٠١٩", date(2019, 5, 3)), ("May 3rd, 2019", date(2019, 5, 3)),
        ("3/5/19", date(2019, 5, 3)), ("3 5 2019", date(2019, 5, 3)), ("born 2019-05-03", date(2019, 5, 3)),
        ("٥ تشرين الثاني ٢٠١٨", date(2018, 11, 5)), ("2019", None), ("she is 5", None), ("3/5", None),
        ("31/2/2019", None), ("3/5/2030", None), ("tomorrow at 5", None), ("0501234567", None), ("", None),
    ],
)  # fmt: skip
def test_only_a_whole_date_is_a_birth_date(text: str, born: Optional[date]) -> None:
    assert birth_date_in(text, TODAY) == born


@given(birth=st.dates(date(1930, 1, 1), TODAY), style=st.sampled_from(["%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y", "%d %B %Y"]))
def test_a_written_date_is_read_back(birth: date, style: str) -> None:
    assert birth_date_in(birth.strftime(style), TODAY) == birth


@given(text=st.text(max_size=60))
def test_any_text_may_answer_a_question_for_a_birth_date(text: str) -> None:
    born = born_in(text, TODAY)
    assert born is None or born.earliest <= born.latest <= TODAY


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_question_has_words_in_both_languages(turn: Turn, language: str) -> None:
    turn = replace(turn, conversation=replace(turn.conversation, language=language))
    ali = has(turn, "Ali", "child")
    (person,) = people_in("my son Ali Hassan", "en")
    steps: list[Union[Resolution, Missing]] = [
        Choose((ali,)),
        SamePerson(ali, person),
        *(NeedsName(relationship) for relationship in ("self", "child", "spouse", "parent", "other")),
        NeedsName("child", None, many=True),
        NeedsBirthDate(ali, "age_unknown"),
        NeedsBirthDate(ali, "near_limit"),
        NeedsGender(ali),
    ]
    for step in steps:
        reply = ask_about(turn, step, Asks("booking", question_kind(step), {}))
        assert reply.text and reply.asks is not None and reply.asks.kind
        assert reply.list_button or all(len(choice.title) <= 20 for choice in reply.choices)
