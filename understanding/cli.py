"""`istiqbal understand`: what the bot reads in a message, as a command for people and other programs."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Iterable, Iterator, Optional, TextIO
from zoneinfo import ZoneInfo

from istiqbal.settings import PROJECT
from understanding.pipeline import NoModel, Understanding, newest_model

BATCH = 64
DEFAULT_ZONE = "Asia/Riyadh"


class BadCall(Exception):
    """The command cannot be carried out; the message is one sentence for whoever typed it."""


def understand_command(text: Optional[str], jsonl: Optional[str], now: Optional[str]) -> None:
    """One JSON object a line on standard output. Raises BadCall."""
    moment = _moment(now)
    if (text is None) == (jsonl is None):
        raise BadCall("Give either a text or --jsonl FILE (- reads standard input).")
    try:
        understanding = Understanding.load(newest_model(PROJECT / "models"))
    except NoModel as error:
        raise BadCall(str(error)) from error
    if text is not None:
        _print(understanding.read(text, moment).to_json())
        return
    with _open(str(jsonl)) as lines:
        for answer in read_lines(understanding, lines, moment):
            _print(answer)


def read_lines(understanding: Understanding, lines: Iterable[str], now: datetime) -> Iterator[dict[str, Any]]:
    """In the order of the input; other keys are kept, a line that cannot be read gets an object with `error`."""
    numbered = ((number, line) for number, line in enumerate(lines, 1) if line.strip())
    while batch := list(islice(numbered, BATCH)):
        parsed = [_parse(number, line) for number, line in batch]
        readings = iter(understanding.read_all([one["text"] for one in parsed if "error" not in one], now))
        for one in parsed:
            yield one if "error" in one else {**one, **next(readings).to_json()}


def _parse(number: int, line: str) -> dict[str, Any]:
    try:
        one = json.loads(line)
    except ValueError:
        return {"error": f"line {number} is not JSON"}
    if not isinstance(one, dict) or not isinstance(one.get("text"), str):
        return {**(one if isinstance(one, dict) else {}), "error": f"line {number} has no text"}
    return {key: value for key, value in one.items() if key != "error"}


def _moment(now: Optional[str]) -> datetime:
    if now is None:
        return datetime.now(ZoneInfo(DEFAULT_ZONE))
    try:
        moment = datetime.fromisoformat(now.replace("Z", "+00:00"))
    except ValueError as error:
        raise BadCall(f"--now {now!r} is no time; write it as 2026-11-24T10:00+03:00.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(DEFAULT_ZONE))


def _open(path: str) -> TextIO:
    if path == "-":
        return sys.stdin
    try:
        return Path(path).open(encoding="utf-8")
    except OSError as error:
        raise BadCall(f"{path} cannot be read: {error.strerror}.") from error


def _print(answer: dict[str, Any]) -> None:
    # Lone surrogates can come in by JSON escapes; they go out the same way.
    line = json.dumps(answer, ensure_ascii=False)
    try:
        sys.stdout.write(line + "\n")
    except UnicodeEncodeError:
        sys.stdout.write(json.dumps(answer) + "\n")
