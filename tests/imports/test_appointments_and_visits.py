"""Appointments and visits, brought in from lists."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from tests.imports.conftest import Office, counts, faults, remarks

PATIENTS = "id,name,phone\nF1,Mona Saleh,0500000001\nF2,Ali Omar,0500000002\n"
HEADER = "id,doctor,specialty,patient,start,minutes,status\n"
SARA = "A1,Sara Alharbi,,F1,2026-12-01 17:30,,\n"


@pytest.fixture(autouse=True)
def known(office: Office) -> None:
    office.bring("patients", PATIENTS)


def agenda(office: Office) -> list[tuple[str, str, str]]:
    query = (
        "SELECT coalesce(external_id, '-'), to_char(starts_at AT TIME ZONE 'Asia/Riyadh', 'DD HH24:MI') || "
        "to_char(ends_at AT TIME ZONE 'Asia/Riyadh', '-HH24:MI'), status FROM appointments "
        "WHERE clinic_id = :clinic ORDER BY starts_at"
    )
    return [tuple(row) for row in office.rows(query)]  # type: ignore[misc]  # rows are of any length


def change_here(office: Office, what: str, status: str) -> None:
    """As a patient does in the chat, an hour after the list came."""
    office.do(f"UPDATE appointments SET {what} WHERE clinic_id = :clinic")
    office.do(
        "INSERT INTO appointment_events (id, clinic_id, appointment_id, status, actor, during, created_at) SELECT "
        "gen_random_uuid(), :clinic, id, :status, 'patient', during, '2026-11-24T11:00:00Z' FROM appointments",
        status=status,
    )


LATER = datetime(2026, 11, 24, 12, tzinfo=timezone.utc)


def test_an_appointment_stands_as_the_list_told_and_is_on_record(office: Office) -> None:
    assert counts(office.bring("appointments", HEADER + SARA)) == (1, 0, 0, 0)
    assert counts(office.bring("appointments", HEADER + SARA)) == (0, 0, 1, 0)
    assert agenda(office) == [("A1", "01 17:30-17:50", "booked")]  # twenty minutes, as the specialty has it
    events = office.rows("SELECT status, actor FROM appointment_events WHERE clinic_id = :clinic")
    assert events == [("booked", "import")]
    query = "SELECT source, contact_id IS NOT NULL, patient_id IS NOT NULL FROM appointments WHERE clinic_id = :clinic"
    assert office.rows(query) == [("import", True, True)]


@pytest.mark.parametrize(
    "row",
    [
        "doctor,name,phone,date,time,end\nد. سارة الحربي,mona saleh,٠٥٠٠٠٠٠٠٠١,٠١/١٢/٢٠٢٦,٥:٣٠ م,5:50 pm\n",
        "الطبيب;رقم المريض;الموعد;المدة\nسارة الحربي;F1;1/12/2026 17:30;20\n",
    ],
)
def test_it_may_be_written_in_many_ways_and_without_an_id_is_known_by_doctor_start_and_patient(
    office: Office, row: str
) -> None:
    assert counts(office.bring("appointments", row)) == (1, 0, 0, 0)
    assert counts(office.bring("appointments", row)) == (0, 0, 1, 0)
    assert agenda(office) == [("-", "01 17:30-17:50", "booked")]


def test_what_the_list_moved_and_cancelled_is_moved_and_cancelled_and_the_time_is_free(office: Office) -> None:
    office.bring("appointments", HEADER + SARA)
    assert counts(office.bring("appointments", HEADER + SARA.replace("17:30", "18:00"))) == (0, 1, 0, 0)
    cancelled = (
        HEADER + SARA.replace("17:30,,", "18:00,,cancelled") + SARA.replace("A1", "A2").replace("17:30", "18:10")
    )
    assert counts(office.bring("appointments", cancelled)) == (1, 1, 0, 0)
    assert agenda(office) == [("A1", "01 18:00-18:20", "cancelled"), ("A2", "01 18:10-18:30", "booked")]
    assert office.count("freed_slots") == 2


@pytest.mark.parametrize(
    ("change", "status", "stands"),
    [
        ("status = 'cancelled', cancelled_by = 'patient'", "cancelled", ("A1", "01 17:30-17:50", "cancelled")),
        ("during = tstzrange(lower(during) + '1 day', upper(during) + '1 day')", "booked", ("A1", "02 17:30-17:50", "booked")),
        ("status = 'confirmed'", "confirmed", ("A1", "01 17:30-17:50", "confirmed")),
    ],
)  # fmt: skip
def test_an_old_list_does_not_undo_what_a_patient_changed_since(
    office: Office, change: str, status: str, stands: tuple[str, str, str]
) -> None:
    office.bring("appointments", HEADER + SARA)
    change_here(office, change, status)
    done = office.bring("appointments", HEADER + SARA, now=LATER)
    assert counts(done) == (0, 0, 1, 0) and remarks(done) == [(2, "kept_ours")] and agenda(office) == [stands]


def test_a_list_that_says_something_new_of_what_a_patient_moved_is_asked_back(office: Office) -> None:
    office.bring("appointments", HEADER + SARA)
    change_here(office, "status = 'cancelled', cancelled_by = 'patient'", "cancelled")
    done = office.bring("appointments", HEADER + SARA.replace("17:30", "18:00"), now=LATER)
    assert faults(done) == [(2, "start", "changed_here")]


def test_a_list_that_moves_what_a_patient_only_confirmed_moves_it(office: Office) -> None:
    office.bring("appointments", HEADER + SARA)
    change_here(office, "status = 'confirmed'", "confirmed")
    assert counts(office.bring("appointments", HEADER + SARA.replace("17:30", "18:00"), now=LATER)) == (0, 1, 0, 0)


def test_overlaps_are_told_with_what_they_overlap(office: Office) -> None:
    office.bring("appointments", HEADER + SARA)
    rows = "A2,Sara Alharbi,,F2,2026-12-01 17:40,,\nA3,Khalid Nasser,,F1,2026-12-01 9:00,60,\n"
    rows += "A4,Khalid Nasser,,F2,2026-12-01 9:59,,\nA5,Khalid Nasser,,F2,2026-12-01 10:30,,\n"
    done = office.bring("appointments", HEADER + rows, skip_bad=True)
    assert faults(done) == [(2, "start", "overlap_known"), (3, "start", "overlap_line"), (4, "start", "overlap_line")]
    told = done.report.in_order()[0].details
    assert told == {"id": "A1", "when": "2026-12-01 17:30-17:50"}
    assert [row[0] for row in agenda(office)] == ["A5", "A1"]


def test_a_time_that_a_patient_is_deciding_on_is_not_taken_and_an_expired_hold_is_in_nobodys_way(
    office: Office,
) -> None:
    office.do(
        "INSERT INTO appointments (id, clinic_id, practitioner_id, specialty_id, status, during, hold_expires_at) SELECT "
        "gen_random_uuid(), :clinic, p.id, s.specialty_id, 'proposed', "
        "tstzrange('2026-12-01T14:30:00Z', '2026-12-01T14:50:00Z'), '2026-11-24T10:05:00Z' FROM practitioners p "
        "JOIN practitioner_specialties s ON s.practitioner_id = p.id WHERE p.name_en = 'Dr. Sara Alharbi'"
    )
    assert faults(office.bring("appointments", HEADER + SARA)) == [(2, "start", "overlap_hold")]
    assert counts(office.bring("appointments", HEADER + SARA, now=LATER)) == (1, 0, 0, 0)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("A1,Nobody Known,,F1,2026-12-01 9:00,,", ("doctor", "practitioner_unknown")),
        ("A1,Sara Alharbi,,F9,2026-12-01 9:00,,", ("patient", "patient_unknown")),
        ("A1,Sara Alharbi,,,2026-12-01 9:00,,", ("name", "patient_missing")),
        ("A1,Huda Mansour,,F1,2026-12-01 9:00,,", ("specialty", "specialty_open")),
        ("A1,Sara Alharbi,dentistry,F1,2026-12-01 9:00,,", ("specialty", "specialty_not_offered")),
        ("A1,Sara Alharbi,astrology,F1,2026-12-01 9:00,,", ("specialty", "specialty_unknown")),
        ("A1,Sara Alharbi,,F1,2026-12-01,,", ("start", "moment_unreadable")),
        ("A1,Sara Alharbi,,F1,2026-12-01 9:00,0,", ("minutes", "number_range")),
        ("A1,Sara Alharbi,,F1,2026-12-01 9:00,,noshow", ("status", "status_early")),
        ("A1,Sara Alharbi,,F1,2026-12-01 9:00,,dreaming", ("status", "status_unreadable")),
    ],
)
def test_an_appointment_that_cannot_be_is_bad_and_nothing_is_written(
    office: Office, row: str, fault: tuple[str, str]
) -> None:
    done = office.bring("appointments", f"{HEADER}{row}\nA7,Sara Alharbi,,F1,2026-12-03 9:00,,\n")
    assert fault in [told[1:] for told in faults(done)] and office.count("appointments") == 0


def test_another_clinics_people_are_unknown(office: Office, other_office: Office) -> None:
    ours = office.rows("SELECT id::text FROM patients WHERE clinic_id = :clinic AND external_id = 'F1'")[0][0]
    doctor = office.rows("SELECT id::text FROM practitioners WHERE clinic_id = :clinic LIMIT 1")[0][0]
    rows = f"A1,Sara Alharbi,,{ours},2026-12-01 9:00,,\nA2,{doctor},,F1,2026-12-01 9:00,,\n"
    done = other_office.bring("appointments", HEADER + rows)
    assert [told[2] for told in faults(done)] == ["patient_unknown", "practitioner_unknown"]


VISITS = "id,patient,doctor,date,kind\nV1,F1,Sara Alharbi,2026-10-01,single\nV2,F1,سارة الحربي,١/١١/٢٠٢٦,متابعة\n"


def test_visits_stand_as_the_list_told_and_again_are_not_doubled(office: Office) -> None:
    assert counts(office.bring("visits", VISITS)) == (2, 0, 0, 0)
    assert counts(office.bring("visits", VISITS)) == (0, 0, 2, 0)
    assert counts(office.bring("visits", VISITS.replace("متابعة", "chronic"))) == (0, 1, 1, 0)
    rows = office.rows("SELECT visited_on::text, kind FROM encounters WHERE clinic_id = :clinic ORDER BY 1")
    assert rows == [("2026-10-01", "single"), ("2026-11-01", "chronic")]


def test_without_an_id_a_visit_is_known_by_patient_doctor_day_and_kind(office: Office) -> None:
    file = "patient,doctor,date\nF1,Sara Alharbi,2026-10-01\nF2,,2026-10-01\n"
    assert counts(office.bring("visits", file)) == (2, 0, 0, 0)
    assert counts(office.bring("visits", file)) == (0, 0, 2, 0)


def test_a_visit_that_the_desk_recorded_gets_its_id_from_the_list(office: Office) -> None:
    office.bring("visits", "patient,doctor,date\nF1,Sara Alharbi,2026-10-01\n")
    assert counts(office.bring("visits", VISITS)) == (1, 1, 0, 0) and office.count("encounters") == 2


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("V3,F9,,2026-10-01,", ("patient", "patient_unknown")),
        ("V3,F1,Nobody,2026-10-01,", ("doctor", "practitioner_unknown")),
        ("V3,F1,,2026-11-25,", ("date", "date_future")),
        ("V3,F1,,2026-10-01,dance", ("kind", "visit_kind_unreadable")),
        ("V1,F1,,2026-10-01,", ("id", "row_double")),
    ],
)
def test_a_visit_that_cannot_be_is_bad(office: Office, row: str, fault: tuple[str, str]) -> None:
    assert [told[1:] for told in faults(office.bring("visits", f"{VISITS}{row}\n"))] == [fault]


def test_a_list_that_tells_one_appointment_twice_never_cancels_the_live_one(office: Office) -> None:
    office.bring("patients", "id,name,phone\nF1,Mona Saleh,0500000001\n")
    head = "practitioner,patient,date,time,status\n"
    rows = "Dr. Sara Alharbi,F1,2026-12-01,10:00,cancelled\nDr. Sara Alharbi,F1,2026-12-01,10:00,booked\n"
    for _ in range(2):
        office.bring("appointments", head + rows, skip_bad=True)
        live = office.rows("SELECT status FROM appointments WHERE clinic_id = :clinic AND status <> 'cancelled'")
        assert live == [("booked",)]


def test_a_list_that_says_nothing_of_the_length_leaves_a_longer_visit_as_it_is(office: Office) -> None:
    office.bring("patients", "id,name,phone\nF1,Mona Saleh,0500000001\n")
    told = "practitioner,patient,date,time,minutes\nDr. Sara Alharbi,F1,2026-12-01,10:00,60\n"
    office.bring("appointments", told)
    office.bring("appointments", told.replace(",minutes", "").replace(",60", ""))
    length = "SELECT extract(epoch FROM upper(during) - lower(during))::int / 60 FROM appointments"
    assert office.rows(f"{length} WHERE clinic_id = :clinic") == [(60,)]


@pytest.mark.parametrize("when", ["0001-01-01 01:00", "9999-12-31 10:00", "2026-12-01 24:00"])
def test_a_start_that_cannot_be_is_bad(office: Office, when: str) -> None:
    office.bring("patients", "id,name,phone\nF1,Mona Saleh,0500000001\n")
    done = office.bring("appointments", f"practitioner,patient,start\nDr. Sara Alharbi,F1,{when}\n")
    assert done.outcome == "refused" and office.count("appointments") == 0


def calls(office: Office) -> int:
    return len(
        office.rows("SELECT 1 FROM tasks WHERE clinic_id = :clinic AND kind = 'call_patient' AND done_at IS NULL")
    )


def test_a_visit_ahead_that_a_list_moves_or_cancels_is_on_receptions_list_once(office: Office) -> None:
    office.bring("appointments", HEADER + SARA)
    assert calls(office) == 0
    office.bring("appointments", HEADER + SARA.replace("17:30,,", "17:30,30,"))  # a longer visit moves nobody
    assert calls(office) == 0
    office.bring("appointments", HEADER + SARA.replace("17:30", "18:00"))
    assert calls(office) == 1
    office.bring("appointments", HEADER + SARA.replace("17:30,,", "18:00,,cancelled"))
    assert calls(office) == 1


def test_a_visit_that_is_over_is_nobodys_call(office: Office) -> None:
    office.bring("appointments", HEADER + SARA)
    over = datetime(2026, 12, 2, tzinfo=timezone.utc)
    office.bring("appointments", HEADER + SARA.replace("17:30,,", "17:30,,cancelled"), now=over)
    assert calls(office) == 0


def test_a_visit_that_a_list_says_took_place_stands_among_the_visits_once(office: Office) -> None:
    office.bring("appointments", HEADER + SARA)
    over = datetime(2026, 12, 1, 15, tzinfo=timezone.utc)
    office.bring("visits", "patient,doctor,date\nF1,Sara Alharbi,2026-12-01\n", now=over)
    seen = HEADER + SARA.replace("17:30,,", "17:30,,fulfilled")
    office.bring("appointments", seen, now=over)
    assert office.count("encounters") == 1
    office.do("DELETE FROM encounters WHERE clinic_id = :clinic")
    office.do("UPDATE appointments SET status = 'booked' WHERE clinic_id = :clinic")
    office.bring("appointments", seen, now=over)
    assert office.rows("SELECT kind, visited_on::text FROM encounters WHERE clinic_id = :clinic") == [
        ("single", "2026-12-01")
    ]
