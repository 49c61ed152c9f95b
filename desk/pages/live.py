"""News while a page is open. The event says which chat changed; the page then asks for its parts again."""

from __future__ import annotations

import asyncio
from typing import AsyncIterator, Union

import anyio
from fastapi import APIRouter, Request
from sse_starlette import EventSourceResponse

from clinic.staff import Session
from desk.events import Subscription
from desk.guard import NotLoggedIn, WithPatients, session_of
from desk.settings import SESSION_CHECK_SECONDS
from desk.state import desk_of

router = APIRouter()

PING_SECONDS = 15
CLOSE_SECONDS = 1  # less than the server waits for its connections when it is told to stop
RETRY_MILLISECONDS = 2000


@router.get("/events")
async def events(request: Request, session: WithPatients) -> EventSourceResponse:
    closing = anyio.Event()
    return EventSourceResponse(
        _news(request, session, closing),
        ping=PING_SECONDS,
        shutdown_event=closing,
        shutdown_grace_period=CLOSE_SECONDS,
    )


async def _news(request: Request, session: Session, closing: anyio.Event) -> AsyncIterator[dict[str, Union[str, int]]]:
    """Of the member's own clinic; ends with the session, or with the desk."""
    news = desk_of(request).events
    subscription = news.subscribe(session.staff.clinic_id)
    closer = asyncio.create_task(_close_with(closing, subscription))
    loop = asyncio.get_running_loop()
    look_again = loop.time() + SESSION_CHECK_SECONDS
    try:
        yield {"event": "open", "data": "", "retry": RETRY_MILLISECONDS}
        while not subscription.closed:
            for conversation_id in await subscription.next(max(look_again - loop.time(), 0.01)):
                yield {"event": "changed", "data": conversation_id}
            if loop.time() >= look_again:
                await asyncio.to_thread(session_of, request)
                look_again = loop.time() + SESSION_CHECK_SECONDS
    except NotLoggedIn:
        return
    finally:
        closer.cancel()
        news.unsubscribe(subscription)


async def _close_with(closing: anyio.Event, subscription: Subscription) -> None:
    await closing.wait()
    subscription.close()
