"""Answers about where the log is: for her whom it is about, and, in headlines, what a reopened case was before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from storage import _sql as sql
from storage._answers_reader import headline
from storage._carrier_rows import home_in, own_ground
from storage._desk import Ask, Desk
from storage._rule_staff import Desk as Seat
from storage._rule_staff import desk_of
from storage._shelf import take
from storage.consent import Grant, Reason, Withheld
from storage.queries import Before, EarlierLog, Kept, WhereKept
from storage.records import STAFF_PART, Side

THIRTY = 30


def _where_kept(desk: Desk, _: Grant, query: WhereKept) -> Kept | Withheld:
    """What is told is the store's own month, whatever the container's terms: until then it is there."""
    standing = desk.known(query.subject)
    if standing.side != Side.BARNAHUS:
        return Withheld(Reason.REACH)
    home = home_in(standing)
    where = "closed" if home.closed_on is not None else str(home.kind) if home.said else "unsaid"
    row = desk.tx.row(sql.SUBJECT, {"id": query.subject})
    until = date.fromisoformat(f"{row.cull_month}-01") if row is not None and row.cull_month else None
    born = standing.born
    thirty = until is not None and born is not None and (until.year, until.month) == (born.year + THIRTY, born.month)
    return Kept(where, until if until is not None and until > desk.tx.now.date() else None, thirty)


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
