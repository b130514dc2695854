"""What a child has said about her cards, as her worker meets it: a task, the words, an approved answer, one click."""

from __future__ import annotations

from typing import Any

from storage.clockwork import counts_folded
from storage.commands import ChooseTold, Command, CountUnclear, SayNotMine, SayWrong
from storage.consent import Actor, Withheld
from storage.gate import Sitting
from storage.her_words import TellOf
from storage.queries import MyObjections, OneEntry, Query
from storage.records import CaseId, Channel, EntryId, EntryView, Side, Strength
from tests.console.house import House, Worker
from tests.console.steps import decide_contact, dropped_case

WORDS = "Det var inte <b>morfar</b> som sa så."


async def _hers(house: House) -> tuple[Worker, CaseId, str, EntryId]:
    """A card that the child has been told of and reads."""
    eva = await house.worker("Eva Lind")
    case, child, _, entry = await dropped_case(eva)
    await eva.fill(f"/cases/{case}/entries/{entry}", "/release")
    await eva.fill(f"/cases/{case}/entries/{entry}", "/told", how="in_person", understood="understood")
    return eva, CaseId(case), child, EntryId(entry)


def _say(house: House, child: str, *deeds: Command) -> None:
    def call(tx: Any) -> None:
        with Sitting(tx, Actor(child, Strength.PIN), Channel.WEB, lock=True) as sitting:
            for deed in deeds:
                done = sitting.do(deed)
                assert not isinstance(done, Withheld), done

    house.store.run(call)


def _see(house: House, child: str, query: Query[Any]) -> Any:
    def call(tx: Any) -> Any:
        with Sitting(tx, Actor(child, Strength.PIN), Channel.WEB) as sitting:
            return sitting.ask(query)

    return house.store.run(call)


async def test_a_note_that_something_is_wrong_is_a_task_and_gets_an_approved_answer(house: House) -> None:
    eva, case, child, entry = await _hers(house)
    _say(house, child, SayWrong(case, entry, WORDS, None))
    start = await eva.get("/")
    assert start.has("Barnet har skrivit att något är fel", f"/cases/{case}/said#o-")
    page = await eva.get(f"/cases/{case}/said")
    assert page.has("Det var inte &lt;b&gt;morfar", "Ska ha ett svar senast", f"/entries/{entry}")
    (mine,) = _see(house, child, MyObjections(case))
    empty = await eva.post(f"/cases/{case}/said/{mine.id}", page.form(f"/said/{mine.id}"))
    assert empty.status == 422
    page = await eva.fill(f"/cases/{case}/said", f"/said/{mine.id}", f"/cases/{case}/said/{mine.id}", outcome="kept")
    assert page.has("Svaret är sparat", "Texten står kvar")
    assert not (await eva.get("/")).has("Barnet har skrivit att något är fel")
    assert (await eva.get(f"/cases/{case}/entries/{entry}")).has("Barnet har sagt något", "Texten står kvar")
    (mine,) = _see(house, child, MyObjections(case))
    assert (mine.words, mine.outcome, mine.by) == (WORDS, "kept", "Eva Lind, socialsekreterare")


async def test_a_card_that_is_not_hers_is_one_click_from_being_taken_back(house: House) -> None:
    eva, case, child, entry = await _hers(house)
    _say(house, child, SayNotMine(case, entry))
    start = await eva.get("/")
    assert start.has("Barnet säger att ett kort inte handlar om barnet", f"/cases/{case}/entries/{entry}#said")
    page = await eva.get(f"/cases/{case}/entries/{entry}")
    assert page.has(
        'id="said"', 'href="#incident"', "Kortet är gömt för barnet", "Kortet är gömt tills någon har sett efter."
    )
    page = await eva.fill(f"/cases/{case}/entries/{entry}", "/take-back", take_back_why="Ett annat barns.")
    assert page.has("Kortet togs tillbaka")
    assert not (await eva.get("/")).has("Barnet säger att ett kort inte handlar om barnet")
    assert [one.outcome for one in _see(house, child, MyObjections(case))] == ["removed"]


async def test_a_card_that_is_hers_after_all_is_given_back(house: House) -> None:
    eva, case, child, entry = await _hers(house)
    _say(house, child, SayNotMine(case, entry))
    await eva.fill(f"/cases/{case}/said", f"/said/{entry}", f"/cases/{case}/said/{entry}", outcome="hers")
    assert isinstance(_see(house, child, OneEntry(case, entry)), EntryView)
    assert (await eva.get(f"/cases/{case}/said")).has("Kortet är barnets")


async def test_what_she_wants_to_be_told_stands_beside_the_entry_and_stops_a_notice(house: House) -> None:
    eva, case, child, entry = await _hers(house)
    path = f"/cases/{case}/entries/{entry}"
    assert (await eva.get(path)).has('data-wish="open"', "Barnet har inte svarat")
    _say(house, child, ChooseTold(case, TellOf.NOT_CHARGED, wanted=False))
    assert (await eva.get(path)).has('data-wish="no"', "Fråga igen innan du berättar.")
    assert (await eva.get(f"/cases/{case}/notify/{entry}")).has("sagt nej till besked om just detta")
    assert (await eva.get(f"/cases/{case}/said")).has("Att ingen åtalas")


async def test_the_page_of_texts_shows_which_were_not_understood(house: House) -> None:
    eva, case, child, _ = await _hers(house)
    await decide_contact(eva, case)
    _say(house, child, *(CountUnclear(case, "charge_decision_dropped.7-12", "ti") for _ in range(5)))
    assert (await eva.get("/texts")).has("Ingen text har nått fem än.")
    house.clock.now = house.clock.now.replace(day=house.clock.now.day + 1)
    house.store.run(counts_folded)
    page = await (await house.worker("Olle")).get("/texts")
    assert page.has('data-text="charge_decision_dropped.7-12"', "<td>5</td>")
    maria = await house.worker("Maria", side=Side.AID)
    page = await maria.get("/texts")
    assert page.status == 200
    assert not page.has("charge_decision_dropped.7-12")
