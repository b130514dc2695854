"""A row of her way: what it was, its day when there is one, and never as if it had happened when it has not."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.flows.my_way import way_rows
from bot.speech import locale
from bot.talk import Me
from storage.queries import Headline, Page
from storage.records import Channel, EntryId, EntryState, Listener

ME = Me(datetime(2026, 3, 2, 16, tzinfo=ZoneInfo("Europe/Stockholm")), Channel.WEB, "sv", Listener.CHILD)


@pytest.mark.parametrize(
    ("state", "row"),
    [
        (EntryState.HAPPENED, "Förhör med polisen"),
        (EntryState.PLANNED, "Planerat: Förhör med polisen"),
        (EntryState.MOVED, "Får en ny dag: Förhör med polisen"),
        (EntryState.CANCELLED, "Blev inte av: Förhör med polisen"),
    ],
)
def test_a_row_without_a_day_says_whether_it_has_happened(state: EntryState, row: str) -> None:
    page = Page((Headline(EntryId("e"), "child_interview", None, state, None),), 0, more=False)
    label = way_rows(page, ME)[0].label
    said = locale("sv", strict=True).say(label)
    assert said.replace("\u2068", "").replace("\u2069", "") == row
