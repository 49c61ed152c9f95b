"""`istiqbal run`: the whole front desk on one machine, from the database to the desk, and its clean end."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Iterator

import httpx

from clinic.database.connect import database, open_engine
from clinic.database.migrate import upgrade
from clinic.demo import DEMO_STAFF, seed_demo
from clinic.staff import create_staff, has_staff
from istiqbal.model import fitting_model, quiet_environment, train
from istiqbal.processes import Part, Processes, end_left_over
from istiqbal.settings import PROJECT, Settings
from messaging.endpoints import write_endpoints
from messaging.worker import READY_FILE


class PortTaken(Exception):
    """Somebody else listens there; the message says how to move."""


def run(settings: Settings) -> None:
    """Until Ctrl-C, SIGTERM or the end of a part. Raises one of the named errors of what it uses."""
    settings.home.mkdir(parents=True, exist_ok=True)
    record = settings.home / "run.json"
    left = end_left_over(record)
    if left:
        say(f"Ended {left} processes that an earlier run left behind.")
    _check_ports(settings)
    settings = with_secret_key(settings)
    with _signals_as_interrupt():
        try:
            say("Database ...")
            with database(settings) as url:
                upgrade(url)
                _seed(settings, url)
                say("  database answers")
                model = _model(settings)
                processes = Processes(settings.home / "logs", record, PROJECT, say)
                try:
                    say("Starting ...")
                    processes.start(parts(settings, url, model))
                    _welcome(settings)
                    processes.watch()
                finally:
                    say("Closing ...")
                    processes.stop()
        except KeyboardInterrupt:
            pass
    say("The front desk is closed.")


def say(line: str) -> None:
    print(line, flush=True)


def with_secret_key(settings: Settings) -> Settings:
    """From the environment, else one that was made for this installation."""
    if settings.secret_key is not None:
        return settings
    path = settings.home / "secret_key"
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(32))
    return replace(settings, secret_key=path.read_text(encoding="ascii").strip())


def parts(settings: Settings, url: str, model: Path) -> list[Part]:
    """What runs, in the order in which it is told. The two that load slowly start together."""
    endpoints = settings.home / "endpoints.yml"
    write_endpoints(endpoints, settings)
    ready_file = settings.home / READY_FILE
    ready_file.unlink(missing_ok=True)
    python = sys.executable
    environ = {
        **quiet_environment(),
        "DATABASE_URL": url,
        "ISTIQBAL_HOME": str(settings.home),
        "ISTIQBAL_SECRET_KEY": settings.secret_key or "",
        "SANIC_HOST": settings.bind,
    }
    if settings.uses_emulator:
        environ |= {
            "WHATSAPP_GRAPH_URL": settings.graph_base_url,
            "WHATSAPP_APP_SECRET": settings.app_secret,
            "WHATSAPP_VERIFY_TOKEN": settings.verify_token,
            "WHATSAPP_ACCESS_TOKEN": settings.access_token,
            "WHATSAPP_PHONE_NUMBER_ID": settings.phone_number_id,
            "WHATSAPP_BUSINESS_ACCOUNT_ID": settings.business_account_id,
        }

    def answers(port: int, path: str) -> "ReadyCheck":
        return ReadyCheck(f"http://{settings.bind}:{port}{path}")

    rasa = [python, "-m", "rasa", "run", "--model", str(model), "--endpoints", str(endpoints)]
    rasa += ["--credentials", "credentials.yml", "--interface", settings.bind, "--port", str(settings.rasa_port)]
    actions = [python, "-m", "rasa_sdk", "--actions", "actions", "--port", str(settings.actions_port)]
    found = [
        Part("rasa", rasa, answers(settings.rasa_port, "/webhooks/whatsapp/health"), environ, ready_within=180),
        Part("actions", actions, answers(settings.actions_port, "/health"), environ),
        Part("worker", [python, "-m", "messaging.worker"], ready_file.exists, environ),
        Part("desk", [python, "-m", "desk"], answers(settings.desk_port, "/health"), environ),
    ]
    if settings.uses_emulator:
        emulator = [python, "-m", "emulator"]
        found.insert(0, Part("emulator", emulator, answers(settings.emulator_port, "/emulator/health"), environ))
    return found


class ReadyCheck:
    """Whether an address answers 200."""

    def __init__(self, url: str) -> None:
        self._url = url

    def __call__(self) -> bool:
        try:
            return httpx.get(self._url, timeout=2).status_code == 200
        except httpx.HTTPError:
            return False


def _model(settings: Settings) -> Path:
    model = fitting_model()
    if model is None:
        say("Training the model, about a minute ...")
        model = train(settings.home / "logs" / "train.log")
        say(f"  trained {model.name}")
    return model


def _seed(settings: Settings, url: str) -> None:
    """The demo clinic and its logins, for the emulator; a clinic against Meta is made by its people."""
    if not settings.uses_emulator:
        return
    engine = open_engine(url)
    with engine.begin() as conn:
        clinic = seed_demo(conn, settings.phone_number_id, settings.business_account_id)
        if not has_staff(conn, clinic.id):
            for username, name, role, password in DEMO_STAFF:
                create_staff(conn, clinic.id, username, name, role, password)
    engine.dispose()


def _check_ports(settings: Settings) -> None:
    named = {"RASA": settings.rasa_port, "ACTIONS": settings.actions_port, "DESK": settings.desk_port}
    if settings.uses_emulator:
        named["EMULATOR"] = settings.emulator_port
    for name, port in named.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.bind, port))
            except OSError as error:
                raise PortTaken(
                    f"Port {port} is taken; set ISTIQBAL_{name}_PORT to a free one, or end what listens there."
                ) from error


def _welcome(settings: Settings) -> None:
    lines = ["", "The front desk is open."]
    if settings.uses_emulator:
        lines.append(f"  Phone (be a patient): http://{settings.bind}:{settings.emulator_port}/")
    lines.append(f"  Desk (be reception):  http://{settings.bind}:{settings.desk_port}/")
    if settings.uses_emulator:
        lines += [f"      login {username}, password {password}" for username, _, _, password in DEMO_STAFF]
    lines += [f"  Logs: {settings.home / 'logs'}", "  Ctrl-C ends all of it.", ""]
    say("\n".join(lines))


@contextmanager
def _signals_as_interrupt() -> Iterator[None]:
    """SIGTERM and a closed terminal end it as Ctrl-C does; a second signal does not interrupt the closing."""
    began = False

    def interrupt(number: int, frame: object) -> None:
        nonlocal began
        if not began:
            began = True
            raise KeyboardInterrupt

    previous = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
