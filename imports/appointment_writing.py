"""Appointments on their way into the database. Law 2 stands: its exclusion constraint has the last word on each row."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any, Iterable, Optional, Sequence

from psycopg2.errorcodes import EXCLUSION_VIOLATION
from psycopg2.extras import DateTimeTZRange
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from clinic.attendance import UNDOABLE, mark_note, record_seen
from clinic.database.tables import appointment_events, appointments, freed_slots
from clinic.tasks import open_task
from imports.appointment_history import Known, decide, filled, load_known
from imports.appointment_record import AppointmentRow, Meant
from imports.job import Job
from imports.known import Patients, Practitioners, Services, Specialties
from imports.problems import BadValue
from imports.report import CREATED, UNCHANGED, UPDATED, Report

CHUNK = 500


def write(job: Job, rows: Sequence[AppointmentRow], report: Report) -> None:
    meant = _refuse_restated(_refuse_overlaps(_refuse_doubles(_understand(job, rows, report), report), report), report)
    known = load_known(job, meant)
    new: list[Meant] = []
    # What is cancelled makes room first.
    for one in sorted(meant, key=lambda one: (one.live, one.line)):
        there = known.of(one)
        if there is None:
            new.append(one)
        else:
            _bring_up(job, filled(one, there), there, report)
    for start in range(0, len(new), CHUNK):
        _add_chunk(job, new[start : start + CHUNK], report)
        job.progress("writing", start, len(new))
    job.progress("writing", len(meant), len(meant))


def _understand(job: Job, rows: Sequence[AppointmentRow], report: Report) -> list[Meant]:
    finder = _Finder(job, rows)
    meant = []
    for row in rows:
        try:
            meant.append(finder.meant_by(row))
        except BadValue as error:
            report.refuse(row.line, error)
    return meant


class _Finder:
    """Whom and what rows mean."""

    def __init__(self, job: Job, rows: Sequence[AppointmentRow]) -> None:
        self._practitioners, self._specialties, self._services = Practitioners(job), Specialties(job), Services(job)
        self._patients = Patients(
            job,
            (row.patient for row in rows if row.patient),
            (row.wa_id for row in rows if row.wa_id and not row.patient),
        )

    def meant_by(self, row: AppointmentRow) -> Meant:
        """Raises BadValue."""
        practitioner_id = self._practitioners.find(row.practitioner)
        service = self._services.find(row.service) if row.service else None
        specialty = self._specialty(row, practitioner_id, service.specialty_id if service else None)
        if row.patient:
            patient = self._patients.by_id(row.patient)
        else:
            patient = self._patients.by_number(row.wa_id or "", row.name or "")
        minutes = service.minutes if service else specialty.minutes
        return Meant(
            line=row.line,
            external_id=row.external_id,
            practitioner_id=practitioner_id,
            specialty_id=specialty.id,
            service_id=service.id if service else None,
            patient_id=patient.id,
            contact_id=patient.contact_id,
            start=row.start,
            end=row.end or row.start + timedelta(minutes=minutes),
            status=row.status,
            end_told=row.end is not None,
        )

    def _specialty(self, row: AppointmentRow, practitioner_id: str, of_service: Optional[str]) -> Any:
        offered = self._practitioners.specialties.get(practitioner_id, [])
        if row.specialty:
            named = self._specialties.find(row.specialty)
            if named is None:
                raise BadValue("specialty_unknown", "specialty", named=row.specialty)
            wanted = named.id
        else:
            wanted = of_service or (offered[0] if len(offered) == 1 else "")
        if not wanted:
            raise BadValue("specialty_open", "specialty")
        if of_service and wanted != of_service:
            raise BadValue("service_elsewhere", "service")
        if wanted not in offered:
            raise BadValue("specialty_not_offered", "specialty")
        return self._specialties.by_id[wanted]


def _refuse_doubles(meant: Iterable[Meant], report: Report) -> list[Meant]:
    seen: dict[str, int] = {}
    kept = []
    for one in meant:
        if one.external_id and one.external_id in seen:
            report.refuse(one.line, BadValue("row_double", "id", other=seen[one.external_id]))
            continue
        if one.external_id:
            seen[one.external_id] = one.line
        kept.append(one)
    return kept


def _refuse_restated(meant: Sequence[Meant], report: Report) -> list[Meant]:
    """Without ids, rows of one practitioner, start and patient are one appointment: the live one, else the first."""
    seen: dict[Any, int] = {}
    kept = []
    for one in sorted(meant, key=lambda one: not one.live):
        key = (one.practitioner_id, one.start, one.patient_id)
        if one.external_id is None and seen.setdefault(key, one.line) != one.line:
            report.refuse(one.line, BadValue("row_double", "start", other=seen[key]))
        else:
            kept.append(one)
    return kept


def _refuse_overlaps(meant: Sequence[Meant], report: Report) -> list[Meant]:
    """Of two in the list that overlap nobody knows which is right: both are refused."""
    refused: set[int] = set()
    longest: dict[str, Meant] = {}  # that began so far, the one that ends last
    for one in sorted((one for one in meant if one.live), key=lambda one: (one.start, one.line)):
        before = longest.get(one.practitioner_id)
        if before is not None and one.start < before.end:
            report.refuse(one.line, BadValue("overlap_line", "start", other=before.line))
            report.refuse(before.line, BadValue("overlap_line", "start", other=one.line))
            refused |= {one.line, before.line}
        if before is None or one.end > before.end:
            longest[one.practitioner_id] = one
    return [one for one in meant if one.line not in refused]


def _bring_up(job: Job, one: Meant, there: Known, report: Report) -> None:
    """The row of an appointment that we have."""
    try:
        changed = decide(one, there)
    except BadValue as error:
        report.refuse(one.line, error)
        return
    if not changed:
        if there.differs(one):
            report.remark(one.line, "kept_ours")
        report.settle(one.line, UNCHANGED, there.id)
        return
    if "patient_id" in changed:
        changed["contact_id"] = one.contact_id
    if changed.get("status") == "cancelled":
        changed.update(cancelled_by="clinic", cancelled_reason=job.actor)
    elif there.status == "cancelled" and "status" in changed:
        changed.update(cancelled_by=None, cancelled_reason=None)
    try:
        with job.conn.begin_nested():
            _make_room(job, [one])
            job.conn.execute(
                update(appointments)
                .where(appointments.c.id == there.id, appointments.c.clinic_id == job.clinic_id)
                .values(**changed, updated_at=job.now)
            )
    except IntegrityError as error:
        report.refuse(one.line, _overlap(job, one, there.id, error))
        return
    status = changed.get("status", there.status)
    moved = "during" in changed or "practitioner_id" in changed
    note = mark_note(there.status) if "status" in changed and status in UNDOABLE else "moved" if moved else None
    _record(job, [(there.id, status, one, note)])
    if status == "fulfilled" and "status" in changed:
        record_seen(job.conn, job.clinic_id, there.id)
    left = there.status != "cancelled" and (moved or status == "cancelled")
    if left and there.during.lower > job.now:
        freed = {"practitioner_id": there.practitioner_id, "during": there.during}
        job.conn.execute(insert(freed_slots).values(clinic_id=job.clinic_id, created_at=job.now, **freed))
        if status == "cancelled" or (there.practitioner_id, there.during.lower) != (one.practitioner_id, one.start):
            # A list tells no patient: somebody does.
            open_task(job.conn, job.clinic_id, "call_patient", job.now, appointment_id=there.id)
    report.settle(one.line, UPDATED, there.id)


def _add_chunk(job: Job, chunk: Sequence[Meant], report: Report) -> None:
    """All at once; if one does not fit, one by one, so that each is told its own fault."""
    try:
        with job.conn.begin_nested():
            added = _add(job, chunk)
    except IntegrityError as error:
        if len(chunk) == 1:
            report.refuse(chunk[0].line, _overlap(job, chunk[0], None, error))
            return
        for one in chunk:
            _add_chunk(job, [one], report)
        return
    for one, id in added:
        report.settle(one.line, CREATED, id)


def _add(job: Job, chunk: Sequence[Meant]) -> list[tuple[Meant, str]]:
    _make_room(job, chunk)
    added = [(one, str(uuid.uuid4())) for one in chunk]
    job.conn.execute(
        insert(appointments),
        [
            {
                "id": id,
                "clinic_id": job.clinic_id,
                "external_id": one.external_id,
                "contact_id": one.contact_id,
                "source": job.actor,
                "cancelled_by": None if one.live else "clinic",
                "cancelled_reason": None if one.live else job.actor,
                "created_at": job.now,
                "updated_at": job.now,
                **one.values,
            }
            for one, id in added
        ],
    )
    _record(job, [(id, one.status, one, None) for one, id in added])
    return added


def _make_room(job: Job, chunk: Sequence[Meant]) -> None:
    """Holds that ran out are in nobody's way."""
    practitioner_ids = {one.practitioner_id for one in chunk if one.live}
    if practitioner_ids:
        job.conn.execute(
            delete(appointments).where(
                appointments.c.clinic_id == job.clinic_id,
                appointments.c.practitioner_id.in_(practitioner_ids),
                appointments.c.status == "proposed",
                appointments.c.hold_expires_at <= job.now,
            )
        )


def _record(job: Job, changes: Sequence[tuple[str, str, Meant, Optional[str]]]) -> None:
    job.conn.execute(
        insert(appointment_events),
        [
            {
                "clinic_id": job.clinic_id,
                "appointment_id": id,
                "status": status,
                "actor": job.actor,
                "note": note,
                "during": one.during,
                "created_at": job.now,
            }
            for id, status, one, note in changes
        ],
    )


def _overlap(job: Job, one: Meant, own_id: Optional[str], error: IntegrityError) -> BadValue:
    """What the row runs into, by its own id and time. Raises `error` if it was something else."""
    if getattr(error.orig, "pgcode", None) != EXCLUSION_VIOLATION:
        raise error
    query = select(appointments.c.id, appointments.c.external_id, appointments.c.status, appointments.c.during).where(
        appointments.c.clinic_id == job.clinic_id,
        appointments.c.practitioner_id == one.practitioner_id,
        appointments.c.status != "cancelled",
        appointments.c.during.op("&&")(one.during),
    )
    if own_id is not None:
        query = query.where(appointments.c.id != own_id)
    other = job.conn.execute(query.order_by(appointments.c.starts_at).limit(1)).one()
    if other.status == "proposed":
        return BadValue("overlap_hold", "start")
    return BadValue("overlap_known", "start", id=other.external_id or other.id, when=_spoken(job, other.during))


def _spoken(job: Job, during: DateTimeTZRange) -> str:
    start, end = (moment.astimezone(job.zone) for moment in (during.lower, during.upper))
    return f"{start:%Y-%m-%d %H:%M}-{end:%H:%M}"
