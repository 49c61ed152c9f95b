"""Patients who may be one person: asked about in `patient_links`, never merged."""

from __future__ import annotations

from typing import Any, Callable, Sequence

from sqlalchemy import text

from imports.bulk import stage
from imports.job import Job
from imports.likeness import Spelling, name_words, similar_pairs
from imports.report import Report

# Fresh ones, and everybody who has a number or a birth date of theirs.
_CANDIDATES = """
SELECT p.id::text, p.name, p.birth_date, c.wa_id, i.line, coalesce(i.fresh, false) AS fresh
FROM patients p
LEFT JOIN contact_patients cp ON cp.patient_id = p.id
LEFT JOIN contacts c ON c.id = cp.contact_id
LEFT JOIN import_patients i ON i.patient_id = p.id
WHERE p.clinic_id = :clinic AND p.merged_into IS NULL AND (
    p.birth_date IN (SELECT birth_date FROM import_patients WHERE fresh)
    OR p.id IN (
        SELECT patient_id FROM contact_patients
        WHERE clinic_id = :clinic AND contact_id IN (SELECT contact_id FROM import_patients WHERE fresh)
    )
)
"""
_ASK = """
INSERT INTO patient_links (id, clinic_id, patient_id, other_patient_id, state, created_at)
SELECT gen_random_uuid(), :clinic, l.one, l.other, 'asked', :now FROM import_links l
WHERE NOT EXISTS (
    SELECT FROM patient_links k WHERE k.clinic_id = :clinic
    AND ((k.patient_id, k.other_patient_id) = (l.one, l.other) OR (k.patient_id, k.other_patient_id) = (l.other, l.one))
)
RETURNING patient_id::text, other_patient_id::text
"""


def ask_about_lookalikes(job: Job, report: Report) -> None:
    """Needs the staged `import_patients`, already written. Pairs that were asked about before stay as they are."""
    if not job.conn.execute(text("SELECT EXISTS (SELECT FROM import_patients WHERE fresh)")).scalar_one():
        return
    rows = job.conn.execute(text(_CANDIDATES), {"clinic": job.clinic_id}).all()
    words = [name_words(row.name) for row in rows]
    pairs = _pairs(rows, words)
    stage(job.conn, "import_links", (("one", "uuid"), ("other", "uuid")), sorted(pairs))
    lines = {row.id: row.line for row in rows if row.line is not None}
    asked = job.conn.execute(text(_ASK), {"clinic": job.clinic_id, "now": job.now}).all()
    for one, other in sorted(asked, key=lambda pair: max(lines.get(id, 0) for id in pair)):
        _remark(report, lines, one, other)


def _pairs(rows: Sequence[Any], words: Sequence[Sequence[Spelling]]) -> set[tuple[str, str]]:
    groups: dict[object, list[int]] = {}
    for index, row in enumerate(rows):
        for key in {row.birth_date, row.wa_id} - {None}:
            groups.setdefault(key, []).append(index)
    wanted = _wanted(rows)
    found = (
        (rows[one].id, rows[other].id)
        for group in groups.values()
        if len(group) > 1
        for one, other in similar_pairs(group, words, wanted)
    )
    return {(min(pair), max(pair)) for pair in found}


def _wanted(rows: Sequence[Any]) -> Callable[[int, int], bool]:
    fresh, ids = [row.fresh for row in rows], [row.id for row in rows]
    return lambda one, other: (fresh[one] or fresh[other]) and ids[one] != ids[other]


def _remark(report: Report, lines: dict[str, int], one: str, other: str) -> None:
    first, second = sorted((one, other), key=lambda id: lines.get(id, -1))
    if first in lines:
        report.remark(lines[second], "lookalike_line", other=lines[first])
    else:
        report.remark(lines[second], "lookalike_known", id=first)
