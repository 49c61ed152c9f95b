"""The errors of the Graph API: each code with Meta's title and its HTTP status, and the envelope they travel in."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

TITLES: Mapping[int, tuple[str, int]] = {
    0: ("AuthException", 401),
    1: ("API Unknown", 400),
    2: ("API Service", 503),
    3: ("API Method", 500),
    4: ("API Too Many Calls", 400),
    10: ("Permission Denied", 403),
    33: ("Parameter value is not valid", 400),
    100: ("Invalid parameter", 400),
    190: ("Access token has expired or is invalid", 401),
    368: ("Temporarily blocked for policies violations", 403),
    80007: ("Rate limit issues", 400),
    130429: ("Rate limit hit", 400),
    130472: ("User's number is part of an experiment", 400),
    130497: ("Business account is restricted from messaging users in this country", 403),
    131000: ("Something went wrong", 500),
    131005: ("Access denied", 403),
    131008: ("Required parameter is missing", 400),
    131009: ("Parameter value is not valid", 400),
    131016: ("Service unavailable", 500),
    131021: ("Recipient cannot be sender", 400),
    131026: ("Message undeliverable", 400),
    131030: ("Recipient phone number not in allowed list", 400),
    131031: ("Account has been locked", 403),
    131037: ("Display name not approved", 400),
    131042: ("Business eligibility payment issue", 400),
    131045: ("Incorrect certificate", 500),
    131047: ("Re-engagement message", 400),
    131048: ("Spam rate limit hit", 400),
    131049: ("Not delivered to maintain healthy ecosystem engagement", 400),
    131050: ("User has stopped marketing messages", 400),
    131051: ("Unsupported message type", 400),
    131052: ("Media download error", 400),
    131053: ("Media upload error", 400),
    131056: ("Pair rate limit hit", 400),
    131057: ("Account in maintenance mode", 500),
    131062: ("Business-scoped user ID not supported here", 400),
    132000: ("Template parameter count mismatch", 400),
    132001: ("Template does not exist", 404),
    132005: ("Template hydrated text too long", 400),
    132007: ("Template format character policy violated", 400),
    132012: ("Template parameter format mismatch", 400),
    132015: ("Template is paused", 400),
    132016: ("Template is disabled", 400),
    132018: ("Template parameter content invalid", 400),
    133010: ("Phone number not registered", 400),
    135000: ("Generic user error", 400),
    137000: ("Identity key hash mismatch", 400),
    2388019: ("Message template limit exceeded", 400),
    2388040: ("Template field exceeds its length", 400),
    2388047: ("Message header format is incorrect", 400),
    2388072: ("Message body format is incorrect", 400),
    2388073: ("Message footer format is incorrect", 400),
    2388293: ("Too many variables for the length of the message", 400),
    2388299: ("Variables cannot be at the start or end of the template", 400),
}
ERROR_PAGE = "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"


class GraphError(Exception):
    """A request that Meta refuses. `message` replaces the title where the wire text is known."""

    def __init__(
        self,
        code: int,
        details: str = "",
        *,
        message: str | None = None,
        subcode: int | None = None,
        kind: str = "OAuthException",
    ) -> None:
        title, status = TITLES.get(code, ("Unknown error", 400))
        self.code = code
        self.details = details
        self.status = status
        self.message = message or f"(#{code}) {title}"
        self.subcode = subcode
        self.kind = kind
        super().__init__(f"{self.message}: {details}")

    def to_json(self) -> dict[str, Any]:
        error: dict[str, Any] = {"message": self.message, "type": self.kind, "code": self.code}
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        if self.details:
            error["error_data"] = {"messaging_product": "whatsapp", "details": self.details}
        error["fbtrace_id"] = "A" + secrets.token_urlsafe(12)
        return {"error": error}


def invalid_parameter(text: str) -> GraphError:
    return GraphError(100, message=f"(#100) {text}")


def missing_object(object_id: str) -> GraphError:
    """What Graph says of an id that it does not know or will not show."""
    return GraphError(
        100,
        message=(
            f"Unsupported post request. Object with ID '{object_id}' does not exist, cannot be loaded due to missing "
            "permissions, or does not support this operation"
        ),
        subcode=33,
        kind="GraphMethodException",
    )


def status_error(code: int, details: str) -> dict[str, Any]:
    """The form an error has inside a `failed` status."""
    title, _ = TITLES[code]
    return {"code": code, "title": title, "message": title, "error_data": {"details": details}, "href": ERROR_PAGE}
