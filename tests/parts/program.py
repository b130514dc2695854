"""The program as whoever runs it meets it: verbs as processes that end, and houses as processes that serve.

Fixture: ``estate`` is an empty place on the disk with a root key, where a house can be set up and served from.
"""

import atexit
import base64
import json
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot.demo.people import case_file
from tests.parts.ports import a_free_port

TREE = Path(__file__).parents[2]
CASES = TREE / "bot" / "demo" / "cases"
_PATIENCE = 180  # seconds for one process, on a machine that is busy with other tests
_LOOK_EVERY = 0.05


class NotUp(Exception):
    """A house did not come up, or did not end; the text is what it said."""


@dataclass(frozen=True)
class Ran:
    """A process that has ended: its exit code and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it said to a machine."""
        return json.loads(self.out)

    @property
    def sentence(self) -> str:
        """The one line it refused with; anything else, a traceback above all, fails the story."""
        assert self.code == 1, self
        assert not self.out, self
        assert len(self.err.strip().splitlines()) == 1, self.err
        return self.err.strip()


@dataclass
class Estate:
    """A place on the disk: the store's folder, the root key, and the settings every process there is started with."""

    folder: Path
    key: Path
    tree: Path = TREE
    settings: dict[str, str] = field(default_factory=dict)

    def env(self, **more: str) -> dict[str, str]:
        """The whole environment of a process: nothing of this one's but where programs are."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        here = {"BREDVID_KEYS__PROVIDER": "file", "BREDVID_KEYS__PATH": str(self.key),
                "BREDVID_UNITS": json.dumps({"lindvik": "Barnahus Lindvik"})}  # fmt: skip
        return {**kept, "LC_ALL": "C.UTF-8", "PYTHONWARNINGS": "error", **here, **self.settings, **more}

    def run(
        self, *words: str, folder: Path | None = None, without: tuple[str, ...] = (), cold: bool = False, **more: str
    ) -> Ran:
        """Run one verb on this folder to its end; `cold` starts the interpreter for it, as a shell would."""
        env = {name: value for name, value in self.env(**more).items() if name not in without}
        env["BREDVID_DIR"] = str(folder or self.folder)
        if not cold and self.tree == TREE:
            return _warm().run(words, env, self.key.parent)
        command = [sys.executable, "-m", "bot", *words]
        done = subprocess.run(command, check=False, cwd=self.tree, env=env, capture_output=True, timeout=_PATIENCE)
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    def done(self, *words: str) -> Ran:
        """A verb that the story says is carried out."""
        ran = self.run(*words)
        assert ran.code == 0, ran
        return ran

    def carry_in(self, *names: str) -> dict[str, str]:
        """Import demo cases by name; the id of each."""
        return {name: self.done("import", "case", self.case_file(name), "--json").json["case"] for name in names}

    def case_file(self, name: str) -> str:
        """A demo case of today as a file on this disk: processes go by the clock on the wall."""
        file = self.key.with_name(f"{name}.json")
        file.write_bytes(case_file(name, datetime.now(UTC).date()))
        return str(file)

    def try_the_paper(self) -> None:
        """Make shares of the root and show that three of them give it back, as `serve` asks for before it begins."""
        paper = self.key.with_name("paper.txt")
        shares = self.done("keys", "escrow", "--json").json["shares"]
        paper.write_text("\n".join(shares[:3]), encoding="utf-8")
        self.done("keys", "recover", "--shares", str(paper), "--check")

    @property
    def socket(self) -> Path:
        """Where a serving process listens for verbs."""
        return self.folder / "control.sock"

    @contextmanager
    def served(self) -> Iterator["Serving"]:
        """The house open for as long as the block runs, on ports nobody else has."""
        house = _start(self)
        try:
            yield house
        finally:
            house.end()


class Warm:
    """The program loaded once (`tests/parts/warm.py`); every command is still a process of its own."""

    def __init__(self) -> None:
        """Load it."""
        command = [sys.executable, "-W", "error", "-m", "tests.parts.warm"]
        self._process = subprocess.Popen(command, cwd=TREE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        atexit.register(self.end)

    def run(self, words: tuple[str, ...], env: dict[str, str], folder: Path) -> Ran:
        """One command to its end."""
        out, err = folder / ".out", folder / ".err"
        asked = {"words": words, "env": env, "within": _PATIENCE, "out": str(out), "err": str(err)}
        print(json.dumps(asked), file=self._process.stdin, flush=True)
        assert self._process.stdout is not None
        code = int(self._process.stdout.readline())
        return Ran(code, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8"))

    def end(self) -> None:
        """Let it go."""
        self._process.communicate()


@cache
def _warm() -> Warm:
    return Warm()


@dataclass
class Serving:
    """A process that serves. ``web`` and ``ops`` are its two addresses, without a slash at the end."""

    process: subprocess.Popen[bytes]
    web: str
    ops: str
    said: Path

    def wait_ready(self) -> None:
        """Wait until it says on its ops port that it is ready."""
        self.wait_for(lambda: fetch(f"{self.ops}/readyz")[0] == 200)

    def wait_for(self, what: Any) -> None:
        """Look until something is so; NotUp when the process ends first or patience does."""
        until = time.monotonic() + _PATIENCE
        while not what():
            if self.process.poll() is not None or time.monotonic() > until:
                raise NotUp(f"exit {self.process.poll()}: {self.said.read_text(encoding='utf-8')}")
            time.sleep(_LOOK_EVERY)

    def end(self, sign: signal.Signals = signal.SIGINT) -> int:
        """Tell it to stop, as Ctrl-C or the service manager does; its exit code."""
        with suppress(ProcessLookupError):
            self.process.send_signal(sign)
        try:
            return self.process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise NotUp(f"it did not end: {self.said.read_text(encoding='utf-8')}") from None


def copied_tree(to: Path) -> Path:
    """The program's two packages as another version of it would lie."""
    for package in ("bot", "storage"):
        for path in (TREE / package).rglob("*"):
            if path.is_file() and path.suffix != ".pyc":
                copy = to / path.relative_to(TREE)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(path.read_bytes())
    return to


def fetch(address: str) -> tuple[int, str]:
    """A page's status and words; status 0 when nobody listens."""
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return int(answer.status), answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode()
    except OSError:
        return 0, ""


def start(words: tuple[str, ...], env: dict[str, str], tree: Path, said: Path) -> subprocess.Popen[bytes]:
    """Start a process whose words go to a file, so that no pipe can fill up."""
    with said.open("wb") as out:
        return subprocess.Popen(
            [sys.executable, "-m", "bot", *words], cwd=tree, env=env, stdout=out, stderr=subprocess.STDOUT
        )


def _start(estate: Estate) -> Serving:
    web, ops = (f"127.0.0.1:{a_free_port()}" for _ in range(2))
    env = estate.env(
        BREDVID_DIR=str(estate.folder), BREDVID_WEB__BIND=web, BREDVID_WEB__PUBLIC_URL=f"http://{web}",
        BREDVID_OPS__BIND=ops,
    )  # fmt: skip
    said = estate.key.with_name("said.txt")
    house = Serving(start(("serve",), env, estate.tree, said), f"http://{web}", f"http://{ops}", said)
    try:
        house.wait_ready()
    except NotUp:
        house.end()
        raise
    return house


def new_key(path: Path) -> Path:
    """A root key in a file, as the runbook makes one."""
    path.write_bytes(base64.b64encode(secrets.token_bytes(32)))
    return path


def new_estate(base: Path, folder: str = "house") -> Estate:
    """An empty place with a key."""
    base.mkdir(parents=True, exist_ok=True)
    return Estate(base / folder, new_key(base / "root.key"))


@pytest.fixture
def estate(tmp_path: Path) -> Estate:
    """An empty place with a root key; nothing has been set up."""
    return new_estate(tmp_path)
