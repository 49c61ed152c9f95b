"""The emulator's own side: patients write and tap, phones show, tests wait."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

PATIENT = "966500000001"
BUTTONS = {
    "type": "button",
    "body": {"text": "Confirm?"},
    "action": {
        "buttons": [
            {"type": "reply", "reply": {"id": "yes|42", "title": "Confirm"}},
            {"type": "reply", "reply": {"id": "no|42", "title": "Cancel"}},
        ]
    },
}
LIST = {
    "type": "list",
    "body": {"text": "Pick a time"},
    "action": {
        "button": "Times",
        "sections": [
            {
                "title": "Sunday",
                "rows": [
                    {"id": "slot|0900", "title": "09:00", "description": "Dr Salem"},
                    {"id": "slot|1000", "title": "10:00"},
                ],
            }
        ],
    },
}


async def interactive(bench: Any, content: dict[str, Any]) -> str:
    answer = await bench.business(type="interactive", interactive=content)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["messages"][0]["id"])


async def inbound(bench: Any) -> dict[str, Any]:
    await bench.idle()
    return dict(bench.receiver.messages[-1])


async def test_a_tap_on_a_button_answers_the_message_that_has_it(in_window: Any) -> None:
    wamid = await interactive(in_window, BUTTONS)
    assert (await in_window.patient({"type": "tap", "id": "yes|42"})).status_code == 201
    message = await inbound(in_window)
    assert message["context"] == {"from": "15550100000", "id": wamid}
    assert message["interactive"] == {"type": "button_reply", "button_reply": {"id": "yes|42", "title": "Confirm"}}


@pytest.mark.parametrize(
    "row, reply",
    [
        ("slot|0900", {"id": "slot|0900", "title": "09:00", "description": "Dr Salem"}),
        ("slot|1000", {"id": "slot|1000", "title": "10:00"}),
    ],
)
async def test_a_tap_on_a_row_carries_its_description_if_it_has_one(
    in_window: Any, row: str, reply: dict[str, str]
) -> None:
    await interactive(in_window, LIST)
    await in_window.patient({"type": "tap", "id": row})
    assert (await inbound(in_window))["interactive"] == {"type": "list_reply", "list_reply": reply}


async def test_a_tap_is_on_the_last_message_that_has_the_button(in_window: Any) -> None:
    await interactive(in_window, BUTTONS)
    last = await interactive(in_window, BUTTONS)
    await interactive(in_window, LIST)
    await in_window.patient({"type": "tap", "id": "no|42"})
    assert (await inbound(in_window))["context"]["id"] == last


async def test_a_tap_on_a_template_button_is_of_type_button(bench: Any) -> None:
    wish = {
        "name": "confirm", "language": "en", "category": "utility",
        "components": [{"type": "body", "text": "Coming?"}, {"type": "buttons", "buttons": [{"type": "quick_reply", "text": "Yes"}]}],
    }  # fmt: skip
    headers = {"Authorization": "Bearer emulator-access-token"}
    await bench.http.post("/v25.0/100000000000001/message_templates", json=wish, headers=headers)
    await bench.business(type="template", template={"name": "confirm", "language": {"code": "en"}})
    await bench.patient({"type": "tap", "id": "Yes"})
    message = await inbound(bench)
    assert (message["type"], message["button"]) == ("button", {"payload": "Yes", "text": "Yes"})


async def test_a_tap_on_what_no_message_has_is_404_and_nothing_is_sent(in_window: Any) -> None:
    await interactive(in_window, BUTTONS)
    assert (await in_window.patient({"type": "tap", "id": "other"})).status_code == 404
    assert len((await in_window.phone())["messages"]) == 2


async def test_a_patient_cannot_tap_what_was_sent_to_another_phone(in_window: Any) -> None:
    await interactive(in_window, BUTTONS)
    assert (await in_window.patient({"type": "tap", "id": "yes|42"}, "966500000002")).status_code == 404


INBOUND: list[dict[str, Any]] = [
    {"type": "text", "text": {"body": "object form"}},
    {"type": "location", "location": {"latitude": 24.7, "longitude": 46.7, "name": "Here"}},
    {"type": "contacts", "contacts": [{"name": {"formatted_name": "Ali"}, "phones": [{"phone": "+1 555"}]}]},
    {"type": "audio"},
    {"type": "sticker", "sticker": {"animated": True}},
    {"type": "document", "document": {"filename": "referral.pdf"}},
    {"type": "order", "order": {"catalog_id": "4", "product_items": []}},
    {"type": "system", "system": {"type": "user_changed_number", "wa_id": "966500000009"}},
    {"type": "unsupported", "errors": [{"code": 131051, "title": "Message type unknown"}]},
    {"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": {"name": "flow", "response_json": "{}"}}},
    {"type": "interactive"},
    {"type": "a_type_of_tomorrow", "a_type_of_tomorrow": {}},
]


@pytest.mark.parametrize("message", INBOUND, ids=lambda message: str(message["type"]))
async def test_any_inbound_object_goes_out_as_it_is(bench: Any, message: dict[str, Any]) -> None:
    assert (await bench.patient(message)).status_code == 201
    sent = await inbound(bench)
    assert sent["type"] == message["type"]
    for key, value in message.items():
        if isinstance(value, dict):
            assert {**value, **sent[key]} == sent[key]
        else:
            assert sent[key] == value
    assert len((await bench.phone())["messages"]) == 1


@pytest.mark.parametrize(
    "body, status",
    [
        (b"{", 400),
        (b"[]", 422),
        (b"{}", 422),
        (b'{"type": "text"}', 422),
        (b'{"type": "tap"}', 422),
        (b'{"type": "text", "text": "x", "timestamp": "soon"}', 422),
        (b'{"type": "image", "image": {"data": "***"}}', 422),
    ],
)
async def test_what_no_patient_can_send_is_refused(bench: Any, body: bytes, status: int) -> None:
    answer = await bench.http.post(f"/emulator/patients/{PATIENT}/messages", content=body)
    assert answer.status_code == status
    assert answer.json()["detail"]


@pytest.mark.parametrize("text", ["", "/restart", "\u200e\u200f", "😀" * 4096, "\u0000", "\ud800"])
async def test_a_strange_text_arrives_as_it_was_written(bench: Any, text: str) -> None:
    import json

    content = json.dumps({"type": "text", "text": text})
    sent = await bench.http.post(f"/emulator/patients/{PATIENT}/messages", content=content)
    assert sent.status_code == 201
    assert (await inbound(bench))["text"]["body"] == text
    assert (await bench.http.get(f"/emulator/patients/{PATIENT}/messages")).status_code == 200


async def test_the_same_wamid_twice_is_one_bubble_and_two_deliveries(bench: Any) -> None:
    for _ in range(2):
        await bench.patient({"type": "text", "text": "x", "id": "wamid.SAME"})
    await bench.idle()
    assert [message["id"] for message in bench.receiver.messages] == ["wamid.SAME"] * 2
    assert len((await bench.phone())["messages"]) == 1


async def test_a_message_dated_yesterday_leaves_the_window_closed(bench: Any) -> None:
    yesterday = str(int(bench.clock().timestamp()) - 25 * 3600)
    await bench.patient({"type": "text", "text": "x", "timestamp": yesterday})
    await bench.business_says()
    assert len((await bench.phone())["failed"]) == 1


async def test_after_shows_only_what_is_newer(in_window: Any) -> None:
    first = await in_window.patient_says("one")
    await in_window.business_says("two")
    assert [message["text"] for message in (await in_window.phone(after=first))["messages"]] == ["two"]
    missing = await in_window.http.get(f"/emulator/patients/{PATIENT}/messages?after=wamid.none")
    assert missing.status_code == 404


async def test_a_long_poll_returns_as_soon_as_the_business_answers(in_window: Any) -> None:
    asked = await in_window.patient_says("one")
    waiting = asyncio.create_task(in_window.phone(after=asked, wait=30))
    await in_window.idle()
    assert not waiting.done()
    await in_window.business_says("two")
    phone = await asyncio.wait_for(waiting, 5)
    assert [message["text"] for message in phone["messages"]] == ["two"]


async def test_a_long_poll_with_nothing_new_returns_empty(bench: Any) -> None:
    assert (await bench.phone(wait=0.01))["messages"] == []


async def test_the_phone_shows_list_and_buttons_ready_to_tap(in_window: Any) -> None:
    await interactive(in_window, LIST)
    shown = (await in_window.phone())["messages"][-1]
    assert (shown["text"], shown["list_button"]) == ("Pick a time", "Times")
    assert shown["options"][0] == {
        "form": "row", "id": "slot|0900", "title": "09:00", "description": "Dr Salem", "section": "Sunday",
    }  # fmt: skip


async def test_patients_are_listed_renamed_and_forgotten(bench: Any) -> None:
    await bench.http.put("/emulator/patients/+966500000001", json={"name": "منى"})
    await bench.patient_says("salam", "201000000001")
    listed = (await bench.http.get("/emulator/patients")).json()
    assert [(patient["name"], patient["messages"]) for patient in listed] == [("منى", 0), ("Patient 0001", 1)]
    assert listed[1]["user_id"].startswith("EG.")
    await bench.http.delete("/emulator/patients")
    assert (await bench.http.get("/emulator/patients")).json() == []


@pytest.mark.parametrize("wa_id", ["12", "abc", "9" * 16])
async def test_a_wa_id_that_is_no_number_is_refused(bench: Any, wa_id: str) -> None:
    assert (await bench.http.get(f"/emulator/patients/{wa_id}/messages")).status_code == 422


async def test_a_second_number_has_its_own_window_and_its_own_taps(in_window: Any) -> None:
    number = {"phone_number_id": "2001", "business_account_id": "1001", "display_phone_number": "966110000002"}
    assert (await in_window.http.post("/emulator/numbers", json=number)).status_code == 201
    message = {"messaging_product": "whatsapp", "to": f"+{PATIENT}", "text": {"body": "from two"}}
    assert (await in_window.post(message, number="2001")).status_code == 200
    assert [failed["phone_number_id"] for failed in (await in_window.phone())["failed"]] == ["2001"]
    await interactive(in_window, BUTTONS)
    tap = await in_window.http.post(
        f"/emulator/patients/{PATIENT}/messages?phone_number_id=2001", json={"type": "tap", "id": "yes|42"}
    )
    assert tap.status_code == 404


async def test_a_file_of_a_patient_is_never_served_as_a_page(bench: Any) -> None:
    import base64

    script = base64.b64encode(b"<script>alert(1)</script>").decode()
    await bench.patient({"type": "document", "document": {"data": script, "mime_type": "text/html"}})
    shown = (await bench.phone())["messages"][0]
    served = await bench.http.get(f"/{shown['media']['url']}")
    assert served.headers["content-type"] == "application/octet-stream"
    assert served.headers["x-content-type-options"] == "nosniff"


async def test_an_unknown_control_path_is_404_and_not_graph(bench: Any) -> None:
    answer = await bench.http.get("/emulator/nothing")
    assert (answer.status_code, "detail" in answer.json()) == (404, True)


async def test_the_page_forbids_scripts_that_are_not_its_own(bench: Any) -> None:
    page = await bench.http.get("/")
    assert page.status_code == 200
    assert "script-src 'self'" in page.headers["content-security-policy"]
