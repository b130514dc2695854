"""Where a person is signed in, ended one by one by herself; and all of it shut by her worker, at the next request."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from sqlalchemy import Row, bindparam, update

from storage import _sql as sql
from storage import _tables as t
from storage._chain import add_rule, standing_of
from storage._outbox_rows import STOP_PERSON
from storage._parting import part_with_chat
from storage._shelf import drop
from storage._sql import Tx, instant
from storage._vouched import end_row, places_rows
from storage.queries import Place
from storage.records import PERSON_PART, PersonId
from storage.sign_in import end_sessions
from storage.ways_in import NO_CODE, ChatTied, chat_of

_p = bindparam
# The part of a chat's binding that a stop takes away; what was said there is deleted by its own rows.
_END_BINDINGS = (
    update(t.conversation)
    .where(t.conversation.c.person == _p("of"), t.conversation.c.channel == "telegram",
           t.conversation.c.ended_at.is_(None))
    .values(ended_at=_p("at"), binding=None, sealed=None, mac=sql.NO_MAC)
)  # fmt: skip


def places_of(tx: Tx, person: str) -> tuple[Place, ...]:
    """Where she is signed in on the web, the place used last first."""
    return tuple(
        Place(_name(row), instant(row.created_at), instant(row.seen_at), bool(row.trusted))
        for row in places_rows(tx, person)
    )


def end_place(tx: Tx, person: str, which: str) -> bool:
    """End one of them; False when it is none of hers, or over."""
    found = next((row for row in places_rows(tx, person) if _name(row) == which), None)
    return found is not None and end_row(tx, found)


def end_bindings(tx: Tx, person: str) -> None:
    """Let go of her chat, and say so in her chain."""
    tx.run(_END_BINDINGS, {"of": person, "at": tx.now_ms})
    standing = standing_of(tx, person, lock=True)
    if standing is not None and chat_of(one.rule for one in standing.rules):
        add_rule(tx, person, ChatTied(""))


def shut_out(tx: Tx, person: PersonId, *, for_good: bool) -> None:
    """End every session, invite and chat of a person. `for_good`: her PIN and receipt go too, as if she had none.

    What lies in her chat is taken out of it all the same: whoever else holds the telephone is who must not read it.
    """
    end_sessions(tx, person, code=NO_CODE if for_good else "")
    for purpose in ("invite", "telegram_link", "eid", *(("receipt",) if for_good else ())):
        tx.run(sql.BURN_SECRETS_OF, {"of": person, "for_": purpose, "at": tx.now_ms})
    end_bindings(tx, person)
    part_with_chat(tx, person)
    tx.run(STOP_PERSON, {"of": person, "why": "unlinked", "at": tx.now_ms})
    for name in ("bound", "linking", *(("pin",) if for_good else ())):
        drop(tx, f"{person}.{name}", PERSON_PART)


def _name(row: Row[Any]) -> str:
    """What a place is called in a form: it leads to the session and says nothing about its token."""
    return blake2b(row.token, digest_size=8).hexdigest()
