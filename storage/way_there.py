"""How to get to a meeting: what ready sentences are made of, and a worker's own words in the language they are in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

# The name of a stop, a door or a floor; own words are a few lines and no letter.
LONGEST_NAME, LONGEST_WORDS = 60, 600


class ReadyWay(StrEnum):
    """A ready sentence about the way, which stands in every language; in the order it is told."""

    NO_STEPS = "no_steps"
    BELL = "bell"
    LIFT = "lift"
    RECEPTION = "reception"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class WayThere:
    """The way to a place: names that stand at a stop, a door and a floor ('' for none), ready sentences, own words.

    `language` is the tag of the language that `words` are in.
    """

    stop: str = ""
    entrance: str = ""
    floor: str = ""
    ready: tuple[ReadyWay, ...] = ()
    words: str = ""
    language: str = "sv"

    @property
    def fits(self) -> bool:
        """Whether each part is as short as it has to be to be read on the way."""
        names = (self.stop, self.entrance, self.floor)
        return all(len(name) <= LONGEST_NAME for name in names) and len(self.words) <= LONGEST_WORDS


UNTOLD = WayThere()
