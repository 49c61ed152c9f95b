"""The phone page in a real browser: read, tap, pick, write; nothing a patient writes becomes markup."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect, sync_playwright

NUMBER = "200000000000001"
PATIENT = "966500000001"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine; .ci/run installs it")


@pytest.fixture
def page(live_emulator: Any) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        page = browser.new_page(viewport={"width": 390, "height": 844})
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
        page.on("dialog", lambda dialog: problems.append(dialog.message))
        page.goto(f"{live_emulator.address}/#{PATIENT}")
        expect(page.get_by_text("Istiqbal Clinic")).to_be_visible()
        yield page
        browser.close()
        assert problems == []


def business(live_emulator: Any, **message: Any) -> None:
    answer = httpx.post(
        f"{live_emulator.address}/v25.0/{NUMBER}/messages",
        json={"messaging_product": "whatsapp", "to": f"+{PATIENT}", **message},
        headers={"Authorization": "Bearer emulator-access-token"},
        trust_env=False,
    )
    assert answer.status_code == 200, answer.text


def shown(live_emulator: Any) -> list[dict[str, Any]]:
    answer = httpx.get(f"{live_emulator.address}/emulator/patients/{PATIENT}/messages", trust_env=False)
    return list(answer.json()["messages"])


def write(page: Page, text: str) -> None:
    page.get_by_label("Message", exact=True).fill(text)
    page.keyboard.press("Enter")
    page.locator("article.mine").last.wait_for()


def test_a_patient_writes_and_picks_from_a_list_by_keyboard(page: Page, live_emulator: Any) -> None:
    write(page, "book")
    rows = [{"id": "a", "title": "09:00", "description": "Dr Salem"}, {"id": "b", "title": "10:00"}]
    action = {"button": "Times", "sections": [{"title": "Sunday", "rows": rows}]}
    business(
        live_emulator, type="interactive", interactive={"type": "list", "body": {"text": "When?"}, "action": action}
    )
    page.get_by_role("button", name="Times").press("Enter")
    sheet = page.get_by_role("dialog")
    expect(sheet.get_by_text("Dr Salem")).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(page.get_by_role("button", name="Times")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("article.mine").last).to_contain_text("10:00")
    assert shown(live_emulator)[-1]["message"]["interactive"]["list_reply"] == {"id": "b", "title": "10:00"}


def test_a_button_is_tapped_and_the_ticks_follow(page: Page, live_emulator: Any) -> None:
    write(page, "hello")
    buttons = [{"type": "reply", "reply": {"id": "y", "title": "نعم"}}]
    content = {"type": "button", "body": {"text": "نؤكد؟"}, "action": {"buttons": buttons}}
    business(live_emulator, type="interactive", interactive=content)
    page.get_by_role("button", name="نعم").click()
    last = page.locator("article.mine").last
    expect(last).to_contain_text("نعم")
    expect(last.locator(".quote")).to_contain_text("نؤكد؟")
    expect(last.get_by_role("img", name="Delivered")).to_be_visible()


def test_what_anyone_writes_stays_text(page: Page, live_emulator: Any) -> None:
    attack = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    write(page, f"*{attack}*")
    business(live_emulator, type="text", text={"body": f"_{attack}_ javascript:alert(3)"})
    expect(page.locator("article.theirs").last).to_contain_text(attack)
    assert page.locator("article.mine strong").inner_text() == attack
    assert page.locator("article img, article script, article a").count() == 0


@pytest.mark.parametrize(
    "text, html",
    [
        ("a *b* c", "a <strong>b</strong> c"),
        ("_x_ ~y~ `z`", "<em>x</em> <s>y</s> <code>z</code>"),
        ("*_both_*", "<strong><em>both</em></strong>"),
        ("*د. سالم*:", "<strong>د. سالم</strong>:"),
        ("2*3*4 snake_case_name * no *", "2*3*4 snake_case_name * no *"),
    ],
)
def test_marks_show_as_whatsapp_shows_them(page: Page, live_emulator: Any, text: str, html: str) -> None:
    write(page, text)
    assert page.locator("article.mine .line").last.inner_html() == html


def test_arabic_runs_right_to_left_and_english_left_to_right(page: Page, live_emulator: Any) -> None:
    write(page, "ابغى احجز موعد\n10:30\nin English")
    directions = page.locator("article.mine .line").evaluate_all(
        "lines => lines.map(line => getComputedStyle(line).direction)"
    )
    assert directions == ["rtl", "rtl", "ltr"]


def test_another_phone_is_added_and_has_its_own_chat(page: Page, live_emulator: Any) -> None:
    write(page, "first phone")
    page.get_by_role("button", name="Phones").click()
    page.get_by_label("Name").fill("منى")
    page.get_by_label("Number").fill("+966 50 000 0002")
    page.get_by_role("button", name="Add phone").click()
    expect(page.locator("article")).to_have_count(0)
    write(page, "second phone")
    expect(page.locator("article")).to_have_count(1)
    assert [message["text"] for message in shown(live_emulator)] == ["first phone"]
