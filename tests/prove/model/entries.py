"""The model's rules about entries: written, released, refused, told, looked at again, taken back."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from storage import commands as c
from storage import queries as q
from storage.consent import Withheld
from storage.records import EntryId, EntryState, Hold, Leave, PersonId, ReaderClass, RefusalGround, Release, TieId, Told
from tests.prove.model.beside import reached
from tests.prove.model.decisions import Decisions
from tests.prove.model.facts import KINDS, Paper
from tests.prove.model.known import Known
from tests.prove.model.stage import CHATTY, HOLDS, WAS, WILL_BE, entry_of
from tests.prove.model.steps import ENTRIES, OF, OWN, Step
from tests.prove.model.worlds import Asked, Asker
from tests.storage.house import worker

KIND = st.sampled_from(list(KINDS))


class Entries(Decisions):
    """What is written in the case, and who gets it."""

    @rule(kind=KIND, hold=st.sampled_from([None, None, None, "investigation", "in_person", "not_yet"]), by=OWN,
          ahead=st.sampled_from([False, False, True]))  # fmt: skip
    def write(self, kind: str, hold: str | None, by: str, ahead: bool) -> None:
        name = self.names.entry(len(self.known.papers) % 4)
        if name in self.known.papers or self._of_one_trial(kind):
            return
        paper = Paper(kind, hold, self.today + timedelta(days=9) if hold == "not_yet" else None, ahead)
        self._do(self._writing(by, name, paper))

    def _of_one_trial(self, kind: str) -> bool:
        """Damages do not come before their verdict: which of the two lies when is told elsewhere."""
        trial = {"verdict", "damages"}
        return kind in trial and any(paper.kind in trial - {kind} for paper in self.known.papers.values())

    def _published(self, name: EntryId, kind: str) -> list[Step]:
        """Written, and released to everybody at the start by as many as it takes."""
        steps = [self._writing("hanna", name, Paper(kind, None, None, ahead=False))]
        readers = ("child", "mother", "shared") if KINDS[kind][1] else ("child", "mother")
        return steps + [self._releasing(name, to, by, "whole") for to in readers for by in ("hanna", "olle")]

    def _day_opened(self, name: EntryId) -> list[Step]:
        """A day ahead that is open to the mother at the start."""
        return [self._writing("hanna", name, Paper("consultation", None, None, ahead=True)),
                self._telling(name, self.names.tie("mother"), "hanna", told=True)]  # fmt: skip

    def _telling(self, name: EntryId, tie: TieId, by: str, *, told: bool) -> Step:
        command = c.TellOfVisit(self.names.case, name, tie, told)
        return self._step(by, command, lambda k: k.tell_of_visit(name, tie, told))

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
        self._do(self._step(by, command, lambda k: k.look_again(name, yes, until)), "mother")

    @rule(n=ENTRIES, by=OWN, ahead=st.booleans())
    def change_state(self, n: int, by: str, ahead: bool) -> None:
        name, state = self._paper(n), EntryState.MOVED if ahead else EntryState.HAPPENED
        command = c.ChangeState(self.names.case, name, state, WILL_BE if ahead else WAS)
        self._do(self._step(by, command, lambda k: k.change_state(name, ahead, by)), "mother")

    @rule(n=ENTRIES, by=OWN)
    def take_back(self, n: int, by: str) -> None:
        name = self._paper(n)
        change: Callable[[Known], bool] = lambda k: (  # noqa: E731
            name in k.papers and k.pause(reached(k, name)) and k.take_back(name)
        )
        self._do(self._step(by, c.TakeBack(self.names.case, name, "why"), change))

    @rule(by=OWN, person=st.sampled_from(CHATTY), why=st.sampled_from(["Rätt telefon.", "Rätt telefon.", " "]))
    def resume(self, by: str, person: str, why: str) -> None:
        """Oftener to somebody to whom nothing is sent, if there is one."""
        silent = sorted(self.known.paused)
        whom = PersonId(silent[0]) if silent and person != "mira" else self.names.person(person)
        self._do(self._step(by, c.ResumeMessages(self.names.case, whom, why), lambda k: k.resume(whom, why)))

    @rule(n=ENTRIES, by=OWN, hold=st.sampled_from(["investigation", "in_person", "not_yet"]))
    def hold(self, n: int, by: str, hold: str) -> None:
        """Something of an entry that lies there waits after all."""
        name, until = self._paper(n), self.today + timedelta(days=9) if hold == "not_yet" else None
        there = self.house.ask(worker(by), q.WholeEntries(self.names.case))
        entry = None if isinstance(there, Withheld) else next((one for one in there if one.id == name), None)
        if entry is None:
            return
        held = Hold(HOLDS[hold], until, "Hanna")
        command = c.WriteEntry(self.names.case, replace(entry, hold=held, version=entry.version + 1))
        self._do(self._step(by, command, lambda k: k.hold(name, hold, until)), "mother")

    @rule(n=ENTRIES, by=OWN, to=st.sampled_from(["mother", "mother", "mother", "father", "lawyer"]),
          told=st.sampled_from([True, True, False]))  # fmt: skip
    def tell_of_visit(self, n: int, by: str, to: str, told: bool) -> None:
        """Oftener of a day that lies ahead, if there is one."""
        days = [name for name, paper in self.known.papers.items() if paper.tells_a_day]
        name = EntryId(days[n % len(days)]) if days and n % 3 else self._paper(n)
        self._do(self._telling(name, self.names.tie(to), by, told=told), to)

    @rule()
    def say(self) -> None:
        """She writes to the unit."""
        command = c.Say(self.names.case, "hej", None, None)

        def one_more(known: Known) -> bool:
            known.said += 1
            return True

        self._do(Step(Asker(self.known.child, "pin", "web"), command, Asked("child", "own_contact"), one_more))
