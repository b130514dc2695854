"""What the staff decide about culling at the console, signed in: to agree, to take it back, to hold a case back."""

from __future__ import annotations

from collections.abc import Mapping

from storage._answers_console import _named
from storage._chain import add_rule
from storage._culling_rows import (
    Approval,
    Lying,
    approvals,
    digest_of,
    enough_said_yes,
    house_epoch,
    lying_under,
    months_ended,
    this_month,
)
from storage._desk import Ask, Deed, Desk, Done
from storage.commands import ApproveCulling, KeepFromCulling, WithdrawCulling
from storage.consent import Grant, Reason, Withheld
from storage.queries import CullingLine, Cullings, SaidYes
from storage.retention import MAY_CULL, MONTH, REFERENCE, CullingApproved, CullingWithdrawn, KeptFromCulling, kept_for

CHANGED = Done(rules_changed=True)
SAME = Done(fresh=False)


def _may(desk: Desk) -> bool:
    """Whether the actor is somebody whom the store knows as at work in a role that may, whatever her session says."""
    standing = desk.standing(desk.actor.id)
    job = standing.employment() if standing is not None and standing.intact and not standing.culled else None
    return job is not None and job.active and job.role in MAY_CULL and job.unit == desk.actor.unit


def _approve(desk: Desk, _: Grant, deed: ApproveCulling) -> Done | Withheld:
    tx = desk.tx
    if not _may(desk):
        return Withheld(Reason.ROLE)
    if not MONTH.fullmatch(deed.month) or not REFERENCE.fullmatch(deed.reference) or deed.month >= this_month(tx):
        return Withheld(Reason.INVALID)
    lying = lying_under(tx, deed.month)
    if lying.open:
        return Withheld(Reason.CONFLICT)
    if not lying.gone:
        return Withheld(Reason.NOT_FOUND)
    mine = (one for one in approvals(tx, deed.month) if one.staff == desk.actor.id and one.fits(lying))
    if any(one.reference == deed.reference for one in mine):
        return SAME
    of = digest_of(lying, desk.actor.id)
    approved = CullingApproved(deed.month, deed.reference, house_epoch(tx), desk.actor.label, of)
    add_rule(tx, desk.actor.id, approved)
    return CHANGED


def _withdraw(desk: Desk, _: Grant, deed: WithdrawCulling) -> Done | Withheld:
    if all(one.staff != desk.actor.id for one in approvals(desk.tx, deed.month)):
        return Withheld(Reason.NOT_FOUND)
    add_rule(desk.tx, desk.actor.id, CullingWithdrawn(deed.month))
    return CHANGED


def _keep(desk: Desk, _: Grant, deed: KeepFromCulling) -> Done | Withheld:
    """Whoever has the case may hold it back; only who may agree to a culling may let it go."""
    if not deed.kept and not _may(desk):
        return Withheld(Reason.ROLE)
    if not deed.decided_by.strip() or not deed.reference.strip():
        return Withheld(Reason.INVALID)
    held = kept_for(one.rule for one in desk.known(deed.case).rules)
    if (deed.ground in held) == deed.kept:
        return SAME
    rule = KeptFromCulling(deed.ground, deed.kept, deed.decided_by, deed.reference, desk.actor.id)
    add_rule(desk.tx, deed.case, rule)
    return CHANGED


def _cullings(desk: Desk, _: Grant, query: Cullings) -> tuple[CullingLine, ...] | Withheld:
    if not _may(desk):
        return Withheld(Reason.ROLE)
    lines = (_line(desk, month) for month in months_ended(desk.tx))
    return tuple(line for line in lines if line.gone or line.open or line.open_elsewhere)


def _line(desk: Desk, month: str) -> CullingLine:
    lying, said = lying_under(desk.tx, month), approvals(desk.tx, month)
    open_here = tuple(_named(desk, list(lying.open)).values())
    return CullingLine(
        month=month,
        gone=len(lying.gone),
        kept=len(lying.longer or {}),
        open=open_here,
        open_elsewhere=len(lying.open) - len(open_here),
        said=tuple(
            SaidYes(one.name, one.reference, one.at, one.until, one.staff == desk.actor.id, one.fits(lying))
            for one in said
        ),
        ready=_ready(desk, said, lying),
    )


def _ready(desk: Desk, said: tuple[Approval, ...], lying: Lying) -> bool:
    counts = tuple(one for one in said if one.fits(lying))
    return not lying.open and any(
        enough_said_yes(desk.tx, tuple(one for one in counts if one.reference == reference), lying)
        for reference in {one.reference for one in counts}
    )


CULLING_DEEDS: Mapping[type, Deed] = {
    ApproveCulling: _approve,
    WithdrawCulling: _withdraw,
    KeepFromCulling: _keep,
}
CULLING_ANSWERS: Mapping[type, Ask] = {Cullings: _cullings}
