"""Pages in the reader's language: the catalogue, the clinic's clock, and the alarm that stands on every page."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any, Optional
from zoneinfo import ZoneInfo

from babel.dates import format_timedelta
from fastapi import Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from clinic.schedule import load_clinic
from clinic.staff import LANGUAGES, Session
from clinic.times import render_clock, render_day, render_moment
from desk.chats import waiting_chats
from desk.settings import FRAGMENT
from desk.state import desk_of
from desk.texts import say
from desk.todo import count_open_tasks

HERE = Path(__file__).parent
STATIC = HERE / "static"
# The first tones of the picture of somebody without one.
TONES = 6


@dataclass(frozen=True)
class ClinicClock:
    """Times as the clinic's wall shows them, in the reader's language."""

    timezone: str
    language: str
    now: datetime

    def clock(self, moment: datetime) -> str:
        return render_clock(moment, self.timezone, self.language)

    def day(self, moment: datetime) -> str:
        """Today and yesterday by name."""
        days = (self._date(self.now) - self._date(moment)).days
        if days in (0, 1):
            return say(("today", "yesterday")[days], self.language)
        return render_day(moment, self.timezone, self.language)

    def same_day(self, one: Optional[datetime], other: datetime) -> bool:
        return one is not None and self._date(one) == self._date(other)

    def short(self, moment: datetime) -> str:
        """The clock for today, else the day."""
        return self.clock(moment) if self.same_day(self.now, moment) else self.day(moment)

    def moment(self, moment: datetime) -> str:
        return render_moment(moment, self.timezone, self.language)

    def ago(self, moment: datetime) -> str:
        """How long it is by now: "12 minutes", "3 أيام"."""
        passed = max(self.now - moment, timedelta(minutes=1))
        return format_timedelta(passed, granularity="minute", threshold=1, locale=self.language)

    def _date(self, moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(self.timezone)).date()


@cache
def shared_templates() -> Jinja2Templates:
    """Read and compiled once a process."""
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(static=static_url, initial=initial, tone=tone)
    return Jinja2Templates(env=environment)


@cache
def static_url(name: str) -> str:
    """With a hash of what is in it, so that browsers may keep it for ever."""
    return f"/static/{name}?v={hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"


def initial(name: str) -> str:
    """The first letter of a name, for its round picture."""
    return next((sign.upper() for sign in name if sign.isalpha()), "#")


def tone(key: str) -> int:
    return hashlib.sha256(key.encode()).digest()[0] % TONES


def is_fragment(request: Request) -> bool:
    return FRAGMENT in request.headers


def guest_language(request: Request) -> str:
    """Without a session: as asked for or known from one, else as the browser prefers, else Arabic."""
    asked = request.query_params.get("language") or getattr(request.state, "language", None)
    if asked in LANGUAGES:
        return asked
    for preferred in request.headers.get("Accept-Language", "").split(","):
        short = preferred.strip()[:2].lower()
        if short in LANGUAGES:
            return short
    return "ar"


def render(
    request: Request, template: str, session: Optional[Session], status: int = 200, **values: Any
) -> HTMLResponse:
    language = session.staff.language if session else guest_language(request)
    context = {
        "say": partial(_say, language),
        "language": language,
        "direction": "rtl" if language == "ar" else "ltr",
        "session": session,
        "path": request.url.path,
        **values,
    }
    return desk_of(request).templates.TemplateResponse(request, template, context, status_code=status)


def sentence(request: Request, session: Optional[Session], status: int, key: str) -> HTMLResponse:
    """A page that says one thing; a short one where our script asked."""
    if is_fragment(request):
        return render(request, "problem.html", session, status, sentence_key=key)
    if session is None or not session.staff.sees_chats:
        return render(request, "sentence.html", session, status, sentence_key=key)
    desk, member = desk_of(request), session.staff
    with desk.engine.connect() as conn:
        clinic, waiting = load_clinic(conn, member.clinic_id), waiting_chats(conn, member.clinic_id)
        task_count = count_open_tasks(conn, member.clinic_id)
    return render(
        request,
        "sentence.html",
        session,
        status,
        sentence_key=key,
        clinic_name=clinic.name(member.language),
        clock=ClinicClock(clinic.timezone, member.language, desk.now()),
        alarms=[chat for chat in waiting if chat.alarms],
        waiting_count=len(waiting),
        task_count=task_count,
    )


def _say(language: str, key: str, **values: object) -> str:
    return say(key, language, **values)
