"""A house for the stories: an open store, a clock that stands still until it is moved, and who comes to the door."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Table, func, select

from storage import _tables as tables
from storage._chain import add_rule, found_subject
from storage._search import stable_id
from storage._sql import Tx, millis
from storage.carriers import Law
from storage.commands import Command
from storage.consent import Actor, Withheld
from storage.duties import ASLEEP
from storage.gate import Sitting
from storage.importing import Imported, import_case
from storage.keys import FileKeys
from storage.queries import Query
from storage.records import CaseId, Channel, EntryId, PersonId, Role, Side, Strength, SubjectSort, TieId
from storage.rules import Employed
from storage.vault import Store

T = TypeVar("T")
DEMO = Path(__file__).parents[2] / "bot" / "demo" / "cases"
UNIT = "lindvik"
OWN_FILE = "KF 2026 § 14"
NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
TODAY = NOON.date()


def worker(name: str = "hanna", *, unit: str = UNIT, side: Side = Side.BARNAHUS) -> Actor:
    """A member of staff at work."""
    return Actor(name, Strength.STAFF, side, unit, Role.CASE_WORKER, f"{name.title()}, socialtjänsten")


def signed_in(person: str) -> Actor:
    """A person who has proven herself with her PIN."""
    return Actor(person, Strength.PIN)


@dataclass
class Clock:
    """What time it is in a story."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        """The instant."""
        return self.now

    def move(self, **how_far: float) -> None:
        """Let time pass: `move(days=3)`."""
        self.now += timedelta(**how_far)


@dataclass
class House:
    """An open store and what a story needs around it."""

    store: Store
    clock: Clock
    url: str
    folder: Path
    cases: dict[str, tuple[Side, str, CaseId]] = field(default_factory=dict)

    # --- the door -------------------------------------------------------------------------------------------

    def ask(self, actor: Actor, query: Query[T], channel: Channel | None = None) -> T | Withheld:
        """One question at the door."""

        def call(tx: Tx) -> T | Withheld:
            with Sitting(tx, actor, channel or way(actor)) as sitting:
                return sitting.ask(query)

        return self.store.run(call)

    def see(self, actor: Actor, query: Query[T], channel: Channel | None = None) -> T:
        """One question that the story says is answered."""
        answer = self.ask(actor, query, channel)
        assert not isinstance(answer, Withheld), answer
        return answer

    def do(self, actor: Actor, command: Command, channel: Channel | None = None) -> Any:
        """One change at the door; `Done` or `Withheld`."""

        def call(tx: Tx) -> Any:
            with Sitting(tx, actor, channel or way(actor), lock=True) as sitting:
                return sitting.do(command)

        return self.store.run(call)

    def done(self, actor: Actor, *commands: Command) -> None:
        """Changes that the story says are made."""
        for command in commands:
            outcome = self.do(actor, command)
            assert not isinstance(outcome, Withheld), (command, outcome)

    def hire(self, *actors: Actor) -> None:
        """These have a record among the staff, under the ids that the story calls them by."""

        def call(tx: Tx) -> None:
            for one in actors:
                assert one.side is not None
                assert one.unit is not None
                assert one.role is not None
                found_subject(tx, one.id, SubjectSort.STAFF, one.side, one.unit, "2036-12")
                add_rule(tx, one.id, Employed(one.unit, one.role, active=True, by="maintenance"))

        self.store.run(call)

    # --- demo cases -----------------------------------------------------------------------------------------

    def carry_in(self, name: str, *, dry_run: bool = False) -> Imported:
        """Import one demo case by its file's name."""
        return import_case(self.store, demo(name), dry_run=dry_run)

    def named(self, side: Side, case: str, *words: str) -> str:
        """The stable id that an import gives these words."""
        return self.store.run(lambda tx: stable_id(tx, side, case, *words))

    # --- the rows -------------------------------------------------------------------------------------------

    def rows(self, table: Table, **where: Any) -> list[Any]:
        """The rows of a table as they lie."""
        wanted = select(table).where(*(table.c[name] == value for name, value in where.items()))
        return self.store.run(lambda tx: list(tx.rows(wanted, {})))

    def count(self, table: Table) -> int:
        """How many rows a table has."""
        return self.store.run(lambda tx: int(tx.conn.scalar(select(func.count()).select_from(table)) or 0))

    def counts(self) -> dict[str, int]:
        """How many rows each table has, visits aside: those grow with every look."""
        return {table.name: self.count(table) for table in tables.metadata.sorted_tables if table.name != "visit"}

    def tamper(self, statement: Any) -> None:
        """Somebody with the database's password changes rows behind the program's back."""

        def call(tx: Tx) -> None:
            tx.conn.execute(statement)

        self.store.run(call)

    def open_codes(self, case: str) -> list[str]:
        """The codes of a case's open work rows that are listed now, sorted."""
        now = millis(self.clock())
        rows = [row for row in self.rows(tables.task, case_id=case) if row.done_at is None]
        return sorted(row.code for row in rows if row.code not in ASLEEP or row.due_at <= now)


def demo(name: str) -> bytes:
    """A demo case as it lies in the repository."""
    return (DEMO / f"{name}.json").read_bytes()


def way(actor: Actor) -> Channel:
    """The channel an actor usually comes by."""
    return Channel.CONSOLE if actor.is_staff else Channel.WEB


def person(name: str) -> PersonId:
    """A person's id."""
    return PersonId(name)


def tie(name: str) -> TieId:
    """A tie's id."""
    return TieId(name)


def entry_id(name: str) -> EntryId:
    """An entry's id."""
    return EntryId(name)


def years_ago(years: int) -> date:
    """A birth date so many years before the story's day."""
    return TODAY.replace(year=TODAY.year - years)


@contextmanager
def open_house(url: str, folder: Path, clock: Clock | None = None) -> Iterator[House]:
    """A store at a URL with keys in a folder; what was there before is there again."""
    clock = clock or Clock()
    store = Store(url, FileKeys(folder / "root.key", make=True), clock=clock, migrate=True)
    store.law = Law(own_file=OWN_FILE)
    try:
        yield House(store, clock, url, folder)
    finally:
        store.close()
