"""The judge itself: it is content with what is right, and names each thing that is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from textwrap import dedent

import pytest
from sqlalchemy import insert
from sqlalchemy.engine import Connection, Engine

from clinic import consent
from clinic.appointments import cancel_appointment
from clinic.conversations import ensure_conversation
from clinic.database.tables import contact_patients, patients
from clinic.demo import DemoClinic
from clinic.handoff import hand_over
from clinic.questions import ask
from clinic.tasks import open_task
from istiqbal.settings import EMULATOR_PHONE_NUMBER_ID

from . import script as script_module
from .before import SeededAppointment, set_up
from .ends import conversation_of, judge
from .reading import read_file
from .script import Before, Ends, Member, Script, SeededVisit, Step, Visit

WA_ID = "966520000001"
# A Tuesday, before the evening sessions.
NOW = datetime(2026, 11, 24, 10, tzinfo=timezone.utc)
LAYLA = Member("Layla Saleh", "child", "female", 4)
BEFORE = Before((LAYLA,), (SeededVisit("dermatology", 3), SeededVisit("dermatology", 3, "Layla Saleh", "Sara")))
GIVEN = Script("a", "gulf", (Step("send", "hi", "a.yml:1"),), "a.yml:1", before=BEFORE)
BOTH = (Visit("dermatology", visit=1, moved=False), Visit("dermatology", patient="layla", practitioner="Sara"))


@pytest.fixture
def seeded(engine: Engine, clinic: DemoClinic) -> list[SeededAppointment]:
    return set_up(engine, GIVEN, WA_ID, NOW)


def wrong(engine: Engine, seeded: list[SeededAppointment], ends: Ends) -> list[str]:
    with engine.begin() as conn:
        return judge(conn, replace(GIVEN, ends=ends), WA_ID, seeded, handed_back=False)


def chat(conn: Connection) -> tuple[str, str, str]:
    row = conversation_of(conn, WA_ID)
    return row.clinic_id, row.id, row.contact_id


def test_what_is_so_before_stands_as_it_was_asked_for(engine: Engine, seeded: list[SeededAppointment]) -> None:
    assert all(one.start >= NOW + timedelta(days=3) for one in seeded)
    assert wrong(engine, seeded, Ends(BOTH, patients=(LAYLA,))) == []


@pytest.mark.parametrize(
    ("visits", "why"),
    [
        (BOTH[:1], ["an appointment too many"]),
        ((*BOTH, Visit("dermatology")), ["no appointment is"]),
        ((BOTH[0], replace(BOTH[1], status="cancelled")), ["no appointment is", "too many"]),
        ((BOTH[0], replace(BOTH[1], patient="Omar")), ["no appointment is", "too many"]),
        ((BOTH[0], replace(BOTH[1], gender="male")), ["no appointment is", "too many"]),
        ((BOTH[0], replace(BOTH[1], weekday="friday")), ["no appointment is", "too many"]),
        ((BOTH[0], replace(BOTH[1], until="09:00")), ["no appointment is", "too many"]),
        ((BOTH[0], replace(BOTH[1], wishes={"gender": "female"})), ["no appointment is", "too many"]),
        ((BOTH[0], replace(BOTH[1], visit=1)), ["no appointment is", "too many"]),
        ((replace(BOTH[0], moved=True), BOTH[1]), ["no appointment is", "too many"]),
    ],
)
def test_an_appointment_that_is_not_as_it_should_is_named(
    engine: Engine, seeded: list[SeededAppointment], visits: tuple[Visit, ...], why: list[str]
) -> None:
    found = wrong(engine, seeded, Ends(visits))
    assert len(found) == len(why) and all(words in line for words, line in zip(why, found, strict=True))


def test_the_most_particular_wish_chooses_first(engine: Engine, seeded: list[SeededAppointment]) -> None:
    assert wrong(engine, seeded, Ends((Visit("dermatology"), Visit("dermatology", visit=1)))) == []
    assert wrong(engine, seeded, Ends((Visit("dermatology"), Visit("dermatology", visit=2)))) == []


def test_a_cancelled_visit_is_known_by_who_cancelled_it(engine: Engine, seeded: list[SeededAppointment]) -> None:
    with engine.begin() as conn:
        clinic_id, _, contact_id = chat(conn)
        cancel_appointment(conn, clinic_id, contact_id, seeded[0].id, NOW)
    cancelled = Visit("dermatology", "cancelled", visit=1, cancelled_by="patient")
    assert wrong(engine, seeded, Ends((cancelled, BOTH[1]))) == []
    assert wrong(engine, seeded, Ends((replace(cancelled, cancelled_by="clinic"), BOTH[1])))


def test_a_person_in_the_chat_must_be_wanted(engine: Engine, seeded: list[SeededAppointment]) -> None:
    assert wrong(engine, seeded, Ends(BOTH, handoff="complaint"))
    with engine.begin() as conn:
        conversation = ensure_conversation(conn, EMULATOR_PHONE_NUMBER_ID, wa_id=WA_ID, user_id=None, profile_name=None)
        ask(conn, conversation, flow="booking", kind="slot", choices=(), draft={}, now=NOW)
        hand_over(conn, conversation, "complaint", NOW)
    assert wrong(engine, seeded, Ends(BOTH, handoff="complaint", kept="booking", open="nothing")) == []
    assert wrong(engine, seeded, Ends(BOTH, handoff="sensitive"))
    assert wrong(engine, seeded, Ends(BOTH, handoff="complaint", kept="cancelling"))
    assert wrong(engine, seeded, Ends(BOTH, handoff="complaint", open="booking"))
    # Both that somebody got it and that it is still theirs.
    assert len(wrong(engine, seeded, Ends(BOTH))) == 2


def test_a_task_a_consent_and_a_language_must_be_as_wanted(engine: Engine, seeded: list[SeededAppointment]) -> None:
    with engine.begin() as conn:
        clinic_id, conversation_id, contact_id = chat(conn)
        open_task(conn, clinic_id, "lab_results", NOW, conversation_id=conversation_id)
        consent.withdraw(conn, contact_id, clinic_id, "test", NOW)
    right = Ends(BOTH, tasks=("lab_results",), consents={"care": False}, language="ar")
    assert wrong(engine, seeded, right) == []
    assert len(wrong(engine, seeded, replace(right, tasks=()))) == 1
    assert len(wrong(engine, seeded, replace(right, consents={"care": True}))) == 1
    assert len(wrong(engine, seeded, replace(right, language="en"))) == 1


def test_somebody_who_is_twice_in_the_household_or_not_at_all_is_named(
    engine: Engine, seeded: list[SeededAppointment]
) -> None:
    assert wrong(engine, seeded, Ends(BOTH, patients=(Member("Omar", "child"),)))
    with engine.begin() as conn:
        clinic_id, _, contact_id = chat(conn)
        again = insert(patients).values(clinic_id=clinic_id, name=LAYLA.name).returning(patients.c.id)
        conn.execute(
            insert(contact_patients).values(
                clinic_id=clinic_id,
                contact_id=contact_id,
                patient_id=conn.execute(again).scalar_one(),
                relationship="child",
            )
        )
    [why] = wrong(engine, seeded, Ends(BOTH))
    assert "twice" in why


def test_the_format_that_is_documented_is_the_one_that_is_read(tmp_path: Path) -> None:
    documented = script_module.__doc__ or ""
    path = tmp_path / "documented.yml"
    path.write_text(dedent(documented[documented.index("    - name: ") :]), "utf-8")
    [script] = read_file(path)
    assert {step.doing for step in script.steps} == set(script_module.DOINGS)
