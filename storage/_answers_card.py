"""Answers about what she has said beside her cards: to herself, to her worker, and what is counted without persons."""

from __future__ import annotations

from collections.abc import Mapping

from storage._aside import HERS_ALONE, asked
from storage._desk import Ask, Desk
from storage._shelf import Taken, take, take_one
from storage._sql import Tx
from storage.consent import Grant
from storage.her_words import NotePage, Objection, Sayings, ToldAbout, Unclear, declined
from storage.kinds import KINDS
from storage.queries import PAGE, CaseSayings, MyNotes, MyObjections, MyToldAbout, UnclearTexts
from storage.records import EntryId, EntryView
from storage.tally import unclear


def _my_objections(desk: Desk, grant: Grant, _: MyObjections) -> tuple[Objection, ...]:
    taken = take(desk.tx, grant, "objection", "aside", newest=True)
    return tuple(one for one in _objections(taken) if one.person == grant.actor)


def _my_told(desk: Desk, grant: Grant, _: MyToldAbout) -> ToldAbout | None:
    return next((p.payload for p in take(desk.tx, grant, "told") if p.payload.person == grant.actor), None)


def _my_notes(desk: Desk, grant: Grant, query: MyNotes) -> NotePage:
    taken = take(desk.tx, grant, "note", limit=PAGE + 1, offset=PAGE * query.page, newest=True)
    return NotePage(tuple(part.payload for part in taken[:PAGE]), len(taken) > PAGE)


def _case_sayings(desk: Desk, grant: Grant, _: CaseSayings) -> Sayings:
    taken = take(desk.tx, grant, "objection", "aside", "told", compartments=HERS_ALONE, newest=True)
    told = next((part.payload for part in taken if part.name == "told"), None)
    return Sayings(_objections([part for part in taken if part.name != "told"]), told)


def _objections(taken: list[Taken]) -> tuple[Objection, ...]:
    """Those that are written down, and the cards put aside, which wait; the newest first."""
    found = [asked(EntryId(p.record), p.payload) if p.name == "aside" else p.payload for p in taken]
    return tuple(sorted(found, key=lambda one: one.at, reverse=True))


def has_declined(tx: Tx, grant: Grant, ref: str) -> bool:
    """Whether she has said that she does not want to be told of what this card of hers tells (FUK 13 b)."""
    part = take_one(tx, grant, ref, "view", compartments=HERS_ALONE)
    if part is None:
        return False
    view: EntryView = part.payload
    outcome = view.fields.get(KINDS[view.kind].variant or "")
    told = take(tx, grant, "told", compartments=HERS_ALONE, limit=1)
    return bool(told) and declined(told[0].payload, view.kind, outcome)


def _unclear_texts(desk: Desk, _: Grant, __: UnclearTexts) -> tuple[Unclear, ...]:
    return unclear(desk.tx)


CARD_ANSWERS: Mapping[type, Ask] = {
    MyObjections: _my_objections,
    MyToldAbout: _my_told,
    MyNotes: _my_notes,
    CaseSayings: _case_sayings,
    UnclearTexts: _unclear_texts,
}
