"""Random queues, wishes, times, taps and silences: fair order, one winner, no promise broken, no place lost, an end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Optional

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.engine import Connection, Engine

from clinic.appointments import SlotTaken, book_slot, cancel_appointment
from clinic.database.tables import appointments, freed_slots, waitlist_entries, waitlist_offers
from clinic.demo import DemoClinic
from clinic.freed_slots import open_freed_slots
from clinic.schedule import Clinic, Practitioner, Slot
from clinic.settings import BookingPolicy
from clinic.waitlist import end_stale_entries, join_queue, leave_queue
from clinic.waitlist_offers import OfferGone, OfferOver, decline_offer, take_offer
from messaging.freed_slots import offer_freed_slot

from .conftest import Patient
from .waiting_room import WaitingRoom

PEOPLE = 6
LENGTH = timedelta(minutes=20)  # of a visit in general medicine
DAYS = (1, 2, 5, 8)  # both doctors work on these; the last is after the visits of those who wait
CLOCKS = {"Huda": ("09:00", "09:20", "16:00", "18:40"), "Omar": ("20:00", "20:20", "23:00")}
POLICY = BookingPolicy()
_keys = count()


@dataclass(frozen=True)
class Wish:
    visit: bool  # has one next week
    promise: Optional[str]  # the doctor's gender, of that visit
    gender: Optional[str]
    doctor: Optional[str]
    last_day: Optional[int]
    clocks: Optional[tuple[Optional[str], Optional[str]]]


times = st.sampled_from([(doctor, day, clock) for doctor in CLOCKS for day in DAYS for clock in CLOCKS[doctor]])
wishes = st.builds(
    Wish,
    visit=st.booleans(),
    promise=st.sampled_from([None, None, "female"]),
    gender=st.sampled_from([None, None, "female", "male"]),
    doctor=st.sampled_from([None, None, "Huda", "Omar"]),
    last_day=st.sampled_from([None, None, 1, 4]),
    clocks=st.sampled_from([None, None, ("16:00", "21:00"), (None, "10:00"), ("20:00", None)]),
)
people = st.integers(0, PEOPLE - 1)
steps = st.one_of(
    st.tuples(st.just("free"), times),
    st.tuples(st.just("wait"), st.integers(0, 20)),
    st.tuples(st.just("take"), st.tuples(people, st.integers(0, 3))),
    st.tuples(st.just("decline"), st.tuples(people, st.integers(0, 3))),
    st.tuples(st.just("leave"), people),
    st.tuples(st.just("cancel"), people),
    st.tuples(st.just("book_past"), st.integers(0, 3)),
)


@dataclass
class World:
    """One random day, in a transaction that is rolled back."""

    conn: Connection
    room: WaitingRoom
    clinic: Clinic
    doctors: dict[str, Practitioner]
    queue: list[tuple[Patient, str, Wish]]  # with the patient's id, in the order of joining
    outsider: tuple[Patient, str]  # waits for nothing
    now: datetime

    def __post_init__(self) -> None:
        self.specialty = self.room.specialty("general")
        self.entries: list[str] = []
        self.visits: list[Optional[str]] = []
        for place, (patient, patient_id, wish) in enumerate(self.queue):
            visit = self._book(place, patient, patient_id, wish) if wish.visit else None
            entry = join_queue(
                self.conn,
                self.clinic,
                patient.contact_id,
                patient.conversation_id,
                self.specialty,
                patient_id,
                POLICY,
                self.now + timedelta(seconds=place),
                practitioner_id=self.doctors[wish.doctor].id if wish.doctor else None,
                appointment_id=visit,
                wishes={"gender": wish.gender, "date": self.days(wish), "time": wish.clocks},
            )
            self.entries.append(entry.id)
            self.visits.append(visit)

    def _book(self, place: int, patient: Patient, patient_id: str, wish: Wish) -> str:
        start = self.room.at(7, "09:00") + place * LENGTH
        promises = {"gender": wish.promise} if wish.promise else {}
        return self.book(self.doctors["Huda"], start, patient, patient_id, promises)

    def book(self, doctor: Practitioner, start: datetime, patient: Patient, patient_id: str, promises: Any) -> str:
        slot = Slot(doctor, start, start + LENGTH)
        return book_slot(
            self.conn,
            self.clinic.id,
            patient.contact_id,
            self.specialty,
            patient_id,
            slot,
            self.now,
            idempotency_key=f"property.{next(_keys)}",
            wishes=promises,
        )

    def days(self, wish: Wish) -> Any:
        return None if wish.last_day is None else [None, self.room.at(wish.last_day, "12:00").date().isoformat()]

    def rows(self, table: Any, **where: Any) -> list[Any]:
        query = select(table).where(*(table.c[name] == value for name, value in where.items()))
        return self.conn.execute(query.order_by(table.c.created_at, table.c.id)).all()

    def row(self, table: Any, row_id: str) -> Any:
        [row] = self.rows(table, id=row_id)
        return row

    # --- what should be, worked out without the code under test -------------------------------------------------------

    def fits(self, place: int, doctor: Practitioner, start: datetime) -> bool:
        wish, visit = self.queue[place][2], self.visits[place]
        local = start.astimezone(self.clinic.zone)
        first, last = wish.clocks or (None, None)
        clock, days = local.strftime("%H:%M"), self.days(wish)
        return (
            wish.gender in (None, doctor.gender)
            and (not wish.visit or wish.promise in (None, doctor.gender))
            and (wish.doctor is None or self.doctors[wish.doctor].id == doctor.id)
            and (days is None or local.date().isoformat() <= days[1])
            and (first is None or clock >= first)
            and (last is None or clock < last)
            and (visit is None or start < self.row(appointments, visit).starts_at)
        )

    def is_free(self, doctor: Practitioner, start: datetime) -> bool:
        busy = [
            row
            for row in self.rows(appointments, practitioner_id=doctor.id)
            if row.status != "cancelled" and row.starts_at < start + LENGTH and start < row.ends_at
        ]
        return not busy and start >= self.now + POLICY.notice

    def expected(self, freed: Any) -> list[str]:
        """Who is to be asked about a time now, in order."""
        offers = self.rows(waitlist_offers, freed_slot_id=freed.id)
        answering = [row for row in offers if row.status == "open" and row.expires_at > self.now]
        doctor = next(one for one in self.doctors.values() if one.id == freed.practitioner_id)
        if answering or not self.is_free(doctor, freed.during.lower):
            return []
        asked = {row.entry_id for row in offers}
        fitting = [
            entry
            for place, entry in enumerate(self.entries)
            if entry not in asked
            and self.row(waitlist_entries, entry).status == "waiting"
            and self.fits(place, doctor, freed.during.lower)
        ]
        return fitting[: POLICY.waitlist_group]

    # --- what happens -------------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """The job, with its choice compared at each time that is free."""
        end_stale_entries(self.conn, self.clinic.id, self.now)
        for freed_slot_id in open_freed_slots(self.conn, self.clinic.id):
            freed = self.row(freed_slots, freed_slot_id)
            before = {row.id for row in self.rows(waitlist_offers)}
            expected = self.expected(freed)
            offer_freed_slot(self.conn, self.clinic.id, freed_slot_id, self.now)
            new = [row for row in self.rows(waitlist_offers, freed_slot_id=freed_slot_id) if row.id not in before]
            assert sorted(row.entry_id for row in new) == sorted(expected)

    def offers_of(self, who: int) -> list[Any]:
        return self.rows(waitlist_offers, entry_id=self.entries[who])

    def do(self, action: str, value: Any) -> None:
        if action == "wait":
            self.now += timedelta(minutes=value)
            self.tick()
        elif action == "free":
            self.free(*value)
        elif action == "book_past":
            self.book_past(value)
        elif action == "leave":
            leave_queue(self.conn, self.clinic.id, self.queue[value][0].contact_id, self.now)
        elif action == "cancel":
            self.cancel(value)
        else:
            who, which = value
            had = self.offers_of(who)
            if had:
                self.answer(action, who, had[which % len(had)])
        self.check()

    def free(self, doctor: str, day: int, clock: str) -> None:
        start = self.room.at(day, clock)
        during = f"[{start.isoformat()},{(start + LENGTH).isoformat()})"
        values = {"clinic_id": self.clinic.id, "practitioner_id": self.doctors[doctor].id, "during": during}
        self.conn.execute(insert(freed_slots).values(created_at=self.now, **values))

    def cancel(self, who: int) -> None:
        visit = self.visits[who]
        if visit is not None and self.row(appointments, visit).status != "cancelled":
            cancel_appointment(self.conn, self.clinic.id, self.queue[who][0].contact_id, visit, self.now)

    def book_past(self, which: int) -> None:
        """Somebody else, who waits for nothing, books what is on offer."""
        offers = self.rows(waitlist_offers, status="open")
        if not offers:
            return
        offer = offers[which % len(offers)]
        freed = self.row(freed_slots, offer.freed_slot_id)
        doctor = next(one for one in self.doctors.values() if one.id == freed.practitioner_id)
        try:
            self.book(doctor, offer.during.lower, *self.outsider, {})
        except SlotTaken:
            pass  # it has a winner

    def answer(self, action: str, who: int, offer: Any) -> bool:
        """Whether it was won."""
        patient, place = self.queue[who][0], self.row(waitlist_entries, self.entries[who])
        known = (self.conn, self.clinic.id, patient.contact_id, offer.id)
        try:
            if action == "decline":
                decline_offer(*known, self.now)
                return False
            take_offer(
                self.conn,
                self.clinic,
                POLICY,
                patient.contact_id,
                offer.id,
                self.now,
                idempotency_key=f"tap.{offer.id}",
            )
        except (OfferGone, OfferOver):
            visit = self.visits[who]
            gone = visit is not None and self.row(appointments, visit).status == "cancelled"
            still = self.row(waitlist_entries, self.entries[who])
            assert still.status == place.status or gone, "a place was lost"
            return False
        return True

    def check(self) -> None:
        """What must hold at any time."""
        offers = self.rows(waitlist_offers)
        for offer in offers:
            place = self.entries.index(offer.entry_id)
            if offer.status != "won":
                continue
            won = [row for row in offers if row.status == "won" and row.freed_slot_id == offer.freed_slot_id]
            assert len(won) == 1, "two have one time"
            self.check_promises(place, offer)
        for place, entry in enumerate(self.entries):
            assert self.row(waitlist_entries, entry).created_at == self.started + timedelta(seconds=place)

    @property
    def started(self) -> datetime:
        return self.room.at(0, "10:00")

    def check_promises(self, place: int, offer: Any) -> None:
        wish = self.queue[place][2]
        freed = self.row(freed_slots, offer.freed_slot_id)
        doctor = next(one for one in self.doctors.values() if one.id == freed.practitioner_id)
        assert wish.gender in (None, doctor.gender)
        assert not wish.visit or wish.promise in (None, doctor.gender)
        assert wish.doctor is None or self.doctors[wish.doctor].id == doctor.id

    def end(self) -> int:
        """Everybody takes whatever they are offered until nothing is offered; returns how long it took."""
        for round_number in count():
            self.tick()
            for who in range(len(self.queue)):
                for offer in self.offers_of(who):
                    if offer.status == "open":
                        self.answer("take", who, offer)
            self.check()
            if not open_freed_slots(self.conn, self.clinic.id):
                return round_number
            self.now += timedelta(minutes=15)
            assert round_number < 20, "the chain has no end"
        raise AssertionError("unreachable")


@pytest.mark.timeout(600)
def test_whatever_happens_the_waitlist_is_fair(engine: Engine, clinic: DemoClinic) -> None:
    room = WaitingRoom(engine, clinic)
    doctors = {name: room.doctor(name) for name in CLOCKS}
    everybody = [room.patient(number, f"Patient {chr(65 + number)}") for number in range(PEOPLE + 1)]
    ids = [room.myself(patient, f"Patient {chr(65 + number)}") for number, patient in enumerate(everybody)]
    known = room.clinic

    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(wishes, min_size=PEOPLE, max_size=PEOPLE), st.lists(steps, min_size=5, max_size=14))
    def holds(queue: list[Wish], happens: list[tuple[str, Any]]) -> None:
        with engine.connect() as conn:
            waiting = list(zip(everybody[:-1], ids[:-1], queue, strict=True))
            outsider = (everybody[-1], ids[-1])
            world = World(conn, room, known, doctors, waiting, outsider, room.at(0, "10:00"))
            for action, value in happens:
                world.do(action, value)
            world.end()
            conn.rollback()

    holds()
