"""The open part: what a barnahus is, who is who, words and rights. For anyone, without sign-in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from bot.manners import BACK
from bot.talk import Block, Choice, Chose, Event, Facts, Go, Me, Screen, Text, Turn
from storage.queries import Query

# Each topic is a few short blocks; the number says how many texts `open.<topic>.<n>` there are.
TOPICS = {"barnahus": 4, "day": 5, "rights": 4, "was_here": 5, "human": 3}
# Who is who and the hard words have places of their own, where each can be opened.
_ROWS = ("barnahus", "day", "who", "words", "rights", "was_here", "human")


@dataclass(frozen=True, slots=True)
class Menu:
    """The list of topics."""

    name: ClassVar[str] = "open/menu"
    version: ClassVar[int] = 1

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """Nothing."""
        return ()

    def screen(self, me: Me, facts: Facts) -> Screen:
        """One row for each topic."""
        rows = tuple(Choice(topic, Text(f"open.{topic}.title")) for topic in _ROWS)
        return Screen(Text("open.title"), (Block((Text("open.lead"),)),), rows=rows, choices=(BACK,))

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Open a topic, or go back."""
        match event:
            case Chose("who" | "words" as topic):
                return Turn(Go("open/words", {"topic": topic}))
            case Chose(value) if value in TOPICS:
                return Turn(Go("open/topic", {"topic": value}))
            case Chose("back"):
                return Turn(Go("welcome/front"))
            case _:
                return Turn(Go(self.name), line=Text("line.choose"))


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic."""

    name: ClassVar[str] = "open/topic"
    version: ClassVar[int] = 1
    topic: str = "barnahus"

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """Nothing."""
        return ()

    def screen(self, me: Me, facts: Facts) -> Screen:
        """The topic's texts."""
        topic = self.topic if self.topic in TOPICS else "barnahus"
        return Screen(Text(f"open.{topic}.title"), topic_blocks(topic), choices=(BACK,))

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Back to the list, whatever is said; unknown words are answered with what one can do."""
        if isinstance(event, Chose) and event.value == "back":
            return Turn(Go("open/menu"))
        return Turn(Go(self.name, {"topic": self.topic}), line=Text("line.choose"))


def topic_blocks(topic: str) -> tuple[Block, ...]:
    """The texts of one topic."""
    return tuple(Block((Text(f"open.{topic}.{n}"),)) for n in range(1, TOPICS[topic] + 1))


STEPS = (Menu, Topic)
