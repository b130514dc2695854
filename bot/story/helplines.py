"""The room of numbers: whom to ring, as data, and for whom each line answers. No number is kept in a text."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from bot.groups import Group
from bot.talk import Name, Text
from storage.records import Listener

# The years that a level of the texts stands for, where nobody's birth date is at hand.
_YEARS = {Listener.UNDER_7: 6, Listener.CHILD: 10, Listener.TEEN: 15}


class Cost(StrEnum):
    """What is known of what a call costs."""

    FREE = "free"
    CALL = "call"
    UNKNOWN = "unknown"


class Bill(StrEnum):
    """Whether a call is known to show on the telephone bill, which somebody at home may read."""

    NO = "no"
    YES = "yes"
    UNKNOWN = "unknown"


_COSTS = MappingProxyType({Cost.FREE: "help.free", Cost.CALL: "help.cost", Cost.UNKNOWN: "help.cost_unknown"})
_BILLS = MappingProxyType({Bill.NO: "help.not_on_bill", Bill.YES: "help.on_bill"})


@dataclass(frozen=True, slots=True)
class Helpline:
    """One number. `words` names its texts; `opens` and `closes` are None when it answers day and night.

    `cost` and `bill` are what is known of the price and of the telephone bill. `ends_cards_of`: at whose cards it
    stands last.

    `peers`: others who have been through such things ring here; `ages` is for how old, from and to, None without end.
    """

    words: str
    number: str
    opens: str | None
    closes: str | None
    cost: Cost
    bill: Bill
    languages: tuple[str, ...]
    interpreter: bool
    url: str
    last_checked: date
    owner: str
    peers: bool = False
    ages: tuple[int, int | None] = (0, None)
    ends_cards_of: tuple[Listener, ...] = ()

    @property
    def tel(self) -> str:
        """The digits, for a `tel:` link."""
        return "".join(sign for sign in self.number if sign.isdigit())


def _line(row: dict[str, Any]) -> Helpline:
    opens, _, closes = ("", "", "") if row["hours"] == "always" else row["hours"].partition("-")
    youngest, *oldest = row.get("ages", [0])
    return Helpline(
        words=row["words"],
        number=row["number"],
        opens=opens or None,
        closes=closes or None,
        cost=Cost(row["cost"]),
        bill=Bill(row["bill"]),
        languages=tuple(row["languages"]),
        interpreter=row["interpreter"],
        url=row["url"],
        last_checked=row["last_checked"],
        owner=row["owner"],
        peers=row.get("peers", False),
        ages=(youngest, oldest[0] if oldest else None),
        ends_cards_of=tuple(Listener(one) for one in row.get("ends_cards_of", ())),
    )


@lru_cache(maxsize=1)
def helplines() -> tuple[Helpline, ...]:
    """Every number, 112 first."""
    whole = tomllib.loads(files("bot.story").joinpath("helplines.toml").read_text(encoding="utf-8"))
    return tuple(_line(row) for row in whole["line"])


@lru_cache(maxsize=1)
def phones() -> Mapping[Listener, str]:
    """The number that closes a card, for each listener. A representative is at work and has their own."""
    return MappingProxyType({listener: line.number for line in helplines() for listener in line.ends_cards_of})


def peers_for(listener: Listener, locale: str) -> tuple[Helpline, ...]:
    """The lines where others like her ring: those for her age, the ones that speak her language first."""
    years = _YEARS.get(listener)
    found = [line for line in helplines() if line.peers and _takes(line, years)]
    return tuple(sorted(found, key=lambda line: not speaks(line, locale)))


def groups_for(groups: Iterable[Group], listener: Listener, locale: str) -> tuple[Group, ...]:
    """The groups of this town for her age, those that speak her language first. Easy Swedish is Swedish."""
    years, spoken = _YEARS.get(listener), locale.split("-", maxsplit=1)[0]
    return tuple(sorted((one for one in groups if one.takes(years)), key=lambda one: spoken not in one.languages))


def speaks(line: Helpline, locale: str) -> bool:
    """Whether a line answers in a language, or gets an interpreter. Easy Swedish is Swedish."""
    return line.interpreter or locale.split("-", maxsplit=1)[0] in line.languages


def answers_now(line: Helpline, now: datetime) -> bool:
    """Whether somebody answers at this moment; `now` is in Swedish time."""
    if line.opens is None or line.closes is None:
        return True
    return line.opens <= f"{now:%H:%M}" < line.closes


def _takes(line: Helpline, years: int | None) -> bool:
    youngest, oldest = line.ages
    if years is None:
        return oldest is None
    return youngest <= years and (oldest is None or years <= oldest)


def traces_of(lines: Iterable[Helpline]) -> tuple[Text, ...]:
    """What a call leaves behind, said once above the numbers: the list of calls, and a bill of which nobody knows."""
    unknown = any(line.bill is Bill.UNKNOWN for line in lines)
    return (Text("help.call_list"), *((Text("help.bill_unknown"),) if unknown else ()))


def facts_of(line: Helpline) -> tuple[Text, ...]:
    """What there is to know before ringing: hours, cost, the bill, in which language."""
    said = [
        Text("help.hours", {"opens": Name(line.opens), "closes": Name(line.closes)})
        if line.opens and line.closes
        else Text("help.always")
    ]
    said.append(Text(_COSTS[line.cost]))
    if line.bill in _BILLS:
        said.append(Text(_BILLS[line.bill]))
    said.append(Text("help.speaks." + "_".join(line.languages)))
    if line.interpreter:
        said.append(Text("help.interpreter"))
    return tuple(said)
