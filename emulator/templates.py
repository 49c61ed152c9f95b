"""Message templates: the known list, what Meta asks of a new one, and the check of a send against its template."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from emulator.errors import GraphError, invalid_parameter
from emulator.limits import QUICK_REPLY_PAYLOAD, size
from emulator.shown import option, show_location, show_media, shown

Json = Mapping[str, Any]

VARIABLE = re.compile(r"\{\{\s*([a-z0-9_]+)\s*\}\}")
NAME = re.compile(r"[a-z0-9_]{1,512}")
CATEGORIES = ("UTILITY", "MARKETING", "AUTHENTICATION")
RENDERED_BODY = 1024


@dataclass
class Template:
    """One language of one template. `components` as created, types in upper case."""

    id: str
    business_account_id: str
    name: str
    language: str
    category: str
    components: list[dict[str, Any]]
    parameter_format: str = "POSITIONAL"
    status: str = "APPROVED"

    def component(self, kind: str) -> dict[str, Any] | None:
        return next((part for part in self.components if part["type"] == kind), None)

    @property
    def buttons(self) -> list[dict[str, Any]]:
        part = self.component("BUTTONS")
        return part["buttons"] if part else []

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "language": self.language,
            "status": self.status,
            "category": self.category,
            "parameter_format": self.parameter_format,
            "components": self.components,
        }


def variables(text: str) -> list[str]:
    return list(dict.fromkeys(VARIABLE.findall(text)))


class Templates:
    def __init__(self) -> None:
        self._ids = itertools.count(600_000_000_000_001)
        self._templates: dict[tuple[str, str, str], Template] = {}

    def create(self, business_account_id: str, wish: Json) -> Template:
        """Raises GraphError when Meta's reviewers would not even see it."""
        template = read_template(str(next(self._ids)), business_account_id, wish)
        key = (business_account_id, template.name, template.language)
        if key in self._templates:
            raise invalid_parameter("There is already content in this language for this template.")
        self._templates[key] = template
        return template

    def of(self, business_account_id: str) -> list[Template]:
        return [template for key, template in self._templates.items() if key[0] == business_account_id]

    def by_id(self, template_id: str) -> Template | None:
        return next((found for found in self._templates.values() if found.id == template_id), None)

    def delete(self, business_account_id: str, name: str) -> bool:
        keys = [key for key in self._templates if key[:2] == (business_account_id, name)]
        for key in keys:
            del self._templates[key]
        return bool(keys)

    def check_send(self, business_account_id: str, send: Json) -> tuple[Template, dict[str, Any]]:
        """The template of a send and what the phone shows of it. Raises GraphError 132xxx, 131008, 131009."""
        name, language = send["name"], send["language"]["code"]
        template = self._templates.get((business_account_id, name, language))
        if template is None:
            raise GraphError(132001, f"template name ({name}) does not exist in {language}")
        if template.status in ("PAUSED", "DISABLED"):
            raise GraphError(132015 if template.status == "PAUSED" else 132016)
        if template.status != "APPROVED":
            raise GraphError(132001, f"template name ({name}) is not approved in {language}")
        return template, render(template, send)


def render(template: Template, send: Json) -> dict[str, Any]:
    parts = {part["type"]: part for part in send.get("components") or [] if part["type"] != "button"}
    header = template.component("HEADER") or {}
    header_format = str(header.get("format", "TEXT")).lower()
    header_parameters = (parts.get("header") or {}).get("parameters") or []
    media = location = None
    if header and header_format != "text":
        value = header_value(header_format, header_parameters)
        if header_format == "location":
            location = show_location(value)
        else:
            media = show_media(header_format, value)
    header_text = fill("header", header.get("text", ""), header_parameters if header_format == "text" else [], template)
    body = template.component("BODY") or {"text": ""}
    text = fill("body", body["text"], (parts.get("body") or {}).get("parameters") or [], template)
    if size(text) > RENDERED_BODY:
        raise GraphError(132005, f"The rendered body is longer than {RENDERED_BODY} characters")
    options, links = render_buttons(template, send)
    footer = (template.component("FOOTER") or {}).get("text", "")
    return shown(text, header=header_text, footer=footer, options=options, links=links, media=media, location=location)


def header_value(header_format: str, parameters: list[Any]) -> Json:
    if len(parameters) != 1:
        raise GraphError(132012, f"header: expected one parameter of type {header_format}")
    value = parameters[0].get(header_format)
    if parameters[0].get("type") != header_format or not isinstance(value, Mapping):
        raise GraphError(132012, f"header: Format mismatch, expected {header_format.upper()}")
    return value


def fill(where: str, text: str, parameters: list[Any], template: Template) -> str:
    names = variables(text)
    if len(parameters) != len(names):
        raise GraphError(
            132000,
            f"{where}: number of localizable_params ({len(parameters)}) does not match the expected number of params "
            f"({len(names)})",
        )
    in_order = sorted(names, key=lambda name: int(name) if name.isdigit() else 0)
    values = dict(zip(in_order, (parameter_text(where, parameter) for parameter in parameters), strict=False))
    if template.parameter_format == "NAMED":
        given = [parameter.get("parameter_name") for parameter in parameters]
        if sorted(map(str, given)) != sorted(names):
            raise GraphError(132000, f"{where}: the parameter names do not match those of the template")
        values = {parameter["parameter_name"]: parameter_text(where, parameter) for parameter in parameters}
    return VARIABLE.sub(lambda match: values[match.group(1)], text)


def parameter_text(where: str, parameter: Any) -> str:
    if not isinstance(parameter, Mapping) or parameter.get("type") not in ("text", "currency", "date_time"):
        raise GraphError(132012, f"{where}: a parameter is not of type text")
    value = parameter.get("text")
    if parameter["type"] != "text":
        value = (parameter.get(parameter["type"]) or {}).get("fallback_value")
    if not isinstance(value, str) or not value:
        raise GraphError(131008, f"{where}: Parameter of type text is missing text value")
    if "\n" in value or "\r" in value or "\t" in value or " " * 5 in value:
        raise GraphError(132018, "Param text cannot have new-line/tab characters or more than 4 consecutive spaces")
    return value


def render_buttons(template: Template, send: Json) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    given = {str(part.get("index")): part for part in send.get("components") or [] if part["type"] == "button"}
    if any(not index.isdigit() or int(index) >= len(template.buttons) for index in given):
        raise GraphError(132000, "button: there is no button of that index")
    options, links = [], []
    for index, button in enumerate(template.buttons):
        parameters = (given.get(str(index)) or {}).get("parameters") or []
        if button["type"] == "QUICK_REPLY":
            payload = quick_reply_payload(parameters, button["text"])
            options.append(option("quick_reply", payload, button["text"]))
        elif button["type"] == "URL":
            links.append({"title": button["text"], "url": button_url(button["url"], parameters, index)})
        else:
            links.append({"title": button["text"], "url": f"tel:{button.get('phone_number', '')}"})
    return options, links


def quick_reply_payload(parameters: list[Any], label: str) -> str:
    if not parameters:
        return label
    payload = parameters[0].get("payload")
    if parameters[0].get("type") != "payload" or not isinstance(payload, str) or not payload:
        raise GraphError(132012, "button: a quick reply takes one parameter of type payload")
    if size(payload) > QUICK_REPLY_PAYLOAD:
        raise GraphError(131009, f"Button payload is too long. Max length is {QUICK_REPLY_PAYLOAD}")
    return payload


def button_url(url: str, parameters: list[Any], index: int) -> str:
    wanted = len(variables(url))
    if wanted and not parameters:
        raise GraphError(131008, f"buttons: Button at index {index} of type Url requires a parameter")
    if len(parameters) != wanted:
        raise GraphError(132000, f"buttons: number of params ({len(parameters)}) does not match ({wanted})")
    return VARIABLE.sub(lambda _: parameter_text("button", parameters[0]), url)


def read_template(template_id: str, business_account_id: str, wish: Json) -> Template:
    name, language, category = wish.get("name"), wish.get("language"), str(wish.get("category", "")).upper()
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise invalid_parameter("Param name must be lowercase letters, digits and underscores, 512 at most.")
    if not isinstance(language, str) or not re.fullmatch(r"[a-z]{2,3}(_[A-Z]{2})?", language):
        raise invalid_parameter("Param language must be a locale such as ar or en_US.")
    if category not in CATEGORIES:
        raise invalid_parameter(f"Param category must be one of {{{', '.join(CATEGORIES)}}}")
    components = wish.get("components")
    if not isinstance(components, list) or not all(isinstance(part, Mapping) for part in components):
        raise invalid_parameter("Param components must be an array of objects.")
    parts = [{**part, "type": str(part.get("type", "")).upper()} for part in components]
    for part in parts:
        if part["type"] == "BUTTONS":
            part["buttons"] = [
                {**button, "type": str(button.get("type", "")).upper()} for button in part.get("buttons") or []
            ]
    template = Template(
        template_id,
        business_account_id,
        name,
        language,
        category,
        parts,
        str(wish.get("parameter_format") or "POSITIONAL").upper(),
    )
    check_components(template)
    return template


def check_components(template: Template) -> None:
    body = (template.component("BODY") or {}).get("text")
    if not isinstance(body, str) or not body:
        raise GraphError(2388072, "A template needs a body text")
    check_template_text(body, 1024, 2388072, template.parameter_format)
    header = template.component("HEADER") or {}
    if header.get("text") is not None:
        check_template_text(header["text"], 60, 2388047, template.parameter_format, may_touch_ends=True)
        if len(variables(header["text"])) > 1:
            raise GraphError(2388047, "A header has at most one variable")
    footer = (template.component("FOOTER") or {}).get("text", "")
    if size(footer) > 60 or variables(footer):
        raise GraphError(2388073, "A footer has at most 60 characters and no variable")
    if len(template.buttons) > 10 or any(size(str(button.get("text", ""))) > 25 for button in template.buttons):
        raise invalid_parameter("At most 10 buttons, with labels of 25 characters at most.")


def check_template_text(
    text: str, longest: int, code: int, parameter_format: str, *, may_touch_ends: bool = False
) -> None:
    if size(text) > longest:
        raise GraphError(2388040, f"At most {longest} characters")
    bare = text.strip()
    if not may_touch_ends and (bare.startswith("{{") or bare.endswith("}}")):
        raise GraphError(2388299, "A variable may be neither the first nor the last of the text")
    names = variables(text)
    if parameter_format == "POSITIONAL" and set(names) != {str(n) for n in range(1, len(names) + 1)}:
        raise GraphError(code, "Variables must be numbered from 1, without a gap")
