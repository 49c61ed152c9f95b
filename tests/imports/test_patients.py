"""Patients, brought in from lists: once, with their consents, never merged."""

from __future__ import annotations

import pytest

from clinic.consent import may_start
from tests.imports.conftest import NOW, Office, counts, faults, remarks

MONA = "id,name,phone,birth_date,gender,language,conditions,children,deceased,relationship\n"
MONA += "F1,منى صالح,٠٥٠ ٠٠٠ ٠٠٠١,٠١/٠٥/١٩٩٠,أنثى,العربية,asthma|diabetes,٢,لا,\n"


def test_a_patient_stands_as_the_list_told(office: Office) -> None:
    assert counts(office.bring("patients", MONA)) == (1, 0, 0, 0)
    query = (
        "SELECT p.external_id, p.name, p.birth_date::text, p.gender, p.language, p.conditions, p.children, p.deceased, "
        "c.wa_id, c.language, cp.relationship FROM patients p JOIN contact_patients cp ON cp.patient_id = p.id "
        "JOIN contacts c ON c.id = cp.contact_id WHERE p.clinic_id = :clinic"
    )
    assert office.rows(query) == [
        ("F1", "منى صالح", "1990-05-01", "female", "ar", ["asthma", "diabetes"], 2, False, "966500000001", "ar", "self")
    ]


def test_the_same_file_again_doubles_nothing_and_what_changed_is_updated(office: Office) -> None:
    office.bring("patients", MONA)
    assert counts(office.bring("patients", MONA)) == (0, 0, 1, 0)
    assert counts(office.bring("patients", MONA.replace("asthma|", ""))) == (0, 1, 0, 0)
    tables = ("patients", "contacts", "contact_patients")
    assert [office.count(table) for table in tables] == [1, 1, 1]
    assert office.rows("SELECT conditions FROM patients WHERE clinic_id = :clinic") == [(["diabetes"],)]


def test_an_empty_cell_and_a_column_that_is_not_there_take_nothing_away(office: Office) -> None:
    office.bring("patients", MONA)
    assert counts(office.bring("patients", "id,name,phone,gender\nF1,منى صالح,,\n")) == (0, 0, 1, 0)
    assert office.rows("SELECT gender, children FROM patients WHERE clinic_id = :clinic") == [("female", 2)]


def test_without_an_id_a_patient_is_known_by_number_name_and_birth_date(office: Office) -> None:
    file = "name,phone,birth_date\nMona Saleh,0500000001,1990-05-01\nAli Omar,0500000001,\n"
    assert counts(office.bring("patients", file)) == (2, 0, 0, 0)
    assert counts(office.bring("patients", file.replace("Mona Saleh", "MONA  SALEH"))) == (0, 1, 1, 0)
    assert office.count("patients") == 2


def test_a_dry_run_tells_the_same_and_leaves_no_trace(office: Office) -> None:
    tried = office.bring("patients", MONA, write=False)
    assert tried.outcome == "dry_run" and counts(tried) == (1, 0, 0, 0)
    assert [office.count(table) for table in ("patients", "contacts", "consents")] == [0, 0, 0]


BROKEN = (
    'id,name,phone\nF1,Mona Saleh,0500000001\nF2,,0500000002\nF3,"Sara,05\nF4,Ali Omar,050\nF5,Omar Aziz,0500000005\n'
)


def test_one_bad_row_and_nothing_at_all_is_written(office: Office) -> None:
    done = office.bring("patients", BROKEN)
    assert done.outcome == "refused" and counts(done) == (2, 0, 0, 3)
    assert faults(done) == [(3, "name", "no_name"), (4, "", "quote_open"), (5, "phone", "phone_short")]
    assert office.count("patients") == office.count("contacts") == 0


def test_bad_rows_can_be_left_out(office: Office) -> None:
    assert office.bring("patients", BROKEN, skip_bad=True).outcome == "written"
    assert office.rows("SELECT external_id FROM patients WHERE clinic_id = :clinic ORDER BY 1") == [("F1",), ("F5",)]


def test_all_faults_of_a_row_are_told_at_once_with_the_headers_of_the_file(office: Office) -> None:
    done = office.bring("patients", "الاسم,الجوال,تاريخ الميلاد,الجنس\n...,12,31/02/1990,؟\n")
    assert faults(done) == [
        (2, "الجوال", "phone_short"),
        (2, "الاسم", "no_name"),
        (2, "تاريخ الميلاد", "date_impossible"),
        (2, "الجنس", "gender_unreadable"),
    ]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("F1,Mona,,,,", "row_double"),
        (",Mona,,,,", "no_key"),
        ("F2,Mona,,yes,form,2026-01-01", "consent_phone"),
        ("F2,Mona,0500000002,yes,,2026-01-01", "consent_source"),
        ("F2,Mona,0500000002,yes,form,", "consent_date"),
        ("F2,Mona,0500000002,yes,form,2026-12-01", "date_future"),
    ],
)
def test_what_cannot_be_known_or_proved_is_bad(office: Office, row: str, code: str) -> None:
    header = "id,name,phone,consent_marketing,consent_source,consent_date\nF1,Huda Aziz,0500000001,,,\n"
    done = office.bring("patients", header + row + "\n")
    assert code in [fault[2] for fault in faults(done) if fault[0] == 3]


CONSENT = "id,name,phone,consent_care,consent_marketing,consent_source,consent_date\n"
CONSENT += "F1,Mona Saleh,0500000001,yes,{marketing},registration form,{day}\n"


def may(office: Office, purpose: str) -> bool:
    contact_id = office.rows("SELECT id::text FROM contacts WHERE clinic_id = :clinic")[0][0]
    with office.engine.connect() as conn:
        return may_start(conn, contact_id, purpose)


def test_a_consent_is_kept_with_its_source_and_day_and_never_doubled(office: Office) -> None:
    file = CONSENT.format(marketing="no", day="2026-03-01")
    for _ in range(2):
        office.bring("patients", file)
    query = "SELECT purpose, granted, source, (created_at AT TIME ZONE 'Asia/Riyadh')::date::text FROM consents "
    assert office.rows(query + "WHERE clinic_id = :clinic ORDER BY 1") == [
        ("care", True, "registration form", "2026-03-01"),
        ("marketing", False, "registration form", "2026-03-01"),
    ]
    assert may(office, "care") and not may(office, "marketing")


def test_a_newer_word_of_the_patient_stands_against_any_list(office: Office) -> None:
    office.bring("patients", CONSENT.format(marketing="no", day="2026-01-01"))
    office.do(
        "INSERT INTO consents (id, clinic_id, contact_id, purpose, granted, source, created_at) SELECT "
        "gen_random_uuid(), :clinic, id, 'marketing', false, 'whatsapp message', '2026-06-01T08:00:00Z' "
        "FROM contacts WHERE clinic_id = :clinic"
    )
    for day in ("2026-05-01", "2026-06-01"):  # of the same day the spoken word is the later one
        assert counts(office.bring("patients", CONSENT.format(marketing="yes", day=day)))[3] == 0
        assert not may(office, "marketing")
    office.bring("patients", CONSENT.format(marketing="yes", day="2026-06-02"))
    assert may(office, "marketing")


def test_of_two_words_of_one_day_the_refusal_counts(office: Office) -> None:
    household = CONSENT.format(marketing="no", day="2026-03-01") + "F2,Ali,0500000001,,yes,call,2026-03-01\n"
    office.bring("patients", household)
    assert not may(office, "marketing")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("F1,Mona Saleh,0500000001,1990-05-01", "F2,Muna Salih,0500000001,"),
        ("F1,منى صالح,0500000001,", "F2,Mona Saleh,0500000001,"),
        ("F1,Khalid Nasser,0500000001,1990-05-01", "F2,خالد ناصر,0500000002,1990-05-01"),
    ],
)
def test_two_who_may_be_one_are_both_kept_and_asked_about_once(office: Office, one: str, other: str) -> None:
    header = "id,name,phone,birth_date\n"
    together = office.bring("patients", f"{header}{one}\n{other}\n")
    assert (3, "lookalike_line") in remarks(together)
    again = office.bring("patients", f"{header}{other}\n{one}\n")
    assert not any(code.startswith("lookalike") for _, code in remarks(again))
    assert office.count("patients") == 2
    assert office.rows("SELECT state FROM patient_links WHERE clinic_id = :clinic") == [("asked",)]


def test_what_people_decided_about_two_patients_is_not_asked_again(office: Office) -> None:
    office.bring("patients", "id,name,phone\nF1,Mona Saleh,0500000001\nF2,Muna Salih,0500000001\n")
    office.do(
        "UPDATE patient_links SET state = 'different', patient_id = other_patient_id, other_patient_id = patient_id "
        "WHERE clinic_id = :clinic"
    )
    office.bring("patients", "id,name,phone\nF1,Mona Saleh Aziz,0500000001\nF2,Muna Salih,0500000001\n")
    assert office.rows("SELECT state FROM patient_links WHERE clinic_id = :clinic") == [("different",)]


def test_somebody_known_from_a_chat_may_be_the_one_in_the_list(office: Office) -> None:
    office.do("INSERT INTO contacts (id, clinic_id, wa_id) VALUES (gen_random_uuid(), :clinic, '966500000001')")
    office.do("INSERT INTO patients (id, clinic_id, name) VALUES (gen_random_uuid(), :clinic, 'Mona')")
    office.do(
        "INSERT INTO contact_patients (clinic_id, contact_id, patient_id, relationship) "
        "SELECT :clinic, c.id, p.id, 'self' FROM contacts c, patients p"
    )
    assert (2, "lookalike_known") in remarks(office.bring("patients", "id,name,phone\nF1,Mona Saleh,0500000001\n"))
    assert office.count("patients") == 2 and office.count("contacts") == 1


def test_sisters_on_one_number_are_not_asked_about(office: Office) -> None:
    file = "id,name,phone,relationship\nF1,Mona Saleh,0500000001,\nF2,Sara Saleh,0500000001,child\n"
    assert remarks(office.bring("patients", file)) == []
    relationships = office.rows("SELECT relationship FROM contact_patients WHERE clinic_id = :clinic ORDER BY 1")
    assert relationships == [("child",), ("self",)]


def test_another_number_is_added_and_the_old_one_stays(office: Office) -> None:
    office.bring("patients", "id,name,phone\nF1,Mona Saleh,0500000001\n")
    done = office.bring("patients", "id,name,phone\nF1,Mona Saleh,0500000002\n")
    assert counts(done) == (0, 1, 0, 0) and remarks(done) == [(2, "other_number")]
    assert office.count("contact_patients") == 2


def test_two_rows_that_mean_one_patient_are_told_though_they_name_it_differently(office: Office) -> None:
    office.bring("patients", "id,name,phone\nF1,Mona Saleh,0500000001\n")
    done = office.bring("patients", "id,name,phone\nF1,Mona Saleh,0500000001\n,Mona Saleh,0500000001\n")
    assert faults(done) == [(3, "", "row_double")]


def test_no_clinic_sees_or_changes_anothers_patients(office: Office, other_office: Office) -> None:
    office.bring("patients", MONA)
    assert counts(other_office.bring("patients", MONA.replace("منى", "هدى"))) == (1, 0, 0, 0)
    assert office.rows("SELECT name FROM patients WHERE clinic_id = :clinic") == [("منى صالح",)]
    assert [o.count("contacts") for o in (office, other_office)] == [1, 1]


def test_signs_that_mean_something_to_a_database_or_a_table_are_only_signs(office: Office) -> None:
    odd = 'x\\N","; DROP TABLE patients; -- {a,"b\\"}'
    quoted = '"' + odd.replace('"', '""') + '"'
    file = f"id,name,phone,conditions\n{quoted},{quoted},0500000001,{quoted}\n\\N,Mona,0500000002,NULL\n"
    assert counts(office.bring("patients", file)) == (2, 0, 0, 0)
    assert counts(office.bring("patients", file)) == (0, 0, 2, 0)
    rows = office.rows("SELECT external_id, name FROM patients WHERE clinic_id = :clinic ORDER BY name DESC")
    assert rows == [(odd, odd), ("\\N", "Mona")]


def test_a_thousand_rows_go_the_same_way_as_one(office: Office) -> None:
    rows = [
        f"F{n},Patient{n} Family{n},05{n:08d},19{n % 60 + 30}-01-{n % 28 + 1:02d}" for n in range(30_000_00, 30_010_00)
    ]
    file = "\n".join(("id,name,phone,birth_date", *rows, ""))
    first, second = (
        office.bring("patients", file, skip_bad=True),
        office.bring("patients", file, now=NOW, skip_bad=True),
    )
    created, _, _, bad = counts(first)
    assert (
        created > 900
        and created + bad == 1000
        and counts(second) == (0, 0, created, bad)
        and office.count("patients") == created
    )


def test_whom_reception_found_to_be_one_stays_one_when_the_list_comes_again(office: Office) -> None:
    file = "id,name,phone\nF1,Mona Saleh,0500000001\nF2,Mona Salih,0500000001\n"
    office.bring("patients", file)
    office.do(
        "UPDATE patients SET merged_into = (SELECT id FROM patients WHERE external_id = 'F1' AND clinic_id = :clinic) "
        "WHERE external_id = 'F2' AND clinic_id = :clinic"
    )
    assert counts(office.bring("patients", file)) == (0, 0, 2, 0)
    assert counts(office.bring("visits", "patient,date\nF2,2026-01-05\n")) == (1, 0, 0, 0)
    kept = office.rows("SELECT p.external_id FROM encounters e JOIN patients p ON p.id = e.patient_id")
    assert kept == [("F1",)] and office.count("patients") == 2


def merge_here(office: Office, gone: str, kept: str) -> None:
    office.do(
        "UPDATE patients SET merged_into = (SELECT id FROM patients WHERE external_id = :kept AND clinic_id = :clinic) "
        "WHERE external_id = :gone AND clinic_id = :clinic",
        gone=gone,
        kept=kept,
    )


def test_two_old_ids_of_one_patient_are_taken_also_without_the_row_of_the_one_who_was_kept(office: Office) -> None:
    rows = "F2,Mona Salih,0500000001\nF3,Mona Salehh,0500000001\n"
    office.bring("patients", "id,name,phone\nF1,Mona Saleh,0500000001\n" + rows)
    merge_here(office, "F2", "F1")
    merge_here(office, "F3", "F1")
    assert counts(office.bring("patients", "id,name,phone\n" + rows)) == (0, 0, 2, 0)


def test_what_the_row_of_a_merged_patient_says_of_consent_is_kept(office: Office) -> None:
    file = (
        "id,name,phone,marketing consent,consent source,consent date\n{0}F2,Mona Salih,0500000002,no,call,2026-03-02\n"
    )
    office.bring("patients", "id,name,phone\nF1,Mona Saleh,0500000001\nF2,Mona Salih,0500000002\n")
    merge_here(office, "F2", "F1")
    for _ in range(2):
        office.bring("patients", file.format("F1,Mona Saleh,0500000001,yes,form,2026-03-01\n"))
    query = (
        "SELECT c.wa_id, s.granted FROM consents s JOIN contacts c ON c.id = s.contact_id WHERE s.clinic_id = :clinic "
        "ORDER BY 1"
    )
    assert office.rows(query) == [("966500000001", True), ("966500000002", False)]
