"""The language of conversation: texts without words, screens without channels, steps without a store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, Protocol, TypeVar, cast

from bot.groups import Group
from storage.commands import Command
from storage.consent import Withheld
from storage.queries import Query
from storage.records import CaseId, Channel, Listener, PersonId, Side, TieId, TieKind

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Name:
    """Somebody's or something's own name: shown as written, isolated in its own direction."""

    value: str


@dataclass(frozen=True, slots=True)
class Many:
    """Several slots joined as a list ('a, b and c') by the locale's rules."""

    items: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A stable key and its named slots; `count` picks the plural. Words come later, in `bot.speech`."""

    key: str
    slots: Mapping[str, Slot] = field(default_factory=dict)
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A person's own words, shown as written and said to be so; `locale` is the language they were written in."""

    words: str
    locale: str = "sv"


Slot = str | int | date | datetime | Name | Many | Text


@dataclass(frozen=True, slots=True)
class Choice:
    """Something the person may pick. `value` is opaque to her; `quiet` marks the way back or out.

    `symbol` names the line drawing before the words, for whoever goes by pictures.
    """

    value: str
    label: Text | Name
    quiet: bool = False
    symbol: str | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """A field for typed words. `label` says who reads it and when; `limit` counts characters."""

    label: Text
    limit: int = 2000
    secret: bool = False
    pictures: bool = False


@dataclass(frozen=True, slots=True)
class Ahead:
    """A time to come and how many nights there are until then, for whoever reads no words."""

    starts: datetime
    nights: int

    @classmethod
    def of(cls, starts: datetime, now: datetime) -> Ahead:
        """A meeting as it lies ahead now; nights are counted where it is, 0 for today and less when it is over."""
        return cls(starts, (starts.date() - now.astimezone(starts.tzinfo).date()).days)


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a screen: a heading and its lines. `symbol` names a line drawing; `entry`/`kind` mark a card.

    `ahead` is the time that the lines speak of, which a face can draw.
    """

    lines: tuple[Text | Written | Name, ...]
    heading: Text | Name | None = None
    symbol: str | None = None
    entry: str | None = None
    kind: str | None = None
    tone: str = "plain"
    ahead: Ahead | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """An address: a file of one's own to take along, or a page elsewhere. Only a face with addresses can show it."""

    address: str
    label: Text
    file: bool = True


@dataclass(frozen=True, slots=True)
class Screen:
    """One thing said, at most four replies beside it, and at most one list of rows (20 on the web, 5 in Telegram).

    `words` explain hard words in what is said: shown closed by a face that can unfold them, left out by any other.
    """

    title: Text | Name
    blocks: tuple[Block, ...] = ()
    rows: tuple[Choice, ...] = ()
    choices: tuple[Choice, ...] = ()
    ask: Ask | None = None
    note: Text | None = None
    tone: str = "plain"
    link: Link | None = None
    words: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Chose:
    """She picked a choice or a row."""

    value: str


@dataclass(frozen=True, slots=True)
class Typed:
    """She wrote words."""

    words: str


@dataclass(frozen=True, slots=True)
class Proven:
    """The channel has tried a PIN or code for her: ok, wrong, locked, unknown, or weak for one not fit to be a PIN.

    `code` is the receipt code that came with a new PIN; it goes into the sealed state and is shown once.
    """

    outcome: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """A command of this step was refused; `reason` is the refusal's code and never names a secret.

    `wanted` is where the step meant to go.
    """

    reason: str
    wanted: Mapping[str, Any] = field(default_factory=dict)


Event = Chose | Typed | Proven | Failed


@dataclass(frozen=True, slots=True)
class Party:
    """One case the person belongs to, and how."""

    case: str
    tie: TieId
    kind: TieKind


@dataclass(frozen=True, slots=True)
class Me:
    """Who is in the conversation. A visitor has no person. `now` is a fact, in Europe/Stockholm.

    `locales` are the languages there are to choose from, as (tag, own name). `unsigned` are the heavy kinds that
    nobody has signed in her language. `bot` is the name of the house's Telegram bot, None when there is none;
    `eid` says whether one can show an e-ID here. `ask_again`: her yes to being written to is to be asked again.
    `content`: a grown-up may choose here to read in Telegram. `minor`: she is known to be under eighteen.
    `groups` are where others meet in this town.
    """

    now: datetime
    channel: Channel
    locale: str
    listener: Listener = Listener.GROWN
    person: PersonId | None = None
    side: Side | None = None
    name: str | None = None
    parties: tuple[Party, ...] = ()
    locales: tuple[tuple[str, str], ...] = ()
    unsigned: frozenset[str] = frozenset()
    bot: str | None = None
    eid: bool = False
    ask_again: bool = False
    content: bool = False
    minor: bool = False
    groups: tuple[Group, ...] = ()

    @property
    def case(self) -> CaseId:
        """The one case she talks about; the oldest when there are several. Raises `LookupError` for a visitor."""
        if not self.parties:
            raise LookupError("a visitor has no case")
        return CaseId(self.parties[0].case)

    @property
    def is_young(self) -> bool:
        """A child or young person in her own case, as the level of the texts has it."""
        return self.kind is TieKind.CHILD and self.listener is not Listener.GROWN

    def lacks_signed(self, kind: str) -> bool:
        """Whether nobody has signed these heavy texts in her language, so that somebody goes through them with her."""
        return self.listener.is_hers and kind in self.unsigned

    @property
    def outside(self) -> bool:
        """Guardians and people with no tie: whatever they may see, the page of quiet times must look the same."""
        return self.person is not None and all(party.kind is TieKind.GUARDIAN for party in self.parties)

    @property
    def kind(self) -> TieKind | None:
        """How she belongs to that case."""
        return self.parties[0].kind if self.parties else None


class Facts:
    """The answers a step asked for. Reading one it did not declare is an error in the step."""

    def __init__(self, answers: Mapping[Query[Any], Any]) -> None:
        """`answers` maps each needed question to its answer: a record or a `Withheld`."""
        self._answers = answers

    def __getitem__(self, query: Query[T]) -> T | Withheld:
        """The answer, of the very type the question promises, or the refusal."""
        return cast("T | Withheld", self._answers[query])


@dataclass(frozen=True, slots=True)
class Go:
    """The next place, by its stable name and plain fields; the engine resolves it in the table of flows."""

    step: str
    fields: Mapping[str, Any] = field(default_factory=dict)


class Door(StrEnum):
    """What a turn may ask of the channel about the session itself."""

    TRUST = "trust"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Turn:
    """Where to go, what to change, and one kind line to show there once. `locale` is a visitor's choice of language."""

    next: Go
    commands: tuple[Command, ...] = ()
    line: Text | None = None
    door: Door | None = None
    locale: str | None = None


class Step(Protocol):
    """A place in a conversation: a frozen class whose fields are what must be remembered."""

    name: ClassVar[str]
    version: ClassVar[int]

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """The questions whose answers this place must have, each bounded."""
        ...

    def screen(self, me: Me, facts: Facts) -> Screen:
        """What to show."""
        ...

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Where an event leads."""
        ...
