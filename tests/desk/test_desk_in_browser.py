"""Reception in a real browser: an escalation from its arrival to hand back, in both languages, on a PC and a phone."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from datetime import timedelta
from typing import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from clinic.conversations import Conversation
from clinic.demo import DemoClinic
from clinic.schedule import practitioners_of
from clinic.tasks import open_task
from messaging.bubbles import Bubble, Option
from tests.desk.conftest import PASSWORD, Front, RunningDesk
from tests.desk.test_appointments import book, status_of

PC, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
DEADLINE = 15_000  # milliseconds
MARKUP = "<img src=x onerror=\"document.title='run'\">"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None and not os.environ.get("CI"):
        pytest.skip("there is no Chromium on this machine (Debian: apt-get install chromium)")
    assert path is not None, "the browser tests need Chromium"
    with sync_playwright() as playwright:
        # Chromium has no sandbox as root, which is what CI runs as.
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        yield browser
        browser.close()


@contextmanager
def reception(
    chromium: Browser, desk: RunningDesk, viewport: dict[str, int], language: str = "en", tolerated: str = ""
) -> Iterator[Page]:
    """A page of somebody who has logged in; fails if it complained about anything but what is `tolerated`."""
    context = chromium.new_context(viewport=viewport, locale=language)  # type: ignore[arg-type]  # a dict is what a ViewportSize is
    context.set_default_timeout(DEADLINE)
    page, complaints = context.new_page(), []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(f"{desk.url}/login")
    page.locator("#username").fill("reem")
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("#chat-list").wait_for()
    if page.locator("html").get_attribute("lang") != language:
        page.locator(f"button[name=language][value={language}]").click()
        page.locator(f"html[lang={language}]").wait_for()
    yield page
    context.close()
    assert [one for one in complaints if not tolerated or tolerated not in one] == []


def escalation(front: Front, clinic: DemoClinic, number: int = 1, name: str = "Mona Saleh") -> Conversation:
    chat = front.chat(clinic, number, name, says="book")
    front.bot_says(chat, Bubble("Which specialty?", (Option("1", "Dentistry"), Option("2", "Dermatology"))))
    front.hands_over(chat, "complaint", front.says(chat, f"I waited two hours {MARKUP}"))
    return chat


def accessible(page: Page) -> None:
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    grave = [
        f"{one['id']}: {one['help']}: {[node['html'][:150] for node in one['nodes'][:3]]}"
        for one in found.response["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    assert grave == []


def test_an_escalation_from_its_arrival_to_hand_back(
    chromium: Browser, running_desk: RunningDesk, front: Front, clinic: DemoClinic
) -> None:
    with reception(chromium, running_desk, PC) as page:
        expect(page.get_by_text("Nobody is waiting")).to_be_visible()
        chat = escalation(front, clinic)  # arrives without a reload
        row = page.locator(f"#row-{chat.id}")
        expect(row).to_contain_text("Complaint")
        expect(page).to_have_title("(1) Chats · Istiqbal")
        row.click()
        expect(page.locator("#thread")).to_contain_text("Which specialty?")
        expect(page.locator("#thread")).to_contain_text(MARKUP)
        page.get_by_label("Your reply").fill("I am so sorry, this is Reem.")
        page.get_by_role("button", name="Send").click()
        expect(page.locator(".from-staff")).to_contain_text("I am so sorry, this is Reem.")
        expect(page.get_by_label("Your reply")).to_have_value("")
        expect(page.locator("#chat-head")).to_contain_text("You have this chat")
        front.says(chat, "thank you")
        expect(page.locator("#thread")).to_contain_text("thank you")
        page.get_by_role("button", name="Hand back to the assistant").click()
        expect(page.locator("#chat-head")).to_contain_text("The assistant answers here")
        expect(page).to_have_title("Mona Saleh · Istiqbal")
    assert front.sent(chat) == ["I am so sorry, this is Reem."]
    assert front.owner(chat) == "bot"


def test_what_is_being_typed_survives_news_a_reload_and_a_desk_that_is_away(
    chromium: Browser, running_desk: RunningDesk, front: Front, clinic: DemoClinic
) -> None:
    chat = escalation(front, clinic)
    with reception(chromium, running_desk, PC, tolerated="502") as page:
        page.goto(f"{running_desk.url}/chats/{chat.id}")
        box = page.get_by_label("Your reply")
        box.fill("One moment")
        front.says(chat, "are you there?")
        expect(page.locator("#thread")).to_contain_text("are you there?")
        expect(box).to_have_value("One moment")
        expect(box).to_be_focused()
        page.reload()
        expect(box).to_have_value("One moment")
        page.route("**/reply", lambda route: route.fulfill(status=502, body="bad gateway"), times=1)
        box.press("Control+Enter")
        expect(page.locator("#problem")).to_contain_text("Your text is still here")
        expect(box).to_have_value("One moment")
        box.press("Control+Enter")
        expect(page.locator(".from-staff")).to_contain_text("One moment")
        assert front.sent(chat) == ["One moment"]


def test_an_emergency_alarms_wherever_reception_is_until_somebody_takes_it(
    chromium: Browser, running_desk: RunningDesk, front: Front, clinic: DemoClinic
) -> None:
    with reception(chromium, running_desk, PHONE, "ar") as page:
        page.goto(f"{running_desk.url}/appointments")
        alarm = page.get_by_role("alert", name="حالة طارئة")
        expect(alarm).to_be_hidden()
        chat = front.chat(clinic, 3, "أم فهد", says="ابوي مو قادر يتنفس")
        front.hands_over(chat, "emergency")
        expect(alarm).to_contain_text("أم فهد")
        alarm.get_by_role("link").click()
        expect(page.locator("#thread")).to_contain_text("ابوي مو قادر يتنفس")
        expect(alarm).to_be_visible()
        page.locator("#take").click()
        expect(page.locator("#chat-head")).to_contain_text("هذه المحادثة عندك")
        expect(page.locator("#alarm")).to_be_hidden()


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("viewport", [PC, PHONE], ids=["pc", "phone"])
def test_every_page_is_accessible_and_fits_the_screen(
    chromium: Browser,
    running_desk: RunningDesk,
    front: Front,
    clinic: DemoClinic,
    language: str,
    viewport: dict[str, int],
) -> None:
    chat = escalation(front, clinic, 1, "منى الصالح")
    front.hands_over(front.chat(clinic, 2, "Omar"), "emergency")
    front.clock.now = front.clock.now.replace(year=2026, month=1)
    old = front.chat(clinic, 4, None, says="x" * 300)
    with reception(chromium, running_desk, viewport, language) as page:
        for path in ("/", f"/chats/{chat.id}", f"/chats/{old.id}", "/appointments", "/?search=omar"):
            page.goto(running_desk.url + path)
            accessible(page)
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= viewport["width"], f"{path} is {width} wide"
        page.locator("form[data-leaves] button").click()
        page.locator("#username").wait_for()
        accessible(page)


def test_the_desk_works_with_the_keyboard_alone(
    chromium: Browser, running_desk: RunningDesk, front: Front, clinic: DemoClinic
) -> None:
    chat = escalation(front, clinic)
    with reception(chromium, running_desk, PC) as page:
        page.keyboard.press("Tab")
        expect(page.get_by_text("Skip to the content")).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        expect(page.get_by_label("Search")).to_be_focused()
        page.keyboard.press("Tab")
        expect(page.locator(f"#row-{chat.id}")).to_be_focused()
        page.keyboard.press("Enter")
        page.locator("#reply").focus()
        page.keyboard.type("Hello from the keys")
        page.keyboard.press("Control+Enter")
        expect(page.locator(".from-staff")).to_contain_text("Hello from the keys")


def test_without_its_script_the_desk_still_works(
    chromium: Browser, running_desk: RunningDesk, front: Front, clinic: DemoClinic
) -> None:
    chat = escalation(front, clinic)
    context = chromium.new_context(java_script_enabled=False, locale="en")
    page = context.new_page()
    page.goto(f"{running_desk.url}/chats/{chat.id}")
    page.locator("#username").fill("reem")
    page.locator("#password").fill(PASSWORD)
    page.locator("#password").press("Enter")
    page.locator("#reply").fill("Plain as paper")
    page.locator("#send").click()
    expect(page.locator(".from-staff")).to_contain_text("Plain as paper")
    page.locator("#hand-back").click()
    expect(page.locator("#chat-head")).to_contain_text("The assistant answers here")
    context.close()


def test_who_came_is_recorded_with_the_keyboard_and_a_colleague_sees_it_at_once(
    chromium: Browser, running_desk: RunningDesk, front: Front, clinic: DemoClinic
) -> None:
    visit = book(front, clinic, front.clock() + timedelta(minutes=1), "Mona Saleh")
    day = (front.clock() + timedelta(hours=3, minutes=1)).date().isoformat()
    with reception(chromium, running_desk, PC) as page, reception(chromium, running_desk, PHONE, "en") as colleague:
        for one in (page, colleague):
            one.goto(f"{running_desk.url}/appointments?day={day}")
        page.locator(f"#arrived-{visit}").focus()
        page.keyboard.press("Enter")
        expect(page.locator(f"#visit-{visit}")).to_contain_text("Was seen")
        expect(colleague.locator(f"#fulfilled-{visit}")).to_be_visible()
        colleague.locator(f"#undo-{visit}").click()
        expect(page.locator(f"#arrived-{visit}")).to_be_visible()
    assert status_of(front, visit) == "booked"


def test_a_task_arrives_by_itself_on_every_page_and_goes_when_it_is_done(
    chromium: Browser, running_desk: RunningDesk, front: Front, clinic: DemoClinic
) -> None:
    chat = front.chat(clinic, says="are my results there?")
    with reception(chromium, running_desk, PC) as page:
        page.goto(f"{running_desk.url}/practitioners")
        count = page.locator("#task-count")
        expect(count).to_be_hidden()
        with front.engine.begin() as conn:
            open_task(conn, clinic.id, "lab_results", front.clock(), conversation_id=chat.id)
        expect(count).to_contain_text("1")
        page.get_by_role("link", name="Tasks").click()
        expect(page.locator("#todo")).to_contain_text("Mona Saleh")
        page.get_by_role("button", name="Done Mona Saleh").click()
        expect(page.get_by_text("Everything is done")).to_be_visible()
        expect(count).to_be_hidden()


def test_a_leave_from_the_doctors_page_to_the_patients_phone(
    chromium: Browser, running_desk: RunningDesk, front: Front, clinic: DemoClinic
) -> None:
    start = front.clock() + timedelta(days=3)
    visit = book(front, clinic, start, "Mona Saleh")
    day = (start + timedelta(hours=3)).date().isoformat()
    with reception(chromium, running_desk, PC) as page:
        page.get_by_role("link", name="Doctors").click()
        page.get_by_role("link", name="Enter leave").first.focus()
        page.keyboard.press("Enter")
        page.get_by_label("From", exact=True).fill(day)
        page.keyboard.press("Enter")
        expect(page.locator(".hits")).to_contain_text("Mona Saleh")
        expect(page.get_by_text("Nothing is changed yet")).to_be_visible()
        page.locator("#enter-leave").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text("The leave is entered.")).to_contain_text("Patients written to: 1.")
        expect(page.get_by_text("1 still to be moved")).to_be_visible()
        page.get_by_role("button", name="Take it back").click()
        expect(page.get_by_text("The leave is taken back")).to_contain_text("Patients written to: 1.")
    assert status_of(front, visit) == "booked"


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("viewport", [PC, PHONE], ids=["pc", "phone"])
def test_the_day_tasks_doctors_and_leave_are_accessible_and_fit_the_screen(
    chromium: Browser,
    running_desk: RunningDesk,
    front: Front,
    clinic: DemoClinic,
    language: str,
    viewport: dict[str, int],
) -> None:
    now = front.clock()
    states = ("booked", "confirmed", "arrived", "fulfilled", "noshow", "cancelled", "booked")
    visits = [
        book(front, clinic, now + timedelta(minutes=30 * (place - 5)), f"منى {place} {'x' * 6 * place}", place, status)
        for place, status in enumerate(states)
    ]
    ahead = book(front, clinic, now + timedelta(days=3), "Hana Yousef", 20)
    chat = front.chat(clinic, 21, "ياسر", says="x" * 200)
    with front.engine.begin() as conn:
        message = front.says(chat, f"متى تجهز النتائج؟ {MARKUP}")
        open_task(conn, clinic.id, "lab_results", now, conversation_id=chat.id, message_id=message)
        open_task(conn, clinic.id, "running_late", now, appointment_id=visits[-1])
        doctor = practitioners_of(conn, clinic.id)[0].id
    day = (now + timedelta(days=3, hours=3)).date().isoformat()
    leave = f"/practitioners/{doctor}/leave"
    with reception(chromium, running_desk, viewport, language, tolerated="422") as page:
        page.goto(f"{running_desk.url}{leave}?from={day}")
        accessible(page)
        page.locator("#enter-leave").click()
        for path in (
            "/appointments",
            f"/appointments?day={day}&doctor={doctor}&done=to_call",
            f"/appointments/{ahead}/cancel",
            "/tasks",
            "/practitioners?done=entered&told=1&to_call=2",
            leave,
            f"{leave}?from={day}",
            f"{leave}?from={day}&from_time=10:00&to_time=09:00",
        ):
            page.goto(running_desk.url + path)
            page.locator("#live").wait_for(state="attached")
            accessible(page)
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= viewport["width"], f"{path} is {width} wide"


def test_without_its_script_visits_tasks_and_leave_still_work(
    chromium: Browser, running_desk: RunningDesk, front: Front, clinic: DemoClinic
) -> None:
    visit = book(front, clinic, front.clock() + timedelta(minutes=1), "Mona Saleh")
    day = (front.clock() + timedelta(hours=3, minutes=1)).date().isoformat()
    context = chromium.new_context(java_script_enabled=False, locale="en")
    page = context.new_page()
    page.goto(f"{running_desk.url}/appointments?day={day}")
    page.locator("#username").fill("reem")
    page.locator("#password").fill(PASSWORD)
    page.locator("#password").press("Enter")
    page.locator(f"#arrived-{visit}").click()
    expect(page.locator(f"#visit-{visit}")).to_contain_text("arrived")
    page.get_by_role("link", name="Cancel").first.click()
    page.get_by_label("Equipment or room not available").check()
    page.get_by_role("button", name="Cancel the visit").click()
    expect(page.get_by_text("Cancelled. The patient has been told.")).to_be_visible()
    context.close()
    assert status_of(front, visit) == "cancelled"
