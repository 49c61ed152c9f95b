"""What goes in and comes out, for OpenAPI: written from the columns of each kind, so that it stays true."""

from __future__ import annotations

from typing import Any, Optional

from pydantic import BaseModel, Field

from api.bodies import MOST_ROWS
from imports.kind import Kind


class ProblemShape(BaseModel):
    """`column` is the field; "" when it is about the whole row."""

    column: str
    code: str
    message: str


class ResultShape(BaseModel):
    """What became of one row."""

    row: int = Field(description="Its position in the list, from 0.")
    outcome: str = Field(description="created, updated, unchanged or bad.")
    id: Optional[str] = Field(description="Our id; null when the row is bad.")
    problems: list[ProblemShape]


class RemarkShape(BaseModel):
    """Worth knowing; nothing is wrong."""

    row: Optional[int]
    code: str
    message: str


class ReportShape(BaseModel):
    """One result for each row, in the order of the list."""

    written: bool
    created: int
    updated: int
    unchanged: int
    bad: int
    results: list[ResultShape]
    remarks: list[RemarkShape]


class ErrorShape(BaseModel):
    """Nothing was read or written."""

    code: str
    message: str


_ANY_CELL = {
    "anyOf": [
        {"type": "string"},
        {"type": "number"},
        {"type": "boolean"},
        {"type": "array", "items": {"type": "string"}},
    ],
    "nullable": True,
}


def request_body(kind: Kind[Any]) -> dict[str, Any]:
    """The OpenAPI part for a list of rows of this kind."""
    required = [group[0] for group in kind.required if len(group) == 1]
    row = {
        "type": "object",
        "additionalProperties": False,
        "required": required,
        "properties": {column.name: {**_ANY_CELL, "description": column.about} for column in kind.columns},
    }
    listed = {"type": "array", "maxItems": MOST_ROWS, "items": row}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": listed}}}}
