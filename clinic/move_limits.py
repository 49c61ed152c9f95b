"""When a patient may not move a visit alone: too late, too often, or what it was for is no longer offered."""

from __future__ import annotations

from datetime import timedelta
from typing import Optional

from clinic.appointments import Appointment
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
    offered = {specialty.code for specialty in bookable_specialties(turn.conn, turn.clinic.id)}
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
