"""Whom to ring: the rows are fresh and whole, and the page needs nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.faces.helplines import FRESH_DAYS, error_page, facts_of, help_page, helplines
from bot.speech import locale, locales
from bot.story.helplines import Bill, phones, traces_of
from storage.records import Listener
from tests.faces.samples import FRAME, WORDS

TAGS = tuple(WORDS)


def test_no_number_is_older_than_half_a_year() -> None:
    oldest = date.today() - timedelta(days=FRESH_DAYS)  # noqa: DTZ011 - a row ages by the calendar of whoever runs this
    assert [line.words for line in helplines() if line.last_checked < oldest] == []


def test_danger_comes_first_and_the_young_next() -> None:
    assert [line.tel for line in helplines()][:2] == ["112", "116111"]


def test_every_row_is_whole() -> None:
    for line in helplines():
        assert line.url.startswith("https://")
        assert line.owner
        assert line.languages
        assert re.fullmatch(r"[\d -]+", line.number)
        assert (line.opens is None) == (line.closes is None)


def test_what_nobody_knows_of_a_call_is_said_to_be_unknown() -> None:
    spoken = locale("sv", strict=True)
    told = {line.words: [spoken.say(fact) for fact in facts_of(line)] for line in helplines()}
    assert "Samtalet syns inte på telefonräkningen." in told["women"]
    assert "Det kostar inget att ringa." in told["bris"]
    assert not any("telefonräkningen" in fact for fact in told["bris"])
    unknown = "Det är inte känt om samtalet syns på telefonräkningen."
    assert [spoken.say(line) for line in traces_of(helplines())][1:] == [unknown], "said once, above the numbers"
    assert unknown not in [spoken.say(line) for line in traces_of(one for one in helplines() if one.bill is Bill.NO)]
    assert "Det är inte känt vad samtalet kostar." in told["crisis"]


def test_the_number_that_closes_a_card_is_a_row_that_takes_whoever_reads_it() -> None:
    assert {str(one): number for one, number in phones().items()} == {
        "guardian": "112", "u7": "116 111", "7-12": "116 111", "13-17": "116 111", "grown": "90 390",
    }  # fmt: skip
    ends = [listener for line in helplines() for listener in line.ends_cards_of]
    assert sorted(ends) == sorted(set(Listener) - {Listener.REPRESENTATIVE})


@pytest.mark.parametrize("tag", TAGS)
def test_the_page_says_every_number_and_needs_no_session(tag: str) -> None:
    whole = help_page(locale(tag, strict=True), replace(FRAME, locales=locales()))
    for line in helplines():
        assert f'href="tel:{line.tel}"' in whole
        assert line.number in whole
    assert "<form" not in whole
    assert 'data-step="help"' in whole
    assert '/help?l=ar"' in whole


def test_it_says_that_one_may_ring_without_being_sure_and_that_the_phone_remembers() -> None:
    whole = help_page(locale("sv", strict=True), FRAME)
    assert "Du kan ringa även om du inte är säker" in whole
    assert "samtalslista" in whole


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("status", [400, 403, 404, 405, 413, 429, 500, 503])
def test_an_error_page_is_calm_and_says_whom_to_ring(status: int, tag: str) -> None:
    whole = error_page(locale(tag, strict=True), status, FRAME)
    assert str(status) not in re.sub(r'"[^"]*"', "", whole)
    assert 'href="tel:112"' in whole
    assert 'href="tel:116111"' in whole
