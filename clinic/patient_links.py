"""Two patients that may be one: reception compares them and decides. patient_merging.py makes one of two."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Optional

from sqlalchemy import func, select, text, update
from sqlalchemy.engine import Connection

from clinic.database.tables import (
    appointments,
    contact_patients,
    contacts,
    conversations,
    encounters,
    patient_links,
    patients,
    practitioners,
    staff,
)
from clinic.desk_events import notify_desk
from clinic.patient_merging import merge
from clinic.staff import Staff, record_access

LAST_DIGITS = 4  # of a number, enough to tell two apart
# An import of a whole practice holds the clinic's patients for longer than somebody at the desk waits.
LONGEST_WAIT = "3s"
_TAKING_PLACE = ("booked", "confirmed", "arrived")


class UnknownDoubt(LookupError):
    """Not this clinic's, or settled by another decision about the same people."""


class AlreadyDecided(Exception):
    """Somebody was faster; `state` is what they found: same | different."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


class PairChanged(Exception):
    """Another decision put somebody else into the pair: what was compared is not what stands there now."""


@dataclass(frozen=True)
class OpenDoubt:
    id: str
    name: str
    other_name: str
    asked_at: datetime


@dataclass(frozen=True)
class Person:
    """One side of a doubt. `numbers` are the last digits of those who write for them."""

    id: str
    name: str
    birth_date: Optional[date]
    gender: Optional[str]
    deceased: bool
    external_id: Optional[str]
    created_at: datetime
    is_merged: bool
    has_chat: bool
    visits: int  # that took place or are booked
    numbers: tuple[str, ...]

    @property
    def rank(self) -> tuple[bool, bool, datetime, str]:
        """The lesser one stays: whom the practice's own system knows, else who has been here longer."""
        return (self.is_merged, self.external_id is None, self.created_at, self.id)

    @property
    def origin(self) -> str:
        """practice | chat | list: which way they came to us, as far as it can be told."""
        if self.external_id is not None:
            return "practice"
        return "chat" if self.has_chat else "list"


@dataclass(frozen=True)
class Doubt:
    """The one who stays, or would stay, comes first."""

    id: str
    state: str  # asked | same | different
    asked_at: datetime
    decided_at: Optional[datetime]
    decided_by: Optional[str]  # the name
    people: tuple[Person, Person]

    @property
    def birth_dates(self) -> tuple[date, ...]:
        """Both, where they contradict each other; else none."""
        known = {person.birth_date for person in self.people} - {None}
        return tuple(sorted(one for one in known if one is not None)) if len(known) == 2 else ()

    @property
    def pair(self) -> str:
        """Says who was compared; a decision carries it."""
        return " ".join(sorted(person.id for person in self.people))


@dataclass(frozen=True)
class SameTime:
    """Two visits of one person that overlap."""

    start: datetime
    names_en: tuple[str, str]
    names_ar: tuple[str, str]

    def practitioners(self, language: str) -> tuple[str, str]:
        return self.names_ar if language == "ar" else self.names_en


_ONE, _OTHER = patients.alias("one"), patients.alias("other")


def open_doubts(conn: Connection, clinic_id: str, most: int) -> list[OpenDoubt]:
    """Oldest first."""
    query = _open(patient_links.c.id, _ONE.c.name, _OTHER.c.name, patient_links.c.created_at, clinic_id=clinic_id)
    ordered = query.order_by(patient_links.c.created_at, patient_links.c.id).limit(most)
    return [OpenDoubt(*row) for row in conn.execute(ordered)]


def count_open_doubts(conn: Connection, clinic_id: str) -> int:
    return int(conn.execute(_open(func.count(), clinic_id=clinic_id)).scalar_one())


def _open(*columns: Any, clinic_id: str) -> Any:
    """Where one of both was merged meanwhile, the doubt lives on with the one who stayed, in a row of its own."""
    return (
        select(*columns)
        .select_from(patient_links)
        .join(_ONE, _ONE.c.id == patient_links.c.patient_id)
        .join(_OTHER, _OTHER.c.id == patient_links.c.other_patient_id)
        .where(
            patient_links.c.clinic_id == clinic_id,
            patient_links.c.state == "asked",
            _ONE.c.merged_into.is_(None),
            _OTHER.c.merged_into.is_(None),
        )
    )


def load_doubt(conn: Connection, clinic_id: str, link_id: str) -> Doubt:
    """Also one that is decided. Raises UnknownDoubt."""
    link = conn.execute(
        select(patient_links, staff.c.name.label("decider"))
        .outerjoin(staff, staff.c.id == patient_links.c.decided_by)
        .where(patient_links.c.clinic_id == clinic_id, patient_links.c.id == link_id)
    ).one_or_none()
    if link is None:
        raise UnknownDoubt(link_id)
    found = [_person(conn, clinic_id, id) for id in (link.patient_id, link.other_patient_id)]
    if link.state == "asked" and any(person.is_merged for person in found):
        raise UnknownDoubt(link_id)
    first, second = sorted(found, key=lambda person: person.rank)
    return Doubt(link.id, link.state, link.created_at, link.decided_at, link.decider, (first, second))


def _person(conn: Connection, clinic_id: str, patient_id: str) -> Person:
    """Raises UnknownDoubt when it is another clinic's."""
    seen = conn.execute(_about(clinic_id, patient_id)).one_or_none()
    if seen is None:
        raise UnknownDoubt(patient_id)
    numbers = conn.execute(
        select(func.right(contacts.c.wa_id, LAST_DIGITS))
        .join(contact_patients, contact_patients.c.contact_id == contacts.c.id)
        .where(contacts.c.clinic_id == clinic_id, contact_patients.c.patient_id == patient_id)
        .where(contacts.c.wa_id.is_not(None))
        .order_by(contacts.c.wa_id)
    ).scalars()
    known: list[Any] = [*seen, tuple(numbers)]
    return Person(*known)


def _about(clinic_id: str, patient_id: str) -> Any:
    has_chat = (
        select(conversations.c.id)
        .join(contact_patients, contact_patients.c.contact_id == conversations.c.contact_id)
        .where(conversations.c.clinic_id == clinic_id, contact_patients.c.patient_id == patients.c.id)
        .exists()
    )
    booked = select(func.count()).where(
        appointments.c.patient_id == patients.c.id, appointments.c.status.not_in(("proposed", "cancelled"))
    )
    # An encounter of an appointment is the same visit.
    before = select(func.count()).where(encounters.c.patient_id == patients.c.id, encounters.c.appointment_id.is_(None))
    return select(
        patients.c.id,
        patients.c.name,
        patients.c.birth_date,
        patients.c.gender,
        patients.c.deceased,
        patients.c.external_id,
        patients.c.created_at,
        patients.c.merged_into.is_not(None),
        has_chat,
        booked.scalar_subquery() + before.scalar_subquery(),
    ).where(patients.c.clinic_id == clinic_id, patients.c.id == patient_id)


def visits_at_one_time(conn: Connection, clinic_id: str, doubt: Doubt, now: datetime) -> list[SameTime]:
    """Of both together, those ahead: they stay as they are, with two doctors, until somebody cancels one."""
    one, other = appointments.alias("one_visit"), appointments.alias("other_visit")
    doctor, other_doctor = practitioners.alias("doctor"), practitioners.alias("other_doctor")
    ids = [person.id for person in doubt.people]
    query = (
        select(one.c.starts_at, doctor.c.name_en, other_doctor.c.name_en, doctor.c.name_ar, other_doctor.c.name_ar)
        .join(other, one.c.during.op("&&")(other.c.during))
        .join(doctor, doctor.c.id == one.c.practitioner_id)
        .join(other_doctor, other_doctor.c.id == other.c.practitioner_id)
        .where(one.c.id < other.c.id, one.c.ends_at > now, other.c.ends_at > now)
        .order_by(one.c.starts_at, one.c.id)
    )
    for visit in (one, other):
        query = query.where(
            visit.c.clinic_id == clinic_id, visit.c.patient_id.in_(ids), visit.c.status.in_(_TAKING_PLACE)
        )
    return [SameTime(row[0], (row[1], row[2]), (row[3], row[4])) for row in conn.execute(query)]


def decide(
    conn: Connection,
    member: Staff,
    link_id: str,
    state: str,
    pair: str,
    now: datetime,
    birth_date: Optional[date] = None,
) -> None:
    """`state`: same (makes one of both) | different. `pair`: whom the member of staff compared, as `Doubt.pair`.

    Raises UnknownDoubt, AlreadyDecided, PairChanged; BirthDatesDiffer unless `birth_date` says which of both is right.
    Raises OperationalError when an import holds the patients for too long.
    """
    if state not in ("same", "different"):
        raise ValueError("a doubt is decided as same or different")
    _take_turn(conn, member.clinic_id)
    doubt = load_doubt(conn, member.clinic_id, link_id)
    if doubt.state != "asked":
        raise AlreadyDecided(doubt.state)
    if doubt.pair != pair:
        raise PairChanged(link_id)
    conn.execute(
        update(patient_links)
        .where(patient_links.c.clinic_id == member.clinic_id, patient_links.c.id == link_id)
        .values(state=state, decided_by=member.id, decided_at=now)
    )
    record_access(conn, member, f"decide_{state}", f"patient_links:{link_id}", now)
    if state == "same":
        kept, gone = doubt.people
        merge(conn, member, kept.id, gone.id, now, birth_date)
    notify_desk(conn, member.clinic_id, "")


def _take_turn(conn: Connection, clinic_id: str) -> None:
    """Decisions and imports of one clinic follow one another (imports/importing.py): both rewrite who is who."""
    conn.execute(text(f"SET LOCAL lock_timeout = '{LONGEST_WAIT}'"))
    conn.execute(text("SELECT pg_advisory_xact_lock(hashtext(:key))"), {"key": f"import:{clinic_id}"})
