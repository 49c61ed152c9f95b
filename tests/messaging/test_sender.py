from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Mapping

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.engine import Engine

from clinic.database.tables import contacts, messages
from clinic.demo import DemoClinic
from connectors.whatsapp.graph import Accepted, Outcome, Refused, TimedOut
from connectors.whatsapp.payloads import Status
from messaging.bubbles import Bubble, Option
from messaging.outbox import BULK, EMERGENCY, queue_bubbles
from messaging.sender import Sender, expire_unsure
from messaging.statuses import apply_statuses
from tests.messaging.conftest import Chat, new_chat
from tests.messaging.stub import NOW, Clock, FakeGraph


@pytest.fixture
def graph() -> FakeGraph:
    return FakeGraph()


@pytest.fixture
def sender(engine: Engine, graph: FakeGraph, clock: Clock) -> Sender:
    return Sender(engine, graph, clock, sleep=lambda seconds: clock.forward(seconds=seconds))


def queue(chat: Chat, *texts: str, who: str = "bot", priority: int = 0) -> list[str]:
    """Queue for a patient who wrote just now."""
    open_window(chat)
    with chat.engine.begin() as conn:
        bubbles = [Bubble(text) for text in texts]
        return queue_bubbles(conn, chat.conversation(), bubbles, sender=who, priority=priority)


def open_window(chat: Chat) -> None:
    with chat.engine.begin() as conn:
        conn.execute(
            update(contacts).where(contacts.c.id == chat.conversation().contact_id).values(last_inbound_at=chat.clock())
        )


def status(chat: Chat, name: str, *, wamid: str | None = None, ours: str | None = None, code: int | None = None) -> int:
    told = Status(chat.phone_number_id, wamid, name, None, ours, code)
    with chat.engine.begin() as conn:
        return apply_statuses(conn, [told], chat.clock())


def test_a_message_is_sent_with_our_id_and_marked_accepted(chat: Chat, sender: Sender, graph: FakeGraph) -> None:
    (message_id,) = queue(chat, "Hello")
    assert sender.drain() == 1
    assert graph.sent == [
        {
            "recipient_type": "individual",
            "to": "+15550100123",
            "type": "text",
            "text": {"body": "Hello", "preview_url": False},
            "biz_opaque_callback_data": message_id,
        }
    ]
    (row,) = chat.out()
    assert (row.status, row.wamid, row.attempts, row.claimed_at) == ("accepted", "wamid.out.1", 1, NOW)


def test_buttons_keep_their_ids_on_the_wire(chat: Chat, sender: Sender, graph: FakeGraph) -> None:
    open_window(chat)
    with chat.engine.begin() as conn:
        queue_bubbles(conn, chat.conversation(), [Bubble("?", (Option("opaque", "Yes"),))])
    sender.drain()
    assert graph.sent[0]["interactive"]["action"]["buttons"][0]["reply"] == {"id": "opaque", "title": "Yes"}


def test_a_patient_without_a_phone_number_is_addressed_by_the_scoped_id(
    chat: Chat, sender: Sender, graph: FakeGraph
) -> None:
    with chat.engine.begin() as conn:
        conn.execute(update(contacts).values(user_id="SA.1", wa_id=None))
    queue(chat, "Hello")
    sender.drain()
    assert graph.sent[0]["recipient"] == "SA.1" and "to" not in graph.sent[0]


def test_messages_of_a_conversation_leave_in_their_order(chat: Chat, sender: Sender, graph: FakeGraph) -> None:
    texts = [str(number) for number in range(12)]
    queue(chat, *texts)
    with ThreadPoolExecutor(4) as pool:
        for drained in [pool.submit(sender.drain) for _ in range(4)]:
            drained.result()
    sender.drain()
    assert graph.texts == texts


def test_a_message_waits_while_the_one_before_it_is_being_sent(
    engine: Engine, clinic: DemoClinic, clock: Clock, chat: Chat, sender: Sender, graph: FakeGraph
) -> None:
    other = new_chat(engine, clinic, clock, "15550100999")
    queue(chat, "first", "second")
    calling, answered = threading.Event(), threading.Event()

    def slow(body: Mapping[str, Any]) -> None:
        if body["text"]["body"] == "first":
            calling.set()
            assert answered.wait(10)

    graph.during = slow
    with ThreadPoolExecutor(1) as pool:
        drained = pool.submit(sender.drain)
        assert calling.wait(10)
        queue(other, "other patient")
        assert sender.drain() == 1
        assert graph.texts == ["first", "other patient"]
        answered.set()
        drained.result()
    assert graph.texts == ["first", "other patient", "second"]


def test_replies_leave_before_bulk_and_an_emergency_before_all(
    engine: Engine, clinic: DemoClinic, clock: Clock, chat: Chat, sender: Sender, graph: FakeGraph
) -> None:
    queue(chat, "campaign", priority=BULK)
    queue(new_chat(engine, clinic, clock, "15550100998"), "reply")
    queue(chat, "call 997", priority=EMERGENCY)
    queue(chat, "reply after campaign")
    sender.drain()
    assert graph.texts == ["call 997", "reply", "reply after campaign", "campaign"]


def test_outside_the_window_nothing_leaves_and_a_person_is_told(
    chat: Chat, sender: Sender, graph: FakeGraph, clock: Clock
) -> None:
    queue(chat, "late", "later")
    clock.forward(hours=23, minutes=59)
    assert sender.drain() == 0
    assert graph.sent == []
    assert [(row.status, row.error_code) for row in chat.out()] == [("failed", 131047)] * 2
    assert (chat.conversation().owner, chat.handoff().reason) == ("person", "failure")


def test_a_staff_message_that_fails_hands_nothing_over(chat: Chat, sender: Sender, clock: Clock) -> None:
    queue(chat, "late", who="staff")
    clock.forward(hours=25)
    sender.drain()
    assert chat.out()[0].status == "failed" and chat.handoff() is None


@pytest.mark.parametrize("outcome", [Refused(131000, True), Refused(131056, True), Refused(0, True)])
def test_a_refusal_for_now_is_tried_again_later_and_later(
    chat: Chat, sender: Sender, graph: FakeGraph, clock: Clock, outcome: Outcome
) -> None:
    queue(chat, "Hello")
    graph.outcomes = [outcome] * 5
    for wait in (1, 4, 16, 64, 256):
        assert sender.drain() == 1
        assert chat.out()[0].status == "queued"
        clock.forward(seconds=wait - 0.5)
        assert sender.drain() == 0
        clock.forward(seconds=1)
    assert sender.drain() == 1
    assert chat.out()[0].status == "accepted"


def test_what_is_refused_six_times_is_a_persons_matter(
    chat: Chat, sender: Sender, graph: FakeGraph, clock: Clock
) -> None:
    queue(chat, "Hello")
    graph.outcomes = [Refused(131000, True)] * 6
    for _ in range(6):
        sender.drain()
        clock.forward(minutes=10)
    assert len(graph.sent) == 6
    assert (chat.out()[0].status, chat.out()[0].error_code, chat.handoff().reason) == ("failed", 131000, "failure")


def test_a_refusal_for_good_is_not_tried_again(chat: Chat, sender: Sender, graph: FakeGraph, clock: Clock) -> None:
    queue(chat, "Hello")
    graph.outcomes = [Refused(131026, False)]
    sender.drain()
    clock.forward(hours=1)
    assert sender.drain() == 0
    assert chat.out()[0].error_code == 131026 and chat.handoff() is not None


def test_an_order_is_kept_over_a_refusal(chat: Chat, sender: Sender, graph: FakeGraph, clock: Clock) -> None:
    queue(chat, "first", "second")
    graph.outcomes = [Refused(131000, True)]
    assert sender.drain() == 1
    clock.forward(seconds=2)
    sender.drain()
    assert graph.texts == ["first", "first", "second"]


def test_a_time_out_is_never_sent_again_and_holds_up_nobody(
    chat: Chat, sender: Sender, graph: FakeGraph, clock: Clock
) -> None:
    queue(chat, "Hello", "second")
    graph.outcomes = [TimedOut()]
    sender.drain()
    assert [row.status for row in chat.out()] == ["sending", "accepted"]
    for _ in range(3):
        clock.forward(hours=1)
        sender.drain()
    assert graph.texts == ["Hello", "second"]


def test_without_a_status_in_ten_minutes_a_time_out_is_unsure(
    chat: Chat, sender: Sender, graph: FakeGraph, clock: Clock
) -> None:
    queue(chat, "Hello")
    graph.outcomes = [TimedOut()]
    sender.drain()
    clock.forward(minutes=9)
    with chat.engine.begin() as conn:
        assert expire_unsure(conn, clock()) == 0
    clock.forward(minutes=2)
    with chat.engine.begin() as conn:
        assert expire_unsure(conn, clock()) == 1
        assert expire_unsure(conn, clock()) == 0
    assert (chat.out()[0].status, chat.handoff().reason) == ("unsure", "failure")


def test_a_status_tells_that_a_time_out_went_after_all(
    chat: Chat, sender: Sender, graph: FakeGraph, clock: Clock
) -> None:
    (message_id,) = queue(chat, "Hello")
    graph.outcomes = [TimedOut()]
    sender.drain()
    assert status(chat, "sent", wamid="wamid.late", ours=message_id) == 1
    (row,) = chat.out()
    assert (row.status, row.wamid) == ("sent", "wamid.late")
    clock.forward(hours=1)
    with chat.engine.begin() as conn:
        assert expire_unsure(conn, clock()) == 0


def test_a_sender_that_died_in_a_call_is_like_a_time_out(
    chat: Chat, sender: Sender, graph: FakeGraph, clock: Clock
) -> None:
    queue(chat, "Hello", "second")

    def die(_body: Mapping[str, Any]) -> None:
        raise SystemExit

    graph.during = die
    with pytest.raises(SystemExit):
        sender.drain()
    graph.during = None
    assert sender.drain() == 0
    clock.forward(seconds=61)
    sender.drain()
    assert graph.texts == ["Hello", "second"]
    assert [row.status for row in chat.out()] == ["sending", "accepted"]


def test_a_status_may_come_before_the_call_returns(chat: Chat, sender: Sender, graph: FakeGraph) -> None:
    (message_id,) = queue(chat, "Hello")
    graph.during = lambda body: status(chat, "delivered", wamid="wamid.out.1", ours=message_id) and None
    sender.drain()
    (row,) = chat.out()
    assert (row.status, row.wamid) == ("delivered", "wamid.out.1")


def test_statuses_only_move_forward(chat: Chat, sender: Sender) -> None:
    queue(chat, "Hello")
    sender.drain()
    seen = []
    for name in ("delivered", "sent", "delivered", "read", "failed", "sent", "deleted", "played"):
        status(chat, name, wamid="wamid.out.1", code=131026 if name == "failed" else None)
        seen.append(chat.out()[0].status)
    assert seen == ["delivered", "delivered", "delivered", "read", "read", "read", "read", "read"]
    assert chat.handoff() is None and chat.out()[0].error_code is None


def test_a_late_failure_of_a_reply_is_a_persons_matter(chat: Chat, sender: Sender) -> None:
    queue(chat, "Hello")
    sender.drain()
    status(chat, "failed", wamid="wamid.out.1", code=131047)
    status(chat, "sent", wamid="wamid.out.1")
    (row,) = chat.out()
    assert (row.status, row.error_code, chat.handoff().reason) == ("failed", 131047, "failure")
    status(chat, "delivered", wamid="wamid.out.1")
    assert chat.out()[0].status == "delivered"


@pytest.mark.parametrize(
    "told",
    [
        Status("999", "wamid.out.1", "read", None, None, None),
        Status("200000000000001", "wamid.unknown", "read", None, "not-a-uuid", None),
        Status("200000000000001", None, "read", None, None, None),
        Status("200000000000001", "wamid.out.1", "warning", None, None, None),
    ],
)
def test_a_status_of_something_else_changes_nothing(chat: Chat, sender: Sender, told: Status) -> None:
    queue(chat, "Hello")
    sender.drain()
    with chat.engine.begin() as conn:
        assert apply_statuses(conn, [told], NOW) == 0
    assert chat.out()[0].status == "accepted"


def test_statuses_come_in_with_the_webhook(chat: Chat, sender: Sender) -> None:
    queue(chat, "Hello")
    sender.drain()
    chat.store(statuses=[{"id": "wamid.out.1", "status": "sent", "timestamp": "1790000000"}])
    assert chat.out()[0].status == "sent"


def test_the_rate_of_a_pair_is_45_at_once_and_then_one_in_six_seconds(
    engine: Engine, clinic: DemoClinic, chat: Chat, sender: Sender, graph: FakeGraph, clock: Clock
) -> None:
    queue(chat, *(str(number) for number in range(48)))
    queue(new_chat(engine, clinic, clock, "15550100999"), "other patient")
    assert sender.drain() == 46
    assert graph.texts[-1] == "other patient"
    clock.forward(seconds=5)
    assert sender.drain() == 0
    clock.forward(seconds=1.5)
    assert sender.drain() == 1
    queue(chat, "call 997", priority=EMERGENCY)
    assert sender.drain() == 1
    assert graph.texts[-1] == "call 997"


def test_the_rate_of_a_number_is_80_a_second(
    engine: Engine, clinic: DemoClinic, clock: Clock, sender: Sender, graph: FakeGraph
) -> None:
    for number in range(3):
        queue(new_chat(engine, clinic, clock, f"1555010{number:04d}"), *(str(each) for each in range(40)))
    assert sender.drain() == 120
    assert (clock() - NOW).total_seconds() == pytest.approx(40 / 80, abs=0.02)


def test_a_row_that_is_no_message_fails_alone(chat: Chat, sender: Sender, graph: FakeGraph) -> None:
    queue(chat, "broken", "fine")
    with chat.engine.begin() as conn:
        first = select(messages.c.id).where(messages.c.text == "broken").scalar_subquery()
        conn.execute(update(messages).where(messages.c.id == first).values(content={"text": ""}))
    sender.drain()
    assert graph.texts == ["fine"]
    assert [row.status for row in chat.out()] == ["failed", "accepted"]


def test_a_sender_that_is_told_to_stop_finishes_what_it_has(chat: Chat, sender: Sender, graph: FakeGraph) -> None:
    queue(chat, "first", "second")
    graph.during = lambda _body: sender.stop()
    assert sender.drain() == 1
    assert [row.status for row in chat.out()] == ["accepted", "queued"]


def test_the_same_wamid_twice_breaks_nothing(chat: Chat, sender: Sender, graph: FakeGraph) -> None:
    with chat.engine.begin() as conn:
        conn.execute(
            insert(messages).values(
                clinic_id=chat.conversation().clinic_id,
                conversation_id=chat.conversation_id,
                direction="in",
                sender="patient",
                phone_number_id=chat.phone_number_id,
                wamid="wamid.out.1",
                type="text",
                text="",
                content={},
            )
        )
    queue(chat, "Hello")
    graph.outcomes = [Accepted("wamid.out.1")]
    sender.drain()
    assert chat.out()[0].status == "accepted"
