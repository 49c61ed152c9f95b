"""Appointments: how a row is read, and whom and what it means. appointment_writing.py writes them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Optional

from imports.appointment_record import AppointmentRow
from imports.appointment_writing import write
from imports.job import Job
from imports.kind import Column, Kind
from imports.problems import BadValue
from imports.rows import Cells
from imports.values import (
    APPOINTMENT_STATUSES,
    on_wall_clock,
    read_clock,
    read_day,
    read_moment,
    read_name,
    read_phone,
    read_start,
    read_whole,
    read_word,
    read_words,
)

COLUMNS = (
    Column("id", "the practice's own id; the key when the list comes again", ("appointment id", "appointment no", "رقم الموعد", "المعرف")),
    Column("practitioner", "the practice's id of the practitioner, ours, or the name", ("doctor", "practitioner id", "doctor id", "الطبيب", "اسم الطبيب", "رقم الطبيب")),
    Column("specialty", "code or name; not needed where the practitioner has one", ("speciality", "department", "التخصص", "العيادة")),
    Column("service", "code or name", ("الخدمة",)),
    Column("patient", "the practice's id of the patient, or ours", ("patient id", "file number", "file no", "mrn", "رقم المريض", "رقم الملف", "الملف")),
    Column("name", "the patient's name, with the phone in place of an id", ("patient name", "full name", "الاسم", "اسم المريض", "المريض")),
    Column("phone", "the number of the patient, with the name", ("mobile", "mobile number", "phone number", "الجوال", "رقم الجوال", "الهاتف", "رقم الهاتف", "الموبايل")),
    Column("start", "day and time on the clinic's clock", ("starts at", "appointment time", "date and time", "datetime", "الموعد", "وقت الموعد", "التاريخ والوقت")),
    Column("date", "the day, when the time has its own column", ("day", "appointment date", "التاريخ", "اليوم", "تاريخ الموعد")),
    Column("time", "the time of day", ("hour", "الوقت", "الساعة")),
    Column("minutes", "how long; otherwise as the service or specialty has it", ("duration", "length", "المدة", "الدقائق", "المدة بالدقائق")),
    Column("end", "a time of day, or day and time", ("ends at", "until", "to", "النهاية", "إلى")),
    Column("status", "booked (default), confirmed, arrived, fulfilled, noshow, cancelled", ("state", "الحالة")),
)  # fmt: skip
LONGEST_MINUTES = 12 * 60
# How long before its start a patient can be there.
EARLIEST_ARRIVAL = timedelta(hours=12)


def read(cells: Cells, job: Job) -> AppointmentRow:
    start = _start(cells, job)
    status = cells.read("status", lambda text: read_word(text, APPOINTMENT_STATUSES, "status_unreadable")) or "booked"
    if start is not None:
        early = EARLIEST_ARRIVAL if status == "arrived" else timedelta(0)
        if status in ("arrived", "fulfilled", "noshow") and start - early > job.now:
            cells.refuse("status", "status_early")
    if not cells.given("patient"):
        for name in ("name", "phone"):
            if not cells.given(name):
                cells.refuse(name, "patient_missing")
    return AppointmentRow(
        line=cells.line,
        external_id=cells.read("id", read_words),
        practitioner=cells.need("practitioner", read_words) or "",
        specialty=cells.read("specialty", read_words),
        service=cells.read("service", read_words),
        patient=cells.read("patient", read_words),
        name=cells.read("name", read_name),
        wa_id=cells.read("phone", lambda text: read_phone(text, job.country)),
        start=start or job.now,
        end=_end(cells, job, start) if start else None,
        status=status,
    )


def _start(cells: Cells, job: Job) -> Optional[datetime]:
    if cells.given("start") or not cells.given("date"):
        return cells.need("start", lambda text: read_moment(text, job.zone))
    day, clock = cells.need("date", read_day), cells.need("time", read_start)
    if day is None or clock is None:
        return None
    return cells.read("time", lambda _: on_wall_clock(day, clock, job.zone))


def _end(cells: Cells, job: Job, start: datetime) -> Optional[datetime]:
    minutes = cells.read("minutes", lambda text: read_whole(text, 1, LONGEST_MINUTES))
    if minutes is not None:
        return start + timedelta(minutes=minutes)
    end = cells.read("end", lambda text: _end_after(text, job, start))
    if end is not None and not start < end <= start + timedelta(minutes=LONGEST_MINUTES):
        cells.refuse("end", "end_odd")
    return end


def _end_after(text: str, job: Job, start: datetime) -> datetime:
    """A time of day is the next one after the start."""
    try:
        clock = read_clock(text)
    except BadValue:
        return read_moment(text, job.zone)
    day = start.astimezone(job.zone).date()
    end = on_wall_clock(day, clock, job.zone)
    return end if end > start else on_wall_clock(day + timedelta(days=1), clock, job.zone)


APPOINTMENTS: Kind[AppointmentRow] = Kind(
    "appointments", COLUMNS, (("practitioner",), ("start", "date"), ("patient", "phone")), read, write
)
