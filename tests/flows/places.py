"""Every place of the conversation, for everyone who may stand there, with answers of every sort the store can give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot import manners
from bot.flows import FLOWS, come_back, near, open_part
from bot.story import Depth
from bot.story.safety import Alarm
from bot.story.words import EXPLAINED_ROLES, LEVELS, WORDS
from bot.talk import Facts, Me, Party, Screen, Step, Text
from storage.consent import Reason, Withheld
from storage.her_words import Outcome, TellOf
from storage.kinds import KINDS
from storage.queries import OpenToHer, Query, Timeline
from storage.records import (
    Channel,
    Listener,
    PersonId,
    ProofWay,
    TieId,
    TieKind,
)
from tests.flows.samples import NOW, SCOPES, SORTS, opened, pages
from tests.story import cases

LOCALES = (("sv", "svenska"), ("en", "English"), ("ar", "العربية"))


def _me(kind: TieKind | None, listener: Listener, parties: int = 1) -> Me:
    tied = tuple(Party(f"case{n}", TieId(f"tie{n}"), kind) for n in range(parties)) if kind else ()
    return Me(NOW, Channel.WEB, "sv", listener, PersonId("tuva"), name="Tuva", parties=tied, locales=LOCALES)


VISITOR = Me(NOW, Channel.WEB, "sv", locales=LOCALES)
CHILDREN = tuple(_me(TieKind.CHILD, one) for one in (Listener.UNDER_7, Listener.CHILD, Listener.TEEN, Listener.GROWN))
# A child for whom nobody has signed the heavy texts in her language.
UNSIGNED = replace(CHILDREN[1], unsigned=frozenset(KINDS))
_UNSIGNED_GROWN = replace(CHILDREN[3], unsigned=frozenset(KINDS))
REPRESENTATIVE = _me(TieKind.REPRESENTATIVE, Listener.REPRESENTATIVE)
READER = _me(TieKind.READER, Listener.REPRESENTATIVE)
RECIPIENT = _me(TieKind.RECIPIENT, Listener.GROWN)
GUARDIAN = _me(TieKind.GUARDIAN, Listener.GUARDIAN, parties=2)
STRANGER = _me(None, Listener.GROWN)

_ON_THE_WAY = (*CHILDREN, REPRESENTATIVE, READER)
_HERSELF = (*CHILDREN, RECIPIENT)
_OUTSIDE = (GUARDIAN, STRANGER)
_LINKED = tuple(replace(me, bot="bredvid_bot") for me in (CHILDREN[3], RECIPIENT))
_ANYONE = (VISITOR, *CHILDREN, REPRESENTATIVE, RECIPIENT, *_OUTSIDE)

# Who meets the places of a flow, or one place of it.
WHO: Mapping[str, Sequence[Me]] = {
    "welcome": (VISITOR,),
    "open": (VISITOR,),
    "come_back": (VISITOR, replace(VISITOR, eid=True)),
    "way_in": _ANYONE,
    "my_way": (*_ON_THE_WAY, UNSIGNED),
    "my_way/copy": (CHILDREN[3], _UNSIGNED_GROWN),
    "my_way/refused": (CHILDREN[3],),
    "card": (*_ON_THE_WAY, UNSIGNED),
    **dict.fromkeys(
        (
            "card/about",
            "card/unclear",
            "card/not_mine",
            "card/wanted",
            "card/ring",
            "card/others",
            "card/routes",
            "card/wrong",
            "my_way/mine",
            "my_way/said",
            "choices/told",
        ),
        (*CHILDREN, replace(CHILDREN[3], channel=Channel.TELEGRAM), replace(CHILDREN[1], locale="ti")),
    ),
    "card/others": (
        *CHILDREN,
        replace(CHILDREN[1], locale="ti"),
        *(replace(me, now=NOW.replace(hour=23)) for me in CHILDREN),
    ),
    "notes": CHILDREN,
    "after": (*_ON_THE_WAY, UNSIGNED),
    "adults": _ON_THE_WAY,
    "say": _HERSELF,
    "ring": _HERSELF,
    "choices": (*_HERSELF, *(replace(me, content=True) for me in _LINKED)),
    "who_read": _HERSELF,
    "language": _ANYONE,
    "language/level": CHILDREN,
    "stop": _ANYONE,
    "near": _OUTSIDE,
    "meetings": (RECIPIENT,),
    "plan": (RECIPIENT,),
    "contact": (RECIPIENT,),
    "telegram": (VISITOR,),
    "linking": (*_LINKED, RECIPIENT),
    "places": _HERSELF,
    "safe": (CHILDREN[3], RECIPIENT),
    "full": tuple(replace(me, content=True) for me in _LINKED),
    "show_eid": (replace(VISITOR, eid=True),),
}

# What a place may remember, where that changes what it shows.
REMEMBERS: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "open/topic": [{"topic": topic} for topic in (*open_part.TOPICS, "no such topic")],
    "open/words": [
        {"topic": topic, "word": word, "level": level}
        for topic, all_ in (("words", WORDS), ("who", EXPLAINED_ROLES))
        for word in ("", *all_)
        for level in ((*map(str, LEVELS), "") if word else ("",))
    ]
    + [{"page": 1}, {"topic": "no such topic", "word": "no such word"}],
    "card/words": [
        {"entry": "e", "depth": "full"},
        {"entry": "e", "depth": "headline", "word": "gone"},
        {"entry": "e", "depth": "full", "word": "prosecutor"},
    ],
    "come_back/ask": [{"claim": "c", "what": what} for what in (*come_back.ORDER, "no such question")],
    "come_back/send": [{"claim": "c", "way": way} for way in (*ProofWay, "no such way")],
    "my_way/copy": [{"whole": False}, {"whole": True}],
    "way_in/new_pin": [{"pictures": False}, {"pictures": True}],
    "way_in/pin": [{"pictures": pictures, "fresh": fresh} for pictures in (False, True) for fresh in (False, True)],
    "way_in/come_back": [{"pictures": False}, {"pictures": True}],
    "way_in/receipt": [{"code": "1234567812345678"}],
    "way_in/phone": [{}, {"code": "1234567812345678"}],
    "my_way/timeline": [{}, {"page": 1}],
    "card/one": [{"entry": "e", "depth": depth} for depth in ("", *Depth)]
    + [{"entry": "e", "depth": "full", "level": str(one)} for one in (Listener.UNDER_7, Listener.TEEN, "x")],
    **{
        f"card/{one}": [{"entry": "e"}]
        for one in ("about", "unclear", "not_mine", "wanted", "ring", "others", "routes")
    },
    "card/wrong": [{"entry": "e"}, *({"entry": "e", "alarm": str(alarm)} for alarm in Alarm)],
    "my_way/said": [{}, *({"one": f"o-{one}"} for one in (*Outcome, None)), {"one": "e"}],
    "choices/told": [{}, {"entry": "e"}, {"home": True}, *({"of": str(of)} for of in TellOf)],
    "notes/list": [{}, {"page": 1, "about": "e"}, *({"alarm": str(alarm)} for alarm in Alarm)],
    "notes/one": [{"note": "n"}, {"note": "n", "sure": True}, {"note": "gone"}],
    "after/one": [{"entry": "e", "day": day} for day in (0, 1, 7, 30)],
    "adults/one": [{"adult": one} for one in (*cases.PEOPLE, "gone")],
    "choices/sure": [{"consent": scope} for scope in (*SCOPES, "gone")],
    "say/write": [
        {},
        {"about": "e"},
        {"to": next(iter(cases.PEOPLE))},
        {"to": "gone"},
        *({"alarm": str(alarm)} for alarm in Alarm),
    ],
    "near/home": [{"topic": topic} for topic in ("", *near.TOPICS)],
    "near/advice": [{"topic": topic} for topic in near.TOPICS],
    "near/card": [{"case": "case0", "entry": "e"}],
    "meetings/one": [{"meeting": "m"}],
    "telegram/words": [{"places": (0, 1, 2, 3)}],
    "telegram/answered": [{"answer": answer} for answer in manners.ANSWERS],
}


@dataclass(frozen=True)
class Place:
    """A step, who stands at it, and the answers it got; `refused` when every one of them is a no."""

    step: Step
    me: Me
    facts: Facts
    refused: Reason | None = None

    @property
    def screen(self) -> Screen:
        """What it shows."""
        return self.step.screen(self.me, self.facts)

    def __str__(self) -> str:
        """A name for a failed test."""
        kind = self.me.kind or ("stranger" if self.me.person else "visitor")
        return f"{self.step} for {kind} {self.me.listener}, refused: {self.refused}"


def steps() -> Iterator[tuple[Step, Me]]:
    """Every step with everything it may remember, for everyone who meets it."""
    for name, kind in FLOWS.items():
        for fields in REMEMBERS.get(name, ({},)):
            for me in WHO.get(name) or WHO[name.split("/", maxsplit=1)[0]]:
                yield kind(**fields), me


def answered() -> Iterator[Place]:
    """Every step with each sort of answer at least once."""
    for step, me in steps():
        needs = step.needs(me)
        sorts = {query: _answers(query, me) for query in needs}
        for turn in range(max((len(some) for some in sorts.values()), default=1)):
            yield Place(step, me, Facts({query: some[turn % len(some)] for query, some in sorts.items()}))


def refused() -> Iterator[Place]:
    """Every step that asks anything, with each reason for a no."""
    for step, me in steps():
        needs = step.needs(me)
        for reason in Reason if needs else ():
            yield Place(step, me, Facts(dict.fromkeys(needs, Withheld(reason))), reason)


def _answers(query: Query[Any], me: Me) -> list[Any]:
    """Answers of every sort to one question."""
    if isinstance(query, Timeline):
        return pages(me, query)
    if isinstance(query, OpenToHer):
        return opened(me, query)
    return SORTS[type(query)](me)


def said(screen: Screen) -> Iterator[Any]:
    """Everything a screen says, in the order it is read."""
    if screen.note is not None:
        yield screen.note
    yield screen.title
    for block in screen.blocks:
        if block.heading is not None:
            yield block.heading
        yield from block.lines
    for word in screen.words:
        yield from (word.heading, *word.lines)
    yield from (row.label for row in screen.rows)
    if screen.link is not None:
        yield screen.link.label
    if screen.ask is not None:
        yield screen.ask.label
    yield from (choice.label for choice in screen.choices)


def keys_in(part: Any) -> Iterator[str]:
    """The keys of a text and of the texts in its slots."""
    if isinstance(part, Text):
        yield part.key
        for slot in part.slots.values():
            yield from keys_in(slot)
