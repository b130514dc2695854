"""What she herself says about a card: what is wrong, what is not hers, what she wants to be told, and her own notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from storage.records import EntryId, EntryView, Message, PersonId, RecordId

# A note that something is wrong is answered within a week; that a card is not hers is looked into the same day.
ANSWER_WITHIN = timedelta(days=7)
MOST_NOTES, MOST_OBJECTIONS, LONGEST = 100, 10, 2000


class Objects(StrEnum):
    """What she objects to: something on the card is wrong, or the card is not about her."""

    WRONG = "wrong"
    NOT_MINE = "not_mine"


class Outcome(StrEnum):
    """What came of it. The first four answer a note that something is wrong; the last two, a card that is not hers."""

    CORRECTED = "corrected"
    KEPT = "kept"
    PASSED = "passed"
    TALK = "talk"
    HERS = "hers"
    REMOVED = "removed"


OUTCOMES: Mapping[Objects, tuple[Outcome, ...]] = MappingProxyType({
    Objects.WRONG: (Outcome.CORRECTED, Outcome.KEPT, Outcome.PASSED, Outcome.TALK), Objects.NOT_MINE: (Outcome.HERS,),
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Objection:
    """Her own note beside an entry, kept whatever becomes of the entry (SoL 14:6), and what came of it.

    `answer_by` is the last day for an answer. `outcome`, `by` (a staff label) and `on` are None until it is answered.
    """

    id: RecordId
    entry: EntryId
    person: PersonId
    objects: Objects
    at: datetime
    answer_by: date
    words: str = ""
    outcome: Outcome | None = None
    by: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Aside:
    """A card that she has said is not about her, put away where no page of hers finds it until somebody has looked."""

    view: EntryView
    person: PersonId
    at: datetime


@dataclass(frozen=True, slots=True)
class SetAside:
    """What she is shown in the place of such a card: which, and since when."""

    id: EntryId
    at: datetime


@dataclass(frozen=True, slots=True)
class Note:
    """What she wrote to herself; `about` is the card that she wrote it from."""

    id: RecordId
    at: datetime
    words: str
    about: EntryId | None = None


class TellOf(StrEnum):
    """What a victim is asked whether she wants to be told of in the criminal matter (FUK 13 b)."""

    CLOSED = "closed"
    NOT_CHARGED = "not_charged"
    PENALTY = "penalty"
    HEARINGS = "hearings"
    VERDICT = "verdict"


@dataclass(frozen=True, slots=True)
class ToldAbout:
    """Her answers: what she wants to be told of and what not. Of what is not there she is told."""

    person: PersonId
    on: date
    answers: Mapping[TellOf, bool] = field(default_factory=dict)


def told_record(tie: str) -> str:
    """Under which record her answers lie."""
    return f"{tie}.told"


# The kinds of entry that tell of each; a kind with its outcomes only in those. A penalty order has no kind of its own.
_KINDS: Mapping[TellOf, Mapping[str, tuple[str, ...]]] = MappingProxyType({
    TellOf.CLOSED: {"preliminary_investigation": ("not_opened", "closed")},
    TellOf.NOT_CHARGED: {"charge_decision": ("dropped",)},
    TellOf.HEARINGS: {"trial": (), "appeal": ()},
    TellOf.VERDICT: {"verdict": (), "appeal_verdict": (), "verdict_final": ()},
})  # fmt: skip


def tells_of(kind: str, outcome: str | None) -> TellOf | None:
    """Which of her choices an entry of this kind and outcome falls under; none for what she is told anyway."""
    for of, kinds in _KINDS.items():
        if kind in kinds and (not kinds[kind] or outcome in kinds[kind]):
            return of
    return None


def declined(told: ToldAbout | None, kind: str, outcome: str | None) -> bool:
    """Whether she has said that she does not want to be told of such an entry."""
    of = tells_of(kind, outcome)
    return told is not None and of is not None and told.answers.get(of) is False


@dataclass(frozen=True, slots=True)
class NotePage:
    """At most twenty notes, the newest first; `more` says whether another page follows."""

    notes: tuple[Note, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Sayings:
    """What a child has said about her cards, for her worker."""

    objections: tuple[Objection, ...]
    told: ToldAbout | None


@dataclass(frozen=True, slots=True)
class Unclear:
    """How often 'I did not understand' was pressed at one text in one language, all in all. Never fewer than five."""

    text: str
    locale: str
    many: int


def unanswered_alarm(thread: Sequence[Message]) -> Message | None:
    """The first of her messages, oldest first, in which the safety net saw danger and which nobody has answered yet.

    Whatever she writes after it, the alarm stands until somebody answers her.
    """
    answered = max((place for place, one in enumerate(thread) if one.sender != "person"), default=-1)
    return next((one for one in thread[answered + 1 :] if one.alarm), None)
