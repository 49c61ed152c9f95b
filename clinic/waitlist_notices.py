"""What those who wait are told without having asked: a time has freed up, or somebody was faster."""

from __future__ import annotations

from datetime import datetime
from typing import Iterable, Optional

from sqlalchemy import select
from sqlalchemy.engine import Connection

from clinic.consent import may_start
from clinic.conversations import Conversation, load_conversation
from clinic.database.tables import contacts, conversations
from clinic.dialogue import Reply, to_bubble
from clinic.questions import Choice, ask, close_question, load_question
from clinic.schedule import Clinic, Slot
from clinic.taps import issue
from clinic.tasks import open_task
from clinic.texts import say
from clinic.times import render_moment
from clinic.waitlist_offers import Offer
from messaging.bubbles import Bubble
from messaging.outbox import queue_bubbles
from messaging.sender import WINDOW, WINDOW_MARGIN

FLOW = "waitlist"
OFFER = "waitlist_offer"  # the kind of its question
# After every reply to somebody who writes, before all that is sent in bulk.
PRIORITY = 3


def facts(clinic: Clinic, language: str, offer: Offer, slot: Optional[Slot] = None) -> dict[str, str]:
    entry = offer.entry
    return {
        "specialty": entry.specialty.name(language),
        "practitioner": slot.practitioner.name(language) if slot else "",
        "when": render_moment(offer.start, clinic.timezone, language),
        "before": render_moment(entry.visit.start, clinic.timezone, language) if entry.visit else "",
        "patient": entry.patient.name,
    }


def offer_reply(clinic: Clinic, language: str, offer: Offer, slot: Slot) -> Reply:
    """The offer with its two buttons."""
    key = "waitlist_offer_visit" if offer.entry.visit else "waitlist_offer_new"
    text = say(key, language, **facts(clinic, language, offer, slot))
    return Reply(text, offer_choices(language, offer), flow=FLOW)


def offer_choices(language: str, offer: Offer) -> tuple[Choice, ...]:
    return (
        Choice(say("waitlist_take", language), {"offer": offer.id}, "take"),
        Choice(say("waitlist_decline", language), {"offer": offer.id}, "decline"),
    )


def tell_offer(conn: Connection, clinic: Clinic, offer: Offer, slot: Slot, now: datetime) -> None:
    """In the chat where we may write; else reception calls."""
    conversation = load_conversation(conn, offer.entry.conversation_id)
    if not may_write(conn, conversation, now):
        open_task(
            conn,
            clinic.id,
            "call_patient",
            now,
            conversation_id=conversation.id,
            patient_id=offer.entry.patient.id,
            appointment_id=offer.entry.visit.id if offer.entry.visit else None,
        )
        return
    reply = offer_reply(clinic, conversation.language, offer, slot)
    choices = issue(conn, conversation, FLOW, reply.choices)
    bubble = to_bubble(Reply(reply.text, choices))
    queue_bubbles(conn, conversation, [bubble], priority=PRIORITY)
    _open_question(conn, conversation, offer, choices, now)


def _open_question(
    conn: Connection, conversation: Conversation, offer: Offer, choices: tuple[Choice, ...], now: datetime
) -> None:
    """So that "yes" is enough; but never in place of another question, nor into a turn that is going on: the buttons
    work all the same."""
    idle = select(conversations.c.id).where(conversations.c.id == conversation.id)
    locked = conn.execute(idle.with_for_update(key_share=True, skip_locked=True)).one_or_none()
    if locked is not None and load_question(conn, conversation, now) is None:
        ask(conn, conversation, flow=FLOW, kind=OFFER, choices=choices, draft={"offer": offer.id}, now=now)


def tell_lost(conn: Connection, clinic: Clinic, lost: Iterable[Offer], now: datetime) -> None:
    """At once, so that nobody waits in vain. Who was not written to has nothing to be told."""
    for offer in lost:
        conversation = load_conversation(conn, offer.entry.conversation_id)
        if not may_write(conn, conversation, now):
            continue
        language = conversation.language
        known = facts(clinic, language, offer)
        text = say("waitlist_lost", language, when=known["when"], specialty=known["specialty"])
        queue_bubbles(conn, conversation, [Bubble(text)], priority=PRIORITY)
        question = load_question(conn, conversation, now)
        if question is not None and question.flow == FLOW and question.draft.get("offer") == offer.id:
            close_question(conn, conversation)


def may_write(conn: Connection, conversation: Conversation, now: datetime) -> bool:
    """The bot has the chat (law 3), the contact has not opted out, and Meta's window is open (law 4)."""
    last_inbound_at = conn.execute(
        select(contacts.c.last_inbound_at).where(
            contacts.c.clinic_id == conversation.clinic_id, contacts.c.id == conversation.contact_id
        )
    ).scalar_one()
    in_window = last_inbound_at is not None and now - last_inbound_at <= WINDOW - WINDOW_MARGIN
    return conversation.owner == "bot" and in_window and may_start(conn, conversation.contact_id, "care")
