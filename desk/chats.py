"""The chats as the desk lists them. Reads only, and every query is bound to one clinic."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Optional

from sqlalchemy import and_, case, exists, func, literal, or_, select, true
from sqlalchemy.engine import Connection

from clinic.database.tables import contact_patients, contacts, conversations, handoffs, messages, patients, staff
from clinic.handoff import URGENCIES
from desk.folding import fold, folded
from desk.settings import MOST_WITH_BOT, MOST_WITH_PEOPLE, WINDOW


@dataclass(frozen=True)
class Chat:
    """A conversation in a list. `reason` and what follows are None where the bot owns it."""

    id: str
    contact_id: str
    profile_name: Optional[str]
    wa_id: Optional[str]
    language: str
    owner: str
    preview: Optional[str]
    preview_type: Optional[str]
    preview_sender: Optional[str]
    last_at: Optional[datetime]
    last_inbound_at: Optional[datetime]
    reason: Optional[str]
    urgency: Optional[str]
    opened_at: Optional[datetime]
    taken_at: Optional[datetime]
    taken_by: Optional[str]
    taken_by_name: Optional[str]

    @property
    def name(self) -> str:
        """As the patient calls themselves, else the number; "" when only Meta's id is known."""
        return (self.profile_name or "").strip() or self.number

    @property
    def number(self) -> str:
        return f"+{self.wa_id}" if self.wa_id else ""

    @property
    def waits(self) -> bool:
        return self.owner == "person" and self.taken_by is None

    @property
    def alarms(self) -> bool:
        """An emergency that nobody has taken."""
        return self.waits and self.urgency == "stat"

    def window_open(self, now: datetime) -> bool:
        return self.last_inbound_at is not None and now - self.last_inbound_at < WINDOW


@dataclass(frozen=True)
class ChatLists:
    """Gravest first, then who has waited longest; the bot's by their newest message."""

    waiting: list[Chat]
    mine: list[Chat]
    colleagues: list[Chat]
    bot: list[Chat]

    @property
    def alarms(self) -> list[Chat]:
        return [chat for chat in self.waiting if chat.alarms]

    @property
    def empty(self) -> bool:
        return not (self.waiting or self.mine or self.colleagues or self.bot)


def list_chats(conn: Connection, clinic_id: str, staff_id: str, search: str = "") -> ChatLists:
    """All open chats, or those that `search` finds by name, number or words."""
    people = with_people(conn, clinic_id, search)
    taken = [chat for chat in people if not chat.waits]
    newest_first = conversations.c.last_message_at.desc().nullslast()
    query = _chats(clinic_id, search).where(conversations.c.owner == "bot").order_by(newest_first).limit(MOST_WITH_BOT)
    return ChatLists(
        waiting=[chat for chat in people if chat.waits],
        mine=[chat for chat in taken if chat.taken_by == staff_id],
        colleagues=[chat for chat in taken if chat.taken_by != staff_id],
        bot=[Chat(*row) for row in conn.execute(query)],
    )


def waiting_chats(conn: Connection, clinic_id: str) -> list[Chat]:
    """Those that nobody has taken, gravest first."""
    return [chat for chat in with_people(conn, clinic_id) if chat.waits]


def with_people(conn: Connection, clinic_id: str, search: str = "") -> list[Chat]:
    gravest: Any = case(
        *((handoffs.c.urgency == name, place) for place, name in enumerate(URGENCIES)), else_=len(URGENCIES)
    )
    query = (
        _chats(clinic_id, search)
        .where(conversations.c.owner == "person")
        # Those that wait first, so that a long list never cuts one of them off.
        .order_by(handoffs.c.taken_by.is_not(None), gravest, handoffs.c.opened_at, conversations.c.id)
        .limit(MOST_WITH_PEOPLE)
    )
    return [Chat(*row) for row in conn.execute(query)]


def load_chat(conn: Connection, clinic_id: str, conversation_id: str) -> Optional[Chat]:
    """None when it is not this clinic's."""
    row = conn.execute(_chats(clinic_id).where(conversations.c.id == conversation_id)).one_or_none()
    return Chat(*row) if row else None


def _chats(clinic_id: str, search: str = "") -> Any:
    newest = (
        select(messages.c.text, messages.c.type, messages.c.sender, messages.c.created_at)
        .where(messages.c.conversation_id == conversations.c.id, messages.c.clinic_id == clinic_id)
        .order_by(messages.c.seq.desc())
        .limit(1)
        .lateral()
    )
    query = (
        select(
            conversations.c.id,
            conversations.c.contact_id,
            contacts.c.profile_name,
            contacts.c.wa_id,
            contacts.c.language,
            conversations.c.owner,
            func.left(newest.c.text, 200),
            newest.c.type,
            newest.c.sender,
            func.coalesce(newest.c.created_at, conversations.c.last_message_at),
            contacts.c.last_inbound_at,
            handoffs.c.reason,
            handoffs.c.urgency,
            handoffs.c.opened_at,
            handoffs.c.taken_at,
            handoffs.c.taken_by,
            staff.c.name,
        )
        .select_from(conversations)
        .join(contacts, contacts.c.id == conversations.c.contact_id)
        .outerjoin(newest, true())
        .outerjoin(handoffs, and_(handoffs.c.conversation_id == conversations.c.id, handoffs.c.closed_at.is_(None)))
        .outerjoin(staff, staff.c.id == handoffs.c.taken_by)
        .where(conversations.c.clinic_id == clinic_id)
    )
    wanted = fold(search)
    return query.where(_found(clinic_id, wanted)) if wanted else query


def _found(clinic_id: str, wanted: str) -> Any:
    """By the name of who writes or of a patient behind them, the number, or words of a message."""
    pattern = literal("%" + wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%")
    behind = (
        select(patients.c.id)
        .join(contact_patients, contact_patients.c.patient_id == patients.c.id)
        .where(
            patients.c.clinic_id == clinic_id,
            contact_patients.c.contact_id == conversations.c.contact_id,
            folded(patients.c.name).like(pattern),
        )
    )
    said = select(messages.c.id).where(
        messages.c.clinic_id == clinic_id,
        messages.c.conversation_id == conversations.c.id,
        folded(messages.c.text).like(pattern),
    )
    ways = [folded(func.coalesce(contacts.c.profile_name, "")).like(pattern), exists(behind), exists(said)]
    digits = "".join(sign for sign in wanted if sign in "0123456789")
    if len(digits) >= 3 and not any(sign.isalpha() for sign in wanted):
        # Without the zero that stands for the country.
        ways.append(contacts.c.wa_id.like(f"%{digits.lstrip('0')}%"))
    return or_(*ways)
