from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.whatsapp import payloads
from connectors.whatsapp.payloads import Content, Media, Reaction, System, Tap, Text, Unsupported, parse_webhook

NUMBER = "200000000000001"


MONA = {"profile": {"name": "Mona"}, "wa_id": "15550100123", "user_id": "US.1"}


def envelope(*messages: Any, contacts: Any = (MONA,), **value: Any) -> dict[str, Any]:
    people = list(contacts)
    full = {"metadata": {"phone_number_id": NUMBER}, "contacts": people, "messages": list(messages), **value}
    return {"object": "whatsapp_business_account", "entry": [{"changes": [{"field": "messages", "value": full}]}]}


def message(kind: str, part: Any = None, **more: Any) -> dict[str, Any]:
    return {"from": "15550100123", "id": f"wamid.{kind}", "timestamp": "1790000000", "type": kind, kind: part, **more}


MESSAGES: list[tuple[dict[str, Any], Content, str]] = [
    (message("text", {"body": "Hello"}), Text("Hello"), "Hello"),
    (
        message("interactive", {"type": "button_reply", "button_reply": {"id": "a1", "title": "Confirm"}}),
        Tap("a1", "Confirm"),
        "Confirm",
    ),
    (
        message("interactive", {"type": "list_reply", "list_reply": {"id": "a2", "title": "09:00"}}),
        Tap("a2", "09:00"),
        "09:00",
    ),
    (message("button", {"payload": "P1", "text": "Yes"}), Tap("P1", "Yes"), "Yes"),
    (message("button", {"text": "Yes"}), Tap("Yes", "Yes"), "Yes"),
    (message("image", {"id": "3", "caption": "x-ray"}), Media("image", "x-ray"), "[image] x-ray"),
    (message("audio", {"id": "3", "voice": True}), Media("audio", ""), "[audio]"),
    (message("video", {"id": "3"}), Media("video", ""), "[video]"),
    (message("document", {"id": "3", "filename": "a.pdf"}), Media("document", ""), "[document]"),
    (message("sticker", {"id": "3"}), Media("sticker", ""), "[sticker]"),
    (message("location", {"latitude": 24.7, "longitude": 46.6}), Unsupported("location"), "[location]"),
    (message("contacts", [{"name": {"formatted_name": "Ali"}}]), Unsupported("contacts"), "[contacts]"),
    (message("order", {"catalog_id": "4"}), Unsupported("order"), "[order]"),
    (message("reaction", {"message_id": "wamid.O", "emoji": "👍"}), Reaction("wamid.O", "👍"), "👍"),
    (message("reaction", {"message_id": "wamid.O"}), Reaction("wamid.O", ""), "[reaction]"),
    (message("system", {"type": "user_changed_number"}), System("user_changed_number"), "[user_changed_number]"),
    (message("interactive", {"type": "nfm_reply", "nfm_reply": {}}), Unsupported("nfm_reply"), "[nfm_reply]"),
    (message("interactive"), Unsupported("interactive"), "[interactive]"),
    (message("unsupported", {"type": "poll_creation"}), Unsupported("unsupported"), "[unsupported]"),
    (message("edit", {"original_message_id": "wamid.T"}), Unsupported("edit"), "[edit]"),
    (message("hologram", {"depth": 3}), Unsupported("hologram"), "[hologram]"),
    (message("text", "no object"), Text(""), ""),
]


@pytest.mark.parametrize(("raw", "content", "text"), MESSAGES, ids=lambda value: str(value)[:40])
def test_each_type_of_message_is_read(raw: dict[str, Any], content: Content, text: str) -> None:
    (found,) = parse_webhook(envelope(raw)).messages
    assert found.content == content
    assert found.text == text
    assert found.raw == raw
    assert found.type == raw["type"]


def test_the_sender_is_known_by_phone_and_by_scoped_id() -> None:
    (found,) = parse_webhook(envelope(message("text", {"body": "hi"}))).messages
    assert (found.wa_id, found.user_id, found.profile_name) == ("15550100123", "US.1", "Mona")
    assert found.sent_at == datetime.fromtimestamp(1790000000, timezone.utc)


def test_a_patient_with_a_username_has_no_phone() -> None:
    raw = {"from_user_id": "US.7", "id": "wamid.1", "type": "text", "text": {"body": "hi"}}
    people = [{"profile": {"name": "Ali"}, "user_id": "US.7"}, {"profile": {"name": "Mona"}, "user_id": "US.8"}]
    (found,) = parse_webhook(envelope(raw, contacts=people)).messages
    assert (found.wa_id, found.user_id, found.profile_name, found.sent_at) == (None, "US.7", "Ali", None)


def test_a_message_without_an_id_has_the_same_made_one_each_time() -> None:
    raw = {"from": "1", "type": "text", "text": {"body": "hi"}}
    other = {"from": "1", "type": "text", "text": {"body": "ho"}}
    first, second, third = (parse_webhook(envelope(each)).messages[0].wamid for each in (raw, raw, other))
    assert first == second != third


def test_a_message_without_a_sender_is_left_out() -> None:
    webhook = parse_webhook(envelope({"id": "wamid.1", "type": "text"}, contacts=[]))
    assert webhook.messages == ()
    assert [ignored.what for ignored in webhook.ignored] == ["a message without a sender"]


def test_every_entry_change_message_and_status_is_read_in_order() -> None:
    status = {"id": "wamid.O", "status": "sent", "timestamp": "1790000000", "biz_opaque_callback_data": "our-id"}
    failed = {"id": "wamid.P", "status": "failed", "errors": [{"code": 131047}]}
    one = envelope(message("text", {"body": "1"}), message("text", {"body": "2"}), statuses=[status])
    two = envelope(message("text", {"body": "3"}), statuses=[failed])
    webhook = parse_webhook({"entry": one["entry"] + [{"changes": two["entry"][0]["changes"] * 2}]})
    assert [found.text for found in webhook.messages] == ["1", "2", "3", "3"]
    assert [(found.status, found.error_code) for found in webhook.statuses] == [
        ("sent", None),
        ("failed", 131047),
        ("failed", 131047),
    ]
    assert webhook.statuses[0].callback_data == "our-id"


def test_other_fields_and_value_errors_are_named_without_a_patients_word() -> None:
    body = envelope(errors=[{"code": 130429, "title": "Rate limit hit"}])
    body["entry"][0]["changes"].append({"field": "account_update", "value": {"event": "X"}})
    body["entry"][0]["changes"].append({"field": "my chest hurts", "value": {}})
    assert [ignored.what for ignored in parse_webhook(body).ignored] == [
        "error 130429",
        "field account_update",
        "field unknown",
    ]


def test_what_postgresql_cannot_store_is_taken_out() -> None:
    raw = json.loads(r'{"from":"1","id":"w","type":"text","text":{"body":"a\u0000b\ud83d"},"n":1e999}')
    (found,) = parse_webhook(envelope(raw)).messages
    assert found.text == "ab\ufffd"
    assert found.raw["n"] is None


def test_an_abyss_of_brackets_is_cut_off() -> None:
    deep: Any = "bottom"
    for _ in range(400):
        deep = [deep]
    (found,) = parse_webhook(envelope(message("text", {"body": "hi"}, deep=deep))).messages
    assert found.text == "hi"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from(
        ["entry", "changes", "value", "field", "messages", "statuses", "contacts", "metadata", "phone_number_id",
         "from", "id", "type", "text", "body", "interactive", "button_reply", "timestamp", "errors", "code", "profile"]
    ), inner, max_size=6),
    max_leaves=40,
)  # fmt: skip


@given(_JSON, _JSON, _JSON)
def test_no_shape_makes_the_parser_raise(body: Any, value: Any, item: Any) -> None:
    parse_webhook(body)
    parse_webhook({"entry": [{"changes": [{"field": "messages", "value": value}]}]})
    parse_webhook(envelope(item, statuses=[item], errors=[item], contacts=[item]))
    if isinstance(item, dict):
        payloads.read_text(payloads.read_content(item))
