"""Limits on guessing: every row is written before the guess is looked at, and where none can be written it is no.

Whoever can write in the database can set a row back; over all rows lies a ceiling in memory (`ceiling.py`).
"""

from __future__ import annotations

from datetime import timedelta
from hashlib import blake2b
from typing import Any

from sqlalchemy import Row

from storage import _sql as sql
from storage._sql import Tx

PIN_TRIES, PIN_REST, PIN_DAY_TRIES = 5, timedelta(minutes=15), 10
_MOST = 1_000_000
_DAY_MS = timedelta(days=1) // timedelta(milliseconds=1)


def short_hash(tx: Tx, code: str) -> bytes:
    """How a short code or a limiter's name is kept: under the pepper, so that a stolen database cannot be searched."""
    return blake2b(code.encode(), digest_size=32, key=tx.keyring["pepper"]).digest()


def let_try(tx: Tx, key: str, *, opens_itself: bool = False) -> bool:
    """Five tries, then a rest; ten in a day, then locked until a worker opens. A row that cannot be written: no.

    `opens_itself`: where no worker can open, the lock lasts a day.
    """
    hashed_key = short_hash(tx, key)
    row, now = limit_row(tx, hashed_key), tx.now_ms
    if not counts(row) and not opens_itself:
        return False
    tries, day_tries, since, until = (row.tries, row.day_tries, row.since, row.until) if counts(row) else (0, 0, now, 0)
    if now - since >= _DAY_MS and (opens_itself or day_tries < PIN_DAY_TRIES):
        tries, day_tries, since = 0, 0, now
    if until > now or day_tries >= PIN_DAY_TRIES:
        return False
    if not tx.ceiling.let_try(hashed_key, now):
        # The row has been set back again and again.
        return False
    tries, day_tries = tries + 1, day_tries + 1
    rest = tries >= PIN_TRIES
    tx.run(
        sql.SET_LIMIT,
        {
            "of": hashed_key,
            "tries": 0 if rest else tries,
            "day_tries": day_tries,
            "since": since,
            "until": now + int(PIN_REST.total_seconds() * 1000) if rest else 0,
        },
    )
    return True


def counts(row: Row[Any]) -> bool:
    """Whether a limiter's row can be counted on; words in the place of a number let nobody try."""
    return all(isinstance(one, int) for one in (row.tries, row.day_tries, row.since, row.until))


def limit_row(tx: Tx, key: bytes) -> Row[Any]:
    """The row of a limiter, held until the transaction ends, so that a hundred guesses at once count as a hundred."""
    row = tx.row(sql.LIMIT, {"key": key})
    if row is None:
        tx.run(sql.ADD_LIMIT, {"key": key, "tries": 0, "day_tries": 0, "since": tx.now_ms, "until": 0})
        row = tx.row(sql.LIMIT, {"key": key})
    if row is None:
        raise LookupError("a row that counts is gone")
    return row


def count_nothing(tx: Tx) -> None:
    """Write what counting a try would, where nothing is to be counted: else the time would say that something waits."""
    key = short_hash(tx, "nothing")
    # Another number each time: SQLite does not write a row that would be as it is.
    tries = (limit_row(tx, key).tries + 1) % _MOST
    tx.run(sql.SET_LIMIT, {"of": key, "tries": tries, "day_tries": 0, "since": tx.now_ms, "until": 0})


def forget_tries(tx: Tx, key: str) -> None:
    """Begin counting anew."""
    tx.ceiling.forget(short_hash(tx, key))
    tx.run(sql.SET_LIMIT, {"of": short_hash(tx, key), "tries": 0, "day_tries": 0, "since": tx.now_ms, "until": 0})
