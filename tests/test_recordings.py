"""Readings are taken in, told apart, and shut up when their words change."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot import locale_verbs
from bot.answering import OK, REFUSED, Answer
from bot.audio import LARGEST, Container, Sound, Unfit, read_sound
from bot.cli import app
from bot.recordings import TABLE, Recordings, TableUnread, recordable
from bot.speech import locale, locales
from tests.parts.sounds import keep, mp3, opus

KEY = "way_in.choose.title"
OUTSIDE = """[[recording]]
keys = ["a"]
file = "../../root.mp3"
by = "x"
on = 2026-11-23
mark = "m"
seconds = 1.0
"""
SV = locale("sv")


@pytest.fixture
def own(tmp_path: Path) -> Recordings:
    return Recordings(tmp_path / "own")


def record(own: Recordings, file: Path, *keys: str, tag: str = "sv", by: str = "Amina") -> Answer:
    return locale_verbs.locale_record(tag, keys or (KEY,), file, own, by=by, on=date(2026, 11, 23))


class TestWhatAFileIs:
    @pytest.mark.parametrize("seconds", [0.5, 1.0, 12.34])
    def test_opus_in_ogg_says_how_long_it_is(self, seconds: float) -> None:
        sound = read_sound(opus(seconds))
        assert isinstance(sound, Sound)
        assert (sound.container, round(sound.seconds, 2)) == (Container.OGG, seconds)

    def test_of_an_mp3_only_the_sound_is_kept(self) -> None:
        sound = read_sound(mp3(2.0, notes=b"TPE1 recorded on the phone of ...") + b"TAG" + bytes(125))
        assert isinstance(sound, Sound)
        assert sound.body == mp3(2.0)
        assert sound.seconds == pytest.approx(2.0, abs=0.05)

    @pytest.mark.parametrize(
        ("raw", "why"),
        [
            (b"", Unfit.EMPTY),
            (b"hello", Unfit.UNKNOWN),
            (b"RIFF\0\0\0\0WAVEfmt " + bytes(900), Unfit.UNKNOWN),
            (b"\xff\xfb\x90\x00", Unfit.UNKNOWN),
            (opus(head=b"Speex   "), Unfit.NOT_OPUS),
            (opus(cut=True), Unfit.CUT_OFF),
            (opus()[:-3], Unfit.CUT_OFF),
            (opus() + b"junk", Unfit.CUT_OFF),
            (mp3()[:-10], Unfit.CUT_OFF),
            (mp3(200), Unfit.TOO_LONG),
            (opus(200), Unfit.TOO_LONG),
            (bytes(LARGEST + 1), Unfit.TOO_LARGE),
        ],
    )
    def test_what_will_not_do(self, raw: bytes, why: Unfit) -> None:
        assert read_sound(raw) == why

    def test_whatever_a_file_begins_with_it_is_answered(self) -> None:
        for raw in (opus(), mp3(notes=b"notes")):
            for at in range(len(raw[:400])):
                for byte in (0, 0x7F, 0xFF):
                    assert isinstance(read_sound(raw[:at] + bytes((byte,)) + raw[at + 1 :]), Sound | Unfit)


class TestKeeping:
    def test_a_reading_is_kept_with_who_and_when_and_what(self, own: Recordings, tmp_path: Path) -> None:
        file = tmp_path / "a.mp3"
        file.write_bytes(mp3())
        done = record(own, file)
        assert done.exit == OK
        (kept,) = own.fresh(SV)
        assert (kept.keys, kept.by, kept.on.isoformat(), kept.listener) == ((KEY,), "Amina", "2026-11-23", "")
        assert kept.path.read_bytes() == mp3()
        assert kept.mark.startswith("sv-")

    def test_a_reading_for_a_child_says_for_which(self, own: Recordings) -> None:
        kept = keep(own, "sv", ("contact_ban_granted.7-12.what",), mp3())
        assert kept.listener == "7-12"

    def test_a_new_reading_takes_the_place_of_the_old(self, own: Recordings) -> None:
        old = keep(own, "sv", (KEY,), mp3(1.0))
        new = keep(own, "sv", (KEY,), opus(1.0))
        assert own.all_of(SV) == (new,)
        assert not old.path.exists()

    def test_the_longest_reading_that_fits_comes_first(self, own: Recordings) -> None:
        one, two = keep(own, "sv", (KEY,), mp3(1.0)), keep(own, "sv", (KEY, "way_in.choose.why"), mp3(2.0))
        assert own.of((KEY, "way_in.choose.why"), SV) == (two,)
        assert own.of((KEY,), SV) == (one,)
        assert own.of((KEY, "way_in.choose.secret"), SV) == ()
        assert own.of((KEY,), locale("en")) == ()

    @pytest.mark.parametrize(
        ("raw", "keys", "says"),
        [
            (b"hello", (KEY,), "neither MP3 nor Opus"),
            (bytes(LARGEST + 5), (KEY,), "larger than 1,000,000 bytes"),
            (mp3(), ("meetings.next",), "a place for what differs"),
            (mp3(), ("console.start",), "has no text console.start for people"),
            (mp3(), ("no.such.text",), "has no text no.such.text"),
            (mp3(), (KEY, KEY), "named twice"),
        ],
    )
    def test_what_is_not_taken_is_told_in_a_sentence_and_nothing_is_kept(
        self, own: Recordings, tmp_path: Path, raw: bytes, keys: tuple[str, ...], says: str
    ) -> None:
        file = tmp_path / "a.mp3"
        file.write_bytes(raw)
        done = record(own, file, *keys)
        assert done.exit == REFUSED
        assert says in done.say
        assert own.all_of(SV) == ()

    def test_a_file_that_is_not_there_and_a_reader_without_a_name(self, own: Recordings, tmp_path: Path) -> None:
        assert "No such file" in record(own, tmp_path / "nothing.mp3").say
        assert "the name of whoever read it" in record(own, tmp_path / "nothing.mp3", by=" ").say
        assert "no such language" in record(own, tmp_path / "nothing.mp3", tag="xx").say

    def test_the_command_keeps_it_where_the_setting_says(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("BREDVID_AUDIO__DIR", str(tmp_path / "theirs"))
        (tmp_path / "a.ogg").write_bytes(opus())
        asked = ["locale", "record", "so", "--key", KEY, "--file", str(tmp_path / "a.ogg"), "--by", "Amina", "--json"]
        done = CliRunner().invoke(app, asked)
        assert done.exit_code == OK
        assert json.loads(done.stdout)["file"].startswith(str(tmp_path / "theirs" / "so"))


class TestStale:
    def test_changed_words_are_listed_and_not_played(self, own: Recordings) -> None:
        kept = keep(own, "sv", (KEY,), mp3())
        table = kept.folder / TABLE
        table.write_text(table.read_text().replace(kept.mark, "sv-00000000"))
        assert own.of((KEY,), SV) == ()
        assert [(at, "other words" in say) for at, say in own.faults(SV)] == [(kept.file, True)]
        (line,) = locale_verbs.locale_check("sv", own).body
        assert [one["at"] for one in line["recordings"]] == [kept.file]
        assert (own.figures(SV).recorded, own.figures(SV).stale) == (0, 1)

    def test_a_file_that_is_gone_is_missed(self, own: Recordings) -> None:
        kept = keep(own, "sv", (KEY,), mp3())
        kept.path.unlink()
        assert own.of((KEY,), SV) == ()
        assert [at for at, _ in own.faults(SV)] == [kept.file]

    def test_the_figures_add_up(self, own: Recordings) -> None:
        before = own.figures(SV)
        keep(own, "sv", (KEY, "way_in.choose.why"), mp3())
        after = own.figures(SV)
        assert (after.recorded - before.recorded, before.missing - after.missing) == (2, 2)

    @pytest.mark.parametrize("words", ["nonsense", '[[recording]]\nkeys = ["a"]', 'recording = "x"', OUTSIDE])
    def test_a_table_that_cannot_be_read_takes_the_sound_away_and_not_the_page(
        self, own: Recordings, words: str
    ) -> None:
        kept = keep(own, "sv", (KEY,), mp3())
        (kept.folder / TABLE).write_text(words)
        assert own.of((KEY,), SV) == ()
        with pytest.raises(TableUnread):
            own.all_of(SV)
        (line,) = locale_verbs.locale_check("sv", own).body
        assert line["recordings"][0]["at"] == "audio.toml"


def test_nobody_has_read_anything_for_the_package() -> None:
    """A recording is somebody's voice: none is made up, and none is shipped."""
    assert [one.tag for one in locales() if Recordings().all_of(one)] == []


def test_nothing_with_a_place_for_a_name_can_be_recorded() -> None:
    assert not recordable("home.title", SV)
    assert recordable("sound.meeting.coming", SV)
