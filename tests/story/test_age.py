"""For whom a text is told: by age, by what she chose, and never as a grown-up before eighteen."""

from __future__ import annotations

from datetime import date

import pytest

from bot.story.age import listener_for
from storage.records import Listener

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("born", "chosen", "told"),
    [
        (date(2020, 1, 1), None, Listener.UNDER_7),
        (date(2017, 1, 1), None, Listener.CHILD),
        (date(2010, 1, 1), None, Listener.TEEN),
        (date(2008, 11, 23), None, Listener.GROWN),
        (date(2017, 1, 1), Listener.TEEN, Listener.TEEN),
        (date(2010, 1, 1), Listener.UNDER_7, Listener.UNDER_7),
        (date(2010, 1, 1), Listener.GROWN, Listener.TEEN),
        (date(2017, 1, 1), Listener.GROWN, Listener.CHILD),
        (date(2008, 11, 24), Listener.GROWN, Listener.TEEN),
        (date(2008, 11, 23), Listener.GROWN, Listener.GROWN),
        (None, None, Listener.CHILD),
        (None, Listener.GROWN, Listener.GROWN),
    ],
)
def test_the_level_follows_age_until_she_picks_one(born: date | None, chosen: Listener | None, told: Listener) -> None:
    assert listener_for(born, TODAY, chosen) is told
