"""A guardian cannot tell whether anything happened that she must not know; and each leak that is planted is found."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from storage import _tables as t
from storage._reminding import take_away
from storage.commands import AskToBeSent
from storage.records import EntryId
from tests.prove.guardian_post import post_office
from tests.prove.hidden_entries import OPEN, Secret
from tests.prove.interference import CLEARED, STANDINGS, Guardian, both, compare
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


def differences(deeds: Iterable[Secret], *leaks: Leak) -> list[str]:
    """What differs between the worlds when every answer passes by these leaks."""
    return asyncio.run(_differences(list(deeds), leaks))


async def _differences(deeds: list[Secret], leaks: tuple[Leak, ...]) -> list[str]:
    async with post_office() as post:
        with_them, without = await both(post, HER, deeds, [_beside(leak) for leak in leaks])
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
