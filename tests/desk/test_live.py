"""News without reload: from PostgreSQL to the browser's stream."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Engine

from clinic.database.connect import open_engine
from clinic.demo import DemoClinic
from clinic.desk_events import notify_desk
from desk.events import EVERYTHING, MOST_PENDING, DeskEvents, Subscription
from tests.desk.conftest import Browser, Front, NewBrowser, RunningDesk

DEADLINE = 15.0


@pytest.fixture
async def news(database_url: str) -> AsyncIterator[DeskEvents]:
    events = DeskEvents(database_url, first_retry_seconds=0.01)
    task = asyncio.create_task(events.listen())
    await asyncio.wait_for(events.listening.wait(), DEADLINE)
    yield events
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_a_change_is_told_to_the_clinic_it_belongs_to_and_to_no_other(news: DeskEvents, engine: Engine) -> None:
    ours, theirs = news.subscribe("clinic-1"), news.subscribe("clinic-2")
    with engine.begin() as conn:
        notify_desk(conn, "clinic-2", "their chat")
        notify_desk(conn, "clinic-1", "our chat")
    assert await ours.next(DEADLINE) == ["our chat"]
    assert await theirs.next(DEADLINE) == ["their chat"]
    assert await ours.next(0.01) == []


async def test_nothing_is_told_before_the_transaction_commits(news: DeskEvents, engine: Engine) -> None:
    subscription = news.subscribe("clinic-1")
    with engine.begin() as conn:
        notify_desk(conn, "clinic-1", "undone")
        conn.rollback()
    with engine.begin() as conn:
        notify_desk(conn, "clinic-1", "done")
    assert await subscription.next(DEADLINE) == ["done"]


async def test_after_a_lost_connection_everybody_is_told_to_look_again(news: DeskEvents, engine: Engine) -> None:
    subscription = news.subscribe("clinic-1")
    with engine.connect() as conn:
        listeners = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN desk'"
        assert conn.execute(text(listeners)).scalars().all() == [True]
    assert await subscription.next(DEADLINE) == [EVERYTHING]
    with engine.begin() as conn:
        notify_desk(conn, "clinic-1", "after the gap")
    assert await subscription.next(DEADLINE) == ["after the gap"]


async def test_notices_that_are_not_ours_are_left_out(news: DeskEvents, engine: Engine) -> None:
    subscription = news.subscribe("clinic-1")
    with engine.begin() as conn:
        for odd in ("", "{}", "[1]", "7", "not json"):
            conn.execute(text("SELECT pg_notify('desk', :odd)"), {"odd": odd})
        notify_desk(conn, "clinic-1", "ours")
    assert await subscription.next(DEADLINE) == ["ours"]


async def test_a_browser_that_is_slow_keeps_no_more_than_it_needs() -> None:
    subscription = Subscription("clinic-1")
    for _ in range(3):
        subscription.add("busy chat")
    assert await subscription.next(DEADLINE) == ["busy chat"]
    for number in range(MOST_PENDING * 10):
        subscription.add(f"chat {number}")
    pending = await subscription.next(DEADLINE)
    assert EVERYTHING in pending and len(pending) <= MOST_PENDING


def test_a_message_arrives_in_an_open_stream_of_its_own_clinic(
    started_desk: RunningDesk, front: Front, clinic: DemoClinic, other_clinic: DemoClinic
) -> None:
    ours, theirs = front.chat(clinic), front.chat(other_clinic, 5)
    with started_desk.logged_in("reem") as http, http.stream("GET", "/events", timeout=DEADLINE) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert stream.headers["cache-control"] == "no-store"
        lines = stream.iter_lines()
        while next(lines) != "event: open":
            pass
        front.hands_over(theirs, "complaint")
        front.hands_over(ours, "complaint")
        data = (line for line in lines if line.startswith("data: ") and line != "data: ")
        assert next(data) == f"data: {ours.id}"


def test_the_stream_is_for_people_who_are_logged_in(new_browser: NewBrowser) -> None:
    assert new_browser().get("/events").status_code == 401


def test_a_page_that_keeps_itself_fresh_gets_its_parts_and_a_lost_session_a_401(
    reem: Browser, front: Front, clinic: DemoClinic
) -> None:
    chat = front.chat(clinic)
    parts = reem.get(f"/chats/{chat.id}", headers={"X-Fragment": "1"}).text
    assert "<html" not in parts
    for part in ("waiting-count", "alarm", "chat-list", "chat-head", "about", "thread", "composer-state"):
        assert f'id="{part}"' in parts
    assert 'id="day-list"' in reem.get("/appointments", headers={"X-Fragment": "1"}).text
    front.clock.advance(hours=13)
    assert reem.get("/", headers={"X-Fragment": "1"}).status_code == 401


def test_the_desk_answers_health_and_says_in_words_when_the_database_is_away(
    started_desk: RunningDesk, engine: Engine, postgres_server: str
) -> None:
    name, server = engine.url.database, open_engine(postgres_server)
    with started_desk.logged_in("reem") as http:
        assert http.get("/health").json() == {"status": "ok"}
        with server.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            conn.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'))
            conn.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"), {"name": name}
            )
            away = http.get("/", headers={"Accept-Language": "en-GB,en;q=0.9"})
            conn.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'))
        server.dispose()
        assert away.status_code == 503
        assert "does not answer" in away.text
        assert http.get("/").status_code == 200


def test_a_database_error_shows_and_logs_nothing_of_what_was_written(
    reem: Browser, front: Front, clinic: DemoClinic, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    chat = front.chat(clinic)
    with engine.begin() as conn:
        conn.execute(text("ALTER TABLE messages ADD CONSTRAINT never CHECK (sender <> 'staff')"))
    answer = reem.reply(chat, "a very private word")
    assert answer.status_code == 500
    assert "Nothing was sent" in answer.text
    assert "private" not in caplog.text + answer.text
