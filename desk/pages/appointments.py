"""The day's appointments."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Optional

from fastapi import APIRouter, Request, Response

from clinic.appointments import appointments_between
from clinic.schedule import load_clinic
from clinic.times import day_bounds, render_date
from desk.chats import waiting_chats
from desk.guard import WithPatients
from desk.rendering import ClinicClock, is_fragment, render
from desk.state import desk_of

router = APIRouter()

# In the order in which they are counted above the list.
SHOWN_STATUSES = ("booked", "confirmed", "arrived", "fulfilled", "noshow", "cancelled")
# How far one may leaf, in days from today; PostgreSQL and calendars end somewhere.
FURTHEST = timedelta(days=3660)


@router.get("/appointments")
def appointments(request: Request, session: WithPatients) -> Response:
    desk, member, now = desk_of(request), session.staff, desk_of(request).now()
    with desk.looks.transaction(desk.engine, member, now) as (conn, look):
        clinic = load_clinic(conn, member.clinic_id)
        today = now.astimezone(clinic.zone).date()
        day = chosen_day(request.query_params.get("day"), today)
        found = appointments_between(conn, member.clinic_id, *day_bounds(day, clinic.timezone))
        waiting = waiting_chats(conn, member.clinic_id)
        look("view_appointments", f"day:{day.isoformat()}")
    statuses = [one.status for one in found]
    return render(
        request,
        "fragments.html" if is_fragment(request) else "appointments.html",
        session,
        clinic_name=clinic.name(member.language),
        clock=ClinicClock(clinic.timezone, member.language, now),
        alarms=[chat for chat in waiting if chat.alarms],
        waiting_count=len(waiting),
        day=day,
        today=today,
        day_name=render_date(day, member.language),
        before=day - timedelta(days=1),
        after=day + timedelta(days=1),
        appointments=found,
        next_id=next((one.id for one in found if one.end > now and one.status != "cancelled"), None),
        counts=[(status, statuses.count(status)) for status in SHOWN_STATUSES if status in statuses],
    )


def chosen_day(given: Optional[str], today: date) -> date:
    """Today when it is no date, or one that nobody means."""
    try:
        chosen = date.fromisoformat(given) if given else today
    except ValueError:
        return today
    return chosen if abs(chosen - today) <= FURTHEST else today
