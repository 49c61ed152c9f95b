"""One turn, without Rasa: an answer to the open question if it is one, else the feature's own work."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Callable, Mapping, Optional, Protocol, Sequence

from sqlalchemy import update
from sqlalchemy.engine import Connection

from clinic import handoff
from clinic.conversations import Conversation, load_conversation
from clinic.database.tables import conversations
from clinic.questions import Choice, OpenQuestion, ask, close_question, load_question
from clinic.schedule import Clinic
from clinic.taps import Tap, issue
from clinic.wording import question_line
from messaging.bubbles import Bubble, Option

# From here on an intent is taken at its word; below, an open question may read the message as it likes.
CONFIDENT = 0.6


@dataclass(frozen=True)
class Entity:
    """`value` as in the contract of `istiqbal understand`; `start` and `end` are offsets into the text."""

    value: str
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class When:
    """A moment, a range with open ends as None, or None."""

    date: Any = None  # "YYYY-MM-DD" | ["YYYY-MM-DD" | None, ...] | None
    time: Any = None  # "HH:MM" | ["HH:MM" | None, ...] | None

    def __bool__(self) -> bool:
        return self.date is not None or self.time is not None


@dataclass(frozen=True)
class Message:
    """The newest message as the dialogue sees it. `key` is its wamid."""

    key: str
    text: str
    intent: str
    confidence: float
    language: str  # en | ar
    entities: Mapping[str, Sequence[Entity]] = field(default_factory=dict)
    when: When = When()
    tap: Optional[Tap] = None
    message_id: Optional[str] = None
    unsure_urgent: bool = False

    def first(self, entity: str) -> Optional[Entity]:
        found = self.entities.get(entity, ())
        return found[0] if found else None


@dataclass(frozen=True)
class Turn:
    """What a feature works with. One transaction."""

    conn: Connection
    clinic: Clinic
    conversation: Conversation
    message: Message
    question: Optional[OpenQuestion]
    now: datetime

    @property
    def language(self) -> str:
        return self.conversation.language


@dataclass(frozen=True)
class Asks:
    """The reply leaves this question open."""

    flow: str
    kind: str
    draft: Mapping[str, Any]


@dataclass(frozen=True)
class Reply:
    """What is said. `choices` become buttons, or rows behind `list_button`."""

    text: str
    choices: tuple[Choice, ...] = ()
    list_button: Optional[str] = None
    asks: Optional[Asks] = None
    flow: str = "menu"  # whose taps the choices are, when nothing is asked
    closes: bool = False  # the open question is settled
    hands_over: Optional[str] = None  # reason: a person takes it from here
    understood: bool = True


Work = Callable[[Turn], Reply]


class Flow(Protocol):
    """A conversation with a goal, one question at a time."""

    def answer(self, turn: Turn, question: Optional[OpenQuestion]) -> Optional[Reply]:
        """What follows if the message answers the question (or taps an option of this flow); None if it does not."""


def converse(turn: Turn, work: Work, flows: Mapping[str, Flow]) -> list[Bubble]:
    """Answer the newest message. Writes the question, the taps and the owner; the caller owns the transaction."""
    reply = _as_answer(turn, flows) or work(turn)
    return _deliver(turn, reply)


def _as_answer(turn: Turn, flows: Mapping[str, Flow]) -> Optional[Reply]:
    question = turn.question if turn.question and not turn.question.suspended else None
    tap = turn.message.tap
    if tap is not None:
        flow = flows.get(tap.flow)
        same = question if question and question.flow == tap.flow else None
        return flow.answer(turn, same) if flow else None
    if question is None or question.flow not in flows:
        return None
    return flows[question.flow].answer(turn, question)


def _deliver(turn: Turn, reply: Reply) -> list[Bubble]:
    conn, conversation = turn.conn, turn.conversation
    _count_misunderstood(turn, reply)
    if reply.hands_over is not None:
        handoff.hand_over(conn, conversation, reply.hands_over, turn.now, turn.message.message_id)
        return [Bubble(reply.text)]
    if reply.asks is not None:
        choices = issue(conn, conversation, reply.asks.flow, reply.choices)
        ask(
            conn,
            conversation,
            flow=reply.asks.flow,
            kind=reply.asks.kind,
            choices=choices,
            draft=reply.asks.draft,
            now=turn.now,
        )
        return [to_bubble(replace(reply, choices=choices))]
    if reply.closes:
        close_question(conn, conversation)
    elif turn.question and not turn.question.suspended and load_conversation(conn, conversation.id).owner == "bot":
        # The detour is answered; the question is said again in one line, in the same bubble.
        line = question_line(turn.question, turn.language)
        return [Bubble(f"{reply.text}\n\n{line.text}", line.options, line.list_button)]
    return [to_bubble(replace(reply, choices=issue(conn, conversation, reply.flow, reply.choices)))]


def _count_misunderstood(turn: Turn, reply: Reply) -> None:
    count = 0 if reply.understood else turn.conversation.misunderstood + 1
    if count != turn.conversation.misunderstood:
        turn.conn.execute(
            update(conversations).where(conversations.c.id == turn.conversation.id).values(misunderstood=count)
        )


def to_bubble(reply: Reply) -> Bubble:
    return Bubble(
        reply.text,
        tuple(Option(choice.id, choice.title, choice.description) for choice in reply.choices),
        reply.list_button,
    )


def begin_turn(conn: Connection, clinic: Clinic, conversation: Conversation, message: Message, now: datetime) -> Turn:
    return Turn(conn, clinic, conversation, message, load_question(conn, conversation, now), now)
