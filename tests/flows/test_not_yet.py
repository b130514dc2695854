"""Not yet: what a promise says before its day, on it, in its evening and after, to every reader who is the child."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from bot.flows.card import One
from bot.speech import locale
from bot.story.keys import CHILDREN
from bot.story.telling import Depth, tell
from bot.talk import Facts, Me, Text
from storage.queries import OneEntry
from storage.records import EntryId, Listener, Promise
from tests.flows import places
from tests.flows.samples import NOW
from tests.story import cases

DAY = NOW.date()
SWEDISH = locale("sv", strict=True)


def told(me: Me, promise: Promise, now: datetime) -> list[str]:
    """The lines of a promise's page, by their keys."""
    me, step = replace(me, now=now), One(entry=promise.id)
    screen = step.screen(me, Facts({OneEntry(me.case, EntryId(promise.id)): promise}))
    return [line.key for line in screen.blocks[0].lines if isinstance(line, Text)]


@pytest.fixture(params=places.CHILDREN, ids=lambda me: me.listener)
def she(request: pytest.FixtureRequest) -> Me:
    """A child of each age, and the grown-up."""
    me: Me = request.param
    return me


class TestBroken:
    """A day that passed without anybody looking is said the same day, and is nobody's secret but the house's fault."""

    promise = Promise(EntryId("p"), DAY, "Tove Alm")

    def test_before_its_day_and_in_the_morning_it_stands(self, she: Me) -> None:
        assert told(she, self.promise, NOW - timedelta(days=1)) == ["promise.ahead"]
        assert told(she, self.promise, NOW.replace(hour=15, minute=59)) == ["promise.today"]

    def test_from_four_o_clock_it_says_that_it_was_not_kept(self, she: Me) -> None:
        evening = told(she, self.promise, NOW.replace(hour=16, minute=0))
        assert evening == ["promise.missed_today", "promise.missed_task"]

    def test_and_so_on_every_day_that_follows(self, she: Me) -> None:
        assert told(she, self.promise, NOW + timedelta(days=1)) == ["promise.missed", "promise.missed_task"]


class TestKept:
    """What came of it is said the same day too: a new day, or the card itself."""

    def test_looked_and_still_no_says_when_and_names_the_next_day(self, she: Me) -> None:
        again = Promise(EntryId("p"), DAY + timedelta(days=7), "Tove Alm", DAY)
        assert told(she, again, NOW.replace(hour=18)) == ["promise.ahead", "promise.looked"]

    @pytest.mark.parametrize(
        ("until", "key"), [(DAY, "promise.kept"), (DAY + timedelta(days=3), "promise.kept"),
                           (DAY - timedelta(days=1), "promise.kept_late"), (None, "promise.kept")],
    )  # fmt: skip
    def test_the_card_that_opened_says_that_somebody_looked_and_whether_in_time(
        self, she: Me, until: date | None, key: str
    ) -> None:
        fields = {"by": "tove", "measure": "parent_support"}
        view = replace(cases.view("social_measure", she.listener, fields), waited_until=until, opened_on=DAY)
        for depth in (Depth.SHORT, Depth.FULL):
            first = tell(view, she.listener, depth).blocks[0]
            assert isinstance(first, Text)
            assert first.key == key
            assert SWEDISH.say(first).startswith("Här stod det ”inte än”")

    def test_a_card_that_nobody_waited_for_says_nothing_of_it(self, she: Me) -> None:
        card = tell(cases.view("social_measure", she.listener, {"by": "tove"}), she.listener)
        assert not [line for line in card.blocks if isinstance(line, Text) and line.key.startswith("promise.")]


def test_there_is_one_of_each_listener() -> None:
    assert {me.listener for me in places.CHILDREN} == set(CHILDREN) == set(Listener) - {
        Listener.GUARDIAN, Listener.REPRESENTATIVE,
    }  # fmt: skip
