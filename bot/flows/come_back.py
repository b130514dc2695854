"""I was here as a child: asking for what was written then, without sign-in, and coming back to see how far it has come.

Nothing she types stays in the conversation. Each answer is sealed at once in her claim, which only the unit's staff
can open; what the conversation remembers is the claim's secret, from which no word can be had back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from bot.manners import BACK, CLAIMS, AboutClaim, no_claim
from bot.story.claims import help_now
from bot.story.safety import alarm_in
from bot.talk import (
    Ask,
    Block,
    Choice,
    Chose,
    Event,
    Facts,
    Failed,
    Go,
    Many,
    Me,
    Name,
    Screen,
    Text,
    Turn,
    Typed,
)
from storage.commands import AddToClaim, BeginClaim, DropClaim, SendClaim
from storage.consent import Withheld
from storage.queries import ClaimDoor, Query
from storage.records import ClaimToken, ProofWay

ORDER = ("name", "born", "where", "reach")
MAY_SKIP = frozenset({"where"})
LONGEST = {"name": 120, "born": 60, "where": 300, "reach": 400}
THROW = Choice("throw", Text("come_back.throw"), quiet=True)


@dataclass(frozen=True, slots=True)
class Start:
    """What this is, and the three ways to show who one is."""

    name: ClassVar[str] = "come_back/start"
    version: ClassVar[int] = 1

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """Nothing: nobody is known yet."""
        return ()

    def screen(self, me: Me, facts: Facts) -> Screen:
        """What there may be, and how one is let in."""
        ways = tuple(Text(f"come_back.how.{way}") for way in (ProofWay.RECEIPT, ProofWay.IN_PERSON, ProofWay.LETTER))
        return Screen(
            Text("come_back.title"),
            (Block((Text("come_back.lead"),)), Block(ways, heading=Text("come_back.how"), symbol="key"),
             Block((Text("come_back.own_pace"),), tone="closing")),
            choices=(Choice("ask", Text("come_back.ask")), Choice("code", Text("come_back.code")),
                     Choice("number", Text("come_back.number")), BACK),
        )  # fmt: skip

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Ask, come in with the old code, or see how far it has come."""
        match event:
            case Chose("ask"):
                return Turn(Go("come_back/before"))
            case Chose("code"):
                return Turn(Go("way_in/come_back"))
            case Chose("number"):
                return Turn(Go("come_back/number"))
            case Chose("back"):
                return Turn(Go("welcome/front"))
            case _:
                return Turn(CLAIMS, line=Text("line.choose"))


@dataclass(frozen=True, slots=True)
class Before:
    """What happens with the words, said before the first of them; and which barnahus it was."""

    name: ClassVar[str] = "come_back/before"
    version: ClassVar[int] = 1

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """Where one may ask, and a fresh number."""
        return (ClaimDoor(),)

    def screen(self, me: Me, facts: Facts) -> Screen:
        """Who reads, who is told nothing, how long it lies; where nobody reads there is no form."""
        door = facts[ClaimDoor()]
        if isinstance(door, Withheld) or not door.units:
            return Screen(Text("come_back.before.title"), (Block((Text("come_back.nobody"),)),), choices=(BACK,))
        lines = ("who", "family", "sealed", "unsent", "not_what")
        blocks = (Block(tuple(Text(f"come_back.before.{line}") for line in lines), symbol="lock"),)
        if len(door.units) == 1:
            whom = Block((Text("come_back.before.unit", {"unit": Name(door.units[0].name)}),))
            begin = Choice(door.units[0].id, Text("come_back.begin"))
            return Screen(Text("come_back.before.title"), (*blocks, whom), choices=(begin, BACK))
        rows = tuple(Choice(unit.id, Name(unit.name)) for unit in door.units)
        which = Block((Text("come_back.before.which"),))
        return Screen(Text("come_back.before.title"), (*blocks, which), rows=rows, choices=(BACK,))

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Begin at the unit she picks; from here on the conversation holds the claim's secret and no word."""
        door = facts[ClaimDoor()]
        match event:
            case Chose("back"):
                return Turn(CLAIMS)
            case Chose(unit) if not isinstance(door, Withheld) and unit in {one.id for one in door.units}:
                begun = BeginClaim(door.token, door.number, unit, me.locale)
                return Turn(Go("come_back/ask", {"claim": door.token, "what": ORDER[0]}), (begun,))
            case Failed():
                return Turn(Go(self.name), line=Text("come_back.busy"))
            case _:
                return Turn(Go(self.name), line=Text("line.choose"))


@dataclass(frozen=True, slots=True)
class Question(AboutClaim):
    """One question of the form."""

    name: ClassVar[str] = "come_back/ask"
    what: str = ORDER[0]

    def screen(self, me: Me, facts: Facts) -> Screen:
        """The question, what it is for, and a field."""
        claim = facts[self.asked]
        if isinstance(claim, Withheld):
            return no_claim()
        what = self.what if self.what in ORDER else ORDER[0]
        hint = Block((Text(f"come_back.{what}.hint"),))
        skip = (Choice("skip", Text("come_back.skip")),) if what in MAY_SKIP else ()
        return Screen(
            Text(f"come_back.{what}.title"),
            (*help_now(claim), hint),
            ask=Ask(Text(f"come_back.{what}.label"), limit=LONGEST[what]),
            choices=(*skip, THROW, BACK),
        )

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Seal the words and go on."""
        if isinstance(facts[self.asked], Withheld):
            return Turn(CLAIMS)
        match event:
            case Typed(words) if not words.strip():
                return Turn(self._at(self.what), line=Text("come_back.empty"))
            case Typed(words):
                kept = AddToClaim(ClaimToken(self.claim), self.what, words[: LONGEST.get(self.what, 60)],
                                  alarm_in(words, me.locale))  # fmt: skip
                return Turn(self._next(), (kept,), line=Text("come_back.kept"))
            case Chose("skip") if self.what in MAY_SKIP:
                return Turn(self._next())
            case Chose("throw"):
                return _throw(self.claim)
            case Chose("back"):
                at = ORDER.index(self.what) if self.what in ORDER else 0
                return Turn(self._at(ORDER[at - 1]) if at else Go("come_back/before"))
            case Failed():
                return Turn(CLAIMS, line=Text("come_back.gone"))
            case _:
                return Turn(self._at(self.what), line=Text("come_back.empty"))

    def _at(self, what: str) -> Go:
        return self.at(self.name, what=what)

    def _next(self) -> Go:
        at = ORDER.index(self.what) + 1 if self.what in ORDER else len(ORDER)
        return self._at(ORDER[at]) if at < len(ORDER) else self.at("come_back/way")


@dataclass(frozen=True, slots=True)
class Way(AboutClaim):
    """How she wants to show who she is."""

    name: ClassVar[str] = "come_back/way"

    def screen(self, me: Me, facts: Facts) -> Screen:
        """The three ways; a code alone opens nothing, so it is one of them."""
        claim = facts[self.asked]
        if isinstance(claim, Withheld):
            return no_claim()
        ways = tuple(way for way in ProofWay if way is not ProofWay.EID or me.eid)
        rows = tuple(Choice(way, Text(f"come_back.way.{way}")) for way in ways)
        lines = (Text("come_back.way.lead"), Text("come_back.way.receipt_how"))
        return Screen(Text("come_back.way.title"), (*help_now(claim), Block(lines)), rows=rows, choices=(THROW, BACK))

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """On to sending, by way of the old code for whoever has it."""
        if isinstance(facts[self.asked], Withheld):
            return Turn(CLAIMS)
        match event:
            case Chose(ProofWay.RECEIPT):
                return Turn(self.at("come_back/code"))
            case Chose(ProofWay.EID) if me.eid:
                return Turn(self.at("show_eid/claim"))
            case Chose(ProofWay.IN_PERSON | ProofWay.LETTER as way):
                return Turn(_to_send(self.claim, way))
            case Chose("throw"):
                return _throw(self.claim)
            case Chose("back"):
                return Turn(self.at("come_back/ask", what=ORDER[-1]))
            case Failed():
                return Turn(CLAIMS, line=Text("come_back.gone"))
            case _:
                return Turn(self.at(self.name), line=Text("line.choose"))


@dataclass(frozen=True, slots=True)
class OldCode(AboutClaim):
    """The sixteen digits, for whoever has forgotten what belongs to them. Nobody is told here whether they fit."""

    name: ClassVar[str] = "come_back/code"

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """Nothing."""
        return ()

    def screen(self, me: Me, facts: Facts) -> Screen:
        """A field that no browser remembers."""
        return Screen(
            Text("come_back.code.title"),
            (Block((Text("come_back.code.lead"),)),),
            ask=Ask(Text("way_in.back.label"), limit=16, secret=True),
            choices=(BACK,),
        )

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Let the store see whose it is, and keep that for the worker."""
        here = self.at(self.name)
        match event:
            case Typed(words) if len([sign for sign in words if sign.isdigit()]) != 16:
                return Turn(here, line=Text("come_back.code.sixteen"))
            case Typed(words):
                given = AddToClaim(ClaimToken(self.claim), "code", words)
                return Turn(_to_send(self.claim, ProofWay.RECEIPT), (given,), line=Text("come_back.kept"))
            case Chose("back"):
                return Turn(self.at("come_back/way"))
            case Failed():
                return Turn(_to_send(self.claim, ProofWay.RECEIPT), line=Text("come_back.code.once"))
            case _:
                return Turn(here, line=Text("line.choose"))


@dataclass(frozen=True, slots=True)
class Send(AboutClaim):
    """What is about to be sent, without a word of it."""

    name: ClassVar[str] = "come_back/send"
    way: str = ProofWay.IN_PERSON

    def screen(self, me: Me, facts: Facts) -> Screen:
        """What has been answered, who gets it, and when she hears."""
        claim = facts[self.asked]
        if isinstance(claim, Withheld):
            return no_claim()
        answered = tuple(Text(f"come_back.has.{what}") for what in (*ORDER, "code", "eid") if what in claim.has)
        lines = [Text("come_back.send.has", {"what": Many(answered)})] if answered else []
        way = self.way if self.way in tuple(ProofWay) else ProofWay.IN_PERSON
        lines += [Text(f"come_back.send.{way}"), Text("come_back.send.to", {"unit": Name(claim.unit)})]
        ways = (Choice("send", Text("come_back.send")), Choice("again", Text("come_back.again")), THROW)
        return Screen(Text("come_back.send.title"), (*help_now(claim), Block(tuple(lines))), choices=ways)

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Send it, write it anew, or throw it away."""
        if isinstance(facts[self.asked], Withheld):
            return Turn(CLAIMS)
        match event:
            case Chose("send"):
                way = ProofWay(self.way) if self.way in tuple(ProofWay) else ProofWay.IN_PERSON
                return Turn(self.at("come_back/receipt"), (SendClaim(ClaimToken(self.claim), way),))
            case Chose("again"):
                return Turn(self.at("come_back/ask", what=ORDER[0]))
            case Chose("throw"):
                return _throw(self.claim)
            case Chose("back"):
                return Turn(CLAIMS)
            case Failed():
                return Turn(_to_send(self.claim, self.way), line=Text("come_back.busy"))
            case _:
                return Turn(_to_send(self.claim, self.way), line=Text("line.choose"))


def _throw(claim: str) -> Turn:
    return Turn(CLAIMS, (DropClaim(ClaimToken(claim)),), line=Text("come_back.thrown"))


def _to_send(claim: str, way: str) -> Go:
    return Go("come_back/send", {"claim": claim, "way": str(way)})


STEPS = (Start, Before, Question, Way, OldCode, Send)
