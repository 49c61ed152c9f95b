"""What must be true when a conversation is over, judged by what stands in the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Iterator, Mapping, Optional, Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import desc, func, select
from sqlalchemy.engine import Connection

from clinic.database.tables import (
    appointments,
    clinics,
    consents,
    contact_patients,
    contacts,
    conversations,
    handoffs,
    open_questions,
    patients,
    practitioners,
    services,
    specialties,
    tasks,
    waitlist_entries,
)

from .before import SeededAppointment
from .script import WEEKDAYS, Ends, Script, Visit


@dataclass(frozen=True)
class Stands:
    """An appointment of the number as it stands, its start on the clinic's wall clock."""

    id: str
    specialty: str
    practitioner: str
    gender: str
    patient: str
    status: str
    service: Optional[str]
    start: datetime
    wishes: Mapping[str, Any]
    cancelled_by: Optional[str]

    def __str__(self) -> str:
        return f"{self.status} {self.specialty} with {self.practitioner}, {self.start:%a %d %b %H:%M}, {self.patient}"


def conversation_of(conn: Connection, wa_id: str) -> Any:
    """The row, with `clinic_id`, `contact_id`, `owner`, and the `language` of the contact."""
    query = select(conversations, contacts.c.language).join(contacts, contacts.c.id == conversations.c.contact_id)
    return conn.execute(query.where(contacts.c.wa_id == wa_id)).one()


def judge(
    conn: Connection, script: Script, wa_id: str, seeded: Sequence[SeededAppointment], handed_back: bool
) -> list[str]:
    """What is not as the script says; [] when all is."""
    chat = conversation_of(conn, wa_id)
    return [
        *_wrong_appointments(script.ends.appointments, appointments_of(conn, chat), seeded),
        *_wrong_handoff(conn, script.ends, chat, handed_back),
        *_wrong_lists(conn, script.ends, chat),
        *_wrong_question(conn, script.ends, chat),
        *_wrong_contact(conn, script.ends, chat),
    ]


def with_person(conn: Connection, wa_id: str) -> bool:
    """Whether a person got the chat at any time."""
    chat = conversation_of(conn, wa_id)
    count = select(func.count()).select_from(handoffs).where(handoffs.c.conversation_id == chat.id)
    return bool(conn.execute(count).scalar_one())


def appointments_of(conn: Connection, chat: Any) -> list[Stands]:
    """All but the holds."""
    zone = ZoneInfo(conn.execute(select(clinics.c.timezone).where(clinics.c.id == chat.clinic_id)).scalar_one())
    query = (
        select(
            appointments.c.id,
            specialties.c.code,
            practitioners.c.name_en,
            practitioners.c.gender,
            patients.c.name,
            appointments.c.status,
            services.c.code,
            func.lower(appointments.c.during),
            appointments.c.wishes,
            appointments.c.cancelled_by,
        )
        .join(specialties, specialties.c.id == appointments.c.specialty_id)
        .join(practitioners, practitioners.c.id == appointments.c.practitioner_id)
        .join(patients, patients.c.id == appointments.c.patient_id)
        .outerjoin(services, services.c.id == appointments.c.service_id)
        .where(appointments.c.contact_id == chat.contact_id, appointments.c.status != "proposed")
        .order_by(func.lower(appointments.c.during))
    )
    return [Stands(*(*row[:7], row[7].astimezone(zone), *row[8:])) for row in conn.execute(query)]


def _wrong_appointments(
    wanted: Sequence[Visit], standing: Sequence[Stands], seeded: Sequence[SeededAppointment]
) -> Iterator[str]:
    """Each that is wanted takes one that stands, the most particular first; nothing may be left over."""
    left = list(standing)
    for visit in sorted(wanted, key=_particulars, reverse=True):
        found = next((one for one in left if _is(visit, one, seeded)), None)
        if found is None:
            yield f"no appointment is {visit}; there are: {'; '.join(map(str, standing)) or 'none'}"
        else:
            left.remove(found)
    for one in left:
        yield f"an appointment too many: {one}"


def _particulars(visit: Visit) -> int:
    return sum(value not in (None, {}) for value in vars(visit).values())


def _is(visit: Visit, one: Stands, seeded: Sequence[SeededAppointment]) -> bool:
    clock = one.start.strftime("%H:%M")
    before = seeded[visit.visit - 1] if visit.visit else None
    return (
        (visit.specialty, visit.status) == (one.specialty, one.status)
        and (visit.practitioner is None or visit.practitioner in one.practitioner)
        and visit.gender in (None, one.gender)
        and visit.service in (None, one.service)
        and (visit.patient is None or visit.patient.casefold() in one.patient.casefold())
        and visit.weekday in (None, WEEKDAYS[one.start.weekday()])
        and (visit.from_ is None or clock >= visit.from_)
        and (visit.until is None or clock < visit.until)
        and visit.wishes.items() <= one.wishes.items()
        and visit.cancelled_by in (None, one.cancelled_by)
        and (before is None or before.id == one.id)
        and (before is None or visit.moved in (None, before.start != one.start))
    )


def _wrong_handoff(conn: Connection, ends: Ends, chat: Any, handed_back: bool) -> Iterator[str]:
    query = select(handoffs.c.reason).where(handoffs.c.conversation_id == chat.id).order_by(desc(handoffs.c.opened_at))
    reasons = list(conn.execute(query).scalars())
    if reasons != ([ends.handoff] if ends.handoff else []):
        yield f"a person got the chat because of {reasons or 'nothing'}, wanted {ends.handoff or 'nobody'}"
    owner = "person" if ends.handoff and not handed_back else "bot"
    if chat.owner != owner:
        yield f"the chat belongs to the {chat.owner}, wanted {owner}"


def _wrong_lists(conn: Connection, ends: Ends, chat: Any) -> Iterator[str]:
    kinds = conn.execute(select(tasks.c.kind).where(tasks.c.conversation_id == chat.id)).scalars()
    if (found := sorted(kinds)) != sorted(ends.tasks):
        yield f"reception's list has {found}, wanted {list(ends.tasks)}"
    entries = conn.execute(
        select(specialties.c.code, waitlist_entries.c.status)
        .join(specialties, specialties.c.id == waitlist_entries.c.specialty_id)
        .where(waitlist_entries.c.contact_id == chat.contact_id)
    ).all()
    if (places := sorted(map(tuple, entries))) != sorted((one.specialty, one.status) for one in ends.waitlist):
        yield f"the waitlist has {places}, wanted {list(ends.waitlist)}"
    household = conn.execute(
        select(patients.c.name, contact_patients.c.relationship)
        .join(contact_patients, contact_patients.c.patient_id == patients.c.id)
        .where(contact_patients.c.contact_id == chat.contact_id)
    ).all()
    if len(set(household)) < len(household):
        yield f"somebody is twice in the household: {list(map(tuple, household))}"
    for member in ends.patients:
        if not any(
            member.name.casefold() in name.casefold() and member.relationship == relationship
            for name, relationship in household
        ):
            yield f"{member.name} ({member.relationship}) is not in the household: {list(map(tuple, household))}"


def _wrong_question(conn: Connection, ends: Ends, chat: Any) -> Iterator[str]:
    row = conn.execute(select(open_questions).where(open_questions.c.conversation_id == chat.id)).one_or_none()
    kept = row.flow if row is not None and row.suspended else "nothing"
    still_open = row.flow if row is not None and not row.suspended else "nothing"
    if ends.kept not in (None, kept):
        yield f"{kept} waits for the chat to come back, wanted {ends.kept}"
    if ends.open not in (None, still_open):
        yield f"{still_open} is still open, wanted {ends.open}"


def _wrong_contact(conn: Connection, ends: Ends, chat: Any) -> Iterator[str]:
    if ends.language not in (None, chat.language):
        yield f"the language is {chat.language}, wanted {ends.language}"
    for purpose, granted in ends.consents.items():
        newest = conn.execute(
            select(consents.c.granted)
            .where(consents.c.contact_id == chat.contact_id, consents.c.purpose == purpose)
            .order_by(desc(consents.c.created_at))
            .limit(1)
        ).scalar_one_or_none()
        if newest is not granted:
            yield f"consent to {purpose} is {newest}, wanted {granted}"
