"""Culling [gallring]: a month's keys are destroyed by two people under a reference, and with them all they open.

What stays is that there was somebody: the subject's row, her visits, the reference. Rows are deleted, pages and log are
overwritten (SQLite); what a backup or PostgreSQL's own log still holds cannot be unwrapped by anybody any more.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

from sqlalchemy import bindparam, delete, or_, select, update

from storage import _outbox_rows as rows
from storage import _sql as sql
from storage import _tables as t
from storage._chain import add_visits, standing_of, tell_outside
from storage._sql import Tx
from storage.audit import Seen
from storage.rekeying import drop_meta, set_meta
from storage.safety import CulledMonth
from storage.vault import Store

_MONTH, _REFERENCE = re.compile(r"\d{4}-(0[1-9]|1[0-2])"), re.compile(r"[A-Za-z0-9.:_+\-]{1,30}")
_ASKED, _DONE = "cull:", "culled:"
_p = bindparam
_THEIRS = select(t.dek.c.owner).where(t.dek.c.month == _p("month"))
_SUBJECTS = select(t.subject.c.id).where(
    or_(t.subject.c.cull_month == _p("month"), t.subject.c.id.in_(_THEIRS)), t.subject.c.culled_at.is_(None)
)
_among: Any = _p("of", expanding=True)
_KEPT_LONGER = select(t.subject.c.id).where(t.subject.c.culled_at.is_(None), t.subject.c.cull_month > _p("month"))
# Whoever lies under the month and also has a case that is kept longer: with the keys her sign-in and profile would go.
_STILL_NEEDED = (
    select(t.party.c.person)
    .where(t.party.c.person.in_(_SUBJECTS), t.party.c.case_id.in_(_KEPT_LONGER))
    .distinct()
    .limit(1)
)
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
    STAFF = "staff"
    SAME_PERSON = "same_person"
    NOTHING = "nothing"
    STILL_NEEDED = "still_needed"


@dataclass(frozen=True, slots=True)
class Proposed:
    """One person has asked for it; another must, under the same reference."""

    month: str
    reference: str
    subjects: int


@dataclass(frozen=True, slots=True)
class Culling:
    """It was done: how many subjects are gone."""

    month: str
    reference: str
    subjects: int


def cull(store: Store, month: str, reference: str, by: str) -> Proposed | Culling | NotCulled:
    """Ask for a month to be culled, or do it when another member of staff has asked for the same before."""
    done = store.run(partial(_ask, month=month, reference=reference, by=by))
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


def _ask(tx: Tx, month: str, reference: str, by: str) -> Proposed | Culling | NotCulled:
    if (no := _refused(tx, month, reference, by)) is not None:
        return no
    subjects = [row.id for row in tx.rows(_SUBJECTS, {"month": month})]
    if not subjects:
        return NotCulled.NOTHING
    if tx.row(_STILL_NEEDED, {"month": month}) is not None:
        return NotCulled.STILL_NEEDED
    asked = tx.row(sql.META, {"name": f"{_ASKED}{month}"})
    first, _, about = asked.value.partition(":") if asked is not None else ("", "", "")
    add_visits(tx, by, [(subject, Seen("Cull", "rules", "assigned_staff", "console", by)) for subject in subjects])
    if about != reference:
        set_meta(tx, f"{_ASKED}{month}", f"{by}:{reference}")
        return Proposed(month, reference, len(subjects))
    if first == by:
        return NotCulled.SAME_PERSON
    return Culling(month, reference, carry_out(tx, month, reference))


def _refused(tx: Tx, month: str, reference: str, by: str) -> NotCulled | None:
    if not _MONTH.fullmatch(month):
        return NotCulled.MONTH
    if month >= f"{tx.now.year}-{tx.now.month:02d}":
        return NotCulled.TOO_EARLY
    if not _REFERENCE.fullmatch(reference):
        return NotCulled.REFERENCE
    standing = standing_of(tx, by, lock=False)
    role = standing.employment() if standing is not None and standing.intact else None
    return None if role is not None and role.active else NotCulled.STAFF


def carry_out(tx: Tx, month: str, reference: str) -> int:
    """Take the rows away and write down that it was decided; the keys are destroyed after the commit."""
    subjects = [row.id for row in tx.rows(_SUBJECTS, {"month": month})]
    for start in range(0, len(subjects), _SOME):
        some = {"of": subjects[start : start + _SOME]}
        for statement in _GONE:
            tx.run(statement, some)
        for change in _ENDED:
            tx.run(change, {**some, "at": tx.now_ms})
    drop_meta(tx, f"{_ASKED}{month}")
    set_meta(tx, f"{_DONE}{month}", reference)
    tell_outside(tx, f"month:{month}", 0, CulledMonth(month, reference))
    return len(subjects)
