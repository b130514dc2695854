"""Statements, each built once, and the transaction they run in; those about parts and data keys lie in their own room.

Rows come out as they lie: still sealed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    Row,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    not_,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from storage import _tables as t
from storage._prepared import Rows, execute, prepared
from storage._sealing import Locksmith, Tampered
from storage.ages import USUAL, Ages
from storage.audit import Chain
from storage.carriers import USUAL_LAW, Law
from storage.ceiling import Ceiling
from storage.duties import ASLEEP, UNSEEN
from storage.keys import Keyring
from storage.safety import Outside
from storage.terms import USUAL_TERMS, Terms


def millis(at: datetime) -> int:
    """Milliseconds since 1970 of an aware instant."""
    if at.tzinfo is None:
        raise ValueError("a naive time reached the store")
    return int(at.timestamp() * 1000)


def instant(value: int) -> datetime:
    """The aware instant of a stored number, in UTC; `Tampered` when it is none: SQLite keeps what it is given."""
    try:
        return datetime.fromtimestamp(value / 1000, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        raise Tampered from None


def instant_or(value: int, otherwise: datetime) -> datetime:
    """The same of a row that must be seen though its number is none: a duty is due, rather than gone."""
    try:
        return instant(value)
    except Tampered:
        return otherwise


_COUNTED = {"preserve_rowcount": True}
# What a row has in the place of a MAC when it is over; it fits nothing.
NO_MAC = bytes(32)


@dataclass(slots=True)
class Tx:
    """One open transaction: its connection, the keys, the chain its visits join, and what time it is."""

    conn: Connection
    keyring: Keyring
    smith: Locksmith
    chain: Chain
    tenant: str
    now: datetime
    locks: bool
    outside: list[Outside] = field(default_factory=list)
    ages: Ages = USUAL
    telegram_full: bool = True
    terms: Terms = USUAL_TERMS
    law: Law = USUAL_LAW
    units: Mapping[str, str] = field(default_factory=dict)
    ceiling: Ceiling = field(default_factory=Ceiling)
    # By how much each subject's manifest has moved (`_manifest`).
    lain: dict[str, int] = field(default_factory=dict)
    # Parts as this transaction read them, where nobody else writes meanwhile; and manifests that came beside a key.
    seen: dict[tuple[str, str], tuple[str, int, bytes]] = field(default_factory=dict)
    beside: dict[str, tuple[int, int, bytes]] = field(default_factory=dict)
    _placed: int = 0

    @property
    def now_ms(self) -> int:
        """The instant of this transaction in milliseconds."""
        return millis(self.now)

    def place(self) -> int:
        """Microseconds of this transaction, one more each time: parts put down together keep their order."""
        self._placed += 1
        return self.now_ms * 1000 + self._placed

    def rows(self, statement: Executable, values: Mapping[str, Any]) -> Rows:
        """All rows of a query."""
        if not self.locks and (ready := prepared(self.conn, statement, values)) is not None:
            return ready.rows(execute(self.conn, ready, values))
        return self.conn.execute(statement, values).all()

    def row(self, statement: Executable, values: Mapping[str, Any]) -> Row[Any] | None:
        """The first row of a query, if any."""
        if not self.locks and (ready := prepared(self.conn, statement, values)) is not None:
            return next(iter(ready.rows(execute(self.conn, ready, values))), None)
        return self.conn.execute(statement, values).first()

    def run(
        self,
        statement: Executable,
        values: Mapping[str, Any] | Sequence[Mapping[str, Any]],
    ) -> int:
        """Carry out a change; how many rows it touched."""
        names = values if isinstance(values, Mapping) else values[0]
        if not self.locks and (ready := prepared(self.conn, statement, names)) is not None:
            return execute(self.conn, ready, values).rowcount
        # Without the option an insert tells nothing on PostgreSQL, and "was it new?" is asked of inserts too.
        return self.conn.execute(statement, values, execution_options=_COUNTED).rowcount


_p = bindparam

# --- subjects, rules and parties ----------------------------------------------------------------------------

_STANDING_COLUMNS = (
    t.subject.c.id,
    t.subject.c.sort,
    t.subject.c.side,
    t.subject.c.unit,
    t.subject.c.head_n,
    t.subject.c.head_mac,
    t.subject.c.epoch,
    t.subject.c.cull_month,
    t.subject.c.culled_at,
    t.rule.c.n,
    t.rule.c.at,
    t.rule.c.sealed,
    t.rule.c.mac,
    t.dek.c.wrapped,
    t.dek.c.month,
)
_STANDING_FROM = t.subject.outerjoin(t.rule, t.rule.c.subject == t.subject.c.id).outerjoin(
    t.dek, and_(t.dek.c.owner == t.subject.c.id, t.dek.c.compartment == "rules")
)


def _standing(where: ColumnElement[bool]) -> Any:
    return select(*_STANDING_COLUMNS).select_from(_STANDING_FROM).where(where).order_by(t.subject.c.id, t.rule.c.n)


STANDING_OF = _standing(t.subject.c.id == _p("id"))
STANDING_OF_PERSON = _standing(
    or_(t.subject.c.id == _p("id"), t.subject.c.id.in_(select(t.party.c.case_id).where(t.party.c.person == _p("id"))))
)
STANDING_OF_LOCKED = STANDING_OF.with_for_update(of=t.subject)
STANDING_OF_PERSON_LOCKED = STANDING_OF_PERSON.with_for_update(of=t.subject)

SUBJECT = select(t.subject).where(t.subject.c.id == _p("id"))
ADD_SUBJECT = insert(t.subject)
ADD_RULE = insert(t.rule)
MOVE_HEAD = (
    update(t.subject)
    .where(t.subject.c.id == _p("of"), t.subject.c.head_n == _p("n") - 1)
    .values(head_n=_p("n"), head_mac=_p("mac"))
)
SET_EPOCH = update(t.subject).where(t.subject.c.id == _p("of")).values(epoch=_p("to"))
ADD_PARTY = insert(t.party)
TIES_OF_PERSON = select(t.party).where(t.party.c.person == _p("person")).order_by(t.party.c.case_id, t.party.c.tie)
CASES_OF_UNIT = (
    select(t.subject.c.id)
    .where(t.subject.c.unit == _p("unit"), t.subject.c.sort == "case", t.subject.c.side == _p("side"))
    .order_by(t.subject.c.created_at.desc(), t.subject.c.id)
    .limit(_p("limit"))
    .offset(_p("offset"))
)

# --- visits -------------------------------------------------------------------------------------------------

ADD_VISIT = insert(t.visit)
VISITS_OF = (
    select(t.visit)
    .where(t.visit.c.subject == _p("subject"))
    .order_by(t.visit.c.at.desc(), t.visit.c.seq.desc())
    .limit(_p("limit"))
)
# Neither hers nor of anybody else who is a person of a case: their looking, however much, hides no reader.
VISITS_BY_OTHERS = (
    select(t.visit)
    .where(
        t.visit.c.subject == _p("subject"),
        t.visit.c.actor != _p("actor"),
        ~exists().where(t.party.c.person == t.visit.c.actor),
    )
    .order_by(t.visit.c.at.desc(), t.visit.c.seq.desc(), t.visit.c.chain)
    .limit(_p("limit"))
    .offset(_p("offset"))
)
VISITS_OF_CASE = (
    select(t.visit)
    .where(t.visit.c.subject == _p("subject"))
    .order_by(t.visit.c.at.desc(), t.visit.c.seq.desc(), t.visit.c.chain)
    .limit(_p("limit"))
    .offset(_p("offset"))
)
VISITS_OF_UNIT = (
    select(t.visit)
    .join(t.subject, t.subject.c.id == t.visit.c.subject)
    .where(t.subject.c.unit == _p("unit"), t.subject.c.side == _p("side"))
    .order_by(t.visit.c.at.desc(), t.visit.c.chain, t.visit.c.seq.desc())
    .limit(_p("limit"))
    .offset(_p("offset"))
)
ALL_SUBJECTS = select(t.subject.c.id).order_by(t.subject.c.id)
ALL_VISITS = select(t.visit).order_by(t.visit.c.chain, t.visit.c.seq)

# --- conversations and sessions -----------------------------------------------------------------------------

ADD_CONVERSATION = insert(t.conversation)
MOVE_CONVERSATION = (
    update(t.conversation)
    .where(t.conversation.c.id == _p("of"), t.conversation.c.turn == _p("was"))
    .values(turn=_p("turn"), sealed=_p("sealed"), open_state=_p("open_state"), updated_at=_p("at"))
)
# What is over has no MAC any more: set back to NULL, `ended_at` and `used_at` revive nothing.
END_SESSION = (
    update(t.session)
    .where(t.session.c.token == _p("of"), t.session.c.ended_at.is_(None))
    .values(ended_at=_p("at"), mac=_p("mac_now"))
)

# --- one-time secrets and the limiter -----------------------------------------------------------------------

USE_SECRET = (
    update(t.secret)
    .where(t.secret.c.token == _p("of"), t.secret.c.used_at.is_(None))
    .values(used_at=_p("at"), mac=NO_MAC)
)
BURN_SECRETS_OF = (
    update(t.secret)
    .where(t.secret.c.subject == _p("of"), t.secret.c.purpose == _p("for_"), t.secret.c.used_at.is_(None))
    .values(used_at=_p("at"), mac=NO_MAC)
)
LIMIT = select(t.limiter).where(t.limiter.c.key == _p("key")).with_for_update()
ADD_LIMIT = upsert(t.limiter).on_conflict_do_nothing()
SET_LIMIT = (
    update(t.limiter)
    .where(t.limiter.c.key == _p("of"))
    .values(tries=_p("tries"), day_tries=_p("day_tries"), since=_p("since"), until=_p("until"))
)

# --- inbox, work rows, search -------------------------------------------------------------------------------

INBOX = select(t.inbox).where(t.inbox.c.channel == _p("channel"), t.inbox.c.inbound == _p("inbound"))
ADD_INBOX = insert(t.inbox)
SET_INBOX = (
    update(t.inbox)
    .where(t.inbox.c.channel == _p("ch"), t.inbox.c.inbound == _p("of"))
    .values(state=_p("state"), turn=_p("turn"))
)
INBOX_ROWS = select(t.inbox).order_by(t.inbox.c.at.desc()).limit(_p("limit"))
ADD_TASK = insert(t.task)
# Two sides of the house may have a unit of the same name; neither sees the other's work.
# Asked of each row by its id: a list of everything on the other side would grow with the house.
_OTHER_SIDE = exists().where(t.subject.c.id == t.task.c.case_id, t.subject.c.side != _p("of_side"))
_OWN_SIDE = or_(t.task.c.case_id.is_(None), not_(_OTHER_SIDE))
# What nobody need think of before its day stands in no list until then, and what is nobody's work in none at all.
_AWAKE = and_(
    t.task.c.code.not_in(sorted(UNSEEN)), or_(t.task.c.code.not_in(sorted(ASLEEP)), t.task.c.due_at <= _p("now"))
)
OPEN_TASKS = (
    select(t.task)
    .where(t.task.c.unit == _p("unit"), t.task.c.done_at.is_(None), _OWN_SIDE, _AWAKE)
    .order_by(t.task.c.due_at, t.task.c.id)
    .limit(_p("limit"))
)
TASKS_OF_CASE = select(t.task).where(t.task.c.case_id == _p("case_id"), t.task.c.done_at.is_(None))
DUE_AT_ONCE = 200
DUE_OF_CODE = (
    select(t.task)
    .where(
        t.task.c.code == _p("code"),
        t.task.c.done_at.is_(None),
        t.task.c.due_at <= _p("before"),
        or_(t.task.c.due_at > _p("after"), and_(t.task.c.due_at == _p("after"), t.task.c.id > _p("after_id"))),
    )
    .order_by(t.task.c.due_at, t.task.c.id)
    .limit(DUE_AT_ONCE)
)
OPEN_TASK = select(t.task).where(
    t.task.c.id == _p("of"), t.task.c.unit == _p("at_unit"), t.task.c.done_at.is_(None), _OWN_SIDE
)
DO_TASK = (
    update(t.task)
    .where(t.task.c.id == _p("of"), t.task.c.unit == _p("at_unit"), t.task.c.done_at.is_(None), _OWN_SIDE)
    .values(done_at=_p("at"))
)
DO_TASKS_OF = (
    update(t.task)
    .where(
        t.task.c.case_id == _p("of"),
        t.task.c.ref == _p("about"),
        t.task.c.code.in_(_p("codes", expanding=True)),
        t.task.c.done_at.is_(None),
    )
    .values(done_at=_p("at"))
)
ALL_TASKS = select(t.task).where(t.task.c.done_at.is_(None), _AWAKE).order_by(t.task.c.due_at).limit(_p("limit"))
_DUE = union_all(
    select(t.task.c.due_at.label("at")).where(
        t.task.c.done_at.is_(None), t.task.c.due_at > _p("now"), t.task.c.code.not_in(sorted(ASLEEP))
    ),
    select(t.outbox.c.due_at.label("at")).where(
        t.outbox.c.state.in_(("queued", "retry_wait")), t.outbox.c.due_at > _p("now")
    ),
).subquery()
NEXT_DUE = select(func.min(_DUE.c.at).label("at"))
ADD_SEARCH = insert(t.search)
FIND = select(t.search.c.subject).where(t.search.c.hash == _p("hash"))

META = select(t.meta.c.value).where(t.meta.c.name == _p("name"))
META_NAMED = select(t.meta).where(t.meta.c.name.startswith(_p("start")))
ADD_META = insert(t.meta)

REVIEWS = select(t.review)
ADD_REVIEW = insert(t.review)
DROP_REVIEW = delete(t.review).where(t.review.c.tag == _p("of_tag"), t.review.c.kind == _p("of_kind"))
