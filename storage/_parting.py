"""Where her messages lie: the address of each chat, kept sealed until nothing of hers is to be taken out of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, bindparam, exists, or_, select, update

from storage import _tables as t
from storage._outbox_rows import CLAIMED, QUEUED, RETRY, SENDING, SUPPRESSED
from storage._reminding import delete_later
from storage._sealing import Culled, Tampered
from storage._shelf import drop, put, take
from storage._sql import Tx, instant
from storage._vouched import is_queued_here
from storage.consent import Grant, Withheld
from storage.payloads import Bound
from storage.records import PERSON_PART

PARTING = "parting"
_o = t.outbox.c
_AGAIN = select(t.outbox).where(
    _o.person == bindparam("of"), _o.what == "again", _o.state.in_((QUEUED, CLAIMED, SENDING, RETRY))
)
_END_AGAIN = (
    update(t.outbox)
    .where(_o.person == bindparam("of"), _o.what == "again", _o.state.in_((QUEUED, RETRY)))
    .values(state=SUPPRESSED, reason="unlinked", done_at=bindparam("at"))
)
_ARRIVED = select(_o.done_at).where(
    _o.person == bindparam("of"), _o.message_id == bindparam("message"), _o.state == "sent"
)
_ASKED_FOR = (
    update(t.outbox)
    .where(_o.person == bindparam("of"), _o.message_id == bindparam("message"), _o.state == "sent")
    .values(message_id=None)
)
_KEPT = select(t.part.c.record).where(
    t.part.c.owner == bindparam("of"), t.part.c.compartment == PERSON_PART, t.part.c.name == PARTING,
    ~exists().where(
        t.conversation.c.person == bindparam("of"), t.conversation.c.ended_at.is_(None),
        t.part.c.record == t.conversation.c.id.concat(f".{PARTING}"),
    ),
)  # fmt: skip
# What is on its way there will have to go, too.
_WANTED = select(_o.id).where(
    _o.conversation == bindparam("chat"),
    or_(and_(_o.what.in_(("delete", "again")), _o.state.in_((QUEUED, CLAIMED, RETRY))), _o.state == SENDING),
).limit(1)  # fmt: skip


def keep_address(tx: Tx, person: str, bound: Bound) -> None:
    """Keep where her messages will lie from now on, apart from the link: it may end before they are gone."""
    put(tx, person, PERSON_PART, PARTING, f"{bound.conversation}.{PARTING}", bound)


def part_with_chat(tx: Tx, person: str) -> None:
    """Her chat was let go: a reminder that would be replaced is to go instead, and then the address is forgotten."""
    for row in tx.rows(_AGAIN, {"of": person}):
        if row.message_id and is_queued_here(tx, row):
            sent = sent_at(tx, person, row.message_id)
            delete_later(tx, row.id, person, row.case_id, row.message_id, tx.now, sent=sent)
            tx.run(_ASKED_FOR, {"of": person, "message": row.message_id})
    tx.run(_END_AGAIN, {"of": person, "at": tx.now_ms})
    let_chat_go(tx, person)


def sent_at(tx: Tx, person: str, message: str) -> datetime | None:
    """When a message of hers came, as its row knows it."""
    arrived = tx.row(_ARRIVED, {"of": person, "message": message})
    return instant(arrived.done_at) if arrived is not None and arrived.done_at else None


def chat_of_removals(tx: Tx, grant: Grant | Withheld, conversation: str | None) -> int | None:
    """The chat of a conversation of hers, also of one that is over; None when it is not known any more."""
    try:
        kept = [] if isinstance(grant, Withheld) else take(tx, grant, PARTING)
    except (Culled, Tampered):
        return None
    return next((part.payload.chat for part in kept if part.payload.conversation == conversation), None)


def let_chat_go(tx: Tx, person: str) -> None:
    """Forget each chat that is hers no more as soon as nothing is to go from it."""
    for row in tx.rows(_KEPT, {"of": person}):
        if tx.row(_WANTED, {"chat": row.record.removesuffix(f".{PARTING}")}) is None:
            drop(tx, row.record, PERSON_PART)
