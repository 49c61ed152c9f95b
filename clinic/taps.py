"""Buttons and rows that we issued. On the wire each is an opaque id that means something in one conversation only."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import Any, Mapping, Optional, Sequence

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from clinic.conversations import Conversation
from clinic.database.tables import tap_options
from clinic.questions import Choice


@dataclass(frozen=True)
class Tap:
    """An option of ours that the patient tapped."""

    id: str
    flow: str
    kind: str
    value: Mapping[str, Any]
    title: str = ""


def issue(conn: Connection, conversation: Conversation, flow: str, choices: Sequence[Choice]) -> tuple[Choice, ...]:
    """Give each choice its id, remembered for this conversation."""
    issued = tuple(replace(choice, id=secrets.token_urlsafe(12)) for choice in choices)
    if issued:
        conn.execute(
            insert(tap_options),
            [
                {
                    "id": choice.id,
                    "clinic_id": conversation.clinic_id,
                    "conversation_id": conversation.id,
                    "flow": flow,
                    "kind": choice.kind,
                    "value": dict(choice.value),
                    "title": choice.title,
                }
                for choice in issued
            ],
        )
    return issued


def find_tap(conn: Connection, conversation_id: str, option_id: str) -> Optional[Tap]:
    """None when the id is not one that this conversation was given."""
    row = conn.execute(
        select(tap_options).where(tap_options.c.id == option_id, tap_options.c.conversation_id == conversation_id)
    ).one_or_none()
    if row is None:
        return None
    return Tap(id=row.id, flow=row.flow, kind=row.kind, value=row.value, title=row.title)
