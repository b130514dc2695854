"""The rule a second time, for what each way in opens, from the text and not from the program.

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
    # P18-P20: integrity, culled, sealed; these shut to everybody, staff included.
    if facts is None or not facts.whole or facts.culled or facts.sealed:
        return NOTHING
    if reach in ("door", "claim"):
        return _to_a_claim(asker, purpose, reach, channel, facts, today)
    if reach in ("talk", "seal", "log"):
        return NOTHING
    if asker.role is not None:
        return _to_staff(asker, purpose, reach, channel, facts)
    if purpose not in OWN_PURPOSES:
        return NOTHING
    bonds = [b for b in facts.bonds if b.person == asker.person]
    # P21-P24: a guardian who is shut out is shut out, by whichever bond she comes, and so is whoever is blocked.
    guardian = [b for b in bonds if b.kind == "guardian"]
    barnahus = facts.side == "barnahus"
    if barnahus and any(b.status != "none" or b.blocked or b.cleared_by < 2 for b in guardian):
        return NOTHING
    for bond in bonds:
        blocked = barnahus and bond.kind != "child" and any(b.blocked for b in bonds)
        opens = not blocked and _valid(bond, today)
        if opens and (compartments := _through(bond, asker, purpose, reach, channel, facts, today)):
            return compartments
    return NOTHING


def _to_staff(asker: Asker, purpose: str, reach: str, channel: str, facts: Facts) -> frozenset[str]:
    """Staff of the case's own unit and side, on the console; never as if she were the child (P12, P44, P55)."""
    own = asker.unit == facts.unit and asker.side == facts.side
    at_work = asker.strength == "staff" and channel == "console"
    # A claim is no case, and what is asked of the one has no answer in the other.
    fits = (facts.claim_until is not None) == (purpose == "request")
    if own and at_work and fits and reach in ("work", "story"):
        return BY_PURPOSE.get(purpose, NOTHING)
    return NOTHING


WHOLE = frozenset({"child", "guardian:*", "shared:*", "waiting:*", "staff"})
OF_AID = frozenset({"aid", "person"})
BY_PURPOSE = {
    "case_work": WHOLE | OF_AID, "informing": WHOLE | OF_AID, "release": WHOLE, "rules": OF_AID | {"staff"},
    "import": frozenset({"staff"}), "request": frozenset({"claim", "staff"}),
}  # fmt: skip
_MATTER = ("police", "prosecutor", "court", "legal", "social")
# The criminal matter, and what of it waits to be told face to face by those of whom the lawyer is one.
APPOINTED = frozenset(f"{part}:{source}" for part in ("shared", "waiting") for source in _MATTER)


def _to_a_claim(asker: Asker, purpose: str, reach: str, channel: str, facts: Facts, today: date) -> frozenset[str]:
    """Whoever holds its secret reaches a claim on the web until its last day: the secret is a one-time code (P41)."""
    holds = asker.person == "visitor" and asker.strength in ("link", "pin", "eid") and asker.role is None
    asks = reach == "claim" and channel == "web" and purpose == "request"
    if holds and asks and facts.claim_until and today <= facts.claim_until:
        return frozenset({"claim"})
    return NOTHING


def _through(
    bond: Bond, asker: Asker, purpose: str, reach: str, channel: str, facts: Facts, today: date
) -> frozenset[str]:
    if bond.kind == "child":
        return _child(bond, asker, reach, channel, facts, today)
    if bond.kind == "guardian":
        return _guardian(bond, asker, purpose, reach, channel, facts, today)
    if bond.kind == "special_representative":
        opens = reach == "story" and purpose == "own_story" and _by_pin(asker, channel)
        return APPOINTED if opens and not _grown(facts.born, today) else NOTHING
    if bond.kind == "recipient":
        return _recipient(asker, purpose, reach, channel)
    # Whoever is let in by others needs a yes, and nobody has said one here.
    return NOTHING


def _child(bond: Bond, asker: Asker, reach: str, channel: str, facts: Facts, today: date) -> frozenset[str]:
    if reach not in ("story", "thread"):
        return NOTHING
    grown = _grown(facts.born, today)
    # P28-P30: before it is recorded that contact is good, and before the prosecutor's notice, nothing; grown up, all.
    if not grown and (not facts.contact or facts.embargo):
        return NOTHING
    # P54: Telegram is for the grown-up who chose it.
    by_telegram = channel == "telegram" and asker.strength not in ("none", "staff") and grown and facts.telegram_chosen
    return frozenset({"child"}) if _by_pin(asker, channel) or by_telegram else NOTHING


def _guardian(
    bond: Bond, asker: Asker, purpose: str, reach: str, channel: str, facts: Facts, today: date
) -> frozenset[str]:
    """Only a cleared 'none' sees anything, and clearing takes two; at eighteen guardian ties end."""
    shut = facts.investigation or facts.embargo or _grown(facts.born, today)
    asks = reach == "story" and purpose in ("own_story", "own_contact", "own_meetings")
    if shut or not asks or not _by_pin(asker, channel):
        return NOTHING
    return frozenset({f"guardian:{bond.name}"})


def _recipient(asker: Asker, purpose: str, reach: str, channel: str) -> frozenset[str]:
    """On the web; a link is enough for meetings, and of an unknown age nobody is written to in Telegram (P41, P54)."""
    by_link = channel == "web" and asker.strength == "link" and purpose == "own_meetings"
    return frozenset({"aid"}) if reach in ("aid", "thread") and (by_link or _by_pin(asker, channel)) else NOTHING


def _by_pin(asker: Asker, channel: str) -> bool:
    return channel == "web" and asker.strength == "pin"


def _valid(bond: Bond, today: date) -> bool:
    return bond.first <= today and (bond.last is None or today <= bond.last)


def _grown(born: date | None, today: date) -> bool:
    if born is None:
        return False
    age = today.year - born.year - (1 if (today.month, today.day) < (born.month, born.day) else 0)
    return age >= 18
