"""The whole front desk as `make run` starts it, on free ports and a database of its own; and phones to write from."""

from __future__ import annotations

import itertools
import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Iterator, Optional

import httpx
import pytest
from sqlalchemy.engine import Engine

from clinic.database.connect import database, open_engine
from istiqbal.settings import PROJECT, Settings, read_settings
from tests.conftest import passable_folder

READY_WITHIN = 180  # seconds, on a loaded machine
ANSWER_WITHIN = 30
_PORTS = ("ISTIQBAL_RASA_PORT", "ISTIQBAL_ACTIONS_PORT", "ISTIQBAL_DESK_PORT", "ISTIQBAL_EMULATOR_PORT")
_numbers = itertools.count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One front desk for all that need it: they stay together where the tests run on several cores."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("front_desk"))


@dataclass(frozen=True)
class FrontDesk:
    """A running installation. `url` is its database."""

    settings: Settings
    engine: Engine
    process: subprocess.Popen[str]

    @property
    def emulator(self) -> str:
        return f"http://127.0.0.1:{self.settings.emulator_port}"

    @property
    def desk(self) -> str:
        return f"http://127.0.0.1:{self.settings.desk_port}"

    @property
    def rasa(self) -> str:
        return f"http://127.0.0.1:{self.settings.rasa_port}"


@dataclass
class Phone:
    """One patient's phone, through the emulator's own side."""

    desk: FrontDesk
    wa_id: str
    seen: Optional[str] = None
    last: list[dict[str, Any]] = field(default_factory=list)

    @property
    def _path(self) -> str:
        return f"{self.desk.emulator}/emulator/patients/{self.wa_id}"

    def named(self, name: str) -> Phone:
        httpx.put(self._path, json={"name": name}).raise_for_status()
        return self

    def post(self, message: dict[str, Any]) -> str:
        answer = httpx.post(f"{self._path}/messages", json=message)
        answer.raise_for_status()
        return str(answer.json()["wamid"])

    def send(self, text: str) -> list[str]:
        """Write, and wait for the answer. The texts of the new bubbles."""
        return self.await_answer(self.post({"type": "text", "text": text}))

    def tap(self, title: str) -> list[str]:
        option = next(
            option for bubble in reversed(self.last) for option in bubble["options"] if title in option["title"]
        )
        return self.await_answer(self.post({"type": "tap", "id": option["id"]}))

    def tap_place(self, place: int) -> list[str]:
        option = [option for bubble in self.last for option in bubble["options"]][place]
        return self.await_answer(self.post({"type": "tap", "id": option["id"]}))

    def await_answer(self, wamid: str) -> list[str]:
        self.last = self.incoming_after(wamid)
        return [bubble["text"] for bubble in self.last]

    def incoming_after(self, wamid: str, wait: float = ANSWER_WITHIN) -> list[dict[str, Any]]:
        """What the clinic sent after this message; waits for the first of it."""
        answer = httpx.get(f"{self._path}/messages", params={"after": wamid, "wait": wait}, timeout=wait + 5)
        answer.raise_for_status()
        return [message for message in answer.json()["messages"] if message["from"] == "business"]

    def shows(self) -> list[dict[str, Any]]:
        answer = httpx.get(f"{self._path}/messages")
        answer.raise_for_status()
        return list(answer.json()["messages"])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def front_desk() -> Iterator[FrontDesk]:
    with passable_folder() as home:
        yield from _run(home)


def _run(home: Path) -> Iterator[FrontDesk]:
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("WHATSAPP_", "DATABASE_"))},
        **{name: str(free_port()) for name in _PORTS},
        "ISTIQBAL_HOME": str(home),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "istiqbal.cli", "run"],
        cwd=PROJECT,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        settings = read_settings(environ)
        _await_ready(process)
        with database(settings) as url:
            engine = open_engine(url)
            yield FrontDesk(settings, engine, process)
            engine.dispose()
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def _await_ready(process: subprocess.Popen[str]) -> None:
    """Reads what it prints until it says that the front desk is open."""
    lines: list[str] = []
    assert process.stdout is not None
    for line in process.stdout:
        lines.append(line)
        if "The front desk is open" in line:
            return
    raise AssertionError("the front desk did not open:\n" + "".join(lines[-40:]))


@pytest.fixture
def phone(front_desk: FrontDesk) -> Phone:
    return Phone(front_desk, f"96650{next(_numbers):07d}").named("Mona Saleh")


@pytest.fixture
def second_phone(front_desk: FrontDesk) -> Phone:
    return Phone(front_desk, f"96651{next(_numbers):07d}").named("Samir Adel")
