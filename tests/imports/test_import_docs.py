"""The examples in docs/import.md, brought in as they stand there."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from api.app import create_api
from clinic.api_keys import add_key
from imports.kinds import FILES
from istiqbal.settings import PROJECT
from tests.imports.conftest import NOW, Office

DOCUMENT = (PROJECT / "docs" / "import.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"<!-- example: (\w+) -->\n```\w+\n(.*?)```", DOCUMENT, flags=re.DOTALL))


def test_every_example_can_be_brought_in_twice_without_a_fault(office: Office) -> None:
    assert set(EXAMPLES) == {*FILES, "arrivals"}
    for kind in FILES:
        first, again = office.bring(kind, EXAMPLES[kind]), office.bring(kind, EXAMPLES[kind])
        rows = EXAMPLES[kind].count("\n") - 1
        assert first.report.problems == [] and first.report.counts["created"] == rows
        assert again.report.counts["unchanged"] == rows


def test_the_example_of_arrivals_is_taken_as_it_stands(office: Office) -> None:
    office.bring("patients", EXAMPLES["patients"])
    office.bring("appointments", "id,practitioner,patient,start\nA0,Sara Alharbi,F1,2026-11-24 12:30\n")
    with office.engine.begin() as conn:
        token = add_key(conn, office.clinic_id, "practice", NOW)
    with TestClient(create_api(office.engine, lambda: NOW)) as http:
        headers = {"Authorization": f"Bearer {token}"}
        answer = http.post("/arrivals", content=EXAMPLES["arrivals"].encode(), headers=headers)
    assert answer.status_code == 200 and answer.json()["updated"] == 2
    assert office.rows("SELECT status FROM appointments WHERE clinic_id = :clinic") == [("fulfilled",)]


@pytest.mark.parametrize("kind", sorted(FILES))
def test_every_column_of_the_examples_is_a_field(kind: str) -> None:
    header = EXAMPLES[kind].splitlines()[0].split(",")
    assert set(header) <= {column.name for column in FILES[kind].columns}
