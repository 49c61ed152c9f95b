"""From a stored message to its one outcome: a turn, a place on the desk, or nothing to do."""

from __future__ import annotations

import asyncio
import logging
import traceback
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Callable, Optional, Sequence

from sqlalchemy import select, update
from sqlalchemy.engine import Connection, Engine

from clinic import consent
from clinic.conversations import Conversation, lock_conversation, set_language
from clinic.database.tables import handoffs, messages
from clinic.desk_events import notify_desk
from clinic.handoff import hand_over
from clinic.schedule import load_clinic
from clinic.taps import Tap, find_tap
from clinic.texts import say
from connectors.whatsapp import payloads
from connectors.whatsapp.render import ELLIPSIS, is_blank
from messaging.agent import EMERGENCY_ROUTE, Agent, Incoming, Parse
from messaging.bubbles import Bubble
from messaging.outbox import EMERGENCY, REPLY, queue_bubbles
from understanding.safety import is_red_flag

logger = logging.getLogger(__name__)

TAP_TEXT = "/tap"
# Seen by nobody, but Rasa takes only a text whose first character is "/" for a payload (and strips spaces before).
NO_PAYLOAD = "\u200b"
# A turn holds up the patient's next messages: after this many tries a person takes over.
TRIES = 3
# Meta delivers for days after an outage. Nobody waits for the bot any more then, and its window is closed.
TOO_OLD = timedelta(hours=24)
# Opting out ends all that we start, so it is taken at its word only if it is clear.
SURE_OF_OPT_OUT = 0.6


class TurnFailed(Exception):
    """The turn is to be tried again. Says which message; never what was in it."""


@dataclass(frozen=True)
class Opened:
    """An open message, and what it is to the bot: text, a tap on an option of ours, or neither."""

    message_id: str
    conversation_id: str
    wamid: str
    sent_at: datetime
    content: payloads.Content
    text: str
    tap: Optional[Tap]

    @property
    def readable(self) -> bool:
        return isinstance(self.content, (payloads.Text, payloads.Tap))

    @property
    def silent(self) -> bool:
        return isinstance(self.content, (payloads.Reaction, payloads.System))


class Turns:
    """Runs turns. The database is used in threads: the event loop belongs to the assistant."""

    def __init__(self, engine: Engine, agent: Agent, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._agent = agent
        self._clock = clock

    async def run(self, message_id: str, attempt: int = 1, again: bool = False) -> None:
        """Give the message its outcome. Raises TurnFailed while another try is worth it."""
        opened = await asyncio.to_thread(self._open, message_id)
        if opened is None:
            return
        if attempt > TRIES:
            # Its worker died each time, or could not even note that it failed.
            await asyncio.to_thread(self._give_up, opened)
            return
        try:
            await self._answer(opened, again or attempt > 1)
        except Exception as error:
            logger.error("turn of message %s failed, attempt %d: %s", message_id, attempt, _where(error))
            if attempt < TRIES:
                raise TurnFailed(message_id) from None
            await asyncio.to_thread(self._give_up, opened)

    def _open(self, message_id: str) -> Optional[Opened]:
        with self._engine.connect() as conn:
            row = conn.execute(select(messages).where(messages.c.id == message_id)).one_or_none()
            if row is None or row.outcome is not None:
                return None
            content = payloads.read_content(row.content)
            tap = None
            if isinstance(content, payloads.Tap):
                tap = find_tap(conn, str(row.conversation_id), content.id)
            return Opened(
                message_id=str(row.id),
                conversation_id=str(row.conversation_id),
                wamid=row.wamid,
                sent_at=row.sent_at,
                content=content,
                text=TAP_TEXT if tap else typed_text(content),
                tap=tap,
            )

    async def _answer(self, opened: Opened, again: bool) -> None:
        if opened.silent:
            await asyncio.to_thread(self._ignore, opened)
            return
        parse = await self._agent.parse(opened.text) if opened.text and opened.tap is None else None
        if parse is not None and parse.route == EMERGENCY_ROUTE:
            await asyncio.to_thread(self._say_emergency, opened, parse)
        elif parse is not None and parse.intent == "opt_out" and parse.confidence >= SURE_OF_OPT_OUT:
            await asyncio.to_thread(self._opt_out, opened, parse)
        elif not await asyncio.to_thread(self._leave_to_desk, opened, parse):
            bubbles = await self._agent.handle(
                Incoming(
                    message_id=opened.message_id,
                    wamid=opened.wamid,
                    conversation_id=opened.conversation_id,
                    text=opened.text,
                    tap=opened.tap,
                    parse=parse,
                    again=again,
                )
            )
            await asyncio.to_thread(self._reply, opened, parse, bubbles)

    def _ignore(self, opened: Opened) -> None:
        with self._engine.begin() as conn:
            _end(conn, opened, "ignored", None, self._clock())

    def _say_emergency(self, opened: Opened, parse: Parse) -> None:
        """The number goes out whoever owns the chat, and a person is told."""
        now = self._clock()
        with self._engine.begin() as conn:
            conversation = _lock(conn, opened, parse)
            if not _end(conn, opened, "turn", parse, now):
                return
            _call_for_help(conn, conversation, opened, now)

    def _opt_out(self, opened: Opened, parse: Parse) -> None:
        now = self._clock()
        with self._engine.begin() as conn:
            conversation = _lock(conn, opened, parse)
            if not _end(conn, opened, "turn", parse, now):
                return
            clinic = load_clinic(conn, conversation.clinic_id)
            _say(conn, conversation, opened, [Bubble(consent.stop_writing_first(conn, clinic, conversation, now))])

    def _leave_to_desk(self, opened: Opened, parse: Optional[Parse]) -> bool:
        """Whether this is no turn: a person owns the chat, the bot cannot read it, or it comes too late."""
        now = self._clock()
        with self._engine.begin() as conn:
            conversation = _lock(conn, opened, parse)
            if opened.tap is not None:
                return False
            with_person = _with_person(conn, conversation, opened)
            too_old = now - opened.sent_at > TOO_OLD
            if opened.readable and not with_person and not too_old:
                return False
            if _end(conn, opened, "desk", parse, now) and not with_person:
                if not too_old:
                    _say(conn, conversation, opened, [Bubble(say("handoff_media", conversation.language))])
                reason = "failure" if too_old else "media"
                hand_over(conn, conversation, reason, now, opened.message_id)
            notify_desk(conn, conversation.clinic_id, conversation.id)
            return True

    def _reply(self, opened: Opened, parse: Optional[Parse], bubbles: Sequence[Bubble]) -> None:
        """What the turn said, if it is still the first to end this message."""
        now = self._clock()
        with self._engine.begin() as conn:
            conversation = _lock(conn, opened, None)
            silenced = opened.tap is None and _with_person(conn, conversation, opened)
            said = any(not is_blank(bubble.text) or bubble.options for bubble in bubbles)
            outcome = "desk" if silenced or not said else "turn"
            if not _end(conn, opened, outcome, parse, now):
                return
            if silenced:
                notify_desk(conn, conversation.clinic_id, conversation.id)
            elif said:
                _say(conn, conversation, opened, bubbles)
            else:
                logger.error("turn of message %s said nothing", opened.message_id)
                _apologise(conn, conversation, opened, now)

    def _give_up(self, opened: Opened) -> None:
        now = self._clock()
        with self._engine.begin() as conn:
            conversation = _lock(conn, opened, None)
            if not _end(conn, opened, "desk", None, now):
                return
            if is_red_flag(opened.text):
                # The assistant may be what failed; the words alone are enough for the number.
                _call_for_help(conn, conversation, opened, now)
            elif _with_person(conn, conversation, opened):
                hand_over(conn, conversation, "failure", now, opened.message_id)
            else:
                _apologise(conn, conversation, opened, now)


def _call_for_help(conn: Connection, conversation: Conversation, opened: Opened, now: datetime) -> None:
    """The emergency number to the patient, before all else; the alarm to the desk."""
    number = load_clinic(conn, conversation.clinic_id).emergency_number
    word = say("emergency", conversation.language, number=number)
    _say(conn, conversation, opened, [Bubble(word)], priority=EMERGENCY)
    hand_over(conn, conversation, "emergency", now, opened.message_id)


def typed_text(content: payloads.Content) -> str:
    """What the assistant may read of it, never as a payload. Empty: nothing to read.

    A tap on an option that is not ours (or no more) is read as if its title had been typed.
    """
    if isinstance(content, payloads.Media):
        return neutral(content.caption) if not is_blank(content.caption) else ""
    if isinstance(content, payloads.Text):
        text = content.body
    elif isinstance(content, payloads.Tap):
        text = content.title
    else:
        return ""
    # Direction marks alone are a message too: not understood, but answered.
    return ELLIPSIS if is_blank(text) else neutral(text)


def neutral(text: str) -> str:
    return NO_PAYLOAD + text.lstrip() if text.lstrip().startswith("/") else text


def _lock(conn: Connection, opened: Opened, parse: Optional[Parse]) -> Conversation:
    """The conversation, in the language of this message, changed by nobody else until the transaction ends."""
    conversation = lock_conversation(conn, opened.conversation_id)
    language = parse.reply_language if parse is not None else None
    if language is None:
        return conversation
    set_language(conn, conversation, language)
    return replace(conversation, language=language)


def _end(conn: Connection, opened: Opened, outcome: str, parse: Optional[Parse], now: datetime) -> bool:
    """Close the message. False: it was closed by another run, and this one must write nothing."""
    values: dict[str, Any] = {"outcome": outcome, "ended_at": now}
    if parse is not None:
        values |= {"intent": parse.intent, "confidence": parse.confidence, "route": parse.route}
    elif opened.tap is not None:
        values |= {"intent": "tap", "confidence": 1.0, "route": "bot"}
    ended = conn.execute(
        update(messages)
        .where(messages.c.id == opened.message_id, messages.c.outcome.is_(None))
        .values(**values)
        .returning(messages.c.id)
    ).scalar_one_or_none()
    return ended is not None


def _say(
    conn: Connection, conversation: Conversation, opened: Opened, bubbles: Sequence[Bubble], priority: int = REPLY
) -> None:
    queue_bubbles(conn, conversation, bubbles, in_reply_to=opened.message_id, priority=priority)


def _apologise(conn: Connection, conversation: Conversation, opened: Opened, now: datetime) -> None:
    _say(conn, conversation, opened, [Bubble(say("apology_person", conversation.language))])
    hand_over(conn, conversation, "failure", now, opened.message_id)


def _with_person(conn: Connection, conversation: Conversation, opened: Opened) -> bool:
    """A person has the chat, and not because of this very message.

    A turn that hands over still says so, also when it is run again or taken up after a crash.
    """
    if conversation.owner == "bot":
        return False
    cause = conn.execute(
        select(handoffs.c.message_id).where(
            handoffs.c.conversation_id == conversation.id, handoffs.c.closed_at.is_(None)
        )
    ).scalar_one_or_none()
    return str(cause) != opened.message_id


def _where(error: BaseException) -> str:
    """The error's class and the lines it came through, without its text: that may hold a patient's words."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    way = " < ".join(f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in reversed(frames))
    return f"{type(error).__name__} at {way}"
