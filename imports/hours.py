"""Weekly hours: those in the list take the place of the practitioner's hours of the same season."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import Iterator, Optional, Sequence

from psycopg2.errorcodes import EXCLUSION_VIOLATION
from sqlalchemy import and_, delete, insert, select
from sqlalchemy.exc import IntegrityError

from clinic.database.tables import working_hours
from clinic.hours_changes import affected
from clinic.schedule import load_clinic
from imports.job import Job
from imports.kind import Column, Kind
from imports.known import Practitioners
from imports.problems import BadValue
from imports.report import CREATED, UNCHANGED, Report
from imports.rows import Cells
from imports.values import HOUR_KINDS, SEASONS, clean, read_clock, read_day, read_weekdays, read_word, read_words

COLUMNS = (
    Column("practitioner", "the practice's id of the practitioner, ours, or the name", ("doctor", "practitioner id", "doctor id", "name", "الطبيب", "اسم الطبيب", "رقم الطبيب")),
    Column("weekday", "one day or several divided by |, in English or Arabic", ("day", "days", "weekdays", "اليوم", "الأيام", "أيام")),
    Column("start", "17:30 or 5:30 pm, on the clinic's clock", ("from", "start time", "opens", "من", "البداية", "وقت البداية", "من الساعة")),
    Column("end", "the same; before the start it is on the next day", ("to", "until", "end time", "closes", "إلى", "النهاية", "وقت النهاية", "إلى الساعة")),
    Column("kind", "work (default) or break", ("type", "النوع")),
    Column("season", "usual (default) or ramadan", ("الموسم",)),
    Column("valid_from", "first day on which it holds", ("from date", "start date", "من تاريخ")),
    Column("valid_until", "last day on which it holds", ("to date", "end date", "until date", "إلى تاريخ")),
)  # fmt: skip
DAY, WEEK = 24 * 60, 7 * 24 * 60  # minutes
MOST_SESSIONS = 500  # of one practitioner

# What makes two sessions the same one.
Key = tuple[int, time, time, str, str, Optional[date], Optional[date]]


@dataclass(frozen=True)
class HoursRow:
    line: int
    practitioner: str
    weekdays: tuple[int, ...]
    start: time
    end: time
    kind: str
    season: str
    valid_from: Optional[date]
    valid_until: Optional[date]

    def keys(self) -> Iterator[Key]:
        for weekday in self.weekdays:
            yield (weekday, self.start, self.end, self.kind, self.season, self.valid_from, self.valid_until)


def read(cells: Cells, job: Job) -> HoursRow:
    start, end = cells.need("start", read_clock), cells.need("end", read_clock)
    if start is not None and start == end:
        cells.refuse("end", "hours_zero")
    valid_from, valid_until = cells.read("valid_from", read_day), cells.read("valid_until", read_day)
    if valid_from and valid_until and valid_until < valid_from:
        cells.refuse("valid_until", "dates_crossed")
    return HoursRow(
        cells.line,
        cells.need("practitioner", read_words) or "",
        tuple(dict.fromkeys(cells.need("weekday", read_weekdays) or ())),
        start or time(),
        end or time(),
        cells.read("kind", lambda text: read_word(text, HOUR_KINDS, "hours_kind_unreadable")) or "work",
        cells.read("season", lambda text: read_word(text, SEASONS, "season_unreadable")) or "usual",
        valid_from,
        valid_until,
    )


def write(job: Job, rows: Sequence[HoursRow], report: Report) -> None:
    known = Practitioners(job)
    by_practitioner: dict[str, list[HoursRow]] = {}
    for row in rows:
        try:
            by_practitioner.setdefault(known.find(row.practitioner), []).append(row)
        except BadValue as error:
            report.refuse(row.line, error)
            report.subjects[row.line] = row.practitioner
    torn = [line for line, named in report.subjects.items() if named is None]  # of nobody knows whom
    spoiled = _named_in_bad_rows(known, report)
    for number, (practitioner_id, theirs) in enumerate(by_practitioner.items()):
        _refuse_overlaps(theirs, report)
        bad = [row.line for row in theirs if row.line in report.outcomes] + spoiled.get(practitioner_id, []) + torn
        if bad:
            # Half of somebody's week would close the other half.
            for row in theirs:
                if row.line not in report.outcomes:
                    report.refuse(row.line, BadValue("hours_incomplete", other=min(bad)))
        else:
            _replace(job, practitioner_id, theirs, report)
            _tell_left_out(job, practitioner_id, theirs[0].line, report)
        job.progress("writing", number + 1, len(by_practitioner))


def _tell_left_out(job: Job, practitioner_id: str, line: int, report: Report) -> None:
    """The visits to come that the new hours do not hold."""
    clinic = load_clinic(job.conn, job.clinic_id)
    for appointment in affected(job.conn, clinic, job.now, [practitioner_id]):
        when = f"{appointment.start.astimezone(job.zone):%Y-%m-%d %H:%M}"
        report.remark(line, "hours_leave_out", id=appointment.id, when=when)


def _named_in_bad_rows(known: Practitioners, report: Report) -> dict[str, list[int]]:
    """Lines of each practitioner that could not be read."""
    spoiled: dict[str, list[int]] = {}
    for line, named in report.subjects.items():
        for id in known.meant(clean(named or "")):
            spoiled.setdefault(id, []).append(line)
    return spoiled


def _refuse_overlaps(rows: Sequence[HoursRow], report: Report) -> None:
    """Both lines are told. A session past midnight may also run into the next day's, and Sunday's into Monday's."""
    sessions = [(row, key) for row in rows for key in row.keys()]
    if len(sessions) > MOST_SESSIONS:
        report.refuse(rows[0].line, BadValue("hours_many", "practitioner", most=MOST_SESSIONS))
        return
    told: set[tuple[int, int]] = set()
    for index, (row, key) in enumerate(sessions):
        for other, other_key in sessions[:index]:
            pair = (other.line, row.line)
            if pair not in told and _overlap(key, other_key):
                told.add(pair)
                report.refuse(row.line, BadValue("hours_overlap", "start", other=other.line))
                if other is not row:
                    report.refuse(other.line, BadValue("hours_overlap", "start", other=row.line))


def _overlap(one: Key, other: Key) -> bool:
    if one[3:5] != other[3:5] or not _together(one, other):
        return False
    first, length = _minutes(one)
    second, other_length = _minutes(other)
    return (second - first) % WEEK < length or (first - second) % WEEK < other_length


def _together(one: Key, other: Key) -> bool:
    """Whether there is a day on which both hold."""
    begins = max(one[5] or date.min, other[5] or date.min)
    return begins <= min(one[6] or date.max, other[6] or date.max)


def _minutes(key: Key) -> tuple[int, int]:
    """Start since Monday 0:00, and length."""
    start, end = (clock.hour * 60 + clock.minute for clock in key[1:3])
    return key[0] * DAY + start, (end - start) % DAY or DAY


def _replace(job: Job, practitioner_id: str, rows: Sequence[HoursRow], report: Report) -> None:
    columns = [working_hours.c[name] for name in _FIELDS]
    seasons = {row.season for row in rows}
    theirs = and_(
        working_hours.c.clinic_id == job.clinic_id,
        working_hours.c.practitioner_id == practitioner_id,
        working_hours.c.season.in_(seasons),
    )
    there = {tuple(row[1:]): row[0] for row in job.conn.execute(select(working_hours.c.id, *columns).where(theirs))}
    wanted = {key for row in rows for key in row.keys()}
    gone = [id for key, id in there.items() if key not in wanted]
    try:
        with job.conn.begin_nested():
            if gone:
                job.conn.execute(
                    delete(working_hours).where(
                        working_hours.c.id.in_(gone), working_hours.c.clinic_id == job.clinic_id
                    )
                )
            settled = [(row, *_keep_or_add(job, practitioner_id, row, there)) for row in rows]
    except HoursRefused as error:
        for row in rows:
            code = "hours_overlap_there" if row.line == error.line else "hours_incomplete"
            report.refuse(row.line, BadValue(code, other=error.line))
        return
    for row, what, id in settled:
        report.settle(row.line, what, id)
    if gone:
        report.remark(rows[0].line, "hours_removed", count=len(gone))


_FIELDS = ("weekday", "start_time", "end_time", "kind", "season", "valid_from", "valid_until")


class HoursRefused(Exception):
    """The database's exclusion constraint said no to the row of this line."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def _keep_or_add(job: Job, practitioner_id: str, row: HoursRow, there: dict[tuple, str]) -> tuple[str, str]:
    """What became of the row, and an id of it. Raises HoursRefused."""
    what, id = UNCHANGED, ""
    for key in row.keys():
        if key in there:
            id = id or there[key]
            continue
        values = dict(zip(_FIELDS, key, strict=True))
        try:
            added = job.conn.execute(
                insert(working_hours)
                .values(clinic_id=job.clinic_id, practitioner_id=practitioner_id, **values)
                .returning(working_hours.c.id)
            ).scalar_one()
        except IntegrityError as error:
            if getattr(error.orig, "pgcode", None) == EXCLUSION_VIOLATION:
                raise HoursRefused(row.line) from error
            raise
        what, id = CREATED, id or str(added)
    return what, id


HOURS: Kind[HoursRow] = Kind("hours", COLUMNS, (("practitioner",), ("weekday",), ("start",), ("end",)), read, write)
