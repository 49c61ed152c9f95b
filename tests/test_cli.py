"""The command line, as a person types it."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import select
from sqlalchemy.engine import Engine
from typer.testing import CliRunner

from clinic.database.tables import staff
from clinic.demo import DemoClinic
from clinic.staff import authenticate
from istiqbal.cli import app

PASSWORD = "correct horse battery"


def type_in(*words: str, **options: Any) -> Result:
    return CliRunner().invoke(app, list(words), **options)


@pytest.fixture
def here(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.delenv("WHATSAPP_GRAPH_URL", raising=False)


@pytest.mark.usefixtures("here")
def test_somebody_who_was_added_can_log_in(engine: Engine, clinic: DemoClinic) -> None:
    done = type_in(
        *("user", "add", "Noura", "--role", "manager", "--name", "Noura", "--clinic", clinic.id, "--password-stdin"),
        input=f"{PASSWORD}\n",
    )
    assert done.exit_code == 0, done.output
    with engine.begin() as conn:
        member = authenticate(conn, "noura", PASSWORD)
    assert member is not None and (member.role, str(member.clinic_id)) == ("manager", str(clinic.id))


@pytest.mark.usefixtures("here")
def test_the_clinic_may_be_left_out_and_the_password_typed(engine: Engine, clinic: DemoClinic) -> None:
    done = type_in("user", "add", "reem", input=f"{PASSWORD}\n{PASSWORD}\n")
    assert done.exit_code == 0, done.output
    assert PASSWORD not in done.output
    with engine.connect() as conn:
        assert conn.execute(select(staff.c.role).where(staff.c.username == "reem")).scalar_one() == "reception"


@pytest.mark.usefixtures("here", "clinic")
@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--clinic", "999"), "no clinic with the id or the number 999"),
        (("--role", "surgeon"), "'surgeon' is no role"),
    ],
)
def test_what_cannot_be_added_is_refused_with_a_sentence(options: tuple[str, ...], sentence: str) -> None:
    done = type_in("user", "add", "noura", *options, "--password-stdin", input=f"{PASSWORD}\n")
    assert done.exit_code == 2
    assert sentence in done.output


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DATABASE_URL", "mysql://h/d", "must point to PostgreSQL"),
        ("WHATSAPP_GRAPH_URL", "https://graph.example", "WHATSAPP_APP_SECRET is not set"),
        ("ISTIQBAL_DESK_PORT", "many", "must be a port number"),
    ],
)
def test_a_setting_that_is_missing_or_wrong_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    monkeypatch.delenv("WHATSAPP_APP_SECRET", raising=False)
    monkeypatch.setenv(name, value)
    done = type_in("migrate")
    assert done.exit_code in (1, 2) and sentence in done.output and done.output.count("\n") == 1


@pytest.mark.usefixtures("here")
def test_migrating_says_when_it_is_done() -> None:
    assert type_in("migrate").output == "The database is up to date.\n"
