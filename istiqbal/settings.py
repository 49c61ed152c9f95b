"""The one reader of the environment. Everything else is handed a `Settings`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

PROJECT = Path(__file__).resolve().parent.parent

# What the emulator signs and accepts on a developer's machine. Against Meta, each has to be set.
EMULATOR_APP_SECRET = "emulator-app-secret"
EMULATOR_VERIFY_TOKEN = "emulator-verify-token"
EMULATOR_ACCESS_TOKEN = "emulator-access-token"
EMULATOR_PHONE_NUMBER_ID = "200000000000001"
EMULATOR_BUSINESS_ACCOUNT_ID = "100000000000001"


class MissingSetting(Exception):
    """A setting that the chosen way of running needs; the message says which and how to set it."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} is not set. WHATSAPP_GRAPH_URL points to Meta, so set {name} in the environment "
            f"(export {name}=...), or unset WHATSAPP_GRAPH_URL to use the emulator."
        )
        self.name = name


class BadSetting(Exception):
    """A setting that cannot be read; the message says which, what it holds the place of, and what it may be."""


@dataclass(frozen=True)
class Settings:
    """`database_url` None means the embedded server below `home`; `graph_url` None means the emulator."""

    home: Path
    database_url: Optional[str]
    graph_url: Optional[str]
    app_secret: str
    verify_token: str
    access_token: str
    phone_number_id: str
    business_account_id: str
    secret_key: Optional[str]
    bind: str
    rasa_port: int
    actions_port: int
    desk_port: int
    emulator_port: int

    @property
    def uses_emulator(self) -> bool:
        return self.graph_url is None

    @property
    def graph_base_url(self) -> str:
        return self.graph_url or f"http://{self.bind}:{self.emulator_port}"


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the environment (DESIGN: contract of settings).

    Raises MissingSetting when WHATSAPP_GRAPH_URL points away from the emulator and a WhatsApp setting is absent,
    BadSetting when a port is no number.
    """
    graph_url = environ.get("WHATSAPP_GRAPH_URL") or None

    def whatsapp(name: str, emulator_value: str) -> str:
        value = environ.get(name)
        if value:
            return value
        if graph_url is not None:
            raise MissingSetting(name)
        return emulator_value

    def port(name: str, default: int) -> int:
        value = environ.get(name) or str(default)
        if not value.isdigit() or not 0 < int(value) < 65536:
            raise BadSetting(f"{name} is {value!r}; it must be a port number from 1 to 65535.")
        return int(value)

    return Settings(
        home=Path(environ.get("ISTIQBAL_HOME") or PROJECT / ".istiqbal").expanduser().absolute(),
        database_url=environ.get("DATABASE_URL") or None,
        graph_url=graph_url,
        app_secret=whatsapp("WHATSAPP_APP_SECRET", EMULATOR_APP_SECRET),
        verify_token=whatsapp("WHATSAPP_VERIFY_TOKEN", EMULATOR_VERIFY_TOKEN),
        access_token=whatsapp("WHATSAPP_ACCESS_TOKEN", EMULATOR_ACCESS_TOKEN),
        phone_number_id=whatsapp("WHATSAPP_PHONE_NUMBER_ID", EMULATOR_PHONE_NUMBER_ID),
        business_account_id=whatsapp("WHATSAPP_BUSINESS_ACCOUNT_ID", EMULATOR_BUSINESS_ACCOUNT_ID),
        secret_key=environ.get("ISTIQBAL_SECRET_KEY") or None,
        bind=environ.get("ISTIQBAL_BIND") or "127.0.0.1",
        rasa_port=port("ISTIQBAL_RASA_PORT", 5005),
        actions_port=port("ISTIQBAL_ACTIONS_PORT", 5055),
        desk_port=port("ISTIQBAL_DESK_PORT", 8000),
        emulator_port=port("ISTIQBAL_EMULATOR_PORT", 8001),
    )
