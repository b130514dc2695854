"""Whom of the grown-ups she can ask: marked in the list, asked by way of the unit, and rung where nobody reads."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.flows.adults import One
from bot.talk import Chose, Facts, Go, Me, Party, Text
from storage.queries import Adults, CaseThread, MyThread, Thread, WholeStory
from storage.records import Adult, Authority, CaseId, Channel, Listener, PersonId, RecordId, TieId, TieKind
from tests.chat.asking import see
from tests.chat.conftest import House

CASE = CaseId("c")
EVA = Adult(RecordId("eva"), "Eva Holm", "counsellor", Authority.TREATMENT, "0700-00 02 04", "BUP Lindvik")
NOW = datetime(2026, 11, 23, 9, tzinfo=ZoneInfo("Europe/Stockholm"))


async def test_he_asks_one_of_them_and_the_unit_reads_for_whom_it_is(house: House) -> None:
    browser = await house.sign_in("Elias")
    await browser.tap("adults")
    assert "Går att fråga" not in browser.words, "everybody can be asked, and a mark at every name tells nothing"
    assert "Amir – " in browser.words
    await browser.tap(browser.choices[0])
    assert browser.step == "adults/one"
    assert "Den här personen kan du fråga." in browser.words
    await browser.tap("ask")
    assert browser.step == "say/write"
    assert "En människa här läser den först och kan fråga vidare åt dig." in browser.words
    to = browser.words.partition("Din fråga är till ")[2].partition(". En människa här")[0]
    await browser.write("När får jag komma tillbaka?")
    assert f"Din fråga är till {to}." in browser.words
    person = house.person("Elias")
    (message,) = see(house, CaseThread(CaseId(person.case or ""), PersonId(person.id)))
    assert (message.words, message.to, message.alarm) == ("När får jag komma tillbaka?", to.strip("\u2068\u2069"), None)
    await browser.tap("back")
    assert "Din fråga är till" not in browser.words


async def test_danger_is_never_to_somebody_else(house: House) -> None:
    browser = await house.sign_in("Elias")
    await browser.tap("adults")
    await browser.tap(browser.choices[0])
    await browser.tap("ask")
    await browser.write("han slår mej nu och mamma skriker")
    assert "En vuxen som arbetar här har fått veta det nu." in browser.words
    person = house.person("Elias")
    (message,) = see(house, CaseThread(CaseId(person.case or ""), PersonId(person.id)))
    assert (message.to, message.alarm) == (None, "danger")


async def test_who_has_left_is_not_marked_and_whoever_works_there_now_is_asked(house: House) -> None:
    browser = await house.sign_in("Vilja")
    await browser.tap("adults")
    gunnel = browser.words.partition("Gunnel Ö")[2].partition("Maj Kvist")[0]
    assert "Går att fråga" not in gunnel
    assert "Står det ”Går att fråga” kan du fråga den personen." in browser.words
    await browser.tap(browser.choices[0])
    assert "De som arbetar där nu kan svara i stället." in browser.words
    assert "Den här personen kan du fråga." not in browser.words
    assert "Fråga dem som är där nu" in browser.words
    await browser.tap("ask")
    assert "Din fråga är till" in browser.words
    assert "Barn och familj, Lindvik" in browser.words


def one(adult: Adult, *, staffed: bool = True, listener: Listener = Listener.CHILD) -> tuple[list[Text], list[str], Go]:
    """A grown-up's page: what stands there, the buttons, and where *ask* leads."""
    kind = TieKind.REPRESENTATIVE if listener is Listener.REPRESENTATIVE else TieKind.CHILD
    me = Me(NOW, Channel.WEB, "sv", listener, PersonId("p"), parties=(Party(CASE, TieId("t"), kind),))
    thread = Thread((), staffed=staffed, answer_by=None)
    facts = Facts({Adults(CASE): (adult,), WholeStory(CASE): (), MyThread(CASE): thread})
    step = One(adult.id)
    screen = step.screen(me, facts)
    lines = [line for block in screen.blocks for line in block.lines if isinstance(line, Text)]
    return lines, [choice.value for choice in screen.choices], step.on(me, Chose("ask"), facts).next


def test_where_nobody_reads_there_is_no_button_and_the_number_stands_there() -> None:
    lines, ways, _ = one(EVA, staffed=False)
    assert ways == ["back"]
    assert Text("adults.ask.ring") in lines
    assert "adults.phone" in [line.key for line in lines]


def test_without_a_number_the_page_says_whom_to_ring() -> None:
    lines, ways, _ = one(Adult(EVA.id, "Eva", "counsellor", Authority.TREATMENT, None, "BUP"), staffed=False)
    assert ways == ["back"]
    assert Text("say.nobody") in lines


def test_who_has_neither_a_number_nor_a_place_cannot_be_asked() -> None:
    lines, ways, _ = one(Adult(EVA.id, "Eva", "counsellor", Authority.TREATMENT))
    assert ways == ["back"]
    assert Text("adults.no_phone") in lines


@pytest.mark.parametrize("listener", [Listener.UNDER_7, Listener.TEEN, Listener.GROWN])
def test_the_button_leads_to_the_box_with_the_name(listener: Listener) -> None:
    _, ways, there = one(EVA, listener=listener)
    assert ways == ["ask", "back"]
    assert there == Go("say/write", {"to": "eva"})


def test_a_representative_is_not_sent_to_the_childs_box() -> None:
    lines, ways, _ = one(EVA, listener=Listener.REPRESENTATIVE)
    assert ways == ["back"]
    assert Text("adults.ask.can") not in lines
