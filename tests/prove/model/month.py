"""A month that has ended, as decision 0018 tells it: what lies under it, what is kept, who agreed.

Two people agree, each signed in and known to the store in a role that may, one of them a manager (so `cull`), under
one reference; a yes counts for fourteen days, and only to what lay there when it was said. Whoever has a case may
hold it back; only who may agree may let it go again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

COUNTS = timedelta(days=14)
# Who of those whom the store has employed may agree, and which of them is a manager.
MAY = {"ines": False, "omar": True, "ulf": True}


@dataclass(frozen=True)
class Said:
    """A yes: under which reference, when, and to which cases."""

    reference: str
    at: datetime
    to: frozenset[str]


@dataclass
class Month:
    """The cases under it with the grounds on which each is kept, and the newest yes of each who said one."""

    name: str
    cases: dict[str, set[str]] = field(default_factory=dict)
    said: dict[str, Said] = field(default_factory=dict)
    lost: frozenset[str] = frozenset()

    @property
    def gone(self) -> frozenset[str]:
        """What would go with it."""
        return frozenset() if self.lost else frozenset(case for case, kept in self.cases.items() if not kept)

    def standing(self, now: datetime) -> dict[str, Said]:
        """Who has said a yes that is not too long ago."""
        return {who: yes for who, yes in self.said.items() if now < yes.at + COUNTS}

    def approve(self, who: str, reference: str, now: datetime) -> bool:
        """The same yes once more says nothing new, and does not make it younger."""
        if who not in MAY or not self.gone:
            return False
        yes = Said(reference, now, self.gone)
        old = self.standing(now).get(who)
        if old is None or (old.reference, old.to) != (yes.reference, yes.to):
            self.said[who] = yes
        return True

    def withdraw(self, who: str, now: datetime) -> bool:
        """Her own."""
        if who not in self.standing(now):
            return False
        del self.said[who]
        return True

    def keep(self, case: str, ground: str, *, kept: bool, by: str, decided_by: str) -> bool:
        """Held back on a ground, or let go; with who decided it."""
        if case in self.lost or not decided_by.strip() or (not kept and by not in MAY):
            return False
        (self.cases[case].add if kept else self.cases[case].discard)(ground)
        return True

    def ready(self, reference: str, now: datetime) -> bool:
        """Whether two different people have agreed to just what lies there, one of them a manager."""
        agreed = [who for who, yes in self.standing(now).items() if (yes.reference, yes.to) == (reference, self.gone)]
        return bool(self.gone) and len(agreed) > 1 and any(MAY[who] for who in agreed)

    def cull(self, reference: str, now: datetime) -> bool:
        """What is not kept is gone, and every yes is used up."""
        if not self.ready(reference, now):
            return False
        self.lost = self.gone
        return True
