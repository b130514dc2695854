"""Words for stories about the rule: a case's rules built by hand, without a database."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from storage.consent import Actor, Grant, Question, Withheld, decide
from storage.queries import Purpose, Reach
from storage.records import Channel, GuardianStatus, Side, TieKind
from storage.rules import (
    Blocked,
    ClearedBy,
    Consented,
    ContactDecided,
    Investigation,
    Recorded,
    Rule,
    Sealed,
    StatusSet,
    Tied,
)
from storage.standing import Standing
from tests.storage.family import CASE, FATHER, FATHERS, LAWYER, LAWYERS, MIRA, MIRAS, MOTHER, MOTHERS
from tests.storage.house import UNIT, signed_in

DAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
START = date(2026, 9, 1)
STORY = Question(CASE, Purpose.OWN_STORY, Reach.STORY)
THREAD = Question(CASE, Purpose.OWN_CONTACT, Reach.THREAD)
WORK = Question(CASE, Purpose.CASE_WORK, Reach.WORK)
MEETINGS = Question(CASE, Purpose.OWN_MEETINGS, Reach.AID)


@dataclass(frozen=True)
class Told:
    """A case's rules, told one after another."""

    rules: tuple[Rule, ...] = ()
    side: Side = Side.BARNAHUS
    unit: str = UNIT

    def then(self, *rules: Rule) -> Told:
        """And then this was written down."""
        return replace(self, rules=(*self.rules, *rules))

    @property
    def standing(self) -> Standing:
        """What the rule looks at."""
        return Standing(CASE, self.side, self.unit, tuple(Recorded(rule, NOW) for rule in self.rules))


def mira(born: date = date(2016, 3, 1), *, until: date | None = None) -> Tied:
    """The child's tie."""
    return Tied(MIRAS, MIRA, TieKind.CHILD, START, until, "Hanna", born=born)


def mother(*, from_: date = START, until: date | None = None) -> Tied:
    """A guardian's tie."""
    return Tied(MOTHERS, MOTHER, TieKind.GUARDIAN, from_, until, "Hanna")


def father() -> Tied:
    """The other guardian's tie."""
    return Tied(FATHERS, FATHER, TieKind.GUARDIAN, START, None, "Hanna")


def lawyer(*, from_: date = START, until: date | None = None) -> Tied:
    """The special representative's tie, for the time of appointment."""
    return Tied(LAWYERS, LAWYER, TieKind.REPRESENTATIVE, from_, until, "court")


def good_for_her(*, until: date | None = None, embargo: bool = False) -> ContactDecided:
    """The decision that contact is good for her."""
    return ContactDecided(MIRA, "Hanna", START, "why", "maturity", True, until, embargo)


def status(of: GuardianStatus = GuardianStatus.NONE, tie: str = MOTHERS) -> StatusSet:
    """What is known of a guardian."""
    return StatusSet(tie, of, "hanna")  # type: ignore[arg-type]


def cleared(by: str, tie: str = MOTHERS) -> ClearedBy:
    """One of two."""
    return ClearedBy(tie, by, "why")  # type: ignore[arg-type]


def blocked(yes: bool = True, tie: str = MOTHERS) -> Blocked:
    """Shut out, or let back to being uncleared."""
    return Blocked(tie, "hanna", yes)  # type: ignore[arg-type]


def lifted(by: str, manager: bool = False, tie: str = MOTHERS) -> Blocked:
    """One of the two who let somebody back."""
    return Blocked(tie, by, False, manager=manager)  # type: ignore[arg-type]


def sealed(yes: bool = True, by: str = "hanna") -> Sealed:
    """Shut to everybody, or one of two wants it opened."""
    return Sealed(by, yes)


def secrecy(yes: bool = True) -> Investigation:
    """The secrecy of the investigation."""
    return Investigation("hanna", yes)


def said_yes(scope: str, until: date | None = None) -> Consented:
    """A yes of the child's own."""
    return Consented(f"yes-{scope}", MIRA, MIRA, scope, "why", Channel.TELEGRAM, START, until)


CLEARED_MOTHER = Told((mira(), good_for_her(), mother(), father(), status(), cleared("hanna"), cleared("olle")))


def asked(
    who: str | Actor,
    told: Told,
    question: Question = STORY,
    channel: Channel = Channel.WEB,
    *,
    days: int = 0,
) -> Grant | Withheld:
    """What the rule says, so many days from the story's day."""
    actor = signed_in(who) if isinstance(who, str) else who
    return decide(actor, question, told.standing, channel, NOW + timedelta(days=days))


def why(verdict: Grant | Withheld) -> str:
    """'yes' or the reason of the no."""
    return verdict.reason.value if isinstance(verdict, Withheld) else "yes"
