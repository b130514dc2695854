"""The days after an interview at work: in the list on their day, with the words to say, and written down as said."""

from __future__ import annotations

from datetime import timedelta

from bot.jobs.ticks import JOBS
from storage.records import Role
from tests.console.house import House, Worker
from tests.console.steps import adult, decide_contact, enrol, open_case, write_entry


async def an_interview(worker: Worker, **typed: str) -> tuple[str, str, str]:
    """A case with a child of nine and an interview this morning: case, child, entry."""
    case = await open_case(worker)
    child = await enrol(worker, case, "child", "Moa", born="2017-03-05")
    await decide_contact(worker, case)
    lise = await adult(worker, case, "Lise", "police_interviewer", "police")
    marja = await adult(worker, case, "Marja", "social_worker", "social")
    usual = {"state": "happened", "on": "2026-11-23", "hold": "none", "f_by": lise, f"f_listeners__{marja}": "yes",
             "f_contact_after": marja, "f_place": "barnahus", "f_filmed": "yes"}  # fmt: skip
    entry, page = await write_entry(worker, case, "child_interview", **{**usual, **typed})
    assert "/entries/" in page.path, page.problems
    return case, child, entry


async def test_the_list_shows_the_day_that_is_near_and_leads_to_its_words(house: House) -> None:
    eva = await house.worker("Eva")
    case, _, entry = await an_interview(eva)
    start = await eva.get("/")
    assert start.has('data-duty="w1"', 'data-duty="w2"', f"/console/cases/{case}/entries/{entry}/after#day-0")
    assert not start.has('data-duty="w3"')
    page = await eva.get(f"/cases/{case}/entries/{entry}/after")
    assert page.has('data-day="0" data-stand="now"', 'data-day="7" data-stand="ahead"', "Marja")
    assert page.has("Hej, det är Eva.", "Du måste inte tänka på det, och inte låta bli.")
    assert page.has("Jag tänker fråga igen tisdag 24 november 2026.")


async def test_a_word_that_was_said_is_written_down_and_leaves_the_list(house: House) -> None:
    eva = await house.worker("Eva")
    case, _, entry = await an_interview(eva)
    path = f"/cases/{case}/entries/{entry}/after"
    page = await eva.fill(path, "/after", path, how="phone", understood="declined")
    assert page.status == 200, page.problems
    assert page.has("Antecknat.", "Ville inte prata nu", 'data-day="0" data-stand="said"')
    assert not (await eva.get("/")).has('data-duty="w1"')


async def test_what_is_missing_is_asked_for_and_a_day_ahead_is_refused(house: House) -> None:
    eva = await house.worker("Eva")
    case, _, entry = await an_interview(eva)
    path = f"/cases/{case}/entries/{entry}/after"
    assert (await eva.fill(path, "/after", path, by="")).problems == ["by", "how", "understood"]
    said = {"how": "phone", "understood": "understood"}
    assert (await eva.fill(path, "/after", path, on="2026-11-24", **said)).problems == ["on"]
    ahead = await eva.fill(path, "/after", path, day_number="7", **said)
    assert ahead.has("Den dagen har inte kommit än")


async def test_the_way_home_comes_first_and_the_page_says_where(house: House) -> None:
    eva = await house.worker("Eva")
    case, _, entry = await an_interview(eva)
    nils = await adult(eva, case, "Nils", "special_representative", "legal")
    journey, _ = await write_entry(
        eva, case, "transport", state="happened", on="2026-11-23", hold="none", f_fetched_by=nils,
        f_from_place="school", f_back_to="school", f_told_home_by=nils, f_told_whom="mother",
    )  # fmt: skip
    path = f"/cases/{case}/entries/{entry}/after"
    page = await eva.get(path)
    assert page.has("Berätta först för barnet hur resan hem gick till", f"/entries/{journey}#told")
    assert not page.has('name="day_number"')
    said = {"by": "Eva", "on": "2026-11-23", "how": "phone", "understood": "understood", "day_number": "0"}
    assert (await eva.post(path, said)).problems == ["on"]
    told = await eva.fill(f"/cases/{case}/entries/{journey}", "/told", how="in_person", understood="understood")
    assert told.status == 200, told.problems
    assert (await eva.get(path)).has('name="day_number"')


async def test_a_day_that_nobody_said_stands_late_with_the_rest(house: House) -> None:
    eva = await house.worker("Eva")
    case, _, entry = await an_interview(eva)
    house.clock.move(timedelta(days=8))
    for _, job in JOBS:
        house.store.run(job)
    ulla = await house.worker("Ulla", role=Role.MANAGER)
    start = await ulla.get("/")
    assert start.has('data-duty="w5"', 'data-duty="w3"')
    assert not start.has('data-duty="w1"')
    page = await ulla.get(f"/cases/{case}/entries/{entry}/after")
    assert page.has('data-day="1" data-stand="over"', "Ingen har antecknat", 'data-day="7" data-stand="now"')


async def test_only_an_interview_has_such_a_page(house: House) -> None:
    eva = await house.worker("Eva")
    case, _, entry = await an_interview(eva, state="planned", on="2026-12-01")
    page = await eva.get(f"/cases/{case}/entries/{entry}/after")
    assert page.has("Förhöret är inte markerat som genomfört")
    assert not page.has('name="day_number"')
    anna = await adult(eva, case, "Anna", "social_worker", "social")
    talk, _ = await write_entry(
        eva, case, "child_talk", state="happened", on="2026-11-20", hold="none", f_by=anna, f_place="school"
    )
    assert (await eva.get(f"/cases/{case}/entries/{talk}/after")).status == 404
