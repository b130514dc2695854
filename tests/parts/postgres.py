"""A PostgreSQL of our own: Debian's programs, a folder and a port that nobody else has, gone when the tests end.

Fixtures: ``postgres`` is the server all tests share, ``postgres_url`` a fresh database on it, ``durable_postgres`` a
server for one test that writes through to the disk and may be killed. ``BREDVID_TEST_FSYNC=1`` makes the shared one
write through as well.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import TypedDict

import psycopg
import pytest

from tests.parts.ports import a_free_port

_STARTS = 3  # another process may take the free port between our look and the server's start
_PATIENCE = 60  # seconds for a start or a stop, on a machine that is busy with other tests


class PostgresMissing(Exception):
    """The server's programs are not on this machine."""


class PostgresFailed(Exception):
    """The server did not start or stop; the text is the end of what it said."""


class _RunAs(TypedDict, total=False):
    user: str
    group: int
    extra_groups: list[str]


def _programs() -> Path:
    """The folder with initdb and pg_ctl of the newest version here."""
    versions = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()]
    if versions:
        return max(versions, key=lambda path: [int(part) for part in path.parent.name.split(".")])
    on_path = shutil.which("initdb")
    if on_path is None:
        raise PostgresMissing("no initdb on this machine: run deploy/install-parts")
    return Path(on_path).resolve().parent


def _owner() -> tuple[_RunAs, int, int]:
    """Who runs the server: PostgreSQL refuses root, so root hands over to the user Debian made for it."""
    if os.geteuid() != 0:
        return {}, os.geteuid(), os.getegid()
    user = pwd.getpwnam("postgres")
    return {"user": "postgres", "group": user.pw_gid, "extra_groups": []}, user.pw_uid, user.pw_gid


def _stat(pid: int | str) -> tuple[str, int]:
    """The state and the parent of a process; state ``X`` when it is gone."""
    try:
        # pid (name) state ppid ...; the name may hold spaces and brackets
        state, parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:2]
    except OSError:
        return "X", 0
    return state, int(parent)


def _children(parent: int) -> list[int]:
    """The processes started by ``parent``."""
    return [int(each.name) for each in Path("/proc").glob("[0-9]*") if _stat(each.name)[1] == parent]


class Postgres:
    """One server with its data folder.

    Args:
        fsync: whether what is committed has reached the disk. Only a test that kills the server needs it.
    """

    def __init__(self, *, fsync: bool) -> None:
        self.fsync = fsync
        self.port = 0
        self._bin = _programs()
        self._as, uid, gid = _owner()
        # Straight under the system's folder: pytest's own are closed to every user but the one who runs it.
        self.folder = Path(tempfile.mkdtemp(prefix="bredvid-postgres-"))
        os.chown(self.folder, uid, gid)
        self._names = count(1)
        settings = ["--no-sync"] if not fsync else []
        self._run(
            self._bin / "initdb",
            *("--pgdata", self.folder / "data", "--username", "postgres", "--auth", "trust"),
            *("--encoding", "UTF8", "--locale", "C.UTF-8", *settings),
        )

    def url(self, database: str = "postgres") -> str:
        """The address of a database, as SQLAlchemy takes it."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"

    def conninfo(self, database: str = "postgres") -> str:
        """The address of a database, as psycopg takes it."""
        return f"host=127.0.0.1 port={self.port} user=postgres dbname={database}"

    def start(self) -> None:
        """Start the server and wait until it answers.

        A restarted server keeps its port, since the addresses handed out hold it.

        Raises:
            PostgresFailed: it did not come up.
        """
        tries = _STARTS if self.port == 0 else 1
        for left in reversed(range(tries)):
            port = self.port or a_free_port()
            try:
                self._pg_ctl("start", "--log", self.folder / "log", "--options", self._options(port))
            except PostgresFailed as failed:
                log = (self.folder / "log").read_text(errors="replace")[-2000:]
                if not left:
                    raise PostgresFailed(f"{failed}\n{log}") from None
                continue
            self.port = port
            return

    def stop(self) -> None:
        """Stop the server, if it runs, and cut off whoever is still connected."""
        if (self.folder / "data" / "postmaster.pid").exists():
            self._pg_ctl("stop", "--mode", "immediate" if not self.fsync else "fast")

    def kill(self) -> None:
        """Kill every process of the server at once, as a power cut would. ``start`` then recovers from the log.

        Raises:
            PostgresFailed: a process did not die.
        """
        lock = self.folder / "data" / "postmaster.pid"
        postmaster = int(lock.read_text().split()[0])
        pids = [postmaster, *_children(postmaster)]
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        until = time.monotonic() + _PATIENCE
        # Dead is enough: where nobody collects the dead, their numbers stay taken for ever.
        while alive := [pid for pid in pids if _stat(pid)[0] not in "XZ"]:
            if time.monotonic() > until:
                raise PostgresFailed(f"processes {alive} outlived SIGKILL")
            time.sleep(0.01)
        # For the same reason: a server looks whether that number still lives, and must not be misled.
        lock.unlink()

    def remove(self) -> None:
        """Stop the server and remove its folder."""
        try:
            self.stop()
        finally:
            shutil.rmtree(self.folder)

    def create_database(self) -> str:
        """Make an empty database and give its name."""
        name = f"test_{next(self._names)}"
        with psycopg.connect(self.conninfo(), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        return name

    def drop_database(self, name: str) -> None:
        """Remove a database, connections and all."""
        with psycopg.connect(self.conninfo(), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())

    def _options(self, port: int) -> str:
        durable = "on" if self.fsync else "off"
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": "",
            "fsync": durable,
            "synchronous_commit": durable,
            "full_page_writes": durable,
            "max_connections": 200,
            "timezone": "UTC",
        }
        return " ".join(f"-c {name}='{value}'" for name, value in settings.items())

    def _pg_ctl(self, verb: str, *arguments: str | Path) -> None:
        pgdata = self.folder / "data"
        self._run(self._bin / "pg_ctl", verb, "--pgdata", pgdata, "--wait", "--timeout", str(_PATIENCE), *arguments)

    def _run(self, *command: str | Path) -> None:
        # A file, not a pipe: the server inherits it, and a pipe would stay open for as long as the server runs.
        with tempfile.TemporaryFile("w+") as said:
            done = subprocess.run(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                check=False,
                **self._as,
            )
            if done.returncode:
                said.seek(0)
                raise PostgresFailed(f"{Path(command[0]).name} said {said.read()[-2000:]}")


def _running(*, fsync: bool) -> Iterator[Postgres]:
    server = Postgres(fsync=fsync)
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The server shared by all tests of a run. It forgets what it was told if it dies, and is faster for it."""
    yield from _running(fsync=os.environ.get("BREDVID_TEST_FSYNC") == "1")


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """The address of an empty database that only this test has."""
    name = postgres.create_database()
    yield postgres.url(name)
    postgres.drop_database(name)


@pytest.fixture
def durable_postgres() -> Iterator[Postgres]:
    """A server of this test's own that writes through to the disk: it may be killed and started again."""
    yield from _running(fsync=True)
