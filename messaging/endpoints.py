"""Rasa's endpoints file for an installation whose ports were moved."""

from __future__ import annotations

from pathlib import Path

import yaml

from istiqbal.settings import Settings


def write_endpoints(path: Path, settings: Settings) -> None:
    """As endpoints.yml of the project, with this installation's action server."""
    endpoints = {
        "action_endpoint": {"url": f"http://127.0.0.1:{settings.actions_port}/webhook"},
        "tracker_store": {"type": "messaging.tracker.ClinicTrackerStore"},
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(endpoints, sort_keys=False), encoding="utf-8")
