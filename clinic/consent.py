"""What a contact agreed to receive. The newest word wins; care and marketing are kept apart."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import desc, insert, select
from sqlalchemy.engine import Connection

from clinic.appointments import upcoming_of
from clinic.conversations import Conversation
from clinic.database.tables import consents
from clinic.dialogue import Reply, Turn
from clinic.schedule import Clinic
from clinic.texts import say
from clinic.times import render_moment

PURPOSES = ("care", "marketing")


def grant(conn: Connection, contact_id: str, clinic_id: str, source: str, now: datetime) -> None:
    _record(conn, contact_id, clinic_id, True, source, now)


def withdraw(conn: Connection, contact_id: str, clinic_id: str, source: str, now: datetime) -> None:
    """ "Stop" means all that we start: both purposes end. Replies to what a patient writes go on."""
    _record(conn, contact_id, clinic_id, False, source, now)


def _record(conn: Connection, contact_id: str, clinic_id: str, granted: bool, source: str, now: datetime) -> None:
    conn.execute(
        insert(consents),
        [
            {
                "contact_id": contact_id,
                "clinic_id": clinic_id,
                "purpose": purpose,
                "granted": granted,
                "source": source,
                "created_at": now,
            }
            for purpose in PURPOSES
        ],
    )


def may_start(conn: Connection, contact_id: str, purpose: str) -> bool:
    """Whether we may write first for this purpose: no word means no for marketing, yes for care that was booked."""
    newest = conn.execute(
        select(consents.c.granted)
        .where(consents.c.contact_id == contact_id, consents.c.purpose == purpose)
        .order_by(desc(consents.c.created_at))
        .limit(1)
    ).scalar_one_or_none()
    return bool(newest) if newest is not None else purpose == "care"


def opt_out(turn: Turn) -> Reply:
    return Reply(stop_writing_first(turn.conn, turn.clinic, turn.conversation, turn.now))


def stop_writing_first(conn: Connection, clinic: Clinic, conversation: Conversation, now: datetime) -> str:
    """Also the second time: the same word, the same answer. A visit ahead stays booked, and the patient knows."""
    withdraw(conn, conversation.contact_id, clinic.id, "whatsapp message", now)
    done = say("opt_out_done", conversation.language)
    ahead = upcoming_of(conn, clinic.id, conversation.contact_id, now)
    if not ahead:
        return done
    when = render_moment(ahead[0].start, clinic.timezone, conversation.language)
    return f"{done} {say('opt_out_visit', conversation.language, when=when)}"


def opt_in(turn: Turn) -> Reply:
    grant(turn.conn, turn.conversation.contact_id, turn.clinic.id, "whatsapp message", turn.now)
    return Reply(say("opt_in_done", turn.language))
