"""The clinic, who works in it and what they offer. When they work: hours.py; what is free: free_times.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Iterable, Optional
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.engine import Connection

from clinic.database.tables import (
    clinics,
    extra_sessions,
    practitioner_specialties,
    practitioners,
    services,
    specialties,
    working_hours,
)


@dataclass(frozen=True)
class Clinic:
    id: str
    name_en: str
    name_ar: str
    country: str  # ISO 3166-1 alpha-2
    timezone: str
    currency: str
    emergency_number: str
    address_en: str
    address_ar: str
    map_url: Optional[str]
    phone: Optional[str]
    schedule_version: int  # goes up with every change of the schedule's tables

    def name(self, language: str) -> str:
        return self.name_ar if language == "ar" else self.name_en

    def address(self, language: str) -> str:
        return self.address_ar if language == "ar" else self.address_en

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


@dataclass(frozen=True)
class Specialty:
    id: str
    code: str
    name_en: str
    name_ar: str
    minutes: int
    price: Optional[float]

    def name(self, language: str) -> str:
        return self.name_ar if language == "ar" else self.name_en


@dataclass(frozen=True)
class Service:
    """What a specialty offers beside its ordinary visit."""

    id: str
    specialty_id: str
    code: str
    name_en: str
    name_ar: str
    aliases: tuple[str, ...]
    minutes: int
    price: Optional[float]

    def name(self, language: str) -> str:
        return self.name_ar if language == "ar" else self.name_en


@dataclass(frozen=True)
class Practitioner:
    id: str
    name_en: str
    name_ar: str
    gender: str
    languages: tuple[str, ...] = ("ar", "en")  # ISO 639-1
    min_age: Optional[int] = None  # whole years, both included
    max_age: Optional[int] = None
    patients_gender: Optional[str] = None  # sees only these

    def name(self, language: str) -> str:
        return self.name_ar if language == "ar" else self.name_en


@dataclass(frozen=True)
class Slot:
    """A time that one practitioner could give, `[start, end)`, aware."""

    practitioner: Practitioner
    start: datetime
    end: datetime


def load_clinic(conn: Connection, clinic_id: str) -> Clinic:
    columns = [clinics.c[name] for name in Clinic.__dataclass_fields__]
    return Clinic(*conn.execute(select(*columns).where(clinics.c.id == clinic_id)).one())


def bookable_specialties(conn: Connection, clinic_id: str, today: Optional[date] = None) -> list[Specialty]:
    """Those with an active practitioner who has hours, weekly or extra, that are not over by `today` (None: whenever),
    in the clinic's own order."""
    columns = [specialties.c[name] for name in Specialty.__dataclass_fields__]
    weekly = select(working_hours.c.practitioner_id).where(
        working_hours.c.clinic_id == clinic_id, working_hours.c.kind == "work"
    )
    extra = select(extra_sessions.c.practitioner_id).where(extra_sessions.c.clinic_id == clinic_id)
    if today is not None:
        until = working_hours.c.valid_until
        weekly = weekly.where(or_(until.is_(None), until >= today))
        extra = extra.where(extra_sessions.c.day >= today)
    offered = (
        select(practitioner_specialties.c.specialty_id)
        .join(practitioners, practitioners.c.id == practitioner_specialties.c.practitioner_id)
        .where(
            practitioners.c.clinic_id == clinic_id,
            practitioners.c.active,
            or_(practitioners.c.id.in_(weekly), practitioners.c.id.in_(extra)),
        )
    )
    query = (
        select(*columns)
        .where(specialties.c.clinic_id == clinic_id, specialties.c.id.in_(offered))
        .order_by(specialties.c.position, specialties.c.name_en)
    )
    return [Specialty(*row) for row in conn.execute(query)]


def services_of(conn: Connection, clinic_id: str, specialty_id: Optional[str] = None) -> list[Service]:
    """The active ones, all or of one specialty, in the clinic's own order."""
    columns = [services.c[name] for name in Service.__dataclass_fields__]
    query = (
        select(*columns)
        .where(services.c.clinic_id == clinic_id, services.c.active)
        .order_by(services.c.position, services.c.name_en)
    )
    if specialty_id is not None:
        query = query.where(services.c.specialty_id == specialty_id)
    return [Service(**{**row._mapping, "aliases": tuple(row.aliases)}) for row in conn.execute(query)]


def practitioners_of(conn: Connection, clinic_id: str, specialty_id: Optional[str] = None) -> list[Practitioner]:
    """The active ones, all or of one specialty, by name."""
    columns = [practitioners.c[name] for name in Practitioner.__dataclass_fields__]
    query = (
        select(*columns)
        .where(practitioners.c.clinic_id == clinic_id, practitioners.c.active)
        .order_by(practitioners.c.name_en, practitioners.c.id)
    )
    if specialty_id is not None:
        query = query.join(
            practitioner_specialties, practitioner_specialties.c.practitioner_id == practitioners.c.id
        ).where(practitioner_specialties.c.specialty_id == specialty_id)
    return [Practitioner(**{**row._mapping, "languages": tuple(row.languages)}) for row in conn.execute(query)]


def spread(slots: Iterable[Slot], zone: ZoneInfo, most: int, per_day: int) -> list[Slot]:
    """A choice worth showing: the next days, a few times of each, one practitioner a time."""
    chosen: list[Slot] = []
    for _, group in groupby(slots, key=lambda slot: slot.start.astimezone(zone).date()):
        by_start: dict[datetime, Slot] = {}
        for slot in group:
            by_start.setdefault(slot.start, slot)
        day = list(by_start.values())
        count = min(per_day, len(day))
        chosen += [day[index * len(day) // count] for index in range(count)]
        if len(chosen) >= most:
            break
    return chosen[:most]
