"""Non-interference: two worlds that differ only in what a guardian must not know look alike to that guardian.

Hypothesis thinks up what happens out of the guardian's sight: entries that are not released to her, holds, what the
child writes, reads and chooses, other people's ties, who told whom, what staff do. Beside it stands a world in which
none of it happened. The guardian walks through both; status, header names and values, body and its length, and the
rows that wait to be sent to her must be the same (security D.3, S4).
"""

from __future__ import annotations

import asyncio
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType

from aiohttp import ClientSession, CookieJar
from aiohttp.test_utils import TestServer
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.channels.doorway import Doorway
from bot.channels.web import make_chat
from storage import _tables as tables
from storage.commands import (
    Answer,
    AnswerObjection,
    ChooseTold,
    CountUnclear,
    EndTie,
    KeepConsent,
    KeepNote,
    LookAgain,
    MarkRead,
    ReadTogether,
    RecordTold,
    Say,
    SayNotMine,
    SayWrong,
    SetInvestigation,
    SetStatus,
    TakeBack,
)
from storage.her_words import Outcome, TellOf
from storage.kinds import KINDS, readers_of
from storage.payloads import TalkState
from storage.queries import MyChoices, MyNotes, MyThread, OneEntry, WholeEntries, WholeStory, WhoRead
from storage.records import (
    Channel,
    Entry,
    EntryId,
    EntryState,
    EntryView,
    GuardianStatus,
    Hold,
    HoldKind,
    ReaderClass,
    RecordId,
    TieId,
    TieKind,
    Told,
)
from storage.sign_in import pend, proven
from storage.talks import state_text
from tests.chat.browser import Browser
from tests.storage.family import (
    CASE,
    FATHERS,
    HANNA,
    LAWYER,
    MIRA,
    MOTHER,
    MOTHERS,
    SINCE,
    Family,
    enrol,
    full_entry,
    move_in,
    release,
)
from tests.storage.house import TODAY, House, open_house, signed_in

_HIDDEN = re.compile(r'name="turn" value="\d{20}"')
_MAY_DIFFER = ("Date", "Set-Cookie")
PATH = ("barnahus", "back", "tonight", "back", "not_ask", "back", "ring", "back", "nonsense", "/language", "back",
        "/stop", "back")  # fmt: skip
OPEN = EntryId("open-to-her")
Page = tuple[int, tuple[tuple[str, str], ...], str]


@dataclass(frozen=True)
class Secret:
    """One thing that happens out of the guardian's sight: what, with which kind of entry, on which day."""

    deed: str
    kind: str
    day: int


@dataclass
class Figures:
    """What was compared."""

    pairs: int = 0
    pages: int = 0
    secrets: Counter[str] = field(default_factory=Counter)
    standings: Counter[str] = field(default_factory=Counter)
    differ: list[str] = field(default_factory=list)
    seconds: list[tuple[float, float]] = field(default_factory=list)


# --- how a guardian may stand: the same in both worlds ----------------------------------------------------------------


def _with_one_open(family: Family) -> None:
    family.clear()
    family.write(full_entry("child_talk", OPEN))
    family.release(OPEN, ReaderClass.GUARDIAN, MOTHERS)


def _not_cleared(family: Family) -> None:
    family.write(full_entry("child_talk", OPEN))
    family.release(OPEN, ReaderClass.GUARDIAN, MOTHERS)


def _blocked(family: Family) -> None:
    _with_one_open(family)
    family.block()


def _in_conflict(family: Family) -> None:
    _with_one_open(family)
    family.house.done(HANNA, SetStatus(CASE, MOTHERS, GuardianStatus.CONFLICT))


def _under_investigation(family: Family) -> None:
    _with_one_open(family)
    family.house.done(HANNA, SetInvestigation(CASE, active=True, review_on=None))


def _tie_ended(family: Family) -> None:
    _with_one_open(family)
    family.house.done(HANNA, EndTie(CASE, MOTHERS, TODAY - timedelta(days=1)))


STANDINGS: Mapping[str, Callable[[Family], None]] = MappingProxyType({
    "cleared, one entry open": _with_one_open, "cleared, nothing open": Family.clear, "not cleared": _not_cleared,
    "blocked": _blocked, "in conflict": _in_conflict, "under investigation": _under_investigation,
    "tie ended": _tie_ended,
})  # fmt: skip


# --- what happens out of her sight ------------------------------------------------------------------------------------


def _entry(secret: Secret, n: int) -> Entry:
    entry = full_entry(secret.kind, f"secret-{n}", on=date(2026, 9, 1) + timedelta(days=secret.day))
    if entry.state is EntryState.HAPPENED and secret.deed == "planned" and KINDS[secret.kind].ahead:
        return replace(entry, state=EntryState.PLANNED)
    return entry


def _written(family: Family, secret: Secret, n: int) -> Entry:
    return family.write(_entry(secret, n))


def _released_elsewhere(family: Family, secret: Secret, n: int) -> None:
    entry = _written(family, secret, n)
    for to in readers_of(KINDS[secret.kind]):
        family.release(entry.id, to, FATHERS if to is ReaderClass.GUARDIAN else None)


def _promised(family: Family, secret: Secret, n: int) -> None:
    hold = Hold(HoldKind.NOT_YET, TODAY + timedelta(days=secret.day + 1), "Hanna")
    entry = replace(_entry(secret, n), hold=hold, releases=(release(ReaderClass.CHILD),))
    family.write(entry)
    if secret.day % 2:
        family.house.done(HANNA, LookAgain(CASE, entry.id, yes=True, until=None))


def _told(family: Family, secret: Secret, n: int) -> None:
    entry = _written(family, secret, n)
    family.release(entry.id, ReaderClass.CHILD)
    family.house.done(HANNA, RecordTold(CASE, entry.id, Told(MIRA, "Hanna", TODAY, "in_person", "understood")))


def _taken_back(family: Family, secret: Secret, n: int) -> None:
    entry = _written(family, secret, n)
    family.release(entry.id, ReaderClass.CHILD)
    family.house.done(HANNA, TakeBack(CASE, entry.id, "wrong day"))


def _child_writes(family: Family, secret: Secret, n: int) -> None:
    family.contact()
    alarm = "danger" if secret.day % 3 == 0 else None
    family.house.done(signed_in(MIRA), Say(CASE, f"words {n}", None, alarm))
    family.house.done(HANNA, MarkRead(CASE, MIRA), Answer(CASE, MIRA, f"answer {n}"))


def _child_reads(family: Family, secret: Secret, n: int) -> None:
    family.contact()
    _told(family, secret, n)
    for query in (WholeStory(CASE), MyThread(CASE), MyChoices(CASE), WhoRead(CASE)):
        family.house.see(signed_in(MIRA), query)


def _read_together(family: Family, secret: Secret, n: int) -> None:
    entry = _written(family, secret, n)
    family.release(entry.id, ReaderClass.CHILD)
    family.house.done(HANNA, ReadTogether(CASE, MIRA, (entry.id,), TODAY, "understood"))


def _child_consents(family: Family, secret: Secret, n: int) -> None:
    family.house.done(HANNA, KeepConsent(CASE, f"yes-{n}", MIRA, LAWYER, "story", "asked", Channel.WEB, SINCE, None))


def _child_objects(family: Family, secret: Secret, n: int) -> None:
    """Also to the card that the guardian reads: it goes out of the child's sight and out of nobody else's."""
    family.contact()
    _told(family, secret, n)
    me, entry = signed_in(MIRA), EntryId(f"secret-{n}")
    if family.house.see(me, OneEntry(CASE, entry)) is None:
        return
    family.house.done(me, CountUnclear(CASE, f"{secret.kind}.7-12", "sv"), SayWrong(CASE, entry, f"words {n}", None),
                      SayNotMine(CASE, entry))  # fmt: skip
    if secret.day % 2:
        family.house.done(HANNA, AnswerObjection(CASE, RecordId(entry), Outcome.HERS))


def _child_hides_what_the_guardian_reads(family: Family, secret: Secret, n: int) -> None:
    family.contact()
    if OPEN not in {one.id for one in family.house.see(HANNA, WholeEntries(CASE))}:
        return
    family.release(OPEN, ReaderClass.CHILD)
    if isinstance(family.house.see(signed_in(MIRA), OneEntry(CASE, OPEN)), EntryView):
        family.house.done(signed_in(MIRA), SayNotMine(CASE, OPEN))


def _child_keeps_to_herself(family: Family, secret: Secret, n: int) -> None:
    family.contact()
    me = signed_in(MIRA)
    family.house.done(me, KeepNote(MIRA, f"note {n}", None), ChooseTold(CASE, TellOf.VERDICT, wanted=bool(n % 2)))
    family.house.see(me, MyNotes(MIRA))


def _another_guardian(family: Family, secret: Secret, n: int) -> None:
    family.house.done(HANNA, enrol(f"other-{n}", TieId(f"tie-other-{n}"), TieKind.GUARDIAN))
    family.clear(TieId(f"tie-other-{n}"))


def _father_blocked(family: Family, secret: Secret, n: int) -> None:
    family.block(FATHERS, blocked=bool(secret.day % 2))


def _another_lawyer(family: Family, secret: Secret, n: int) -> None:
    family.house.done(
        HANNA, enrol(f"lawyer-{n}", TieId(f"tie-lawyer-{n}"), TieKind.REPRESENTATIVE, until=TODAY + timedelta(days=90))
    )


SECRETS: Mapping[str, Callable[[Family, Secret, int], object]] = MappingProxyType({
    "written": _written, "planned": _written, "released to others": _released_elsewhere, "promised": _promised,
    "told": _told, "taken back": _taken_back, "child writes": _child_writes, "child reads": _child_reads,
    "child objects": _child_objects, "child hides": _child_hides_what_the_guardian_reads,
    "child keeps to herself": _child_keeps_to_herself, "read together": _read_together,
    "child says yes": _child_consents, "another guardian": _another_guardian,
    "father blocked": _father_blocked, "another lawyer": _another_lawyer,
})  # fmt: skip

secrets = st.builds(
    Secret, st.sampled_from(sorted(SECRETS)), st.sampled_from(sorted(KINDS)), st.integers(min_value=0, max_value=60)
)


# --- the guardian looks -----------------------------------------------------------------------------------------------


async def _walk(house: House) -> tuple[list[Page], float]:
    """Every page that she meets, and how long they took in seconds."""
    doorway = Doorway(house.store)
    server = TestServer(make_chat(house.store, doorway, secure=False))
    await server.start_server()
    state = state_text(TalkState("my_way/home", 1, {}))
    began = house.store.run(lambda tx: pend(tx, MOTHER, state))
    token = house.store.run(lambda tx: proven(tx, began.token, MOTHER)).token
    jar = CookieJar(unsafe=True)
    jar.update_cookies({"sid": token}, server.make_url("/"))
    async with ClientSession(cookie_jar=jar, headers={"Accept-Language": "sv"}) as session:
        browser, pages = Browser(session, server.make_url("/")), []
        start = time.perf_counter()
        await browser.open()
        pages.append(_seen(browser))
        cards = [value for value in browser.choices if value == OPEN]
        for value in (*(tap for card in cards for tap in (card, "back")), *PATH):
            await browser.tap(value)
            pages.append(_seen(browser))
        await browser.write("hallå?")
        pages.append(_seen(browser))
        took = time.perf_counter() - start
    await server.close()
    doorway.close()
    return pages, took


def _seen(browser: Browser) -> Page:
    headers = tuple((name, value) for name, value in browser.headers.items() if name not in _MAY_DIFFER)
    return browser.status, headers, _HIDDEN.sub("", browser.body)


def _waiting(house: House) -> list[tuple[str, str, int]]:
    """What waits to be sent to her, and when."""
    rows = house.rows(tables.outbox, person=MOTHER)
    return sorted((row.what, row.state, row.due_at) for row in rows)


def _world(standing: str, hidden: list[Secret], url: str) -> tuple[list[Page], list[tuple[str, str, int]], float]:
    with tempfile.TemporaryDirectory() as folder, open_house(url, Path(folder)) as house:
        family = move_in(house)
        # The prosecutor's notice has been recorded: before that the case is closed to guardians whoever they are.
        family.contact()
        STANDINGS[standing](family)
        for n, secret in enumerate(hidden):
            SECRETS[secret.deed](family, secret, n)
        pages, took = asyncio.run(_walk(house))
        return pages, _waiting(house), took


def compare(pairs: int) -> Figures:
    """Compare so many pairs of worlds, thought up anew but alike in every run."""
    figures = Figures()

    @settings(max_examples=pairs, derandomize=True, database=None, deadline=None, phases=(Phase.generate,),
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(st.lists(secrets, min_size=1, max_size=6))
    def one_pair(hidden: list[Secret]) -> None:
        standing = list(STANDINGS)[figures.pairs % len(STANDINGS)]
        with_them, without = _world(standing, hidden, "sqlite://"), _world(standing, [], "sqlite://")
        figures.pairs += 1
        figures.pages += len(without[0])
        figures.standings[standing] += 1
        figures.secrets.update(secret.deed for secret in hidden)
        figures.seconds.append((with_them[2], without[2]))
        if with_them[:2] != without[:2]:
            figures.differ.append(f"{standing}: {hidden}")

    one_pair()
    return figures
