"""What a phone makes of a message: text, options, media. Pure; the phone page and tests read this form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Json = Mapping[str, Any]


def shown(
    text: str = "",
    *,
    header: str = "",
    footer: str = "",
    options: list[dict[str, Any]] | None = None,
    list_button: str | None = None,
    links: list[dict[str, str]] | None = None,
    media: dict[str, Any] | None = None,
    location: dict[str, Any] | None = None,
    asks_location: bool = False,
) -> dict[str, Any]:
    """Every key, always. An option's `form` is button, row or quick_reply."""
    return {
        "text": text,
        "header": header,
        "footer": footer,
        "options": options or [],
        "list_button": list_button,
        "links": links or [],
        "media": media,
        "location": location,
        "asks_location": asks_location,
    }


def option(form: str, id: str, title: str, description: str = "", section: str = "") -> dict[str, Any]:
    return {"form": form, "id": id, "title": title, "description": description, "section": section}


def show_media(kind: str, media: Json) -> dict[str, Any]:
    return {
        "type": kind,
        "url": media.get("link") or f"emulator/media/{media.get('id', '')}",
        "filename": media.get("filename") or "",
    }


def show_location(location: Json) -> dict[str, Any]:
    return {key: location.get(key) for key in ("latitude", "longitude", "name", "address")}


def show_interactive(interactive: Json) -> dict[str, Any]:
    header: Json = interactive.get("header") or {}
    footer: Json = interactive.get("footer") or {}
    action: Json = interactive.get("action") or {}
    kind = interactive["type"]
    parameters: Json = action.get("parameters") or {}
    links = []
    if kind == "cta_url":
        links.append({"title": parameters["display_text"], "url": parameters["url"]})
    elif kind == "flow":
        links.append({"title": parameters["flow_cta"], "url": ""})
    header_kind = header.get("type", "text")
    return shown(
        interactive["body"]["text"],
        header=header.get("text", ""),
        footer=footer.get("text", ""),
        options=[
            option("button", button["reply"]["id"], button["reply"]["title"]) for button in action.get("buttons", [])
        ]
        + [
            option("row", row["id"], row["title"], row.get("description") or "", section.get("title") or "")
            for section in action.get("sections", [])
            for row in section["rows"]
        ],
        list_button=action.get("button") if kind == "list" else None,
        links=links,
        media=show_media(header_kind, header[header_kind]) if header_kind != "text" else None,
        asks_location=kind == "location_request_message",
    )


def show_outgoing(message: Json) -> dict[str, Any]:
    """What the phone shows of an accepted request; templates are shown by `templates`."""
    kind = message.get("type", "text")
    if kind == "interactive":
        return show_interactive(message["interactive"])
    return show_plain(kind, message)


def show_incoming(message: Json) -> dict[str, Any]:
    """What the patient's own bubble shows."""
    kind = message.get("type", "text")
    if kind == "interactive":
        interactive: Json = message.get("interactive") or {}
        reply: Json = interactive.get(interactive.get("type", "")) or {}
        return shown(str(reply.get("title") or reply.get("body") or ""), footer=str(reply.get("description") or ""))
    if kind == "button":
        button: Json = message.get("button") or {}
        return shown(str(button.get("text") or ""))
    return show_plain(kind, message)


def show_plain(kind: str, message: Json) -> dict[str, Any]:
    part = message.get(kind)
    if kind == "text" and isinstance(part, Mapping):
        return shown(str(part.get("body", "")))
    if kind in ("image", "audio", "video", "document", "sticker") and isinstance(part, Mapping):
        return shown(str(part.get("caption") or ""), media=show_media(kind, part))
    if kind == "location" and isinstance(part, Mapping):
        return shown(location=show_location(part))
    if kind == "contacts" and isinstance(part, list):
        names = [str((contact.get("name") or {}).get("formatted_name", "")) for contact in part]
        return shown("\n".join(names))
    return shown(f"[{kind}]")
