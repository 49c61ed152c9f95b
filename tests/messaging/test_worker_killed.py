"""Law 1, with real processes: a worker that is killed in the middle of a turn loses nothing and doubles nothing."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import asynccontextmanager
from pathlib import Path
from typing import AsyncIterator

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.engine import Engine

from clinic.database.tables import turns as done_for_patients
from clinic.demo import DemoClinic
from messaging import jobs
from messaging.worker import outbox_app
from tests.messaging.conftest import Chat, new_chat
from tests.messaging.stub import Clock
from tests.messaging.turn_worker import HEARTBEAT_SECONDS

PROJECT = Path(__file__).resolve().parents[2]
DEADLINE = 60.0


@asynccontextmanager
async def turn_worker(url: str, mode: str) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.messaging.turn_worker", url, mode, stdin=PIPE, stdout=PIPE, cwd=PROJECT
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.wait(), DEADLINE)


async def booked(process: Process) -> None:
    """Until the worker is in the middle of a turn."""
    assert process.stdout is not None
    line = await asyncio.wait_for(process.stdout.readline(), DEADLINE)
    assert line == b"booked\n"


async def until_ended(chat: Chat, message_ids: list[str]) -> None:
    async def wait() -> None:
        while any(chat.row(message_id).outcome is None for message_id in message_ids):
            await asyncio.sleep(0.05)

    await asyncio.wait_for(wait(), DEADLINE)


async def retry_until_stalled(url: str) -> None:
    """As the periodic task does, with a shorter patience than its ten seconds."""
    async with outbox_app(url).open_async() as app:

        async def wait() -> None:
            while await jobs.retry_stalled(app, stalled_seconds=5 * HEARTBEAT_SECONDS) == 0:
                await asyncio.sleep(0.05)

        await asyncio.wait_for(wait(), DEADLINE)


@pytest.fixture
def today(engine: Engine, clinic: DemoClinic, clock: Clock) -> Chat:
    """The worker processes have a clock of their own: the real one."""
    with engine.connect() as conn:
        clock.now = conn.execute(select(func.now())).scalar_one()
    return new_chat(engine, clinic, clock)


async def test_a_worker_killed_in_a_turn_loses_nothing_and_doubles_nothing(database_url: str, today: Chat) -> None:
    first, second = today.writes("book"), today.writes("and another")
    async with turn_worker(database_url, "block") as dying:
        await booked(dying)
        os.kill(dying.pid, signal.SIGKILL)
        await asyncio.wait_for(dying.wait(), DEADLINE)
    assert today.row(first).outcome is None and today.out() == []

    async with turn_worker(database_url, "go"):
        await retry_until_stalled(database_url)
        await until_ended(today, [first, second])

    assert [today.row(each).outcome for each in (first, second)] == ["turn", "turn"]
    assert today.said() == ["booked 1", "see you then", "booked 2", "see you then"]
    assert [str(row.in_reply_to) for row in today.out()] == [first, first, second, second]
    with today.engine.connect() as conn:
        assert conn.execute(select(func.count()).select_from(done_for_patients)).scalar_one() == 2


async def test_a_worker_that_was_only_taken_for_dead_writes_nothing_twice(database_url: str, today: Chat) -> None:
    """It is stopped, not killed: when it goes on, another one has finished its turn."""
    message_id = today.writes("book")
    async with turn_worker(database_url, "block") as sleeping:
        await booked(sleeping)
        os.kill(sleeping.pid, signal.SIGSTOP)
        async with turn_worker(database_url, "go"):
            await retry_until_stalled(database_url)
            await until_ended(today, [message_id])
        os.kill(sleeping.pid, signal.SIGCONT)
        assert sleeping.stdin is not None
        sleeping.stdin.write(b"\n")
        # It ends when its turn has: told to stop, it lets that finish.
        sleeping.terminate()
        assert await asyncio.wait_for(sleeping.wait(), DEADLINE) == 0
    assert today.said() == ["booked 1", "see you then"]


async def test_a_worker_that_is_told_to_stop_gives_its_jobs_back(database_url: str, today: Chat) -> None:
    async with turn_worker(database_url, "go") as worker:
        message_id = today.writes("book")
        await until_ended(today, [message_id])
        worker.terminate()
        assert await asyncio.wait_for(worker.wait(), DEADLINE) == 0
    with today.engine.connect() as conn:
        assert conn.execute(text("SELECT count(*) FROM procrastinate_workers")).scalar_one() == 0
        assert (
            conn.execute(text("SELECT count(*) FROM procrastinate_jobs WHERE queue_name = 'inbound'")).scalar_one() == 0
        )
