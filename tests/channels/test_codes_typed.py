"""A code typed in a chat by somebody whom the house knows: warned of, taken away again, and kept nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.channels.stand_in import User
from storage import _tables as t
from tests.channels.telegram_house import Room, room
from tests.channels.test_telegram_linked import demo

NOA = 700_002
NEVER = "Skriv aldrig koder i chatten"
SAY = "Jag vill säga något"
CODES = ["246802", "1234 5678 1234 5678", "1234567812345678", "https://x.test/i/" + "a" * 43]


async def at_the_box(phone: User) -> None:
    """She stands where words to the unit are asked for."""
    phone.start()
    home = await phone.hears()
    phone.tap(home, SAY)
    assert NEVER not in (await phone.hears()).text


def said(here: Room) -> int:
    """How many parts of all the cases are kept."""
    return len(here.store.rows(t.part))


@pytest.mark.parametrize("code", CODES)
async def test_a_code_is_taken_away_and_not_kept_where_words_are_asked_for(code: str, tmp_path: Path) -> None:
    async with room(f"sqlite:///{tmp_path}/store.db", tmp_path, ready=demo, content=True) as here:
        phone = here.phone(NOA)
        await at_the_box(phone)
        before = said(here)
        typed = phone.say(code)
        shown = await phone.hears()
        assert NEVER in shown.text
        assert code not in shown.text
        await here.until(lambda: typed.id not in [message.id for message in phone.messages])
        assert said(here) == before


async def test_a_code_is_taken_away_where_nothing_is_asked_for(tmp_path: Path) -> None:
    async with room(f"sqlite:///{tmp_path}/store.db", tmp_path, ready=demo, content=True) as here:
        phone = here.phone(NOA)
        phone.start()
        await phone.hears()
        typed = phone.say("246802")
        assert NEVER in (await phone.hears()).text
        await here.until(lambda: typed.id not in [message.id for message in phone.messages])


async def test_words_with_a_number_in_them_are_no_code(tmp_path: Path) -> None:
    async with room(f"sqlite:///{tmp_path}/store.db", tmp_path, ready=demo, content=True) as here:
        phone = here.phone(NOA)
        phone.start()
        await phone.hears()
        for words in ("Ring mig på 070-174 06 05 efter klockan 15", "Mitt nummer: 0701740605"):
            typed = phone.say(words)
            assert NEVER not in (await phone.hears()).text
            assert typed.id in [message.id for message in phone.messages]


async def test_danger_beside_a_link_is_still_danger(tmp_path: Path) -> None:
    async with room(f"sqlite:///{tmp_path}/store.db", tmp_path, ready=demo, content=True) as here:
        phone = here.phone(NOA)
        await at_the_box(phone)
        phone.say("jag vill dö https://x.test/i/" + "a" * 43)
        assert "Självmordslinjen" in (await phone.hears()).text
        assert len(here.store.rows(t.task, code="c2")) == 1
