"""Every id of the house handed in by every actor in every question: nothing of somebody else's comes out.

Each word carries a mark of its own. Every id that lies in any row (cases, people, ties, entries, adults, meetings,
messages, claims) is put in every field of every question that takes one, whoever it belongs to. An answer may hold a
mark only when the actor may meet it (security D.2, W8). The same ids in every command: `strangers_deeds`.
"""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice, product
from pathlib import Path
from typing import Any

from storage import _tables as t
from storage.consent import Withheld
from storage.gate import ANSWERS
from storage.queries import Query
from storage.records import Channel
from tests.prove.strangers_house import BESIDE, LIES_THERE, UNITS, everybody, mark, move_everybody_in
from tests.storage.house import House, open_house

IDS = ("case", "person", "entry", "meeting", "claim", "token", "ref")


@dataclass
class Found:
    """How many were asked, answered, and answered with marked words, and what came out that should not have.

    `met` are the pairs of actor and mark that were seen.
    """

    asked: int = 0
    answered: int = 0
    marked: int = 0
    wrong: list[str] = field(default_factory=list)
    met: set[tuple[str, str]] = field(default_factory=set)

    @property
    def unmet(self) -> list[str]:
        """Who may meet a word of her case and never did: then nothing was there to be kept from others."""
        owed = {(f"{who}-{name}", mark(name, what)) for name in UNITS for what, some in LIES_THERE.items()
                for who in (*some, *BESIDE) if who in some}  # fmt: skip
        return sorted(f"{who} {what}" for who, what in owed - self.met)


def run(every: int = 1) -> Found:
    """Ask everything, or one question of so many."""
    found = Found()
    with tempfile.TemporaryDirectory() as folder, open_house("sqlite://", Path(folder)) as house:
        marks = move_everybody_in(house)
        for actor, query in islice(product(everybody(), _questions(_ids(house))), 0, None, every):
            found.asked += 1
            said = house.ask(actor, query, Channel.CONSOLE if actor.is_staff else Channel.WEB)
            if isinstance(said, Withheld):
                continue
            found.answered += 1
            shown = repr(said)
            read = [(one, actor.id in who) for one, who in marks.items() if one in shown]
            found.marked += bool(read)
            found.met |= {(actor.id, one) for one, _ in read}
            found.wrong += [f"{actor.id} read {one} by {query}" for one, may in read if not may]
    return found


def _ids(house: House) -> dict[str, list[str]]:
    """Every id of the house, and for each field of a question those worth handing in."""
    rows = house.rows(t.part)
    subjects = [row.id for row in house.rows(t.subject)]
    records = sorted({row.record for row in rows})
    ties = [row.tie for row in house.rows(t.party)]
    every = sorted({*subjects, *records, *ties})
    cases = [row.id for row in house.rows(t.subject, sort="case")]
    return {"case": every, "person": subjects, "entry": records, "meeting": records, "ref": records, "claim": subjects,
            "token": subjects, "cases": cases}  # fmt: skip


def _questions(ids: Mapping[str, list[str]]) -> Iterator[Query[Any]]:
    for kind in ANSWERS:
        fields = {one.name: one for one in dataclasses.fields(kind)}  # type: ignore[arg-type]
        wanted = [name for name in fields if name in IDS]
        given: dict[str, Any] = {"unit": "lindvik", "words": "Zqx", "channel": Channel.WEB, "to": "Zqx"}
        rest = {name: value for name, value in given.items() if name in fields}
        # Of two ids every pair is handed in where the first is a case; what is none meets one of each besides.
        first, *others = (ids[name] for name in wanted) if wanted else ([""],)
        pools = [product(first, *(some[:1] for some in others)), product(ids["cases"], *others) if others else ()]
        for values in chain(*pools):
            yield kind(**dict(zip(wanted, values, strict=False)), **rest)
