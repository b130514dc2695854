"""Telegram as anyone meets it: the open part, codes that do not belong there, groups, a webhook that loses nothing."""

from __future__ import annotations

import asyncio
import json
import logging
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from bot.channels.stand_in import SECRET_HEADER
from bot.channels.telegram import LARGEST_BODY
from storage import _tables as t
from storage.commands import BlockGuardian
from storage.duties import Duty
from storage.records import PersonId
from tests.channels.telegram_house import SECRET, TOKEN, UNIT, Room, link, room, texts
from tests.storage.family import CASE, HANNA, MOTHER, MOTHERS, everyone, full_entry, move_in
from tests.storage.house import House

OLD_LINE = "Sidan du tryckte på var gammal, så inget har ändrats. Så här ser det ut nu."
BROKE_LINE = "Något gick sönder här, och det är inte ditt fel."


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/store.db"


@pytest.fixture(params=["sqlite", "postgres"])
def either(request: pytest.FixtureRequest, url: str) -> str:
    if request.param == "sqlite":
        return url
    found: str = request.getfixturevalue("postgres_url")
    return found


def nothing_yet(_: House) -> None:
    """An empty house."""


async def walk(here: Room, number: int, language: str, *said: str) -> list[str]:
    """What somebody hears who starts and then says or taps these; a tap is written `[label]`."""
    phone, heard = here.phone(number, language), []
    phone.start()
    heard.append((await phone.hears()).text)
    for words in said:
        if words.startswith("["):
            phone.tap(phone.last, words.strip("[]"))
        else:
            phone.say(words)
        heard.append((await phone.hears()).text)
    return heard


async def test_anyone_may_start_and_is_answered_in_her_language(url: str, tmp_path: Path) -> None:
    async with room(url, tmp_path, ready=nothing_yet) as here:
        for number, language, word in ((1, "sv", "Hej"), (2, "en", "Hello"), (3, "ar", "مرحب"), (4, "de", "Hej")):
            (welcome,) = await walk(here, number, language)
            assert word in welcome
        assert here.store.count(t.visit) == 0


async def test_the_open_part_leads_on_and_typed_words_are_always_answered(url: str, tmp_path: Path) -> None:
    async with room(url, tmp_path, ready=nothing_yet) as here:
        heard = await walk(
            here, 1, "sv", "[Vad är ett barnahus?]", "[Tillbaka]", "[Jag var här som barn]", "hur funkar det",
            "/help", "/privacy", "/language", "/stop", "[Stoppa]", "/nonsense",
        )  # fmt: skip
        assert "Jag var här som barn" in heard[3]
        assert "112" in heard[5]
        assert "Telegram är ett företag" in heard[6]
        assert heard[9].startswith("Nu är det stoppat.")
        assert all(heard)
        phone = here.phone(1)
        for kind in ("photo", "voice", "sticker", "location"):
            phone.send(kind)
            assert (await phone.hears()).text


async def test_words_that_may_mean_danger_get_numbers_at_once(url: str, tmp_path: Path) -> None:
    async with room(url, tmp_path, ready=nothing_yet) as here:
        *_, answer = await walk(here, 1, "sv", "jag vill dö")
        assert "112" in answer
        assert "116\u00a0111" in answer
        assert "Ingen människa läser" in answer


@pytest.mark.parametrize(
    "code", ["246802", "1234 5678 1234 5678", "K7QM2X9D", "https://x.test/i/" + "a" * 43, "b" * 43]
)
async def test_a_code_is_sent_back_to_the_web_and_taken_out_of_the_chat(url: str, tmp_path: Path, code: str) -> None:
    async with room(url, tmp_path, ready=nothing_yet) as here:
        *_, answer = await walk(here, 1, "sv", code)
        assert "Skriv aldrig koder i chatten" in answer
        assert "Är du under 18 år" in answer
        await here.until(lambda: code not in [message.text for message in here.phone(1).messages])


async def test_an_invite_in_the_start_link_is_the_same_for_everyone_and_used_up_by_nobody(
    url: str, tmp_path: Path
) -> None:
    async with room(url, tmp_path, ready=nothing_yet) as here:
        here.phone(1).start("a" * 43)
        assert "webbchatten" in (await here.phone(1).hears()).text
        assert here.store.count(t.secret) == 0


async def test_stranger_uncleared_and_blocked_hear_the_same_as_anyone(url: str, tmp_path: Path) -> None:
    def family(house: House) -> None:
        home = move_in(house)
        home.write(full_entry(releases=everyone()))
        home.clear()
        link(house, MOTHER, 11)
        house.done(HANNA, BlockGuardian(CASE, MOTHERS, True))
        link(house, PersonId("father"), 12)

    said = ("[Vad är ett barnahus?]", "[Tillbaka]", "vad har hon sagt", "/help", "/stop", "[Tillbaka]", "/language")
    async with room(url, tmp_path, ready=family, content=True) as here:
        heard = [await walk(here, number, "sv", *said) for number in (11, 12, 13)]
        assert heard[0] == heard[1] == heard[2]


async def test_a_group_is_left_without_a_word(url: str, tmp_path: Path) -> None:
    async with room(url, tmp_path, ready=nothing_yet) as here:
        group, member = here.api.group(-100, "Familjen"), here.phone(5)
        group.add_bot(member)
        await here.until(lambda: here.api.calls("leaveChat", -100))
        assert not here.api.calls("sendMessage", -100)


async def test_a_webhook_is_strict_and_a_duplicate_changes_nothing(either: str, tmp_path: Path) -> None:
    update = {
        "update_id": 7, "message": {"message_id": 1, "date": 1, "chat": {"id": 9, "type": "private", "first_name": "A"},
                                    "from": {"id": 9, "is_bot": False, "first_name": "A"}, "text": "/start"},
    }  # fmt: skip

    async with room(either, tmp_path, ready=nothing_yet) as here, ClientSession() as client:
        here.phone(9).start()
        await here.phone(9).hears()

        async def post(body: bytes, secret: str = SECRET) -> int:
            headers = {SECRET_HEADER: secret, "Content-Type": "application/json"}
            async with client.post(here.url, data=body, headers=headers) as response:
                return response.status

        whole = json.dumps(update).encode()
        before = len(texts(here.api))
        assert [await post(whole), await post(whole), await post(whole)] == [200, 200, 200]
        both = await asyncio.gather(*(post(json.dumps({**update, "update_id": 8}).encode()) for _ in range(8)))
        assert set(both) == {200}
        await here.quiet()
        assert len(texts(here.api)) == before + 2
        assert await post(whole, "wrong") == 403
        assert await post(whole, "") == 403
        assert await post(b"{not json") == 400
        assert await post(b"[]") == 400
        assert await post(b'{"update_id": "x"}') == 400
        assert await post(b'{"update_id": 10, "message": "x"}') == 400
        assert await post(b"[" * 200_000) == 400
        assert await post(b" " * (LARGEST_BODY + 1)) == 413
        assert await post(b'{"update_id": 11, "poll": {}}') in (200, 400)


async def test_twice_backwards_and_with_a_wrong_secret_every_update_is_one_turn(either: str, tmp_path: Path) -> None:
    async with room(either, tmp_path, ready=nothing_yet) as here:
        phone = here.phone(1)
        here.api.faults.twice(3)
        for words in ("/start", "/help", "/privacy"):
            phone.say(words)
        await here.until(lambda: len(texts(here.api)) == 3)
        here.api.faults.wrong_secret(1)
        phone.say("/stop")
        await here.until(lambda: len(texts(here.api)) == 4)
        here.api.faults.backwards(2)
        phone.say("/help")
        phone.say("/privacy")
        await here.until(lambda: len(texts(here.api)) == 6)
        await here.quiet()
        assert len(texts(here.api)) == 6
        assert len(here.store.rows(t.inbox)) == 6


async def test_polling_takes_updates_as_the_webhook_does(url: str, tmp_path: Path) -> None:
    async with room(url, tmp_path, ready=nothing_yet, polls=True) as here:
        heard = await walk(here, 1, "en", "[What is a barnahus?]")
        assert len(heard) == 2
        await here.api.settled()


async def test_a_turn_that_breaks_is_said_so_and_kept(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with room(url, tmp_path, ready=nothing_yet) as here:
        phone = here.phone(1)
        phone.start()
        await phone.hears()

        def breaks(*_: Any) -> Any:
            raise RuntimeError("KANARIE")

        monkeypatch.setattr("bot.messenger._command", breaks)
        phone.say("/help")
        assert "112" in (await phone.hears()).text
        assert {row.state for row in here.store.rows(t.inbox)} == {"done"}
        await here.api.settled()


async def test_when_the_turn_of_somebody_known_breaks_a_worker_has_the_task(
    either: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with room(either, tmp_path) as here:
        phone = here.phone()
        phone.start()
        await phone.hears()

        def breaks(*_: Any) -> Any:
            raise RuntimeError("KANARIE")

        with monkeypatch.context() as patch:
            patch.setattr("bot.messenger._command", breaks)
            phone.say("/help")
            said = (await phone.hears()).text
        assert said.startswith(BROKE_LINE)
        assert "112" in said
        (failed,) = here.store.rows(t.inbox, state="failed")
        (task,) = here.store.rows(t.task, code=Duty.TURN_FAILED)
        assert (task.unit, task.ref, task.done_at) == (UNIT, failed.inbound, None)
        phone.say("/privacy")
        assert "Telegram är ett företag" in (await phone.hears()).text


async def test_a_store_that_cannot_write_gives_503_and_nothing_is_lost(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with room(url, tmp_path, ready=nothing_yet) as here:
        phone = here.phone(1)

        def away(*_: Any) -> Any:
            raise OSError("disk full")

        with monkeypatch.context() as patch:
            patch.setattr("storage.bindings.find_chat", away)
            phone.start()
            await asyncio.sleep(0.3)
            assert here.api.waiting == 1
            assert not texts(here.api)
        assert (await phone.hears()).text


async def test_two_taps_at_once_on_one_page_are_one_turn(url: str, tmp_path: Path) -> None:
    async with room(url, tmp_path, ready=nothing_yet) as here:
        phone = here.phone(1)
        phone.start()
        first = await phone.hears()
        for label in ("Vad är ett barnahus?", "Jag var här som barn"):
            phone.tap(first, label)
        one, other = [(await phone.hears()).text for _ in range(2)]
        assert OLD_LINE not in one
        assert other == f"{OLD_LINE}\n\n{one}"


async def test_a_button_of_an_older_page_does_nothing_even_where_the_page_now_has_the_same_one(
    url: str, tmp_path: Path
) -> None:
    async with room(url, tmp_path, ready=nothing_yet) as here:
        phone = here.phone(1)
        phone.start()
        phone.tap(await phone.hears(), "Vad är ett barnahus?")
        older = await phone.hears()
        phone.tap(older, "Tillbaka")
        phone.tap(await phone.hears(), "Jag var här som barn")
        now = (await phone.hears()).text
        for _ in range(2):
            phone.tap(older, "Tillbaka")
            assert (await phone.hears()).text == f"{OLD_LINE}\n\n{now}"


async def test_the_token_is_in_no_log(url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        async with room(url, tmp_path) as here:
            here.phone().start()
            await here.phone().hears()
            here.api.faults.drop(method="sendMessage")
            here.phone().say("hej")
            await here.quiet()
    told = caplog.text + "".join(str(record.__dict__) for record in caplog.records)
    assert TOKEN.partition(":")[2] not in told
    assert "KANARIE" not in told
