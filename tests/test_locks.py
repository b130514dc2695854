"""The locks say exactly what is installed, and nothing of the place where they were made."""

import re
from pathlib import Path

import pytest

LOCKS = sorted((Path(__file__).parents[1] / "deploy" / "requirements").glob("*.txt"))
PIN = re.compile(r"^(?P<name>[a-z0-9._-]+(?:\[[a-z0-9,._-]+\])?)==(?P<version>\S+)", re.IGNORECASE)


def pins(lock: Path) -> set[tuple[str, str]]:
    """Name and version of everything a lock holds; one name may have several, for several platforms."""
    found = (PIN.match(line) for line in lock.read_text(encoding="utf-8").splitlines())
    return {(each["name"], each["version"]) for each in found if each}


def test_there_is_a_lock_to_run_a_lock_to_test_and_one_to_measure_beside() -> None:
    assert [path.name for path in LOCKS] == ["base.txt", "dev.txt", "peers.txt"]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_names_no_host_and_no_folder(lock: Path) -> None:
    written = lock.read_text(encoding="utf-8")

    assert [
        mark
        for mark in ("http://", "https://", "file://", "--index", "--extra-index", "--find-links", "/root", "/home")
        if mark in written
    ] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_line_of_a_lock_is_pinned_and_hashed(lock: Path) -> None:
    requirements = lock.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    stated = [line for line in requirements if line.strip() and not line.lstrip().startswith("#")]

    assert stated
    assert [line.split()[0] for line in stated if not PIN.match(line) or "--hash=sha256:" not in line] == []


def test_what_is_tested_is_what_is_installed() -> None:
    base, dev, _ = LOCKS

    assert pins(base) <= pins(dev)
