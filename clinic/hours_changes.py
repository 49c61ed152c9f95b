"""Changing when the clinic works: each change is checked, and says which visits it hits. None of them moves by itself.

What a change would hit, without making it: run it inside `dry_run`.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any, Callable, Iterable, Iterator, Optional, Sequence

from psycopg2.extras import DateTimeTZRange
from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection

from clinic.appointments import UPCOMING_STATUSES, Appointment, load_appointment
from clinic.database.tables import (
    absences,
    appointments,
    extra_sessions,
    practitioners,
    seasons,
    services,
    specialties,
    working_hours,
)
from clinic.hours import DAY, load_timetable, merge, wall_moment, wall_range
from clinic.schedule import Clinic
from clinic.week import HoursProblem, HoursRow, check_hours


@contextmanager
def dry_run(conn: Connection) -> Iterator[None]:
    """What is changed inside is taken back at the end."""
    savepoint = conn.begin_nested()
    try:
        yield
    finally:
        savepoint.rollback()


# --- whom it hits -----------------------------------------------------------------------------------------------------


def affected(
    conn: Connection, clinic: Clinic, now: datetime, practitioner_ids: Optional[Iterable[str]] = None
) -> list[Appointment]:
    """Visits to come, booked or confirmed, that do not lie in their practitioner's working time; soonest first.

    Who is no longer active works at no time. `practitioner_ids` None: of all.
    """
    return [load_appointment(conn, clinic.id, one) for one in _outside(conn, clinic, now, practitioner_ids)]


def _outside(
    conn: Connection, clinic: Clinic, now: datetime, practitioner_ids: Optional[Iterable[str]]
) -> dict[str, None]:
    """Their ids, in order."""
    table = appointments.c
    query = (
        select(table.id, table.practitioner_id, table.starts_at, table.ends_at, practitioners.c.active)
        .join(practitioners, practitioners.c.id == table.practitioner_id)
        .where(table.clinic_id == clinic.id, table.status.in_(UPCOMING_STATUSES), table.starts_at > now)
        .order_by(table.starts_at, table.id)
    )
    if practitioner_ids is not None:
        query = query.where(table.practitioner_id.in_(list(practitioner_ids)))
    coming = conn.execute(query).all()
    if not coming:
        return {}
    first, last = (moment.astimezone(clinic.zone).date() for moment in (coming[0].starts_at, coming[-1].ends_at))
    day = timedelta(days=1)
    timetable = load_timetable(conn, clinic, first - day, last + day, {row.practitioner_id for row in coming})
    worked: dict[tuple[str, date], list[tuple]] = {}

    def works(owner: str, start: datetime, end: datetime) -> bool:
        on = start.astimezone(clinic.zone).date()
        if (owner, on) not in worked:
            near = (timetable.sessions_on(owner, on + timedelta(days=shift)) for shift in (-1, 0, 1))
            worked[owner, on] = merge(stretch for sessions in near for stretch in sessions)
        return any(low <= start and end <= high for low, high in worked[owner, on])

    return {
        row.id: None for row in coming if not (row.active and works(row.practitioner_id, row.starts_at, row.ends_at))
    }


def _hit_by(
    conn: Connection,
    clinic: Clinic,
    now: datetime,
    practitioner_ids: Optional[Sequence[str]],
    change: Callable[[], object],
) -> list[Appointment]:
    """Make the change; the visits that lay in working time before it and do not after."""
    before = _outside(conn, clinic, now, practitioner_ids)
    change()
    after = _outside(conn, clinic, now, practitioner_ids)
    return [load_appointment(conn, clinic.id, one) for one in after if one not in before]


# --- the week ---------------------------------------------------------------------------------------------------------


def hours_of(conn: Connection, clinic: Clinic, practitioner_id: str) -> list[HoursRow]:
    """Somebody's week as it stands, sessions and breaks of all seasons."""
    names = ("weekday", "start_time", "end_time", "kind", "season", "valid_from", "valid_until")
    query = (
        select(*(working_hours.c[name] for name in names))
        .where(working_hours.c.clinic_id == clinic.id, working_hours.c.practitioner_id == practitioner_id)
        .order_by(working_hours.c.season.desc(), working_hours.c.weekday, working_hours.c.start_time)
    )
    return [HoursRow(*row) for row in conn.execute(query)]


def set_hours(
    conn: Connection, clinic: Clinic, practitioner_id: str, rows: Sequence[HoursRow], now: datetime
) -> list[Appointment]:
    """These rows in place of all that the practitioner had. Returns the visits that this hits. Raises HoursProblem."""
    check_hours(rows)
    _check_practitioner(conn, clinic, practitioner_id)
    return _hit_by(conn, clinic, now, [practitioner_id], lambda: _write_hours(conn, clinic, practitioner_id, rows))


def set_hours_from(
    conn: Connection, clinic: Clinic, practitioner_id: str, day: date, rows: Sequence[HoursRow], now: datetime
) -> list[Appointment]:
    """These rows from this day on; what holds now goes on until the day before. As `set_hours`."""
    eve = day - timedelta(days=1)
    kept = [
        replace(row, valid_until=eve if row.valid_until is None else min(eve, row.valid_until))
        for row in hours_of(conn, clinic, practitioner_id)
        if row.valid_from is None or row.valid_from < day
    ]
    new = [replace(row, valid_from=max(day, row.valid_from or day)) for row in rows]
    return set_hours(conn, clinic, practitioner_id, [*kept, *new], now)


def _write_hours(conn: Connection, clinic: Clinic, practitioner_id: str, rows: Sequence[HoursRow]) -> None:
    conn.execute(
        delete(working_hours).where(
            working_hours.c.clinic_id == clinic.id, working_hours.c.practitioner_id == practitioner_id
        )
    )
    if rows:
        conn.execute(
            insert(working_hours),
            [
                {
                    "clinic_id": clinic.id,
                    "practitioner_id": practitioner_id,
                    "weekday": row.weekday,
                    "start_time": row.start,
                    "end_time": row.end,
                    "kind": row.kind,
                    "season": row.season,
                    "valid_from": row.valid_from,
                    "valid_until": row.valid_until,
                }
                for row in rows
            ],
        )


# --- days that differ -------------------------------------------------------------------------------------------------


def add_leave(
    conn: Connection,
    clinic: Clinic,
    practitioner_id: str,
    start: datetime,
    end: datetime,
    now: datetime,
    *,
    created_by: str = "system",
) -> list[Appointment]:
    """Away in `[start, end)`; from midnight to midnight it means clinic days. Raises HoursProblem."""
    _check_stretch(start, end)
    _check_practitioner(conn, clinic, practitioner_id)
    values = {"practitioner_id": practitioner_id, "reason": "leave", "created_by": created_by}
    return _hit_by(conn, clinic, now, [practitioner_id], lambda: _write_absence(conn, clinic, start, end, values))


def close_clinic(
    conn: Connection,
    clinic: Clinic,
    start: datetime,
    end: datetime,
    now: datetime,
    *,
    reason: str = "closed",
    name_en: str = "",
    name_ar: str = "",
    created_by: str = "system",
) -> list[Appointment]:
    """Nobody works in `[start, end)`; on a holiday they do in sessions added for the day. Raises HoursProblem."""
    _check_stretch(start, end)
    values = {"reason": reason, "name_en": name_en, "name_ar": name_ar, "created_by": created_by}
    return _hit_by(conn, clinic, now, None, lambda: _write_absence(conn, clinic, start, end, values))


def _write_absence(conn: Connection, clinic: Clinic, start: datetime, end: datetime, values: dict[str, Any]) -> None:
    during = DateTimeTZRange(start, end)
    conn.execute(insert(absences).values(clinic_id=clinic.id, during=during, **values))


def remove_absence(conn: Connection, clinic: Clinic, absence_id: str) -> None:
    """A leave taken back, a holiday on which the clinic works. It hits nobody. Raises HoursProblem."""
    gone = conn.execute(delete(absences).where(absences.c.clinic_id == clinic.id, absences.c.id == absence_id))
    if not gone.rowcount:
        raise HoursProblem("unknown_absence", absence=absence_id)


def add_extra_session(
    conn: Connection, clinic: Clinic, practitioner_id: str, day: date, start: time, end: time
) -> list[Appointment]:
    """A session on one day beside the weekly ones; it holds on holidays. It hits nobody. Raises HoursProblem."""
    if start == end:
        raise HoursProblem("empty_session", day=day, start=start, end=end)
    _check_practitioner(conn, clinic, practitioner_id)
    _check_free_of_sessions(conn, clinic, practitioner_id, day, start, end)
    conn.execute(
        insert(extra_sessions).values(
            clinic_id=clinic.id, practitioner_id=practitioner_id, day=day, start_time=start, end_time=end
        )
    )
    return []


def _check_free_of_sessions(
    conn: Connection, clinic: Clinic, practitioner_id: str, day: date, start: time, end: time
) -> None:
    low, high = (wall_moment(day, minutes, clinic.zone) for minutes in wall_range(start, end))
    near = [day + timedelta(days=shift) for shift in (-1, 0, 1)]
    timetable = load_timetable(conn, clinic, near[0], near[-1], [practitioner_id])
    for other in near:
        for begins, ends in timetable.sessions_on(practitioner_id, other):
            if low < ends and begins < high:
                raise HoursProblem("overlap", day=day, start=start, end=end, other_start=begins, other_end=ends)


def remove_extra_session(conn: Connection, clinic: Clinic, session_id: str, now: datetime) -> list[Appointment]:
    """Returns the visits that this hits. Raises HoursProblem."""
    found = (extra_sessions.c.clinic_id == clinic.id, extra_sessions.c.id == session_id)
    owner = conn.execute(select(extra_sessions.c.practitioner_id).where(*found)).scalar_one_or_none()
    if owner is None:
        raise HoursProblem("unknown_extra_session", session=session_id)
    return _hit_by(conn, clinic, now, [owner], lambda: conn.execute(delete(extra_sessions).where(*found)))


def move_ramadan(
    conn: Connection, clinic: Clinic, season_id: str, starts_on: date, ends_on: date, now: datetime
) -> list[Appointment]:
    """The moon decided otherwise: both days included. Returns the visits that this hits. Raises HoursProblem."""
    if ends_on < starts_on:
        raise HoursProblem("end_before_start", start=starts_on, end=ends_on)
    own = seasons.c.clinic_id == clinic.id
    known = conn.execute(select(seasons.c.id).where(own, seasons.c.id == season_id)).first()
    if known is None:
        raise HoursProblem("unknown_season", season=season_id)
    met = conn.execute(
        select(seasons.c.starts_on, seasons.c.ends_on).where(
            own, seasons.c.id != season_id, seasons.c.starts_on <= ends_on, seasons.c.ends_on >= starts_on
        )
    ).first()
    if met is not None:
        raise HoursProblem("overlap", start=starts_on, end=ends_on, other_start=met.starts_on, other_end=met.ends_on)
    change = update(seasons).where(own, seasons.c.id == season_id).values(starts_on=starts_on, ends_on=ends_on)
    return _hit_by(conn, clinic, now, None, lambda: conn.execute(change))


# --- what is offered --------------------------------------------------------------------------------------------------


def add_service(
    conn: Connection,
    clinic: Clinic,
    specialty_id: str,
    code: str,
    name_en: str,
    name_ar: str,
    minutes: int,
    *,
    price: Optional[float] = None,
    aliases: Sequence[str] = (),
) -> str:
    """Returns its id. Raises HoursProblem: unknown_specialty, bad_minutes, code_taken."""
    if not 0 < minutes <= DAY:
        raise HoursProblem("bad_minutes", minutes=minutes)
    own = select(specialties.c.id).where(specialties.c.clinic_id == clinic.id, specialties.c.id == specialty_id)
    if conn.execute(own).first() is None:
        raise HoursProblem("unknown_specialty", specialty=specialty_id)
    same = select(services.c.id).where(services.c.clinic_id == clinic.id, services.c.code == code)
    if conn.execute(same).first() is not None:
        raise HoursProblem("code_taken", service=code)
    return str(
        conn.execute(
            insert(services)
            .values(
                clinic_id=clinic.id,
                specialty_id=specialty_id,
                code=code,
                name_en=name_en,
                name_ar=name_ar,
                aliases=list(aliases),
                minutes=minutes,
                price=price,
            )
            .returning(services.c.id)
        ).scalar_one()
    )


def _check_practitioner(conn: Connection, clinic: Clinic, practitioner_id: str) -> None:
    """Holds the row, so that two changes to one person's hours come one after the other."""
    query = select(practitioners.c.id).where(
        practitioners.c.clinic_id == clinic.id, practitioners.c.id == practitioner_id
    )
    if conn.execute(query.with_for_update(key_share=True)).first() is None:
        raise HoursProblem("unknown_practitioner", practitioner=practitioner_id)


def _check_stretch(start: datetime, end: datetime) -> None:
    if end <= start:
        raise HoursProblem("end_before_start", start=start, end=end)
