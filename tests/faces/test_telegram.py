"""Telegram and the locked phone: short enough, in the right direction, and nothing personal where none may be."""

from __future__ import annotations

import dataclasses
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.faces.lock_screen import CodeWord, MeetingNotice, MeetingWording, Notice, Wording, lock_line
from bot.faces.telegram import LABEL, LIMIT, said, said_notice, units
from bot.speech import locale, locales
from bot.talk import Ask, Block, Choice, Name, Screen, Text
from tests.faces.samples import WORDS, screens

FRIDAY = datetime(2026, 11, 27, 8, 30, tzinfo=UTC)
SPEAKING = tuple(one.tag for one in locales() if one.speaks("notice.read"))


def test_a_screen_is_one_message_with_its_buttons_under_it() -> None:
    (only,) = said(screens("sv")["front"], locale("sv", strict=True))
    assert only.text.startswith("Hej! Jag är ett datorprogram.\n\nJag visar")
    assert [row[0].value for row in only.buttons] == ["a", "b"]


def test_five_rows_and_then_more() -> None:
    rows = tuple(Choice(f"r{n}", Name(f"Rad {n}")) for n in range(12))
    screen, swedish = Screen(Name("Lista"), rows=rows, choices=(Choice("back", Name("Tillbaka")),)), locale("sv")

    def values(start: int) -> list[str]:
        return [row[0].value for row in said(screen, swedish, start=start)[-1].buttons]

    assert values(0) == ["r0", "r1", "r2", "r3", "r4", "/more 5", "back"]
    assert values(5) == ["r5", "r6", "r7", "r8", "r9", "/more 10", "back"]
    assert values(10) == ["r10", "r11", "/more 0", "back"]
    assert values(99) == values(0)


def test_every_line_of_a_right_to_left_message_starts_in_its_direction() -> None:
    for screen in screens("ar").values():
        for message in said(screen, locale("ar", strict=True)):
            assert all(line.startswith("\u200f") for line in message.text.split("\n") if line)
            assert message.text.count("\u2068") == message.text.count("\u2069")


def test_an_arabic_name_in_a_swedish_message_is_isolated() -> None:
    (message,) = said(Screen(Name("كريم حداد")), locale("sv", strict=True))
    assert message.text == "\u2068كريم حداد\u2069"


def test_codes_are_never_asked_for_in_a_chat() -> None:
    for shape in ("pin", "pictures", "code"):
        (message,) = said(screens("sv")[shape], locale("sv", strict=True))
        assert "aldrig här i chatten" in message.text


def test_free_words_have_two_numbers_under_them() -> None:
    (message,) = said(Screen(Name("x"), ask=Ask(Text("help.lead"))), locale("sv", strict=True))
    assert "112" in message.text
    assert "116\u00a0111" in message.text


@given(st.lists(st.text(alphabet="abc åäö. \n🙂ع", max_size=3000), max_size=8), st.text(max_size=200))
def test_however_long_every_message_fits_and_no_word_is_lost(lines: list[str], label: str) -> None:
    screen = Screen(
        Name("Titel"), (Block(tuple(Name(line) for line in lines)),), choices=(Choice("v", Name(label or "x")),)
    )
    messages = said(screen, locale("sv"))
    assert all(message.text and units(message.text) <= LIMIT for message in messages)
    assert all(not message.buttons for message in messages[:-1])
    assert all(units(row[0].label) <= LABEL for row in messages[-1].buttons)
    told = re.sub(r"[\s\u2068\u2069]", "", "".join(message.text for message in messages))
    assert told == re.sub(r"[\s\u2068\u2069]", "", "Titel" + "".join(lines))


@pytest.mark.parametrize("tag", SPEAKING)
@pytest.mark.parametrize("wording", Wording)
def test_a_notice_says_one_approved_line(wording: Wording, tag: str) -> None:
    line = lock_line(Notice(wording), locale(tag, strict=True))
    assert 5 < len(line) < 80
    assert said_notice(Notice(wording), locale(tag, strict=True)).text == line
    assert not re.search(r"barnahus|bredvid|polis|social|kommun|http|\d", line, re.IGNORECASE)


@pytest.mark.parametrize("tag", SPEAKING)
@pytest.mark.parametrize("wording", MeetingWording)
def test_a_meeting_line_says_weekday_time_and_code_word_and_nothing_else(wording: MeetingWording, tag: str) -> None:
    spoken = locale(tag, strict=True)
    line = lock_line(MeetingNotice(wording, FRIDAY, CodeWord.LAKE), spoken)
    assert "09:30" in line
    assert spoken.say(Text(CodeWord.LAKE)).lower() in line.lower()
    assert "2026" not in line
    assert "27" not in line


def test_a_meeting_line_in_swedish() -> None:
    notice = MeetingNotice(MeetingWording.COMING, FRIDAY, CodeWord.BOAT)
    assert lock_line(notice, locale("sv", strict=True)) == "Båt: fredag klockan 09:30.\n🕤"


def test_nothing_personal_can_be_put_into_a_notice() -> None:
    for kind in (Notice, MeetingNotice):
        assert {field.type for field in dataclasses.fields(kind)} <= {
            "Wording",
            "MeetingWording",
            "CodeWord",
            "datetime",
        }
    with pytest.raises(TypeError):
        Notice("Anna har skrivit om förhöret")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Notice("notice.read")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        MeetingNotice(MeetingWording.COMING, FRIDAY, "Anna Lind")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        MeetingNotice(MeetingWording.COMING, FRIDAY.replace(tzinfo=None), CodeWord.BOAT)
    with pytest.raises(TypeError):
        MeetingNotice(Wording.READ, FRIDAY, CodeWord.BOAT)  # type: ignore[arg-type]


def test_the_approved_lines_have_no_place_for_more_than_their_types_hold() -> None:
    for tag in WORDS:
        for path in (locale(tag).folder / "LC_MESSAGES").glob("face.po"):
            whole = path.read_text(encoding="utf-8")
            for key, line in re.findall(r'msgid "((?:notice|meeting)\.\w+)"\nmsgstr "(.*)"', whole):
                slots = set(re.findall(r"\{(\w+)\}", line))
                assert slots <= (set() if key.startswith("notice.") else {"weekday", "time", "code"})
