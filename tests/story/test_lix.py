"""LIX, a Nordic measure taken on whole logs: each case of the demo and of the gates, plain and easy, level by level."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from bot import demo
from bot.speech import locale
from bot.story import readability
from bot.story.telling import tell
from storage.records import EntryView, Listener
from tests.story import cases
from tests.story.carried import carried

NORDIC = ("sv", "sv-lattlast")
# Only a barnahus case has a log; the one that is about aid has meetings.
AID = {"amina"}
DEMO = sorted(path.stem for path in Path(demo.__file__).parent.joinpath("cases").glob("*.json"))
MADE = {
    "dropped": cases.DROPPED, "convicted": cases.CONVICTED, "afterwards": cases.AFTERWARDS,
    "cared_for": cases.CARED_FOR,
}  # fmt: skip

once = cache(carried)


def views(name: str, listener: Listener) -> tuple[EntryView, ...]:
    """A case as a listener's key opens it."""
    if name in MADE:
        return cases.case(MADE[name], listener)
    if listener is Listener.GUARDIAN:
        return once(name).parts.get("guardian", ())
    return once(name).parts.get("shared" if listener is Listener.REPRESENTATIVE else "child", ())


@cache
def log(name: str, listener: Listener, tag: str) -> str:
    """Everything that a listener gets of a case, as words."""
    speaker = locale(tag, strict=True)
    return "\n".join(cases.said(tell(view, listener), speaker) for view in views(name, listener))


@pytest.mark.parametrize("tag", NORDIC)
@pytest.mark.parametrize("listener", Listener)
@pytest.mark.parametrize("name", [*(one for one in DEMO if one not in AID), *MADE])
def test_a_whole_log_is_no_harder_than_its_listener(name: str, listener: Listener, tag: str) -> None:
    told = log(name, listener, tag)
    if not told:
        # Nobody of that sort reads in this case; the child always does.
        assert listener in (Listener.GUARDIAN, Listener.REPRESENTATIVE)
        return
    assert len(readability.words(told)) >= readability.ENOUGH_FOR_LIX
    assert readability.lix(told) <= cases.HARDEST[listener], f"{readability.lix(told):.1f}"


@pytest.mark.parametrize("listener", Listener)
@pytest.mark.parametrize("name", [one for one in DEMO if one not in AID])
def test_easy_swedish_is_easier_than_the_plain(name: str, listener: Listener) -> None:
    plain, easy = (readability.lix(log(name, listener, tag)) for tag in NORDIC)
    assert easy < plain or not log(name, listener, "sv")


@pytest.mark.parametrize("name", sorted(AID))
def test_a_case_of_aid_has_no_log_to_measure(name: str) -> None:
    assert carried(name).parts == {}
