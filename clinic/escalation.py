"""What is said when a person takes over, and when that is so because the bot did not understand."""

from __future__ import annotations

from clinic.booking_answers import names_a_visit
from clinic.booking_flow import BOOKING
from clinic.dialogue import Reply, Turn
from clinic.faq import answer_faq
from clinic.household_noted import note_household
from clinic.menu import MENU, menu_choices
from clinic.texts import say
from clinic.waitlist_flow import left_in_words

# How often in a row a message may stay a riddle: a hint first, then a person.
MOST_MISUNDERSTOOD = 2


def escalate(turn: Turn, reason: str) -> Reply:
    """A complaint, something sensitive, a medical question, the wish for a person."""
    text = say(f"handoff_{reason}", turn.language, number=turn.clinic.emergency_number)
    return Reply(text, hands_over=reason)


def emergency(turn: Turn) -> Reply:
    text = say("emergency", turn.language, number=turn.clinic.emergency_number)
    return Reply(text, hands_over="emergency")


def not_understood(turn: Turn) -> Reply:
    """First a hint, then a person. Where it may be urgent, that is asked instead of guessed."""
    if turn.message.unsure_urgent:
        text = say("unsure_urgent", turn.language, number=turn.clinic.emergency_number)
        return Reply(text, menu_choices(turn.language, "urgent_yes", "urgent_no"), understood=False)
    left = left_in_words(turn)
    if left is not None:
        return left
    if turn.message.first("insurer") is not None:
        return answer_faq(turn, "insurance")
    if turn.open_question is None and names_a_visit(turn.message):
        return BOOKING.begin(turn)
    noted = note_household(turn)
    if noted is not None:
        return noted
    if turn.conversation.misunderstood + 1 >= MOST_MISUNDERSTOOD:
        return Reply(say("not_understood_person", turn.language), hands_over="not_understood")
    return Reply(say("not_understood", turn.language), menu_choices(turn.language, *MENU), understood=False)
