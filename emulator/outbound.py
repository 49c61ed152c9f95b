"""What becomes of an accepted message: it reaches the phone, or fails, and status webhooks tell."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from emulator.errors import status_error
from emulator.inbound import contact
from emulator.settings import BusinessNumber
from emulator.shown import show_outgoing, shown
from emulator.state import Patient, PhoneMessage, World, new_wamid
from emulator.templates import Template
from emulator.webhooks import Courier, Update, messages_value

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Deliveries:
    world: World
    courier: Courier

    def accept(
        self,
        patient: Patient,
        number: BusinessNumber,
        message: dict[str, Any],
        template: tuple[Template, dict[str, Any]] | None,
    ) -> str:
        """Take a checked message; its statuses follow in the background. Returns the wamid."""
        kind = message.get("type", "text")
        bubble = PhoneMessage(
            wamid=new_wamid(),
            number_id=number.id,
            from_patient=False,
            at=self.world.clock(),
            content=message,
            shown=template[1] if template else shown() if kind == "reaction" else show_outgoing(message),
            status="accepted",
            callback_data=message.get("biz_opaque_callback_data"),
        )
        category = template[0].category.lower() if template else "service"
        failure = self._failure(patient, number, kind, category, message)
        if failure is not None:
            self.world.fail(patient, bubble, failure)
            self._tell(patient, number, bubble, "failed", category)
        elif kind == "reaction":
            self._react(message)
            self._tell(patient, number, bubble, "sent", category)
        else:
            self.world.add(patient, bubble)
            self.courier.spawn(self._report(patient, number, bubble, category))
        return bubble.wamid

    def _failure(
        self, patient: Patient, number: BusinessNumber, kind: str, category: str, message: Json
    ) -> dict[str, Any] | None:
        """Why an accepted message does not arrive, in the order in which Meta is taken to look."""
        if not patient.on_whatsapp:
            return status_error(131026, "Message Undeliverable.")
        if kind != "template" and not self.world.window_open(patient, number.id):
            return status_error(
                131047,
                "Message failed to send because more than 24 hours have passed since the customer last replied to "
                "this number.",
            )
        if category == "marketing" and patient.stopped_marketing:
            return status_error(131050, "The recipient has stopped marketing messages from this business.")
        if kind == "reaction" and self.world.find(message["reaction"]["message_id"]) is None:
            return status_error(131009, "The message to react to is unknown, deleted or too old.")
        return None

    def _react(self, message: Json) -> None:
        target = self.world.find(message["reaction"]["message_id"])
        if target is not None:
            target[1].reaction = message["reaction"]["emoji"]
            self.world.touch(*target)

    async def _report(self, patient: Patient, number: BusinessNumber, bubble: PhoneMessage, category: str) -> None:
        settings = self.world.settings
        steps = [("sent", 0.0), ("delivered", settings.delivered_after)]
        if patient.read_receipts:
            steps.append(("read", settings.read_after))
        for status, pause in steps:
            if pause is None:
                return
            if pause:
                await asyncio.sleep(pause)
            self.world.set_status(patient, bubble, status)
            self._tell(patient, number, bubble, status, category)

    def tell_template(self, template: Template, reason: str = "NONE") -> None:
        """Meta's reviewers, or its quality watch, have come to the status that the template has now."""
        value = {
            "event": template.status,
            "message_template_id": int(template.id),
            "message_template_name": template.name,
            "message_template_language": template.language,
            "message_template_category": template.category,
            "reason": reason,
        }
        field = "message_template_status_update"
        self.courier.send(Update(template.business_account_id, f"account:{template.business_account_id}", value, field))

    def _tell(self, patient: Patient, number: BusinessNumber, bubble: PhoneMessage, status: str, category: str) -> None:
        report: dict[str, Any] = {
            "id": bubble.wamid,
            "status": status,
            "timestamp": str(int(self.world.clock().timestamp())),
            **({} if patient.hide_phone else {"recipient_id": patient.wa_id}),
            "recipient_user_id": patient.user_id,
        }
        if bubble.callback_data is not None:
            report["biz_opaque_callback_data"] = bubble.callback_data
        if status in ("sent", "delivered"):
            report["pricing"] = pricing(category)
        if status == "failed":
            report["errors"] = bubble.errors
        # Meta sends the contact along with every status but `failed`.
        contacts = [] if status == "failed" else [contact(patient)]
        value = messages_value(number, contacts=contacts, statuses=[report])
        self.courier.send(Update(number.business_account_id, patient.wa_id, value, status=status))


def pricing(category: str) -> dict[str, Any]:
    """Per message; what is not a template is within the free monthly allowance here."""
    billable = category != "service"
    return {
        "billable": billable,
        "pricing_model": "PMP",
        "type": "regular" if billable else "free_customer_service",
        "category": category,
    }
