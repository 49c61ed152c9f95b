"""Coming in and being kept out."""

from __future__ import annotations

import hashlib
import re

import pytest
from sqlalchemy import select, update
from sqlalchemy.engine import Engine

from clinic.database.tables import staff, staff_sessions
from clinic.demo import DemoClinic
from clinic.staff import BadStaff, create_staff, revoke_sessions
from desk.login_limit import ADDRESS, NAME, PAIR, LoginLimit
from desk.pages.login import own_path
from tests.desk.conftest import NOW, PASSWORD, Browser, Front, NewBrowser


def test_a_stranger_is_led_to_the_login_and_back_to_where_they_wanted(
    new_browser: NewBrowser, staff_ids: dict[str, str]
) -> None:
    browser = new_browser()
    landed = browser.get("/appointments?day=2026-11-25")
    assert landed.url.path == "/login"
    logged_in = browser.log_in("reem", path=str(landed.url))
    assert (logged_in.status_code, logged_in.url.path, logged_in.url.query) == (200, "/appointments", b"day=2026-11-25")


@pytest.mark.parametrize("username", ["reem", " REEM "])
def test_the_right_password_opens_a_session_whose_token_only_the_browser_has(
    new_browser: NewBrowser, staff_ids: dict[str, str], engine: Engine, username: str
) -> None:
    browser = new_browser()
    assert browser.log_in(username).url.path == "/"
    token = browser.http.cookies["istiqbal_desk"]
    with engine.begin() as conn:
        assert conn.execute(select(staff_sessions.c.token_hash)).scalars().all() == [
            hashlib.sha256(token.encode()).hexdigest()
        ]


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    new_browser: NewBrowser, staff_ids: dict[str, str]
) -> None:
    browser = new_browser()
    browser.http.follow_redirects = False
    cookie = browser.log_in("reem").headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie


@pytest.mark.parametrize(
    ("username", "password"), [("reem", "wrong password"), ("nobody", PASSWORD), ("reem", ""), ("re\0em", "x" * 5000)]
)
def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(
    new_browser: NewBrowser, staff_ids: dict[str, str], username: str, password: str
) -> None:
    browser = new_browser()
    answer = browser.log_in(username, password)
    assert answer.status_code == 401
    assert "غير متطابقين" in answer.text
    assert browser.get("/").url.path == "/login"


def test_who_has_left_cannot_log_in_and_an_open_session_ends(
    reem: Browser, staff_ids: dict[str, str], engine: Engine
) -> None:
    with engine.begin() as conn:
        conn.execute(update(staff).where(staff.c.id == staff_ids["reem"]).values(active=False))
    assert reem.get("/").url.path == "/login"
    assert reem.log_in("reem").status_code == 401


def test_too_many_wrong_passwords_lock_the_pair_of_name_and_machine_for_a_while(
    new_browser: NewBrowser, staff_ids: dict[str, str], front: Front
) -> None:
    browser = new_browser()
    for _ in range(PAIR.tries):
        assert browser.log_in("reem", "wrong password").status_code == 401
    locked = browser.log_in("reem")
    assert locked.status_code == 429
    assert "محاولات كثيرة" in locked.text
    assert browser.log_in("majed").status_code == 200
    front.clock.now += PAIR.within
    assert browser.log_in("reem").status_code == 200


def test_right_passwords_use_up_no_tries(new_browser: NewBrowser, staff_ids: dict[str, str]) -> None:
    browser = new_browser()
    for _ in range(PAIR.tries + 1):
        assert browser.log_in("reem").status_code == 200


def test_one_machine_trying_many_names_and_many_machines_trying_one_name_are_stopped() -> None:
    limit = LoginLimit()
    assert [limit.begin(f"name-{n}", "192.0.2.1", NOW) for n in range(ADDRESS.tries + 1)][-2:] == [True, False]
    limit = LoginLimit()
    assert [limit.begin("reem", f"192.0.2.{n}", NOW) for n in range(NAME.tries + 1)][-2:] == [True, False]


def test_a_session_ends_after_a_shift(reem: Browser, front: Front) -> None:
    front.clock.advance(hours=11, minutes=59)
    assert reem.get("/").url.path == "/"
    front.clock.advance(minutes=1)
    assert reem.get("/").url.path == "/login"


def test_logging_out_ends_the_session_also_for_a_copied_cookie(reem: Browser) -> None:
    token = reem.http.cookies["istiqbal_desk"]
    reem.submit("/logout")
    reem.http.cookies.set("istiqbal_desk", token, domain="desk.local")
    assert reem.get("/", headers={"Cookie": f"istiqbal_desk={token}"}).url.path == "/login"


def test_revoking_ends_the_sessions_on_every_machine(
    reem: Browser, new_browser: NewBrowser, staff_ids: dict[str, str], engine: Engine
) -> None:
    other = new_browser()
    other.log_in("reem")
    with engine.begin() as conn:
        assert revoke_sessions(conn, staff_ids["reem"]) == 2
    assert [browser.get("/").url.path for browser in (reem, other)] == ["/login", "/login"]


def test_a_session_that_was_there_before_the_login_is_not_taken_over(
    new_browser: NewBrowser, staff_ids: dict[str, str]
) -> None:
    browser = new_browser()
    browser.log_in("majed")
    before = browser.http.cookies["istiqbal_desk"]
    browser.log_in("reem")
    assert browser.http.cookies["istiqbal_desk"] != before
    assert browser.get("/", headers={"Cookie": f"istiqbal_desk={before}"}).url.path == "/login"


@pytest.mark.parametrize(
    "path", ["/logout", "/language", "/chats/{chat}/take", "/chats/{chat}/reply", "/chats/{chat}/hand-back"]
)
@pytest.mark.parametrize("csrf", [{}, {"csrf": "guessed"}, {"csrf": "ضيف"}])
def test_no_form_works_without_the_sessions_token(
    reem: Browser, front: Front, clinic: DemoClinic, path: str, csrf: dict[str, str]
) -> None:
    chat = front.chat(clinic)
    front.hands_over(chat, "complaint")
    form = {"body": "hello", "form_id": "1", "language": "ar", **csrf}
    answer = reem.http.post(path.format(chat=chat.id), data=form)
    assert answer.status_code == 403
    assert "load it again" in answer.text
    assert front.sent(chat) == []
    assert front.owner(chat) == "person"
    assert reem.get("/").url.path == "/"


def test_another_site_cannot_log_a_browser_in(new_browser: NewBrowser, staff_ids: dict[str, str]) -> None:
    form = {"username": "reem", "password": PASSWORD}
    led = new_browser()
    assert led.http.post("/login", data=form, headers={"Origin": "https://elsewhere.example"}).status_code == 403
    shown = new_browser()
    shown.get("/login")
    assert shown.http.post("/login", data={**form, "csrf": "guessed"}).status_code == 403


def test_a_program_that_is_no_browser_needs_no_form_to_log_in(
    new_browser: NewBrowser, staff_ids: dict[str, str]
) -> None:
    answer = new_browser().http.post("/login", data={"username": "reem", "password": PASSWORD})
    assert (answer.status_code, answer.url.path) == (200, "/")


@pytest.mark.parametrize(
    ("given", "led_to"),
    [
        ("/chats/1?search=a", "/chats/1?search=a"),
        ("//elsewhere.example", "/"),
        ("/\\elsewhere.example", "/"),
        ("https://elsewhere.example", "/"),
        ("/\r\nSet-Cookie: a=b", "/"),
        (None, "/"),
    ],
)
def test_nobody_is_led_to_another_site(given: str | None, led_to: str) -> None:
    assert own_path(given) == led_to


def test_every_answer_carries_the_headers_that_keep_a_browser_safe(reem: Browser) -> None:
    for path in ("/", "/login", "/nothing", "/static/desk.js", "/health"):
        headers = reem.get(path).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert ("immutable" if path.startswith("/static") else "no-store") in headers["Cache-Control"]


def test_no_page_needs_a_script_or_style_that_the_policy_forbids(
    reem: Browser, front: Front, clinic: DemoClinic
) -> None:
    chat = front.chat(clinic)
    for path in ("/", f"/chats/{chat.id}", "/appointments", "/login", "/nothing"):
        page = reem.get(path).text
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?! src)|javascript:", page)


@pytest.mark.parametrize(("role", "password"), [("owner of all", PASSWORD), ("reception", "short")])
def test_nobody_is_added_with_a_role_there_is_not_or_a_short_password(
    engine: Engine, clinic: DemoClinic, role: str, password: str
) -> None:
    with engine.begin() as conn, pytest.raises(BadStaff):
        create_staff(conn, clinic.id, "new", "New", role, password)


def test_a_username_is_given_once(engine: Engine, clinic: DemoClinic, staff_ids: dict[str, str]) -> None:
    with engine.begin() as conn, pytest.raises(BadStaff, match="already"):
        create_staff(conn, clinic.id, "REEM", "Another", "reception", PASSWORD)


def test_passwords_are_kept_as_argon2id_only(engine: Engine, clinic: DemoClinic) -> None:
    with engine.begin() as conn:
        create_staff(conn, clinic.id, "new", "New", "reception", PASSWORD)
        assert all(kept.startswith("$argon2id$") for kept in conn.execute(select(staff.c.password_hash)).scalars())


def test_a_form_that_is_too_large_is_not_read(new_browser: NewBrowser) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = new_browser().http.post("/login", content=b"a=1&" * 100_000, headers=form)
    assert answer.status_code == 413
