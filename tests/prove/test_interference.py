"""A guardian cannot tell whether anything happened that she must not know; and each leak that is planted is found."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from storage import _deeds_case, _entry_parts, _visiting
from storage import _tables as t
from storage._reminding import take_away
from storage.commands import AskToBeSent
from storage.records import Entry, EntryId
from storage.standing import Standing
from storage.vault import Tx
from storage.visits import told_of, visit_of
from tests.prove import interference
from tests.prove.guardian_post import post_office
from tests.prove.hidden_entries import OPEN, Secret
from tests.prove.interference import A_DAY, CLEARED, STANDINGS, Guardian, both, compare
from tests.prove.out_of_sight import SECRETS
from tests.prove.page_times import PageTimes
from tests.storage.family import CASE, HANNA, MOTHER
from tests.storage.house import House

HER = Guardian(CLEARED, forged=("secret-0",), addresses=("/help",), said=("/start",), careful=True)
CARD = EntryId(f"{OPEN}-0")
Answered = Callable[[web.Request], Any]
Leak = Callable[[House, web.StreamResponse], None]


def test_two_worlds_that_differ_only_in_secret_look_alike() -> None:
    pairs = len(SECRETS)
    figures = compare(pairs)
    assert figures.differ == []
    assert figures.pairs == pairs
    assert figures.pages > pairs * 40
    assert figures.calls > pairs
    assert figures.notices > 5
    assert set(figures.standings) == set(STANDINGS)
    assert set(figures.secrets) == set(SECRETS)


# --- the comparison can fail ------------------------------------------------------------------------------------------


def differences(deeds: Iterable[Secret], *leaks: Leak, her: Guardian = HER) -> list[str]:
    """What differs between the worlds when every answer passes by these leaks."""
    return asyncio.run(_differences(list(deeds), leaks, her))


async def _differences(deeds: list[Secret], leaks: tuple[Leak, ...], her: Guardian) -> list[str]:
    async with post_office() as post:
        with_them, without = await both(post, her, deeds, [_beside(leak) for leak in leaks])
    return list(with_them.differences(without))


def _beside(leak: Leak) -> Callable[[House], Any]:
    def for_(house: House) -> Any:
        @web.middleware
        async def leaking(request: web.Request, handler: Answered) -> web.StreamResponse:
            response: web.StreamResponse = await handler(request)
            leak(house, response)
            return response

        return leaking

    return for_


def counting(*names: str) -> Leak:
    """A careless number on each page: how many rows of these tables there are."""

    def leak(house: House, response: web.StreamResponse) -> None:
        if isinstance(response, web.Response) and response.text:
            counts = [house.count(t.metadata.tables[name]) for name in names]
            response.text = response.text.replace("</main>", f"<!-- {counts} --></main>")

    return leak


@pytest.mark.parametrize("deed", SECRETS)
def test_a_number_that_this_would_move_is_found(deed: str) -> None:
    assert differences([Secret(deed, day=2)], counting(SECRETS[deed].betrayed_by))


def test_the_same_numbers_are_no_difference_where_nothing_happened() -> None:
    assert differences([], counting(*(name for name in t.metadata.tables))) == []


def _secretive(house: House) -> bool:
    """Whether something was written that she must not know of."""
    return any(row.record.startswith("secret-") for row in house.rows(t.part))


def _header(house: House, response: web.StreamResponse) -> None:
    if _secretive(house):
        response.headers["X-Cache"] = "hit"


def _status(house: House, response: web.StreamResponse) -> None:
    if _secretive(house) and response.status == 200:
        response.set_status(203)


def _attribute(house: House, response: web.StreamResponse) -> None:
    for cookie in response.cookies.values():
        if _secretive(house):
            cookie["max-age"] = 600


def _cookie(house: House, response: web.StreamResponse) -> None:
    if _secretive(house):
        response.set_cookie("seen", "1")


def _longer(house: House, response: web.StreamResponse) -> None:
    if _secretive(house) and isinstance(response, web.Response) and response.text:
        response.text += "\n"


def _one_more_notice(house: House, response: web.StreamResponse) -> None:
    notices = house.rows(t.outbox, person=MOTHER, what="notice")
    if _secretive(house) and [row.state for row in notices] == ["sent"]:
        house.done(HANNA, AskToBeSent(CASE, MOTHER, CARD, house.clock.now + timedelta(minutes=80)))


def _gone_sooner(house: House, response: web.StreamResponse) -> None:
    sent = house.rows(t.outbox, person=MOTHER, what="notice", state="sent")
    if _secretive(house) and sent and sent[0].message_id is not None:
        house.store.run(lambda tx: take_away(tx, CASE, CARD, tx.now))


@pytest.mark.parametrize(
    ("leak", "told"),
    [
        (_header, "headers of in front"), (_status, "status of in front"), (_attribute, "cookies of in "),
        (_cookie, "cookies of in front"), (_longer, "of in front"), (_one_more_notice, "Telegram got"),
        (_gone_sooner, "the rows that are sent to her"),
    ],
)  # fmt: skip
def test_a_planted_leak_is_found_where_it_is(leak: Leak, told: str) -> None:
    found = differences([Secret("unreleased entry")], leak)
    assert any(told in line for line in found), found


# --- a day of hers that a secret shuts --------------------------------------------------------------------------------

WITH_A_DAY = replace(HER, standing=A_DAY)
SHUTS = [Secret(deed, day=day, late=late) for deed in ("day held", "day taken back") for day in (0, 1, 5)
         for late in (False, True)]  # fmt: skip


@pytest.mark.parametrize("secret", SHUTS, ids=lambda one: f"{one.deed}, {one.day}{', late' if one.late else ''}")
def test_what_a_secret_shuts_looks_as_if_a_worker_shut_it(secret: Secret) -> None:
    assert differences([secret], her=WITH_A_DAY) == []


@pytest.mark.parametrize("shuts", ["day held", "day taken back"])
def test_it_is_shut_at_the_same_moment_whatever_else_is_hidden_before_it(shuts: str) -> None:
    assert differences([Secret("others let in", "appeal", 18), Secret(shuts)], her=WITH_A_DAY) == []


def test_a_day_that_comes_back_when_its_hold_ends_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def keeps(tx: Tx, standing: Standing, entry: Entry) -> None:
        told = told_of(standing, entry.id)
        for tie in standing.ties():
            if tie.tie in told:
                _visiting._keep_one(tx, standing, tie, entry, visit_of(entry))

    monkeypatch.setattr(_entry_parts, "keep_visits", keeps)
    assert differences([Secret("day held", day=1)], her=WITH_A_DAY) != []


def test_a_day_that_is_gone_by_a_secret_and_nothing_else_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands for it in the other world is needed: she does see that the day is shut."""
    monkeypatch.setattr(interference, "instead", lambda hidden: [])
    for secret in SHUTS:
        if not secret.late:
            assert differences([secret], her=WITH_A_DAY) != []


def test_a_telephone_that_falls_silent_with_the_incident_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were she among those whom the text had reached, nothing would be sent to her any more."""
    monkeypatch.setattr(_deeds_case, "_reached", lambda desk, deed: {MOTHER})
    assert differences([Secret("day taken back")], her=WITH_A_DAY) != []
    assert differences([Secret("taken back", late=True)]) != []


# --- time -------------------------------------------------------------------------------------------------------------


def test_a_page_that_takes_longer_with_a_secret_tells() -> None:
    times = PageTimes()
    for n in range(40):
        times.add([("card", 0.004 + n / 1e5), ("home", 0.002)], [("card", 0.002 + n / 1e5), ("home", 0.002)])
    assert [page.label for page in times.pages() if page.tells] == ["card"]


def test_noise_and_what_lies_within_the_bucket_do_not() -> None:
    times = PageTimes()
    for n in range(40):
        noise = 0.030 if n % 10 == 0 else n / 1e5
        times.add([("card", 0.0022 + noise)], [("card", 0.0020 + noise)])
    assert [page.label for page in times.pages() if page.tells] == []


def test_few_pages_tell_nothing_however_long_one_took() -> None:
    times = PageTimes()
    times.add([("card", 9.0)] * 12, [("card", 0.002)] * 3)
    assert times.pages() == []
