"""The exact texts at enrolment, in the language of whoever is enrolled, and the hour that a notice leaves at."""

from __future__ import annotations

import re
from html import unescape

from storage.records import Side
from tests.console.house import House, Page
from tests.console.steps import enrol, open_case
from tests.console.test_with_her import _link_telegram

NEW = {"name": "Amina", "kind": "recipient"}


def locked(page: Page) -> list[tuple[str, str]]:
    """What stands on each locked phone of the page: its language and its words."""
    found = re.findall(r'<div class="lock" lang="(\w+)" dir="\w+">(.*?)</div>', page.text, re.DOTALL)
    return [(tag, unescape(re.sub(r"</?p>", " ", words)).strip()) for tag, words in found]


async def test_the_lines_to_choose_among_follow_the_language_that_was_chosen(house: House) -> None:
    ali = await house.worker("Ali", side=Side.AID)
    case = await open_case(ali, "EB 7")
    page = await ali.get(f"/cases/{case}/people/new")
    assert locked(page) == [("sv", "Du har något att läsa.")]
    page = await ali.fill(f"/cases/{case}/people/new", **NEW, locale="en", wording="look", do="look")
    assert page.status == 200
    assert page.path == f"/cases/{case}/people/new"
    assert locked(page) == [("en", "Look in when you have a moment.")]
    assert page.has(
        '<bdi lang="en" dir="ltr">You have something to read.</bdi> <bdi class="may">Du har något att läsa.'
    )
    assert page.has('value="Amina"', '<option value="en" selected')
    again = await ali.post(page.path, {**page.form(""), "locale": "ar", "do": "look"})
    assert again.has('<bdi lang="ar" dir="rtl">')
    assert not (await ali.get(f"/cases/{case}")).has("Amina")
    done = await ali.post(page.path, page.form(""))
    assert "/people/" in done.path


async def test_a_language_that_is_none_of_ours_is_mended_with_swedish_lines_meanwhile(house: House) -> None:
    ali = await house.worker("Ali", side=Side.AID)
    case = await open_case(ali, "EB 7")
    page = await ali.fill(f"/cases/{case}/people/new", **NEW, locale="xx", wording="none")
    assert page.status == 422
    assert locked(page) == [("sv", "Du har något att läsa.")]


async def test_the_reminder_of_the_next_booked_time_is_shown_word_for_word(house: House) -> None:
    ali = await house.worker("Ali", side=Side.AID)
    case = await open_case(ali, "EB 7")
    await enrol(ali, case, "recipient", "Johan")
    meetings = f"/cases/{case}/meetings"
    for day in ("2027-01-14", "2026-12-03"):
        await ali.fill(meetings, "/meetings", meetings, day=day, clock="10:00", where="Rum 3", meeting_kind="first")
    page = await ali.fill(f"/cases/{case}/people/new", **NEW, locale="en", do="look")
    (_, notice), (tag, reminder) = locked(page)
    assert (tag, notice) == ("en", "You have something to read.")
    assert reminder.startswith("Apple: Thursday")


async def test_a_notice_is_said_to_leave_in_the_hours_of_her_own_yes(house: House) -> None:
    ali = await house.worker("Ali", side=Side.AID)
    case = await open_case(ali, "EB 7")
    person = await enrol(ali, case, "recipient", "Amina")
    meetings, decisions = f"/cases/{case}/meetings", f"/cases/{case}/decisions"
    page = await ali.fill(meetings, "/meetings", meetings, day="2027-01-14", clock="10:00", where="Rum 3",
                          meeting_kind="first")  # fmt: skip
    meeting = page.find(r"/meetings/([0-9a-f]{32})")
    await ali.fill(decisions, "/consent", f"{decisions}/consent", yes_by=person, yes_for=person, scope="reminders",
                   channel="telegram", hours_from="14:00", hours_to="16:00")  # fmt: skip
    _link_telegram(house, person)
    trigger = f"/cases/{case}/notify/{meeting}/{person}"
    page = await ali.get(trigger)
    assert page.has("Skickas måndag 23 november 2026 14:00", 'id="send"')
    page = await ali.post(trigger, page.form(""))
    assert page.path == f"/cases/{case}/deliveries?said=sent"
