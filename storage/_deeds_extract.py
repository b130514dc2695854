"""A lawful extract of a case: asked for with a reason, approved by a manager, then handed out; each time logged."""

from __future__ import annotations

from collections.abc import Mapping

from storage._chain import add_rule
from storage._desk import Ask, Deed, Desk, Done
from storage._duty_rows import close_duties, open_duty
from storage._one_person import has_said_so_too
from storage._rule_ground import is_excepted
from storage._sealing import Tampered
from storage._shelf import take
from storage.commands import ApproveExtract, AskForExtract
from storage.consent import Grant, Reason, Withheld
from storage.duties import Duty
from storage.extract import Extract, make_lines, name_of
from storage.queries import CaseExtract, ExtractLedger, Extracts
from storage.records import STAFF_PART, Role
from storage.rules import ExportApproved, ExportAsked

CHANGED = Done(rules_changed=True)
STAFF_ONLY = frozenset({STAFF_PART})
MOST = 1000


def _ask(desk: Desk, _: Grant, deed: AskForExtract) -> Done | Withheld:
    standing = desk.known(deed.case)
    if not is_excepted(standing, deed.to, desk.tx.now.date()):
        # Without a provision that breaks the secrecy there is nothing to approve (policy P47, P51).
        return Withheld(Reason.NO_CONSENT)
    add_rule(desk.tx, deed.case, ExportAsked(deed.to, desk.actor.id, desk.actor.label, deed.why))
    open_duty(desk.tx, standing.unit, deed.case, Duty.EXTRACT, desk.actor.id, desk.tx.now)
    return CHANGED


def _approve(desk: Desk, _: Grant, deed: ApproveExtract) -> Done | Withheld:
    """P58: a manager, and another than the one who asks."""
    if desk.actor.role is not Role.MANAGER or desk.actor.id == deed.staff:
        return Withheld(Reason.ROLE)
    asked = desk.known(deed.case).export_asked(deed.to, deed.staff)
    if asked is None:
        return Withheld(Reason.NOT_FOUND)
    if has_said_so_too(desk.tx, desk.actor.id, (deed.staff,)):
        return Withheld(Reason.NEEDS_SECOND)
    add_rule(desk.tx, deed.case, ExportApproved(deed.to, deed.staff, desk.actor.id))
    close_duties(desk.tx, deed.case, deed.staff, Duty.EXTRACT)
    return CHANGED


def _ledger(desk: Desk, _: Grant, query: Extracts) -> ExtractLedger:
    standing, today = desk.known(query.case), desk.tx.now.date()
    to = tuple(dict.fromkeys(one.to for one in standing.exceptions() if is_excepted(standing, one.to, today)))
    waiting = tuple(one for one in standing.exports_asked() if not standing.approved(one.to, one.staff))
    mine = tuple(one for one in to if standing.approved(one, desk.actor.id))
    return ExtractLedger(to, waiting, mine)


def _extract(desk: Desk, grant: Grant, query: CaseExtract) -> Extract | Withheld:
    standing = desk.known(query.case)
    asked = standing.export_asked(query.to, desk.actor.id)
    if asked is None:
        return Withheld(Reason.NOT_FOUND)
    taken = take(desk.tx, grant, "case", "party", "entry", "adult", compartments=STAFF_ONLY, limit=MOST)
    of = {name: [part.payload for part in taken if part.name == name] for name in ("case", "party", "entry", "adult")}
    if not of["case"]:
        raise Tampered
    lines, kept = make_lines(of["entry"], of["adult"], standing)
    hers = name_of(of["party"])
    return Extract(
        of["case"][0].ref, hers.name if hers else "", hers.born if hers else None, query.to, asked.why,
        desk.actor.label, desk.tx.now.date(), tuple(lines), kept,
    )  # fmt: skip


EXTRACT_DEEDS: Mapping[type, Deed] = {AskForExtract: _ask, ApproveExtract: _approve}
EXTRACT_ANSWERS: Mapping[type, Ask] = {Extracts: _ledger, CaseExtract: _extract}
