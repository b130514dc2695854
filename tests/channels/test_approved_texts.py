"""The comparison of what was sent with what is approved can fail: a planted text of each sort is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.channels.words import Outgoing
from bot.speech import locale, locales
from bot.talk import Text
from tests.channels.approved import NotApproved, open_part, strays
from tests.channels.telegram_house import PHONE, room
from tests.channels.test_telegram_linked import demo

NOA = 700_002
PLANTED = {
    "somebody's name": Outgoing("Hej Amina! Du har något att läsa."),
    "words after an approved line": Outgoing("Du har något att läsa. Det gäller barnahus."),
    "a name where the code word stands": Outgoing("Amina: torsdag klockan 10:00.\n🕙"),
    "a place after a booked time": Outgoing("Båt: torsdag klockan 10:00.\n🕙 Storgatan 4."),
    "a weekday that is none": Outgoing("Båt: Storgatan klockan 10:00.\n🕙"),
    "a fifth word": Outgoing("Fyra ord\n\nbåt, sjö, snö, sten och Amina"),
    "a name on a button": Outgoing("Du har något att läsa.", (({"text": "Amina", "callback_data": "x"},),)),
    "an address that says more": Outgoing(
        "Du har något att läsa.",
        (({"text": "Öppna", "url": "https://example.test/n/" + "a" * 43 + "?who=amina"},),),
    ),
}  # fmt: skip


async def _sent_beside(folder: Path, planted: Outgoing) -> None:
    async with room(f"sqlite:///{folder}/store.db", folder) as here:
        here.phone().start()
        await here.phone().hears()
        assert strays(here.api) == []
        await here.account.line.send(PHONE, planted)
        assert len(strays(here.api)) == 1


@pytest.mark.parametrize("planted", list(PLANTED))
async def test_a_planted_text_fails_the_story_it_was_sent_in(planted: str, tmp_path: Path) -> None:
    with pytest.raises(NotApproved):
        await _sent_beside(tmp_path, PLANTED[planted])


async def _told_again(folder: Path, *, guarded: bool) -> None:
    async with room(f"sqlite:///{folder}/store.db", folder, ready=demo, content=True) as here:
        phone = here.phone(NOA)
        phone.start()
        home = await phone.hears()
        await here.account.line.send(NOA, Outgoing(home.text, guarded=guarded))


async def test_what_is_told_guarded_is_approved(tmp_path: Path) -> None:
    await _told_again(tmp_path, guarded=True)


async def test_the_same_words_where_they_can_be_passed_on_are_not(tmp_path: Path) -> None:
    with pytest.raises(NotApproved, match="Noa"):
        await _told_again(tmp_path, guarded=False)


def test_every_language_is_in_the_list() -> None:
    for spoken in locales():
        assert spoken.say(Text("notice.read")) in open_part().texts
    assert locale("sv").say(Text("story.nothing")) not in open_part().texts
    assert len(open_part().texts) > 100
