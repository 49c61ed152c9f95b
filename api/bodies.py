"""From the bytes of a request to rows: JSON as strict as it gets, and never more than we can hold."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, AsyncIterator, NoReturn, Optional

from imports.kind import Kind
from imports.problems import Problem
from imports.rows import Row
from imports.values import clean

MOST_BYTES = 5_000_000
MOST_ROWS = 1_000
LONGEST_NUMBER = 40  # digits
LONGEST_KEY = 100  # as told back
MOST_UNKNOWN = 20  # so many of a row


class BadBody(Exception):
    """Nothing of the request can be used. `message` names no value of it."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Rows:
    """Rows that can be read, and what is wrong with the others by position."""

    rows: list[Row]
    broken: list[Problem]
    total: int


async def read_body(chunks: AsyncIterator[bytes], told_length: Optional[str]) -> bytes:
    """Raises BadBody as soon as it is too much, whatever length was told."""
    if told_length is not None and told_length.isdigit() and int(told_length) > MOST_BYTES:
        raise _too_large()
    data = bytearray()
    async for chunk in chunks:
        data += chunk
        if len(data) > MOST_BYTES:
            raise _too_large()
    return bytes(data)


def _too_large() -> BadBody:
    return BadBody(413, "too_large", f"At most {MOST_BYTES // 1_000_000} MB a request.")


def read_rows(data: bytes, kind: Kind[Any]) -> Rows:
    """Raises BadBody."""
    try:
        listed = json.loads(data.decode("utf-8"), parse_constant=_no_constant, parse_int=_whole)
    except (ValueError, RecursionError):  # UnicodeDecodeError and JSONDecodeError are ValueErrors
        raise BadBody(400, "not_json", "The body is not JSON in UTF-8.") from None
    if not isinstance(listed, list):
        raise BadBody(422, "not_a_list", "The body has to be a list of rows.")
    if len(listed) > MOST_ROWS:
        raise BadBody(413, "too_many_rows", f"At most {MOST_ROWS} rows a request.")
    known = {column.name for column in kind.columns}
    rows: list[Row] = []
    broken: list[Problem] = []
    for index, item in enumerate(listed):
        faults = list(_faults(index, item, known))
        if faults:
            broken += faults
        else:
            rows.append(Row(index, {name: _text(value) for name, value in item.items()}))
    return Rows(rows, broken, len(listed))


def _no_constant(word: str) -> NoReturn:
    raise ValueError(word)  # NaN and Infinity are not JSON


def _whole(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise ValueError("a number of absurd length")
    return int(digits)


def _faults(index: int, item: Any, known: set[str]) -> list[Problem]:
    if not isinstance(item, dict):
        return [Problem(index, "", "not_a_row")]
    unknown = [Problem(index, clean(name)[:LONGEST_KEY], "key_unknown") for name in item if name not in known][
        :MOST_UNKNOWN
    ]
    crooked = [Problem(index, name, "not_plain") for name, value in item.items() if name in known and not _plain(value)]
    return unknown + crooked


def _plain(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(part, str) for part in value)
    return value is None or isinstance(value, (str, int, float, bool))


def _text(value: Any) -> str:
    """As it would stand in a cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "|".join(value)
    return str(value)
