"""The emulator as a process: it says when it answers, streams, and ends when told to, streams open or not."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from emulator.__main__ import read_arguments

PROJECT = Path(__file__).resolve().parents[2]
PATIENT = "966500000001"


@pytest.fixture
def process() -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-m", "emulator", "--port", "0", "--webhook-url", "http://127.0.0.1:9/nobody"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WHATSAPP_")}
    with subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        line = running.stdout.readline()
        assert line.startswith("Emulator answers at http://"), line
        yield running, line.split()[-1]
        running.kill()


def events(response: httpx.Response) -> Iterator[tuple[str, Any]]:
    name = ""
    for line in response.iter_lines():
        if line.startswith("event:"):
            name = line.partition(":")[2].strip()
        elif line.startswith("data:"):
            yield name, json.loads(line.partition(":")[2])


def test_a_stream_tells_what_is_new_and_does_not_hold_up_the_end(process: tuple[subprocess.Popen[str], str]) -> None:
    running, address = process
    with httpx.Client(base_url=address, trust_env=False, timeout=10) as http:
        assert http.get("/emulator/health").json()["status"] == "ok"
        with http.stream("GET", f"/emulator/patients/{PATIENT}/stream") as stream:
            told = events(stream)
            name, first = next(told)
            assert (name, first["messages"]) == ("phone", [])
            httpx.post(
                f"{address}/emulator/patients/{PATIENT}/messages", json={"type": "text", "text": "hi"}, trust_env=False
            )
            name, second = next(told)
            assert (name, [message["text"] for message in second["messages"]]) == ("phone", ["hi"])
            running.send_signal(signal.SIGINT)
            assert running.wait(10) == 0


def test_webhooks_go_to_rasa_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ISTIQBAL_RASA_PORT", "5999")
    monkeypatch.setenv("ISTIQBAL_EMULATOR_PORT", "8999")
    host, port, settings = read_arguments([])
    assert (host, port) == ("127.0.0.1", 8999)
    assert settings.webhook_url == "http://127.0.0.1:5999/webhooks/whatsapp/webhook"
    _, port, settings = read_arguments(["--port", "1", "--webhook-url", "http://x/", "--pair-burst", "0"])
    assert (port, settings.webhook_url, settings.pair_burst) == (1, "http://x/", 0)
