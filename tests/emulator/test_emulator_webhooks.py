"""Deliveries: signed bytes, order, retries, and the faults that break them."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.errors import GraphError
from emulator.settings import BusinessNumber
from emulator.webhooks import VerificationFailed, messages_value, serialise, sign

PATIENT = "966500000001"
OTHER = "966500000002"
SECRET = "emulator-app-secret"


@pytest.mark.parametrize(
    "body, digest",
    [
        (
            b'{"object":"whatsapp_business_account","entry":[]}',
            "eb147ea0117e199b3c4686f23cc477f3a991b4ad80089316e1b8f7e780dadb74",
        ),
        (rb'{"t":"\u0645\u0648\u0639\u062f"}', "21308cf2c1b4cc7cab778aec3009cf1672b653ed4130254c901fe07e880ec935"),
        ('{"t":"موعد"}'.encode(), "e2608e04d58234bec67f09059bd36e471420a7e43bcca37805fcb968b5bbc2cc"),
    ],
)
def test_the_signature_is_that_of_the_known_vectors(body: bytes, digest: str) -> None:
    assert sign(SECRET, body) == f"sha256={digest}"


def test_a_body_is_ascii_with_lower_case_escapes_and_escaped_slashes() -> None:
    assert serialise({"t": "موعد a/b"}) == rb'{"t":"\u0645\u0648\u0639\u062f a\/b"}'


async def test_what_is_signed_is_what_is_sent(bench: Any) -> None:
    await bench.patient_says("موعد https://clinic.example 😀")
    await bench.idle()
    [body], [signature] = bench.receiver.bodies, bench.receiver.signatures
    assert signature == sign(SECRET, body)
    assert body.isascii()
    assert bench.receiver.messages[0]["text"]["body"] == "موعد https://clinic.example 😀"


async def test_an_inbound_message_carries_contact_and_user_id(bench: Any) -> None:
    await bench.http.put(f"/emulator/patients/{PATIENT}", json={"name": "منى"})
    wamid = await bench.patient_says("hello")
    await bench.idle()
    [value] = bench.receiver.values
    [contact], [message] = value["contacts"], value["messages"]
    assert value["metadata"] == {"display_phone_number": "15550100000", "phone_number_id": "200000000000001"}
    assert (contact["profile"]["name"], contact["wa_id"]) == ("منى", PATIENT)
    assert contact["user_id"] == message["from_user_id"]
    assert contact["user_id"].startswith("SA.")
    assert message == {
        "from": PATIENT,
        "from_user_id": contact["user_id"],
        "id": wamid,
        "timestamp": str(int(bench.clock().timestamp())),
        "type": "text",
        "text": {"body": "hello"},
    }


async def test_the_user_id_of_a_phone_outlives_the_emulator(open_bench: Any) -> None:
    ids = [(await (await open_bench()).phone())["patient"]["user_id"] for _ in range(2)]
    assert ids[0] == ids[1]


async def test_a_hidden_phone_sends_its_user_id_alone(bench: Any) -> None:
    await bench.http.put(f"/emulator/patients/{PATIENT}", json={"hide_phone": True})
    await bench.patient_says()
    await bench.idle()
    [value] = bench.receiver.values
    assert "from" not in value["messages"][0]
    assert "wa_id" not in value["contacts"][0]
    assert PATIENT.encode() not in bench.receiver.bodies[0]


async def test_a_refused_delivery_is_tried_again_until_it_is_acknowledged(bench: Any) -> None:
    bench.receiver.answers[:] = [500, 404, 301]
    await bench.patient_says("kept")
    await bench.patient_says("after it")
    await bench.idle()
    assert len(set(bench.receiver.bodies[:4])) == 1
    assert [message["text"]["body"] for message in bench.receiver.messages] == ["kept", "after it"]
    health = (await bench.http.get("/emulator/health")).json()["webhooks"]
    assert health == {"pending": 0, "delivered": 2, "refused": 3, "given_up": 0}


async def test_a_receiver_that_never_acknowledges_is_given_up(open_bench: Any) -> None:
    bench = await open_bench(retry_for=0.0)
    bench.receiver.answers[:] = [500]
    await bench.patient_says()
    await bench.idle()
    assert (await bench.http.get("/emulator/health")).json()["webhooks"]["given_up"] == 1
    assert (await bench.phone())["messages"][0]["status"] == "sent"


async def test_a_patients_message_is_delivered_once_the_webhook_is_acknowledged(bench: Any) -> None:
    await bench.patient_says()
    await bench.idle()
    assert (await bench.phone())["messages"][0]["status"] == "delivered"


async def test_fifty_messages_of_one_phone_arrive_in_order(bench: Any) -> None:
    for n in range(50):
        await bench.patient_says(str(n))
    await bench.idle()
    assert [message["text"]["body"] for message in bench.receiver.messages] == [str(n) for n in range(50)]


async def test_duplicate_delivers_the_same_bytes_again(bench: Any) -> None:
    await bench.fault("duplicate", count=1, times=2)
    await bench.patient_says("one")
    await bench.patient_says("two")
    await bench.idle()
    assert [message["text"]["body"] for message in bench.receiver.messages] == ["one", "one", "one", "two"]
    assert bench.receiver.bodies[0] == bench.receiver.bodies[1]


async def test_reorder_lets_the_next_message_go_first(bench: Any) -> None:
    await bench.fault("reorder", count=1, seconds=5)
    for text in ("one", "two", "three"):
        await bench.patient_says(text)
    await bench.idle()
    assert [message["text"]["body"] for message in bench.receiver.messages] == ["two", "one", "three"]


async def test_reorder_with_no_next_message_delivers_after_its_seconds(bench: Any) -> None:
    await bench.fault("reorder", count=1, seconds=0)
    await bench.patient_says("alone")
    await bench.idle()
    assert len(bench.receiver.messages) == 1


async def test_batch_puts_several_patients_in_one_delivery(bench: Any) -> None:
    await bench.fault("batch", size=3)
    await bench.patient_says("a")
    await bench.patient_says("b", OTHER)
    await bench.patient_says("c")
    await bench.receiver.until(lambda: bool(bench.receiver.accepted))
    assert len(bench.receiver.bodies) == 1
    assert [message["text"]["body"] for message in bench.receiver.messages] == ["a", "b", "c"]


async def test_a_batch_that_is_not_full_goes_after_its_seconds(bench: Any) -> None:
    await bench.fault("batch", size=100, seconds=0)
    await bench.patient_says("a")
    await bench.idle()
    assert len(bench.receiver.messages) == 1


async def test_drop_statuses_drops_only_those_named(in_window: Any) -> None:
    await in_window.fault("drop_statuses", statuses=["delivered"])
    await in_window.business_says()
    await in_window.receiver.until(lambda: len(in_window.receiver.statuses) == 2)
    await in_window.idle()
    assert [status["status"] for status in in_window.receiver.statuses] == ["sent", "read"]


async def test_refuse_strikes_as_often_as_it_counts_then_no_more(in_window: Any) -> None:
    await in_window.fault("refuse", code=131016, count=2)
    answers = [await in_window.business(text={"body": "x"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [500, 500, 200]
    assert answers[0].json()["error"]["code"] == 131016


async def test_a_rate_strikes_now_and_then(in_window: Any) -> None:
    await in_window.fault("refuse", rate=0.5)
    codes = [(await in_window.business(text={"body": "x"})).status_code for _ in range(30)]
    assert {200, 500} == set(codes)


async def test_a_fault_for_one_patient_leaves_the_others_alone(in_window: Any) -> None:
    await in_window.fault("refuse", wa_id=OTHER)
    assert (await in_window.business(text={"body": "x"})).status_code == 200
    other = await in_window.post({"messaging_product": "whatsapp", "to": f"+{OTHER}", "text": {"body": "x"}})
    assert other.status_code == 500


async def test_timeout_after_accept_loses_the_answer_but_not_the_message(in_window: Any) -> None:
    await in_window.fault("timeout_after_accept", count=1, seconds=0)
    answer = await in_window.business(text={"body": "x"}, biz_opaque_callback_data="ours")
    assert answer.status_code == 504
    assert (await in_window.phone())["messages"][-1]["text"] == "x"
    await in_window.receiver.until(lambda: bool(in_window.receiver.statuses))
    assert in_window.receiver.statuses[0]["biz_opaque_callback_data"] == "ours"


async def test_cleared_faults_strike_no_more(in_window: Any) -> None:
    await in_window.fault("refuse")
    await in_window.fault("delay", seconds=0)
    assert len((await in_window.http.get("/emulator/faults")).json()) == 2
    assert (await in_window.http.delete("/emulator/faults")).status_code == 204
    assert (await in_window.http.get("/emulator/faults")).json() == []
    assert (await in_window.business(text={"body": "x"})).status_code == 200


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"kind": "explode"},
        {"kind": "refuse", "rate": 2},
        {"kind": "refuse", "rate": "often"},
        {"kind": "refuse", "count": 0},
        {"kind": "refuse", "cuont": 1},
        {"kind": "delay", "seconds": -1},
        {"kind": "delay", "on": "moon"},
        {"kind": "drop_statuses", "statuses": "read"},
    ],
)
async def test_a_fault_that_cannot_be_is_refused_with_a_sentence(bench: Any, wish: dict[str, Any]) -> None:
    answer = await bench.http.post("/emulator/faults", json=wish)
    assert answer.status_code == 422
    assert answer.json()["detail"]


async def test_verification_at_start_asks_for_the_challenge(open_bench: Any) -> None:
    bench = await open_bench(verify_at_start=True)
    assert bench.receiver.challenged == 1


async def test_a_start_whose_verification_fails_does_not_serve(open_bench: Any) -> None:
    with pytest.raises(VerificationFailed, match="404"):
        await open_bench(verify_at_start=True, webhook_url="http://receiver/elsewhere")


def test_a_value_holds_only_what_it_was_given() -> None:
    number = BusinessNumber("1", "2", "3")
    assert set(messages_value(number, statuses=[{}], contacts=[])) == {"messaging_product", "metadata", "statuses"}


def test_an_error_keeps_its_code_in_message_and_envelope() -> None:
    error = GraphError(131009, "Button title length invalid.").to_json()["error"]
    assert error["message"] == "(#131009) Parameter value is not valid"
    assert error["error_data"] == {"messaging_product": "whatsapp", "details": "Button title length invalid."}
