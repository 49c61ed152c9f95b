from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connectors.whatsapp import limits
from connectors.whatsapp.render import BadOption, TooManyOptions, is_blank, render, shorten, split_bubble
from messaging.bubbles import Bubble, Option

FAMILY = "👨‍👩‍👧"


def buttons(*titles: str) -> tuple[Option, ...]:
    return tuple(Option(f"id{number}", title) for number, title in enumerate(titles))


def test_text_alone_is_a_text_message() -> None:
    assert render(Bubble("Hello")) == [{"type": "text", "text": {"body": "Hello", "preview_url": False}}]


def test_up_to_three_options_are_buttons() -> None:
    (body,) = render(Bubble("Shall I?", buttons("Yes", "No")))
    assert body["interactive"]["type"] == "button"
    assert body["interactive"]["action"]["buttons"][1] == {"type": "reply", "reply": {"id": "id1", "title": "No"}}


def test_four_options_or_a_list_button_make_a_list() -> None:
    (four,) = render(Bubble("Which?", buttons("1", "2", "3", "4")))
    (named,) = render(Bubble("Which?", (Option("a", "09:00", "Dr. Sara"),), "Times"))
    assert four["interactive"]["type"] == named["interactive"]["type"] == "list"
    assert named["interactive"]["action"] == {
        "button": "Times",
        "sections": [{"title": "Times", "rows": [{"id": "a", "title": "09:00", "description": "Dr. Sara"}]}],
    }


def test_ten_rows_fit_and_an_eleventh_is_never_dropped() -> None:
    (body,) = render(Bubble("Which?", buttons(*"0123456789")))
    assert len(body["interactive"]["action"]["sections"][0]["rows"]) == 10
    with pytest.raises(TooManyOptions):
        render(Bubble("Which?", buttons(*"0123456789a")))


@pytest.mark.parametrize("ids", [("",), (" a",), ("a" * 201,), ("a", "a")])
def test_an_id_that_meta_refuses_is_refused_here(ids: tuple[str, ...]) -> None:
    with pytest.raises(BadOption):
        render(Bubble("Which?", tuple(Option(each, "x") for each in ids)))


@pytest.mark.parametrize("text", ["", "   \n", "\u200f\u200e\u2066", "\u200b"])
def test_nothing_visible_is_never_sent(text: str) -> None:
    assert is_blank(text)
    assert render(Bubble(text)) == []
    (body,) = render(Bubble(text, buttons("Yes")))
    assert body["interactive"]["body"]["text"] == "…"


def test_a_long_text_is_cut_between_sentences() -> None:
    sentence = "هذه جملة قصيرة عن الموعد. "
    parts = [body["text"]["body"] for body in render(Bubble(sentence * 300))]
    assert len(parts) == 2
    assert all(part.endswith(".") for part in parts)
    assert " ".join(parts) == (sentence * 300).strip()


def test_4096_emoji_become_two_messages_and_none_is_lost() -> None:
    parts = [body["text"]["body"] for body in render(Bubble("😀" * 4096))]
    assert "".join(parts) == "😀" * 4096
    assert [limits.size(part) for part in parts] == [4096, 4096]


def test_the_options_stand_under_the_end_of_a_long_text() -> None:
    first, last = split_bubble(Bubble("First part.\n\n" + "word " * 300, buttons("Yes")))
    assert first.options == ()
    assert last.options == buttons("Yes")
    assert limits.size(last.text) <= limits.INTERACTIVE_BODY


def test_titles_that_become_the_same_by_cutting_stay_different() -> None:
    (body,) = render(Bubble("Which?", buttons("Dr. Khalid bin Nasser Alharbi", "Dr. Khalid bin Nasser Alqahtani")))
    titles = [button["reply"]["title"] for button in body["interactive"]["action"]["buttons"]]
    assert titles == ["Dr. Khalid bin Nass…", "Dr. Khalid bin Na… 2"]


@pytest.mark.parametrize(
    ("text", "longest", "short"),
    [
        ("Internal medicine", 24, "Internal medicine"),
        ("two\nlines  here", 24, "two lines here"),
        ("a" * 30, 24, "a" * 23 + "…"),
        ("ab" + FAMILY, 6, "ab…"),
        ("🇸🇦🇪🇬", 6, "🇸🇦…"),
        ("مُحَمَّد", 4, "مُ…"),
        ("👍🏽👍🏽", 6, "👍🏽…"),
    ],
)
def test_a_title_is_cut_between_letters_as_people_see_them(text: str, longest: int, short: str) -> None:
    assert shorten(text, longest) == short


def _check(body: dict[str, Any]) -> None:
    if body["type"] == "text":
        _fits(body["text"]["body"], limits.TEXT_BODY)
        return
    interactive = body["interactive"]
    _fits(interactive["body"]["text"], limits.INTERACTIVE_BODY)
    if interactive["type"] == "button":
        replies = [button["reply"] for button in interactive["action"]["buttons"]]
        assert 1 <= len(replies) <= 3
        _different(replies, limits.BUTTON_TITLE, limits.BUTTON_ID)
        return
    (section,) = interactive["action"]["sections"]
    _fits(interactive["action"]["button"], limits.LIST_BUTTON)
    _fits(section["title"], limits.SECTION_TITLE)
    assert 1 <= len(section["rows"]) <= 10
    _different(section["rows"], limits.ROW_TITLE, limits.ROW_ID)
    for row in section["rows"]:
        if "description" in row:
            _fits(row["description"], limits.ROW_DESCRIPTION)


def _fits(text: str, longest: int) -> None:
    assert not is_blank(text)
    assert max(len(text), len(text.encode("utf-16-le", "surrogatepass")) // 2) <= longest


def _different(options: list[dict[str, str]], longest_title: int, longest_id: int) -> None:
    for key, longest in (("title", longest_title), ("id", longest_id)):
        values = [option[key] for option in options]
        assert len(set(values)) == len(values)
        for value in values:
            _fits(value, longest)


_PIECES = st.sampled_from(
    ["word ", "موعد ", "😀", FAMILY, "🇸🇦", "e\u0301", "َ", "\n\n", ". ", "؟ ", "\u200f", "a" * 700, "ب" * 1500, " "]
)
_TEXTS = st.lists(_PIECES, max_size=30).map("".join) | st.text(max_size=60)


@given(
    text=_TEXTS,
    titles=st.lists(st.tuples(_TEXTS, _TEXTS), max_size=10),
    list_button=st.none() | _TEXTS,
)
@example(text="َ" * 5000, titles=[("َ" * 50, "")] * 3, list_button=None)
@example(text="x" * 5000, titles=[("", "")] * 10, list_button="")
@example(text="", titles=[("a 2", ""), ("a", ""), ("a", "")], list_button=None)
def test_what_is_rendered_is_always_within_the_limits(
    text: str, titles: list[tuple[str, str]], list_button: str | None
) -> None:
    options = tuple(Option(f"id{number}", *title) for number, title in enumerate(titles))
    bubble = Bubble(text, options, list_button)
    bodies = render(bubble)
    for body in bodies:
        _check(body)
    assert bool(bodies) == (bool(options) or not is_blank(text))
    # Rows of the outbox are parts, and a part is one message.
    assert [render(part) for part in split_bubble(bubble)] == [[body] for body in bodies]
    if not options:
        # Nothing that a person sees is lost between the parts.
        assert _visible("".join(body["text"]["body"] for body in bodies)) == _visible(text)


def _visible(text: str) -> str:
    return "".join(character for character in text if not is_blank(character))
