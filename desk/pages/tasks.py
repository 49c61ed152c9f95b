"""What patients asked for and reception does."""

from __future__ import annotations

import uuid

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from clinic.desk_events import notify_desk
from clinic.patient_links import open_doubts
from clinic.schedule import load_clinic
from clinic.staff import record_access
from clinic.tasks import TaskGone, finish_task
from desk.bar import bar_of
from desk.guard import GoodForm, NotFound, WithPatients
from desk.rendering import is_fragment, render
from desk.retrying import RetryingRoute
from desk.state import desk_of
from desk.todo import is_own_task, list_tasks

router = APIRouter(route_class=RetryingRoute)

MOST_DOUBTS = 50


@router.get("/tasks")
def tasks(request: Request, session: WithPatients) -> Response:
    desk, member, now = desk_of(request), session.staff, desk_of(request).now()
    with desk.looks.transaction(desk.engine, member, now) as (conn, look):
        clinic = load_clinic(conn, member.clinic_id)
        found = list_tasks(conn, member.clinic_id)
        doubts = open_doubts(conn, member.clinic_id, MOST_DOUBTS + 1)
        bar = bar_of(conn, clinic, member, now)
        look("list_tasks", f"clinics:{member.clinic_id}")
    template = "fragments.html" if is_fragment(request) else "tasks.html"
    return render(
        request, template, session, **bar, open_tasks=found, doubts=doubts[:MOST_DOUBTS], more=len(doubts) > MOST_DOUBTS
    )


@router.post("/tasks/{task_id}/done", dependencies=[GoodForm])
def done(request: Request, session: WithPatients, task_id: str) -> Response:
    """Done by somebody is done, whoever was first."""
    desk, member = desk_of(request), session.staff
    try:
        id = str(uuid.UUID(task_id))
    except ValueError as error:
        raise NotFound from error
    with desk.engine.begin() as conn:
        if not is_own_task(conn, member.clinic_id, id):
            raise NotFound
        try:
            finish_task(conn, member.clinic_id, id, member.id, desk.now())
        except TaskGone:
            return RedirectResponse("/tasks", status_code=303)
        record_access(conn, member, "finish_task", f"tasks:{id}", desk.now())
        notify_desk(conn, member.clinic_id, "")
    return RedirectResponse("/tasks", status_code=303)
