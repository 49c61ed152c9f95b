"""A doctor's rules on age and gender: kept to the day, asked about where they cannot be known."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Optional

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from clinic.eligibility import REFUSALS, Born, age_on, born_about, born_in_year, may_see
from clinic.patients import Patient
from clinic.schedule import Practitioner

TODAY = date(2026, 11, 24)


def doctor(least: Optional[int] = None, most: Optional[int] = None, gender: Optional[str] = None) -> Practitioner:
    return Practitioner("p1", "Dr. Sara", "د. سارة", "female", ("ar",), least, most, gender)


def patient(birth: Optional[date] = None, gender: Optional[str] = None) -> Patient:
    return Patient("1", "Ali", "child", birth, gender)


PAEDIATRICS, WOMEN, MEN, ADULTS = doctor(0, 14), doctor(gender="female"), doctor(gender="male"), doctor(18)


@pytest.mark.parametrize(
    ("rules", "who", "on", "verdict"),
    [
        (doctor(), patient(), TODAY, None),
        (PAEDIATRICS, patient(date(2012, 6, 10)), date(2027, 6, 9), None),
        (PAEDIATRICS, patient(date(2012, 6, 10)), date(2027, 6, 10), "too_old"),
        (PAEDIATRICS, patient(TODAY), TODAY, None),
        (PAEDIATRICS, patient(), TODAY, "age_unknown"),
        (ADULTS, patient(date(2008, 11, 25)), TODAY, "too_young"),
        (ADULTS, patient(date(2008, 11, 24)), TODAY, None),
        (ADULTS, patient(date(2008, 11, 25)), date(2026, 11, 25), None),
        (WOMEN, patient(gender="female"), TODAY, None),
        (WOMEN, patient(gender="male"), TODAY, "women_only"),
        (WOMEN, patient(gender="other"), TODAY, "women_only"),
        (MEN, patient(gender="female"), TODAY, "men_only"),
        (WOMEN, patient(), TODAY, "gender_unknown"),
        (WOMEN, patient(gender="unknown"), TODAY, "gender_unknown"),
        (doctor(18, None, "female"), patient(), TODAY, "age_unknown"),
        (doctor(18, None, "female"), patient(gender="male"), TODAY, "women_only"),
        (doctor(18, None, "female"), patient(date(2015, 1, 1)), TODAY, "too_young"),
        (doctor(18, None, "female"), patient(date(1990, 1, 1)), TODAY, "gender_unknown"),
    ],
)
def test_the_rules_are_kept_and_a_refusal_comes_before_a_question(
    rules: Practitioner, who: Patient, on: date, verdict: Optional[str]
) -> None:
    assert may_see(rules, who, on) == verdict


@pytest.mark.parametrize(
    ("on", "age"),
    [(date(2026, 2, 28), 13), (date(2026, 3, 1), 14), (date(2028, 2, 28), 15), (date(2028, 2, 29), 16)],
)
def test_who_was_born_on_29_february_is_older_on_1_march_in_other_years(on: date, age: int) -> None:
    assert age_on(date(2012, 2, 29), on) == age


@pytest.mark.parametrize(
    ("years", "verdict"),
    [
        (5, None),
        (12, None),
        (13, "age_unknown"),
        (14, "age_unknown"),
        (15, "age_unknown"),
        (16, "too_old"),
        (40, "too_old"),
    ],
)
def test_an_age_that_was_said_decides_only_away_from_the_limit(years: int, verdict: Optional[str]) -> None:
    on = TODAY + timedelta(days=30)
    assert may_see(PAEDIATRICS, patient(), on, born_about(years, None, TODAY)) == verdict


def test_what_was_said_counts_only_where_no_birth_date_is_known() -> None:
    assert may_see(PAEDIATRICS, patient(date(2000, 1, 1)), TODAY, born_about(5, None, TODAY)) == "too_old"


def test_a_year_of_birth_alone_decides_where_the_whole_year_leads_to_the_same() -> None:
    assert may_see(PAEDIATRICS, patient(), TODAY, born_in_year(2019, TODAY)) is None
    assert may_see(PAEDIATRICS, patient(), TODAY, born_in_year(2011, TODAY)) == "age_unknown"
    assert born_in_year(2026, TODAY) == Born(date(2026, 1, 1), TODAY)


BIRTHS = st.dates(date(1930, 1, 1), TODAY)
DAYS = st.integers(0, 60).map(lambda days: TODAY + timedelta(days=days))
LIMITS = st.none() | st.integers(0, 90)


@given(birth=BIRTHS, on=DAYS)
def test_an_age_grows_by_one_each_birthday(birth: date, on: date) -> None:
    age = age_on(birth, on)
    assume(not (birth.month == 2 and birth.day == 29))
    assert birth.replace(year=birth.year + age) <= on < birth.replace(year=birth.year + age + 1)


@given(birth=BIRTHS, on=DAYS, least=LIMITS, most=LIMITS, slip=st.integers(-1, 1))
def test_an_age_said_loosely_never_lets_in_or_keeps_out_whom_the_birth_date_would_not(
    birth: date, on: date, least: Optional[int], most: Optional[int], slip: int
) -> None:
    """People say the age of the last birthday, or of the next one already, or still the one before."""
    age = age_on(birth, TODAY)
    assume(age + slip >= 0)
    rules = doctor(least, most)
    said = born_about(age + slip, None, TODAY)
    truth, verdict = may_see(rules, patient(birth), on), may_see(rules, patient(), on, said)
    assert said.earliest <= birth <= said.latest
    assert verdict in (truth, "age_unknown")


@given(least=LIMITS, most=LIMITS, birth=st.none() | BIRTHS, gender=st.sampled_from([None, "female", "male", "other"]),
       women=st.sampled_from([None, "female", "male"]), on=DAYS)  # fmt: skip
def test_nothing_is_asked_that_no_rule_needs(
    least: Optional[int],
    most: Optional[int],
    birth: Optional[date],
    gender: Optional[str],
    women: Optional[str],
    on: date,
) -> None:
    verdict = may_see(doctor(least, most, women), patient(birth, gender), on)
    if verdict == "age_unknown":
        assert birth is None and (least is not None or most is not None)
    if verdict == "gender_unknown":
        assert gender is None and women is not None
    if least is None and most is None and women is None:
        assert verdict is None
    assert verdict is None or verdict in REFUSALS or verdict.endswith("_unknown")
