"""The command line: `istiqbal run | train | understand | migrate | import | user add | api-key add`."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from datetime import datetime, timezone
from enum import Enum
from pathlib import Path
from typing import Annotated, Iterator, Optional

import typer
from sqlalchemy import String, cast, or_, select
from sqlalchemy.engine import Connection, Engine

from istiqbal.settings import PROJECT, BadSetting, MissingSetting, Settings, read_settings

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Istiqbal: a clinic's front desk on WhatsApp.")
user = typer.Typer(no_args_is_help=True, help="People who log in at the desk.")
app.add_typer(user, name="user")
api_key = typer.Typer(no_args_is_help=True, help="Keys of a clinic's own systems for the HTTP API.")
app.add_typer(api_key, name="api-key")

# What the commands need is imported inside them: `--help` and a wrong setting are answered at once.


def _settings() -> Settings:
    try:
        return read_settings()
    except (MissingSetting, BadSetting) as error:
        raise _stop(str(error)) from error


def _stop(sentence: str, code: int = 2) -> typer.Exit:
    typer.echo(sentence, err=True)
    return typer.Exit(code)


@contextmanager
def _sentences() -> Iterator[None]:
    """What is foreseen to go wrong is said in its own words, without a traceback."""
    from clinic.database.connect import BadDatabaseUrl, DatabaseUnreachable
    from clinic.database.embedded import EmbeddedPostgresError

    try:
        yield
    except (BadDatabaseUrl, DatabaseUnreachable, EmbeddedPostgresError) as error:
        raise _stop(str(error), 1) from error


@app.command()
def run(
    end_with_parent: bool = typer.Option(False, help="Also end when the process that started this one is gone."),
) -> None:
    """Start everything on this machine; Ctrl-C ends it."""
    settings = _settings()
    from istiqbal.model import TrainingFailed
    from istiqbal.processes import PartFailed
    from istiqbal.run import AlreadyRunning, PortTaken
    from istiqbal.run import run as run_all

    try:
        with _sentences():
            run_all(settings, end_with_parent)
    except (AlreadyRunning, PartFailed, PortTaken, TrainingFailed) as error:
        raise _stop(str(error), 1) from error


@app.command()
def train(force: bool = typer.Option(False, help="Train also when a fitting model exists.")) -> None:
    """Train the model on data/, unless one fits already."""
    settings = _settings()
    from istiqbal.interrupts import Interrupts
    from istiqbal.model import TrainingFailed, ensure_model, fitting_model
    from istiqbal.model import train as train_model
    from istiqbal.processes import Processes

    if force or fitting_model() is None:
        typer.echo("Training, about a minute ...", err=True)
    try:
        with Interrupts() as interrupts:
            record = settings.home / "train.json"
            processes = Processes(
                settings.home / "logs", record, PROJECT, lambda line: typer.echo(line, err=True), interrupts.held
            )
            model = train_model(processes) if force else ensure_model(processes)[0]
    except TrainingFailed as error:
        raise _stop(str(error), 1) from error
    except KeyboardInterrupt:
        raise _stop("Training was broken off.", 130) from None
    typer.echo(Path("models") / model.name)


@app.command()
def understand(
    text: Optional[str] = typer.Argument(None, help="One message."),
    jsonl: Optional[str] = typer.Option(
        None, help="A file with one JSON object with `text` a line; - is standard input."
    ),
    now: Optional[str] = typer.Option(None, help="What counts as now, such as 2026-11-24T10:00+03:00."),
) -> None:
    """What the bot reads in messages: one JSON object a line."""
    from understanding.cli import BadCall, understand_command

    try:
        understand_command(text, jsonl, now)
    except BadCall as error:
        raise _stop(str(error)) from error
    except BrokenPipeError:
        sys.stderr.close()


@app.command()
def migrate() -> None:
    """Bring the database to the newest shape."""
    settings = _settings()
    from clinic.database.connect import database
    from clinic.database.migrate import upgrade

    with _sentences(), database(settings) as url:
        upgrade(url)
    typer.echo("The database is up to date.")


@user.command("add")
def add_user(
    username: str,
    role: str = typer.Option("reception", help="reception, manager or trainer"),
    name: Optional[str] = typer.Option(None, help="As patients and colleagues see it."),
    clinic: Optional[str] = typer.Option(
        None, help="The clinic's id, or the id of its WhatsApp number; default: the configured number's clinic."
    ),
    password_stdin: bool = typer.Option(False, help="Read the password from standard input."),
) -> None:
    """Add somebody who logs in at the desk."""
    settings = _settings()
    from clinic.database.connect import database, open_engine
    from clinic.database.migrate import upgrade
    from clinic.staff import BadStaff, create_staff

    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    try:
        with _sentences(), database(settings) as url:
            upgrade(url)
            engine = open_engine(url)
            with engine.begin() as conn:
                clinic_id = _clinic_id(conn, clinic or settings.phone_number_id)
                create_staff(conn, clinic_id, username, name or username, role, password)
            engine.dispose()
    except BadStaff as error:
        raise _stop(str(error)) from error
    typer.echo(f"{username} can log in as {role}.")


class ListKind(str, Enum):
    practitioners = "practitioners"
    hours = "hours"
    patients = "patients"
    appointments = "appointments"
    visits = "visits"


class ReportLanguage(str, Enum):
    en = "en"
    ar = "ar"


@app.command("import")
def import_list(
    kind: ListKind,
    file: Annotated[Path, typer.Argument(help="CSV, as docs/import.md tells.")],
    clinic: Optional[str] = typer.Option(None, help="The clinic's id, or the id of its WhatsApp number."),
    write: bool = typer.Option(False, help="Do it; without this it is only tried."),
    skip_bad: bool = typer.Option(False, help="Write the good rows though others are bad."),
    create_specialties: bool = typer.Option(False, help="With practitioners: make specialties that are missing."),
    language: Annotated[ReportLanguage, typer.Option(help="Of the report.")] = ReportLanguage.en,
    report: Annotated[Optional[Path], typer.Option(help="Write every problem to this file, as CSV.")] = None,
) -> None:
    """Bring in a list of the clinic's; a dry run unless --write. Ends with 1 if rows are bad, 2 if the file is."""
    from rich.console import Console

    from imports.files import Options
    from imports.terminal import import_command

    options = Options(write, skip_bad, create_specialties)
    with _clinic(clinic) as (engine, clinic_id):
        screen = Console()
        code = import_command(
            engine, clinic_id, kind.value, file, datetime.now(timezone.utc), options, language.value, report, screen
        )
    raise typer.Exit(code)


@api_key.command("add")
def add_api_key(
    name: str = typer.Argument(..., help="The system that it is for."),
    clinic: Optional[str] = typer.Option(None, help="The clinic's id, or the id of its WhatsApp number."),
) -> None:
    """Make a key; its token is shown this once."""
    from clinic.api_keys import BadKey, add_key

    try:
        with _clinic(clinic) as (engine, clinic_id), engine.begin() as conn:
            token = add_key(conn, clinic_id, name, datetime.now(timezone.utc))
    except BadKey as error:
        raise _stop(str(error)) from error
    typer.echo("Keep this token now; it is not shown again.", err=True)
    typer.echo(token)


@api_key.command("revoke")
def revoke_api_key(
    name: str,
    clinic: Optional[str] = typer.Option(None, help="The clinic's id, or the id of its WhatsApp number."),
) -> None:
    """From now on the key opens nothing."""
    from clinic.api_keys import BadKey, revoke_key

    try:
        with _clinic(clinic) as (engine, clinic_id), engine.begin() as conn:
            revoke_key(conn, clinic_id, name, datetime.now(timezone.utc))
    except BadKey as error:
        raise _stop(str(error)) from error
    typer.echo(f"The key for {name} is revoked.")


@contextmanager
def _clinic(named: Optional[str]) -> Iterator[tuple[Engine, str]]:
    """The migrated database and the clinic's id; by default the clinic of the configured number."""
    settings = _settings()
    from clinic.database.connect import database, open_engine
    from clinic.database.migrate import upgrade
    from clinic.staff import BadStaff

    with _sentences(), database(settings) as url:
        upgrade(url)
        engine = open_engine(url)
        try:
            with engine.connect() as conn:
                clinic_id = _clinic_id(conn, named or settings.phone_number_id)
            yield engine, clinic_id
        except BadStaff as error:
            raise _stop(str(error)) from error
        finally:
            engine.dispose()


def _clinic_id(conn: Connection, named: str) -> str:
    """By its own id or its number's. Raises BadStaff."""
    from clinic.database.tables import clinics, whatsapp_numbers
    from clinic.staff import BadStaff

    by_number = select(whatsapp_numbers.c.clinic_id).where(whatsapp_numbers.c.phone_number_id == named)
    found = conn.execute(
        select(clinics.c.id).where(or_(cast(clinics.c.id, String) == named, clinics.c.id.in_(by_number)))
    ).scalar_one_or_none()
    if found is None:
        raise BadStaff(f"There is no clinic with the id or the number {named} yet.")
    return str(found)


def main() -> None:
    app()


if __name__ == "__main__":
    main()
