"""The emulator's own side: patients send and read, faults come and go, tests wait."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response
from sse_starlette import EventSourceResponse

from emulator.answers import JsonAnswer
from emulator.faults import BadFault, Faults
from emulator.inbound import BadMessage, NothingToTap, Phones
from emulator.outbound import Deliveries
from emulator.settings import BusinessNumber
from emulator.state import NoSuchMessage, Patient, World
from emulator.templates import Templates
from emulator.webhooks import Courier

LONGEST_WAIT = 60.0
PATIENT_SWITCHES = ("hide_phone", "on_whatsapp", "read_receipts")


@dataclass(frozen=True)
class Control:
    world: World
    faults: Faults
    courier: Courier
    phones: Phones
    templates: Templates
    deliveries: Deliveries

    def number(self, request: Request) -> BusinessNumber:
        """The clinic's number that is meant: `?phone_number_id=`, else the first."""
        wanted = request.query_params.get("phone_number_id")
        if wanted is None:
            return next(iter(self.world.numbers.values()))
        if wanted not in self.world.numbers:
            raise HTTPException(404, f"no number with the id {wanted}")
        return self.world.numbers[wanted]

    def patient(self, wa_id: str) -> Patient:
        digits = wa_id.removeprefix("+")
        if not re.fullmatch(r"[0-9]{7,15}", digits):
            raise HTTPException(422, "a patient's wa_id is 7 to 15 digits")
        return self.world.patient(digits)

    def phone_json(self, patient: Patient, after: str | None, number_id: str | None) -> dict[str, Any]:
        try:
            messages = self.world.messages_after(patient, after, number_id)
        except NoSuchMessage as error:
            raise HTTPException(404, "this phone shows no message with that wamid") from error
        return {
            "patient": patient.to_json(self.world.clock()),
            "messages": [message.to_json() for message in messages],
            "failed": [message.to_json() for message in patient.failed],
        }


async def read_object(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.body())
    except ValueError as error:
        raise HTTPException(400, "the body is not JSON") from error
    if not isinstance(body, dict):
        raise HTTPException(422, "the body must be a JSON object")
    return body


def seconds_to_wait(request: Request) -> float:
    try:
        seconds = float(request.query_params.get("wait", "0"))
    except ValueError as error:
        raise HTTPException(422, "wait is a number of seconds") from error
    return max(0.0, min(seconds, LONGEST_WAIT))


def build_router(control: Control) -> APIRouter:
    router = APIRouter(prefix="/emulator")
    world, faults, courier = control.world, control.faults, control.courier

    @router.get("/health")
    async def health() -> dict[str, Any]:
        return {
            "status": "ok",
            "webhook_url": world.settings.webhook_url,
            "patients": len(world.patients),
            "webhooks": {
                "pending": courier.pending,
                "delivered": courier.delivered,
                "refused": courier.refused,
                "given_up": courier.given_up,
            },
        }

    @router.get("/idle")
    async def idle(request: Request) -> Response:
        """Waits until no webhook is on its way any more: 200, or 408 when `wait` seconds were not enough."""
        done = await courier.wait_idle(seconds_to_wait(request))
        return JsonAnswer({"idle": done}, status_code=200 if done else 408)

    @router.get("/numbers")
    async def numbers() -> list[dict[str, str]]:
        return [
            {"phone_number_id": number.id, "display": number.display, "name": number.name}
            for number in world.numbers.values()
        ]

    @router.post("/numbers", status_code=201)
    async def add_number(request: Request) -> dict[str, str]:
        wish = await read_object(request)
        keys = ("phone_number_id", "business_account_id", "display_phone_number")
        if not all(isinstance(wish.get(key), str) and wish[key].isdigit() for key in keys):
            raise HTTPException(422, f"{', '.join(keys)} are digits")
        number = BusinessNumber(
            wish["phone_number_id"],
            wish["business_account_id"],
            wish["display_phone_number"],
            str(wish.get("name") or "Clinic"),
        )
        world.numbers[number.id] = number
        world.ring()
        return {"phone_number_id": number.id}

    @router.get("/patients")
    async def patients() -> list[dict[str, Any]]:
        return [patient.to_json(world.clock()) for patient in world.patients.values()]

    @router.delete("/patients", status_code=204)
    async def forget() -> None:
        """Every phone, message and open window is forgotten."""
        world.forget_patients()

    @router.put("/patients/{wa_id}")
    async def change_patient(request: Request, wa_id: str) -> dict[str, Any]:
        wish = await read_object(request)
        patient = control.patient(wa_id)
        unknown = set(wish) - {"name", "stopped_marketing", *PATIENT_SWITCHES}
        if unknown:
            raise HTTPException(422, f"unknown: {', '.join(sorted(unknown))}")
        if "name" in wish:
            patient.name = str(wish["name"])[:120]
        for switch in PATIENT_SWITCHES:
            if switch in wish:
                setattr(patient, switch, bool(wish[switch]))
        if "stopped_marketing" in wish and bool(wish["stopped_marketing"]) != patient.stopped_marketing:
            control.phones.stop_marketing(patient, control.number(request), bool(wish["stopped_marketing"]))
        world.touch(patient)
        return patient.to_json(world.clock())

    @router.post("/patients/{wa_id}/messages", status_code=201)
    async def patient_sends(request: Request, wa_id: str) -> dict[str, str]:
        wish = await read_object(request)
        patient, number = control.patient(wa_id), control.number(request)
        try:
            return {"wamid": control.phones.send(patient, number, wish)}
        except NothingToTap as error:
            raise HTTPException(404, "no message on this phone has a button or row with that id") from error
        except BadMessage as error:
            raise HTTPException(422, str(error)) from error

    @router.get("/patients/{wa_id}/messages")
    async def phone_shows(request: Request, wa_id: str) -> dict[str, Any]:
        """What the phone shows, after `after` if given; `wait=seconds` waits until that is something."""
        patient = control.patient(wa_id)
        after, number_id = request.query_params.get("after"), request.query_params.get("phone_number_id")
        clock = world.monotonic
        deadline = clock() + seconds_to_wait(request)
        while True:
            phone = control.phone_json(patient, after, number_id)
            left = deadline - clock()
            if phone["messages"] or left <= 0 or not await world.changed_within(left):
                return phone

    @router.get("/patients/{wa_id}/stream")
    async def phone_streams(wa_id: str) -> EventSourceResponse:
        return EventSourceResponse(phone_events(world, control.patient(wa_id)), ping=15)

    @router.get("/stream")
    async def patients_stream() -> EventSourceResponse:
        return EventSourceResponse(patients_events(world), ping=15)

    @router.get("/media/{media_id}")
    async def media(media_id: str) -> Response:
        found = world.media.get(media_id)
        if found is None:
            raise HTTPException(404, "no such media")
        # A patient's file is shown, never run: an SVG or HTML sent as an image must not be a page of ours.
        safe = found.mime_type if re.match(r"(image/(jpeg|png|webp|gif)|audio/|video/)", found.mime_type) else None
        return Response(
            found.data,
            media_type=safe or "application/octet-stream",
            headers={"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"},
        )

    @router.get("/faults")
    async def list_faults() -> list[dict[str, Any]]:
        return [fault.to_json() for fault in faults.all()]

    @router.post("/faults", status_code=201)
    async def add_fault(request: Request) -> dict[str, Any]:
        try:
            return faults.add(await read_object(request)).to_json()
        except BadFault as error:
            raise HTTPException(422, str(error)) from error

    @router.delete("/faults", status_code=204)
    async def clear_faults() -> None:
        faults.clear()

    @router.delete("/faults/{fault_id}", status_code=204)
    async def clear_fault(fault_id: str) -> None:
        faults.clear(fault_id)

    @router.post("/templates/{template_id}")
    async def review_template(request: Request, template_id: str) -> dict[str, Any]:
        """Play Meta's reviewers: set the status of a template and tell the business."""
        wish = await read_object(request)
        template = control.templates.by_id(template_id)
        if template is None:
            raise HTTPException(404, "no such template")
        template.status = str(wish.get("status") or template.status).upper()
        control.deliveries.tell_template(template, str(wish.get("reason") or "NONE"))
        return template.to_json()

    @router.api_route("/{path:path}", methods=["GET", "POST", "PUT", "DELETE"], include_in_schema=False)
    async def nothing_here(path: str) -> Response:
        raise HTTPException(404, f"the emulator has no /emulator/{path}")

    return router


async def phone_events(world: World, patient: Patient) -> AsyncIterator[dict[str, str]]:
    """First the whole phone, then every bubble that is new or has changed, and whether the business types."""
    seen = 0
    while world.patients.get(patient.wa_id) is patient:
        if patient.version > seen:
            changed = [message.to_json() for message in patient.messages if message.version > seen]
            failed = [message.wamid for message in patient.failed if message.version > seen]
            seen = patient.version
            event = {"patient": patient.to_json(world.clock()), "messages": changed, "failed": failed}
            yield {"event": "phone", "id": str(seen), "data": json.dumps(event)}
            continue
        await world.changed_within(LONGEST_WAIT)
    yield {"event": "forgotten", "data": "{}"}


async def patients_events(world: World) -> AsyncIterator[dict[str, str]]:
    sent: str | None = None
    while True:
        event = json.dumps([patient.to_json(world.clock()) for patient in world.patients.values()])
        if event != sent:
            sent = event
            yield {"event": "patients", "data": event}
            continue
        await world.changed_within(LONGEST_WAIT)
