"""Practitioners and their weeks, brought in from lists."""

from __future__ import annotations

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.hours import DAY, WEEK, Key, _overlap
from tests.imports.conftest import Office, counts, faults, remarks

NOOR = "id,name_en,name_ar,gender,specialties,languages,min_age,max_age,patients_gender,active\n"
NOOR += "D1,Dr. Noor Aziz,د. نور عزيز,female,dermatology|الأسنان,Arabic;English,,14,,yes\n"


def offers(office: Office, external_id: str = "D1") -> set[str]:
    query = (
        "SELECT s.code FROM practitioners p JOIN practitioner_specialties ps ON ps.practitioner_id = p.id "
        "JOIN specialties s ON s.id = ps.specialty_id WHERE p.clinic_id = :clinic AND p.external_id = :id"
    )
    return {code for (code,) in office.rows(query, id=external_id)}


def test_a_practitioner_stands_as_the_list_told_and_again_is_not_doubled(office: Office) -> None:
    assert counts(office.bring("practitioners", NOOR)) == (1, 0, 0, 0)
    assert counts(office.bring("practitioners", NOOR)) == (0, 0, 1, 0)
    query = "SELECT name_en, name_ar, gender, languages, min_age, max_age, active FROM practitioners "
    assert office.rows(query + "WHERE clinic_id = :clinic AND external_id = 'D1'") == [
        ("Dr. Noor Aziz", "د. نور عزيز", "female", ["ar", "en"], None, 14, True)
    ]
    assert offers(office) == {"dermatology", "dentistry"}


def test_what_changed_is_updated(office: Office) -> None:
    office.bring("practitioners", NOOR)
    changed = NOOR.replace("dermatology|الأسنان", "Pediatrics").replace("yes", "no")
    assert counts(office.bring("practitioners", changed)) == (0, 1, 0, 0)
    assert offers(office) == {"pediatrics"}


@pytest.mark.parametrize("name", ["Dr. Sara Alharbi", "sara alharbi", "د. سارة الحربي", "دكتورة ساره الحربي"])
def test_without_an_id_the_name_is_the_key_in_either_language(office: Office, name: str) -> None:
    assert counts(office.bring("practitioners", f"name,active\n{name},no\n")) == (0, 1, 0, 0)
    inactive = office.rows("SELECT name_en, name_ar FROM practitioners WHERE clinic_id = :clinic AND NOT active")
    assert inactive == [("Dr. Sara Alharbi", "د. سارة الحربي")]


def test_a_specialty_that_is_missing_is_told_and_made_only_when_asked_for(office: Office) -> None:
    file = "name,gender,specialty\nDr. Zain Qadi,m,Cardiology|Podology\n"
    assert faults(office.bring("practitioners", file)) == [(2, "specialty", "specialty_unknown")]
    assert counts(office.bring("practitioners", file, create_specialties=True)) == (1, 0, 0, 0)
    made = office.rows("SELECT code FROM specialties WHERE clinic_id = :clinic AND code IN ('cardiology', 'podology')")
    assert len(made) == 2


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("D2,,,f,dentistry,,", "no_name"),
        ("D2,Dr. X Y,,,dentistry,,", "empty"),
        ("D2,Dr. X Y,,f,,,", "empty"),
        ("D2,Dr. X Y,,f,dentistry,20,10", "ages_crossed"),
        ("D2,Dr. X Y,,f,dentistry,-1,", "number_range"),
        ("D2,Dr. X Y,,other,dentistry,,", "gender_unreadable"),
        ("D1,Dr. X Y,,f,dentistry,,", "row_double"),
    ],
)
def test_a_practitioner_that_cannot_be_is_bad(office: Office, row: str, fault: str) -> None:
    header = "id,name_en,name_ar,gender,specialties,min_age,max_age\nD1,Dr. Noor Aziz,,f,dentistry,,\n"
    assert [told[2] for told in faults(office.bring("practitioners", f"{header}{row}\n"))] == [fault]


HOURS = "doctor,day,from,to\n"


def week(office: Office, name: str = "Dr. Lina Haddad") -> list[tuple[int, str, str, str]]:
    query = (
        "SELECT weekday, start_time::text, end_time::text, season FROM working_hours w JOIN practitioners p "
        "ON p.id = w.practitioner_id WHERE w.clinic_id = :clinic AND p.name_en = :name ORDER BY 4 DESC, 1, 2"
    )
    return [tuple(row) for row in office.rows(query, name=name)]  # type: ignore[misc]  # rows are of any length


def test_the_hours_in_the_file_take_the_place_of_the_practitioners_own_and_of_nobody_elses(office: Office) -> None:
    before = week(office, "Dr. Khalid Nasser")
    file = HOURS + "Lina Haddad,Sunday|الاثنين,9:00,1 pm\nلينا حداد,الثلاثاء,٩:٠٠ م,2:00\n"
    done = office.bring("hours", file)
    assert counts(done) == (2, 0, 0, 0) and remarks(done) == [(2, "hours_removed")]
    assert week(office) == [
        (0, "09:00:00", "13:00:00", "usual"),
        (1, "21:00:00", "02:00:00", "usual"),
        (6, "09:00:00", "13:00:00", "usual"),
    ]
    assert week(office, "Dr. Khalid Nasser") == before
    assert counts(office.bring("hours", file)) == (0, 0, 2, 0)


def test_hours_of_ramadan_leave_those_of_the_year_alone(office: Office) -> None:
    usual = week(office)
    office.bring("hours", "doctor,day,from,to,season\nLina Haddad,Sunday,21:00,1:00,Ramadan\n")
    assert week(office) == [*usual, (6, "21:00:00", "01:00:00", "ramadan")]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("Lina Haddad,Sunday,9:00,9:00", [(2, "to", "hours_zero")]),
        ("Lina Haddad,Sunday,9:00,13:00\nلينا حداد,الأحد,12:59,14:00", [(2, "from", "hours_overlap"), (3, "from", "hours_overlap")]),
        ("Lina Haddad,Sunday,21:00,2:00\nLina Haddad,Monday,1:00,5:00", [(2, "from", "hours_overlap"), (3, "from", "hours_overlap")]),
        ("Lina Haddad,Sunday,9:00,10:00\nLina Haddad,Sunday,9:00,10:00", [(2, "from", "hours_overlap"), (3, "from", "hours_overlap")]),
        ("Nobody Known,Sunday,9:00,10:00", [(2, "doctor", "practitioner_unknown")]),
        ("Lina Haddad,Someday,9:00,10:00", [(2, "day", "weekday_unreadable")]),
    ],
)  # fmt: skip
def test_hours_that_cannot_be_are_told_with_both_lines(
    office: Office, rows: str, expected: list[tuple[int, str, str]]
) -> None:
    before = week(office)
    assert faults(office.bring("hours", f"{HOURS}{rows}\n", skip_bad=True)) == expected
    assert week(office) == before


@pytest.mark.parametrize(
    "bad", ["Lina Haddad,Monday,10:00,ten", '"Lina Haddad,Monday,10:00,11:00', "Lina Haddad,Monday"]
)
def test_with_a_bad_row_the_rest_of_that_week_is_not_written_even_when_bad_rows_are_left_out(
    office: Office, bad: str
) -> None:
    before = week(office)
    done = office.bring("hours", f"{HOURS}Lina Haddad,Sunday,9:00,10:00\n{bad}\n", skip_bad=True)
    assert (2, "", "hours_incomplete") in faults(done) and week(office) == before


def test_what_follows_back_to_back_or_holds_at_another_time_does_not_overlap(office: Office) -> None:
    file = "doctor,day,from,to,kind,valid from,valid until\n"
    file += "Lina Haddad,Sunday,9:00,13:00,,,2026-12-31\nLina Haddad,Sunday,13:00,15:00,,,\n"
    file += "Lina Haddad,Sunday,10:00,12:00,,2027-01-01,\nLina Haddad,Sunday,10:00,10:30,break,,\n"
    assert counts(office.bring("hours", file)) == (4, 0, 0, 0)


MINUTE = st.integers(0, DAY - 1)


@given(st.integers(0, 6), MINUTE, MINUTE, st.integers(0, 6), MINUTE, MINUTE)
def test_two_sessions_overlap_when_they_share_a_minute_of_the_week(
    day: int, start: int, end: int, other_day: int, other_start: int, other_end: int
) -> None:
    if start == end or other_start == other_end:
        return

    def key(weekday: int, first: int, last: int) -> Key:
        return (weekday, time(first // 60, first % 60), time(last // 60, last % 60), "work", "usual", None, None)

    def minutes(weekday: int, first: int, last: int) -> set[int]:
        return {(weekday * DAY + first + minute) % WEEK for minute in range((last - first) % DAY)}

    shared = minutes(day, start, end) & minutes(other_day, other_start, other_end)
    assert _overlap(key(day, start, end), key(other_day, other_start, other_end)) == bool(shared)


def test_the_appointments_that_new_hours_leave_out_are_told_and_stay(office: Office) -> None:
    office.bring("patients", "id,name,phone\nF1,Mona Saleh,0500000001\n")
    file = "id,doctor,patient,start\nA1,Lina Haddad,F1,2026-12-01 16:00\nA2,Lina Haddad,F1,2026-12-01 19:00\n"
    office.bring("appointments", file)
    done = office.bring("hours", f"{HOURS}Lina Haddad,Tuesday,18:00,21:00\n")
    left_out = [remark.details["when"] for remark in done.report.remarks if remark.code == "hours_leave_out"]
    assert left_out == ["2026-12-01 16:00"]
    assert office.rows("SELECT status FROM appointments WHERE clinic_id = :clinic") == [("booked",)] * 2
