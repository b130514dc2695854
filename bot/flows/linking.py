"""Linking Telegram: on the web, by a grown-up who has signed in; the chat shows four words and she says if they fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar

from bot.manners import BACK, home, refused, stay
from bot.talk import Block, Choice, Chose, Event, Facts, Failed, Go, Many, Me, Name, Screen, Text, Turn
from storage.commands import AskForLink, Command, EndLink, PickCodeWord, SameWords, SayYes
from storage.consent import Withheld
from storage.payloads import CODE_WORDS
from storage.queries import LinkFacts, MyChoices, MyContact, MyLink, Query
from storage.records import PersonId, TieKind

HOURS = "09:00-19:00"
REMINDERS = "reminders"
# What each button does, and the line that is then said.
_DOES: Mapping[str, tuple[Callable[[PersonId], Command], str]] = MappingProxyType(
    {
        "make": (AskForLink, ""),
        "again": (AskForLink, ""),
        "same": (SameWords, ""),
        "other": (EndLink, "linking.stopped"),
        "end": (EndLink, "linking.ended"),
    }
)


def _who(me: Me) -> PersonId:
    return me.person or PersonId("")


@dataclass(frozen=True, slots=True)
class Telegram:
    """How far it has come, and the next thing to do."""

    name: ClassVar[str] = "linking/telegram"
    version: ClassVar[int] = 1

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """Her own link, whether she has said yes to reminders, and in which hours."""
        mine = (MyChoices(me.case), MyContact(me.case)) if me.kind is TieKind.RECIPIENT else ()
        return (MyLink(_who(me)), *mine)

    def screen(self, me: Me, facts: Facts) -> Screen:
        """Offer, link, words or the end of it, as the store says."""
        link = facts[MyLink(_who(me))]
        if isinstance(link, Withheld):
            return refused(me, link)
        if not link.adult:
            return _said(Text("linking.not_here"))
        if me.bot is None:
            return _said(Text("linking.off"))
        if link.words:
            return _compare(link)
        if link.token is not None:
            return _open(me.bot, link.token)
        if link.bound:
            return self._bound(me, facts, link)
        return _said(Text("linking.what"), Text("linking.telegram"), ways=(Choice("make", Text("linking.make")),))

    def _bound(self, me: Me, facts: Facts, link: LinkFacts) -> Screen:
        lines = [Text("linking.done"), Text("linking.word", {"word": Text(f"code_word.{link.code}")})]
        ways = [Choice("pick", Text("linking.pick"))]
        if self._reminded(me, facts):
            lines.append(_hours(me, facts))
        elif me.kind is TieKind.RECIPIENT:
            ways.insert(0, Choice("remind", Text("linking.remind")))
        return _said(*lines, ways=(*ways, Choice("end", Text("linking.end"))))

    def _reminded(self, me: Me, facts: Facts) -> bool:
        if me.kind is not TieKind.RECIPIENT:
            return False
        found = facts[MyChoices(me.case)]
        return not isinstance(found, Withheld) and any(scope == REMINDERS for _, scope, *_ in found.given)

    def _first(self, me: Me, facts: Facts) -> bool:
        """Whether a trial follows the link: with another chat than before her yes ends, and none does."""
        link = facts[MyLink(_who(me))]
        return not isinstance(link, Withheld) and not link.bound and self._reminded(me, facts)

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Do the next thing."""
        here, who = Go(self.name), _who(me)
        match event:
            case Chose(value) if value in _DOES:
                deed, line = _DOES[value]
                said = "linking.trial" if value == "same" and self._first(me, facts) else line
                return Turn(here, (deed(who),), line=Text(said) if said else None)
            case Chose("opened"):
                link = facts[MyLink(who)]
                met = not isinstance(link, Withheld) and bool(link.words)
                return Turn(here, line=None if met else Text("linking.waiting"))
            case Chose("remind") if me.kind is TieKind.RECIPIENT:
                return Turn(here, (SayYes(me.case, REMINDERS, HOURS),), line=Text("linking.trial"))
            case Chose("back" | "pick" as value):
                return Turn(Go("linking/word") if value == "pick" else home(me))
            case Failed():
                return Turn(here, line=Text("linking.failed"))
            case _:
                return stay(event, here)


@dataclass(frozen=True, slots=True)
class Word:
    """Pick the everyday word that comes first in every reminder."""

    name: ClassVar[str] = "linking/word"
    version: ClassVar[int] = 1

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """Nothing: the words are the same for everybody."""
        return ()

    def screen(self, me: Me, facts: Facts) -> Screen:
        """One row for each word."""
        rows = tuple(Choice(word, Text(f"code_word.{word}")) for word in CODE_WORDS)
        lead = (Block((Text("linking.pick_lead"),)),)
        return Screen(Text("linking.pick"), lead, rows=rows, choices=(BACK,))

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Keep it."""
        match event:
            case Chose(word) if word in CODE_WORDS:
                return Turn(Go("linking/telegram"), (PickCodeWord(_who(me), word),))
            case Chose("back"):
                return Turn(Go("linking/telegram"))
            case Failed():
                return Turn(Go("linking/telegram"), line=Text("linking.failed"))
            case _:
                return stay(event, Go(self.name))


def _hours(me: Me, facts: Facts) -> Text:
    """The hours that she is reminded in: those of her yes, else the usual ones."""
    found = facts[MyContact(me.case)]
    hers = HOURS if isinstance(found, Withheld) else found.hours or HOURS
    first, _, last = hers.partition("-")
    return Text("linking.hours", {"from": first, "to": last})


def _said(*lines: Text, ways: tuple[Choice, ...] = ()) -> Screen:
    return Screen(Text("linking.title"), (Block(lines),), choices=(*ways, BACK))


def _open(bot: str, token: str) -> Screen:
    link = Block((Name(f"https://t.me/{bot}?start={token}"),), tone="link")
    ways = (Choice("opened", Text("linking.opened")), Choice("again", Text("linking.again"), quiet=True), BACK)
    return Screen(Text("linking.title"), (Block((Text("linking.open"),)), link), choices=ways)


def _compare(link: LinkFacts) -> Screen:
    four = Many(tuple(Text(f"code_word.{CODE_WORDS[place]}") for place in link.words))
    blocks = (Block((Text("linking.compare"),)), Block((Text("telegram.words.four", {"words": four}),), tone="code"))
    ways = (Choice("same", Text("linking.same")), Choice("other", Text("linking.other")), BACK)
    return Screen(Text("linking.title"), blocks, choices=ways)


STEPS = (Telegram, Word)
