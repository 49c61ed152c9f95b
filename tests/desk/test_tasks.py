"""What patients asked for and reception does."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Optional

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Engine

from clinic.conversations import Conversation
from clinic.database.tables import TASK_KINDS, tasks
from clinic.demo import DemoClinic
from clinic.tasks import open_task
from tests.desk.conftest import NOW, Browser, Front, NewBrowser, token
from tests.desk.test_appointments import book

MARKUP = "<script>alert(1)</script>"


def ask(
    front: Front,
    clinic: DemoClinic,
    kind: str = "lab_results",
    chat: Optional[Conversation] = None,
    words: str = "are my results there?",
    minutes_ago: int = 5,
    **about: str,
) -> str:
    """A task, returned by its id."""
    message = front.says(chat, words) if chat else None
    with front.engine.begin() as conn:
        known = set(conn.execute(select(tasks.c.id)).scalars())
        at = front.clock() - timedelta(minutes=minutes_ago)
        open_task(conn, clinic.id, kind, at, conversation_id=chat.id if chat else None, message_id=message, **about)
        [new] = set(conn.execute(select(tasks.c.id)).scalars()) - known
        return str(new)


def count_on(page: str) -> Optional[str]:
    """What the navigation shows; None where it shows nothing."""
    [(hidden, count)] = re.findall(r'id="task-count" data-live( hidden)?>.*?</span>(\d+)</span>', page)
    return None if hidden else count


def done(browser: Browser, task: str) -> int:
    return browser.submit(f"/tasks/{task}/done", "/tasks").status_code


@pytest.mark.parametrize("kind", TASK_KINDS)
def test_every_kind_of_task_is_shown_in_words(reem: Browser, front: Front, clinic: DemoClinic, kind: str) -> None:
    ask(front, clinic, kind, front.chat(clinic))
    page = reem.get("/tasks")
    assert page.status_code == 200 and "Mona Saleh" in page.text and kind not in re.sub(r"<[^>]*>", "", page.text)


def test_the_oldest_comes_first_with_what_was_asked_and_the_way_into_the_chat(
    reem: Browser, front: Front, clinic: DemoClinic
) -> None:
    new, old = front.chat(clinic, 1, "Mona"), front.chat(clinic, 2, "Omar")
    ask(front, clinic, "lab_results", new, f"results? {MARKUP}", minutes_ago=5)
    ask(front, clinic, "prescription_refill", old, "my prescription", minutes_ago=90)
    page = reem.get("/tasks").text
    assert re.findall(r"<h2><bdi>([^<]*)", page) == ["Omar", "Mona"]
    assert f'href="/chats/{old.id}"' in page and "my prescription" in page
    assert MARKUP not in page and "&lt;script&gt;" in page
    assert front.on_record("list_tasks") == [f"clinics:{clinic.id}"]


def test_a_task_without_a_chat_names_the_patient_and_the_visit(reem: Browser, front: Front, clinic: DemoClinic) -> None:
    visit = book(front, clinic, NOW + timedelta(days=1), "Huda Visit")
    ask(front, clinic, "call_patient", appointment_id=visit)
    page = reem.get("/tasks").text
    assert "Huda Visit" in page and "Wednesday 25 Nov" in page and "Dr. " in page


def test_done_takes_it_off_the_list_once_and_says_by_whom(
    reem: Browser, front: Front, clinic: DemoClinic, staff_ids: dict[str, str], engine: Engine
) -> None:
    task = ask(front, clinic, chat=front.chat(clinic))
    assert done(reem, task) == 200
    front.clock.advance(minutes=1)
    assert done(reem, task) == 200  # a colleague's click, or a second one
    page = reem.get("/tasks").text
    assert "Everything is done" in page and count_on(page) is None
    assert front.on_record("finish_task") == [f"tasks:{task}"]
    with engine.begin() as conn:
        row = conn.execute(select(tasks.c.done_by, tasks.c.done_at)).one()
    assert (row.done_by, row.done_at) == (staff_ids["reem"], NOW)


def test_the_count_stands_on_every_page_and_in_every_fragment(reem: Browser, front: Front, clinic: DemoClinic) -> None:
    chat = front.chat(clinic)
    for kind in ("lab_results", "medical_report"):
        ask(front, clinic, kind, chat)
    for path in ("/", f"/chats/{chat.id}", "/appointments", "/tasks", "/practitioners", "/nothing-here"):
        assert count_on(reem.get(path).text) == "2", path
        if path != "/nothing-here":
            assert count_on(reem.get(path, headers={"X-Fragment": "1"}).text) == "2", path


def test_another_clinics_tasks_are_neither_shown_nor_counted_nor_finished(
    reem: Browser, front: Front, clinic: DemoClinic, other_clinic: DemoClinic, engine: Engine
) -> None:
    theirs = ask(front, other_clinic, chat=front.chat(other_clinic, 7, "Their patient"))
    page = reem.get("/tasks").text
    assert "Their patient" not in page and count_on(page) is None
    for task in (theirs, str(uuid.uuid4()), "1"):
        assert done(reem, task) == 404
    with engine.begin() as conn:
        assert conn.execute(select(tasks.c.done_at)).scalar_one() is None


def test_trainers_strangers_and_forged_forms_finish_nothing(
    reem: Browser, new_browser: NewBrowser, front: Front, clinic: DemoClinic, engine: Engine
) -> None:
    task = ask(front, clinic, chat=front.chat(clinic))
    assert reem.http.post(f"/tasks/{task}/done", data={"csrf": "x"}).status_code == 403
    tala = new_browser()
    tala.log_in("tala")
    assert tala.get("/tasks").status_code == 403
    assert tala.http.post(f"/tasks/{task}/done", data={"csrf": token(tala.get("/"))}).status_code == 403
    assert "/login" in str(new_browser().get("/tasks").url)
    with engine.begin() as conn:
        assert conn.execute(select(tasks.c.done_at)).scalar_one() is None
