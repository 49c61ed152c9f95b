"""What a message may be: the shapes and sizes that Meta accepts. Refuses the whole message, truncates nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from emulator.errors import GraphError, invalid_parameter

TEXT_BODY = 4096
CAPTION = 1024
INTERACTIVE_BODY = 1024  # Meta's page says 4096 for lists, its OpenAPI file 1024: the stricter holds here
FOOTER = 60
HEADER = 60
BUTTONS = 3
BUTTON_TITLE = 20
BUTTON_ID = 256
SECTIONS = 10
ROWS = 10
SECTION_TITLE = 24
ROW_ID = 200
ROW_TITLE = 24
ROW_DESCRIPTION = 72
CTA_TEXT = 20
FLOW_CTA = 20
URL = 2000
CALLBACK_DATA = 512
QUICK_REPLY_PAYLOAD = 128
MEDIA_TYPES = ("image", "audio", "video", "document", "sticker")

Json = Mapping[str, Any]


def size(text: str) -> int:
    """How long Meta may find a text: it does not say how it counts, so the larger of code points and UTF-16 units."""
    return max(len(text), len(text.encode("utf-16-le", "surrogatepass")) // 2)


def bad_value(details: str) -> GraphError:
    return GraphError(131009, details)


def missing(name: str) -> GraphError:
    return GraphError(131008, f"Required parameter is missing: {name}")


def an_object(parent: Json, key: str, where: str) -> Json:
    value = parent.get(key)
    if value is None:
        raise missing(f"{where}[{key!r}]")
    if not isinstance(value, Mapping):
        raise bad_value(f"{where}[{key!r}] must be an object")
    return value


def a_list(parent: Json, key: str, where: str) -> list[Any]:
    value = parent.get(key)
    if value is None:
        raise missing(f"{where}[{key!r}]")
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
        raise bad_value(f"{where}[{key!r}] must be a list of objects")
    return value


def a_text(parent: Json, key: str, name: str, longest: int, *, optional: bool = False) -> str:
    """A text of 1 to `longest`; where optional, an absent or null one is the empty text."""
    value = parent.get(key)
    if value is None:
        if optional:
            return ""
        raise missing(name)
    if not isinstance(value, str):
        raise bad_value(f"{name} must be a string")
    if not value.strip() or size(value) > longest:
        raise bad_value(f"{name} length invalid. Min length: 1, Max length: {longest}")
    return value


def a_link(parent: Json, key: str, name: str) -> str:
    link = a_text(parent, key, name, URL)
    if not link.lower().startswith(("http://", "https://")):
        raise bad_value(f"{name} must be an http or https URL")
    return link


def all_different(values: list[str], name: str) -> None:
    if len(set(values)) < len(values):
        raise bad_value(f"{name} must be unique")


def check_text(message: Json) -> None:
    text = an_object(message, "text", "message")
    body = text.get("body")
    if body is None or body == "":
        raise missing("text['body']")
    if not isinstance(body, str):
        raise invalid_parameter("Param text['body'] must be a string.")
    if size(body) > TEXT_BODY:
        raise invalid_parameter(f"Param text['body'] must be at most {TEXT_BODY} characters long.")
    if not body.strip():
        raise bad_value("text['body'] must not be blank")


def check_media(kind: str, message: Json, knows_media: Callable[[str], bool]) -> None:
    media = an_object(message, kind, "message")
    if ("id" in media) == ("link" in media):
        raise bad_value(f"{kind} needs either id or link")
    if "link" in media:
        a_link(media, "link", f"{kind}['link']")
    elif not knows_media(str(media["id"])):
        raise bad_value(f"{kind}['id'] is not the id of an uploaded media")
    if "caption" in media:
        if kind in ("audio", "sticker"):
            raise bad_value(f"{kind} has no caption")
        a_text(media, "caption", f"{kind}['caption']", CAPTION)


def check_interactive(message: Json, knows_media: Callable[[str], bool]) -> None:
    interactive = an_object(message, "interactive", "message")
    kind = interactive.get("type")
    check = {
        "button": check_buttons,
        "list": check_list,
        "cta_url": check_cta_url,
        "location_request_message": check_location_request,
        "flow": check_flow,
    }.get(kind if isinstance(kind, str) else "")
    if check is None:
        raise bad_value("interactive['type'] is missing or not supported")
    a_text(an_object(interactive, "body", "interactive"), "text", "Body text", INTERACTIVE_BODY)
    if interactive.get("footer") is not None:
        a_text(an_object(interactive, "footer", "interactive"), "text", "Footer text", FOOTER)
    check_header(interactive, kind, knows_media)
    check(an_object(interactive, "action", "interactive"))


def check_header(interactive: Json, kind: str | None, knows_media: Callable[[str], bool]) -> None:
    if interactive.get("header") is None:
        return
    header = an_object(interactive, "header", "interactive")
    allowed = {
        "button": ("text", "image", "video", "document"),
        "cta_url": ("text", "image", "video", "document"),
        "flow": ("text", "image", "video", "document"),
        "list": ("text",),
    }.get(kind or "", ())
    if header.get("type") not in allowed:
        raise bad_value(f"Header type of a {kind} message must be one of: {', '.join(allowed) or 'none'}")
    if header["type"] == "text":
        a_text(header, "text", "Header text", HEADER)
    else:
        check_media(header["type"], header, knows_media)


def check_buttons(action: Json) -> None:
    buttons = a_list(action, "buttons", "action")
    if not 1 <= len(buttons) <= BUTTONS:
        raise bad_value(f"Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: {BUTTONS}")
    ids, titles = [], []
    for button in buttons:
        if button.get("type") != "reply":
            raise bad_value("Button type must be reply")
        reply = an_object(button, "reply", "button")
        titles.append(a_text(reply, "title", "Button title", BUTTON_TITLE))
        ids.append(check_id(reply, "Button id", BUTTON_ID))
    all_different(ids, "Button ids")
    all_different(titles, "Button titles")


def check_id(parent: Json, name: str, longest: int) -> str:
    value = a_text(parent, "id", name, longest)
    if value != value.strip():
        raise bad_value(f"{name} must not begin or end with a space")
    return value


def check_list(action: Json) -> None:
    a_text(action, "button", "Button text", CTA_TEXT)
    sections = a_list(action, "sections", "action")
    if not 1 <= len(sections) <= SECTIONS:
        raise bad_value(f"Invalid sections count. Min allowed sections: 1, Max allowed sections: {SECTIONS}")
    rows = [row for section in sections for row in section_rows(section, alone=len(sections) == 1)]
    if len(rows) > ROWS:
        raise bad_value(f"Total row count exceed max allowed count: {ROWS}")
    all_different([check_id(row, "Row id", ROW_ID) for row in rows], "Row ids")
    all_different([check_row_title(row) for row in rows], "Row titles")
    for row in rows:
        a_text(row, "description", "Row description", ROW_DESCRIPTION, optional=True)


def section_rows(section: Json, alone: bool) -> list[Any]:
    a_text(section, "title", "Section title", SECTION_TITLE, optional=alone)
    rows = a_list(section, "rows", "section")
    if not rows:
        raise bad_value("A section must have at least one row")
    return rows


def check_row_title(row: Json) -> str:
    title = row.get("title")
    if isinstance(title, str) and size(title) > ROW_TITLE:
        raise bad_value(f"Row title is too long. Max length is {ROW_TITLE}")
    return a_text(row, "title", "Row title", ROW_TITLE)


def check_cta_url(action: Json) -> None:
    if action.get("name") != "cta_url":
        raise bad_value("action['name'] must be cta_url")
    parameters = an_object(action, "parameters", "action")
    a_text(parameters, "display_text", "Display text", CTA_TEXT)
    a_link(parameters, "url", "URL")


def check_location_request(action: Json) -> None:
    if action.get("name") != "send_location":
        raise bad_value("action['name'] must be send_location")


def check_flow(action: Json) -> None:
    if action.get("name") != "flow":
        raise bad_value("action['name'] must be flow")
    parameters = an_object(action, "parameters", "action")
    a_text(parameters, "flow_message_version", "flow_message_version", 10)
    a_text(parameters, "flow_cta", "flow_cta", FLOW_CTA)
    if ("flow_id" in parameters) == ("flow_name" in parameters):
        raise bad_value("A flow needs either flow_id or flow_name")


def check_reaction(message: Json) -> None:
    reaction = an_object(message, "reaction", "message")
    a_text(reaction, "message_id", "reaction['message_id']", 512)
    if not isinstance(reaction.get("emoji"), str):
        raise missing("reaction['emoji']")
    if message.get("context") is not None:
        raise bad_value("A reaction cannot quote a message")


def check_location(message: Json) -> None:
    location = an_object(message, "location", "message")
    for key, most in (("latitude", 90), ("longitude", 180)):
        try:
            value = float(location[key])
        except KeyError:
            raise missing(f"location[{key!r}]") from None
        except (TypeError, ValueError):
            raise bad_value(f"location[{key!r}] must be a number") from None
        if not -most <= value <= most:
            raise bad_value(f"location[{key!r}] is out of range")


def check_contacts(message: Json) -> None:
    contacts = a_list(message, "contacts", "message")
    if not contacts:
        raise missing("contacts")
    for contact in contacts:
        a_text(an_object(contact, "name", "contact"), "formatted_name", "contact name", 1024)


def check_template_shape(message: Json) -> None:
    """The shape alone; whether the template exists and what it takes is for `templates`."""
    template = an_object(message, "template", "message")
    a_text(template, "name", "template['name']", 512)
    a_text(an_object(template, "language", "template"), "code", "template['language']['code']", 20)
    for component in template.get("components") or []:
        if not isinstance(component, Mapping) or component.get("type") not in ("header", "body", "button", "footer"):
            raise bad_value("template['components'] holds a component of unknown type")
        if component.get("parameters") is not None:
            a_list(component, "parameters", "component")


def check_message(message: Json, knows_media: Callable[[str], bool]) -> str:
    """Check shape and sizes of a send; returns its type. Raises GraphError."""
    data = message.get("biz_opaque_callback_data")
    if data is not None and (not isinstance(data, str) or size(data) > CALLBACK_DATA):
        raise invalid_parameter(f"Param biz_opaque_callback_data must be at most {CALLBACK_DATA} characters long.")
    context = message.get("context")
    if context is not None:
        a_text(an_object(message, "context", "message"), "message_id", "context['message_id']", 512)
    kind = message.get("type", "text")
    if kind in MEDIA_TYPES:
        check_media(kind, message, knows_media)
    elif kind == "interactive":
        check_interactive(message, knows_media)
    else:
        PLAIN_CHECKS[kind](message)
    return str(kind)


PLAIN_CHECKS: Mapping[str, Callable[[Json], None]] = {
    "text": check_text,
    "reaction": check_reaction,
    "location": check_location,
    "contacts": check_contacts,
    "template": check_template_shape,
}
TYPES = (*PLAIN_CHECKS, *MEDIA_TYPES, "interactive")
