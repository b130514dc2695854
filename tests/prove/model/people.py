"""The model's rules about people: ties, statuses, clearings, blocks, and which of the staff has the case."""

from __future__ import annotations

import copy
from datetime import date, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from storage import commands as c
from storage.consent import Withheld
from storage.records import GuardianStatus, StaffId
from tests.prove.model.facts import Bond
from tests.prove.model.stage import Diverged, at_work, enrolment
from tests.prove.model.steps import ANY, GUARDIANS, LASTS, OF, OWN, TIES, Step, Steps
from tests.storage.house import UNIT

PEOPLE = tuple(OF)


class People(Steps):
    """Who belongs to the case, and who is kept out of it."""

    @rule(name=st.sampled_from(PEOPLE), status=st.sampled_from(["none", "none", "suspected", "unknown"]),
          first=st.sampled_from([-30, -30, 0, 1]), last=LASTS, by=OWN)  # fmt: skip
    def enrol(self, name: str, status: str, first: int, last: int | None, by: str) -> None:
        bond = self._bond(name, OF[name], status if OF[name] == "guardian" else "none", first, last)
        self._enrol(bond, by)

    @rule(
        name=st.sampled_from(["mother-also", "father-also"]), kind=st.sampled_from(["reader", "safety_person"]), by=OWN
    )
    def enrol_besides(self, name: str, kind: str, by: str) -> None:
        self._enrol(self._bond(name, kind), by)

    def _enrol(self, bond: Bond, by: str) -> None:
        command = enrolment(self.names, bond, date(1980, 1, 1))
        self._do(self._step(by, command, lambda k: k.enrol(copy.deepcopy(bond))))

    @rule(name=TIES, by=ANY, last=st.sampled_from([-1, 0, 5]))
    def end_tie(self, name: str, by: str, last: int) -> None:
        tie, until = self.names.tie(name), self.today + timedelta(days=last)
        self._do(self._step(by, c.EndTie(self.names.case, tie, until), lambda k: k.end_tie(tie, until)))

    @rule(name=GUARDIANS, by=OWN, status=st.sampled_from(["none", "none", "suspected", "conflict", "reduced_care"]))
    def set_status(self, name: str, by: str, status: str) -> None:
        self._do(self._setting(name, by, status))

    @rule(name=GUARDIANS, by=OWN)
    def clear(self, name: str, by: str) -> None:
        self._do(self._clearing(name, by))

    @rule(status=st.sampled_from(["", "suspected", "none"]))
    def decide_anew(self, status: str) -> None:
        """The mother is shut out, let in again and cleared by two: what was open before is not open by that."""
        if status:
            self._do(self._setting("mother", "hanna", status))
            self._do(self._setting("mother", "hanna", "none"))
        else:
            for by, blocked in (("hanna", True), ("olle", False), ("siv", False)):
                self._do(self._blocking("mother", by, blocked))
        for by in ("hanna", "olle"):
            self._do(self._clearing("mother", by), "mother")

    def _setting(self, name: str, by: str, status: str) -> Step:
        tie = self.names.tie(name)
        command = c.SetStatus(self.names.case, tie, GuardianStatus(status))
        return self._step(by, command, lambda k: k.set_status(tie, status))

    def _clearing(self, name: str, by: str) -> Step:
        tie = self.names.tie(name)
        return self._step(by, c.ClearGuardian(self.names.case, tie, "why"), lambda k: k.clear(tie, by))

    @rule(name=TIES, by=ANY, blocked=st.booleans())
    def block(self, name: str, by: str, blocked: bool) -> None:
        self._do(self._blocking(name, by, blocked))

    def _blocking(self, name: str, by: str, blocked: bool) -> Step:
        tie = self.names.tie(name)
        command = c.BlockGuardian(self.names.case, tie, blocked)
        return self._step(by, command, lambda k: k.block(tie, blocked, by, by == "siv"))

    @rule(staff=st.sampled_from(["hanna", "olle", "egon"]), by=OWN, blocked=st.booleans())
    def block_colleague(self, staff: str, by: str, blocked: bool) -> None:
        command = c.BlockColleague(self.names.case, StaffId(staff), blocked)
        self._do(self._step(by, command, lambda k: k.block_colleague(staff, blocked, by, by == "siv")))

    @rule(staff=st.sampled_from(["hanna", "olle"]), by=OWN, named=st.booleans())
    def assign(self, staff: str, by: str, named: bool) -> None:
        command = c.AssignCase(self.names.case, StaffId(staff), named)
        self._do(
            self._step(
                by, command, lambda k: k.assign(staff, named, by, at_work(by).role in ("coordinator", "manager"))
            )
        )

    @rule(by=st.sampled_from(["egon", "egon", "lena", "olle"]))
    def break_glass(self, by: str) -> None:
        """At her own unit's desk: whoever handles cases there may, and is not shut out of this one."""
        who = at_work(by)
        step = self._step(by, c.BreakGlass(who.unit, self.names.ref, "She is in danger."), lambda k: True)
        outcome = self.house.store.run(self._call(step))
        may = who.role == "case_worker" and not self.known.broken and not self.known.shut_out(by)
        if may == isinstance(outcome, Withheld):
            raise Diverged(f"{by} broke the glass: {outcome}")
        if may and (who.unit != UNIT or not self.known.has_case(by)):
            self.known.break_glass(by, self.house.clock.now)
        self._look_around()

    @rule(by=OWN, stands=st.booleans())
    def review_glass(self, by: str, stands: bool) -> None:
        command = c.ReviewGlass(self.names.case, StaffId("egon"), stands)
        self._do(self._step(by, command, lambda k: k.review("egon", stands, by, by == "siv")))
