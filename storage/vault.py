"""The way in to the store: opens the database and the keys, runs calls in the store's own threads, closes in order.

SQLite has one writing connection, in one thread. It takes what is waiting (up to 64 calls), runs them one after
another in one `BEGIN IMMEDIATE`, commits once, and only then gives any result out. PostgreSQL runs the same calls
in a pool of threads, each with its own connection and chain. A call touches nothing outside its transaction.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from queue import Empty, SimpleQueue
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, OperationalError

from storage import _sql as sql
from storage._engine import PG_THREADS, Unreachable, bring_to_head, engine_for, reaching
from storage._sealing import Locksmith
from storage._sql import Tx
from storage.audit import Chain
from storage.keys import KeyMissing, KeyProvider, Keyring, MonthKeyMissing, WrongRoot
from storage.migrations import head, revision_of, upgrade
from storage.records import new_id

__all__ = ["Clock", "Closed", "NotAtHead", "Store", "Tx", "Unreachable", "bring_to_head", "engine_for"]

T = TypeVar("T")
Clock = Callable[[], datetime]
GROUP = 64
# A day begins and ends here: ties, birthdays and promises are counted in Swedish days.
STOCKHOLM = ZoneInfo("Europe/Stockholm")
_DEADLOCK_TRIES = 5
_KEY_TRIES = 3
# A higher number than a month ever has is a damaged row, and that is found when it is opened.
_MOST_NUMBERS = 64


class NotAtHead(Exception):
    """The database's tables are older or newer than this program."""

    def __init__(self, found: str | None) -> None:
        """`found` is the revision the database says, None when it has no tables yet."""
        super().__init__(
            f"The database stands at revision {found or 'none'} and this program needs {head()}. "
            "Run `bredvid migrate` first."
        )


class Closed(Exception):
    """A call was handed in after the store had begun to close."""


@dataclass(slots=True)
class _Waiting:
    call: Callable[[Tx], Any]
    future: Future[Any] = field(default_factory=Future)
    looked: int = 0

    def give(self, result: Any) -> None:
        if not self.future.cancelled():
            self.future.set_result(result)

    def fail(self, error: BaseException) -> None:
        if not self.future.cancelled():
            self.future.set_exception(error)


class _Runner(Protocol):
    """How calls reach a connection on one kind of database."""

    def submit(self, waiting: _Waiting) -> None:
        """Take a call."""
        ...

    def close(self) -> None:
        """Finish what was taken and let go."""
        ...


@dataclass(slots=True)
class _Hand:
    """One writing connection with the chain that its visits join."""

    conn: Connection
    chain: Chain


class Store:
    """An open store. Hand in a call that takes a `Tx`; its result comes out after the commit."""

    def __init__(
        self,
        url: str,
        provider: KeyProvider,
        *,
        clock: Clock | None = None,
        migrate: bool = False,
    ) -> None:
        """Open the database at a SQLAlchemy URL. `migrate` brings the tables to head; else they must be there."""
        self.engine = engine_for(url)
        self.clock: Clock = clock or (lambda: datetime.now(UTC))
        self.keyring = Keyring(provider)
        self.smith = Locksmith(self.keyring)
        try:
            self.tenant = self._look(migrate=migrate)
        except BaseException:
            self.engine.dispose()
            raise
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._runner: _Runner = _OneWriter(self) if self.is_sqlite else _Pool(self)
        self._open = True

    def submit(self, call: Callable[[Tx], T]) -> Future[T]:
        """Hand in a call from any thread; the future is done after the commit."""
        if not self._open:
            raise Closed
        waiting = _Waiting(call)
        self._runner.submit(waiting)
        return waiting.future

    def run(self, call: Callable[[Tx], T]) -> T:
        """Hand in a call and wait for it. Not for an event loop's thread."""
        return self.submit(call).result()

    def close(self) -> None:
        """Finish what was handed in and close the connections."""
        if self._open:
            self._open = False
            self._runner.close()
            self.engine.dispose()

    def hand(self) -> _Hand:
        """A writing connection with a chain of its own."""
        return _Hand(self.engine.connect(), Chain(new_id()))

    def tx(self, hand: _Hand) -> Tx:
        """The transaction that a call sees."""
        return Tx(
            hand.conn,
            self.keyring,
            self.smith,
            hand.chain,
            self.tenant,
            self.clock().astimezone(STOCKHOLM),
            locks=not self.is_sqlite,
        )

    def alone(self, hand: _Hand, waiting: _Waiting) -> MonthKeyMissing | None:
        """Run one call in a transaction of its own; which month's key it wants before it can be tried again."""
        kept = (hand.chain.seq, hand.chain.mac)
        try:
            with _transaction(hand.conn):
                result = waiting.call(self.tx(hand))
        except MonthKeyMissing as missing:
            hand.chain.seq, hand.chain.mac = kept
            return missing
        except BaseException as error:
            hand.chain.seq, hand.chain.mac = kept
            waiting.fail(error)
        else:
            waiting.give(result)
        return None

    def find_key(self, waiting: _Waiting, missing: MonthKeyMissing) -> bool:
        """Ask the provider for a month's key; False when the call has been told that there is none."""
        waiting.looked += 1
        try:
            if waiting.looked > _KEY_TRIES:
                raise KeyMissing(f"The key of {missing.month} could not be had.")
            self.keyring.find(missing)
        except BaseException as error:
            waiting.fail(error)
            return False
        return True

    def _look(self, *, migrate: bool) -> str:
        """Whether tables and keys are those of this house; its tenant's id."""
        with reaching():
            if migrate:
                upgrade(self.engine)
            found = revision_of(self.engine)
        if found != head():
            raise NotAtHead(found)
        with self.engine.connect() as conn, _transaction(conn):
            tenant = _kept(conn, "tenant", new_id())
            if _kept(conn, "keys", self._mark(tenant)) != self._mark(tenant):
                raise WrongRoot("The root key is another installation's: its keys are not those of this database.")
            self._miss_no_month(conn)
            return tenant

    def _miss_no_month(self, conn: Connection) -> None:
        """A key that was destroyed left a mark. One that is simply not there was lost: nobody may call that culled."""
        wanted = {(row.month, int.from_bytes(row.raw, "big")) for row in conn.execute(sql.MONTHS_OF_KEYS)}
        lost = {at for at in wanted if 0 < at[1] <= _MOST_NUMBERS and not self._has_or_had(*at)}
        if lost:
            self.keyring.refresh()
        months = sorted({at[0] for at in lost if not self._has_or_had(*at)})
        if months:
            raise KeyMissing(
                f"The keys of {len(months)} months are missing, the first {months[0]}. "
                "Put the folder of wrapped keys back as it was."
            )

    def _has_or_had(self, month: str, number: int) -> bool:
        return self.keyring.month_key(month, number) is not None or self.keyring.is_gone(month, number)

    def _mark(self, tenant: str) -> str:
        """What tells these keys from another installation's, and nothing else about them."""
        return blake2b(f"keys|{tenant}".encode(), digest_size=16, key=self.keyring["mac"]).hexdigest()


class _OneWriter:
    """SQLite: one thread, one connection, groups of calls."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        # A key service may be slow, and everybody waits for the one writer.
        self._finder = ThreadPoolExecutor(1, thread_name_prefix="keys")
        self._thread = threading.Thread(target=self._work, name="store", daemon=True)
        self._thread.start()

    def submit(self, waiting: _Waiting) -> None:
        self._queue.put(waiting)

    def close(self) -> None:
        self._finder.shutdown(wait=True)
        self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        hand = self._store.hand()
        try:
            while group := self._next_group():
                self._run_group(hand, [waiting for waiting in group if waiting is not None])
                if None in group:
                    return
        finally:
            hand.conn.close()

    def _next_group(self) -> list[_Waiting | None]:
        group: list[_Waiting | None] = [self._queue.get()]
        while len(group) < GROUP and group[-1] is not None:
            try:
                group.append(self._queue.get_nowait())
            except Empty:
                break
        return group

    def _run_group(self, hand: _Hand, group: list[_Waiting]) -> None:
        if len(group) < 2:
            for waiting in group:
                self._alone(hand, waiting)
            return
        kept = (hand.chain.seq, hand.chain.mac)
        results = []
        try:
            with _transaction(hand.conn):
                results = [waiting.call(self._store.tx(hand)) for waiting in group]
        except BaseException:
            # One of them failed: nothing was given out, so each may run again alone and answer for itself.
            hand.chain.seq, hand.chain.mac = kept
            for waiting in group:
                self._alone(hand, waiting)
            return
        for waiting, result in zip(group, results, strict=True):
            waiting.give(result)

    def _alone(self, hand: _Hand, waiting: _Waiting) -> None:
        missing = self._store.alone(hand, waiting)
        if missing is None:
            return
        try:
            self._finder.submit(self._find, waiting, missing)
        except RuntimeError:
            waiting.fail(Closed())

    def _find(self, waiting: _Waiting, missing: MonthKeyMissing) -> None:
        if self._store.find_key(waiting, missing):
            self._queue.put(waiting)


class _Pool:
    """PostgreSQL: a pool of threads, each with a connection and a chain of its own."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._local = threading.local()
        self._hands: list[_Hand] = []
        self._threads = ThreadPoolExecutor(PG_THREADS, thread_name_prefix="store")

    def submit(self, waiting: _Waiting) -> None:
        self._threads.submit(self._work, waiting)

    def close(self) -> None:
        self._threads.shutdown(wait=True)
        for hand in self._hands:
            hand.conn.close()

    def _work(self, waiting: _Waiting) -> None:
        for last in [False] * (_DEADLOCK_TRIES - 1) + [True]:
            attempt = _Waiting(waiting.call)
            while (missing := self._store.alone(self._hand(), attempt)) is not None:
                if not self._store.find_key(attempt, missing):
                    break
            error = attempt.future.exception()
            if error is None:
                waiting.give(attempt.future.result())
                return
            if isinstance(error, DBAPIError) and error.connection_invalidated:
                self._local.hand = None
            if last or not _may_pass(error):
                waiting.fail(error)
                return

    def _hand(self) -> _Hand:
        hand: _Hand | None = getattr(self._local, "hand", None)
        if hand is None:
            hand = self._local.hand = self._store.hand()
            self._hands.append(hand)
        return hand


def _may_pass(error: BaseException) -> bool:
    """Whether trying again may help: another transaction stood in the way, or the server had gone."""
    if not isinstance(error, OperationalError):
        return False
    return error.connection_invalidated or getattr(error.orig, "sqlstate", "") in (
        "40P01",
        "40001",
        "55P03",
    )


def _kept(conn: Connection, name: str, fresh: str) -> str:
    """What was written down about the house when it was new; written now when it is."""
    row = conn.execute(sql.META, {"name": name}).first()
    if row is not None:
        return str(row.value)
    conn.execute(sql.ADD_META, {"name": name, "value": fresh})
    return fresh


@contextmanager
def _transaction(conn: Connection) -> Iterator[None]:
    with conn.begin():
        yield
