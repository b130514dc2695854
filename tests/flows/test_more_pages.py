"""What does not fit on one page of the chat stands on the next: cards let out, grown-ups, and who has read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.flows import FLOWS, adults, near, who_read
from bot.talk import Chose, Facts, Go, Me, Party, Step
from storage.consent import Reason, Withheld
from storage.queries import Adults, Headline, Opened, OpenToHer, Page, Query, ReadBy, WhoRead
from storage.records import Channel, EntryId, EntryState, Listener, PersonId, RecordId, TieId, TieKind, Visit
from tests.story import cases

NOW = datetime(2026, 11, 25, 10, 30, tzinfo=ZoneInfo("Europe/Stockholm"))
Answers = Callable[[Query[Any]], Any]


def _me(kind: TieKind, listener: Listener, cases_of: int = 1) -> Me:
    parties = tuple(Party(f"case{n}", TieId(f"tie{n}"), kind) for n in range(cases_of))
    return Me(NOW, Channel.WEB, "sv", listener, PersonId("one"), parties=parties)


CHILD = _me(TieKind.CHILD, Listener.CHILD)


def _walk(step: Step, me: Me, answers: Answers, more: str = "more") -> Iterator[tuple[Step, Facts]]:
    """Every page that is reached by asking for more, and what it was told."""
    while True:
        facts = Facts({query: answers(query) for query in step.needs(me)})
        yield step, facts
        if more not in [choice.value for choice in step.screen(me, facts).choices]:
            return
        go = step.on(me, Chose(more), facts).next
        step = FLOWS[go.step](**go.fields)


def _let_out(cards: int) -> Answers:
    def answer(query: Query[Any]) -> Any:
        assert isinstance(query, OpenToHer)
        every = [Headline(EntryId(f"{query.case}-{n}"), "trial", None, EntryState.PLANNED, None) for n in range(cards)]
        at = 20 * query.page
        return Opened(Page(tuple(every[at : at + 20]), query.page, more=at + 20 < cards), (), ())

    return answer


@pytest.mark.parametrize(("of", "cards"), [(1, 5), (1, 20), (1, 21), (1, 45), (2, 23), (4, 20)])
def test_a_guardian_reaches_every_card_that_was_let_out_to_her(of: int, cards: int) -> None:
    her = _me(TieKind.GUARDIAN, Listener.GUARDIAN, of)
    pages = list(_walk(near.Home(), her, _let_out(cards)))
    rows = [row.value for step, facts in pages for row in step.screen(her, facts).rows]
    seen = [value for value in rows if value not in near.TOPICS]
    assert sorted(seen) == sorted(f"case{case}-{n}" for case in range(of) for n in range(cards))
    last, facts = pages[-1]
    opened = last.on(her, Chose(seen[-1]), facts).next
    assert (opened.step, opened.fields["entry"]) == ("near/card", seen[-1])


def test_on_a_later_page_she_who_was_shut_out_meets_the_page_of_quiet_times() -> None:
    her = _me(TieKind.GUARDIAN, Listener.GUARDIAN)
    shown = []
    for step in (near.Home(), near.Home(page=1), near.Home(page=5)):
        facts = Facts(dict.fromkeys(step.needs(her), Withheld(Reason.BLOCKED)))
        shown.append((step.screen(her, facts), len(step.needs(her)), step.on(her, Chose("more"), facts)))
    assert shown == [shown[0]] * 3


def test_the_twentieth_grown_up_is_reached_and_leads_back_to_her_page() -> None:
    one = next(iter(cases.PEOPLE.values()))
    people = tuple(replace(one, id=RecordId(f"a{n}")) for n in range(40))
    pages = list(_walk(adults.All(), CHILD, lambda query: people if isinstance(query, Adults) else (), "further"))
    rows = [row.value for step, facts in pages for row in step.screen(CHILD, facts).rows]
    assert [row for row in rows if row != "more"] == [f"a{n}" for n in range(40)]
    back = adults.One("a19").on(CHILD, Chose("back"), Facts({Adults(CHILD.case): people}))
    assert back.next == Go("adults/list", {"page": 1})


def test_a_child_goes_on_to_everybody_who_has_read() -> None:
    visits = [Visit(NOW - timedelta(days=n), f"reader {n}", "case_work", allowed=True) for n in range(45)]

    def answer(query: Query[Any]) -> Any:
        if not isinstance(query, WhoRead):
            return Withheld(Reason.NOT_FOUND)
        end = query.start + 20
        return ReadBy(tuple(visits[query.start : end]), end if end < 45 else None)

    pages = list(_walk(who_read.Visits(), CHILD, answer))
    said = repr([step.screen(CHILD, facts) for step, facts in pages])
    assert len(pages) == 3
    assert [n for n in range(45) if f"reader {n}'" not in said] == []
    last, facts = pages[-1]
    assert last.on(CHILD, Chose("back"), facts).next == Go("who_read/list")
