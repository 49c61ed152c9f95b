"""Wishes for reception: one task each, a true word about what happens next, and never the result itself."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any, Optional
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg2.extras import DateTimeTZRange
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.engine import Engine

from actions.faq import ActionFaq
from actions.requests import ActionLabResults, ActionRunningLate
from actions.tap import ActionTap
from clinic.conversations import load_conversation
from clinic.database.tables import (
    appointments,
    faq_answers,
    handoffs,
    practitioners,
    specialties,
    tasks,
)
from clinic.demo import DemoClinic
from clinic.lateness import Delay, delay_said
from clinic.patients import add_patient
from clinic.requests import is_wish
from clinic.times import render_clock

from .conftest import NOW, Patient, new_patient

RIYADH = ZoneInfo("Asia/Riyadh")
WISHES = {
    "lab_results": ("are my results ready?", "طلعت نتايج تحاليلي؟"),
    "prescription_refill": ("I need a refill please", "بدي جدد الوصفة"),
    "medical_report": ("I need a medical report for work", "محتاج تقرير طبي"),
}


def wish(patient: Patient, kind: str, text: str, language: str = "en") -> str:
    if kind == "lab_results":
        return patient.say(ActionLabResults(), text, "lab_results", language=language).text
    return patient.say(ActionFaq(), text, f"faq_{kind}", language=language).text


def open_tasks(patient: Patient) -> list[tuple[str, Optional[str]]]:
    with patient.engine.begin() as conn:
        rows = conn.execute(
            select(tasks.c.kind, tasks.c.appointment_id)
            .where(tasks.c.conversation_id == patient.conversation_id, tasks.c.done_at.is_(None))
            .order_by(tasks.c.opened_at)
        ).all()
    return [tuple(row) for row in rows]


def own_text(engine: Engine, clinic: DemoClinic, topic: str, text: Optional[str]) -> None:
    with engine.begin() as conn:
        conn.execute(delete(faq_answers).where(faq_answers.c.clinic_id == clinic.id, faq_answers.c.topic == topic))
        for language in ("en", "ar") if text else ():
            conn.execute(insert(faq_answers).values(clinic_id=clinic.id, topic=topic, language=language, text=text))


def visit_at(
    patient: Patient,
    clinic: DemoClinic,
    start: datetime,
    doctor: str = "Sara",
    specialty: str = "dermatology",
    whose: tuple[str, str] = ("Mona", "self"),
    minutes: int = 20,
) -> str:
    """A booked visit; the schedule is not asked."""
    with patient.engine.begin() as conn:
        patient_id = add_patient(conn, clinic.id, patient.contact_id, *whose).id
        ours = practitioners.c.clinic_id == clinic.id
        return str(
            conn.execute(
                insert(appointments)
                .values(
                    clinic_id=clinic.id,
                    practitioner_id=select(practitioners.c.id)
                    .where(ours, practitioners.c.name_en.contains(doctor))
                    .scalar_subquery(),
                    specialty_id=select(specialties.c.id)
                    .where(specialties.c.clinic_id == clinic.id, specialties.c.code == specialty)
                    .scalar_subquery(),
                    contact_id=patient.contact_id,
                    patient_id=patient_id,
                    status="booked",
                    during=DateTimeTZRange(start, start + timedelta(minutes=minutes), "[)"),
                )
                .returning(appointments.c.id)
            ).scalar_one()
        )


def late(patient: Patient, text: str, language: str = "en", **parse: Any) -> str:
    return patient.say(ActionRunningLate(), text, "running_late", language=language, **parse).text


# --- wishes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("kind", sorted(WISHES))
def test_a_wish_is_a_task_and_the_chat_stays_with_the_bot(patient: Patient, kind: str, language: str) -> None:
    text = wish(patient, kind, WISHES[kind][language == "ar"], language)
    assert ("reception" if language == "en" else "الاستقبال") in text
    assert open_tasks(patient) == [(kind, None)]
    with patient.engine.begin() as conn:
        assert load_conversation(conn, patient.conversation_id).owner == "bot"
        assert conn.execute(select(func.count()).select_from(handoffs)).scalar_one() == 0


@pytest.mark.parametrize("kind", sorted(WISHES))
def test_the_same_wish_twice_is_one_task_and_the_patient_is_told(patient: Patient, kind: str) -> None:
    first = wish(patient, kind, WISHES[kind][0])
    second = wish(patient, kind, "hello?? I need " + WISHES[kind][0])
    assert first != second and "already with reception" in second
    assert open_tasks(patient) == [(kind, None)]


def test_a_wish_after_the_first_was_done_is_a_new_task(patient: Patient) -> None:
    first = wish(patient, "lab_results", "are my results ready?")
    with patient.engine.begin() as conn:
        conn.execute(update(tasks).values(done_at=patient.now))
    assert wish(patient, "lab_results", "and my other results?") == first
    assert open_tasks(patient) == [("lab_results", None)]


def test_another_patients_wish_is_their_own(engine: Engine, clinic: DemoClinic, patient: Patient) -> None:
    other = new_patient(engine, clinic, 2, "Samir")
    assert wish(patient, "lab_results", "are my results ready?") == wish(other, "lab_results", "are my results ready?")
    assert len(open_tasks(other)) == len(open_tasks(patient)) == 1


@pytest.mark.parametrize(
    "text", ["is my HIV test positive?", "send me my biopsy result", "نتيجة تحليل الحمل حقي طلعت؟"]
)
def test_nothing_is_said_about_a_test_or_a_result(patient: Patient, text: str) -> None:
    answer = wish(patient, "lab_results", text).casefold()
    assert not any(word in answer for word in ("hiv", "positive", "biopsy", "حمل", "ready", "جاهز"))


def test_the_opening_is_named_while_nobody_is_there(patient: Patient) -> None:
    patient.now = datetime(2026, 11, 24, 10, tzinfo=RIYADH).astimezone(timezone.utc)
    assert "closed" not in wish(patient, "lab_results", "are my results ready?")
    patient.now = datetime(2026, 11, 27, 12, tzinfo=RIYADH).astimezone(timezone.utc)
    assert "open tomorrow (Saturday 28 Nov) at 9:00 am" in wish(patient, "medical_report", "I need a report")


@pytest.mark.parametrize("kind", ["prescription_refill", "medical_report"])
def test_a_question_gets_the_clinics_text_and_no_task(
    engine: Engine, clinic: DemoClinic, patient: Patient, kind: str
) -> None:
    own_text(engine, clinic, kind, "We do it within two days.")
    assert wish(patient, kind, "do you do that by whatsapp?") == "We do it within two days."
    assert open_tasks(patient) == []


@pytest.mark.parametrize("kind", ["prescription_refill", "medical_report"])
def test_a_wish_gets_the_clinics_text_and_the_task(
    engine: Engine, clinic: DemoClinic, patient: Patient, kind: str
) -> None:
    own_text(engine, clinic, kind, "We do it within two days.")
    text = wish(patient, kind, WISHES[kind][0])
    assert text.startswith("We do it within two days.") and "reception" in text
    assert open_tasks(patient) == [(kind, None)]


@pytest.mark.parametrize("kind", ["prescription_refill", "medical_report"])
def test_a_question_without_a_text_is_left_to_reception(
    engine: Engine, clinic: DemoClinic, patient: Patient, kind: str
) -> None:
    own_text(engine, clinic, kind, None)
    assert "reception" in wish(patient, kind, "do you do that by whatsapp?")
    assert open_tasks(patient) == [("unanswered_question", None)]


@pytest.mark.parametrize(
    "text",
    [
        "I need a refill", "my medicine is finished", "refill pls", "please send me the report", "can u stamp my note",
        "بدي جدد وصفة السكري", "ابغى اجازه مرضيه", "عايز تقرير طبي للشغل", "محتاجه جواب تحويل", "ممكن تقرير طبي للوالد",
        "خلص دوا السكري", "badde ta2rir tebbi", "3ayez agaza maradeya", "abi ijaza", "momken wasfa", "report", "تقرير",
        "🙏", "do you issue reports? I need one", "",
    ],
)  # fmt: skip
def test_a_wish_is_seen_and_in_doubt_it_is_one(text: str) -> None:
    assert is_wish(text)


@pytest.mark.parametrize(
    "text",
    [
        "do you issue medical reports?", "how much time to issue a medical report", "is there a fee for the report",
        "how long does a report take", "does the clinic renew prescriptions", "what does a report cost",
        "هل تصدرون تقارير طبية؟", "كم رسوم التقرير الطبي", "هل تجددون الوصفات؟", "كيف نظام الوصفات الشهرية",
        "bekam el ta2rir",
    ],
)  # fmt: skip
def test_a_plain_question_is_no_wish(text: str) -> None:
    assert not is_wish(text)


@given(st.text(max_size=200))
def test_whoever_says_i_need_wishes_whatever_else_they_write(text: str) -> None:
    assert is_wish(f"I need it. {text}")


# --- running late -----------------------------------------------------------------------------------------------------


def test_reception_is_told_for_which_visit(patient: Patient, clinic: DemoClinic) -> None:
    visit = visit_at(patient, clinic, NOW + timedelta(hours=1))
    text = late(patient, "I am running late, sorry")
    assert "late for 2:00 pm with Dr. Sara Alharbi" in text
    assert open_tasks(patient) == [("running_late", visit)]


def test_the_visit_that_has_just_begun_is_meant_too(patient: Patient, clinic: DemoClinic) -> None:
    visit = visit_at(patient, clinic, NOW - timedelta(minutes=10))
    assert "12:50 pm" in late(patient, "sorry, late")
    assert open_tasks(patient) == [("running_late", visit)]


def test_the_soonest_of_several_is_meant_and_the_named_one_if_one_is(patient: Patient, clinic: DemoClinic) -> None:
    soon = visit_at(patient, clinic, NOW + timedelta(hours=1))
    child = visit_at(patient, clinic, NOW + timedelta(hours=3), "Khalid", "dentistry", ("Sami", "child"))
    later = visit_at(patient, clinic, NOW + timedelta(hours=5), "Lina", "gynecology")
    late(patient, "running late")
    assert open_tasks(patient) == [("running_late", soon)]
    late(patient, "late with my son", entities=[{"entity": "person", "value": "child", "start": 10, "end": 16}])
    late(patient, "late for gyn", entities=[{"entity": "specialty", "value": "gynecology", "start": 9, "end": 12}])
    assert {one for _, one in open_tasks(patient)} == {soon, child, later}


def test_the_time_of_the_visit_names_it(patient: Patient, clinic: DemoClinic) -> None:
    visit_at(patient, clinic, NOW + timedelta(hours=1))
    later = visit_at(patient, clinic, NOW + timedelta(hours=3), "Khalid", "dentistry")
    assert "4:00 pm" in late(patient, "running late for my 4 o'clock appointment")
    assert open_tasks(patient) == [("running_late", later)]


def test_late_twice_for_one_visit_is_one_task(patient: Patient, clinic: DemoClinic) -> None:
    visit_at(patient, clinic, NOW + timedelta(hours=1))
    late(patient, "10 minutes late")
    assert "20 minutes late" in late(patient, "sorry, 20 minutes late now")
    assert len(open_tasks(patient)) == 1


def test_a_long_delay_says_what_it_may_mean_and_offers_another_time(patient: Patient, clinic: DemoClinic) -> None:
    visit_at(patient, clinic, NOW + timedelta(hours=4))
    assert "see others first" not in late(patient, "I will be 30 minutes late")
    assert patient.last is not None and not patient.last.options
    text = late(patient, "I will be 45 minutes late")
    assert "see others first" in text
    assert [option.title for option in patient.last.options] == ["Move my visit"]
    moving = patient.tap(ActionTap(), "Move")
    assert len(moving.options) > 1 and "Sara" in moving.text


def test_there_in_an_hour_is_no_delay_when_the_visit_is_later(patient: Patient, clinic: DemoClinic) -> None:
    visit_at(patient, clinic, NOW + timedelta(minutes=50))
    text = late(patient, "I'll be there in 60 minutes")
    assert "here in about 60 minutes" in text and "see others first" not in text
    assert "see others first" in late(patient, "I'll be there in 90 minutes")


def test_no_visit_today_shows_the_next_one_and_makes_no_task(patient: Patient, clinic: DemoClinic) -> None:
    assert "no visit of yours with us" in late(patient, "running late")
    visit_at(patient, clinic, NOW + timedelta(days=2))
    text = late(patient, "running late")
    assert "no visit of yours today" in text and "Thursday 26 Nov" in text
    assert open_tasks(patient) == []


def test_a_cancelled_visit_and_anothers_visit_are_not_meant(
    engine: Engine, clinic: DemoClinic, patient: Patient
) -> None:
    visit = visit_at(patient, clinic, NOW + timedelta(hours=1))
    with engine.begin() as conn:
        conn.execute(update(appointments).where(appointments.c.id == visit).values(status="cancelled"))
    visit_at(new_patient(engine, clinic, 2), clinic, NOW + timedelta(hours=1))
    assert "no visit" in late(patient, "running late")
    assert open_tasks(patient) == []


def test_a_visit_past_midnight_is_tonights(patient: Patient, clinic: DemoClinic) -> None:
    patient.now = datetime(2026, 11, 24, 23, 30, tzinfo=RIYADH).astimezone(timezone.utc)
    visit = visit_at(patient, clinic, datetime(2026, 11, 25, 0, 20, tzinfo=RIYADH), "Omar", "general")
    assert "12:20 am" in late(patient, "running late")
    assert open_tasks(patient) == [("running_late", visit)]


def test_late_in_arabic(patient: Patient, clinic: DemoClinic) -> None:
    start = NOW + timedelta(hours=1)
    visit_at(patient, clinic, start)
    text = late(patient, "بتاخر ربع ساعة", "ar")
    assert "15 دقيقة" in text and render_clock(start, "Asia/Riyadh", "ar") in text and "د. سارة الحربي" in text


@pytest.mark.parametrize(
    ("text", "delay"),
    [
        ("I will be 15 minutes late", Delay(15)),
        ("late 10 min plz", Delay(10)),
        ("delayed about half an hour", Delay(30)),
        ("an hour and a half late", Delay(90)),
        ("2 hours late", Delay(120)),
        ("10 mins away", Delay(10, coming=True)),
        ("there in 20", Delay(20, coming=True)),
        ("arriving in 10 min, sorry I'm late", Delay(10, coming=True)),
        ("بتاخر ربع ساعه", Delay(15)),
        ("هتأخر نص ساعة", Delay(30)),
        ("بنتأخر عشر دقايق", Delay(10)),
        ("سأتأخر عشرين دقيقة", Delay(20)),
        ("١٠ دقايق واكون عندكم", Delay(10, coming=True)),
        ("7at2akhar rob3 sa3a", Delay(15)),
        ("bt2akhar 10 d2aye2", Delay(10, coming=True)),
        ("running late", None),
        ("late for my 4 o'clock appointment", None),
        ("my appointment is in 10 minutes and I am stuck", None),
        ("موعدي بعد ١٠ دقايق وانا في الزحمة", None),
        ("0 minutes late", None),
        ("999 minutes late", None),
    ],
)
def test_how_late_is_taken_from_the_text(text: str, delay: Optional[Delay]) -> None:
    assert delay_said(text) == delay


@given(st.integers(1, 600))
def test_any_number_of_minutes_is_said_back(minutes: int) -> None:
    assert delay_said(f"sorry, {minutes} minutes late") == Delay(minutes)


@given(st.text(max_size=300))
def test_no_text_breaks_the_reading_of_a_delay(text: str) -> None:
    found = delay_said(text)
    assert found is None or 0 < found.minutes <= 600
