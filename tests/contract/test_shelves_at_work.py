"""Four write at once, are refused half-way, fail and are killed: what lies on every shelf is what was put there."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest

from storage.maintenance import broken_shelves
from storage.queries import Sheet
from tests.prove.shelves import Writer
from tests.storage.family import CASE, HANNA, Family
from tests.storage.house import House, open_house

T = TypeVar("T")
WRITERS, STEPS = 4, 50
_ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("house", ["file", "postgres"], indirect=True)
def test_four_writers_at_once_leave_every_shelf_whole(family: Family) -> None:
    family.contact()
    house = family.house
    with ExitStack() as open_now:
        # On SQLite one process writes and the others wait: a store more would be told that the file is busy.
        houses = [house] * WRITERS if house.store.is_sqlite else [_another(open_now, house) for _ in range(WRITERS)]
        writers = [Writer(one, number) for number, one in enumerate(houses)]
        said: Counter[str] = Counter()
        for writer in _at_once([partial(one.go_on, STEPS) for one in writers]):
            said += writer.said
        # Keys are turned while they write on.
        turning: list[Callable[[], Writer]] = [writers[0].turn_keys]
        turning += [partial(one.go_on, STEPS // 2) for one in writers[1:]]
        _at_once(turning)
    assert house.store.run(broken_shelves) == []
    house.see(HANNA, Sheet(CASE))
    for deed in ("say", "mark", "card", "adult", "back", "half", "fall", "look"):
        assert said[f"{deed} done"] > 0, said


@pytest.mark.parametrize("house", ["file", "postgres"], indirect=True)
def test_killed_in_the_middle_of_writing_every_shelf_is_whole(family: Family) -> None:
    family.contact()
    house = family.house
    for turn in range(3):
        _kill_some(house, turn)
        assert house.store.run(broken_shelves) == []
        house.see(HANNA, Sheet(CASE))


def _kill_some(house: House, turn: int) -> None:
    """Processes that write, each killed with -9 at another instant of its work."""
    many = 1 if house.store.is_sqlite else 2
    numbers = [10 + turn * many + one for one in range(many)]
    writing = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.prove.shelves", house.url, str(house.folder), str(number)], cwd=_ROOT
        )
        for number in numbers
    ]
    try:
        until = time.monotonic() + 60
        while not all((house.folder / f"at-work-{number}").exists() for number in numbers):
            assert time.monotonic() < until, "they did not begin"
            time.sleep(0.01)
        for process in writing:
            time.sleep(0.7 + 0.13 * turn)
            assert process.poll() is None, "it broke before it was killed"
            process.kill()
    finally:
        for process in writing:
            process.kill()
            process.wait(10)


def _another(open_now: ExitStack, house: House) -> House:
    return open_now.enter_context(open_house(house.url, house.folder, house.clock))


def _at_once(calls: Sequence[Callable[[], T]]) -> list[T]:
    with ThreadPoolExecutor(len(calls)) as threads:
        return [one.result() for one in [threads.submit(call) for call in calls]]
