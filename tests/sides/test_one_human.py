"""One human with aid and a barnahus case is two people: whoever stands on the aid side cannot tell that there is more.

Two worlds are walked in the same steps. In one she has an aid case only; in the other a barnahus case was made for
her too, of the same name, personal number and Telegram. Every byte that the aid side gives is the same in both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from difflib import unified_diff
from itertools import zip_longest
from pathlib import Path

import pytest

from storage.records import Role, Side
from tests.chat.browser import Browser
from tests.console.house import HEX, Worker
from tests.console.steps import enrol, open_case
from tests.sides.world import (
    AID,
    BARNAHUS_REF,
    BORN,
    NAME,
    NUMBER,
    World,
    come_in,
    settle_beside,
    slip,
    world,
)

HERS = ("?", "come", "back", "plan", "back", "contact", "back", "choices", "?", "back", "telegram", "make", "opened",
        "back", "who_read", "back", "stop", "back", "/language", "back")  # fmt: skip
LINK = re.compile(r'href="/console(/[^"#]*)"')


async def _walk(there: World, *, content: bool) -> None:
    maria = await there.worker("Maria Nyström", AID, Side.AID)
    sven = await there.worker("Sven Ek", AID, Side.AID, Role.MANAGER)
    case = await open_case(maria, "EB 2026-118")
    person = await enrol(maria, case, "recipient", NAME, born=BORN, number=NUMBER)
    meeting = await _is_booked(there, maria, case, person)
    await _comes_in(there, maria, case, person)
    await _starts_in_telegram(there, person, content=content)
    await _is_written_to(there, maria, f"/cases/{case}/notify/{meeting}/{person}")
    for one in (maria, sven):
        await _is_looked_at(there, one)
    await _is_sought(there, maria)
    _is_listed(there, person)


async def _is_booked(there: World, maria: Worker, case: str, person: str) -> str:
    """Two times, a goal and a yes to reminders; the first booked time."""
    meetings = f"/cases/{case}/meetings"
    for day in ("2026-11-26", "2026-12-10"):
        page = await maria.fill(meetings, "/meetings", meetings, day=day, clock="10:00", where="Rum 3",
                                meeting_kind="first")  # fmt: skip
        assert page.status == 200, page.problems
        there.note("booked", page.text)
    page = await maria.fill(meetings, "/plan", f"/cases/{case}/plan", goal="Läsa svenska", goal_who="Maria",
                            next_on="2026-12-01")  # fmt: skip
    decisions = f"/cases/{case}/decisions"
    page = await maria.fill(decisions, "/consent", f"{decisions}/consent", yes_by=person, yes_for=person,
                            scope="reminders", channel="telegram")  # fmt: skip
    assert page.status == 200, page.problems
    there.note("yes", page.text)
    return (await maria.get(meetings)).find(rf"/meetings/({HEX})")


async def _comes_in(there: World, maria: Worker, case: str, person: str) -> None:
    browser, invite = there.browser(), await slip(maria, case, person)
    there.note("slip", invite[2])
    await come_in(there, browser, invite, noted="in")
    for value in HERS:
        await _tap(browser, value)
        there.note(f"hers {value} {browser.step}", browser.body)
    for path in ("/help", "/copy.json", "/out"):
        answer = await browser.http.get(browser.base.join(browser.base.with_path(path)), allow_redirects=False)
        there.note(path, f"{answer.status} {answer.headers.get('Location')} {await answer.text()}")


async def _tap(browser: Browser, value: str) -> None:
    if value == "?":
        value = next(one for one in browser.choices if re.fullmatch(HEX, one) or one not in ("back",))
    await browser.tap(value)


async def _starts_in_telegram(there: World, person: str, *, content: bool) -> None:
    """Where she may read her own story in the chat, what she types goes to that side and is not compared."""
    there.link(person)
    phone, begun = there.phone(), len(there.messages())
    for words in ("/start",) if content else ("/start", "Hej!", "/help", "/privacy", "/stop", "/language"):
        phone.say(words)
        await there.told(len(there.messages()) + 1)
    for message in () if content else there.messages()[begun:]:
        there.note("said", message)


async def _is_written_to(there: World, maria: Worker, trigger: str) -> None:
    """A notice, a reminder, and what she answers: they belong to this side whatever else the chat is for."""
    phone, begun = there.phone(), len(there.messages())
    there.note("trigger", (await maria.get(trigger)).text)
    there.note("sent", (await maria.fill(trigger)).text)
    await there.told(begun + 1)
    there.store.clock.now += timedelta(hours=25)
    await there.settled()
    there.store.clock.now += timedelta(hours=24, minutes=1)
    await there.told(begun + 2)
    for _ in range(2):
        here = len(there.messages())
        phone.tap(phone.last, phone.last.rows[0][0].text)
        await there.told(here + 1)
    for message in there.messages()[begun:]:
        there.note("written", message)


async def _is_looked_at(there: World, one: Worker) -> None:
    """Every page of the console that can be reached by a link."""
    await there.sign_in(one)
    todo, done = ["/", "/cases"], set[str]()
    while todo:
        path = todo.pop(0)
        if path in done or path.startswith("/s/"):
            continue
        done.add(path)
        page = await one.get(path)
        there.note(f"{one.name} {page.status} {path}", page.text)
        todo += LINK.findall(page.text)
    assert len(done) > 8


async def _is_sought(there: World, one: Worker) -> None:
    for words in (NAME, NUMBER, "EB 2026-118", BARNAHUS_REF, "Amina", BORN):
        page = await one.fill("/", "/find", "/find", words=words)
        there.note(f"find {words}", f"{page.status} {page.text}")


def _is_listed(there: World, person: str) -> None:
    """What whoever runs the house is told of the aid side."""
    for row in there.verb("tasks"):
        if row["unit"] == AID:
            there.note("task", str(row))
    for row in there.verb("outbox"):
        if row["person"] == person:
            there.note("outbox", str(row))


def _differs(alone: World, both: World) -> Iterator[str]:
    """Each line that stands in one world only, with its place."""
    for one, other in zip_longest(alone.seen, both.seen, fillvalue=("", "")):
        lines = unified_diff(one[1].splitlines(), other[1].splitlines(), one[0], other[0], lineterm="", n=0)
        yield from ([f"{one[0]} | {other[0]}"] if one[0] != other[0] else lines)


@pytest.mark.parametrize("content", [False, True], ids=["reads on the web", "reads in Telegram too"])
async def test_the_aid_side_cannot_tell_that_there_is_more(tmp_path: Path, *, content: bool) -> None:
    async with world(tmp_path / "alone", content=content) as alone:
        await _walk(alone, content=content)
    async with world(tmp_path / "both", content=content) as both:
        await settle_beside(both)
        await _walk(both, content=content)
    differs = "\n".join(_differs(alone, both))
    assert not differs, differs
    places = {place.rpartition(" ")[2] for place, _ in both.seen}
    assert {"meetings/one", "linking/telegram", "choices/sure", "who_read/list", "way_in/receipt"} <= places
    assert len(both.seen) > 60
