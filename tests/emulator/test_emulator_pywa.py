"""An independent client as judge: pywa sends to the emulator, and reads and verifies what it delivers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import pywa
import pywa.types
from pywa import errors, utils
from pywa.client import WhatsApp

# pywa re-exports its types without declaring it, and wants its own mapping type where any mapping does.
types: Any = pywa.types

NUMBER = "200000000000001"
PATIENT = "966500000001"


class Pywa:
    """A pywa client whose every request goes to a live emulator."""

    def __init__(self, address: str, http: httpx.Client, deliveries: list[tuple[bytes, str]]) -> None:
        self.address = address
        self.http = http
        self.deliveries = deliveries
        self.client = WhatsApp(
            phone_id=NUMBER,
            token="emulator-access-token",
            waba_id="100000000000001",
            session=http,
            server=None,
            app_secret="emulator-app-secret",
            verify_token="emulator-verify-token",
        )
        http.base_url = httpx.URL(f"{address}/v25.0/")

    def control(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.http.request(method, f"{self.address}/emulator/{path}", json=body)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def patient(self, message: dict[str, Any]) -> str:
        return str(self.control("POST", f"patients/{PATIENT}/messages", message)["wamid"])

    def phone(self) -> list[dict[str, Any]]:
        return list(self.control("GET", f"patients/{PATIENT}/messages")["messages"])

    def values(self) -> list[dict[str, Any]]:
        """All deliveries so far, each with its signature verified by pywa."""
        self.control("GET", "idle?wait=10")
        bodies = [body for body, _ in self.deliveries]
        for body, signature in self.deliveries:
            assert utils.webhook_updates_validator("emulator-app-secret", body, signature)
        return [json.loads(body) for body in bodies]


@pytest.fixture
def judge(live_emulator: Any) -> Iterator[Pywa]:
    with httpx.Client(trust_env=False) as http:
        yield Pywa(live_emulator.address, http, live_emulator.deliveries)


def test_pywa_sends_a_text_and_reads_the_answer(judge: Pywa) -> None:
    judge.patient({"type": "text", "text": "hi"})
    sent = judge.client.send_message(PATIENT, "Hello *Mona*", tracker="turn-1")
    assert judge.phone()[-1]["wamid"] == sent.id
    assert judge.phone()[-1]["biz_opaque_callback_data"] == "turn-1"


def test_pywa_sends_buttons_and_a_list_and_parses_the_taps(judge: Pywa) -> None:
    judge.patient({"type": "text", "text": "hi"})
    buttons = judge.client.send_message(PATIENT, "Confirm?", buttons=[types.Button("Yes", "yes|1")])
    rows = [types.SectionRow(title="09:00", callback_data="slot|1", description="Dr Salem")]
    judge.client.send_message(PATIENT, "When?", buttons=types.SectionList("Times", [types.Section("Sunday", rows)]))
    judge.patient({"type": "tap", "id": "yes|1"})
    judge.patient({"type": "tap", "id": "slot|1"})
    taps = [body for body in judge.values() if is_message(body, "interactive")]
    button = types.CallbackButton.from_update(judge.client, taps[0])
    row = types.CallbackSelection.from_update(judge.client, taps[1])
    assert (button.data, button.title, button.reply_to_message.id) == ("yes|1", "Yes", buttons.id)
    assert (row.data, row.title, row.description) == ("slot|1", "09:00", "Dr Salem")


@pytest.mark.parametrize(
    "message, has",
    [
        ({"type": "text", "text": "موعد 😀"}, "text"),
        ({"type": "image", "image": {"caption": "x-ray"}}, "image"),
        ({"type": "audio"}, "audio"),
        ({"type": "video"}, "video"),
        ({"type": "document", "document": {"filename": "a.pdf"}}, "document"),
        ({"type": "sticker"}, "sticker"),
        ({"type": "location", "location": {"latitude": 24.7, "longitude": 46.7}}, "location"),
        ({"type": "contacts", "contacts": [{"name": {"formatted_name": "Ali"}}]}, "contacts"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_pywa_parses_what_a_patient_sends(judge: Pywa, message: dict[str, Any], has: str) -> None:
    wamid = judge.patient(message)
    [body] = judge.values()
    parsed = types.Message.from_update(judge.client, body)
    assert parsed.id == wamid
    assert getattr(parsed, has)
    assert parsed.from_user.wa_id == PATIENT
    assert parsed.from_user.bsuid.startswith("SA.")


def test_pywa_parses_each_status(judge: Pywa) -> None:
    judge.patient({"type": "text", "text": "hi"})
    sent = judge.client.send_message(PATIENT, "Hello", tracker="turn-2")
    bodies = wait_for_statuses(judge, 3)
    statuses = [types.MessageStatus.from_update(judge.client, body) for body in bodies]
    assert [status.status.value for status in statuses] == ["sent", "delivered", "read"]
    assert {status.id for status in statuses} == {sent.id}
    assert {status.tracker for status in statuses} == {"turn-2"}


def test_pywa_reads_the_error_of_a_failed_status(judge: Pywa) -> None:
    judge.client.send_message(PATIENT, "Hello")
    [body] = wait_for_statuses(judge, 1)
    # pywa 4.5 wants the contact that Meta leaves out of a failed status.
    value = body["entry"][0]["changes"][0]["value"]
    assert "contacts" not in value
    value["contacts"] = [{"profile": {"name": "x"}, "user_id": value["statuses"][0]["recipient_user_id"]}]
    status = types.MessageStatus.from_update(judge.client, body)
    assert isinstance(status.error, errors.ReEngagementMessage)


def test_pywa_raises_its_own_class_for_what_the_emulator_refuses(judge: Pywa) -> None:
    with pytest.raises(errors.WhatsAppError) as refusal:
        judge.client.send_message(PATIENT, "x" * 4097)
    assert refusal.value.code == 100
    judge.control("POST", "faults", {"kind": "refuse", "code": 131056, "count": 1})
    with pytest.raises(errors.TooManyMessages):
        judge.client.send_message(PATIENT, "x")


def test_pywa_marks_read_with_typing_and_fetches_media(judge: Pywa) -> None:
    wamid = judge.patient({"type": "image", "image": {"data": "AAEC", "mime_type": "image/png"}})
    assert judge.client.indicate_typing(wamid)
    assert judge.phone()[0]["status"] == "read"
    media_id = judge.phone()[0]["message"]["image"]["id"]
    url = judge.client.get_media_url(media_id)
    assert (url.mime_type, str(url.file_size)) == ("image/png", "3")


def is_message(body: dict[str, Any], kind: str) -> bool:
    messages = body["entry"][0]["changes"][0]["value"].get("messages") or [{}]
    return bool(messages[0].get("type") == kind)


def wait_for_statuses(judge: Pywa, count: int) -> list[dict[str, Any]]:
    """Statuses are put on their way by a task of the emulator: each look at it lets that task run."""
    for _ in range(1000):
        found = [body for body in judge.values() if "statuses" in body["entry"][0]["changes"][0]["value"]]
        if len(found) >= count:
            return found
    raise AssertionError("the statuses did not come")
