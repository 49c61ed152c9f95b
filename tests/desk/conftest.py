"""Reception at the desk over HTTP, with a clock that stands still; and chats of invented patients."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Callable, Iterator, Optional

import httpx
import pytest
from argon2 import PasswordHasher
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import insert, select
from sqlalchemy.engine import Engine

from clinic.conversations import Conversation, ensure_conversation, load_conversation, note_inbound
from clinic.database.tables import access_events, messages, staff
from clinic.demo import DemoClinic, seed_demo
from clinic.handoff import hand_over
from desk.app import create_app
from istiqbal.settings import PROJECT
from messaging.bubbles import Bubble
from messaging.outbox import queue_bubbles
from tests.desk import served

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=timezone.utc)  # half past noon in Riyadh
START_SECONDS = 40
PASSWORD = "a long enough password"
OTHER_PHONE_NUMBER_ID = "200000000000099"


@dataclass
class HandClock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **parts: float) -> None:
        self.now += timedelta(**parts)


@dataclass
class Front:
    """What the clinics' patients and the bot do, written straight into the database."""

    engine: Engine
    clock: HandClock = field(default_factory=HandClock)

    def chat(
        self, clinic: DemoClinic, number: int = 1, name: Optional[str] = "Mona Saleh", says: str = "hello"
    ) -> Conversation:
        with self.engine.begin() as conn:
            conversation = ensure_conversation(
                conn, clinic.phone_number_id, wa_id=f"9665000{number:05d}", user_id=f"SA.{number}", profile_name=name
            )
        self.says(conversation, says)
        return conversation

    def says(self, conversation: Conversation, words: str, kind: str = "text", **content: Any) -> str:
        with self.engine.begin() as conn:
            note_inbound(conn, conversation, self.clock())
            row = insert(messages).values(
                clinic_id=conversation.clinic_id,
                conversation_id=conversation.id,
                direction="in",
                sender="patient",
                phone_number_id=conversation.phone_number_id,
                type=kind,
                text=words,
                content={"type": kind, **content},
                created_at=self.clock(),
                sent_at=self.clock(),
            )
            return str(conn.execute(row.returning(messages.c.id)).scalar_one())

    def bot_says(self, conversation: Conversation, *bubbles: Bubble) -> None:
        with self.engine.begin() as conn:
            queue_bubbles(conn, conversation, bubbles)

    def hands_over(self, conversation: Conversation, reason: str, message_id: Optional[str] = None) -> None:
        with self.engine.begin() as conn:
            hand_over(conn, conversation, reason, self.clock(), message_id)

    def owner(self, conversation: Conversation) -> str:
        with self.engine.begin() as conn:
            return load_conversation(conn, conversation.id).owner

    def sent(self, conversation: Conversation) -> list[str]:
        """What staff sent, in order."""
        with self.engine.begin() as conn:
            query = select(messages.c.text).where(
                messages.c.conversation_id == conversation.id, messages.c.sender == "staff"
            )
            return list(conn.execute(query.order_by(messages.c.seq)).scalars())

    def on_record(self, action: str) -> list[str]:
        with self.engine.begin() as conn:
            query = select(access_events.c.subject).where(access_events.c.action == action)
            return list(conn.execute(query.order_by(access_events.c.created_at)).scalars())


class Browser:
    """A browser without a script: it follows redirects, keeps cookies and fills in forms."""

    def __init__(self, http: TestClient) -> None:
        self.http = http

    def get(self, path: str, **more: Any) -> Response:
        return self.http.get(path, **more)

    def log_in(self, username: str, password: str = PASSWORD, path: str = "/login") -> Response:
        page = self.get(path)
        return self.http.post(path, data={"csrf": token(page), "username": username, "password": password})

    def submit(self, path: str, page: str = "/", **form: str) -> Response:
        """A form of `page`, with its token."""
        return self.http.post(path, data={"csrf": token(self.get(page)), **form})

    def reply(self, conversation: Conversation, words: str, form_id: str = "form-1") -> Response:
        here = f"/chats/{conversation.id}"
        return self.submit(f"{here}/reply", here, body=words, form_id=form_id)


def token(page: Response) -> str:
    [found] = set(re.findall(r'name="csrf" value="([^"]+)"', page.text))
    return str(found)


NewBrowser = Callable[[], Browser]


@pytest.fixture
def front(engine: Engine) -> Front:
    return Front(engine)


@pytest.fixture
def new_browser(engine: Engine, database_url: str, front: Front) -> Iterator[NewBrowser]:
    """Browsers in front of one desk."""
    app, opened = create_app(engine, database_url, front.clock), []

    def open_one() -> Browser:
        opened.append(TestClient(app, base_url="http://desk", client=("203.0.113.7", 5000)))
        return Browser(opened[-1])

    yield open_one
    for http in opened:
        http.close()


@pytest.fixture
def staff_ids(engine: Engine, clinic: DemoClinic) -> dict[str, str]:
    """By username. Reem reads English, the others Arabic."""
    people = (
        ("reem", "Reem", "reception", "en"),
        ("majed", "Majed", "manager", "ar"),
        ("tala", "Tala", "trainer", "ar"),
    )
    # The hash is made cheaply, as it would be at another cost setting: a test does not need its strength.
    kept = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
    with engine.begin() as conn:
        for username, name, role, language in people:
            who = {"username": username, "name": name, "role": role, "language": language}
            conn.execute(insert(staff).values(clinic_id=clinic.id, password_hash=kept, **who))
        return {row.username: str(row.id) for row in conn.execute(select(staff.c.username, staff.c.id))}


@pytest.fixture
def other_clinic(engine: Engine) -> DemoClinic:
    with engine.begin() as conn:
        return seed_demo(conn, OTHER_PHONE_NUMBER_ID, "100000000000099")


@pytest.fixture
def reem(new_browser: NewBrowser, staff_ids: dict[str, str]) -> Browser:
    """Reception, logged in, in English."""
    browser = new_browser()
    browser.log_in("reem")
    return browser


@dataclass(frozen=True)
class RunningDesk:
    """A desk in a process of its own, with the real clock."""

    url: str

    @contextmanager
    def logged_in(self, username: str) -> Iterator[httpx.Client]:
        with httpx.Client(base_url=self.url, follow_redirects=True) as http:
            form = {"csrf": token(http.get("/login")), "username": username, "password": PASSWORD}
            assert http.post("/login", data=form).status_code == 200
            yield http


@pytest.fixture
def desk_environ(database_url: str, front: Front, staff_ids: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """What a desk in another process starts with: this test's database, a free port."""
    front.clock.now = datetime.now(timezone.utc)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("WHATSAPP_")},
        "DATABASE_URL": database_url,
        "ISTIQBAL_HOME": str(tmp_path),
        "ISTIQBAL_DESK_PORT": str(port),
        "ISTIQBAL_BIND": "127.0.0.1",
    }


@pytest.fixture
def running_desk(desk_environ: dict[str, str]) -> Iterator[RunningDesk]:
    process = served.start(desk_environ)
    url = _url(desk_environ)
    try:
        await_answer(f"{url}/health", process.is_alive)
        yield RunningDesk(url)
    finally:
        process.terminate()
        process.join(15)
        assert process.exitcode in (0, -signal.SIGTERM), "the desk did not end when it was asked to"


@pytest.fixture
def started_desk(desk_environ: dict[str, str]) -> Iterator[RunningDesk]:
    """The same by its command: `python -m desk`."""
    process = subprocess.Popen([sys.executable, "-m", "desk"], cwd=PROJECT, env=desk_environ)
    url = _url(desk_environ)
    try:
        await_answer(f"{url}/health", lambda: process.poll() is None)
        yield RunningDesk(url)
    finally:
        process.terminate()
        assert process.wait(timeout=15) in (0, -signal.SIGTERM), "the desk did not end when it was asked to"


def _url(environ: dict[str, str]) -> str:
    return f"http://127.0.0.1:{environ['ISTIQBAL_DESK_PORT']}"


def await_answer(url: str, is_alive: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and is_alive():
        with suppress(httpx.HTTPError):
            if httpx.get(url, timeout=2).status_code == 200:
                return
        time.sleep(0.1)
    raise AssertionError("the desk did not start")
