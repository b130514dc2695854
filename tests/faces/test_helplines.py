"""Whom to ring: the rows are fresh and whole, and the page needs nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.faces.helplines import FRESH_DAYS, error_page, help_page, helplines
from bot.speech import locale, locales
from tests.faces.samples import FRAME, WORDS

TAGS = tuple(WORDS)


def test_no_number_is_older_than_half_a_year():
    oldest = date.today() - timedelta(days=FRESH_DAYS)  # noqa: DTZ011 - a row ages by the calendar of whoever runs this
    assert [line.words for line in helplines() if line.last_checked < oldest] == []


def test_danger_comes_first_and_the_young_next():
    assert [line.tel for line in helplines()][:2] == ["112", "116111"]


def test_every_row_is_whole():
    for line in helplines():
        assert line.url.startswith("https://")
        assert line.owner
        assert line.languages
        assert re.fullmatch(r"[\d -]+", line.number)
        assert (line.opens is None) == (line.closes is None)


@pytest.mark.parametrize("tag", TAGS)
def test_the_page_says_every_number_and_needs_no_session(tag: str):
    whole = help_page(locale(tag, strict=True), replace(FRAME, locales=locales()))
    for line in helplines():
        assert f'href="tel:{line.tel}"' in whole
        assert line.number in whole
    assert "<form" not in whole
    assert 'data-step="help"' in whole
    assert '/help?l=ar"' in whole


def test_it_says_that_one_may_ring_without_being_sure_and_that_the_phone_remembers():
    whole = help_page(locale("sv", strict=True), FRAME)
    assert "Du kan ringa även om du inte är säker" in whole
    assert "samtalslista" in whole


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("status", [400, 403, 404, 405, 413, 429, 500, 503])
def test_an_error_page_is_calm_and_says_whom_to_ring(status: int, tag: str):
    whole = error_page(locale(tag, strict=True), status, FRAME)
    assert str(status) not in re.sub(r'"[^"]*"', "", whole)
    assert 'href="tel:112"' in whole
    assert 'href="tel:116111"' in whole
