"""Offers the times that were given up to those who wait for one. Done every minute, and when something frees up."""

from __future__ import annotations

import logging
from datetime import datetime, time, timedelta
from typing import Optional
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.engine import Connection, Engine

from clinic.database.tables import freed_slots, waitlist_entries
from clinic.freed_slots import FreedSlot, booked_within, claim_freed_slot, occupied, open_freed_slots, settle_freed_slot
from clinic.schedule import Clinic, load_clinic
from clinic.settings import BookingPolicy, load_booking_policy
from clinic.waitlist import end_stale_entries
from clinic.waitlist_notices import tell_lost, tell_offer
from clinic.waitlist_offers import cut, expire_offers, next_group, open_offer, open_offers
from messaging.jobs import wake_waitlist

logger = logging.getLogger(__name__)

# By the clinic's clock. Outside the day nobody is asked, but for a time that would be lost until the morning: for that
# one the evening is longer and the morning starts sooner. At night nobody is woken for anything.
DAY = (time(9), time(21))
WAKING = (time(7), time(23))


def offer_freed_slots(engine: Engine, now: datetime, clinic_id: Optional[str] = None) -> int:
    """Ask the next ones about each time that is free; returns how many were asked. One clinic, or all.

    A transaction for each freed time: patients who tap wait for one at most, and what fails for one is not undone for
    the others. The first error is raised when all had their turn.
    """
    asked, failed = 0, None
    for clinic in _clinics(engine, clinic_id):
        with engine.begin() as conn:
            end_stale_entries(conn, clinic, now)
            waiting = open_freed_slots(conn, clinic)
        for freed_slot_id in waiting:
            try:
                with engine.begin() as conn:
                    asked += offer_freed_slot(conn, clinic, freed_slot_id, now)
            except Exception as error:
                logger.error("freed slot %s could not be offered: %s", freed_slot_id, type(error).__name__)
                failed = failed or error
    if failed is not None:
        raise failed
    return asked


def _clinics(engine: Engine, clinic_id: Optional[str]) -> list[str]:
    """Those with something to do."""
    if clinic_id is not None:
        return [clinic_id]
    freed = select(freed_slots.c.clinic_id).where(freed_slots.c.settled_at.is_(None))
    waiting = select(waitlist_entries.c.clinic_id).where(waitlist_entries.c.status == "waiting")
    with engine.begin() as conn:
        return list(conn.execute(freed.union(waiting)).scalars())


def offer_freed_slot(conn: Connection, clinic_id: str, freed_slot_id: str, now: datetime) -> int:
    """The same for one; returns how many were asked. It is left to the next time while somebody is taking it."""
    freed = claim_freed_slot(conn, clinic_id, freed_slot_id)
    if freed is None:
        return 0
    clinic, policy = load_clinic(conn, clinic_id), load_booking_policy(conn, clinic_id)
    taken = booked_within(conn, freed, now)
    if taken is not None:
        # Booked past the waitlist. What remains of the time is offered on.
        tell_lost(conn, clinic, cut(conn, freed, *taken, now), now)
        wake_waitlist(conn)
        return 0
    expire_offers(conn, freed, now)
    if open_offers(conn, freed):
        return 0
    if freed.end <= now:
        settle_freed_slot(conn, freed, now)
        return 0
    if not may_ask(clinic.zone, policy, freed.start, now):
        return 0
    return _ask_group(conn, clinic, policy, freed, now)


def _ask_group(conn: Connection, clinic: Clinic, policy: BookingPolicy, freed: FreedSlot, now: datetime) -> int:
    group = next_group(conn, clinic, policy, freed, now)
    for entry, slot in group:
        tell_offer(conn, clinic, open_offer(conn, freed, entry, slot, policy, now), slot, now)
    held = occupied(conn, clinic.id, freed.practitioner_id, freed.start, freed.end, now) == "held"
    if not group and not held:
        # Nobody wants it. Who joins later is shown what is free.
        settle_freed_slot(conn, freed, now)
    return len(group)


def may_ask(zone: ZoneInfo, policy: BookingPolicy, start: datetime, now: datetime) -> bool:
    """Whether those who wait may be asked now about a time that begins at `start`."""
    local = now.astimezone(zone)
    if DAY[0] <= local.time() < DAY[1]:
        return True
    if not WAKING[0] <= local.time() < WAKING[1]:
        return False
    morning = local.date() if local.time() < DAY[0] else local.date() + timedelta(days=1)
    next_day = datetime.combine(morning, DAY[0], zone)
    return start - policy.notice - timedelta(minutes=policy.waitlist_minutes) <= next_day
