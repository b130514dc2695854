"""Culling [gallring]: a month's keys are destroyed under a reference that two people agreed to, with all they open.

The two have agreed at the console, each signed in; whoever keeps the keys carries it out. A month with an open case is
left alone, and whoever is kept longer is moved to a later month first. A yes is to what lay there when it was said:
when something else lies there now, nothing is culled before two have agreed anew. What stays is that there was
somebody: the subject's row, her visits, the reference. Rows are deleted, pages and log are overwritten (SQLite); what a
backup or PostgreSQL's own log still holds cannot be unwrapped by anybody any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

from sqlalchemy import bindparam, delete, or_, select, update

from storage import _outbox_rows as rows
from storage import _sql as sql
from storage import _tables as t
from storage._chain import add_rule, add_visits, tell_outside
from storage._culling_rows import Approval, Lying, approvals, enough_said_yes, keep_longer, lying_under, this_month
from storage._manifest import end_manifests
from storage._sql import Tx
from storage.audit import Seen
from storage.rekeying import set_meta
from storage.retention import MONTH, REFERENCE, CullingWithdrawn
from storage.safety import CulledMonth
from storage.vault import Store

_DONE = "culled:"
_p = bindparam
_among: Any = _p("of", expanding=True)
_GONE = (
    delete(t.part).where(t.part.c.owner.in_(_among)),
    delete(t.rule).where(t.rule.c.subject.in_(_among)),
    delete(t.dek).where(t.dek.c.owner.in_(_among)),
    delete(t.search).where(t.search.c.subject.in_(_among)),
    delete(t.secret).where(or_(t.secret.c.subject.in_(_among), t.secret.c.case_id.in_(_among))),
    delete(t.session).where(t.session.c.subject.in_(_among)),
)
_ENDED = (
    update(t.conversation)
    .where(t.conversation.c.person.in_(_among))
    .values(sealed=None, open_state=None, binding=None, ended_at=_p("at"), mac=sql.NO_MAC),
    update(t.task).where(t.task.c.case_id.in_(_among), t.task.c.done_at.is_(None)).values(done_at=_p("at")),
    update(t.outbox)
    .where(
        or_(t.outbox.c.case_id.in_(_among), t.outbox.c.person.in_(_among)),
        t.outbox.c.state.in_((rows.QUEUED, rows.RETRY)),
    )
    .values(state=rows.SUPPRESSED, reason="culled", done_at=_p("at")),
    update(t.subject).where(t.subject.c.id.in_(_among)).values(culled_at=_p("at"), epoch=t.subject.c.epoch + 1),
)
_SOME = 400


class NotCulled(StrEnum):
    """Why nothing was culled."""

    MONTH = "month"
    TOO_EARLY = "too_early"
    REFERENCE = "reference"
    NOTHING = "nothing"
    NOT_APPROVED = "not_approved"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class StillOpen:
    """Nothing was culled: these cases of the month are open, or damaged. The console tells a manager which they are."""

    month: str
    cases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Culling:
    """It was done: how many subjects are gone, and how many were moved to a later month."""

    month: str
    reference: str
    subjects: int
    kept: int = 0


def cull(store: Store, month: str, reference: str) -> Culling | StillOpen | NotCulled:
    """Cull a month that two have agreed to at the console, under the same reference."""
    done = store.run(partial(_cull, month=month, reference=reference))
    if isinstance(done, Culling):
        finish_cullings(store)
    return done


def finish_cullings(store: Store) -> int:
    """Destroy the keys of months that the database says were culled; how many that was. Safe to do again."""
    said = store.run(lambda tx: {row.name.removeprefix(_DONE) for row in tx.rows(sql.META_NAMED, {"start": _DONE})})
    left = said & store.keyring.months().keys()
    for month in sorted(left):
        store.keyring.destroy_month(month)
    if left:
        store.smith.forget()
        store.leave_no_trace()
        culled = store.run(lambda tx: {row.id for row in tx.rows(_CULLED, {})})
        if store.safety is not None:
            store.safety.empty(culled.__contains__)
    return len(left)


_CULLED = select(t.subject.c.id).where(t.subject.c.culled_at.is_not(None))


def _cull(tx: Tx, month: str, reference: str) -> Culling | StillOpen | NotCulled:
    if not MONTH.fullmatch(month):
        return NotCulled.MONTH
    if month >= this_month(tx):
        return NotCulled.TOO_EARLY
    if not REFERENCE.fullmatch(reference):
        return NotCulled.REFERENCE
    lying = lying_under(tx, month, lock=True)
    if lying.open:
        return StillOpen(month, lying.open)
    if not lying.gone:
        return NotCulled.NOTHING
    said = approvals(tx, month)
    same = tuple(one for one in said if one.reference == reference)
    agreed = tuple(one for one in same if one.fits(lying))
    if not enough_said_yes(tx, agreed, lying):
        return NotCulled.CHANGED if enough_said_yes(tx, same, lying) else NotCulled.NOT_APPROVED
    _write_down(tx, month, agreed, lying)
    for one in said:
        # A yes is for once: what may lie under this month one day is not culled by it.
        add_rule(tx, one.staff, CullingWithdrawn(month, used=True))
    return _carried_out(tx, month, reference, lying)


def _write_down(tx: Tx, month: str, agreed: tuple[Approval, ...], lying: Lying) -> None:
    for one in agreed:
        seen = Seen("Cull", "rules", "assigned_staff", "console", one.name, month)
        add_visits(tx, one.staff, [(subject, seen) for subject in lying.gone])


def carry_out(tx: Tx, month: str, reference: str) -> int:
    """Take a month's rows away that somebody decided about, in a copy that does not know of it; how many."""
    lying = lying_under(tx, month)
    whole = Lying((*lying.gone, *lying.open), (), lying.longer, lying.desks)
    return _carried_out(tx, month, reference, whole).subjects


def _carried_out(tx: Tx, month: str, reference: str, lying: Lying) -> Culling:
    """Whoever is kept is moved, the other rows go; the keys are destroyed after the commit."""
    keep_longer(tx, lying)
    for start in range(0, len(lying.gone), _SOME):
        some = {"of": lying.gone[start : start + _SOME]}
        for statement in _GONE:
            tx.run(statement, some)
        end_manifests(tx, some["of"])
        for change in _ENDED:
            tx.run(change, {**some, "at": tx.now_ms})
    set_meta(tx, f"{_DONE}{month}", reference)
    tell_outside(tx, f"month:{month}", 0, CulledMonth(month, reference))
    return Culling(month, reference, len(lying.gone), len(lying.longer or {}))
