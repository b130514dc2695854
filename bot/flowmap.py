"""The map of the flows: which place reads what, for which purpose; the record of processing, printed from code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime
from typing import Any

from bot.engine import STOCKHOLM
from bot.flows import FLOWS
from bot.talk import Me, Party
from storage.records import Channel, Listener, PersonId, Side, TieId, TieKind

NOW = datetime(2026, 1, 1, 12, tzinfo=STOCKHOLM)
VISITOR = Me(NOW, Channel.WEB, "sv")
# A child who has grown up is asked more; whoever has not signed in stands in places of her own.
_KINDS = ((TieKind.CHILD, Listener.CHILD), (TieKind.CHILD, Listener.GROWN), (TieKind.RECIPIENT, Listener.GROWN),
          (TieKind.GUARDIAN, Listener.GUARDIAN), (TieKind.REPRESENTATIVE, Listener.REPRESENTATIVE))  # fmt: skip
_VISITORS = ("come_back/",)


def flow_map() -> list[dict[str, str]]:
    """One line for each place, who stands there, and question: place, person, question, purpose, reach."""
    lines = []
    for name, step in sorted(FLOWS.items()):
        for who, me in _who(name):
            for query in _sample(step).needs(me):
                asked: Any = type(query)
                lines.append(
                    {"place": name, "who": who, "asks": asked.__name__, "purpose": str(asked.purpose),
                     "reach": str(asked.reach)}
                )  # fmt: skip
    return [dict(line) for line in dict.fromkeys(tuple(line.items()) for line in lines)]


def _who(name: str) -> Iterator[tuple[str, Me]]:
    """Who may stand at a place."""
    if name.startswith(_VISITORS):
        yield "visitor", VISITOR
        return
    yield from ((str(kind), _me(kind, listener)) for kind, listener in _KINDS)


def _me(kind: TieKind, listener: Listener) -> Me:
    side = Side.AID if kind is TieKind.RECIPIENT else Side.BARNAHUS
    party = Party("case", TieId("tie"), kind)
    return Me(NOW, Channel.WEB, "sv", listener, PersonId("person"), side, "Kim", (party,))


def _sample(step: Any) -> Any:
    """A place with a word in every field that is one."""
    return step(**{one.name: "x" for one in fields(step) if one.type == "str"})
