"""Linking on the web with four words, a notice whose link works once, and reading in the chat after a yes."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot import engine
from bot.channels.web import house_of
from bot.demo.people import settle as move_in_demo
from bot.demo.phones import link_phones
from bot.engine import House as Spoken
from bot.engine import nothing
from bot.speech import locale
from bot.talk import Chose, Name, Text
from storage import _tables as t
from storage.commands import AskForLink, AskToBeSent, EndLink, TakeBack, Withdraw
from storage.consent import Reason, Withheld
from storage.letters import use_look
from storage.payloads import TalkState
from storage.queries import Headline, MyChoices, Timeline
from storage.records import CaseId, Channel, PersonId, Role
from storage.sign_in import pend, proven
from storage.talks import state_text
from tests.channels.telegram_house import AMINA, CASE, MARIA, MORNING, book, consent, link, moving_in, room, texts
from tests.storage.family import MIRA, move_in
from tests.storage.house import House, signed_in, worker

IMPORTED = replace(worker("import"), role=Role.COORDINATOR)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/store.db"


def unlinked(house: House) -> None:
    """Amina, who has not linked anything."""
    house.done(MARIA, *moving_in(), consent())


def family(house: House) -> None:
    """Mira's case."""
    move_in(house)


class Page:
    """Her web page, without a browser: what it shows, and its buttons."""

    def __init__(self, house: House, person: PersonId, step: str) -> None:
        self.house, self.spoken = house, replace(house_of(nothing), bot=lambda: "practice_bot")
        state = state_text(TalkState(step, 1, {}))
        self.token = house.store.run(lambda tx: proven(tx, pend(tx, person, state).token, person).token)

    @property
    def shown(self) -> engine.Shown:
        spoken: Spoken = self.spoken
        found = self.house.store.run(lambda tx: engine.show(tx, spoken, self.token))
        assert found is not None
        return found

    @property
    def words(self) -> str:
        say = locale(self.shown.locale).say
        return "\n".join(say(line) for block in self.shown.screen.blocks for line in block.lines)

    def tap(self, value: str) -> None:
        number = self.shown.turn
        self.house.store.run(lambda tx: engine.turn(tx, self.spoken, self.token, Chose(value), number))

    @property
    def link(self) -> str:
        line = self.shown.screen.blocks[-1].lines[0]
        assert isinstance(line, Name)
        return line.value


async def test_four_words_on_both_sides_make_a_link(url: str, tmp_path: Path) -> None:
    async with room(url, tmp_path, ready=unlinked) as here:
        page = Page(here.store, AMINA, "linking/telegram")
        page.tap("make")
        link = page.link
        here.phone().open(link)
        message = await here.phone().hears()
        four = message.text.split("\n\n")[1]
        page.tap("opened")
        assert four in page.words
        page.tap("same")
        assert "Din Telegram är länkad." in page.words
        page.tap("pick")
        page.tap("moon")
        assert "Ditt kodord är måne." in page.words

        here.phone(8).open(link)
        assert "Skriv aldrig koder" in (await here.phone(8).hears()).text

        here.store.done(MARIA, book(MORNING + timedelta(days=2)))
        here.clock.move(days=1)
        await here.until(lambda: texts(here.api)[-1].startswith("Måne: onsdag"))
        here.store.done(signed_in(AMINA), EndLink(AMINA))
        assert not here.store.rows(t.conversation, person=AMINA, channel="telegram", ended_at=None)


@pytest.mark.parametrize(
    ("hours", "line"),
    [
        ("10:00-16:00", "Du blir påmind om möten mellan klockan 10:00 och 16:00."),
        ("09:00-19:00", "Du blir påmind om möten mellan klockan 09:00 och 19:00."),
    ],
)
async def test_the_page_of_the_link_says_the_hours_of_her_own_yes(hours: str, line: str, tmp_path: Path) -> None:
    def linked(house: House) -> None:
        house.done(MARIA, *moving_in(), consent(hours=hours))
        link(house)

    async with room(f"sqlite:///{tmp_path}/store.db", tmp_path, ready=linked) as here:
        words = Page(here.store, AMINA, "linking/telegram").words
        assert [one for one in words.splitlines() if "mellan klockan" in one] == [line]


async def test_other_words_link_nothing(url: str, tmp_path: Path) -> None:
    async with room(url, tmp_path, ready=unlinked) as here:
        page = Page(here.store, AMINA, "linking/telegram")
        page.tap("make")
        here.phone(666).open(page.link)
        await here.phone(666).hears()
        page.tap("other")
        page.tap("same")
        assert not [row for row in here.store.rows(t.conversation, person=AMINA) if row.channel == "telegram"]


async def test_a_link_is_dead_after_a_quarter_of_an_hour(url: str, tmp_path: Path) -> None:
    async with room(url, tmp_path, ready=unlinked) as here:
        page = Page(here.store, AMINA, "linking/telegram")
        page.tap("make")
        link = page.link
        here.clock.move(minutes=16)
        here.phone().open(link)
        assert "Skriv aldrig koder" in (await here.phone().hears()).text


async def test_a_child_cannot_link(url: str, tmp_path: Path) -> None:
    async with room(url, tmp_path, ready=family) as here:
        answer = here.store.do(signed_in(MIRA), AskForLink(MIRA))
        assert isinstance(answer, Withheld)
        assert answer.reason is Reason.CHANNEL


async def test_a_notice_says_one_line_and_its_link_works_once(url: str, tmp_path: Path) -> None:
    async with room(url, tmp_path) as here:
        here.phone().start()
        await here.phone().hears()
        here.store.done(MARIA, book(MORNING + timedelta(days=20)))
        here.store.done(MARIA, AskToBeSent(CASE, AMINA, "plan", here.clock.now))
        await here.until(lambda: texts(here.api)[-1] == "Du har något att läsa.")
        (button,) = here.phone().last.rows[0]
        token = (button.url or "").rpartition("/n/")[2]
        assert here.store.store.run(lambda tx: use_look(tx, token)) == AMINA
        assert here.store.store.run(lambda tx: use_look(tx, token)) is None
        notice = here.phone().last
        here.clock.move(hours=24, minutes=1)
        await here.until(lambda: notice.id not in [message.id for message in here.phone().messages])


async def test_nothing_that_leaves_names_anybody(url: str, tmp_path: Path) -> None:
    async with room(url, tmp_path) as here:
        here.phone().start()
        await here.phone().hears()
        here.store.done(MARIA, book(MORNING + timedelta(days=4)))
        for _ in range(4):
            here.clock.move(days=1)
            await here.quiet(0.5)
        assert any("klockan" in text for text in texts(here.api))
        everything = "".join(str(dict(call.fields)) for call in here.api.accepted)
        assert not re.search(r"KANARIE|Storgatan|EB-case|amina", everything, re.IGNORECASE)


# --- content --------------------------------------------------------------------------------------------------


def demo(house: House) -> None:
    """The demo's people, Noa with her yes to reading in Telegram."""
    link_phones(house.store, move_in_demo(house.store, house.folder), content=True)


async def test_a_grown_up_who_said_yes_reads_her_way_in_the_chat(url: str, tmp_path: Path) -> None:
    async with room(url, tmp_path, ready=demo, content=True) as here:
        phone = here.phone(700_002)
        phone.start()
        home = await phone.hears()
        assert "Noa" in home.text
        assert home.protected
        phone.tap(home, locale("sv").say(Text("home.child.way")))
        way = await phone.hears()
        assert len(way.rows) >= 6
        phone.tap(way, way.rows[0][0].text)
        card = await phone.hears()
        assert "Vägen så här långt" not in card.text
        assert len(card.text) > 100
        await here.quiet(0.3)
        here.clock.move(hours=24, minutes=1)
        await here.until(lambda: card.id not in [message.id for message in phone.messages])


async def test_without_the_municipalitys_yes_the_same_chat_is_the_open_part(url: str, tmp_path: Path) -> None:
    async with room(url, tmp_path, ready=demo, content=False) as here:
        phone = here.phone(700_002)
        phone.start()
        home = await phone.hears()
        assert "Noa" not in home.text
        assert not home.protected


async def test_her_yes_taken_back_shuts_the_chat_at_the_next_tap(url: str, tmp_path: Path) -> None:
    async with room(url, tmp_path, ready=demo, content=True) as here:
        phone = here.phone(700_002)
        phone.start()
        home = await phone.hears()
        (row,) = [row for row in here.store.rows(t.conversation, channel="telegram") if row.person and row.turn > 1]
        case = CaseId(here.store.rows(t.party, person=row.person)[0].case_id)
        yes = here.store.see(signed_in(row.person), MyChoices(case), Channel.WEB)
        consents = [one for one, scope, *_ in yes.given if scope == "telegram_full"]
        here.store.done(signed_in(row.person), Withdraw(case, consents[0]))
        phone.tap(home, home.rows[0][0].text)
        assert "Noa" not in (await phone.hears()).text


# --- an entry is taken back -----------------------------------------------------------------------------------


async def test_a_card_of_an_entry_that_was_taken_back_goes_from_the_chat_at_once(url: str, tmp_path: Path) -> None:
    async with room(url, tmp_path, ready=demo, content=True) as here:
        phone = here.phone(700_002)
        phone.start()
        phone.tap(await phone.hears(), locale("sv").say(Text("home.child.way")))
        way = await phone.hears()
        phone.tap(way, way.rows[0][0].text)
        card = await phone.hears()
        (row,) = [row for row in here.store.rows(t.conversation, channel="telegram") if row.person and row.turn > 1]
        case = CaseId(here.store.rows(t.party, person=row.person)[0].case_id)
        (entry, *_) = [one.id for one in here.store.see(signed_in(row.person), Timeline(case)).items
                       if isinstance(one, Headline)]  # fmt: skip
        here.store.done(IMPORTED, AskToBeSent(case, PersonId(row.person), entry, here.clock.now))
        await here.until(lambda: texts(here.api)[-1] == "Du har något att läsa.")
        notice = phone.last
        await here.until(lambda: ("delete", "queued") in here.states())
        here.store.done(IMPORTED, TakeBack(case, entry, "Another child's."))
        shown = {card.id, notice.id}
        await here.until(lambda: not shown & {message.id for message in phone.messages})
        assert "d1" not in here.store.open_codes(case)


async def test_what_is_too_old_for_telegram_to_remove_is_not_tried(url: str, tmp_path: Path) -> None:
    async with room(url, tmp_path) as here:
        here.phone().start()
        await here.phone().hears()
        here.store.done(MARIA, book(MORNING + timedelta(days=20)), AskToBeSent(CASE, AMINA, "plan", here.clock.now))
        await here.until(lambda: texts(here.api)[-1] == "Du har något att läsa.")
        here.clock.move(days=3)
        await here.until(lambda: ("delete", "dead") in here.states())
        before = len(here.api.calls("deleteMessage"))
        here.store.done(MARIA, book(MORNING + timedelta(days=21)))
        await here.quiet()
        assert len(here.api.calls("deleteMessage")) == before
