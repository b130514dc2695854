"""Showing an e-ID for a request that is being written: where it is done, and the way on when it has been."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from bot.manners import BACK, no_claim
from bot.story.claims import help_now
from bot.talk import Block, Choice, Chose, Event, Facts, Go, Link, Me, Screen, Text, Turn
from storage.consent import Withheld
from storage.queries import MyClaim, Query
from storage.records import ClaimToken, ProofWay


@dataclass(frozen=True, slots=True)
class ShowWho:
    """Showing an e-ID: a link to where it is done, and afterwards the way on. It opens nothing by itself."""

    name: ClassVar[str] = "show_eid/claim"
    version: ClassVar[int] = 1
    claim: str = ""

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """Whether it has been shown."""
        return (MyClaim(ClaimToken(self.claim)),)

    def screen(self, me: Me, facts: Facts) -> Screen:
        """What it proves and what it does not; or that it is done."""
        claim = facts[MyClaim(ClaimToken(self.claim))]
        if isinstance(claim, Withheld):
            return no_claim()
        if "eid" in claim.has:
            done = Block((Text("come_back.eid.done"),))
            return Screen(Text("come_back.eid.title"), (done,), choices=(Choice("on", Text("eid.on")), BACK))
        lead = Block((Text("come_back.eid.lead"),), symbol="key")
        link = Link("/eid/claim", Text("come_back.eid.go"), file=False)
        return Screen(Text("come_back.eid.title"), (*help_now(claim), lead), link=link, choices=(BACK,))

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """On to sending once it has been shown."""
        claim = facts[MyClaim(ClaimToken(self.claim))]
        match event:
            case Chose("on") if not isinstance(claim, Withheld) and "eid" in claim.has:
                return Turn(Go("come_back/send", {"claim": self.claim, "way": str(ProofWay.EID)}))
            case Chose("back") if not isinstance(claim, Withheld):
                return Turn(Go("come_back/way", {"claim": self.claim}))
            case Chose("back"):
                return Turn(Go("come_back/start"))
            case _:
                return Turn(Go(self.name, {"claim": self.claim}), line=Text("line.choose"))


STEPS = (ShowWho,)
