"""Names as people write them, and the household behind a number: nobody twice, nobody merged, nobody of another clinic."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import Connection, Engine

from clinic.conversations import ensure_conversation
from clinic.database.tables import contact_patients, patient_links, patients
from clinic.demo import DemoClinic, seed_demo
from clinic.names import clean_name, is_shorter_or_same, may_be_same, usual_gender
from clinic.patients import (
    add_patient,
    living_patients_of,
    patient_of_contact,
    patients_of,
    record_doubt,
    similar_in_household,
    update_patient,
)


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("  Sara   Ali ", "Sara Ali"),
        ("Mr. Omar Hassan", "Omar Hassan"),
        ("السيدة منى صالح", "منى صالح"),
        ("د. سارة", "سارة"),
        ("أم محمد", "أم محمد"),
        ("أبو خالد", "أبو خالد"),
        ("مُحَمَّد", "محمد"),
        ("محـــمد", "محمد"),
        ("عبد الله الحربي", "عبد الله الحربي"),
        ("😀 Mona ❤️", "Mona"),
        ("Ali 7", "Ali"),
        ("٧ علي", "علي"),
        ("5aled 7amad 3omar", "5aled 7amad 3omar"),
        ("Sara 7yo", "Sara yo"),
        ("O'Brien-Smith", "O'Brien-Smith"),
        ("José", "José"),
        ("Ali\nHassan", "Ali Hassan"),
        ("Mr", "Mr"),
        ("x", ""),
        ("123 ...", ""),
        ("", ""),
        ("a" * 200, "a" * 60),
    ],
)
def test_a_name_is_kept_without_what_is_no_name(raw: str, name: str) -> None:
    assert clean_name(raw) == name


@given(raw=st.text(max_size=120))
def test_a_clean_name_is_clean_already(raw: str) -> None:
    name = clean_name(raw)
    assert clean_name(name) == name and len(name) <= 60
    assert not any((sign.isdigit() and sign not in "235679") or sign == "ـ" for sign in name)


SAME = [
    ("Ali", "Ali Hassan"), ("علي", "Ali"), ("علي حسن", "Ali Hassan"), ("محمد", "Mohammed"), ("محمد", "Mohamad"), ("Mohamed", "Muhammad"),
    ("سارة", "Sara"), ("Sarah", "Sara"), ("Yousef", "Youssef"), ("يوسف", "Yusuf"), ("عبد الله", "Abdullah"), ("عبدالله", "عبد الله"),
    ("Abd El Rahman", "عبدالرحمن"), ("فاطمة", "Fatma"), ("فاطمه", "فاطمة"), ("أحمد", "احمد"), ("نورة", "Noura"), ("Khaled", "خالد"),
    ("5aled", "Khalid"), ("3omar", "عمر"), ("أم محمد", "Umm Mohammed"), ("Hussein", "حسين"), ("راكان", "Rakan"), ("هدى", "Huda"),
    ("Ali bin Hassan", "Ali Hassan"), ("علي الحربي", "علي"), ("Noor Al-Din", "نور الدين"), ("ALI HASSAN", "ali hassan"),
    ("Mariam Saleh", "مريم"), ("Omar Ali Hassan", "Omar Hassan"), ("أسماء", "اسما"), ("Shamsa", "شمسة"),
]  # fmt: skip
DIFFERENT = [
    ("Ali", "Omar"), ("علي", "علا"), ("Ali Hassan", "Ali Omar"), ("Hassan", "Hussein"), ("حسن", "حسين"), ("Sara", "Samira"),
    ("أحمد", "محمد"), ("محمد", "محمود"), ("حمد", "أحمد"), ("Hamad", "Ahmed"), ("Ali Hassan", "Hassan Ali"), ("Hassan", "Ali Hassan"),
    ("أم محمد", "محمد"), ("Umm Mohammed", "Mohammed"), ("أم محمد", "أبو محمد"), ("عبد الله", "عبد الرحمن"), ("Abdullah", "Abdulaziz"),
    ("Huda", "Hadi"), ("هدى", "هادي"), ("Noura", "Nada"), ("سلمى", "سالم"), ("Mona", "Amina"), ("سعيد", "سعد"), ("Omar", "Amr"),
    ("Amira", "Amir"), ("Layla", "Ali"), ("Yasser", "Yassin"), ("", "Ali"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_spellings_may_be_one_person(one: str, other: str) -> None:
    assert may_be_same(one, other) and may_be_same(other, one)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_two_names_are_two_people(one: str, other: str) -> None:
    assert not may_be_same(one, other) and not may_be_same(other, one)


@given(one=st.text(max_size=30), other=st.text(max_size=30))
def test_whether_two_may_be_one_does_not_depend_on_the_order(one: str, other: str) -> None:
    assert may_be_same(one, other) == may_be_same(other, one)
    assert may_be_same(one, one) == bool(clean_name(one)) or not any(sign.isalnum() for sign in clean_name(one))


def test_a_part_of_a_name_is_shorter_and_the_whole_is_not_a_part() -> None:
    assert is_shorter_or_same("Ali", "علي حسن") and not is_shorter_or_same("Ali Hassan", "Ali")


@pytest.mark.parametrize(
    ("name", "gender"),
    [
        ("Sara", "female"),
        ("علي حسن", "male"),
        ("أم محمد", "female"),
        ("أبو علي", "male"),
        ("نور", None),
        ("Zubin", None),
    ],
)
def test_a_given_name_has_the_gender_that_it_usually_has(name: str, gender: str) -> None:
    assert usual_gender(name) == gender


@pytest.fixture
def contact(engine: Engine, clinic: DemoClinic) -> str:
    with engine.begin() as conn:
        return ensure_conversation(
            conn, clinic.phone_number_id, wa_id="966500000001", user_id=None, profile_name="Mona"
        ).contact_id


HOUSEHOLD = [
    ("Mona", "self"),
    ("Ali", "child"),
    ("Sara", "child"),
    ("Omar", "child"),
    ("Noura", "child"),
    ("Hassan", "parent"),
]


def test_a_household_added_twice_is_there_once(engine: Engine, clinic: DemoClinic, contact: str) -> None:
    with engine.begin() as conn:
        for _ in range(2):
            for name, relationship in HOUSEHOLD:
                add_patient(conn, clinic.id, contact, name, relationship)
        assert [(one.name, one.relationship) for one in patients_of(conn, clinic.id, contact)] == sorted(
            HOUSEHOLD, key=lambda one: one[0]
        )


def test_two_of_one_name_are_two_where_they_are_something_else_or_were_born_on_another_day(
    engine: Engine, clinic: DemoClinic, contact: str
) -> None:
    with engine.begin() as conn:
        son = add_patient(conn, clinic.id, contact, "Ali", "child", date(2019, 5, 3))
        father = add_patient(conn, clinic.id, contact, "Ali", "parent")
        cousin = add_patient(conn, clinic.id, contact, "Ali", "child", date(2015, 1, 1))
        assert len({son.id, father.id, cousin.id}) == 3


def test_what_was_not_known_of_a_patient_is_filled_in_and_what_was_known_stays(
    engine: Engine, clinic: DemoClinic, contact: str
) -> None:
    with engine.begin() as conn:
        first = add_patient(conn, clinic.id, contact, "Ali", "child")
        told = add_patient(conn, clinic.id, contact, "ALI", "child", date(2019, 5, 3), "male")
        again = add_patient(conn, clinic.id, contact, "Ali", "child", None, "female")
        assert first.id == told.id == again.id
        assert patients_of(conn, clinic.id, contact) == [again]
        assert (again.name, again.birth_date, again.gender) == ("Ali", date(2019, 5, 3), "male")


def test_the_deceased_are_kept_and_not_offered(engine: Engine, clinic: DemoClinic, contact: str) -> None:
    with engine.begin() as conn:
        father = add_patient(conn, clinic.id, contact, "Hassan", "parent")
        gone = update_patient(conn, clinic.id, father, deceased=True)
        assert patients_of(conn, clinic.id, contact) == [gone]
        assert living_patients_of(conn, clinic.id, contact) == []
        assert patient_of_contact(conn, clinic.id, contact, father.id) is None
        assert add_patient(conn, clinic.id, contact, "Hassan", "parent").id != father.id


def test_only_what_a_patient_has_can_be_changed(engine: Engine, clinic: DemoClinic, contact: str) -> None:
    with engine.begin() as conn:
        ali = add_patient(conn, clinic.id, contact, "Ali", "child")
        with pytest.raises(KeyError):
            update_patient(conn, clinic.id, ali, external_id="17")


def test_who_may_be_the_same_is_found_within_the_relationship(engine: Engine, clinic: DemoClinic, contact: str) -> None:
    with engine.begin() as conn:
        son = add_patient(conn, clinic.id, contact, "علي حسن", "child")
        add_patient(conn, clinic.id, contact, "Ali", "parent")
        friend = add_patient(conn, clinic.id, contact, "Ali Saleh", "other")
        assert similar_in_household(conn, clinic.id, contact, "Ali", "child") == [friend, son]
        assert similar_in_household(conn, clinic.id, contact, "Ali Hassan", "child") == [son]
        assert similar_in_household(conn, clinic.id, contact, "Omar", "child") == []
        assert conn.execute(select(func.count()).select_from(patients)).scalar_one() == 3


def links(conn: Connection) -> list[str]:
    return list(conn.execute(select(patient_links.c.state)).scalars())


def test_a_doubt_has_one_row_whichever_way_round_and_what_staff_decided_stays(
    engine: Engine, clinic: DemoClinic, contact: str, staff_id: str
) -> None:
    with engine.begin() as conn:
        one = add_patient(conn, clinic.id, contact, "Ali", "child")
        other = add_patient(conn, clinic.id, contact, "Ali Hassan", "child")
        record_doubt(conn, clinic.id, one.id, other.id, "asked")
        record_doubt(conn, clinic.id, other.id, one.id, "different")
        assert links(conn) == ["different"]
        conn.execute(update(patient_links).values(state="same", decided_by=staff_id))
        record_doubt(conn, clinic.id, one.id, other.id, "different")
        assert links(conn) == ["same"]
        with pytest.raises(ValueError):
            record_doubt(conn, clinic.id, one.id, one.id, "asked")


def test_patients_of_another_clinic_are_never_seen_changed_or_doubted(
    engine: Engine, clinic: DemoClinic, contact: str
) -> None:
    with engine.begin() as conn:
        other = seed_demo(conn, "200000000000002", "300000000000002")
        there = ensure_conversation(
            conn, other.phone_number_id, wa_id="966500000001", user_id=None, profile_name="Mona"
        ).contact_id
        theirs = add_patient(conn, other.id, there, "Ali", "child")
        ours = add_patient(conn, clinic.id, contact, "Ali", "child")
        assert ours.id != theirs.id
        # Even a row that should not be, of this contact to a patient of the other clinic, shows nothing.
        conn.execute(
            insert(contact_patients).values(
                clinic_id=clinic.id, contact_id=contact, patient_id=theirs.id, relationship="child"
            )
        )
        assert patients_of(conn, clinic.id, contact) == [ours]
        assert patients_of(conn, other.id, contact) == patients_of(conn, clinic.id, there) == []
        assert patient_of_contact(conn, clinic.id, contact, theirs.id) is None
        assert similar_in_household(conn, other.id, contact, "Ali", "child") == []
        with pytest.raises(LookupError):
            update_patient(conn, clinic.id, theirs, name="Changed")
        with pytest.raises(LookupError):
            record_doubt(conn, clinic.id, ours.id, theirs.id, "same")
