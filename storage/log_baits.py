"""Cases laid as baits: nobody has an errand in one, so whoever opens it is asked why. What is laid lies in the log.

A bait is a case like any other, and who opens it sees no difference. Two people lay it and two lift it; both are visits
to the log itself, where no row can be made up or taken away unnoticed. No list of the console names baits.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import bindparam, select

from storage import _sql as sql
from storage import _tables as t
from storage._chain import add_visits, seen_of
from storage._duty_rows import open_duty
from storage._sql import Tx
from storage.audit import Seen
from storage.duties import Duty
from storage.records import CaseId, Channel, SubjectSort
from storage.verdicts import OPENED, Reason, Withheld

LAID, LIFTED = "laid", "lifted"
_LOG = "log:bait"
_MOST = 1_000
# A visit is written before its transaction ends: what is younger than this may still be on its way.
_ON_ITS_WAY = 60_000
_p = bindparam
_TOUCHED = (
    select(t.visit, t.subject.c.unit.label("unit"))
    .join(t.subject, t.subject.c.id == t.visit.c.subject)
    .where(t.visit.c.subject.in_(_p("baits", expanding=True)), t.visit.c.at > _p("after"), t.visit.c.at <= _p("until"))
    .order_by(t.visit.c.at, t.visit.c.chain, t.visit.c.seq)
)
_STANDS = select(t.task.c.id).where(
    t.task.c.unit == _p("unit"), t.task.c.code == Duty.BAIT.value, t.task.c.ref == _p("staff"),
    t.task.c.done_at.is_(None),
)  # fmt: skip


def lay_bait(tx: Tx, case: CaseId, by: str, seen_by: str, *, lift: bool = False) -> frozenset[CaseId] | Withheld:
    """Lay a case as a bait, or lift it: two people by their names. Every bait that is laid then.

    Refused: NOT_FOUND when there is no such case, NEEDS_SECOND when the two are one or nobody, INVALID when it is laid
    already, or is none that could be lifted.
    """
    found, baits = tx.row(sql.SUBJECT, {"id": case}), baits_laid(tx)
    if found is None or found.sort != SubjectSort.CASE or found.culled_at is not None:
        return Withheld(Reason.NOT_FOUND)
    if not by.strip() or not seen_by.strip() or _plain(by) == _plain(seen_by):
        return Withheld(Reason.NEEDS_SECOND)
    if (case in baits) != lift:
        return Withheld(Reason.INVALID)
    seen = Seen("Bait", "log_review", LIFTED if lift else LAID, Channel.CONSOLE, by.strip(), seen_by.strip(), case)
    add_visits(tx, "auditor", [(_LOG, seen)])
    return frozenset(baits) - {case} if lift else frozenset({*baits, case})


def baits_laid(tx: Tx) -> Mapping[CaseId, int]:
    """The cases that are baits now, each with the instant (ms) at which it was laid."""
    last: dict[CaseId, tuple[str, int]] = {}
    for row in tx.rows(sql.VISITS_OF, {"subject": _LOG, "limit": _MOST}):
        seen = seen_of(tx, row)
        last.setdefault(CaseId(seen.about), (seen.verdict, row.at))
    return {case: at for case, (word, at) in last.items() if word == LAID}


def tell_of_touched(tx: Tx, after: int | None) -> tuple[int, int | None]:
    """Who has opened a bait since an instant (ms) is a task for the managers beside her.

    How many tasks were opened, and the instant from which to look the next time; None as long as nothing is laid.
    """
    baits, until = baits_laid(tx), tx.now_ms - _ON_ITS_WAY
    if not baits:
        return 0, after
    since = min(baits.values()) - 1 if after is None else after
    opened = 0
    for row in tx.rows(_TOUCHED, {"baits": sorted(baits), "after": since, "until": until}):
        if row.at >= baits[row.subject] and _opens(tx, row.actor, seen_of(tx, row)):
            opened += _told(tx, row.unit, row.actor)
    return opened, max(since, until)


def _opens(tx: Tx, actor: str, seen: Seen) -> bool:
    found = tx.row(sql.SUBJECT, {"id": actor})
    return seen.verdict in OPENED and found is not None and found.sort == SubjectSort.STAFF


def _told(tx: Tx, unit: str, staff: str) -> int:
    if tx.row(_STANDS, {"unit": unit, "staff": staff}) is not None:
        return 0
    open_duty(tx, unit, None, Duty.BAIT, staff, tx.now)
    return 1


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
