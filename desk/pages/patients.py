"""Two patients that may be one, side by side, and what reception decides."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Optional

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from clinic.patient_links import AlreadyDecided, PairChanged, UnknownDoubt, decide, load_doubt, visits_at_one_time
from clinic.patient_merging import BirthDatesDiffer
from clinic.schedule import load_clinic
from clinic.staff import Session
from desk.bar import bar_of
from desk.guard import BadForm, GoodForm, NotFound, WithPatients, known_id
from desk.rendering import is_fragment, render
from desk.retrying import RetryingRoute
from desk.state import desk_of

router = APIRouter(route_class=RetryingRoute)

STATES = ("same", "different")


@router.get("/patients/links/{link_id}")
def compare(request: Request, session: WithPatients, link_id: str) -> Response:
    return _page(request, session, known_id(link_id))


@router.post("/patients/links/{link_id}", dependencies=[GoodForm])
def decided(
    request: Request,
    session: WithPatients,
    link_id: str,
    state: Annotated[str, Form()] = "",
    pair: Annotated[str, Form()] = "",
    birth_date: Annotated[str, Form()] = "",
) -> Response:
    id, desk = known_id(link_id), desk_of(request)
    if state not in STATES:
        raise BadForm
    try:
        with desk.engine.begin() as conn:
            decide(conn, session.staff, id, state, pair, desk.now(), _date(birth_date))
    except UnknownDoubt as error:
        raise NotFound from error
    except BirthDatesDiffer:
        return _page(request, session, id, 422, "doubt_birth_dates_differ")
    except PairChanged:
        return _page(request, session, id, 409, "doubt_pair_changed")
    except AlreadyDecided as error:
        # A second click, or a colleague's, that meant the same.
        if error.state != state:
            return _page(request, session, id, 409, "doubt_faster")
    return RedirectResponse(f"/patients/links/{id}", status_code=303)


def _page(request: Request, session: Session, id: str, status: int = 200, problem: Optional[str] = None) -> Response:
    desk, member, now = desk_of(request), session.staff, desk_of(request).now()
    with desk.looks.transaction(desk.engine, member, now) as (conn, look):
        clinic = load_clinic(conn, member.clinic_id)
        try:
            doubt = load_doubt(conn, member.clinic_id, id)
        except UnknownDoubt as error:
            raise NotFound from error
        clashes = visits_at_one_time(conn, member.clinic_id, doubt, now) if doubt.state != "different" else []
        bar = bar_of(conn, clinic, member, now)
        look("compare_patients", f"patient_links:{id}")
    template = "fragments.html" if is_fragment(request) else "same_person.html"
    return render(
        request,
        template,
        session,
        status,
        **bar,
        doubt=doubt,
        same_time=clashes,
        zone=clinic.zone,
        problem=problem,
    )


def _date(given: str) -> Optional[date]:
    """What is no date chooses none."""
    try:
        return date.fromisoformat(given)
    except ValueError:
        return None
