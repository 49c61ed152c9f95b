"""Whole conversations through real Rasa, actions, worker and emulator, all at once; each is judged by itself."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Iterator

import pytest
from sqlalchemy import delete

from clinic.database.tables import absences, seasons

from .conftest import FrontDesk
from .playing import Outcome, play
from .reading import BadScript, read_file, read_scripts
from .script import VARIETIES, Script

# The first of them waits for the front desk and the conversations of a whole morning.
pytestmark = pytest.mark.timeout(1800)

AT_ONCE = 6
SCRIPTS = read_scripts()
MOST_TAPS, MOST_BUBBLES = 3, 4

Outcomes = dict[str, "Future[Outcome]"]


@pytest.fixture(scope="session")
def outcomes(front_desk: FrontDesk) -> Iterator[Outcomes]:
    with front_desk.engine.begin() as conn:
        # "On Sunday" must mean the same in the week of a feast and in Ramadan.
        conn.execute(delete(absences))
        conn.execute(delete(seasons))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {
            script.name: pool.submit(play, front_desk, script, f"96652{number:07d}")
            for number, script in enumerate(SCRIPTS)
        }


@pytest.mark.parametrize("script", SCRIPTS, ids=[script.name for script in SCRIPTS])
def test_a_conversation_ends_as_it_should(outcomes: Outcomes, script: Script) -> None:
    outcome = outcomes[script.name].result()
    assert not outcome.wrong, outcome.report


def test_there_are_sixty_conversations_and_six_of_each_variety() -> None:
    assert len(SCRIPTS) >= 60
    count = Counter(script.variety for script in SCRIPTS)
    assert all(count[variety] >= 6 for variety in VARIETIES if variety != "mixed"), count


def test_three_of_four_conversations_end_without_a_person(outcomes: Outcomes) -> None:
    # One that stopped half way had no person either, but it did not end.
    alone = [one for one in _all(outcomes) if not one.with_person]
    ended = [one for one in alone if not one.wrong]
    assert len(ended) >= 0.75 * len(SCRIPTS), f"{len(ended)} ended alone, {len(alone)} saw no person, of {len(SCRIPTS)}"


def test_those_that_should_end_with_a_person_do(outcomes: Outcomes) -> None:
    wanted = [one for one in _all(outcomes) if one.script.ends.handoff is not None]
    assert len(wanted) >= 10
    assert [one.report for one in wanted if not one.with_person] == []


def test_a_plain_booking_takes_three_taps_and_four_bubbles(outcomes: Outcomes) -> None:
    plain = [one for one in _all(outcomes) if one.script.plain]
    assert len(plain) >= 5
    longer = [one for one in plain if one.wrong or one.taps > MOST_TAPS or one.bubbles > MOST_BUBBLES]
    assert [one.report for one in longer] == []


@pytest.mark.parametrize(
    ("text", "place", "why"),
    [
        ("- name: a\n  variety: gulf\n  stps: []", "3", "unknown key 'stps'"),
        ("- name: a\n  variety: martian\n  steps: []", "2", "'martian' is none of english"),
        ("- name: a\n  variety: gulf\n  steps: []", "3", "nothing happens"),
        ("- name: a\n  variety: gulf\n  steps:\n    - send: hi\n      tap: x", "4", "a step is one of send"),
        ("- name: a\n  variety: gulf\n  steps:\n    - send: no", "4", "False is no str"),
        ("- name: a\n  variety: gulf\n  name: b\n  steps:\n    - send: hi", "3", "'name' stands twice"),
        ("- name: a\n  variety: gulf\n  before:\n    visits:\n    - {specialty: x}\n  steps: []", "5", "'days'"),
        ("- name: a\n  variety: gulf\n  steps:\n    - send: hi\n  ends: {appointments: [{status: lost}]}", "5", "lost"),
        ("- [", "2", "expected the node content"),
    ],
)
def test_a_script_with_a_mistake_is_refused_with_its_place(tmp_path: Path, text: str, place: str, why: str) -> None:
    path = tmp_path / "some.yml"
    path.write_text(text + "\n", "utf-8")
    with pytest.raises(BadScript) as refused:
        read_file(path)
    assert str(refused.value).startswith(f"some.yml:{place}: ")
    assert why in str(refused.value)


def _all(outcomes: Outcomes) -> list[Outcome]:
    return [outcomes[script.name].result() for script in SCRIPTS]
