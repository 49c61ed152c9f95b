"""How fast times are found and booked when the table is full: `python -m bench.schedule [--small]`.

A PostgreSQL of its own, filled and thrown away: 50 practitioners in 10 specialties and one specialty that has all of
them; a million visits over five years, the coming 60 days about 60 % full. Prints a table, each line against the limit.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from itertools import count
from pathlib import Path
from statistics import quantiles
from typing import Callable, Iterator

from sqlalchemy import insert, select, text
from sqlalchemy.engine import Connection, Engine

from clinic import free_times as search
from clinic.appointments import book_slot, hold_slot
from clinic.database.connect import open_engine
from clinic.database.embedded import EmbeddedPostgres
from clinic.database.migrate import upgrade
from clinic.database.tables import (
    appointments,
    clinics,
    contacts,
    patients,
    practitioner_specialties,
    practitioners,
    specialties,
    working_hours,
)
from clinic.schedule import Clinic, Specialty, bookable_specialties, load_clinic, practitioners_of
from clinic.settings import BookingPolicy

NOW = datetime(2026, 11, 24, 10, tzinfo=timezone.utc)
POLICY = BookingPolicy(horizon_days=60)
PRACTITIONERS, SPECIALTIES, CONTACTS = 50, 10, 5_000
SESSIONS = ((9, 13), (16, 21))
WEEKDAYS = (6, 0, 1, 2, 3)
MINUTES = 20
FULL = 0.6
LIMIT_MS = 10.0  # of the issue, at the 95th percentile, for finding times and for booking


@dataclass(frozen=True)
class Measured:
    name: str
    milliseconds: list[float]

    @property
    def p50(self) -> float:
        return quantiles(self.milliseconds, n=100, method="inclusive")[49]

    @property
    def p95(self) -> float:
        return quantiles(self.milliseconds, n=100, method="inclusive")[94]


@contextmanager
def database() -> Iterator[Engine]:
    """A server of its own, migrated; both end with the block."""
    with tempfile.TemporaryDirectory(prefix="istiqbal-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)  # root's server runs as another user, who has to pass through
        server = EmbeddedPostgres(Path(folder).resolve())
        server.start()
        try:
            upgrade(server.url)
            engine = open_engine(server.url)
            yield engine
            engine.dispose()
        finally:
            server.stop()


def fill(engine: Engine, visits: int) -> Clinic:
    """The clinic and its people, then the visits in one statement."""
    with engine.begin() as conn:
        clinic_id = conn.execute(
            insert(clinics)
            .values(
                name_en="Bench",
                name_ar="Bench",
                country="SA",
                timezone="Asia/Riyadh",
                currency="SAR",
                emergency_number="997",
            )
            .returning(clinics.c.id)
        ).scalar_one()
        _fill_people(conn, clinic_id)
        _fill_practitioners(conn, clinic_id)
    _fill_visits(engine, clinic_id, visits)
    with engine.begin() as conn:
        return load_clinic(conn, clinic_id)


def _fill_people(conn: Connection, clinic_id: str) -> None:
    numbers = range(CONTACTS)
    conn.execute(insert(contacts), [{"clinic_id": clinic_id, "wa_id": f"9665{number:08d}"} for number in numbers])
    conn.execute(insert(patients), [{"clinic_id": clinic_id, "name": f"Patient {number}"} for number in numbers])


def _fill_practitioners(conn: Connection, clinic_id: str) -> None:
    made = [
        conn.execute(
            insert(specialties)
            .values(clinic_id=clinic_id, code=code, name_en=code, name_ar=code, minutes=MINUTES, position=place)
            .returning(specialties.c.id)
        ).scalar_one()
        for place, code in enumerate((*(f"s{number}" for number in range(SPECIALTIES)), "all"))
    ]
    for number in range(PRACTITIONERS):
        doctor = conn.execute(
            insert(practitioners)
            .values(clinic_id=clinic_id, name_en=f"Dr {number:02d}", name_ar=f"د {number:02d}", gender="female")
            .returning(practitioners.c.id)
        ).scalar_one()
        conn.execute(
            insert(practitioner_specialties),
            [
                {"clinic_id": clinic_id, "practitioner_id": doctor, "specialty_id": specialty}
                for specialty in (made[number % SPECIALTIES], made[-1])
            ],
        )
        conn.execute(
            insert(working_hours),
            [
                {
                    "clinic_id": clinic_id,
                    "practitioner_id": doctor,
                    "weekday": weekday,
                    "start_time": f"{start}:00",
                    "end_time": f"{end}:00",
                }
                for weekday in WEEKDAYS
                for start, end in SESSIONS
            ],
        )


# Every working day back from the horizon, a share of its times; newest first until there are enough.
_VISITS = text(
    """
    INSERT INTO appointments (id, clinic_id, practitioner_id, specialty_id, contact_id, patient_id, status, during)
    SELECT gen_random_uuid(), :clinic_id, d.id, d.specialty_id, c.id, p.id,
      CASE WHEN upper(t.during) < :now THEN 'fulfilled' ELSE 'booked' END, t.during
    FROM (
      SELECT day, tstzrange(start, start + :minutes * interval '1 minute') AS during
      FROM generate_series(
        (date_trunc('day', CAST(:now AS timestamptz), 'Asia/Riyadh') AT TIME ZONE 'Asia/Riyadh') + interval '61 days',
        (date_trunc('day', CAST(:now AS timestamptz), 'Asia/Riyadh') AT TIME ZONE 'Asia/Riyadh') - interval '6 years',
        interval '-1 day') AS day,
      LATERAL (VALUES (9, 13), (16, 21)) AS session (first, last),
      LATERAL generate_series(
        (day + session.first * interval '1 hour') AT TIME ZONE 'Asia/Riyadh',
        (day + session.last * interval '1 hour' - :minutes * interval '1 minute') AT TIME ZONE 'Asia/Riyadh',
        :minutes * interval '1 minute') AS start
      WHERE extract(isodow FROM day) IN (7, 1, 2, 3, 4)
    ) AS t
    CROSS JOIN (
      SELECT p.id, CAST(min(CAST(s.specialty_id AS text)) AS uuid) AS specialty_id,
        row_number() OVER (ORDER BY p.name_en) AS place
      FROM practitioners p JOIN practitioner_specialties s ON s.practitioner_id = p.id GROUP BY p.id
    ) AS d
    CROSS JOIN LATERAL (SELECT floor(random() * :people + d.place * 0)::int AS person) AS r
    JOIN (SELECT id, row_number() OVER () - 1 AS person FROM contacts) AS c ON c.person = r.person
    JOIN (SELECT id, row_number() OVER () - 1 AS person FROM patients) AS p ON p.person = r.person
    WHERE random() < :full
    ORDER BY day DESC LIMIT :visits
    """
)


def _fill_visits(engine: Engine, clinic_id: str, visits: int) -> None:
    """Indexes and constraints are built once the rows are in."""
    with engine.begin() as conn:
        conn.execute(text("SET LOCAL session_replication_role = replica"))
        conn.execute(text("SET LOCAL maintenance_work_mem = '512MB'"))
        built_later = conn.execute(
            text(
                "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
                "WHERE conrelid = 'appointments'::regclass AND contype = 'x'"
            )
        ).all()
        for name, _ in built_later:
            conn.execute(text(f"ALTER TABLE appointments DROP CONSTRAINT {name}"))
        values = {"clinic_id": clinic_id, "now": NOW, "minutes": MINUTES, "full": FULL, "people": CONTACTS}
        conn.execute(_VISITS, {**values, "visits": visits})
        for name, definition in built_later:
            conn.execute(text(f"ALTER TABLE appointments ADD CONSTRAINT {name} {definition}"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(text("VACUUM ANALYZE"))


def measure(name: str, times: int, work: Callable[[], object], before: Callable[[], object] = lambda: None) -> Measured:
    taken = []
    for _ in range(times):
        before()
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return Measured(name, taken)


def measure_search(engine: Engine, clinic: Clinic, times: int) -> list[Measured]:
    with engine.connect() as conn:
        offered = bookable_specialties(conn, clinic.id)
        one, everybody = offered[0], offered[-1]

        def find(specialty: Specialty) -> Callable[[], object]:
            return lambda: search.free_times(conn, clinic, specialty, POLICY, NOW)

        def forget() -> None:
            search.forget_grids()

        found = []
        for specialty, size in ((one, PRACTITIONERS // SPECIALTIES), (everybody, PRACTITIONERS)):
            find(specialty)()
            found += [
                measure(f"free times, {size} practitioners, 60 days", times, find(specialty)),
                measure(f"the same, schedule just changed ({size})", max(times // 10, 5), find(specialty), forget),
            ]
        doctor = practitioners_of(conn, clinic.id, everybody.id)[7]
        found.append(
            measure(
                "free times of one doctor, 60 days",
                times,
                lambda: search.free_times(conn, clinic, everybody, POLICY, NOW, practitioner_ids=[doctor.id]),
            )
        )
        return found


def measure_booking(engine: Engine, clinic: Clinic, times: int) -> list[Measured]:
    """Each step in a transaction of its own, over all contacts and times in turn."""
    with engine.connect() as conn:
        specialty = bookable_specialties(conn, clinic.id)[-1]
        free = search.free_times(conn, clinic, specialty, POLICY, NOW)
        people = conn.execute(select(contacts.c.id).where(contacts.c.clinic_id == clinic.id).limit(times)).scalars()
        everybody = list(people)
        patient = conn.execute(select(patients.c.id).where(patients.c.clinic_id == clinic.id)).scalars().first()
    slots = [free[index * (len(free) - 1) // times] for index in range(times)]
    held, booked = count(), count()

    def hold() -> None:
        number = next(held)
        with engine.begin() as conn:
            hold_slot(conn, clinic.id, everybody[number % len(everybody)], specialty.id, slots[number], NOW)

    def book() -> None:
        number = next(booked)
        contact = everybody[number % len(everybody)]
        with engine.begin() as conn:
            book_slot(
                conn, clinic.id, contact, specialty.id, patient, slots[number], NOW, idempotency_key=f"bench {number}"
            )

    return [measure("hold a time, committed", times, hold), measure("book it, committed", times, book)]


def report(results: list[Measured]) -> None:
    print(f"{'':46}{'p50 ms':>9}{'p95 ms':>9}{'of limit':>10}")
    for one in results:
        print(f"{one.name:46}{one.p50:9.2f}{one.p95:9.2f}{one.p95 / LIMIT_MS:10.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="20,000 visits instead of a million, for CI")
    visits, times = (20_000, 50) if parser.parse_args().small else (1_000_000, 300)
    with database() as engine:
        began = time.perf_counter()
        clinic = fill(engine, visits)
        with engine.connect() as conn:
            rows = conn.execute(select(text("count(*)")).select_from(appointments)).scalar_one()
        print(f"{rows:,} visits in {time.perf_counter() - began:.0f} s")
        report(measure_search(engine, clinic, times) + measure_booking(engine, clinic, times))


if __name__ == "__main__":
    main()
