"""The web: what a page costs beside its template, beside a longer case, and beside a store that seals nothing."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bot import engine
from bot.channels.web import house_of
from storage._sealing import Key, Locksmith
from storage.consent import Actor, Withheld
from storage.gate import Sitting
from storage.keys import FileKeys
from storage.queries import PAGE, WholeStory
from storage.records import CaseId, Channel, PersonId, Strength
from storage.vault import Store, Tx
from tests.bench.cases import long_case, signed_in
from tests.bench.load import get, per_second
from tests.bench.measure import Goal, Row, cpu_seconds, in_turns, middle, seconds, spread
from tests.parts.ports import a_free_port
from tests.parts.program import TREE, fetch

WINDOW = 1.5
LOOKS = 60
FEW, MANY = 20, 500


class ClearKey(Key):
    """A key that hides nothing."""

    def __init__(self) -> None:
        """There is nothing to derive."""

    def seal(self, plain: bytes, bound: bytes) -> bytes:
        """As it was."""
        return plain

    def open(self, sealed: bytes, bound: bytes) -> bytes:
        """As it is."""
        return sealed


class ClearLocksmith(Locksmith):
    """Hands out keys that hide nothing: the same rows, in clear."""

    def make(self, owner: str, compartment: str, month: str) -> tuple[bytes, Key]:
        """A key that is none; its month stands, or the rows would count as culled."""
        self._keyring.ensure_month(month)
        return b"\0\0\0\1clear", ClearKey()

    def unwrap(self, wrapped: bytes, owner: str, compartment: str, month: str) -> Key:
        """The same."""
        return ClearKey()

    def standing(self, name: str) -> Key:
        """The same."""
        return ClearKey()


def a_store(folder: Path, *, clear: bool = False) -> Store:
    """A store of its own in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    store = Store(f"sqlite:///{folder / 'store.db'}", FileKeys(folder / "root.key", make=True), migrate=True)
    if clear:
        store.smith = ClearLocksmith(store.keyring)
    return store


def sealed_beside_clear(folder: Path, _: Sequence[str]) -> tuple[Row, ...]:
    """The gate's read of a whole case: rules, decision, twenty entries, the visit; both in one open transaction."""
    stores = [a_store(folder / name, clear=name == "clear") for name in ("sealed", "clear")]
    looks: list[Callable[[], float]] = []
    for store in stores:
        case, child = long_case(store, "BENCH-1", FEW)
        looks.append(_look(store, case, child))
    pairs = in_turns(looks[0], looks[1], reps=7)
    for store in stores:
        store.close()
    sealed, clear = (sum(times) / len(times) * 1e6 / LOOKS for times in zip(*pairs, strict=True))
    note = f"{sealed:.0f} against {clear:.0f} µs a read of {FEW} entries, without the commit; {spread(pairs)}"
    return (Row("encrypted_over_plain_read", middle(pairs), "ratio", Goal("<=", 1.5), note),)


def _look(store: Store, case: CaseId, child: PersonId) -> Callable[[], float]:
    def read(tx: Tx) -> None:
        for _ in range(LOOKS):
            with Sitting(tx, Actor(child, Strength.PIN), Channel.WEB) as sitting:
                story = sitting.ask(WholeStory(case))
                if isinstance(story, Withheld) or len(story) != FEW:
                    raise RuntimeError("the case to measure with was not read")

    return lambda: seconds(lambda: store.run(read))


def long_beside_short(folder: Path, _: Sequence[str]) -> tuple[Row, ...]:
    """Drawing a page of a long case against a page of a short one; the last page, where most lies before it."""
    store = a_store(folder / "long")
    house = house_of(engine.nothing)
    tokens = []
    for ref, entries in (("LONG", MANY), ("SHORT", FEW)):
        _, child = long_case(store, ref, entries)
        tokens.append(signed_in(store, child, page=entries // PAGE - 1))

    def draw(token: str) -> float:
        def look(tx: Tx) -> None:
            for _ in range(LOOKS):
                shown = engine.show(tx, house, token)
                if shown is None or len(shown.screen.rows) != PAGE:
                    raise RuntimeError("the page to measure with was not drawn")

        return seconds(lambda: store.run(look))

    pairs = in_turns(lambda: draw(tokens[0]), lambda: draw(tokens[1]), reps=7)
    store.close()
    ours = sum(mine for mine, _ in pairs) / len(pairs) * 1e6 / LOOKS
    note = f"the last page of {MANY} entries, {ours:.0f} µs, against the only page of {FEW}; {spread(pairs)}"
    return (Row("big_case_page", middle(pairs), "ratio", Goal("<=", 1.2), note),)


def page_beside_template(folder: Path, _: Sequence[str]) -> tuple[Row, ...]:
    """Pages a second over HTTP: twenty entries from the store against the same template from memory."""
    store = a_store(folder / "page")
    _, child = long_case(store, "PAGE", FEW)
    token = signed_in(store, child, page=0)
    store.close()
    with _served(folder / "page", token) as (port, process):
        used = {"/": [0.0, 0.0], "/bare": [0.0, 0.0]}

        def rush(path: str) -> float:
            before = cpu_seconds(process.pid)
            rate = per_second(port, get(path, token), WINDOW)
            used[path][0] += cpu_seconds(process.pid) - before
            used[path][1] += rate * WINDOW
            return rate

        pairs = in_turns(lambda: rush("/"), lambda: rush("/bare"))
    each = {path: cpu / count * 1e6 for path, (cpu, count) in used.items()}
    rates = [sum(rates) / len(rates) for rates in zip(*pairs, strict=True)]
    note = (
        f"{rates[0]:.0f} against {rates[1]:.0f} a second, {each['/']:.0f} against {each['/bare']:.0f} µs of processor "
        f"each; the page writes a visit and commits; {spread(pairs)}"
    )
    return (Row("page_over_bare_template", middle(pairs), "ratio", Goal(">=", 0.5), note),)


@contextmanager
def _served(folder: Path, token: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """The house as a process of its own."""
    port = a_free_port()
    command = [sys.executable, "-m", "tests.bench.house", str(folder), str(port), token]
    process = subprocess.Popen(command, cwd=TREE)
    try:
        until = time.monotonic() + 60
        while fetch(f"http://127.0.0.1:{port}/bare")[0] != 200:
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("the house to measure did not come up")
            time.sleep(0.05)
        yield port, process
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
