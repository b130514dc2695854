"""A hundred thousand data keys wrapped anew while a child writes: each opens afterwards, and none by the old key.

The keys are made as the store makes them and lie in its own table, beside a real case; the wrapping comes in slices of
a moment, as `keys rewrap` takes them (security D.4, K1).
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

from sqlalchemy import select

from storage import _parts_sql as parts_sql
from storage import _tables as tables
from storage._sealing import Culled, Tampered, number_of
from storage._sql import Tx
from storage.commands import Say
from storage.rekeying import rewrap
from tests.storage.family import CASE, MIRA, move_in
from tests.storage.house import House, open_house, signed_in

COMPARTMENTS = ("child", "guardian:tie", "shared", "staff")
MONTHS = tuple(f"20{year}-{month:02}" for year in (41, 46, 51) for month in (1, 5, 9))
AT_ONCE = 2_000
MOMENT = 0.25


@dataclass(frozen=True, slots=True)
class Wrapped:
    """How many keys there were, how many do not open or are still as they were, and how long it took in slices."""

    keys: int
    closed: int
    as_before: int
    written: int
    slices: int
    seconds: float


def run(many: int) -> Wrapped:
    """Make so many keys, wrap them anew beside a child who writes, and open each."""
    with tempfile.TemporaryDirectory(prefix="bredvid-rewraps-") as scratch:
        folder = Path(scratch)
        with open_house(f"sqlite:///{folder}/store.db", folder) as house:
            move_in(house).contact()
            for month in MONTHS:
                # A month's key comes from its provider outside every transaction, one for a call.
                house.store.run(lambda tx, month=month: tx.smith.make("nobody", "none", month))  # type: ignore[misc]
            for first in range(0, many, AT_ONCE):
                house.store.run(lambda tx, first=first: _make(tx, first, min(AT_ONCE, many - first)))  # type: ignore[misc]
            return _wrapped(house)


def _make(tx: Tx, first: int, many: int) -> None:
    rows = []
    for number in range(first, first + many):
        owner, compartment = f"owner-{number // len(COMPARTMENTS):08}", COMPARTMENTS[number % len(COMPARTMENTS)]
        month = MONTHS[number // len(COMPARTMENTS) % len(MONTHS)]
        wrapped, _ = tx.smith.make(owner, compartment, month)
        rows.append({"owner": owner, "compartment": compartment, "month": month, "wrapped": wrapped})
    tx.run(parts_sql.ADD_DEK, rows)


def _wrapped(house: House) -> Wrapped:
    before, over, said = _numbers(house), Event(), 0

    def write() -> None:
        nonlocal said
        while not over.is_set():
            said += 1
            house.done(signed_in(MIRA), Say(CASE, f"word {said}", None, None))
            time.sleep(0.05)

    writer = Thread(target=write)
    writer.start()
    began, slices = time.monotonic(), 0
    try:
        while True:
            slices += 1
            if rewrap(house.store, seconds=MOMENT).finished:
                break
        took = time.monotonic() - began
    finally:
        over.set()
        writer.join()
    house.store.smith.forget()
    after = _numbers(house)
    same = sum(after[place] == number for place, number in before.items())
    return Wrapped(len(after), house.store.run(closed), same, said, slices, took)


def _numbers(house: House) -> dict[tuple[str, str], int]:
    """By which of its month's keys each data key is wrapped."""
    return {(row.owner, row.compartment): number_of(row.wrapped) for row in house.rows(tables.dek)}


def closed(tx: Tx) -> int:
    """How many data keys of the whole store do not open."""
    shut = 0
    for row in tx.rows(select(tables.dek), {}):
        try:
            tx.smith.unwrap(row.wrapped, row.owner, row.compartment, row.month)
        except (Tampered, Culled):
            shut += 1
    return shut
