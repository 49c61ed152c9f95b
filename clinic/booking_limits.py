"""When a patient may not book or move alone: too many, too late, too often, or what it was for is no longer offered."""

from __future__ import annotations

from datetime import timedelta
from typing import Optional

from clinic.appointments import Appointment, booked_since, upcoming_of
from clinic.dialogue import Reply, Turn
from clinic.menu import menu_choices
from clinic.schedule import bookable_specialties
from clinic.settings import load_booking_policy
from clinic.tasks import open_task
from clinic.texts import say
from clinic.times import render_moment


def beyond_limits(turn: Turn, visit: Appointment) -> Optional[Reply]:
    """None where the patient may; else reception is told, and the visit stays meanwhile."""
    policy = load_booking_policy(turn.conn, turn.clinic.id)
    offered = {specialty.code for specialty in bookable_specialties(turn.conn, turn.clinic.id, turn.today)}
    if visit.start - turn.now < timedelta(hours=policy.move_notice_hours):
        key = "visits_move_late"
    elif visit.moves >= policy.most_moves:
        key = "visits_move_often"
    elif visit.specialty_code not in offered:
        key = "visits_move_reception"
    else:
        return None
    open_task(
        turn.conn,
        turn.clinic.id,
        "call_patient",
        turn.now,
        conversation_id=turn.conversation.id,
        appointment_id=visit.id,
        message_id=turn.message.message_id,
    )
    when = render_moment(visit.start, turn.clinic.timezone, turn.language)
    text = say(key, turn.language, hours=policy.move_notice_hours, when=when)
    return Reply(text, menu_choices(turn.language, "menu_person"))


def over_the_limit(turn: Turn, flow: str) -> Optional[Reply]:
    """What the clinic lets one number book by itself; None below that. The question closes if it is this flow's."""
    clinic, contact_id = turn.clinic, turn.conversation.contact_id
    policy = load_booking_policy(turn.conn, clinic.id)
    today = booked_since(turn.conn, clinic.id, contact_id, turn.now - timedelta(days=1))
    ahead = len(upcoming_of(turn.conn, clinic.id, contact_id, turn.now))
    if today < policy.most_bookings_a_day and ahead < policy.most_upcoming:
        return None
    key = "booking_limit_today" if today >= policy.most_bookings_a_day else "booking_limit_ahead"
    text = say(key, turn.language, count=max(today, ahead))
    question = turn.open_question
    ours = question is not None and question.flow == flow
    return Reply(text, menu_choices(turn.language, "menu_my_visits", "menu_person"), closes=ours)
