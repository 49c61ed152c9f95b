"""The worker that runs turns, inside the process of the assistant."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime
from typing import Callable, Optional

from procrastinate import App, JobContext
from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from sqlalchemy.engine import Engine

from messaging.agent import Agent
from messaging.jobs import INBOUND, RUN_TURN, keep_working, new_app
from messaging.turns import TRIES, Turns

logger = logging.getLogger(__name__)

# Turns that wait for the database or for an action; the assistant itself thinks one at a time.
CONCURRENCY = 8
# Before the second and third try: all three lie within ten seconds.
RETRY_SECONDS = (1, 4)
# When not even giving up worked, the database is in trouble. A message is never dropped for that.
TROUBLE_SECONDS = 5
AGENT_POLL_SECONDS = 0.2
# Procrastinate tells of new jobs, but not that a lock is free: a patient's next message waits for this look.
NEXT_TURN_SECONDS = 0.2


class TurnRetry(BaseRetryStrategy):
    """A turn is tried again until it has an outcome; `Turns` sees to it that it gets one soon."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:
        if isinstance(exception, asyncio.CancelledError):
            return RetryDecision(retry_in={"seconds": 0})
        seconds = RETRY_SECONDS[job.attempts] if job.attempts < TRIES - 1 else TROUBLE_SECONDS
        return RetryDecision(retry_in={"seconds": seconds})


async def run_turn(context: JobContext, message_id: str, again: bool = False) -> None:
    turns: Turns = context.additional_context["turns"]
    await turns.run(message_id, attempt=context.job.attempts + 1, again=again)


def inbound_app(url: str) -> App:
    app = new_app(url)
    app.task(name=RUN_TURN, queue=INBOUND, pass_context=True, retry=TurnRetry())(run_turn)
    return app


class InboundWorker:
    """Takes messages as long as the assistant is ready. `start` and `stop` belong to one event loop."""

    def __init__(
        self,
        url: str,
        engine: Engine,
        agent: Agent,
        clock: Callable[[], datetime],
        **options: float,
    ) -> None:
        self._url = url
        self._agent = agent
        self._turns = Turns(engine, agent, clock)
        self._options = options
        self._task: Optional[asyncio.Task[None]] = None
        self._stop: Optional[asyncio.Event] = None
        self._working = False

    @property
    def is_working(self) -> bool:
        return self._working and self._task is not None and not self._task.done()

    def start(self) -> None:
        self._stop = asyncio.Event()
        self._task = asyncio.ensure_future(self._run(self._stop))

    async def stop(self) -> None:
        """No new turn is begun; those that run are let finish."""
        if self._stop is not None and self._task is not None:
            self._stop.set()
            await asyncio.wait({self._task})
            self._working = False

    async def _run(self, stop: asyncio.Event) -> None:
        while not self._agent.is_ready():
            try:
                await asyncio.wait_for(stop.wait(), AGENT_POLL_SECONDS)
                return
            except asyncio.TimeoutError:
                continue
        await keep_working(
            inbound_app(self._url),
            stop,
            on_ready=self._begin,
            queues=[INBOUND],
            concurrency=CONCURRENCY,
            fetch_job_polling_interval=NEXT_TURN_SECONDS,
            name="inbound",
            additional_context={"turns": self._turns},
            **self._options,
        )

    def _begin(self) -> None:
        self._working = True
        logger.info("taking messages")
