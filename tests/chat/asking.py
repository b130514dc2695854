"""What stories about a grown-up share: somebody asks, comes back, and Hanna works with the request."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from bot.demo.people import Worker
from storage._sql import Tx
from storage.commands import (
    Command,
    MoveClaim,
    WriteEntry,
)
from storage.consent import Actor
from storage.gate import Sitting
from storage.queries import CaseAdults, WorkList
from storage.records import (
    Authority,
    CaseId,
    Channel,
    ClaimId,
    ClaimStage,
    Entry,
    EntryId,
    EntryState,
    ProofWay,
    ReaderClass,
    Role,
    Side,
    Strength,
)
from tests.chat.browser import Browser
from tests.chat.conftest import House

HANNA, FUNCTION = "Hanna Berg", "samordnaren på barnahus"
TYPED = {
    "name": "Noa Zqxkanin Strand", "born": "2003-06-21 Zqxhare", "where": "Zqxköping 2012",
    "reach": "070-Zqx efter klockan fem",
}  # fmt: skip
NUMBER = re.compile(r"\b[0-9A-Z]{5} [0-9A-Z]{5}\b")


async def asks(house: House, way: str = "in_person") -> tuple[Browser, str]:
    """Somebody asks: the browser it was asked in, and the number."""
    browser = house.new_browser()
    await browser.open()
    for value in ("was_here", "ask", "lindvik"):
        await browser.tap(value)
    for words in TYPED.values():
        assert browser.step == "come_back/ask", browser.words
        await browser.write(words)
    assert browser.step == "come_back/way"
    await browser.tap(way)
    assert browser.step == "come_back/send"
    assert not any(words in browser.body for words in TYPED.values())
    await browser.tap("send")
    found = NUMBER.search(browser.words)
    assert found is not None, browser.words
    return browser, found.group()


async def comes_back(house: House, number: str) -> Browser:
    """Somebody comes back with a number, on another device."""
    browser = house.new_browser()
    await browser.open()
    for value in ("was_here", "number"):
        await browser.tap(value)
    await browser.write(number)
    return browser


def actor_of(worker: Worker) -> Actor:
    return Actor(worker.id, Strength.STAFF, Side.BARNAHUS, worker.unit, Role(worker.role), label=worker.name)


def see(house: House, query: Any) -> Any:
    """What Hanna is answered at the door."""
    worker = house.worker(HANNA)

    def look(tx: Tx) -> Any:
        with Sitting(tx, actor_of(worker), Channel.CONSOLE) as sitting:
            return sitting.ask(query)

    return house.store.run(look)


def claim_of_hers(house: House) -> ClaimId:
    """The request on Hanna's list."""
    rows = [row for row in see(house, WorkList("lindvik")) if row.name == TYPED["name"]]
    assert len(rows) == 1
    return ClaimId(rows[0].task.case)


def work(house: House, *deeds: Command) -> None:
    for deed in deeds:
        house.work(HANNA, deed)


def moved(house: House, claim: ClaimId, stage: ClaimStage, way: ProofWay = ProofWay.IN_PERSON) -> MoveClaim:
    return MoveClaim(claim, stage, FUNCTION, house.clock().date() + timedelta(days=9), way)


async def write_unreleased(house: House, case: CaseId, *names: str) -> None:
    """Entries that nobody has let the child have. Her case closed long ago: a coordinator writes, and says why."""
    adults = see(house, CaseAdults(case))
    for name in names:
        entry = Entry(EntryId(name), "social_measure", EntryState.HAPPENED, date(2012, 9, 3), Authority.SOCIAL, "Gun",
                      {"measure": "parent_support", "by": adults[0].id}, (ReaderClass.CHILD,))  # fmt: skip
        house.work("Lena Dahl", WriteEntry(case, entry, "Hittades i arkivet"))
