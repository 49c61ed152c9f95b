from __future__ import annotations

import asyncio
from typing import Any, Sequence

import pytest
from sqlalchemy import select, update
from sqlalchemy.engine import Engine

from clinic.consent import may_start
from clinic.conversations import lock_conversation
from clinic.database.tables import conversations, messages
from clinic.handoff import hand_over
from clinic.questions import Choice
from clinic.taps import issue
from clinic.texts import say
from messaging.agent import Incoming, Parse
from messaging.bubbles import Bubble, Option
from messaging.outbox import EMERGENCY
from messaging.turns import TRIES, TurnFailed, Turns
from tests.messaging.conftest import Chat
from tests.messaging.stub import NOW, Clock, StubAgent

EMERGENCY_PARSE = Parse("emergency", 0.95, "emergency", "en")


def give_to_person(chat: Chat) -> None:
    with chat.engine.begin() as conn:
        hand_over(conn, lock_conversation(conn, chat.conversation_id), "request_human", NOW)


def offer(chat: Chat, title: str = "Yes") -> str:
    with chat.engine.begin() as conn:
        (choice,) = issue(conn, chat.conversation(), "menu", [Choice(title, {"answer": "yes"}, "menu")])
        return choice.id


async def test_a_text_has_its_turn_and_its_reply(chat: Chat, turns: Turns, agent: StubAgent) -> None:
    message_id = chat.writes("Hello")
    await turns.run(message_id)
    row, (reply,) = chat.row(message_id), chat.out()
    assert (row.outcome, row.intent, row.confidence, row.route, row.ended_at) == ("turn", "greet", 0.9, "bot", NOW)
    assert (reply.text, reply.status, str(reply.in_reply_to)) == ("heard: Hello", "queued", message_id)
    (incoming,) = agent.handled
    assert (incoming.wamid, incoming.conversation_id, incoming.again) == (row.wamid, chat.conversation_id, False)


async def test_a_message_that_has_its_outcome_is_not_touched_again(chat: Chat, turns: Turns, agent: StubAgent) -> None:
    message_id = chat.writes("Hello")
    await turns.run(message_id)
    await turns.run(message_id, attempt=2)
    assert len(agent.handled) == len(chat.out()) == 1


@pytest.mark.parametrize(
    ("language", "kept"), [("en", "en"), ("ar", "ar"), ("arabizi", "ar"), ("mixed", "ar"), (None, "ar"), ("xx", "ar")]
)
async def test_the_language_of_the_message_is_set_before_the_turn(
    chat: Chat, turns: Turns, agent: StubAgent, language: str | None, kept: str
) -> None:
    seen: list[str] = []

    async def turn(_incoming: Incoming) -> Sequence[Bubble]:
        seen.append(chat.conversation().language)
        return [Bubble("ok")]

    agent.turn = turn
    agent.parses["x"] = Parse("greet", 0.9, "bot", language)
    await turns.run(chat.writes("x"))
    assert seen == [kept]


@pytest.mark.parametrize("body", ["/restart", "  /tap", '/confirm{"id":"7"}', "\n/"])
async def test_typed_text_is_never_a_payload(chat: Chat, turns: Turns, agent: StubAgent, body: str) -> None:
    await turns.run(chat.writes(body))
    (incoming,) = agent.handled
    assert not incoming.text.strip().startswith("/")
    assert incoming.text.endswith(body.strip())
    assert incoming.tap is None


@pytest.mark.parametrize("body", ["", "   ", "\u200f\u202a\u2066"])
async def test_a_message_with_nothing_to_see_is_answered(chat: Chat, turns: Turns, agent: StubAgent, body: str) -> None:
    message_id = chat.writes(body)
    await turns.run(message_id)
    assert agent.handled[0].text == "…"
    assert chat.row(message_id).outcome == "turn"
    assert len(chat.out()) == 1


async def test_4096_emoji_are_answered(chat: Chat, turns: Turns, agent: StubAgent) -> None:
    message_id = chat.writes("😀" * 4096)
    await turns.run(message_id)
    assert agent.handled[0].text == "😀" * 4096
    assert chat.row(message_id).outcome == "turn"


async def test_a_tap_is_resolved_and_not_parsed(chat: Chat, turns: Turns, agent: StubAgent) -> None:
    option_id = offer(chat)
    message_id = chat.taps(option_id, "Yes")
    await turns.run(message_id)
    (incoming,) = agent.handled
    assert (incoming.text, incoming.tap.id, incoming.tap.value) == ("/tap", option_id, {"answer": "yes"})
    assert agent.parsed == []
    assert chat.row(message_id).intent == "tap"


async def test_a_tap_on_what_another_patient_was_offered_is_only_its_title(
    engine: Engine, chat: Chat, turns: Turns, agent: StubAgent
) -> None:
    other = Chat(engine, chat.clock, chat.phone_number_id, "15550100999")
    other.store(other.message("text", {"body": "Hello"}))
    with engine.connect() as conn:
        ids = conn.execute(select(conversations.c.id)).scalars().all()
    other.conversation_id = next(str(each) for each in ids if str(each) != chat.conversation_id)
    await turns.run(chat.taps(offer(other), "/cancel it"))
    assert agent.handled[0].tap is None
    assert agent.handled[0].text == "\u200b/cancel it"


async def test_a_stale_tap_is_read_as_its_title(chat: Chat, turns: Turns, agent: StubAgent) -> None:
    await turns.run(chat.taps("gone", "Confirm"))
    assert (agent.handled[0].text, agent.handled[0].tap) == ("Confirm", None)


@pytest.mark.parametrize("with_person", [False, True])
async def test_an_emergency_gets_the_number_first_whoever_owns_the_chat(
    chat: Chat, turns: Turns, agent: StubAgent, with_person: bool
) -> None:
    if with_person:
        give_to_person(chat)
    agent.parses["chest pain"] = EMERGENCY_PARSE
    message_id = chat.writes("chest pain")
    await turns.run(message_id)
    (reply,) = chat.out()
    assert "997" in reply.text
    assert reply.priority == EMERGENCY
    assert (chat.row(message_id).outcome, chat.row(message_id).route) == ("turn", "emergency")
    assert (chat.conversation().owner, chat.handoff().reason, chat.handoff().urgency) == ("person", "emergency", "stat")
    assert agent.handled == []


async def test_an_emergency_in_the_caption_of_a_photo_is_one(chat: Chat, turns: Turns, agent: StubAgent) -> None:
    agent.parses["he cannot breathe"] = EMERGENCY_PARSE
    await turns.run(chat.sends("image", {"id": "3", "caption": "he cannot breathe"}))
    assert "997" in chat.said()[0]


async def test_an_old_emergency_still_gets_the_number(chat: Chat, turns: Turns, agent: StubAgent, clock: Clock) -> None:
    agent.parses["chest pain"] = EMERGENCY_PARSE
    message_id = chat.writes("chest pain")
    clock.forward(hours=30)
    await turns.run(message_id)
    assert "997" in chat.said()[0]


@pytest.mark.parametrize("with_person", [False, True])
async def test_opting_out_is_done_and_confirmed_whoever_owns_the_chat(
    chat: Chat, turns: Turns, agent: StubAgent, with_person: bool
) -> None:
    if with_person:
        give_to_person(chat)
    agent.parses["stop"] = Parse("opt_out", 0.9, "bot", "en")
    await turns.run(chat.writes("stop"))
    assert chat.said() == [say("opt_out_done", "en")]
    with chat.engine.connect() as conn:
        assert not may_start(conn, chat.conversation().contact_id, "care")


async def test_an_unsure_opt_out_is_left_to_the_turn(chat: Chat, turns: Turns, agent: StubAgent) -> None:
    agent.parses["stop"] = Parse("opt_out", 0.3, "bot", "en")
    await turns.run(chat.writes("stop"))
    assert chat.said() == ["heard: stop"]


async def test_the_bot_is_silent_while_a_person_owns_the_chat(chat: Chat, turns: Turns, agent: StubAgent) -> None:
    give_to_person(chat)
    text, photo = chat.writes("Hello"), chat.sends("image", {"id": "3"})
    await turns.run(text)
    await turns.run(photo)
    assert (chat.row(text).outcome, chat.row(photo).outcome) == ("desk", "desk")
    assert chat.row(text).intent == "greet"
    assert chat.out() == [] and agent.handled == []


async def test_a_tap_is_carried_out_while_a_person_owns_the_chat(chat: Chat, turns: Turns) -> None:
    option_id = offer(chat)
    give_to_person(chat)
    message_id = chat.taps(option_id, "Yes")
    await turns.run(message_id)
    assert chat.said() == ["heard: /tap"]
    assert chat.row(message_id).outcome == "turn"


@pytest.mark.parametrize(
    ("kind", "part"),
    [
        ("image", {"id": "3"}),
        ("audio", {"id": "3", "voice": True}),
        ("sticker", {"id": "3"}),
        ("location", {"latitude": 1.0, "longitude": 2.0}),
        ("contacts", [{"name": {"formatted_name": "Ali"}}]),
        ("unsupported", {"type": "poll_creation"}),
        ("hologram", None),
    ],
)
async def test_what_the_bot_cannot_read_goes_to_a_person_with_a_kind_word(
    chat: Chat, turns: Turns, kind: str, part: Any
) -> None:
    message_id = chat.sends(kind, part)
    await turns.run(message_id)
    assert chat.said() == [say("handoff_media", "ar")]
    assert chat.row(message_id).outcome == "desk"
    assert (chat.handoff().reason, str(chat.handoff().message_id)) == ("media", message_id)


@pytest.mark.parametrize(
    ("kind", "part"), [("reaction", {"message_id": "w", "emoji": "👍"}), ("system", {"type": "user_changed_number"})]
)
async def test_a_reaction_needs_no_answer(chat: Chat, turns: Turns, agent: StubAgent, kind: str, part: Any) -> None:
    message_id = chat.sends(kind, part)
    await turns.run(message_id)
    assert chat.row(message_id).outcome == "ignored"
    assert chat.out() == [] and chat.handoff() is None and agent.parsed == []


async def test_a_message_a_day_late_goes_to_a_person(chat: Chat, turns: Turns, agent: StubAgent, clock: Clock) -> None:
    message_id = chat.writes("book")
    clock.forward(hours=25)
    await turns.run(message_id)
    assert chat.row(message_id).outcome == "desk"
    assert chat.handoff() is not None
    assert chat.out() == [] and agent.handled == []


@pytest.mark.parametrize("said", [[], [Bubble("")], [Bubble("\u200f")]])
async def test_a_turn_that_says_nothing_is_answered_with_an_apology_and_a_person(
    chat: Chat, turns: Turns, agent: StubAgent, said: list[Bubble]
) -> None:
    async def silent(_incoming: Incoming) -> Sequence[Bubble]:
        return said

    agent.turn = silent
    message_id = chat.writes("Hello")
    await turns.run(message_id)
    assert chat.said() == [say("apology_person", "en")]
    assert (chat.row(message_id).outcome, chat.handoff().reason) == ("desk", "failure")


async def test_after_three_tries_a_person_takes_over(chat: Chat, turns: Turns, agent: StubAgent) -> None:
    async def broken(_incoming: Incoming) -> Sequence[Bubble]:
        raise RuntimeError("my chest hurts")

    agent.turn = broken
    message_id = chat.writes("Hello")
    for attempt in (1, 2):
        with pytest.raises(TurnFailed) as failed:
            await turns.run(message_id, attempt)
        assert failed.value.__cause__ is None and "chest" not in str(failed.value)
        assert chat.row(message_id).outcome is None
    await turns.run(message_id, 3)
    assert chat.said() == [say("apology_person", "en")]
    assert (chat.row(message_id).outcome, chat.handoff().reason) == ("desk", "failure")
    assert [incoming.again for incoming in agent.handled] == [False, True, True]


async def test_a_message_that_kills_its_worker_is_not_tried_for_ever(
    chat: Chat, turns: Turns, agent: StubAgent
) -> None:
    message_id = chat.writes("Hello")
    await turns.run(message_id, attempt=4)
    assert chat.handoff().reason == "failure" and agent.parsed == []


async def test_no_log_line_repeats_what_a_patient_wrote(
    chat: Chat, turns: Turns, agent: StubAgent, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(incoming: Incoming) -> Sequence[Bubble]:
        raise ValueError(incoming.text)

    agent.turn = broken
    with caplog.at_level("DEBUG"), pytest.raises(TurnFailed):
        await turns.run(chat.writes("chest-pain-word"))
    assert "chest-pain-word" not in caplog.text and "ValueError" in caplog.text


async def test_what_cannot_be_rendered_fails_the_turn_and_writes_nothing(
    chat: Chat, turns: Turns, agent: StubAgent
) -> None:
    async def eleven(_incoming: Incoming) -> Sequence[Bubble]:
        return [Bubble("ok"), Bubble("?", tuple(Option(str(number), str(number)) for number in range(11)))]

    agent.turn = eleven
    message_id = chat.writes("Hello")
    with pytest.raises(TurnFailed):
        await turns.run(message_id)
    assert chat.out() == [] and chat.row(message_id).outcome is None


async def test_a_handoff_of_the_turn_itself_still_says_so(chat: Chat, turns: Turns, agent: StubAgent) -> None:
    async def hands_over(incoming: Incoming) -> Sequence[Bubble]:
        with chat.engine.begin() as conn:
            conversation = lock_conversation(conn, incoming.conversation_id)
            hand_over(conn, conversation, "complaint", NOW, incoming.message_id)
        return [Bubble("a colleague takes over")]

    agent.turn = hands_over
    message_id = chat.writes("terrible")
    await turns.run(message_id)
    assert chat.said() == ["a colleague takes over"]
    assert chat.row(message_id).outcome == "turn"


async def test_a_handoff_survives_a_crash_between_the_action_and_the_reply(
    chat: Chat, turns: Turns, agent: StubAgent
) -> None:
    async def hands_over(incoming: Incoming) -> Sequence[Bubble]:
        with chat.engine.begin() as conn:
            conversation = lock_conversation(conn, incoming.conversation_id)
            hand_over(conn, conversation, "complaint", NOW, incoming.message_id)
        if not incoming.again:
            raise ConnectionError
        return [Bubble("a colleague takes over")]

    agent.turn = hands_over
    message_id = chat.writes("terrible")
    with pytest.raises(TurnFailed):
        await turns.run(message_id)
    await turns.run(message_id, 2)
    assert chat.said() == ["a colleague takes over"]


async def test_the_bot_falls_silent_when_a_person_takes_over_in_the_middle_of_a_turn(
    chat: Chat, turns: Turns, agent: StubAgent
) -> None:
    async def meanwhile(_incoming: Incoming) -> Sequence[Bubble]:
        give_to_person(chat)
        return [Bubble("too late")]

    agent.turn = meanwhile
    message_id = chat.writes("Hello")
    await turns.run(message_id)
    assert chat.out() == []
    assert chat.row(message_id).outcome == "desk"


async def test_of_two_workers_with_the_same_message_one_writes(chat: Chat, turns: Turns, agent: StubAgent) -> None:
    arrived = asyncio.Event()
    count = 0

    async def slow(_incoming: Incoming) -> Sequence[Bubble]:
        nonlocal count
        count += 1
        if count == 2:
            arrived.set()
        await asyncio.wait_for(arrived.wait(), 10)
        return [Bubble("once")]

    agent.turn = slow
    message_id = chat.writes("Hello")
    await asyncio.gather(turns.run(message_id), turns.run(message_id, 2))
    assert count == 2
    assert chat.said() == ["once"]


async def test_the_loser_hands_nothing_over(chat: Chat, turns: Turns, agent: StubAgent) -> None:
    message_id = chat.writes("chest pain")
    agent.parses["chest pain"] = EMERGENCY_PARSE

    async def ended_by_another(text: str) -> Parse:
        with chat.engine.begin() as conn:
            conn.execute(update(messages).where(messages.c.id == message_id).values(outcome="turn"))
        return EMERGENCY_PARSE

    agent.parse = ended_by_another  # type: ignore[method-assign]  # another worker comes between
    await turns.run(message_id)
    assert chat.out() == [] and chat.handoff() is None


@pytest.mark.parametrize("with_person", [False, True])
async def test_an_emergency_gets_its_number_also_when_the_assistant_fails(
    chat: Chat, turns: Turns, agent: StubAgent, with_person: bool
) -> None:
    """Law 6 does not depend on a model: the words alone are enough."""

    async def broken(text: str) -> Parse:
        raise RuntimeError("no model")

    if with_person:
        give_to_person(chat)
    agent.parse = broken  # type: ignore[method-assign]  # the assistant is what fails here
    message_id = chat.writes("my father has chest pain and cannot breathe")
    await turns.run(message_id, TRIES)
    assert "997" in chat.said()[0]
    assert chat.handoff().reason == "emergency"
