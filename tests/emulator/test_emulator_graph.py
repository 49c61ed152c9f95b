"""The Graph API as a business meets it: the order of checks, answers, statuses, rates, media, templates."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from typing import Any

import pytest

NUMBER = "200000000000001"
ACCOUNT = "100000000000001"
PATIENT = "966500000001"
BEARER = {"Authorization": "Bearer emulator-access-token"}
TEMPLATE = {
    "name": "appt_reminder",
    "language": "ar",
    "category": "utility",
    "components": [
        {"type": "body", "text": "عزيزي {{1}}، موعدك {{2}} غداً.", "example": {"body_text": [["Mona", "09:00"]]}},
        {"type": "footer", "text": "Clinic"},
        {
            "type": "buttons",
            "buttons": [
                {"type": "quick_reply", "text": "Confirm"},
                {"type": "url", "text": "Details", "url": "https://clinic.example/a/{{1}}", "example": ["42"]},
            ],
        },
    ],
}


def reminder(*texts: str, language: str = "ar", name: str = "appt_reminder") -> dict[str, Any]:
    parameters = [{"type": "text", "text": text} for text in texts]
    components = [
        {"type": "body", "parameters": parameters},
        {"type": "button", "sub_type": "quick_reply", "index": "0", "parameters": [{"type": "payload", "payload": "OK:42"}]},
        {"type": "button", "sub_type": "url", "index": "1", "parameters": [{"type": "text", "text": "42"}]},
    ]  # fmt: skip
    return {"type": "template", "template": {"name": name, "language": {"code": language}, "components": components}}


async def create_template(bench: Any, **changes: Any) -> Any:
    return await bench.http.post(f"/v25.0/{ACCOUNT}/message_templates", json={**TEMPLATE, **changes}, headers=BEARER)


def code_of(answer: Any) -> tuple[int, int]:
    return answer.status_code, answer.json()["error"]["code"]


async def test_a_text_is_answered_with_contact_and_wamid_and_reaches_the_phone(in_window: Any) -> None:
    answer = await in_window.business(type="text", text={"body": "Hello *Mona*"})
    assert answer.status_code == 200
    body = answer.json()
    assert body["contacts"] == [{"input": f"+{PATIENT}", "wa_id": PATIENT}]
    assert body["messages"][0]["id"].startswith("wamid.")
    shown = (await in_window.phone())["messages"][-1]
    assert (shown["from"], shown["text"], shown["wamid"]) == ("business", "Hello *Mona*", body["messages"][0]["id"])


@pytest.mark.parametrize("header", ["", "Bearer wrong", "emulator-access-token"])
async def test_a_wrong_token_is_190(bench: Any, header: str) -> None:
    assert code_of(await bench.post({}, Authorization=header)) == (401, 190)


async def test_the_token_is_looked_at_before_the_number_and_the_number_before_the_body(bench: Any) -> None:
    assert code_of(await bench.post({}, number="999", Authorization="Bearer wrong")) == (401, 190)
    unknown = await bench.post({}, number="999")
    assert code_of(unknown) == (400, 100)
    error = unknown.json()["error"]
    assert (error["error_subcode"], error["type"]) == (33, "GraphMethodException")
    assert "999" in error["message"]


async def test_shape_is_looked_at_before_the_rates(open_bench: Any) -> None:
    bench = await open_bench(pair_burst=1)
    await bench.business_says()
    assert code_of(await bench.business(type="text", text={"body": "x" * 4097})) == (400, 100)
    assert code_of(await bench.business(type="text", text={"body": "x"})) == (400, 131056)


@pytest.mark.parametrize(
    "body",
    [
        {"to": "+966500000001", "text": {"body": "x"}},
        {"messaging_product": "whatsapp", "text": {"body": "x"}},
        {"messaging_product": "whatsapp", "to": "abc", "text": {"body": "x"}},
        {"messaging_product": "whatsapp", "to": 966500000001, "text": {"body": "x"}},
        {"messaging_product": "whatsapp", "to": "+966500000001", "type": "fax"},
        {"messaging_product": "whatsapp", "to": "+966500000001", "type": ["text"]},
        {"messaging_product": "whatsapp", "recipient": "SA.0", "text": {"body": "x"}},
    ],
)
async def test_a_body_without_its_head_is_100(bench: Any, body: dict[str, Any]) -> None:
    assert code_of(await bench.post(body)) == (400, 100)


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff", b""])
async def test_a_body_that_is_no_json_object_is_100(bench: Any, content: bytes) -> None:
    answer = await bench.http.post(f"/v25.0/{NUMBER}/messages", content=content, headers=BEARER)
    assert code_of(answer) == (400, 100)


async def test_a_number_that_is_not_registered_is_133010(open_bench: Any, emulator_defaults: Any) -> None:
    bench = await open_bench(numbers=(replace(emulator_defaults.numbers[0], registered=False),))
    assert code_of(await bench.business(text={"body": "x"})) == (400, 133010)


async def test_a_number_written_with_spaces_and_brackets_is_the_same_patient(in_window: Any) -> None:
    answer = await in_window.post({"messaging_product": "whatsapp", "to": "+966 (50) 000-0001", "text": {"body": "x"}})
    assert answer.json()["contacts"][0]["wa_id"] == PATIENT


async def test_a_user_id_is_a_recipient_too(in_window: Any) -> None:
    user_id = (await in_window.phone())["patient"]["user_id"]
    answer = await in_window.post({"messaging_product": "whatsapp", "recipient": user_id, "text": {"body": "x"}})
    assert answer.json()["contacts"] == [{"input": user_id, "user_id": user_id, "wa_id": PATIENT}]


async def test_statuses_follow_in_order_with_our_data_and_the_contact(in_window: Any) -> None:
    wamid = await in_window.business_says(biz_opaque_callback_data="appt-42")
    await in_window.receiver.until(lambda: len(in_window.receiver.statuses) == 3)
    statuses = in_window.receiver.statuses
    assert [status["status"] for status in statuses] == ["sent", "delivered", "read"]
    user_id = (await in_window.phone())["patient"]["user_id"]
    for status, value in zip(statuses, in_window.receiver.values, strict=False):
        assert status["id"] == wamid
        assert (status["recipient_id"], status["recipient_user_id"]) == (PATIENT, user_id)
        assert status["biz_opaque_callback_data"] == "appt-42"
        assert value["contacts"][0]["wa_id"] == PATIENT
    assert statuses[0]["pricing"]["category"] == "service"
    assert "pricing" not in statuses[2]


async def test_a_patient_without_read_receipts_gives_no_read_status(in_window: Any) -> None:
    await in_window.http.put(f"/emulator/patients/{PATIENT}", json={"read_receipts": False})
    await in_window.business_says()
    await in_window.receiver.until(lambda: len(in_window.receiver.statuses) == 2)
    await in_window.idle()
    assert [status["status"] for status in in_window.receiver.statuses] == ["sent", "delivered"]


async def test_outside_the_window_a_text_is_accepted_and_then_fails_with_131047(in_window: Any) -> None:
    in_window.clock.advance(hours=24)
    wamid = await in_window.business_says()
    await in_window.receiver.until(lambda: bool(in_window.receiver.statuses))
    [status] = in_window.receiver.statuses
    assert (status["id"], status["status"], status["errors"][0]["code"]) == (wamid, "failed", 131047)
    assert "contacts" not in in_window.receiver.values[0]
    phone = await in_window.phone()
    assert [message["from"] for message in phone["messages"]] == ["patient"]
    assert [message["wamid"] for message in phone["failed"]] == [wamid]


async def test_the_window_is_open_to_its_last_second_and_each_message_opens_it_again(in_window: Any) -> None:
    in_window.clock.advance(hours=23, minutes=59, seconds=59)
    await in_window.business_says("still open")
    await in_window.patient_says()
    in_window.clock.advance(hours=23)
    await in_window.business_says("open again")
    assert (await in_window.phone())["failed"] == []


async def test_a_patient_who_never_wrote_has_no_window(bench: Any) -> None:
    await bench.business_says()
    assert [message["errors"][0]["code"] for message in (await bench.phone())["failed"]] == [131047]


async def test_a_phone_that_is_not_on_whatsapp_fails_with_131026(in_window: Any) -> None:
    await in_window.http.put(f"/emulator/patients/{PATIENT}", json={"on_whatsapp": False})
    await in_window.business_says()
    assert [message["errors"][0]["code"] for message in (await in_window.phone())["failed"]] == [131026]


async def test_45_at_once_to_one_patient_are_taken_and_the_next_waits_six_seconds(open_bench: Any) -> None:
    bench = await open_bench(delivered_after=None)
    await bench.patient_says()
    for _ in range(45):
        await bench.business_says()
    assert code_of(await bench.business(text={"body": "x"})) == (400, 131056)
    bench.clock.advance(seconds=5.9)
    assert code_of(await bench.business(text={"body": "x"})) == (400, 131056)
    bench.clock.advance(seconds=0.1)
    assert (await bench.business(text={"body": "x"})).status_code == 200
    assert code_of(await bench.business(text={"body": "x"})) == (400, 131056)


async def test_80_in_one_second_are_taken_from_a_number_and_the_next_is_130429(open_bench: Any) -> None:
    bench = await open_bench(delivered_after=None)
    for n in range(80):
        sent = await bench.post({"messaging_product": "whatsapp", "to": f"+96650{n:07}", "text": {"body": "x"}})
        assert sent.status_code == 200
    over = {"messaging_product": "whatsapp", "to": "+966509999999", "text": {"body": "x"}}
    assert code_of(await bench.post(over)) == (400, 130429)
    bench.clock.advance(seconds=1)
    assert (await bench.post(over)).status_code == 200


async def test_read_marks_all_before_and_typing_lasts_until_the_reply(bench: Any) -> None:
    await bench.patient_says("one")
    second = await bench.patient_says("two")
    await bench.patient_says("three")
    await bench.idle()
    read = {"messaging_product": "whatsapp", "status": "read", "message_id": second}
    answer = await bench.post({**read, "typing_indicator": {"type": "text"}})
    assert answer.json() == {"success": True}
    phone = await bench.phone()
    assert [message["status"] for message in phone["messages"]] == ["read", "read", "delivered"]
    assert phone["patient"]["typing"] is True
    await bench.business_says()
    assert (await bench.phone())["patient"]["typing"] is False


async def test_typing_ends_after_25_seconds(bench: Any) -> None:
    wamid = await bench.patient_says()
    read = {"messaging_product": "whatsapp", "status": "read", "message_id": wamid}
    await bench.post({**read, "typing_indicator": {"type": "text"}})
    bench.clock.advance(seconds=25)
    assert (await bench.phone())["patient"]["typing"] is False


async def test_reading_an_unknown_message_is_100_with_33(bench: Any) -> None:
    answer = await bench.post({"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.none"})
    assert code_of(answer) == (400, 100)
    assert answer.json()["error"]["error_subcode"] == 33


async def test_a_reaction_shows_on_its_message_and_reports_only_sent(in_window: Any) -> None:
    target = (await in_window.phone())["messages"][0]["wamid"]
    await in_window.business(type="reaction", reaction={"message_id": target, "emoji": "👍"})
    await in_window.idle()
    assert (await in_window.phone())["messages"][0]["reaction"] == "👍"
    assert [status["status"] for status in in_window.receiver.statuses] == ["sent"]


async def test_a_reaction_to_nothing_is_accepted_and_then_fails(in_window: Any) -> None:
    answer = await in_window.business(type="reaction", reaction={"message_id": "wamid.none", "emoji": "👍"})
    assert answer.status_code == 200
    await in_window.receiver.until(lambda: bool(in_window.receiver.statuses))
    assert in_window.receiver.statuses[0]["errors"][0]["code"] == 131009


async def test_media_from_a_patient_is_fetched_by_id_then_by_url_with_the_token(bench: Any) -> None:
    data = b"\x89PNG picture"
    await bench.patient({"type": "image", "image": {"data": base64.b64encode(data).decode(), "mime_type": "image/png"}})
    await bench.idle()
    node = bench.receiver.messages[0]["image"]
    assert node["sha256"] == base64.b64encode(hashlib.sha256(data).digest()).decode()
    info = (await bench.http.get(f"/v25.0/{node['id']}", headers=BEARER)).json()
    assert (info["mime_type"], info["file_size"]) == ("image/png", str(len(data)))
    assert (await bench.http.get(info["url"], headers=BEARER)).content == data
    assert (await bench.http.get(info["url"])).status_code == 401
    bench.clock.advance(minutes=5)
    assert (await bench.http.get(info["url"], headers=BEARER)).status_code == 404


async def test_an_uploaded_file_can_be_sent_by_its_id(in_window: Any) -> None:
    upload = await in_window.http.post(
        f"/v25.0/{NUMBER}/media",
        data={"messaging_product": "whatsapp", "type": "application/pdf"},
        files={"file": ("prep.pdf", b"%PDF", "application/pdf")},
        headers=BEARER,
    )
    document = {"id": upload.json()["id"], "filename": "prep.pdf", "caption": "Before your visit"}
    assert (await in_window.business(type="document", document=document)).status_code == 200
    shown = (await in_window.phone())["messages"][-1]
    assert (shown["text"], shown["media"]["filename"]) == ("Before your visit", "prep.pdf")


async def test_an_unknown_object_is_100_with_33(bench: Any) -> None:
    answer = await bench.http.get("/v25.0/123", headers=BEARER)
    assert (code_of(answer), answer.json()["error"]["error_subcode"]) == ((400, 100), 33)


async def test_a_new_template_is_pending_then_approved_by_webhook_and_listed(bench: Any) -> None:
    created = (await create_template(bench)).json()
    assert (created["status"], created["category"]) == ("PENDING", "UTILITY")
    await bench.receiver.until(lambda: bool(bench.receiver.accepted))
    [change] = bench.receiver.accepted[0]["entry"][0]["changes"]
    assert (change["field"], change["value"]["event"]) == ("message_template_status_update", "APPROVED")
    assert str(change["value"]["message_template_id"]) == created["id"]
    listed = await bench.http.get(f"/v25.0/{ACCOUNT}/message_templates?name=appt_reminder", headers=BEARER)
    assert [(found["name"], found["language"], found["status"]) for found in listed.json()["data"]] == [
        ("appt_reminder", "ar", "APPROVED")
    ]


async def test_a_template_reaches_a_patient_outside_the_window_with_its_buttons(bench: Any) -> None:
    await create_template(bench)
    answer = await bench.business(**reminder("منى", "9:00"))
    assert answer.status_code == 200, answer.text
    [shown] = (await bench.phone())["messages"]
    assert shown["text"] == "عزيزي منى، موعدك 9:00 غداً."
    assert [(option["form"], option["id"]) for option in shown["options"]] == [("quick_reply", "OK:42")]
    assert shown["links"] == [{"title": "Details", "url": "https://clinic.example/a/42"}]


@pytest.mark.parametrize(
    "message, status, code",
    [
        (reminder("Mona"), 400, 132000),
        (reminder("Mona", "9:00", "more"), 400, 132000),
        (reminder("Mona", "9:00", language="ar_EG"), 404, 132001),
        (reminder("Mona", "9:00", name="other"), 404, 132001),
        (reminder("Mona", "9:00\nsharp"), 400, 132018),
        (reminder("Mona", "9:00\tsharp"), 400, 132018),
        (reminder("Mona", "9:00     sharp"), 400, 132018),
        (reminder("", "9:00"), 400, 131008),
        (reminder("x" * 1100, "9:00"), 400, 132005),
    ],
)
async def test_a_send_that_does_not_fit_its_template_is_refused(
    bench: Any, message: dict[str, Any], status: int, code: int
) -> None:
    await create_template(bench)
    assert code_of(await bench.business(**message)) == (status, code)


async def test_four_spaces_in_a_parameter_are_still_taken(bench: Any) -> None:
    await create_template(bench)
    assert (await bench.business(**reminder("Mona", "9:00    sharp"))).status_code == 200


async def test_parameters_by_name_are_matched_by_name(bench: Any) -> None:
    body = {"type": "body", "text": "Dear {{patient}}, your visit is at {{time}} tomorrow."}
    await create_template(bench, name="named", parameter_format="named", components=[body])
    given = [
        {"type": "text", "parameter_name": "time", "text": "09:00"},
        {"type": "text", "parameter_name": "patient", "text": "Mona"},
    ]
    template = {"name": "named", "language": {"code": "ar"}, "components": [{"type": "body", "parameters": given}]}
    assert (await bench.business(type="template", template=template)).status_code == 200
    assert (await bench.phone())["messages"][0]["text"] == "Dear Mona, your visit is at 09:00 tomorrow."
    given[0]["parameter_name"] = "hour"
    assert code_of(await bench.business(type="template", template=template)) == (400, 132000)


async def test_a_paused_template_is_132015_and_a_stopped_patient_gets_no_marketing(bench: Any) -> None:
    created = (await create_template(bench, category="marketing")).json()
    await bench.http.put(f"/emulator/patients/{PATIENT}", json={"stopped_marketing": True})
    assert (await bench.business(**reminder("Mona", "9:00"))).status_code == 200
    assert [message["errors"][0]["code"] for message in (await bench.phone())["failed"]] == [131050]
    await bench.http.post(f"/emulator/templates/{created['id']}", json={"status": "PAUSED"})
    assert code_of(await bench.business(**reminder("Mona", "9:00"))) == (400, 132015)
    await bench.idle()
    preferences = [value["user_preferences"] for value in bench.receiver.values if "user_preferences" in value]
    assert preferences[0][0]["value"] == "stop"


@pytest.mark.parametrize(
    "changes, code",
    [
        ({"name": "With Space"}, 100),
        ({"language": "arabic!"}, 100),
        ({"category": "news"}, 100),
        ({"components": []}, 2388072),
        ({"components": [{"type": "body", "text": "{{1}} first"}]}, 2388299),
        ({"components": [{"type": "body", "text": "A {{2}} gap."}]}, 2388072),
        ({"components": [{"type": "body", "text": "x" * 1025}]}, 2388040),
        ({"components": [{"type": "body", "text": "Fine."}, {"type": "footer", "text": "x" * 61}]}, 2388073),
    ],
)
async def test_a_template_that_breaks_the_rules_is_not_created(bench: Any, changes: dict[str, Any], code: int) -> None:
    assert code_of(await create_template(bench, **changes)) == (400, code)
