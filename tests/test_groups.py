"""Groups of a town: rows that a municipality writes, for the age and the language of whoever reads."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from bot.flows.beside import Others
from bot.groups import groups_in
from bot.settings import LocalGroups
from bot.speech import locale
from bot.talk import Facts, Me, Name, Party, Written
from storage.queries import OneEntry
from storage.records import Channel, Listener, PersonId, TieId, TieKind
from tests.story import cases

ROWS = """
[[group]]
name = "Torsdagsgruppen"
contact = "0900-12 34 56"
ages = [7, 12]
languages = ["sv"]
who = { sv = "För dig som är 7–12 år.", en = "For you who are 7–12." }

[[group]]
name = "Källan"
contact = "Storgatan 1"
ages = [7, 17]
languages = ["ar", "sv"]
who = { sv = "För barn som har sett våld." }

[[group]]
name = "Kvällsgruppen"
contact = "0900-65 43 21"
ages = [18]
languages = ["sv"]
who = { sv = "För vuxna." }
"""


def _me(listener: Listener, tag: str) -> Me:
    party = Party("c", TieId("t"), TieKind.CHILD)
    now = datetime(2026, 11, 23, 16, tzinfo=ZoneInfo("Europe/Stockholm"))
    known = (("sv", "svenska"), ("ar", "العربية"))
    return Me(now, Channel.WEB, tag, listener, PersonId("p"), parties=(party,), locales=known, groups=groups_in(ROWS))


def _shown(me: Me) -> dict[str, tuple[object, ...]]:
    """The groups on the page about others, by name."""
    view = cases.view("child_talk", me.listener, {"by": "tove"})
    screen = Others(entry=view.id).screen(me, Facts({OneEntry(me.case, view.id): view}))
    return {one.heading.value: one.lines for one in screen.blocks if isinstance(one.heading, Name)}


def test_she_is_shown_the_groups_for_her_age_those_in_her_language_first() -> None:
    assert list(_shown(_me(Listener.CHILD, "sv"))) == ["Torsdagsgruppen", "Källan"]
    assert list(_shown(_me(Listener.CHILD, "ar"))) == ["Källan", "Torsdagsgruppen"]
    assert list(_shown(_me(Listener.TEEN, "sv"))) == ["Källan"]
    assert list(_shown(_me(Listener.GROWN, "sv"))) == ["Kvällsgruppen"]


def test_what_the_municipality_wrote_is_shown_as_written_in_the_language_it_was_written_in() -> None:
    contact, who, tongues = _shown(_me(Listener.CHILD, "ar"))["Källan"]
    assert (contact, who) == (Name("Storgatan 1"), Written("För barn som har sett våld.", "sv"))
    assert "العربية" in locale("sv").say(tongues)  # type: ignore[arg-type]


def test_a_row_that_is_not_whole_or_a_file_that_is_away_stops_the_house(tmp_path: Path) -> None:
    rows = tmp_path / "groups.toml"
    rows.write_text(ROWS.replace('contact = "Storgatan 1"\n', ""), encoding="utf-8")
    with pytest.raises(ValidationError, match="group 2"):
        LocalGroups(file=rows)
    with pytest.raises(ValidationError, match="cannot read"):
        LocalGroups(file=tmp_path / "away.toml")
    rows.write_text(ROWS, encoding="utf-8")
    assert [group.name for group in LocalGroups(file=rows).rows()] == ["Torsdagsgruppen", "Källan", "Kvällsgruppen"]
