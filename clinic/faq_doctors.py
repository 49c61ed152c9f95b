"""Who works here: the doctors, one of them, and whether there is a woman."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Callable, Iterator, Optional, Sequence

from babel import Locale

from clinic.dialogue import Turn
from clinic.doctors import doctor_named
from clinic.faq_hours import answer_hours, day_text, hours_of, week_text
from clinic.faq_texts import listed
from clinic.schedule import Practitioner, Specialty, bookable_specialties, practitioners_of
from clinic.texts import say
from understanding.folding import fold

# A name surely follows these; "doctor available" is no name.
_SHORT_TITLE = re.compile(r"^(?:dr|د)\b")
# "Is she there?" asks about today, "who is she?" does not.
_THERE = re.compile(
    r"\b(?:available|there|in today|working today|here)\b"
    r"|(?<!\w)(?:موجود|موجوده|متاح|متاحه|متواجد|متواجده|مداوم|مداومه)(?!\w)"
)


@dataclass(frozen=True)
class Team:
    """The clinic's specialties that can be booked, and who works in each."""

    specialties: Sequence[Specialty]
    doctors: dict[str, list[Practitioner]]  # by specialty id

    def everybody(self) -> list[Practitioner]:
        return list({doctor.id: doctor for members in self.doctors.values() for doctor in members}.values())

    def specialties_of(self, doctor: Practitioner) -> list[Specialty]:
        return [one for one in self.specialties if doctor in self.doctors[one.id]]


@dataclass(frozen=True)
class Named:
    """Whom a message names. A specialty or a doctor that is not ours is `unknown`, as it was written."""

    doctor: Optional[Practitioner] = None
    specialty: Optional[Specialty] = None
    unknown_doctor: Optional[str] = None
    unknown_specialty: Optional[str] = None


def load_team(turn: Turn) -> Team:
    specialties = bookable_specialties(turn.conn, turn.clinic.id, turn.today)
    doctors = {one.id: practitioners_of(turn.conn, turn.clinic.id, one.id) for one in specialties}
    return Team(specialties, doctors)


def named_in(turn: Turn, team: Team) -> Named:
    specialty = specialty_named(turn, team)
    asked, doctor = turn.message.first("specialty"), turn.message.first("doctor")
    found = doctor_named(doctor.value, team.everybody()) if doctor else None
    unsure = doctor is not None and found is None and _SHORT_TITLE.match(fold(doctor.value))
    return Named(
        doctor=found,
        specialty=specialty,
        unknown_doctor=doctor.text if doctor and unsure else None,
        unknown_specialty=asked.text if asked and specialty is None else None,
    )


def named_or_open(turn: Turn, team: Team) -> Named:
    """Whom the message names, else whom the booking that is under way is about: "which doctor is that?"."""
    named = named_in(turn, team)
    if named != Named():
        return named
    chosen = turn.about("slot_practitioner") or turn.about("practitioner")
    return Named(
        doctor=next((doctor for doctor in team.everybody() if doctor.id == chosen), None),
        specialty=next((one for one in team.specialties if one.code == turn.about("specialty")), None),
    )


def specialty_named(turn: Turn, team: Team) -> Optional[Specialty]:
    asked = {one.value for one in turn.message.entities.get("specialty", ())}
    return next((one for one in team.specialties if one.code in asked), None)


def hours(turn: Turn) -> Optional[str]:
    """Of whom the message names; of the clinic where it names nobody."""
    team = load_team(turn)
    named = named_in(turn, team)
    if named.doctor is not None:
        return answer_hours(hours_of(turn, named.doctor, [named.doctor]))
    if named.specialty is not None:
        return answer_hours(hours_of(turn, named.specialty, team.doctors[named.specialty.id]))
    if named.unknown_specialty is not None:
        return specialty_none(turn, team)
    answer = answer_hours(hours_of(turn, None, team.everybody()))
    if named.unknown_doctor is None or answer is None:
        return answer
    return f"{say('faq_doctor_unknown', turn.language, said=named.unknown_doctor)}\n\n{answer}"


def specialty_none(turn: Turn, team: Team) -> str:
    names = listed((one.name(turn.language) for one in team.specialties), turn.language)
    return say("faq_specialty_none", turn.language, specialties=names)


def doctors(turn: Turn) -> Optional[str]:
    team = load_team(turn)
    named = named_or_open(turn, team)
    if named.doctor is not None:
        return _about(turn, team, named.doctor)
    if named.unknown_specialty is not None:
        return specialty_none(turn, team)
    lines = "\n".join(_lines(turn, team, named.specialty, lambda doctor: True))
    if not lines:
        return None
    text = say("faq_doctors", turn.language, doctors=lines)
    if named.unknown_doctor is None:
        return text
    return f"{say('faq_doctor_unknown', turn.language, said=named.unknown_doctor)} {text}"


def female_doctor(turn: Turn) -> Optional[str]:
    """Of the specialty that is named; where it has none, those of the others."""
    team = load_team(turn)
    named = named_or_open(turn, team)
    if named.unknown_specialty is not None:
        return specialty_none(turn, team)
    if not team.everybody():
        return None
    if named.doctor is None:
        return _women(turn, team, named.specialty)
    name = named.doctor.name(turn.language)
    if _is_woman(named.doctor):
        return say("faq_doctor_is_woman", turn.language, practitioner=name)
    same = named.specialty or team.specialties_of(named.doctor)[0]
    return f"{say('faq_doctor_is_man', turn.language, practitioner=name)}\n\n{_women(turn, team, same)}"


def _women(turn: Turn, team: Team, specialty: Optional[Specialty]) -> str:
    here = "\n".join(_lines(turn, team, specialty, _is_woman))
    everywhere = "\n".join(_lines(turn, team, None, _is_woman))
    if here:
        return say("faq_female_doctor", turn.language, doctors=here)
    if not everywhere or specialty is None:
        return say("faq_female_doctor_none", turn.language)
    none = say("faq_female_doctor_none_in", turn.language, specialty=specialty.name(turn.language))
    return f"{none} {say('faq_female_doctor_elsewhere', turn.language, doctors=everywhere)}"


def _is_woman(doctor: Practitioner) -> bool:
    return doctor.gender == "female"


def _lines(
    turn: Turn, team: Team, specialty: Optional[Specialty], wanted: Callable[[Practitioner], bool]
) -> Iterator[str]:
    """A line a doctor with their specialties, whom they see and what they speak."""
    members = team.doctors[specialty.id] if specialty else team.everybody()
    for doctor in members:
        if wanted(doctor):
            name, fields = doctor.name(turn.language), _specialties(turn, team, doctor)
            line = say("faq_doctor_line", turn.language, practitioner=name, specialties=fields)
            yield "\n  ".join([line, *filter(None, [" · ".join(_details(turn, doctor))])])


def _specialties(turn: Turn, team: Team, doctor: Practitioner) -> str:
    return listed((one.name(turn.language) for one in team.specialties_of(doctor)), turn.language)


def _details(turn: Turn, doctor: Practitioner) -> Iterator[str]:
    language = turn.language
    names = Locale("ar" if language == "ar" else "en").languages
    spoken = listed((names.get(code, code) for code in doctor.languages), language)
    if spoken:
        yield say("faq_doctor_languages", language, languages=spoken)
    if doctor.min_age is not None and doctor.max_age is not None:
        yield say("faq_doctor_ages", language, youngest=doctor.min_age, oldest=doctor.max_age)
    elif doctor.min_age is not None:
        yield say("faq_doctor_from_age", language, youngest=doctor.min_age)
    elif doctor.max_age is not None:
        yield say("faq_doctor_to_age", language, oldest=doctor.max_age)
    if doctor.patients_gender is not None:
        yield say(f"faq_doctor_{doctor.patients_gender}_patients", language)


def _about(turn: Turn, team: Team, doctor: Practitioner) -> str:
    """Today's hours if the question is whether they are there, another day's if one is named, else who they are."""
    own = hours_of(turn, doctor, [doctor])
    if turn.message.when:
        return answer_hours(own) or day_text(own, own.today)
    if _THERE.search(fold(turn.message.text)):
        return day_text(own, own.today)
    here = say(
        "faq_doctor_here",
        turn.language,
        practitioner=doctor.name(turn.language),
        specialties=_specialties(turn, team, doctor),
    )
    return "\n".join([here, *_details(turn, doctor), "", week_text(own)])
