"""The stateful model: real deeds at the real door, and after each a few questions held against the reference.

Hypothesis thinks up what happens in one case: ties, clearings, blocks, seals, holds, consents, entries, releases, a
broken glass, days that pass, a store that is opened again, deeds of two workers at once, a month that is culled. After
each step the parts that lie in the store are compared with those that should, and people ask at the door. Each answer
must be the reference's, with a reason of its class; each question must have left exactly one visit (security D.3, S2).
"""

from __future__ import annotations

import copy
import random
from datetime import date, timedelta
from itertools import count

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test

from storage.consent import Withheld
from storage.keys import FileKeys
from storage.vault import Store
from tests.prove.model.asking import Asking
from tests.prove.model.culling import Culling
from tests.prove.model.entries import KIND
from tests.prove.model.known import Known
from tests.prove.model.stage import Diverged, Figures, Names, Opened, Stage, move_in
from tests.prove.model.steps import ENTRIES, GUARDIANS, OWN, TIES, Step
from tests.prove.model.worlds import Denials
from tests.prove.reference import DENIALS

_NUMBERS = count(1)
STEPS = 50
STRETCH = 200
SEEDS = 1_000


class CaseMachine(Culling):
    """One case from its first day."""

    @initialize(
        years=st.sampled_from([None, 9, 11, 12, 13, 14, 15, 16, 17, 17, 18]), away=st.sampled_from([0, 1, 40]),
        cleared=st.booleans(), contact=st.sampled_from([True, True, False]), kinds=st.lists(KIND, max_size=1),
        chance=st.integers(0, 2**32 - 1), day=st.booleans(),
    )  # fmt: skip
    def opened(self, years: int | None, away: int, cleared: bool, contact: bool, kinds: list[str], chance: int,
               day: bool) -> None:  # fmt: skip
        """A case with the child, a mother, a representative and a reader; some of the first decisions are made."""
        self.house = self.stage.house()
        self.names = Names(f"x{next(_NUMBERS):07}")
        self.chance = random.Random(chance)
        self.born = None if years is None else _birthday(self.today + timedelta(days=away), years)
        self.known = Known(self.names.person("mira"), self.born)
        first = [self._bond("mira", "child"), self._bond("mother", "guardian"), self._bond("lawyer", "representative"),
                 self._bond("moa", "reader")]  # fmt: skip
        steps = [self._clearing("mother", by) for by in ("hanna", "olle") if cleared]
        steps += [self._deciding("hanna", True, 0, False)] if contact else [self._noticing("hanna")] * (chance % 2)
        for n, kind in enumerate(kinds):
            steps += self._published(self.names.entry(n), kind)
        steps += self._day_opened(self.names.entry(len(kinds))) if day and cleared else []
        move_in(self.house, self.names, self.known, first, [(step.by.person, step.command) for step in steps])
        for step in steps:
            step.change(self.known)
        self._month_opened(agreed=chance % 3 == 0)
        self.asking = Asking(self.stage, self.house, self.names, self.chance)

    @rule(hours=st.sampled_from([1, 23, 25, 24 * 6, 24 * 31]))
    def wait(self, hours: int) -> None:
        """Time passes."""
        self.house.clock.move(hours=hours)
        self._look_around()

    @precondition(lambda self: self.born is not None)
    @rule(eve=st.booleans())
    def birthday(self, eve: bool) -> None:
        """Her next birthday that moves a right, or the evening before."""
        years = next((one for one in (12, 13, 15, 16, 18) if one > self.known.age(self.today)), None)
        if years is not None and self.born is not None:
            day = self.born.replace(year=self.born.year + years) - timedelta(days=1 if eve else 0)
            if day > self.today:
                self.house.clock.now += day - self.today
        self._look_around()

    @rule()
    def open_again(self) -> None:
        """The keys in memory are forgotten; a store that lies on a disk is closed and opened again."""
        if self.house.url == "sqlite://":
            self.house.store.smith.forget()
        else:
            self.house.store.close()
            terms, keys = self.house.store.terms, FileKeys(self.house.folder / "root.key")
            self.house.store = Store(self.house.url, keys, clock=self.house.clock)
            self.house.store.terms = terms
        self._look_around()

    @rule(data=st.data())
    def at_once(self, data: st.DataObject) -> None:
        """Two workers do something at the same moment, whichever comes first."""
        steps = [self._some_step(data), self._some_step(data)]
        futures = [self.house.store.submit(self._call(step)) for step in steps]
        outcomes = [future.result() for future in futures]
        for order in ((0, 1), (1, 0)):
            known = copy.deepcopy(self.known)
            if all(self._expected(known, steps[n]) != isinstance(outcomes[n], Withheld) for n in order):
                self.known = known
                self._look_around()
                return
        raise Diverged(f"in no order: {[step.command for step in steps]} gave {outcomes}")

    def _some_step(self, data: st.DataObject) -> Step:
        by, which = data.draw(OWN), data.draw(st.integers(0, 4))
        if which == 0:
            return self._clearing(data.draw(GUARDIANS), by)
        if which == 1:
            return self._blocking(data.draw(TIES), by, data.draw(st.booleans()))
        if which == 2:
            return self._sealing(by, data.draw(st.booleans()))
        name, to = self._paper(data.draw(ENTRIES)), data.draw(st.sampled_from(["child", "mother", "shared"]))
        return self._releasing(name, to, by, "whole")


def run(steps: int, seed: int, *opened: Opened, denials: Denials = DENIALS) -> Figures:
    """So many steps or a little more, the same for the same seed; it ends at the first on which the two differ."""
    stage = Stage(*opened, denials=denials)
    while stage.figures.steps < steps and not stage.figures.diverged:
        _part(stage, steps - stage.figures.steps, seed)
        seed += SEEDS
    return stage.figures


def _part(stage: Stage, steps: int, number: int) -> None:
    """A stretch of it: what Hypothesis remembers of what it has tried grows, so each stretch begins anew."""
    machine = seed(number)(type("CaseMachine", (CaseMachine,), {"stage": stage}))
    examples = max(1, min(STRETCH, steps // STEPS + 1))
    told = settings(
        max_examples=examples, stateful_step_count=STEPS, phases=(Phase.generate,), database=None, deadline=None,
        print_blob=False, suppress_health_check=list(HealthCheck), report_multiple_bugs=False,
    )  # fmt: skip
    try:
        run_state_machine_as_test(machine, settings=told)
        stage.close()
    except Diverged as differs:
        stage.figures.diverged.append("\n".join([str(differs), *getattr(differs, "__notes__", ())]))
    finally:
        stage.leave()


def _birthday(day: date, years: int) -> date:
    return day.replace(year=day.year - years)
