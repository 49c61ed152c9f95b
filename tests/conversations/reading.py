"""Reads the conversations of scripts/; what does not fit the format of script.py is refused with its file and line."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Mapping, Sequence

import yaml

from clinic.database.tables.conversations import TASK_KINDS
from clinic.flows import FLOWS
from clinic.handoff import URGENCY_OF_REASON

from .script import (
    DOINGS,
    PATIENT_STATUSES,
    VARIETIES,
    WEEKDAYS,
    Before,
    Ends,
    Finish,
    Member,
    Offered,
    Script,
    SeededVisit,
    Step,
    Visit,
    Waiting,
    Words,
)

SCRIPTS = Path(__file__).parent / "scripts"


class BadScript(Exception):
    """Says what is wrong, in which file and line."""


def read_scripts(folder: Path = SCRIPTS) -> list[Script]:
    """Every conversation of every file, by file and place. Raises BadScript."""
    scripts = [script for path in sorted(folder.glob("*.yml")) for script in read_file(path)]
    known: dict[str, Script] = {}
    for script in scripts:
        if script.name in known:
            raise BadScript(f"{script.place}: {script.name!r} is also at {known[script.name].place}")
        known[script.name] = script
    return scripts


def read_file(path: Path) -> list[Script]:
    try:
        root = yaml.compose(path.read_text("utf-8"), Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BadScript(f"{path.name}:{line}: {error.problem}") from error
    return [_script(node) for node in _Node(path.name, root).items()]


@dataclass(frozen=True)
class _Node:
    """A piece of a file that knows where it stands."""

    file: str
    node: Any  # yaml.Node

    @property
    def place(self) -> str:
        return f"{self.file}:{self.node.start_mark.line + 1}"

    def wrong(self, why: str) -> BadScript:
        return BadScript(f"{self.place}: {why}")

    def value(self) -> Any:
        loader = yaml.SafeLoader("")
        return loader.construct_object(self.node, deep=True)

    def items(self) -> list[_Node]:
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.wrong("a list belongs here")
        return [_Node(self.file, item) for item in self.node.value]

    def keys(self, *allowed: str) -> dict[str, _Node]:
        if not isinstance(self.node, yaml.MappingNode):
            raise self.wrong(f"keys belong here: {', '.join(allowed)}")
        found: dict[str, _Node] = {}
        for key, value in self.node.value:
            at = _Node(self.file, key)
            if key.value not in allowed:
                raise at.wrong(f"unknown key {key.value!r}; known are {', '.join(allowed)}")
            if key.value in found:
                raise at.wrong(f"{key.value!r} stands twice")
            found[key.value] = _Node(self.file, value)
        return found

    def one_of(self, kind: type, *allowed: Any) -> Any:
        value = self.value()
        if not isinstance(value, kind) or isinstance(value, bool) and kind is not bool:
            raise self.wrong(f"{value!r} is no {kind.__name__}")
        if allowed and value not in allowed:
            raise self.wrong(f"{value!r} is none of {', '.join(map(str, allowed))}")
        return value

    def words(self) -> str:
        said = self.one_of(str)
        if not said.strip():
            raise self.wrong("nothing stands here")
        return str(said)

    def any_words(self) -> Words:
        if isinstance(self.node, yaml.SequenceNode):
            return tuple(item.words() for item in self.items())
        return self.words()


def _script(node: _Node) -> Script:
    keys = node.keys("name", "variety", "person", "needs", "plain", "before", "steps", "ends")
    for needed in ("name", "variety", "steps"):
        if needed not in keys:
            raise node.wrong(f"{needed} is missing")
    values: dict[str, Any] = {
        "name": keys["name"].words(),
        "variety": keys["variety"].one_of(str, *VARIETIES),
        "steps": tuple(_step(step) for step in keys["steps"].items()),
        "place": node.place,
    }
    if "person" in keys:
        values["person"] = keys["person"].words()
    if "needs" in keys:
        values["needs"] = tuple(need.words() for need in keys["needs"].items())
    if "plain" in keys:
        values["plain"] = keys["plain"].one_of(bool)
    if "before" in keys:
        values["before"] = _before(keys["before"])
    if "ends" in keys:
        values["ends"] = _ends(keys["ends"], values.get("before", Before()))
    if not values["steps"]:
        raise keys["steps"].wrong("nothing happens")
    return Script(**values)


def _before(node: _Node) -> Before:
    keys = node.keys("household", "visits")
    household = tuple(_member(one) for one in keys["household"].items()) if "household" in keys else ()
    visits = tuple(_seeded(one, household) for one in keys["visits"].items()) if "visits" in keys else ()
    return Before(household, visits)


def _member(node: _Node) -> Member:
    keys = node.keys("name", "relationship", "gender", "age")
    return _made(
        Member,
        node,
        name=keys.get("name") and keys["name"].words(),
        relationship=keys.get("relationship")
        and keys["relationship"].one_of(str, "self", "child", "spouse", "parent", "other"),
        gender=keys.get("gender") and keys["gender"].one_of(str, "female", "male"),
        age=keys.get("age") and keys["age"].one_of(int),
    )


def _seeded(node: _Node, household: Sequence[Member]) -> SeededVisit:
    keys = node.keys("specialty", "days", "patient", "practitioner")
    patient = keys.get("patient") and keys["patient"].one_of(str, *(member.name for member in household))
    return _made(
        SeededVisit,
        node,
        specialty=keys.get("specialty") and keys["specialty"].words(),
        days=keys.get("days") and keys["days"].one_of(int),
        patient=patient,
        practitioner=keys.get("practitioner") and keys["practitioner"].words(),
    )


def _step(node: _Node) -> Step:
    keys = node.keys(*DOINGS, "expect", "never", "options", "offers", "bubbles")
    doing = [key for key in keys if key in DOINGS]
    if len(doing) != 1:
        raise node.wrong(f"a step is one of {', '.join(DOINGS)}")
    return Step(
        doing=doing[0],
        what=_what(doing[0], keys[doing[0]]),
        place=node.place,
        expect=tuple(one.any_words() for one in keys["expect"].items()) if "expect" in keys else (),
        never=tuple(one.words() for one in keys["never"].items()) if "never" in keys else (),
        options=tuple(one.any_words() for one in keys["options"].items()) if "options" in keys else (),
        offers=_offered(keys["offers"]) if "offers" in keys else None,
        bubbles=keys["bubbles"].one_of(int) if "bubbles" in keys else None,
    )


def _what(doing: str, node: _Node) -> Any:
    if doing in ("send", "silent"):
        return node.words()
    if doing in ("tap", "tap_earlier"):
        return node.any_words()
    if doing == "tap_time":
        return node.one_of(int, *range(1, 11))
    if doing == "hand_back":
        return node.one_of(bool, True)
    return _finish(node)


def _finish(node: _Node) -> Finish:
    keys = node.keys("specialty", "who", "name", "time", "say")
    values: dict[str, Any] = {key: keys[key].words() for key in ("specialty", "who", "name") if key in keys}
    if "time" in keys:
        values["time"] = keys["time"].one_of(int, *range(1, 11))
    if "say" in keys:
        said = keys["say"].keys("birth_date", "gender", "same_person", "patient", "patient_name")
        values["say"] = {kind: words.words() for kind, words in said.items()}
    return Finish(**values)


def _offered(node: _Node) -> Offered:
    keys = node.keys("weekday", "from", "until", "practitioner", "gender", "notice")
    return _made(
        Offered,
        node,
        **_times(keys),
        practitioner=keys.get("practitioner") and keys["practitioner"].words(),
        gender=keys.get("gender") and keys["gender"].one_of(str, "female", "male"),
        notice=keys.get("notice") and keys["notice"].one_of(int),
    )


def _times(keys: Mapping[str, _Node]) -> dict[str, Any]:
    return {
        "weekday": keys["weekday"].one_of(str, *WEEKDAYS) if "weekday" in keys else None,
        "from_": keys["from"].words() if "from" in keys else None,
        "until": keys["until"].words() if "until" in keys else None,
    }


def _ends(node: _Node, before: Before) -> Ends:
    keys = node.keys(*(one.name for one in fields(Ends)))
    values: dict[str, Any] = {
        key: tuple(read(one) for one in keys[key].items())
        for key, read in (("waitlist", _waiting), ("patients", _member), ("tasks", _task))
        if key in keys
    }
    if "appointments" in keys:
        values["appointments"] = tuple(_visit(one, len(before.visits)) for one in keys["appointments"].items())
    if "consents" in keys:
        given = keys["consents"].keys("care", "marketing")
        values["consents"] = {purpose: one.one_of(bool) for purpose, one in given.items()}
    if "handoff" in keys:
        values["handoff"] = keys["handoff"].one_of(str, *URGENCY_OF_REASON)
    for key in ("kept", "open"):
        if key in keys:
            values[key] = keys[key].one_of(str, *FLOWS, "nothing")
    if "language" in keys:
        values["language"] = keys["language"].one_of(str, "ar", "en")
    return Ends(**values)


def _task(node: _Node) -> Any:
    return node.one_of(str, *TASK_KINDS)


def _waiting(node: _Node) -> Waiting:
    keys = node.keys("specialty", "status")
    return _made(
        Waiting,
        node,
        specialty=keys.get("specialty") and keys["specialty"].words(),
        status=keys.get("status") and keys["status"].one_of(str, "waiting", "booked", "left", "expired"),
    )


def _visit(node: _Node, seeded: int) -> Visit:
    names = [one.name.rstrip("_") for one in fields(Visit)]
    keys = node.keys(*names)
    values = _times(keys)
    for key in ("specialty", "practitioner", "patient", "service"):
        values[key] = keys[key].words() if key in keys else None
    values["status"] = keys["status"].one_of(str, *PATIENT_STATUSES) if "status" in keys else "booked"
    values["gender"] = keys["gender"].one_of(str, "female", "male") if "gender" in keys else None
    values["cancelled_by"] = keys["cancelled_by"].one_of(str, "patient", "clinic") if "cancelled_by" in keys else None
    values["visit"] = keys["visit"].one_of(int, *range(1, seeded + 1)) if "visit" in keys else None
    values["moved"] = keys["moved"].one_of(bool) if "moved" in keys else None
    values["wishes"] = keys["wishes"].value() if "wishes" in keys else {}
    if values["moved"] is not None and values["visit"] is None:
        raise node.wrong("only a visit of `before` can have moved")
    return _made(Visit, node, **values)


def _made(kind: Any, node: _Node, **values: Any) -> Any:
    """An instance, if all that must be given is."""
    try:
        return kind(**{key: value for key, value in values.items() if value is not None})
    except TypeError as error:
        raise node.wrong(str(error).split("__init__() ")[-1]) from error
