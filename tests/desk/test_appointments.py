"""The day's appointments, who came, and what the clinic cancels."""

from __future__ import annotations

import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from typing import Any, Optional

import pytest
from sqlalchemy import select, update
from sqlalchemy.engine import Engine

from clinic.appointments import book_slot
from clinic.database.tables import appointments, encounters, messages, specialties, tasks
from clinic.demo import DemoClinic
from clinic.patients import add_patient
from clinic.schedule import Slot, practitioners_of
from clinic.tasks import open_task
from imports.importing import import_rows
from imports.job import job_for
from imports.kinds import LISTS
from imports.rows import Row
from tests.desk.conftest import NOW, Browser, Front, NewBrowser, token


def book(
    front: Front,
    clinic: DemoClinic,
    start: datetime,
    name: str,
    number: int = 1,
    status: str = "booked",
    doctor: int = 0,
) -> str:
    chat = front.chat(clinic, number)
    with front.engine.begin() as conn:
        patient = add_patient(conn, clinic.id, chat.contact_id, name, "self")
        practitioner = practitioners_of(conn, clinic.id)[doctor]
        mine = select(specialties.c.id).where(specialties.c.clinic_id == clinic.id).order_by(specialties.c.position)
        slot = Slot(practitioner, start, start + timedelta(minutes=20))
        key, specialty_id = f"{name}{start}", conn.execute(mine.limit(1)).scalar_one()
        booked = book_slot(conn, clinic.id, chat.contact_id, specialty_id, patient.id, slot, NOW, idempotency_key=key)
        conn.execute(update(appointments).where(appointments.c.id == booked).values(status=status))
        return booked


def status_of(front: Front, visit: str) -> str:
    with front.engine.begin() as conn:
        return str(conn.execute(select(appointments.c.status).where(appointments.c.id == visit)).scalar_one())


def marked(browser: Browser, visit: str, status: str, seen: str = "booked", **more: str) -> Any:
    return browser.submit(f"/appointments/{visit}/mark", "/appointments", status=status, seen=seen, **more)


def written(front: Front) -> list[str]:
    """What left for patients."""
    with front.engine.begin() as conn:
        sent = select(messages.c.text).where(messages.c.direction == "out")
        return list(conn.execute(sent.order_by(messages.c.seq)).scalars())


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=timezone.utc)


def test_a_day_shows_its_appointments_in_order_in_the_clinics_zone(
    reem: Browser, front: Front, clinic: DemoClinic
) -> None:
    book(front, clinic, at(24, 13), "Huda")
    book(front, clinic, at(24, 6), "Sami", 2, "arrived")
    book(front, clinic, at(23, 21, 30), "Night owl", 3)  # half past midnight in Riyadh
    book(front, clinic, at(24, 21, 30), "Tomorrow", 4)
    page = reem.get("/appointments").text
    assert re.findall(r'<td class="visit-who"><bdi>([^<]*)', page) == ["Night owl", "Sami", "Huda"]
    for words in ("Tuesday 24 Nov", "12:30 am", "9:00 am", "4:00 pm", "Dr. ", "General medicine", "arrived", "booked"):
        assert words in page


@pytest.mark.parametrize(
    ("day", "shown"),
    [
        ("2026-11-25", "Wednesday 25 Nov"),
        ("2026-02-30", "Tuesday 24 Nov"),
        ("9999-12-31", "Tuesday 24 Nov"),
        ("x\0", "Tuesday 24 Nov"),
    ],
)
def test_one_may_leaf_through_days_and_nonsense_is_today(reem: Browser, day: str, shown: str) -> None:
    page = reem.get("/appointments", params={"day": day})
    assert page.status_code == 200
    assert shown in page.text


def test_the_days_before_and_after_are_one_step_away(reem: Browser) -> None:
    page = reem.get("/appointments?day=2026-12-01").text
    assert 'href="/appointments?day=2026-11-30"' in page and 'href="/appointments?day=2026-12-02"' in page


def test_a_free_day_says_so_and_looking_is_on_record(reem: Browser, front: Front) -> None:
    assert "No appointments on this day" in reem.get("/appointments?day=2026-12-05").text
    assert front.on_record("view_appointments") == ["day:2026-12-05"]


def test_another_clinics_appointments_are_not_shown(
    reem: Browser, front: Front, clinic: DemoClinic, other_clinic: DemoClinic, engine: Engine
) -> None:
    book(front, other_clinic, at(24, 13), "Their patient", 5)
    assert "Their patient" not in reem.get("/appointments").text


# --- who came ----------------------------------------------------------------------------------------------------


def test_a_visit_is_marked_from_the_list_step_by_step_and_a_wrong_tap_taken_back(
    reem: Browser, front: Front, clinic: DemoClinic
) -> None:
    visit = book(front, clinic, at(24, 9), "Huda")
    page = marked(reem, visit, "arrived", day="2026-11-24")
    assert page.status_code == 200 and str(page.url).endswith(f"/appointments?day=2026-11-24#visit-{visit}")
    assert status_of(front, visit) == "arrived" and "Was seen" in page.text
    page = marked(reem, visit, "fulfilled", "arrived")
    assert "Undo" in page.text
    marked(reem, visit, "undo", "fulfilled")
    assert status_of(front, visit) == "arrived"
    assert front.on_record("mark_arrived") == front.on_record("undo_mark") == [f"appointments:{visit}"]


def test_what_a_practice_system_marked_can_be_taken_back_too(reem: Browser, front: Front, clinic: DemoClinic) -> None:
    visit = book(front, clinic, NOW - timedelta(minutes=10), "Mona Saleh")
    with front.engine.begin() as conn:
        job = job_for(conn, str(clinic.id), NOW, actor="api")
        rows = [Row(1, {"appointment": visit, "status": "fulfilled"})]
        import_rows(job, LISTS["arrivals"], rows, total=1, titles={}, broken=[])
    assert status_of(front, visit) == "fulfilled" and encounters_of(front) == 1
    assert "Undo" in reem.get("/appointments").text
    marked(reem, visit, "undo", "fulfilled")
    assert status_of(front, visit) == "booked" and encounters_of(front) == 0


def encounters_of(front: Front) -> int:
    with front.engine.begin() as conn:
        return len(conn.execute(select(encounters)).all())


def test_the_buttons_are_those_of_the_moment(reem: Browser, front: Front, clinic: DemoClinic) -> None:
    book(front, clinic, NOW + timedelta(hours=1), "Later")
    page = reem.get("/appointments").text
    assert "Has arrived" in page and "Did not come" not in page
    front.clock.advance(hours=1)
    assert "Did not come" in reem.get("/appointments").text


def test_an_arrival_that_nobody_recorded_is_shown_and_counted_apart_from_who_did_not_come(
    reem: Browser, front: Front, clinic: DemoClinic
) -> None:
    book(front, clinic, at(24, 6), "Forgotten")
    book(front, clinic, at(24, 7), "Forgotten too", 2, "confirmed")
    book(front, clinic, at(24, 8), "Absent", 3, "noshow")
    book(front, clinic, NOW + timedelta(hours=2), "Ahead", 4)
    page = reem.get("/appointments").text
    counts = re.search(r'class="day-counts">(.*?)</p>', page, re.S)
    assert counts is not None
    found = re.findall(r"status-(\w+)\">[^<]* (\d+)<", counts.group(1))
    assert found == [("unrecorded", "2"), ("booked", "1"), ("noshow", "1")]


def test_who_is_running_late_is_shown_until_the_task_is_done(reem: Browser, front: Front, clinic: DemoClinic) -> None:
    visit = book(front, clinic, NOW + timedelta(hours=1), "Huda")
    other = book(front, clinic, NOW + timedelta(hours=2), "Sami", 2)
    with front.engine.begin() as conn:
        open_task(conn, clinic.id, "running_late", NOW, appointment_id=visit)
        open_task(conn, clinic.id, "call_patient", NOW, appointment_id=other)
    assert reem.get("/appointments").text.count("running late") == 1
    with front.engine.begin() as conn:
        conn.execute(update(tasks).values(done_at=NOW))
    assert "running late" not in reem.get("/appointments").text


def test_the_list_of_one_doctor_is_theirs_alone_and_nonsense_is_everybodys(
    reem: Browser, front: Front, clinic: DemoClinic, other_clinic: DemoClinic
) -> None:
    book(front, clinic, at(24, 13), "Of the first")
    book(front, clinic, at(24, 13), "Of the second", 2, doctor=1)
    with front.engine.begin() as conn:
        second = practitioners_of(conn, clinic.id)[1].id
        theirs = practitioners_of(conn, other_clinic.id)[0].id
    page = reem.get(f"/appointments?doctor={second}").text
    assert "Of the second" in page and "Of the first" not in page
    assert f'href="/appointments?day=2026-11-25&amp;doctor={second}"' in page
    for nonsense in (theirs, "x", "' OR 1=1", ""):
        page = reem.get("/appointments", params={"doctor": nonsense}).text
        assert "Of the second" in page and "Of the first" in page


def test_the_slower_of_two_colleagues_sees_what_the_visit_is_now_and_a_second_click_nothing_new(
    reem: Browser, front: Front, clinic: DemoClinic
) -> None:
    visit = book(front, clinic, at(24, 9), "Huda")
    marked(reem, visit, "noshow")
    slower = marked(reem, visit, "undo", "arrived")
    assert slower.status_code == 409 and "This visit is now: did not come" in slower.text
    assert status_of(front, visit) == "noshow"
    assert marked(reem, visit, "noshow").status_code == 200
    assert front.on_record("mark_noshow") == [f"appointments:{visit}"]


def test_two_clicks_at_once_are_one_mark(
    new_browser: NewBrowser, staff_ids: dict[str, str], front: Front, clinic: DemoClinic
) -> None:
    visit = book(front, clinic, at(24, 9), "Huda")
    browsers = [new_browser() for _ in range(4)]
    for browser in browsers:
        browser.log_in("reem")
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda one: marked(one, visit, "arrived").status_code, browsers))
    assert answers == [200] * 4
    assert front.on_record("mark_arrived") == [f"appointments:{visit}"]


@pytest.mark.parametrize(
    ("status", "seen"),
    [("cancelled", "booked"), ("fulfilled", "booked"), ("proposed", "booked"), ("", ""), ("arrived", "nonsense")],
)
def test_what_no_button_says_is_refused(
    reem: Browser, front: Front, clinic: DemoClinic, status: str, seen: str
) -> None:
    visit = book(front, clinic, at(24, 9), "Huda")
    assert marked(reem, visit, status, seen).status_code == 409
    assert status_of(front, visit) == "booked"


@pytest.mark.parametrize("path", ["mark", "cancel"])
def test_another_clinics_visit_and_nonsense_are_not_found(
    reem: Browser, front: Front, clinic: DemoClinic, other_clinic: DemoClinic, path: str
) -> None:
    theirs = book(front, other_clinic, at(24, 9), "Their patient", 5)
    for visit in (theirs, str(uuid.uuid4()), "1", "x%00"):
        form = {"status": "arrived", "seen": "booked", "reason": "other"}
        answer = reem.submit(f"/appointments/{visit}/{path}", "/appointments", **form)
        assert answer.status_code == 404 and "Their patient" not in answer.text
    assert reem.get(f"/appointments/{theirs}/cancel").status_code == 404
    assert status_of(front, theirs) == "booked" and written(front) == []


@pytest.mark.parametrize("path", ["mark", "cancel"])
def test_without_the_forms_token_and_for_trainers_nothing_is_changed(
    reem: Browser, new_browser: NewBrowser, front: Front, clinic: DemoClinic, path: str
) -> None:
    visit = book(front, clinic, at(24, 9), "Huda")
    form = {"status": "arrived", "seen": "booked", "reason": "other"}
    assert reem.http.post(f"/appointments/{visit}/{path}", data=form).status_code == 403
    assert reem.http.post(f"/appointments/{visit}/{path}", data={**form, "csrf": "x"}).status_code == 403
    tala = new_browser()
    tala.log_in("tala")
    csrf = token(tala.get("/"))
    answer = tala.http.post(f"/appointments/{visit}/{path}", data={**form, "csrf": csrf})
    assert answer.status_code == 403
    for page in ("/appointments", f"/appointments/{visit}/cancel"):
        assert tala.get(page).status_code == 403 and "Huda" not in tala.get(page).text
    stranger = new_browser().http.post(f"/appointments/{visit}/{path}", data=form)
    assert "/login" in str(stranger.url)
    assert status_of(front, visit) == "booked"


# --- what the clinic cancels -------------------------------------------------------------------------------------


def cancelled(browser: Browser, visit: str, reason: Optional[str], seen: str = "booked") -> Any:
    page = f"/appointments/{visit}/cancel"
    return browser.submit(page, page, seen=seen, **({"reason": reason} if reason else {}))


def test_a_cancellation_says_what_it_will_do_and_the_patient_hears_of_it(
    reem: Browser, front: Front, clinic: DemoClinic
) -> None:
    visit = book(front, clinic, NOW + timedelta(days=2), "Huda")
    page = reem.get(f"/appointments/{visit}/cancel").text
    assert "writes to the patient at once" in page and written(front) == []
    done = cancelled(reem, visit, "equipment")
    assert "The patient has been told" in done.text and "by the clinic: Equipment" in done.text
    [said] = written(front)
    assert "يعتذر" in said or "نعتذر" in said or "sorry" in said
    assert status_of(front, visit) == "cancelled"
    assert front.on_record("mark_cancelled") == [f"appointments:{visit}"]


def test_cancelling_twice_tells_the_patient_once(reem: Browser, front: Front, clinic: DemoClinic) -> None:
    visit = book(front, clinic, NOW + timedelta(days=2), "Huda")
    page = f"/appointments/{visit}/cancel"
    csrf = token(reem.get(page))
    form = {"csrf": csrf, "seen": "booked", "reason": "other"}
    answers = [reem.http.post(page, data=form).status_code for _ in range(2)]
    assert answers == [200, 200] and len(written(front)) == 1


def test_who_wrote_long_ago_is_put_on_the_list_to_be_called(reem: Browser, front: Front, clinic: DemoClinic) -> None:
    visit = book(front, clinic, NOW + timedelta(days=3), "Huda")
    front.clock.advance(days=1)
    reem.log_in("reem")
    assert "cannot be written to now" in reem.get(f"/appointments/{visit}/cancel").text
    assert "please call them" in cancelled(reem, visit, "practitioner_away").text
    assert written(front) == []
    assert "Please call" in reem.get("/tasks").text


def test_without_a_reason_nothing_is_cancelled(reem: Browser, front: Front, clinic: DemoClinic) -> None:
    visit = book(front, clinic, NOW + timedelta(days=2), "Huda")
    for reason in (None, "because"):
        refused = cancelled(reem, visit, reason)
        assert refused.status_code == 422 and "Please choose why" in refused.text
    assert status_of(front, visit) == "booked" and written(front) == []


def test_a_visit_that_took_place_cannot_be_cancelled(reem: Browser, front: Front, clinic: DemoClinic) -> None:
    visit = book(front, clinic, at(24, 6), "Huda", status="fulfilled")
    assert "can no longer be cancelled" in reem.get(f"/appointments/{visit}/cancel").text
    csrf = token(reem.get("/appointments"))
    form = {"csrf": csrf, "seen": "fulfilled", "reason": "other"}
    assert reem.http.post(f"/appointments/{visit}/cancel", data=form).status_code == 409
    assert status_of(front, visit) == "fulfilled" and written(front) == []
