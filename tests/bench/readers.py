"""People to measure with in Telegram: who reads her own story there, and who is reminded of what is booked.

Making them takes as long as measuring with them, so they are made once in a run, and every figure gets a copy.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Engine, delete, func, select, update

from bot import messenger
from bot.channels.web import house_of
from bot.engine import House, nothing
from bot.messenger import Inbound, Press, Reply
from bot.talk import Typed
from storage import _tables as t
from storage._engine import bring_to_head, engine_for
from storage._sql import millis
from storage.bindings import meet
from storage.commands import AskForLink, Book, Command, KeepConsent, PickCodeWord, SameWords
from storage.consent import TELEGRAM_FULL, Actor, Withheld
from storage.gate import Sitting
from storage.keys import FileKeys
from storage.outbox import End, Outcome, finish
from storage.queries import MyLink
from storage.records import CaseId, Channel, EntryState, Meeting, PersonId, RecordId, Role, Side, Strength
from storage.vault import Store, Tx
from tests.bench.cases import long_case
from tests.channels.telegram_house import UNIT, consent, moving_in
from tests.parts.postgres import Postgres

CHATS = 400
FIRST_CHAT = 1000
CARDS = 20
GROWN = "2003-02-11"
KEY, FILE = "root.key", "store.db"
# A Monday at nine in Stockholm, when anybody may be reminded.
MORNING = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
APART = timedelta(minutes=10)


def url_in(folder: Path) -> str:
    """The address of the store in a folder."""
    return f"sqlite:///{folder / FILE}"


def readers(folder: Path) -> Path:
    """A folder with a store of people who have linked a chat, said yes to reading there, and stand at their cards."""
    return Path(shutil.copytree(_readers(), folder))


def reminded(folder: Path, people: int, booked: int, each: int) -> Path:
    """A folder with a store in whose outbox so many people have so many reminders, so many of all due in a round."""
    return Path(shutil.copytree(_reminded(people, booked, each), folder))


@contextmanager
def on_postgres(folder: Path) -> Iterator[str]:
    """The address of a PostgreSQL that writes through and has all that lies in the folder's store; then it is gone."""
    server = Postgres(fsync=True)
    try:
        server.start()
        bring_to_head(server.url())
        _copied(engine_for(url_in(folder)), server.conninfo())
        yield server.url()
    finally:
        server.remove()


def _copied(source: Engine, target: str) -> None:
    with source.connect() as here, psycopg.connect(target, autocommit=True) as there:
        for table in t.metadata.sorted_tables:
            names = ", ".join(column.name for column in table.columns)
            there.execute(f"TRUNCATE {table.name}".encode())
            with there.cursor().copy(f"COPY {table.name} ({names}) FROM STDIN".encode()) as copy:
                for row in here.execute(select(table)):
                    copy.write_row(tuple(row))
        there.execute("VACUUM ANALYZE")
    source.dispose()


def _fresh(name: str, clock: Any = None) -> tuple[Path, Store]:
    folder = Path(tempfile.mkdtemp(prefix=f"bredvid-bench-{name}-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder, Store(url_in(folder), FileKeys(folder / KEY, make=True), migrate=True, clock=clock)


# --- who reads --------------------------------------------------------------------------------------------------------


@cache
def _readers() -> Path:
    folder, store = _fresh("readers")
    house = replace(house_of(nothing), content=True)
    for n in range(CHATS):
        case, person = long_case(store, f"LINE-{n}", CARDS, born=GROWN)
        store.run(lambda tx, of=(case, person, n): _reads(tx, house, *of))  # type: ignore[misc]
    store.close()
    return folder


def _reads(tx: Tx, house: House, case: CaseId, person: PersonId, n: int) -> None:
    link(tx, person, FIRST_CHAT + n)
    yes = KeepConsent(case, f"{person}.telegram", person, person, TELEGRAM_FULL, "read here", Channel.TELEGRAM,
                      tx.now.date(), None)  # fmt: skip
    _do(tx, Actor("import", Strength.STAFF, Side.BARNAHUS, "lindvik", Role.COORDINATOR), yes)
    _at_her_cards(tx, house, n)


def _at_her_cards(tx: Tx, house: House, n: int) -> None:
    """Two turns: hello, and on to her way; from then on every word of hers shows the page again."""
    chat = FIRST_CHAT + n

    def turn(number: int, said: Press | Typed) -> Reply:
        reply = messenger.turn(tx, house, Inbound(10 * n + number, chat, said, "sv"), "bench")
        if reply is None:
            raise RuntimeError("a chat to measure with got no answer")
        # Given and marked, or a sender would give it once more while something else is measured.
        finish(tx, reply.row, Outcome(End.SENT, messages=(number + 1,)), "bench")
        return reply

    hello = turn(0, Typed("/start"))
    turn(1, Press(hello.nonces["way"]))
    shown = turn(2, Typed("Hej")).shown
    if shown.step != "my_way/timeline" or len(shown.screen.rows) != CARDS:
        raise RuntimeError("a chat to measure with does not show its cards")


def link(tx: Tx, person: PersonId, chat: int) -> None:
    """Bind a chat to somebody, as the page and the chat do it together."""
    with Sitting(tx, Actor(person, Strength.PIN), Channel.WEB, lock=True) as herself:
        herself.do(AskForLink(person))
        facts = herself.ask(MyLink(person))
        if isinstance(facts, Withheld) or facts.token is None:
            raise RuntimeError("a chat to measure with got no link")
        meet(tx, facts.token, chat)
        herself.do(SameWords(person))
        herself.do(PickCodeWord(person, "boat"))


def _do(tx: Tx, actor: Actor, *deeds: Command) -> None:
    with Sitting(tx, actor, Channel.CONSOLE, lock=True) as sitting:
        for deed in deeds:
            if isinstance(no := sitting.do(deed), Withheld):
                raise RuntimeError(f"{type(deed).__name__} was refused: {no.reason}")


# --- who is reminded --------------------------------------------------------------------------------------------------


@cache
def _reminded(people: int, booked: int, each: int) -> Path:
    folder, store = _fresh("reminded", lambda: MORNING - timedelta(hours=2))
    for n in range(people):
        store.run(lambda tx, n=n: _booked(tx, n, booked))  # type: ignore[misc]
    store.run(lambda tx: _in_rounds(tx, people, each))
    store.close()
    return folder


def _booked(tx: Tx, n: int, booked: int) -> None:
    """Somebody who lives on aid, linked, with a yes to reminders and many booked times tomorrow."""
    case, person = CaseId(f"case-{n:029x}"), PersonId(f"{n:032x}")
    maria = Actor("maria", Strength.STAFF, Side.AID, UNIT, Role.CASE_WORKER, "Maria, socialtjänsten")
    _do(tx, maria, *moving_in(person, case), consent(person, case))
    link(tx, person, FIRST_CHAT + n)
    starts = MORNING + timedelta(hours=29)
    for m in range(booked):
        meeting = Meeting(RecordId(f"{n:016x}{m:016x}"), starts, "Europe/Stockholm", "Maria", "Storgatan 4",
                          "three_way", EntryState.PLANNED)  # fmt: skip
        _do(tx, maria, Book(case, person, meeting))


def _in_rounds(tx: Tx, people: int, each: int) -> None:
    """One reminder of each booking, one of everybody before the second of anybody; a round lasts ten minutes."""
    reminders = t.outbox.c.what == "reminder"
    last = select(func.max(t.outbox.c.id)).where(reminders).group_by(t.outbox.c.ref)
    tx.run(delete(t.outbox).where(reminders, t.outbox.c.id.not_in(last)), {})
    ids = [row.id for row in tx.rows(select(t.outbox.c.id).where(reminders).order_by(t.outbox.c.ref), {})]
    booked = len(ids) // people
    by_turns = [ids[person * booked + m] for m in range(booked) for person in range(people)]
    for n, one in enumerate(by_turns):
        due = millis(MORNING + APART * (n // each)) - each + n % each
        tx.run(update(t.outbox).where(t.outbox.c.id == one).values(due_at=due), {})


def clock_of_round(number: int) -> datetime:
    """The instant at which the reminders of a round, counted from 0, are due."""
    return MORNING + APART * number
