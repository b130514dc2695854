"""A store with very many cases: whether a page costs the same there."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from bot import engine
from bot.channels.web import house_of
from storage._duty_rows import open_duty
from storage.consent import Actor, Withheld
from storage.duties import Duty
from storage.gate import Sitting
from storage.keys import FileKeys
from storage.queries import PAGE, MyCases, WorkList
from storage.records import Channel, Role, Side, Strength
from storage.vault import Store, Tx
from tests.bench.cases import long_case, signed_in
from tests.bench.measure import Goal, Row, in_turns, middle, seconds, spread
from tests.bench.pages import a_store
from tests.bench.readers import FILE, KEY, url_in

NAME = "big_store_page"
FEW, MANY = 1_000, 30_000
WHOLE = 1_000_000
LOOKS = 40
UNIT = "lindvik"
# Of every table that grows with the cases, the rows that one case has. `of`: whose, as a column of the table.
_PEOPLE = "SELECT person FROM party WHERE case_id = :case"
_OWNED = f"IN (SELECT :case UNION {_PEOPLE})"
_TABLES: tuple[tuple[str, str], ...] = (
    ("subject", "id"), ("rule", "subject"), ("dek", "owner"), ("party", "case_id"), ("part", "owner"),
    ("task", "case_id"), ("search", "subject"), ("visit", "subject"),
)  # fmt: skip
_IDS = ("id", "subject", "owner", "case_id", "person", "tie", "record", "chain", "ref")
_NOISE = ("sealed", "mac", "prev", "head_mac", "wrapped", "hash")
_EARLIER = ("created_at", "placed", "at")


def big_beside_small(folder: Path, _: Sequence[str], many: int = MANY) -> tuple[Row, ...]:
    """A child's page and a worker's two lists in a store with many cases against one with a thousand."""
    looks = {size: _looks(folder / str(size), size) for size in (FEW, many)}
    found = {}
    for name in looks[FEW]:
        pairs = in_turns(looks[many][name], looks[FEW][name], reps=7)
        ours, theirs = (sorted(times)[len(times) // 2] * 1e6 / LOOKS for times in zip(*pairs, strict=True))
        found[name] = (middle(pairs), f"{name} {ours:.0f} against {theirs:.0f} µs, {spread(pairs)}")
    size = (folder / str(many) / FILE).stat().st_size / 2**20
    scaled = "" if many >= WHOLE else f"; the goal speaks of {WHOLE}: ARGS={NAME}={WHOLE}"
    note = "; ".join(told for _, told in found.values())
    told = f"the worst of these among {many} cases ({size:.0f} MiB) and {FEW}{scaled}: {note}"
    return (Row(NAME, max(ratio for ratio, _ in found.values()), "ratio", Goal("<=", 1.3), told),)


def _looks(folder: Path, size: int) -> dict[str, Callable[[], float]]:
    """What is looked at, each as a call that times it."""
    store = a_store(folder)
    _, child = long_case(store, "REAL", PAGE)
    token = signed_in(store, child, page=0)
    little, *others = (long_case(store, f"LITTLE-{n}", 1)[0] for n in range(PAGE + 10))
    for one in (little, *others):
        store.run(lambda tx, one=one: open_duty(tx, UNIT, one, Duty.LOOK, one, tx.now))  # type: ignore[misc]
    store.close()
    _fill(folder / FILE, little, size)
    store = Store(url_in(folder), FileKeys(folder / KEY))
    house = house_of(engine.nothing)
    worker = Actor("hanna", Strength.STAFF, Side.BARNAHUS, UNIT, Role.COORDINATOR, "Hanna")

    def page(tx: Tx) -> None:
        shown = engine.show(tx, house, token)
        if shown is None or len(shown.screen.rows) != PAGE:
            raise RuntimeError("the page to measure with was not drawn")

    def listed(query: WorkList | MyCases) -> Callable[[Tx], None]:
        def look(tx: Tx) -> None:
            with Sitting(tx, worker, Channel.CONSOLE) as sitting:
                found = sitting.ask(query)
                if isinstance(found, Withheld) or len(found) < PAGE:
                    raise RuntimeError("the list to measure with was not shown")

        return look

    def timed(look: Callable[[Tx], None]) -> Callable[[], float]:
        def looks(tx: Tx) -> None:
            for _ in range(LOOKS):
                look(tx)

        return lambda: seconds(lambda: store.run(looks))

    return {"her page": timed(page), "all cases": timed(listed(MyCases(UNIT))),
            "what is to be done": timed(listed(WorkList(UNIT)))}  # fmt: skip


def _fill(file: Path, case: str, size: int) -> None:
    """Copy the rows of a small case until there are so many: other ids, noise where it is sealed, an earlier time.

    Nobody could read the copies, and nobody asks for them: they make tables and indexes as deep as real ones.
    """
    conn = sqlite3.connect(file)
    conn.execute("PRAGMA synchronous=OFF")
    conn.execute("PRAGMA cache_size=-1000000")
    conn.execute("CREATE TEMP TABLE n(i INTEGER PRIMARY KEY, mark TEXT, unit TEXT, side TEXT)")
    # Ids are random in a real store: these are spread as widely, so that rows lie apart in every index.
    conn.execute(
        "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < :size) "
        "INSERT INTO n SELECT i, printf('%08x', i * 2654435761 % 4294967296), "
        "CASE WHEN i % 20 THEN 'unit-' || (i % 500) ELSE :unit END, CASE WHEN i % 3 THEN 'barnahus' ELSE 'aid' END "
        "FROM c",
        {"size": size, "unit": UNIT},
    )
    for table, of in _TABLES:
        names = [str(row[1]) for row in conn.execute(f"PRAGMA table_info({table})")]
        conn.execute(f"CREATE TEMP TABLE kept AS SELECT * FROM {table} WHERE {of} {_OWNED}", {"case": case})
        said = ", ".join(_made(names, table))
        conn.execute(f"INSERT INTO {table} ({', '.join(names)}) SELECT {said} FROM n CROSS JOIN kept k")
        conn.execute("DROP TABLE kept")
    conn.commit()
    conn.close()


def _made(names: Iterable[str], table: str) -> Iterable[str]:
    for name in names:
        if name in _IDS:
            yield f"n.mark || substr(k.{name}, 9)"
        elif name in _NOISE:
            yield f"randomblob(length(k.{name}))"
        elif name in _EARLIER:
            yield f"k.{name} - 86400000 - n.i"
        elif name == "unit":
            yield "n.unit"
        elif table == "task" and name == "done_at":
            # What is to be done in a unit does not grow with the years.
            yield "k.created_at"
        elif name == "side":
            yield "n.side"
        else:
            yield f"k.{name}"
