"""What is done with a saved entry: released, told, looked at again, moved on, taken back."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from bot.console.entry_page import CHANGES, GROUNDS, HOW, UNDERSTOOD, draw_entry, tie_in
from bot.console.errand import Errand
from bot.console.forms import LONG, Problem, Reading, problem
from storage.commands import ChangeState, Command, LookAgain, RecordTold, ReleaseEntry, TakeBack, TellOfVisit
from storage.records import EntryState, Leave, PersonId, ReaderClass, Release, TieId, Told


async def _change(errand: Errand, command: Command, said: str, at: str) -> web.StreamResponse:
    no = await errand.do(command)
    if no is None:
        return errand.to_case(f"/entries/{errand.entry}", said)
    return await draw_entry(errand, errand.problem_of(no, type(command), at))


async def _mend(errand: Errand, problems: Sequence[Problem]) -> web.StreamResponse:
    return await draw_entry(errand, problems)


async def release(errand: Errand) -> web.StreamResponse:
    """Let one class of reader, or one guardian, have the entry, on a ground."""
    reading = Reading(errand.typed)
    to, ground = reading.choice("to", ReaderClass), reading.one_of("ground", GROUNDS)
    tie = tie_in(errand.typed.one("tie"))
    if to is ReaderClass.GUARDIAN and tie is None:
        reading.problems.append(problem("to", "choose"))
    if to is None or reading.problems:
        return await _mend(errand, reading.problems)
    leave = Leave.FACTS if errand.typed.one("leave") == Leave.FACTS else Leave.WHOLE
    of = tie if to is ReaderClass.GUARDIAN else None
    given = Release(to, errand.actor.label, ground, errand.today(), of, leave=leave)
    waits = errand.typed.one("two") == "first"
    said = "release_waits" if waits else "second" if errand.typed.one("two") == "second" else "released"
    version = errand.typed.one("version")
    seen = int(version) if version.isdecimal() and len(version) < 10 else None
    return await _change(errand, ReleaseEntry(errand.case, errand.entry, given, seen), said, "to")


async def told(errand: Errand) -> web.StreamResponse:
    """Record who told whom, when, how, and whether it was understood."""
    reading = Reading(errand.typed)
    person, by = reading.words("person"), reading.words("by")
    on = reading.day("on")
    how, understood = reading.one_of("how", HOW), reading.one_of("understood", UNDERSTOOD)
    if on and on > errand.today():
        reading.problems.append(problem("on", "ahead"))
    if on is None or reading.problems:
        return await _mend(errand, reading.problems)
    line = Told(PersonId(person), by, on, how, understood)
    return await _change(errand, RecordTold(errand.case, errand.entry, line), "told", "person")


async def look(errand: Errand) -> web.StreamResponse:
    """The promised day: open it now, or say a new day."""
    reading = Reading(errand.typed)
    yes = errand.typed.one("yes") == "yes"
    until = None if yes else reading.day("new_day")
    if until and until <= errand.today():
        reading.problems.append(problem("new_day", "not_ahead"))
    if reading.problems:
        return await _mend(errand, reading.problems)
    said = "look_opened" if yes else "look_moved"
    return await _change(errand, LookAgain(errand.case, errand.entry, yes, until), said, "new_day")


async def change_state(errand: Errand) -> web.StreamResponse:
    """A planned event happened, was moved to another day, or will not be."""
    reading = Reading(errand.typed)
    state = reading.choice("state", EntryState)
    on = reading.day("state_on")
    if state is not None and state not in CHANGES:
        reading.problems.append(problem("state", "choose"))
    if state is EntryState.HAPPENED and on and on > errand.today():
        reading.problems.append(problem("state_on", "ahead"))
    if state is None or reading.problems:
        return await _mend(errand, reading.problems)
    return await _change(errand, ChangeState(errand.case, errand.entry, state, on), "state_changed", "state")


async def tell_of_visit(errand: Errand) -> web.StreamResponse:
    """Let one guardian be told of this day, or keep it from that guardian again (req. 45)."""
    told = errand.typed.one("told") == "yes"
    deed = TellOfVisit(errand.case, errand.entry, TieId(errand.typed.one("tie")), told)
    return await _change(errand, deed, "visit_told" if told else "visit_kept", "visit")


async def take_back(errand: Errand) -> web.StreamResponse:
    """Hide it from everyone at once and open an incident with its 72 hours."""
    reading = Reading(errand.typed)
    why = reading.words("take_back_why", limit=LONG)
    if reading.problems:
        return await _mend(errand, reading.problems)
    return await _change(errand, TakeBack(errand.case, errand.entry, why), "taken_back", "take_back_why")
