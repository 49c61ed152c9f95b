"""A kind of list: its columns and what they may be called, how a row is read, how the rows are written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Callable, Generic, Mapping, Optional, Sequence, TypeVar

from imports.job import Job
from imports.problems import UnusableFile
from imports.report import Report
from imports.rows import Cells
from understanding.folding import fold

R = TypeVar("R")


@dataclass(frozen=True)
class Column:
    """`name` is the field, and the name that we write; `titles` are other headers for it."""

    name: str
    about: str
    titles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kind(Generic[R]):
    """`required`: of each group, a file has at least one column.

    `read` gives a record, which counts only if the cells have no problems; `write` settles or refuses every record.
    """

    name: str
    columns: tuple[Column, ...]
    required: tuple[tuple[str, ...], ...]
    read: Callable[[Cells, Job], R]
    write: Callable[[Job, Sequence[R], Report], None]


@dataclass(frozen=True)
class Columns:
    """The header of a file, understood. `fields[i]` is the field of its i-th column, None if it is not known."""

    titles: tuple[str, ...]
    fields: tuple[Optional[str], ...]

    @classmethod
    def of(cls, kind: Kind[Any], titles: Sequence[str]) -> Columns:
        """Raises UnusableFile: a required column is missing, or two columns are the same field."""
        fields = tuple(recognised(kind, title) for title in titles)
        seen: dict[str, str] = {}
        for title, field in zip(titles, fields, strict=True):
            if field is not None and field in seen:
                raise UnusableFile("columns_double", first=seen[field], second=title, field=field)
            if field is not None:
                seen[field] = title
        missing = [" / ".join(group) for group in kind.required if not seen.keys() & set(group)]
        if missing:
            raise UnusableFile("columns_missing", missing=", ".join(missing), found=", ".join(seen.values()) or "-")
        return cls(tuple(titles), fields)

    @property
    def unknown(self) -> list[str]:
        return [title for title, field in zip(self.titles, self.fields, strict=True) if field is None]

    @property
    def by_field(self) -> Mapping[str, str]:
        return {field: title for title, field in zip(self.titles, self.fields, strict=True) if field is not None}

    def named(self, cells: Sequence[str]) -> dict[str, str]:
        return {field: cell for field, cell in zip(self.fields, cells, strict=True) if field is not None}


def recognised(kind: Kind[Any], title: str) -> Optional[str]:
    """The field that a header stands for, whatever its case, signs and spelling."""
    wanted = _plain(title)
    for column in kind.columns:
        if wanted and wanted in (_plain(known) for known in (column.name, *column.titles)):
            return column.name
    return None


@lru_cache(maxsize=10_000)
def _plain(title: str) -> str:
    """ "Date of birth *" and "date_of_birth" are one header, and so are "رقم الجوال" and "جوال رقم" without ال."""
    words = re.findall(r"[^\W_]+", fold(title))
    return " ".join(word.removeprefix("ال") if len(word) > 4 else word for word in words)
