"""The doctors: when they work, when they are away, and what their leave does."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.engine import Engine

from clinic.database.tables import absences, appointments, contacts, messages, practitioners
from clinic.demo import DemoClinic
from clinic.leave import BadLeave
from clinic.schedule import load_clinic, practitioners_of
from desk.leave_form import LeaveForm, read_leave
from tests.desk.conftest import NOW, Browser, Front, NewBrowser, token
from tests.desk.test_appointments import book

RIYADH = timezone(timedelta(hours=3))
LEAVE = {"from": "2026-11-26", "to": "2026-11-26"}


@pytest.fixture
def doctor(engine: Engine, clinic: DemoClinic) -> str:
    """Dr. Huda, general medicine; Dr. Omar is there too."""
    with engine.begin() as conn:
        return practitioners_of(conn, clinic.id)[0].id


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=RIYADH)


def enter(browser: Browser, doctor: str, **leave: str) -> Any:
    page = f"/practitioners/{doctor}/leave"
    return browser.submit(page, page, **(leave or LEAVE))


def leaves(engine: Engine) -> list[Any]:
    with engine.begin() as conn:
        return conn.execute(select(absences.c.id, absences.c.during).where(absences.c.reason == "leave")).all()


def starts(engine: Engine) -> list[datetime]:
    with engine.begin() as conn:
        return list(conn.execute(select(appointments.c.starts_at).order_by(appointments.c.starts_at)).scalars())


def written(engine: Engine) -> list[str]:
    with engine.begin() as conn:
        return list(conn.execute(select(messages.c.text).where(messages.c.direction == "out")).scalars())


def test_every_doctor_is_shown_with_the_hours_of_the_next_days(reem: Browser, clinic: DemoClinic, front: Front) -> None:
    page = reem.get("/practitioners")
    assert page.status_code == 200
    for words in (
        "Dr. Huda Mansour",
        "Dr. Omar Fahmy",
        "8:00 pm – 1:00 am",
        "General medicine",
        "Monday 30 Nov",
        "off",
    ):
        assert words in page.text
    assert front.on_record("list_practitioners") == [f"clinics:{clinic.id}"]


def test_first_it_is_shown_whom_a_leave_hits_and_nothing_is_changed(
    reem: Browser, front: Front, clinic: DemoClinic, engine: Engine, doctor: str
) -> None:
    book(front, clinic, at(26, 16), "Mona")
    book(front, clinic, at(27, 16), "Not that day", 2)
    far = book(front, clinic, at(26, 17), "Long ago", 3)
    with engine.begin() as conn:
        contact = select(appointments.c.contact_id).where(appointments.c.id == far).scalar_subquery()
        conn.execute(update(contacts).where(contacts.c.id == contact).values(last_inbound_at=NOW - timedelta(days=3)))
    page = reem.get(f"/practitioners/{doctor}/leave", params=LEAVE).text
    assert "Visits that cannot take place: 2." in page and "Not that day" not in page
    assert page.count("is written to") == 1 and page.count("you call") == 1
    assert leaves(engine) == [] and written(engine) == []


def test_one_tap_enters_it_and_offers_everybody_three_times_and_moves_nothing(
    reem: Browser, front: Front, clinic: DemoClinic, engine: Engine, doctor: str
) -> None:
    book(front, clinic, at(26, 16), "Mona")
    book(front, clinic, at(26, 17), "Omar", 2)
    before = starts(engine)
    page = enter(reem, doctor)
    assert "The leave is entered." in page.text and "Patients written to: 2." in page.text
    assert "2 still to be moved" in page.text and "Thursday 26 Nov" in page.text
    [leave] = leaves(engine)
    assert (leave.during.lower, leave.during.upper) == (at(26, 0), at(27, 0))
    assert starts(engine) == before and len(written(engine)) == 2
    assert front.on_record("enter_leave") == [f"absences:{leave.id}"]


def test_sending_the_form_twice_enters_and_tells_once(
    reem: Browser, front: Front, clinic: DemoClinic, engine: Engine, doctor: str
) -> None:
    book(front, clinic, at(26, 16), "Mona")
    for _ in range(3):
        assert enter(reem, doctor).status_code == 200
    assert len(leaves(engine)) == 1 and len(written(engine)) == 1


def test_hours_of_one_day_are_hours_of_one_day(
    reem: Browser, front: Front, clinic: DemoClinic, engine: Engine, doctor: str
) -> None:
    enter(reem, doctor, **{"from": "2026-11-26", "from_time": "16:00", "to_time": "17:30"})
    [leave] = leaves(engine)
    assert (leave.during.lower, leave.during.upper - leave.during.lower) == (at(26, 16), timedelta(minutes=90))


def test_a_visit_that_came_into_the_leave_later_is_offered_by_one_tap(
    reem: Browser, front: Front, clinic: DemoClinic, engine: Engine, doctor: str
) -> None:
    enter(reem, doctor)
    [leave] = leaves(engine)
    book(front, clinic, at(26, 16), "From the practice system")
    assert "1 whose patients were not asked" in reem.get("/practitioners").text
    page = reem.submit(f"/leave/{leave.id}/offer", "/practitioners")
    assert "Patients written to: 1." in page.text and len(written(engine)) == 1


def test_a_leave_is_taken_back_and_who_was_asked_is_told(
    reem: Browser, front: Front, clinic: DemoClinic, engine: Engine, doctor: str
) -> None:
    book(front, clinic, at(26, 16), "Mona")
    enter(reem, doctor)
    [leave] = leaves(engine)
    page = reem.submit(f"/leave/{leave.id}/drop", "/practitioners")
    assert "The leave is taken back" in page.text and "Patients written to: 1." in page.text
    assert leaves(engine) == [] and len(written(engine)) == 2
    assert front.on_record("drop_leave") == [f"absences:{leave.id}"]
    assert reem.submit(f"/leave/{leave.id}/drop", "/practitioners").status_code == 404


BAD_LEAVES = [
    ({"from": ""}, "leave_no_date"),
    ({"to": "2026-11-26"}, "leave_no_date"),
    ({"from": "2026-02-30"}, "leave_bad_date"),
    ({"from": "26/11/2026"}, "leave_bad_date"),
    ({"from": "x"}, "leave_bad_date"),
    ({"from": "2026-11-27", "to": "2026-11-26"}, "leave_backwards"),
    ({"from": "2026-11-26", "from_time": "10:00", "to_time": "10:00"}, "leave_backwards"),
    ({"from": "2026-11-26", "from_time": "17:00", "to_time": "16:00"}, "leave_backwards"),
    ({"from": "2026-11-26", "from_time": "17:00"}, "leave_half_hours"),
    ({"from": "2026-11-26", "from_time": "x", "to_time": "y"}, "leave_bad_time"),
    ({"from": "2026-11-26", "from_time": "25:00", "to_time": "26:00"}, "leave_bad_time"),
    ({"from": "2026-11-26", "from_time": "10:00Z", "to_time": "11:00+01:00"}, "leave_bad_time"),
    ({"from": "2026-11-26", "to": "2026-11-27", "from_time": "10:00", "to_time": "11:00"}, "leave_hours_of_days"),
    ({"from": "2026-11-01", "to": "2026-11-10"}, "leave_is_over"),
    ({"from": "2026-11-26", "to": "2031-11-26"}, "leave_too_long"),
    ({"from": "2030-11-26"}, "leave_too_far"),
    ({"from": "9999-12-31"}, "leave_too_far"),
    ({"from": "0001-01-01"}, "leave_is_over"),
]


@pytest.mark.parametrize(("leave", "reason"), BAD_LEAVES)
def test_a_leave_that_is_none_says_why(clinic: DemoClinic, engine: Engine, leave: dict[str, str], reason: str) -> None:
    with engine.begin() as conn:
        of = load_clinic(conn, clinic.id)
    with pytest.raises(BadLeave) as refused:
        read_leave(LeaveForm.of(leave), of, NOW)
    assert refused.value.reason == reason


@pytest.mark.parametrize("leave", [BAD_LEAVES[place][0] for place in (5, 6, 12, 14)])
def test_a_bad_form_comes_back_filled_in_and_enters_nothing(
    reem: Browser, front: Front, clinic: DemoClinic, engine: Engine, doctor: str, leave: dict[str, str]
) -> None:
    book(front, clinic, at(26, 16), "Mona")
    looked = reem.get(f"/practitioners/{doctor}/leave", params=leave)
    entered = enter(reem, doctor, **leave)
    for page in (looked, entered):
        assert page.status_code == 422 and f'value="{leave["from"]}"' in page.text and 'role="alert"' in page.text
    assert leaves(engine) == [] and written(engine) == []


def test_a_night_is_hours_of_one_day_too(clinic: DemoClinic, engine: Engine) -> None:
    with engine.begin() as conn:
        of = load_clinic(conn, clinic.id)
    start, end = read_leave(LeaveForm("2026-11-26", "", "20:00", "01:00"), of, NOW)
    assert (start, end) == (at(26, 20), at(27, 1))


def test_another_clinics_doctor_or_leave_is_not_found(
    reem: Browser, clinic: DemoClinic, other_clinic: DemoClinic, engine: Engine, doctor: str, new_browser: NewBrowser
) -> None:
    with engine.begin() as conn:
        theirs = practitioners_of(conn, other_clinic.id)[0]
    for id in (theirs.id, str(uuid.uuid4()), "x"):
        assert reem.get(f"/practitioners/{id}/leave", params=LEAVE).status_code == 404
        assert reem.submit(f"/practitioners/{id}/leave", "/practitioners", **LEAVE).status_code == 404
    enter(reem, doctor)
    [leave] = leaves(engine)
    with engine.begin() as conn:
        conn.execute(update(absences).where(absences.c.id == leave.id).values(clinic_id=other_clinic.id))
        conn.execute(update(absences).where(absences.c.id == leave.id).values(practitioner_id=theirs.id))
    for act in ("drop", "offer"):
        assert reem.submit(f"/leave/{leave.id}/{act}", "/practitioners").status_code == 404
    assert len(leaves(engine)) == 1


def test_a_doctor_who_has_left_takes_no_leave(reem: Browser, engine: Engine, doctor: str) -> None:
    with engine.begin() as conn:
        conn.execute(update(practitioners).where(practitioners.c.id == doctor).values(active=False))
    assert reem.submit(f"/practitioners/{doctor}/leave", "/practitioners", **LEAVE).status_code == 404
    assert leaves(engine) == []


def test_managers_enter_leave_trainers_strangers_and_forged_forms_do_not(
    reem: Browser, new_browser: NewBrowser, engine: Engine, doctor: str
) -> None:
    path = f"/practitioners/{doctor}/leave"
    assert reem.http.post(path, data={**LEAVE, "csrf": "x"}).status_code == 403
    tala = new_browser()
    tala.log_in("tala")
    for page in ("/practitioners", path):
        assert tala.get(page).status_code == 403
    assert tala.http.post(path, data={**LEAVE, "csrf": token(tala.get("/"))}).status_code == 403
    assert "/login" in str(new_browser().http.post(path, data=LEAVE).url)
    assert leaves(engine) == []
    majed = new_browser()
    majed.log_in("majed")
    assert enter(majed, doctor).status_code == 200
    assert len(leaves(engine)) == 1
    [leave] = leaves(engine)
    for act in ("drop", "offer"):
        assert reem.http.post(f"/leave/{leave.id}/{act}", data={"csrf": "x"}).status_code == 403
    assert len(leaves(engine)) == 1


@pytest.mark.parametrize("query", ["told=-1", "told=1e9", "told=99999999999", "told=<b>9</b>", "told=٣", "told="])
def test_numbers_in_the_address_are_only_numbers(reem: Browser, query: str) -> None:
    page = reem.get(f"/practitioners?done=entered&{query}")
    assert page.status_code == 200 and "The leave is entered." in page.text and "Patients written to" not in page.text
    assert "Patients written to: 7." in reem.get("/practitioners?done=entered&told=7").text
