"""Rule rows and visits as chains: written with a MAC over what came before, read back whole or not at all."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from hashlib import blake2b
from itertools import groupby
from typing import Any

from sqlalchemy import Executable, Row

from storage import _sql as sql
from storage._manifest import begin_manifest
from storage._sealing import Culled, Key, Place, Tampered, open_rule
from storage._shelf import key_for
from storage._sql import Tx, instant
from storage.audit import GENESIS, Seen, link_mac
from storage.records import RULES_PART, SubjectSort
from storage.rules import RULE, Recorded, Rule
from storage.safety import Outside, Told, worth_keeping
from storage.standing import Standing

SALT = 16


def found_subject(tx: Tx, subject: str, sort: SubjectSort, side: str, unit: str, cull_month: str) -> None:
    """Begin a chain: a case, a person or a member of staff."""
    tx.run(
        sql.ADD_SUBJECT,
        {
            "id": subject,
            "sort": sort,
            "side": side,
            "unit": unit,
            "head_n": 0,
            "head_mac": _first_mac(tx, subject, side, unit),
            "epoch": 0,
            "cull_month": cull_month,
            "created_at": tx.now_ms,
            "culled_at": None,
        },
    )
    begin_manifest(tx, subject)


def add_rule(tx: Tx, subject: str, rule: Rule) -> None:
    """Append one rule to its subject's chain."""
    head = tx.row(sql.SUBJECT, {"id": subject})
    if head is None:
        raise LookupError(subject)
    # The MAC's key outlives a culling: without salt, whoever holds it could try what a culled rule had said.
    n, plain = head.head_n + 1, secrets.token_bytes(SALT) + RULE.dump_json(rule)
    mac = _rule_mac(tx, subject, n, tx.now_ms, plain, head.head_mac)
    sealed = key_for(tx, subject, RULES_PART).seal(plain, rule_place(tx.tenant, subject, n).bound())
    tx.run(
        sql.ADD_RULE,
        {"subject": subject, "n": n, "at": tx.now_ms, "sealed": sealed, "mac": mac},
    )
    if tx.run(sql.MOVE_HEAD, {"of": subject, "n": n, "mac": mac}) != 1:
        raise RuntimeError("the head of a chain moved under its writer")
    tell_outside(tx, subject, n, rule)


def tell_outside(tx: Tx, subject: str, n: int, what: Told) -> None:
    """Have the safety log say so too, when this is something that a restored copy must not forget."""
    if (kept := worth_keeping(what)) is not None:
        tx.outside.append(Outside(subject, n, tx.now_ms, kept))


def standing_of(tx: Tx, subject: str, *, lock: bool) -> Standing | None:
    """One subject's rules, verified."""
    statement = sql.STANDING_OF_LOCKED if lock and tx.locks else sql.STANDING_OF
    return next(iter(_whole(tx, statement, {"id": subject})), None)


def standings_of_person(tx: Tx, person: str, *, lock: bool) -> dict[str, Standing]:
    """The rules of a person and of every case she belongs to, verified, in one statement."""
    statement = sql.STANDING_OF_PERSON_LOCKED if lock and tx.locks else sql.STANDING_OF_PERSON
    return {standing.subject: standing for standing in _whole(tx, statement, {"id": person})}


def _whole(tx: Tx, statement: Executable, values: dict[str, str]) -> list[Standing]:
    found = _standings(tx, tx.rows(statement, values))
    if tx.locks and not all(standing.intact for standing in found):
        # PostgreSQL gives a row that it waited for as it is now, and what is joined to it as it was before.
        found = _standings(tx, tx.rows(statement, values))
    return found


def _standings(tx: Tx, rows: Iterable[Row[Any]]) -> list[Standing]:
    return [_verified(tx, list(group)) for _, group in groupby(rows, key=lambda row: row.id)]


def _verified(tx: Tx, rows: list[Row[Any]]) -> Standing:
    """A standing whose `intact` is false as soon as one link is missing, changed, reordered or foreign."""
    head = rows[0]
    read = (tx.keyring["mac"], *map(tuple, rows))
    rules = tx.smith.chains.get(read) if _key_stands(tx, head) else None
    intact, culled = True, False
    if rules is None:
        rules, intact, culled = _walked(tx, rows)
        if intact and not culled:
            tx.smith.chains.keep(read, rules)
    return Standing(head.id, head.side, head.unit, rules, intact, culled, tx.ages, tx.telegram_full, head.sort)


def _key_stands(tx: Tx, head: Row[Any]) -> bool:
    """Whether the key of the rules still opens: what was read under one that is gone is not remembered either."""
    if head.wrapped is None:
        return False
    try:
        tx.smith.unwrap(head.wrapped, head.id, RULES_PART, head.month)
    except (Culled, Tampered):
        return False
    return True


def _walked(tx: Tx, rows: list[Row[Any]]) -> tuple[tuple[Recorded, ...], bool, bool]:
    """The chain from its first link to its head: the rules, whether it is whole, whether its key is gone."""
    head = rows[0]
    culled = head.culled_at is not None
    mac, n, intact = _first_mac(tx, head.id, head.side, head.unit), 0, True
    rules: list[Recorded] = []
    for row in rows:
        if row.n is None or culled:
            break
        n += 1
        try:
            plain = _rule_plain(tx, row)
        except Culled:
            culled = True
            break
        mac = _rule_mac(tx, head.id, n, row.at, plain, mac)
        if row.n != n or row.mac != mac:
            intact = False
            break
        rules.append(Recorded(RULE.validate_json(plain[SALT:]), instant(row.at)))
    if not culled and (n != head.head_n or mac != head.head_mac):
        intact = False
    return tuple(rules), intact, culled


def _rule_plain(tx: Tx, row: Row[Any]) -> bytes:
    if row.wrapped is None:
        return b""
    try:
        key = tx.smith.unwrap(row.wrapped, row.id, RULES_PART, row.month)
        return open_rule(key, rule_place(tx.tenant, row.id, row.n), row.sealed)
    except Tampered:
        return b""


def rule_place(tenant: str, subject: str, n: int) -> Place:
    """Where a rule stands in its subject's chain."""
    return Place(tenant, "rule", str(n), subject, RULES_PART, 1, n)


def _first_mac(tx: Tx, subject: str, side: str, unit: str) -> bytes:
    """Where a chain begins: whose case it is cannot be changed by a change of the subject's row."""
    return _rule_mac(tx, subject, 0, 0, f"{side}|{unit}".encode(), GENESIS)


def _rule_mac(tx: Tx, subject: str, n: int, at: int, plain: bytes, prev: bytes) -> bytes:
    mac = blake2b(digest_size=32, key=tx.keyring["mac"], person=b"rule")
    raw = f"{tx.tenant}|{subject}|{n}|{at}".encode()
    mac.update(len(raw).to_bytes(4, "big") + raw + len(plain).to_bytes(4, "big") + plain + prev)
    return mac.digest()


def add_visits(tx: Tx, actor: str, visits: list[tuple[str, Seen]]) -> None:
    """Write the visits of one sitting, each chained to the one before on this connection."""
    rows = []
    for subject, seen in visits:
        seq, prev = tx.chain.seq + 1, tx.chain.mac
        sealed = visit_key(tx).seal(seen.write(), _visit_place(tx, tx.chain.id, seq).bound())
        mac = link_mac(tx.keyring["mac"], tx.chain.id, seq, tx.now_ms, actor, subject, sealed, prev)
        rows.append(
            {
                "chain": tx.chain.id,
                "seq": seq,
                "at": tx.now_ms,
                "actor": actor,
                "subject": subject,
                "sealed": sealed,
                "prev": prev,
                "mac": mac,
            }
        )
        tx.chain.seq, tx.chain.mac = seq, mac
    if rows:
        tx.run(sql.ADD_VISIT, rows)


def seen_of(tx: Tx, row: Row[Any]) -> Seen:
    """What one visit row tells."""
    return Seen.read(visit_key(tx).open(row.sealed, _visit_place(tx, row.chain, row.seq).bound()))


def visit_key(tx: Tx) -> Key:
    """The key of the visits: a standing one, since who read must outlive what was read."""
    return tx.smith.standing("audit")


def _visit_place(tx: Tx, chain: str, seq: int) -> Place:
    return Place(tx.tenant, "visit", str(seq), chain, "audit", 1, 1)
