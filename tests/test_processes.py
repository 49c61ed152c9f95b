"""The supervisor with tiny children: order, waiting, one death ends all, nothing is left, also after a kill."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Callable, Iterator

import pytest

from istiqbal.processes import Part, PartFailed, Processes, end_left_over

TOUCH_AND_STAY = (
    "import signal, sys, pathlib, time\n"
    "signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))\n"
    "pathlib.Path(sys.argv[1]).touch()\n"
    "while True: time.sleep(0.05)"
)
STUBBORN = TOUCH_AND_STAY.replace("lambda *_: sys.exit(0)", "signal.SIG_IGN")
FAILS = "import sys; print('no such table'); sys.exit(3)"


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def processes(tmp_path: Path, said: list[str]) -> Iterator[Processes]:
    one = Processes(tmp_path / "logs", tmp_path / "run.json", tmp_path, said.append)
    yield one
    one.stop()


def part(name: str, tmp_path: Path, program: str = TOUCH_AND_STAY, after: tuple[str, ...] = ()) -> Part:
    mark = tmp_path / f"{name}.mark"
    return Part(name, [sys.executable, "-c", program, str(mark)], mark.exists, after=after, ready_within=20)


def pids(tmp_path: Path) -> list[int]:
    return [one["pid"] for one in json.loads((tmp_path / "run.json").read_text())]


def is_alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


def until(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 20
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def test_a_part_waits_for_what_it_comes_after(processes: Processes, tmp_path: Path, said: list[str]) -> None:
    processes.start([part("desk", tmp_path, after=("rasa",)), part("rasa", tmp_path)])
    assert [line.split()[0] for line in said] == ["rasa", "desk"]


def test_all_end_politely_and_the_stubborn_one_is_killed(
    processes: Processes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("istiqbal.processes.GRACE_SECONDS", 0.5)
    processes.start([part("polite", tmp_path), part("stubborn", tmp_path, STUBBORN)])
    running = pids(tmp_path)
    processes.stop()
    assert not any(is_alive(pid) for pid in running)


def test_a_part_that_fails_at_start_is_told_with_its_last_lines(processes: Processes, tmp_path: Path) -> None:
    with pytest.raises(PartFailed, match="(?s)worker ended with code 3.*no such table") as caught:
        processes.start([part("worker", tmp_path, FAILS)])
    assert "worker.log" in str(caught.value)


def test_the_death_of_one_is_noticed(processes: Processes, tmp_path: Path) -> None:
    processes.start([part("rasa", tmp_path), part("desk", tmp_path)])
    os.kill(pids(tmp_path)[0], 9)
    with pytest.raises(PartFailed, match="rasa ended"):
        processes.watch()


def test_what_a_killed_run_left_is_ended_by_the_next(processes: Processes, tmp_path: Path) -> None:
    processes.start([part("rasa", tmp_path)])
    [left] = pids(tmp_path)
    assert end_left_over(tmp_path / "run.json") == 1
    assert until(lambda: not is_alive(left))


def test_a_pid_that_is_somebody_elses_by_now_is_let_be(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        record = tmp_path / "run.json"
        record.write_text(json.dumps([{"pid": other.pid, "began": "1"}, {"pid": other.pid, "began": None}]))
        assert end_left_over(record) == 0
        assert other.poll() is None
        other.kill()


@pytest.mark.parametrize("text", ["", "{", "[]"])
def test_a_broken_record_stops_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "run.json").write_text(text)
    assert end_left_over(tmp_path / "run.json") == 0
