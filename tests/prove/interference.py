"""Non-interference: two worlds that differ only in what a guardian must not know look alike to that guardian.

Hypothesis thinks up a guardian (how she stands, what is open to her, how she is written to) and what happens out of her
sight, before she comes in, while she is in and while a message to her is on its way. Beside it stands a world in which
none of that happened, or only what of it is hers to see: a day of hers that a secret has shut is shut there too, by
nobody's secret (hidden_entries.day_held). In both she
comes in by her invite, walks everywhere, tries what is not offered, talks with the bot, is sent her notices and loses
them a day later. Everything that reaches her must be the same (security D.3, S4); how long it took, in buckets.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from storage.commands import AskToBeSent, EndTie, KeepConsent, SetInvestigation, SetStatus, TellOfVisit
from storage.kinds import KINDS, readers_of
from storage.records import Channel, EntryId, EntryState, GuardianStatus, ReaderClass
from tests.channels.telegram_house import link
from tests.prove.guardian_post import IN_CHAT, PHONE, Post, post_office, send_what_is_due, talk, waiting_for_her
from tests.prove.guardian_walk import ADDRESSES, FORGED, Trace, come_in, follow, leave, phone, walk
from tests.prove.hidden_entries import DAYS, OPEN, Secret
from tests.prove.out_of_sight import SECRETS
from tests.prove.page_times import PageTimes
from tests.storage.family import CASE, HANNA, MOTHER, MOTHERS, SINCE, Family, full_entry, move_in
from tests.storage.house import TODAY, House, open_house, worker

OPENABLE = sorted(kind for kind, of in KINDS.items() if ReaderClass.GUARDIAN in readers_of(of))


@dataclass(frozen=True)
class Guardian:
    """What is the same in both worlds: how she stands, what is open to her, her yes, and where she goes."""

    standing: str
    open: tuple[str, ...] = ("child_talk",)
    scope: str = "reminders"
    forged: tuple[str, ...] = FORGED
    addresses: tuple[str, ...] = ADDRESSES
    said: tuple[str, ...] = IN_CHAT
    # She errs with her PIN once, and leaves by the button rather than by staying away.
    careful: bool = False


@dataclass
class Figures:
    """What was compared."""

    pairs: int = 0
    pages: int = 0
    calls: int = 0
    notices: int = 0
    secrets: Counter[str] = field(default_factory=Counter)
    standings: Counter[str] = field(default_factory=Counter)
    differ: list[str] = field(default_factory=list)
    times: PageTimes = field(default_factory=PageTimes)

    def __add__(self, other: Figures) -> Figures:
        """Both together."""
        return Figures(
            self.pairs + other.pairs, self.pages + other.pages, self.calls + other.calls,
            self.notices + other.notices, self.secrets + other.secrets, self.standings + other.standings,
            self.differ + other.differ, self.times + other.times,
        )  # fmt: skip


# --- how a guardian may stand: the same in both worlds ----------------------------------------------------------------


def _with_open(family: Family, kinds: Sequence[str]) -> None:
    family.clear()
    _not_cleared(family, kinds)


def _not_cleared(family: Family, kinds: Sequence[str]) -> None:
    for n, kind in enumerate(kinds):
        entry = family.write(full_entry(kind, f"{OPEN}-{n}"))
        family.release(entry.id, ReaderClass.GUARDIAN, MOTHERS)


def _with_a_day_open(family: Family, kinds: Sequence[str]) -> None:
    """She is told of planned days, and of nothing else; of the first she is reminded while she is watched."""
    family.clear()
    for n, day in enumerate(DAYS):
        ahead = full_entry("child_talk", day, on=TODAY + timedelta(days=4 + n), state=EntryState.PLANNED)
        family.house.done(HANNA, TellOfVisit(CASE, family.write(ahead).id, MOTHERS, told=True))


def _nothing_open(family: Family, kinds: Sequence[str]) -> None:
    family.clear()


def _blocked(family: Family, kinds: Sequence[str]) -> None:
    _with_open(family, kinds)
    family.block()


def _in_conflict(family: Family, kinds: Sequence[str]) -> None:
    _with_open(family, kinds)
    family.house.done(HANNA, SetStatus(CASE, MOTHERS, GuardianStatus.CONFLICT))


def _under_investigation(family: Family, kinds: Sequence[str]) -> None:
    _with_open(family, kinds)
    family.house.done(HANNA, SetInvestigation(CASE, active=True, review_on=None))


def _tie_ended(family: Family, kinds: Sequence[str]) -> None:
    _with_open(family, kinds)
    family.house.done(HANNA, EndTie(CASE, MOTHERS, TODAY - timedelta(days=1)))


CLEARED, A_DAY = "cleared, with open entries", "cleared, one day open"
STANDINGS: Mapping[str, Callable[[Family, Sequence[str]], None]] = MappingProxyType({
    CLEARED: _with_open, A_DAY: _with_a_day_open, "cleared, nothing open": _nothing_open,
    "not cleared": _not_cleared, "blocked": _blocked,
    "in conflict": _in_conflict, "under investigation": _under_investigation, "tie ended": _tie_ended,
})  # fmt: skip


def _some(values: Sequence[str], most: int) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=most, unique=True).map(tuple)


guardians = st.builds(
    Guardian, st.just(CLEARED), _some(OPENABLE, 3),
    st.sampled_from(["reminders", "telegram_notice", "telegram_full"]), _some(FORGED, 6), _some(ADDRESSES, 3),
    _some(IN_CHAT, 2), st.booleans(),
)  # fmt: skip
secrets = st.builds(
    Secret,
    st.sampled_from(sorted(SECRETS)),
    st.sampled_from(sorted(KINDS)),
    st.integers(min_value=0, max_value=60),
    st.sampled_from([False, False, True]),
)
hidden_deeds = st.lists(secrets, min_size=1, max_size=6)


# --- a world ----------------------------------------------------------------------------------------------------------


def _let_in(house: House, her: Guardian) -> Family:
    """The family as far as she is concerned: linked, with her yes, and a notice of each open entry on its way."""
    family = move_in(house)
    house.hire(*map(worker, ("hanna", "olle", "ulla", "kalle")))
    # The prosecutor's notice has been recorded: before that the case is closed to guardians whoever they are.
    family.contact()
    link(house, MOTHER, PHONE)
    yes = KeepConsent(CASE, "yes-mother", MOTHER, MOTHER, her.scope, "09:00-19:00", Channel.TELEGRAM, SINCE, None)
    house.done(HANNA, yes)
    STANDINGS[her.standing](family, her.open)
    due = house.clock.now + timedelta(hours=1)
    for n in range(len(her.open)):
        house.done(HANNA, AskToBeSent(CASE, MOTHER, EntryId(f"{OPEN}-{n}"), due + timedelta(minutes=n)))
    return family


Deed = Callable[[Family], object]


async def _live(house: House, post: Post, her: Guardian, deeds: Sequence[tuple[Deed, bool]], planted: Sequence[Any]
                ) -> Trace:  # fmt: skip
    family, trace = _let_in(house, her), Trace()
    soon, late = ([deed for deed, is_late in deeds if is_late is wanted] for wanted in (False, True))
    half = (len(soon) + 1) // 2
    _do(family, soon[:half])
    post.line.meanwhile = lambda: _do(family, late)
    async with phone(house, trace, planted) as browser:
        await come_in(browser, house, erring=not her.careful)
        await walk(browser, "first", her.forged[:3], her.addresses)
        await talk(house, post, trace, her.said)
        _do(family, soon[half:])
        await walk(browser, "again", her.forged[3:], ())
        if her.careful:
            await leave(browser, "out")
        house.clock.move(hours=2)
        await send_what_is_due(house, post, trace)
        await browser.get("later")
        await follow(browser, "link")
        house.clock.move(hours=25)
        await send_what_is_due(house, post, trace)
        await browser.get("next day")
    trace.rows = waiting_for_her(house)
    return trace


def _do(family: Family, deeds: Sequence[Deed]) -> None:
    for deed in deeds:
        deed(family)


def in_secret(hidden: Sequence[Secret]) -> list[tuple[Deed, bool]]:
    """What happens out of her sight, each with whether it is late."""
    return [(partial(_hide, secret=secret, n=n), secret.late) for n, secret in enumerate(hidden)]


def _hide(family: Family, secret: Secret, n: int) -> None:
    SECRETS[secret.deed].do(family, secret, n)


def instead(hidden: Sequence[Secret]) -> list[tuple[Deed, bool]]:
    """What happens in the other world at the same moments: nothing, or what is hers to see of it and no more.

    Also nothing is a deed: one that were left out would bring what follows to an earlier moment.
    """
    return [(SECRETS[secret.deed].instead or _nothing, secret.late) for secret in hidden]


def _nothing(_: Family) -> None:
    """She sees no more of it than if it had not happened."""


async def world(post: Post, her: Guardian, deeds: Sequence[tuple[Deed, bool]], planted: Sequence[Any] = ()) -> Trace:
    """What the guardian sees of a world in which this happened."""
    post.api.user(PHONE, "A", "sv").start()
    with tempfile.TemporaryDirectory() as folder, open_house("sqlite://", Path(folder)) as house:
        planting = [one(house) for one in planted]
        return await _live(house, post, her, deeds, planting)


async def both(
    post: Post, her: Guardian, hidden: Sequence[Secret], planted: Sequence[Any] = (), *, turned: bool = False
) -> tuple[Trace, Trace]:
    """The world with the hidden deeds and the one without; `turned`: the one without is lived through first."""
    if turned:
        without = await world(post, her, instead(hidden), planted)
        return await world(post, her, in_secret(hidden), planted), without
    with_them = await world(post, her, in_secret(hidden), planted)
    return with_them, await world(post, her, instead(hidden), planted)


def compare(pairs: int, number: int = 1) -> Figures:
    """Compare so many pairs of worlds, thought up anew but alike in every run; `number` thinks up others."""
    figures = Figures()
    with asyncio.Runner() as loop:
        office = post_office()
        post = loop.run(office.__aenter__())

        @seed(number)
        @settings(max_examples=pairs, database=None, deadline=None, phases=(Phase.generate,),
                  suppress_health_check=list(HealthCheck))  # fmt: skip
        @given(guardians, hidden_deeds)
        def one_pair(her: Guardian, hidden: list[Secret]) -> None:
            her, hidden = _in_turn(figures.pairs, her, hidden)
            _count(figures, her, hidden, *loop.run(both(post, her, hidden, turned=figures.pairs % 2 == 1)))

        one_pair()
        loop.run(office.__aexit__(None, None, None))
    return figures


def _in_turn(pair: int, her: Guardian, hidden: list[Secret]) -> tuple[Guardian, list[Secret]]:
    """The first deed is each sort's in turn. About a day of hers it is with one who has such a day; otherwise every
    second guardian is cleared with open entries, who has the most to see, and the others stand in each way in turn:
    nothing of that is left to chance.
    """
    rounds, sort = divmod(pair, len(SECRETS))
    hidden = [replace(hidden[0], deed=list(SECRETS)[sort]), *hidden[1:]]
    if SECRETS[hidden[0].deed].instead is not None:
        return replace(her, standing=A_DAY, scope="reminders"), hidden
    others = list(STANDINGS)[(sort // 2 + rounds) % len(STANDINGS)]
    return replace(her, standing=CLEARED if (sort + rounds) % 2 else others), hidden


def _count(figures: Figures, her: Guardian, hidden: Sequence[Secret], with_them: Trace, without: Trace) -> None:
    figures.pairs += 1
    figures.pages += len(without.pages)
    figures.calls += len(without.calls)
    figures.notices += sum(1 for call in without.calls if "/n/" in str(call))
    figures.standings[her.standing] += 1
    figures.secrets.update(secret.deed for secret in hidden)
    figures.times.add(with_them.seconds, without.seconds)
    if found := list(with_them.differences(without)):
        figures.differ.append(f"{her}, {list(hidden)}: {'; '.join(found[:3])}")
