"""Who and what the clinic has already, found as files name it: by their id, by ours, or by name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Iterable, Optional, Sequence

from sqlalchemy import String, cast, func, or_, select

from clinic.database.tables import (
    contact_patients,
    contacts,
    patients,
    practitioner_specialties,
    practitioners,
    services,
    specialties,
)
from imports.job import Job
from imports.problems import BadValue
from understanding.folding import fold
from understanding.lexicon.entities import SPECIALTIES

_TITLE = re.compile(r"^(?:(?:dr|doctor|prof|professor|د|دكتور|دكتوره|ا ?د)\b[.\s]*)+")


def plain_name(name: str) -> str:
    """Folded, without a doctor's title: "Dr. Sara Alharbi" is "sara alharbi"."""
    folded = fold(name)
    return _TITLE.sub("", folded) or folded


@dataclass(frozen=True)
class KnownSpecialty:
    id: str
    code: str
    minutes: int


@dataclass(frozen=True)
class KnownService:
    id: str
    specialty_id: str
    minutes: int


class Specialties:
    """By code, by name in either language, or by another word for it."""

    def __init__(self, job: Job) -> None:
        self._named: dict[str, KnownSpecialty] = {}
        self.by_id: dict[str, KnownSpecialty] = {}
        rows = job.conn.execute(select(specialties).where(specialties.c.clinic_id == job.clinic_id)).all()
        for row in rows:
            self.add(KnownSpecialty(row.id, row.code, row.minutes), row.name_en, row.name_ar)
        for row in rows:
            for word in SPECIALTIES.get(row.code, ()):
                self._named.setdefault(fold(word), self.by_id[row.id])

    def add(self, specialty: KnownSpecialty, *names: str) -> None:
        self.by_id[specialty.id] = specialty
        for name in (specialty.code, *names):
            self._named[fold(name)] = specialty

    def find(self, named: str) -> Optional[KnownSpecialty]:
        return self._named.get(fold(named))


class Services:
    """By code, name or alias."""

    def __init__(self, job: Job) -> None:
        self._named: dict[str, KnownService] = {}
        for row in job.conn.execute(select(services).where(services.c.clinic_id == job.clinic_id)):
            for name in (row.code, row.name_en, row.name_ar, *row.aliases):
                self._named[fold(name)] = KnownService(row.id, row.specialty_id, row.minutes)

    def find(self, named: str) -> KnownService:
        """Raises BadValue."""
        if fold(named) not in self._named:
            raise BadValue("service_unknown", "service", named=named)
        return self._named[fold(named)]


class Practitioners:
    """By the practice's id, by ours, or by a name that only one of them has."""

    def __init__(self, job: Job) -> None:
        self.rows: dict[str, Any] = {}
        self.specialties: dict[str, list[str]] = {}
        self._by_key: dict[str, str] = {}
        self._by_name: dict[str, set[str]] = {}
        query = select(practitioners).where(practitioners.c.clinic_id == job.clinic_id)
        for row in job.conn.execute(query):
            self.rows[row.id] = row
            self.remember(row.id, row.external_id, row.name_en, row.name_ar)
        offered = select(practitioner_specialties.c.practitioner_id, practitioner_specialties.c.specialty_id).where(
            practitioner_specialties.c.clinic_id == job.clinic_id
        )
        for practitioner_id, specialty_id in job.conn.execute(offered):
            self.specialties.setdefault(practitioner_id, []).append(specialty_id)

    def remember(self, id: str, external_id: Optional[str], *names: str) -> None:
        self._by_key[id] = id
        if external_id:
            self._by_key[external_id] = id
        for name in names:
            self._by_name.setdefault(plain_name(name), set()).add(id)

    def with_external_id(self, external_id: str) -> Optional[str]:
        found = self._by_key.get(external_id)
        return found if found in self.rows and self.rows[found].external_id == external_id else None

    def named(self, name: str) -> set[str]:
        return self._by_name.get(plain_name(name), set())

    def meant(self, named: str) -> set[str]:
        """All whom an id or a name may mean."""
        return {self._by_key[named]} if named in self._by_key else self.named(named)

    def find(self, named: str) -> str:
        """Our id. Raises BadValue."""
        found = self.meant(named)
        if not found:
            raise BadValue("practitioner_unknown", "practitioner", named=named)
        if len(found) > 1:
            raise BadValue("practitioner_ambiguous", "practitioner", named=named)
        return next(iter(found))


@dataclass(frozen=True)
class KnownPatient:
    id: str
    contact_id: Optional[str]  # the number that speaks for them, if there is one


class Patients:
    """Those that a list of rows names: by the practice's id or ours, or by number and name."""

    def __init__(self, job: Job, ids: Iterable[str], numbers: Iterable[str]) -> None:
        self._by_key: dict[str, KnownPatient] = {}
        self._by_number: dict[tuple[str, str], set[KnownPatient]] = {}
        wanted = list({id for id in ids if id})
        for part in _slices(wanted):
            for row in job.conn.execute(_patients(job).where(_any_id(part))):
                self._keep(row)
        for part in _slices(list({number for number in numbers if number})):
            for row in job.conn.execute(
                _patients(job).where(contacts.c.wa_id.in_(part), patients.c.merged_into.is_(None))
            ):
                self._by_number.setdefault((row.wa_id, fold(row.name)), set()).add(KnownPatient(row.id, row.contact_id))

    def _keep(self, row: Any) -> None:
        patient = KnownPatient(row.id, row.contact_id)
        for key in (row.own_id, row.external_id):
            # A patient's own number comes before a relative's.
            if key and (key not in self._by_key or row.relationship == "self"):
                self._by_key[key] = patient

    def by_id(self, id: str) -> KnownPatient:
        """Raises BadValue."""
        if id not in self._by_key:
            raise BadValue("patient_unknown", "patient")
        return self._by_key[id]

    def by_number(self, number: str, name: str) -> KnownPatient:
        """Raises BadValue."""
        found = self._by_number.get((number, fold(name)), set())
        if len({patient.id for patient in found}) > 1:
            raise BadValue("patient_ambiguous", "patient")
        if not found:
            raise BadValue("patient_unknown", "patient")
        return next(iter(found))


def _patients(job: Job) -> Any:
    # Who was found to be another stands for that one.
    owner = func.coalesce(patients.c.merged_into, patients.c.id)
    return (
        select(
            owner.label("id"),
            patients.c.id.label("own_id"),
            patients.c.external_id,
            patients.c.name,
            contact_patients.c.contact_id,
            contact_patients.c.relationship,
            contacts.c.wa_id,
        )
        .outerjoin(contact_patients, contact_patients.c.patient_id == owner)
        .outerjoin(contacts, contacts.c.id == contact_patients.c.contact_id)
        .where(patients.c.clinic_id == job.clinic_id)
    )


def _any_id(ids: Sequence[str]) -> Any:
    return or_(patients.c.external_id.in_(ids), cast(patients.c.id, String).in_(ids))


def _slices(values: Sequence[str], size: int = 5_000) -> Iterable[Sequence[str]]:
    return (values[start : start + size] for start in range(0, len(values), size))
