"""The dialogue's one law: each intent has exactly one rule of two steps, and each rule an action that exists."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections import Counter

import yaml

import actions
from actions.clinic_action import ClinicAction
from istiqbal.settings import PROJECT

DOMAIN = yaml.safe_load((PROJECT / "domain.yml").read_text(encoding="utf-8"))
INTENTS = {name for entry in DOMAIN["intents"] for name in (entry if isinstance(entry, dict) else [entry])}
RULES = [
    rule
    for path in sorted((PROJECT / "data" / "rules").glob("*.yml"))
    for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]
]


def action_names() -> set[str]:
    names = set()
    for module in pkgutil.iter_modules(actions.__path__):
        members = inspect.getmembers(importlib.import_module(f"actions.{module.name}"), inspect.isclass)
        names |= {
            member().name()
            for _, member in members
            if issubclass(member, ClinicAction) and not inspect.isabstract(member)
        }
    return names


def test_each_intent_has_exactly_one_rule() -> None:
    counted = Counter(rule["steps"][0]["intent"] for rule in RULES)
    assert counted == Counter(INTENTS)


def test_each_rule_is_an_intent_and_an_action() -> None:
    for rule in RULES:
        assert [sorted(step) for step in rule["steps"]] == [["intent"], ["action"]], rule
        assert set(rule) == {"rule", "steps"}, rule


def test_the_actions_of_rules_domain_and_code_are_the_same() -> None:
    of_rules = {rule["steps"][1]["action"] for rule in RULES}
    assert of_rules == set(DOMAIN["actions"]) == action_names()


def test_nothing_holds_state_in_rasa() -> None:
    assert not DOMAIN.get("slots") and not DOMAIN.get("forms")
    assert DOMAIN["session_config"]["carry_over_slots_to_new_session"] is False
    assert not list((PROJECT / "data").glob("stories/**/*"))
