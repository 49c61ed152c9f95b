"""Calls to Meta's Graph API. What came of a call is a value: a caller must look at it."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any, Mapping, Optional, Union
from urllib.parse import urlsplit

import requests
import urllib3.exceptions

GRAPH_VERSION = "v25.0"
CONNECT_SECONDS = 5.0
READ_SECONDS = 20.0

# Codes after which the same message may be sent again later (Meta's table of errors).
RETRYABLE = frozenset({1, 2, 4, 80007, 130429, 131000, 131016, 131048, 131056, 131057, 132069, 133000, 133004, 133015})
THROUGHPUT_REACHED = 130429
# A refusal that says nothing in Meta's terms.
UNKNOWN = 0


@dataclass(frozen=True)
class Accepted:
    """Meta took it. Whether it is delivered, a status tells later."""

    wamid: str


@dataclass(frozen=True)
class Refused:
    """It was certainly not sent."""

    code: int
    retry: bool


@dataclass(frozen=True)
class TimedOut:
    """It may have been sent or not; only a status can tell."""


Outcome = Union[Accepted, Refused, TimedOut]


class GraphClient:
    """One for all numbers; a session (and its open connections) for each. Safe to use from several threads."""

    def __init__(self, base_url: str, access_token: str, version: str = GRAPH_VERSION) -> None:
        self._base_url = base_url.rstrip("/")
        self._access_token = access_token
        self._version = version
        self._sessions: dict[str, requests.Session] = {}
        self._lock = threading.Lock()

    def send(self, phone_number_id: str, body: Mapping[str, Any]) -> Outcome:
        """POST one message. `body` is complete: recipient, type, content, callback data."""
        url = f"{self._base_url}/{self._version}/{phone_number_id}/messages"
        try:
            response = self._session(phone_number_id).post(
                url, json={"messaging_product": "whatsapp", **body}, timeout=(CONNECT_SECONDS, READ_SECONDS)
            )
        except requests.RequestException as error:
            return Refused(UNKNOWN, retry=True) if _never_left(error) else TimedOut()
        return read_outcome(response.status_code, _json(response))

    def close(self) -> None:
        with self._lock:
            for session in self._sessions.values():
                session.close()
            self._sessions.clear()

    def _session(self, phone_number_id: str) -> requests.Session:
        with self._lock:
            if phone_number_id not in self._sessions:
                session = requests.Session()
                # A proxy of the environment is for the way to Meta; the emulator is on this machine.
                session.trust_env = not _is_loopback(self._base_url)
                session.headers["Authorization"] = f"Bearer {self._access_token}"
                self._sessions[phone_number_id] = session
            return self._sessions[phone_number_id]


def read_outcome(http_status: int, answer: Any) -> Outcome:
    """What Graph's answer means. An answer that cannot be read may hide a message that went."""
    if not isinstance(answer, dict):
        answer = {}
    error = answer.get("error")
    if isinstance(error, dict):
        code = error.get("code")
        code = code if isinstance(code, int) else UNKNOWN
        return Refused(code, retry=code in RETRYABLE or http_status == 429)
    if http_status < 300:
        wamid = _wamid(answer)
        return Accepted(wamid) if wamid else TimedOut()
    if http_status == 429:
        return Refused(THROUGHPUT_REACHED, retry=True)
    return TimedOut() if http_status >= 500 else Refused(UNKNOWN, retry=False)


def _wamid(answer: Mapping[str, Any]) -> Optional[str]:
    messages = answer.get("messages")
    first = messages[0] if isinstance(messages, list) and messages else None
    wamid = first.get("id") if isinstance(first, dict) else None
    return wamid if isinstance(wamid, str) else None


def _json(response: requests.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")


def _never_left(error: requests.RequestException) -> bool:
    """No connection was made, so nothing can have been sent."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    return isinstance(error, requests.ConnectionError) and isinstance(reason, urllib3.exceptions.NewConnectionError)
