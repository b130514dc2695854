"""The tally: how often a text was not understood, in which language. Counted without persons, folded in the night.

A row is named by a keyed hash and sealed, so it says neither what it counts nor how much; today's rows carry the day
and are folded into those without a day when it is over. What is given out has no number under five (req. 134).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from sqlalchemy import Row, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from storage import _tables as t
from storage._sealing import Place
from storage._sql import Tx
from storage.her_words import Unclear

FLOOR = 5
_p = bindparam
_ONE = select(t.tally).where(t.tally.c.key == _p("of")).with_for_update()
_WHOLE = select(t.tally).where(t.tally.c.day.is_(None))
_OVER = select(t.tally).where(t.tally.c.day < _p("today")).with_for_update()
_ADD = upsert(t.tally).on_conflict_do_nothing()
_SET = update(t.tally).where(t.tally.c.key == _p("of")).values(sealed=_p("now"))
_DROP = delete(t.tally).where(t.tally.c.key == _p("of"))


@dataclass(frozen=True, slots=True)
class _Counted:
    text: str
    locale: str
    many: int


def count_unclear(tx: Tx, text: str, locale: str) -> None:
    """Count one press. `text` is a kind's key up to its listener, `locale` the tag it was read in."""
    _add(tx, tx.now.date().isoformat(), _Counted(text, locale, 1))


def fold(tx: Tx) -> int:
    """Let the rows of days that are over go into the whole; how many there were."""
    over = tx.rows(_OVER, {"today": tx.now.date().isoformat()})
    for row in over:
        _add(tx, None, _opened(tx, row))
        tx.run(_DROP, {"of": row.key})
    return len(over)


def unclear(tx: Tx) -> tuple[Unclear, ...]:
    """The texts that were not understood five times or more in a language, up to yesterday; the most often first."""
    found = [Unclear(one.text, one.locale, one.many) for one in _whole(tx) if one.many >= FLOOR]
    return tuple(sorted(found, key=lambda one: (-one.many, one.text, one.locale)))


def _whole(tx: Tx) -> Iterator[_Counted]:
    return (_opened(tx, row) for row in tx.rows(_WHOLE, {}))


def _add(tx: Tx, day: str | None, more: _Counted) -> None:
    key = _key(tx, day, more)
    row = tx.row(_ONE, {"of": key})
    if row is None:
        new = {"key": key, "day": day, "sealed": _sealed(tx, key, more)}
        if tx.run(_ADD, new) == 1:
            return
        row = tx.row(_ONE, {"of": key})
    if row is None:
        raise LookupError("a row that counts is gone")
    now = _Counted(more.text, more.locale, _opened(tx, row).many + more.many)
    tx.run(_SET, {"of": key, "now": _sealed(tx, key, now)})


def _key(tx: Tx, day: str | None, one: _Counted) -> bytes:
    named = json.dumps(["tally", day, one.text, one.locale]).encode()
    return blake2b(named, digest_size=32, key=tx.keyring["pepper"]).digest()


def _sealed(tx: Tx, key: bytes, one: _Counted) -> bytes:
    raw = json.dumps([one.text, one.locale, one.many]).encode()
    return tx.smith.standing("audit").seal(raw, _place(tx, key).bound())


def _opened(tx: Tx, row: Row[Any]) -> _Counted:
    text, locale, many = json.loads(tx.smith.standing("audit").open(row.sealed, _place(tx, row.key).bound()))
    return _Counted(text, locale, many)


def _place(tx: Tx, key: bytes) -> Place:
    return Place(tx.tenant, "tally", bytes(key).hex(), "house", "audit", 1, 1)
