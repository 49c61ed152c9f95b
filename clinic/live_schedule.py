"""The clinic's schedule as a booking asks for it, seen by one contact."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Optional, Sequence, Union

from clinic.appointments import Appointment, upcoming_of, visits_of_patient
from clinic.booking import Ask, BookingDraft, Offer
from clinic.dialogue import Turn
from clinic.eligibility import REFUSALS, may_see
from clinic.free_times import FreeTimes, free_times
from clinic.hours import closed_because
from clinic.patients import Patient
from clinic.schedule import (
    Practitioner,
    Service,
    Slot,
    Specialty,
    bookable_specialties,
    practitioners_of,
    services_of,
    spread,
)
from clinic.settings import load_booking_policy
from clinic.times import WHOLE_DAY, evening_of
from clinic.visitors import against, born, known_visitor, visitor
from clinic.wishes import keeps

# WhatsApp shows ten rows; three are kept for "more", "another day" and "other doctors".
MOST_SLOTS = 7
SLOTS_A_DAY = 3
MOST_ROWS = 10
# Of the free times ahead, what is shown to who asked for a day after them.
LAST_DAYS = timedelta(days=6)


class LiveSchedule:
    """See booking.Schedule."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self.policy = load_booking_policy(turn.conn, turn.clinic.id)
        self._specialties = bookable_specialties(turn.conn, turn.clinic.id, turn.today)

    def specialties(self) -> Sequence[Specialty]:
        return self._specialties

    def specialty(self, code: Optional[str]) -> Specialty:
        return next(specialty for specialty in self._specialties if specialty.code == code)

    def service(self, draft: BookingDraft) -> Optional[Service]:
        offered = services_of(self._turn.conn, self._turn.clinic.id, self.specialty(draft.specialty).id)
        return next((service for service in offered if service.id == draft.service), None)

    def doctors(self, draft: BookingDraft) -> Sequence[Practitioner]:
        """Those of the specialty that the wishes allow."""
        everyone = practitioners_of(self._turn.conn, self._turn.clinic.id, self.specialty(draft.specialty).id)
        return [
            doctor
            for doctor in everyone
            if draft.practitioner in (None, doctor.id) and keeps(doctor, draft.gender, draft.language)
        ]

    def barred(self, draft: BookingDraft) -> Optional[str]:
        """Why none of these doctors sees the patient, where it is known who that is; see eligibility.REFUSALS."""
        patient = known_visitor(self._turn, draft)
        if patient is None:
            return None
        reasons = [self._refuses(doctor, patient, draft) for doctor in self.doctors(draft)]
        return reasons[0] if reasons and all(reasons) else None

    def _refuses(self, doctor: Practitioner, patient: Patient, draft: BookingDraft) -> Optional[str]:
        reason = may_see(doctor, patient, self._today(), born(self._turn, draft, patient))
        return reason if reason in REFUSALS else None

    def _today(self) -> date:
        return self._turn.now.astimezone(self._turn.clinic.zone).date()

    def days(self, draft: BookingDraft) -> Sequence[str]:
        days: dict[str, None] = {}
        for slot in self._free(draft):
            days.setdefault(evening_of(slot.start.astimezone(self._turn.clinic.zone)).isoformat())
            if len(days) == MOST_ROWS:
                break
        return list(days)

    def offer(self, draft: BookingDraft) -> Offer:
        everything = self._free(draft)
        fitting = everything.within(draft.date, draft.time or WHOLE_DAY)
        why = None if fitting else self._why_none(draft)
        slots = fitting or self._nearest(everything, draft)
        per_day = MOST_SLOTS if draft.date is not None or draft.page else SLOTS_A_DAY
        shown = spread(slots, self._turn.clinic.zone, MOST_SLOTS * (draft.page + 1), per_day)
        page = shown[MOST_SLOTS * draft.page :] or shown[:MOST_SLOTS]
        return Offer(tuple(page), why=why, more=len(slots) > len(shown))

    def _why_none(self, draft: BookingDraft) -> Optional[str]:
        """What stands against the day that was asked for."""
        turn, today = self._turn, self._today()
        first, last = _bounds(draft.date)
        if last is not None and last < today:
            return "past"
        if first is not None and first > (turn.now + self.policy.horizon).astimezone(turn.clinic.zone).date():
            return "too_far"
        if (
            first is not None
            and first == last
            and closed_because(turn.conn, turn.clinic, first, turn.language) is not None
        ):
            return "closed"
        soon = (turn.now + self.policy.notice).astimezone(turn.clinic.zone)
        if isinstance(draft.time, str) and first in (None, today) and draft.time <= soon.strftime("%H:%M"):
            return "too_soon" if first == today else "none_then"
        return "none_then" if draft.date is not None or draft.time is not None else None

    def _nearest(self, everything: FreeTimes, draft: BookingDraft) -> FreeTimes:
        """The same day at other times, or the days after it, or the last before it."""
        first, _ = _bounds(draft.date)
        if first is None or not everything:
            return everything
        latest = evening_of(everything[-1].start.astimezone(self._turn.clinic.zone))
        if first > latest:
            return everything.within([(latest - LAST_DAYS).isoformat(), None], WHOLE_DAY)
        same_day = everything.within(draft.date, WHOLE_DAY)
        after = everything.within([first.isoformat(), None], WHOLE_DAY)
        return same_day or after or everything

    def find(self, draft: BookingDraft) -> Optional[Slot]:
        start = datetime.fromisoformat(draft.slot_start or "")
        named = replace(draft, practitioner=draft.slot_practitioner)
        free = self._free(named, start=start, end=start + timedelta(minutes=1))
        return next((slot for slot in free if slot.start == start), None)

    def _free(self, draft: BookingDraft, **bounds: datetime) -> FreeTimes:
        """Of the doctors whose rules allow the patient, as far as that is known."""
        turn, patient = self._turn, known_visitor(self._turn, draft)
        doctors = self._seeing(patient, draft)
        service = self.service(draft) if draft.service else None
        free = free_times(
            turn.conn,
            turn.clinic,
            self.specialty(draft.specialty),
            self.policy,
            turn.now,
            minutes=service.minutes if service else None,
            practitioner_ids=[doctor.id for doctor in doctors],
            own_contact=turn.conversation.contact_id,
            **bounds,
        )
        for visit in self._elsewhere(patient, draft):
            free = free.without(visit.start, visit.end)
        return free

    def _seeing(self, patient: Optional[Patient], draft: BookingDraft) -> Sequence[Practitioner]:
        """Those whose rules allow the patient. Where nothing has to be asked for one of them, only such ones."""
        doctors = self.doctors(draft)
        if patient is None and (draft.people or draft.asking or draft.moving):
            return doctors
        # Nothing said: the one who writes, of whom nothing is known yet.
        patient = patient or Patient("", "", "self")
        today, ages = self._today(), born(self._turn, draft, patient)
        verdicts = {doctor.id: may_see(doctor, patient, today, ages) for doctor in doctors}
        certain = [doctor for doctor in doctors if verdicts[doctor.id] is None]
        return certain or [doctor for doctor in doctors if verdicts[doctor.id] not in REFUSALS]

    def _elsewhere(self, patient: Optional[Patient], draft: BookingDraft) -> Sequence[Appointment]:
        """The patient's other visits: nobody is in two rooms at once."""
        if patient is None:
            return ()
        turn = self._turn
        ahead = upcoming_of(turn.conn, turn.clinic.id, turn.conversation.contact_id, turn.now)
        return [visit for visit in ahead if visit.patient_id == patient.id and visit.id != draft.moving]

    def who(self, draft: BookingDraft) -> Union[Patient, Ask]:
        return visitor(self._turn, draft)

    def refusal(self, draft: BookingDraft, slot: Slot, patient: Patient) -> Union[str, Ask, None]:
        turn = self._turn
        day = slot.start.astimezone(turn.clinic.zone).date()
        reason = against(turn, draft, slot.practitioner, patient, day)
        if reason is not None:
            return reason
        elsewhere = visits_of_patient(turn.conn, turn.clinic.id, patient.id, slot)
        return "busy" if any(visit.id != draft.moving for visit in elsewhere) else None


def _bounds(wished: Any) -> tuple[Optional[date], Optional[date]]:
    """First and last day of what was asked for."""
    first, last = (wished, wished) if isinstance(wished, (str, type(None))) else wished
    return date.fromisoformat(first) if first else None, date.fromisoformat(last) if last else None
