"""Safe contact as it is kept: a yes within its terms, said again by her or to her worker, ended by another device."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace as changed
from datetime import datetime, time, timedelta

from storage import _sql as sql
from storage._chain import add_rule, standing_of
from storage._desk import Ask, Deed, Desk, Done
from storage._duty_rows import close_duties, open_duty
from storage._reminding import HOURS, remind_all
from storage._shelf import take
from storage._sql import Tx
from storage._trial import try_once
from storage._visiting import remind_of_visits
from storage.commands import AskedAgain, KeepContact
from storage.consent import Grant, Reason, Withheld
from storage.duties import Duty
from storage.queries import MyContact
from storage.records import AID_PART, Channel, PersonId, PhoneHeld, Side, new_id
from storage.rules import CHANGED_DEVICE, Consented, Withdrew
from storage.safe_contact import SafeContact, is_contact, safe_contact, to_renew, within
from storage.standing import Standing


@dataclass(frozen=True, slots=True)
class _Said:
    """What she answered: who sees the telephone, how it was asked, and in which hours; None is as before."""

    phone: PhoneHeld | None
    how: str
    hours: str | None


CHANGED = Done(rules_changed=True)
_MORNING = time(8)


def keep_yes(desk: Desk, grant: Grant, case: str, yes: Consented) -> Consented:
    """Write down a yes within its terms; what is ahead is reminded of, and the day to ask again stands in the list."""
    kept = within(yes, desk.tx.terms, desk.tx.now.date())
    add_rule(desk.tx, case, kept)
    if is_contact(kept):
        _settle(desk, grant, case, kept.by)
    return kept


def ask_again_now(tx: Tx, standing: Standing, person: str) -> None:
    """The worker's task to ask her, due now."""
    close_duties(tx, standing.subject, person, Duty.CONTACT_AGAIN)
    open_duty(tx, standing.unit, standing.subject, Duty.CONTACT_AGAIN, person, tx.now)


def taken_back(desk: Desk, case: str, yes: Consented) -> None:
    """A yes is taken back; where it was one to being written to, nobody need ask again for it."""
    add_rule(desk.tx, case, Withdrew(yes.consent, desk.actor.id))
    fresh = standing_of(desk.tx, case, lock=False) if is_contact(yes) else None
    if fresh is not None:
        keep_asking(desk.tx, fresh, yes.by)


def end_contact(desk: Desk, person: PersonId, *, asked: bool) -> None:
    """Her telephone or its link is another: every yes to being written to ends (policy P67).

    `asked`: it is asked again. Not when she has unlinked it herself, for that was her word.
    """
    cases = dict.fromkeys(row.case_id for row in desk.tx.rows(sql.TIES_OF_PERSON, {"person": person}))
    for case in cases:
        standing = desk.standing(case)
        if standing is None or not standing.intact or standing.culled:
            continue
        ended = [yes for yes in standing.consents() if yes.by == person and is_contact(yes)]
        for yes in ended:
            add_rule(desk.tx, case, Withdrew(yes.consent, desk.actor.id, why=CHANGED_DEVICE if asked else ""))
        if ended and asked:
            ask_again_now(desk.tx, standing, person)
        elif ended:
            close_duties(desk.tx, case, person, Duty.CONTACT_AGAIN)


def _keep_contact(desk: Desk, grant: Grant, deed: KeepContact) -> Done | Withheld:
    if grant.channel is not Channel.WEB:
        # Whoever holds the telephone could say it there.
        return Withheld(Reason.CHANNEL)
    if deed.hours is not None and not HOURS.fullmatch(deed.hours):
        return Withheld(Reason.INVALID)
    return _renew(desk, grant, deed.case, PersonId(desk.actor.id), _Said(deed.phone, "own_page", deed.hours))


def _asked_again(desk: Desk, grant: Grant, deed: AskedAgain) -> Done | Withheld:
    return _renew(desk, grant, deed.case, deed.person, _Said(deed.phone, deed.how, None))


def _renew(desk: Desk, grant: Grant, case: str, person: PersonId, said: _Said) -> Done | Withheld:
    """Each yes again from today; one that another telephone ended gets a new name, as every new yes does."""
    standing, today = desk.known(case), desk.tx.now.date()
    found = to_renew(standing, person)
    if not found:
        return Withheld(Reason.NOT_FOUND)
    standing_ones = {yes.consent for yes in standing.consents()}
    for yes in found:
        name = yes.consent if yes.consent in standing_ones else new_id()
        hours = said.hours if said.hours is not None and yes.scope == "reminders" else yes.purpose
        phone = yes.phone if said.phone is None else said.phone
        again = changed(yes, consent=name, from_=today, until=None, phone=phone, how=said.how, purpose=hours)
        add_rule(desk.tx, case, within(again, desk.tx.terms, today))
    _settle(desk, grant, case, person, moved=said.hours is not None)
    return CHANGED


def _settle(desk: Desk, grant: Grant, case: str, person: PersonId, *, moved: bool = False) -> None:
    """What follows from a yes: reminders of what is ahead, and the day on which it is asked again."""
    fresh = standing_of(desk.tx, case, lock=False)
    if fresh is None:
        return
    if fresh.side == Side.AID:
        meetings = [part.payload for part in take(desk.tx, grant, "meeting", compartments=frozenset({AID_PART}))]
        mine = [one.meeting for one in meetings if one.person == person]
        remind_all(desk.tx, fresh, person, mine, afresh=moved)
        try_once(desk.tx, fresh, person)
    else:
        remind_of_visits(desk.tx, grant, fresh, person)
    keep_asking(desk.tx, fresh, person)


def keep_asking(tx: Tx, fresh: Standing, person: str) -> None:
    """Make the task to ask her again fall on the day it must be asked; none where nothing is left to ask."""
    now = safe_contact(fresh, person, tx.now.date(), tx.terms)
    close_duties(tx, fresh.subject, person, Duty.CONTACT_AGAIN)
    if now.until is not None:
        day = max(now.until, tx.now.date()) - timedelta(days=tx.terms.ask_before)
        due = max(tx.now, datetime.combine(day, _MORNING, tzinfo=tx.now.tzinfo))
        open_duty(tx, fresh.unit, fresh.subject, Duty.CONTACT_AGAIN, person, due)


def _my_contact(desk: Desk, _: Grant, query: MyContact) -> SafeContact:
    return safe_contact(desk.known(query.subject), desk.actor.id, desk.tx.now.date(), desk.tx.terms)


CONTACT_DEEDS: Mapping[type, Deed] = {KeepContact: _keep_contact, AskedAgain: _asked_again}
CONTACT_ANSWERS: Mapping[type, Ask] = {MyContact: _my_contact}
