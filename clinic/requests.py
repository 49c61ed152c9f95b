"""Wishes that a person carries out: reception gets a task, and the bot says what happens next."""

from __future__ import annotations

import re

from clinic.dialogue import Reply, Turn
from clinic.faq_doctors import load_team
from clinic.faq_hours import day_words, hours_of, next_opening
from clinic.faq_texts import clinic_text, leave_to_reception, unanswered
from clinic.lateness import report_late
from clinic.texts import say
from clinic.times import render_clock
from clinic.waitlist_flow import WAITLIST
from understanding.arabizi import to_arabic
from understanding.folding import fold

# Questions that are as often the wish itself; the task of each has the same name.
WISHES = frozenset({"prescription_refill", "medical_report"})

_ARABIC_WISHES = """
    بدي بدنا بدو بدها ابي ابغي ابغا ابا نبي نبغي يبون ودي اريد ارغب ارجو احتاج احتج عايز عايزه عاوز عاوزه محتاج محتاجه
    ممكن بغيت نحب ياريت ريت سمحت سمحتو سمحتي سمحتوا ارسل ارسلو ارسلوا ابعت ابعتو ابعتوا ابعتولي ابعتلي عطوني اعطوني خلص
    خلصت خلصو خلصوا ضاعت ضيعت انتهت انتهي طالب طالبه طالبين اجدد جدد نجدد تجديد تكرار تكررون تصرفون تصرفولي لي الي ليا
    وصفتي روشتتي دوايي دواي علاجي تقريري اجازتي ملفي حالتي شغلي مديري
    طلبت طلبته طلبتها كنت نسيت اخد باخد استلم بستلم اكشف اعمل اكرر بجيب اطلع فيني معايا معي
    ابني بنتي ولدي امي ابوي والدي والدتي الوالد الوالده ماما بابا زوجتي زوجي مراتي جوزي مرتي
""".split()
_ARABIC_QUESTIONS = """
    هل كيف كم بكم بكام قديش قداش متي امتي ازاي شلون وش ايش شو ايه لازم عندكم عندكو تعطون تصدرون تطلعون تعملون تعملوها
    بتعملوا بتعملو بتعملوها بتطلعوا بتطلعو بتصدروا بتكتبوا بتكتبو بتجددو بتجددوها تجددون
""".split()
# Somebody wants it for themselves or theirs: "I need", "my", "please", "mine is finished".
_WISH = re.compile(
    r"\b(?:i|i'?m|i'?ve|im|ive|my|me|mine|our|we|us|need|needs|want|wants|send|pls|plz|please|lost|finished"
    rf"|ran out|run out|left|again|another)\b|(?<!\w)و?(?:{'|'.join(_ARABIC_WISHES)})(?!\w)"
)
# Somebody asks how it is done here.
_QUESTION = re.compile(
    r"\b(?:do|does) (?:you|u|the (?:clinic|doctors?))\b|\b(?:do|does) (?:it|one)\b|\bwhat\b|\bwhich\b"
    r"|\bhow (?:long|much|many|soon|does|do (?:you|u))\b|\bis (?:it|there)\b|\bare there\b|\bpossible\b"
    rf"|(?<!\w)(?:{'|'.join(_ARABIC_QUESTIONS)})(?!\w)"
)


def lab_results(turn: Turn) -> Reply:
    """Always a task: nobody but a person says anything about somebody's results."""
    return Reply(_left_to_reception(turn, "lab_results"))


def answer_wish(turn: Turn, topic: str) -> Reply:
    """`topic` is one of `WISHES`. A question gets the clinic's text; a wish is a task too."""
    text = clinic_text(turn, topic)
    if not is_wish(turn.message.text):
        return Reply(text) if text is not None else unanswered(turn)
    told = _left_to_reception(turn, topic)
    return Reply(f"{text}\n\n{told}" if text is not None else told)


def is_wish(text: str) -> bool:
    """False only for what is plainly a question about how it is done: in doubt somebody wants it."""
    folded = fold(text)
    readings = dict.fromkeys((folded, to_arabic(folded)))
    if any(_WISH.search(reading) for reading in readings):
        return True
    return not any(_QUESTION.search(reading) for reading in readings)


def _left_to_reception(turn: Turn, kind: str) -> str:
    again = leave_to_reception(turn, kind)
    told = say("wish_again" if again else f"wish_{kind}", turn.language)
    return " ".join([told, *_opening(turn)])


def _opening(turn: Turn) -> list[str]:
    """While nobody is there: from when on somebody is."""
    hours = hours_of(turn, None, load_team(turn).everybody())
    moment = next_opening(hours)
    if moment is None:
        return []
    day = day_words(hours, moment.astimezone(turn.clinic.zone).date())
    clock = render_clock(moment, turn.clinic.timezone, turn.language)
    return [say("wish_opening", turn.language, day=day, clock=clock)]


def ask_earlier_slot(turn: Turn) -> Reply:
    """A place on the waitlist; or out of it, when that is what the message says."""
    return WAITLIST.begin(turn)


def running_late(turn: Turn) -> Reply:
    return report_late(turn)
