"""The waitlist in the chat: joining and leaving it, and the answer to a time that freed up."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import Any, Mapping, Optional, Sequence

from clinic.appointments import Appointment, upcoming_of
from clinic.booking import BookingDraft
from clinic.booking_answers import PATIENT_KINDS, given
from clinic.booking_drafts import find_doctor, slot_choice
from clinic.dialogue import Asks, Reply, Turn
from clinic.free_times import free_times
from clinic.live_schedule import MOST_ROWS, LiveSchedule
from clinic.patients import Patient
from clinic.questions import Choice, OpenQuestion
from clinic.schedule import Slot, bookable_specialties, spread
from clinic.settings import load_booking_policy
from clinic.short_answers import choice_said, says_no, says_not, says_stop, says_yes
from clinic.texts import say
from clinic.times import WHOLE_DAY, render_moment, render_row
from clinic.visitors import ask_about_visitor, read_visitor, visitor
from clinic.visits_meant import meant_by
from clinic.waitlist import Entry, entries_of, leave_queue, suits
from clinic.waitlist_joining import join
from clinic.waitlist_notices import FLOW, OFFER, facts, offer_choices, tell_lost
from clinic.waitlist_offers import (
    Offer,
    OfferGone,
    OfferHeld,
    OfferOver,
    decline_offer,
    load_offer,
    take_offer,
)
from clinic.waitlist_words import says_leave, wished_days
from messaging.jobs import wake_waitlist

MOST_FREE = 7
FREE_A_DAY = 3
# So many fitting times are looked at for those that are shown.
MOST_LOOKED_AT = 200


class WaitlistFlow:
    """Its draft is a booking's; `moving` is the visit that an earlier time replaces."""

    def begin(self, turn: Turn) -> Reply:
        """ "Tell me if something earlier frees up"."""
        if says_leave(turn.message.text):
            return self.leave(turn)
        draft = find_doctor(turn, replace(BookingDraft(), **given(turn.message)), LiveSchedule(turn))
        visits = _upcoming(turn)
        meant = meant_by(turn, visits) or _on_its_day(turn, visits, draft)
        if len(meant) == 1:
            draft = replace(draft, moving=meant[0].id)
        return self.go_on(turn, replace(draft, date=wished_days(turn.message.text, draft.date)))

    def leave(self, turn: Turn, entry_id: Optional[str] = None) -> Reply:
        """Give up one place, or all that this contact has."""
        left = leave_queue(turn.conn, turn.clinic.id, turn.conversation.contact_id, turn.now, entry_id)
        return Reply(say("waitlist_left" if left else "waitlist_not_on", turn.language), closes=_asked(turn))

    def answer(self, turn: Turn, question: Optional[OpenQuestion]) -> Optional[Reply]:
        tap = turn.message.tap
        if tap is not None and tap.kind in ("take", "decline", "leave"):
            return self._tapped(turn, tap.kind, tap.value)
        draft = BookingDraft.from_json(question.draft if question else {})
        if question is not None and question.kind in PATIENT_KINDS:
            changes = read_visitor(turn, question, draft)
            if changes is not None:
                return self._settled(turn, self.go_on(turn, replace(draft, **changes)))
        if tap is not None:
            return self._chosen(turn, draft, tap.kind, tap.value)
        if question is None:
            return None
        if says_leave(turn.message.text):
            return self.leave(turn)
        if question.kind == OFFER:
            return self._answered(turn, question)
        if says_stop(turn.message.text):
            return Reply(say("waitlist_stopped", turn.language), closes=True)
        choice = choice_said(turn.message.text, question.choices)
        if choice is not None:
            return self._chosen(turn, draft, choice.kind, choice.value)
        named = turn.message.first("specialty")
        if question.kind == "specialty" and named is not None:
            return self._chosen(turn, draft, "specialty", {"specialty": named.value})
        return None

    def resume(self, turn: Turn, draft: Mapping[str, Any]) -> Optional[Reply]:
        if "offer" not in draft:
            return self.go_on(turn, BookingDraft.from_json(draft))
        try:
            offer = load_offer(turn.conn, turn.clinic.id, turn.conversation.contact_id, draft["offer"])
        except OfferGone:
            return None
        return _asked_again(turn, offer, "again_waitlist_offer") if offer.open_at(turn.now) else None

    def _tapped(self, turn: Turn, kind: str, value: Mapping[str, Any]) -> Reply:
        if kind == "leave":
            return self.leave(turn, value["entry"])
        return self._take(turn, value["offer"]) if kind == "take" else self._decline(turn, value["offer"])

    def _answered(self, turn: Turn, question: OpenQuestion) -> Optional[Reply]:
        """An offer, in words."""
        message, offer_id = turn.message, question.draft["offer"]
        choice = choice_said(message.text, question.choices)
        kind = choice.kind if choice else None
        if (
            kind == "take"
            or says_yes(message.text)
            or (kind is None and message.intent == "affirm" and not says_not(message.text))
        ):
            return self._take(turn, offer_id)
        if kind == "decline" or says_no(message.text) or says_stop(message.text) or message.intent == "deny":
            return self._decline(turn, offer_id)
        return None

    def _chosen(self, turn: Turn, draft: BookingDraft, kind: str, value: Mapping[str, Any]) -> Optional[Reply]:
        if kind == "appointment":
            return self._settled(turn, self.go_on(turn, replace(draft, moving=value["appointment"])))
        if kind == "specialty":
            return self._settled(turn, self.go_on(turn, replace(draft, specialty=value["specialty"])))
        return None

    def _settled(self, turn: Turn, reply: Reply) -> Reply:
        goes_on = reply.asks is not None and reply.asks.flow == FLOW
        return reply if goes_on else replace(reply, closes=_asked(turn))

    # --- joining ------------------------------------------------------------------------------------------------------

    def go_on(self, turn: Turn, draft: BookingDraft) -> Reply:
        """Ask for what is not known yet, then join."""
        if draft.people and draft.patient is None and draft.moving is None:
            who = visitor(turn, draft)
            if not isinstance(who, Patient):
                return ask_about_visitor(turn, FLOW, draft, who)
            draft = replace(draft, patient=who.id)
        visits = _of_draft(_upcoming(turn), draft)
        if draft.moving is not None and not visits:
            return Reply(say("visits_gone", turn.language))
        if len(visits) == 1:
            return self._join_for(turn, draft, visits[0])
        if visits:
            return self._which_visit(turn, draft, visits)
        return self._join_anew(turn, draft)

    def _which_visit(self, turn: Turn, draft: BookingDraft, visits: Sequence[Appointment]) -> Reply:
        choices = tuple(
            Choice(
                render_row(visit.start, turn.now, turn.clinic.timezone, turn.language),
                {"appointment": visit.id},
                "appointment",
                f"{visit.specialty(turn.language)} · {visit.patient_name}"[:72],
            )
            for visit in visits[:MOST_ROWS]
        )
        asks = Asks(FLOW, "appointment", draft.to_json())
        return Reply(say("waitlist_which_visit", turn.language), choices, say("visits_button", turn.language), asks)

    def _join_for(self, turn: Turn, draft: BookingDraft, visit: Appointment) -> Reply:
        """The visit's own promises are kept, unless the patient says otherwise now."""
        said = _useful_wishes(turn, draft, visit)
        doctor = draft.practitioner if draft.specialty == visit.specialty_code else None
        assert visit.patient_id is not None  # only a hold has none
        return self._join(
            turn,
            visit.specialty_id,
            visit.patient_id,
            service_id=visit.service_id,
            practitioner_id=doctor or visit.wishes.get("practitioner"),
            appointment_id=visit.id,
            wishes={**{key: visit.wishes.get(key) for key in ("gender", "language")}, **said},
        )

    def _join_anew(self, turn: Turn, draft: BookingDraft) -> Reply:
        offered = bookable_specialties(turn.conn, turn.clinic.id, turn.today)
        specialty = next((one for one in offered if one.code == draft.specialty), None)
        if specialty is None:
            key = "booking_specialty_unknown" if draft.specialty else "waitlist_which_specialty"
            rows = tuple(Choice(one.name(turn.language), {"specialty": one.code}, "specialty") for one in offered)
            asks = Asks(FLOW, "specialty", replace(draft, specialty=None).to_json())
            button = say("booking_specialty_button", turn.language)
            return Reply(say(key, turn.language), rows[:MOST_ROWS], button, asks)
        who = visitor(turn, draft)
        if not isinstance(who, Patient):
            return ask_about_visitor(turn, FLOW, draft, who)
        return self._join(
            turn,
            specialty.id,
            who.id,
            service_id=draft.service,
            practitioner_id=draft.practitioner,
            appointment_id=None,
            wishes=_said(draft),
        )

    def _join(self, turn: Turn, specialty_id: str, patient_id: str, **wish: Any) -> Reply:
        """What is free already is shown at once: nobody waits for what they could have."""
        text = join(turn.conn, turn.clinic, turn.conversation, specialty_id, patient_id, turn.now, **wish)
        waiting = entries_of(turn.conn, turn.clinic.id, turn.conversation.contact_id)
        entry = next(
            (one for one in waiting if one.patient.id == patient_id and one.specialty.id == specialty_id), None
        )
        if entry is None:
            return Reply(text)
        return _with_free_times(turn, text, entry)

    # --- an offer -----------------------------------------------------------------------------------------------------

    def _take(self, turn: Turn, offer_id: str) -> Reply:
        conn, clinic, policy = turn.conn, turn.clinic, load_booking_policy(turn.conn, turn.clinic.id)
        contact_id, closes = turn.conversation.contact_id, _asked(turn, offer_id)
        try:
            won = take_offer(conn, clinic, policy, contact_id, offer_id, turn.now, idempotency_key=turn.message.key)
        except OfferGone:
            return Reply(say("waitlist_gone", turn.language), closes=closes)
        except OfferHeld as held:
            return _asked_again(turn, held.offer, "waitlist_held")
        except OfferOver as over:
            key = "waitlist_just_taken" if over.offer.status == "lost" else "waitlist_ran_out"
            text = say(key, turn.language, when=_when(turn, over.offer))
            return replace(_with_free_times(turn, text, over.offer.entry), closes=closes)
        tell_lost(conn, clinic, won.lost, turn.now)
        # The time that the visit leaves may be what the next one waits for.
        wake_waitlist(conn)
        key = "waitlist_moved" if won.offer.entry.visit else "waitlist_booked"
        return Reply(say(key, turn.language, **facts(clinic, turn.language, won.offer, won.slot)), closes=closes)

    def _decline(self, turn: Turn, offer_id: str) -> Reply:
        try:
            offer = decline_offer(turn.conn, turn.clinic.id, turn.conversation.contact_id, offer_id, turn.now)
        except OfferGone:
            return Reply(say("waitlist_gone", turn.language), closes=_asked(turn, offer_id))
        wake_waitlist(turn.conn)
        leave = Choice(say("waitlist_leave", turn.language), {"entry": offer.entry.id}, "leave")
        return Reply(say("waitlist_declined", turn.language), (leave,), flow=FLOW, closes=_asked(turn, offer_id))


def _asked(turn: Turn, offer_id: Optional[str] = None) -> bool:
    """Whether the open question is this flow's, and about this offer if it is about one: no other is to be closed."""
    question = turn.open_question
    return question is not None and question.flow == FLOW and question.draft.get("offer") in (None, offer_id)


def _asked_again(turn: Turn, offer: Offer, key: str) -> Reply:
    text = say(key, turn.language, when=_when(turn, offer))
    return Reply(text, offer_choices(turn.language, offer), asks=Asks(FLOW, OFFER, {"offer": offer.id}))


def _when(turn: Turn, offer: Offer) -> str:
    return render_moment(offer.start, turn.clinic.timezone, turn.language)


def _upcoming(turn: Turn) -> list[Appointment]:
    return upcoming_of(turn.conn, turn.clinic.id, turn.conversation.contact_id, turn.now)


def _of_draft(visits: Sequence[Appointment], draft: BookingDraft) -> list[Appointment]:
    """Those that may be meant. Another specialty, or another patient, is waited for as a new visit."""
    if draft.moving is not None:
        return [visit for visit in visits if visit.id == draft.moving]
    return [
        visit
        for visit in visits
        if draft.specialty in (None, visit.specialty_code) and draft.patient in (None, visit.patient_id)
    ]


def _on_its_day(turn: Turn, visits: Sequence[Appointment], draft: BookingDraft) -> list[Appointment]:
    """ "My visit is on Sunday, is there anything earlier?": the day tells which visit."""
    return [visit for visit in visits if draft.date is not None and draft.date == _day(turn, visit)]


def _day(turn: Turn, visit: Appointment) -> str:
    return visit.start.astimezone(turn.clinic.zone).date().isoformat()


def _useful_wishes(turn: Turn, draft: BookingDraft, visit: Appointment) -> dict[str, Any]:
    """A day that is the visit's own, or lies behind it, says which visit is meant, and no wish."""
    said, first = _said(draft), draft.date if isinstance(draft.date, str) else (draft.date or [None])[0]
    if first is not None and first >= _day(turn, visit):
        return {key: value for key, value in said.items() if key not in ("date", "time")}
    return said


def _said(draft: BookingDraft) -> dict[str, Any]:
    wishes = {"gender": draft.gender, "language": draft.language, "date": draft.date, "time": draft.time}
    return {key: value for key, value in wishes.items() if value is not None}


def _with_free_times(turn: Turn, text: str, entry: Entry) -> Reply:
    """The text, and under it the times that are free now and fit, as rows of the flow that books or moves."""
    slots = _free_now(turn, entry) if entry.status == "waiting" else []
    if not slots:
        leave = Choice(say("waitlist_leave", turn.language), {"entry": entry.id}, "leave")
        return Reply(text, (leave,) if entry.status == "waiting" else (), flow=FLOW)
    moving = entry.visit.id if entry.visit else None
    rows = tuple(
        slot_choice(turn, slot, entry.specialty.code, moving=moving, service=entry.service_id) for slot in slots
    )
    shown = f"{text}\n\n{say('waitlist_free_now', turn.language)}"
    button = say("booking_slot_button", turn.language)
    if moving is not None:
        return Reply(shown, rows, button, flow="rescheduling")
    draft = BookingDraft(
        specialty=entry.specialty.code,
        service=entry.service_id,
        practitioner=entry.practitioner_id,
        gender=entry.wishes.get("gender"),
        language=entry.wishes.get("language"),
        patient=entry.patient.id,
    )
    return Reply(shown, rows, button, Asks("booking", "slot", draft.to_json()))


def _free_now(turn: Turn, entry: Entry) -> list[Slot]:
    free = free_times(
        turn.conn,
        turn.clinic,
        entry.specialty,
        load_booking_policy(turn.conn, turn.clinic.id),
        turn.now,
        minutes=entry.minutes,
        practitioner_ids=[entry.practitioner_id] if entry.practitioner_id else None,
        end=entry.visit.start if entry.visit else None,
        own_contact=entry.contact_id,
    )
    wished = free.within(entry.wishes.get("date"), entry.wishes.get("time") or WHOLE_DAY)
    fitting = islice((slot for slot in wished if suits(slot, entry, turn.clinic)), MOST_LOOKED_AT)
    return spread(list(fitting), turn.clinic.zone, MOST_FREE, FREE_A_DAY)


WAITLIST = WaitlistFlow()


def left_in_words(turn: Turn) -> Optional[Reply]:
    """ "Take me off the waitlist", whatever else it was taken for; None where it is not said, or nobody waits."""
    if not says_leave(turn.message.text):
        return None
    waits = entries_of(turn.conn, turn.clinic.id, turn.conversation.contact_id)
    return WAITLIST.leave(turn) if waits else None
