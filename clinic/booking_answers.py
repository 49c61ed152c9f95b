"""What a message means for a booking that is under way. Pure.

A tap, then an exact answer, then a correction of what is known, then a free text. A confident intent of another feature
beats a correction and a free text, never a tap or an exact answer.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Mapping, Optional

from clinic.booking import NEW_TIME, BookingDraft
from clinic.dialogue import CONFIDENT, Message
from clinic.household import Person, people_in
from clinic.questions import OpenQuestion
from clinic.short_answers import choice_said, says_no, says_not, says_stop, says_yes
from clinic.wishes import wishes_in
from understanding.folding import fold


@dataclass(frozen=True)
class Answer:
    """What a message changes in the draft; `stops` ends the flow."""

    changes: Mapping[str, Any]
    stops: bool = False


def apply(draft: BookingDraft, answer: Answer) -> BookingDraft:
    return replace(draft, **answer.changes)


# What a patient says who means this booking, if loosely.
OWN_INTENTS = frozenset(
    {"book_appointment", "reschedule_appointment", "affirm", "deny", "check_appointment", "nlu_fallback"}
)
# Questions about the patient: their answers are read by household_flow.
PATIENT_KINDS = frozenset({"patient", "same_person", "patient_name", "birth_date", "gender"})


def read_answer(question: OpenQuestion, message: Message) -> Optional[Answer]:
    """What the message answers, or None."""
    if message.tap is not None:
        return read_choice(message.tap.kind, message.tap.value)
    exact = _read_exact(question, message)
    if exact is not None:
        return exact
    if message.intent not in OWN_INTENTS and message.confidence >= CONFIDENT:
        return None
    return _read_correction(question, message)


def read_choice(kind: str, value: Mapping[str, Any]) -> Optional[Answer]:
    """A tap on one of this flow's own options, whichever question it belonged to."""
    return Answer(_CHOICES[kind](value)) if kind in _CHOICES else None


def _specialty(value: Mapping[str, Any]) -> dict[str, Any]:
    return {**NEW_TIME, "practitioner": None, "service": None, "specialty": value["specialty"]}


def _slot(value: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "slot_practitioner": value["practitioner"],
        "slot_start": value["start"],
        "specialty": value["specialty"],
        "service": value.get("service"),
        "moving": value.get("moving"),
        "asking": None,
        "confirmed": False,
    }


_CHOICES: dict[str, Any] = {
    "specialty": _specialty,
    "slot": _slot,
    "more": lambda value: {**NEW_TIME, "page": value["page"]},
    "any_doctor": lambda value: {
        **NEW_TIME,
        "practitioner": None,
        "doctor_said": None,
        "gender": None,
        "language": None,
    },
    "their_others": lambda value: {**NEW_TIME, "practitioner": None, "doctor_said": None},
    "other_doctor": lambda value: {**NEW_TIME, "asking": "doctor"},
    "doctor": lambda value: {**NEW_TIME, "practitioner": value["practitioner"]},
    "other_day": lambda value: {**NEW_TIME, "asking": "day"},
    "day": lambda value: {**NEW_TIME, "date": value["date"], "time": None},
    "other_time": lambda value: {**NEW_TIME, "date": None, "time": None},
    "other_specialty": lambda value: {**NEW_TIME, "specialty": None, "service": None, "practitioner": None},
    "someone_else": lambda value: {"asking": "patient", "people": (), "patient": None, "confirmed": False},
    "confirm": lambda value: {"confirmed": True},
    "waitlist": lambda value: {"waits": True, "asking": None},
    # The next one of a household, for the same as the one before.
    "also_for": lambda value: {**NEW_TIME, **value, "people": tuple(value["people"])},
}


def _read_exact(question: OpenQuestion, message: Message) -> Optional[Answer]:
    if says_stop(message.text):
        return Answer({}, stops=True)
    said_yes, said_no = says_yes(message.text), says_no(message.text)
    if question.kind == "confirm" and (said_yes or said_no):
        return read_choice("confirm" if said_yes else "other_time", {})
    if question.kind == "none_free" and said_yes:
        return read_choice("waitlist", {})
    if question.kind == "wish" and (said_yes or said_no):
        offered = [choice.kind for choice in question.choices]
        return read_choice(offered[0] if said_yes and offered else "other_specialty", {})
    other = _other_said(question, message.text)
    if other is not None:
        return other
    choice = choice_said(message.text, question.choices, by_place=question.kind != "confirm")
    if choice is not None:
        return read_choice(choice.kind, choice.value)
    if question.kind == "specialty":
        named = message.first("specialty")
        if named and _covers(named.text, message.text):
            return Answer(_specialty({"specialty": named.value}))
    if question.kind == "slot" and isinstance(message.when.time, str):
        return _one_offered(question, message)
    return None


# Ways to ask for what stands under the times, as the whole message.
_OTHER_AR = r"(?:تاني|تانيه|ثاني|ثانيه|اخر|اخري|غيره|غيرها|غير)"
_IS_THERE = r"(?:في |فيه |عندكم |شي )?"
_OTHERS = {
    "other_day": re.compile(
        rf"(?:an)?other days?|different day|{_IS_THERE}(?:غير )?يوم {_OTHER_AR}|ايام {_OTHER_AR}|غير يوم"
    ),
    "other_doctor": re.compile(
        r"(?:then )?(?:is there )?(?:an|any )?other (?:doctors?|dr)|someone else instead"
        rf"|{_IS_THERE}(?:دكتور|دكتوره|طبيب|طبيبه|حد|حدا) {_OTHER_AR}"
    ),
    "other_time": re.compile(
        rf"(?:an)?other time|(?:a )?different time|change (?:the |my )?time|{_IS_THERE}(?:وقت|موعد|ساعه) {_OTHER_AR}"
        r"|غيره? (?:ال)?(?:موعد|وقت|ساعه)"
    ),
    "more": re.compile(
        rf"more(?: times)?|any more|other times|{_IS_THERE}(?:اوقات|مواعيد) {_OTHER_AR}|غيرها|المزيد|كمان"
    ),
}
_AROUND_OTHER = re.compile(
    r"(?<!\w)(?:no|ok|please|pls|then|لا|لأ|طيب|بس|معلش|لو سمحت|من فضلك|ممكن|ابي|ابغي|اريد|بدي|عايزه?)(?!\w)|[?.!,،؟]"
)


def _other_said(question: OpenQuestion, text: str) -> Optional[Answer]:
    if question.kind not in {"slot", "confirm", "refused"} | PATIENT_KINDS:
        return None
    said = " ".join(_AROUND_OTHER.sub(" ", fold(text)).split())
    kind = next((kind for kind, pattern in _OTHERS.items() if pattern.fullmatch(said)), None)
    if kind == "more" or (kind == "other_time" and question.kind == "slot"):
        more = next((choice for choice in question.choices if choice.kind == "more"), None)
        # All that fit are shown: beside the time of day that was wished for there may be others.
        return read_choice("more", more.value) if more else Answer({**NEW_TIME, "time": None})
    return read_choice(kind, {}) if kind else None


def _one_offered(question: OpenQuestion, message: Message) -> Optional[Answer]:
    """A clock time (with or without its day) that names exactly one of the offered slots."""
    if message.intent not in OWN_INTENTS and message.confidence >= CONFIDENT:
        return None
    fitting = [
        choice
        for choice in question.choices
        if choice.kind == "slot"
        and choice.value["clock"] == message.when.time
        and message.when.date in (None, choice.value["date"])
    ]
    return read_choice("slot", fitting[0].value) if len(fitting) == 1 else None


def _read_correction(question: OpenQuestion, message: Message) -> Optional[Answer]:
    """Anything known may be given again, or given early, at any point."""
    changes = given(message) or _for_the_writer(question, message)
    if question.kind == "confirm" and not changes:
        if message.intent == "affirm" and not says_not(message.text):
            return Answer({"confirmed": True})
        if message.intent == "deny":
            return read_choice("other_time", {})
    return Answer(changes) if changes else None


def _for_the_writer(question: OpenQuestion, message: Message) -> dict[str, Any]:
    """ "No, it is for me", where it was for somebody else."""
    people = people_in(message.text, message.language, today=message.today)
    if not people or not all(map(_is_writer, people)) or not (question.draft.keys() & {"people", "patient", "asking"}):
        return {}
    return {"people": (), "patient": None, "confirmed": False, "asking": None}


def names_a_visit(message: Message) -> bool:
    """A specialty or a doctor is named: where nothing else is clear, that is a wish to see them."""
    return message.first("specialty") is not None or message.first("doctor") is not None


def given(message: Message) -> dict[str, Any]:
    """What a message gives of a booking, whatever it answers."""
    changes: dict[str, Any] = {}
    specialty, doctor = message.first("specialty"), message.first("doctor")
    if specialty:
        changes |= _specialty({"specialty": specialty.value})
    if doctor:
        changes |= {**NEW_TIME, "doctor_said": doctor.value, "practitioner": None}
    wishes = wishes_in(message.text, doctor_named=doctor is not None)
    if wishes:
        changes |= {**NEW_TIME, **wishes}
        if None in wishes.values():
            changes |= {"practitioner": None}
    # A new day keeps the time of day that was wished for, and the other way round.
    changes |= {**NEW_TIME, **_when_said(message)} if _when_said(message) else {}
    people = people_in(message.text, message.language, today=message.today)
    if any(not _is_writer(person) for person in people):
        changes |= {"people": tuple(map(person_json, people)), "patient": None, "confirmed": False, "asking": None}
    return changes


_ANY_DAY = re.compile(r"\bany ?day\b|(?<!\w)(?:اي|كل) يوم(?!\w)")
_ANY_TIME = re.compile(r"\bany ?time\b|\ball day\b|(?<!\w)(?:اي|كل) (?:وقت|ساعه)(?!\w)")


def _when_said(message: Message) -> dict[str, Any]:
    """Day and time, each only where it is said; None takes it back."""
    folded, said = fold(message.text), {}
    if message.when.date is not None or _ANY_DAY.search(folded):
        said["date"] = message.when.date
    if message.when.time is not None or _ANY_TIME.search(folded):
        said["time"] = message.when.time
    return said


def _is_writer(person: Person) -> bool:
    return person.relationship == "self" and person.name is None and person.birth_date is None


def person_json(person: Person) -> dict[str, Any]:
    """A Person as a draft keeps it."""
    written = {key: value for key, value in asdict(person).items() if value is not None and value is not False}
    if person.birth_date is not None:
        written["birth_date"] = person.birth_date.isoformat()
    return written


def person_of(written: Mapping[str, Any]) -> Person:
    born = written.get("birth_date")
    unsaid = dict.fromkeys(("name", "gender", "age_years", "age_months"))
    return Person(**{**unsaid, **written, "birth_date": date.fromisoformat(born) if born else None})


def _covers(part: str, whole: str) -> bool:
    """The value is the message, but for a word or two around it."""
    return len(fold(part)) >= 0.6 * len(fold(whole))
