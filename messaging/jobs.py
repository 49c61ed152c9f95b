"""The jobs: their names and queues, how they are deferred inside a transaction, and workers that outlive an outage."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Callable, Optional

from procrastinate import App, PsycopgConnector
from procrastinate.contrib.sqlalchemy import SQLAlchemyPsycopg2Connector
from procrastinate.exceptions import ConnectorException
from sqlalchemy.engine import Connection

logger = logging.getLogger(__name__)

RUN_TURN = "messaging.run_turn"
SEND_OUTBOX = "messaging.send_outbox"
RETRY_STALLED = "messaging.retry_stalled"
WAKE_SENDER = "messaging.wake_sender"
EXPIRE_UNSURE = "messaging.expire_unsure"
REOPEN_LOST = "messaging.reopen_lost"
OFFER_FREED_SLOTS = "messaging.offer_freed_slots"
WAKE_WAITLIST = "messaging.wake_waitlist"

INBOUND = "inbound"
OUTBOX = "outbox"
PERIODIC = "periodic"

# A patient's message goes before everything else that may ever stand in its queue.
INBOUND_PRIORITY = 100

HEARTBEAT_SECONDS = 2.0
STALLED_SECONDS = 10.0
# How long running jobs may take to end when their worker is told to stop.
GRACEFUL_SECONDS = 10.0
# After the database was away.
RESTART_SECONDS = 2.0

# Only defers, and only on connections it is given: it never opens one of its own.
_deferring = App(connector=SQLAlchemyPsycopg2Connector())


def defer_turn(conn: Connection, message_id: str, conversation_id: str, again: bool = False) -> None:
    """Part of the caller's transaction. Turns of one conversation run one after the other."""
    _deferring.configure_task(
        RUN_TURN, queue=INBOUND, lock=f"in:{conversation_id}", priority=INBOUND_PRIORITY, connection=conn
    ).defer(message_id=message_id, again=again)


def wake_sender(conn: Connection) -> None:
    """Part of the caller's transaction: the sender looks into the outbox when it commits."""
    _deferring.configure_task(SEND_OUTBOX, queue=OUTBOX, connection=conn).defer()


def wake_waitlist(conn: Connection) -> None:
    """Part of the caller's transaction: when it commits, those who wait are asked about the times that are free."""
    _deferring.configure_task(OFFER_FREED_SLOTS, queue=PERIODIC, connection=conn).defer()


def new_app(url: str) -> App:
    """For a worker (psycopg 3). Its tasks are added by who runs them."""
    return App(connector=PsycopgConnector(conninfo=url, min_size=1, max_size=4))


async def retry_stalled(app: App, stalled_seconds: float = STALLED_SECONDS) -> int:
    """Put the jobs of workers that gave no sign of life back into their queues; returns how many."""
    count = 0
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=stalled_seconds):
        try:
            await app.job_manager.retry_job(job)
        except ConnectorException:
            # Its worker lives after all and has just finished it.
            continue
        count += 1
        logger.warning("job %s (%s) was stalled and is queued again", job.id, job.task_name)
    return count


async def keep_working(
    app: App,
    stop: asyncio.Event,
    *,
    on_ready: Optional[Callable[[], None]] = None,
    heartbeat_seconds: float = HEARTBEAT_SECONDS,
    stalled_seconds: float = STALLED_SECONDS,
    **options: Any,
) -> None:
    """Run a worker until `stop` is set; jobs that run then are let finish. A database that goes away is waited for."""
    options = {
        "install_signal_handlers": False,
        "delete_jobs": "successful",
        "shutdown_graceful_timeout": GRACEFUL_SECONDS,
        "update_heartbeat_interval": heartbeat_seconds,
        "stalled_worker_timeout": stalled_seconds,
        **options,
    }
    while not stop.is_set():
        try:
            async with app.open_async():
                await _work_once(app, stop, on_ready, options)
        except Exception as error:
            # Not the error's text: it may hold a query with a patient's words.
            logger.error("worker stopped by %s, starting again", type(error).__name__)
        await _wait(stop, RESTART_SECONDS)


async def _work_once(
    app: App, stop: asyncio.Event, on_ready: Optional[Callable[[], None]], options: dict[str, Any]
) -> None:
    working = asyncio.ensure_future(app.run_worker_async(**options))
    stopping = asyncio.ensure_future(stop.wait())
    if on_ready is not None:
        on_ready()
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        # A worker that is cancelled takes no new job and waits for those it has.
        working.cancel()
        await asyncio.wait({working})
    if not working.cancelled():
        working.result()


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except asyncio.TimeoutError:
        pass
