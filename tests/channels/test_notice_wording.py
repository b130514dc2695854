"""The line a person chose when she was enrolled is what the worker reads before she sends, and what comes."""

from __future__ import annotations

from html import unescape
from pathlib import Path

import pytest

from storage.records import NoticeWording, Side
from tests.console.steps import enrol, open_case
from tests.sides.world import AID, NAME, world

LINES = {
    NoticeWording.READ: "Du har något att läsa.",
    NoticeWording.LOOK: "Titta in när du har en stund.",
    NoticeWording.HELLO: "Hej! Det finns en rad till dig.",
    NoticeWording.REMINDER: "En påminnelse väntar.",
}


@pytest.mark.parametrize("wording", list(NoticeWording))
async def test_the_line_she_chose_is_shown_and_sent(wording: NoticeWording, tmp_path: Path) -> None:
    async with world(tmp_path / "house") as here:
        maria = await here.worker("Maria Nyström", AID, Side.AID)
        case = await open_case(maria, "EB 7")
        person = await enrol(maria, case, "recipient", NAME, wording=wording)
        meetings, decisions = f"/cases/{case}/meetings", f"/cases/{case}/decisions"
        page = await maria.fill(meetings, "/meetings", meetings, day="2027-01-14", clock="10:00", where="Rum 3",
                                meeting_kind="first")  # fmt: skip
        meeting = page.find(r"/meetings/([0-9a-f]{32})")
        await maria.fill(decisions, "/consent", f"{decisions}/consent", yes_by=person, yes_for=person,
                         scope="reminders", channel="telegram")  # fmt: skip
        here.link(person)
        here.phone().start()
        await here.told(1)

        trigger = f"/cases/{case}/notify/{meeting}/{person}"
        shown = (await maria.get(trigger)).find(r'<div class="lock"[^>]*><p>([^<]*)</p></div>')
        assert unescape(shown) == LINES[wording]
        page = await maria.fill(trigger)
        assert page.path.startswith(f"/cases/{case}/deliveries")
        await here.told(2)
        assert here.phone().last.text == LINES[wording]
