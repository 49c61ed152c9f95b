"""The HTTP API, used as a practice system does, and attacked as somebody else might."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any, Iterator

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import text
from sqlalchemy.engine import Engine

from api.app import create_api
from api.bodies import MOST_BYTES, MOST_ROWS
from clinic.api_keys import add_key, revoke_key
from clinic.demo import DemoClinic, seed_demo
from imports.kinds import LISTS

NOW = datetime(2026, 11, 24, 10, tzinfo=timezone.utc)
MONA = {
    "id": "F1",
    "name": "Mona Saleh",
    "phone": "0500000001",
    "children": 2,
    "deceased": False,
    "conditions": ["flu"],
}
VISIT = {"id": "A1", "practitioner": "Sara Alharbi", "patient": "F1", "start": "2026-11-24T13:00:00+03:00"}


@dataclass
class Practice:
    """A practice system with a key of one clinic."""

    http: TestClient
    engine: Engine
    clinic_id: str
    token: str
    clock: list[datetime] = field(default_factory=lambda: [NOW])

    def post(self, kind: str, rows: Any, **more: Any) -> Response:
        body = rows if isinstance(rows, (bytes, str)) else json.dumps(rows)
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        return self.http.post(f"/{kind}", content=body, headers=headers, **more)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.engine.connect() as conn:
            return [tuple(row) for row in conn.execute(text(query), {"clinic": self.clinic_id})]

    def patients(self) -> int:
        return int(self.rows("SELECT count(*) FROM patients WHERE clinic_id = :clinic")[0][0])


@pytest.fixture
def practice(engine: Engine, clinic: DemoClinic) -> Iterator[Practice]:
    clock = [NOW]
    with engine.begin() as conn:
        token = add_key(conn, str(clinic.id), "practice", NOW)
    with TestClient(create_api(engine, lambda: clock[0]), raise_server_exceptions=False) as http:
        yield Practice(http, engine, str(clinic.id), token, clock)


@pytest.fixture
def other(engine: Engine, practice: Practice) -> Practice:
    """Of another clinic, at the same door."""
    with engine.begin() as conn:
        clinic_id = str(seed_demo(conn, "200000000000099", "100000000000099").id)
        return Practice(practice.http, engine, clinic_id, add_key(conn, clinic_id, "practice", NOW), practice.clock)


def test_rows_are_taken_and_again_change_nothing(practice: Practice) -> None:
    first = practice.post("patients", [MONA], headers={"Idempotency-Key": "k1"})
    again = practice.post("patients", [MONA], headers={"Idempotency-Key": "k1"})
    assert (first.status_code, first.json()["created"]) == (200, 1)
    assert (again.status_code, again.json()["unchanged"]) == (200, 1)
    assert first.json()["results"][0]["id"] == again.json()["results"][0]["id"]
    assert practice.rows("SELECT children, conditions FROM patients") == [(2, ["flu"])]


def test_good_rows_are_written_and_bad_ones_told_by_position_and_field(practice: Practice) -> None:
    answer = practice.post(
        "patients", [{"name": ""}, MONA, {**MONA, "id": "F2", "phone": 12}], params={"language": "ar"}
    )
    results = answer.json()["results"]
    assert answer.status_code == 207 and answer.json()["written"] and practice.patients() == 1
    assert [(result["row"], result["outcome"]) for result in results] == [(0, "bad"), (1, "created"), (2, "bad")]
    assert results[2]["problems"] == [{"column": "phone", "code": "phone_short", "message": "الرقم قصير."}]


def test_all_or_nothing_is_what_it_says(practice: Practice) -> None:
    answer = practice.post("patients", [MONA, {"name": ""}], params={"all_or_nothing": "true"})
    assert answer.status_code == 422 and not answer.json()["written"] and practice.patients() == 0
    assert answer.json()["results"][0]["id"] is None


def test_a_list_with_nothing_good_is_refused(practice: Practice) -> None:
    assert practice.post("patients", [{"name": "Mona"}]).status_code == 422
    assert practice.post("patients", []).status_code == 200


def test_every_kind_can_be_posted_and_an_arrival_is_on_record(practice: Practice) -> None:
    doctor = {"id": "D1", "name_en": "Dr. Noor Aziz", "gender": "f", "specialties": ["dermatology"], "max_age": 14}
    assert practice.post("practitioners", [doctor]).status_code == 200
    hours = {"practitioner": "D1", "weekday": ["Sunday", "الاثنين"], "start": "09:00", "end": "13:00"}
    assert practice.post("hours", [hours]).status_code == 200
    assert practice.post("patients", [MONA]).status_code == 200
    assert practice.post("appointments", [VISIT]).status_code == 200
    assert (
        practice.post("visits", [{"id": "V1", "patient": "F1", "doctor": "D1", "date": "2026-10-01"}]).status_code
        == 200
    )
    arrived = practice.post("arrivals", [{"appointment": "A1"}])
    assert (arrived.status_code, arrived.json()["updated"]) == (200, 1)
    ours = arrived.json()["results"][0]["id"]
    assert practice.post("arrivals", [{"appointment": ours, "status": "fulfilled"}]).json()["updated"] == 1
    assert practice.post("arrivals", [{"appointment": "A1"}]).json()["unchanged"] == 1
    events = practice.rows("SELECT status, actor FROM appointment_events WHERE clinic_id = :clinic")
    assert set(events) == {("booked", "api"), ("arrived", "api"), ("fulfilled", "api")}
    seen = practice.rows(
        "SELECT appointment_id::text FROM encounters WHERE clinic_id = :clinic AND external_id IS NULL"
    )
    assert seen == [(ours,)]


@pytest.mark.parametrize(
    ("arrival", "code"),
    [
        ({"appointment": "A9"}, "appointment_unknown"),
        ({"appointment": "A2", "status": "noshow"}, "status_early"),
        ({"appointment": "A2"}, "status_early"),
        ({"appointment": "A3"}, "appointment_cancelled"),
        ({"appointment": "A1", "status": "cancelled"}, "arrival_unreadable"),
        ({}, "empty"),
    ],
)
def test_an_arrival_that_cannot_be_is_refused(practice: Practice, arrival: dict[str, str], code: str) -> None:
    practice.post("patients", [MONA])
    later = {**VISIT, "id": "A2", "start": "2026-11-26 17:30"}
    cancelled = {**VISIT, "id": "A3", "start": "2026-11-23 17:30", "status": "cancelled"}
    assert practice.post("appointments", [VISIT, later, cancelled]).status_code == 200
    answer = practice.post("arrivals", [arrival])
    assert answer.status_code == 422 and answer.json()["results"][0]["problems"][0]["code"] == code


@pytest.mark.parametrize("kind", sorted(LISTS))
def test_nobody_comes_in_without_a_token_that_holds(practice: Practice, kind: str) -> None:
    headers: list[dict[str, str]] = [
        {},
        {"Authorization": practice.token},
        {"Authorization": f"Basic {practice.token}"},
        {"Authorization": "Bearer "},
        {"Authorization": f"Bearer {practice.token}x"},
        {"Authorization": f"Bearer {practice.token.upper()}"},
        {"Authorization": "Bearer istiqbal_" + "x" * 5_000},
    ]
    for header in headers:
        answer = practice.http.post(f"/{kind}", content=json.dumps([MONA]), headers=header)
        assert answer.status_code == 401 and answer.headers["WWW-Authenticate"] == "Bearer"
    assert practice.patients() == 0


def test_a_stranger_is_turned_away_before_the_size_of_the_body_matters(practice: Practice) -> None:
    answer = practice.http.post("/patients", content=b" " * (MOST_BYTES + 1), headers={"Authorization": "Bearer no"})
    assert answer.status_code == 401


def test_a_revoked_key_opens_nothing_from_then_on(practice: Practice) -> None:
    assert practice.post("patients", [MONA]).status_code == 200
    with practice.engine.begin() as conn:
        revoke_key(conn, practice.clinic_id, "practice", NOW)
    assert practice.post("patients", [MONA]).status_code == 401


def test_a_token_is_kept_as_a_hash_and_its_use_noted_once_a_minute(practice: Practice) -> None:
    used = "SELECT last_used_at FROM api_keys WHERE clinic_id = :clinic"
    assert practice.rows("SELECT * FROM api_keys WHERE token_hash LIKE 'istiqbal%'") == []
    for seconds, noted in ((0, NOW), (59, NOW), (60, NOW + timedelta(seconds=60))):
        practice.clock[0] = NOW + timedelta(seconds=seconds)
        practice.post("patients", [])
        assert practice.rows(used) == [(noted,)]


def test_what_belongs_to_another_clinic_is_unknown_not_forbidden(practice: Practice, other: Practice) -> None:
    practice.post("patients", [MONA])
    appointment_id = practice.post("appointments", [VISIT]).json()["results"][0]["id"]
    for named in ("A1", appointment_id):
        answer = other.post("arrivals", [{"appointment": named}])
        assert answer.json()["results"][0]["problems"][0]["code"] == "appointment_unknown"
    patient_id = practice.rows("SELECT id::text FROM patients")[0][0]
    visits = other.post("visits", [{"patient": named, "date": "2026-10-01"} for named in ("F1", patient_id)])
    assert {result["problems"][0]["code"] for result in visits.json()["results"]} == {"patient_unknown"}
    assert other.post("patients", [{**MONA, "name": "Huda Aziz"}]).json()["created"] == 1
    assert practice.rows("SELECT name FROM patients WHERE clinic_id = :clinic") == [("Mona Saleh",)]
    assert practice.rows("SELECT status FROM appointments WHERE clinic_id = :clinic") == [("booked",)]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "not_json"),
        (b"{", 400, "not_json"),
        (b"\xff\xfe", 400, "not_json"),
        (b'[{"name": NaN}]', 400, "not_json"),
        (b'[{"children": -Infinity}]', 400, "not_json"),
        (b"[" * 200_000, 400, "not_json"),
        (b'[{"a":' * 100_000, 400, "not_json"),
        (b'[{"children": ' + b"9" * 5_000 + b"}]", 400, "not_json"),
        (b"{}", 422, "not_a_list"),
        (b"null", 422, "not_a_list"),
        (b'"rows"', 422, "not_a_list"),
        (b"[" + b"{}," * MOST_ROWS + b"{}]", 413, "too_many_rows"),
        (b"[" + b" " * MOST_BYTES + b"]", 413, "too_large"),
    ],
)
def test_a_body_that_cannot_be_used_is_refused_in_words(
    practice: Practice, body: bytes, status: int, code: str
) -> None:
    answer = practice.post("patients", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_body_without_a_length_is_cut_off_too(practice: Practice) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(MOST_BYTES // 100_000 + 2):
            yield b" " * 100_000

    headers = {"Authorization": f"Bearer {practice.token}"}
    assert practice.http.post("/patients", content=chunks(), headers=headers).status_code == 413


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (None, "not_a_row"),
        (7, "not_a_row"),
        ("F1", "not_a_row"),
        ([MONA], "not_a_row"),
        ({**MONA, "name": {"first": "Mona"}}, "not_plain"),
        ({**MONA, "conditions": [["flu"]]}, "not_plain"),
        ({**MONA, "conditions": [1]}, "not_plain"),
        ({**MONA, "clinic_id": "1"}, "key_unknown"),
        ({**MONA, "\ud800": "1"}, "key_unknown"),
        ({**MONA, "name": "\ud800"}, "no_name"),
        ({**MONA, "name": "\x00"}, "no_name"),
        ({**MONA, "name": True, "phone": "x"}, "phone_letters"),
        ({**MONA, "children": 1.5}, "number_unreadable"),
        ({**MONA, "children": 10**30}, "number_unreadable"),
        ({**MONA, "birth_date": 1e308}, "date_unreadable"),
        ({**MONA, "deceased": "perhaps"}, "yes_no_unreadable"),
        ({**MONA, "name": "M" * 100_000}, "too_long"),
        ({**MONA, "id": "1" * 1_000}, "too_long"),
    ],
)
def test_a_row_of_the_wrong_shape_is_bad_and_the_others_are_taken(practice: Practice, row: Any, code: str) -> None:
    answer = practice.post("patients", [row, {**MONA, "id": "F7"}])
    assert answer.status_code == 207, answer.text
    assert answer.json()["results"][0]["problems"][0]["code"] == code and practice.patients() == 1


def test_no_error_and_no_log_holds_anything_of_a_patient(practice: Practice, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with practice.engine.begin() as conn:
        conn.execute(text("DROP TABLE patient_links CASCADE"))
    answer = practice.post("patients", [MONA, {**MONA, "id": "F2"}])
    assert answer.status_code == 500 and answer.json()["code"] == "failed" and practice.patients() == 0
    for secret in ("Mona", "Saleh", "0500000001", "966500000001", "flu", practice.token):
        assert secret not in answer.text and secret not in caplog.text


def test_other_addresses_and_methods_answer_in_words(practice: Practice) -> None:
    assert practice.http.get("/patients").status_code == 405
    assert practice.http.post("/dreams").json()["code"] == "no_such_address"
    assert practice.post("patients", [], params={"language": "fr"}).json()["code"] == "bad_parameter"
    for page in ("/docs", "/redoc"):
        assert practice.http.get(page).status_code == 404


def test_openapi_tells_every_address_with_the_fields_of_its_rows(practice: Practice) -> None:
    told = practice.http.get("/openapi.json").json()
    assert set(told["paths"]) == {f"/{kind}" for kind in LISTS}
    for name, kind in LISTS.items():
        post = told["paths"][f"/{name}"]["post"]
        rows = post["requestBody"]["content"]["application/json"]["schema"]["items"]
        assert set(rows["properties"]) == {column.name for column in kind.columns}
        assert post["security"] and {"200", "207", "401", "413", "422"} <= set(post["responses"])


def test_the_desk_serves_it_under_its_own_address(practice: Practice, database_url: str) -> None:
    from desk.app import create_app

    with TestClient(create_app(practice.engine, database_url, lambda: NOW), base_url="https://desk.example") as desk:
        assert desk.get("/api/v1/openapi.json").json()["info"]["title"] == "Istiqbal"
        assert desk.post("/api/v1/patients", content=b"[]").status_code == 401
        headers = {"Authorization": f"Bearer {practice.token}"}
        assert desk.post("/api/v1/patients", content=json.dumps([MONA]), headers=headers).json()["created"] == 1
