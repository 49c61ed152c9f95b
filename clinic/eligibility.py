"""Whom a doctor sees: ages in whole years on the day of the visit, and women or men only."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Optional, Protocol

from clinic.patients import Patient

# A reason that the doctor's rules give against a visit, and what has to be known before they can be applied.
REFUSALS = frozenset({"too_young", "too_old", "women_only", "men_only"})
UNKNOWNS = frozenset({"age_unknown", "gender_unknown"})


class Rules(Protocol):
    """Of a `clinic.schedule.Practitioner`: both ages included, None is no limit."""

    @property
    def min_age(self) -> Optional[int]: ...

    @property
    def max_age(self) -> Optional[int]: ...

    @property
    def patients_gender(self) -> Optional[str]: ...  # female | male: only they


@dataclass(frozen=True)
class Born:
    """A birth date known to lie between two days, both included; the same day twice when it is known."""

    earliest: date
    latest: date

    @property
    def exact(self) -> Optional[date]:
        return self.earliest if self.earliest == self.latest else None


def may_see(practitioner: Rules, patient: Patient, on: date, born: Optional[Born] = None) -> Optional[str]:
    """None when the doctor sees the patient that day, else one of REFUSALS or UNKNOWNS.

    `born` stands in where the patient has no birth date ("she is 5"): it decides only where every day of it leads to
    the same. What is known to be refused is said before anything is asked.
    """
    age = _age_against(practitioner, _born(patient, born), on)
    gender = _gender_against(practitioner, patient.gender)
    return next((reason for reason in (age, gender) if reason in REFUSALS), age or gender)


def age_on(birth_date: date, on: date) -> int:
    """Whole years. Who was born on 29 February is a year older on 1 March where there is no 29th."""
    return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))


def born_about(years: int, months: Optional[int], today: date) -> Born:
    """What an age that was said tells. Ages are said loosely ("he is 14", days before or long after the birthday):
    a year of doubt on either side, a month where months were said."""
    if months is None:
        return Born(_years_before(today, years + 2) + timedelta(days=1), min(today, _years_before(today, years - 1)))
    total = years * 12 + months
    return Born(_months_before(today, total + 2), min(today, _months_before(today, total - 1)))


def born_in_year(year: int, today: date) -> Born:
    """Born that year, on a day unknown."""
    return Born(date(year, 1, 1), min(date(year, 12, 31), today))


def _born(patient: Patient, said: Optional[Born]) -> Optional[Born]:
    return Born(patient.birth_date, patient.birth_date) if patient.birth_date else said


def _age_against(practitioner: Rules, born: Optional[Born], on: date) -> Optional[str]:
    if practitioner.min_age is None and practitioner.max_age is None:
        return None
    if born is None:
        return "age_unknown"
    verdicts = {_age_verdict(practitioner, age_on(day, on)) for day in (born.earliest, born.latest)}
    return verdicts.pop() if len(verdicts) == 1 else "age_unknown"


def _age_verdict(practitioner: Rules, age: int) -> Optional[str]:
    if practitioner.min_age is not None and age < practitioner.min_age:
        return "too_young"
    if practitioner.max_age is not None and age > practitioner.max_age:
        return "too_old"
    return None


def _gender_against(practitioner: Rules, gender: Optional[str]) -> Optional[str]:
    if practitioner.patients_gender in (None, gender):
        return None
    if gender in (None, "unknown"):
        return "gender_unknown"
    return "women_only" if practitioner.patients_gender == "female" else "men_only"


def _years_before(day: date, years: int) -> date:
    return _months_before(day, years * 12)


def _months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or its last one."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
