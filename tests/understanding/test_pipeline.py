"""The whole reading of a message, the command over it, and the component in Rasa's hands."""

from __future__ import annotations

import io
import json
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from istiqbal.settings import PROJECT
from understanding.classifier import IntentClassifier
from understanding.cli import BadCall, read_lines, understand_command
from understanding.pipeline import NoModel, Understanding, newest_model
from understanding.routes import ROUTES

# The classifier is trained once for all of them.
pytestmark = pytest.mark.xdist_group("classifier")

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=timezone(timedelta(hours=3)))
EXAMPLES = [
    (block["intent"], line.removeprefix("- "), block["metadata"]["variety"])
    for path in sorted((PROJECT / "data" / "nlu").glob("*.yml"))
    for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
    for line in block["examples"].splitlines()
]
INTENTS = {intent for intent, _, _ in EXAMPLES}


@pytest.fixture(scope="module")
def understanding() -> Understanding:
    """Trained on a part of the examples: enough to read, quick to fit."""
    classifier = IntentClassifier()
    some = EXAMPLES[::5]
    classifier.fit([text for _, text, _ in some], [intent for intent, _, _ in some])
    return Understanding(classifier)


def test_every_intent_has_its_examples_in_each_language() -> None:
    for intent in INTENTS:
        twice = 2 if intent in ROUTES else 1
        count = {"english": 0, "arabizi": 0, "arabic": 0}
        for other, _, variety in EXAMPLES:
            if other == intent:
                count[variety if variety in count else "arabic"] += 1
        assert count["english"] >= 20 * twice and count["arabic"] >= 20 * twice and count["arabizi"] >= 10 * twice, (
            intent,
            count,
        )


def test_the_intents_are_those_of_the_domain() -> None:
    domain = yaml.safe_load((PROJECT / "domain.yml").read_text(encoding="utf-8"))
    assert {next(iter(one)) for one in domain["intents"]} == INTENTS | {"tap", "nlu_fallback"}


def test_no_example_stands_under_two_intents() -> None:
    seen: dict[str, str] = {}
    for intent, text, _ in EXAMPLES:
        assert seen.setdefault(text.casefold(), intent) == intent, text


def test_a_reading_has_the_shape_of_the_contract(understanding: Understanding) -> None:
    read = understanding.read("book derma for my daughter tomorrow at 5pm with Dr Sara", NOW).to_json()
    assert list(read) == ["text", "language", "intent", "confidence", "route", "reason", "entities", "when"]
    assert read["when"] == {"date": "2026-11-25", "time": "17:00"}
    assert read["entities"]["specialty"] == [{"value": "dermatology", "text": "derma", "start": 5, "end": 10}]
    assert read["entities"]["person"][0]["value"] == "child"
    assert read["entities"]["date"][0]["text"] == "tomorrow"


@pytest.mark.parametrize(
    "text", ["", " ", "\u200f\u202b", "😀" * 4096, "\u0000", "…", "/restart", "؟؟؟", "1", "a" * 20_000]
)
def test_noise_is_read_without_an_error_and_raises_no_alarm(understanding: Understanding, text: str) -> None:
    read = understanding.read(text, NOW)
    assert read.route == "bot" and read.intent in INTENTS


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(text=st.text(max_size=200))
def test_any_text_gets_an_intent_of_the_contract(understanding: Understanding, text: str) -> None:
    read = understanding.read(text, NOW)
    assert read.intent in INTENTS and 0 <= read.confidence <= 1
    json.dumps(read.to_json())


def test_the_safety_net_outranks_the_classifier(understanding: Understanding) -> None:
    read = understanding.read("I want to book a cleaning, wait my father has chest pain and cannot breathe", NOW)
    assert (read.intent, read.route, read.reason) == ("emergency", "emergency", "safety:chest_pain")


def test_lines_keep_their_order_and_their_keys(understanding: Understanding) -> None:
    lines = ['{"text": "book", "id": 7}', "not json", "", '{"id": 8}', '{"text": "hello", "id": 9}']
    answers = list(read_lines(understanding, lines, NOW))
    assert [answer.get("id") for answer in answers] == [7, None, 8, 9]
    assert answers[1]["error"] == "line 2 is not JSON" and answers[2]["error"] == "line 4 has no text"
    assert "intent" in answers[0] and "intent" in answers[3]


def test_a_saved_classifier_reads_the_same(understanding: Understanding, tmp_path: Path) -> None:
    understanding.classifier.save(tmp_path)
    loaded = IntentClassifier.load(tmp_path)
    assert loaded.rank("I want to book") == understanding.classifier.rank("I want to book")


def test_the_command_says_in_a_sentence_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BadCall, match="is no time"):
        understand_command("book", None, "yesterday-ish")
    with pytest.raises(BadCall, match="either a text or"):
        understand_command(None, None, None)
    with pytest.raises(BadCall, match="cannot be read"):
        understand_command(None, "/nowhere/at/all.jsonl", None)


def test_without_a_model_the_way_to_one_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoModel, match="make train"):
        newest_model(tmp_path)


def test_the_trained_model_answers_from_the_command_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO('{"text": "3ayez a7gez"}\n{"text": "ابغى احجز موعد"}\n'))
    understand_command(None, "-", "2026-11-24T10:00+03:00")
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer["intent"] for answer in answers] == ["book_appointment"] * 2
