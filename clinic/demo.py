"""A made-up clinic in Riyadh, for `make run`, tests and the first look around. Every person in it is invented."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import time

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from clinic.database.tables import (
    clinics,
    faq_answers,
    insurers,
    practitioner_specialties,
    practitioners,
    specialties,
    whatsapp_numbers,
    working_hours,
)

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
# English, Arabic, gender, specialties, sessions
_MORNING, _EVENING, _NIGHT = (time(9), time(13)), (time(16), time(21)), (time(20), time(1))
_SUNDAY_TO_THURSDAY = (6, 0, 1, 2, 3)
_EVERY_DAY_BUT_FRIDAY = (5, *_SUNDAY_TO_THURSDAY)
_PRACTITIONERS = (
    ("Dr. Sara Alharbi", "د. سارة الحربي", "female", ("dermatology",), _SUNDAY_TO_THURSDAY, (_MORNING, _EVENING)),
    ("Dr. Khalid Nasser", "د. خالد ناصر", "male", ("dentistry",), _EVERY_DAY_BUT_FRIDAY, (_MORNING, _EVENING)),
    ("Dr. Huda Mansour", "د. هدى منصور", "female", ("pediatrics", "general"), _SUNDAY_TO_THURSDAY, (_MORNING, _EVENING)),
    ("Dr. Lina Haddad", "د. لينا حداد", "female", ("gynecology",), _SUNDAY_TO_THURSDAY, (_EVENING,)),
    ("Dr. Omar Fahmy", "د. عمر فهمي", "male", ("internal_medicine", "general"), _EVERY_DAY_BUT_FRIDAY, (_NIGHT,)),
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


def seed_demo(conn: Connection, phone_number_id: str, business_account_id: str) -> DemoClinic:
    """Make the demo clinic behind this number unless the number has a clinic; again changes nothing."""
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
    for english, arabic, gender, codes, weekdays, sessions in _PRACTITIONERS:
        practitioner_id = conn.execute(
            insert(practitioners)
            .values(clinic_id=clinic_id, name_en=english, name_ar=arabic, gender=gender)
            .returning(practitioners.c.id)
        ).scalar_one()
        conn.execute(
            insert(practitioner_specialties),
            [{"clinic_id": clinic_id, "practitioner_id": practitioner_id, "specialty_id": ids[code]} for code in codes],
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
                }
                for weekday in weekdays
                for start, end in sessions
            ],
        )
