"""Finding a subject by name, personal number or case number, by keyed hash; the regulation allows no other way.

The key belongs to the side of the house, so no search finds a person on both (SFS 2001:637, 15 §; design 1).
"""

from __future__ import annotations

import unicodedata
from hashlib import blake2b, sha256

from storage import _sql as sql
from storage._sql import Tx


def index_case(tx: Tx, side: str, ref: str, case: str) -> None:
    """Make a case findable by its own number."""
    _add(tx, _hash(tx, side, "ref", ref), case)


def index_person(tx: Tx, side: str, name: str, number: str | None, person: str, case: str) -> None:
    """Make a case findable by the name and the personal number of somebody in it."""
    _add(tx, _hash(tx, side, "name", name), case)
    if number:
        _add(tx, _hash(tx, side, "number", number), case)
        _add(tx, _hash(tx, side, "person", number), person)


def find(tx: Tx, side: str, what: str, words: str) -> tuple[str, ...]:
    """The subjects under a name, number or case number; `what` is 'ref', 'name', 'number' or 'person'."""
    return tuple(row.subject for row in tx.rows(sql.FIND, {"hash": _hash(tx, side, what, words)}))


def stable_id(tx: Tx, side: str, *parts: str) -> str:
    """An id that the same words give again and that nobody without the key can link to them."""
    return _hash(tx, side, "id", "\x1f".join(parts)).hex()[:32]


def first_time(tx: Tx, side: str, line: str, case: str) -> bool:
    """Whether a line of a file is carried into a case for the first time; from now on it is known."""
    hashed = _hash(tx, side, "line", sha256(line.encode()).hexdigest())
    if any(row.subject == case for row in tx.rows(sql.FIND, {"hash": hashed})):
        return False
    tx.run(sql.ADD_SEARCH, {"hash": hashed, "subject": case})
    return True


def _hash(tx: Tx, side: str, what: str, words: str) -> bytes:
    plain = " ".join(unicodedata.normalize("NFKC", words).casefold().split())
    return blake2b(f"{what}|{plain}".encode(), digest_size=32, key=tx.keyring[f"index:{side}"]).digest()


def _add(tx: Tx, hashed: bytes, subject: str) -> None:
    if all(row.subject != subject for row in tx.rows(sql.FIND, {"hash": hashed})):
        tx.run(sql.ADD_SEARCH, {"hash": hashed, "subject": subject})
