"""Amina's reminders: from her yes to a tap on a button, a receipt, a change of mind, and a meeting that moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.commands import Withdraw
from storage.queries import CaseMeetings
from storage.records import EntryState
from tests.channels.telegram_house import AMINA, CASE, MARIA, book, room, texts
from tests.storage.house import signed_in

THURSDAY = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store.db"
    found: str = request.getfixturevalue("postgres_url")
    return found


async def test_from_her_yes_to_a_receipt_she_can_change(url: str, tmp_path: Path) -> None:
    async with room(url, tmp_path) as here:
        here.phone().start()
        await here.phone().hears()
        before = len(texts(here.api))
        here.store.done(MARIA, book(THURSDAY))
        here.clock.now = THURSDAY - timedelta(days=1)
        await here.until(lambda: len(texts(here.api)) > before)
        reminder = here.phone().last
        assert reminder.text == "Båt: torsdag klockan 10:00.\n🕙"
        labels = [row[0].text for row in reminder.rows]
        assert labels == ["✓ Jag kommer", "🕒 Jag behöver en annan tid", "☎ Ring mig"]

        here.phone().tap(reminder, "✓ Jag kommer")
        receipt = await here.until(lambda: here.phone().last if here.phone().last.id != reminder.id else None)
        assert "Du kommer torsdag 26 november 2026 10:00." in receipt.text
        (meeting,) = here.store.see(MARIA, CaseMeetings(CASE))
        assert meeting.answer == "come"

        here.phone().tap(reminder, "☎ Ring mig")
        await here.until(lambda: here.store.see(MARIA, CaseMeetings(CASE))[0].answer == "call_me")
        assert "e1" in here.store.open_codes(CASE)


async def test_a_moved_meeting_never_reminds_of_the_old_time(url: str, tmp_path: Path) -> None:
    async with room(url, tmp_path) as here:
        here.phone().start()
        await here.phone().hears()
        here.store.done(MARIA, book(THURSDAY))
        here.clock.now = THURSDAY - timedelta(days=1)
        await here.until(lambda: any(text.startswith("Båt") for text in texts(here.api)))
        old = here.phone().last
        here.store.done(MARIA, book(THURSDAY + timedelta(days=7, hours=1)))
        await here.until(lambda: "ny tid" in here.phone().last.text)
        assert here.phone().last.text == "Båt: ny tid, torsdag klockan 11:00.\n🕚"
        await here.until(lambda: old.id not in [message.id for message in here.phone().messages])
        here.clock.now = THURSDAY + timedelta(days=6)
        await here.until(lambda: texts(here.api)[-1] == "Båt: torsdag klockan 11:00.\n🕚")
        assert [text for text in texts(here.api) if "10:00" in text] == ["Båt: torsdag klockan 10:00.\n🕙"]


async def test_a_cancelled_meeting_is_said_once_and_offers_nothing(url: str, tmp_path: Path) -> None:
    async with room(url, tmp_path) as here:
        here.phone().start()
        await here.phone().hears()
        here.store.done(MARIA, book(THURSDAY))
        here.store.done(MARIA, book(THURSDAY, state=EntryState.CANCELLED))
        await here.until(lambda: "blir inte av" in here.phone().last.text)
        assert not here.phone().last.rows
        here.clock.now = THURSDAY - timedelta(hours=1)
        await here.quiet()
        assert sum("klockan" in text for text in texts(here.api)) == 1


async def test_a_yes_taken_back_before_the_hour_sends_nothing(url: str, tmp_path: Path) -> None:
    async with room(url, tmp_path) as here:
        here.phone().start()
        await here.phone().hears()
        here.store.done(MARIA, book(THURSDAY))
        here.store.done(signed_in(AMINA), Withdraw(CASE, "yes-amina"))
        here.clock.now = THURSDAY - timedelta(days=1)
        await here.until(lambda: ("reminder", "suppressed") in here.states())
        assert not any("klockan" in text for text in texts(here.api))


async def test_a_reminder_stays_until_the_meeting_by_being_replaced_without_a_sound(url: str, tmp_path: Path) -> None:
    async with room(url, tmp_path) as here:
        here.phone().start()
        await here.phone().hears()
        here.store.done(MARIA, book(THURSDAY + timedelta(days=7)))
        here.clock.now = THURSDAY + timedelta(days=4)
        await here.until(lambda: any("Båt" in text for text in texts(here.api)))
        first = here.phone().last
        here.clock.now += timedelta(hours=46, minutes=1)
        await here.until(lambda: here.phone().last.id != first.id)
        await here.until(lambda: first.id not in [message.id for message in here.phone().messages])
        assert any(message.silent or message.text == first.text for message in here.phone().messages)
        here.clock.now = THURSDAY + timedelta(days=7, minutes=1)
        await here.until(lambda: not any("Båt" in m.text for m in here.phone().messages if m.author.is_bot))


async def test_an_old_button_gets_one_kind_line_and_changes_nothing(url: str, tmp_path: Path) -> None:
    async with room(url, tmp_path) as here:
        here.phone().start()
        await here.phone().hears()
        here.store.done(MARIA, book(THURSDAY))
        here.clock.now = THURSDAY - timedelta(days=1)
        reminder = await here.until(lambda: here.phone().last if "Båt" in here.phone().last.text else None)
        here.clock.now = THURSDAY + timedelta(minutes=1)
        here.phone().forge(reminder, reminder.rows[0][0].data or "")
        await here.until(lambda: "Den knappen har gjort sitt" in here.phone().last.text)
        here.phone().forge(reminder, "no-such-nonce")
        await here.quiet()
        assert here.store.see(MARIA, CaseMeetings(CASE))[0].answer is None
