"""The doctors: when they work, when they are away, and what their leave does to patients' visits."""

from __future__ import annotations

from itertools import groupby
from typing import Annotated, Any, Optional, Sequence
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from clinic.appointments import Appointment
from clinic.leave import (
    BadLeave,
    Leave,
    LeaveGone,
    UnknownPractitioner,
    drop_leave,
    enter_leave,
    hit_by,
    load_leave,
)
from clinic.replacements import Outcome, offer_replacements, withdraw_offers
from clinic.schedule import Practitioner, load_clinic, practitioners_of
from clinic.staff import Session, record_access
from clinic.times import render_date
from desk.bar import bar_of
from desk.doctors import days_of, hits_of, list_doctors
from desk.guard import GoodForm, NotFound, WithPatients, known_id
from desk.leave_form import LeaveForm, read_leave
from desk.rendering import is_fragment, render
from desk.retrying import RetryingRoute
from desk.state import desk_of

router = APIRouter(route_class=RetryingRoute)

# What was done, said above the doctors with its numbers.
DONE = ("entered", "offered", "dropped")
COUNTED = tuple(Outcome.__dataclass_fields__)
MOST_COUNTED = 99_999


@router.get("/practitioners")
def practitioners(request: Request, session: WithPatients) -> Response:
    desk, member, now = desk_of(request), session.staff, desk_of(request).now()
    with desk.looks.transaction(desk.engine, member, now) as (conn, look):
        clinic = load_clinic(conn, member.clinic_id)
        doctors = list_doctors(conn, clinic, member.language, now)
        bar = bar_of(conn, clinic, member, now)
        look("list_practitioners", f"clinics:{member.clinic_id}")
    done = request.query_params.get("done")
    return render(
        request,
        "fragments.html" if is_fragment(request) else "practitioners.html",
        session,
        **bar,
        doctors=doctors,
        today=now.astimezone(clinic.zone).date(),
        day_name=lambda day: render_date(day, member.language),
        done=done if done in DONE else None,
        counted={name: _count(request.query_params.get(name)) for name in COUNTED},
    )


def _count(given: Optional[str]) -> int:
    return min(int(given), MOST_COUNTED) if given and given.isascii() and given.isdigit() and len(given) < 9 else 0


@router.get("/practitioners/{practitioner_id}/leave")
def leave_page(request: Request, session: WithPatients, practitioner_id: str) -> Response:
    return _leave_page(request, session, known_id(practitioner_id), LeaveForm.of(request.query_params))


@router.post("/practitioners/{practitioner_id}/leave", dependencies=[GoodForm])
def enter(
    request: Request,
    session: WithPatients,
    practitioner_id: str,
    first: Annotated[str, Form(alias="from")] = "",
    last: Annotated[str, Form(alias="to")] = "",
    since: Annotated[str, Form(alias="from_time")] = "",
    until: Annotated[str, Form(alias="to_time")] = "",
) -> Response:
    id, desk, member = known_id(practitioner_id), desk_of(request), session.staff
    form = LeaveForm.of({"from": first, "to": last, "from_time": since, "to_time": until})
    try:
        with desk.engine.begin() as conn:
            clinic = load_clinic(conn, member.clinic_id)
            start, end = read_leave(form, clinic, desk.now())
            leave = enter_leave(conn, clinic, id, start, end, member.id, desk.now())
            record_access(conn, member, "enter_leave", f"absences:{leave.id}", desk.now())
    except BadLeave:
        return _leave_page(request, session, id, form)
    except UnknownPractitioner as error:
        raise NotFound from error
    return _done("entered", _offer(request, session, leave))


@router.post("/leave/{leave_id}/offer", dependencies=[GoodForm])
def offer_the_rest(request: Request, session: WithPatients, leave_id: str) -> Response:
    """To those whose visits came into it after it was entered, or whom something kept from being asked."""
    id, desk, member = known_id(leave_id), desk_of(request), session.staff
    with desk.engine.begin() as conn:
        leave = load_leave(conn, member.clinic_id, id)
        if leave is None:
            raise NotFound
        record_access(conn, member, "offer_replacements", f"absences:{id}", desk.now())
    return _done("offered", _offer(request, session, leave))


@router.post("/leave/{leave_id}/drop", dependencies=[GoodForm])
def drop(request: Request, session: WithPatients, leave_id: str) -> Response:
    id, desk, member = known_id(leave_id), desk_of(request), session.staff
    try:
        with desk.engine.begin() as conn:
            clinic = load_clinic(conn, member.clinic_id)
            leave = drop_leave(conn, clinic, id)
            outcome = withdraw_offers(conn, clinic, leave, desk.now())
            record_access(conn, member, "drop_leave", f"absences:{id}", desk.now())
    except LeaveGone as error:
        raise NotFound from error
    return _done("dropped", outcome)


def _offer(request: Request, session: Session, leave: Leave) -> Outcome:
    """A transaction a patient: no chat waits for all the others, and what was said stays said."""
    desk, member, now = desk_of(request), session.staff, desk_of(request).now()
    with desk.engine.connect() as conn:
        clinic = load_clinic(conn, member.clinic_id)
        hit = hit_by(conn, clinic, leave, now)
    outcome = Outcome()
    for visits in _by_contact(hit):
        with desk.engine.begin() as conn:
            outcome += offer_replacements(conn, clinic, visits, now, leave=leave, actor=f"staff:{member.id}")
    return outcome


def _by_contact(hit: Sequence[Appointment]) -> list[list[Appointment]]:
    ordered = sorted(hit, key=lambda one: (one.contact_id or "", one.start))
    return [list(visits) for _, visits in groupby(ordered, key=lambda one: one.contact_id)]


def _done(what: str, outcome: Outcome) -> Response:
    counts = {name: len(getattr(outcome, name)) for name in COUNTED}
    return RedirectResponse(f"/practitioners?{urlencode({'done': what, **counts})}", status_code=303)


def _leave_page(request: Request, session: Session, practitioner_id: str, form: LeaveForm) -> Response:
    """The form, and below it what such a leave would do. Nothing is changed yet."""
    desk, member, now = desk_of(request), session.staff, desk_of(request).now()
    problem: Optional[str] = None
    values: dict[str, Any] = {}
    with desk.looks.transaction(desk.engine, member, now) as (conn, look):
        clinic = load_clinic(conn, member.clinic_id)
        doctor = _own(practitioners_of(conn, member.clinic_id), practitioner_id)
        if not form.is_empty:
            try:
                leave = Leave("", doctor.id, *read_leave(form, clinic, now))
                first, last = days_of(leave, clinic)
                hits = hits_of(conn, clinic, leave, now)
                values = {"leave": leave, "hits": hits, "first_day": first, "last_day": last}
                look("view_leave", f"practitioners:{doctor.id}")
            except BadLeave as error:
                problem = error.reason
        bar = bar_of(conn, clinic, member, now)
    return render(
        request,
        "fragments.html" if is_fragment(request) else "leave.html",
        session,
        422 if problem else 200,
        **bar,
        **{"leave": None, "hits": [], "first_day": None, "last_day": None, **values},
        doctor=doctor,
        form=form,
        problem=problem,
        today=now.astimezone(clinic.zone).date(),
        day_name=lambda day: render_date(day, member.language),
    )


def _own(doctors: Sequence[Practitioner], practitioner_id: str) -> Practitioner:
    """Raises NotFound."""
    found = next((one for one in doctors if one.id == practitioner_id), None)
    if found is None:
        raise NotFound
    return found
