"""The shelf: sealed parts put down, and taken up under a Grant. The only place where a part becomes plain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Executable, Row

from storage import _parts_sql as parts_sql
from storage import _sql as sql
from storage._manifest import laid, lifted
from storage._sealing import Culled, Key, Place, Tampered, number_of, unseal
from storage._sql import Tx
from storage.consent import Grant
from storage.keys import MonthKeyMissing
from storage.payloads import current, read, write
from storage.projection import PartOf
from storage.records import STAFF_PART

# The name under which a card lies that its reader has had put aside.
ASIDE = "aside"

_Keys = dict[tuple[bytes, str, str, str], Key]


class NotOpen(Exception):
    """The parts that an answer is made of are none of those that the grant opens."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A part taken up: where it stood and what was in it."""

    record: str
    owner: str
    compartment: str
    name: str
    day: str | None
    version: int
    payload: Any


def take(
    tx: Tx,
    grant: Grant,
    *names: str,
    compartments: frozenset[str] | None = None,
    limit: int = 100,
    offset: int = 0,
    newest: bool = False,
) -> list[Taken]:
    """The parts of the grant's subject under these record names that its compartments open, in day order.

    `NotOpen` when none of the `compartments` asked for is among them: an empty answer would say that there is nothing.
    """
    if compartments and not any(grant.opens(grant.subject, one) for one in compartments):
        raise NotOpen
    wanted = sorted(compartments if compartments is not None else _plain(grant))
    statement = parts_sql.PARTS_NEWEST if newest else parts_sql.PARTS
    if not wanted:
        return []
    places = {"owner": grant.subject, "limit": limit, "offset": offset, **parts_sql.within(names, wanted)}
    keys: _Keys = {}
    return [_open(tx, grant, row, keys) for row in tx.rows(statement, places)]


def take_own(tx: Tx, grant: Grant, name: str, *, compartments: frozenset[str] | None = None) -> Taken:
    """The one part of this name that every such subject has; `Tampered` when somebody took it away."""
    for part in take(tx, grant, name, compartments=compartments, limit=1):
        return part
    raise Tampered


def take_one(
    tx: Tx,
    grant: Grant,
    record: str,
    *names: str,
    compartments: frozenset[str] | None = None,
) -> Taken | None:
    """One record's part under the grant; None when this reader has none."""
    wanted = sorted(compartments if compartments is not None else _plain(grant))
    if not wanted:
        return None
    row = tx.row(parts_sql.PART, {"owner": grant.subject, "record": record, **parts_sql.within(names, wanted)})
    return _open(tx, grant, row) if row else None


def open_rows(tx: Tx, grants: Sequence[Grant], statement: Executable, values: dict[str, Any]) -> list[Taken]:
    """The parts of several subjects at once, each opened under its own grant.

    One that does not open is left out: a damaged case must not take a whole list with it. Whoever opens that case
    is told, and the task is made there.
    """
    by_subject = {grant.subject: grant for grant in grants}
    taken = []
    for row in tx.rows(statement, values):
        try:
            taken.append(_open(tx, by_subject[row.owner], row))
        except (Tampered, Culled):
            continue
    return taken


def put(
    tx: Tx,
    owner: str,
    compartment: str,
    name: str,
    record: str,
    payload: object,
    *,
    day: str | None = None,
) -> None:
    """Seal a new part. Sealing needs no Grant: it makes nothing readable."""
    version, v = 1, current(name)
    sealed = _key(tx, owner, compartment).seal(
        write(name, payload),
        Place(tx.tenant, name, record, owner, compartment, v, version).bound(),
    )
    tx.run(
        parts_sql.ADD_PART,
        {
            "record": record,
            "compartment": compartment,
            "owner": owner,
            "name": name,
            "day": day,
            "v": v,
            "version": version,
            "placed": tx.place(),
            "sealed": sealed,
        },
    )
    laid(tx, owner, record, compartment, version, sealed)


def replace(
    tx: Tx,
    owner: str,
    compartment: str,
    name: str,
    record: str,
    payload: object,
    *,
    was: int,
    day: str | None = None,
) -> None:
    """Seal a part anew in its place, one row version later."""
    version, v = was + 1, current(name)
    sealed = _key(tx, owner, compartment).seal(
        write(name, payload),
        Place(tx.tenant, name, record, owner, compartment, v, version).bound(),
    )
    if not lifted(tx, record, compartment):
        return
    tx.run(
        parts_sql.CHANGE_PART,
        {
            "of": record,
            "in_": compartment,
            "name": name,
            "day": day,
            "v": v,
            "version": version,
            "sealed": sealed,
        },
    )
    laid(tx, owner, record, compartment, version, sealed)


def drop(tx: Tx, record: str, compartment: str) -> None:
    """Take a part away from its reader; what staff has stays."""
    if lifted(tx, record, compartment):
        tx.run(parts_sql.DROP_PART, {"of": record, "in_": compartment})


def places(tx: Tx, record: str) -> dict[str, int]:
    """In which compartments a record has a part, and each part's row version."""
    return {row.compartment: row.version for row in tx.rows(parts_sql.PART_PLACES, {"of": record})}


def readable(tx: Tx, record: str) -> frozenset[str]:
    """In which compartments a record has a part that its reader is shown: all but one that she has had put aside."""
    return frozenset(compartment for compartment, name in names_of(tx, record).items() if name != ASIDE)


def names_of(tx: Tx, record: str) -> dict[str, str]:
    """Under which name a record's part lies in each compartment that has one."""
    return {row.compartment: row.name for row in tx.rows(parts_sql.PART_PLACES, {"of": record})}


def settle(tx: Tx, owner: str, record: str, parts: tuple[PartOf, ...]) -> set[str]:
    """Make the parts of one record those that are wanted; the compartments of readers that had one before."""
    wanted = {part.compartment: part for part in parts}
    there = places(tx, record)
    for compartment in there.keys() - wanted.keys():
        drop(tx, record, compartment)
    for at, part in wanted.items():
        if at in there:
            replace(tx, owner, at, part.name, record, part.payload, was=there[at], day=part.day)
        else:
            put(tx, owner, at, part.name, record, part.payload, day=part.day)
    return set(there.keys() - {STAFF_PART})


def key_for(tx: Tx, owner: str, compartment: str) -> Key:
    """The data key of a compartment for sealing, made at its first use in its owner's culling month."""
    return _key(tx, owner, compartment)


def _key(tx: Tx, owner: str, compartment: str) -> Key:
    # On PostgreSQL another process may be sealing the compartment anew: it waits for us, or we for it.
    row = tx.row(parts_sql.DEK_HELD if tx.locks else parts_sql.DEK, {"owner": owner, "compartment": compartment})
    if row is not None:
        if row.n is not None:
            tx.beside[owner] = (row.n, row.at, row.held)
        return tx.smith.unwrap(row.wrapped, owner, compartment, row.month)
    subject = tx.row(sql.SUBJECT, {"id": owner})
    if subject is None:
        raise LookupError(owner)
    wrapped, key = tx.smith.make(owner, compartment, subject.cull_month)
    tx.run(
        parts_sql.ADD_DEK,
        {
            "owner": owner,
            "compartment": compartment,
            "month": subject.cull_month,
            "wrapped": wrapped,
        },
    )
    if tx.locks:
        _still_newest(tx, subject.cull_month, wrapped)
    return key


def _still_newest(tx: Tx, month: str, wrapped: bytes) -> None:
    """Another process may have replaced the month's key and be about to destroy the one that we know."""
    row = tx.row(sql.META, {"name": f"month:{month}"})
    if row is not None and int(row.value) > number_of(wrapped):
        raise MonthKeyMissing(month, number=int(row.value))


def _open(tx: Tx, grant: Grant, row: Row[Any], keys: _Keys | None = None) -> Taken:
    """`keys` are those that the same statement's rows before this one were opened with."""
    record, compartment, owner, name, day, v, version, sealed, wrapped, month = tuple(row)
    if wrapped is None:
        raise Culled
    at = (wrapped, owner, compartment, month)
    key = keys.get(at) if keys is not None else None
    if key is None:
        key = tx.smith.unwrap(*at)
        if keys is not None:
            keys[at] = key
    place = Place(tx.tenant, name, record, owner, compartment, v, version)
    payload = read(name, v, unseal(grant, key, place, sealed))
    if not tx.locks:
        tx.seen[record, compartment] = (owner, version, sealed[13:45])
    return Taken(record, owner, compartment, name, day, version, payload)


def _plain(grant: Grant) -> frozenset[str]:
    return frozenset(name for name in grant.compartments if not name.endswith(":*"))
