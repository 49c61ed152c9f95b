"""The supervisor, with tiny children in place of Rasa and the rest."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Callable, Iterator

import pytest

from clinic.database.connect import embedded_server
from istiqbal import processes as processes_module
from istiqbal.interrupts import Interrupts
from istiqbal.processes import Part, PartFailed, Processes, began, end_left_over
from istiqbal.run import AlreadyRunning, PortTaken, _check_ports, _only_one, parts, with_secret_key
from istiqbal.settings import PROJECT, Settings, read_settings

WITHIN = 30  # seconds, on a loaded machine

# Marks that it is ready, then waits for SIGTERM and marks its end.
CHILD = """
import pathlib, signal, sys, threading
folder, name = pathlib.Path(sys.argv[1]), sys.argv[2]
over = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: over.set())
(folder / (name + ".ready")).touch()
over.wait()
(folder / (name + ".ended")).touch()
"""


def wait_until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + WITHIN
    while not holds():
        assert time.monotonic() < deadline, "did not come about in time"
        time.sleep(0.02)


def child(folder: Path, name: str, after: tuple[str, ...] = ()) -> Part:
    return Part(name, [sys.executable, "-c", CHILD, str(folder), name], (folder / f"{name}.ready").exists, after=after)


def failing(name: str, code: str = "print('no such table'); raise SystemExit(3)") -> Part:
    return Part(name, [sys.executable, "-c", code], lambda: False, ready_within=WITHIN)


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def processes(tmp_path: Path, said: list[str]) -> Iterator[Processes]:
    one = Processes(tmp_path / "logs", tmp_path / "run.json", tmp_path, said.append)
    yield one
    one.stop()


def recorded(folder: Path) -> list[dict[str, object]]:
    return list(json.loads((folder / "run.json").read_text()))


def test_a_part_starts_once_the_part_before_it_answers(processes: Processes, tmp_path: Path, said: list[str]) -> None:
    watch = f"import pathlib, sys\nassert pathlib.Path(sys.argv[3]).exists(), 'too early'\n{CHILD}"
    second = Part(
        "second",
        [sys.executable, "-c", watch, str(tmp_path), "second", str(tmp_path / "first.ready")],
        (tmp_path / "second.ready").exists,
        after=("first",),
    )
    processes.start([second, child(tmp_path, "first")])
    assert [line.split()[0] for line in said if "answers" in line] == ["first", "second"]
    assert [one["name"] for one in recorded(tmp_path)] == ["first", "second"]


def test_all_end_when_told_to(processes: Processes, tmp_path: Path) -> None:
    processes.start([child(tmp_path, "first"), child(tmp_path, "second")])
    pids = [int(str(one["pid"])) for one in recorded(tmp_path)]
    processes.stop()
    assert (tmp_path / "first.ended").exists() and (tmp_path / "second.ended").exists()
    assert [began(pid) for pid in pids] == [None, None]
    assert recorded(tmp_path) == []


def test_one_that_will_not_end_is_killed_with_what_it_started(
    processes: Processes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes_module, "GRACE_SECONDS", 0.5)
    stubborn = """
        import pathlib, signal, subprocess, sys, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        grandchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        pathlib.Path(sys.argv[1], "pid.new").write_text(str(grandchild.pid))
        pathlib.Path(sys.argv[1], "pid.new").rename(pathlib.Path(sys.argv[1], "pid"))
        time.sleep(600)
    """
    command = [sys.executable, "-c", textwrap.dedent(stubborn), str(tmp_path)]
    processes.start([Part("stubborn", command, (tmp_path / "pid").exists)])
    grandchild = int((tmp_path / "pid").read_text())
    assert began(grandchild) is not None
    processes.stop()
    wait_until(lambda: began(grandchild) is None)


def test_a_part_that_ends_while_it_starts_is_told_with_its_last_lines(processes: Processes, tmp_path: Path) -> None:
    with pytest.raises(PartFailed, match=r"(?s)actions ended with code 3.*actions\.log.*no such table"):
        processes.start([child(tmp_path, "desk"), failing("actions")])


def test_a_part_that_ends_later_is_told_too(processes: Processes, tmp_path: Path) -> None:
    processes.start([child(tmp_path, "desk"), child(tmp_path, "rasa")])
    os.kill(int(str(recorded(tmp_path)[1]["pid"])), signal.SIGKILL)
    with pytest.raises(PartFailed, match="rasa ended with code -9"):
        processes.watch()


def test_a_part_that_never_answers_is_told(processes: Processes, tmp_path: Path) -> None:
    mute = replace(child(tmp_path, "mute"), is_ready=lambda: False, ready_within=0.3)
    with pytest.raises(PartFailed, match="mute did not answer within 0 s"):
        processes.start([mute])


def test_waiting_says_what_for(
    processes: Processes, tmp_path: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes_module, "TELL_SECONDS", 0)
    slow = child(tmp_path, "slow")
    processes.start(
        [replace(slow, is_ready=lambda: slow.is_ready() and any("waiting for slow" in line for line in said))]
    )


def test_what_ends_by_itself_is_waited_for_and_its_code_returned(processes: Processes, tmp_path: Path) -> None:
    assert processes.finish("training", [sys.executable, "-c", "print('done'); raise SystemExit(7)"], {}) == 7
    assert processes.tail("training") == "done"
    assert recorded(tmp_path) == []


def test_breaking_off_the_wait_ends_what_was_waited_for(tmp_path: Path) -> None:
    def look() -> None:
        if (tmp_path / "training.ready").exists():
            raise KeyboardInterrupt

    processes = Processes(tmp_path / "logs", tmp_path / "run.json", tmp_path, print, look=look)
    with pytest.raises(KeyboardInterrupt):
        processes.finish("training", child(tmp_path, "training").command, {})
    assert (tmp_path / "training.ended").exists()


def test_what_a_killed_run_left_is_ended_and_nothing_else(processes: Processes, tmp_path: Path) -> None:
    processes.start([child(tmp_path, "left"), child(tmp_path, "strangers")])
    left, strangers = recorded(tmp_path)
    record = tmp_path / "old.json"
    # The second bears a number that was given to somebody else since.
    record.write_text(json.dumps([left, {**strangers, "began": "1"}, {"pid": 2**22 + 1, "began": "5"}]))
    # We are its parent, so somebody has to take note of its end.
    thread = threading.Thread(target=lambda: os.waitpid(int(str(left["pid"])), 0))
    thread.start()
    assert end_left_over(record) == 1
    thread.join(WITHIN)
    assert (tmp_path / "left.ended").exists()
    assert began(int(str(strangers["pid"]))) is not None
    assert not record.exists()


@pytest.mark.parametrize("content", ["", "{", "[1, 2]", '[{"pid": "x"}]', "null"])
def test_a_record_that_cannot_be_read_is_no_reason_not_to_start(tmp_path: Path, content: str) -> None:
    record = tmp_path / "run.json"
    record.write_text(content)
    assert end_left_over(record) == 0


def test_a_signal_waits_until_what_must_be_whole_is_done() -> None:
    done = False
    with pytest.raises(KeyboardInterrupt), Interrupts() as interrupts:
        with interrupts.held():
            signal.raise_signal(signal.SIGTERM)
            done = True
        raise AssertionError("not reached")
    assert done


def test_a_second_signal_does_not_interrupt_the_closing() -> None:
    with Interrupts():
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGHUP)
    with Interrupts() as interrupts:
        interrupts.no_more()
        signal.raise_signal(signal.SIGINT)


def test_a_second_run_of_the_same_installation_is_refused(tmp_path: Path) -> None:
    with _only_one(tmp_path):
        with pytest.raises(AlreadyRunning, match=f"process {os.getpid()}"), _only_one(tmp_path):
            pass
    with _only_one(tmp_path):
        pass


def test_a_port_that_is_taken_is_named_with_its_setting() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        settings = replace(_on_free_ports(), desk_port=port)
        with pytest.raises(PortTaken, match=f"Port {port} is taken; set ISTIQBAL_DESK_PORT"):
            _check_ports(settings)


def test_two_parts_on_one_port_are_told() -> None:
    settings = _on_free_ports()
    with pytest.raises(PortTaken, match="ISTIQBAL_RASA_PORT and ISTIQBAL_DESK_PORT are both"):
        _check_ports(replace(settings, desk_port=settings.rasa_port))


def test_an_address_that_the_machine_has_not_is_told() -> None:
    with pytest.raises(PortTaken, match="no address 192.0.2.7 .* ISTIQBAL_BIND"):
        _check_ports(replace(_on_free_ports(), bind="192.0.2.7"))


def test_rasa_and_its_actions_stay_on_loopback_wherever_the_desk_is_served(tmp_path: Path) -> None:
    settings = replace(_on_free_ports(), bind="0.0.0.0", home=tmp_path)
    by_name = {part.name: part for part in parts(settings, "postgresql:///x", tmp_path / "model.tar.gz")}
    assert list(by_name) == ["emulator", "rasa", "actions", "worker", "desk"]
    command = list(by_name["rasa"].command)
    assert command[command.index("--interface") + 1] == "127.0.0.1"
    assert by_name["actions"].environ["SANIC_HOST"] == "127.0.0.1"


def test_against_meta_there_is_no_emulator(tmp_path: Path) -> None:
    settings = replace(_on_free_ports(), graph_url="https://graph.example", home=tmp_path)
    found = parts(settings, "postgresql:///x", tmp_path / "model.tar.gz")
    assert "emulator" not in {part.name for part in found}
    assert {part.environ["WHATSAPP_GRAPH_URL"] for part in found} == {"https://graph.example"}


def test_an_installation_makes_its_secret_once_and_for_itself(tmp_path: Path) -> None:
    settings = replace(_on_free_ports(), home=tmp_path, secret_key=None)
    made = with_secret_key(settings).secret_key
    assert made and len(made) >= 32
    assert with_secret_key(settings).secret_key == made
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


# The whole of `istiqbal run` in a process of its own: real database and migrations, the parts replaced by children.
STAGED = """
import os, pathlib, sys
from istiqbal import run as module
from istiqbal.cli import app
from tests.test_run import child, failing

home = pathlib.Path(os.environ["ISTIQBAL_HOME"])
module._model = lambda processes: home / "model.tar.gz"
names = sys.argv[1].split(",")
module.parts = lambda settings, url, model: [
    failing(name) if name.startswith("failing") else child(home, name) for name in names
]
app(["run", *sys.argv[2:]])
"""


def _on_free_ports() -> Settings:
    return read_settings(_free_ports())


def _free_ports() -> dict[str, str]:
    ports = {}
    probes = [socket.socket() for _ in range(4)]
    for probe, name in zip(probes, ("RASA", "ACTIONS", "DESK", "EMULATOR"), strict=True):
        probe.bind(("127.0.0.1", 0))
        ports[f"ISTIQBAL_{name}_PORT"] = str(probe.getsockname()[1])
    for probe in probes:
        probe.close()
    return ports


class Staged:
    def __init__(self, home: Path) -> None:
        self.home = home
        plain = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("WHATSAPP_", "DATABASE_", "ISTIQBAL_"))
        }
        self.environ = {**plain, **_free_ports(), "ISTIQBAL_HOME": str(home), "PYTHONPATH": str(PROJECT)}
        self.server = embedded_server(read_settings(self.environ))
        self.started: list[subprocess.Popen[str]] = []

    def run(self, names: str, *options: str) -> subprocess.Popen[str]:
        for name in names.split(","):
            (self.home / f"{name}.ended").unlink(missing_ok=True)
        process = subprocess.Popen(
            [sys.executable, "-c", STAGED, names, *options],
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.started.append(process)
        return process

    def opened(self, names: str, *options: str) -> subprocess.Popen[str]:
        process = self.run(names, *options)
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "Ctrl-C ends" in line:
                return process
        raise AssertionError("".join(lines))

    def pids(self) -> list[int]:
        return [int(one["pid"]) for one in json.loads((self.home / "run.json").read_text())]

    def close(self) -> None:
        for process in self.started:
            if process.poll() is None:
                process.kill()
            process.communicate()
        end_left_over(self.home / "run.json")
        self.server.stop()


@pytest.fixture
def staged(passable_path: Path) -> Iterator[Staged]:
    home = passable_path / "home"
    home.mkdir(mode=0o711)
    one = Staged(home)
    yield one
    one.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_parts_and_the_database(staged: Staged, number: signal.Signals) -> None:
    process = staged.opened("rasa,desk")
    pids = staged.pids()
    assert staged.server.is_live() and len(pids) == 2
    process.send_signal(number)
    said, _ = process.communicate(timeout=WITHIN)
    assert process.returncode == 0 and "The front desk is closed." in said
    assert (staged.home / "rasa.ended").exists() and (staged.home / "desk.ended").exists()
    assert [began(pid) for pid in pids] == [None, None]
    assert not staged.server.is_live()
    assert not (staged.home / "run.json").exists()


def test_the_end_of_one_part_ends_all_with_its_last_lines(staged: Staged) -> None:
    said, _ = staged.run("desk,failing").communicate(timeout=WITHIN)
    assert "failing ended with code 3" in said and "no such table" in said and "Traceback" not in said
    assert staged.started[0].returncode == 1
    assert not staged.server.is_live()


def test_the_end_of_the_database_ends_all(staged: Staged) -> None:
    process = staged.opened("desk")
    os.kill(int((staged.server.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    said, _ = process.communicate(timeout=WITHIN)
    assert process.returncode == 1 and "The embedded database ended" in said
    assert (staged.home / "desk.ended").exists()


def test_after_a_kill_the_next_run_ends_what_was_left_and_then_everything(staged: Staged) -> None:
    killed = staged.opened("rasa,desk")
    left = staged.pids()
    killed.kill()
    killed.wait(WITHIN)
    assert all(began(pid) for pid in left) and staged.server.is_live()
    process = staged.opened("rasa,desk")
    assert [began(pid) for pid in left] == [None, None]
    pids = staged.pids()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=WITHIN)
    assert [began(pid) for pid in pids] == [None, None]
    assert not staged.server.is_live(), "the database that the first had started ends with the second"


def test_a_second_run_leaves_the_first_alone(staged: Staged) -> None:
    first = staged.opened("desk")
    said, _ = staged.run("desk").communicate(timeout=WITHIN)
    assert f"process {first.pid}" in said and "Traceback" not in said
    assert first.poll() is None and staged.server.is_live()
    assert began(staged.pids()[0]) is not None


def test_when_make_is_killed_all_ends(staged: Staged) -> None:
    """As `make run` starts it."""
    stand_in = "import subprocess, sys; subprocess.run(sys.argv[1:])"
    command = [sys.executable, "-c", stand_in, sys.executable, "-c", STAGED, "desk", "--end-with-parent"]
    parent = subprocess.Popen(command, env=staged.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    staged.started.append(parent)  # type: ignore[arg-type]  # a process, to be ended like the rest
    wait_until((staged.home / "desk.ready").exists)
    parent.kill()
    parent.wait(WITHIN)
    wait_until((staged.home / "desk.ended").exists)
    wait_until(lambda: not staged.server.is_live())
