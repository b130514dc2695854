"""How calls reach a connection: one writer's thread on SQLite, a pool of threads on PostgreSQL.

The one writer takes what is waiting (up to 64 calls), runs them one after another in one transaction, commits once,
and only then gives any result out. When one of them raises, each is run again alone and answers for itself.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any, Protocol

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, OperationalError

from storage._engine import PG_THREADS
from storage._sealing import Moved
from storage._sql import Tx
from storage.audit import Chain
from storage.keys import MonthKeyMissing

GROUP = 64
# For how long the writer's thread and a loop keep each other waiting for the interpreter. By default it is 5 ms, and
# each gives it up with every row it writes and every byte it sends: an answer would mostly wait.
HAND_OVER_SECONDS = 0.0002
_TRIES = 5


class Closed(Exception):
    """A call was handed in after the store had begun to close."""


class Awaited:
    """What somebody in an event loop waits for: it is given there, by that loop's own thread."""

    __slots__ = ("loop", "waits")

    def __init__(self) -> None:
        """To be made where the loop runs."""
        self.loop = asyncio.get_running_loop()
        self.waits: asyncio.Future[Any] = self.loop.create_future()

    def cancelled(self) -> bool:
        return self.waits.cancelled()

    def set_result(self, result: Any) -> None:
        _hand_over(self.loop, [(self.waits, result)])

    def set_exception(self, error: BaseException) -> None:
        with suppress(RuntimeError):  # the loop has ended: nobody waits any more
            self.loop.call_soon_threadsafe(_break, self.waits, error)


def _hand_over(loop: asyncio.AbstractEventLoop, results: list[tuple[asyncio.Future[Any], Any]]) -> None:
    with suppress(RuntimeError):  # the loop has ended: nobody waits any more
        loop.call_soon_threadsafe(_land, results)


def _land(results: list[tuple[asyncio.Future[Any], Any]]) -> None:
    for waits, result in results:
        if not waits.done():
            waits.set_result(result)


def _break(waits: asyncio.Future[Any], error: BaseException) -> None:
    if not waits.done():
        waits.set_exception(error)


@dataclass(slots=True)
class Waiting:
    call: Callable[[Tx], Any]
    future: Future[Any] | Awaited = field(default_factory=Future)
    looked: int = 0
    again: bool = False  # it will be run again when it is told that its rows moved

    def give(self, result: Any) -> None:
        if not self.future.cancelled():
            self.future.set_result(result)

    def fail(self, error: BaseException) -> None:
        if not self.future.cancelled():
            self.future.set_exception(error)


def _give_all(group: Sequence[Waiting], results: Sequence[Any]) -> None:
    """Give out what was committed together. A loop is woken once for all: each time it is, this thread stands still."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Any], Any]]] = defaultdict(list)
    for waiting, result in zip(group, results, strict=True):
        if isinstance(waiting.future, Awaited):
            by_loop[waiting.future.loop].append((waiting.future.waits, result))
        else:
            waiting.give(result)
    for loop, mine in by_loop.items():
        _hand_over(loop, mine)


class Runner(Protocol):
    """How calls reach a connection on one kind of database."""

    def submit(self, waiting: Waiting) -> None:
        """Take a call."""
        ...

    def close(self) -> None:
        """Finish what was taken and let go."""
        ...


@dataclass(slots=True)
class Hand:
    """One writing connection with the chain that its visits join."""

    conn: Connection
    chain: Chain


class House(Protocol):
    """What a runner wants of the store."""

    def hand(self) -> Hand:
        """A writing connection with a chain of its own."""
        ...

    def together(self, hand: Hand, calls: Sequence[Callable[[Tx], Any]], *, again: bool = False) -> list[Any]:
        """Run calls in one transaction; their results, after the commit. `again`: Moved will not be the last word."""
        ...

    def find_key(self, waiting: Waiting, missing: MonthKeyMissing) -> bool:
        """Ask the provider for a month's key; False when the call has been told that there is none."""
        ...


def _alone(house: House, hand: Hand, waiting: Waiting) -> MonthKeyMissing | None:
    """Run one call in a transaction of its own; which month's key it wants before it can be tried again."""
    kept = (hand.chain.seq, hand.chain.mac)
    try:
        (result,) = house.together(hand, [waiting.call], again=waiting.again)
    except MonthKeyMissing as missing:
        hand.chain.seq, hand.chain.mac = kept
        return missing
    except BaseException as error:
        hand.chain.seq, hand.chain.mac = kept
        waiting.fail(error)
    else:
        waiting.give(result)
    return None


class OneWriter:
    """SQLite: one thread, one connection, groups of calls."""

    def __init__(self, house: House) -> None:
        sys.setswitchinterval(HAND_OVER_SECONDS)
        self._house = house
        self._queue: SimpleQueue[Waiting | None] = SimpleQueue()
        # A key service may be slow, and everybody waits for the one writer.
        self._finder = ThreadPoolExecutor(1, thread_name_prefix="keys")
        self._thread = threading.Thread(target=self._work, name="store", daemon=True)
        self._thread.start()

    def submit(self, waiting: Waiting) -> None:
        self._queue.put(waiting)

    def close(self) -> None:
        self._finder.shutdown(wait=True)
        self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        hand = self._house.hand()
        try:
            while group := self._next_group():
                self._run_group(hand, [waiting for waiting in group if waiting is not None])
                if None in group:
                    return
        finally:
            hand.conn.close()

    def _next_group(self) -> list[Waiting | None]:
        group: list[Waiting | None] = [self._queue.get()]
        while len(group) < GROUP and group[-1] is not None:
            try:
                group.append(self._queue.get_nowait())
            except Empty:
                break
        return group

    def _run_group(self, hand: Hand, group: list[Waiting]) -> None:
        if len(group) < 2:
            for waiting in group:
                self._alone(hand, waiting)
            return
        kept = (hand.chain.seq, hand.chain.mac)
        try:
            results = self._house.together(hand, [waiting.call for waiting in group])
        except BaseException:
            # One of them failed: nothing was given out, so each may run again alone and answer for itself.
            hand.chain.seq, hand.chain.mac = kept
            for waiting in group:
                self._alone(hand, waiting)
            return
        _give_all(group, results)

    def _alone(self, hand: Hand, waiting: Waiting) -> None:
        missing = _alone(self._house, hand, waiting)
        if missing is None:
            return
        try:
            self._finder.submit(self._find, waiting, missing)
        except RuntimeError:
            waiting.fail(Closed())

    def _find(self, waiting: Waiting, missing: MonthKeyMissing) -> None:
        if self._house.find_key(waiting, missing):
            self._queue.put(waiting)


class Pool:
    """PostgreSQL: a pool of threads, each with a connection and a chain of its own."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._local = threading.local()
        self._hands: list[Hand] = []
        self._threads = ThreadPoolExecutor(PG_THREADS, thread_name_prefix="store")

    def submit(self, waiting: Waiting) -> None:
        self._threads.submit(self._work, waiting)

    def close(self) -> None:
        self._threads.shutdown(wait=True)
        for hand in self._hands:
            hand.conn.close()

    def _work(self, waiting: Waiting) -> None:
        for last in [False] * (_TRIES - 1) + [True]:
            tried: Future[Any] = Future()
            attempt = Waiting(waiting.call, tried, again=not last)
            while (missing := _alone(self._house, self._hand(), attempt)) is not None:
                if not self._house.find_key(attempt, missing):
                    break
            error = tried.exception()
            if error is None:
                waiting.give(tried.result())
                return
            if isinstance(error, DBAPIError) and error.connection_invalidated:
                self._local.hand = None
            if last or not _may_pass(error):
                waiting.fail(error)
                return

    def _hand(self) -> Hand:
        hand: Hand | None = getattr(self._local, "hand", None)
        if hand is None:
            hand = self._local.hand = self._house.hand()
            self._hands.append(hand)
        return hand


def _may_pass(error: BaseException) -> bool:
    """Whether trying again may help: another transaction stood in the way, moved the rows, or the server had gone."""
    if isinstance(error, Moved):
        return True
    if not isinstance(error, OperationalError):
        return False
    return error.connection_invalidated or getattr(error.orig, "sqlstate", "") in (
        "40P01",
        "40001",
        "55P03",
    )
