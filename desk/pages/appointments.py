"""The day's appointments, who came, and what the clinic cancels."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Callable, Optional
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.engine import Connection

from clinic.attendance import REASONS, UnknownReason, WrongState, mark, undo
from clinic.replacements import Outcome, cancel_and_tell, may_be_told
from clinic.schedule import Practitioner, load_clinic, practitioners_of
from clinic.staff import Session
from clinic.times import day_bounds, render_date
from desk.bar import bar_of
from desk.day import SHOWN_STATES, DayVisit, load_day, load_visit
from desk.guard import GoodForm, NotFound, WithPatients, known_id
from desk.rendering import is_fragment, render
from desk.retrying import RetryingRoute
from desk.state import desk_of

router = APIRouter(route_class=RetryingRoute)

# How far one may leaf, in days from today; PostgreSQL and calendars end somewhere.
FURTHEST = timedelta(days=3660)
# What a cancellation led to, said above the day.
OUTCOMES = ("told", "to_call", "nothing_free", "done")

Mark = Callable[[Connection], object]


@router.get("/appointments")
def appointments(request: Request, session: WithPatients) -> Response:
    return _day(request, session, request.query_params.get("day"), request.query_params.get("doctor"))


@router.post("/appointments/{appointment_id}/mark", dependencies=[GoodForm])
def mark_visit(
    request: Request,
    session: WithPatients,
    appointment_id: str,
    status: Annotated[str, Form()] = "",
    seen: Annotated[str, Form()] = "",
    day: Annotated[str, Form()] = "",
    doctor: Annotated[str, Form()] = "",
) -> Response:
    id, member, now = known_id(appointment_id), session.staff, desk_of(request).now()
    try:
        with desk_of(request).engine.begin() as conn:
            if status == "undo":
                undo(conn, member, id, now, seen=seen)
            else:
                mark(conn, member, id, status, now, seen=seen)
    except WrongState as error:
        if error.status is None:
            raise NotFound from error
        # A second click, or a colleague's, that meant the same.
        if error.status != status:
            return _day(request, session, day, doctor, problem="state_is_now", now_is=error.status)
    return _to_day(day, doctor, visit=id)


@router.get("/appointments/{appointment_id}/cancel")
def cancel_page(request: Request, session: WithPatients, appointment_id: str) -> Response:
    return _cancel_page(request, session, known_id(appointment_id))


@router.post("/appointments/{appointment_id}/cancel", dependencies=[GoodForm])
def cancel(
    request: Request,
    session: WithPatients,
    appointment_id: str,
    reason: Annotated[str, Form()] = "",
    seen: Annotated[str, Form()] = "",
) -> Response:
    id, member, now = known_id(appointment_id), session.staff, desk_of(request).now()
    try:
        with desk_of(request).engine.begin() as conn:
            clinic = load_clinic(conn, member.clinic_id)
            outcome = cancel_and_tell(conn, clinic, member, id, reason, now, seen=seen)
            visit = load_visit(conn, member.clinic_id, id)
    except UnknownReason:
        return _cancel_page(request, session, id, problem="choose_reason")
    except WrongState as error:
        if error.status is None:
            raise NotFound from error
        if error.status != "cancelled":
            return _cancel_page(request, session, id, problem="state_is_now", now_is=error.status)
        outcome, visit = Outcome(), None
    day = visit.start.astimezone(clinic.zone).date().isoformat() if visit else ""
    return _to_day(day, "", done=_said(outcome), visit=id)


def _said(outcome: Outcome) -> str:
    return next((name for name in OUTCOMES if getattr(outcome, name, ())), "done")


def _to_day(day: str, doctor: str, *, visit: str, done: Optional[str] = None) -> Response:
    """The day again, at the row that was changed."""
    wanted = {"day": day, "doctor": doctor, "done": done}
    query = urlencode({name: value for name, value in wanted.items() if value})
    return RedirectResponse(f"/appointments{'?' + query if query else ''}#visit-{visit}", status_code=303)


def _day(
    request: Request,
    session: Session,
    given_day: Optional[str],
    doctor: Optional[str],
    *,
    problem: Optional[str] = None,
    now_is: Optional[str] = None,
) -> Response:
    desk, member, now = desk_of(request), session.staff, desk_of(request).now()
    with desk.looks.transaction(desk.engine, member, now) as (conn, look):
        clinic = load_clinic(conn, member.clinic_id)
        today = now.astimezone(clinic.zone).date()
        day = chosen_day(given_day, today)
        doctors = practitioners_of(conn, member.clinic_id)
        chosen = _one_of(doctors, doctor)
        found = load_day(
            conn, member.clinic_id, *day_bounds(day, clinic.timezone), practitioner_id=chosen.id if chosen else None
        )
        bar = bar_of(conn, clinic, member, now)
        look("view_appointments", f"day:{day.isoformat()}")
    states = [one.state(now) for one in found]
    done = request.query_params.get("done")
    return render(
        request,
        "fragments.html" if is_fragment(request) else "appointments.html",
        session,
        409 if problem else 200,
        **bar,
        section="appointments",
        now=now,
        day=day,
        today=today,
        day_name=render_date(day, member.language),
        before=day - timedelta(days=1),
        after=day + timedelta(days=1),
        doctors=doctors,
        doctor=chosen,
        appointments=found,
        next_id=next((one.id for one in found if one.end > now and one.status != "cancelled"), None),
        counts=[(state, states.count(state)) for state in SHOWN_STATES if state in states],
        problem=problem,
        now_is=now_is,
        done=done if done in OUTCOMES else None,
    )


def _cancel_page(
    request: Request, session: Session, id: str, *, problem: Optional[str] = None, now_is: Optional[str] = None
) -> Response:
    desk, member, now = desk_of(request), session.staff, desk_of(request).now()
    with desk.looks.transaction(desk.engine, member, now) as (conn, look):
        clinic = load_clinic(conn, member.clinic_id)
        visit = load_visit(conn, member.clinic_id, id)
        if visit is None:
            raise NotFound
        reachable = may_be_told(conn, member.clinic_id, visit.contact_id, now)
        bar = bar_of(conn, clinic, member, now)
        look("view_appointment", f"appointments:{id}")
    return render(
        request,
        "fragments.html" if is_fragment(request) else "cancel_visit.html",
        session,
        _status(problem),
        **bar,
        **_cancel_values(visit, clinic.zone, now),
        section="appointments",
        reachable=reachable,
        reasons=REASONS,
        problem=problem,
        now_is=now_is,
    )


def _status(problem: Optional[str]) -> int:
    return {None: 200, "choose_reason": 422}.get(problem, 409)


def _cancel_values(visit: DayVisit, zone: Any, now: Any) -> dict[str, Any]:
    return {
        "visit": visit,
        "can_cancel": "cancelled" in visit.next_states(now),
        "day": visit.start.astimezone(zone).date(),
    }


def _one_of(doctors: list[Practitioner], wanted: Optional[str]) -> Optional[Practitioner]:
    return next((one for one in doctors if one.id == wanted), None)


def chosen_day(given: Optional[str], today: date) -> date:
    """Today when it is no date, or one that nobody means."""
    try:
        chosen = date.fromisoformat(given) if given else today
    except ValueError:
        return today
    return chosen if abs(chosen - today) <= FURTHEST else today
