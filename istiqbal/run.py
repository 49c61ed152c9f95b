"""`istiqbal run`: the whole front desk on one machine, from the database to the desk, and its clean end."""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import socket
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Callable, Iterator, Optional, Sequence

import httpx

from clinic.database.connect import database, embedded_server, open_engine
from clinic.database.embedded import EmbeddedPostgres
from clinic.database.migrate import upgrade
from clinic.demo import DEMO_STAFF, seed_demo
from clinic.staff import create_staff, has_staff
from emulator.settings import WEBHOOK_PATH
from istiqbal.interrupts import Interrupts
from istiqbal.model import ensure_model, fitting_model, quiet_environment
from istiqbal.processes import Part, PartFailed, Processes, end_left_over
from istiqbal.settings import PROJECT, Settings
from messaging.endpoints import write_endpoints
from messaging.worker import READY_FILE

# Rasa and its action server ask nobody who they are: they are never served beyond this machine.
LOOPBACK = "127.0.0.1"
DATABASE_LOOK_SECONDS = 3.0


class PortTaken(Exception):
    """A part cannot listen where it should; the message says which setting moves it."""


class AlreadyRunning(Exception):
    """Another run has this installation; the message says which."""


def run(settings: Settings, end_with_parent: bool = False) -> None:
    """Until Ctrl-C, SIGTERM or the end of a part. Raises one of the named errors of what it uses.

    `end_with_parent`: also when the process that started it is gone, as make is after a kill -9.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    with _only_one(settings.home), Interrupts() as interrupts:
        try:
            with ExitStack() as closing:
                _open(settings, interrupts, closing, _parent_watch() if end_with_parent else lambda: None)
        except KeyboardInterrupt:
            pass
    say("The front desk is closed.")


def _open(settings: Settings, interrupts: Interrupts, closing: ExitStack, look: Callable[[], None]) -> None:
    record = settings.home / "run.json"
    with interrupts.held():
        _end_left_over(settings, record)
    _check_ports(settings)
    settings = with_secret_key(settings)

    say("Database ...")
    with interrupts.held():
        record.write_text("[]", encoding="utf-8")  # from here on a kill leaves something behind
        closing.callback(record.unlink, missing_ok=True)
        url = closing.enter_context(database(settings))
        closing.callback(interrupts.no_more)
    upgrade(url)
    _seed(settings, url)
    say("  database answers")

    looks = [look]
    if settings.database_url is None:
        looks.append(_database_watch(embedded_server(settings)))
    processes = Processes(settings.home / "logs", record, PROJECT, say, interrupts.held, lambda: _call(looks))
    closing.callback(_close, interrupts, processes)
    model = _model(processes)
    say("Starting ...")
    processes.start(parts(settings, url, model))
    _welcome(settings)
    processes.watch()


def _close(interrupts: Interrupts, processes: Processes) -> None:
    interrupts.no_more()
    say("Closing ...")
    processes.stop()


@contextmanager
def _only_one(home: Path) -> Iterator[None]:
    """The lock goes with its process, however that ends. Raises AlreadyRunning."""
    with open(home / "run.lock", "a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            pid = lock.read().strip() or "unknown"
            raise AlreadyRunning(
                f"The front desk already runs from {home} (process {pid}): use that one, or end it "
                f"with Ctrl-C or kill {pid}."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _call(looks: Sequence[Callable[[], None]]) -> None:
    for look in looks:
        look()


def _database_watch(server: EmbeddedPostgres) -> Callable[[], None]:
    looked = time.monotonic()

    def look() -> None:
        nonlocal looked
        if time.monotonic() - looked < DATABASE_LOOK_SECONDS:
            return
        looked = time.monotonic()
        if not server.is_live():
            raise PartFailed(f"The embedded database ended; its log is {server.log}.")

    return look


def _parent_watch() -> Callable[[], None]:
    parent = os.getppid()

    def look() -> None:
        if os.getppid() != parent:
            raise KeyboardInterrupt

    return look


def _end_left_over(settings: Settings, record: Path) -> None:
    """What a run that was killed left: its parts, and the database that it would have ended."""
    if not record.exists():
        return
    ended = end_left_over(record)
    if settings.database_url is None:
        server = embedded_server(settings)
        ended += server.is_live()
        server.stop()
    if ended:
        say(f"Ended {ended} processes that an earlier run left behind.")


def say(line: str) -> None:
    try:
        print(line, flush=True)
    except OSError:
        pass  # the terminal is gone; what is under way goes on to its end


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
        "SANIC_HOST": LOOPBACK,
        "WHATSAPP_APP_SECRET": settings.app_secret,
        "WHATSAPP_VERIFY_TOKEN": settings.verify_token,
        "WHATSAPP_ACCESS_TOKEN": settings.access_token,
        "WHATSAPP_PHONE_NUMBER_ID": settings.phone_number_id,
        "WHATSAPP_BUSINESS_ACCOUNT_ID": settings.business_account_id,
        "WHATSAPP_GRAPH_URL": settings.graph_url or _address(settings, settings.emulator_port),
    }
    rasa_at, actions_at = f"http://{LOOPBACK}:{settings.rasa_port}", f"http://{LOOPBACK}:{settings.actions_port}"
    rasa = [python, "-m", "rasa", "run", "--model", str(model), "--endpoints", str(endpoints)]
    rasa += ["--credentials", "credentials.yml", "--interface", LOOPBACK, "--port", str(settings.rasa_port)]
    actions = [python, "-m", "rasa_sdk", "--actions", "actions", "--port", str(settings.actions_port)]
    found = [
        Part("rasa", rasa, Answers(f"{rasa_at}/webhooks/whatsapp/health"), environ, ready_within=180),
        Part("actions", actions, Answers(f"{actions_at}/health"), environ),
        Part("worker", [python, "-m", "messaging.worker"], ready_file.exists, environ),
        Part("desk", [python, "-m", "desk"], Answers(f"{_address(settings, settings.desk_port)}/health"), environ),
    ]
    if settings.uses_emulator:
        emulator = [python, "-m", "emulator", "--webhook-url", f"{rasa_at}{WEBHOOK_PATH}"]
        health = f"{_address(settings, settings.emulator_port)}/emulator/health"
        found.insert(0, Part("emulator", emulator, Answers(health), environ))
    return found


def _address(settings: Settings, port: int) -> str:
    """As seen from this machine, in a browser too."""
    host = {"0.0.0.0": LOOPBACK, "::": "::1"}.get(settings.bind, settings.bind)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class Answers:
    """Whether an address answers 200."""

    def __init__(self, url: str) -> None:
        self._url = url

    def __call__(self) -> bool:
        try:
            return httpx.get(self._url, timeout=2).status_code == 200
        except httpx.HTTPError:
            return False


def _model(processes: Processes) -> Path:
    if fitting_model() is None:
        say("Training the model, about a minute ...")
    model, trained = ensure_model(processes)
    if trained:
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
    """Raises PortTaken before anything is started."""
    wanted = [
        ("ISTIQBAL_RASA_PORT", LOOPBACK, settings.rasa_port),
        ("ISTIQBAL_ACTIONS_PORT", LOOPBACK, settings.actions_port),
        ("ISTIQBAL_DESK_PORT", settings.bind, settings.desk_port),
    ]
    if settings.uses_emulator:
        wanted.append(("ISTIQBAL_EMULATOR_PORT", settings.bind, settings.emulator_port))
    seen: dict[int, str] = {}
    for name, host, port in wanted:
        if port in seen:
            raise PortTaken(f"{seen[port]} and {name} are both {port}; set one of them to another port.")
        seen[port] = name
        problem = _why_not(host, port)
        if problem is not None:
            raise PortTaken(problem.format(name=name, host=host, port=port))


def _why_not(host: str, port: int) -> Optional[str]:
    """None if one can listen there."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return "Port {port} is taken; set {name} to a free one, or end what listens there."
        if error.errno in (errno.EACCES, errno.EPERM):
            return "Port {port} is not for this user; set {name} to one above 1023."
        return "This machine has no address {host} to listen on; set ISTIQBAL_BIND to one that it has."
    return None


def _welcome(settings: Settings) -> None:
    lines = ["", "The front desk is open."]
    if settings.uses_emulator:
        lines.append(f"  Phone (be a patient): {_address(settings, settings.emulator_port)}/")
    lines.append(f"  Desk (be reception):  {_address(settings, settings.desk_port)}/")
    if settings.uses_emulator:
        lines += [f"      login {username}, password {password}" for username, _, _, password in DEMO_STAFF]
    lines += [f"  Logs: {settings.home / 'logs'}", "  Ctrl-C ends all of it.", ""]
    say("\n".join(lines))
