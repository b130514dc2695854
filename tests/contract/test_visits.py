"""Visits: written with every yes and every no, in the same transaction, in chains that show every change."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from storage import _sql as sql
from storage import _tables as tables
from storage._chain import seen_of
from storage._sql import Tx
from storage.audit import Broken, Link, link_mac, verify
from storage.commands import BlockGuardian, KeepPlan, Say, SetInvestigation
from storage.consent import Reason, Withheld
from storage.gate import Sitting
from storage.maintenance import visit_links
from storage.queries import Adults, CaseVisits, MyThread, Sheet, TheCase, Timeline, WhoRead
from storage.records import CaseId, Channel
from tests.storage.counting import counted
from tests.storage.family import CASE, HANNA, MIRA, MOTHER, MOTHERS, OLLE, Family
from tests.storage.house import House, signed_in, worker


def _links(house: House) -> list[Link]:
    return house.store.run(visit_links)


def _broken(house: House, links: list[Link] | None = None) -> list[Broken]:
    return list(verify(house.store.keyring["mac"], _links(house) if links is None else links))


def _seen(house: House) -> list[tuple[str, str, str, str]]:
    """Every visit since the family moved in: who, about what, the question and the verdict."""

    def call(tx: Tx) -> list[tuple[str, str, str, str]]:
        rows = sorted(tx.rows(sql.ALL_VISITS, {}), key=lambda row: (row.at, row.chain, row.seq))
        seen = [(row, seen_of(tx, row)) for row in rows]
        return [(row.actor, row.subject, one.question, one.verdict) for row, one in seen]

    return house.store.run(call)


def test_a_yes_and_a_no_are_both_written(family: Family) -> None:
    house = family.house
    family.contact()
    house.clock.move(minutes=1)
    house.see(signed_in(MIRA), Timeline(CASE))
    house.clock.move(minutes=1)
    house.ask(signed_in(MOTHER), Timeline(CASE))
    house.clock.move(minutes=1)
    house.ask(signed_in("stranger"), Timeline(CASE))
    assert _seen(house)[-3:] == [
        (MIRA, CASE, "Timeline", "own"),
        (MOTHER, CASE, "Timeline", "not_cleared"),
        ("stranger", CASE, "Timeline", "no_relation"),
    ]
    assert _broken(house) == []


def test_a_change_and_a_refused_change_are_visits_too(family: Family) -> None:
    house = family.house
    house.clock.move(minutes=1)
    house.done(HANNA, BlockGuardian(CASE, MOTHERS, True))
    house.clock.move(minutes=1)
    house.do(worker("ivo", unit="elsewhere"), BlockGuardian(CASE, MOTHERS, False))
    assert _seen(house)[-2:] == [
        ("hanna", CASE, "BlockGuardian", "assigned_staff"),
        ("ivo", CASE, "BlockGuardian", "other_unit"),
    ]


def test_the_same_question_twice_in_a_sitting_is_one_visit(family: Family) -> None:
    house, before = family.house, family.house.count(tables.visit)

    def twice(tx: Tx) -> None:
        with Sitting(tx, HANNA, Channel.CONSOLE) as sitting:
            assert sitting.ask(Sheet(CASE)) is sitting.ask(Sheet(CASE))

    house.store.run(twice)
    assert house.count(tables.visit) == before + 1


def test_a_blocked_guardian_reads_nothing_from_the_next_question_on(family: Family) -> None:
    family.contact()
    family.clear()
    house, mother = family.house, signed_in(MOTHER)
    house.see(mother, Timeline(CASE))
    family.block()
    assert house.ask(mother, Timeline(CASE)).reason == "blocked"  # type: ignore[union-attr]


def test_a_block_in_the_same_sitting_is_seen_by_the_next_question(family: Family) -> None:
    house = family.house

    def call(tx: Tx) -> list[Any]:
        with Sitting(tx, HANNA, Channel.CONSOLE, lock=True) as sitting:
            before = sitting.ask(Sheet(CASE))
            sitting.do(BlockGuardian(CASE, MOTHERS, True))
            return [before, sitting.ask(Sheet(CASE))]

    sheets = house.store.run(call)
    assert [line.blocked for sheet in sheets for line in sheet.parties if line.tie == MOTHERS] == [False, True]


def test_a_name_that_names_nothing_is_not_written_down(family: Family) -> None:
    """It may be anything that somebody typed into an address, and of any length."""
    house = family.house
    house.clock.move(minutes=1)
    for typed in ("Elias Sand 170211-2392", "x" * 5000):
        assert house.ask(HANNA, Sheet(CaseId(typed))) == Withheld(Reason.NO_RELATION)
        assert _seen(house)[-1] == ("hanna", "nowhere", "Sheet", "no_relation")
    assert _broken(house) == []


def test_when_the_visit_cannot_be_written_nothing_is_given_out_and_nothing_is_changed(family: Family) -> None:
    house = family.house
    family.contact()
    rules = house.count(tables.rule)
    _rename(house, "visit", "visit_gone")
    for call in (
        lambda: house.ask(signed_in(MIRA), Timeline(CASE)),
        lambda: house.ask(signed_in("stranger"), Timeline(CASE)),
        lambda: house.do(HANNA, SetInvestigation(CASE, True, None)),
        lambda: house.do(signed_in(MIRA), Say(CASE, "hej", None, None)),
    ):
        with pytest.raises(DBAPIError):
            call()
    _rename(house, "visit_gone", "visit")
    assert house.count(tables.rule) == rules
    assert house.see(signed_in(MIRA), MyThread(CASE)).messages == ()
    assert house.see(signed_in(MIRA), TheCase(CASE)).waiting is False
    assert _broken(house) == []


def test_a_call_that_breaks_leaves_no_visit_and_the_chain_holds(family: Family) -> None:
    house, before = family.house, family.house.count(tables.visit)

    def breaks(tx: Tx) -> None:
        with Sitting(tx, HANNA, Channel.CONSOLE) as sitting:
            sitting.ask(Sheet(CASE))
        raise ZeroDivisionError

    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            house.store.run(breaks)
        house.see(HANNA, Sheet(CASE))
    assert house.count(tables.visit) == before + 3
    assert _broken(house) == []


def test_one_of_a_group_fails_and_the_others_succeed(family: Family) -> None:
    """The calls wait behind one that is held, so that they are taken together where calls are grouped."""
    house, store = family.house, family.house.store
    before = house.count(tables.visit)
    entered, go = threading.Event(), threading.Event()

    def held(_tx: Tx) -> None:
        entered.set()
        go.wait(10)

    def asks(tx: Tx) -> Any:
        with Sitting(tx, HANNA, Channel.CONSOLE) as sitting:
            return sitting.ask(Sheet(CASE))

    def breaks(tx: Tx) -> Any:
        asks(tx)
        raise ZeroDivisionError

    first = store.submit(held)
    entered.wait(10)
    calls: list[Callable[[Tx], Any]] = [asks, asks, breaks, asks, breaks, asks]
    futures: list[Future[Any]] = [store.submit(call) for call in calls]
    go.set()
    first.result(10)
    outcomes = [type(future.exception(10)).__name__ for future in futures]
    assert outcomes == ["NoneType", "NoneType", "ZeroDivisionError", "NoneType", "ZeroDivisionError", "NoneType"]
    assert all(futures[n].result().case == CASE for n in (0, 1, 3, 5))
    assert house.count(tables.visit) == before + 4
    assert _broken(house) == []


def test_calls_that_wait_together_are_committed_together_on_sqlite(family: Family) -> None:
    house, store = family.house, family.house.store
    if not store.is_sqlite:
        with counted(store) as cost:
            house.see(HANNA, Sheet(CASE))
        assert cost.commits == 1
        return
    entered, go = threading.Event(), threading.Event()

    def held(_tx: Tx) -> None:
        entered.set()
        go.wait(10)

    def asks(tx: Tx) -> Any:
        with Sitting(tx, HANNA, Channel.CONSOLE) as sitting:
            return sitting.ask(Sheet(CASE))

    with counted(store) as cost:
        first = store.submit(held)
        entered.wait(10)
        futures = [store.submit(asks) for _ in range(40)]
        go.set()
        for future in [first, *futures]:
            future.result(10)
    assert cost.commits == 2
    assert _broken(house) == []


def test_many_hands_at_once_keep_every_chain_whole(family: Family) -> None:
    """Readers and writers of one case at the same time, as many as there are threads."""
    house, store = family.house, family.house.store
    family.contact()
    before = house.count(tables.visit)
    mira = signed_in(MIRA)

    def call_for(n: int) -> Callable[[Tx], Any]:
        def call(tx: Tx) -> Any:
            actor = (HANNA, OLLE, mira)[n % 3]
            with Sitting(tx, actor, Channel.WEB if actor is mira else Channel.CONSOLE, lock=True) as sitting:
                if actor is mira:
                    return sitting.ask(TheCase(CASE)), sitting.do(Say(CASE, f"rad {n}", None, None))
                return sitting.do(SetInvestigation(CASE, n % 2 == 0, None)), sitting.do(
                    KeepPlan(CASE, f"plan-{n}", "mål", "vem", None)
                )

        return call

    results = [future.result(30) for future in [store.submit(call_for(n)) for n in range(90)]]
    assert all(one for pair in results for one in pair), [r for r in results if not all(r)]
    assert house.count(tables.visit) == before + 180
    assert len(house.rows(tables.part, name="message")) == 30
    assert _broken(house) == []
    assert house.open_codes(CASE) == ["c1"]
    chains = {link.chain for link in _links(house)}
    assert len(chains) == 1 if store.is_sqlite else len(chains) > 1


def test_verify_finds_every_edit_of_every_field(family: Family) -> None:
    house = family.house
    links = _links(house)
    assert len(links) > 5
    for n, link in enumerate(links):
        for name in ("at", "actor", "subject", "sealed", "prev", "mac", "chain"):
            value = getattr(link, name)
            changed = value + 1 if isinstance(value, int) else value + (b"\x00" if isinstance(value, bytes) else "x")
            fields = {field: getattr(link, field) for field in Link.__dataclass_fields__}
            forged = [*links[:n], Link(**{**fields, name: changed}), *links[n + 1 :]]
            assert _broken(house, forged), (n, name)


def test_verify_finds_every_gap_every_exchange_and_every_insertion(family: Family) -> None:
    house = family.house
    links = _links(house)
    for n in range(len(links) - 1):
        assert _broken(house, [*links[:n], *links[n + 1 :]]), n
        exchanged = [*links[:n], links[n + 1], links[n], *links[n + 2 :]]
        assert _broken(house, exchanged), n
        assert _broken(house, [*links[: n + 1], *links[n:]]), n


def test_one_link_rewritten_with_the_key_itself_breaks_the_next(family: Family) -> None:
    house = family.house
    links, key = _links(house), house.store.keyring["mac"]
    for n in range(len(links) - 1):
        if links[n].chain != links[n + 1].chain:
            continue
        old = links[n]
        mac = link_mac(key, old.chain, old.seq, old.at, "somebody", old.subject, old.sealed, old.prev)
        forged = replace(old, actor="somebody", mac=mac)
        assert _broken(house, [*links[:n], forged, *links[n + 1 :]]) == [Broken(old.chain, old.seq + 1, "order")]


def test_a_tail_that_was_cut_is_found_only_by_the_heads_kept_outside(family: Family) -> None:
    links = _links(family.house)
    assert _broken(family.house, links[:-2]) == []


def test_she_sees_who_has_read_about_her_and_not_her_own_looking(family: Family) -> None:
    house, mira = family.house, signed_in(MIRA)
    family.contact()
    house.see(mira, Adults(CASE))
    house.clock.move(hours=1)
    house.see(HANNA, Sheet(CASE))
    house.ask(signed_in("stranger"), Timeline(CASE))
    visits = house.see(mira, WhoRead(CASE)).visits
    assert {visit.who for visit in visits} == {"Hanna, socialtjänsten"}
    assert {visit.purpose for visit in visits} == {"case_work", "rules"}


def test_however_often_she_looks_herself_a_reader_is_still_named(family: Family) -> None:
    house, mira = family.house, signed_in(MIRA)
    family.contact()
    house.see(HANNA, Sheet(CASE))
    for _ in range(210):
        house.clock.move(minutes=1)
        house.see(mira, Timeline(CASE))
    read = house.see(mira, WhoRead(CASE))
    assert {visit.who for visit in read.visits} == {HANNA.label}
    assert read.then is None


def test_every_reading_can_be_reached_twenty_at_a_time(family: Family) -> None:
    house, mira, days = family.house, signed_in(MIRA), []
    family.contact()
    for _ in range(45):
        house.clock.move(days=1)
        house.see(HANNA, Sheet(CASE))
        days.append(house.clock.now.date())
    first = house.see(mira, WhoRead(CASE))
    pages = [first]
    while pages[-1].then is not None:
        pages.append(house.see(mira, WhoRead(CASE, pages[-1].then)))
    read = [(visit.who, visit.at.date()) for page in pages for visit in page.visits if visit.purpose == "case_work"]
    assert read[:45] == [(HANNA.label, day) for day in reversed(days)]
    assert [len(page.visits) for page in pages[:2]] == [20, 20]
    assert len(pages) == 3


def test_a_worker_turns_to_the_older_visits_of_a_case(family: Family) -> None:
    house = family.house
    family.contact()
    house.clock.move(minutes=1)
    house.see(HANNA, Sheet(CASE))
    oldest = house.clock.now
    for _ in range(210):
        house.clock.move(minutes=1)
        house.see(signed_in(MIRA), Timeline(CASE))
    newest, older = house.see(HANNA, CaseVisits(CASE)), house.see(HANNA, CaseVisits(CASE, 1))
    assert len(newest) == 200
    assert (oldest, HANNA.label) in {(visit.at, visit.who) for visit in older}


def test_staff_sees_refusals_as_refusals(family: Family) -> None:
    house = family.house
    house.clock.move(minutes=5)
    house.ask(signed_in(MOTHER), Timeline(CASE))
    newest = house.see(HANNA, CaseVisits(CASE))[0]
    assert (newest.who, newest.purpose, newest.allowed) == (MOTHER, "Timeline", False)


def _rename(house: House, was: str, now: str) -> None:
    house.store.run(lambda tx: tx.conn.execute(text(f"ALTER TABLE {was} RENAME TO {now}")) and None)
