"""What a good receptionist says in passing."""

from __future__ import annotations

import re
from typing import Optional

from sqlalchemy import desc, select

from clinic.appointments import Appointment, AppointmentGone, confirm_appointment, upcoming_of
from clinic.conversations import set_language
from clinic.database.tables import contacts, turns
from clinic.dialogue import Reply, Turn
from clinic.greetings import first_name, greeting_for, wishes_good_night, wishes_peace
from clinic.household_noted import note_household
from clinic.languages import OTHER, language_asked
from clinic.menu import MENU, menu_choices
from clinic.patients import clean_name, patients_of
from clinic.questions import Choice
from clinic.texts import say
from clinic.times import render_clock, render_moment
from clinic.waitlist_flow import left_in_words
from understanding.arabizi import to_arabic
from understanding.folding import fold

# "I will come" said to nobody in particular is about the next visit.
_COMING = re.compile(
    r"\b(?:i'?ll|i will|we will|we'?ll|will) (?:come|be there|attend)\b|\b(?:i am|im|i'm|we are) coming\b"
    r"|(?<!\w)(?:جاي|جايه|جايين|هاجي|حاجي|بجي|نجي|باجي|موجود|موجوده|احضر|بحضر|نحضر|حضوري)(?!\w)"
)
_NOT = re.compile(r"\b(?:not|won'?t|can'?t|don'?t|maybe)\b|(?<!\w)(?:مش|مو|ما|لا|مب|يمكن)(?!\w)")


def greet(turn: Turn) -> Reply:
    """In kind, by name; who is new learns what this is, who has a visit today or tomorrow is told of it."""
    local = turn.now.astimezone(turn.clinic.zone)
    opening = say(greeting_for(turn.message.text, local), turn.language, name=_called(turn))
    visit = _next_visit(turn)
    days = (visit.start.astimezone(turn.clinic.zone).date() - local.date()).days if visit else None
    if visit and days in (0, 1):
        facts = {
            "clock": render_clock(visit.start, turn.clinic.timezone, turn.language),
            "specialty": visit.specialty(turn.language),
            "practitioner": visit.practitioner(turn.language),
            "patient": visit.patient_name or "",
        }
        body = say("greet_visit_today" if days == 0 else "greet_visit_tomorrow", turn.language, **facts)
    elif _last_said(turn) is None:
        body = say("greet", turn.language, clinic=turn.clinic.name(turn.language))
    else:
        body = say("greet_known", turn.language)
    return Reply(f"{opening} {body}", menu_choices(turn.language, *MENU))


def goodbye(turn: Turn) -> Reply:
    if wishes_good_night(turn.message.text):
        return Reply(say("goodbye_night", turn.language))
    visit = _next_visit(turn)
    text = say("goodbye_visit", turn.language, when=_when(turn, visit)) if visit else say("goodbye", turn.language)
    if wishes_peace(turn.message.text):
        text = f"{say('greet_salam', turn.language, name='')} {text}"
    return Reply(text)


def thank(turn: Turn) -> Reply:
    """The visit ahead is said once; thanks for the thanks stay short."""
    visit = _next_visit(turn)
    text = say("thank_visit", turn.language, when=_when(turn, visit)) if visit else say("thank", turn.language)
    said_before = (_last_said(turn) or "").startswith(text) or _last_said(turn) == say("thank_again", turn.language)
    return Reply(say("thank_again", turn.language) if said_before else text)


def bot_challenge(turn: Turn) -> Reply:
    text = say("bot_challenge", turn.language, clinic=turn.clinic.name(turn.language))
    return Reply(text, menu_choices(turn.language, "menu_person"))


def out_of_scope(turn: Turn) -> Reply:
    noted = note_household(turn)
    if noted is not None:
        return noted
    text = say("out_of_scope", turn.language, clinic=turn.clinic.name(turn.language))
    return Reply(text, menu_choices(turn.language, *MENU))


def affirm(turn: Turn) -> Reply:
    """A yes to nothing in particular. "I will come" confirms the visit ahead, if there is one only."""
    ahead = _upcoming(turn)
    if not ahead:
        return Reply(say("affirm_nothing_open", turn.language), menu_choices(turn.language, "menu_book"))
    if len(ahead) == 1 and _says_coming(turn.message.text):
        return _confirmed(turn, ahead[0])
    text = say(
        "affirm_visit",
        turn.language,
        when=_when(turn, ahead[0]),
        specialty=ahead[0].specialty(turn.language),
        practitioner=ahead[0].practitioner(turn.language),
    )
    return Reply(text, menu_choices(turn.language, "menu_my_visits"))


def deny(turn: Turn) -> Reply:
    """A no to nothing in particular changes nothing; the visit ahead can be moved from here."""
    left = left_in_words(turn)
    if left is not None:
        return left
    visit = _next_visit(turn)
    if visit is None:
        return Reply(say("deny_nothing_open", turn.language))
    move = Choice(say("menu_move", turn.language), {"appointment": visit.id}, "appointment")
    return Reply(say("deny_visit", turn.language, when=_when(turn, visit)), (move,), flow="moving")


def change_language(turn: Turn) -> Reply:
    """To the one that is named; a language that we do not write gets the truth and a person."""
    wanted = language_asked(turn.message.text, turn.message.language)
    if wanted == OTHER:
        return Reply(say("change_language_neither", turn.language), menu_choices(turn.language, "menu_person"))
    set_language(turn.conn, turn.conversation, wanted)
    return Reply(say("change_language", wanted), menu_choices(wanted, *MENU))


def _says_coming(text: str) -> bool:
    folded = fold(text)
    readings = (folded, to_arabic(folded))
    return any(map(_COMING.search, readings)) and not any(map(_NOT.search, readings))


def _confirmed(turn: Turn, visit: Appointment) -> Reply:
    try:
        confirm_appointment(turn.conn, turn.clinic.id, turn.conversation.contact_id, visit.id, turn.now)
    except AppointmentGone:
        return Reply(say("visits_gone", turn.language), menu_choices(turn.language, "menu_my_visits"))
    return Reply(say("visit_confirmed", turn.language, when=_when(turn, visit)))


def _upcoming(turn: Turn) -> list[Appointment]:
    return upcoming_of(turn.conn, turn.clinic.id, turn.conversation.contact_id, turn.now)


def _next_visit(turn: Turn) -> Optional[Appointment]:
    return next(iter(_upcoming(turn)), None)


def _when(turn: Turn, visit: Appointment) -> str:
    return render_moment(visit.start, turn.clinic.timezone, turn.language)


def _last_said(turn: Turn) -> Optional[str]:
    """The text of the last answer in this conversation, None if it never had one."""
    replies = turn.conn.execute(
        select(turns.c.replies)
        .where(turns.c.clinic_id == turn.clinic.id, turns.c.conversation_id == turn.conversation.id)
        .order_by(desc(turns.c.created_at))
        .limit(1)
    ).scalar_one_or_none()
    return str(replies[0]["text"]) if replies else None


def _called(turn: Turn) -> str:
    """ ", Mona" or " يا منى"; "" where no name is known."""
    clinic_id, contact_id = turn.clinic.id, turn.conversation.contact_id
    own = next((one.name for one in patients_of(turn.conn, clinic_id, contact_id) if one.relationship == "self"), None)
    profile = select(contacts.c.profile_name).where(contacts.c.clinic_id == clinic_id, contacts.c.id == contact_id)
    name = first_name(clean_name(own or turn.conn.execute(profile).scalar_one() or ""))
    return say("greet_name", turn.language, name=name) if name else ""
