"""Danger typed in a chat, wherever one stands: whom the house knows gets help, and her unit the alarm."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage import _tables as t
from storage.records import Channel
from tests.channels.telegram_house import Room, room
from tests.channels.test_telegram_linked import demo

NOA, STRANGER = 700_002, 12
HELP = "Är du i fara nu? Ring 112"
TOLD = "En vuxen som arbetar här har fått veta det nu."
CARD = "Socialtjänstens samtal med dig, onsdag 7 mars 2012"
ALARM = "c2"


def alarms(here: Room) -> list[str | None]:
    """The persons whose words are somebody's urgent task."""
    return [row.ref for row in here.store.rows(t.task, code=ALARM)]


@pytest.mark.parametrize("way", [(), ("Läs min väg",), ("Läs min väg", CARD)])
async def test_whom_the_house_knows_reads_help_and_the_unit_has_the_alarm(way: tuple[str, ...], tmp_path: Path) -> None:
    async with room(f"sqlite:///{tmp_path}/store.db", tmp_path, ready=demo, content=True) as here:
        phone = here.phone(NOA)
        phone.start()
        shown = await phone.hears()
        for label in way:
            phone.tap(shown, label)
            shown = await phone.hears()
        phone.say("han slår mej nu och mamma skriker")
        shown = await phone.hears()
        assert HELP in shown.text
        assert TOLD in shown.text
        chats = here.store.rows(t.conversation, channel=Channel.TELEGRAM)
        (person,) = {row.person for row in chats if row.person in alarms(here)}
        assert alarms(here) == [person]


async def test_everyday_words_there_are_no_alarm(tmp_path: Path) -> None:
    async with room(f"sqlite:///{tmp_path}/store.db", tmp_path, ready=demo, content=True) as here:
        phone = here.phone(NOA)
        phone.start()
        phone.tap(await phone.hears(), "Läs min väg")
        await phone.hears()
        phone.say("vad betyder det här")
        assert "Välj något" in (await phone.hears()).text
        assert alarms(here) == []


async def test_a_stranger_gets_the_numbers_and_nobody_is_told(tmp_path: Path) -> None:
    async with room(f"sqlite:///{tmp_path}/store.db", tmp_path, ready=demo, content=True) as here:
        phone = here.phone(STRANGER)
        phone.say("jag vill dö")
        shown = await phone.hears()
        assert "Ingen människa läser den här chatten" in shown.text
        assert TOLD not in shown.text
        assert alarms(here) == []
