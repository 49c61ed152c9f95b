"""The command line: `istiqbal run | train | understand | migrate | user add`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Optional

import typer
from sqlalchemy import select

from istiqbal.settings import BadSetting, MissingSetting, Settings, read_settings

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Istiqbal: a clinic's front desk on WhatsApp.")
user = typer.Typer(no_args_is_help=True, help="People who log in at the desk.")
app.add_typer(user, name="user")


def _settings() -> Settings:
    try:
        return read_settings()
    except (MissingSetting, BadSetting) as error:
        raise _stop(str(error)) from error


def _stop(sentence: str, code: int = 2) -> typer.Exit:
    typer.echo(sentence, err=True)
    return typer.Exit(code)


@app.command()
def run() -> None:
    """Start everything on this machine; Ctrl-C ends it."""
    settings = _settings()
    from clinic.database.connect import BadDatabaseUrl, DatabaseUnreachable
    from clinic.database.embedded import EmbeddedPostgresError
    from istiqbal.model import TrainingFailed
    from istiqbal.processes import PartFailed
    from istiqbal.run import PortTaken
    from istiqbal.run import run as run_all

    try:
        run_all(settings)
    except (
        BadDatabaseUrl,
        DatabaseUnreachable,
        EmbeddedPostgresError,
        PartFailed,
        PortTaken,
        TrainingFailed,
    ) as error:
        raise _stop(str(error), 1) from error


@app.command()
def train(force: bool = typer.Option(False, help="Train also when a fitting model exists.")) -> None:
    """Train the model on data/, unless one fits already."""
    from istiqbal.model import TrainingFailed, fitting_model
    from istiqbal.model import train as train_model

    model = None if force else fitting_model()
    if model is None:
        typer.echo("Training, about a minute ...", err=True)
        try:
            model = train_model(_settings().home / "logs" / "train.log")
        except TrainingFailed as error:
            raise _stop(str(error), 1) from error
    typer.echo(Path("models") / model.name)


@app.command()
def understand(
    text: Optional[str] = typer.Argument(None, help="One message."),
    jsonl: Optional[str] = typer.Option(None, help="A file with one JSON object with `text` a line; - is standard input."),
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
    from clinic.database.connect import BadDatabaseUrl, DatabaseUnreachable, database
    from clinic.database.migrate import upgrade

    try:
        with database(_settings()) as url:
            upgrade(url)
    except (BadDatabaseUrl, DatabaseUnreachable) as error:
        raise _stop(str(error), 1) from error
    typer.echo("The database is up to date.")


@user.command("add")
def add_user(
    username: str,
    role: str = typer.Option("reception", help="reception, manager or trainer"),
    name: Optional[str] = typer.Option(None, help="As patients and colleagues see it."),
    phone_number_id: Optional[str] = typer.Option(None, help="Of the clinic's WhatsApp number; default: the configured one."),
    password_stdin: bool = typer.Option(False, help="Read the password from standard input."),
) -> None:
    """Add somebody who logs in at the desk."""
    from clinic.database.connect import database, open_engine
    from clinic.database.tables import whatsapp_numbers
    from clinic.staff import BadStaff, create_staff

    settings = _settings()
    if password_stdin:
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    with database(settings) as url:
        engine = open_engine(url)
        try:
            with engine.begin() as conn:
                number = phone_number_id or settings.phone_number_id
                clinic_id = conn.execute(
                    select(whatsapp_numbers.c.clinic_id).where(whatsapp_numbers.c.phone_number_id == number)
                ).scalar_one_or_none()
                if clinic_id is None:
                    raise BadStaff(f"No clinic has the number {number} yet.")
                create_staff(conn, clinic_id, username, name or username, role, password)
        except BadStaff as error:
            raise _stop(str(error)) from error
        finally:
            engine.dispose()
    typer.echo(f"{username} can log in as {role}.")


def main() -> None:
    app()


if __name__ == "__main__":
    main()
