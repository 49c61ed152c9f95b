"""Who a visit is for: found in the household, added to it, or asked about. A booking calls this and keeps the answers.

The questions, by kind, and what is under their choices (kind and value):
  patient       patient {"patient": id} each, then someone_else {}
  same_person   same_yes {"patient": id}, same_no {"patient": id}: of the one that it may be
  patient_name  none: a name is typed
  birth_date    none: a date is typed
  gender        gender {"patient": id, "gender": "female" | "male"}
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Optional, Sequence, Union

from clinic.dialogue import Asks, Message, Reply, Turn
from clinic.eligibility import Born
from clinic.household import Person, people_in
from clinic.household_search import (
    Choose,
    Missing,
    NeedsBirthDate,
    NeedsGender,
    NeedsName,
    One,
    Resolution,
    SamePerson,
    add_all,
    add_another,
    born_of,
    choose_from,
    missing,
    resolve,
    today_of,
)
from clinic.names import clean_name, is_shorter_or_same, may_be_same
from clinic.patients import Patient, patient_of_contact, update_patient
from clinic.questions import Choice
from clinic.said_ages import age_at, birth_at
from clinic.said_names import sounds_like_a_name
from clinic.short_answers import choice_said, says_no, says_yes
from clinic.texts import say
from clinic.tokens import read_tokens

__all__ = [
    "Answered",
    "Choose",
    "Missing",
    "NeedsBirthDate",
    "NeedsGender",
    "NeedsName",
    "One",
    "Resolution",
    "SamePerson",
    "add_all",
    "add_another",
    "ask_about",
    "birth_date_in",
    "born_in",
    "born_of",
    "choose_from",
    "gender_in",
    "missing",
    "question_kind",
    "read_name",
    "read_reply",
    "resolve",
]

# Ten rows on WhatsApp, one of them for somebody else; a row's title has 24 signs.
MOST_CANDIDATES = 9
MOST_SIGNS = 24
_MOST_NAME_WORDS = 6


@dataclass(frozen=True)
class Answered:
    """What an answer to one of the questions says: the patient, or people to resolve."""

    patient: Optional[Patient] = None
    people: tuple[Person, ...] = ()


# --- asking -----------------------------------------------------------------------------------------------------------


def question_kind(step: Union[Resolution, Missing]) -> str:
    """As in the table above; "" when nothing has to be asked."""
    return _KINDS[type(step)]


_KINDS: dict[type, str] = {
    One: "",
    Choose: "patient",
    SamePerson: "same_person",
    NeedsName: "patient_name",
    NeedsBirthDate: "birth_date",
    NeedsGender: "gender",
}


def ask_about(turn: Turn, step: Union[Resolution, Missing], asks: Asks) -> Reply:
    """The question in words. `asks` is the caller's, with its flow, `question_kind(step)` and draft."""
    language = turn.language
    if isinstance(step, Choose):
        choices = [_candidate(patient, language) for patient in step.candidates[:MOST_CANDIDATES]]
        choices.append(Choice(say("household_someone_else", language), {}, "someone_else"))
        return Reply(say("household_who", language), tuple(choices), say("household_button", language), asks)
    if isinstance(step, SamePerson):
        text = say("household_same", language, name=clean_name(step.person.name or ""), existing=step.existing.name)
        value = {"patient": step.existing.id}
        yes = Choice(say("household_same_yes", language), value, "same_yes")
        return Reply(text, (yes, Choice(say("household_same_no", language), value, "same_no")), asks=asks)
    if isinstance(step, NeedsName):
        return Reply(say(_name_key(step), language), asks=asks)
    if isinstance(step, NeedsBirthDate):
        return Reply(say(f"household_birth_date_{step.why}", language, patient=step.patient.name), asks=asks)
    assert isinstance(step, NeedsGender)
    genders = tuple(
        Choice(say(f"household_{gender}", language), {"patient": step.patient.id, "gender": gender}, "gender")
        for gender in ("female", "male")
    )
    return Reply(say("household_gender", language, patient=step.patient.name), genders, asks=asks)


def _name_key(step: NeedsName) -> str:
    return "household_names" if step.many else f"household_name_{step.relationship}"


def _candidate(patient: Patient, language: str) -> Choice:
    title = patient.name if len(patient.name) <= MOST_SIGNS else patient.name[: MOST_SIGNS - 1] + "…"
    return Choice(title, {"patient": patient.id}, "patient", say(f"household_is_{patient.relationship}", language))


# --- answers ----------------------------------------------------------------------------------------------------------


def read_reply(
    turn: Turn, kind: str, choices: Sequence[Choice], people: Sequence[Person], patient: Optional[Patient]
) -> Optional[Answered]:
    """What the newest message answers to one of these questions; None when it does not.

    `choices` of the open question; `people` as the draft has them; `patient` whom birth_date and gender are about.
    A tap is believed only as far as its patient is of this contact.
    """
    tap = turn.message.tap
    if tap is not None:
        return _read_choice(turn, Choice(tap.title, tap.value, tap.kind), people)
    chosen = choice_said(turn.message.text, choices)
    if chosen is not None:
        return _read_choice(turn, chosen, people)
    if kind == "same_person" and choices and (says_yes(turn.message.text) or says_no(turn.message.text)):
        return _read_choice(turn, choices[0 if says_yes(turn.message.text) else 1], people)
    if kind == "patient_name":
        return _for_the_writer(turn) or read_name(turn, people[0] if people else None)
    if kind == "birth_date" and patient is not None:
        return _read_birth(turn, patient)
    if kind == "gender" and patient is not None:
        gender = gender_in(turn.message.text, turn.message.language)
        return Answered(update_patient(turn.conn, turn.clinic.id, patient, gender=gender)) if gender else None
    if kind == "patient":
        found = people_in(turn.message.text, turn.message.language, asked="other", today=today_of(turn))
        return Answered(people=tuple(found)) if found else None
    return None


def _read_choice(turn: Turn, choice: Choice, people: Sequence[Person]) -> Optional[Answered]:
    if choice.kind not in ("patient", "same_yes", "same_no", "gender"):
        return None
    patient = patient_of_contact(turn.conn, turn.clinic.id, turn.conversation.contact_id, choice.value["patient"])
    if patient is None:
        return None
    if choice.kind == "gender":
        patient = update_patient(turn.conn, turn.clinic.id, patient, gender=choice.value["gender"])
    if choice.kind in ("same_yes", "same_no"):
        return _read_same(turn, patient, people, same=choice.kind == "same_yes")
    return Answered(patient)


def _read_same(turn: Turn, existing: Patient, people: Sequence[Person], same: bool) -> Optional[Answered]:
    """Of several people the others still have to be settled: they are handed back, to be resolved."""
    person = _doubted(people, existing)
    if person is None:
        return Answered(existing) if same else None
    if same:
        patient = _renamed(turn, existing, person)
        person_now = replace(person, name=patient.name, relationship=patient.relationship)
    else:
        patient, person_now = add_another(turn, person, existing), person
    if len(people) == 1:
        return Answered(patient)
    return Answered(people=tuple(person_now if one is person else one for one in people))


def _doubted(people: Sequence[Person], existing: Patient) -> Optional[Person]:
    """Whom the question was about: the first who may be the one that is known."""
    alike = (one for one in people if one.name and may_be_same(one.name, existing.name))
    writer = (one for one in people if one.name and one.relationship == existing.relationship == "self")
    return next(alike, None) or next(writer, None)


def _renamed(turn: Turn, existing: Patient, person: Person) -> Patient:
    """Ali, who is said to be Ali Hassan, bears the fuller name from now on; a WhatsApp profile gives way."""
    name = clean_name(person.name or "")
    if existing.relationship != "self" and not is_shorter_or_same(existing.name, name):
        return existing
    return update_patient(turn.conn, turn.clinic.id, existing, name=name)


def read_name(turn: Turn, person: Optional[Person]) -> Optional[Answered]:
    """Names typed in answer to "what is their name?", with ages perhaps: "Ali 7 and Sara 4", "اسمه علي"."""
    relationship = person.relationship if person else "other"
    message = turn.message
    found = [
        one
        for one in people_in(message.text, message.language, asked=relationship, today=today_of(turn))
        if one.name is not None
    ]
    if not found:
        name = clean_name(message.text)
        if not name or len(name.split()) > _MOST_NAME_WORDS or _is_about_else(message):
            return None
        found = [Person(name, relationship, None, None, None, None, message.text, 0, len(message.text))]
    if len(found) == 1:
        found = [_completed(found[0], person)]
    return Answered(people=tuple(found))


def _is_about_else(message: Message) -> bool:
    """An insurer or a specialty is named, or the words are none of a name: "no, Sunday"."""
    if message.first("insurer") or message.first("specialty"):
        return True
    return not sounds_like_a_name(message.text, message.language)


def _for_the_writer(turn: Turn) -> Optional[Answered]:
    """ "It is for me, not for my daughter", instead of her name."""
    found = people_in(turn.message.text, turn.message.language, today=today_of(turn))
    alone = found and all(one.relationship == "self" and one.name is None for one in found)
    return Answered(people=tuple(found[:1])) if alone else None


def _completed(answer: Person, asked: Optional[Person]) -> Person:
    """With what was said of them before their name was asked."""
    if asked is None:
        return answer
    return replace(
        answer,
        relationship=asked.relationship if answer.relationship in ("other", "self") else answer.relationship,
        gender=answer.gender or asked.gender,
        age_years=asked.age_years if answer.age_years is None else answer.age_years,
        age_months=asked.age_months if answer.age_years is None else answer.age_months,
        birth_date=answer.birth_date or asked.birth_date,
        birth_year=answer.birth_year or asked.birth_year,
    )


def _read_birth(turn: Turn, patient: Patient) -> Optional[Answered]:
    """A full date is stored. Less than that is handed back as what was said, to be weighed by `missing`."""
    said = _said_of_birth(turn.message.text, today_of(turn))
    if said is None:
        return None
    if said.birth_date is not None:
        return Answered(update_patient(turn.conn, turn.clinic.id, patient, birth_date=said.birth_date))
    return Answered(patient, (replace(said, name=patient.name, relationship=patient.relationship),))


def gender_in(text: str, language: str) -> Optional[str]:
    """ "female", "he is a boy", "بنت", "أنثى"."""
    return next((word for token in read_tokens(text, language) if (word := _GENDERS.get(token.reading))), None)


_GENDERS = {
    **dict.fromkeys("female woman girl lady f she انثي بنت امراه مراه حرمه ست سيده مره فتاه بنيه".split(), "female"),
    **dict.fromkeys("male man boy m he gentleman ذكر ولد رجل رجال راجل صبي شاب زلمه".split(), "male"),
}


def birth_date_in(text: str, today: date) -> Optional[date]:
    """A full date of birth: "3/5/2019", "٣ مايو ٢٠١٩", "born on May 3rd 2019". Only such a one is ever stored."""
    born = born_in(text, today)
    return born.exact if born else None


def born_in(text: str, today: date) -> Optional[Born]:
    """The answer to "when were they born?": a date, or "2019", or "she is 5", as the days that it leaves open."""
    said = _said_of_birth(text, today)
    return born_of(said, today) if said else None


def _said_of_birth(text: str, today: date) -> Optional[Person]:
    """Nobody's date, year or age, as of a person without a name."""
    nobody = Person(None, "other", None, None, None, None, text, 0, len(text))
    for language in ("ar", "en"):
        tokens = read_tokens(text, language)
        for index in range(len(tokens)):
            birth = birth_at(tokens, index, today, marked=True)
            if birth is not None:
                return replace(nobody, birth_date=birth.date, birth_year=birth.year)
        for index in range(len(tokens)):
            age = age_at(tokens, index, marked=True)
            if age is not None:
                return replace(nobody, age_years=age.years, age_months=age.months)
    return None
