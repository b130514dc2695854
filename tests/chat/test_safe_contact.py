"""Is it still safe to write to her? One page when she has signed in, once a visit, and never in the way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.channels.web import house_of
from bot.engine import nothing, show, turn
from bot.speech import locale
from bot.talk import Chose, Text
from storage.bindings import meet
from storage.commands import AskForLink, SameWords
from storage.payloads import TalkState
from storage.queries import MyChoices, MyLink
from storage.records import CaseId, PersonId
from storage.sign_in import pend, proven
from storage.talks import state_text
from tests.chat.conftest import House, open_house
from tests.storage.house import House as Store
from tests.storage.house import signed_in

ARABIC = locale("ar")  # what Amina reads


def begins(key: str) -> str:
    """What a text with a gap says before the gap."""
    return ARABIC.template(key).partition("{")[0].strip()


@pytest.fixture(params=["sqlite", "postgres"])
async def here(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    """The demo's house on both databases."""
    url = f"sqlite:///{tmp_path}/store.db"
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_url")
    async with open_house(url, tmp_path) as opened:
        yield opened


def said_yes(house: House, name: str = "Amina") -> dict[str, str | None]:
    """What she has said yes to, and until when."""
    one = house.person(name)
    asked = _store(house).see(signed_in(one.id), MyChoices(CaseId(one.case or "")))
    return {scope: until for _, scope, _, until in asked.given}


def _store(house: House) -> Store:
    return Store(house.store, house.clock, "", Path())  # type: ignore[arg-type]  # both clocks are asked alike


async def test_while_it_holds_nobody_is_asked(here: House) -> None:
    browser = await here.sign_in("Amina")
    assert browser.step == "meetings/home"


async def test_before_it_runs_out_she_is_asked_first_and_says_that_it_is_so(here: House) -> None:
    here.clock.on(days=80)
    browser = await here.sign_in("Amina")
    assert browser.step == "safe/ask"
    assert ARABIC.say(Text("safe.title")) in browser.words
    assert begins("safe.until") in browser.words
    assert all(hour in browser.words for hour in ("09:00", "19:00"))
    assert browser.choices == ["still", "shared", "change", "stop", "later"]
    await browser.tap("still")
    assert browser.step == "meetings/home"
    assert ARABIC.say(Text("safe.kept")) in browser.words
    assert said_yes(here) == {"reminders": "2027-05-12"}
    assert (await here.sign_in("Amina")).step == "meetings/home"


async def test_not_now_is_an_answer_and_the_next_visit_asks_again(here: House) -> None:
    here.clock.on(days=80)
    browser = await here.sign_in("Amina")
    await browser.tap("later")
    assert browser.step == "meetings/home"
    await browser.tap("choices")
    await browser.tap("back")
    assert browser.step == "meetings/home", "asked once in a visit"
    assert (await here.sign_in("Amina")).step == "safe/ask"


async def test_no_is_no_at_once(here: House) -> None:
    here.clock.on(days=80)
    browser = await here.sign_in("Amina")
    await browser.tap("stop")
    assert ARABIC.say(Text("safe.stopped")) in browser.words
    assert said_yes(here) == {}


async def test_after_its_last_day_the_page_says_so(here: House) -> None:
    here.clock.on(days=120)
    browser = await here.sign_in("Amina")
    assert ARABIC.say(Text("safe.over")) in browser.words
    await browser.tap("shared")
    assert said_yes(here) == {"reminders": "2027-04-22"}


async def test_other_hours_and_the_way_there_on_any_day(here: House) -> None:
    browser = await here.sign_in("Amina")
    for value in ("choices", "safe", "change", "morning"):
        await browser.tap(value)
    assert browser.step == "meetings/home"
    for value in ("choices", "safe"):
        await browser.tap(value)
    assert all(hour in browser.words for hour in ("09:00", "12:00"))


async def test_a_telephone_that_had_rested_asks_too(here: House) -> None:
    browser, one = here.new_browser(), here.person("Amina")
    await browser.open()
    await browser.tap("code")
    await browser.write(one.receipt_code)
    await browser.write(one.pin)
    await browser.tap("mine")
    here.clock.on(days=80)
    await browser.open()
    await browser.write(one.pin)
    assert browser.step == "safe/ask"


async def test_a_child_is_not_asked(here: House) -> None:
    here.clock.on(days=80)
    assert (await here.sign_in("Tuva")).step == "my_way/home"


# --- reading in Telegram --------------------------------------------------------------------------------------


class Page:
    """Her page in a house that allows it, without a browser."""

    def __init__(self, house: House, person: PersonId) -> None:
        self.house = house
        self.spoken = replace(house_of(nothing), content=True, bot=lambda: "practice_bot")
        state = state_text(TalkState("choices/list", 1, {}))
        self.token = house.store.run(lambda tx: proven(tx, pend(tx, person, state).token, person).token)

    @property
    def at(self) -> str:
        found = self.house.store.run(lambda tx: show(tx, self.spoken, self.token))
        assert found is not None
        self.values = [one.value for one in (*found.screen.rows, *found.screen.choices)]
        self.keys = [line.key for block in found.screen.blocks for line in block.lines if hasattr(line, "key")]
        self.turn = found.turn
        return found.step

    def tap(self, value: str) -> str:
        assert self.at
        assert value in self.values, self.values
        self.house.store.run(lambda tx: turn(tx, self.spoken, self.token, Chose(value), self.turn))
        return self.at


async def test_a_grown_up_is_told_what_it_means_before_she_says_yes(here: House) -> None:
    amina = PersonId(here.person("Amina").id)
    page = Page(here, amina)
    assert page.tap("full") == "full/what"
    assert page.keys == [f"full.{name}" for name in ("what", "company", "phone", "kept", "back", "link")]
    assert page.values == ["link", "back"], "first her chat"
    store, her = _store(here), signed_in(amina)
    store.done(her, AskForLink(amina))
    token = store.see(her, MyLink(amina)).token or ""
    assert here.store.run(lambda tx: meet(tx, token, 4711)) is not None
    store.done(her, SameWords(amina))
    assert page.at == "full/what"
    assert page.values == ["yes", "back"]
    assert page.tap("yes") == "choices/list"
    assert said_yes(here)["telegram_full"] == "2027-02-21"
    assert page.tap("full") == "full/what"
    assert page.tap("withdraw") == "choices/list"
    assert "telegram_full" not in said_yes(here)


async def test_without_the_municipalitys_yes_the_row_is_not_there(here: House) -> None:
    browser = await here.sign_in("Amina")
    await browser.tap("choices")
    assert "full" not in browser.choices
