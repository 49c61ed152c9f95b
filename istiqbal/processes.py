"""Child processes that start in order, answer before the next begins, and all end together."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, ContextManager, Mapping, Optional, Sequence

GRACE_SECONDS = 20.0
POLL_SECONDS = 0.2
TELL_SECONDS = 10.0  # between two lines that say what is still waited for
TAIL_LINES = 15


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
    """Runs parts, with a log each, and remembers them in `record` so that the next start can end what a kill left.

    `held` wraps what a signal must not cut in two; `look` is called again and again while something is waited for,
    and may raise.
    """

    def __init__(
        self,
        logs: Path,
        record: Path,
        cwd: Path,
        say: Callable[[str], None],
        held: Callable[[], ContextManager[None]] = nullcontext,
        look: Callable[[], None] = lambda: None,
    ) -> None:
        self._logs, self._record, self._cwd, self._say = logs, record, cwd, say
        self._held, self._look = held, look
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, parts: Sequence[Part]) -> None:
        """Each as soon as what it comes after is ready; returns when all are. Raises PartFailed."""
        waiting = list(parts)
        starting: dict[str, tuple[Part, float]] = {}
        ready: set[str] = set()
        told = time.monotonic()
        while waiting or starting:
            for part in [one for one in waiting if ready.issuperset(one.after)]:
                self._launch(part.name, part.command, part.environ)
                starting[part.name] = (part, time.monotonic())
                waiting.remove(part)
            if waiting and not starting:
                raise ValueError(f"{waiting[0].name} comes after a part that there is not: {waiting[0].after}")
            for name, (part, since) in list(starting.items()):
                # Who has ended comes first: somebody else may answer in its place.
                self.check()
                took = time.monotonic() - since
                if part.is_ready():
                    self._say(f"  {name} answers ({took:.0f} s)")
                    ready.add(name)
                    del starting[name]
                    told = time.monotonic()
                elif took > part.ready_within:
                    raise PartFailed(f"{name} did not answer within {part.ready_within:.0f} s.{self._tail(name)}")
            if starting and time.monotonic() - told >= TELL_SECONDS:
                told = time.monotonic()
                waited = max(told - since for _, since in starting.values())
                self._say(f"  waiting for {', '.join(starting)} ({waited:.0f} s)")
            time.sleep(POLL_SECONDS)

    def finish(self, name: str, command: Sequence[str], environ: Mapping[str, str]) -> int:
        """Run something that ends by itself, saying now and then that it still works. Returns its exit code."""
        self._launch(name, command, environ)
        process = self._running[name]
        since = told = time.monotonic()
        try:
            while process.poll() is None:
                self._look()
                if time.monotonic() - told >= TELL_SECONDS:
                    told = time.monotonic()
                    self._say(f"  {name} ({told - since:.0f} s)")
                time.sleep(POLL_SECONDS)
        except BaseException:
            self._end([process])
            raise
        finally:
            del self._running[name]
            self._remember()
        return process.returncode

    def check(self) -> None:
        """Raises PartFailed if one has ended."""
        self._look()
        for name, process in self._running.items():
            if process.poll() is not None:
                raise PartFailed(f"{name} ended with code {process.returncode}.{self._tail(name)}")

    def watch(self) -> None:
        """Until one ends (PartFailed), or a signal."""
        while True:
            self.check()
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        """All at once, politely; whoever is left after the grace is killed."""
        self._end(list(self._running.values()))
        self._running.clear()
        self._remember()

    def log(self, name: str) -> Path:
        return self._logs / f"{name}.log"

    def tail(self, name: str) -> str:
        lines = self.log(name).read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-TAIL_LINES:])

    def _tail(self, name: str) -> str:
        return f" Its last lines ({self.log(name)}):\n{self.tail(name)}"

    def _launch(self, name: str, command: Sequence[str], environ: Mapping[str, str]) -> None:
        self._logs.mkdir(parents=True, exist_ok=True)
        with self._held(), self.log(name).open("wb") as log:
            # A session of its own: Ctrl-C reaches us, and we end the parts in our own order.
            self._running[name] = subprocess.Popen(
                command,
                cwd=self._cwd,
                env={**os.environ, **environ},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            self._remember()

    @staticmethod
    def _end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
        for process in processes:
            _signal_group(process.pid, signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        for process in processes:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                pass
            # Also where the first of its group has ended: what it started may still run.
            _signal_group(process.pid, signal.SIGKILL)
            process.wait()

    def _remember(self) -> None:
        """In one piece: a record that was cut off would hide what a kill left."""
        record = [{"name": name, "pid": one.pid, "began": began(one.pid)} for name, one in self._running.items()]
        self._record.parent.mkdir(parents=True, exist_ok=True)
        scratch = self._record.with_suffix(".new")
        scratch.write_text(json.dumps(record), encoding="utf-8")
        os.replace(scratch, self._record)


def end_left_over(record: Path) -> int:
    """End what a run that was killed left behind; returns how many. A pid that is somebody else's by now is let be."""
    left = [one for one in _read(record) if _is_ours(one)]
    for number, grace in ((signal.SIGTERM, GRACE_SECONDS / 2), (signal.SIGKILL, GRACE_SECONDS / 2)):
        for one in filter(_is_ours, left):
            _signal_group(one["pid"], number)
        deadline = time.monotonic() + grace
        while any(map(_is_ours, left)) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
    record.unlink(missing_ok=True)
    return len(left)


def _read(record: Path) -> list[dict[str, Any]]:
    try:
        left = json.loads(record.read_text(encoding="utf-8"))
        return [{"pid": int(one["pid"]), "began": one["began"]} for one in left]
    except (OSError, ValueError, TypeError, KeyError):
        return []


def _is_ours(one: Mapping[str, Any]) -> bool:
    return one["began"] is not None and began(one["pid"]) == one["began"]


def _signal_group(pid: int, number: signal.Signals) -> None:
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        pass


def began(pid: int) -> Optional[str]:
    """When the process began, as the system counts: with its number that names it. None when there is none."""
    if not Path("/proc/self/stat").exists():
        said = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True).stdout
        return None if not said.strip() or said.lstrip().startswith("Z") else said.split(maxsplit=1)[1].strip()
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else fields[19]
