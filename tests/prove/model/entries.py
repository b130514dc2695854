"""The model's rules about entries: written, released, refused, told, looked at again, taken back."""

from __future__ import annotations

import copy
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from storage import commands as c
from storage.records import EntryId, EntryState, Leave, PersonId, ReaderClass, RefusalGround, Release, Told
from tests.prove.model.decisions import Decisions
from tests.prove.model.facts import KINDS, Paper
from tests.prove.model.known import Known
from tests.prove.model.stage import WAS, WILL_BE, entry_of
from tests.prove.model.steps import ENTRIES, OF, OWN, Step
from tests.prove.model.worlds import Asked, Asker

KIND = st.sampled_from(list(KINDS))


class Entries(Decisions):
    """What is written in the case, and who gets it."""

    @rule(kind=KIND, hold=st.sampled_from([None, None, None, "investigation", "in_person", "not_yet"]), by=OWN,
          ahead=st.sampled_from([False, False, True]))  # fmt: skip
    def write(self, kind: str, hold: str | None, by: str, ahead: bool) -> None:
        name = self.names.entry(len(self.known.papers) % 4)
        if name in self.known.papers:
            return
        paper = Paper(kind, hold, self.today + timedelta(days=9) if hold == "not_yet" else None, ahead)
        self._do(self._writing(by, name, paper))

    def _published(self, name: EntryId, kind: str) -> list[Step]:
        """Written, and released to everybody at the start by as many as it takes."""
        steps = [self._writing("hanna", name, Paper(kind, None, None, ahead=False))]
        readers = ("child", "mother", "shared") if KINDS[kind][1] else ("child", "mother")
        return steps + [self._releasing(name, to, by, "whole") for to in readers for by in ("hanna", "olle")]

    def _writing(self, by: str, name: EntryId, paper: Paper) -> Step:
        command = c.WriteEntry(self.names.case, entry_of(self.names, name, paper))
        return self._step(by, command, lambda k: k.write(name, copy.deepcopy(paper)))

    @rule(n=ENTRIES, to=st.sampled_from(["child", "child", "shared", "mother", "father"]), by=OWN,
          leave=st.sampled_from(["whole", "whole", "facts"]))  # fmt: skip
    def release(self, n: int, to: str, by: str, leave: str) -> None:
        self._do(self._releasing(self._paper(n), to, by, leave))

    def _releasing(self, name: EntryId, to: str, by: str, leave: str) -> Step:
        # A release to somebody who does not belong to the case yet makes no part, then or when she comes to belong.
        to = "mother" if to in OF and self.names.tie(to) not in self.known.bonds else to
        tie = self.names.tie(to) if to in OF else None
        reader = "guardian" if tie else to
        release = Release(ReaderClass(reader), by, "SoL", self.today, tie, leave=Leave(leave))
        command = c.ReleaseEntry(self.names.case, name, release)
        return self._step(by, command, lambda k: k.release(name, (reader, tie), leave, by))

    @rule(n=ENTRIES, by=OWN)
    def refuse(self, n: int, by: str) -> None:
        name, today = self._paper(n), self.today
        command = c.RefuseEntry(self.names.case, name, RefusalGround.REPORTER)
        self._do(self._step(by, command, lambda k: k.refuse(name, today)))

    @rule(n=ENTRIES, by=OWN)
    def tell(self, n: int, by: str) -> None:
        name = self._paper(n)
        told = Told(PersonId(self.known.child), "Hanna", self.today, "in_person", "understood")
        self._do(self._step(by, c.RecordTold(self.names.case, name, told), lambda k: k.tell(name)))

    @rule(n=ENTRIES, by=OWN, yes=st.booleans(), days=st.sampled_from([None, 5]))
    def look_again(self, n: int, by: str, yes: bool, days: int | None) -> None:
        name, until = self._paper(n), None if days is None else self.today + timedelta(days=days)
        command = c.LookAgain(self.names.case, name, yes, until)
        self._do(self._step(by, command, lambda k: k.look_again(name, yes, until)))

    @rule(n=ENTRIES, by=OWN, ahead=st.booleans())
    def change_state(self, n: int, by: str, ahead: bool) -> None:
        name, state = self._paper(n), EntryState.MOVED if ahead else EntryState.HAPPENED
        command = c.ChangeState(self.names.case, name, state, WILL_BE if ahead else WAS)
        self._do(self._step(by, command, lambda k: k.change_state(name, ahead, by)))

    @rule(n=ENTRIES, by=OWN)
    def take_back(self, n: int, by: str) -> None:
        name = self._paper(n)
        self._do(self._step(by, c.TakeBack(self.names.case, name, "why"), lambda k: k.take_back(name)))

    @rule()
    def say(self) -> None:
        """She writes to the unit."""
        command = c.Say(self.names.case, "hej", None, None)

        def one_more(known: Known) -> bool:
            known.said += 1
            return True

        self._do(Step(Asker(self.known.child, "pin", "web"), command, Asked("child", "own_contact"), one_more))
