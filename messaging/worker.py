"""The worker process: `python -m messaging.worker` sends the outbox and does what is due periodically."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import Callable

from procrastinate import App, JobContext
from sqlalchemy.engine import Engine

from clinic.database.connect import database, open_engine
from connectors.whatsapp.graph import GraphClient
from istiqbal.settings import Settings, read_settings
from messaging import jobs
from messaging.freed_slots import offer_freed_slots
from messaging.inbox import reopen_lost
from messaging.sender import Sender, expire_unsure

logger = logging.getLogger(__name__)

# Drains at once; each sends one message at a time.
CONCURRENCY = 4
READY_FILE = "worker.ready"


def outbox_app(url: str) -> App:
    """The tasks find `sender`, `engine` and `clock` in the worker's additional context."""
    app = jobs.new_app(url)
    app.task(name=jobs.SEND_OUTBOX, queue=jobs.OUTBOX, pass_context=True)(send_outbox)
    app.task(name=jobs.OFFER_FREED_SLOTS, queue=jobs.PERIODIC, pass_context=True)(offer_freed)
    for name, cron, function in (
        (jobs.WAKE_SENDER, "* * * * * */10", wake_sender),
        (jobs.RETRY_STALLED, "* * * * * */5", retry_stalled),
        (jobs.EXPIRE_UNSURE, "* * * * *", expire),
        (jobs.REOPEN_LOST, "* * * * *", reopen),
        (jobs.WAKE_WAITLIST, "* * * * *", wake_waitlist),
    ):
        # The queueing lock: what is overdue is done once, not as often as it was missed.
        task = app.task(name=name, queue=jobs.PERIODIC, queueing_lock=name, pass_context=True)(function)
        app.periodic(cron=cron)(task)
    return app


async def send_outbox(context: JobContext) -> None:
    sender: Sender = context.additional_context["sender"]
    await asyncio.to_thread(sender.drain)


async def wake_sender(context: JobContext, timestamp: int) -> None:
    """For rows whose time to be sent (again) has come."""
    await send_outbox(context)


async def retry_stalled(context: JobContext, timestamp: int) -> None:
    await jobs.retry_stalled(context.app)


async def expire(context: JobContext, timestamp: int) -> None:
    await asyncio.to_thread(_in_transaction, context, expire_unsure)


async def reopen(context: JobContext, timestamp: int) -> None:
    await asyncio.to_thread(_in_transaction, context, reopen_lost)


async def offer_freed(context: JobContext) -> None:
    """To those who wait for a time that was given up."""
    engine: Engine = context.additional_context["engine"]
    clock: Callable[[], datetime] = context.additional_context["clock"]
    await asyncio.to_thread(offer_freed_slots, engine, clock())


async def wake_waitlist(context: JobContext, timestamp: int) -> None:
    """For the next ones, when those who were asked do not answer."""
    await offer_freed(context)


def _in_transaction(context: JobContext, work: Callable[..., int]) -> None:
    engine: Engine = context.additional_context["engine"]
    clock: Callable[[], datetime] = context.additional_context["clock"]
    with engine.begin() as conn:
        work(conn, clock())


def utc_now() -> datetime:
    return datetime.now(timezone.utc)


async def work(
    url: str, engine: Engine, sender: Sender, clock: Callable[[], datetime], stop: asyncio.Event, ready: Path
) -> None:
    """Until `stop` is set. `ready` exists while the worker takes jobs, and holds its process id."""

    def begin() -> None:
        ready.parent.mkdir(parents=True, exist_ok=True)
        ready.write_text(f"{os.getpid()}\n", encoding="ascii")

    stopping = asyncio.ensure_future(_stop_sender(stop, sender))
    try:
        await jobs.keep_working(
            outbox_app(url),
            stop,
            on_ready=begin,
            queues=[jobs.OUTBOX, jobs.PERIODIC],
            concurrency=CONCURRENCY,
            name="outbox",
            additional_context={"sender": sender, "engine": engine, "clock": clock},
        )
    finally:
        stopping.cancel()
        with suppress(FileNotFoundError):
            ready.unlink()


async def _stop_sender(stop: asyncio.Event, sender: Sender) -> None:
    await stop.wait()
    sender.stop()


async def _work_until_signalled(settings: Settings, url: str) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    engine = open_engine(url)
    graph = GraphClient(settings.graph_base_url, settings.access_token)
    try:
        sender = Sender(engine, graph, utc_now)
        await work(url, engine, sender, utc_now, stop, settings.home / READY_FILE)
    finally:
        graph.close()
        engine.dispose()


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    # A line a job would drown the rest.
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    settings = read_settings()
    with suppress(FileNotFoundError):
        (settings.home / READY_FILE).unlink()
    with database(settings) as url:
        asyncio.run(_work_until_signalled(settings, url))


if __name__ == "__main__":
    main()
