"""Rows that let somebody in or speak to her: sessions, one-time secrets, chats, the outbox, buttons; each under a MAC.

A token lies as a plain hash, which anybody can make who can write a row. So the MAC binds whom a row lets in or speaks
to, how far and until when; one that is made up or changed is as if it were not there, and a worker has the task (T7).
What is over loses its MAC with that, so that no row comes to life by `ended_at` or `used_at` alone; an earlier row that
is put back whole is held against the chain of rules, which knows when everything ended that was worth something before.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import blake2b
from hmac import compare_digest
from typing import Any

from sqlalchemy import Executable, Row, and_, bindparam, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from storage import _sql as sql
from storage import _tables as t
from storage._duty_rows import open_duty
from storage._sql import Tx
from storage.duties import Duty
from storage.records import Strength, SubjectSort

_p = bindparam
_SESSION = ("token", "sort", "subject", "conversation", "strength", "epoch", "trusted", "created_at", "seen_at",
            "expires_at")  # fmt: skip
_CHAT = ("id", "person", "channel", "binding")
_SECRET = ("token", "purpose", "subject", "case_id", "spoken", "tries", "created_at", "expires_at")
# What a queued row says; the rest is how far its sending has come.
_PUSH = ("id", "dedup", "sort", "what", "person", "case_id", "ref", "ref_version", "conversation", "turn", "channel",
         "not_after")  # fmt: skip
_BUTTON = ("nonce", "conversation", "turn", "ref", "value", "expires_at")
# Bytes become a list: no text that is put in their place says the same.
_SAID = json.JSONEncoder(default=lambda raw: [raw.hex()])
_OVER = {"session": "ended_at", "secret": "used_at"}

_TALK = (
    select(
        t.session,
        t.session.c.subject.label("person"),
        t.subject.c.epoch.label("person_epoch"),
        t.subject.c.side,
        t.conversation.c.id,
        t.conversation.c.turn,
        t.conversation.c.sealed,
        t.conversation.c.open_state,
        t.conversation.c.channel,
        t.conversation.c.ended_at.label("talk_ended_at"),
        t.dek.c.wrapped,
        t.dek.c.month,
        t.part.c.sealed.label("profile"),
        t.part.c.v.label("profile_v"),
        t.part.c.version.label("profile_version"),
        t.part.c.record.label("profile_record"),
    )
    .select_from(
        t.session.join(t.conversation, t.conversation.c.id == t.session.c.conversation)
        .outerjoin(t.subject, t.subject.c.id == t.session.c.subject)
        .outerjoin(t.dek, and_(t.dek.c.owner == t.session.c.subject, t.dek.c.compartment == "person"))
        .outerjoin(
            t.part,
            and_(t.part.c.owner == t.session.c.subject, t.part.c.compartment == "person", t.part.c.name == "profile"),
        )
    )
    .where(t.session.c.token == _p("token"), t.session.c.sort == "chat")
)
_TALK_LOCKED = _TALK.with_for_update(of=t.conversation)
_TALK_OF = select(t.conversation.c.person).where(t.conversation.c.id == _p("of"))
_BY_TOKEN = select(t.session).where(t.session.c.token == _p("token"))
_OPEN_OF = select(t.session).where(
    t.session.c.subject == _p("of"),
    t.session.c.ended_at.is_(None),
    t.session.c.expires_at >= _p("now"),
)
_NOT_ENDED = select(t.session).where(t.session.c.subject == _p("of"), t.session.c.ended_at.is_(None))
_STAFF_OF = _OPEN_OF.where(t.session.c.sort == "staff", t.session.c.seen_at >= _p("rested"))
_PLACES_OF = _OPEN_OF.where(
    t.session.c.sort == "chat", t.session.c.strength.in_((Strength.PIN.value, Strength.CHANNEL.value))
).order_by(t.session.c.seen_at.desc(), t.session.c.created_at.desc())
_ADD_SESSION = insert(t.session)
_TOUCH = update(t.session).where(t.session.c.token == _p("of")).values(seen_at=_p("at"), mac=_p("mac_now"))

_BY_HASH = select(t.secret).where(t.secret.c.token == _p("token"))
# A try is counted on the row as it is when its turn comes: read before, a hundred at once would be counted as one.
_BY_HASH_LOCKED = _BY_HASH.with_for_update()
_WAITING = select(t.secret).where(
    t.secret.c.purpose == _p("for_"),
    t.secret.c.spoken == _p("spoken"),
    t.secret.c.used_at.is_(None),
    t.secret.c.expires_at >= _p("now"),
)
_ADD_SECRET = insert(t.secret)
_TRY = update(t.secret).where(t.secret.c.token == _p("of")).values(tries=_p("now_tries"), mac=_p("mac_now"))
_SPEND = upsert(t.secret).on_conflict_do_nothing()


# --- sessions -----------------------------------------------------------------------------------------------


def add_session_row(tx: Tx, row: Mapping[str, Any]) -> None:
    """Write a session down under its MAC; `row` has every column but that one."""
    tx.run(_ADD_SESSION, {**row, "mac": _mac(tx, "session", [row[name] for name in _SESSION])})


def touch(tx: Tx, row: Row[Any]) -> None:
    """A session is used now: its rest begins anew, under a new MAC."""
    fields = [tx.now_ms if name == "seen_at" else getattr(row, name) for name in _SESSION]
    tx.run(_TOUCH, {"of": row.token, "at": tx.now_ms, "mac_now": _mac(tx, "session", fields)})


def end_row(tx: Tx, row: Row[Any]) -> bool:
    """End a session; its row still tells which conversation it was, and lets nobody in. False when it was over."""
    over = _mac(tx, "session over", [getattr(row, name) for name in _SESSION])
    mac = over if _is_ours(tx, "session", _SESSION, row) else sql.NO_MAC
    return tx.run(sql.END_SESSION, {"of": row.token, "at": tx.now_ms, "mac_now": mac}) == 1


def end_rows(tx: Tx, subject: str) -> None:
    """End every session of a person or a member of staff."""
    for row in tx.rows(_NOT_ENDED, {"of": subject}):
        end_row(tx, row)


def session_row(tx: Tx, token: bytes) -> Row[Any] | None:
    """The session with this hash, over or not; None when this house wrote none."""
    return _ours(tx, "session", _SESSION, tx.row(_BY_TOKEN, {"token": token}))


def talk_row(tx: Tx, token: bytes, *, lock: bool) -> Row[Any] | None:
    """The same of a chat, with its conversation, and her key and profile beside it."""
    return _ours(tx, "session", _SESSION, tx.row(_TALK_LOCKED if lock else _TALK, {"token": token}))


def places_rows(tx: Tx, person: str) -> list[Row[Any]]:
    """Where a person is signed in, the place used last first."""
    return _all_ours(tx, "session", _SESSION, _PLACES_OF, {"of": person, "now": tx.now_ms})[:20]


def staff_rows(tx: Tx, staff: str, rested: int) -> list[Row[Any]]:
    """Where a member of staff is signed in and was seen since `rested`."""
    return _all_ours(tx, "session", _SESSION, _STAFF_OF, {"of": staff, "now": tx.now_ms, "rested": rested})


# --- one-time secrets ---------------------------------------------------------------------------------------


def add_secret_row(tx: Tx, row: Mapping[str, Any]) -> None:
    """Write a secret down under its MAC; `row` has every column but that one."""
    tx.run(_ADD_SECRET, _secret(tx, row))


def spend_row(tx: Tx, row: Mapping[str, Any]) -> bool:
    """Write down one that is used up already; False when it lies there."""
    return tx.run(_SPEND, _secret(tx, row)) == 1


def try_row(tx: Tx, row: Row[Any]) -> None:
    """Count a try of a secret whose row is held."""
    fields = [row.tries + 1 if name == "tries" else getattr(row, name) for name in _SECRET]
    tx.run(_TRY, {"of": row.token, "now_tries": row.tries + 1, "mac_now": _mac(tx, "secret", fields)})


def secret_row(tx: Tx, token: bytes, *, lock: bool = False) -> Row[Any] | None:
    """The secret with this hash, used, late or not; None when this house wrote none."""
    return _ours(tx, "secret", _SECRET, tx.row(_BY_HASH_LOCKED if lock else _BY_HASH, {"token": token}))


def waiting_rows(tx: Tx, purpose: str, spoken: bytes) -> list[Row[Any]]:
    """The unused secrets of one sort that go with these words."""
    return _all_ours(tx, "secret", _SECRET, _WAITING, {"for_": purpose, "spoken": spoken, "now": tx.now_ms})


# --- chats --------------------------------------------------------------------------------------------------


def bind_chat(tx: Tx, row: Mapping[str, Any]) -> None:
    """Write down the conversation of a chat that is hers from now on; `row` has every column but the MAC."""
    tx.run(sql.ADD_CONVERSATION, {**row, "mac": _mac(tx, "chat", [row[name] for name in _CHAT])})


def is_bound(tx: Tx, row: Row[Any]) -> bool:
    """Whether this house bound this chat to this person; a chat of nobody's needs no word for it."""
    return row.person is None or _is_ours(tx, "chat", _CHAT, row)


# --- what is to be sent, and the buttons under it -------------------------------------------------------------


def push_mac(tx: Tx, row: Mapping[str, Any]) -> bytes:
    """The MAC of a row of the outbox: to whom, about what, until when."""
    return _mac(tx, "push", [row[name] for name in _PUSH])


def is_queued_here(tx: Tx, row: Row[Any]) -> bool:
    """Whether this house queued a row of the outbox; a worker has the task when it did not."""
    counts = (row.due_at, row.lease_until, row.attempt, row.fence, row.created_at)
    if all(isinstance(one, int) for one in counts) and _is_ours(tx, "push", _PUSH, row):
        return True
    tell_of_row(tx, row.person, row.case_id)
    return False


def button_mac(tx: Tx, row: Mapping[str, Any]) -> bytes:
    """The MAC of a button: under which message it stands and what it says."""
    return _mac(tx, "button", [row[name] for name in _BUTTON])


def is_minted_here(tx: Tx, row: Row[Any]) -> bool:
    """Whether this house made a button as it is now; a worker has the task when it did not."""
    if _is_ours(tx, "button", _BUTTON, row):
        return True
    talk = tx.row(_TALK_OF, {"of": row.conversation})
    tell_of_row(tx, talk.person if talk is not None else None)
    return False


# --- the MAC ------------------------------------------------------------------------------------------------


def _secret(tx: Tx, row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "mac": _mac(tx, "secret", [row[name] for name in _SECRET])}


def _mac(tx: Tx, table: str, fields: list[Any]) -> bytes:
    said = _SAID.encode([tx.tenant, *fields]).encode()
    return blake2b(said, digest_size=32, key=tx.keyring["mac"], person=table.encode()).digest()


def _is_ours(tx: Tx, table: str, names: tuple[str, ...], row: Row[Any]) -> bool:
    fits = _mac(tx, table, [getattr(row, name) for name in names])
    # SQLite keeps text in a column of bytes, when somebody puts it there.
    return isinstance(row.mac, bytes) and compare_digest(row.mac, fits)


def _ours(tx: Tx, table: str, names: tuple[str, ...], row: Row[Any] | None) -> Row[Any] | None:
    if row is None or _is_ours(tx, table, names, row):
        return row
    if getattr(row, _OVER[table]) is not None:
        return row if _is_ours(tx, f"{table} over", names, row) else None
    revived(tx, row)
    return None


def revived(tx: Tx, row: Row[Any]) -> None:
    """A row that lets nobody in stands as one that does."""
    tell_of_row(tx, row.subject)


def tell_of_row(tx: Tx, *names: Any) -> None:
    """A row is not as this house wrote it: a worker has the task, where it names somebody or a case."""
    for name in names:
        owner = tx.row(sql.SUBJECT, {"id": name}) if isinstance(name, str) else None
        if owner is not None and owner.sort in (SubjectSort.PERSON, SubjectSort.CASE):
            open_duty(tx, owner.unit, owner.id, Duty.INTEGRITY, owner.id, tx.now)
            return


def _all_ours(
    tx: Tx, table: str, names: tuple[str, ...], statement: Executable, values: Mapping[str, Any]
) -> list[Row[Any]]:
    return [row for row in tx.rows(statement, values) if _ours(tx, table, names, row) is not None]
