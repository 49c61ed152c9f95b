"""From a `Bubble` to bodies of Graph's `messages`, within every limit by construction."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import Any, Optional, Sequence

from connectors.whatsapp import limits
from messaging.bubbles import Bubble, Option

ELLIPSIS = "…"
# The label of a list nobody named; queue_bubbles gives one in the patient's language.
UNNAMED_LIST = "☰"
# Where a long text may be cut, best first: paragraph, line, sentence (Arabic too), words.
_CUTS = (re.compile(r"\n\s*\n"), re.compile(r"\n"), re.compile(r"(?<=[.!?؟۔…])\s+"), re.compile(r"\s+"))
# A cut in the first third would leave a stub of a bubble.
_EARLIEST_CUT = 1 / 3
# Not Cn: an emoji newer than our Unicode tables is no blank.
_INVISIBLE = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Cs"})


class TooManyOptions(ValueError):
    """More rows than a list holds. Dropping one would hide a choice, so whoever asks has to page."""


class BadOption(ValueError):
    """An id that Meta would refuse: empty, too long, padded, or there twice."""


def split_bubble(bubble: Bubble) -> list[Bubble]:
    """The same in bubbles that are one WhatsApp message each; the options stand under the last.

    Without visible text and options there is nothing to send: an empty list. Raises TooManyOptions, BadOption.
    """
    _check_options(bubble.options)
    text = bubble.text.strip()
    if is_blank(text):
        if not bubble.options:
            return []
        text = ELLIPSIS
    if not bubble.options:
        return [Bubble(part) for part in _split(text, limits.TEXT_BODY)]
    *before, last = _split_end(text, limits.INTERACTIVE_BODY)
    return [*(Bubble(part) for part in before), replace(bubble, text=last)]


def render(bubble: Bubble) -> list[dict[str, Any]]:
    """Graph bodies without recipient, e.g. {"type": "text", "text": {...}}."""
    return [_body(part) for part in split_bubble(bubble)]


def is_blank(text: str) -> bool:
    """Nothing that a person would see: spaces, direction marks, joiners, controls."""
    return all(unicodedata.category(character) in _INVISIBLE for character in text)


def _check_options(options: Sequence[Option]) -> None:
    if len(options) > limits.ROWS:
        raise TooManyOptions(f"{len(options)} options; a list holds {limits.ROWS}")
    ids = [option.id for option in options]
    if any(not value or value != value.strip() or limits.size(value) > limits.ROW_ID for value in ids):
        raise BadOption("an option's id is empty, padded or too long")
    if len(set(ids)) < len(ids):
        raise BadOption("two options have the same id")


def _body(bubble: Bubble) -> dict[str, Any]:
    if not bubble.options:
        return {"type": "text", "text": {"body": bubble.text, "preview_url": False}}
    if len(bubble.options) <= limits.BUTTONS and bubble.list_button is None:
        return {"type": "interactive", "interactive": _buttons(bubble)}
    return {"type": "interactive", "interactive": _list(bubble)}


def _buttons(bubble: Bubble) -> dict[str, Any]:
    titles = _titles(bubble.options, limits.BUTTON_TITLE)
    return {
        "type": "button",
        "body": {"text": bubble.text},
        "action": {
            "buttons": [
                {"type": "reply", "reply": {"id": option.id, "title": title}}
                for option, title in zip(bubble.options, titles, strict=True)
            ]
        },
    }


def _list(bubble: Bubble) -> dict[str, Any]:
    titles = _titles(bubble.options, limits.ROW_TITLE)
    label = shorten(bubble.list_button or "", limits.LIST_BUTTON)
    label = UNNAMED_LIST if is_blank(label) else label
    rows: list[dict[str, str]] = []
    for option, title in zip(bubble.options, titles, strict=True):
        row = {"id": option.id, "title": title}
        description = shorten(option.description, limits.ROW_DESCRIPTION)
        if not is_blank(description):
            row["description"] = description
        rows.append(row)
    return {
        "type": "list",
        "body": {"text": bubble.text},
        "action": {"button": label, "sections": [{"title": label, "rows": rows}]},
    }


def _titles(options: Sequence[Option], longest: int) -> list[str]:
    """Short enough and all different: what became the same by cutting gets a number."""
    titles: list[str] = []
    for option in options:
        title = shorten(option.title, longest)
        if is_blank(title):
            title = ELLIPSIS
        number = 1
        unique = title
        while unique in titles:
            number += 1
            suffix = f" {number}"
            unique = shorten(title, longest - len(suffix)) + suffix
        titles.append(unique)
    return titles


def shorten(text: str, longest: int) -> str:
    """One line of at most `longest`, cut between what a reader takes for letters, with … where it was cut."""
    text = " ".join(text.split())
    if limits.size(text) <= longest:
        return text
    return _cut(text, longest - len(ELLIPSIS)).rstrip() + ELLIPSIS


def _cut(text: str, longest: int) -> str:
    """The longest beginning within `longest` that ends at a letter's border."""
    end = length = 0
    for index, character in enumerate(text):
        length += limits.size(character)
        if length > longest:
            break
        end = index + 1
    border = end
    while border > 0 and not _is_border(text, border):
        border -= 1
    # One cluster longer than the room (forty marks on a letter): any cut is better than none.
    return text[: border or end]


def _is_border(text: str, index: int) -> bool:
    """Not inside a letter with its marks, an emoji with its colour, a joined family, a flag."""
    if index >= len(text):
        return True
    before, after = text[index - 1], text[index]
    if after in "\u200d\ufe0e\ufe0f" or before == "\u200d" or 0x1F3FB <= ord(after) <= 0x1F3FF:
        return False
    if unicodedata.combining(after) or unicodedata.category(after) in ("Mn", "Me", "Mc"):
        return False
    flags = 0
    while index - flags > 0 and _is_flag_half(text[index - flags - 1]):
        flags += 1
    return not (_is_flag_half(after) and flags % 2 == 1)


def _is_flag_half(character: str) -> bool:
    return 0x1F1E6 <= ord(character) <= 0x1F1FF


def _split(text: str, longest: int) -> list[str]:
    """Parts of at most `longest`, cut where a reader pauses. None is blank."""
    parts: list[str] = []
    rest = text
    while limits.size(rest) > longest:
        head = _head(rest, longest)
        parts.append(head)
        rest = rest[len(head) :].lstrip()
        parts[-1] = head.rstrip()
    parts.append(rest)
    return [part for part in parts if not is_blank(part)]


def _split_end(text: str, longest_end: int) -> list[str]:
    """As `_split`, with a last part of at most `longest_end`: the options stand close to what they answer."""
    if limits.size(text) <= longest_end:
        return [text]
    short = _split(text, longest_end)
    end = short[-1]
    before = text[: len(text) - len(end)].rstrip() if text.endswith(end) else "\n".join(short[:-1])
    return [*_split(before, limits.TEXT_BODY), end]


def _head(text: str, longest: int) -> str:
    room = _cut(text, longest)
    for pattern in _CUTS:
        cuts = [found.start() for found in pattern.finditer(room)]
        good: Optional[int] = max((cut for cut in cuts if cut > len(room) * _EARLIEST_CUT), default=None)
        if good is not None:
            return room[:good]
    return room
