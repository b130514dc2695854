"""The recurring review of the log: who opened more than others, out of hours, their own name, or a case laid as a bait.

The law asks for systematic and recurring checks of who has read (lag 2001:454, 10 §). A finding accuses nobody: it is a
question to ask. Reading the log is itself a visit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select

from storage import _tables as t
from storage._chain import add_visits, seen_of
from storage._search import find
from storage._sql import Tx, instant, millis
from storage.audit import Seen
from storage.consent import OPENED
from storage.log_baits import LAID, LIFTED, baits_laid
from storage.records import CaseId, Channel, Side

STOCKHOLM = ZoneInfo("Europe/Stockholm")
# Before seven, after six in the evening, and at weekends nobody at a social services office has a usual errand.
MORNING, EVENING, SATURDAY = 7, 18, 5
# So many times what the middle colleague opened, and at least so many, is worth a question.
FAR_MORE, AT_LEAST = 3, 10
# What somebody wrote down about a review.
REVIEWED = "reviewed"
# What a visit says when the door opened: the rule's own yeses, a notice that left, the log that was read or written in.
SERVED = frozenset({*OPENED, "sent", "read", REVIEWED, LAID, LIFTED})
_VISITS = (
    select(t.visit)
    .where(t.visit.c.at >= bindparam("since"), t.visit.c.at < bindparam("until"))
    .order_by(t.visit.c.at, t.visit.c.chain, t.visit.c.seq)
)


class Sign(StrEnum):
    """What made somebody ask."""

    FAR_MORE = "far_more"
    OUT_OF_HOURS = "out_of_hours"
    OWN_NAME = "own_name"
    BAIT = "bait"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Line:
    """One visit as the auditor reads it; `at` is aware, UTC. What stood in the entry is not in it."""

    at: datetime
    actor: str
    who: str
    subject: str
    question: str
    purpose: str
    verdict: str
    channel: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to ask somebody about: which sign, who, how often, in which cases."""

    sign: Sign
    who: str
    actor: str
    times: int
    cases: tuple[str, ...]


def read_log(tx: Tx, since: datetime, until: datetime, by: str) -> tuple[Line, ...]:
    """The visits between two instants, opened for a named auditor; that they were read is a visit of its own."""
    rows = tx.rows(_VISITS, {"since": millis(since), "until": millis(until)})
    lines = tuple(line_of(tx, row) for row in rows)
    add_visits(tx, "auditor", [("log", Seen("Log", "log_review", "read", Channel.CONSOLE, by))])
    return lines


def review(tx: Tx, lines: Iterable[Line], baits: frozenset[CaseId] = frozenset()) -> tuple[Finding, ...]:
    """What is worth a question in these lines; `baits` are cases that nobody has an errand in, beside those laid."""
    staff = [line for line in lines if line.who and line.purpose]
    own = {actor: _of_that_name(tx, actor_who) for actor, actor_who in {(one.actor, one.who) for one in staff}}
    return tuple(_findings(staff, own, baits | baits_laid(tx).keys()))


def _findings(staff: list[Line], own: dict[str, frozenset[str]], baits: frozenset[CaseId]) -> Iterator[Finding]:
    yield from _far_more(staff)
    signs = (
        (Sign.OUT_OF_HOURS, _out_of_hours),
        (Sign.OWN_NAME, lambda line: line.subject in own[line.actor]),
        (Sign.BAIT, lambda line: line.subject in baits),
        (Sign.REFUSED, lambda line: line.verdict not in SERVED),
    )
    for sign, tells in signs:
        yield from _grouped(sign, [line for line in staff if tells(line)])


def _far_more(staff: list[Line]) -> Iterator[Finding]:
    opened: dict[str, set[str]] = defaultdict(set)
    for line in staff:
        opened[line.actor].add(line.subject)
    if len(opened) < FAR_MORE:
        return
    usual = median(len(cases) for cases in opened.values())
    for actor, cases in sorted(opened.items()):
        if len(cases) >= max(AT_LEAST, FAR_MORE * usual):
            who = next(line.who for line in staff if line.actor == actor)
            yield Finding(Sign.FAR_MORE, who, actor, len(cases), tuple(sorted(cases)))


def _grouped(sign: Sign, lines: list[Line]) -> Iterator[Finding]:
    by_actor: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_actor[line.actor].append(line)
    for actor, hers in sorted(by_actor.items()):
        yield Finding(sign, hers[0].who, actor, len(hers), tuple(sorted({line.subject for line in hers})))


def _out_of_hours(line: Line) -> bool:
    local = line.at.astimezone(STOCKHOLM)
    return local.weekday() >= SATURDAY or not MORNING <= local.hour < EVENING


def _of_that_name(tx: Tx, who: str) -> frozenset[str]:
    """The cases in which somebody has the reader's own name."""
    name = who.partition(",")[0]
    return frozenset(case for side in Side for case in find(tx, side, "name", name))


def line_of(tx: Tx, row: Any) -> Line:
    """One visit as the auditor reads it."""
    seen = seen_of(tx, row)
    return Line(instant(row.at), row.actor, seen.who, row.subject, seen.question, seen.purpose, seen.verdict,
                seen.channel)  # fmt: skip
