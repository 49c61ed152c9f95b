"""How one emulator behaves: its numbers and secrets, where its webhooks go, and limits that a test may change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from istiqbal.settings import Settings

WEBHOOK_PATH = "/webhooks/whatsapp/webhook"


@dataclass(frozen=True)
class BusinessNumber:
    """One number of a business account; `display` is digits only, as webhooks carry it."""

    id: str
    business_account_id: str
    display: str = "966110000000"
    name: str = "Istiqbal Clinic"
    registered: bool = True


@dataclass(frozen=True)
class EmulatorSettings:
    """Seconds everywhere. A limit of 0 is no limit; a delay of None means that the status never comes."""

    app_secret: str
    verify_token: str
    access_token: str
    numbers: tuple[BusinessNumber, ...]
    webhook_url: str
    window: timedelta = timedelta(hours=24)
    pair_burst: int = 45
    pair_seconds: float = 6.0
    throughput: int = 80
    delivered_after: float | None = 0.15
    read_after: float | None = 0.4
    typing_seconds: float = 25.0
    ack_timeout: float = 20.0
    # Meta keeps trying for days; here a receiver that is down has minutes.
    retry_first: float = 0.25
    retry_longest: float = 5.0
    retry_for: float = 300.0
    verify_at_start: bool = False


def emulator_settings(settings: Settings, webhook_url: str | None = None) -> EmulatorSettings:
    """The emulator of this installation: its webhooks go to Rasa unless another target is given."""
    return EmulatorSettings(
        app_secret=settings.app_secret,
        verify_token=settings.verify_token,
        access_token=settings.access_token,
        numbers=(BusinessNumber(settings.phone_number_id, settings.business_account_id),),
        webhook_url=webhook_url or f"http://{settings.bind}:{settings.rasa_port}{WEBHOOK_PATH}",
    )
