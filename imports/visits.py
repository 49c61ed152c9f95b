"""Visits that took place, of the years before us too."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any, Optional, Sequence

from sqlalchemy import insert, select, update

from clinic.database.tables import encounters
from imports.job import Job
from imports.kind import Column, Kind
from imports.known import Patients, Practitioners
from imports.problems import BadValue
from imports.report import CREATED, UNCHANGED, UPDATED, Report
from imports.rows import Cells
from imports.values import VISIT_KINDS, read_past_day, read_word, read_words

COLUMNS = (
    Column("id", "the practice's own id; the key when the list comes again", ("visit id", "visit no", "encounter id", "رقم الزيارة", "المعرف")),
    Column("patient", "the practice's id of the patient, or ours", ("patient id", "file number", "file no", "mrn", "المريض", "رقم المريض", "رقم الملف", "الملف")),
    Column("doctor", "the practice's id of the practitioner, ours, or the name", ("practitioner", "practitioner id", "doctor id", "الطبيب", "اسم الطبيب", "رقم الطبيب")),
    Column("date", "the day", ("visit date", "visited on", "day", "التاريخ", "تاريخ الزيارة", "اليوم")),
    Column("kind", "single (default), follow_up, chronic", ("type", "visit type", "نوع الزيارة", "النوع")),
)  # fmt: skip
SLICE = 5_000


@dataclass(frozen=True)
class VisitRow:
    line: int
    external_id: Optional[str]
    patient: str
    doctor: Optional[str]
    day: date
    kind: str


@dataclass(frozen=True)
class MeantVisit:
    """The same, with our ids."""

    line: int
    external_id: Optional[str]
    patient_id: str
    practitioner_id: Optional[str]
    specialty_id: Optional[str]
    day: date
    kind: str

    @property
    def same_day(self) -> tuple[str, Optional[str], date]:
        return (self.patient_id, self.practitioner_id, self.day)


def read(cells: Cells, job: Job) -> VisitRow:
    return VisitRow(
        cells.line,
        cells.read("id", read_words),
        cells.need("patient", read_words) or "",
        cells.read("doctor", read_words),
        cells.need("date", lambda text: read_past_day(text, job.today)) or job.today,
        cells.read("kind", lambda text: read_word(text, VISIT_KINDS, "visit_kind_unreadable")) or "single",
    )


def write(job: Job, rows: Sequence[VisitRow], report: Report) -> None:
    meant = _understand(job, rows, report)
    seen: dict[Any, int] = {}
    for start in range(0, len(meant), SLICE):
        part = []
        for one in meant[start : start + SLICE]:
            key = one.external_id or (*one.same_day, one.kind)
            if key in seen:
                report.refuse(one.line, BadValue("row_double", "id" if one.external_id else "", other=seen[key]))
            else:
                seen[key] = one.line
                part.append(one)
        _write_part(job, part, report)
        job.progress("writing", start + len(part), len(meant))
    job.progress("writing", len(meant), len(meant))


def _understand(job: Job, rows: Sequence[VisitRow], report: Report) -> list[MeantVisit]:
    practitioners, patients = Practitioners(job), Patients(job, (row.patient for row in rows), ())
    meant = []
    for row in rows:
        try:
            doctor = _doctor(practitioners, row.doctor)
            patient_id = patients.by_id(row.patient).id
        except BadValue as error:
            report.refuse(row.line, error)
            continue
        offered = practitioners.specialties.get(doctor or "", [])
        specialty_id = offered[0] if len(offered) == 1 else None
        meant.append(MeantVisit(row.line, row.external_id, patient_id, doctor, specialty_id, row.day, row.kind))
    return meant


def _doctor(practitioners: Practitioners, named: Optional[str]) -> Optional[str]:
    """Raises BadValue, under the name that this kind has for the column."""
    try:
        return practitioners.find(named) if named else None
    except BadValue as error:
        raise BadValue(error.code, "doctor", **error.details) from None


def _write_part(job: Job, part: Sequence[MeantVisit], report: Report) -> None:
    there = _Recorded(job, part)
    new: list[tuple[str, MeantVisit]] = []
    for one in part:
        found = there.match(one)
        if found is None:
            new.append((str(uuid.uuid4()), one))
        else:
            _bring_up(job, one, found, report)
    if new:
        job.conn.execute(insert(encounters), [_values(job, id, one) for id, one in new])
    for id, one in new:
        report.settle(one.line, CREATED, id)


def _values(job: Job, id: str, one: MeantVisit) -> dict[str, Any]:
    return {
        "id": id,
        "clinic_id": job.clinic_id,
        "patient_id": one.patient_id,
        "practitioner_id": one.practitioner_id,
        "specialty_id": one.specialty_id,
        "visited_on": one.day,
        "kind": one.kind,
        "external_id": one.external_id,
        "created_at": job.now,
    }


class _Recorded:
    """Visits on record that rows may mean."""

    def __init__(self, job: Job, part: Sequence[MeantVisit]) -> None:
        self._by_id: dict[str, Any] = {}
        self._by_day: dict[tuple[str, Optional[str], date], list[Any]] = {}
        ids = [one.external_id for one in part if one.external_id]
        if ids:
            for row in job.conn.execute(_of_clinic(job).where(encounters.c.external_id.in_(ids))):
                self._by_id[row.external_id] = row
        patient_ids = {one.patient_id for one in part}
        days = {one.day for one in part}
        if part:
            query = _of_clinic(job).where(encounters.c.patient_id.in_(patient_ids), encounters.c.visited_on.in_(days))
            for row in job.conn.execute(query):
                self._by_day.setdefault((row.patient_id, row.practitioner_id, row.visited_on), []).append(row)

    def match(self, one: MeantVisit) -> Any:
        """By the practice's id; one that the desk recorded itself gets its id from the list.

        Without an id by patient, doctor, day and kind. None: a new one.
        """
        if one.external_id in self._by_id:
            return self._by_id[one.external_id]
        same_day = self._by_day.get(one.same_day, [])
        for row in same_day:
            if (row.external_id is None) if one.external_id else (row.kind == one.kind):
                same_day.remove(row)
                return row
        return None


def _of_clinic(job: Job) -> Any:
    return select(encounters).where(encounters.c.clinic_id == job.clinic_id)


def _bring_up(job: Job, one: MeantVisit, there: Any, report: Report) -> None:
    told = {"patient_id": one.patient_id, "visited_on": one.day, "kind": one.kind}
    if one.practitioner_id:
        told["practitioner_id"] = one.practitioner_id
    if one.external_id:
        told["external_id"] = one.external_id
    changed = {name: value for name, value in told.items() if getattr(there, name) != value}
    if changed.get("practitioner_id"):
        changed["specialty_id"] = one.specialty_id
    if changed:
        job.conn.execute(
            update(encounters)
            .where(encounters.c.id == there.id, encounters.c.clinic_id == job.clinic_id)
            .values(**changed)
        )
    report.settle(one.line, UPDATED if changed else UNCHANGED, there.id)


VISITS: Kind[VisitRow] = Kind("visits", COLUMNS, (("patient",), ("date",)), read, write)
