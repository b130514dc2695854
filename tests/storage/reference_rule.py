"""The rule a second time, written from the text of the design and not from the program: facts in, compartments out.

It is slow and plain on purpose: each sentence of the text is one line here, and nothing is shared with the program
but names. Where the two differ, one of them has misread the text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

NOTHING: frozenset[str] = frozenset()
OWN_PURPOSES = ("own_story", "own_contact", "own_choices", "own_access_log", "own_meetings")


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: `role` None for the people a case is about."""

    person: str
    strength: str
    role: str | None = None
    unit: str | None = None
    side: str | None = None


@dataclass(frozen=True, slots=True)
class Bond:
    """One tie of a person to the case, with what is known of a guardian."""

    person: str
    name: str
    kind: str
    first: date
    last: date | None
    status: str = "unknown"
    cleared_by: int = 0
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """The case as it stands."""

    unit: str
    side: str
    bonds: tuple[Bond, ...]
    born: date | None = None
    sealed: bool = False
    investigation: bool = False
    contact: bool = False
    embargo: bool = False
    telegram_chosen: bool = False
    whole: bool = True
    culled: bool = False
    claim_until: date | None = None


def opened(asker: Asker, purpose: str, reach: str, channel: str, facts: Facts | None, today: date) -> frozenset[str]:
    """The compartments that open; none means no."""
    if facts is None or not facts.whole or facts.culled:
        return NOTHING
    if reach in ("door", "claim"):
        return _to_a_claim(asker, reach, channel, facts, today)
    if asker.role is not None:
        return _to_staff(asker, purpose, reach, channel, facts)
    if purpose not in OWN_PURPOSES:
        return NOTHING
    if facts.sealed:
        return NOTHING
    bonds = [b for b in facts.bonds if b.person == asker.person and _valid(b, today)]
    # "first hard denial wins": a guardian who is shut out is shut out, whatever else she may be in the case.
    if any(b.kind == "guardian" and (b.status != "none" or b.blocked) for b in bonds):
        return NOTHING
    for bond in bonds:
        if compartment := _through(bond, asker, purpose, reach, channel, facts, today):
            return frozenset({compartment})
    return NOTHING


def _to_staff(asker: Asker, purpose: str, reach: str, channel: str, facts: Facts) -> frozenset[str]:
    """Staff of the case's own unit and side, on the console or by the clock; never as if she were the child."""
    own = asker.unit == facts.unit and asker.side == facts.side
    at_work = asker.strength == "staff" and channel in ("console", "clock")
    # A claim is no case, and what is asked of the one has no answer in the other.
    fits = (facts.claim_until is not None) == (purpose == "request")
    if own and at_work and fits and reach in ("work", "story") and purpose not in OWN_PURPOSES:
        return frozenset({"child", "shared", "staff", "aid", "claim", "guardian:*"})
    return NOTHING


def _to_a_claim(asker: Asker, reach: str, channel: str, facts: Facts, today: date) -> frozenset[str]:
    """Whoever holds its secret, signed in as nobody, reaches a claim on the web until its last day."""
    nobody = asker.person == "visitor" and asker.strength == "none" and asker.role is None
    if nobody and reach == "claim" and channel == "web" and facts.claim_until and today <= facts.claim_until:
        return frozenset({"claim"})
    return NOTHING


def _through(bond: Bond, asker: Asker, purpose: str, reach: str, channel: str, facts: Facts, today: date) -> str | None:
    if bond.kind == "child":
        return _child(asker, reach, channel, facts, today)
    if bond.kind == "guardian":
        return _guardian(bond, asker, reach, channel, facts, today)
    if bond.kind == "special_representative":
        return "shared" if reach == "story" and _by_pin(asker, channel) else None
    return _recipient(asker, purpose, reach, channel)


def _child(asker: Asker, reach: str, channel: str, facts: Facts, today: date) -> str | None:
    if reach not in ("story", "thread"):
        return None
    grown = _grown(facts.born, today)
    # "A child is never written to, nor invited, before an adult with authority has recorded that it is good for her"
    if not facts.contact and not grown:
        return None
    if facts.contact and facts.embargo:
        return None
    # Telegram "excludes minors"; full content only "where the grown-up's recorded choice says so".
    by_telegram = channel == "telegram" and asker.strength in ("channel", "pin") and grown and facts.telegram_chosen
    return "child" if _by_pin(asker, channel) or by_telegram else None


def _guardian(bond: Bond, asker: Asker, reach: str, channel: str, facts: Facts, today: date) -> str | None:
    """Only a cleared 'none' sees anything, and clearing takes two; at eighteen guardian ties end."""
    shut = facts.investigation or (facts.contact and facts.embargo) or _grown(facts.born, today)
    if shut or bond.cleared_by < 2 or reach != "story" or not _by_pin(asker, channel):
        return None
    return f"guardian:{bond.name}"


def _recipient(asker: Asker, purpose: str, reach: str, channel: str) -> str | None:
    if reach not in ("aid", "thread"):
        return None
    # Answer buttons "need no sign-in", but the chat must be hers: it was linked.
    by_telegram = channel == "telegram" and purpose == "own_meetings" and asker.strength in ("channel", "pin")
    return "aid" if _by_pin(asker, channel) or by_telegram else None


def _by_pin(asker: Asker, channel: str) -> bool:
    return channel == "web" and asker.strength == "pin"


def _valid(bond: Bond, today: date) -> bool:
    return bond.first <= today and (bond.last is None or today <= bond.last)


def _grown(born: date | None, today: date) -> bool:
    if born is None:
        return False
    age = today.year - born.year - (1 if (today.month, today.day) < (born.month, born.day) else 0)
    return age >= 18
