"""Changing keys while the house is open: data keys under a new month key, rows under a new data key; in slices.

Each slice is one transaction, others write between two of them, and where it stands is a row of `meta`: killed at any
point, it goes on from there. A month's old key is destroyed only after a look, under a lock, that nothing needs it.
What does not open as it should is left as it lies and counted; its month then keeps its old key.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from storage import _sql as sql
from storage import _tables as t
from storage._chain import rule_place
from storage._duty_rows import open_duty
from storage._manifest import laid, lifted, undone_together
from storage._parts_sql import KEY_NUMBER
from storage._sealing import Culled, Key, Place, Tampered, move_seal
from storage._sql import Tx
from storage.duties import Duty
from storage.payloads import current
from storage.records import PERSON_PART, RULES_PART
from storage.vault import Store

SLICE = 200
_PENDING, _NEWEST, _AT = "rewrap:", "month:", "reseal"
_p = bindparam
_SET = upsert(t.meta).values(name=_p("of"), value=_p("to"))
_SET_META = _SET.on_conflict_do_update(index_elements=["name"], set_={"value": _SET.excluded.value})
_DROP_META = delete(t.meta).where(t.meta.c.name == _p("of"))
_BEHIND = and_(t.dek.c.month == _p("month"), _p("number") > KEY_NUMBER)
_SOME_BEHIND = (
    select(t.dek)
    .where(_BEHIND, or_(t.dek.c.owner > _p("o"), and_(t.dek.c.owner == _p("o"), t.dek.c.compartment > _p("c"))))
    .order_by(t.dek.c.owner, t.dek.c.compartment)
    .limit(SLICE)
)
_COUNT_BEHIND = select(func.count()).select_from(t.dek).where(_BEHIND)
_COUNT_DEKS = select(func.count()).select_from(t.dek)
_CHANGE_WRAP = (
    update(t.dek)
    .where(t.dek.c.owner == _p("o"), t.dek.c.compartment == _p("c"), t.dek.c.wrapped == _p("was"))
    .values(wrapped=_p("fresh"))
)
_NEXT_OWNER = select(func.min(t.dek.c.owner).label("owner")).where(t.dek.c.owner > _p("o"))
_OWNERS = select(func.count(func.distinct(t.dek.c.owner)))
_DEKS_OF = select(t.dek).where(t.dek.c.owner == _p("o"))
_PARTS_OF = select(t.part).where(t.part.c.owner == _p("o"), t.part.c.compartment == _p("c"))
_RULES_OF = select(t.rule).where(t.rule.c.subject == _p("o"))
_TALKS_OF = select(t.conversation).where(t.conversation.c.person == _p("o"), t.conversation.c.sealed.is_not(None))
_SEAL_PART = (
    update(t.part)
    .where(t.part.c.record == _p("of"), t.part.c.compartment == _p("c"), t.part.c.version == _p("as_it_was"))
    .values(sealed=_p("fresh"))
)
_SEAL_RULE = (
    update(t.rule).where(t.rule.c.subject == _p("of"), t.rule.c.n == _p("as_it_was")).values(sealed=_p("fresh"))
)
_SEAL_TALK = (
    update(t.conversation)
    .where(t.conversation.c.id == _p("of"), t.conversation.c.turn == _p("as_it_was"))
    .values(sealed=_p("fresh"))
)
_MOST_ROWS = (
    select(func.count().label("many"))
    .select_from(t.part)
    .group_by(t.part.c.owner, t.part.c.compartment)
    .order_by(text("many DESC"))
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it has come. `broken` are those that do not open and were left as they lie."""

    done: int
    total: int
    broken: int
    finished: bool


@dataclass(frozen=True, slots=True)
class Status:
    """What can be told about the keys without opening anything."""

    months: int
    replaced: int
    culled: int
    data_keys: int
    most_records_under_one: int
    rewrapping: tuple[str, ...]
    resealing: bool


def status(store: Store) -> Status:
    """How many keys there are, and what is under way."""
    months = store.keyring.months()

    def look(tx: Tx) -> Status:
        most = tx.row(_MOST_ROWS, {})
        return Status(
            months=len(months),
            replaced=sum(max(numbers) > 1 for numbers in months.values()),
            culled=len(store.keyring.culled()),
            data_keys=int(tx.conn.scalar(_COUNT_DEKS) or 0),
            most_records_under_one=most.many if most is not None else 0,
            rewrapping=tuple(sorted(_pending(tx))),
            resealing=tx.row(sql.META, {"name": _AT}) is not None,
        )

    return store.run(look)


# --- data keys under a new month key ------------------------------------------------------------------------


def rewrap(store: Store, *, seconds: float, month: str | None = None) -> Progress:
    """Wrap data keys by new keys of their months (of one month, or all), for about so long."""
    until, broken = time.monotonic() + seconds, 0
    _destroy_replaced(store)
    pending = store.run(_pending) or _begin(store, month)
    for one, number in pending.items():
        at: tuple[str, str] | None = ("", "")
        while at is not None:
            if time.monotonic() > until:
                return _progress(store, broken, finished=False)
            at, bad = store.run(partial(_rewrap_some, month=one, number=number, at=at))
            broken += bad
        store.run(partial(_close_month, month=one, number=number))
    _destroy_replaced(store)
    store.leave_no_trace()
    left = _progress(store, broken, finished=True)
    return Progress(left.total - broken, left.total, broken, True)


def _begin(store: Store, month: str | None) -> dict[str, int]:
    wanted = [one for one in store.keyring.months() if month in (None, one)]
    for one in wanted:
        number = store.keyring.replace_month(one)
        store.run(partial(set_meta, name=f"{_PENDING}{one}", value=str(number)))
    return store.run(_pending)


def _pending(tx: Tx) -> dict[str, int]:
    return {row.name.removeprefix(_PENDING): int(row.value) for row in tx.rows(sql.META_NAMED, {"start": _PENDING})}


def _rewrap_some(tx: Tx, month: str, number: int, at: tuple[str, str]) -> tuple[tuple[str, str] | None, int]:
    rows = tx.rows(_SOME_BEHIND, {**_behind(month, number), "o": at[0], "c": at[1]})
    changes, broken = [], 0
    for row in rows:
        try:
            fresh = tx.smith.rewrap(row.wrapped, row.owner, row.compartment, month)
        except (Tampered, Culled):
            broken += 1
            continue
        changes.append({"o": row.owner, "c": row.compartment, "was": row.wrapped, "fresh": fresh})
    if changes:
        tx.run(_CHANGE_WRAP, changes)
    return ((rows[-1].owner, rows[-1].compartment) if len(rows) == SLICE else None), broken


def _close_month(tx: Tx, month: str, number: int) -> None:
    """Nothing needs the old key any more, and nothing will: whoever adds a data key looks here afterwards."""
    if tx.locks:
        tx.conn.execute(text("LOCK TABLE dek IN SHARE ROW EXCLUSIVE MODE"))
    drop_meta(tx, f"{_PENDING}{month}")
    if _many_behind(tx, month, number) == 0:
        set_meta(tx, f"{_NEWEST}{month}", str(number))


def _destroy_replaced(store: Store) -> None:
    newest = store.run(lambda tx: {row.name: int(row.value) for row in tx.rows(sql.META_NAMED, {"start": _NEWEST})})
    for month, numbers in store.keyring.months().items():
        for number in numbers:
            if number < newest.get(f"{_NEWEST}{month}", 0):
                store.keyring.destroy_number(month, number)


def _many_behind(tx: Tx, month: str, number: int) -> int:
    row = tx.row(_COUNT_BEHIND, _behind(month, number))
    return int(row[0]) if row is not None else 0


def _behind(month: str, number: int) -> dict[str, Any]:
    return {"month": month, "number": number.to_bytes(4, "big")}


def _progress(store: Store, broken: int, *, finished: bool) -> Progress:
    def look(tx: Tx) -> Progress:
        total = int(tx.conn.scalar(_COUNT_DEKS) or 0)
        left = sum(_many_behind(tx, month, number) for month, number in _pending(tx).items())
        return Progress(total - left, total, broken, finished)

    return store.run(look)


# --- rows under a new data key ------------------------------------------------------------------------------


def reseal(store: Store, *, seconds: float) -> Progress:
    """Seal every subject's rows under new data keys, one subject in a transaction, for about so long."""
    until, broken = time.monotonic() + seconds, 0
    while time.monotonic() <= until:
        more, bad = store.run(_reseal_next)
        broken += bad
        if not more:
            store.leave_no_trace()
            total = store.run(lambda tx: int(tx.conn.scalar(_OWNERS) or 0))
            return Progress(total, total, broken, True)

    def look(tx: Tx) -> Progress:
        at = tx.row(sql.META, {"name": _AT})
        done = tx.conn.scalar(_OWNERS.where(t.dek.c.owner <= (at.value if at is not None else "")))
        return Progress(int(done or 0), int(tx.conn.scalar(_OWNERS) or 0), broken, False)

    return store.run(look)


def _reseal_next(tx: Tx) -> tuple[bool, int]:
    at = tx.row(sql.META, {"name": _AT})
    found = tx.row(_NEXT_OWNER, {"o": at.value if at is not None else ""})
    if found is None or found.owner is None:
        drop_meta(tx, _AT)
        return False, 0
    set_meta(tx, _AT, found.owner)
    try:
        with undone_together(tx):
            _reseal_owner(tx, found.owner)
    except Tampered:
        subject = tx.row(sql.SUBJECT, {"id": found.owner})
        if subject is not None:
            open_duty(tx, subject.unit, found.owner, Duty.INTEGRITY, found.owner, tx.now)
        return True, 1
    except Culled:
        return True, 0
    return True, 0


def _reseal_owner(tx: Tx, owner: str) -> None:
    of = {"o": owner}
    talks = tx.rows(_TALKS_OF.with_for_update() if tx.locks else _TALKS_OF, of)
    for dek in tx.rows(_DEKS_OF.with_for_update() if tx.locks else _DEKS_OF, of):
        old = tx.smith.unwrap(dek.wrapped, owner, dek.compartment, dek.month)
        wrapped, new = tx.smith.make(owner, dek.compartment, dek.month)
        tx.run(_CHANGE_WRAP, {"o": owner, "c": dek.compartment, "was": dek.wrapped, "fresh": wrapped})
        parts = tx.rows(_PARTS_OF, {**of, "c": dek.compartment})
        for row in parts:
            lifted(tx, row.record, row.compartment)
        fresh = [_part(tx, old, new, row) for row in parts]
        _each(tx, _SEAL_PART, fresh)
        for row, change in zip(parts, fresh, strict=True):
            laid(tx, owner, row.record, row.compartment, row.version, change["fresh"])
        if dek.compartment == RULES_PART:
            _each(tx, _SEAL_RULE, [_rule(tx, old, new, row) for row in tx.rows(_RULES_OF, of)])
        if dek.compartment == PERSON_PART:
            _each(tx, _SEAL_TALK, [_talk(tx, old, new, row) for row in talks])


def _part(tx: Tx, old: Key, new: Key, row: Row[Any]) -> dict[str, Any]:
    place = Place(tx.tenant, row.name, row.record, row.owner, row.compartment, row.v, row.version)
    return {
        "of": row.record,
        "c": row.compartment,
        "as_it_was": row.version,
        "fresh": move_seal(old, new, place, row.sealed),
    }


def _rule(tx: Tx, old: Key, new: Key, row: Row[Any]) -> dict[str, Any]:
    fresh = move_seal(old, new, rule_place(tx.tenant, row.subject, row.n), row.sealed)
    return {"of": row.subject, "as_it_was": row.n, "fresh": fresh}


def _talk(tx: Tx, old: Key, new: Key, row: Row[Any]) -> dict[str, Any]:
    place = Place(tx.tenant, "talk", row.id, row.person, PERSON_PART, current("talk"), row.turn)
    return {"of": row.id, "as_it_was": row.turn, "fresh": move_seal(old, new, place, row.sealed)}


def _each(tx: Tx, statement: Any, changes: list[dict[str, Any]]) -> None:
    if changes and tx.run(statement, changes) != len(changes):
        # Somebody wrote between our look and our change; all of it is undone and comes again.
        raise RuntimeError("rows moved under their new seal")


def set_meta(tx: Tx, name: str, value: str) -> None:
    """Write down something about the house, in the place of what stood there."""
    tx.run(_SET_META, {"of": name, "to": value})


def drop_meta(tx: Tx, name: str) -> None:
    """Forget something about the house."""
    tx.run(_DROP_META, {"of": name})
