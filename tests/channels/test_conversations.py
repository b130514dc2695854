"""Transcripts: `tests/conversations/*.chat`, each told from start to end against real parts.

`>` is what the person says, `> [label]` what she taps; `<` is what the newest message must look like (`*` for any
words; several in a row are about one message); `!` is what happens in the house. A line with `#` is for the reader.
"""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from bot.channels.stand_in import User
from bot.channels.stand_in.chats import Message
from bot.demo.people import settle as move_in_demo
from bot.demo.phones import link_phones
from storage.commands import AskForLink, BlockGuardian, Command, EndTie, SameWords, SetStatus
from storage.queries import MyLink
from storage.records import GuardianStatus, RecordId
from tests.channels.telegram_house import AMINA, MARIA, Room, book, consent, link, moving_in, room, settle
from tests.storage.family import CASE, FATHER, HANNA, MOTHER, MOTHERS, everyone, full_entry, move_in
from tests.storage.house import House, signed_in

FOLDER = Path(__file__).parents[1] / "conversations"
STORIES = sorted(FOLDER.glob("*.chat"))


def nobody(_: House) -> None:
    """An empty house."""


def demo(house: House) -> None:
    """The demo's people, Noa with her yes to reading in Telegram."""
    link_phones(house.store, move_in_demo(house.store, house.folder), content=True)


def enrolled(house: House) -> None:
    """Amina beside her worker: she has said yes to reminders, and no chat is linked."""
    house.done(MARIA, *moving_in(), consent())


def family(house: House) -> None:
    """Mira's mother, who was cleared and let read everything there is, and her father, whom nobody has cleared.

    Both have linked a chat: a link shows nothing of how somebody stands.
    """
    home = move_in(house)
    home.contact()
    home.write(full_entry(releases=everyone()))
    home.clear()
    link(house, MOTHER, 11)
    link(house, FATHER, 12)


READY = {"amina": settle, "enrolled": enrolled, "noa": demo, "mira": family}
# What happens in Mira's house, by the word after `!`.
DEEDS: dict[str, Command] = {
    "block": BlockGuardian(CASE, MOTHERS, blocked=True),
    "close": SetStatus(CASE, MOTHERS, GuardianStatus.CONFLICT),
    "end": EndTie(CASE, MOTHERS, date(2026, 11, 22)),
}
# Who may see no more than anybody, told with the same words said.
OUTSIDE = ("blocked", "closed_after_clearing", "not_cleared", "stranger", "stranger_unlinked")


@pytest.mark.parametrize("story", STORIES, ids=lambda path: path.stem)
async def test_a_conversation_goes_as_written(story: Path, tmp_path: Path) -> None:
    assert await _heard(story, tmp_path)


async def test_whoever_may_not_see_more_hears_what_anyone_hears(tmp_path: Path) -> None:
    heard = {}
    for name in OUTSIDE:
        (folder := tmp_path / name).mkdir()
        heard[name] = await _heard(FOLDER / f"{name}.chat", folder)
    assert [name for name in OUTSIDE if heard[name] != heard["stranger_unlinked"]] == []
    assert len(heard["stranger_unlinked"]) > 10


async def _heard(story: Path, folder: Path) -> list[str]:
    """Every message of the story, word for word, with its buttons."""
    lines = _lines(story)
    ready = next((ready for name, ready in READY.items() if f"ready {name}" in lines), nobody)
    async with room(f"sqlite:///{folder}/store.db", folder, ready=ready, content=ready in (demo, family)) as here:
        return await _told(here, lines)


def _lines(story: Path) -> list[str]:
    return [line for line in story.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


async def _told(here: Room, lines: list[str]) -> list[str]:
    phone, message, waits, heard = here.phone(1), None, False, []
    for line in lines:
        sign, _, words = line.partition(" ")
        match sign:
            case "phone":
                number, language = words.split()
                phone = here.phone(int(number), language)
            case ">" if words.startswith("["):
                phone.tap(phone.last, words.strip("[]"))
                waits = True
            case ">":
                phone.say(words)
                waits = True
            case "!":
                _happens(here, phone, *words.split())
                waits = True
            case "<":
                if waits or message is None:
                    message = await phone.hears()
                    heard.append(_whole(message))
                waits = False
                assert _fits(message, words), f"{words}\n--- was said:\n{message.text}"
        await asyncio.sleep(0)
    return heard


def _fits(message: Message, words: str) -> bool:
    return fnmatchcase(message.text, words) or fnmatchcase(_whole(message), words)


def _whole(message: Message) -> str:
    buttons = " | ".join(button.text for row in message.rows for button in row)
    return f"{message.text}\n{buttons}"


def _happens(here: Room, phone: User, what: str, at: str = "") -> None:
    """A deed of a worker or of hers on the web, a booked time, or time that passes."""
    if what in DEEDS:
        here.store.done(HANNA, DEEDS[what])
        return
    her = signed_in(AMINA)
    match what:
        case "clock":
            here.clock.now = datetime.fromisoformat(at)
        case "book":
            here.store.done(MARIA, book(datetime.fromisoformat(at), meeting=RecordId("plan")))
        case "link":
            here.store.done(her, AskForLink(AMINA))
            phone.start(here.store.see(her, MyLink(AMINA)).token or "")
        case "same":
            here.store.done(her, SameWords(AMINA))
        case _:
            raise ValueError(what)


def test_there_are_stories() -> None:
    assert len(STORIES) >= 3
