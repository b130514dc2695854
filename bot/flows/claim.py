"""Coming back to a request: the number, shown until it is kept, and what it opens: the stage, the date, the answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

from bot.manners import BACK, CLAIMS, AboutClaim, no_claim
from bot.story.claims import claim_screen, help_now
from bot.talk import Ask, Block, Choice, Chose, Event, Facts, Failed, Go, Me, Name, Proven, Screen, Text, Turn, Typed
from storage.commands import KeptNumber
from storage.consent import Withheld
from storage.queries import Query
from storage.records import ClaimToken


@dataclass(frozen=True, slots=True)
class Receipt(AboutClaim):
    """The number to come back with, shown until she says that she has it."""

    name: ClassVar[str] = "come_back/receipt"

    def screen(self, me: Me, facts: Facts) -> Screen:
        """The number in two groups, and where to keep it."""
        claim = facts[self.asked]
        if isinstance(claim, Withheld):
            return no_claim()
        if not claim.number:
            return replace(claim_screen(claim, me.now), choices=(BACK,))
        groups = f"{claim.number[:5]} {claim.number[5:]}"
        return Screen(
            Text("come_back.receipt.title"),
            (*help_now(claim), Block((Text("come_back.receipt.lead"),)), Block((Name(groups),), tone="code"),
             Block((Text("come_back.receipt.keep"), Text("come_back.receipt.nobody")))),
            choices=(Choice("kept", Text("come_back.receipt.kept")),),
        )  # fmt: skip

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """From now on nobody can read the number here."""
        match event:
            case Chose("kept"):
                return Turn(self.at("come_back/stage"), (KeptNumber(ClaimToken(self.claim)),))
            case Chose("back") | Failed():
                return Turn(CLAIMS)
            case _:
                return Turn(self.at(self.name), line=Text("line.choose"))


@dataclass(frozen=True, slots=True)
class Number:
    """Coming back with the number. The channel tries it; what was typed never comes here."""

    name: ClassVar[str] = "come_back/number"
    version: ClassVar[int] = 1

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """Nothing."""
        return ()

    def screen(self, me: Me, facts: Facts) -> Screen:
        """A field for ten signs."""
        return Screen(
            Text("come_back.number.title"),
            (Block((Text("come_back.number.lead"),)),),
            ask=Ask(Text("come_back.number.label"), limit=10, secret=True),
            choices=(BACK,),
        )

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """On to the request, or once more."""
        match event:
            case Proven("ok", code):
                return Turn(Go("come_back/stage", {"claim": code}))
            case Proven("locked"):
                return Turn(Go(self.name), line=Text("come_back.number.locked"))
            case Chose("back"):
                return Turn(CLAIMS)
            case Proven() | Typed():
                return Turn(Go(self.name), line=Text("come_back.number.wrong"))
            case _:
                return Turn(Go(self.name), line=Text("line.choose"))


@dataclass(frozen=True, slots=True)
class Stage(AboutClaim):
    """How far the request has come."""

    name: ClassVar[str] = "come_back/stage"

    def screen(self, me: Me, facts: Facts) -> Screen:
        """The stage, the function that answers for it, and the next date; or the answer."""
        claim = facts[self.asked]
        return no_claim() if isinstance(claim, Withheld) else replace(claim_screen(claim, me.now), choices=(BACK,))

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Back to the front page, so that the next one at this phone sees nothing."""
        if isinstance(event, Chose) and event.value == "back":
            return Turn(Go("welcome/front"))
        return Turn(self.at(self.name), line=Text("line.choose"))


STEPS = (Receipt, Number, Stage)
