"""Whether a model fits the data it was to be trained on, and training one that does."""

from __future__ import annotations

import fcntl
import hashlib
import importlib.metadata
import os
import shutil
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator, Optional

from istiqbal.processes import Processes
from istiqbal.settings import PROJECT

_SOURCES = ("config.yml", "domain.yml", "data/**/*.yml", "understanding/**/*.py")
# A model holds objects of theirs; one that another version wrote may not load.
_LIBRARIES = ("rasa", "scikit-learn")
_SCRATCH = ".training-"


class TrainingFailed(Exception):
    """`rasa train` ended with an error; the message holds its last lines."""


def fingerprint(project: Path = PROJECT) -> str:
    """Of everything that a model is made of."""
    digest = hashlib.sha256()
    for name in _LIBRARIES:
        digest.update(f"{name}=={importlib.metadata.version(name)}\0".encode())
    for path in sorted({path for pattern in _SOURCES for path in project.glob(pattern)}):
        digest.update(path.relative_to(project).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def fitting_model(project: Path = PROJECT) -> Optional[Path]:
    path = _path(project)
    return path if path.exists() else None


def ensure_model(processes: Processes, project: Path = PROJECT) -> tuple[Path, bool]:
    """The model that fits, and whether it had to be trained. It counts as the newest from here on.

    Raises TrainingFailed.
    """
    with _one_at_a_time(project):
        model = fitting_model(project)
        if model is None:
            return _train(processes, project), True
        os.utime(model)
        return model, False


def train(processes: Processes, project: Path = PROJECT) -> Path:
    """Train whether or not one fits. Raises TrainingFailed."""
    with _one_at_a_time(project):
        return _train(processes, project)


def _path(project: Path) -> Path:
    """Its name says what it was made of."""
    return project / "models" / f"istiqbal-{fingerprint(project)}.tar.gz"


def _train(processes: Processes, project: Path) -> Path:
    model = _path(project)
    for left_over in model.parent.glob(f"{_SCRATCH}*"):
        shutil.rmtree(left_over, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=model.parent, prefix=_SCRATCH) as scratch:
        name = model.name.removesuffix(".tar.gz")
        command = [sys.executable, "-m", "rasa", "train", "--fixed-model-name", name, "--out", scratch]
        code = processes.finish("training", command, quiet_environment())
        if code != 0 or not (Path(scratch) / model.name).exists():
            log = processes.log("training")
            raise TrainingFailed(f"Training failed; the whole output is in {log}:\n{processes.tail('training')}")
        # Only whole models come under a name that fits.
        os.replace(Path(scratch) / model.name, model)
    return model


@contextmanager
def _one_at_a_time(project: Path) -> Iterator[None]:
    folder = project / "models"
    folder.mkdir(exist_ok=True)
    with open(folder / ".lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def quiet_environment() -> dict[str, str]:
    """For every process with Rasa in it: no telemetry, no chatter of TensorFlow's."""
    return {
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "PYTHONWARNINGS": "ignore",
        "CUDA_VISIBLE_DEVICES": "",
    }
