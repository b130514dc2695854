"""The questions that the model puts to the door after each step, and what it holds against the answers."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import bindparam, select

from storage import _tables as t
from storage import queries as q
from storage._chain import seen_of
from storage.consent import OPENED, Actor, Withheld
from storage.gate import Sitting
from storage.queries import Query
from storage.records import VISITOR, Channel, EntryId, Promise
from tests.prove.model.beside import days_after
from tests.prove.model.known import Known
from tests.prove.model.stage import STAFF, Diverged, Names, Stage, actor_of, at_work, way_of
from tests.prove.model.worlds import Answer, Asked, Asker, answer, promised, shown, whom_of
from tests.storage.house import UNIT, House

_SINCE = select(t.visit).where(t.visit.c.chain == bindparam("chain"), t.visit.c.seq > bindparam("seq"))
_PARTS = select(t.part.c.record, t.part.c.compartment, t.part.c.name).where(
    t.part.c.owner == bindparam("case"), t.part.c.name.in_(("view", "promise", "refusal", "visit"))
)
_SINCE = _SINCE.order_by(t.visit.c.seq)
Lying = dict[str, dict[str, str]]
# Who asks outside the staff, oftener those to whom something may be open.
OUTSIDE = ("mira", "mira", "mira", "mother", "mother", "father", "lawyer", "moa", "cecilia", "sam", "tove", "nobody")
INSIDE = ("hanna", "olle", "siv", "kim", "egon", "egon", "maria", "lena", "adam")
GROWN = date(1980, 1, 1)


@dataclass(frozen=True)
class Ask:
    """A question: how it is made, and what the policy calls it."""

    make: Callable[[Names, EntryId, str], Query[Any]]
    asked: Asked


def _plain(kind: Any, part: str, purpose: str, shape: str = "page") -> Ask:
    return Ask(lambda names, entry, person: kind(names.case), Asked(part, purpose, shape))


STORY: Mapping[str, Ask] = MappingProxyType({
    "WholeStory": _plain(q.WholeStory, "home", "own_story"),
    "Timeline": _plain(q.Timeline, "home", "own_story", "list"),
    "OneEntry": Ask(lambda names, entry, person: q.OneEntry(names.case, entry), Asked("home", "own_story")),
    "OpenToHer": _plain(q.OpenToHer, "home", "own_story", "list"),
    "DaysAfter": _plain(q.DaysAfter, "home", "own_story", "list"),
    "TheCase": _plain(q.TheCase, "home", "own_story"),
    "Adults": _plain(q.Adults, "home", "own_story"),
    "MyRefusals": _plain(q.MyRefusals, "home", "own_story"),
    "MyThread": _plain(q.MyThread, "child", "own_contact"),
    "MyChoices": _plain(q.MyChoices, "child", "own_choices"),
    "WhoRead": _plain(q.WhoRead, "child", "own_access_log"),
})  # fmt: skip
HERSELF = Ask(lambda names, entry, person: q.MyProfile(person), Asked("person_own", "own_identity"))  # type: ignore[arg-type]
WORK: Mapping[str, Ask] = MappingProxyType({
    "Sheet": _plain(q.Sheet, "staff", "case_work"),
    "WholeEntries": _plain(q.WholeEntries, "staff", "case_work"),
    "RulesOf": _plain(q.RulesOf, "staff", "case_work"),
    "CaseAdults": _plain(q.CaseAdults, "staff", "case_work"),
    "CaseThread": Ask(lambda names, entry, person: q.CaseThread(names.case, person), Asked("child", "case_work")),  # type: ignore[arg-type]
    "HerCards": Ask(lambda names, entry, person: q.HerCards(names.case, person), Asked("child", "informing")),  # type: ignore[arg-type]
    "Timeline": _plain(q.Timeline, "staff", "own_story", "list"),
})  # fmt: skip
KEPT_IN_NEED = (q.RulesOf, q.MaySee)
STRENGTHS = ("pin",) * 7 + ("none", "channel", "link", "eid", "eid")
WAYS = ("web",) * 5 + ("telegram", "console", "clock")


class Asking:
    """Asks at the door of one case, a question at a time, picked by chance."""

    def __init__(self, stage: Stage, house: House, names: Names, chance: random.Random) -> None:
        """`chance` picks who asks what; the same seed picks the same."""
        self._stage = stage
        self._house = house
        self._names = names
        self._chance = chance

    def some(self, known: Known, born: date | None, n: int, by: str = "") -> Lying:
        """So many questions, each by somebody at the door, and everything that must hold of each answer. `by`: who asks
        besides what is open to her.

        They are asked in one transaction, each in a sitting of its own; the parts of the case as they lie come along.
        """
        asks = [self._some_ask() for _ in range(n)]
        if by:
            opened = STORY["OpenToHer"]
            her = Asker(self._names.person(by), "pin", "web")
            asks.append((her, opened.asked, opened.make(self._names, self._names.entry(0), her.person)))
        actors = [actor_of(asker, born if asker.person == known.child else GROWN) for asker, _, _ in asks]

        def call(tx: Any) -> tuple[list[Any], list[tuple[Any, list[Any]]]]:
            return list(tx.rows(_PARTS, {"case": self._names.case})), [
                self._asked(tx, asker, actor, query) for actor, (asker, _, query) in zip(actors, asks, strict=True)
            ]

        rows, answers = self._house.store.run(call)
        for actor, (asker, ask, query), (said, visits) in zip(actors, asks, answers, strict=True):
            self._stage.figures.asks += 1
            self._left_one_visit(actor.id, query, said, visits)
            if isinstance(query, q.MaySee):
                self._may_see(known, asker, query, said)
            else:
                self._is_right(known, asker, ask, query, said)
        lying: Lying = {}
        for row in rows:
            lying.setdefault(row.record, {})[row.compartment] = row.name
        return lying

    def _some_ask(self) -> tuple[Asker, Asked, Query[Any]]:
        pick, names = self._chance, self._names
        person, entry = names.person("mira"), names.entry(pick.randrange(4))
        if pick.random() < 0.7:
            asker, ask = self._outside(), STORY[pick.choice(tuple(STORY))]
            if pick.random() < 0.06:
                ask, person = HERSELF, names.person(pick.choice(("mira", "mother")))
            return asker, ask.asked, ask.make(names, entry, person)
        asker = self._inside()
        if pick.random() < 0.3:
            person, way = names.person(pick.choice(OUTSIDE)), pick.choice(("web", "web", "telegram"))
            return asker, Asked("staff", "case_work"), q.MaySee(names.case, entry, person, Channel(way))
        ask = WORK[pick.choice(tuple(WORK))]
        return asker, ask.asked, ask.make(names, entry, person)

    def _is_right(self, known: Known, asker: Asker, asked: Asked, query: Query[Any], said: Any) -> None:
        now = self._house.clock.now
        expected = self._expected(known, asker, asked, query, now)
        self._same(asker, query, expected, said)
        if expected.opens:
            self._holds_just(known, asker, query, expected, said, now)

    def _outside(self) -> Asker:
        pick = self._chance
        name = pick.choice(OUTSIDE)
        strength, way = pick.choice(STRENGTHS), pick.choice(WAYS)
        if strength == "none":
            return Asker(VISITOR, "none", way)
        return Asker(self._names.person(name), "channel" if way == "telegram" else strength, way)

    def _inside(self) -> Asker:
        pick = self._chance
        way = "console" if pick.random() < 0.9 else pick.choice(("web", "telegram"))
        return at_work(pick.choice(INSIDE), way, "staff" if pick.random() < 0.95 else "pin")

    def _expected(self, known: Known, asker: Asker, asked: Asked, query: Query[Any], now: datetime) -> Answer:
        if asked.part == "person_own" and query.subject != asker.person:
            return Answer(False, frozenset({"P14"}))
        said = answer(known, asker, asked, now, unit=UNIT, denials=self._stage.denials)
        return _kept_in_need(known, asker, said) if isinstance(query, KEPT_IN_NEED) else said

    # --- asking, and the one visit ------------------------------------------------------------------------------------

    def _asked(self, tx: Any, asker: Asker, actor: Actor, query: Query[Any]) -> tuple[Any, list[Any]]:
        chain, seq = tx.chain.id, tx.chain.seq
        with Sitting(tx, actor, way_of(asker)) as sitting:
            said = sitting.ask(query)
        rows = tx.rows(_SINCE, {"chain": chain, "seq": seq})
        return said, [(row.actor, row.subject, seen_of(tx, row)) for row in rows]

    def _left_one_visit(self, who: str, query: Query[Any], said: Any, visits: list[Any]) -> None:
        """Exactly one, with the asker, the subject, the question and the verdict."""
        # An answer that asks the rule once more for somebody else (HerCards) says no in the answer, not at the door.
        refused = said.reason if isinstance(said, Withheld) and not isinstance(query, q.HerCards) else None
        left = [(actor, subject, seen.question, seen.verdict in OPENED) for actor, subject, seen in visits]
        opened = left[0][3] if isinstance(query, q.HerCards) and left else refused is None
        if left != [(who, query.subject, type(query).__name__, opened)]:
            raise Diverged(f"{who} asked {query}: {said!r:.80} left the visits {left}")
        if refused is not None and visits[0][2].verdict != refused:
            raise Diverged(f"{who} asked {query}: {refused} was written as {visits[0][2].verdict}")

    def _same(self, asker: Asker, query: Query[Any], expected: Answer, said: Any) -> None:
        """Granted or withheld as expected, and withheld for a reason of the right class."""
        if isinstance(query, q.HerCards) and expected.opens:
            return
        if expected.opens == isinstance(said, Withheld):
            raise Diverged(f"{asker} asked {query}: {said!r:.200}, expected {expected}")
        if isinstance(said, Withheld) and not expected.explains(said.reason):
            raise Diverged(f"{asker} asked {query}: withheld as {said.reason}, expected {sorted(expected.rules)}")
        self._stage.figures.granted += expected.opens

    # --- what an answer holds -----------------------------------------------------------------------------------------

    def _holds_just(
        self, known: Known, asker: Asker, query: Query[Any], expected: Answer, said: Any, now: datetime
    ) -> None:
        """The entries in it are exactly those that this reader may have."""
        if isinstance(query, q.HerCards):
            self._cards(known, query, said, now)
        elif isinstance(query, q.CaseThread | q.MyThread):
            there = len(said) if isinstance(query, q.CaseThread) else len(said.messages)
            self._equal(asker, query, there, min(known.said, 100 if isinstance(query, q.CaseThread) else 20))
        elif isinstance(query, q.WholeEntries):
            self._equal(asker, query, {one.id for one in said}, self._whole(known, asker, now))
        elif isinstance(query, q.CaseAdults):
            # In need she gets whom an entry names that she reads: all but a verdict name the case's one grown-up.
            hers = _has_it(known, asker) or any(
                known.papers[name].kind != "verdict" for name in self._whole(known, asker, now)
            )
            self._equal(asker, query, [one.id for one in said], [self._names.adult] if hers else [])
        elif isinstance(query, q.MyRefusals):
            hers = expected.bond is not None and expected.bond.kind == "child"
            refused = sum(paper.refused and not paper.back for paper in known.papers.values()) if hers else 0
            self._equal(asker, query, len(said), refused)
        elif isinstance(query, q.Sheet):
            silent = {one.person for one in said.parties if one.paused}
            self._equal(asker, query, silent, known.paused if _has_it(known, asker) else set())
        elif isinstance(query, q.MyChoices):
            self._equal(asker, query, said.paused, asker.person in known.paused)
        elif isinstance(query, q.OpenToHer | q.DaysAfter | q.TheCase):
            self._besides(known, asker, query, expected, said)
        elif expected.bond is not None:
            views = shown(known, asker, expected.bond, now, self._stage.denials)
            days = promised(known) if expected.bond.kind == "child" else frozenset()
            self._story(asker, query, said, views, days)

    def _whole(self, known: Known, asker: Asker, now: datetime) -> set[str]:
        """Every entry, to whoever has the case; in need what its own authority let go, and the social services'."""
        return {name for name in known.papers if self._at_desk(known, asker, now, name).opens}

    def _at_desk(self, known: Known, asker: Asker, now: datetime, name: str) -> Answer:
        """First the door, which knows of no entry; then, when it has opened, the entry."""
        asked, denials = Asked("staff", "case_work"), self._stage.denials
        door = answer(known, asker, asked, now, unit=UNIT, denials=denials)
        paper = known.papers.get(name) if door.opens else None
        return door if paper is None else answer(known, asker, asked, now, unit=UNIT, denials=denials, paper=paper)

    def _story(self, asker: Asker, query: Query[Any], said: Any, views: frozenset[str], days: frozenset[str]) -> None:
        match query:
            case q.WholeStory():
                self._equal(asker, query, {one.id for one in said}, set(views))
            case q.Timeline():
                there = {(one.id, isinstance(one, Promise)) for one in said.items}
                self._equal(asker, query, there, {(one, False) for one in views} | {(one, True) for one in days})
            case q.OneEntry(entry=entry):
                wanted = "promise" if entry in days else "view" if entry in views else "nothing"
                is_what = "nothing" if said is None else "promise" if isinstance(said, Promise) else "view"
                self._equal(asker, query, is_what, wanted)
            case q.Adults() if not views:
                # A grown-up stands in a reader's list only when a text that she may read has named her.
                self._equal(asker, query, said, ())

    def _besides(self, known: Known, asker: Asker, query: Query[Any], expected: Answer, said: Any) -> None:
        """What stands beside the cards: days after an event, days that were opened to her tie, and her telephone."""
        bond = expected.bond
        if bond is None:
            return
        views = shown(known, asker, bond, self._house.clock.now, self._stage.denials)
        if isinstance(query, q.TheCase):
            self._equal(asker, query, said.paused, asker.person in known.paused)
            return
        after = said if isinstance(query, q.DaysAfter) else said.after
        self._equal(asker, query, {one.entry for one in after}, set(days_after(known, views)))
        if isinstance(query, q.OpenToHer):
            days = promised(known) if bond.kind == "child" else frozenset()
            self._story(asker, q.Timeline(query.case), said.cards, views, days)
            hers = {name for name, tie in known.days if bond.kind == "guardian" and tie == bond.tie}
            self._equal(asker, query, {one.entry for one in said.visits}, hers)

    def _cards(self, known: Known, query: q.HerCards, said: Any, now: datetime) -> None:
        """What the worker reads with her is what she would read alone, and nothing when she would read nothing."""
        herself = Asker(known.child, "pin", "web")
        hers = answer(known, herself, Asked("home", "own_story"), now, denials=self._stage.denials)
        self._same(herself, q.WholeStory(query.case), hers, said)
        if hers.opens and hers.bond is not None:
            views = shown(known, herself, hers.bond, now, self._stage.denials) | promised(known)
            self._equal(herself, query, {one.id for one in said}, set(views))

    def _may_see(self, known: Known, asker: Asker, query: q.MaySee, said: Any) -> None:
        """The worker asks what the rule says of a person and an entry, and it says what the policy says."""
        now, entry = self._house.clock.now, query.entry
        door = self._at_desk(known, asker, now, "")
        kept = _kept_in_need(known, asker, door)
        expected = kept if kept != door else self._at_desk(known, asker, now, entry)
        self._same(asker, query, expected, said)
        paper, bonds = known.papers.get(entry), known.bonds_of(query.person)
        if not expected.opens or paper is None or len(bonds) != 1:
            return
        her = Asker(query.person, "channel" if query.channel == "telegram" else "pin", str(query.channel))
        rule = answer(known, her, Asked("home", "own_story"), now, denials=self._stage.denials, paper=paper)
        if said.opens != rule.opens or not (rule.opens or rule.explains(said.reason)):
            raise Diverged(f"may {query.person} see {paper}? {said}, expected {rule}")
        reads = entry in shown(known, her, bonds[0], now, self._stage.denials)
        if said.opens and said.has_part != (reads or (entry in promised(known) and whom_of(bonds[0])[0] == "child")):
            raise Diverged(f"has {query.person} a part of {paper}? {said}, expected {reads}")

    def _equal(self, asker: Asker, query: Query[Any], there: object, wanted: object) -> None:
        if there != wanted:
            raise Diverged(f"{asker} asked {query}: holds {there}, expected {wanted}")


def _has_it(known: Known, asker: Asker) -> bool:
    """P12: whoever leads the unit has all of its cases."""
    return asker.unit == UNIT and (asker.role in ("coordinator", "manager") or known.has_case(asker.person))


def _kept_in_need(known: Known, asker: Asker, expected: Answer) -> Answer:
    """P60: to whoever came in from beside, what was decided about people and who looked stays shut."""
    if not expected.opens or asker.role == "auditor" or _has_it(known, asker):
        return expected
    return replace(expected, opens=False, rules=expected.rules | {"P60"})


__all__ = ["STAFF", "Ask", "Asking"]
