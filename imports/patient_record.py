"""A patient as a list tells of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Optional


@dataclass(frozen=True)
class Consent:
    purpose: str  # care | marketing
    granted: bool
    source: str
    at: datetime


@dataclass(frozen=True)
class PatientRow:
    """None: the list says nothing of it, and what is known stays."""

    line: int
    external_id: Optional[str]
    name: str
    wa_id: Optional[str]
    birth_date: Optional[date]
    gender: Optional[str]
    language: Optional[str]
    conditions: Optional[tuple[str, ...]]
    children: Optional[int]
    deceased: Optional[bool]
    relationship: Optional[str]
    consents: tuple[Consent, ...]
