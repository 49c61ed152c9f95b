"""Two patients become one: what hangs on the other moves, blanks are filled, each step is on record."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Optional

from sqlalchemy import Table, delete, func, select, update
from sqlalchemy.engine import Connection

from clinic.database.tables import (
    appointments,
    contact_patients,
    encounters,
    patient_links,
    patients,
    tasks,
    waitlist_entries,
)
from clinic.staff import Staff, record_access
from clinic.waitlist import end_entries

# Consents hang on the contact and stay.
_MOVING: tuple[Table, ...] = (appointments, encounters, waitlist_entries, tasks)
_FILLED = ("language", "children")


class BirthDatesDiffer(Exception):
    """Both have one: which is right is decided first, by a person."""


def merge(
    conn: Connection, member: Staff, kept_id: str, gone_id: str, now: datetime, birth_date: Optional[date] = None
) -> None:
    """The caller holds the clinic's turn and has checked both. Raises BirthDatesDiffer.

    On record (access_events): `merge_patient` once, `merge_move` for each row with its old patient, `merge_fill` for
    each blank, `merge_replace` for a birth date that was found wrong, `merge_end` for a double place in a queue.
    """
    step = _Steps(conn, member, kept_id, gone_id, now)
    kept, gone = _locked(conn, member.clinic_id, kept_id), _locked(conn, member.clinic_id, gone_id)
    step.record("merge_patient", f"patients:{gone_id} into patients:{kept_id}")
    step.fill(kept, gone, _right_birth_date(kept, gone, birth_date))
    step.end_double_places()
    for table in _MOVING:
        step.move(table)
    step.move_contacts()
    step.move_links()
    conn.execute(
        update(patients)
        .where(patients.c.clinic_id == member.clinic_id)
        .where((patients.c.id == gone_id) | (patients.c.merged_into == gone_id))
        .values(merged_into=kept_id)
    )


def _locked(conn: Connection, clinic_id: str, patient_id: str) -> Any:
    """Waits for bookings under way; later ones follow the merge (migration 0003)."""
    query = select(patients).where(patients.c.clinic_id == clinic_id, patients.c.id == patient_id)
    return conn.execute(query.with_for_update()).one()


def _right_birth_date(kept: Any, gone: Any, chosen: Optional[date]) -> Optional[date]:
    known = {kept.birth_date, gone.birth_date} - {None}
    if len(known) < 2:
        return next(iter(known), None)
    if chosen not in known:
        raise BirthDatesDiffer
    return chosen


def _blanks(kept: Any, gone: Any) -> dict[str, Any]:
    """What the other tells and the one who stays does not. Conditions of both hold; a death that is known is known."""
    news = {name: getattr(gone, name) for name in _FILLED if getattr(kept, name) is None}
    if kept.gender in (None, "unknown"):
        news["gender"] = gone.gender or kept.gender
    news["conditions"] = [*kept.conditions, *(one for one in gone.conditions if one not in kept.conditions)]
    news["deceased"] = kept.deceased or gone.deceased
    return {name: value for name, value in news.items() if value != getattr(kept, name)}


class _Steps:
    """What a merge does, one after the other, and writes down."""

    def __init__(self, conn: Connection, member: Staff, kept: str, gone: str, now: datetime) -> None:
        self._conn, self._member, self._kept, self._gone, self._now = conn, member, kept, gone, now
        self._clinic = member.clinic_id

    def record(self, action: str, subject: str) -> None:
        record_access(self._conn, self._member, action, subject, self._now)

    def fill(self, kept: Any, gone: Any, birth_date: Optional[date]) -> None:
        news = _blanks(kept, gone)
        if birth_date != kept.birth_date:
            news["birth_date"] = birth_date
        if not news:
            return
        whose = (patients.c.clinic_id == self._clinic, patients.c.id == self._kept)
        self._conn.execute(update(patients).where(*whose).values(**news))
        for name in news:
            if name == "birth_date" and kept.birth_date is not None:
                self.record("merge_replace", f"patients:{self._kept} birth_date {kept.birth_date.isoformat()}")
            else:
                self.record("merge_fill", f"patients:{self._kept} {name} from patients:{self._gone}")

    def end_double_places(self) -> None:
        """Who waits twice for one specialty keeps the place further ahead."""
        waiting = (
            select(
                waitlist_entries.c.id,
                func.row_number()
                .over(
                    partition_by=waitlist_entries.c.specialty_id,
                    order_by=(waitlist_entries.c.created_at, waitlist_entries.c.id),
                )
                .label("place"),
            )
            .where(
                waitlist_entries.c.clinic_id == self._clinic,
                waitlist_entries.c.status == "waiting",
                waitlist_entries.c.patient_id.in_((self._kept, self._gone)),
            )
            .subquery()
        )
        double = select(waiting.c.id).where(waiting.c.place > 1)
        for id in end_entries(self._conn, self._clinic, "left", self._now, waitlist_entries.c.id.in_(double)):
            self.record("merge_end", f"waitlist_entries:{id}")

    def move(self, table: Table) -> None:
        moved = self._conn.execute(
            update(table)
            .where(table.c.clinic_id == self._clinic, table.c.patient_id == self._gone)
            .values(patient_id=self._kept)
            .returning(table.c.id)
        ).scalars()
        for id in moved.all():
            self.record("merge_move", f"{table.name}:{id} from patients:{self._gone}")

    def move_contacts(self) -> None:
        """Nobody stands twice behind a number; a closer word for what they are to it replaces "other"."""
        whose = contact_patients.c.clinic_id == self._clinic
        known = {
            row.contact_id: row.relationship
            for row in self._conn.execute(
                select(contact_patients).where(whose, contact_patients.c.patient_id == self._kept)
            )
        }
        ties = self._conn.execute(
            delete(contact_patients)
            .where(whose, contact_patients.c.patient_id == self._gone)
            .returning(contact_patients.c.contact_id, contact_patients.c.relationship)
        ).all()
        for contact_id, relationship in ties:
            there = (
                whose & (contact_patients.c.contact_id == contact_id) & (contact_patients.c.patient_id == self._kept)
            )
            tie = f"contact_patients:{contact_id}"
            if contact_id not in known:
                self._conn.execute(
                    contact_patients.insert().values(
                        clinic_id=self._clinic,
                        contact_id=contact_id,
                        patient_id=self._kept,
                        relationship=relationship,
                    )
                )
            elif known[contact_id] == "other" != relationship:
                self._conn.execute(update(contact_patients).where(there).values(relationship=relationship))
                self.record("merge_fill", f"{tie} relationship from patients:{self._gone}")
            self.record("merge_move", f"{tie} {relationship} from patients:{self._gone}")

    def move_links(self) -> None:
        """Doubts about the other are doubts about the one who stays, unless there is a word on that pair already."""
        links = self._conn.execute(
            select(patient_links.c.id, patient_links.c.patient_id, patient_links.c.other_patient_id).where(
                patient_links.c.clinic_id == self._clinic,
                (patient_links.c.patient_id.in_((self._kept, self._gone)))
                | (patient_links.c.other_patient_id.in_((self._kept, self._gone))),
            )
        ).all()
        both = {self._kept, self._gone}
        about = {link.id: ({link.patient_id, link.other_patient_id} - both) for link in links}
        known = {
            person
            for link in links
            if self._kept in (link.patient_id, link.other_patient_id)
            for person in about[link.id]
        }
        for link in links:
            for person in about[link.id] - known:
                first, second = sorted((self._kept, person))
                self._conn.execute(
                    update(patient_links)
                    .where(patient_links.c.clinic_id == self._clinic, patient_links.c.id == link.id)
                    .values(patient_id=first, other_patient_id=second)
                )
                self.record("merge_move", f"patient_links:{link.id} from patients:{self._gone}")
                known = known | {person}
