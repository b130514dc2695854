"""What a case is made of in the words of the policy: bonds, entries, consents, exceptions; nothing of the product."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

# Of each kind of entry that the machine writes: source, whether the criminal matter, heavy, to be told in person first.
KINDS = {
    "child_talk": ("social", False, False, False),
    "consultation": ("social", True, False, False),
    "transport": ("social", True, False, True),
    "placement": ("social", False, True, True),
    "child_interview": ("police", True, True, False),
    "damages": ("court", True, True, False),
    "verdict": ("court", True, True, True),
    "treatment_contact": ("treatment", False, False, False),
}
ON_LIST = frozenset({"osl_10_2", "osl_10_28", "osl_26_9"})
Whom = tuple[str, str | None]


@dataclass
class Bond:
    """One tie. `kind` is the actor's name in section A; `cleared` and `lifted` say by whom since it last mattered."""

    tie: str
    person: str
    kind: str
    first: date
    last: date | None
    status: str = "none"
    cleared: set[str] = field(default_factory=set)
    lifted: set[tuple[str, bool]] | None = None


@dataclass
class Paper:
    """One entry. `hold` waits until `lifted`; `released` says to whom and how much, `wanted` by whom so far.

    `moved`: it lies ahead on another day than was said first.
    """

    kind: str
    hold: str | None
    until: date | None
    ahead: bool
    lifted: bool = False
    released: dict[Whom, str] = field(default_factory=dict)
    wanted: dict[Whom, set[str]] = field(default_factory=dict)
    told: bool = False
    back: bool = False
    refused: bool = False
    moved: bool = False

    def reads_otherwise(self, by: str) -> None:
        """P68: what two have let go waits for somebody else again, and `by` is the first of the two."""
        for whom in [whom for whom in (*self.released, *self.wanted) if KINDS[self.kind][2] and whom[0] != "child"]:
            self.released.pop(whom, None)
            self.wanted[whom] = {by}

    @property
    def tells_a_day(self) -> bool:
        """P69: it lies ahead and was not taken back, and nothing of it waits."""
        return self.ahead and not self.back and (self.hold is None or self.lifted)

    @property
    def source(self) -> str:
        """Whose it is."""
        return KINDS[self.kind][0]

    @property
    def waits(self) -> str:
        """What it waits for, as axes.py names it."""
        if self.hold in ("investigation", "not_yet") and not self.lifted:
            return self.hold
        in_person = KINDS[self.kind][3] and not self.ahead
        if in_person or (self.hold == "in_person" and not self.lifted):
            return "told" if self.told else "in_person"
        return "investigation_lifted" if self.hold == "investigation" else "none"


@dataclass
class Yes:
    """One consent; `live` until it is taken back."""

    by: str
    scope: str
    to: str | None
    purpose: str
    channel: str | None
    first: date
    last: date | None
    live: bool = True

    def holds(self, today: date) -> bool:
        """P49: on its days, both included, and not after it was taken back."""
        return self.live and self.first <= today and (self.last is None or today <= self.last)


@dataclass
class Way:
    """One named exception."""

    to: str
    first: date
    last: date | None
    live: bool = True

    def holds(self, today: date) -> bool:
        """P51: not past its last day."""
        return self.live and self.first <= today and (self.last is None or today <= self.last)


def stands(lifted: set[tuple[str, bool]] | None) -> bool:
    """P26: two different people lift a block, one of them a manager."""
    if lifted is None:
        return False
    return len({who for who, _ in lifted}) < 2 or not any(manager for _, manager in lifted)
