"""What a clinic has decided for itself, over defaults that do for most (table `clinic_settings`)."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any, Mapping

from sqlalchemy import select
from sqlalchemy.engine import Connection

from clinic.database.tables import clinic_settings


@dataclass(frozen=True)
class BookingPolicy:
    """How patients may book, move and cancel by themselves. Beyond these limits a person decides."""

    horizon_days: int = 60  # how far ahead
    notice_minutes: int = 30  # how soon a visit may begin
    hold_minutes: int = 5  # a time is kept while the patient decides
    most_upcoming: int = 10  # visits ahead, of everybody on one number
    most_bookings_a_day: int = 5  # by one number
    cancel_notice_hours: int = 3  # a later one is noted as late, and the next time sooner is asked for
    move_notice_hours: int = 3
    most_moves: int = 3  # of one visit
    waitlist_group: int = 3  # how many are offered a freed time at once
    waitlist_minutes: int = 15  # until the next ones are asked

    @property
    def horizon(self) -> timedelta:
        return timedelta(days=self.horizon_days)

    @property
    def notice(self) -> timedelta:
        return timedelta(minutes=self.notice_minutes)

    @property
    def hold(self) -> timedelta:
        return timedelta(minutes=self.hold_minutes)


def load_booking_policy(conn: Connection, clinic_id: str) -> BookingPolicy:
    """Setting `booking`: any of the fields; the rest keep their defaults."""
    stored: Mapping[str, Any] = (
        conn.execute(
            select(clinic_settings.c.value).where(
                clinic_settings.c.clinic_id == clinic_id, clinic_settings.c.key == "booking"
            )
        ).scalar_one_or_none()
        or {}
    )
    known = {field.name for field in fields(BookingPolicy)}
    return BookingPolicy(**{name: int(value) for name, value in stored.items() if name in known})
