"""What lies under a culling month: what may go, what is still open, what is kept longer; and who has said yes to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import combinations
from typing import Any

from sqlalchemy import and_, bindparam, exists, func, or_, select

from storage import _sql as sql
from storage import _tables as t
from storage._chain import standing_of
from storage._duty_rows import open_duty
from storage._months import month_by_law, move_on
from storage._one_person import are_one
from storage._sealing import Culled, Tampered
from storage._sql import Tx
from storage.carriers import home_of
from storage.duties import Duty
from storage.records import ClaimStage, Role, Side, StaffId, SubjectSort, TieKind
from storage.retention import (
    APPROVED_DAYS,
    HELD_YEARS,
    MAY_CULL,
    CullingApproved,
    CullingWithdrawn,
    is_held,
    later,
)
from storage.rules import Employed
from storage.standing import Standing

STAFF_YEARS = 10
MONTHS_BEFORE = 6
_p = bindparam
_among: Any = _p("of", expanding=True)
_KEYS_THERE = exists().where(t.dek.c.owner == t.subject.c.id, t.dek.c.month == _p("month"))
_KEYS_LATER = exists().where(t.dek.c.owner == t.subject.c.id, t.dek.c.month > _p("month"))
# One whose row says a later month than a key of hers is moved on; one whose keys say it is not under this month at all.
_UNDER = select(t.subject).where(
    t.subject.c.culled_at.is_(None),
    or_(
        and_(t.subject.c.cull_month == _p("month"), ~_KEYS_LATER),
        and_(t.subject.c.cull_month > _p("month"), _KEYS_THERE),
    ),
)
_UNDER_LOCKED = _UNDER.with_for_update(of=t.subject)
_CASES_LATER = (
    select(t.party.c.person, func.max(t.subject.c.cull_month).label("until"))
    .join(t.subject, t.subject.c.id == t.party.c.case_id)
    .where(t.party.c.person.in_(_among), t.subject.c.culled_at.is_(None), t.subject.c.cull_month > _p("month"))
    .group_by(t.party.c.person)
)
_PEOPLE_OF = select(t.party.c.person).where(t.party.c.case_id.in_(_among)).distinct()
_STAFF = select(t.subject.c.id).where(t.subject.c.sort == SubjectSort.STAFF.value, t.subject.c.culled_at.is_(None))
_MONTHS = (
    select(t.subject.c.cull_month)
    .where(t.subject.c.culled_at.is_(None), t.subject.c.cull_month < _p("before"))
    .distinct()
    .order_by(t.subject.c.cull_month)
)
_CASES_NEAR = select(t.subject).where(
    t.subject.c.sort == SubjectSort.CASE.value, t.subject.c.culled_at.is_(None), t.subject.c.cull_month <= _p("until"),
    ~exists().where(t.task.c.case_id == t.subject.c.id, t.task.c.code == Duty.CULL_NEAR.value,
                    t.task.c.ref == t.subject.c.cull_month),
)  # fmt: skip
_EPOCH = "epoch"
_SOME = 400


@dataclass(frozen=True, slots=True)
class Lying:
    """What lies under a month. `gone`: what would be culled. `open`: cases that nobody has closed, or that are damaged.

    `longer`: who is kept, and until which month. `desks`: whose it is that would go, as (unit, side).
    """

    gone: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    longer: Mapping[str, str] | None = None
    desks: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Approval:
    """A yes that stands now: whose, in which role, at which desk (unit, side), under which reference, since when.

    `of` says to what: it counts while just that lies there (`fits`).
    """

    staff: StaffId
    role: Role
    desk: tuple[str, str]
    reference: str
    name: str
    at: datetime
    of: str

    @property
    def until(self) -> datetime:
        """When it counts no more."""
        return self.at + timedelta(days=APPROVED_DAYS)

    def fits(self, lying: Lying) -> bool:
        """Whether what would go now is what she agreed to."""
        return self.of == digest_of(lying, self.staff)


def digest_of(lying: Lying, staff: str) -> str:
    """What one member of staff agrees to when she agrees to all that would go."""
    return sha256("|".join((staff, *sorted(lying.gone))).encode()).hexdigest()


def this_month(tx: Tx) -> str:
    """The month that has not ended yet."""
    return f"{tx.now.year}-{tx.now.month:02d}"


def months_ended(tx: Tx) -> tuple[str, ...]:
    """The months that have ended and under which something lies, the oldest first."""
    return tuple(row.cull_month for row in tx.rows(_MONTHS, {"before": this_month(tx)}))


def lying_under(tx: Tx, month: str, *, lock: bool = False) -> Lying:
    """What lies under a month, looked at case by case. `lock`: until the commit nobody changes it (PostgreSQL)."""
    rows = tx.rows(_UNDER_LOCKED if lock and tx.locks else _UNDER, {"month": month})
    longer: dict[str, str] = {row.id: row.cull_month for row in rows if row.cull_month > month}
    open_: list[str] = []
    for row in rows:
        if row.sort == SubjectSort.PERSON or row.id in longer:
            continue
        until = _still_wanted(tx, row, month)
        if until == "":
            open_.append(row.id)
        elif until is not None:
            longer[row.id] = until
    longer |= _people_kept(tx, rows, month, longer)
    gone = [row for row in rows if row.id not in longer]
    return Lying(
        tuple(row.id for row in gone), tuple(open_), longer,
        frozenset((row.unit, row.side) for row in gone if row.sort != SubjectSort.STAFF),
    )  # fmt: skip


def _still_wanted(tx: Tx, row: Any, month: str) -> str | None:
    """None: its time has come. '': somebody must close it first. Else the month until which it is kept."""
    standing = standing_of(tx, row.id, lock=False)
    if standing is None or standing.culled:
        return None
    if not standing.intact:
        return ""
    if row.sort == SubjectSort.STAFF:
        job = standing.employment()
        return f"{tx.now.year + STAFF_YEARS}-12" if job is not None and job.active else None
    if row.sort == SubjectSort.CLAIM:
        stages = standing.stages()
        return "" if stages and stages[-1][0].stage is not ClaimStage.ANSWERED else None
    if is_open(tx, standing):
        return ""
    if is_held((one.rule for one in standing.rules), standing.born):
        return later(max(month, this_month(tx)), HELD_YEARS)
    by_law = month_by_law(tx, standing, _ended_on(standing) or tx.now.date())
    return by_law if by_law > month else None


def is_open(tx: Tx, standing: Standing) -> bool:
    """Whether a case goes on: its container is not closed; in economic aid, a recipient's tie has not ended."""
    if standing.side == Side.BARNAHUS:
        return home_of(one.rule for one in standing.rules).closed_on is None
    today = tx.now.date()
    hers = [tie for tie in standing.ties() if tie.kind is TieKind.RECIPIENT]
    return any(tie.until is None or tie.until >= today for tie in hers)


def _ended_on(standing: Standing) -> Any:
    if standing.side == Side.BARNAHUS:
        return home_of(one.rule for one in standing.rules).closed_on
    return max((tie.until for tie in standing.ties() if tie.kind is TieKind.RECIPIENT and tie.until), default=None)


def _people_kept(tx: Tx, rows: Any, month: str, longer: Mapping[str, str]) -> dict[str, str]:
    """People under the month who are in a case that is kept longer, now or from now on: each until the last one."""
    people = {row.id for row in rows if row.sort == SubjectSort.PERSON and row.id not in longer}
    kept: dict[str, str] = {}
    for some in _slices(sorted(people)):
        kept |= {row.person: row.until for row in tx.rows(_CASES_LATER, {"of": some, "month": month})}
    for case, until in longer.items():
        for row in tx.rows(_PEOPLE_OF, {"of": [case]}):
            if row.person in people:
                kept[row.person] = max(until, kept.get(row.person, ""))
    return kept


def keep_longer(tx: Tx, lying: Lying) -> None:
    """Move everything that is kept to its later month; what does not open stays where it lies."""
    for subject, month in (lying.longer or {}).items():
        with suppress(Culled, Tampered):
            move_on(tx, subject, month)


# --- who has said yes ---------------------------------------------------------------------------------------


def staff_who_may(tx: Tx) -> Iterator[tuple[Standing, Employed]]:
    """Everybody at work whose role may agree to a culling."""
    for row in tx.rows(_STAFF, {}):
        standing = standing_of(tx, row.id, lock=False)
        job = standing.employment() if standing is not None and standing.intact and not standing.culled else None
        if standing is not None and job is not None and job.active and job.role in MAY_CULL:
            yield standing, job


def approvals(tx: Tx, month: str) -> tuple[Approval, ...]:
    """Who has agreed to this month's culling, of those whose yes counts today."""
    found = (_approval(tx, standing, job, month) for standing, job in staff_who_may(tx))
    return tuple(one for one in found if one is not None and tx.now < one.until)


def _approval(tx: Tx, standing: Standing, job: Employed, month: str) -> Approval | None:
    last: Approval | None = None
    for one in standing.rules:
        match one.rule:
            case CullingApproved(month=of) as yes if of == month:
                desk, staff = (job.unit, standing.side), StaffId(standing.subject)
                said = Approval(staff, job.role, desk, yes.reference, yes.who, one.at, yes.of)
                last = said if yes.epoch == house_epoch(tx) else None
            case CullingWithdrawn(month=of) if of == month:
                last = None
            case _:
                pass
    return last


def house_epoch(tx: Tx) -> int:
    """How often this house was put back from a copy."""
    row = tx.row(sql.META, {"name": _EPOCH})
    return int(row.value) if row is not None else 0


def enough_said_yes(tx: Tx, said: tuple[Approval, ...], lying: Lying) -> bool:
    """Two different people, one of them a manager; and of each desk whose it is, where somebody may, one at least.

    `said`: those whose yes is to what lies there now, where that is asked (`Approval.fits`).
    """
    may = tuple(staff_who_may(tx))
    known = {standing.subject: standing for standing, _ in may}
    two = any(
        {one.staff, other.staff} <= known.keys()
        and not are_one(known[one.staff], known[other.staff])
        and Role.MANAGER in (one.role, other.role)
        for one, other in combinations(said, 2)
    )
    desks, staffed = {one.desk for one in said}, {(job.unit, standing.side) for standing, job in may}
    return two and desks >= (lying.desks & staffed)


def copies_to_offer(tx: Tx) -> int:
    """Half a year before a case's month comes, somebody offers a copy to her whom it is about (req. 143); how many."""
    year, month = divmod(tx.now.month - 1 + MONTHS_BEFORE, 12)
    rows = tx.rows(_CASES_NEAR, {"until": f"{tx.now.year + year}-{month + 1:02d}"})
    for row in rows:
        open_duty(tx, row.unit, row.id, Duty.CULL_NEAR, row.cull_month, tx.now)
    return len(rows)


def _slices(of: list[str]) -> Iterator[list[str]]:
    yield from (of[start : start + _SOME] for start in range(0, len(of), _SOME))
