"""A freed time and those it is offered to: in the order in which they came, in small groups; the first tap wins."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Iterator, Optional, Sequence

from psycopg2.extras import DateTimeTZRange
from sqlalchemy import and_, exists, func, insert, or_, select, update
from sqlalchemy.engine import Connection

from clinic.appointments import AppointmentGone, SlotTaken, book_slot, move_appointment, visits_of_patient
from clinic.database.tables import (
    freed_slots,
    practitioner_specialties,
    practitioners,
    waitlist_entries,
    waitlist_offers,
)
from clinic.free_times import FreeTimes, free_times
from clinic.freed_slots import FreedSlot, lock_freed_slot, occupied, settle_freed_slot
from clinic.schedule import Clinic, Practitioner, Slot
from clinic.settings import BookingPolicy
from clinic.times import WHOLE_DAY
from clinic.waitlist import Entry, end_entries, select_entries, suits


@dataclass(frozen=True)
class Offer:
    """A freed time as it was offered to one who waits: `[start, end)` is the visit it would be."""

    id: str
    freed_slot_id: str
    entry: Entry
    start: datetime
    end: datetime
    status: str
    expires_at: datetime

    def open_at(self, now: datetime) -> bool:
        return self.status == "open" and now < self.expires_at and self.entry.status == "waiting"


@dataclass(frozen=True)
class Won:
    """`lost`: those who were offered the same time, and keep their place."""

    offer: Offer
    slot: Slot
    lost: Sequence[Offer]


class OfferGone(Exception):
    """It is not this contact's, or its entry waits no more."""


class OfferOver(Exception):
    """Too late, or somebody was faster. The place in the queue is kept."""

    def __init__(self, offer: Offer) -> None:
        super().__init__(offer.id)
        self.offer = offer


class OfferHeld(OfferOver):
    """Somebody else is just deciding on this time; the offer stands."""


def waiting_for(conn: Connection, freed: FreedSlot) -> list[Entry]:
    """Who waits for a doctor of this kind and was not asked about this time yet, first come first."""
    asked = exists().where(
        and_(waitlist_offers.c.entry_id == waitlist_entries.c.id, waitlist_offers.c.freed_slot_id == freed.id)
    )
    offered = select(practitioner_specialties.c.specialty_id).where(
        practitioner_specialties.c.practitioner_id == freed.practitioner_id
    )
    return select_entries(
        conn,
        freed.clinic_id,
        waitlist_entries.c.status == "waiting",
        waitlist_entries.c.specialty_id.in_(offered),
        or_(waitlist_entries.c.practitioner_id.is_(None), waitlist_entries.c.practitioner_id == freed.practitioner_id),
        ~asked,
    )


class FreeVisits:
    """The visits that a freed time still has room for. Looked up once for each length, for as many as wait."""

    def __init__(
        self, conn: Connection, clinic: Clinic, policy: BookingPolicy, freed: FreedSlot, now: datetime
    ) -> None:
        self._conn, self._clinic, self._policy, self._freed, self._now = conn, clinic, policy, freed, now
        self._known: dict[tuple[str, int, Optional[str]], FreeTimes] = {}

    def fitting(self, entry: Entry, own_contact: Optional[str] = None) -> Iterator[Slot]:
        """Those that the freed time makes room for and that keep every promise to this one, soonest first."""
        key = (entry.specialty.id, entry.minutes, own_contact)
        if key not in self._known:
            self._known[key] = free_times(
                self._conn,
                self._clinic,
                entry.specialty,
                self._policy,
                self._now,
                minutes=entry.minutes,
                practitioner_ids=[self._freed.practitioner_id],
                start=self._freed.start - self._longer(entry),
                end=self._freed.end,
                own_contact=own_contact,
            )
        wished = self._known[key].within(entry.wishes.get("date"), entry.wishes.get("time") or WHOLE_DAY)
        for slot in wished:
            if self._of_it(slot) and suits(slot, entry, self._clinic) and not self._elsewhere(slot, entry):
                yield slot

    def _longer(self, entry: Entry) -> timedelta:
        """By how much the visit is longer than the freed time."""
        freed = self._freed
        return max(timedelta(minutes=entry.minutes) - (freed.end - freed.start), timedelta(0))

    def _of_it(self, slot: Slot) -> bool:
        """Within the freed time; a longer visit has room there together with what is free before and after it."""
        freed = self._freed
        within = freed.start <= slot.start and slot.end <= freed.end
        return within or (slot.start <= freed.start and freed.end <= slot.end)

    def _elsewhere(self, slot: Slot, entry: Entry) -> bool:
        """Nobody is in two rooms at once; the visit that is replaced does not count."""
        replaced = entry.visit.id if entry.visit else None
        visits = visits_of_patient(self._conn, self._clinic.id, entry.patient.id, slot)
        return any(visit.id != replaced for visit in visits)


def next_group(
    conn: Connection, clinic: Clinic, policy: BookingPolicy, freed: FreedSlot, now: datetime
) -> list[tuple[Entry, Slot]]:
    """Those who are asked now, in the order in which they came, and the visit that each is offered."""
    visits = FreeVisits(conn, clinic, policy, freed, now)
    group: list[tuple[Entry, Slot]] = []
    for entry in waiting_for(conn, freed):
        slot = next(visits.fitting(entry), None)
        if slot is not None:
            group.append((entry, slot))
        if len(group) == policy.waitlist_group:
            break
    return group


def open_offer(
    conn: Connection, freed: FreedSlot, entry: Entry, slot: Slot, policy: BookingPolicy, now: datetime
) -> Offer:
    """It ends when the others are to be asked, at the latest when the visit begins."""
    expires_at = min(now + timedelta(minutes=policy.waitlist_minutes), slot.start)
    offer_id = conn.execute(
        insert(waitlist_offers)
        .values(
            clinic_id=freed.clinic_id,
            entry_id=entry.id,
            freed_slot_id=freed.id,
            during=DateTimeTZRange(slot.start, slot.end, "[)"),
            expires_at=expires_at,
            created_at=now,
        )
        .returning(waitlist_offers.c.id)
    ).scalar_one()
    return Offer(offer_id, freed.id, entry, slot.start, slot.end, "open", expires_at)


def take_offer(
    conn: Connection,
    clinic: Clinic,
    policy: BookingPolicy,
    contact_id: str,
    offer_id: str,
    now: datetime,
    *,
    idempotency_key: str,
) -> Won:
    """Move the visit to the offered time, or book a new one. Who taps first has it; again says the same again.

    Raises OfferGone, OfferOver, OfferHeld.
    """
    offer, freed = _lock_offer(conn, clinic.id, contact_id, offer_id)
    if offer.status == "won":
        return Won(offer, _won_slot(conn, clinic, freed, offer), ())
    if offer.entry.status != "waiting":
        raise OfferGone(offer_id)
    if offer.status != "open" or offer.expires_at <= now:
        settle_offer(conn, offer, "expired", now)
        raise OfferOver(offer)
    slot = _still_there(conn, clinic, policy, freed, offer, now)
    try:
        _give(conn, clinic, offer.entry, slot, now, idempotency_key)
    except SlotTaken:
        raise _not_had(conn, clinic.id, freed, offer, now) from None
    except AppointmentGone:
        end_entries(conn, clinic.id, "expired", now, waitlist_entries.c.id == offer.entry.id)
        raise OfferGone(offer_id) from None
    settle_offer(conn, offer, "won", now)
    end_entries(conn, clinic.id, "booked", now, waitlist_entries.c.id == offer.entry.id)
    return Won(replace(offer, status="won"), slot, cut(conn, freed, slot.start, slot.end, now))


def _still_there(
    conn: Connection, clinic: Clinic, policy: BookingPolicy, freed: FreedSlot, offer: Offer, now: datetime
) -> Slot:
    """What was offered in time is kept to: the clinic's notice counts no more. Raises OfferOver, OfferHeld."""
    visits = FreeVisits(conn, clinic, replace(policy, notice_minutes=0), freed, now)
    for slot in visits.fitting(offer.entry, own_contact=offer.entry.contact_id):
        if (slot.start, slot.end) == (offer.start, offer.end):
            return slot
    raise _not_had(conn, clinic.id, freed, offer, now)


def _not_had(conn: Connection, clinic_id: str, freed: FreedSlot, offer: Offer, now: datetime) -> OfferOver:
    if occupied(conn, clinic_id, freed.practitioner_id, offer.start, offer.end, now) == "held":
        return OfferHeld(offer)
    settle_offer(conn, offer, "lost", now)
    return OfferOver(replace(offer, status="lost"))


def _lock_offer(conn: Connection, clinic_id: str, contact_id: str, offer_id: str) -> tuple[Offer, FreedSlot]:
    """As they stand when nobody else can change them any more; one tap after the other. Raises OfferGone."""
    offer = load_offer(conn, clinic_id, contact_id, offer_id)
    while True:
        freed = lock_freed_slot(conn, clinic_id, offer.freed_slot_id)
        offer = load_offer(conn, clinic_id, contact_id, offer_id)
        if offer.freed_slot_id == freed.id:
            return offer, freed


def _won_slot(conn: Connection, clinic: Clinic, freed: FreedSlot, offer: Offer) -> Slot:
    columns = [practitioners.c[name] for name in Practitioner.__dataclass_fields__]
    query = select(*columns).where(practitioners.c.clinic_id == clinic.id, practitioners.c.id == freed.practitioner_id)
    return Slot(Practitioner(*conn.execute(query).one()), offer.start, offer.end)


def _give(conn: Connection, clinic: Clinic, entry: Entry, slot: Slot, now: datetime, idempotency_key: str) -> None:
    promises = {key: entry.wishes[key] for key in ("gender", "language") if key in entry.wishes}
    if entry.practitioner_id is not None:
        promises["practitioner"] = entry.practitioner_id
    if entry.visit is not None:
        # What was wished for while waiting is promised from now on, beside what the visit had.
        wishes = {**entry.visit.wishes, **promises}
        move_appointment(conn, clinic.id, entry.contact_id, entry.visit.id, slot, now, wishes=wishes)
        return
    book_slot(
        conn,
        clinic.id,
        entry.contact_id,
        entry.specialty.id,
        entry.patient.id,
        slot,
        now,
        idempotency_key=idempotency_key,
        service_id=entry.service_id,
        wishes=promises,
    )


def decline_offer(conn: Connection, clinic_id: str, contact_id: str, offer_id: str, now: datetime) -> Offer:
    """Not this one: the place is kept. One that is over stays what it was. Raises OfferGone."""
    offer, _ = _lock_offer(conn, clinic_id, contact_id, offer_id)
    settle_offer(conn, offer, "declined", now)
    return offer


def settle_offer(conn: Connection, offer: Offer, status: str, now: datetime) -> None:
    """Only an open offer changes."""
    conn.execute(
        update(waitlist_offers)
        .where(
            waitlist_offers.c.clinic_id == offer.entry.clinic_id,
            waitlist_offers.c.id == offer.id,
            waitlist_offers.c.status == "open",
        )
        .values(status=status, settled_at=now)
    )


def expire_offers(conn: Connection, freed: FreedSlot, now: datetime) -> None:
    """Who did not answer in time keeps their place, and the next ones are asked."""
    conn.execute(
        update(waitlist_offers)
        .where(
            waitlist_offers.c.clinic_id == freed.clinic_id,
            waitlist_offers.c.freed_slot_id == freed.id,
            waitlist_offers.c.status == "open",
            waitlist_offers.c.expires_at <= now,
        )
        .values(status="expired", settled_at=now)
    )


def cut(conn: Connection, freed: FreedSlot, start: datetime, end: datetime, now: datetime) -> list[Offer]:
    """`[start, end)` of the freed time is somebody's: what is left of it is offered on as times of their own.

    Returns those that were offered what is gone.
    """
    expire_offers(conn, freed, now)
    settle_freed_slot(conn, freed, now)
    for begins, ends in ((freed.start, min(start, freed.end)), (max(end, freed.start), freed.end)):
        if begins < ends:
            _split_off(conn, freed, begins, ends, now)
    lost = open_offers(conn, freed)
    for offer in lost:
        settle_offer(conn, offer, "lost", now)
    return lost


def _split_off(conn: Connection, freed: FreedSlot, start: datetime, end: datetime, now: datetime) -> None:
    """Offers that lie in this part go with it."""
    during = DateTimeTZRange(start, end, "[)")
    rest_id = conn.execute(
        insert(freed_slots)
        .values(clinic_id=freed.clinic_id, practitioner_id=freed.practitioner_id, during=during, created_at=now)
        .returning(freed_slots.c.id)
    ).scalar_one()
    conn.execute(
        update(waitlist_offers)
        .where(
            waitlist_offers.c.clinic_id == freed.clinic_id,
            waitlist_offers.c.freed_slot_id == freed.id,
            waitlist_offers.c.status == "open",
            waitlist_offers.c.during.op("<@")(func.tstzrange(start, end)),
        )
        .values(freed_slot_id=rest_id)
    )


def open_offers(conn: Connection, freed: FreedSlot) -> list[Offer]:
    return _offers(
        conn, freed.clinic_id, waitlist_offers.c.freed_slot_id == freed.id, waitlist_offers.c.status == "open"
    )


def load_offer(conn: Connection, clinic_id: str, contact_id: str, offer_id: str) -> Offer:
    """Raises OfferGone when it is not this contact's."""
    found = _offers(conn, clinic_id, waitlist_offers.c.id == offer_id)
    if not found or found[0].entry.contact_id != contact_id:
        raise OfferGone(offer_id)
    return found[0]


def _offers(conn: Connection, clinic_id: str, *conditions: Any) -> list[Offer]:
    rows = conn.execute(
        select(waitlist_offers)
        .where(waitlist_offers.c.clinic_id == clinic_id, *conditions)
        .order_by(waitlist_offers.c.created_at, waitlist_offers.c.id)
    ).all()
    found = select_entries(conn, clinic_id, waitlist_entries.c.id.in_([row.entry_id for row in rows]))
    entries = {entry.id: entry for entry in found}
    return [
        Offer(
            row.id,
            row.freed_slot_id,
            entries[row.entry_id],
            row.during.lower,
            row.during.upper,
            row.status,
            row.expires_at,
        )
        for row in rows
    ]
