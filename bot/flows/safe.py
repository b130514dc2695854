"""Safe contact: is it still safe to write to her? Asked again on the web before her yes runs out, in one step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar

from bot.manners import BACK, home, refused, stay
from bot.talk import Block, Choice, Chose, Event, Facts, Failed, Go, Me, Screen, Text, Turn
from storage.commands import KeepContact, Withdraw
from storage.consent import Withheld
from storage.queries import MyChoices, MyContact, Query
from storage.records import PhoneHeld
from storage.safe_contact import WRITES, SafeContact, Stands

_ROWS = ("still", "shared", "change", "stop")
HOURS: Mapping[str, str] = MappingProxyType({
    "day": "09:00-19:00", "morning": "09:00-12:00", "afternoon": "12:00-16:00", "evening": "16:00-19:00",
})  # fmt: skip
_USUAL = HOURS["day"]


@dataclass(frozen=True, slots=True)
class Ask:
    """Is it still so? Yes, yes with a difference, no, or not now."""

    name: ClassVar[str] = "safe/ask"
    version: ClassVar[int] = 1

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """How it stands, and what she said yes to."""
        return (MyContact(me.case), MyChoices(me.case))

    def screen(self, me: Me, facts: Facts) -> Screen:
        """What she said yes to, until when and in which hours; then the four answers."""
        found = facts[MyContact(me.case)]
        if isinstance(found, Withheld):
            return refused(me, found)
        if found.stands is Stands.NEVER:
            return Screen(Text("safe.title"), (Block((Text("choices.none"),)),), choices=(BACK,))
        rows = tuple(Choice(row, Text(f"safe.row.{row}")) for row in _ROWS)
        blocks = (Block(_as_it_stands(found)), Block((Text("safe.why"),)))
        return Screen(Text("safe.title"), blocks, rows=rows, choices=(Choice("later", Text("safe.later"), quiet=True),))

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Keep what she answers. No reason is asked for a no, and she need not answer now."""
        match event:
            case Chose("still" | "shared" as value):
                phone = PhoneHeld.OWN if value == "still" else PhoneHeld.SHARED
                return Turn(home(me), (KeepContact(me.case, phone),), line=Text("safe.kept"))
            case Chose("change"):
                return Turn(Go("safe/hours"))
            case Chose("stop"):
                return Turn(home(me), _take_back(me, facts), line=Text("safe.stopped"))
            case Chose("later" | "back"):
                return Turn(home(me))
            case Failed():
                return Turn(home(me), line=Text("safe.failed"))
            case _:
                return stay(event, Go(self.name))


def _as_it_stands(found: SafeContact) -> tuple[Text, ...]:
    first, _, last = (found.hours or _USUAL).partition("-")
    hours = Text("safe.hours", {"from": first, "to": last})
    if found.stands is Stands.CHANGED or found.until is None:
        return (Text("safe.changed"), hours)
    if found.stands is Stands.OVER:
        return (Text("safe.over"), hours)
    return (Text("safe.until", {"on": found.until}), hours)


def _take_back(me: Me, facts: Facts) -> tuple[Withdraw, ...]:
    found = facts[MyChoices(me.case)]
    given = () if isinstance(found, Withheld) else found.given
    return tuple(Withdraw(me.case, consent) for consent, scope, *_ in given if scope in WRITES)


@dataclass(frozen=True, slots=True)
class Hours:
    """At which hours it is safe."""

    name: ClassVar[str] = "safe/hours"
    version: ClassVar[int] = 1

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """Nothing: the hours are the same for everybody."""
        return ()

    def screen(self, me: Me, facts: Facts) -> Screen:
        """Four parts of the day."""
        rows = tuple(Choice(part, Text(f"safe.hours.{part}")) for part in HOURS)
        return Screen(Text("safe.hours.title"), (Block((Text("safe.hours.lead"),)),), rows=rows, choices=(BACK,))

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Keep them; who sees the telephone stays as it was."""
        match event:
            case Chose(part) if part in HOURS:
                return Turn(home(me), (KeepContact(me.case, None, HOURS[part]),), line=Text("safe.kept"))
            case Chose("back"):
                return Turn(Go("safe/ask"))
            case Failed():
                return Turn(home(me), line=Text("safe.failed"))
            case _:
                return stay(event, Go(self.name))


STEPS = (Ask, Hours)
