"""Patients: how a row is read. patient_writing.py writes them."""

from __future__ import annotations

from datetime import time
from typing import Optional

from imports.job import Job
from imports.kind import Column, Kind
from imports.patient_record import Consent, PatientRow
from imports.patient_writing import write
from imports.problems import BadValue
from imports.rows import Cells
from imports.values import (
    RELATIONSHIPS,
    on_wall_clock,
    read_birth_date,
    read_gender,
    read_list,
    read_name,
    read_past_day,
    read_patient_language,
    read_phone,
    read_whole,
    read_word,
    read_words,
    read_yes_no,
)

COLUMNS = (
    Column("id", "the practice's own id; the key when the list comes again", ("patient id", "file number", "file no", "mrn", "رقم المريض", "رقم الملف", "الملف", "المعرف")),
    Column("name", "the full name", ("patient", "patient name", "full name", "الاسم", "اسم المريض", "المريض", "الاسم الكامل")),
    Column("phone", "the WhatsApp number, in any notation", ("mobile", "mobile number", "phone number", "whatsapp", "tel", "telephone", "cell", "الجوال", "رقم الجوال", "الهاتف", "رقم الهاتف", "الموبايل", "واتساب", "رقم الواتساب")),
    Column("birth_date", "ISO, day first, or Hijri", ("date of birth", "dob", "birthday", "born", "تاريخ الميلاد", "الميلاد", "تاريخ الولادة")),
    Column("gender", "male, female, other, unknown", ("sex", "الجنس", "النوع")),
    Column("language", "Arabic or English: what we write in", ("preferred language", "lang", "اللغة", "لغة التواصل")),
    Column("conditions", "as the clinic names them, divided by |", ("condition", "chronic conditions", "diagnoses", "الأمراض", "الأمراض المزمنة", "الحالات")),
    Column("children", "how many", ("number of children", "عدد الأطفال", "الأطفال", "عدد الأبناء")),
    Column("deceased", "yes or no", ("dead", "متوفى", "متوفي")),
    Column("relationship", "what the patient is to the owner of the number: self (default), child, spouse, parent, other", ("relation", "صلة القرابة", "القرابة", "العلاقة")),
    Column("consent_care", "yes or no: messages about their care", ("care consent", "موافقة الرعاية", "الموافقة على الرسائل")),
    Column("consent_care_source", "where they said so", ("care consent source", "مصدر موافقة الرعاية")),
    Column("consent_care_date", "when they said so", ("care consent date", "تاريخ موافقة الرعاية")),
    Column("consent_marketing", "yes or no: news and offers", ("marketing consent", "موافقة التسويق", "الموافقة على التسويق")),
    Column("consent_marketing_source", "where they said so", ("marketing consent source", "مصدر موافقة التسويق")),
    Column("consent_marketing_date", "when they said so", ("marketing consent date", "تاريخ موافقة التسويق")),
    Column("consent_source", "where, when it is the same for both", ("مصدر الموافقة",)),
    Column("consent_date", "when, when it is the same for both", ("تاريخ الموافقة",)),
)  # fmt: skip
MOST_CHILDREN = 50


def read(cells: Cells, job: Job) -> PatientRow:
    external_id, phone_given = cells.read("id", read_words), cells.given("phone")
    wa_id = cells.read("phone", lambda text: read_phone(text, job.country))
    if not cells.given("id") and not phone_given:
        cells.refuse("phone", "no_key")
    return PatientRow(
        line=cells.line,
        external_id=external_id,
        name=cells.need("name", read_name, "no_name") or "",
        wa_id=wa_id,
        birth_date=cells.read("birth_date", lambda text: read_birth_date(text, job.today)),
        gender=cells.read("gender", read_gender),
        language=cells.read("language", read_patient_language),
        conditions=cells.read("conditions", lambda text: read_list(text.replace(",", "|"))),
        children=cells.read("children", lambda text: read_whole(text, 0, MOST_CHILDREN)),
        deceased=cells.read("deceased", read_yes_no),
        relationship=cells.read("relationship", lambda text: read_word(text, RELATIONSHIPS, "relationship_unreadable")),
        consents=tuple(
            consent
            for purpose in ("care", "marketing")
            if (consent := _consent(cells, job, purpose, phone_given)) is not None
        ),
    )


def _consent(cells: Cells, job: Job, purpose: str, phone_given: bool) -> Optional[Consent]:
    """A word without its source and day proves nothing: then it is bad, and never half kept."""
    name = f"consent_{purpose}"
    granted = cells.read(name, read_yes_no)
    if granted is None:
        return None
    source = cells.need(_own_or_shared(cells, name, "source"), read_words, "consent_source")
    day = cells.need(_own_or_shared(cells, name, "date"), lambda text: read_past_day(text, job.today), "consent_date")
    if not phone_given:
        cells.refuse(name, "consent_phone")
    if source is None or day is None:
        return None
    try:
        return Consent(purpose, granted, source, on_wall_clock(day, time(), job.zone))
    except BadValue:  # a zone that skips midnight on that day
        return Consent(purpose, granted, source, on_wall_clock(day, time(12), job.zone))


def _own_or_shared(cells: Cells, name: str, what: str) -> str:
    own = f"{name}_{what}"
    return own if cells.given(own) or not cells.given(f"consent_{what}") else f"consent_{what}"


PATIENTS: Kind[PatientRow] = Kind("patients", COLUMNS, (("name",), ("phone", "id")), read, write)
