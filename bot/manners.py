"""Manners: what every flow says alike, the way back and the answer to a refusal. No flow knows another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from bot.story.keys import listens
from bot.talk import Block, Choice, Chose, Event, Go, Me, Screen, Text, Turn
from storage.consent import Withheld
from storage.kinds import KINDS
from storage.queries import MyClaim, Query
from storage.records import ClaimToken, Listener, TieKind

BACK = Choice("back", Text("choice.back"), quiet=True)
# The answers to a reminder, and the drawing that says each of them without words.
ANSWERS = {"come": "yes", "other_time": "clock", "call_me": "phone"}
HOME = {
    TieKind.CHILD: Go("my_way/home"),
    **{
        kind: Go("my_way/home")
        for kind in (TieKind.REPRESENTATIVE, TieKind.COUNSEL, TieKind.READER, TieKind.SAFETY, TieKind.TREATMENT)
    },
    TieKind.RECIPIENT: Go("meetings/home"),
}
OUTSIDE = Go("near/home")
FRONT = Go("welcome/front")
SAY = Go("say/write")
CLAIMS = Go("come_back/start")


def home(me: Me) -> Go:
    """The place she starts from."""
    if me.person is None:
        return FRONT
    return HOME.get(me.kind, OUTSIDE) if me.kind is not None else OUTSIDE


def answer_choice(answer: str) -> Choice:
    """The button of one answer, alike on the web and in a chat."""
    return Choice(answer, Text(f"meetings.answer.{answer}"), symbol=ANSWERS[answer])


def entrance(me: Me) -> Go:
    """Where she comes in: first what has to be asked again, then the place she starts from."""
    return Go("safe/ask") if me.ask_again else home(me)


def told_as(me: Me, kind: str) -> Listener:
    """In whose voice a card is told: whoever reads along has the child's own cards as they are told to a grown-up."""
    return me.listener if listens(KINDS[kind], me.listener) else Listener.GROWN


def refused(me: Me, no: Withheld, *, at: str = "") -> Screen:
    """A person proven to be herself never meets silence: each refusal has a human answer and somebody to ask.

    `at` is the step that was refused: where she would ask is not offered to her there.
    """
    silent = me.listener is Listener.REPRESENTATIVE or at == SAY.step
    ways = (BACK,) if silent else (Choice("ask", Text("refused.ask")), BACK)
    return Screen(Text("refused.title"), (Block((Text(f"refused.{no.reason}"), Text("refused.whom"))),), choices=ways)


@dataclass(frozen=True, slots=True)
class AboutClaim:
    """A place that is about one request: it remembers the request's secret and asks how it stands."""

    name: ClassVar[str]
    version: ClassVar[int] = 1
    claim: str = ""

    @property
    def asked(self) -> MyClaim:
        """The question how it stands; its answer holds no word of what was written."""
        return MyClaim(ClaimToken(self.claim))

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """How the request stands, and whether the safety net saw something in what was written so far."""
        return (self.asked,)

    def at(self, step: str, **fields: str) -> Go:
        """Another place that is about the same request."""
        return Go(step, {"claim": self.claim, **fields})


def no_claim() -> Screen:
    """There is no such request, or no longer: the same page for whatever reason."""
    return Screen(Text("come_back.title"), (Block((Text("come_back.gone"),)),), choices=(BACK,))


def stay(event: Event, here: Go) -> Turn:
    """The answer to an event a step does not know. The replies of a refusal are known everywhere."""
    match event:
        case Chose("ask"):
            return Turn(SAY)
        case Chose("back"):
            return Turn(here)
        case _:
            return Turn(here, line=Text("line.choose"))


def tone(me: Me) -> str:
    """For whoever stands outside every page is the page of quiet times: alike for all of them, to the letter."""
    return "quiet" if me.outside else "plain"


def paused(stopped: bool) -> tuple[Block, ...]:
    """That a worker has stopped the messages to her telephone, and that it was no fault of hers."""
    lines = tuple(Text(f"paused.{one}") for one in ("messages", "why", "until"))
    return (Block(lines, tone="closing"),) if stopped else ()
