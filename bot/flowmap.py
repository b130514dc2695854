"""The map of the flows: which place reads what, for which purpose; the record of processing, printed from code."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any

from bot.engine import STOCKHOLM
from bot.flows import FLOWS
from bot.talk import Me, Party
from storage.records import Channel, Listener, PersonId, Side, TieId, TieKind

_KINDS = {TieKind.CHILD: Listener.CHILD, TieKind.RECIPIENT: Listener.GROWN, TieKind.GUARDIAN: Listener.GUARDIAN,
          TieKind.REPRESENTATIVE: Listener.REPRESENTATIVE}  # fmt: skip


def flow_map() -> list[dict[str, str]]:
    """One line for each place, who stands there, and question: place, person, question, purpose, reach."""
    lines = []
    for name, step in sorted(FLOWS.items()):
        for kind, listener in _KINDS.items():
            for query in _sample(step).needs(_me(kind, listener)):
                asked: Any = type(query)
                lines.append(
                    {"place": name, "who": str(kind), "asks": asked.__name__, "purpose": str(asked.purpose),
                     "reach": str(asked.reach)}
                )  # fmt: skip
    return [dict(line) for line in dict.fromkeys(tuple(line.items()) for line in lines)]


def _me(kind: TieKind, listener: Listener) -> Me:
    side = Side.AID if kind is TieKind.RECIPIENT else Side.BARNAHUS
    party = Party("case", TieId("tie"), kind)
    now = datetime(2026, 1, 1, 12, tzinfo=STOCKHOLM)
    return Me(now, Channel.WEB, "sv", listener, PersonId("person"), side, "Kim", (party,))


def _sample(step: Any) -> Any:
    """A place with a word in every field that is one."""
    return step(**{one.name: "x" for one in fields(step) if one.type == "str"})
