"""Whether the newest model fits the data it was to be trained on, and training one that does."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Optional

from istiqbal.settings import PROJECT

_SOURCES = ("config.yml", "domain.yml", "data/**/*.yml", "understanding/**/*.py")


class TrainingFailed(Exception):
    """`rasa train` ended with an error; the message holds its last lines."""


def fingerprint(project: Path = PROJECT) -> str:
    """Of everything that a model is made of."""
    digest = hashlib.sha256()
    for path in sorted({path for pattern in _SOURCES for path in project.glob(pattern)}):
        digest.update(path.relative_to(project).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def fitting_model(project: Path = PROJECT) -> Optional[Path]:
    path = project / "models" / f"istiqbal-{fingerprint(project)}.tar.gz"
    return path if path.exists() else None


def train(log: Path, project: Path = PROJECT) -> Path:
    """Train under a name that says what it was made of. Raises TrainingFailed."""
    name = f"istiqbal-{fingerprint(project)}"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "rasa", "train", "--fixed-model-name", name, "--out", "models"]
    with log.open("wb") as output:
        done = subprocess.run(command, cwd=project, env=quiet_environment(), stdout=output, stderr=subprocess.STDOUT)
    model = project / "models" / f"{name}.tar.gz"
    if done.returncode != 0 or not model.exists():
        tail = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
        raise TrainingFailed(f"Training failed; the whole output is in {log}:\n{tail}")
    return model


def quiet_environment() -> dict[str, str]:
    """For every process with Rasa in it: no telemetry, no chatter of TensorFlow's."""
    return {
        **os.environ,
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "PYTHONWARNINGS": "ignore",
        "CUDA_VISIBLE_DEVICES": "",
    }
