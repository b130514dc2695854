"""What was closed on an entry since the copy is closed in what is put back, until a worker has looked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace as changed
from datetime import timedelta
from pathlib import Path

import pytest

from storage import _tables as tables
from storage.backup import create, put_back
from storage.clockwork import duties_late, promises_missed
from storage.commands import (
    AnswerObjection,
    ChooseTold,
    LookAgain,
    ReleaseEntry,
    SayNotMine,
    SealCase,
    TakeBack,
    TellOfVisit,
    WriteEntry,
)
from storage.duties import Duty
from storage.her_words import Outcome, SetAside, TellOf
from storage.queries import MyToldAbout, OneEntry, OpenToHer, SawHow, Timeline, WholeEntry, WhoSaw
from storage.records import Entry, EntryId, EntryState, EntryView, Hold, HoldKind, ReaderClass
from storage.replay import RESTORED, Replayed, replay
from storage.safety import Closed
from tests.storage.family import CASE, HANNA, MIRA, MOTHER, MOTHERS, OLLE, full_entry, release
from tests.storage.house import NOON, Clock, House, signed_in
from tests.storage.test_safety import COPIES, in_the_case, logged

ME, MAMMA = signed_in(MIRA), signed_in(MOTHER)
TRIAL = EntryId("trial")
REPORT = EntryId("report_social")
HELD = Hold(HoldKind.INVESTIGATION)


def _whole(house: House, ref: EntryId) -> Entry:
    entry = house.see(HANNA, WholeEntry(CASE, ref))
    assert entry is not None
    return entry


def _write(house: House, ref: EntryId, **parts: object) -> None:
    old = _whole(house, ref)
    house.done(HANNA, WriteEntry(CASE, changed(old, version=old.version + 1, **parts)))  # type: ignore[arg-type]


def _without_mother(house: House, ref: EntryId) -> None:
    _write(house, ref, releases=tuple(one for one in _whole(house, ref).releases if one.tie != MOTHERS))


def _reads(house: House, ref: EntryId) -> tuple[bool, bool]:
    """Whether the child and her mother read a card."""
    one, other = house.ask(ME, OneEntry(CASE, ref)), house.ask(MAMMA, OneEntry(CASE, ref))
    return isinstance(one, EntryView), isinstance(other, EntryView)


def _nothing(_: House) -> None:
    """The usual case before the copy."""


def _restored(folder: Path, since: Callable[[House], object], before: Callable[[House], object] = _nothing) -> str:
    """A house put back as it was before `since`, and after `before`; where its database is."""
    url = f"sqlite:///{folder}/store.db"
    with logged(url, folder) as house:
        in_the_case(house)
        assert _reads(house, TRIAL) == _reads(house, REPORT) == (True, True)
        before(house)
        place, _ = create(house.store, folder / COPIES, NOON)
        since(house)
    put_back(place, url, RESTORED, replace=True)
    return url


def test_an_entry_held_for_an_investigation_since_is_held_and_a_worker_looks(tmp_path: Path) -> None:
    url = _restored(tmp_path, lambda house: _write(house, TRIAL, hold=HELD))
    with logged(url, tmp_path) as house:
        assert _reads(house, TRIAL) == (False, False)
        assert _reads(house, REPORT) == (True, True)
        assert _whole(house, TRIAL).hold == HELD
        assert [row.ref for row in house.rows(tables.task, code=Duty.LOOK_CLOSED, done_at=None)] == [TRIAL]
        assert Duty.LOOK not in house.open_codes(CASE), "nobody promised a day"
        house.done(HANNA, LookAgain(CASE, TRIAL, yes=True, until=None))
        assert _reads(house, TRIAL) == (True, True)
        assert Duty.LOOK_CLOSED not in house.open_codes(CASE)
    with logged(url, tmp_path) as house:
        assert _reads(house, TRIAL) == (True, True), "what a worker has opened since stays open"


def test_a_release_that_was_taken_away_since_is_away_for_that_reader_alone(tmp_path: Path) -> None:
    url = _restored(tmp_path, lambda house: _without_mother(house, TRIAL))
    with logged(url, tmp_path) as house:
        assert _reads(house, TRIAL) == (True, False)
        assert MOTHERS not in {one.tie for one in _whole(house, TRIAL).releases}
        _write(house, TRIAL, on=NOON.date() - timedelta(days=9))
        assert _reads(house, TRIAL) == (True, False), "and it stays away when the entry is sealed anew"


def _lists(house: House) -> list[tuple[str, SawHow]]:
    return [(one.who, one.how) for one in house.see(HANNA, WhoSaw(CASE, TRIAL)).saw if one.how is SawHow.LIST]


def _mother_reads(house: House) -> None:
    assert TRIAL in {item.id for item in house.see(MAMMA, Timeline(CASE)).items}


@pytest.mark.parametrize("taken_back_in", ["the log", "what is put back"])
def test_whoever_had_a_card_before_the_copy_counts_though_it_was_closed_to_her_since(
    tmp_path: Path, taken_back_in: str
) -> None:
    def since(house: House) -> None:
        _without_mother(house, TRIAL)
        if taken_back_in == "the log":
            house.done(HANNA, TakeBack(CASE, TRIAL, "Another child's."))

    with logged(_restored(tmp_path, since, _mother_reads), tmp_path, Clock(NOON + timedelta(hours=1))) as house:
        if taken_back_in == "what is put back":
            house.done(HANNA, TakeBack(CASE, TRIAL, "Another child's."))
        assert _lists(house) == [("Mother", SawHow.LIST)]


def test_a_release_that_ended_since_while_nobody_read_it_is_over_and_who_had_it_counts(tmp_path: Path) -> None:
    """Held, it lay open to nobody, so that no reader has less than before; a worker who lifts it must not open it."""

    def before(house: House) -> None:
        _mother_reads(house)
        _write(house, TRIAL, hold=HELD)

    url = _restored(tmp_path, lambda house: _without_mother(house, TRIAL), before)
    with logged(url, tmp_path) as house:
        assert MOTHERS not in {one.tie for one in _whole(house, TRIAL).releases}
        assert Duty.LOOK_CLOSED in house.open_codes(CASE)
        house.done(HANNA, LookAgain(CASE, TRIAL, yes=True, until=None))
        assert _reads(house, TRIAL) == (True, False)
        assert _lists(house) == [("Mother", SawHow.LIST)]
    with logged(url, tmp_path) as house:
        assert replay(house.store) == Replayed(0, 0, 0, restored=False)
        assert _reads(house, TRIAL) == (True, False)


def test_a_field_that_was_taken_out_since_is_read_by_nobody_until_a_worker_has_looked(tmp_path: Path) -> None:
    def cut(house: House) -> None:
        fields = _whole(house, TRIAL).fields
        _write(house, TRIAL, fields={name: value for name, value in fields.items() if name != "own_words"})

    with logged(_restored(tmp_path, cut), tmp_path) as house:
        assert _reads(house, TRIAL)[0] is False
        assert Duty.LOOK_CLOSED in house.open_codes(CASE)


@pytest.mark.parametrize("sealed_first", [True, False])
def test_a_card_that_was_taken_back_since_is_gone_in_a_case_that_is_sealed(tmp_path: Path, sealed_first: bool) -> None:
    """The seal may be in the copy or come after it: when two break it, nobody meets the card again."""

    def since(house: House) -> None:
        if sealed_first:
            unsealed(house)
        house.done(HANNA, TakeBack(CASE, TRIAL, "Another child's."), SealCase(CASE, sealed=True))

    def unsealed(house: House) -> None:
        for one in (HANNA, OLLE):
            house.done(one, SealCase(CASE, sealed=False))

    def before(house: House) -> None:
        if sealed_first:
            house.done(HANNA, SealCase(CASE, sealed=True))

    url = _restored(tmp_path, since, before)
    with logged(url, tmp_path) as house:
        assert _reads(house, TRIAL) == (False, False)
        unsealed(house)
        assert _reads(house, TRIAL) == (False, False)
        assert _reads(house, REPORT) == (True, True)
        assert _whole(house, TRIAL).taken_back
        assert Duty.INCIDENT in house.open_codes(CASE)


def test_what_was_closed_and_nobody_looked_at_climbs_the_next_day(tmp_path: Path) -> None:
    with logged(_restored(tmp_path, lambda house: _write(house, TRIAL, hold=HELD)), tmp_path) as house:
        assert (house.store.run(duties_late), house.store.run(promises_missed)) == (0, 0)
        house.clock.move(days=1, minutes=1)
        house.store.run(duties_late)
        assert Duty.LOOK_CLOSED_LATE in house.open_codes(CASE)
        house.done(HANNA, LookAgain(CASE, TRIAL, yes=True, until=None))
        assert not {Duty.LOOK_CLOSED, Duty.LOOK_CLOSED_LATE} & set(house.open_codes(CASE))


def test_a_day_that_was_kept_from_a_guardian_since_is_kept_from_her(tmp_path: Path) -> None:
    talk = EntryId("talk")
    told, kept = (TellOfVisit(CASE, talk, MOTHERS, told=told) for told in (True, False))

    def before(house: House) -> None:
        ahead = full_entry("child_talk", talk, on=NOON.date() + timedelta(days=9), state=EntryState.PLANNED)
        house.done(HANNA, WriteEntry(CASE, ahead), told)
        assert len(house.see(MAMMA, OpenToHer(CASE)).visits) == 1

    with logged(_restored(tmp_path, lambda house: house.done(HANNA, kept), before), tmp_path) as house:
        assert house.see(MAMMA, OpenToHer(CASE)).visits == ()
        house.done(HANNA, told)
        assert len(house.see(MAMMA, OpenToHer(CASE)).visits) == 1


def test_a_card_that_she_said_is_not_hers_since_is_out_of_her_sight_and_asked_about(tmp_path: Path) -> None:
    url = _restored(tmp_path, lambda house: house.done(ME, SayNotMine(CASE, TRIAL)))
    with logged(url, tmp_path) as house:
        assert house.see(ME, OneEntry(CASE, TRIAL)) == SetAside(TRIAL, house.clock.now)
        assert _reads(house, TRIAL) == (False, True)
        assert Duty.NOT_MINE in house.open_codes(CASE)
        house.done(HANNA, AnswerObjection(CASE, TRIAL, Outcome.HERS))  # type: ignore[arg-type]
        assert _reads(house, TRIAL) == (True, True)
    with logged(url, tmp_path) as house:
        assert _reads(house, TRIAL) == (True, True), "and what she was given back stays hers"


def test_her_last_word_about_what_she_wants_to_be_told_stands(tmp_path: Path) -> None:
    def choose(house: House) -> None:
        for of, wanted in ((TellOf.VERDICT, False), (TellOf.HEARINGS, False), (TellOf.HEARINGS, True),
                           (TellOf.CLOSED, False)):  # fmt: skip
            house.done(ME, ChooseTold(CASE, of, wanted=wanted))

    url = _restored(tmp_path, choose)
    with logged(url, tmp_path) as house:
        told = house.see(ME, MyToldAbout(CASE))
        assert told is not None
        assert told.answers == {TellOf.VERDICT: False, TellOf.HEARINGS: True, TellOf.CLOSED: False}
        assert told.person == MIRA
        house.done(ME, ChooseTold(CASE, TellOf.VERDICT, wanted=True))
    with logged(url, tmp_path) as house:
        told = house.see(ME, MyToldAbout(CASE))
        assert told is not None
        assert told.answers[TellOf.VERDICT] is True


def test_several_things_about_one_entry_and_a_seal_are_all_closed(tmp_path: Path) -> None:
    def since(house: House) -> None:
        _without_mother(house, TRIAL)
        house.done(ME, SayNotMine(CASE, TRIAL), SayNotMine(CASE, REPORT))
        _write(house, REPORT, hold=HELD)
        house.done(HANNA, SealCase(CASE, True))

    url = _restored(tmp_path, since)
    with logged(url, tmp_path) as house:
        house.done(HANNA, SealCase(CASE, False))
        house.done(OLLE, SealCase(CASE, False))
        assert _reads(house, TRIAL) == _reads(house, REPORT) == (False, False)


def test_what_was_closed_and_opened_again_is_open_after_a_restart_and_no_line_is_told_twice(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/store.db"
    with logged(url, tmp_path) as house:
        in_the_case(house)
        back = next(one for one in _whole(house, TRIAL).releases if one.tie == MOTHERS)
        _without_mother(house, TRIAL)
        for who in (HANNA, OLLE):
            house.do(who, ReleaseEntry(CASE, TRIAL, back))
        _write(house, REPORT, hold=HELD)
        house.done(HANNA, LookAgain(CASE, REPORT, yes=True, until=None))
        assert _reads(house, TRIAL) == _reads(house, REPORT) == (True, True)
    with logged(url, tmp_path) as house:
        assert _reads(house, TRIAL) == _reads(house, REPORT) == (True, True)
        assert replay(house.store) == Replayed(0, 0, 0, restored=False)


def test_an_entry_of_which_nobody_lost_anything_writes_no_line(tmp_path: Path) -> None:
    with logged(f"sqlite:///{tmp_path}/store.db", tmp_path) as house:
        family, hers = in_the_case(house), (release(ReaderClass.CHILD),)
        family.write(full_entry("trial", "hers", releases=hers))
        log, ref = house.store.safety, EntryId("hers")
        assert log is not None
        before = log.last()
        _write(house, ref, on=NOON.date() - timedelta(days=3))
        assert log.last() == before
        _write(house, ref, hold=HELD)
        (line,) = log.read()[before:]
        said = log.what(line)
        assert isinstance(said, Closed)
        assert (said.entry, said.compartments, said.held) == (ref, ("child",), True)
