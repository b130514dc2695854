"""The way in to the store: opens the database and the keys, runs calls in the store's own threads, closes in order.

SQLite has one writing connection, in one thread. It takes what is waiting (up to 64 calls), runs them one after
another in one `BEGIN IMMEDIATE`, commits once, and only then gives any result out. PostgreSQL runs the same calls
in a pool of threads, each with its own connection and chain. A call touches nothing outside its transaction.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from storage import _parts_sql as parts_sql
from storage import _sql as sql
from storage._engine import Unreachable, bring_to_head, checkpoint, engine_for, reaching
from storage._manifest import settle_manifests
from storage._runners import Awaited, Closed, Hand, OneWriter, Pool, Runner, Waiting
from storage._sealing import Locksmith
from storage._sql import Tx
from storage.ages import USUAL, Ages
from storage.audit import Chain
from storage.carriers import USUAL_LAW, Law
from storage.ceiling import Ceiling
from storage.keys import KeyMissing, KeyProvider, Keyring, MonthKeyMissing, WrongRoot
from storage.migrations import head, revision_of, upgrade
from storage.records import new_id
from storage.safety import SafetyLog
from storage.terms import USUAL_TERMS, Terms

__all__ = ["Clock", "Closed", "NotAtHead", "Store", "Tx", "Unreachable", "bring_to_head", "engine_for"]

T = TypeVar("T")
Clock = Callable[[], datetime]
# A day begins and ends here: ties, birthdays and promises are counted in Swedish days.
STOCKHOLM = ZoneInfo("Europe/Stockholm")
_KEY_TRIES = 3
# A higher number than a month ever has is a damaged row, and that is found when it is opened.
_MOST_NUMBERS = 64


class NotAtHead(Exception):
    """The database's tables are older or newer than this program."""

    def __init__(self, found: str | None) -> None:
        """`found` is the revision the database says, None when it has no tables yet."""
        super().__init__(
            f"The database stands at revision {found or 'none'} and this program needs {head()}. "
            "Run `bredvid migrate` first; it says so when the database is the newer one."
        )


class Store:
    """An open store. Hand in a call that takes a `Tx`; its result comes out after the commit."""

    def __init__(
        self,
        url: str,
        provider: KeyProvider,
        *,
        clock: Clock | None = None,
        migrate: bool = False,
        ages: Ages = USUAL,
        telegram_full: bool = True,
        safety: Path | None = None,
    ) -> None:
        """Open the database at a SQLAlchemy URL. `migrate` brings the tables to head; else they must be there.

        `ages` are the birthdays on which a right moves to the child (policy P17); `telegram_full` is whether a grown-up
        may read in Telegram who has chosen it (P54). `safety` is the folder of the log that a restored copy is held
        against. `law`, of who holds a log, is the usual until it is set.
        """
        self.law: Law = USUAL_LAW
        # What people read for each unit's id.
        self.units: Mapping[str, str] = {}
        self.telegram_full = telegram_full
        self.ages = ages
        # When safe contact is asked again, and how often the log is looked through.
        self.terms: Terms = USUAL_TERMS
        self.engine = engine_for(url)
        self.clock: Clock = clock or (lambda: datetime.now(UTC))
        self._ceiling = Ceiling()
        self.keyring = Keyring(provider)
        self.smith = Locksmith(self.keyring)
        self._moving_smith = self.smith.with_rows_that_move()
        try:
            self.tenant = self._look(migrate=migrate)
        except BaseException:
            self.engine.dispose()
            raise
        self.safety = SafetyLog(safety, self.keyring["safety"], self.tenant, self.epoch) if safety is not None else None
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._runner: Runner = OneWriter(self) if self.is_sqlite else Pool(self)
        self._open = True

    def submit(self, call: Callable[[Tx], T]) -> Future[T]:
        """Hand in a call from any thread; the future is done after the commit."""
        if not self._open:
            raise Closed
        future: Future[T] = Future()
        self._runner.submit(Waiting(call, future))
        return future

    def ask(self, call: Callable[[Tx], T]) -> asyncio.Future[T]:
        """Hand in a call from an event loop, which is woken once for all calls that were committed together."""
        if not self._open:
            raise Closed
        awaited = Awaited()
        self._runner.submit(Waiting(call, awaited))
        return awaited.waits

    def run(self, call: Callable[[Tx], T]) -> T:
        """Hand in a call and wait for it. Not for an event loop's thread."""
        return self.submit(call).result()

    def close(self) -> None:
        """Finish what was handed in and close the connections."""
        if self._open:
            self._open = False
            self._runner.close()
            self.engine.dispose()

    def leave_no_trace(self) -> None:
        """Let the write-ahead log of SQLite forget what was deleted (the pages themselves are overwritten at once)."""
        checkpoint(self.engine)

    def hand(self) -> Hand:
        """A writing connection with a chain of its own."""
        return Hand(self.engine.connect(), Chain(new_id()))

    def tx(self, hand: Hand, *, again: bool = False) -> Tx:
        """The transaction that a call sees. `again`: when its rows move meanwhile it is run once more."""
        return Tx(
            hand.conn,
            self.keyring,
            self._moving_smith if again else self.smith,
            hand.chain,
            self.tenant,
            self.clock().astimezone(STOCKHOLM),
            locks=not self.is_sqlite,
            ages=self.ages,
            telegram_full=self.telegram_full,
            terms=self.terms,
            law=self.law,
            units=self.units,
            ceiling=self._ceiling,
        )

    def together(self, hand: Hand, calls: Sequence[Callable[[Tx], Any]], *, again: bool = False) -> list[Any]:
        """Run calls in one transaction; their results, after the commit.

        What must be known outside the database is written down there before the commit when it takes something away,
        and after it when it gives something back: whatever breaks in between, less is open and not more.
        """
        with _transaction(hand.conn):
            txs = [self.tx(hand, again=again) for _ in calls]
            results = [_settled(tx, call) for call, tx in zip(calls, txs, strict=True)]
            told = [line for tx in txs for line in tx.outside]
            if told and self.safety is not None:
                self.safety.write([line for line in told if not line.opens])
        if told and self.safety is not None:
            self.safety.write([line for line in told if line.opens])
        return results

    def find_key(self, waiting: Waiting, missing: MonthKeyMissing) -> bool:
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
                raise WrongRoot(
                    "The root key is another installation's, or the folder of wrapped keys is not beside it: its keys "
                    "are not those of this database. Name the root key that `bredvid migrate` was run with, and put "
                    "the folder back as it was."
                )
            self._miss_no_month(conn)
            self.epoch = int(_kept(conn, "epoch", "0"))
            return tenant

    def _miss_no_month(self, conn: Connection) -> None:
        """A key that was destroyed left a mark. One that is simply not there was lost: nobody may call that culled."""
        wanted = {(row.month, int.from_bytes(row.raw, "big")) for row in conn.execute(parts_sql.MONTHS_OF_KEYS)}
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


def _kept(conn: Connection, name: str, fresh: str) -> str:
    """What was written down about the house when it was new; written now when it is."""
    row = conn.execute(sql.META, {"name": name}).first()
    if row is not None:
        return str(row.value)
    conn.execute(sql.ADD_META, {"name": name, "value": fresh})
    return fresh


def _settled(tx: Tx, call: Callable[[Tx], T]) -> T:
    result = call(tx)
    settle_manifests(tx)
    return result


@contextmanager
def _transaction(conn: Connection) -> Iterator[None]:
    with conn.begin():
        yield
