"""Every byte turned, rows swapped, forged, deleted, put back: who asks gets a refusal or what is left, never a fault.

`run()` opens Mira's case, does each of these to its rows behind the program's back, asks what the people in it would
ask, and puts everything right again. An answer may be `Withheld`, or what it was without the rows that were touched;
anything else is counted. A part put back as it was in an earlier version of itself is counted apart: her own page does
not look at the manifest, so there it opens; who opens the case at work, and `bredvid check`, are told (`_manifest`).
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import Table, and_

from storage import _tables as t
from storage import sign_in
from storage.commands import MarkRead, Say
from storage.consent import Reason, Withheld
from storage.duties import Duty
from storage.maintenance import broken_shelves
from storage.payloads import TalkState
from storage.queries import MyProfile, MyThread, Sheet, Timeline, WholeEntries
from storage.talks import move, open_talk, state_text
from tests.storage.family import CASE, HANNA, MIRA, MOTHER, everyone, full_entry, move_in
from tests.storage.house import House, open_house, signed_in

# Each sealed record has hundreds of bytes; a turned byte anywhere in the padded words is like any other there.
EVERY = 1
Row = dict[str, Any]
Probe = Callable[[House], Any]


@dataclass
class Found:
    """What came of it. `faults` are exceptions that came out, `forged` answers that nobody had written."""

    tried: int = 0
    refused: int = 0
    quiet: int = 0
    rolled_back_parts_opened: int = 0
    rolled_back_parts_unnoticed: int = 0
    faults: list[str] = field(default_factory=list)
    forged: list[str] = field(default_factory=list)


def run(records: int = 6, step: int = EVERY) -> Found:
    """Do it all to so many records of each sort; `step` 1 turns every byte."""
    with tempfile.TemporaryDirectory(prefix="bredvid-bytes-") as folder, open_house("sqlite://", Path(folder)) as house:
        token = _full(house)
        probes = _probes(token)
        before = {name: _asked(house, probe) for name, probe in probes.items()}
        found = Found()
        for what, table, changes in _attacks(house, records, step):
            _try(house, found, what, table, changes, probes, before)
        after = {name: _asked(house, probe) for name, probe in probes.items()}
        found.faults += [f"not put right: {name}" for name in probes if after[name] != before[name]]
        _roll_back_a_part(house, found)
        return found


def _full(house: House) -> str:
    """Mira's case with cards, words and a conversation under way; the session's token."""
    family = move_in(house)
    family.contact()
    family.clear()
    for kind in ("report_social", "trial"):
        family.write(full_entry(kind, kind, releases=everyone()))
    for words in ("hej", "en fråga"):
        house.done(signed_in(MIRA), Say(CASE, words, None, None))
    token, code = house.store.run(lambda tx: sign_in.make_invite(tx, MIRA, CASE, by_letter=False))
    start = state_text(TalkState("welcome/start", 1, {}))
    came = house.store.run(lambda tx: sign_in.accept_invite(tx, token, code, start))
    assert came is not None

    def step(tx: Any) -> None:
        talk = open_talk(tx, came.token, write=True)
        assert talk is not None
        move(tx, talk, TalkState("my_way/timeline", 1, {}), forward=True)

    house.store.run(step)
    return came.token


def _probes(token: str) -> dict[str, Probe]:
    def talk(house: House) -> Any:
        def look(tx: Any) -> Any:
            found = open_talk(tx, token, write=False)
            return None if found is None or found.state is None else (found.state.step, found.profile)

        return house.store.run(look)

    asked = {
        "her way": (signed_in(MIRA), Timeline(CASE)),
        "her words": (signed_in(MIRA), MyThread(CASE)),
        "herself": (signed_in(MIRA), MyProfile(MIRA)),
        "her mother": (signed_in(MOTHER), Timeline(CASE)),
        "the sheet": (HANNA, Sheet(CASE)),
        "the entries": (HANNA, WholeEntries(CASE)),
    }
    probes: dict[str, Probe] = {
        name: (lambda house, actor=actor, query=query: house.ask(actor, query))  # type: ignore[misc]
        for name, (actor, query) in asked.items()
    }
    return {**probes, "the conversation": talk}


def _asked(house: House, probe: Probe) -> Any:
    house.store.smith.forget()
    return probe(house)


# --- what is done to the rows -------------------------------------------------------------------------------


Attack = tuple[str, Table, list[tuple[Row, Row | None]]]


def _attacks(house: House, records: int, step: int) -> Iterator[Attack]:
    """A label, the table, and for each row it touches: the row, and what becomes of it (None: deleted)."""
    for table, column in ((t.part, "sealed"), (t.rule, "sealed"), (t.dek, "wrapped"), (t.conversation, "sealed")):
        rows = [row for row in _rows(house, table) if row[column] is not None][:records]
        for row in rows:
            for at in range(0, len(row[column]), step):
                yield f"{table.name}.{column}[{at}]", table, [(row, {**row, column: _turned(row[column], at)})]
            yield f"{table.name} cut", table, [(row, {**row, column: row[column][:-1]})]
            yield f"{table.name} emptied", table, [(row, {**row, column: b""})]
            yield f"{table.name} deleted", table, [(row, None)]
        for one, other in pairwise(rows):
            pair: list[tuple[Row, Row | None]] = [
                (one, {**one, column: other[column]}),
                (other, {**other, column: one[column]}),
            ]
            yield f"{table.name} swapped", table, pair
    yield from _clear_columns(house, records)
    yield from _forged(house)


def _clear_columns(house: House, records: int) -> Iterator[Attack]:
    for table, names in (
        (t.part, ("v", "version")),
        (t.rule, ("at", "mac")),
        (t.subject, ("head_n", "head_mac", "side", "unit")),
        (t.dek, ("month",)),
    ):
        for row in _rows(house, table)[:records]:
            for name in names:
                yield f"{table.name}.{name}", table, [(row, {**row, name: _other(row[name])})]


def _forged(house: House) -> Iterator[Attack]:
    """Rows that nobody wrote: of another compartment, a copy of a rule, and bytes made up."""
    parts = _rows(house, t.part)
    for row in [row for row in parts if row["compartment"] == "staff" and row["name"] == "entry"][:2]:
        yield "part copied to her", t.part, [({}, {**row, "compartment": "child", "record": "copied", "name": "view"})]
    view = next(row for row in parts if row["name"] == "view")
    yield "part made up", t.part, [({}, {**view, "record": "made-up", "sealed": b"\x01" + bytes(316)})]
    rules = sorted((row for row in _rows(house, t.rule) if row["subject"] == CASE), key=lambda row: int(row["n"]))
    yield "rule copied", t.rule, [({}, {**rules[-1], "n": rules[-1]["n"] + 1})]
    yield "last rule gone", t.rule, [(rules[-1], None)]
    head = next(row for row in _rows(house, t.subject) if row["id"] == CASE)
    back = {**head, "head_n": rules[-2]["n"], "head_mac": bytes(32)}
    yield "head put back without its MAC", t.subject, [(head, back)]


def _turned(raw: bytes, at: int) -> bytes:
    return raw[:at] + bytes([raw[at] ^ 0x55]) + raw[at + 1 :]


def _other(value: Any) -> Any:
    match value:
        case int():
            return value + 1
        case bytes():
            return _turned(value, 0)
        case _:
            return {"barnahus": "aid"}.get(value, f"{value}x")


# --- trying -------------------------------------------------------------------------------------------------


def _try(
    house: House, found: Found, what: str, table: Table, changes: list[tuple[Row, Row | None]],
    probes: dict[str, Probe], before: dict[str, Any],
) -> None:  # fmt: skip
    _put(house, table, changes)
    found.tried += 1
    refused = False
    for name, probe in probes.items():
        try:
            said = _asked(house, probe)
        except Exception as broke:  # what comes out is what this is about
            found.faults.append(f"{what}, {name}: {type(broke).__name__}")
            continue
        if isinstance(said, Withheld):
            refused = refused or said.reason is Reason.INTEGRITY
        elif said != before[name] and not _less(said, before[name]):
            found.forged.append(f"{what}, {name}: {said!r:.200}")
    found.refused += refused
    found.quiet += not refused
    _put(house, table, [(after or {}, row or None) for row, after in reversed(changes)], undo=changes)


def _less(said: Any, before: Any) -> bool:
    """Whether an answer holds nothing that the earlier one did not: lines may be gone, none may be other."""
    return not set(_leaves(said)) - set(_leaves(before)) - {"", "0", "1", "None", "()", "False", "True"}


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (leaf for pair in value.items() for one in pair for leaf in _leaves(one))
    elif isinstance(value, Iterable) and not isinstance(value, str | bytes):
        yield from (leaf for one in value for leaf in _leaves(one))
    elif hasattr(value, "__dataclass_fields__"):
        yield from (leaf for name in value.__dataclass_fields__ for leaf in _leaves(getattr(value, name)))
    else:
        yield str(value)


def _rows(house: House, table: Table) -> list[Row]:
    return [dict(row._mapping) for row in house.rows(table)]


def _put(house: House, table: Table, changes: list[tuple[Row, Row | None]], *, undo: Any = None) -> None:
    """Take the rows away and put the others in their places, as somebody with the database's password would."""
    gone = [row for row, _ in changes] if undo is None else [after for _, after in undo if after]
    come = [after for _, after in changes if after] if undo is None else [row for row, _ in undo if row]

    def call(tx: Any) -> None:
        for row in gone:
            if row:
                tx.conn.execute(table.delete().where(and_(*(c == row[c.name] for c in table.primary_key))))
        for row in come:
            tx.conn.execute(table.insert().values(row))

    house.store.run(call)


def _roll_back_a_part(house: House, found: Found) -> None:
    """A message as it was before somebody had read it: an earlier version of the same row."""
    old = [row for row in _rows(house, t.part) if row["name"] == "message"]
    house.done(HANNA, MarkRead(CASE, MIRA))
    fresh = {row["record"]: row for row in _rows(house, t.part)}
    for row in old:
        _put(house, t.part, [(fresh[row["record"]], row)])
    said = _asked(house, lambda at: at.ask(signed_in(MIRA), MyThread(CASE)))
    found.tried += 1
    found.rolled_back_parts_opened += not isinstance(said, Withheld)
    house.see(HANNA, Sheet(CASE))
    noticed = Duty.INTEGRITY in house.open_codes(CASE) and house.store.run(broken_shelves) == [CASE]
    found.rolled_back_parts_unnoticed += not noticed


if __name__ == "__main__":
    print(run())
