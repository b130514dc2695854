"""Transcripts: `tests/conversations/*.chat`, each told from start to end against real parts.

`>` is what the person says, `> [label]` what she taps; `<` is what the newest message must look like (`*` for any
words; several in a row are about one message); `!` is what happens in the house. A line with `#` is for the reader.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from bot.channels.stand_in import User
from bot.channels.stand_in.chats import Message
from bot.demo.people import settle as move_in_demo
from bot.demo.phones import link_phones
from storage.commands import AskForLink, SameWords
from storage.queries import MyLink
from storage.records import RecordId
from tests.channels.telegram_house import AMINA, MARIA, Room, book, consent, moving_in, room, settle
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


READY = {"amina": settle, "enrolled": enrolled, "noa": demo}


@pytest.mark.parametrize("story", STORIES, ids=lambda path: path.stem)
async def test_a_conversation_goes_as_written(story: Path, tmp_path: Path):
    lines = _lines(story)
    ready = next((ready for name, ready in READY.items() if f"ready {name}" in lines), nobody)
    content = ready is demo
    async with room(f"sqlite:///{tmp_path}/store.db", tmp_path, ready=ready, content=content) as here:
        await _told(here, lines)


def _lines(story: Path) -> list[str]:
    return [line for line in story.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


async def _told(here: Room, lines: list[str]) -> None:
    phone, message, waits = here.phone(1), None, False
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
                message = await phone.hears() if waits or message is None else message
                waits = False
                assert _fits(message, words), f"{words}\n--- was said:\n{message.text}"
        await asyncio.sleep(0)


def _fits(message: Message, words: str) -> bool:
    buttons = " | ".join(button.text for row in message.rows for button in row)
    return fnmatchcase(message.text, words) or fnmatchcase(f"{message.text}\n{buttons}", words)


def _happens(here: Room, phone: User, what: str, at: str = "") -> None:
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
