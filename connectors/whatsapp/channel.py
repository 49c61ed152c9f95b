"""WhatsApp as a channel of Rasa."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any, Awaitable, Callable, Optional

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from sanic import Blueprint, Sanic
from sqlalchemy.engine import Engine

from connectors.whatsapp.blueprint import Webhook, webhook_blueprint
from istiqbal.bootstrap import shared_engine, shared_url
from istiqbal.settings import Settings, read_settings
from messaging.agent import Agent
from messaging.rasa_agent import CHANNEL_NAME, CollectingChannel, RasaAgent


class WhatsAppInput(InputChannel):
    """Stores what comes in; the turns are run by the inbound worker in this process, not by the request."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @classmethod
    def name(cls) -> str:
        return CHANNEL_NAME

    @classmethod
    def from_credentials(cls, credentials: Optional[dict[str, Any]]) -> WhatsAppInput:
        """Nothing is read from the file: there is one reader of settings."""
        return cls(read_settings())

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        # `on_new_message` says neither what was understood nor what came of it, so the agent itself is used.
        return webhook_blueprint(
            Webhook(
                app_secret=self._settings.app_secret,
                verify_token=self._settings.verify_token,
                open_database=open_database,
                clock=utc_now,
                agent=_agent_of,
            )
        )

    def get_output_channel(self) -> OutputChannel:
        """What Rasa says on its own is collected and dropped: only the outbox sends."""
        return CollectingChannel()


def open_database() -> tuple[str, Engine]:
    return shared_url(), shared_engine()


def utc_now() -> datetime:
    return datetime.now(timezone.utc)


def _agent_of(app: Sanic) -> Agent:
    return RasaAgent(lambda: getattr(app.ctx, "agent", None))
