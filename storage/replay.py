"""Replaying the safety log: whatever copy of the database is opened, what was taken away stays taken away.

At every opening the lines that the database has not seen are held against it, and where it says otherwise the last
word about each thing is written again as a rule. After a restore more is shut: every session and unused invite ends,
what waited to be sent expires and becomes a worker's task. A log that is shorter than the database remembers, or that
does not hold, keeps the house closed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import replace as changed
from functools import partial

from sqlalchemy import bindparam, delete, select, update

from storage import _outbox_rows as rows
from storage import _sql as sql
from storage import _tables as t
from storage._chain import add_rule, standing_of
from storage._closing import FROM_THE_LOG
from storage._deeds_case import CASE_DEEDS
from storage._desk import Desk, Done
from storage._parting import part_with_chat
from storage._reclosing import at_work, close_again, end_again, not_known, wrote_down
from storage._shelf import drop
from storage._sql import Tx
from storage._torn import tell_of_torn
from storage.carriers import Carried
from storage.commands import TakeBack
from storage.consent import Grant
from storage.culling import carry_out, finish_cullings
from storage.incidents import ChannelPaused, paused_for
from storage.outbox import claimed_of, open_delivery_duty
from storage.places import end_bindings
from storage.records import PERSON_PART, STAFF_PART, CaseId, EntryId
from storage.rekeying import drop_meta, set_meta
from storage.retention import KeptFromCulling, kept_for
from storage.rules import (
    Blocked,
    ContactDecided,
    Employed,
    Investigation,
    Refused,
    ReleaseEnded,
    Rule,
    Sealed,
    StatusSet,
    Tied,
    VisitOpened,
    Withdrew,
)
from storage.safety import Closed, CulledMonth, Line, PutAside, SafetyBroken, TakenBack, Told, ToldChosen, Unlinked
from storage.standing import Standing
from storage.vault import Store
from storage.visits import told_of

RESTORED, _SEEN, _EPOCH = "restored", "safety.seq", "epoch"
_p = bindparam
_WAITING = select(t.outbox).where(
    t.outbox.c.state.in_((rows.QUEUED, rows.RETRY, rows.CLAIMED, rows.SENDING)), t.outbox.c.what != "delete"
)
_EXPIRE = (
    update(t.outbox)
    .where(t.outbox.c.id == _p("of"))
    .values(state=rows.EXPIRED, reason="restored", done_at=_p("at"), fence=t.outbox.c.fence + 1)
)
_SHUT = (
    update(t.subject).values(epoch=t.subject.c.epoch + 1),
    update(t.session).where(t.session.c.ended_at.is_(None)).values(ended_at=_p("at"), mac=sql.NO_MAC),
    update(t.secret)
    .where(t.secret.c.used_at.is_(None), t.secret.c.purpose != "receipt")
    .values(used_at=_p("at"), mac=sql.NO_MAC),
)
_LEASES = delete(t.lease)
_LINK_PARTS = select(t.part.c.record).where(
    t.part.c.owner == _p("of"), t.part.c.compartment == PERSON_PART, t.part.c.name.in_(("bound", "linking"))
)
_PART_IDS = select(t.part.c.compartment).where(t.part.c.record == _p("of"))


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many lines were new to the database, how many it had to be told, and how many messages expired."""

    lines: int
    told: int
    expired: int
    restored: bool


class NotReplayed(Exception):
    """This database was put back from a copy, and what happened since is not known."""


def replay(store: Store) -> Replayed:
    """Bring an opened database to what the safety log says. Nobody may be served before."""
    finish_cullings(store)
    seen, restored = store.run(_remembered)
    if store.safety is None:
        if restored is not None:
            raise NotReplayed("This store was restored from a copy. Say where its safety log is: BREDVID_SAFETY__DIR.")
        return Replayed(0, 0, 0, False)
    lines = store.safety.read()
    if len(lines) < max(seen, restored or 0):
        raise SafetyBroken(
            f"The safety log has {len(lines)} lines and this store remembers {max(seen, restored or 0)}. "
            "Put the whole log back before the house opens."
        )
    fresh = [line for line in lines if line.seq > seen]
    last: dict[tuple[str, ...], tuple[Line, Told]] = {}
    for key, line, what in _last_words(store, fresh):
        last.pop(key, None)
        last[key] = (line, what)
    done = store.run(partial(_tell, last=list(last.values()), epoch=store.epoch, shut=restored is not None))
    finish_cullings(store)
    if restored is not None:
        _look_through(store)
        store.epoch += 1
        store.safety.epoch = store.epoch
    until = store.safety.last()
    store.run(partial(set_meta, name=_SEEN, value=str(until)))
    return Replayed(len(fresh), done[0], done[1], restored is not None)


def _look_through(store: Store) -> None:
    """What was put back is held against its manifests: a torn shelf is a worker's task from the first day."""
    _, last = store.run(partial(tell_of_torn, after=""))
    while last:
        _, last = store.run(partial(tell_of_torn, after=last))


def _remembered(tx: Tx) -> tuple[int, int | None]:
    seen, restored = tx.row(sql.META, {"name": _SEEN}), tx.row(sql.META, {"name": RESTORED})
    return int(seen.value) if seen is not None else 0, int(restored.value) if restored is not None else None


def _last_words(store: Store, lines: Iterable[Line]) -> Iterable[tuple[tuple[str, ...], Line, Told]]:
    """The lines in the order in which they came to be: by how often the house was restored, then by the chain."""
    if store.safety is None:
        return
    for line in sorted(lines, key=lambda one: (one.epoch, one.subject, one.n, one.seq)):
        what = store.safety.what(line)
        if what is not None:
            yield (line.subject, what.tag, _about(line, what)), line, what


def _about(line: Line, what: Told) -> str:
    """What a line is about: of two lines about the same, the later one counts. Else each counts by itself."""
    match what:
        case Blocked(staff=str(staff)):
            return staff
        case Blocked(tie=tie) | StatusSet(tie=tie) | Tied(tie=tie):
            return tie
        case (
            Withdrew(consent=about)
            | ContactDecided(person=about)
            | ChannelPaused(person=about)
            | KeptFromCulling(ground=about)
        ):
            return about
        case Refused(entry=entry) | TakenBack(entry=entry) | PutAside(entry=entry):
            return entry
        case ToldChosen(tie=tie, of=of) | VisitOpened(tie=tie, entry=of):
            return f"{tie}.{of}"
        case Sealed() | Investigation() | Employed() | Unlinked():
            return ""
        case _:
            return str(line.seq)


def _tell(tx: Tx, last: list[tuple[Line, Told]], epoch: int, *, shut: bool) -> tuple[int, int]:
    since = not_known(tx, last, epoch)
    told = sum(_tell_one(tx, line, what, epoch) for line, what in last)
    told += close_again(tx, since)
    return told, _shut(tx, epoch) if shut else 0


def _tell_one(tx: Tx, line: Line, what: Told, epoch: int) -> bool:
    if isinstance(what, CulledMonth):
        return carry_out(tx, what.month, what.reference) > 0
    standing = standing_of(tx, line.subject, lock=True)
    subject = tx.row(sql.SUBJECT, {"id": line.subject})
    if subject is None or standing is None or standing.culled or not standing.intact:
        return False
    match what:
        case TakenBack():
            return _take_back(tx, standing, what)
        case Closed() | PutAside() | ToldChosen():
            # Told together, after all rules: see close_again.
            return False
        case Unlinked():
            end_bindings(tx, line.subject)
            part_with_chat(tx, line.subject)
            return _drop_links(tx, line.subject) > 0
        case _:
            unknown = (line.epoch, line.n) > (epoch, subject.head_n)
            rule = _wanting(standing, what, unknown=unknown)
    if rule is None:
        return False
    add_rule(tx, line.subject, rule)
    if isinstance(rule, ReleaseEnded):
        end_again(tx, line.subject, rule)
    return True


def _drop_links(tx: Tx, person: str) -> int:
    links = tx.rows(_LINK_PARTS, {"of": person})
    for row in links:
        drop(tx, row.record, PERSON_PART)
    return len(links)


def _wanting(standing: Standing, what: Told, *, unknown: bool) -> Rule | None:
    """The rule that this standing lacks to say what the log says. `unknown`: its chain ends before that line."""
    ties = {tie.tie: tie for tie in standing.ties()}
    match what:
        case Withdrew():
            lacks = any(yes.consent == what.consent for yes in standing.consents())
        case Blocked(staff=str(staff)):
            lacks = unknown or standing.shut_out(staff) != what.blocked
        case Blocked():
            lacks = what.tie in ties and (unknown or standing.blocked(what.tie) != what.blocked)
        case StatusSet():
            lacks = what.tie in ties and (unknown or standing.status(what.tie) is not what.status)
        case Sealed():
            lacks = standing.sealed() != what.sealed
        case Investigation():
            lacks = standing.under_investigation() != what.active
        case Employed():
            role = standing.employment()
            lacks = role is not None and role.active != what.active
        case ChannelPaused(person=person):
            lacks = (paused_for((one.rule for one in standing.rules), person) is not None) != what.paused
            return changed(what, why=FROM_THE_LOG) if lacks else None
        case KeptFromCulling(ground=ground, kept=kept):
            lacks = (ground in kept_for(one.rule for one in standing.rules)) != kept
            return changed(what, decided_by=FROM_THE_LOG) if lacks else None
        case Tied():
            return _ended(ties.get(what.tie), what)
        case ContactDecided():
            return changed(what, decided_by=FROM_THE_LOG, why=FROM_THE_LOG) if unknown else None
        case Carried():
            return changed(what, decided_by=FROM_THE_LOG, ground=FROM_THE_LOG) if unknown else None
        case VisitOpened():
            lacks = not what.opened and what.tie in told_of(standing, what.entry)
        case TakenBack() | Closed() | PutAside() | ToldChosen() | Unlinked() | CulledMonth():
            return None
        case _:
            lacks = unknown
    return what if lacks else None


def _ended(tie: Tied | None, what: Tied) -> Tied | None:
    """The tie as it stands with the end that the log knows."""
    if tie is None or what.until is None or (tie.until is not None and tie.until <= what.until):
        return None
    return changed(tie, until=what.until, decided_by=FROM_THE_LOG)


def _take_back(tx: Tx, standing: Standing, what: TakenBack) -> bool:
    there = {row.compartment for row in tx.rows(_PART_IDS, {"of": what.entry})}
    if not there - {STAFF_PART}:
        return False
    return at_work(tx, standing.subject, partial(_taken_back, entry=EntryId(what.entry)))


def _taken_back(desk: Desk, grant: Grant, *, entry: EntryId) -> bool:
    """Also in a case that is sealed: once the seal is broken nobody may meet the card again."""
    deed = TakeBack(CaseId(grant.subject), entry, FROM_THE_LOG)
    done = CASE_DEEDS[TakeBack](desk, grant, deed)
    wrote_down(desk, grant, "TakeBack")
    return isinstance(done, Done)


def _shut(tx: Tx, epoch: int) -> int:
    """Everybody signs in anew, and nothing that waited is sent: the day it was for may be another by now."""
    for statement in _SHUT:
        tx.conn.execute(statement, {"at": tx.now_ms})
    tx.conn.execute(_LEASES)
    waiting = tx.rows(_WAITING, {})
    for row in waiting:
        tx.run(_EXPIRE, {"of": row.id, "at": tx.now_ms})
        if row.sort == "push":
            open_delivery_duty(tx, claimed_of(row))
    set_meta(tx, _EPOCH, str(epoch + 1))
    drop_meta(tx, RESTORED)
    return len(waiting)
