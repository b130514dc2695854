"""Language and level: each language by its own name in its own script; the level follows age until she picks one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from bot.manners import BACK, home, tone
from bot.talk import Block, Choice, Chose, Event, Facts, Go, Me, Name, Screen, Text, Turn
from storage.commands import SetProfile
from storage.queries import Query
from storage.records import Listener, TieKind

LEVELS = (Listener.UNDER_7, Listener.CHILD, Listener.TEEN, Listener.GROWN)


@dataclass(frozen=True, slots=True)
class Choose:
    """The languages, and for the person a case is about also the level."""

    name: ClassVar[str] = "language/choose"
    version: ClassVar[int] = 1

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """Nothing: the languages come with the house."""
        return ()

    def screen(self, me: Me, facts: Facts) -> Screen:
        """One row for each language."""
        rows = tuple(Choice(tag, Name(own_name)) for tag, own_name in me.locales)
        ways = (Choice("level", Text("language.level")), BACK) if me.kind is TieKind.CHILD else (BACK,)
        return Screen(
            Text("language.title"), (Block((Text("language.lead"),)),), rows=rows, choices=ways, tone=tone(me)
        )

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Speak the language she picked from the next line on."""
        match event:
            case Chose("back"):
                return Turn(home(me))
            case Chose("level") if me.kind is TieKind.CHILD:
                return Turn(Go("language/level"))
            case Chose(value) if value in dict(me.locales):
                if me.person is None or me.name is None:
                    return Turn(home(me), locale=value)
                return Turn(home(me), (SetProfile(me.person, locale=value),))
            case _:
                return Turn(Go(self.name), line=Text("line.choose"))


def _levels(me: Me) -> tuple[Listener, ...]:
    """What a minor reads has a young person's numbers; a grown-up's texts look back on it later."""
    return tuple(level for level in LEVELS if not (me.minor and level is Listener.GROWN))


@dataclass(frozen=True, slots=True)
class Level:
    """How much and how hard."""

    name: ClassVar[str] = "language/level"
    version: ClassVar[int] = 1

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """Nothing."""
        return ()

    def screen(self, me: Me, facts: Facts) -> Screen:
        """One row for each level, with what it is like."""
        rows = tuple(Choice(level, Text(f"language.level.{level}")) for level in _levels(me))
        return Screen(Text("language.level"), (Block((Text("language.level_lead"),)),), rows=rows, choices=(BACK,))

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Tell at the level she picked."""
        match event:
            case Chose(value) if value in _levels(me) and me.person is not None:
                return Turn(home(me), (SetProfile(me.person, level=Listener(value)),))
            case Chose("back"):
                return Turn(Go("language/choose"))
            case _:
                return Turn(Go(self.name), line=Text("line.choose"))


STEPS = (Choose, Level)
