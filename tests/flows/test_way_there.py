"""How to get to a meeting: ready sentences in her language, own words said to be in theirs, and whom to ask."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.flows.meetings import One
from bot.speech import FSI, PDI, locale
from bot.talk import Facts, Me, Party, Text
from storage.queries import OneMeeting
from storage.records import CaseId, Channel, EntryState, Listener, Meeting, PersonId, RecordId, TieId, TieKind
from storage.way_there import ReadyWay, WayThere

NOW = datetime(2026, 11, 23, 9, tzinfo=ZoneInfo("Europe/Stockholm"))
CASE = CaseId("c")
WHOLE = WayThere("Rådhuset", "B", "2", (ReadyWay.LIFT, ReadyWay.WAIT), "Gå förbi kaféet.", "sv")


def told(way: WayThere, kind: str = "first", *, tag: str = "sv") -> list[str] | None:
    """What stands under the headline, line by line; None when there is no such headline."""
    me = Me(NOW, Channel.WEB, tag, Listener.GROWN, PersonId("amina"),
            parties=(Party(CASE, TieId("t"), TieKind.RECIPIENT),))  # fmt: skip
    meeting = Meeting(RecordId("m"), NOW + timedelta(days=1), "Europe/Stockholm", "Sara", "Storgatan 1", kind,
                      EntryState.PLANNED, way=way)  # fmt: skip
    spoken = locale(tag)
    screen = One("m").screen(me, Facts({OneMeeting(CASE, "m"): meeting}))
    blocks = [block for block in screen.blocks if block.heading == Text("meetings.way")]
    return [spoken.say(line) for line in blocks[0].lines] if blocks else None


def test_it_is_told_in_the_order_one_goes() -> None:
    assert told(WHOLE) == [
        "Gå av vid hållplatsen Rådhuset.",
        "Ingång: B",
        "Våning: 2",
        "Det finns hiss.",
        "Sitt i väntrummet tills någon ropar upp dig.",
        f"”{FSI}Gå förbi kaféet.{PDI}” (personens egna ord, på svenska)",
    ]


def test_in_another_language_only_the_own_words_stay_as_they_were_written() -> None:
    assert told(WHOLE, tag="en") == [
        "Get off at the stop Rådhuset.",
        "Entrance: B",
        "Floor: 2",
        "There is a lift.",
        "Sit in the waiting room until somebody calls you.",
        f"“{FSI}Gå förbi kaféet.{PDI}” (the person's own words, in Swedish)",
    ]


def test_words_that_run_the_other_way_do_not_turn_what_stands_around_them() -> None:
    mixed = f"مر بجانب \u202eKafé Båt{FSI}، باب 3"
    (line,) = told(WayThere(words=mixed, language="ar")) or []
    assert line == f"”{FSI}مر بجانب Kafé Båt، باب 3{PDI}” (personens egna ord, på arabiska)"


def test_where_nobody_wrote_it_she_reads_whom_to_ask() -> None:
    assert told(WayThere()) == ["Hittar du inte dit? Fråga din kontakt, så får du hjälp."]


@pytest.mark.parametrize("kind", ["phone", "video", "home_visit", "home"])
def test_nobody_is_told_the_way_to_a_telephone(kind: str) -> None:
    assert told(WayThere(), kind) is None
    assert told(WayThere(words="Knappa in 77."), kind) == [
        f"”{FSI}Knappa in 77.{PDI}” (personens egna ord, på svenska)"
    ]
