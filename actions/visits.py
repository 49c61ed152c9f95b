"""A patient's own visits: which there are, moving one, cancelling one."""

from __future__ import annotations

from actions.clinic_action import ClinicAction
from clinic import visits
from clinic.dialogue import Reply, Turn


class ActionCheckAppointment(ClinicAction):
    feature = "check_appointment"

    def work(self, turn: Turn) -> Reply:
        return visits.check_appointment(turn)


class ActionRescheduling(ClinicAction):
    feature = "rescheduling"

    def work(self, turn: Turn) -> Reply:
        return visits.reschedule_appointment(turn)


class ActionCancelling(ClinicAction):
    feature = "cancelling"

    def work(self, turn: Turn) -> Reply:
        return visits.cancel_visit(turn)
