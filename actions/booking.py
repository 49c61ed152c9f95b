"""Book a new visit."""

from __future__ import annotations

from actions.clinic_action import ClinicAction
from clinic.booking_flow import BOOKING
from clinic.dialogue import Reply, Turn


class ActionBooking(ClinicAction):
    feature = "booking"

    def work(self, turn: Turn) -> Reply:
        return BOOKING.begin(turn)
