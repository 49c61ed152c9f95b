from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest
from procrastinate import App, JobContext
from procrastinate.jobs import Job
from procrastinate.utils import utcnow
from sqlalchemy import func, select, text

from messaging import jobs, worker
from messaging.bubbles import Bubble
from messaging.inbound import TurnRetry, inbound_app
from messaging.outbox import queue_bubbles
from messaging.sender import Sender
from tests.messaging.conftest import Chat
from tests.messaging.stub import Clock, FakeGraph

PROJECT = Path(__file__).resolve().parents[2]
DEADLINE = 60.0


async def until(condition: Callable[[], bool]) -> None:
    async def wait() -> None:
        while not condition():
            await asyncio.sleep(0.05)

    await asyncio.wait_for(wait(), DEADLINE)


def say(chat: Chat, *texts: str) -> None:
    with chat.engine.begin() as conn:
        queue_bubbles(conn, chat.conversation(), [Bubble(each) for each in texts])


def open_window(chat: Chat, clock: Clock) -> None:
    """The patient has just written, by the real clock."""
    with chat.engine.connect() as conn:
        clock.now = conn.execute(select(func.now())).scalar_one()
    chat.writes("Hello")


async def test_the_worker_sends_what_is_queued_and_says_that_it_is_ready(
    database_url: str, chat: Chat, clock: Clock, tmp_path: Path
) -> None:
    open_window(chat, clock)
    graph, stop, ready = FakeGraph(), asyncio.Event(), tmp_path / "home" / "worker.ready"
    sender = Sender(chat.engine, graph, clock)
    working = asyncio.create_task(worker.work(database_url, chat.engine, sender, clock, stop, ready))
    await until(ready.exists)
    assert ready.read_text() == f"{os.getpid()}\n"
    say(chat, "one", "two")
    await until(lambda: len(graph.sent) == 2)
    stop.set()
    await asyncio.wait_for(working, DEADLINE)
    assert graph.texts == ["one", "two"]
    assert not ready.exists()


async def test_what_had_to_wait_is_picked_up_by_the_periodic_task(
    database_url: str, chat: Chat, clock: Clock, tmp_path: Path
) -> None:
    """No wake-up job is left: the tick alone finds the row."""
    open_window(chat, clock)
    say(chat, "left over")
    with chat.engine.begin() as conn:
        conn.execute(text("DELETE FROM procrastinate_jobs"))
    graph, stop = FakeGraph(), asyncio.Event()
    sender = Sender(chat.engine, graph, clock)
    working = asyncio.create_task(
        worker.work(database_url, chat.engine, sender, clock, stop, tmp_path / "worker.ready")
    )
    await until(lambda: len(graph.sent) == 1)
    stop.set()
    await asyncio.wait_for(working, DEADLINE)


async def test_a_worker_comes_back_when_the_database_was_away(
    database_url: str, chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "RESTART_SECONDS", 0.05)
    app, stop, starts, done = jobs.new_app(database_url), asyncio.Event(), 0, asyncio.Event()

    async def note(context: JobContext, message_id: str, again: bool) -> None:
        done.set()

    def started() -> None:
        nonlocal starts
        starts += 1

    app.task(name=jobs.RUN_TURN, queue=jobs.INBOUND, pass_context=True)(note)
    working = asyncio.create_task(
        jobs.keep_working(app, stop, on_ready=started, queues=[jobs.INBOUND], fetch_job_polling_interval=0.1)
    )
    await until(lambda: starts == 1)
    with chat.engine.connect() as conn:
        conn.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
                 "AND datname = current_database()")
        )  # fmt: skip
    chat.engine.dispose()
    chat.writes("Hello")
    await asyncio.wait_for(done.wait(), DEADLINE)
    stop.set()
    await asyncio.wait_for(working, DEADLINE)


def test_three_tries_lie_within_ten_seconds_and_a_message_is_never_dropped() -> None:
    def waits(attempts: int) -> float:
        job = Job(id=1, queue="q", lock=None, queueing_lock=None, task_name="t", task_kwargs={}, attempts=attempts)
        decision = TurnRetry().get_retry_decision(exception=RuntimeError(), job=job)
        assert decision.retry_at is not None
        return round((decision.retry_at - utcnow()).total_seconds())

    assert sum(waits(attempts) for attempts in range(2)) <= 10
    assert [waits(attempts) for attempts in range(5)] == [1, 4, 5, 5, 5]


@pytest.mark.parametrize("make", [inbound_app, worker.outbox_app])
async def test_every_worker_knows_its_tasks_by_their_names(database_url: str, make: Callable[[str], App]) -> None:
    names = {name for name in make(database_url).tasks if name.startswith("messaging.")}
    assert names in (
        {jobs.RUN_TURN},
        {
            jobs.SEND_OUTBOX,
            jobs.WAKE_SENDER,
            jobs.RETRY_STALLED,
            jobs.EXPIRE_UNSURE,
            jobs.REOPEN_LOST,
            jobs.OFFER_FREED_SLOTS,
            jobs.WAKE_WAITLIST,
        },
    )


@pytest.fixture
def local_graph() -> Iterator[tuple[str, list[Any]]]:
    received: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            answer = json.dumps({"messages": [{"id": f"wamid.{len(received)}"}]}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}", received
        server.shutdown()
        thread.join()


async def test_the_worker_process_sends_and_ends_cleanly(
    database_url: str, chat: Chat, clock: Clock, local_graph: tuple[str, list[Any]], tmp_path: Path
) -> None:
    open_window(chat, clock)
    url, received = local_graph
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "ISTIQBAL_HOME": str(tmp_path),
        "WHATSAPP_GRAPH_URL": url,
        "WHATSAPP_APP_SECRET": "x",
        "WHATSAPP_VERIFY_TOKEN": "x",
        "WHATSAPP_ACCESS_TOKEN": "x",
        "WHATSAPP_PHONE_NUMBER_ID": chat.phone_number_id,
        "WHATSAPP_BUSINESS_ACCOUNT_ID": "1",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "messaging.worker", cwd=PROJECT, env=environment
    )
    try:
        await until((tmp_path / worker.READY_FILE).exists)
        say(chat, "from the worker")
        await until(lambda: len(received) == 1)
        await until(lambda: chat.out()[0].status == "accepted")
    finally:
        process.terminate()
        ended = await asyncio.wait_for(process.wait(), DEADLINE)
    assert ended == 0
    assert received[0]["text"]["body"] == "from the worker"
    assert not (tmp_path / worker.READY_FILE).exists()
