"""Each limit of Meta: the message at the limit is taken, the one over it is refused as a whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from emulator.limits import size

Message = dict[str, Any]


def text(body: str) -> Message:
    return {"type": "text", "text": {"body": body}}


def buttons(*titles: str, ids: list[str] | None = None, body: str = "b", **parts: Any) -> Message:
    ids = ids or [f"id{n}" for n in range(len(titles))]
    replies = [{"type": "reply", "reply": {"id": id, "title": title}} for id, title in zip(ids, titles, strict=False)]
    return {
        "type": "interactive",
        "interactive": {"type": "button", "body": {"text": body}, "action": {"buttons": replies}, **parts},
    }


def rows(count: int, start: int = 0) -> list[dict[str, str]]:
    return [{"id": f"r{n}", "title": f"Row {n}"} for n in range(start, start + count)]


def list_of(sections: list[dict[str, Any]], button: str = "Times", body: str = "b", **parts: Any) -> Message:
    action = {"button": button, "sections": sections}
    return {"type": "interactive", "interactive": {"type": "list", "body": {"text": body}, "action": action, **parts}}


def one_row(**row: str) -> Message:
    return list_of([{"title": "S", "rows": [{"id": "r", "title": "Row", **row}]}])


def cta(display_text: str = "Open", url: str = "https://clinic.example/map", body: str = "b") -> Message:
    parameters = {"display_text": display_text, "url": url}
    action = {"name": "cta_url", "parameters": parameters}
    return {"type": "interactive", "interactive": {"type": "cta_url", "body": {"text": body}, "action": action}}


def ask_location(body: str) -> Message:
    action = {"name": "send_location"}
    return {
        "type": "interactive",
        "interactive": {"type": "location_request_message", "body": {"text": body}, "action": action},
    }


def image(caption: str) -> Message:
    return {"type": "image", "image": {"link": "https://clinic.example/a.jpg", "caption": caption}}


LENGTHS: list[tuple[str, int, int, Callable[[str], Message]]] = [
    ("text body", 4096, 100, text),
    ("caption", 1024, 131009, image),
    ("button title", 20, 131009, lambda s: buttons(s)),
    ("button id", 256, 131009, lambda s: buttons("Yes", ids=[s])),
    ("button body", 1024, 131009, lambda s: buttons("Yes", body=s)),
    ("footer", 60, 131009, lambda s: buttons("Yes", footer={"text": s})),
    ("header", 60, 131009, lambda s: buttons("Yes", header={"type": "text", "text": s})),
    ("list button", 20, 131009, lambda s: list_of([{"rows": rows(1)}], button=s)),
    ("list body", 1024, 131009, lambda s: list_of([{"rows": rows(1)}], body=s)),
    ("section title", 24, 131009, lambda s: list_of([{"title": s, "rows": rows(1)}])),
    ("row id", 200, 131009, lambda s: one_row(id=s)),
    ("row title", 24, 131009, lambda s: one_row(title=s)),
    ("row description", 72, 131009, lambda s: one_row(description=s)),
    ("cta text", 20, 131009, lambda s: cta(display_text=s)),
    ("cta body", 1024, 131009, lambda s: cta(body=s)),
    ("location request body", 1024, 131009, ask_location),
    ("opaque data", 512, 100, lambda s: {**text("hi"), "biz_opaque_callback_data": s}),
]


@pytest.mark.parametrize("letter", ["a", "م"])
@pytest.mark.parametrize("limit, code, make", [case[1:] for case in LENGTHS], ids=[case[0] for case in LENGTHS])
async def test_a_text_at_its_limit_is_taken_and_one_over_is_refused(
    in_window: Any, limit: int, code: int, make: Callable[[str], Message], letter: str
) -> None:
    at, over = await in_window.business(**make(letter * limit)), await in_window.business(**make(letter * (limit + 1)))
    assert at.status_code == 200, at.text
    assert (over.status_code, over.json()["error"]["code"]) == (400, code)


async def test_an_emoji_counts_as_the_two_units_it_is_in_utf_16(in_window: Any) -> None:
    assert size("😀") == 2
    assert (await in_window.business(**buttons("😀" * 10))).status_code == 200
    assert (await in_window.business(**buttons("😀" * 10 + "a"))).json()["error"]["code"] == 131009
    assert (await in_window.business(**text("😀" * 4096))).json()["error"]["code"] == 100


TAKEN: dict[str, Message] = {
    "three buttons": buttons("A", "B", "C"),
    "ten rows in one section without a title": list_of([{"rows": rows(10)}]),
    "ten sections of one row": list_of([{"title": f"S{n}", "rows": rows(1, n)} for n in range(10)]),
    "image header": buttons("A", header={"type": "image", "image": {"link": "https://clinic.example/a.jpg"}}),
    "location": {"type": "location", "location": {"latitude": 24.7, "longitude": 46.7}},
    "contacts": {"type": "contacts", "contacts": [{"name": {"formatted_name": "Clinic"}}]},
}


@pytest.mark.parametrize("message", TAKEN.values(), ids=TAKEN)
async def test_a_message_within_every_count_is_taken(in_window: Any, message: Message) -> None:
    answer = await in_window.business(**message)
    assert answer.status_code == 200, answer.text


REFUSED: dict[str, tuple[int, Message]] = {
    "no body": (131008, {"type": "text", "text": {}}),
    "empty body": (131008, text("")),
    "blank body": (131009, text("  \n")),
    "no text": (131008, {"type": "text"}),
    "four buttons": (131009, buttons("A", "B", "C", "D")),
    "no buttons": (131009, buttons()),
    "a title twice": (131009, buttons("A", "A")),
    "an id twice": (131009, buttons("A", "B", ids=["x", "x"])),
    "an id that begins with a space": (131009, buttons("A", ids=[" x"])),
    "an empty title": (131009, buttons("")),
    "eleven rows": (131009, list_of([{"title": "1", "rows": rows(6)}, {"title": "2", "rows": rows(5, 6)}])),
    "eleven sections": (131009, list_of([{"title": f"S{n}", "rows": rows(1, n)} for n in range(11)])),
    "an empty section": (131009, list_of([{"title": "1", "rows": []}])),
    "two sections without titles": (131008, list_of([{"rows": rows(1)}, {"rows": rows(1, 1)}])),
    "a row id twice": (131009, list_of([{"rows": [*rows(1), {"id": "r0", "title": "Other"}]}])),
    "a row title twice": (131009, list_of([{"rows": [*rows(1), {"id": "r9", "title": "Row 0"}]}])),
    "image header on a list": (
        131009,
        list_of([{"rows": rows(1)}], header={"type": "image", "image": {"link": "https://clinic.example/a.jpg"}}),
    ),
    "a link that is no link": (131009, cta(url="javascript:alert(1)")),
    "media by id and link": (131009, {"type": "image", "image": {"id": "1", "link": "https://clinic.example/a"}}),
    "media nobody uploaded": (131009, {"type": "image", "image": {"id": "12345"}}),
    "audio with a caption": (131009, {"type": "audio", "audio": {"link": "https://clinic.example/a", "caption": "x"}}),
    "an unknown interactive": (131009, {"type": "interactive", "interactive": {"type": "carousel"}}),
    "a list that is no list": (131009, list_of("rows")),  # type: ignore[arg-type]  # wrong on purpose
    "a reaction that quotes": (
        131009,
        {"type": "reaction", "reaction": {"message_id": "w", "emoji": "x"}, "context": {"message_id": "w"}},
    ),
    "a place off the globe": (131009, {"type": "location", "location": {"latitude": 91, "longitude": 0}}),
}


@pytest.mark.parametrize("code, message", REFUSED.values(), ids=REFUSED)
async def test_a_message_of_the_wrong_shape_is_refused_with_metas_code(
    in_window: Any, code: int, message: Message
) -> None:
    answer = await in_window.business(**message)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == code
    assert [shown["from"] for shown in (await in_window.phone())["messages"]] == ["patient"]
