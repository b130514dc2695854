"""Beside the worker: enrolled, a yes, a link, and the trial seen to leave, to fail, and to become a task."""

from __future__ import annotations

from storage import outbox
from storage._sql import Tx
from storage.bindings import meet
from storage.commands import AskForLink, Command, SameWords
from storage.consent import Actor, Withheld
from storage.gate import Sitting
from storage.letters import decide_letter
from storage.outbox import End, Outcome
from storage.queries import MyLink
from storage.records import Channel, PersonId, Side, Strength
from tests.console.house import House, Worker
from tests.console.steps import enrol, open_case

NONE, ONCE = "Inget prov är skickat än.", "Provet skickas en gång"


async def enrolled(ali: Worker) -> tuple[str, str]:
    """Johan stands beside Ali and says yes to reminders."""
    case = await open_case(ali, "EB 7")
    johan = await enrol(ali, case, "recipient", "Johan", born="1990-01-02", wording="hello")
    page = await ali.fill(f"/cases/{case}/decisions", "/consent", yes_by=johan, yes_for=johan, scope="reminders",
                          channel="telegram", purpose="", phone_held="own")  # fmt: skip
    assert page.status == 200, page.problems
    return case, johan


def link(house: House, person: str, number: int = 7001) -> None:
    """His page and his chat show the same four words."""
    herself = Actor(person, Strength.PIN)

    def deed(tx: Tx, *commands: Command) -> str:
        with Sitting(tx, herself, Channel.WEB, lock=True) as sitting:
            for command in commands:
                assert not isinstance(sitting.do(command), Withheld)
            facts = sitting.ask(MyLink(PersonId(person)))
            return "" if isinstance(facts, Withheld) else facts.token or ""

    token = house.store.run(lambda tx: deed(tx, AskForLink(PersonId(person))))
    assert house.store.run(lambda tx: meet(tx, token, number)) is not None
    house.store.run(lambda tx: deed(tx, SameWords(PersonId(person))))


def ends(house: House, how: Outcome) -> None:
    """What is due leaves, and comes to this end."""

    def send(tx: Tx) -> None:
        for row in outbox.claim(tx, "sender", 8):
            assert decide_letter(tx, row, "sender") is not None
            outbox.finish(tx, row, how, "bot")

    house.store.run(send)


async def test_she_sees_on_his_page_that_it_was_sent(house: House) -> None:
    ali = await house.worker("Ali", unit="Bistånd", side=Side.AID)
    case, johan = await enrolled(ali)
    page = f"/cases/{case}/people/{johan}"
    assert (await ali.get(page)).has(NONE, ONCE)
    link(house, johan)
    shown = await ali.get(page)
    assert shown.has("<strong>I kö</strong>")
    assert not shown.has(NONE)
    ends(house, Outcome(End.SENT, messages=(1,)))
    assert (await ali.get(page)).has("<strong>Skickat</strong>")
    assert (await ali.get(f"/cases/{case}/deliveries")).has("Provmeddelande", "Skickat")


async def test_one_that_does_not_come_is_her_task(house: House) -> None:
    ali = await house.worker("Ali", unit="Bistånd", side=Side.AID)
    case, johan = await enrolled(ali)
    link(house, johan)
    ends(house, Outcome(End.BLOCKED, "blocked"))
    assert (await ali.get(f"/cases/{case}/people/{johan}")).has("<strong>Mottagaren har stängt av</strong>")
    assert (await ali.get("/")).has('data-duty="d1"', case)


async def test_a_child_has_no_such_panel(house: House) -> None:
    hanna = await house.worker("Hanna")
    case = await open_case(hanna)
    moa = await enrol(hanna, case, "child", "Moa", born="2017-03-05")
    assert not (await hanna.get(f"/cases/{case}/people/{moa}")).has(ONCE)
