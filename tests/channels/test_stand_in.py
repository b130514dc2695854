"""Stories with the stand-in: what people do and what a real bot answers, over real HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from telegram import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
)
from telegram.error import BadRequest, Forbidden, RetryAfter

from bot.channels.stand_in import BotApi, CannotAct, Limits, Standing, Terms, Upload
from tests.channels.practice_bots import TOKEN, Day, bare_bot, polling, unhurried


@pytest_asyncio.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi(TOKEN, terms=unhurried()) as server:
        yield server


async def test_she_opens_the_link_and_answers_with_one_tap(api: BotApi) -> None:
    maryam = api.user(7, "Maryam", "fa")
    async with polling(api):
        maryam.open("https://t.me/practice_bot?start=AbC_123-x")
        greeting = await maryam.hears()
        assert greeting.text == "Welcome back"
        assert [button.text for button in greeting.rows[0]] == ["Yes", "No"]
        assert greeting.protected

        maryam.tap(greeting, "Yes")
        thanks = await maryam.hears()
        assert (thanks.id, thanks.text, thanks.rows) == (greeting.id, "You said yes", ())
        assert maryam.notices[-1].text == "Thank you"
        assert maryam.last.edited_at is not None

        maryam.say("سلام")
        assert (await maryam.hears()).text == "You wrote سلام"
        await api.settled()
    assert api.refused == []
    assert api.unknown_fields == ()
    sent = api.calls("sendMessage", maryam.id)
    assert [call.fields["text"] for call in sent] == ["Welcome back", "You wrote سلام"]


async def test_a_phone_refuses_what_a_phone_would_refuse(api: BotApi) -> None:
    sara = api.user(8, "Sara")
    with pytest.raises(CannotAct, match="start parameter"):
        sara.start("no spaces please")
    with pytest.raises(CannotAct, match="start parameter"):
        sara.start("x" * 65)
    with pytest.raises(CannotAct, match="does not lead"):
        sara.open("https://t.me/another_bot?start=x")
    with pytest.raises(CannotAct, match="1 to 4096"):
        sara.say("x" * 4097)
    mine = sara.say("hello")
    with pytest.raises(CannotAct, match="no such button"):
        sara.tap(mine, "Yes")
    with pytest.raises(LookupError):
        _ = sara.last
    with pytest.raises(TimeoutError):
        await sara.hears(within=0.05)


async def test_the_bot_may_not_write_to_strangers_nor_to_those_who_blocked_it(api: BotApi) -> None:
    stranger, amal = api.user(1, "Stranger"), api.user(2, "Amal")
    async with bare_bot(api) as bot:
        with pytest.raises(BadRequest, match="Chat not found"):
            await bot.send_message(999, "hello")
        with pytest.raises(Forbidden, match="can't initiate conversation"):
            await bot.send_message(stranger.id, "hello")
        amal.start()
        greeting = await bot.send_message(amal.id, "hello")
        amal.block()
        with pytest.raises(Forbidden, match="blocked by the user"):
            await bot.send_message(amal.id, "are you there")
        with pytest.raises(Forbidden, match="blocked by the user"):
            await greeting.edit_text("hi")
        with pytest.raises(Forbidden, match="blocked by the user"):
            await greeting.delete()
        with pytest.raises(CannotAct):
            amal.say("hello")
        amal.start()
        assert await bot.send_message(amal.id, "welcome back")
        amal.delete_account()
        with pytest.raises(Forbidden, match="deactivated"):
            await bot.send_message(amal.id, "gone")
        came = await bot.get_updates()
    assert [u.message.text for u in came if u.message] == ["/start", "/start"]
    standings = [u.my_chat_member.new_chat_member.status for u in came if u.my_chat_member]
    assert standings == ["kicked", "member"]


async def test_what_was_sent_can_be_taken_back_for_48_hours() -> None:
    day = Day()
    async with BotApi(TOKEN, clock=day, terms=unhurried()) as api, bare_bot(api) as bot:
        noor = api.user(3, "Noor")
        hers = noor.start()
        first = await bot.send_message(noor.id, "one")
        day.now += timedelta(hours=47, minutes=59)
        assert await bot.delete_message(noor.id, first.message_id)
        assert await bot.delete_message(noor.id, hers.id)
        assert not noor.messages
        with pytest.raises(BadRequest, match="to delete not found"):
            await bot.delete_message(noor.id, first.message_id)
        second = await bot.send_message(noor.id, "two")
        day.now += timedelta(hours=48)
        with pytest.raises(BadRequest, match="can't be deleted for everyone"):
            await bot.delete_message(noor.id, second.message_id)
        assert [message.text for message in noor.messages] == ["two"]
        assert noor.chat.messages[first.message_id].deleted_at is not None


async def test_edits_change_what_is_there_and_nothing_else(api: BotApi) -> None:
    lina = api.user(4, "Lina")
    mine = lina.start()
    rows = InlineKeyboardMarkup([[InlineKeyboardButton("Open", url="http://127.0.0.1:8080/i/abc")]])
    async with bare_bot(api) as bot:
        sent = await bot.send_message(lina.id, "one", reply_markup=rows, disable_notification=True)
        assert lina.tap(sent.message_id, "Open").url == "http://127.0.0.1:8080/i/abc"
        assert lina.last.silent
        with pytest.raises(BadRequest, match="not modified"):
            await bot.edit_message_text("one", lina.id, sent.message_id, reply_markup=rows)
        with pytest.raises(BadRequest, match="can't be edited"):
            await bot.edit_message_text("yours", lina.id, mine.id)
        with pytest.raises(BadRequest, match="to edit not found"):
            await bot.edit_message_text("what", lina.id, 4711)
        await bot.edit_message_reply_markup(lina.id, sent.message_id)
        assert lina.last.rows == ()
        await bot.edit_message_text("two", lina.id, sent.message_id)
        assert lina.last.text == "two"
        lina.edit(mine, "/help")
        update = (await bot.get_updates())[-1]
        assert update.edited_message is not None
        assert update.edited_message.text == "/help"


async def test_it_leaves_a_group_without_a_word(api: BotApi) -> None:
    amal, group = api.user(2, "Amal"), api.group(-100, "Class 7B")
    group.add_bot(amal)
    group.say(amal, "secrets not meant for it")
    group.say(amal, "/start")
    async with bare_bot(api) as bot:
        added, command = await bot.get_updates()
        assert added.my_chat_member is not None
        assert added.my_chat_member.new_chat_member.status == "member"
        assert command.message is not None
        assert command.message.text == "/start"
        assert await bot.leave_chat(group.chat.id)
        assert group.chat.standing is Standing.LEFT
        with pytest.raises(Forbidden, match="not a member"):
            await bot.send_message(group.chat.id, "hello")
        amal.start()
        with pytest.raises(BadRequest, match="private"):
            await bot.leave_chat(amal.id)
        group.add_bot(amal)
        with pytest.raises(BadRequest, match="can't be deleted"):
            await bot.delete_message(group.chat.id, command.message.message_id)
        group.remove_bot(amal)
        with pytest.raises(Forbidden, match="kicked"):
            await bot.leave_chat(group.chat.id)
    assert [message.author.is_bot for message in group.messages] == [False, False]


async def test_files_arrive_with_their_captions_and_can_be_sent_again(api: BotApi) -> None:
    noor = api.user(3, "Noor")
    noor.start()
    async with bare_bot(api) as bot:
        calendar = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
        sent = await bot.send_document(noor.id, calendar, caption="<b>Tuesday</b>", parse_mode="HTML", filename="m.ics")
        assert sent.caption == "Tuesday"
        assert sent.document is not None
        shown = noor.last.attachment
        assert shown is not None
        assert shown.file == Upload("m.ics", shown.file.mime, calendar)
        again = await bot.send_document(noor.id, sent.document.file_id)
        assert again.document == sent.document
        with pytest.raises(BadRequest, match="no text in the message"):
            await bot.edit_message_text("text", noor.id, again.message_id)
        await bot.send_photo(noor.id, b"\x89PNG\r\n\x1a\n rest", protect_content=True)
        await bot.send_voice(noor.id, b"OggS....", duration=3)
        await bot.send_audio(noor.id, b"ID3.....", title="Listen")
        for wrong, why in (
            (b"no picture", "IMAGE_PROCESS_FAILED"),
            ("https://example.org/a.png", "wrong file"),
        ):
            with pytest.raises(BadRequest, match=f"(?i){why}"):
                await bot.send_photo(noor.id, wrong)
        with pytest.raises(BadRequest, match="non-empty"):
            await bot.send_document(noor.id, b"", filename="e.txt")
    kinds = [m.attachment.kind for m in noor.messages if m.attachment]
    assert kinds == ["document", "document", "photo", "voice", "audio"]
    assert api.unknown_fields == ()


async def test_the_bot_introduces_itself_in_two_letter_languages_only(api: BotApi) -> None:
    async with bare_bot(api) as bot:
        assert await bot.set_my_commands([BotCommand("help", "Hjälp")])
        assert await bot.set_my_commands(
            [BotCommand("help", "کمک")], scope=BotCommandScopeAllPrivateChats(), language_code="fa"
        )
        assert await bot.set_my_name("Bredvid", language_code="sv")
        assert await bot.set_my_description("Beside you.")
        assert await bot.set_my_short_description("Beside.")
        for tag in ("ckb", "sv-lattlast", "SV"):
            with pytest.raises(BadRequest, match="language code"):
                await bot.set_my_name("x", language_code=tag)
        with pytest.raises(BadRequest, match=r"(?i)COMMAND_INVALID"):
            await bot.set_my_commands([BotCommand("Hjälp", "x")])
        with pytest.raises(BadRequest, match="too long"):
            await bot.set_my_short_description("x" * 121)
        assert await bot.set_my_commands([], scope=BotCommandScopeChat(7))
    assert api.unknown_fields == ()
    assert api.profile.menu("uk") == (("help", "Hjälp"),)
    assert api.profile.menu("fa", "all_private_chats") == (("help", "کمک"),)
    assert api.profile.names["sv"] == "Bredvid"


async def test_every_kind_of_message_reaches_the_bot(api: BotApi) -> None:
    sara = api.user(8, "Sara", "so")
    for kind in ("photo", "voice", "sticker", "location", "contact"):
        sara.send(kind)
    async with bare_bot(api) as bot:
        came = [u.message for u in await bot.get_updates() if u.message]
    assert came[0].photo
    assert came[1].voice
    assert came[2].sticker
    assert came[3].location
    assert came[4].contact
    assert came[0].from_user is not None
    assert came[0].from_user.language_code == "so"


async def test_an_old_phone_may_press_a_button_that_is_gone() -> None:
    now = [100.0]
    terms = Terms(limits=Limits.none(), pulse=lambda: now[0])
    async with BotApi(TOKEN, terms=terms) as api, bare_bot(api) as bot:
        sara = api.user(8, "Sara")
        sara.start()
        sent = await bot.send_message(sara.id, "one")
        await bot.delete_message(sara.id, sent.message_id)
        tap = sara.forge(sent.message_id, "an-old-nonce")
        query = (await bot.get_updates())[-1].callback_query
        assert query is not None
        assert query.data == "an-old-nonce"
        assert query.message is not None
        assert not query.message.is_accessible
        assert await bot.answer_callback_query(str(tap.query_id), "That was before.", show_alert=True)
        with pytest.raises(BadRequest, match=r"(?i)too_long"):
            await bot.answer_callback_query(str(tap.query_id), "x" * 201)
        with pytest.raises(BadRequest, match="too old"):
            await bot.answer_callback_query("12345")
        now[0] += 601
        with pytest.raises(BadRequest, match="too old"):
            await bot.answer_callback_query(str(tap.query_id), "much later")
    assert [(notice.text, notice.alert) for notice in sara.notices] == [("That was before.", True)]


async def test_sending_has_its_limits_and_says_how_long_to_wait() -> None:
    now = [100.0]
    terms = Terms(limits=Limits(per_second=3), pulse=lambda: now[0])
    async with BotApi(TOKEN, terms=terms) as api, bare_bot(api) as bot:
        people = [api.user(number, "A") for number in range(1, 6)]
        for person in people:
            person.start()
        await bot.send_message(1, "one")
        with pytest.raises(RetryAfter) as to_one_chat:
            await bot.send_message(1, "at once again")
        assert to_one_chat.value.retry_after == timedelta(seconds=1)
        await bot.send_message(2, "two")
        await bot.send_message(3, "three")
        with pytest.raises(RetryAfter):
            await bot.send_message(4, "a fourth within one second")
        now[0] += 1.0
        await bot.send_message(4, "now it may")
        await bot.send_message(1, "and so may this")
    assert len(api.accepted) == 6  # five messages and the first getMe


async def test_the_door_opens_on_loopback_and_closes_cleanly(api: BotApi) -> None:
    port = int(api.base_url.rpartition(":")[2].partition("/")[0])
    second = BotApi(TOKEN)
    with pytest.raises(OSError, match="address already in use"):
        await second.start(port)
    await second.close()
    async with bare_bot(api) as bot:
        waiting = asyncio.create_task(bot.get_updates(timeout=30))
        await asyncio.sleep(0.05)
        await api.close()
        assert await waiting == ()
    await api.close()
    await second.start(port)
    await second.close()
    with pytest.raises(ValueError, match="token"):
        BotApi("no token")
    with pytest.raises(ValueError, match="negative"):
        api.group(5, "Class 7B")


async def test_a_screen_can_be_watched_and_does_not_grow_for_ever(api: BotApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.stand_in.chats.MESSAGES_KEPT", 3)
    sara = api.user(8, "Sara")
    sara.start()
    seen = sara.chat.revision
    assert await sara.chat.changed(seen, 0.02) == seen
    async with bare_bot(api) as bot:
        await bot.send_message(8, "0")
        assert (await sara.hears()).text == "0"
        watching = asyncio.create_task(sara.chat.changed(seen + 1, 2.0))
        for number in range(1, 6):
            await bot.send_message(8, str(number))
        assert await watching == seen + 2
    assert [message.text for message in sara.messages] == ["3", "4", "5"]
    assert [(await sara.hears()).text for _ in range(3)] == ["3", "4", "5"]
    assert api.user(8, "Sara").chat is sara.chat
