"""One turn, without Rasa: an answer to the open question if it is one, else the feature's own work."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import AbstractSet, Any, Callable, Mapping, Optional, Protocol, Sequence

from sqlalchemy import update
from sqlalchemy.engine import Connection

from clinic import handoff
from clinic.conversations import Conversation, load_conversation
from clinic.database.tables import conversations
from clinic.hours import weekend_on
from clinic.household import people_in
from clinic.questions import Choice, OpenQuestion, ask, close_question, load_question
from clinic.said_times import wished_time
from clinic.schedule import Clinic
from clinic.short_answers import choice_said
from clinic.taps import Tap, issue
from clinic.texts import say
from clinic.wording import question_line
from messaging.bubbles import Bubble, Option
from understanding.when import WEEKEND

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
class Part:
    """A stretch of a message that has a meaning of its own; `start` and `end` are offsets into the text."""

    intent: str
    confidence: float
    sure: bool
    start: int
    end: int


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
    parts: tuple[Part, ...] = ()  # where the message may have several meanings
    today: Optional[date] = None  # by the clinic's clock, when it was read

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
    weekend: AbstractSet[int] = WEEKEND  # as datetime.weekday()

    @property
    def language(self) -> str:
        return self.conversation.language

    @property
    def today(self) -> date:
        """By the clinic's clock."""
        return self.now.astimezone(self.clinic.zone).date()

    def about(self, key: str) -> Optional[str]:
        """What the open question is about, for messages that say "it" and "that": a field of its draft."""
        value = self.open_question.draft.get(key) if self.open_question else None
        return value if isinstance(value, str) else None

    @property
    def open_question(self) -> Optional[OpenQuestion]:
        """None also while a person has the chat."""
        return self.question if self.question and not self.question.suspended else None


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

    def then(self, after: Reply) -> Reply:
        """Both in one bubble. Buttons, and what is asked, are the later one's where it has some."""
        last = after if after.asks or (after.choices and self.asks is None) else self
        return replace(
            last,
            text=f"{self.text}\n\n{after.text}",
            closes=self.closes or after.closes,
            hands_over=after.hands_over or self.hands_over,
            understood=self.understood and after.understood,
        )


Work = Callable[[Turn], Reply]


class Flow(Protocol):
    """A conversation with a goal, one question at a time."""

    def answer(self, turn: Turn, question: Optional[OpenQuestion]) -> Optional[Reply]:
        """What follows if the message answers the question (or taps an option of this flow); None if it does not."""

    def resume(self, turn: Turn, draft: Mapping[str, Any]) -> Optional[Reply]:
        """Where the flow stands, said again after something else came first; None when it is of no use any more."""


def converse(turn: Turn, work: Work, flows: Mapping[str, Flow]) -> list[Bubble]:
    """Answer the newest message. Writes the question, the taps and the owner; the caller owns the transaction."""
    answered = _as_answer(turn, flows)
    reply = answered or _welcomed(turn, work(turn))
    return _deliver(turn, reply, flows, continues=answered is not None and not _of_another(turn))


def converse_in_parts(turn: Turn, work: Work, works: Mapping[str, Work], flows: Mapping[str, Flow]) -> list[Bubble]:
    """The same for a message that may mean several things: each gets its answer, all in one bubble.

    What is clearly another feature's question is answered aside; the rest is the answer to the open question, or, where
    nothing is open, does its own work. Of two flows that both begin, the second comes when the first has ended.
    """
    question = turn.open_question
    if question is not None and choice_said(turn.message.text, question.choices) is not None:
        # "Thu 26 Nov, 5:00 pm" is one of ours, comma and all.
        return converse(turn, work, flows)
    meanings = _split(turn.message, question is not None)
    if meanings is None:
        return converse(turn, work, flows)
    said = [works[aside.intent](_about(turn, aside)) for aside in meanings.asides]
    answered = None
    if meanings.rest is not None:
        rest = _about(turn, meanings.rest)
        answered = _as_answer(rest, flows)
        main = answered or (works[rest.message.intent](rest) if rest.message.intent in works else None)
        said += [main] if main else []
    later = works[meanings.later.intent](_about(turn, meanings.later)) if meanings.later else None
    if not said:
        return converse(turn, work, flows)
    reply = said[0]
    for one in said[1:]:
        reply = reply.then(one)
    reply = _welcomed(turn, reply)
    if later is not None and (later.asks is None or reply.asks is None):
        reply, later = reply.then(later), None
    return _deliver(turn, reply, flows, continues=answered is not None, later=later.asks if later else None)


def _welcomed(turn: Turn, reply: Reply) -> Reply:
    """Thanks said beside something else are heard too."""
    beside = turn.message.intent != "thank" and turn.message.tap is None
    if beside and any(part.sure and part.intent == "thank" for part in turn.message.parts):
        return replace(reply, text=f"{say('thank_beside', turn.language)}\n\n{reply.text}")
    return reply


@dataclass(frozen=True)
class _Meanings:
    """Of one message: what is answered aside, what remains as the main thing, and what comes after that."""

    asides: tuple[Message, ...]
    rest: Optional[Message]
    later: Optional[Message]


def _split(message: Message, asked: bool) -> Optional[_Meanings]:
    """None where the message means one thing, as its own intent says."""
    meant = {part.intent for part in message.parts if part.sure and part.intent not in _PLEASANTRIES}
    several = len(meant) >= 2 or (asked and meant & _ASIDES) or (message.intent in _PLEASANTRIES and meant)
    if message.tap is not None or not several:
        return None
    begins = [part for part in message.parts if part.sure and part.intent in _BEGINS]
    # "... and a lady doctor please", said beside a wish to book, is part of the wish.
    wish = "faq_female_doctor" if begins else None
    asides = {part.intent: part for part in message.parts if part.intent != wish and _is_aside(message, part)}
    others = [part for part in message.parts if part.intent == wish or not _is_aside(message, part)]
    # What begins one thing is read with all that is not aside: "I have three children, Ali, ... book for Ali".
    main, later = (others, []) if asked or len(begins) == 1 else (begins[:1], begins[1:2])
    if not asides and not main:
        return None
    return _Meanings(
        tuple(_only(message, [part]) for part in asides.values()),
        _only(message, main, None if asked else begins[0]) if main and (asked or begins) else None,
        _only(message, later) if later else None,
    )


def _is_aside(message: Message, part: Part) -> bool:
    """Another feature's question. Children who are named are not asked about, they are who it is for."""
    if not part.sure or part.intent not in _ASIDES:
        return False
    words = message.text[part.start : part.end]
    return part.intent != "faq_children" or not any(one.name for one in people_in(words, message.language))


# What is answered in a word or two, whatever else is going on.
_ASIDES = frozenset(
    {
        "faq_hours", "faq_location", "faq_parking", "faq_prices", "faq_payment", "faq_insurance", "faq_services",
        "faq_doctors", "faq_female_doctor", "faq_first_visit", "faq_preparation", "faq_results_time", "faq_children",
        "faq_walk_in", "faq_telehealth", "faq_cancellation_policy", "faq_prescription_refill", "faq_medical_report",
        "faq_vaccination", "faq_contact", "faq_privacy", "lab_results", "check_appointment", "running_late",
        "change_language", "bot_challenge", "opt_in", "opt_out",
    }
)  # fmt: skip
_BEGINS = frozenset({"book_appointment", "reschedule_appointment", "cancel_appointment", "ask_earlier_slot"})
# Said beside what is meant; alone they have an answer of their own.
_PLEASANTRIES = frozenset({"greet", "thank", "goodbye", "affirm", "deny", "out_of_scope"})


def _only(message: Message, parts: Sequence[Part], lead: Optional[Part] = None) -> Message:
    """The message as if these parts were all of it; `lead` is the one that says what is meant, else the clearest."""
    best = lead or max(parts, key=lambda part: part.confidence)

    def within(start: int, end: int) -> bool:
        return any(part.start <= start and end <= part.end for part in parts)

    entities = {name: [one for one in found if within(one.start, one.end)] for name, found in message.entities.items()}
    return replace(
        message,
        text=" ".join(message.text[part.start : part.end].strip(" .,!?;،؛؟") for part in parts),
        intent=best.intent if best.sure else "nlu_fallback",
        confidence=best.confidence,
        entities={name: found for name, found in entities.items() if found},
        parts=(),
    )


def _about(turn: Turn, message: Message) -> Turn:
    return replace(turn, message=read_times(message, turn.clinic, turn.weekend, turn.now))


def read_times(message: Message, clinic: Clinic, weekend: AbstractSet[int], now: datetime) -> Message:
    """Days and times of the message as the clinic's own clock and week read them."""
    local = now.astimezone(clinic.zone)
    when = wished_time(message.text, message.language, local, weekend)
    return replace(message, when=When(when.date, when.time), today=local.date())


def _as_answer(turn: Turn, flows: Mapping[str, Flow]) -> Optional[Reply]:
    question, tap = turn.open_question, turn.message.tap
    if tap is not None:
        flow = flows.get(tap.flow)
        return flow.answer(turn, _asked_by(tap.flow, question)) if flow else None
    if question is None or question.flow not in flows:
        return None
    return flows[question.flow].answer(turn, question)


def _asked_by(flow: str, question: Optional[OpenQuestion]) -> Optional[OpenQuestion]:
    """The open question if it is this flow's, or what this flow had asked before it was interrupted."""
    if question is None or question.flow == flow:
        return question
    if question.behind and question.behind["flow"] == flow:
        return replace(
            question, flow=flow, kind=question.behind["kind"], draft=question.behind["draft"], choices=(), behind=None
        )
    return None


def _deliver(
    turn: Turn, reply: Reply, flows: Mapping[str, Flow], continues: bool, later: Optional[Asks] = None
) -> list[Bubble]:
    """`continues`: the reply came from the flow that had asked, in answer to it. `later` waits behind the reply."""
    conn, conversation, question = turn.conn, turn.conversation, turn.open_question
    _count_misunderstood(turn, reply)
    if reply.hands_over is not None:
        handoff.hand_over(conn, conversation, reply.hands_over, turn.now, turn.message.message_id)
        return [Bubble(reply.text)]
    behind = _waits(later) if later else _behind(question, reply, continues, _of_another(turn))
    if reply.closes and reply.asks is None:
        close_question(conn, conversation)
        waiting = flows.get(behind["flow"]) if behind else None
        resumed = waiting.resume(_silent(turn), behind["draft"]) if waiting and behind else None
        if resumed is None:
            return [to_bubble(replace(reply, choices=issue(conn, conversation, reply.flow, reply.choices)))]
        reply, behind = reply.then(resumed), None
    if reply.asks is not None:
        asks = reply.asks
        choices = issue(conn, conversation, asks.flow, reply.choices)
        ask(
            conn, conversation, flow=asks.flow, kind=asks.kind, choices=choices, draft=asks.draft, now=turn.now,
            behind=behind,
        )  # fmt: skip
        return [to_bubble(replace(reply, choices=choices))]
    if not reply.closes and question and load_conversation(conn, conversation.id).owner == "bot":
        # The detour is answered; the question is said again in one line, in the same bubble.
        line = question_line(question, turn.language)
        return [Bubble(f"{reply.text}\n\n{line.text}", line.options, line.list_button)]
    return [to_bubble(replace(reply, choices=issue(conn, conversation, reply.flow, reply.choices)))]


def _of_another(turn: Turn) -> bool:
    """A tap on a bubble of another flow than the one that asks now."""
    tap, question = turn.message.tap, turn.open_question
    return tap is not None and (question is None or question.flow != tap.flow)


def _behind(
    question: Optional[OpenQuestion], reply: Reply, continues: bool, of_another: bool
) -> Optional[Mapping[str, Any]]:
    """What waits behind the reply's question: one deep, and never the same flow twice."""
    if question is None:
        return None
    asked = reply.asks.flow if reply.asks else None
    if continues or asked == question.flow or (reply.closes and not of_another):
        behind = question.behind
    else:
        behind = _waits(Asks(question.flow, question.kind, question.draft))
    return None if behind and behind["flow"] == asked else behind


def _waits(asks: Asks) -> Mapping[str, Any]:
    return {"flow": asks.flow, "kind": asks.kind, "draft": dict(asks.draft)}


def _silent(turn: Turn) -> Turn:
    """The turn without what the patient said: a flow that is taken up again must not read it as its own."""
    message = replace(
        turn.message, text="", intent="nlu_fallback", confidence=0.0, entities={}, when=When(), tap=None, parts=()
    )
    return replace(turn, message=message, question=None)


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
    weekend = weekend_on(conn, clinic.id, now.astimezone(clinic.zone).date())
    message = read_times(message, clinic, weekend, now) if message.tap is None else message
    return Turn(conn, clinic, conversation, message, load_question(conn, conversation, now), now, weekend)
