"""What Elias, Tuva and a grown-up can do with one of their cards, and what nobody else sees of it."""

from __future__ import annotations

import re
from html import unescape

from storage import _tables as tables
from storage.clockwork import counts_folded
from storage.commands import AnswerObjection, TakeBack
from storage.her_words import Outcome
from storage.queries import CaseSayings, UnclearTexts, WorkList
from storage.records import CaseId, EntryId, RecordId
from tests.chat.asking import see, work
from tests.chat.browser import Browser
from tests.chat.conftest import House
from tests.chat.test_cost import COMMITS, DEED, MORE, MOST
from tests.storage.counting import counted

SECRET = "Zqxhemlis ord till mig själv"


async def _card(house: House, name: str = "Elias") -> tuple[Browser, str]:
    """The first card of a way, read whole."""
    browser = await house.sign_in(name)
    await browser.tap("way")
    entry = browser.choices[0]
    await browser.tap(entry)
    while "more" in browser.choices:
        await browser.tap("more")
    return browser, entry


def _rows(browser: Browser) -> list[str]:
    """What the rows of a page say, in order."""
    return [unescape(one) for one in re.findall(r"<li><button[^>]*><span>(.*?)</span>", browser.body)]


def _case(house: House, name: str = "Elias") -> CaseId:
    return CaseId(house.person(name).case or "")


async def test_he_did_not_understand_and_gets_other_words_a_voice_or_a_person(house: House) -> None:
    browser, _ = await _card(house)
    usual = browser.words
    await browser.tap("unclear")
    assert browser.step == "card/unclear"
    assert "inte vem du är" in browser.words
    await browser.tap("simpler")
    assert browser.step == "card/one"
    assert "med andra ord" in browser.words
    assert browser.words != usual
    await browser.tap("own")
    assert browser.words == usual
    await browser.tap("unclear")
    await browser.tap("listen")
    assert "Tryck på ”Läs högt”" in browser.words
    assert 'class="aloud"' in browser.body
    await browser.tap("unclear")
    await browser.tap("human")
    assert browser.step == "say/write"
    assert "hör ihop med kortet" in browser.words


async def test_his_press_is_counted_for_the_text_and_not_for_him(house: House) -> None:
    browser, _ = await _card(house)
    for _ in range(5):
        await browser.tap("unclear")
        await browser.tap("back")
    house.clock.on(days=1)
    assert house.store.run(counts_folded) == 1
    (line,) = see(house, UnclearTexts("lindvik"))
    assert (line.text.endswith(".7-12"), line.locale, line.many) == (True, "sv", 5)


async def test_something_is_wrong_is_kept_and_answered(house: House) -> None:
    browser, entry = await _card(house)
    for value in ("about", "wrong"):
        await browser.tap(value)
    said = ("ändras inte av det du skriver", "Lagen säger", "En människa läser")
    assert all(words in browser.words for words in said)
    await browser.write("Det var inte på en måndag.")
    assert "Din anteckning är sparad." in browser.words
    assert "svara senast" in browser.words
    await browser.tap("back")
    assert "Du har sagt att något är fel här." in browser.words
    (one,) = see(house, CaseSayings(_case(house))).objections
    assert (one.entry, one.words) == (entry, "Det var inte på en måndag.")
    work(house, AnswerObjection(_case(house), one.id, Outcome.CORRECTED))
    await browser.open()
    assert "Kortet är rättat, och din anteckning finns kvar." in browser.words
    work(house, TakeBack(_case(house), EntryId(entry), "fel"))
    for value in ("back", "back", "mine", "said"):
        await browser.tap(value)
    await browser.tap(browser.choices[0])
    assert "Det var inte på en måndag." in browser.words
    assert "Hanna Berg" in browser.words


async def test_danger_in_what_is_wrong_shows_help_at_once(house: House) -> None:
    browser, _ = await _card(house)
    for value in ("about", "wrong"):
        await browser.tap(value)
    await browser.write("jag vill inte leva längre")
    assert "En vuxen som arbetar här har fått veta det nu." in browser.words
    assert any(row.task.code == "q3" for row in see(house, WorkList("lindvik")))


async def test_a_card_that_is_not_his_goes_at_once_and_a_person_answers(house: House) -> None:
    browser, entry = await _card(house)
    for value in ("about", "not_mine", "yes"):
        await browser.tap(value)
    assert browser.step == "card/one"
    assert "Det här kortet är gömt" in browser.words
    await browser.tap("back")
    assert "Gömt kort, en människa ser efter" in browser.words
    assert any(row.task.code == "q2" and row.task.ref == entry for row in see(house, WorkList("lindvik")))
    work(house, AnswerObjection(_case(house), RecordId(entry), Outcome.HERS))
    await browser.tap(entry)
    while "more" in browser.choices:
        await browser.tap("more")
    assert "Kortet handlar om dig" in browser.words


async def test_when_it_was_not_his_he_is_told_that_it_is_gone(house: House) -> None:
    browser, entry = await _card(house)
    for value in ("about", "not_mine", "yes"):
        await browser.tap(value)
    work(house, TakeBack(_case(house), EntryId(entry), "an other child's"))
    await browser.open()
    assert "Kortet skulle inte ligga här, och det är borttaget." in browser.words


async def test_what_he_wanted_what_to_say_others_and_who_can_look_again(house: House) -> None:
    browser, _ = await _card(house)
    pages = {}
    for row in ("wanted", "ring", "others", "routes"):
        await browser.tap("about")
        await browser.tap(row)
        assert browser.step == f"card/{row}"
        pages[row] = browser.words
        await browser.tap("back")
        assert browser.step == "card/one"
    assert "Hej. Jag ringer om något som handlar om mig." in pages["ring"]
    assert "116 111" in pages["others"]
    assert "Stödlinjen för män" not in pages["others"]
    assert "JO, Riksdagens ombudsmän" in pages["routes"]


async def test_what_he_wanted_shows_what_he_wrote_and_that_nobody_has_answered(house: House) -> None:
    browser, _ = await _card(house)
    await browser.tap("ask")
    await browser.write("Jag vill bo hos mormor.")
    await browser.tap("back")
    await browser.tap("way")
    await browser.tap(browser.choices[0])
    for value in ("about", "wanted"):
        await browser.tap(value)
    assert "Jag vill bo hos mormor." in browser.words
    assert "Det har inte kommit något svar på det än." in browser.words


async def test_he_chooses_what_he_wants_to_be_told(house: House) -> None:
    browser = await house.sign_in("Elias")
    for value in ("choices", "told", "verdict", "no"):
        await browser.tap(value)
    assert "Hur domen blev: nej" in browser.words
    assert "Om någon ska åtalas ska du få veta det." in browser.words
    told = see(house, CaseSayings(_case(house))).told
    assert told is not None
    assert dict(told.answers) == {"verdict": False}


async def test_what_he_does_not_want_to_be_told_stands_unsaid_on_his_way_until_he_opens_it(house: House) -> None:
    browser = await house.sign_in("Vilja")
    await browser.tap("way")
    assert "Fällande dom" in browser.words
    verdict = browser.choices[next(n for n, one in enumerate(_rows(browser)) if one.startswith("Fällande dom"))]
    for value in ("back", "choices", "told", "verdict", "no", "back", "back", "way"):
        await browser.tap(value)
    assert "Fällande dom" not in browser.words
    assert "Något du har valt bort, måndag 28 september 2026" in browser.words
    await browser.tap(verdict)
    assert "Det här har du valt bort" in browser.words
    assert "döms" not in browser.words
    assert "Fällande dom" not in browser.words
    await browser.tap("read")
    assert "Fällande dom" in browser.words


async def test_the_hard_words_of_a_card_are_unfolded_where_they_stand_without_a_script_or_a_turn(house: House) -> None:
    browser, _ = await _card(house)
    assert "<details><summary>Anmälan</summary>" in browser.body
    assert "Någon berättar för socialtjänsten eller polisen att ett barn kan fara illa." in browser.words
    assert "word.report" not in browser.body
    assert "words" not in browser.choices


async def test_he_writes_to_himself_and_nobody_is_told(house: House) -> None:
    browser = await house.sign_in("Elias")
    tasks = len(see(house, WorkList("lindvik")))
    for value in ("mine", "notes"):
        await browser.tap(value)
    box = browser.body.index("<textarea")
    assert browser.body.index("Ingen förälder kan läsa det här") < box
    await browser.write(f"{SECRET} jag vill inte leva längre")
    assert "Ingen annan har fått det du skrev." in browser.words
    assert "har fått veta det nu" not in browser.words
    assert len(see(house, WorkList("lindvik"))) == tasks
    note = next(value for value in browser.choices if value not in ("say", "back"))
    await browser.tap(note)
    assert SECRET in browser.words
    for value in ("drop", "drop"):
        await browser.tap(value)
    assert SECRET not in browser.body
    assert "Anteckningen är borttagen." in browser.words
    assert house.store.run(lambda tx: tx.rows(tables.part.select().where(tables.part.c.name == "note"), {})) == []


async def test_a_representative_has_none_of_it(house: House) -> None:
    browser = await house.sign_in("Karim Nasser")
    assert "mine" not in browser.choices
    await browser.tap("way")
    await browser.tap(browser.choices[0])
    assert not {"about", "unclear"} & set(browser.choices)
    await browser.tap("about")
    assert browser.step == "card/one"


async def test_what_a_deed_beside_a_card_costs(house: House) -> None:
    browser, _ = await _card(house)
    with counted(house.store) as cost:
        await browser.tap("unclear")
    # A turn with two questions and a deed, and the page that follows with one question.
    assert len(cost.statements) <= MOST + MORE + DEED + MOST, cost
    assert cost.commits <= COMMITS
    for value in ("back", "about", "not_mine"):
        await browser.tap(value)
    with counted(house.store) as cost:
        await browser.tap("yes")
    assert len(cost.statements) <= MOST + DEED + MOST + MORE, cost
    assert cost.commits <= COMMITS
