"""Two patients that may be one, at the desk: compared side by side, decided by reception, by one of them."""

from __future__ import annotations

import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any, Iterator, Optional

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect
from sqlalchemy import select, text, update
from sqlalchemy.engine import Engine

from clinic.database.tables import appointments, patient_links, patients
from clinic.demo import DemoClinic
from clinic.patients import add_patient, record_doubt
from tests.desk.conftest import NOW, Browser, Front, NewBrowser, RunningDesk, token
from tests.desk.test_appointments import book
from tests.desk.test_desk_in_browser import PC, PHONE, accessible, chromium, reception
from tests.desk.test_tasks import count_on

__all__ = ["chromium"]  # the fixture

MARKUP = "<script>alert(1)</script>"


def doubt(
    front: Front,
    clinic: DemoClinic,
    names: tuple[str, str] = ("Mona Saleh", "Muna Salih"),
    births: tuple[Optional[date], Optional[date]] = (None, None),
    number: int = 1,
) -> str:
    """On two numbers, the first an hour older; returned by the id of the link."""
    with front.engine.begin() as conn:
        known = set(conn.execute(select(patient_links.c.id)).scalars())
    ids = []
    for place, (name, birth) in enumerate(zip(names, births, strict=True)):
        chat = front.chat(clinic, number + place, name)
        with front.engine.begin() as conn:
            id = add_patient(conn, clinic.id, chat.contact_id, name, "self", birth).id
            added = front.clock() - timedelta(days=1, hours=1 - place)
            conn.execute(update(patients).where(patients.c.id == id).values(created_at=added))
            ids.append(id)
    with front.engine.begin() as conn:
        record_doubt(conn, clinic.id, ids[0], ids[1], "asked")
        asked = front.clock() - timedelta(minutes=20)
        conn.execute(update(patient_links).where(patient_links.c.state == "asked").values(created_at=asked))
        [new] = set(conn.execute(select(patient_links.c.id)).scalars()) - known
        return str(new)


def link_of(front: Front, id: str) -> Any:
    with front.engine.begin() as conn:
        return conn.execute(select(patient_links).where(patient_links.c.id == id)).one()


def merged(front: Front) -> list[str]:
    with front.engine.begin() as conn:
        return list(conn.execute(select(patients.c.name).where(patients.c.merged_into.is_not(None))).scalars())


def form_of(browser: Browser, id: str) -> dict[str, str]:
    page = browser.get(f"/patients/links/{id}")
    [pair] = re.findall(r'name="pair" value="([^"]*)"', page.text)
    return {"csrf": token(page), "pair": pair}


def decided(browser: Browser, id: str, state: str, **more: str) -> Any:
    return browser.http.post(f"/patients/links/{id}", data={**form_of(browser, id), "state": state, **more})


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))


def test_the_tasks_page_names_both_and_counts_them_among_what_is_to_do(
    reem: Browser, front: Front, clinic: DemoClinic
) -> None:
    assert 'aria-labelledby="doubts-title" hidden' in reem.get("/tasks").text
    id = doubt(front, clinic, ("Mona Saleh", f"Muna {MARKUP}"))
    for fragment in ({}, {"X-Fragment": "1"}):
        page = reem.get("/tasks", headers=fragment).text
        assert f'href="/patients/links/{id}"' in page and "Mona Saleh" in page and "since 20 minutes" in page
        assert MARKUP not in page and "Everything is done" not in page and count_on(page) == "1"
    assert count_on(reem.get("/").text) == count_on(reem.get("/nothing-here").text) == "1"


def test_both_are_shown_side_by_side_with_numbers_masked(reem: Browser, front: Front, clinic: DemoClinic) -> None:
    id = doubt(front, clinic, births=(date(1990, 5, 1), None))
    page = reem.get(f"/patients/links/{id}")
    said = words(page.text)
    for shown in ("Mona Saleh", "Muna Salih", "1990-05-01", "ends in 0001", "ends in 0002", "2026-11-23", "a chat"):
        assert shown in said
    assert "not known" in said and "9665000" not in page.text
    assert said.index("Mona Saleh") < said.index("this one stays") < said.index("Muna Salih")
    assert front.on_record("compare_patients") == [f"patient_links:{id}"]


def test_the_same_person_makes_one_of_both(
    reem: Browser, front: Front, clinic: DemoClinic, staff_ids: dict[str, str]
) -> None:
    visit = book(front, clinic, NOW + timedelta(days=1), "Muna Salih", number=2)
    id = doubt(front, clinic)
    page = decided(reem, id, "same")
    assert page.status_code == 200 and "Decided: the same person. Reem," in words(page.text)
    assert "The same person</button>" not in page.text
    assert merged(front) == ["Muna Salih"] and link_of(front, id).decided_by == staff_ids["reem"]
    assert "Mona Saleh" in reem.get("/appointments?day=2026-11-25").text
    assert count_on(page.text) is None and "Everything is done" in reem.get("/tasks").text
    assert front.on_record("decide_same") == [f"patient_links:{id}"]
    assert any(subject.startswith(f"appointments:{visit} from ") for subject in front.on_record("merge_move"))


def test_two_people_stay_two(reem: Browser, front: Front, clinic: DemoClinic) -> None:
    id = doubt(front, clinic, births=(date(1990, 5, 1), date(2015, 6, 1)))
    page = decided(reem, id, "different")
    assert "Decided: two people." in words(page.text) and "this one stays" not in page.text
    assert merged(front) == [] and count_on(page.text) is None


def test_two_birth_dates_have_to_be_decided_first(reem: Browser, front: Front, clinic: DemoClinic) -> None:
    id = doubt(front, clinic, births=(date(1990, 5, 1), date(1990, 6, 1)))
    for wrong in ({}, {"birth_date": "2001-01-01"}, {"birth_date": "x"}):
        page = decided(reem, id, "same", **wrong)
        assert page.status_code == 422 and "Decide which birth date is right first." in words(page.text)
        assert 'role="alert"' in page.text and merged(front) == [] and link_of(front, id).state == "asked"
    assert decided(reem, id, "same", birth_date="1990-06-01").status_code == 200
    with front.engine.begin() as conn:
        [kept] = conn.execute(select(patients.c.birth_date).where(patients.c.merged_into.is_(None))).scalars()
    assert kept == date(1990, 6, 1)


def test_two_visits_at_one_time_are_said_before_and_after(reem: Browser, front: Front, clinic: DemoClinic) -> None:
    start = NOW + timedelta(days=1)
    book(front, clinic, start, "Mona Saleh", 1), book(front, clinic, start, "Muna Salih", 2, doctor=1)
    id = doubt(front, clinic)
    for page in (reem.get(f"/patients/links/{id}"), decided(reem, id, "same")):
        assert "Two visits at one time: Wednesday 25 Nov, 12:30 pm, with Dr. " in words(page.text)
    with front.engine.begin() as conn:
        assert set(conn.execute(select(appointments.c.status)).scalars()) == {"booked"}


def test_a_colleague_who_was_faster_is_told_and_a_second_click_is_none(
    reem: Browser, new_browser: NewBrowser, front: Front, clinic: DemoClinic
) -> None:
    id, majed = doubt(front, clinic), new_browser()
    majed.log_in("majed")
    late = form_of(reem, id)
    assert decided(majed, id, "different").status_code == 200
    page = reem.http.post(f"/patients/links/{id}", data={**late, "state": "same"})
    assert page.status_code == 409 and "A colleague was faster" in page.text and "Majed" in page.text
    again = reem.http.post(f"/patients/links/{id}", data={**late, "state": "different"})
    assert again.status_code == 200 and "A colleague was faster" not in again.text
    assert merged(front) == [] and front.on_record("decide_same") == []


def test_of_two_who_press_at_the_same_moment_one_wins(
    reem: Browser, new_browser: NewBrowser, front: Front, clinic: DemoClinic
) -> None:
    id, majed = doubt(front, clinic), new_browser()
    majed.log_in("majed")
    forms = [(reem, {**form_of(reem, id), "state": "same"}), (majed, {**form_of(majed, id), "state": "different"})]
    with ThreadPoolExecutor(2) as pool:
        pages = list(pool.map(lambda it: it[0].http.post(f"/patients/links/{id}", data=it[1]), forms))
    assert sorted(page.status_code for page in pages) == [200, 409]
    assert len(front.on_record("decide_same") + front.on_record("decide_different")) == 1
    assert (merged(front) != []) == (link_of(front, id).state == "same")


def test_a_pair_that_changed_meanwhile_is_compared_again(reem: Browser, front: Front, clinic: DemoClinic) -> None:
    id = doubt(front, clinic)
    page = reem.http.post(f"/patients/links/{id}", data={**form_of(reem, id), "pair": "x", "state": "same"})
    assert page.status_code == 409 and "compare once more" in page.text and merged(front) == []


@pytest.fixture
def import_under_way(engine: Engine, clinic: DemoClinic) -> Iterator[None]:
    with engine.begin() as conn:
        conn.execute(text("SELECT pg_advisory_xact_lock(hashtext(:key))"), {"key": f"import:{clinic.id}"})
        yield


@pytest.mark.usefixtures("import_under_way")
def test_while_a_list_is_imported_the_decision_is_refused_and_not_half_done(
    reem: Browser, front: Front, clinic: DemoClinic
) -> None:
    id = doubt(front, clinic)
    page = decided(reem, id, "same")
    assert page.status_code == 503 and "try again" in page.text
    assert merged(front) == [] and link_of(front, id).state == "asked"


def test_another_clinics_doubts_are_unknown(
    reem: Browser, front: Front, clinic: DemoClinic, other_clinic: DemoClinic
) -> None:
    mine, theirs = doubt(front, clinic), doubt(front, other_clinic, ("Their one", "Their other"), number=7)
    page = reem.get("/tasks").text
    assert "Their one" not in page and count_on(page) == "1"
    form = {**form_of(reem, mine), "state": "same"}
    for id in (theirs, str(uuid.uuid4()), "1"):
        assert reem.get(f"/patients/links/{id}").status_code == 404
        assert reem.http.post(f"/patients/links/{id}", data=form).status_code == 404
    assert merged(front) == [] and link_of(front, theirs).state == "asked"


def test_trainers_strangers_and_forged_forms_decide_nothing(
    reem: Browser, new_browser: NewBrowser, front: Front, clinic: DemoClinic
) -> None:
    id = doubt(front, clinic)
    good = {**form_of(reem, id), "state": "same"}
    for bad in ({**good, "csrf": "x"}, {**good, "state": "asked"}, {**good, "state": ""}):
        assert reem.http.post(f"/patients/links/{id}", data=bad).status_code == 403
    tala = new_browser()
    tala.log_in("tala")
    assert tala.get(f"/patients/links/{id}").status_code == 403
    form = {**good, "csrf": token(tala.get("/"))}
    assert tala.http.post(f"/patients/links/{id}", data=form).status_code == 403
    assert "/login" in str(new_browser().get(f"/patients/links/{id}").url)
    assert merged(front) == [] and link_of(front, id).state == "asked"


@pytest.mark.parametrize(("viewport", "language"), [(PC, "en"), (PHONE, "ar"), (PHONE, "en")])
def test_two_are_compared_and_decided_in_a_real_browser(
    chromium: Chromium,  # noqa: F811  # the fixture of the other file
    running_desk: RunningDesk,
    front: Front,
    clinic: DemoClinic,
    viewport: dict[str, int],
    language: str,
) -> None:
    with reception(chromium, running_desk, viewport, language, tolerated="422") as page:
        page.goto(f"{running_desk.url}/tasks")
        id = doubt(front, clinic, births=(date(1990, 5, 1), date(1990, 6, 1)))
        page.reload()
        accessible(page)
        page.locator(f"#compare-{id}").click()
        page.locator(".compare").wait_for()
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.locator("button[value=same]").click()
        expect(page.locator("p[role=alert]")).to_be_visible()
        accessible(page)
        page.locator("input[type=radio]").first.focus()
        page.keyboard.press("Space")
        page.locator("button[value=same]").press("Enter")
        expect(page.locator("[role=status].tells")).to_be_visible()
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert merged(front) == ["Muna Salih"]
