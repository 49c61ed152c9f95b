"""A made-up clinic in Riyadh, for `make run`, tests and the first look around. Every person in it is invented."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, time
from typing import Optional

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from clinic.database.tables import (
    clinics,
    faq_answers,
    insurers,
    practitioner_specialties,
    practitioners,
    services,
    specialties,
    whatsapp_numbers,
    working_hours,
)
from clinic.holidays import seed_holidays, seed_ramadan
from clinic.schedule import load_clinic

# Logins of the demo desk; printed by `make run`, made only when the demo clinic is.
DEMO_STAFF = (
    ("reception", "Reem", "reception", "reception-demo"),
    ("manager", "Majed", "manager", "manager-demo"),
)


@dataclass(frozen=True)
class DemoClinic:
    id: str
    phone_number_id: str
    display_phone_number: str = "966110000000"


# code, English, Arabic, minutes, price
_SPECIALTIES = (
    ("general", "General medicine", "الطب العام", 20, 150),
    ("dentistry", "Dentistry", "الأسنان", 30, 200),
    ("dermatology", "Dermatology", "الجلدية", 20, 300),
    ("pediatrics", "Pediatrics", "الأطفال", 20, 250),
    ("gynecology", "Gynecology", "النساء والولادة", 30, 300),
    ("internal_medicine", "Internal medicine", "الباطنية", 30, 300),
)
# specialty, code, English, Arabic, minutes, price, other words for it
_SERVICES = (
    ("dentistry", "dental_cleaning", "Teeth cleaning", "تنظيف الأسنان", 60, 250,
     ("cleaning", "scaling", "scale and polish", "dental cleaning", "تنظيف", "تنظيف اسنان", "إزالة الجير")),
    ("dentistry", "whitening", "Teeth whitening", "تبييض الأسنان", 60, 900,
     ("whitening", "bleaching", "dental whitening", "تبييض اسنان", "تبييض")),
    ("dermatology", "laser_session", "Laser session", "جلسة ليزر", 40, 450,
     ("laser", "laser hair removal", "hair removal", "ليزر", "الليزر", "إزالة الشعر")),
    ("gynecology", "ultrasound", "Ultrasound", "أشعة صوتية", 30, 350,
     ("sonar", "ultra sound", "sonogram", "سونار", "السونار")),
    ("general", "flu_vaccine", "Flu vaccine", "تطعيم الإنفلونزا", 20, 80,
     ("flu shot", "flu jab", "influenza vaccine", "لقاح الإنفلونزا", "تطعيم الانفلونزا", "إبرة الإنفلونزا")),
)  # fmt: skip
_MORNING, _EVENING, _NIGHT = (time(9), time(13)), (time(16), time(21)), (time(20), time(1))
_SUNDAY_TO_THURSDAY = (6, 0, 1, 2, 3)
_EVERY_DAY_BUT_FRIDAY = (5, *_SUNDAY_TO_THURSDAY)


@dataclass(frozen=True)
class _Doctor:
    name_en: str
    name_ar: str
    gender: str
    specialties: tuple[str, ...]
    weekdays: tuple[int, ...]
    sessions: tuple[tuple[time, time], ...]
    pauses: tuple[tuple[time, time], ...] = ()
    ramadan: tuple[tuple[time, time], ...] = ()  # in place of the sessions, then
    languages: tuple[str, ...] = ("ar", "en")
    max_age: Optional[int] = None
    patients_gender: Optional[str] = None


_DOCTORS = (
    _Doctor("Dr. Sara Alharbi", "د. سارة الحربي", "female", ("dermatology",), _SUNDAY_TO_THURSDAY,
            (_MORNING, _EVENING), ramadan=((time(13), time(16)), (time(21), time(1)))),
    _Doctor("Dr. Khalid Nasser", "د. خالد ناصر", "male", ("dentistry",), _EVERY_DAY_BUT_FRIDAY,
            (_MORNING, _EVENING), pauses=((time(11), time(11, 30)),), ramadan=((time(21), time(1, 30)),),
            languages=("ar", "en", "ur")),
    _Doctor("Dr. Huda Mansour", "د. هدى منصور", "female", ("pediatrics", "general"), _SUNDAY_TO_THURSDAY,
            (_MORNING, _EVENING)),
    _Doctor("Dr. Yousef Amin", "د. يوسف أمين", "male", ("pediatrics",), _SUNDAY_TO_THURSDAY,
            (_EVENING,), languages=("ar", "en", "fr"), max_age=14),
    _Doctor("Dr. Lina Haddad", "د. لينا حداد", "female", ("gynecology",), _SUNDAY_TO_THURSDAY,
            (_EVENING,), patients_gender="female"),
    _Doctor("Dr. Omar Fahmy", "د. عمر فهمي", "male", ("internal_medicine", "general"), _EVERY_DAY_BUT_FRIDAY,
            (_NIGHT,)),
)  # fmt: skip
_INSURERS = (
    ("bupa", "Bupa", "بوبا"),
    ("tawuniya", "Tawuniya", "التعاونية"),
    ("medgulf", "MedGulf", "ميدغلف"),
    ("malath", "Malath", "ملاذ"),
)
# topic, English, Arabic
_FAQ = (
    ("parking", "There is free parking behind the building; the entrance is from the side street.",
     "يوجد موقف مجاني خلف المبنى، والدخول من الشارع الجانبي."),
    ("payment", "You can pay in cash, by card or by Apple Pay at reception.",
     "الدفع في الاستقبال نقدًا أو بالبطاقة أو Apple Pay."),
    ("first_visit", "Please bring an ID (and your insurance card if you use one) and come 10 minutes early to open a file.",
     "أحضر الهوية (وبطاقة التأمين إن وُجدت) واحضر قبل الموعد بعشر دقائق لفتح الملف."),
    ("preparation", "It depends on the visit: reception will tell you what to do before it. For most visits there is nothing to prepare.",
     "يعتمد ذلك على الزيارة، والاستقبال يخبرك بما يلزم. معظم الزيارات لا تحتاج تحضيرًا."),
    ("results_time", "Most results are ready within 2 working days. We write to you when yours are.",
     "أغلب النتائج تجهز خلال يومي عمل، ونكتب لك عندما تجهز نتيجتك."),
    ("children", "Yes, we see children from birth to 14 years in Pediatrics, and children are welcome in the waiting room.",
     "نعم، نستقبل الأطفال من الولادة حتى 14 سنة في عيادة الأطفال، والأطفال مرحب بهم في الانتظار."),
    ("walk_in", "Yes, you may come without an appointment, but patients with one go first. Booking here takes a minute.",
     "نعم، يمكنك الحضور بدون موعد، لكن الأولوية لأصحاب المواعيد. والحجز هنا يأخذ دقيقة."),
    ("telehealth", "We do not offer video visits at the moment; all visits are at the clinic.",
     "لا نقدم حاليًا زيارات بالفيديو، كل الزيارات في العيادة."),
    ("cancellation_policy", "Cancelling is free. Please tell us at least 3 hours before, so that somebody else can have the time.",
     "الإلغاء مجاني. نرجو إخبارنا قبل الموعد بثلاث ساعات على الأقل ليستفيد غيرك من الوقت."),
    ("vaccination", "We give the national schedule's vaccines and the flu vaccine in Pediatrics and General medicine.",
     "نقدم تطعيمات الجدول الوطني وتطعيم الإنفلونزا في عيادتي الأطفال والطب العام."),
    ("privacy", "Only the staff who care for you see your messages and your file. We never share them with others.",
     "لا يرى رسائلك وملفك إلا من يعتني بك من الفريق، ولا نشاركها مع أحد."),
)  # fmt: skip


def demo_clinic_id(phone_number_id: str) -> str:
    """The same number always stands for the same demo clinic."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"istiqbal-demo:{phone_number_id}"))


def seed_demo(
    conn: Connection, phone_number_id: str, business_account_id: str, today: Optional[date] = None
) -> DemoClinic:
    """Make the demo clinic behind this number unless the number has a clinic; again changes nothing.

    Holidays and Ramadan are those of the year of `today` (absent: the machine's) and of the next.
    """
    existing = conn.execute(
        select(whatsapp_numbers.c.clinic_id).where(whatsapp_numbers.c.phone_number_id == phone_number_id)
    ).scalar_one_or_none()
    if existing is not None:
        return DemoClinic(existing, phone_number_id)
    clinic = DemoClinic(demo_clinic_id(phone_number_id), phone_number_id)
    conn.execute(
        insert(clinics).values(
            id=clinic.id,
            name_en="Noor Clinics",
            name_ar="عيادات نور",
            country="SA",
            timezone="Asia/Riyadh",
            currency="SAR",
            emergency_number="997",
            address_en="King Abdulaziz Road, Al Yasmin, Riyadh, 2nd floor",
            address_ar="طريق الملك عبدالعزيز، حي الياسمين، الرياض، الدور الثاني",
            latitude=24.8136,
            longitude=46.6453,
            map_url="https://maps.example/noor-clinics",
            phone="+966 11 000 0000",
        )
    )
    conn.execute(
        insert(whatsapp_numbers).values(
            phone_number_id=phone_number_id,
            clinic_id=clinic.id,
            display_phone_number=clinic.display_phone_number,
            business_account_id=business_account_id,
        )
    )
    _seed_schedule(conn, clinic.id)
    _seed_calendar(conn, clinic.id, today or date.today())
    conn.execute(
        insert(insurers),
        [{"clinic_id": clinic.id, "code": code, "name_en": en, "name_ar": ar} for code, en, ar in _INSURERS],
    )
    conn.execute(
        insert(faq_answers),
        [
            {"clinic_id": clinic.id, "topic": topic, "language": language, "text": text}
            for topic, english, arabic in _FAQ
            for language, text in (("en", english), ("ar", arabic))
        ],
    )
    return clinic


def _seed_schedule(conn: Connection, clinic_id: str) -> None:
    ids = {}
    for position, (code, english, arabic, minutes, price) in enumerate(_SPECIALTIES):
        ids[code] = conn.execute(
            insert(specialties)
            .values(
                clinic_id=clinic_id,
                code=code,
                name_en=english,
                name_ar=arabic,
                minutes=minutes,
                price=price,
                position=position,
            )
            .returning(specialties.c.id)
        ).scalar_one()
    for doctor in _DOCTORS:
        _seed_doctor(conn, clinic_id, doctor, ids)
    conn.execute(
        insert(services),
        [
            {
                "clinic_id": clinic_id,
                "specialty_id": ids[specialty],
                "code": code,
                "name_en": english,
                "name_ar": arabic,
                "minutes": minutes,
                "price": price,
                "aliases": list(aliases),
                "position": position,
            }
            for position, (specialty, code, english, arabic, minutes, price, aliases) in enumerate(_SERVICES)
        ],
    )


def _seed_doctor(conn: Connection, clinic_id: str, doctor: _Doctor, specialty_ids: dict[str, str]) -> None:
    practitioner_id = conn.execute(
        insert(practitioners)
        .values(
            clinic_id=clinic_id,
            name_en=doctor.name_en,
            name_ar=doctor.name_ar,
            gender=doctor.gender,
            languages=list(doctor.languages),
            max_age=doctor.max_age,
            patients_gender=doctor.patients_gender,
        )
        .returning(practitioners.c.id)
    ).scalar_one()
    conn.execute(
        insert(practitioner_specialties),
        [
            {"clinic_id": clinic_id, "practitioner_id": practitioner_id, "specialty_id": specialty_ids[code]}
            for code in doctor.specialties
        ],
    )
    weeks = (
        ("work", "usual", doctor.sessions),
        ("break", "usual", doctor.pauses),
        ("work", "ramadan", doctor.ramadan),
    )
    conn.execute(
        insert(working_hours),
        [
            {
                "clinic_id": clinic_id,
                "practitioner_id": practitioner_id,
                "weekday": weekday,
                "start_time": start,
                "end_time": end,
                "kind": kind,
                "season": season,
            }
            for kind, season, stretches in weeks
            for weekday in doctor.weekdays
            for start, end in stretches
        ],
    )


def _seed_calendar(conn: Connection, clinic_id: str, today: date) -> None:
    clinic = load_clinic(conn, clinic_id)
    for year in (today.year, today.year + 1):
        seed_holidays(conn, clinic, year)
        seed_ramadan(conn, clinic, year)
