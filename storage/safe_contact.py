"""Safe contact: for how long a yes to being written to holds, and when it is asked again; pure.

It is asked with the person, for each channel: whether, when, in which words, who else holds the telephone. It ends by
itself, and when her telephone or its link is another (design 8; security C.2; policy P67). Nothing goes by post here:
the only channel that words leave by is Telegram.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace as changed
from datetime import date, timedelta
from enum import StrEnum

from storage.records import Channel, PhoneHeld
from storage.rules import CHANGED_DEVICE, Consented, Withdrew
from storage.standing import Standing
from storage.terms import Terms

# A yes to any of these is a yes to being written to.
WRITES = frozenset({"reminders", "notices", "telegram_notice", "telegram_meetings", "telegram_full"})


class Stands(StrEnum):
    """How it is with the yes to being written to."""

    NEVER = "never"
    HOLDS = "holds"
    ASK = "ask"
    OVER = "over"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class SafeContact:
    """How it stands, until which day, in which hours ('' for the usual ones), and who sees the telephone."""

    stands: Stands
    until: date | None = None
    hours: str = ""
    phone: str = ""

    @property
    def ended(self) -> bool:
        """Whether she said yes once and nothing may be sent by it now."""
        return self.stands in (Stands.OVER, Stands.CHANGED)


def is_contact(yes: Consented) -> bool:
    """Whether this is a yes to being written to outside the house."""
    return yes.scope in WRITES and yes.channel is not Channel.WEB


def within(yes: Consented, terms: Terms, today: date) -> Consented:
    """The yes with the last day that it can have: asked at the earliest today, and sooner on a shared telephone."""
    if not is_contact(yes):
        return yes
    days = terms.shared_phone if yes.phone == PhoneHeld.SHARED else terms.contact
    last = min(max(yes.from_, today), date.max - timedelta(days=days)) + timedelta(days=days)
    return yes if yes.until is not None and yes.until <= last else changed(yes, until=last)


def safe_contact(standing: Standing, person: str, today: date, terms: Terms) -> SafeContact:
    """How it is with this person's yes in a case. A yes that ends sooner than the others is the one that counts."""
    mine = [yes for yes in standing.consents() if yes.by == person and is_contact(yes)]
    lost = tuple(_lost(standing, person))
    if not mine and not lost:
        return SafeContact(Stands.NEVER)
    hours = next((yes.purpose for yes in (*mine, *lost) if yes.scope == "reminders"), "")
    phone = next((yes.phone for yes in (*mine, *lost) if yes.phone), "")
    if not mine:
        return SafeContact(Stands.CHANGED, None, hours, phone)
    until = min((yes.until for yes in mine if yes.until is not None), default=None)
    if until is None:
        return SafeContact(Stands.HOLDS, None, hours, phone)
    ends = Stands.OVER if until < today else Stands.ASK
    near = until <= today + timedelta(days=terms.ask_before)
    return SafeContact(ends if near else Stands.HOLDS, until, hours, phone)


def to_renew(standing: Standing, person: str) -> tuple[Consented, ...]:
    """Each yes that is asked again: those that stand or have run out, and those that another telephone ended."""
    mine = [yes for yes in standing.consents() if yes.by == person and is_contact(yes)]
    there = {yes.scope for yes in mine}
    return (*mine, *(yes for yes in _lost(standing, person) if yes.scope not in there))


def _lost(standing: Standing, person: str) -> Iterator[Consented]:
    """The last yes of each scope that ended because her telephone was another, and that nobody has given anew."""
    last: dict[str, Consented | None] = {}
    known: dict[str, Consented] = {}
    for recorded in standing.rules:
        match recorded.rule:
            case Consented(by=by) as yes if by == person and is_contact(yes):
                known[yes.consent], last[yes.scope] = yes, None
            case Withdrew(consent=consent, why=why) if consent in known:
                yes = known.pop(consent)
                last[yes.scope] = yes if why == CHANGED_DEVICE else None
            case _:
                pass
    yield from (yes for yes in last.values() if yes is not None)
