"""Child processes that start in order, answer before the next begins, and all end together."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Mapping, Optional, Sequence

GRACE_SECONDS = 20.0
POLL_SECONDS = 0.2


@dataclass(frozen=True)
class Part:
    """One process. `is_ready` is asked until it says yes; `after` names parts that must be ready before it starts."""

    name: str
    command: Sequence[str]
    is_ready: Callable[[], bool]
    environ: Mapping[str, str] = field(default_factory=dict)
    after: tuple[str, ...] = ()
    ready_within: float = 120.0


class PartFailed(Exception):
    """A part ended or did not answer in time; the message holds the last lines of its log."""


class Processes:
    """Runs parts, with a log each, and remembers them in `record` so that the next start can end what a kill left."""

    def __init__(self, logs: Path, record: Path, cwd: Path, say: Callable[[str], None]) -> None:
        self._logs, self._record, self._cwd, self._say = logs, record, cwd, say
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, parts: Sequence[Part]) -> None:
        """Each as soon as what it comes after is ready; returns when all are. Raises PartFailed."""
        self._logs.mkdir(parents=True, exist_ok=True)
        waiting = list(parts)
        starting: dict[str, tuple[Part, float]] = {}
        ready: set[str] = set()
        while waiting or starting:
            for part in [one for one in waiting if ready.issuperset(one.after)]:
                self._launch(part)
                starting[part.name] = (part, time.monotonic())
                waiting.remove(part)
            for name, (part, since) in list(starting.items()):
                self.check()
                took = time.monotonic() - since
                if part.is_ready():
                    self._say(f"  {name} answers ({took:.0f} s)")
                    ready.add(name)
                    del starting[name]
                elif took > part.ready_within:
                    raise PartFailed(f"{name} did not answer within {part.ready_within:.0f} s.{self._tail(name)}")
            time.sleep(POLL_SECONDS)

    def check(self) -> None:
        """Raises PartFailed if one has ended."""
        for name, process in self._running.items():
            if process.poll() is not None:
                raise PartFailed(f"{name} ended with code {process.returncode}.{self._tail(name)}")

    def watch(self) -> None:
        """Until one ends (PartFailed)."""
        while True:
            self.check()
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        """All at once, politely; whoever is left after the grace is killed."""
        for process in self._running.values():
            _signal_group(process.pid, signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        for process in self._running.values():
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                pass
            _signal_group(process.pid, signal.SIGKILL)
            process.wait()
        self._running.clear()
        self._record.unlink(missing_ok=True)

    def _launch(self, part: Part) -> None:
        with (self._logs / f"{part.name}.log").open("wb") as log:
            # A session of its own: Ctrl-C reaches us, and we end the parts in our own order.
            self._running[part.name] = subprocess.Popen(
                part.command,
                cwd=self._cwd,
                env={**os.environ, **part.environ},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        record = [{"pid": one.pid, "began": _began(one.pid)} for one in self._running.values()]
        self._record.write_text(json.dumps(record), encoding="utf-8")

    def _tail(self, name: str) -> str:
        lines = (self._logs / f"{name}.log").read_text(encoding="utf-8", errors="replace").splitlines()
        return f" Its last lines ({self._logs / name}.log):\n" + "\n".join(lines[-15:])


def end_left_over(record: Path) -> int:
    """End what a run that was killed left behind; returns how many. A pid that is somebody else's by now is let be."""
    try:
        left = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return 0
    ended = 0
    for one in left:
        if one["began"] is not None and _began(one["pid"]) == one["began"]:
            _signal_group(one["pid"], signal.SIGKILL)
            ended += 1
    record.unlink(missing_ok=True)
    return ended


def _signal_group(pid: int, number: signal.Signals) -> None:
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        pass


def _began(pid: int) -> Optional[str]:
    """When the process began, as the system counts; None when there is none or the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else fields[19]
