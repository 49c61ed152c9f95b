"""What a practice system sees of an appointment: the patient came, was seen, or did not come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Sequence

from sqlalchemy import String, cast, insert, or_, select, update

from clinic.attendance import mark_note, record_seen
from clinic.database.tables import appointment_events, appointments
from clinic.desk_events import notify_desk
from imports.appointments import EARLIEST_ARRIVAL
from imports.job import Job
from imports.kind import Column, Kind
from imports.problems import BadValue
from imports.report import UNCHANGED, UPDATED, Report
from imports.rows import Cells
from imports.values import APPOINTMENT_STATUSES, read_word, read_words

COLUMNS = (
    Column("appointment", "the practice's id of the appointment, or ours"),
    Column("status", "arrived (default), fulfilled, noshow"),
)
STATUSES = ("arrived", "fulfilled", "noshow")


@dataclass(frozen=True)
class ArrivalRow:
    line: int
    appointment: str
    status: str


def read(cells: Cells, job: Job) -> ArrivalRow:
    return ArrivalRow(
        cells.line, cells.need("appointment", read_words) or "", cells.read("status", _read_status) or "arrived"
    )


def _read_status(text: str) -> str:
    status = read_word(text, APPOINTMENT_STATUSES, "arrival_unreadable")
    if status not in STATUSES:
        raise BadValue("arrival_unreadable")
    return status


def write(job: Job, rows: Sequence[ArrivalRow], report: Report) -> None:
    """In the order of the list: arrived and fulfilled of one appointment may come together."""
    there = _locked(job, [row.appointment for row in rows])
    statuses: dict[str, str] = {}
    for row in rows:
        try:
            visit = there[row.appointment]
            status = statuses.get(visit.id, visit.status)
            changes = _changes(job, visit, status, row.status)
        except KeyError:
            report.refuse(row.line, BadValue("appointment_unknown", "appointment"))
            continue
        except BadValue as error:
            report.refuse(row.line, error)
            continue
        if changes:
            _mark(job, visit, row.status, before=status)
            statuses[visit.id] = row.status
        report.settle(row.line, UPDATED if changes else UNCHANGED, visit.id)
    if statuses:
        notify_desk(job.conn, job.clinic_id, "")


def _locked(job: Job, named: Sequence[str]) -> dict[str, Any]:
    """By both ids. A hold is no appointment yet."""
    rows = job.conn.execute(
        select(appointments)
        .where(
            appointments.c.clinic_id == job.clinic_id,
            appointments.c.status != "proposed",
            or_(appointments.c.external_id.in_(named), cast(appointments.c.id, String).in_(named)),
        )
        .order_by(appointments.c.id)
        .with_for_update()
    ).all()
    return {**{row.id: row for row in rows}, **{row.external_id: row for row in rows if row.external_id}}


def _changes(job: Job, visit: Any, status: str, wanted: str) -> bool:
    """Whether it becomes something else. Raises BadValue: cancelled, or before its time."""
    if status == "cancelled":
        raise BadValue("appointment_cancelled", "appointment")
    if visit.starts_at - (EARLIEST_ARRIVAL if wanted == "arrived" else timedelta(0)) > job.now:
        raise BadValue("status_early", "status")
    # Somebody who was seen has arrived: that news comes late.
    return wanted != status and not (status == "fulfilled" and wanted == "arrived")


def _mark(job: Job, visit: Any, status: str, before: str) -> None:
    """As the desk marks it, so that the desk can take it back."""
    job.conn.execute(
        update(appointments)
        .where(appointments.c.id == visit.id, appointments.c.clinic_id == job.clinic_id)
        .values(status=status, updated_at=job.now)
    )
    job.conn.execute(
        insert(appointment_events).values(
            clinic_id=job.clinic_id,
            appointment_id=visit.id,
            status=status,
            actor=job.actor,
            note=mark_note(before),
            during=visit.during,
            created_at=job.now,
        )
    )
    if status == "fulfilled":
        record_seen(job.conn, job.clinic_id, visit.id)


ARRIVALS: Kind[ArrivalRow] = Kind("arrivals", COLUMNS, (("appointment",),), read, write)
