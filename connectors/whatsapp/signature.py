"""Meta's signature of a webhook: HMAC-SHA256 of the raw body, keyed with the app secret."""

from __future__ import annotations

import hashlib
import hmac

HEADER = "X-Hub-Signature-256"
PREFIX = "sha256="


def sign(app_secret: str, body: bytes) -> str:
    """The header's value for these very bytes."""
    return PREFIX + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


def is_signed(app_secret: str, body: bytes, header: str) -> bool:
    """Whether `header` is the signature of the bytes as they arrived. Takes the same time whatever differs."""
    return hmac.compare_digest(sign(app_secret, body).encode(), header.encode("utf-8", "replace"))
