"""Meta's side: the Graph API under /{version}/..., with its order of checks and its refusals."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request, Response

from emulator.answers import JsonAnswer
from emulator.errors import GraphError, invalid_parameter, missing_object
from emulator.faults import Fault, Faults
from emulator.limits import TYPES, check_message
from emulator.outbound import Deliveries
from emulator.rates import Rates
from emulator.settings import BusinessNumber
from emulator.state import MEDIA_URL_LIVES, Media, Patient, World
from emulator.templates import Template, Templates

VERSION = re.compile(r"v\d{1,2}\.\d")
UPLOAD_LIMITS = {"image": 5_000_000, "audio": 16_000_000, "video": 16_000_000, "text": 100_000_000}


@dataclass(frozen=True)
class Graph:
    """What the routes share."""

    world: World
    faults: Faults
    rates: Rates
    templates: Templates
    deliveries: Deliveries

    def authorise(self, request: Request) -> None:
        version = request.path_params.get("version")
        if request.headers.get("authorization") != f"Bearer {self.world.settings.access_token}":
            raise GraphError(190, message="Invalid OAuth access token - Cannot parse access token")
        if version is not None and not VERSION.fullmatch(version):
            raise GraphError(2500, message=f"Unknown path components: /{version}")

    def number(self, number_id: str) -> BusinessNumber:
        number = self.world.numbers.get(number_id)
        if number is None:
            raise missing_object(number_id)
        return number

    def account(self, account_id: str) -> str:
        if not any(number.business_account_id == account_id for number in self.world.numbers.values()):
            raise missing_object(account_id)
        return account_id


async def read_json(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.body())
    except ValueError as error:
        raise invalid_parameter("The request body is not valid JSON.") from error
    if not isinstance(body, dict):
        raise invalid_parameter("The request body must be a JSON object.")
    return body


def digits_of(number: Any) -> str:
    """The digits of a phone number as people write it; refuses what cannot be one."""
    if not isinstance(number, str) or not re.fullmatch(r"\+?[\d\s()\-.]{5,32}", number):
        raise invalid_parameter("The parameter to must be a phone number.")
    digits = re.sub(r"\D", "", number)
    if not 7 <= len(digits) <= 15:
        raise invalid_parameter("The parameter to must be a phone number.")
    return digits


def find_recipient(world: World, number: BusinessNumber, body: Mapping[str, Any]) -> tuple[Patient, dict[str, Any]]:
    """The patient and the `contacts` entry of the answer; `to` wins over `recipient`."""
    if body.get("to"):
        wa_id = digits_of(body["to"])
        if wa_id == number.display:
            raise GraphError(131021, "Sender and recipient are the same number")
        return world.patient(wa_id), {"input": body["to"], "wa_id": wa_id}
    user_id = body.get("recipient")
    if not user_id:
        raise invalid_parameter("The parameter to is required.")
    patient = world.patient_by_user_id(user_id) if isinstance(user_id, str) else None
    if patient is None:
        raise invalid_parameter("The parameter recipient is not a known user ID.")
    return patient, {
        "input": user_id,
        "user_id": user_id,
        **({} if patient.hide_phone else {"wa_id": patient.wa_id}),
    }


def check_head(body: Mapping[str, Any]) -> None:
    if body.get("messaging_product") != "whatsapp":
        raise invalid_parameter("The parameter messaging_product is required and must be whatsapp.")
    if body.get("recipient_type", "individual") != "individual":
        raise invalid_parameter("Param recipient_type must be individual.")
    if not isinstance(body.get("type", "text"), str) or body.get("type", "text") not in TYPES:
        raise invalid_parameter(f"Param type must be one of {{{', '.join(TYPES).upper()}}}.")


def mark_read(graph: Graph, body: Mapping[str, Any]) -> dict[str, Any]:
    """Read marks that message and all before it; typing lasts until a reply or some seconds."""
    world = graph.world
    found = world.find(str(body.get("message_id")))
    if found is None or not found[1].from_patient:
        raise missing_object(str(body.get("message_id")))
    patient, upto = found
    for message in patient.messages:
        if message.from_patient and message.number_id == upto.number_id and message.status != "read":
            world.set_status(patient, message, "read")
        if message is upto:
            break
    typing = body.get("typing_indicator")
    if typing is not None:
        if not isinstance(typing, Mapping) or typing.get("type") != "text":
            raise invalid_parameter("Param typing_indicator['type'] must be text.")
        show_typing(world, patient)
    return {"success": True}


def show_typing(world: World, patient: Patient) -> None:
    seconds = world.settings.typing_seconds
    patient.typing_until = world.clock() + timedelta(seconds=seconds)
    world.touch(patient)
    asyncio.get_running_loop().call_later(seconds + 0.05, world.touch, patient)


async def strike(fault: Fault | None) -> None:
    if fault is not None:
        await asyncio.sleep(fault.seconds)


def build_router(graph: Graph) -> APIRouter:
    router = APIRouter()
    world, faults = graph.world, graph.faults

    @router.post("/{version}/{number_id}/messages")
    async def messages(request: Request, number_id: str) -> Response:
        graph.authorise(request)
        number = graph.number(number_id)
        if not number.registered:
            raise GraphError(133010, "Register this phone number before sending")
        body = await read_json(request)
        if body.get("messaging_product") == "whatsapp" and body.get("status") == "read":
            return JsonAnswer(mark_read(graph, body))
        check_head(body)
        patient, contact = find_recipient(world, number, body)
        await strike(faults.take("delay", wa_id=patient.wa_id, on="graph"))
        refusal = faults.take("refuse", wa_id=patient.wa_id)
        if refusal is not None:
            raise GraphError(refusal.code, "Refused by a fault of the emulator")
        kind = check_message(body, world.media.__contains__)
        template = None
        if kind == "template":
            template = graph.templates.check_send(number.business_account_id, body["template"])
        graph.rates.take(number.id, patient.wa_id, world.clock())
        wamid = graph.deliveries.accept(patient, number, body, template)
        silence = faults.take("timeout_after_accept", wa_id=patient.wa_id)
        if silence is not None:
            await strike(silence)
            return Response("upstream timed out", status_code=504, media_type="text/plain")
        sent: dict[str, Any] = {"id": wamid}
        if template is not None:
            sent["message_status"] = "accepted"
        return JsonAnswer({"messaging_product": "whatsapp", "contacts": [contact], "messages": [sent]})

    @router.post("/{version}/{number_id}/media")
    async def upload(request: Request, number_id: str) -> Response:
        graph.authorise(request)
        graph.number(number_id)
        form = await request.form()
        file = form.get("file")
        if form.get("messaging_product") != "whatsapp" or file is None or isinstance(file, str):
            raise invalid_parameter("messaging_product and file are required.")
        data = await file.read()
        mime_type = str(form.get("type") or file.content_type or "application/octet-stream")
        if len(data) > UPLOAD_LIMITS.get(mime_type.split("/")[0], 100_000_000) or not data:
            raise GraphError(131053, "The file is empty or too large for its type")
        media = Media(world.new_id(), data, mime_type, file.filename or "")
        world.media[media.id] = media
        return JsonAnswer({"id": media.id})

    @router.get("/{version}/{account_id}/message_templates")
    async def list_templates(request: Request, account_id: str) -> Response:
        graph.authorise(request)
        wanted = request.query_params
        found = [
            template.to_json()
            for template in graph.templates.of(graph.account(account_id))
            if all(
                wanted[key].lower() == str(getattr(template, key)).lower()
                for key in ("name", "status", "category", "language")
                if key in wanted
            )
        ]
        return JsonAnswer(page_of(found, wanted.get("limit"), wanted.get("after")))

    @router.post("/{version}/{account_id}/message_templates")
    async def create_template(request: Request, account_id: str) -> Response:
        graph.authorise(request)
        template = graph.templates.create(graph.account(account_id), await read_json(request))
        answer = {"id": template.id, "status": "PENDING", "category": template.category}
        graph.deliveries.tell_template(template)
        return JsonAnswer(answer)

    @router.delete("/{version}/{account_id}/message_templates")
    async def delete_template(request: Request, account_id: str) -> Response:
        graph.authorise(request)
        name = request.query_params.get("name", "")
        if not graph.templates.delete(graph.account(account_id), name):
            raise invalid_parameter("There is no template of that name.")
        return JsonAnswer({"success": True})

    @router.get("/{version}/{account_id}/phone_numbers")
    async def phone_numbers(request: Request, account_id: str) -> Response:
        graph.authorise(request)
        graph.account(account_id)
        numbers = [number_json(number) for number in world.numbers.values() if number.business_account_id == account_id]
        return JsonAnswer({"data": numbers})

    @router.post("/{version}/{account_id}/subscribed_apps")
    async def subscribe(request: Request, account_id: str) -> Response:
        graph.authorise(request)
        graph.account(account_id)
        return JsonAnswer({"success": True})

    @router.get("/{version}/{object_id}")
    async def get_object(request: Request, object_id: str) -> Response:
        graph.authorise(request)
        if object_id in world.media:
            return JsonAnswer(media_json(world, world.media[object_id], str(request.base_url)))
        if object_id in world.numbers:
            return JsonAnswer(number_json(world.numbers[object_id]))
        template: Template | None = graph.templates.by_id(object_id)
        if template is None:
            raise missing_object(object_id)
        return JsonAnswer(template.to_json())

    @router.delete("/{version}/{media_id}")
    async def delete_media(request: Request, media_id: str) -> Response:
        graph.authorise(request)
        if world.media.pop(media_id, None) is None:
            raise missing_object(media_id)
        return JsonAnswer({"success": True})

    @router.get("/whatsapp_business/attachments/")
    async def attachment(request: Request, mid: str = "") -> Response:
        graph.authorise(request)
        media = world.media.get(mid)
        if media is None or media.url_until is None or world.clock() >= media.url_until:
            return Response(status_code=404)
        return Response(media.data, media_type=media.mime_type)

    @router.api_route("/{path:path}", methods=["GET", "POST", "DELETE"])
    async def anything_else(request: Request, path: str) -> Response:
        graph.authorise(request)
        raise missing_object(path)

    return router


def page_of(found: list[dict[str, Any]], limit: str | None, after: str | None) -> dict[str, Any]:
    size = int(limit) if limit and limit.isdigit() and int(limit) > 0 else 25
    start = int(after) if after and after.isdigit() else 0
    data = found[start : start + size]
    cursors = {"before": str(start), "after": str(start + len(data))}
    more = {"next": f"?after={start + len(data)}"} if start + len(data) < len(found) else {}
    return {"data": data, "paging": {"cursors": cursors, **more}}


def number_json(number: BusinessNumber) -> dict[str, Any]:
    return {
        "id": number.id,
        "display_phone_number": f"+{number.display}",
        "verified_name": number.name,
        "quality_rating": "GREEN",
        "code_verification_status": "VERIFIED",
    }


def media_json(world: World, media: Media, base_url: str) -> dict[str, Any]:
    media.url_until = world.clock() + MEDIA_URL_LIVES
    return {
        "messaging_product": "whatsapp",
        "url": f"{base_url}whatsapp_business/attachments/?mid={media.id}",
        "mime_type": media.mime_type,
        "sha256": media.sha256,
        "file_size": str(len(media.data)),
        "id": media.id,
    }
