"""Kill -9 at any moment of a new root, new wraps, new seals and a culling, while somebody writes: nothing is lost.

`run(n)` kills n processes, each at a random instant of its work on the same house, opens the house after each, and
opens every row in it. A process is forked from this one, so that the program is loaded once.
"""

from __future__ import annotations

import os
import random
import signal
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from traceback import format_exc

from storage import _tables as tables
from storage._chain import rule_place, standing_of
from storage._sealing import Culled, Place, Tampered
from storage._sql import Tx
from storage.carriers import CarrierKind
from storage.commands import ApproveCulling, BeginCarrier, CloseCarrier, OpenCase, Say
from storage.consent import Actor
from storage.culling import cull
from storage.keys import FileKeys
from storage.queries import MyThread, Timeline
from storage.records import CaseId, Role, Side, Strength
from storage.rekeying import reseal, rewrap
from storage.replay import replay
from storage.sign_in import employ
from storage.vault import Store
from tests.storage.family import CASE, HANNA, MIRA, MOTHER, everyone, full_entry, move_in
from tests.storage.house import TODAY, UNIT, Clock, House, signed_in

LONGEST = 0.3
FAR, BOTH = datetime(2200, 1, 2, 9, 0, tzinfo=UTC), (Role.COORDINATOR, Role.MANAGER)
DEEDS = ("rotate", "rewrap", "reseal", "cull")


@dataclass
class Found:
    """What n kills have shown. All but `kills` should be nought."""

    kills: int = 0
    undecryptable: int = 0
    revived: int = 0
    lost: int = 0
    broken: int = 0


def run(n: int, folder: Path | None = None, seed: int = 1) -> Found:
    """Kill n times; what was found."""
    with tempfile.TemporaryDirectory(prefix="bredvid-kills-") as scratch:
        place, chance, found = folder or Path(scratch), random.Random(seed), Found()
        _forked(lambda: _move_in(place))
        for number in range(n):
            _kill_one(place, DEEDS[number % len(DEEDS)], number, chance.uniform(0, LONGEST))
            said = _forked(lambda: _look(place)).split()
            found.kills += 1
            for name, count in zip(("undecryptable", "revived", "lost", "broken"), said, strict=True):
                setattr(found, name, getattr(found, name) + int(count))
        return found


def _open(folder: Path) -> House:
    url, clock = f"sqlite:///{folder}/store.db", Clock()
    store = Store(url, FileKeys(folder / "root.key", make=True), clock=clock, migrate=True, safety=folder / "safety")
    replay(store)
    return House(store, clock, url, folder)


def _move_in(folder: Path) -> str:
    house = _open(folder)
    family = move_in(house)
    family.contact()
    family.clear()
    for number in range(12):
        family.write(full_entry("report_social", f"card-{number}", releases=everyone()))
    house.carry_in("noa")
    family.block()
    staff = [house.store.run(partial(_hire, role=role)) for role in BOTH]
    (folder / "staff").write_text(" ".join(staff), encoding="utf-8")
    (folder / "written").write_text("", encoding="utf-8")
    house.store.close()
    return ""


def _hire(tx: Tx, role: Role) -> str:
    return employ(tx, "Ines", "arkivarie", UNIT, Side.BARNAHUS, role)


def _kill_one(folder: Path, deed: str, number: int, after: float) -> None:
    ready, tell = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            _work(folder, deed, number, tell)
        except BaseException:
            (folder / "broke").write_text(f"{deed}: {format_exc()}", encoding="utf-8")
        finally:
            os._exit(3)
    os.close(tell)
    os.read(ready, 1)
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    _, ended = os.waitpid(child, 0)
    os.close(ready)
    if not os.WIFSIGNALED(ended):
        raise RuntimeError(f"it broke before it was killed: {(folder / 'broke').read_text(encoding='utf-8')}")


def _work(folder: Path, deed: str, number: int, tell: int) -> None:
    """Do one thing over and over while messages are written; each that was acknowledged is noted in a file."""
    house = _open(folder)
    month = f"{2040 + number // 12}-{number % 12 + 1:02d}"
    if deed == "cull":
        _close_one(house, CaseId(f"case-{number}"), month)
    os.write(tell, b"!")
    one, other = (folder / "staff").read_text(encoding="utf-8").split()
    with (folder / "written").open("a", encoding="utf-8") as written:
        while True:
            house.done(signed_in(MIRA), Say(CASE, f"round {number}", None, None))
            written.write("x")
            written.flush()
            match deed:
                case "rotate":
                    list(house.store.keyring.rotate())
                case "rewrap":
                    rewrap(house.store, seconds=5)
                case "reseal":
                    reseal(house.store, seconds=5)
                case "cull":
                    _cull_as(house, (one, other), month, f"K-{number}")


def _close_one(house: House, case: CaseId, month: str) -> None:
    """A case that lies under a month, and is closed."""
    house.done(HANNA, OpenCase(case, UNIT, Side.BARNAHUS, case, month))
    house.done(HANNA, BeginCarrier(case, CarrierKind.LETTER, TODAY, None, "Hanna", "Brev"))
    house.done(HANNA, CloseCarrier(case, TODAY, "Hanna", "Brev"))


def _cull_as(house: House, staff: tuple[str, str], month: str, reference: str) -> None:
    """Long after, two agree; then it is today again, for whoever writes."""
    now, house.clock.now = house.clock.now, FAR
    for who, role in zip(staff, BOTH, strict=True):
        actor = Actor(who, Strength.STAFF, Side.BARNAHUS, UNIT, role, who)
        house.do(actor, ApproveCulling(UNIT, month, reference))
    cull(house.store, month, reference)
    house.clock.now = now


def _look(folder: Path) -> str:
    """Open the house and everything in it: how many do not open, are back, were lost, or broke."""
    house = _open(folder)
    closed = house.store.run(closed_rows)
    revived = 0
    for row in house.rows(tables.subject):
        if row.culled_at is not None:
            revived += house.store.keyring.month(row.cull_month) is not None
            revived += bool(house.rows(tables.dek, owner=row.id)) + bool(house.rows(tables.part, owner=row.id))
    standing = house.store.run(lambda tx: standing_of(tx, CASE, lock=False))
    revived += standing is None or not standing.blocked(next(t.tie for t in standing.ties() if t.person == MOTHER))
    written = len((folder / "written").read_text(encoding="utf-8"))
    kept = sum(row.name == "message" for row in house.rows(tables.part, owner=CASE))
    broken = int(len(house.see(signed_in(MIRA), Timeline(CASE)).items) != 12)
    broken += int(not house.see(signed_in(MIRA), MyThread(CASE)) and written > 0)
    house.store.close()
    return f"{closed} {revived} {max(0, written - kept)} {broken}"


def closed_rows(tx: Tx) -> int:
    """How many rows of the whole house do not open, and how many subjects' rules do not hold."""
    wraps = {(row.owner, row.compartment): row for row in tx.rows(tables.dek.select(), {})}
    closed = 0
    for row in tx.rows(tables.part.select(), {}):
        place = Place(tx.tenant, row.name, row.record, row.owner, row.compartment, row.v, row.version)
        closed += not _opens(tx, wraps.get((row.owner, row.compartment)), place, row.sealed)
    for row in tx.rows(tables.rule.select(), {}):
        closed += not _opens(
            tx, wraps.get((row.subject, "rules")), rule_place(tx.tenant, row.subject, row.n), row.sealed
        )
    for row in tx.rows(tables.subject.select(), {}):
        standing = standing_of(tx, row.id, lock=False)
        closed += standing is None or not standing.intact
    return closed


def _opens(tx: Tx, dek: object, place: Place, sealed: bytes) -> bool:
    try:
        key = tx.smith.unwrap(dek.wrapped, dek.owner, dek.compartment, dek.month)  # type: ignore[attr-defined]
        key.open(sealed, place.bound())
    except (Tampered, Culled, AttributeError):
        return False
    return True


def _forked(call: Callable[[], str]) -> str:
    """Carry a call out in a process of its own; what it said."""
    ear, mouth = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(mouth, b"=" + call().encode())
        except BaseException:
            os.write(mouth, b"!" + format_exc().encode())
        finally:
            os._exit(0)
    os.close(mouth)
    with os.fdopen(ear, "rb") as heard:
        said = heard.read().decode()
    os.waitpid(child, 0)
    if not said.startswith("="):
        raise RuntimeError(f"the house did not open after a kill: {said[1:]}")
    return said[1:]
