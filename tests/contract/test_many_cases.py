"""One worker opens so many cases in an hour and no more, until a manager beside her has seen to it (policy P70)."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from time import sleep

import pytest

from storage import _sql as sql
from storage import _tables as tables
from storage._chain import add_rule, seen_of
from storage._sql import Tx
from storage.commands import CloseTask, OpenCase
from storage.consent import Actor, Reason, Withheld
from storage.duties import Duty
from storage.gate import Sitting
from storage.queries import MyCases, Sheet, WorkLine, WorkList
from storage.records import CaseId, Channel, Role, Side, StaffId, WayIn
from storage.staff_sign_in import account_mark, tie_account
from storage.terms import MOST_CASES, Terms
from storage.ways_in import TiedIn
from tests.contract.test_culling_months import at_work
from tests.storage.counting import counted
from tests.storage.house import UNIT, House, worker

MOST = 4
TOO_MANY = Withheld(Reason.RATE)
CASES = tuple(CaseId(f"{n:032x}") for n in range(1, 2 * MOST + 3))
REGISTRAR = worker("registrar")


@pytest.fixture
def ida(house: House) -> Actor:
    """A worker at a unit that has more cases than she may open in an hour."""
    house.store.terms = Terms(cases_an_hour=MOST)
    for n, case in enumerate(CASES):
        house.done(REGISTRAR, OpenCase(case, UNIT, Side.BARNAHUS, f"B-{n}", "2047-03"))
    return at_work(house, "Ida", Role.CASE_WORKER)


def opened(house: House, who: Actor, cases: tuple[CaseId, ...]) -> list[bool]:
    """Which of these open to her, each in a request of its own."""
    return [not isinstance(house.ask(who, Sheet(case)), Withheld) for case in cases]


def listed(house: House, who: Actor) -> list[WorkLine]:
    return [line for line in house.see(who, WorkList(UNIT)) if line.task.code == Duty.MANY_CASES]


def test_one_more_than_may_be_does_not_open_and_what_is_open_stays_open(house: House, ida: Actor) -> None:
    assert opened(house, ida, CASES[:MOST]) == [True] * MOST
    assert house.ask(ida, Sheet(CASES[MOST])) == TOO_MANY
    assert house.ask(ida, Sheet(CASES[MOST])) == TOO_MANY, "asking again helps nobody"
    assert opened(house, ida, CASES[:MOST]) == [True] * MOST
    other = at_work(house, "Olof", Role.CASE_WORKER)
    assert opened(house, other, CASES[MOST:][:MOST]) == [True] * MOST, "each is counted alone"


def test_what_she_was_refused_is_in_the_log_and_not_counted(house: House, ida: Actor) -> None:
    far = worker("ida2", unit="elsewhere")
    assert opened(house, far, CASES) == [False] * len(CASES)
    assert opened(house, ida, CASES[: MOST - 1]) == [True] * (MOST - 1)
    assert house.ask(ida, Sheet(CaseId("nowhere"))) == Withheld(Reason.NO_RELATION)
    assert opened(house, ida, CASES[MOST - 1 :][:2]) == [True, False]

    def verdicts(tx: Tx) -> set[str]:
        rows = [row for row in tx.rows(sql.ALL_VISITS, {}) if (row.actor, row.subject) == (ida.id, CASES[MOST])]
        return {seen_of(tx, row).verdict for row in rows}

    assert house.store.run(verdicts) == {Reason.RATE}


def test_cases_that_she_begins_and_lists_are_not_counted(house: House, ida: Actor) -> None:
    for n in range(2 * MOST):
        house.done(ida, OpenCase(CaseId(f"{900 + n:032x}"), UNIT, Side.BARNAHUS, f"N-{n}", "2047-03"))
    assert house.see(ida, MyCases(UNIT))
    assert opened(house, ida, CASES[:MOST]) == [True] * MOST


def test_one_request_for_many_cases_is_counted_too(house: House, ida: Actor) -> None:
    def call(tx: Tx) -> list[object]:
        with Sitting(tx, ida, Channel.CONSOLE) as sitting:
            return [sitting.ask(Sheet(case)) for case in CASES]

    answers = house.store.run(call)
    assert [answer == TOO_MANY for answer in answers] == [False] * MOST + [True] * (len(CASES) - MOST)


def test_requests_of_one_moment_are_counted_together(house: House, ida: Actor) -> None:
    """Eight pages of a stolen session, none of which is written down before the last is asked for."""

    def call(tx: Tx, case: CaseId) -> object:
        with Sitting(tx, ida, Channel.CONSOLE) as sitting:
            answer = sitting.ask(Sheet(case))
        sleep(0.05)
        return answer

    asked = [house.store.submit(partial(call, case=case)) for case in CASES]
    answers = [one.result() for one in asked]
    assert answers.count(TOO_MANY) == len(CASES) - MOST


def test_when_the_hour_has_gone_she_opens_others(house: House, ida: Actor) -> None:
    opened(house, ida, CASES[:MOST])
    house.clock.move(minutes=59)
    assert house.ask(ida, Sheet(CASES[MOST])) == TOO_MANY
    house.clock.move(minutes=1)
    assert opened(house, ida, CASES[MOST:][:MOST]) == [True] * MOST


def test_the_managers_beside_her_have_one_task_with_her_name(house: House, ida: Actor) -> None:
    ulla, colleague = at_work(house, "Ulla", Role.MANAGER), at_work(house, "Olof", Role.COORDINATOR)
    opened(house, ida, CASES)
    (line,) = listed(house, ulla)
    assert (line.name, line.task.ref, line.task.case) == ("Ida", ida.id, None)
    assert (listed(house, ida), listed(house, colleague)) == ([], [])
    for who in (ida, colleague):
        assert house.do(who, CloseTask(UNIT, line.task.id)) == Withheld(Reason.NOT_FOUND)
    assert listed(house, replace(ulla, side=Side.AID)) == []


def test_a_manager_who_has_seen_to_it_lets_her_open_as_many_again(house: House, ida: Actor) -> None:
    ulla = at_work(house, "Ulla", Role.MANAGER)
    opened(house, ida, CASES)
    house.clock.move(minutes=5)
    house.done(ulla, CloseTask(UNIT, listed(house, ulla)[0].task.id))
    house.clock.move(minutes=5)
    assert opened(house, ida, CASES[MOST:]) == [True] * MOST + [False] * 2
    assert len(listed(house, ulla)) == 1, "it is asked about anew"


def test_a_row_that_is_set_to_done_in_the_database_lifts_nothing(house: House, ida: Actor) -> None:
    opened(house, ida, CASES)
    house.store.run(lambda tx: tx.conn.execute(tables.task.update().values(done_at=tx.now_ms)))
    house.clock.move(minutes=5)
    assert house.ask(ida, Sheet(CASES[MOST])) == TOO_MANY


def test_a_manager_lifts_nothing_for_herself_under_either_of_her_records(house: House, ida: Actor) -> None:
    eva, ewa, omar = (at_work(house, name, Role.MANAGER) for name in ("Eva", "Ewa", "Omar"))

    def tied(tx: Tx) -> None:
        assert tie_account(tx, StaffId(eva.id), "https://id.test", "sub-7", "ops")
        mark = account_mark(tx, "https://id.test", "sub-7").hex()
        add_rule(tx, StaffId(eva.id), TiedIn(WayIn.ACCOUNT, mark, "ops", active=False))
        assert tie_account(tx, StaffId(ewa.id), "https://id.test", "sub-7", "ops")

    house.store.run(tied)
    opened(house, eva, CASES)
    (line,) = listed(house, omar)
    for who in (eva, ewa):
        assert listed(house, who) == []
        assert house.do(who, CloseTask(UNIT, line.task.id)) == Withheld(Reason.NOT_FOUND)
    house.done(omar, CloseTask(UNIT, line.task.id))


def test_to_count_costs_one_statement_for_each_request(house: House, ida: Actor) -> None:
    """For a case she has not open, PostgreSQL counts again when nobody else of hers is counting."""

    def counts() -> int:
        with counted(house.store) as cost:
            house.see(ida, Sheet(CASES[0]))
        return len([one for one in cost.statements if "DISTINCT" in one and "visit" in one])

    assert counts() == (1 if house.store.is_sqlite else 2)
    assert counts() == 1


@pytest.mark.parametrize("many", [0, MOST_CASES + 1])
def test_a_house_cannot_do_without_the_bound(many: int) -> None:
    with pytest.raises(ValueError, match="nobody reads"):
        Terms(cases_an_hour=many)
