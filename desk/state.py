"""What every request of the desk is handed: the database, the clock, the news, the templates."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Callable

from fastapi.requests import HTTPConnection
from fastapi.templating import Jinja2Templates
from sqlalchemy.engine import Engine

from desk.events import DeskEvents
from desk.login_limit import LoginLimit
from desk.looks import Looks

Clock = Callable[[], datetime]
# A password check takes 64 MB: a crowd at the login queues up.
PASSWORD_CHECKS_AT_ONCE = 4


def utc_now() -> datetime:
    return datetime.now(timezone.utc)


@dataclass(frozen=True)
class Desk:
    engine: Engine
    now: Clock
    events: DeskEvents
    login_limit: LoginLimit
    templates: Jinja2Templates
    looks: Looks
    checking: threading.BoundedSemaphore = field(
        default_factory=lambda: threading.BoundedSemaphore(PASSWORD_CHECKS_AT_ONCE)
    )


def desk_of(request: HTTPConnection) -> Desk:
    desk: Desk = request.app.state.desk
    return desk
