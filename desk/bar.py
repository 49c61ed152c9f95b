"""What stands on every page above its own content: the clinic, the alarm, who waits, and what is to be done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from clinic.schedule import Clinic
from clinic.staff import Staff
from desk.chats import waiting_chats
from desk.rendering import ClinicClock
from desk.todo import count_open_tasks


def bar_of(conn: Connection, clinic: Clinic, member: Staff, now: datetime) -> dict[str, Any]:
    """The values that frame.html asks for."""
    waiting = waiting_chats(conn, member.clinic_id)
    return {
        "clinic_name": clinic.name(member.language),
        "clock": ClinicClock(clinic.timezone, member.language, now),
        "alarms": [chat for chat in waiting if chat.alarms],
        "waiting_count": len(waiting),
        "task_count": count_open_tasks(conn, member.clinic_id),
    }
