"""Patients on their way into the database, all at once: matched, written, linked to numbers, with their consents."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Sequence

from sqlalchemy import text

from imports.bulk import stage, take_stock
from imports.job import Job
from imports.lookalikes import ask_about_lookalikes
from imports.patient_record import PatientRow
from imports.problems import BadValue
from imports.report import Report
from understanding.folding import fold

_STAGED = (
    ("line", "integer PRIMARY KEY"),
    ("external_id", "text"),
    ("name", "text"),
    ("wa_id", "text"),
    ("birth_date", "date"),
    ("gender", "text"),
    ("language", "text"),
    ("conditions", "text[]"),
    ("children", "smallint"),
    ("deceased", "boolean"),
    ("relationship", "text"),
)
_STEPS = 8
# Of one day, the refusal is the newer word.
_REFUSED_AFTER = timedelta(seconds=1)


def write(job: Job, rows: Sequence[PatientRow], report: Report) -> None:
    """Without a word on a field, what is known stays. Nobody is merged: two who may be one are asked about."""
    rows = _refuse_doubles(rows, report)
    steps = iter(range(1, _STEPS + 1))

    def step() -> None:
        job.progress("writing", next(steps), _STEPS)

    stage(job.conn, "import_patients", _STAGED, (tuple(getattr(row, name) for name, _ in _STAGED) for row in rows))
    _run(job, "ALTER TABLE import_patients ADD patient_id uuid, ADD contact_id uuid, ADD what text, ADD fresh boolean")
    step()
    take_stock(job.conn, len(rows), "patients", "contacts", "contact_patients", "consents")
    _match(job, rows, report)
    take_stock(job.conn, len(rows), "import_patients")
    step()
    _write_patients(job)
    step()
    _write_contacts(job)
    take_stock(job.conn, len(rows), "patients", "contacts", "import_patients")
    step()
    _link_contacts(job, report)
    take_stock(job.conn, len(rows), "contact_patients", "import_patients")
    step()
    _write_consents(job, rows)
    take_stock(job.conn, len(rows), "consents")
    step()
    ask_about_lookalikes(job, report)
    step()
    for line, patient_id, what in _run(job, "SELECT line, patient_id::text, what FROM import_patients"):
        report.settle(line, what, patient_id)
    step()


def _run(job: Job, statement: str, **more: Any) -> Any:
    return job.conn.execute(text(statement), {"clinic": job.clinic_id, **more})


def _refuse_doubles(rows: Sequence[PatientRow], report: Report) -> list[PatientRow]:
    seen: dict[Any, int] = {}
    kept = []
    for row in rows:
        key = row.external_id or (row.wa_id, fold(row.name), row.birth_date)
        if key in seen:
            report.refuse(row.line, BadValue("row_double", "id" if row.external_id else "", other=seen[key]))
        else:
            seen[key] = row.line
            kept.append(row)
    return kept


def _match(job: Job, rows: Sequence[PatientRow], report: Report) -> None:
    """By the practice's id; without one by number, name and birth date. The rest are new, with an id of ours."""
    _run(
        job,
        "UPDATE import_patients i SET patient_id = coalesce(p.merged_into, p.id) FROM patients p "
        "WHERE p.clinic_id = :clinic AND p.external_id = i.external_id",
    )
    _run(
        job,
        "UPDATE import_patients i SET name = k.name, birth_date = NULL FROM patients p JOIN patients k ON k.id = p.merged_into "
        "WHERE p.clinic_id = :clinic AND p.external_id = i.external_id",
    )
    found = _by_nature(job, rows)
    for line, ids in found.items():
        if len(ids) > 1:
            report.refuse(line, BadValue("patient_ambiguous"))
            _run(job, "DELETE FROM import_patients WHERE line = :line", line=line)
    matched = [(line, ids.pop()) for line, ids in found.items() if len(ids) == 1]
    stage(job.conn, "import_matches", (("line", "integer"), ("patient_id", "uuid")), matched)
    _run(job, "UPDATE import_patients i SET patient_id = m.patient_id FROM import_matches m WHERE m.line = i.line")
    _leave_merged(job, report)
    twice = _run(
        job,
        "SELECT line, first FROM (SELECT line, min(line) OVER (PARTITION BY patient_id) AS first FROM import_patients "
        "WHERE patient_id IS NOT NULL) meant WHERE line <> first",
    ).all()
    for line, first in twice:
        report.refuse(line, BadValue("row_double", other=first))
        _run(job, "DELETE FROM import_patients WHERE line = :line", line=line)
    _run(
        job,
        "UPDATE import_patients SET patient_id = gen_random_uuid(), what = 'created', fresh = true WHERE patient_id IS NULL",
    )
    _run(job, "CREATE INDEX ON import_patients (patient_id)")


def _leave_merged(job: Job, report: Report) -> None:
    """A list that still holds several of those who were found to be one: of them one row counts, that of the one who is
    kept if it is there. What the others say of consent counts too: it is a number's."""
    merged = "EXISTS (SELECT FROM patients p WHERE p.clinic_id = :clinic AND p.external_id = {0}.external_id AND p.merged_into IS NOT NULL)"
    gone = _run(
        job,
        f"DELETE FROM import_patients i WHERE {merged.format('i')} AND EXISTS ("
        "SELECT FROM import_patients o WHERE o.patient_id = i.patient_id AND o.line <> i.line "
        f"AND (o.line < i.line OR NOT {merged.format('o')})) RETURNING i.line, i.patient_id::text, i.wa_id",
    ).all()
    stage(job.conn, "import_gone", (("line", "integer"), ("wa_id", "text")), ((row.line, row.wa_id) for row in gone))
    for line, patient_id, _ in gone:
        report.settle(line, "unchanged", patient_id)


def _by_nature(job: Job, rows: Sequence[PatientRow]) -> dict[int, set[str]]:
    names = {row.line: fold(row.name) for row in rows if row.external_id is None}
    found: dict[int, set[str]] = {}
    if not names:
        return found
    candidates = _run(
        job,
        "SELECT i.line, p.id::text, p.name FROM import_patients i "
        "JOIN contacts c ON c.clinic_id = :clinic AND c.wa_id = i.wa_id "
        "JOIN contact_patients cp ON cp.contact_id = c.id "
        "JOIN patients p ON p.id = cp.patient_id AND p.birth_date IS NOT DISTINCT FROM i.birth_date "
        "WHERE i.external_id IS NULL AND p.clinic_id = :clinic AND p.merged_into IS NULL",
    )
    for line, id, name in candidates:
        if fold(name) == names[line]:
            found.setdefault(line, set()).add(id)
    return found


_KEPT = ("birth_date", "gender", "language", "conditions", "children", "deceased")


def _write_patients(job: Job) -> None:
    differs = " OR ".join(f"(i.{name} IS NOT NULL AND i.{name} IS DISTINCT FROM p.{name})" for name in _KEPT)
    _run(
        job,
        "UPDATE import_patients i SET what = 'updated', "
        "fresh = i.name <> p.name OR (i.birth_date IS NOT NULL AND i.birth_date IS DISTINCT FROM p.birth_date) "
        f"FROM patients p WHERE p.id = i.patient_id AND p.clinic_id = :clinic AND (i.name <> p.name OR {differs})",
    )
    _run(job, "UPDATE import_patients SET fresh = false WHERE fresh IS NULL")
    kept = ", ".join(f"{name} = coalesce(i.{name}, p.{name})" for name in _KEPT)
    _run(
        job,
        f"UPDATE patients p SET name = i.name, {kept} FROM import_patients i "
        "WHERE p.id = i.patient_id AND p.clinic_id = :clinic AND i.what = 'updated'",
    )
    _run(
        job,
        "INSERT INTO patients (id, clinic_id, external_id, name, birth_date, gender, language, conditions, children, "
        "deceased, created_at) SELECT patient_id, :clinic, external_id, name, birth_date, gender, language, "
        "coalesce(conditions, '{}'), children, coalesce(deceased, false), :now "
        "FROM import_patients WHERE what = 'created'",
        now=job.now,
    )


def _write_contacts(job: Job) -> None:
    """A number that nobody wrote from yet is written to in the language of the first patient on it."""
    _run(
        job,
        "INSERT INTO contacts (id, clinic_id, wa_id, language, created_at) "
        "SELECT gen_random_uuid(), :clinic, wa_id, coalesce(language, 'ar'), :now "
        "FROM (SELECT DISTINCT ON (wa_id) wa_id, language FROM (SELECT wa_id, language, relationship, line "
        "FROM import_patients UNION ALL SELECT wa_id, NULL, NULL, line FROM import_gone) said WHERE wa_id IS NOT NULL "
        "ORDER BY wa_id, coalesce(relationship, 'self') <> 'self', line) first ON CONFLICT (clinic_id, wa_id) DO NOTHING",
        now=job.now,
    )
    _run(
        job,
        "UPDATE import_patients i SET contact_id = c.id FROM contacts c "
        "WHERE c.clinic_id = :clinic AND c.wa_id = i.wa_id",
    )


def _link_contacts(job: Job, report: Report) -> None:
    """A number is added, never taken away: who else may speak for a patient is decided by people."""
    _run(
        job,
        "WITH related AS (UPDATE contact_patients cp SET relationship = i.relationship FROM import_patients i "
        "WHERE cp.contact_id = i.contact_id AND cp.patient_id = i.patient_id AND cp.clinic_id = :clinic "
        "AND i.relationship IS NOT NULL AND i.relationship <> cp.relationship RETURNING i.line) "
        "UPDATE import_patients SET what = 'updated' WHERE what IS NULL AND line IN (SELECT line FROM related)",
    )
    _run(
        job,
        "CREATE TEMPORARY TABLE import_linked ON COMMIT DROP AS SELECT i.line, i.contact_id, i.patient_id "
        "FROM import_patients i LEFT JOIN contact_patients cp USING (contact_id, patient_id) "
        "WHERE i.contact_id IS NOT NULL AND cp.contact_id IS NULL",
    )
    _run(
        job,
        "INSERT INTO contact_patients (clinic_id, contact_id, patient_id, relationship) "
        "SELECT :clinic, l.contact_id, l.patient_id, coalesce(i.relationship, 'self') "
        "FROM import_linked l JOIN import_patients i USING (line)",
    )
    _run(
        job,
        "UPDATE import_patients SET what = coalesce(what, 'updated'), fresh = true "
        "WHERE line IN (SELECT line FROM import_linked) AND (what IS NULL OR NOT fresh)",
    )
    others = _run(
        job,
        "SELECT DISTINCT l.line FROM import_linked l JOIN contact_patients cp ON cp.patient_id = l.patient_id "
        "AND cp.contact_id <> l.contact_id WHERE cp.clinic_id = :clinic ORDER BY l.line",
    )
    for (line,) in others:
        report.remark(line, "other_number")
    crowds = _run(
        job,
        "SELECT min(l.line) FROM import_linked l JOIN contact_patients cp ON cp.contact_id = l.contact_id "
        "WHERE cp.clinic_id = :clinic AND cp.relationship = 'self' "
        "GROUP BY l.contact_id HAVING count(DISTINCT cp.patient_id) > 1 ORDER BY 1",
    )
    for (line,) in crowds:
        report.remark(line, "several_self")


def _write_consents(job: Job, rows: Sequence[PatientRow]) -> None:
    """With the day on which it was given: a newer word of the patient stays the newest."""
    told = (
        (row.line, consent.purpose, consent.granted, consent.source, consent.at + _late(consent.granted))
        for row in rows
        for consent in row.consents
    )
    columns = (
        ("line", "integer"),
        ("purpose", "text"),
        ("granted", "boolean"),
        ("source", "text"),
        ("at", "timestamptz"),
    )
    stage(job.conn, "import_consents", columns, told)
    _run(
        job,
        "CREATE TEMPORARY TABLE import_speaks ON COMMIT DROP AS SELECT line, contact_id FROM import_patients "
        "WHERE contact_id IS NOT NULL UNION ALL SELECT g.line, c.id FROM import_gone g "
        "JOIN contacts c ON c.clinic_id = :clinic AND c.wa_id = g.wa_id",
    )
    _run(
        job,
        "DELETE FROM import_consents t USING import_speaks i, consents c WHERE i.line = t.line "
        "AND c.clinic_id = :clinic AND c.contact_id = i.contact_id AND c.purpose = t.purpose "
        "AND c.granted = t.granted AND c.source = t.source AND c.created_at = t.at",
    )
    _run(
        job,
        "INSERT INTO consents (id, clinic_id, contact_id, purpose, granted, source, created_at) "
        "SELECT gen_random_uuid(), :clinic, t.* FROM (SELECT DISTINCT i.contact_id, c.purpose, c.granted, c.source, c.at "
        "FROM import_consents c JOIN import_speaks i USING (line)) t",
    )
    _run(
        job,
        "UPDATE import_patients SET what = 'updated' WHERE what IS NULL AND line IN (SELECT line FROM import_consents)",
    )
    _run(job, "UPDATE import_patients SET what = 'unchanged' WHERE what IS NULL")


def _late(granted: bool) -> timedelta:
    return timedelta(0) if granted else _REFUSED_AFTER
