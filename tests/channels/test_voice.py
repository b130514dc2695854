"""Recordings in a chat: one message with the words under it, and the words alone where that cannot be."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.channels.stand_in.rules import CAPTION_UNITS
from bot.channels.words import outgoing
from bot.engine import Shown
from bot.faces.telegram import CAPTION, units
from bot.messenger import Reply
from bot.recordings import TABLE, Recordings
from bot.speech import locale
from bot.talk import Block, Screen, Text
from storage.outbox import Claimed
from storage.records import Listener, Strength
from tests.channels.telegram_house import MARIA, book, captions, room, texts
from tests.channels.test_telegram_meetings import THURSDAY
from tests.parts.sounds import keep, mp3, opus

COMING = ("sound.meeting.coming",)
FRONT = ("telegram.front.title", "telegram.front.lead")


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/store.db"


@pytest.fixture
def recordings(tmp_path: Path) -> Recordings:
    return Recordings(tmp_path / "audio")


async def _reminded(here: Any) -> Any:
    """Amina on the day before her meeting, and the reminder on her phone."""
    here.phone().start()
    await here.phone().hears()
    here.store.done(MARIA, book(THURSDAY))
    here.clock.now = THURSDAY - timedelta(days=1)
    return await here.until(lambda: here.phone().last if "Båt" in here.phone().last.text else None)


async def test_a_reminder_says_what_can_be_pressed_and_the_time_stands_under_it(
    url: str, tmp_path: Path, recordings: Recordings
) -> None:
    keep(recordings, "sv", COMING, opus(1.0))
    async with room(url, tmp_path, recordings=recordings) as here:
        reminder = await _reminded(here)
        assert (reminder.attachment.kind, reminder.attachment.file.content) == ("voice", opus(1.0))
        assert reminder.attachment.file.name == "voice.ogg"
        assert reminder.text == "Båt: torsdag klockan 10:00.\n🕙"
        assert len(reminder.rows) == 3
        here.phone().tap(reminder, "✓ Jag kommer")
        await here.until(lambda: "Du kommer torsdag" in here.phone().last.text)
        # One row, one message: there is nothing that could have been half sent.
        assert [end for what, end in here.states() if what == "reminder" and end != "suppressed"] == ["sent"]
        assert captions(here.api) == [reminder.text]
        assert not any("Båt" in text for text in texts(here.api))


async def test_whoever_takes_no_voice_messages_gets_the_words_once(
    url: str, tmp_path: Path, recordings: Recordings
) -> None:
    keep(recordings, "sv", COMING, mp3(1.0))
    async with room(url, tmp_path, recordings=recordings) as here:
        here.api.faults.bad_request("VOICE_MESSAGES_FORBIDDEN", method="sendVoice", times=99)
        reminder = await _reminded(here)
        assert reminder.attachment is None
        assert len(reminder.rows) == 3
        await here.until(lambda: ("reminder", "sent") in here.states())
        assert sum("Båt" in text for text in texts(here.api)) == 1


async def test_a_voice_that_perhaps_arrived_is_treated_as_a_text_is(
    url: str, tmp_path: Path, recordings: Recordings
) -> None:
    keep(recordings, "sv", COMING, mp3(1.0))
    async with room(url, tmp_path, recordings=recordings) as here:
        here.api.faults.drop(method="sendVoice", times=2)
        await _reminded(here)
        await here.until(lambda: ("reminder", "ambiguous") in here.states())
        await here.quiet()
        # As for every reminder: said once more at most, and never in another shape beside it.
        assert len(captions(here.api)) == 2
        assert not any("Båt" in text for text in texts(here.api))


async def test_a_stale_reading_stays_at_home(url: str, tmp_path: Path, recordings: Recordings) -> None:
    kept = keep(recordings, "sv", COMING, mp3(1.0))
    table = kept.folder / TABLE
    table.write_text(table.read_text().replace(kept.mark, "sv-00000000"))
    async with room(url, tmp_path, recordings=recordings) as here:
        assert (await _reminded(here)).attachment is None


def test_what_is_longer_than_a_caption_stays_text(recordings: Recordings) -> None:
    """Telegram takes 1024 units under a voice message; a longer page is not cut, it goes without the reading."""
    assert CAPTION == CAPTION_UNITS == 1024
    topics = (("barnahus", 4), ("day", 5), ("rights", 4))
    short = ("telegram.grown_ups",)
    long = tuple(f"open.{name}.{n}" for name, many in topics for n in range(1, many + 1))
    for keys in (short, long):
        keep(recordings, "sv", keys, mp3(1.0))
    (said,) = _said(short, recordings)
    assert said.voice is not None
    (said,) = _said(long, recordings)
    assert units(said.text) > CAPTION
    assert said.voice is None


def test_texts_that_were_read_in_pieces_stay_text_in_a_chat(recordings: Recordings) -> None:
    for key in ("telegram.grown_ups", "welcome.title"):
        keep(recordings, "sv", (key,), mp3(1.0))
    (said,) = _said(("telegram.grown_ups", "welcome.title"), recordings)
    assert said.voice is None


def _said(keys: tuple[str, ...], recordings: Recordings) -> Any:
    screen = Screen(Text(keys[0]), (Block(tuple(map(Text, keys[1:]))),) if keys[1:] else ())
    assert all(locale("sv").speaks(key) for key in keys)
    shown = Shown(screen, "s", 1, "sv", Listener.GROWN, False, None, False, Strength.NONE)
    row: Claimed = None  # type: ignore[assignment]
    return outgoing(Reply(row, 1, shown, {}), "https://example.test", recordings)
