"""A house that serves leaves nothing of what it holds outside its store: no core, no scratch file, no copy in clear."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.demo.people import case_file
from tests.parts.canaries import found, sweep
from tests.parts.ports import a_free_port
from tests.parts.program import TREE, Estate, Serving

MARK = "ZqxLämnarVjk"
_LARGE = 1 << 30
# A core is written where the process stands only when the system names it plainly.
PLAIN = Path("/proc/sys/kernel/core_pattern").read_text(encoding="ascii").strip() == "core"


def allow_cores() -> None:
    """The limit as somebody may have set it for everything that is started by hand."""
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@contextmanager
def served(estate: Estate, place: Path, scratch: Path) -> Iterator[Serving]:
    """The house serving from a folder that it may write in, by somebody who lets cores be written."""
    web, ops = (f"127.0.0.1:{a_free_port()}" for _ in range(2))
    env = estate.env(
        BREDVID_DIR=str(estate.folder), BREDVID_WEB__BIND=web, BREDVID_WEB__PUBLIC_URL=f"http://{web}",
        BREDVID_OPS__BIND=ops, PYTHONPATH=str(TREE), TMPDIR=str(scratch),
    )  # fmt: skip
    said = estate.key.with_name("said.txt")
    with said.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "serve"], cwd=place, env=env, stdout=out, stderr=subprocess.STDOUT,
            preexec_fn=allow_cores,  # noqa: PLW1509 one call of the system and nothing of ours between
        )  # fmt: skip
    house = Serving(process, f"http://{web}", f"http://{ops}", said)
    try:
        house.wait_ready()
        yield house
    finally:
        process.kill()
        process.wait()


def marked_case(folder: Path) -> Path:
    """Elias's case with a marked word in every name and free text."""
    document = json.loads(case_file("elias", datetime.now(UTC).date()))

    def marked(value: object, name: str = "") -> object:
        if isinstance(value, dict):
            return {key: marked(one, key) for key, one in value.items()}
        if isinstance(value, list):
            return [marked(one, name) for one in value]
        return f"{MARK} {value}" if name in FREE and isinstance(value, str) else value

    file = folder / "marked.json"
    file.write_text(json.dumps(marked(document), ensure_ascii=False), encoding="utf-8")
    return file


FREE = {"name", "label", "function", "wish", "own_words", "why", "maturity", "words"}


@pytest.mark.parametrize("end", [signal.SIGABRT, signal.SIGSEGV])
def test_a_house_that_is_killed_leaves_no_core(estate: Estate, tmp_path: Path, end: signal.Signals) -> None:
    place, scratch = tmp_path / "place", tmp_path / "scratch"
    place.mkdir()
    scratch.mkdir()
    estate.done("migrate")
    with served(estate, place, scratch) as house:
        limits = Path(f"/proc/{house.process.pid}/limits").read_text(encoding="ascii")
        core = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
        assert core.split()[4:6] == ["0", "0"]
        house.process.send_signal(end)
        assert house.process.wait(30) == -end
    assert list(place.rglob("*")) == []
    assert list(scratch.rglob("*")) == []


def test_a_process_may_not_be_looked_into_and_writes_no_core(tmp_path: Path) -> None:
    """And without that it would: the same process leaves its memory in the folder where it stood."""
    ends = (
        "import os, ctypes; word = b'Zqx' + b'InMemory' * 8; print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), flush=True)"
    )
    ends += "; os.abort()"
    for first, dumpable in (("", "1"), ("from bot.unseen import keep_out_of_files; keep_out_of_files(); ", "0")):
        place = tmp_path / f"dumpable-{dumpable}"
        place.mkdir()
        done = subprocess.run(
            [sys.executable, "-c", first + ends], cwd=place, env={"PYTHONPATH": str(TREE), "PATH": os.environ["PATH"]},
            capture_output=True, text=True, check=False, preexec_fn=allow_cores,
        )  # fmt: skip
        assert (done.returncode, done.stdout.strip()) == (-signal.SIGABRT, dumpable)
        left = [path for path in place.iterdir() if path.stat().st_size < _LARGE]
        assert len(left) == (1 if PLAIN and dumpable == "1" else 0)
        assert not left or found(left[0].read_bytes(), ("ZqxInMemoryInMemory",))


def test_no_file_beside_the_store_holds_a_word_of_a_case(estate: Estate, tmp_path: Path) -> None:
    """A case is brought in while the house serves, copied and reviewed; then everything is looked through."""
    place, scratch, copies, given = (tmp_path / name for name in ("place", "scratch", "copies", "given"))
    for folder in (place, scratch, copies, given):
        folder.mkdir()
    file = marked_case(given)
    estate.settings["TMPDIR"] = str(scratch)
    estate.done("migrate")
    with served(estate, place, scratch) as house:
        estate.done("import", "case", str(file))
        estate.done("backup", "create", "--to", str(copies))
        for words in (("check",), ("tasks",), ("outbox",), ("audit", "verify"), ("audit", "report", "--by", "Ulla")):
            estate.done(*words)
        said = house.said.read_bytes()
    assert MARK in file.read_text(encoding="utf-8")
    assert any(path.stat().st_size > 50_000 for path in copies.rglob("*.db"))
    assert found(said, (MARK,)) == []
    for folder in (estate.folder, place, scratch, copies):
        assert sweep(folder, (MARK,)) == {}
    assert list(scratch.rglob("*")) == []
