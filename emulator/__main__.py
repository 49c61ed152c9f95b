"""`python -m emulator`: serve the emulator, and say where once it answers."""

from __future__ import annotations

import argparse
import asyncio
import socket
from collections.abc import Sequence
from dataclasses import replace

import uvicorn

from emulator.app import create_app
from emulator.settings import EmulatorSettings, emulator_settings
from istiqbal.settings import read_settings


def read_arguments(arguments: Sequence[str] | None = None) -> tuple[str, int, EmulatorSettings]:
    """Host, port and behaviour: from the environment, then from the command line."""
    settings = read_settings()
    parser = argparse.ArgumentParser(prog="python -m emulator", description="WhatsApp's Cloud API on this machine.")
    parser.add_argument("--host", default=settings.bind)
    parser.add_argument("--port", type=int, default=settings.emulator_port, help="0 takes a free one")
    parser.add_argument("--webhook-url", help="where webhooks go; Rasa's channel if not given")
    parser.add_argument("--verify", action="store_true", help="verify the webhook target before serving")
    parser.add_argument("--pair-burst", type=int, help="messages to one patient at once; 0 is no limit")
    parser.add_argument("--throughput", type=int, help="messages a second of one number; 0 is no limit")
    given = parser.parse_args(arguments)
    chosen = emulator_settings(settings, given.webhook_url)
    changes = {
        name: value
        for name, value in (("pair_burst", given.pair_burst), ("throughput", given.throughput))
        if value is not None
    }
    return given.host, given.port, replace(chosen, verify_at_start=given.verify, **changes)


async def serve(host: str, port: int, settings: EmulatorSettings) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family) as listener:
        config = uvicorn.Config(
            create_app(settings), ws="none", log_level="warning", access_log=False, timeout_graceful_shutdown=2
        )
        server = Announcing(config, f"http://{host}:{listener.getsockname()[1]}")
        await server.serve(sockets=[listener])


class Announcing(uvicorn.Server):
    """Prints one line when it answers: whoever started it may wait for that line."""

    def __init__(self, config: uvicorn.Config, address: str) -> None:
        super().__init__(config)
        self._address = address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            print(f"Emulator answers at {self._address}", flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    host, port, settings = read_arguments(arguments)
    try:
        asyncio.run(serve(host, port, settings))
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
