"""Practitioners: who they are, what they offer, whom they see."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Optional, Sequence

from sqlalchemy import delete, insert, update

from clinic.database.tables import practitioner_specialties, practitioners, specialties
from imports.job import Job
from imports.kind import Column, Kind
from imports.known import KnownSpecialty, Practitioners, Specialties
from imports.problems import BadValue
from imports.report import CREATED, UNCHANGED, UPDATED, Report
from imports.rows import Cells
from imports.values import (
    read_gender,
    read_languages,
    read_list,
    read_name,
    read_whole,
    read_words,
    read_yes_no,
)
from understanding.folding import fold
from understanding.lexicon.entities import SPECIALTIES

COLUMNS = (
    Column("id", "the practice's own id; the key when the list comes again", ("practitioner id", "doctor id", "رقم الطبيب", "المعرف", "رقم")),
    Column("name_en", "the name in English", ("name", "doctor", "practitioner", "english name", "doctor name", "الاسم بالانجليزية")),
    Column("name_ar", "the name in Arabic", ("arabic name", "الاسم", "اسم الطبيب", "الطبيب", "الاسم بالعربية", "الاسم العربي")),
    Column("gender", "female or male", ("sex", "الجنس", "النوع")),
    Column("specialties", "codes or names, divided by |", ("specialty", "speciality", "department", "التخصص", "التخصصات", "العيادة")),
    Column("languages", "names or ISO codes, divided by |", ("language", "spoken languages", "اللغات", "اللغة")),
    Column("min_age", "youngest patient, in whole years", ("from age", "minimum age", "أقل عمر", "العمر من")),
    Column("max_age", "oldest patient, in whole years, included", ("to age", "maximum age", "أكبر عمر", "العمر إلى")),
    Column("patients_gender", "female or male, when they see only these", ("patients", "sees", "جنس المرضى", "المرضى")),
    Column("active", "yes or no: bookable", ("enabled", "status", "نشط", "الحالة")),
)  # fmt: skip
OLDEST_AGE = 130
# Of a specialty that is made here; the clinic changes it at the desk.
NEW_SPECIALTY_MINUTES = 30


@dataclass(frozen=True)
class PractitionerRow:
    line: int
    external_id: Optional[str]
    name_en: str
    name_ar: str
    gender: Optional[str]
    specialties: tuple[str, ...]
    given: dict[str, Any]  # the other columns that have something in them


def read(cells: Cells, job: Job) -> PractitionerRow:
    english, arabic = cells.read("name_en", read_name), cells.read("name_ar", read_name)
    if not (cells.given("name_en") or cells.given("name_ar")):
        cells.refuse("name_en", "no_name")
    given = {
        "languages": cells.read("languages", read_languages),
        "min_age": cells.read("min_age", _age),
        "max_age": cells.read("max_age", _age),
        "patients_gender": cells.read("patients_gender", _one_gender),
        "active": cells.read("active", read_yes_no),
    }
    least, most = given["min_age"], given["max_age"]
    if isinstance(least, int) and isinstance(most, int) and least > most:
        cells.refuse("max_age", "ages_crossed")
    return PractitionerRow(
        cells.line,
        cells.read("id", read_words),
        english or arabic or "",
        arabic or english or "",
        cells.read("gender", _one_gender),
        cells.read("specialties", lambda text: read_list(text.replace(",", "|"))) or (),
        {name: value for name, value in given.items() if value is not None},
    )


def _age(text: str) -> int:
    return read_whole(text, 0, OLDEST_AGE)


def _one_gender(text: str) -> str:
    gender = read_gender(text)
    if gender not in ("female", "male"):
        raise BadValue("gender_unreadable")
    return gender


def write(job: Job, rows: Sequence[PractitionerRow], report: Report) -> None:
    known, offered = Practitioners(job), Specialties(job)
    seen: dict[str, int] = {}
    for number, row in enumerate(rows):
        try:
            id = _match(known, row)
            key = id or row.external_id or row.name_en
            if key in seen:
                raise BadValue("row_double", "id", other=seen[key])
            wanted = [_specialty(job, offered, named) for named in row.specialties]
            seen[key] = row.line
            if id is None:
                seen[_create(job, known, row, wanted, report)] = row.line
            else:
                _update(job, known, id, row, wanted, report)
        except BadValue as error:
            report.refuse(row.line, error)
        job.progress("writing", number + 1, len(rows))


def _match(known: Practitioners, row: PractitionerRow) -> Optional[str]:
    """By the practice's id; without one by name. Raises BadValue."""
    if row.external_id:
        return known.with_external_id(row.external_id)
    found = known.named(row.name_en) | known.named(row.name_ar)
    if len(found) > 1:
        raise BadValue("practitioner_ambiguous", "name_en", named=row.name_en)
    return next(iter(found), None)


def _specialty(job: Job, offered: Specialties, named: str) -> KnownSpecialty:
    """Raises BadValue."""
    found = offered.find(named)
    if found is None and not job.create_specialties:
        raise BadValue("specialty_unknown", "specialties", named=named)
    return found or _create_specialty(job, offered, named)


def _create_specialty(job: Job, offered: Specialties, named: str) -> KnownSpecialty:
    """Under the code that patients' words lead to, if there is one."""
    folded = fold(named)
    code = next((code for code, words in SPECIALTIES.items() if folded in (code, *words)), None)
    code = code or re.sub(r"[\W_]+", "_", folded).strip("_")
    same = next((one for one in offered.by_id.values() if one.code == code), None)
    if same is not None or not code:
        if same is None:
            raise BadValue("specialty_unknown", "specialties", named=named)
        return same
    id = job.conn.execute(
        insert(specialties)
        .values(clinic_id=job.clinic_id, code=code, name_en=named, name_ar=named, minutes=NEW_SPECIALTY_MINUTES)
        .returning(specialties.c.id)
    ).scalar_one()
    made = KnownSpecialty(str(id), code, NEW_SPECIALTY_MINUTES)
    offered.add(made, named)
    return made


def _create(
    job: Job, known: Practitioners, row: PractitionerRow, wanted: Sequence[KnownSpecialty], report: Report
) -> str:
    if row.gender is None:
        raise BadValue("empty", "gender")
    if not wanted:
        raise BadValue("empty", "specialties")
    values = {"name_en": row.name_en, "name_ar": row.name_ar, "gender": row.gender, **_plain(row.given)}
    id = job.conn.execute(
        insert(practitioners)
        .values(clinic_id=job.clinic_id, external_id=row.external_id, **values)
        .returning(practitioners.c.id)
    ).scalar_one()
    _offer(job, id, wanted)
    known.remember(id, row.external_id, row.name_en, row.name_ar)
    if row.name_en == row.name_ar:
        report.remark(row.line, "one_name")
    report.settle(row.line, CREATED, id)
    return str(id)


def _update(
    job: Job,
    known: Practitioners,
    id: str,
    row: PractitionerRow,
    wanted: Sequence[KnownSpecialty],
    report: Report,
) -> None:
    now = known.rows[id]
    told = _plain(row.given)
    # One name for both languages replaces neither.
    if row.name_en != row.name_ar:
        told.update(name_en=row.name_en, name_ar=row.name_ar)
    elif row.external_id and row.name_en not in (now.name_en, now.name_ar):
        told["name_ar" if re.search(r"[\u0621-\u064a]", row.name_en) else "name_en"] = row.name_en
    if row.gender:
        told["gender"] = row.gender
    changed = {name: value for name, value in told.items() if getattr(now, name) != value}
    if "min_age" in changed or "max_age" in changed:
        least, most = told.get("min_age", now.min_age), told.get("max_age", now.max_age)
        if least is not None and most is not None and least > most:
            raise BadValue("ages_crossed", "max_age")
    if changed:
        job.conn.execute(
            update(practitioners)
            .where(practitioners.c.id == id, practitioners.c.clinic_id == job.clinic_id)
            .values(**changed)
        )
    offers = {specialty.id for specialty in wanted}
    moved = bool(offers) and offers != set(known.specialties.get(id, []))
    if moved:
        job.conn.execute(
            delete(practitioner_specialties).where(
                practitioner_specialties.c.practitioner_id == id,
                practitioner_specialties.c.clinic_id == job.clinic_id,
            )
        )
        _offer(job, id, wanted)
    report.settle(row.line, UPDATED if changed or moved else UNCHANGED, id)


def _plain(given: dict[str, Any]) -> dict[str, Any]:
    """As the driver reads them back."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in given.items()}


def _offer(job: Job, id: str, wanted: Sequence[KnownSpecialty]) -> None:
    job.conn.execute(
        insert(practitioner_specialties),
        [
            {"clinic_id": job.clinic_id, "practitioner_id": id, "specialty_id": specialty_id}
            for specialty_id in dict.fromkeys(specialty.id for specialty in wanted)
        ],
    )


PRACTITIONERS: Kind[PractitionerRow] = Kind("practitioners", COLUMNS, (("name_en", "name_ar"),), read, write)
