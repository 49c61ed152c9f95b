"""The embedded server: on odd paths, for root and not, after a kill, when two start it at once."""

from __future__ import annotations

import os
import pwd
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Iterator

import psycopg2
import pytest

from clinic.database.embedded import EmbeddedPostgres


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    if os.geteuid() == 0:
        for parent in (tmp_path, *list(tmp_path.parents)[:2]):
            parent.chmod(0o711)
    return tmp_path


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


def test_an_initialisation_that_was_cut_off_is_begun_again(server: EmbeddedPostgres) -> None:
    server._prepare_folders()
    server.data.mkdir()
    (server.data / "PG_VERSION").write_text("18\n")
    assert server.start()
    assert ask(server, "SELECT 1") == 1


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


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has a home that others may not enter")
def test_for_root_the_data_lies_where_the_servers_user_can_reach_it(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    server = EmbeddedPostgres(closed / "pg")
    try:
        assert not str(server.folder).startswith(str(closed))
        assert server.start()
        assert closed.stat().st_mode & 0o077 == 0
    finally:
        server.stop()
