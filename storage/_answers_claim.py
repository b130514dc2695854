"""Answers about claims: to whoever holds a claim's number how far it has come, to its worker what was written."""

from __future__ import annotations

from collections.abc import Mapping

from storage import _sql as sql
from storage._answers_console import _named
from storage._chain import standing_of
from storage._desk import Ask, Desk
from storage._search import find
from storage._shelf import take, take_own
from storage.claims import fresh_number, token_of, units
from storage.consent import Grant
from storage.payloads import Asking
from storage.queries import (
    CaseLine,
    ClaimDoor,
    ClaimFacts,
    ClaimSheet,
    EidLine,
    FindForClaim,
    FoundForClaim,
    MyClaim,
    OneClaim,
    Opening,
    Unit,
)
from storage.records import CLAIM_PART, STAFF_PART
from storage.standing import Standing
from storage.units import name_of

STAFF_ONLY = frozenset({STAFF_PART})


def _claim_door(desk: Desk, _: Grant, __: ClaimDoor) -> Opening:
    number = fresh_number()
    open_at = tuple(Unit(unit, name_of(desk.tx, unit)) for unit in units(desk.tx))
    return Opening(open_at, number, token_of(desk.tx, number))


def _my_claim(desk: Desk, grant: Grant, query: MyClaim) -> ClaimFacts:
    standing = desk.known(query.subject)
    asking: Asking = take_own(desk.tx, grant, "asking", compartments=frozenset({CLAIM_PART})).payload
    return _facts(standing, asking, name_of(desk.tx, standing.unit))


def _facts(standing: Standing, asking: Asking, unit: str) -> ClaimFacts:
    stages = standing.stages()
    if not stages:
        return ClaimFacts(unit, None, number=asking.number, has=frozenset(asking.has), alarm=asking.alarm)
    last, at = stages[-1]
    return ClaimFacts(
        unit,
        last.stage,
        at=at,
        sent_at=stages[0][1],
        function=last.function,
        who=last.who,
        next_on=last.next_on,
        way=last.way,
        answer=last.answer,
        ground=last.ground,
        number=asking.number,
        has=frozenset(asking.has),
        alarm=asking.alarm,
    )


def _one_claim(desk: Desk, grant: Grant, query: OneClaim) -> ClaimSheet:
    standing = desk.known(query.subject)
    taken = take(desk.tx, grant, "asked", compartments=STAFF_ONLY)
    asked = {part.payload.what: part.payload.words for part in taken}
    shown = next((part.payload for part in take(desk.tx, grant, "shown", compartments=STAFF_ONLY, limit=1)), None)
    locale, given, whose = asked.pop("locale", "sv"), "code" in asked, asked.pop("code", "")
    return ClaimSheet(
        query.claim,
        name_of(desk.tx, standing.unit),
        locale,
        asked,
        standing.stages(),
        standing.connected(),
        given,
        _case_of(desk, whose),
        EidLine(shown.name, shown.mark, shown.on) if shown else None,
        next((line for one in shown.persons if (line := _case_of(desk, one))), None) if shown else None,
    )


def _case_of(desk: Desk, person: str) -> CaseLine | None:
    """The case of whose old code was given, if this worker may open it."""
    rows = desk.tx.rows(sql.TIES_OF_PERSON, {"person": person}) if person else ()
    return next(iter(_named(desk, [row.case_id for row in rows]).values()), None)


def _find_for_claim(desk: Desk, _: Grant, query: FindForClaim) -> FoundForClaim:
    """As any search of cases; beside it, whether one of the unit's was there that has been culled."""
    standing = desk.known(query.subject)
    if not query.words.strip():
        return FoundForClaim((), culled=False)
    ways = ("ref", "number", "name")
    hits = dict.fromkeys(case for what in ways for case in find(desk.tx, standing.side, what, query.words))
    there = [known for case in hits if (known := standing_of(desk.tx, case, lock=False)) is not None]
    culled = any(known.culled and known.unit == standing.unit for known in there)
    return FoundForClaim(tuple(_named(desk, list(hits)).values()), culled)


CLAIM_ANSWERS: Mapping[type, Ask] = {
    ClaimDoor: _claim_door,
    MyClaim: _my_claim,
    OneClaim: _one_claim,
    FindForClaim: _find_for_claim,
}
