from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.engine import Engine

from clinic.database.tables import contacts, conversations, messages
from connectors.whatsapp.payloads import parse_webhook
from messaging.bubbles import Bubble
from messaging.inbox import receive, reopen_lost, store_webhook
from messaging.outbox import queue_bubbles
from tests.messaging.conftest import Chat
from tests.messaging.stub import NOW, Clock


def test_a_message_is_stored_with_its_job(chat: Chat) -> None:
    message_id = chat.writes("Hello")
    row = chat.row(message_id)
    assert (row.direction, row.sender, row.type, row.text, row.outcome) == ("in", "patient", "text", "Hello", None)
    (job,) = chat.jobs()
    assert (job.task_name, job.queue_name, job.args["message_id"]) == ("messaging.run_turn", "inbound", message_id)


def test_a_repeated_webhook_changes_nothing(chat: Chat) -> None:
    item = chat.message("text", {"body": "Hello"})
    assert chat.store(item).new == 1
    again = chat.store(item, item)
    assert (again.new, again.repeated) == (0, 2)
    assert len(chat.jobs()) == 1


def test_the_same_webhook_at_once_in_four_deliveries_is_one_message(chat: Chat) -> None:
    item = chat.message("text", {"body": "Hello"})
    with ThreadPoolExecutor(4) as pool:
        stored = list(pool.map(lambda _: chat.store(item), range(4)))
    assert sum(each.new for each in stored) == 1
    assert len(chat.jobs()) == 1


def test_a_batch_is_stored_whole_and_in_its_order(chat: Chat) -> None:
    stored = chat.store(*(chat.message("text", {"body": f"{number}"}) for number in range(30)))
    assert stored.new == 30
    with chat.engine.connect() as conn:
        texts = conn.execute(select(messages.c.text).order_by(messages.c.seq)).scalars().all()
    assert texts == [f"{number}" for number in range(30)]
    assert [job.lock for job in chat.jobs()] == [f"in:{chat.conversation_id}"] * 30


def test_a_number_of_no_clinic_is_left_out_and_the_rest_is_kept(chat: Chat) -> None:
    stranger = Chat(chat.engine, chat.clock, "999", "15550100999")
    body = stranger.webhook(stranger.message("text", {"body": "Hello"}))
    body["entry"] += chat.webhook(chat.message("text", {"body": "Hello"}))["entry"]
    stored = receive(chat.engine, parse_webhook(body), NOW)
    assert (stored.new, stored.unknown_number) == (1, 1)


def test_a_patient_without_a_phone_number_has_a_conversation(chat: Chat) -> None:
    body = chat.webhook({"from_user_id": "SA.9", "id": "wamid.b", "type": "text", "text": {"body": "Hi"}})
    body["entry"][0]["changes"][0]["value"]["contacts"] = [{"profile": {"name": "Ali"}, "user_id": "SA.9"}]
    assert receive(chat.engine, parse_webhook(body), NOW).new == 1
    with chat.engine.connect() as conn:
        contact = conn.execute(select(contacts).where(contacts.c.user_id == "SA.9")).one()
    assert (contact.wa_id, contact.profile_name, contact.last_inbound_at) == (None, "Ali", NOW)


def test_a_message_opens_the_window_and_a_late_one_does_not_shorten_it(chat: Chat, clock: Clock) -> None:
    chat.writes("now")
    clock.forward(hours=-3)
    chat.writes("three hours ago")
    with chat.engine.connect() as conn:
        assert conn.execute(select(contacts.c.last_inbound_at)).scalar_one() == NOW


def test_a_message_from_the_future_counts_as_of_now(chat: Chat) -> None:
    ahead = str(int((NOW + timedelta(days=9)).timestamp()))
    message_id = chat.writes("Hello", timestamp=ahead)
    assert chat.row(message_id).sent_at == NOW


@pytest.mark.parametrize("body", ["", "\u200f\u200e", "😀" * 4096, "/restart", "a\x00b", "x" * 100_000])
def test_any_text_can_be_stored(chat: Chat, body: str) -> None:
    assert chat.row(chat.writes(body)).text == body.replace("\x00", "")


def test_without_the_job_there_is_no_message(chat: Chat) -> None:
    """One transaction: what fails at the end takes back what came before."""
    body = parse_webhook(chat.webhook(chat.message("text", {"body": "Hello"})))
    connection = chat.engine.connect()
    with connection as conn, conn.begin() as transaction:
        store_webhook(conn, body, NOW)
        transaction.rollback()
    assert chat.jobs() == []
    with chat.engine.connect() as conn:
        assert conn.execute(select(func.count()).select_from(messages)).scalar_one() == 0


def test_an_open_message_whose_job_vanished_gets_another(chat: Chat, clock: Clock) -> None:
    lost, waiting = chat.writes("lost"), chat.writes("waiting")
    with chat.engine.begin() as conn:
        conn.execute(text("DELETE FROM procrastinate_jobs WHERE args ->> 'message_id' = :id"), {"id": lost})
    with chat.engine.begin() as conn:
        assert reopen_lost(conn, clock()) == 0
    clock.forward(minutes=2)
    with chat.engine.begin() as conn:
        assert reopen_lost(conn, clock()) == 1
        assert reopen_lost(conn, clock()) == 0
    assert sorted(job.args["message_id"] for job in chat.jobs()) == sorted([lost, waiting])


def test_a_reply_is_queued_in_the_callers_transaction(chat: Chat) -> None:
    conversation = chat.conversation()
    with chat.engine.connect() as conn:
        queue_bubbles(conn, conversation, [Bubble("Hello")])
        conn.rollback()
    assert chat.out() == []
    with chat.engine.begin() as conn:
        ids = queue_bubbles(conn, conversation, [Bubble("one"), Bubble(""), Bubble("x" * 5000)], priority=3)
    rows = chat.out()
    assert [str(row.id) for row in rows] == ids
    assert [len(row.text) for row in rows] == [3, 4096, 904]
    assert {(row.status, row.priority, row.sender) for row in rows} == {("queued", 3, "bot")}
    with chat.engine.connect() as conn:
        (job,) = conn.execute(text("SELECT * FROM procrastinate_jobs")).all()
    assert (job.task_name, job.queue_name) == ("messaging.send_outbox", "outbox")


def test_the_desk_is_told(chat: Chat) -> None:
    listener = chat.engine.raw_connection()
    try:
        listener.cursor().execute("LISTEN desk")
        listener.commit()
        chat.writes("Hello")
        listener.poll()
        payloads = [notify.payload for notify in listener.notifies]
    finally:
        listener.close()
    assert len(payloads) == 1 and chat.conversation_id in payloads[0]


def test_two_webhooks_about_the_same_two_people_both_get_through(engine: Engine, chat: Chat) -> None:
    """They touch the same contacts in opposite order; a deadlock is only a reason to begin again."""
    other = Chat(engine, chat.clock, chat.phone_number_id, "15550100777")
    other.store(other.message("text", {"body": "first"}))

    def deliver(order: tuple[Chat, Chat]) -> int:
        first, second = order
        body = first.webhook(first.message("text", {"body": "a"}))
        body["entry"] += second.webhook(second.message("text", {"body": "b"}))["entry"]
        return receive(engine, parse_webhook(body), NOW).new

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(deliver, [(chat, other), (other, chat)] * 4)) == 16
    with engine.connect() as conn:
        assert conn.execute(select(func.count()).select_from(conversations)).scalar_one() == 2
