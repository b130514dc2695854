"""One step of the model: a deed at the door, compared with what it does to the model, and then a look around."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from storage import commands as c
from storage.consent import Withheld
from storage.gate import Sitting
from storage.records import EntryId
from storage.visits import visit_record
from tests.prove.model.asking import Asking, Lying
from tests.prove.model.facts import Bond
from tests.prove.model.known import Known
from tests.prove.model.stage import Diverged, Names, Stage, actor_of, at_work, way_of
from tests.prove.model.worlds import Asked, Asker, answer, parts
from tests.storage.house import UNIT, House

# So many questions after a step, in turn.
ASKS = (1, 2)
OWN = st.sampled_from(["hanna", "hanna", "olle", "siv"])
ANY = st.sampled_from(["hanna", "hanna", "olle", "siv", "kim", "egon", "maria", "lena"])
OF = {"mother": "guardian", "father": "guardian", "lawyer": "representative", "moa": "reader", "cecilia": "counsel",
      "sam": "safety_person", "tove": "treatment"}  # fmt: skip
GUARDIANS = st.sampled_from(["mother", "mother", "father"])
TIES = st.sampled_from(["mother", "mother", "father", "lawyer", "moa", "mira"])
ENTRIES = st.integers(0, 9)
LASTS = st.sampled_from([None, None, -1, 0, 1, 20])


@dataclass(frozen=True)
class Step:
    """One deed: by whom, the command with the purpose it is for, and what it does to the model."""

    by: Asker
    command: c.Command
    asked: Asked
    change: Callable[[Known], bool]
    at_the_seal: bool = False


class Steps(RuleBasedStateMachine):
    """What every rule of the machine leans on."""

    stage: ClassVar[Stage]
    steps: int = 0
    house: House
    names: Names
    known: Known
    born: date | None
    chance: random.Random
    asking: Asking

    @property
    def today(self) -> date:
        """The day at the house's clock."""
        return self.house.clock.now.date()

    def _bond(self, name: str, kind: str, status: str = "none", first: int = -30, last: int | None = None) -> Bond:
        until = None if last is None else self.today + timedelta(days=last)
        start = self.today + timedelta(days=first)
        return Bond(self.names.tie(name), self.names.person(name.removesuffix("-also")), kind, start, until, status)

    def _step(self, by: str, command: c.Command, change: Callable[[Known], bool], *, seal: bool = False) -> Step:
        return Step(at_work(by), command, Asked("staff", str(command.purpose)), change, seal)

    def _do(self, step: Step, asks: str = "") -> None:
        """Do it, compare what came of it, and look around; `asks`: on whom it bears."""
        call = self._call(step)
        self._compare(self.known, step, self.house.store.run(call))
        self._look_around(asks)

    def _call(self, step: Step) -> Callable[[Any], Any]:
        actor = actor_of(step.by, self.born if step.by.person == self.known.child else date(1980, 1, 1))

        def call(tx: Any) -> Any:
            with Sitting(tx, actor, way_of(step.by), lock=True) as sitting:
                return sitting.do(step.command)

        return call

    def _expected(self, known: Known, step: Step) -> bool:
        seen = copy.copy(known)
        if step.by.role:
            # Who opens a case in need opens a page of it, and changes nothing (P60, P63).
            seen.glass, seen.ways = {}, {}
        if step.at_the_seal:
            # Sealing and unsealing are for every member of staff of the unit, and a seal does not shut it (P20).
            seen.sealed, seen.named, seen.off = False, set(), set()
        may = answer(seen, step.by, step.asked, self.house.clock.now, unit=UNIT, denials=self.stage.denials)
        return may.opens and step.change(known)

    def _compare(self, known: Known, step: Step, outcome: Any) -> None:
        expected = self._expected(known, step)
        if expected == isinstance(outcome, Withheld):
            raise Diverged(f"{step.by.person} did {step.command}: {outcome}, expected {expected}")
        name = type(step.command).__name__
        (self.stage.figures.deeds if expected else self.stage.figures.refused)[name] += 1

    def _look_around(self, by: str = "") -> None:
        """A few questions at the door, one by whom a deed bears on, and whether the parts lie where they should."""
        self.stage.figures.steps += 1
        self.steps += 1
        lying = self.asking.some(self.known, self.born, ASKS[self.steps % 2], by)
        self._days_lie(lying)
        wanted = {name: found for name in self.known.papers if (found := parts(self.known, name))}
        if lying != wanted:
            raise Diverged(f"parts lie as {lying}, expected {wanted}; {self.known.papers}")

    def _days_lie(self, lying: Lying) -> None:
        """P69: a day that is open lies under that tie's key; of one that was not opened there is no trace."""
        days = {record for record, found in lying.items() if "visit" in found.values()}
        there = {(record, at) for record in days for at in lying.pop(record)}
        is_open, shut = ({(visit_record(name, tie), f"guardian:{tie}") for name, tie in some}
                         for some in (self.known.days, self.known.shut))  # fmt: skip
        if not is_open <= there <= is_open | shut:
            raise Diverged(f"days lie at {there}, open are {self.known.days}, shut are {self.known.shut}")

    def _paper(self, n: int) -> EntryId:
        """One of the entries that there are, seldom one that is not there."""
        written = list(self.known.papers)
        return EntryId(written[n % len(written)]) if written and n < 9 else self.names.entry(n % 4)

    def _yes(self, n: int) -> str:
        """One of the consents that there are, seldom one that is not there."""
        given = list(self.known.given)
        return given[n % len(given)] if given and n < 18 else f"yes-{n}"
