"""Reclosing: after a restore, what was closed on an entry since the copy is closed again, until a worker has looked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace as changed
from functools import partial

from storage._aside import HERS_ALONE
from storage._chain import add_visits, standing_of
from storage._closing import FROM_THE_LOG
from storage._desk import Desk
from storage._duty_rows import open_duty
from storage._entry_parts import STAFF_ONLY, adults_of, keep_entry, note_ended
from storage._sealing import Culled, Tampered
from storage._shelf import places, put, replace, take_one
from storage._sql import Tx, instant
from storage.audit import Seen
from storage.consent import Actor, Grant, Question, Withheld, decide
from storage.duties import Duty
from storage.her_words import Aside, ToldAbout, told_record
from storage.queries import Purpose, Reach
from storage.records import (
    CHILD_PART,
    STAFF_PART,
    Channel,
    Entry,
    Hold,
    HoldKind,
    PersonId,
    ReaderClass,
    Release,
    Role,
    Side,
    Strength,
    guardian_part,
    shared_part,
    waiting_part,
)
from storage.rules import ReleaseEnded, Sealed
from storage.safety import Closed, Line, PutAside, Told, ToldChosen

Reclosed = tuple[Line, Closed | PutAside | ToldChosen]


def not_known(tx: Tx, last: Iterable[tuple[Line, Told]], epoch: int) -> list[Reclosed]:
    """Which of the lines about entries and her own choices this store does not know, as it was found."""
    return [
        (line, what)
        for line, what in last
        if isinstance(what, Closed | PutAside | ToldChosen) and (line.epoch > epoch or _is_news(tx, what))
    ]


def _is_news(tx: Tx, what: Closed | PutAside | ToldChosen) -> bool:
    match what:
        case Closed():
            return what.kept > places(tx, what.entry).get(STAFF_PART, what.kept)
        case PutAside():
            # Saying so leaves the entry as it is; giving the card back to her keeps it once more.
            return what.kept >= places(tx, what.entry).get(STAFF_PART, what.kept)
        case ToldChosen():
            return what.kept > places(tx, told_record(what.tie)).get(CHILD_PART, 0)


def close_again(tx: Tx, unknown: Iterable[Reclosed]) -> int:
    """Close each entry and put back what she said; how many things were told. After all rules and take-backs."""
    told, closed = 0, dict[tuple[str, str], list[Closed]]()
    for line, what in unknown:
        if isinstance(what, Closed):
            closed.setdefault((line.subject, what.entry), []).append(what)
        else:
            told += at_work(tx, line.subject, partial(_hers, line=line, what=what))
    for (case, entry), lines in closed.items():
        told += at_work(tx, case, partial(_close, ref=entry, lines=lines))
    return told


def at_work(tx: Tx, case: str, deed: Callable[[Desk, Grant], bool]) -> bool:
    """The house itself at work in a case; a seal keeps people out and does not keep anything open."""
    found = standing_of(tx, case, lock=True)
    if found is None or found.culled or not found.intact:
        return False
    standing = changed(found, rules=tuple(one for one in found.rules if not isinstance(one.rule, Sealed)))
    actor = Actor("maintenance", Strength.STAFF, Side(standing.side), standing.unit, Role.COORDINATOR)
    grant = decide(actor, Question(case, Purpose.CASE_WORK, Reach.WORK), standing, Channel.CONSOLE, tx.now)
    if isinstance(grant, Withheld):
        return False
    try:
        return deed(Desk(tx, actor, lambda subject: standing if subject == case else None), grant)
    except (Tampered, Culled):
        # One damaged part must not keep the house closed; nobody reads it, and somebody has the task.
        open_duty(tx, standing.unit, case, Duty.INTEGRITY, case, tx.now)
        return False


def _close(desk: Desk, grant: Grant, *, ref: str, lines: list[Closed]) -> bool:
    there = take_one(desk.tx, grant, ref, "entry", compartments=STAFF_ONLY)
    if there is None or there.payload.taken_back:
        return False
    old: Entry = there.payload
    new = _closed(old, lines)
    if new == old:
        return False
    note_ended(desk, grant.subject, old.releases, new)
    _keep_closed(desk, grant, changed(new, version=old.version + 1))
    return True


def end_again(tx: Tx, case: str, ended: ReleaseEnded) -> bool:
    """A release that is over is in the entry no more, also where a hold kept it from being read when it ended."""
    return at_work(tx, case, partial(_end, ended=ended))


def _end(desk: Desk, grant: Grant, *, ended: ReleaseEnded) -> bool:
    there = take_one(desk.tx, grant, ended.entry, "entry", compartments=STAFF_ONLY)
    if there is None or there.payload.taken_back:
        return False
    old: Entry = there.payload
    left = tuple(one for one in old.releases if (str(one.to), one.tie) != (ended.to, ended.tie))
    if left == old.releases:
        return False
    _keep_closed(desk, grant, changed(old, releases=left, version=old.version + 1))
    return True


def _keep_closed(desk: Desk, grant: Grant, entry: Entry) -> None:
    """Keep the entry as it is now, and have a worker look."""
    keep_entry(desk, grant, entry, adults_of(desk, grant))
    open_duty(desk.tx, desk.known(grant.subject).unit, grant.subject, Duty.LOOK_CLOSED, entry.id, desk.tx.now)
    wrote_down(desk, grant, "WriteEntry")


def _closed(entry: Entry, unknown: list[Closed]) -> Entry:
    """The entry without the releases that were closed; held, where it was held or had only a promise to take away."""
    gone = {at for one in unknown if not one.held for at in one.compartments}
    open_ = tuple(one for one in entry.releases if not _compartments(entry, one) & gone)
    hold = entry.hold
    promised = hold is not None and hold.kind is HoldKind.NOT_YET and not hold.lifted and CHILD_PART in gone
    if promised or any(one.held for one in unknown):
        hold = Hold(HoldKind.INVESTIGATION)
    return changed(entry, releases=open_, hold=hold)


def _compartments(entry: Entry, release: Release) -> set[str]:
    match release.to:
        case ReaderClass.CHILD:
            return {CHILD_PART, waiting_part(entry.source)}
        case ReaderClass.SHARED:
            return {shared_part(entry.source), waiting_part(entry.source)}
        case _:
            return {guardian_part(release.tie)} if release.tie is not None else set()


def _hers(desk: Desk, grant: Grant, *, line: Line, what: PutAside | ToldChosen) -> bool:
    return _put_aside(desk, grant, line, what) if isinstance(what, PutAside) else _choose(desk, grant, line, what)


def _put_aside(desk: Desk, grant: Grant, line: Line, what: PutAside) -> bool:
    """A card of which she said that it is not hers goes out of her sight again, and is asked about again."""
    hers = take_one(desk.tx, grant, what.entry, "view", compartments=HERS_ALONE)
    if hers is None:
        return False
    aside = Aside(hers.payload, PersonId(what.person), instant(line.at))
    replace(desk.tx, line.subject, CHILD_PART, "aside", what.entry, aside, was=hers.version, day=hers.day)
    open_duty(desk.tx, desk.known(line.subject).unit, line.subject, Duty.NOT_MINE, what.entry, desk.tx.now)
    wrote_down(desk, grant, "SayNotMine")
    return True


def _choose(desk: Desk, grant: Grant, line: Line, what: ToldChosen) -> bool:
    """Her last word about what she wants to be told stands again."""
    record, on = told_record(what.tie), instant(line.at).date()
    part = take_one(desk.tx, grant, record, "told", compartments=HERS_ALONE)
    if part is None:
        told = ToldAbout(PersonId(what.person), on, {what.of: what.wanted})
        put(desk.tx, line.subject, CHILD_PART, "told", record, told)
    else:
        old: ToldAbout = part.payload
        if old.answers.get(what.of) is what.wanted:
            return False
        new = changed(old, on=on, answers={**old.answers, what.of: what.wanted})
        replace(desk.tx, line.subject, CHILD_PART, "told", record, new, was=part.version)
    wrote_down(desk, grant, "ChooseTold")
    return True


def wrote_down(desk: Desk, grant: Grant, deed: str) -> None:
    """The visit of a deed that the safety log asked for."""
    seen = Seen(deed, Purpose.CASE_WORK, grant.reason, Channel.CONSOLE, FROM_THE_LOG)
    add_visits(desk.tx, desk.actor.id, [(grant.subject, seen)])
