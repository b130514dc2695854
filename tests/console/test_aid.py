"""Aid: a meeting to the minute, moved, cancelled; the plan; two tabs."""

from __future__ import annotations

import re

import pytest

from bot.speech import locale, locales
from bot.talk import Text
from storage.meeting_kinds import MeetingKind
from storage.records import Side
from tests.console.house import HEX, House, Worker
from tests.console.steps import enrol, open_case


@pytest.fixture
async def ali(house: House) -> Worker:
    return await house.worker("Ali", unit="Bistånd", side=Side.AID)


async def test_a_meeting_is_booked_moved_and_cancelled(ali: Worker) -> None:
    case = await open_case(ali, "EB 7")
    await enrol(ali, case, "recipient", "Johan")
    path = f"/cases/{case}/meetings"
    page = await ali.fill(path, "/meetings", path, day="2026-12-03", clock="9.30", where="Mottagningen",
                          meeting_kind="first", bring="Legitimation\nHyresavi")  # fmt: skip
    assert page.status == 200, page.problems
    assert page.has("torsdag 3 december 2026", "09:30", "Inget svar än")
    meeting = page.find(rf"/meetings/({HEX})")
    edit = await ali.get(f"{path}/{meeting}")
    assert edit.has("Legitimation\nHyresavi")
    stale = edit.form("/meetings")
    page = await ali.post(path, {**stale, "clock": "13:00"})
    assert page.has("13:00", "Äldre påminnelser är stoppade.")
    page = await ali.post(path, {**stale, "clock": "14:00"})
    assert page.status == 422
    assert page.has("Någon ändrade mötet medan sidan var öppen.", "14:00")
    page = await ali.fill(f"{path}/{meeting}", "/cancel", f"{path}/{meeting}/cancel")
    assert page.has("Mötet är inställt.", "<s>torsdag 3 december")


@pytest.mark.parametrize("kind", MeetingKind)
async def test_every_kind_she_can_read_about_is_offered_and_stays_when_the_meeting_moves(
    ali: Worker, kind: MeetingKind
) -> None:
    case = await open_case(ali, "EB 7")
    await enrol(ali, case, "recipient", "Johan")
    path = f"/cases/{case}/meetings"
    page = await ali.get(path)
    assert re.findall(r'name="meeting_kind" value="([^"]+)"', page.text) == list(MeetingKind)
    assert all(locale(tag).speaks(f"console.meeting_kind.{kind}") for tag in ("sv", "en"))
    assert all(one.speaks(f"meetings.kind.{kind}") for one in locales())

    page = await ali.fill(path, "/meetings", path, day="2026-12-03", clock="9.30", where="Mottagningen",
                          meeting_kind=kind)  # fmt: skip
    meeting = page.find(rf"/meetings/({HEX})")
    form = (await ali.get(f"{path}/{meeting}")).form("/meetings")
    assert form["meeting_kind"] == kind
    page = await ali.post(path, {**form, "clock": "13:00"})
    assert page.has("13:00", locale("sv").say(Text(f"console.meeting_kind.{kind}")))


async def test_how_to_get_there_is_kept_and_moves_with_the_meeting(ali: Worker) -> None:
    case = await open_case(ali, "EB 7")
    await enrol(ali, case, "recipient", "Johan")
    path = f"/cases/{case}/meetings"
    page = await ali.fill(path, "/meetings", path, day="2026-12-03", clock="9.30", where="Mottagningen",
                          meeting_kind="first", way_stop=" Rådhuset ", way_entrance="B", way_floor="2",
                          way_ready__lift="yes", way_ready__bell="yes", way_words="مر بجانب المقهى، Kafé Båt.",
                          way_language="ar")  # fmt: skip
    assert page.status == 200, page.problems
    meeting = page.find(rf"/meetings/({HEX})")
    edit = (await ali.get(f"{path}/{meeting}")).form("/meetings")
    assert [edit[name] for name in ("way_stop", "way_entrance", "way_floor", "way_language")] == [
        "Rådhuset", "B", "2", "ar",
    ]  # fmt: skip
    assert edit["way_words"] == "مر بجانب المقهى، Kafé Båt."
    assert {name for name in edit if name.startswith("way_ready.")} == {"way_ready.lift", "way_ready.bell"}
    page = await ali.fill(f"{path}/{meeting}", "/cancel", f"{path}/{meeting}/cancel")
    assert page.has("Mötet är inställt.")


async def test_a_way_that_is_too_long_keeps_what_was_typed(ali: Worker) -> None:
    case = await open_case(ali, "EB 7")
    await enrol(ali, case, "recipient", "Johan")
    path = f"/cases/{case}/meetings"
    page = await ali.fill(path, "/meetings", path, day="2026-12-03", clock="9.30", where="Mottagningen",
                          meeting_kind="first", way_stop="R" * 61, way_words="rakt fram " * 61,
                          way_language="klingonska")  # fmt: skip
    assert page.status == 422
    assert page.problems == ["way_stop", "way_words", "way_language"]
    assert page.has("R" * 61, "rakt fram rakt fram")
    assert not (await ali.get(path)).has("Mottagningen")


async def test_times_that_cannot_be_are_said(ali: Worker) -> None:
    case = await open_case(ali, "EB 7")
    await enrol(ali, case, "recipient", "Johan")
    path = f"/cases/{case}/meetings"
    typed = {"with": "Ali", "where": "Här", "meeting_kind": "phone"}
    form = (await ali.get(path)).form("/meetings")
    page = await ali.post(path, {**form, **typed, "day": "2027-03-28", "clock": "02:30"})
    assert page.has("klockan ställs om")
    page = await ali.post(path, {**form, **typed, "day": "2026-11-23", "clock": "08:00"})
    assert page.has("tiden har redan varit")
    page = await ali.post(path, {**form, **typed, "day": "0001-01-01", "clock": "00:10"})
    assert page.has("tiden har redan varit")
    page = await ali.post(path, {**form, **typed, "day": "28/3", "clock": "halv tre"})
    assert page.problems == ["day", "clock"]
    assert page.has("halv tre", "28/3")


async def test_the_plan_is_kept_in_its_own_words(ali: Worker) -> None:
    case = await open_case(ali, "EB 7")
    await enrol(ali, case, "recipient", "Johan")
    page = await ali.fill(f"/cases/{case}/meetings", "/plan", f"/cases/{case}/plan", goal="Jag vill sova bättre.",
                          goal_who="Ali", next_on="2027-01-10")  # fmt: skip
    assert page.has("Målet är sparat.", "Jag vill sova bättre.")


async def test_an_aid_case_has_no_entries_and_no_child(ali: Worker) -> None:
    case = await open_case(ali, "EB 7")
    form = (await ali.get(f"/cases/{case}/people/new")).form("")
    page = await ali.post(f"/cases/{case}/people/new", {**form, "kind": "child", "name": "X", "born": "2017-01-01"})
    assert page.status == 422
    assert not (await ali.get(f"/cases/{case}")).has("Ny händelse")
