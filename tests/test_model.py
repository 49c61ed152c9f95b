"""Which model fits, and that only whole ones count."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Mapping, Sequence

import pytest

from istiqbal.model import TrainingFailed, ensure_model, fingerprint, fitting_model
from istiqbal.processes import Processes


class Trainer(Processes):
    """Runs a few lines of Python in place of `rasa train`."""

    def __init__(self, folder: Path, code: str) -> None:
        super().__init__(folder / "logs", folder / "train.json", folder, print)
        self._code = code
        self.trained = 0

    def finish(self, name: str, command: Sequence[str], environ: Mapping[str, str]) -> int:
        self.trained += 1
        return super().finish(name, [sys.executable, "-c", self._code, *command[3:]], environ)


WRITES_A_MODEL = """
import pathlib, sys
name, folder = sys.argv[sys.argv.index("--fixed-model-name") + 1], sys.argv[sys.argv.index("--out") + 1]
pathlib.Path(folder, name + ".tar.gz").write_bytes(b"model")
"""
FAILS_HALFWAY = WRITES_A_MODEL + "print('no such intent')\nraise SystemExit(1)"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("config.yml", "domain.yml", "data/nlu/booking.yml", "understanding/when.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path


def test_a_model_is_trained_once_for_what_it_is_made_of(project: Path) -> None:
    trainer = Trainer(project, WRITES_A_MODEL)
    model, trained = ensure_model(trainer, project)
    assert trained and model == fitting_model(project) and model.read_bytes() == b"model"
    assert ensure_model(trainer, project) == (model, False)
    assert trainer.trained == 1
    assert {path.name for path in (project / "models").iterdir()} == {model.name, ".lock"}


@pytest.mark.parametrize("name", ["config.yml", "domain.yml", "data/nlu/booking.yml", "understanding/when.py"])
def test_a_change_in_any_of_it_needs_another_model(project: Path, name: str) -> None:
    before = fingerprint(project)
    (project / name).write_text("changed")
    assert fingerprint(project) != before


def test_a_training_that_fails_leaves_no_model_and_says_why(project: Path) -> None:
    with pytest.raises(TrainingFailed, match=r"(?s)training\.log.*no such intent"):
        ensure_model(Trainer(project, FAILS_HALFWAY), project)
    assert fitting_model(project) is None


def test_the_model_that_fits_counts_as_the_newest(project: Path) -> None:
    """The data went back to what it was: the model of then is the one to load."""
    trainer = Trainer(project, WRITES_A_MODEL)
    model, _ = ensure_model(trainer, project)
    os.utime(model, (1, 1))
    later = project / "models" / "istiqbal-later.tar.gz"
    later.write_bytes(b"")
    os.utime(later, (2, 2))
    ensure_model(trainer, project)
    assert model.stat().st_mtime > later.stat().st_mtime
