"""Every byte between the house and the Bot API, both ways: no planted word passes but her own, at the level `full`."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.speech import locale
from bot.talk import Text
from storage.commands import AskToBeSent, Book, Enrol, KeepAdult, KeepConsent, KeepPlan, OpenCase, WriteEntry
from storage.kinds import KINDS
from storage.records import (
    CaseId,
    EntryId,
    EntryState,
    GuardianStatus,
    Meeting,
    PersonId,
    ReaderClass,
    RecordId,
    Side,
    TieId,
    TieKind,
)
from tests.channels.telegram_house import MARIA, PHONE, UNIT, consent, link, room, texts
from tests.parts.canaries import found
from tests.parts.tap import Tap
from tests.storage.family import ADULTS, SINCE, enrol, full_entry, release
from tests.storage.house import House, worker
from tests.storage.planted import MARK, WORDS, plant

BO, BOS = PersonId("bo"), CaseId("case-bo")
# Hers, in every field that takes words; with a letter that JSON, addresses and UTF-8 each write in a way of their own.
HER = "ZqxHénnesVjk"
THURSDAY = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
MEETING = Meeting(RecordId("bos"), THURSDAY, "Europe/Stockholm", f"{HER} with", f"{HER} where", "three_way",
                  EntryState.PLANNED, (f"{HER} bring",))  # fmt: skip


def settle(house: House) -> None:
    """The planted house, and Bo, a grown-up whose every word is marked too and whose telephone is linked."""
    plant(house)
    house.done(
        MARIA,
        OpenCase(BOS, UNIT, Side.AID, f"{HER} ref", "2032-12"),
        Enrol(BOS, BO, f"{HER} name", datetime(1981, 4, 2, tzinfo=UTC).date(), "sv", None, f"{HER} number",
              TieId("tie-bo"), TieKind.RECIPIENT, GuardianStatus.UNKNOWN, datetime(2026, 2, 2, tzinfo=UTC).date(), None,
              f"{HER} by"),
        consent(BO, BOS),
        KeepPlan(BOS, "plan", f"{HER} goal", f"{HER} who", None),
    )  # fmt: skip
    link(house, BO)


async def test_no_planted_word_passes_between_the_house_and_telegram(tmp_path: Path) -> None:
    """She writes, is reminded, answers, is told of a new time and of something to read; all of it is listened to."""
    with ExitStack() as stack:
        taps: list[Tap] = []

        def by_the_tap(address: str) -> str:
            taps.append(stack.enter_context(Tap.of(address)))
            return taps[0].instead_of(address)

        async with room(f"sqlite:///{tmp_path}/store.db", tmp_path, ready=settle, way=by_the_tap, polls=True) as here:
            phone = here.phone(PHONE)
            phone.start()
            await phone.hears()
            for words in ("/help", "hej", "vad är ett barnahus?", "/privacy", "/language", "/stop"):
                phone.say(words)
                await phone.hears()
            here.store.done(MARIA, Book(BOS, BO, MEETING))
            here.clock.now = THURSDAY - timedelta(days=1)
            await here.until(lambda: any("klockan 10:00" in line for line in texts(here.api)))
            reminder = phone.last
            phone.tap(reminder, "✓ Jag kommer")
            await here.until(lambda: phone.last.id != reminder.id)
            here.store.done(MARIA, Book(BOS, BO, replace(MEETING, starts=THURSDAY + timedelta(days=7))))
            await here.until(lambda: "ny tid" in phone.last.text)
            here.store.done(MARIA, AskToBeSent(BOS, BO, "plan", here.clock.now))
            await here.until(lambda: any("något att läsa" in line for line in texts(here.api)))
            await here.quiet()
        wire = taps[0].heard
    assert len(wire) > 10_000
    # The tap hears: what is said to her telephone passes there.
    assert found(wire, ("Jag kommer", str(PHONE))) == ["Jag kommer", str(PHONE)]
    planted = {word for word in WORDS.values() if word.startswith(MARK)}
    assert len(planted) > 35
    kinds = [kind for kind in KINDS if "_" in kind]
    assert found(wire, (MARK, HER, *planted, *kinds)) == []


async def test_at_full_only_her_own_words_pass(tmp_path: Path) -> None:
    """A grown-up who chose to read in the chat gets her own card there; of everybody else in the house, nothing."""
    with ExitStack() as stack:
        taps: list[Tap] = []

        def by_the_tap(address: str) -> str:
            taps.append(stack.enter_context(Tap.of(address)))
            return taps[0].instead_of(address)

        def full(house: House) -> None:
            plant(house)
            hers = replace(full_entry("child_wish"), id=EntryId("wish-bo"), releases=(release(ReaderClass.CHILD),))
            hers.fields.update({name: f"{HER} {name}" for name in ("wish", "own_words")})
            adult = replace(ADULTS[1], id=RecordId("adult-bo"), label=f"{HER} adult")
            named = {name: value for name, value in hers.fields.items() if name in ("wish", "own_words", "wish_effect")}
            grown = datetime(1990, 4, 2, tzinfo=UTC).date()
            house.done(
                worker("hanna"),
                OpenCase(BOS, "lindvik", Side.BARNAHUS, f"{HER} ref", "2046-03"),
                enrol(BO, TieId("tie-bo"), TieKind.CHILD, case=BOS, name=f"{HER} name", born=grown),
                KeepAdult(BOS, adult),
                WriteEntry(BOS, replace(hers, fields=named, state=EntryState.PLANNED, on=None)),
                KeepConsent(BOS, "yes-bo", BO, BO, "telegram_full", "chosen", None, SINCE, None),
            )
            link(house, BO)

        async with room(
            f"sqlite:///{tmp_path}/store.db", tmp_path, ready=full, way=by_the_tap, polls=True, content=True
        ) as here:
            phone = here.phone(PHONE)
            phone.start()
            home = await phone.hears()
            phone.tap(home, locale("sv").say(Text("home.child.way")))
            way = await phone.hears()
            phone.tap(way, way.rows[0][0].text)
            await phone.hears()
            await here.quiet()
        wire = taps[0].heard
    assert found(wire, (HER,)) == [HER]
    planted = {word for word in WORDS.values() if word.startswith(MARK)}
    assert found(wire, (MARK, *planted, f"{HER} ref")) == []
