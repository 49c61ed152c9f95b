"""What every action does once a turn, in one transaction, whatever its feature."""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from datetime import datetime, timezone
from typing import Any, Mapping, Optional

from psycopg2.errorcodes import DEADLOCK_DETECTED, SERIALIZATION_FAILURE
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import insert, select
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import OperationalError

from clinic.conversations import (
    Conversation,
    ConversationNotFound,
    ensure_conversation,
    load_conversation,
    lock_conversation,
    set_language,
)
from clinic.database.tables import turns
from clinic.dialogue import Entity, Message, Part, Reply, Turn, When, begin_turn, converse, converse_in_parts
from clinic.flows import FLOWS, WORKS
from clinic.schedule import load_clinic
from clinic.taps import Tap
from istiqbal.bootstrap import shared_engine
from istiqbal.settings import read_settings
from messaging.agent import language_of
from messaging.bubbles import Bubble

logger = logging.getLogger(__name__)

# Two patients who reach for each other's slots can lock each other out for a moment; then the turn is begun again.
TRIES = 3
_RETRYABLE = frozenset({DEADLOCK_DETECTED, SERIALIZATION_FAILURE})


class ClinicAction(Action, ABC):
    """Subclasses give `feature` and `work`. The engine and the clock can be handed in."""

    feature: str

    def __init__(self, engine: Optional[Engine] = None) -> None:
        self._engine = engine

    def name(self) -> str:
        return f"action_{self.feature}"

    @abstractmethod
    def work(self, turn: Turn) -> Reply:
        """The feature's own answer, when the message is none to the open question."""

    def now(self) -> datetime:
        return datetime.now(timezone.utc)

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        # The database is waited for in a thread: the action server's loop serves the other patients meanwhile.
        latest = tracker.latest_message
        for bubble in await asyncio.to_thread(self.answer, tracker.sender_id, latest):
            dispatcher.utter_message(
                text=bubble.text,
                buttons=[
                    {"title": option.title, "payload": option.id, "description": option.description}
                    for option in bubble.options
                ],
                list_button=bubble.list_button,
            )
        return []

    def answer(self, sender_id: str, latest: Mapping[str, Any]) -> list[Bubble]:
        """One transaction, begun again on a deadlock. A message that was answered before gets the same answer."""
        engine = self._engine or shared_engine()
        for attempt in range(1, TRIES + 1):
            try:
                with engine.begin() as conn:
                    return self._answer_once(conn, sender_id, latest)
            except OperationalError as error:
                if getattr(error.orig, "pgcode", None) not in _RETRYABLE or attempt == TRIES:
                    raise
                logger.info("action %s begun again after a lock conflict", self.name())
        raise AssertionError("unreachable")

    def _answer_once(self, conn: Connection, sender_id: str, latest: Mapping[str, Any]) -> list[Bubble]:
        conversation = _conversation(conn, sender_id)
        message = read_message(latest, conversation)
        said_before = _replies(conn, conversation, message.key, self.name())
        if said_before is not None:
            return said_before
        if message.tap is None:
            set_language(conn, conversation, message.language)
            conversation = load_conversation(conn, conversation.id)
        turn = begin_turn(conn, load_clinic(conn, conversation.clinic_id), conversation, message, self.now())
        bubbles = self.reply(turn)
        conn.execute(
            insert(turns).values(
                conversation_id=conversation.id,
                message_key=message.key,
                action=self.name(),
                clinic_id=conversation.clinic_id,
                replies=[bubble.to_json() for bubble in bubbles],
            )
        )
        return bubbles

    def reply(self, turn: Turn) -> list[Bubble]:
        """An open question is tried first; see `HumanAction` for those that never ask it."""
        return converse_in_parts(turn, self.work, WORKS, FLOWS)


class HumanAction(ClinicAction, ABC):
    """What people must see is never read as an answer to a question of ours."""

    def reply(self, turn: Turn) -> list[Bubble]:
        return converse(turn, self.work, {})


def _conversation(conn: Connection, sender_id: str) -> Conversation:
    """Locked until the turn ends. A sender that is none of ours (`rasa shell`) speaks as the demo contact."""
    try:
        return lock_conversation(conn, sender_id)
    except ConversationNotFound:
        phone_number_id = read_settings().phone_number_id
        made = ensure_conversation(
            conn, phone_number_id, wa_id=None, user_id=f"shell.{sender_id}", profile_name="Rasa Shell"
        )
        return lock_conversation(conn, made.id)


def _replies(conn: Connection, conversation: Conversation, key: str, action: str) -> Optional[list[Bubble]]:
    stored = conn.execute(
        select(turns.c.replies).where(
            turns.c.conversation_id == conversation.id, turns.c.message_key == key, turns.c.action == action
        )
    ).scalar_one_or_none()
    return None if stored is None else [Bubble.from_json(content) for content in stored]


def read_message(latest: Mapping[str, Any], conversation: Conversation) -> Message:
    """Rasa's parse of the newest message, as the dialogue reads it."""
    metadata = latest.get("metadata") or {}
    tap = metadata.get("tap")
    when = latest.get("when") or {}
    entities: dict[str, list[Entity]] = {}
    text = latest.get("text") or ""
    for found in latest.get("entities") or ():
        start, end = found.get("start", 0), found.get("end", 0)
        entities.setdefault(found["entity"], []).append(Entity(str(found["value"]), text[start:end], start, end))
    intent = latest.get("intent") or {}
    # What is in no language goes on in that of the chat.
    language = language_of(latest) or conversation.language
    return Message(
        key=metadata.get("wamid") or latest.get("message_id") or "",
        text=text,
        intent=intent.get("name") or "nlu_fallback",
        confidence=float(intent.get("confidence") or 0.0),
        language="en" if language == "en" else "ar",
        entities=entities,
        when=When(when.get("date"), when.get("time")),
        tap=Tap(**tap) if tap else None,
        message_id=metadata.get("message_id"),
        unsure_urgent=bool(latest.get("unsure_urgent")),
        parts=tuple(Part(**part) for part in latest.get("parts") or ()),
    )
