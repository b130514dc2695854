"""The manifest: what lies on each subject's shelf, summed under a key and counted, so that no older part fits in again.

Each part is one number: a keyed hash of its owner, place, row version and commitment (the envelope's own keyed hash,
which says its text). A subject's manifest is the sum of them modulo 2^256, changed with every write and never counted
anew from the rows, so a write upon a row that was put back does not make it good. The sum lies masked, since from many
sums in clear another set with the same sum could be sought, with a MAC over owner, number of changes and instant.
An older manifest put back together with all its rows fits; that shows only beside the anchors (`anchors`).
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import blake2b

from sqlalchemy import LargeBinary, NestedTransaction, bindparam, delete, func, insert, select, update

from storage import _tables as t
from storage._sql import Tx

_SALT, _SUM, _MODULUS = 16, 32, 1 << 256
# Where the commitment stands in an envelope, counted from one.
_SEAL = func.substr(t.part.c.sealed, 14, 32, type_=LargeBinary)
_BEGIN = insert(t.manifest)
_HELD = select(t.manifest).where(t.manifest.c.owner == bindparam("of")).with_for_update()
_MOVE = (
    update(t.manifest)
    .where(t.manifest.c.owner == bindparam("of"), t.manifest.c.n == bindparam("was"))
    .values(n=bindparam("n"), at=bindparam("at"), held=bindparam("held"))
)
_END = delete(t.manifest).where(t.manifest.c.owner.in_(bindparam("of", expanding=True)))
_PART_COLUMNS = (t.part.c.record, t.part.c.compartment, t.part.c.owner, t.part.c.version, _SEAL.label("seal"))
_AS_IT_LIES = select(*_PART_COLUMNS).where(t.part.c.record == bindparam("of"), t.part.c.compartment == bindparam("in_"))
# One statement, so that PostgreSQL shows the sum and the rows as they were at one instant.
_SHELF = (
    select(t.manifest, *_PART_COLUMNS[:2], *_PART_COLUMNS[3:])
    .select_from(t.manifest.outerjoin(t.part, t.part.c.owner == t.manifest.c.owner))
    .where(t.manifest.c.owner == bindparam("of"))
)


def begin_manifest(tx: Tx, owner: str) -> None:
    """A new subject has an empty shelf."""
    tx.run(_BEGIN, {"owner": owner, "n": 0, "at": tx.now_ms, "held": _written(tx, owner, 0, tx.now_ms, 0)})


def laid(tx: Tx, owner: str, record: str, compartment: str, version: int, sealed: bytes) -> None:
    """A part was put down; what lay in its place was `lifted` before."""
    tx.seen.pop((record, compartment), None)
    _move(tx, owner, _number(tx, owner, record, compartment, version, sealed[13:45]))


def lifted(tx: Tx, record: str, compartment: str) -> bool:
    """A part is about to be taken away, or replaced; False when there is none, and then nothing may be changed there.

    Another process may put one down between this look and the change, which would then stand in no sum.
    """
    found = tx.seen.pop((record, compartment), None)
    if found is None:
        statement = _AS_IT_LIES.with_for_update() if tx.locks else _AS_IT_LIES
        row = tx.row(statement, {"of": record, "in_": compartment})
        found = (row.owner, row.version, row.seal) if row is not None else None
    if found is not None:
        owner, version, seal = found
        _move(tx, owner, -_number(tx, owner, record, compartment, version, seal))
    return found is not None


@contextmanager
def undone_together(tx: Tx) -> Iterator[NestedTransaction]:
    """A savepoint: when it is undone, by whatever, what the sums moved by within it is undone too."""
    lain, whole = dict(tx.lain), False
    try:
        with tx.conn.begin_nested() as kept:
            yield kept
            whole = kept.is_active
    finally:
        if not whole:
            tx.lain = lain
            tx.seen.clear()
            tx.beside.clear()


def end_manifests(tx: Tx, owners: Iterable[str]) -> None:
    """What these had is gone for good, and so is the sum of it."""
    gone = list(owners)
    for owner in gone:
        tx.lain.pop(owner, None)
    tx.seen.clear()
    tx.conn.execute(_END, {"of": gone})


def settle_manifests(tx: Tx) -> None:
    """Bring the manifests to what this transaction did. Last in it, in one order: nobody who waits is waited for."""
    for owner in sorted(owner for owner, by in tx.lain.items() if by):
        near = tx.beside.get(owner)
        if near is None or not _moved(tx, owner, *near):
            row = tx.row(_HELD, {"of": owner})
            if row is not None:
                _moved(tx, owner, row.n, row.at, row.held)
    tx.lain.clear()
    tx.beside.clear()


def _moved(tx: Tx, owner: str, n: int, at: int, held: bytes) -> bool:
    """False when another transaction moved it since it was read."""
    total = _read(tx, owner, n, at, held)
    if total is None:
        # One that was touched stays as it is: nothing of ours makes it good.
        return True
    held = _written(tx, owner, n + 1, tx.now_ms, (total + tx.lain[owner]) % _MODULUS)
    return tx.run(_MOVE, {"of": owner, "was": n, "n": n + 1, "at": tx.now_ms, "held": held}) == 1


def is_whole(tx: Tx, owner: str) -> bool:
    """Whether on a subject's shelf lies what was put there, each part in its last version and none missing."""
    settle_manifests(tx)
    rows = tx.rows(_SHELF, {"of": owner})
    if not rows:
        return False
    lies = sum(
        _number(tx, owner, row.record, row.compartment, row.version, row.seal) for row in rows if row.record is not None
    )
    return _read(tx, owner, rows[0].n, rows[0].at, rows[0].held) == lies % _MODULUS


def _move(tx: Tx, owner: str, by: int) -> None:
    tx.lain[owner] = (tx.lain.get(owner, 0) + by) % _MODULUS


def _number(tx: Tx, owner: str, record: str, compartment: str, version: int, seal: object) -> int:
    told = blake2b(digest_size=_SUM, key=tx.keyring["mac"], person=b"shelf part")
    for word in (tx.tenant, owner, record, compartment, str(version)):
        raw = word.encode()
        told.update(len(raw).to_bytes(4, "big") + raw)
    # SQLite keeps what it is given, text too.
    told.update(seal if isinstance(seal, bytes) else repr(seal).encode())
    return int.from_bytes(told.digest(), "big")


def _written(tx: Tx, owner: str, n: int, at: int, total: int) -> bytes:
    salt = secrets.token_bytes(_SALT)
    masked = salt + (total ^ _mask(tx, owner, salt)).to_bytes(_SUM, "big")
    return masked + _mac(tx, owner, n, at, masked)


def _read(tx: Tx, owner: str, n: int, at: int, held: object) -> int | None:
    """The sum; None when somebody else wrote the row."""
    if not isinstance(held, bytes) or len(held) != _SALT + 2 * _SUM:
        return None
    masked = held[: _SALT + _SUM]
    if not hmac.compare_digest(held[_SALT + _SUM :], _mac(tx, owner, n, at, masked)):
        return None
    return int.from_bytes(masked[_SALT:], "big") ^ _mask(tx, owner, masked[:_SALT])


def _mask(tx: Tx, owner: str, salt: bytes) -> int:
    told = blake2b(salt + owner.encode(), digest_size=_SUM, key=tx.keyring["mac"], person=b"shelf mask")
    return int.from_bytes(told.digest(), "big")


def _mac(tx: Tx, owner: str, n: int, at: int, masked: bytes) -> bytes:
    told = f"{tx.tenant}|{owner}|{n}|{at}|".encode() + masked
    return blake2b(told, digest_size=_SUM, key=tx.keyring["mac"], person=b"shelf").digest()
