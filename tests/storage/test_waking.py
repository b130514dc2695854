"""Whoever waits in an event loop is woken once for all that was committed together, and each gets what is hers."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.keys import FileKeys
from storage.vault import Closed, Store, Tx


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store of its own."""
    one = Store(f"sqlite:///{tmp_path / 'store.db'}", FileKeys(tmp_path / "root.key", make=True), migrate=True)
    yield one
    one.close()


async def test_each_of_many_gets_its_own(store: Store) -> None:
    """A hundred at once, in two groups and more."""
    asked = [store.ask(lambda _, n=n: n) for n in range(100)]  # type: ignore[misc]
    assert await asyncio.gather(*asked) == list(range(100))


async def test_one_that_breaks_breaks_alone(store: Store) -> None:
    """The others of its group are run again and given out."""

    def breaks(_: Tx) -> int:
        raise ValueError("hers alone")

    asked = [store.ask(breaks if n == 3 else (lambda _, n=n: n)) for n in range(8)]  # type: ignore[misc]
    found = await asyncio.gather(*asked, return_exceptions=True)
    assert [str(one) for one in found] == ["0", "1", "2", "hers alone", "4", "5", "6", "7"]


async def test_who_has_gone_keeps_nobody_from_her_answer(store: Store) -> None:
    """A waiter that was cancelled is passed over; its call is carried out all the same."""
    begun, go_on, done = threading.Event(), threading.Event(), []

    def first(_: Tx) -> None:
        begun.set()
        go_on.wait(10)

    holding = store.ask(first)
    await asyncio.to_thread(begun.wait, 10)
    gone, stays = store.ask(lambda _: done.append("gone")), store.ask(lambda _: "here")
    gone.cancel()
    go_on.set()
    assert await stays == "here"
    await holding
    assert done == ["gone"]


def test_a_loop_that_has_ended_breaks_nothing(store: Store) -> None:
    """Its answer is nobody's, and the store goes on."""
    begun, go_on = threading.Event(), threading.Event()

    def slow(_: Tx) -> None:
        begun.set()
        go_on.wait(10)

    async def ask_and_leave() -> None:
        store.ask(slow)
        await asyncio.to_thread(begun.wait, 10)

    asyncio.run(ask_and_leave())
    go_on.set()
    assert store.run(lambda _: "still here") == "still here"


async def test_a_store_that_has_closed_says_so(store: Store) -> None:
    """At once, not in the future."""
    store.close()
    with pytest.raises(Closed):
        store.ask(lambda _: None)
