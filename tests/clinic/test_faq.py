"""Simple questions: from the schedule where it knows, in the clinic's own words, else with reception."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from typing import Any, Optional, Sequence
from zoneinfo import ZoneInfo

import pytest
from psycopg2.extras import DateTimeTZRange
from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection, Engine

from actions.faq import ActionFaq
from clinic.conversations import load_conversation
from clinic.database.tables import (
    absences,
    clinics,
    extra_sessions,
    faq_answers,
    insurers,
    practitioners,
    seasons,
    services,
    specialties,
    tasks,
    weekends,
    working_hours,
)
from clinic.demo import DemoClinic, seed_demo
from clinic.doctors import doctor_named
from clinic.schedule import Practitioner, Service
from clinic.services import service_named

from .conftest import Patient

RIYADH = ZoneInfo("Asia/Riyadh")
LIVE_TOPICS = ("hours", "location", "prices", "insurance", "services", "doctors", "female_doctor", "contact")
TEXT_TOPICS = (
    "parking", "payment", "first_visit", "preparation", "results_time", "children", "walk_in", "telehealth",
    "cancellation_policy", "vaccination", "privacy",
)  # fmt: skip


# Of the doctors of the demo clinic, here: weekdays (Monday 0) and sessions.
_MORNING, _EVENING, _NIGHT = (time(9), time(13)), (time(16), time(21)), (time(20), time(1))
_SUNDAY_TO_THURSDAY, _ALL_BUT_FRIDAY = (6, 0, 1, 2, 3), (5, 6, 0, 1, 2, 3)
WEEK = {
    "Sara": (_SUNDAY_TO_THURSDAY, (_MORNING, _EVENING)),
    "Khalid": (_ALL_BUT_FRIDAY, (_MORNING, _EVENING)),
    "Huda": (_SUNDAY_TO_THURSDAY, (_MORNING, _EVENING)),
    "Lina": (_SUNDAY_TO_THURSDAY, (_EVENING,)),
    "Omar": (_ALL_BUT_FRIDAY, (_NIGHT,)),
}


@pytest.fixture(autouse=True)
def plain_schedule(engine: Engine, clinic: DemoClinic) -> None:
    """A week of these hours, without services, holidays, Ramadan, breaks and leave: each test adds what it is about."""
    with engine.begin() as conn:
        for table in (absences, extra_sessions, seasons, services, weekends, working_hours):
            conn.execute(delete(table).where(table.c.clinic_id == clinic.id))
        for name, (weekdays, sessions) in WEEK.items():
            add_hours(conn, clinic, name, weekdays, sessions)


def add_hours(
    conn: Connection,
    clinic: DemoClinic,
    doctor: str,
    weekdays: Sequence[int],
    sessions: Sequence[tuple[time, time]],
    season: str = "usual",
) -> None:
    ours = practitioners.c.clinic_id == clinic.id
    found = select(practitioners.c.id).where(ours, practitioners.c.name_en.contains(doctor))
    row = {"clinic_id": clinic.id, "practitioner_id": conn.execute(found).scalar_one(), "season": season}
    conn.execute(
        insert(working_hours),
        [
            {**row, "weekday": weekday, "start_time": start, "end_time": end}
            for weekday in weekdays
            for start, end in sessions
        ],
    )


def ask(patient: Patient, topic: str, text: str, language: str = "en", **entities: str) -> str:
    """What stands on the phone. `entities` by name: the value, as it is found in the text."""
    found = [
        {"entity": name, "value": value, "start": 0, "end": len(text)} if name != "doctor" else _placed(text, value)
        for name, value in entities.items()
    ]
    parse: dict[str, Any] = {"language": language, "entities": found}
    return patient.say(ActionFaq(), text, f"faq_{topic}", **parse).text


def _placed(text: str, value: str) -> dict[str, Any]:
    start = text.index(value)
    return {"entity": "doctor", "value": value, "start": start, "end": start + len(value)}


def tasks_of(patient: Patient) -> list[str]:
    with patient.engine.begin() as conn:
        kinds = select(tasks.c.kind).where(
            tasks.c.conversation_id == patient.conversation_id, tasks.c.done_at.is_(None)
        )
        return list(conn.execute(kinds).scalars())


def owner_of(patient: Patient) -> str:
    with patient.engine.begin() as conn:
        return load_conversation(conn, patient.conversation_id).owner


def close(
    engine: Engine, clinic: DemoClinic, first: date, last: date, english: str = "", arabic: str = "", **who: Any
) -> None:
    start = datetime.combine(first, time(), RIYADH)
    end = datetime.combine(last + timedelta(days=1), time(), RIYADH)
    values = {"reason": "leave" if who else "holiday", "name_en": english, "name_ar": arabic, **who}
    with engine.begin() as conn:
        conn.execute(insert(absences).values(clinic_id=clinic.id, during=DateTimeTZRange(start, end, "[)"), **values))


def ramadan(engine: Engine, clinic: DemoClinic, first: date, last: date, start: time, end: time) -> None:
    """A season, and everybody's hours in it, Sunday to Thursday."""
    with engine.begin() as conn:
        conn.execute(insert(seasons).values(clinic_id=clinic.id, code="ramadan", starts_on=first, ends_on=last))
        for name in WEEK:
            add_hours(conn, clinic, name, _SUNDAY_TO_THURSDAY, ((start, end),), season="ramadan")


def doctor_id(engine: Engine, clinic: DemoClinic, name: str) -> str:
    with engine.begin() as conn:
        return str(
            conn.execute(
                select(practitioners.c.id).where(
                    practitioners.c.clinic_id == clinic.id, practitioners.c.name_en.contains(name)
                )
            ).scalar_one()
        )


# --- hours ------------------------------------------------------------------------------------------------------------


def test_the_week_has_one_line_for_equal_days(patient: Patient) -> None:
    text = ask(patient, "hours", "what are your opening hours?")
    assert "Sunday to Thursday: 9:00 am – 1:00 pm, 4:00 pm – 1:00 am" in text
    assert "Friday: closed" in text
    assert len(text.splitlines()) == 4


def test_the_week_in_arabic(patient: Patient) -> None:
    text = ask(patient, "hours", "متى دوامكم", "ar")
    assert "من الأحد إلى الخميس: 9:00 صباحًا – 1:00 ظهرًا" in text or "من الأحد إلى الخميس: 9:00 صباحًا" in text
    assert "الجمعة: مغلق" in text


def test_the_week_begins_after_the_days_of_rest(engine: Engine, clinic: DemoClinic, patient: Patient) -> None:
    with engine.begin() as conn:
        conn.execute(insert(weekends).values(clinic_id=clinic.id, valid_from=date(2022, 1, 1), weekdays=[5, 6]))
    first = ask(patient, "hours", "what are your opening hours?").splitlines()[1]
    assert first.startswith("Monday")


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("are you open today?", "en", "open today (Tuesday 24 Nov): 9:00 am – 1:00 pm, 4:00 pm – 1:00 am"),
        ("are you open tomorrow evening", "en", "open tomorrow (Wednesday 25 Nov)"),
        ("are you open on Saturday?", "en", "open on Saturday 28 Nov"),
        ("فاتحين اليوم؟", "ar", "العيادة مفتوحة اليوم (الثلاثاء 24 نوفمبر)"),
        ("bokra fat7een?", "ar", "غدًا (الأربعاء 25 نوفمبر)"),
        ("open on 29/11?", "en", "on Sunday 29 Nov"),
    ],
)
def test_the_day_that_was_asked_gets_its_hours(patient: Patient, text: str, language: str, said: str) -> None:
    answer = ask(patient, "hours", text, language)
    assert said in answer
    assert len(answer.splitlines()) == 1


def test_a_day_without_hours_names_the_next_open_one(patient: Patient) -> None:
    text = ask(patient, "hours", "do you work on Friday?")
    assert "closed on Friday 27 Nov" in text
    assert "open again on Saturday 28 Nov: 9:00 am" in text


def test_a_time_outside_the_hours_of_a_day_is_not_called_open(patient: Patient) -> None:
    assert "not open at that time" in ask(patient, "hours", "are you open tomorrow at 2 pm?")
    assert "We are open tomorrow" in ask(patient, "hours", "are you open tomorrow at 10 am?")


def test_a_weekend_gets_a_line_a_day(patient: Patient) -> None:
    lines = ask(patient, "hours", "are you open this weekend?").splitlines()
    assert lines == ["Friday 27 Nov: closed", "Saturday 28 Nov: 9:00 am – 1:00 pm, 4:00 pm – 1:00 am"]


def test_a_holiday_is_closed_by_its_name_in_both_languages(
    engine: Engine, clinic: DemoClinic, patient: Patient
) -> None:
    close(engine, clinic, date(2026, 11, 25), date(2026, 11, 26), "Founding Day", "يوم التأسيس")
    english = ask(patient, "hours", "are you open tomorrow?")
    assert "closed tomorrow (Wednesday 25 Nov): Founding Day" in english
    assert "again on Saturday 28 Nov" in english
    assert "يوم التأسيس" in ask(patient, "hours", "فاتحين بكره؟", "ar")


def test_a_holiday_asked_by_name_is_found_on_its_day(engine: Engine, clinic: DemoClinic, patient: Patient) -> None:
    close(engine, clinic, date(2027, 9, 23), date(2027, 9, 23), "National Day", "اليوم الوطني")
    assert "closed on Thursday 23 Sept: National Day" in ask(patient, "hours", "r u working national day")
    # "اليوم" is also "today": the name counts.
    assert "23 سبتمبر" in ask(patient, "hours", "تداومون باليوم الوطني؟", "ar")


def test_the_days_of_a_feast_are_listed(engine: Engine, clinic: DemoClinic, patient: Patient) -> None:
    close(engine, clinic, date(2027, 3, 9), date(2027, 3, 12), "Eid al-Fitr", "عيد الفطر")
    lines = ask(patient, "hours", "are you open during Eid?").splitlines()
    assert len(lines) == 4
    assert all("closed (Eid al-Fitr)" in line for line in lines[:3])


def test_who_comes_in_on_a_holiday_is_told(engine: Engine, clinic: DemoClinic, patient: Patient) -> None:
    close(engine, clinic, date(2027, 9, 23), date(2027, 9, 23), "National Day", "اليوم الوطني")
    with engine.begin() as conn:
        conn.execute(
            insert(extra_sessions).values(
                clinic_id=clinic.id,
                practitioner_id=doctor_id(engine, clinic, "Sara"),
                day=date(2027, 9, 23),
                start_time=time(10),
                end_time=time(12),
            )
        )
    text = ask(patient, "hours", "are you open on national day?")
    assert "open on Thursday 23 Sept: 10:00 am – 12:00 pm" in text


def test_a_feast_that_the_calendar_does_not_know_is_left_to_reception(patient: Patient) -> None:
    text = ask(patient, "hours", "do you work on Eid?")
    assert "reception" in text
    assert tasks_of(patient) == ["unanswered_question"]
    assert owner_of(patient) == "bot"


@pytest.mark.parametrize(
    ("text", "language"), [("timings in Ramadan?", "en"), ("دوامكم برمضان", "ar"), ("fe ramadan mawa3eedko eh", "ar")]
)
def test_ramadan_has_its_own_week(
    engine: Engine, clinic: DemoClinic, patient: Patient, text: str, language: str
) -> None:
    ramadan(engine, clinic, date(2027, 2, 8), date(2027, 3, 8), time(21), time(2))
    answer = ask(patient, "hours", text, language)
    assert ("9:00 pm – 2:00 am" if language == "en" else "9:00 مساءً – 2:00 صباحًا") in answer
    assert "9:00 am" not in answer
    assert ("8 Feb" if language == "en" else "8 فبراير") in answer


def test_ramadan_that_is_not_in_the_schedule_is_left_to_reception(patient: Patient) -> None:
    assert "reception" in ask(patient, "hours", "what are your hours in ramadan")
    assert tasks_of(patient) == ["unanswered_question"]


def test_in_ramadan_the_week_is_ramadans(engine: Engine, clinic: DemoClinic, patient: Patient) -> None:
    ramadan(engine, clinic, date(2026, 11, 20), date(2026, 12, 19), time(21), time(2))
    assert "Sunday to Thursday: 9:00 pm – 2:00 am" in ask(patient, "hours", "opening hours?")
    assert "9:00 pm – 2:00 am" in ask(patient, "hours", "are you open today?")


def test_what_will_soon_be_different_stands_below_the_week(
    engine: Engine, clinic: DemoClinic, patient: Patient
) -> None:
    close(engine, clinic, date(2026, 12, 1), date(2026, 12, 2), "Inventory", "جرد")
    close(engine, clinic, date(2026, 12, 20), date(2026, 12, 20), "Far away", "بعيد")
    ramadan(engine, clinic, date(2026, 12, 15), date(2027, 1, 13), time(21), time(2))
    text = ask(patient, "hours", "opening hours?")
    assert "Sunday to Thursday: 9:00 am" in text
    assert "closed: Tuesday 1 Dec, Wednesday 2 Dec (Inventory)" in text
    assert "Far away" not in text
    assert "Ramadan, from Tuesday 15 Dec" in text


@pytest.mark.parametrize(
    ("local", "said"),
    [
        (datetime(2026, 11, 24, 10), "open now, until 1:00 pm"),
        (datetime(2026, 11, 24, 14), "open today (Tuesday 24 Nov) at 4:00 pm"),
        (datetime(2026, 11, 25, 0, 30), "open now, until 1:00 am"),
        (datetime(2026, 11, 25, 1), "open today (Wednesday 25 Nov) at 9:00 am"),
        (datetime(2026, 11, 27, 12), "open tomorrow (Saturday 28 Nov) at 9:00 am"),
    ],
)
def test_open_now_says_until_or_from_when(patient: Patient, local: datetime, said: str) -> None:
    patient.now = local.replace(tzinfo=RIYADH).astimezone(timezone.utc)
    assert said in ask(patient, "hours", "are you open now?")


def test_hello_is_not_now(patient: Patient) -> None:
    """The Levant's "now" is the Gulf's "hello"."""
    assert "الآن" not in ask(patient, "hours", "هلا متى تفتحون بكره", "ar")
    assert "الآن" in ask(patient, "hours", "فاتحين هلأ؟", "ar")


def test_a_day_that_is_over_says_so(patient: Patient, engine: Engine, clinic: DemoClinic) -> None:
    patient.now = datetime(2026, 11, 24, 21, 30, tzinfo=RIYADH).astimezone(timezone.utc)
    text = ask(patient, "hours", "is dr sara there today?", doctor="dr sara")
    assert "finished for today" in text
    assert "tomorrow (Wednesday 25 Nov): 9:00 am" in text


@pytest.mark.parametrize(
    ("topic", "text", "language", "named", "said"),
    [
        ("hours", "when is dr sara there?", "en", {"doctor": "dr sara"}, "Dr. Sara Alharbi sees patients:"),
        ("hours", "متى دوام الجلدية", "ar", {"specialty": "dermatology"}, "دوام الجلدية:"),
        ("hours", "is dr omar there tomorrow", "en", {"doctor": "dr omar"}, "8:00 pm – 1:00 am"),
        ("doctors", "dr khalid available on friday?", "en", {"doctor": "dr khalid"}, "does not see patients on Friday"),
        ("doctors", "هل دكتورة سارة موجودة", "ar", {"doctor": "دكتورة سارة"}, "دوام د. سارة الحربي اليوم"),
        ("doctors", "د. هدى موجودة بكره؟", "ar", {"doctor": "د. هدى"}, "غدًا (الأربعاء 25 نوفمبر)"),
    ],
)
def test_the_hours_of_a_doctor_or_specialty(
    patient: Patient, topic: str, text: str, language: str, named: dict[str, str], said: str
) -> None:
    assert said in ask(patient, topic, text, language, **named)


def test_a_doctor_on_leave_is_not_there_and_the_reason_stays_private(
    engine: Engine, clinic: DemoClinic, patient: Patient
) -> None:
    sara = doctor_id(engine, clinic, "Sara")
    close(engine, clinic, date(2026, 11, 24), date(2026, 11, 30), "Surgery", "عملية", practitioner_id=sara)
    text = ask(patient, "doctors", "is dr sara available today", doctor="dr sara")
    assert "does not see patients today" in text
    assert "again on Tuesday 1 Dec" in text
    assert "Surgery" not in text


def test_a_specialty_that_we_do_not_have_is_said_and_ours_are_named(patient: Patient) -> None:
    for topic in ("hours", "prices", "doctors", "female_doctor", "services"):
        text = ask(patient, topic, "neurology", specialty="neurology")
        assert "do not have that specialty" in text and "Dermatology" in text


# --- prices and services ----------------------------------------------------------------------------------------------


def offer(engine: Engine, clinic: DemoClinic, code: str, english: str, arabic: str, **values: Any) -> None:
    with engine.begin() as conn:
        specialty = values.pop("specialty", "dentistry")
        specialty_id = conn.execute(
            select(specialties.c.id).where(specialties.c.clinic_id == clinic.id, specialties.c.code == specialty)
        ).scalar_one()
        conn.execute(
            insert(services).values(
                clinic_id=clinic.id,
                specialty_id=specialty_id,
                code=f"test_{code}",
                name_en=english,
                name_ar=arabic,
                **{"minutes": 30, "aliases": [], **values},
            )
        )


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("how much is pearl whitening", "en", "Pearl whitening (Dentistry) costs 1,250.5 SAR."),
        ("بكم تبييض اللؤلؤ", "ar", "سعر تبييض اللؤلؤ (الأسنان): 1,250.5 ريال سعودي."),
        ("بكم التبييض اللؤلؤي", "ar", "1,250.5"),
    ],
)
def test_a_named_service_gets_its_own_price(
    engine: Engine, clinic: DemoClinic, patient: Patient, text: str, language: str, said: str
) -> None:
    offer(engine, clinic, "pearl", "Pearl whitening", "تبييض اللؤلؤ", price=1250.5, aliases=["تبييض لؤلؤي"])
    offer(engine, clinic, "other", "Whitening", "التبييض", price=1)
    if "اللؤلؤي" in text:
        offer(engine, clinic, "alias", "Pearls", "لؤلؤ", price=1250.5, aliases=["التبييض اللؤلؤي"])
    assert said in ask(patient, "prices", text, language)


def test_a_service_without_a_price_is_left_to_reception(engine: Engine, clinic: DemoClinic, patient: Patient) -> None:
    offer(engine, clinic, "pearl", "Pearl whitening", "تبييض اللؤلؤ", price=None)
    text = ask(patient, "prices", "price of pearl whitening?")
    assert "reception" in text
    assert tasks_of(patient) == ["unanswered_question"]


def test_an_inactive_service_has_no_price(engine: Engine, clinic: DemoClinic, patient: Patient) -> None:
    offer(engine, clinic, "pearl", "Pearl whitening", "تبييض اللؤلؤ", price=77, active=False)
    assert "77" not in ask(patient, "prices", "price of pearl whitening?")


def test_a_named_specialty_gets_its_visit_and_its_services(
    engine: Engine, clinic: DemoClinic, patient: Patient
) -> None:
    offer(engine, clinic, "pearl", "Pearl whitening", "تبييض اللؤلؤ", price=77)
    text = ask(patient, "prices", "dental prices", specialty="dentistry")
    assert text.startswith("A visit in Dentistry costs 200 SAR.")
    assert "Pearl whitening: 77 SAR" in text
    assert "Dermatology" not in text


def test_a_doctors_price_is_that_of_their_specialties(patient: Patient) -> None:
    text = ask(patient, "prices", "how much is dr lina", doctor="dr lina")
    assert text.startswith("A visit in Gynecology costs 300 SAR.")


def test_nothing_named_gets_the_list_and_a_long_one_stays_short(
    engine: Engine, clinic: DemoClinic, patient: Patient
) -> None:
    assert "Dermatology: 300 SAR" in ask(patient, "prices", "how much do you charge")
    for number in range(30):
        offer(engine, clinic, f"s{number}", f"Thing {number}", f"شيء {number}", price=number)
    text = ask(patient, "prices", "how much do you charge")
    assert len(text.splitlines()) < 15
    assert "write me its name" in text


def test_a_service_that_is_asked_for_is_confirmed(engine: Engine, clinic: DemoClinic, patient: Patient) -> None:
    offer(engine, clinic, "pearl", "Pearl whitening", "تبييض اللؤلؤ", price=77, minutes=45)
    text = ask(patient, "services", "do you do pearl whitening?")
    assert text == "Yes, we offer Pearl whitening in Dentistry. It takes about 45 minutes."
    assert "Pearl whitening" in ask(patient, "services", "what do you do in dental", specialty="dentistry")


def named_service(code: str, english: str, arabic: str, *aliases: str) -> Service:
    return Service(code, "-", code, english, arabic, aliases, 30, None)


CLEANING = named_service("cleaning", "Teeth cleaning", "تنظيف الأسنان", "scaling", "تنظيف")
WHITENING = named_service("whitening", "Teeth whitening", "تبييض الأسنان", "bleaching")
LASER = named_service("laser", "Laser", "ليزر")
LASER_FACE = named_service("laser_face", "Laser for the face", "ليزر الوجه")
FILLING = named_service("filling", "Filling", "حشوة")
ALL = (CLEANING, WHITENING, LASER, LASER_FACE, FILLING)


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("how much is TEETH CLEANING?", CLEANING),
        ("بكم تنظيف الأسنان", CLEANING),
        ("بكم تنظيف اسنان", CLEANING),
        ("كم سعر التنظيف", CLEANING),
        ("وبكم بالليزر", LASER),
        ("bkam tanzeef el asnan", CLEANING),
        ("tabyeed asnan", WHITENING),
        ("scaling pls", CLEANING),
        ("two fillings", FILLING),
        ("laser for the face", LASER_FACE),
        ("ليزر للوجه", LASER_FACE),
        ("ليزر", LASER),
        ("how much is a visit", None),
        ("teeth", None),
        ("cleaningx", None),
        ("", None),
    ],
)
def test_a_service_is_found_by_its_words_and_the_longest_wins(text: str, service: Optional[Service]) -> None:
    assert service_named(text, ALL) == service
    assert service_named(text, tuple(reversed(ALL))) == service


# --- doctors ----------------------------------------------------------------------------------------------------------


def test_who_a_doctor_is(engine: Engine, clinic: DemoClinic, patient: Patient) -> None:
    with engine.begin() as conn:
        conn.execute(
            update(practitioners)
            .where(practitioners.c.id == doctor_id(engine, clinic, "Huda"))
            .values(languages=["ar", "ur"], max_age=14, min_age=None, patients_gender=None)
        )
    text = ask(patient, "doctors", "who is Dr Huda?", doctor="Dr Huda")
    assert text.startswith("Dr. Huda Mansour works with us:")
    assert "Languages: Arabic, Urdu" in text
    assert "up to 14 years" in text
    assert "Sunday to Thursday" in text
    arabic = ask(patient, "doctors", "مين د. هدى", "ar", doctor="د. هدى")
    assert "العربية" in arabic and "الأوردية" in arabic and "14" in arabic


def test_the_doctors_of_a_specialty(patient: Patient) -> None:
    text = ask(patient, "doctors", "which doctors do you have in dermatology", specialty="dermatology")
    assert "Sara" in text and "Khalid" not in text


def test_a_doctor_that_is_not_ours_is_said_so(patient: Patient) -> None:
    text = ask(patient, "doctors", "is dr zubair still with you", doctor="dr zubair")
    assert "do not find dr zubair" in text and "Khalid" in text


def test_what_is_no_name_gets_the_list_without_a_claim(patient: Patient) -> None:
    assert "do not find" not in ask(patient, "doctors", "doctor speaks urdu?", doctor="doctor speaks")


@pytest.mark.parametrize(
    ("text", "named", "said"),
    [
        ("lady doctor?", {}, "Our women doctors"),
        ("lady doctor for skin?", {"specialty": "dermatology"}, "Dr. Sara Alharbi"),
        ("lady dentist?", {"specialty": "dentistry"}, "no woman doctor in Dentistry"),
        ("is dr khalid a man?", {"doctor": "dr khalid"}, "Dr. Khalid Nasser is a man."),
        ("is dr lina a woman?", {"doctor": "dr lina"}, "Yes, Dr. Lina Haddad is a woman doctor."),
    ],
)
def test_a_woman_doctor_where_one_was_asked_for(patient: Patient, text: str, named: dict[str, str], said: str) -> None:
    assert said in ask(patient, "female_doctor", text, **named)


def test_where_a_specialty_has_no_woman_those_of_the_others_are_named(patient: Patient) -> None:
    text = ask(patient, "female_doctor", "lady dentist?", specialty="dentistry")
    assert "Sara" in text and "Khalid" not in text


@pytest.mark.parametrize(
    ("said", "name"),
    [("dr sara", "Sara"), ("Dr. Sara Alharbi", "Sara"), ("دكتورة سارة", "Sara"), ("د.خالد", "Khalid"), ("dr", None)],
)
def test_a_doctor_is_found_by_any_of_the_names(said: str, name: Optional[str]) -> None:
    ours = [
        Practitioner("1", "Dr. Sara Alharbi", "د. سارة الحربي", "female"),
        Practitioner("2", "Dr. Khalid Nasser", "د. خالد ناصر", "male"),
    ]
    found = doctor_named(said, ours)
    assert (found.name_en if found else None) == next(
        (one.name_en for one in ours if name and name in one.name_en), None
    )


# --- insurance, location, contact -------------------------------------------------------------------------------------


def test_insurance_by_name_by_the_clinics_own_list(engine: Engine, clinic: DemoClinic, patient: Patient) -> None:
    assert "Yes, we work with Bupa" in ask(patient, "insurance", "do you take bupa", insurer="bupa")
    refused = ask(patient, "insurance", "axa ok?", insurer="axa")
    assert "not among" in refused and "Bupa" in refused
    assert "We work with: Bupa" in ask(patient, "insurance", "which insurance do you take")
    with engine.begin() as conn:
        conn.execute(insert(insurers).values(clinic_id=clinic.id, code="nejm", name_en="Nejm Care", name_ar="نجم كير"))
    assert "Yes, we work with Nejm Care" in ask(patient, "insurance", "what about nejm care?")
    assert "نتعامل مع نجم كير" in ask(patient, "insurance", "تقبلون نجم كير؟", "ar")


def test_location_and_contact(patient: Patient) -> None:
    assert "King Abdulaziz Road" in ask(patient, "location", "where are you")
    assert "https://maps.example" in ask(patient, "location", "وين موقعكم", "ar")
    assert "+966" in ask(patient, "contact", "phone number?")


# --- without a text ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("topic", TEXT_TOPICS)
def test_the_clinics_own_text_answers_in_the_patients_language(
    engine: Engine, clinic: DemoClinic, patient: Patient, topic: str, language: str
) -> None:
    with engine.begin() as conn:
        own = conn.execute(
            select(faq_answers.c.text).where(
                faq_answers.c.clinic_id == clinic.id,
                faq_answers.c.topic == topic,
                faq_answers.c.language == language,
            )
        ).scalar_one()
    assert ask(patient, topic, "tell me", language) == own
    assert tasks_of(patient) == []


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("topic", [*TEXT_TOPICS, *LIVE_TOPICS, "prescription_refill", "medical_report"])
def test_a_clinic_that_has_no_answer_says_so_and_reception_takes_it(
    engine: Engine, clinic: DemoClinic, patient: Patient, topic: str, language: str
) -> None:
    with engine.begin() as conn:
        # The neighbour's texts are there, and must stay the neighbour's.
        neighbour = seed_demo(conn, "another-number", "another-account")
        conn.execute(
            update(faq_answers).where(faq_answers.c.clinic_id == neighbour.id).values(text="the neighbour's own words")
        )
        for table in (faq_answers, working_hours, insurers):
            conn.execute(delete(table).where(table.c.clinic_id == clinic.id))
        conn.execute(
            update(clinics)
            .where(clinics.c.id == clinic.id)
            .values(phone=None, address_en="", address_ar="", map_url=None)
        )
    text = ask(patient, topic, "do you do that?" if language == "en" else "هل عندكم ذلك؟", language)
    assert ("reception" if language == "en" else "الاستقبال") in text
    assert "neighbour" not in text
    assert tasks_of(patient) == ["unanswered_question"]
    assert owner_of(patient) == "bot"


def test_two_questions_without_an_answer_are_one_task_and_said_differently(
    engine: Engine, clinic: DemoClinic, patient: Patient
) -> None:
    with engine.begin() as conn:
        conn.execute(delete(faq_answers).where(faq_answers.c.clinic_id == clinic.id))
    first = ask(patient, "parking", "parking?")
    second = ask(patient, "privacy", "who reads this?")
    assert first != second and "reception too" in second
    assert tasks_of(patient) == ["unanswered_question"]
