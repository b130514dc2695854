"""The model's rules about culling: two agree, one takes it back, a case is held back, a month is culled.

The month is the example's own and ended long ago; under it lie cases of the unit in which nothing else happens.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import strategies as st
from hypothesis.stateful import rule

from storage import commands as c
from storage import queries as q
from storage.carriers import CarrierKind
from storage.consent import Actor, Reason, Withheld
from storage.culling import Culling as Culled
from storage.culling import cull
from storage.records import CaseId, Channel, Side
from storage.retention import KeptFor
from tests.prove.model.entries import Entries
from tests.prove.model.known import Known
from tests.prove.model.month import MAY, Month
from tests.prove.model.stage import HIRED, STAFF, Diverged, actor_of, at_work
from tests.prove.model.steps import OWN
from tests.prove.model.worlds import Asked, Asker, answer
from tests.storage.house import UNIT, worker

# The question goes through every month of the house.
LOOKS = 0.1
CULLED = Withheld(Reason.CULLED)
# So long ago a case was closed that its month has come.
THEN = datetime(2010, 1, 4, 11, tzinfo=UTC)
WHO = st.sampled_from([*MAY, "omar", "kurt", "siv", "hanna"])
PAPERS = st.sampled_from(["N-1", "N-1", "N-1", "N-2"])


class Culling(Entries):
    """What lies under a month that has ended, and who says that it goes."""

    month: Month

    def _month_opened(self, *, agreed: bool) -> None:
        """A month of this example's own, and one case under it; one of the two has agreed to it, or nobody."""
        self.month = Month(self.stage.month)
        self._lay_under_it()
        if agreed:
            self.house.done(self._actor("omar"), c.ApproveCulling(UNIT, self.month.name, "N-1"))
            self.month.approve("omar", "N-1", self.house.clock.now)

    def _lay_under_it(self) -> None:
        case, clock = CaseId(f"{self.names.n}-beside-{len(self.month.cases)}"), self.house.clock
        now, clock.now = clock.now, THEN
        day = THEN.date()
        self.house.done(
            worker(), c.OpenCase(case, UNIT, Side.BARNAHUS, f"{case}-ref", self.month.name),
            c.BeginCarrier(case, CarrierKind.LETTER, day, None, "Hanna", "-"),
            c.CloseCarrier(case, day, "Hanna", "-"),
        )  # fmt: skip
        clock.now = now
        self.month.cases[case] = set()

    @rule()
    def another_comes_under_it(self) -> None:
        """Nobody has agreed to that one."""
        if not self.month.lost and len(self.month.cases) < 3:
            self._lay_under_it()
        self._look_at_it()

    @rule(who=WHO, reference=PAPERS, ended=st.sampled_from([True, True, True, False]))
    def approve(self, who: str, reference: str, ended: bool) -> None:
        command = c.ApproveCulling(UNIT, self.month.name if ended else "2046-03", reference)
        self._happens(who, command, ended and self.month.approve(who, reference, self.house.clock.now))

    @rule(who=WHO)
    def withdraw_culling(self, who: str) -> None:
        command = c.WithdrawCulling(UNIT, self.month.name)
        self._happens(who, command, self.month.withdraw(who, self.house.clock.now))

    @rule(by=st.sampled_from([*MAY, "kurt", "siv", "hanna", "olle", "egon", "lena", "maria"]), n=st.integers(0, 2),
          ground=st.sampled_from(list(KeptFor)), kept=st.booleans(),
          decided_by=st.sampled_from(["Ines", "Ines", " "]))  # fmt: skip
    def hold_back(self, by: str, n: int, ground: KeptFor, kept: bool, decided_by: str) -> None:
        """Of what was culled nothing can be held back; what was held back then lies under a later month."""
        there = self.month.lost or frozenset(self.month.cases)
        held = sorted(case for case in there if self.month.cases[case])
        case = held[0] if held and not kept else sorted(there)[n % len(there)]
        ground = KeptFor(min(self.month.cases[case])) if case in held and not kept else ground
        has_it = answer(Known("", None), at_work(by) if by in STAFF else _session(by), Asked("staff", "rules"),
                        self.house.clock.now, unit=UNIT)  # fmt: skip
        done = has_it.opens and self.month.keep(case, ground, kept=kept, by=by, decided_by=decided_by)
        self._happens(by, c.KeepFromCulling(CaseId(case), ground, kept, decided_by, "N-9"), done)

    @rule(by=OWN, ground=st.sampled_from(list(KeptFor)), kept=st.booleans())
    def hold_the_case_back(self, by: str, ground: KeptFor, kept: bool) -> None:
        """The case itself, sealed or damaged as it may be; the store knows none of these, so none may let it go."""
        command = c.KeepFromCulling(self.names.case, ground, kept, "Hanna", "N-9")
        self._do(self._step(by, command, lambda k: kept))

    @rule(reference=PAPERS)
    def cull(self, reference: str) -> None:
        """Whoever keeps the keys carries it out."""
        done = cull(self.house.store, self.month.name, reference)
        expected = self.month.cull(reference, self.house.clock.now)
        if isinstance(done, Culled) != expected:
            raise Diverged(f"culled {self.month}: {done}, expected {expected}")
        (self.stage.figures.deeds if expected else self.stage.figures.refused)["Cull"] += 1
        self._look_at_it()

    # --- what it comes to -------------------------------------------------------------------------------------------

    def _happens(self, who: str, command: c.Command, expected: bool) -> None:
        outcome = self.house.do(self._actor(who), command, Channel.CONSOLE)
        if expected == isinstance(outcome, Withheld):
            raise Diverged(f"{who} did {command}: {outcome}, expected {expected}; {self.month}")
        (self.stage.figures.deeds if expected else self.stage.figures.refused)[type(command).__name__] += 1
        self._look_at_it()

    def _actor(self, who: str) -> Actor:
        """Whoever was employed has the id that the store gave her; one session says more than the store knows."""
        if who in STAFF:
            return actor_of(at_work(who), None)
        return replace(actor_of(_session(who), None), id=self.stage.hired[who])

    def _look_at_it(self) -> None:
        """What a manager is told of the month, every so often, and whether what was culled is gone and nothing else."""
        if self.chance.random() < LOOKS:
            self._line_is_right()
        for case in self.month.cases:
            sheet = self.house.ask(worker(), q.Sheet(CaseId(case)))
            if (sheet if isinstance(sheet, Withheld) else None) != (CULLED if case in self.month.lost else None):
                raise Diverged(f"{case} of {self.month}: {sheet!r:.200}")
        self._look_around()

    def _line_is_right(self) -> None:
        now, month = self.house.clock.now, self.month
        lines = self.house.see(self._actor("omar"), q.Cullings(UNIT))
        line = next((one for one in lines if one.month == month.name), None)
        wanted = None
        if month.gone:
            said = sorted((yes.reference, yes.to == month.gone) for yes in month.standing(now).values())
            ready = any(month.ready(paper, now) for paper in ("N-1", "N-2"))
            wanted = (len(month.gone), len(month.cases) - len(month.gone), (), 0, said, ready)
        there = None
        if line is not None:
            said = sorted((yes.reference, yes.counts) for yes in line.said)
            there = (line.gone, line.kept, line.open, line.open_elsewhere, said, line.ready)
        if there != wanted:
            raise Diverged(f"told {there} of {month}, expected {wanted}")


def _session(who: str) -> Asker:
    """How one of those who were employed has signed in."""
    return Asker(who, "staff", "console", HIRED[who][1], UNIT, Side.BARNAHUS)
