"""Answers about where the log is: for her whom it is about, and, in headlines, what a reopened case was before."""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import date
from types import MappingProxyType

from storage import _sql as sql
from storage._answers_reader import headline
from storage._carrier_rows import home_in, own_ground
from storage._desk import Ask, Desk
from storage._rule_staff import Desk as Seat
from storage._rule_staff import desk_of
from storage._shelf import take
from storage.carriers import CarrierKind, Home
from storage.consent import Grant, Reason, Withheld
from storage.queries import Before, EarlierLog, Kept, WhereKept
from storage.records import STAFF_PART, Side

THIRTY = 30
# The kinds of entry by which she is told that the work has closed, and that the log is kept with something else.
CLOSE = frozenset({"closing_assessment", "case_closed"})
NEWS: Mapping[CarrierKind, frozenset[str]] = MappingProxyType({
    CarrierKind.FOLLOW_UP: CLOSE, CarrierKind.MEASURE: frozenset({"social_measure"}),
})  # fmt: skip


def _where_kept(desk: Desk, grant: Grant, query: WhereKept) -> Kept | Withheld:
    """What is told is the store's own month, whatever the container's terms: until then it is there."""
    standing = desk.known(query.subject)
    if standing.side != Side.BARNAHUS:
        return Withheld(Reason.REACH)
    open_to_her = {part.payload.kind for part in take(desk.tx, grant, "view")}
    row = desk.tx.row(sql.SUBJECT, {"id": query.subject})
    until = date.fromisoformat(f"{row.cull_month}-01") if row is not None and row.cull_month else None
    born = standing.born
    # Kept to the end of that year, so that the month in clear does not tell her birthday.
    thirty = until is not None and born is not None and until.year == born.year + THIRTY and until.month >= born.month
    return Kept(
        _named(home_in(standing), open_to_her),
        until if until is not None and until > desk.tx.now.date() else None,
        thirty,
    )


def _named(home: Home, open_to_her: Set[str]) -> str:
    """The container as she may hear of it: what would be news to her (a help, a close) is not told in passing."""
    if home.closed_on is not None and open_to_her & CLOSE:
        return "closed"
    if home.said and home.kind in (CarrierKind.OWN_FILE, CarrierKind.LETTER):
        return home.kind
    if home.said and open_to_her & NEWS.get(home.kind, frozenset()):
        return home.kind
    known = any(step.kind is CarrierKind.INVESTIGATION for step in home.steps)
    return CarrierKind.INVESTIGATION if known else "unsaid"


def _before(desk: Desk, grant: Grant, query: Before) -> EarlierLog | Withheld:
    """Only for whoever has the case: a glass broken in need opens entries, and no summary of another time."""
    standing = desk.known(query.subject)
    if desk_of(desk.actor, standing) is not Seat.ASSIGNED:
        return Withheld(Reason.NOT_ASSIGNED)
    earlier = home_in(standing).earlier
    if earlier is None:
        return EarlierLog(None)
    taken = take(desk.tx, grant, "entry", compartments=frozenset({STAFF_PART}))
    entries = [part.payload for part in taken if earlier.holds(part.payload) and not part.payload.taken_back]
    return EarlierLog(earlier.through, tuple(map(headline, entries)), own_ground(desk, standing))


CARRIER_ANSWERS: Mapping[type, Ask] = {WhereKept: _where_kept, Before: _before}
