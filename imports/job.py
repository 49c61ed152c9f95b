"""What an import is made in: whose it is, when, and in whose name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Callable
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.engine import Connection

from clinic.database.tables import clinics

# What is done so far, and of how much: ("reading" | "writing", done, total).
Progress = Callable[[str, int, int], None]


def in_silence(stage: str, done: int, total: int) -> None:
    """Nobody watches."""


@dataclass(frozen=True)
class Job:
    """One import into one clinic, in the transaction of `conn`."""

    conn: Connection
    clinic_id: str
    country: str  # ISO 3166-1 alpha-2, of numbers without a country
    zone: ZoneInfo
    now: datetime
    actor: str = "import"  # import | api; also the source of what is written
    create_specialties: bool = False
    progress: Progress = in_silence

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()


def job_for(
    conn: Connection,
    clinic_id: str,
    now: datetime,
    *,
    actor: str = "import",
    create_specialties: bool = False,
    progress: Progress = in_silence,
) -> Job:
    row = conn.execute(select(clinics.c.country, clinics.c.timezone).where(clinics.c.id == clinic_id)).one()
    return Job(conn, clinic_id, row.country, ZoneInfo(row.timezone), now, actor, create_specialties, progress)
