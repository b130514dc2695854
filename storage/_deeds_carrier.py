"""Where the log is: a container begins, is extended, closes and opens again; and a worker's ground to read what was."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from storage._carrier_rows import home_in, settle_carrier
from storage._chain import add_rule, standing_of
from storage._desk import Deed, Desk, Done
from storage._months import keep_case_until, month_by_law
from storage.carriers import READ_DAYS, TERMS, Carried, CarrierKind, CarrierStep, EarlierAsked, Home
from storage.commands import AskForEarlier, BeginCarrier, CloseCarrier, ExtendCarrier, ReopenCarrier
from storage.consent import Grant, Reason, Withheld
from storage.records import Side, StaffId

Decision = BeginCarrier | ExtendCarrier | CloseCarrier | ReopenCarrier
CHANGED = Done(rules_changed=True)
SAME = Done(fresh=False)


def _begin(desk: Desk, _: Grant, deed: BeginCarrier) -> Done | Withheld:
    """Also straight after a close: the investigation ended and its follow-up begins, and the log goes on as one."""
    return _opened(desk, deed, CarrierStep.BEGUN)


def _reopen(desk: Desk, _: Grant, deed: ReopenCarrier) -> Done | Withheld:
    home = home_in(desk.known(deed.case))
    if home.closed_on is None and (home.steps[-1:] != () and home.steps[-1].step is CarrierStep.REOPENED):
        return SAME if _same(home, deed.kind, deed.on) else Withheld(Reason.CONFLICT)
    if home.closed_on is None or deed.on < home.closed_on:
        return Withheld(Reason.CONFLICT)
    return _opened(desk, deed, CarrierStep.REOPENED)


def _opened(desk: Desk, deed: BeginCarrier | ReopenCarrier, step: CarrierStep) -> Done | Withheld:
    home, by_law = home_in(desk.known(deed.case)), desk.tx.law.last_day(deed.kind, deed.on)
    if not desk.tx.law.has(deed.kind):
        return Withheld(Reason.CONFLICT)
    until = deed.until or by_law
    if until is not None and until < deed.on:
        return Withheld(Reason.INVALID)
    if by_law is not None and until is not None and until > by_law and not TERMS[deed.kind].extends:
        return Withheld(Reason.INVALID)
    if home.said and home.closed_on is None and _same(home, deed.kind, deed.on) and home.until == until:
        return SAME
    return _keep(desk, deed, Carried(step, deed.kind, deed.on, until, deed.decided_by, deed.ground, desk.actor.id))


def _extend(desk: Desk, _: Grant, deed: ExtendCarrier) -> Done | Withheld:
    home = home_in(desk.known(deed.case))
    if not home.said or home.closed_on is not None or not home.terms.extends:
        return Withheld(Reason.CONFLICT)
    if home.until == deed.until:
        return SAME
    if deed.until < (home.until or home.since or date.min):
        return Withheld(Reason.INVALID)
    today = desk.tx.now.date()
    rule = Carried(CarrierStep.EXTENDED, home.kind, today, deed.until, deed.decided_by, deed.ground, desk.actor.id)
    return _keep(desk, deed, rule)


def _close(desk: Desk, _: Grant, deed: CloseCarrier) -> Done | Withheld:
    home = home_in(desk.known(deed.case))
    if home.closed_on is not None:
        return SAME if home.closed_on == deed.on else Withheld(Reason.CONFLICT)
    if not home.said:
        return Withheld(Reason.CONFLICT)
    if deed.on < (home.since or date.min) or deed.on > desk.tx.now.date():
        return Withheld(Reason.INVALID)
    rule = Carried(CarrierStep.CLOSED, home.kind, deed.on, None, deed.decided_by, deed.ground, desk.actor.id)
    return _keep(desk, deed, rule)


def _keep(desk: Desk, deed: Decision, rule: Carried) -> Done | Withheld:
    standing = desk.known(deed.case)
    if standing.side != Side.BARNAHUS:
        # Economic aid has a file of its own, and no log that could be without one.
        return Withheld(Reason.OTHER_UNIT)
    if not deed.decided_by.strip() or not deed.ground.strip():
        return Withheld(Reason.INVALID)
    add_rule(desk.tx, deed.case, rule)
    settle_carrier(desk.tx, standing.unit, deed.case, rule.until)
    if rule.step in (CarrierStep.CLOSED, CarrierStep.REOPENED):
        fresh = standing_of(desk.tx, deed.case, lock=False)
        if fresh is not None:
            keep_case_until(desk.tx, deed.case, month_by_law(desk.tx, fresh, rule.on))
    return CHANGED


def _same(home: Home, kind: CarrierKind, on: date) -> bool:
    return (home.kind, home.since) == (kind, on)


def _ask_for_earlier(desk: Desk, _: Grant, deed: AskForEarlier) -> Done | Withheld:
    if home_in(desk.known(deed.case)).earlier is None:
        return Withheld(Reason.CONFLICT)
    if not deed.ground.strip():
        return Withheld(Reason.INVALID)
    until = desk.tx.now + timedelta(days=READ_DAYS)
    add_rule(desk.tx, deed.case, EarlierAsked(StaffId(desk.actor.id), deed.ground.strip(), until, who=desk.actor.label))
    return CHANGED


CARRIER_DEEDS: Mapping[type, Deed] = {
    BeginCarrier: _begin,
    ExtendCarrier: _extend,
    CloseCarrier: _close,
    ReopenCarrier: _reopen,
    AskForEarlier: _ask_for_earlier,
}
