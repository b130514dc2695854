"""The rows of the outbox: ids, states and instants; no row holds a word.

Two clocks meet here. When a push is due is the house's time, since meetings are; leases, pauses and the wait before
another try are the machine's, since they are about processes and the line, and must run on when a story's clock
stands still. `lease_until` is the machine's in every state; `due_at` and `not_after` are the house's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from time import time
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    insert,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.sql.dml import ReturningUpdate

from storage import _tables as t
from storage._sql import Tx, millis
from storage._vouched import push_mac
from storage.records import new_id

_p = bindparam
QUEUED, CLAIMED, SENDING, SENT, RETRY, AMBIGUOUS, SUPPRESSED, EXPIRED, BLOCKED, DEAD = (
    "queued", "claimed", "sending", "sent", "retry_wait", "ambiguous", "suppressed", "expired", "blocked", "dead",
)  # fmt: skip
RECALLED = "taken_back"
# An answer that could not be given for so long is no answer any more.
ANSWER_LIVES_MS = 6 * 3600 * 1000

DELIVERIES_OF_CASE = (
    select(t.outbox).where(t.outbox.c.case_id == _p("case_id")).order_by(t.outbox.c.due_at.desc()).limit(50)
)
# By itself: what was sent long ago must not be lost behind everything that came after it.
TRIALS_OF_CASE = (
    select(t.outbox)
    .where(t.outbox.c.case_id == _p("case_id"), t.outbox.c.what == "trial")
    .order_by(t.outbox.c.due_at.desc())
    .limit(50)
)
ADD_OUTBOX = insert(t.outbox)
ADD_ONCE = upsert(t.outbox).on_conflict_do_nothing()
SUPERSEDE = (
    update(t.outbox)
    .where(
        t.outbox.c.ref == _p("of"),
        t.outbox.c.ref_version < _p("now_version"),
        t.outbox.c.state.in_((QUEUED, RETRY)),
    )
    .values(state=SUPPRESSED, reason="superseded", done_at=_p("at"))
)


def _among(*states: str) -> ColumnElement[bool]:
    """Literals, not parameters: only so can a database see that a partial index serves the statement."""
    return t.outbox.c.state.in_([literal_column(f"'{state}'") for state in states])


_DUE = (
    select(t.outbox.c.id)
    .where(_among(QUEUED, RETRY), t.outbox.c.due_at <= _p("now"), t.outbox.c.lease_until <= _p("real"))
    .order_by(t.outbox.c.due_at)
    .limit(_p("most"))
)


def _claim(due: Select[tuple[str]]) -> ReturningUpdate[Any]:
    return (
        update(t.outbox)
        .where(t.outbox.c.id.in_(select(due.cte("due").c.id)), _among(QUEUED, RETRY))
        .values(state=CLAIMED, worker=_p("by"), fence=t.outbox.c.fence + 1, lease_until=_p("until"))
        .returning(t.outbox)
    )


CLAIM, CLAIM_SKIPPING = _claim(_DUE), _claim(_DUE.with_for_update(skip_locked=True))
MARK_SENDING = (
    update(t.outbox)
    .where(t.outbox.c.id == _p("of"), t.outbox.c.state == CLAIMED, t.outbox.c.fence == _p("with_fence"),
           t.outbox.c.worker == _p("by"))
    .values(state=SENDING, lease_until=_p("until"), attempt=t.outbox.c.attempt + 1)
)  # fmt: skip
# A push learns in which chat it will lie: only so can it be taken out of that one and no other.
MARK_SENDING_TO = MARK_SENDING.values(conversation=_p("there"), mac=_p("mac_now"))
BY_ID = select(t.outbox).where(t.outbox.c.id == _p("of"))
HOLD_SENDING = (
    update(t.outbox)
    .where(t.outbox.c.id == _p("of"), t.outbox.c.state == SENDING, t.outbox.c.fence == _p("with_fence"))
    .values(lease_until=_p("until"))
)
FINISH = (
    update(t.outbox)
    .where(t.outbox.c.id == _p("of"), _among(CLAIMED, SENDING), t.outbox.c.fence == _p("with_fence"))
    .values(state=_p("to"), reason=_p("why"), done_at=_p("at"), message_id=_p("message"), lease_until=_p("wait_until"),
            due_at=_p("due"), what=_p("as_what"))
)  # fmt: skip
LOST = select(t.outbox).where(_among(CLAIMED, SENDING), t.outbox.c.lease_until < _p("real")).limit(200)
LOST_SKIPPING = LOST.with_for_update(skip_locked=True)
OUTLIVED = (
    select(t.outbox)
    .where(_among(QUEUED, RETRY), t.outbox.c.due_at <= _p("now"), t.outbox.c.not_after < _p("now"))
    .limit(200)
)
OUTLIVED_SKIPPING = OUTLIVED.with_for_update(skip_locked=True)
MOVE_ROW = (
    update(t.outbox)
    .where(t.outbox.c.id == _p("of"), t.outbox.c.state == _p("was"), t.outbox.c.fence == _p("with_fence"))
    .values(state=_p("to"), reason=_p("why"), done_at=_p("at"), lease_until=_p("wait_until"), what=_p("as_what"))
)
ARRIVED_ABOUT = select(t.outbox).where(
    t.outbox.c.case_id == _p("case_id"), t.outbox.c.ref == _p("of"), t.outbox.c.state == SENT
)
END_FORGED = update(t.outbox).where(t.outbox.c.id == _p("of")).values(state=DEAD, reason="forged", done_at=_p("at"))
LATER_ONES = select(t.outbox.c.id).where(
    t.outbox.c.case_id == _p("case_id"), t.outbox.c.ref == _p("of"), t.outbox.c.what == "reminder",
    t.outbox.c.due_at > _p("after"), t.outbox.c.due_at <= _p("now"),
)  # fmt: skip
# A row without a case that takes messages away is about an answer in the chat, with something of her own in it.
HASTEN = (
    update(t.outbox)
    .where(t.outbox.c.person == _p("of"), t.outbox.c.case_id.is_(None), t.outbox.c.what == "delete",
           _among(QUEUED, RETRY), t.outbox.c.due_at > _p("now"))
    .values(due_at=_p("due"))
)  # fmt: skip
# Whom a notice about one thing went to, or may have gone to.
NOTICED = select(t.outbox.c.person).where(
    t.outbox.c.case_id == _p("case_id"), t.outbox.c.ref == _p("of"), t.outbox.c.what == "notice",
    t.outbox.c.state.in_((SENDING, SENT, AMBIGUOUS)),
)  # fmt: skip
# On its way while it is taken back: whoever sends it learns so when it has arrived.
RECALL = (
    update(t.outbox)
    .where(t.outbox.c.person == _p("of"), _among(SENDING), t.outbox.c.what.in_(("notice", "step")))
    .values(reason=_p("why"))
)
WHY = select(t.outbox.c.reason).where(t.outbox.c.id == _p("of"))
WHY_HELD = WHY.with_for_update()
REMOVAL_OF = select(t.outbox.c.id).where(t.outbox.c.dedup.startswith(_p("begins"), autoescape=False)).limit(1)
TAKEN_AWAY = update(t.outbox).where(t.outbox.c.id == _p("of")).values(message_id=None)
STOP_PERSON = (
    update(t.outbox)
    .where(t.outbox.c.person == _p("of"), _among(QUEUED, RETRY), t.outbox.c.what != "delete")
    .values(state=SUPPRESSED, reason=_p("why"), done_at=_p("at"))
)
STOP_IN_CASE = STOP_PERSON.where(t.outbox.c.case_id == _p("in_case"))
STOP_REMINDERS = (
    update(t.outbox)
    .where(t.outbox.c.person == _p("of"), t.outbox.c.case_id == _p("of_case"), _among(QUEUED, RETRY),
           t.outbox.c.what == "reminder")
    .values(state=SUPPRESSED, reason=_p("why"), done_at=_p("at"))
)  # fmt: skip
# What was stopped because she was not to be written to is wanted again when she says yes before its time.
WAKE = (
    update(t.outbox)
    .where(t.outbox.c.dedup == _p("of"), t.outbox.c.state == SUPPRESSED, t.outbox.c.due_at > _p("now"))
    .values(state=QUEUED, reason=None, done_at=None, lease_until=0)
)

LEASE = select(t.lease).where(t.lease.c.name == _p("name"))
ADD_LEASE = upsert(t.lease).on_conflict_do_nothing()
TAKE_LEASE = (
    update(t.lease)
    .where(t.lease.c.name == _p("of"), or_(t.lease.c.owner == _p("by"), t.lease.c.until < _p("real")))
    .values(owner=_p("by"), until=_p("to"), fence=t.lease.c.fence + 1)
)
LET_GO = update(t.lease).where(t.lease.c.name == _p("of"), t.lease.c.owner == _p("by")).values(until=0)
PAUSE = update(t.lease).where(and_(t.lease.c.name == _p("of"), t.lease.c.until < _p("to"))).values(until=_p("to"))

ALL_OUTBOX = select(t.outbox).order_by(t.outbox.c.created_at.desc()).limit(_p("limit"))


def real_ms() -> int:
    """Milliseconds of the machine's own clock."""
    return int(time() * 1000)


@dataclass(frozen=True, slots=True)
class Push:
    """What is to be sent later: of what sort, to whom, about what in which version, and between which instants.

    `dedup` names it: the same one is queued once. `message` is the number of a message that is to go, `conversation`
    the one in which that lies.
    """

    dedup: str
    what: str
    person: str
    due_at: datetime
    not_after: datetime
    case: str | None = None
    ref: str | None = None
    ref_version: int = 0
    channel: str = "telegram"
    wall: str | None = None
    message: str | None = None
    conversation: str | None = None


def queue_push(tx: Tx, push: Push) -> bool:
    """Queue a push once; False when the same one was queued before and was not stopped since."""
    row = _new(tx, push.dedup, "push", push.what, push.person, push.channel)
    row |= {
        "case_id": push.case,
        "ref": push.ref,
        "ref_version": push.ref_version,
        "due_at": millis(push.due_at),
        "wall": push.wall,
        "not_after": millis(push.not_after),
        "message_id": push.message,
        "conversation": push.conversation,
    }
    row["mac"] = push_mac(tx, row)
    if tx.run(ADD_ONCE, row) == 1:
        return True
    return tx.run(WAKE, {"of": push.dedup, "now": tx.now_ms}) == 1


@dataclass(frozen=True, slots=True)
class Born:
    """An answer to one inbound event: to whom, in which conversation and turn, and which process gives it."""

    inbound: str
    person: str
    conversation: str
    turn: int
    worker: str


def add_answer(tx: Tx, answer: Born, lease_ms: int) -> str:
    """An answer, born as one that is being sent; its id."""
    row = _new(tx, f"answer:{answer.inbound}", "answer", "step", answer.person, "telegram")
    row |= {
        "conversation": answer.conversation,
        "turn": answer.turn,
        "not_after": tx.now_ms + ANSWER_LIVES_MS,
        "state": SENDING,
        "attempt": 1,
        "worker": answer.worker,
        "fence": 1,
        "lease_until": real_ms() + lease_ms,
    }
    row["mac"] = push_mac(tx, row)
    tx.run(ADD_OUTBOX, row)
    return str(row["id"])


def _new(tx: Tx, dedup: str, sort: str, what: str, person: str, channel: str) -> dict[str, Any]:
    return {
        "id": new_id(),
        "dedup": dedup,
        "sort": sort,
        "what": what,
        "person": person,
        "case_id": None,
        "ref": None,
        "ref_version": 0,
        "conversation": None,
        "turn": 0,
        "channel": channel,
        "due_at": tx.now_ms,
        "wall": None,
        "not_after": tx.now_ms,
        "state": QUEUED,
        "attempt": 0,
        "lease_until": 0,
        "worker": None,
        "fence": 0,
        "message_id": None,
        "reason": None,
        "created_at": tx.now_ms,
        "done_at": None,
    }
