"""An appointment as a list tells of it, and as it is meant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Optional

from psycopg2.extras import DateTimeTZRange


@dataclass(frozen=True)
class AppointmentRow:
    line: int
    external_id: Optional[str]
    practitioner: str
    specialty: Optional[str]
    service: Optional[str]
    patient: Optional[str]
    name: Optional[str]
    wa_id: Optional[str]
    start: datetime
    end: Optional[datetime]  # None: as long as the service or specialty takes
    status: str


@dataclass(frozen=True)
class Meant:
    """The same, with our ids."""

    line: int
    external_id: Optional[str]
    practitioner_id: str
    specialty_id: str
    service_id: Optional[str]
    patient_id: str
    contact_id: Optional[str]
    start: datetime
    end: datetime
    status: str
    end_told: bool = True  # else as the service or specialty has it

    @property
    def live(self) -> bool:
        return self.status != "cancelled"

    @property
    def during(self) -> DateTimeTZRange:
        return DateTimeTZRange(self.start, self.end, "[)")

    @property
    def values(self) -> dict[str, Any]:
        """The columns that a list can change."""
        return {
            "practitioner_id": self.practitioner_id,
            "specialty_id": self.specialty_id,
            "service_id": self.service_id,
            "patient_id": self.patient_id,
            "during": self.during,
            "status": self.status,
        }
