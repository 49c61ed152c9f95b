"""From the bytes of a file to rows of cells: encodings, separators, quotes, and lines that are broken."""

from __future__ import annotations

import codecs
import csv
import io
import re
from dataclasses import dataclass, field
from typing import Any, Iterator, Optional, Sequence

from imports.kind import Columns, Kind, recognised
from imports.problems import Problem, UnusableFile
from imports.rows import Row
from imports.values import clean

MOST_BYTES = 200_000_000
LONGEST_RECORD = 50  # lines: a quote that is open for longer was never closed
SEPARATORS = (",", ";", "\t", "|")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Letters outside ASCII as UTF-8 writes them.
_UTF8_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH_BYTE = re.compile(rb"[\x80-\xff]")


@dataclass
class Table:
    """A file that was opened. Reading `rows` to the end also fills `broken`."""

    columns: Columns
    lines: Sequence[str]
    separator: str
    first: int  # index of the first line after the header
    broken: list[Problem] = field(default_factory=list)

    def rows(self) -> Iterator[Row]:
        """Every whole line; blank ones are left out, broken ones are in `broken` with their place."""
        index = self.first
        while index < len(self.lines):
            if not self.lines[index].strip(f" \n\ufeff{self.separator}"):
                index += 1
                continue
            taken, cells, fault = self._record(index)
            if fault is not None:
                self.broken.append(fault)
            else:
                yield Row(index + 1, self.columns.named(cells))
            index += taken

    def _record(self, index: int) -> tuple[int, list[str], Optional[Problem]]:
        """How many lines it takes, its cells or what is wrong. A broken one takes one line: the next is tried again."""
        line, expected = index + 1, len(self.columns.titles)
        if '"' not in self.lines[index]:  # most lines, by far
            cells, taken = self.lines[index].rstrip("\n").split(self.separator), 1
        else:
            reader = csv.reader(self.lines[index : index + LONGEST_RECORD], delimiter=self.separator, strict=True)
            try:
                cells = next(reader)
            except csv.Error:
                return 1, [], Problem(line, "", "quote_open")
            taken = reader.line_num
        if taken > 1 and self._swallowed(index, taken):
            return 1, [], Problem(line, "", "quote_open")
        while len(cells) > expected and not cells[-1].strip():
            cells.pop()
        if len(cells) != expected:
            return 1, [], Problem(line, "", "cell_count", {"expected": expected, "found": len(cells)})
        return taken, cells, None

    def _swallowed(self, index: int, taken: int) -> bool:
        """Whether one of the lines inside an open quote is a whole row by itself."""
        enough = len(self.columns.titles) - 1
        return enough > 0 and any(
            line.count(self.separator) >= enough for line in self.lines[index + 1 : index + taken]
        )


def open_table(data: bytes, kind: Kind[Any]) -> Table:
    """Raises UnusableFile: no text, no lines, no header of this kind."""
    text = decode(data)
    lines = list(io.StringIO(text, newline=None))
    index = next((number for number, line in enumerate(lines) if line.strip(" \n,;\t|")), None)
    if index is None:
        raise UnusableFile("file_empty")
    told = re.fullmatch(r'"?sep=(.)"?', lines[index].strip(" \n"))
    if told:
        index += 1
    if index >= len(lines):
        raise UnusableFile("file_empty")
    separator = told[1] if told else sniff_separator(lines[index], kind)
    titles = [clean(title) for title in _header_cells(lines[index], separator)]
    while titles and not titles[-1]:
        titles.pop()
    return Table(Columns.of(kind, titles), lines, separator, index + 1)


def decode(data: bytes) -> str:
    """By its mark, else as UTF-8, else as Windows-1256 (which has a sign for every byte). Raises UnusableFile."""
    if len(data) > MOST_BYTES:
        raise UnusableFile("file_large", most=MOST_BYTES // 1_000_000)
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise UnusableFile("file_workbook")
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _decoded(data[len(mark) :], encoding)
    if b"\x00" in data[:4096]:
        raise UnusableFile("file_not_text")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        # Mostly good UTF-8 is a damaged file, not one in another encoding.
        if 2 * sum(map(len, _UTF8_LETTER.findall(data))) > len(_HIGH_BYTE.findall(data)):
            raise UnusableFile("file_damaged", line=_line_of(data, error.start)) from None
        return _decoded(data, "cp1256")


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        newline = "\n".encode(encoding)
        raise UnusableFile("file_damaged", line=data[: error.start].count(newline) + 1) from None


def _line_of(data: bytes, position: int) -> int:
    return len(re.findall(rb"\r\n|\r|\n", data[:position])) + 1


def sniff_separator(header: str, kind: Kind[Any]) -> str:
    """The one that gives the most columns of this kind, then the most columns at all."""

    def worth(separator: str) -> tuple[int, int]:
        titles = _header_cells(header, separator)
        return sum(recognised(kind, title) is not None for title in titles), len(titles)

    return max(SEPARATORS, key=worth)


def _header_cells(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return line.split(separator)
