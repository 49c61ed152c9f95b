"""Appointments that we have already, and what a list may still say about them after people here changed them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Mapping, Optional, Sequence

from psycopg2.extras import DateTimeTZRange
from sqlalchemy import select, tuple_

from clinic.database.tables import appointment_events, appointments
from imports.appointment_record import Meant
from imports.job import Job
from imports.problems import BadValue

LISTS = ("import", "api")  # actors
# How far a visit has come; a list that knows less does not turn it back.
_PROGRESS = ("booked", "confirmed", "arrived", "fulfilled")
SLICE = 2_000


@dataclass(frozen=True)
class Known:
    """An appointment as it stands. `told`: status and time that a list gave it last, None if it never did."""

    id: str
    practitioner_id: str
    specialty_id: str
    service_id: Optional[str]
    patient_id: str
    during: DateTimeTZRange
    status: str
    told: Optional[tuple[str, DateTimeTZRange]]
    touched: bool  # somebody here had the last word

    def differs(self, one: Meant) -> bool:
        return any(getattr(self, name) != value for name, value in one.values.items())


@dataclass(frozen=True)
class KnownAppointments:
    by_external_id: Mapping[str, Known]
    by_start: Mapping[tuple[str, Any, str], Known]  # practitioner, start, patient

    def of(self, one: Meant) -> Optional[Known]:
        if one.external_id:
            return self.by_external_id.get(one.external_id)
        return self.by_start.get((one.practitioner_id, one.start, one.patient_id))


def filled(one: Meant, there: Known) -> Meant:
    """What the row leaves open stays as it is: the service, and with it how long the visit takes."""
    if one.service_id is not None or one.specialty_id != there.specialty_id:
        return one
    end = one.end if one.end_told else one.start + (there.during.upper - there.during.lower)
    return replace(one, service_id=there.service_id, end=end)


def decide(one: Meant, there: Known) -> dict[str, Any]:
    """What to change. Raises BadValue when the list and the people here each changed it.

    A list that comes again says nothing new: what a patient moved or cancelled since stays as it is.
    """
    changed = {name: value for name, value in one.values.items() if getattr(there, name) != value}
    if not there.touched or not changed:
        return changed
    if there.told == (one.status, one.during):
        return {}
    if (
        there.told is not None
        and _parted(there, there.told)
        and (there.during != one.during or there.status == "cancelled")
    ):
        raise BadValue("changed_here", "start")
    if _further(there.status, one.status):
        changed.pop("status", None)
    return changed


def _parted(there: Known, told: tuple[str, DateTimeTZRange]) -> bool:
    """Whether people here moved or cancelled what the list had told."""
    status, during = told
    return there.during != during or (there.status == "cancelled" and status != "cancelled")


def _further(ours: str, theirs: str) -> bool:
    return ours in _PROGRESS and theirs in _PROGRESS and _PROGRESS.index(ours) > _PROGRESS.index(theirs)


def load_known(job: Job, meant: Sequence[Meant]) -> KnownAppointments:
    """Those that rows may mean: by the practice's id; without one by practitioner, start and patient."""
    by_id, by_start = {}, {}
    for start in range(0, len(meant), SLICE):
        part = meant[start : start + SLICE]
        ids = [one.external_id for one in part if one.external_id]
        if ids:
            for external_id, known in _load(job, appointments.c.external_id.in_(ids)):
                by_id[external_id or ""] = known
        starts = [(one.practitioner_id, one.start) for one in part if not one.external_id]
        if starts:
            condition = tuple_(appointments.c.practitioner_id, appointments.c.starts_at).in_(starts)
            for _, known in _load(job, condition):
                by_start[(known.practitioner_id, known.during.lower, known.patient_id)] = known
    return KnownAppointments(by_id, by_start)


def _load(job: Job, condition: Any) -> list[tuple[Optional[str], Known]]:
    """The live one last: it is the one that counts where several have one start."""
    rows = job.conn.execute(
        select(appointments)
        .where(appointments.c.clinic_id == job.clinic_id, appointments.c.status != "proposed", condition)
        .order_by((appointments.c.status != "cancelled"), appointments.c.created_at)
        .with_for_update()
    ).all()
    told, last = _history(job, [row.id for row in rows])
    return [
        (
            row.external_id,
            Known(
                row.id,
                row.practitioner_id,
                row.specialty_id,
                row.service_id,
                row.patient_id,
                row.during,
                row.status,
                told.get(row.id),
                last.get(row.id) not in LISTS,
            ),
        )
        for row in rows
    ]


def _history(job: Job, ids: Sequence[str]) -> tuple[dict[str, tuple[str, DateTimeTZRange]], dict[str, str]]:
    """What lists said last, and who acted last."""
    told: dict[str, tuple[str, DateTimeTZRange]] = {}
    last: dict[str, str] = {}
    query = (
        select(appointment_events)
        .where(appointment_events.c.clinic_id == job.clinic_id, appointment_events.c.appointment_id.in_(ids))
        .order_by(appointment_events.c.created_at)
    )
    for event in job.conn.execute(query) if ids else ():
        last[event.appointment_id] = event.actor
        if event.actor in LISTS and event.during is not None:
            told[event.appointment_id] = (event.status, event.during)
    return told, last
