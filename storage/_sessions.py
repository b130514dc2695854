"""Sessions as they lie: written, carried on under a new token, ended; and the single-use secrets that lead to them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b, sha256

from storage import _sql as sql
from storage._chain import add_rule, standing_of
from storage._sql import Tx, millis
from storage._vouched import add_secret_row, add_session_row, end_row, end_rows, session_row
from storage.records import Channel, PersonId, Strength, new_id
from storage.standing import Standing
from storage.ways_in import SessionsEnded, epoch_of

CHAT_IDLE, CHAT_ABSOLUTE = timedelta(minutes=5), timedelta(minutes=30)
TRUSTED_FOR = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Entered:
    """A new session: the token for the cookie, and how long the cookie lives (None: until the browser closes)."""

    token: str
    lives: timedelta | None
    person: PersonId | None = None


def hashed(token: str) -> bytes:
    """How a long random token is kept."""
    return sha256(token.encode()).digest()


def enter(tx: Tx, person: PersonId | None, strength: Strength, state: str, *, trusted: bool) -> Entered:
    """A new conversation on the web and a session for it; `person` None for whoever has not signed in."""
    token, conversation = secrets.token_urlsafe(32), new_id()
    tx.run(
        sql.ADD_CONVERSATION,
        {
            "id": conversation,
            "person": person,
            "channel": Channel.WEB,
            "binding": None,
            "turn": 1,
            "sealed": None,
            "open_state": state,
            "updated_at": tx.now_ms,
            "ended_at": None,
        },
    )
    add_session(
        tx, token, "chat", person, conversation, strength, TRUSTED_FOR if trusted else CHAT_ABSOLUTE, trusted=trusted
    )
    return Entered(token, TRUSTED_FOR if trusted else None, person)


def carry_on(
    tx: Tx, token: str, person: PersonId | None, strength: Strength, *, trusted: bool, code: str = ""
) -> Entered:
    """The same conversation under a new token: a session that was fixed or seen before is worth nothing.

    `code`: a keyed hash of the code she has just chosen. Every other session ends with it.
    """
    row = session_row(tx, hashed(token))
    if row is None:
        raise LookupError("no such session")
    if person is not None and code:
        end_sessions(tx, person, code=code)
    end_row(tx, row)
    fresh = secrets.token_urlsafe(32)
    lives = TRUSTED_FOR if trusted else CHAT_ABSOLUTE
    add_session(tx, fresh, "chat", person, row.conversation, strength, lives, trusted=trusted)
    return Entered(fresh, lives if trusted else None, person)


def add_session(
    tx: Tx,
    token: str,
    sort: str,
    subject: str | None,
    conversation: str | None,
    strength: Strength,
    lives: timedelta,
    *,
    trusted: bool,
) -> None:
    """Write a session down, in the epoch its subject is in now."""
    owner = tx.row(sql.SUBJECT, {"id": subject}) if subject else None
    add_session_row(
        tx,
        {
            "token": hashed(token),
            "sort": sort,
            "subject": subject,
            "conversation": conversation,
            "strength": strength,
            "epoch": owner.epoch if owner else 0,
            "trusted": int(trusted),
            "created_at": tx.now_ms,
            "seen_at": tx.now_ms,
            "expires_at": millis(tx.now + lives),
            "ended_at": None,
        },
    )


def leave(tx: Tx, token: str) -> None:
    """End one session."""
    if (row := session_row(tx, hashed(token))) is not None:
        end_row(tx, row)


def end_sessions(tx: Tx, subject: str, *, code: str = "") -> None:
    """End every session of a person or a member of staff; see `SessionsEnded` for `code`.

    It is said in the chain of rules, since rows can be put back as they were by whoever can write them.
    """
    standing, row = standing_of(tx, subject, lock=True), tx.row(sql.SUBJECT, {"id": subject})
    if standing is None or row is None:
        raise LookupError(subject)
    end_rows(tx, subject)
    stood = row.epoch if isinstance(row.epoch, int) else 0
    epoch = max(stood, epoch_of(one.rule for one in standing.rules)) + 1
    tx.run(sql.SET_EPOCH, {"of": subject, "to": epoch})
    if standing.intact:
        add_rule(tx, subject, SessionsEnded(epoch, code))


def keep_secret(
    tx: Tx, token: str, purpose: str, subject: str, case: str | None, lives: timedelta, *, spoken: bytes | None = None
) -> None:
    """Keep a single-use secret by its hash; `spoken` is the hash of the code that goes with it."""
    add_secret_row(
        tx,
        {
            "token": hashed(token),
            "purpose": purpose,
            "subject": subject,
            "case_id": case,
            "spoken": spoken,
            "tries": 0,
            "created_at": tx.now_ms,
            "expires_at": millis(tx.now + lives),
            "used_at": None,
        },
    )


def burn(tx: Tx, subject: str, purpose: str) -> None:
    """Use up every unused secret of one sort."""
    tx.run(sql.BURN_SECRETS_OF, {"of": subject, "for_": purpose, "at": tx.now_ms})


def last_code(standing: Standing | None) -> tuple[str, int]:
    """The keyed hash of the code she chose last, and when; ('', 0) when her chain knows of none."""
    for recorded in reversed(standing.rules if standing is not None else ()):
        if isinstance(recorded.rule, SessionsEnded) and recorded.rule.code:
            return recorded.rule.code, millis(recorded.at)
    return "", 0


def code_mark(tx: Tx, verifier: str) -> str:
    """A code by a keyed hash, as her chain knows it: whoever reads the chain cannot guess it."""
    return blake2b(verifier.encode(), digest_size=16, key=tx.keyring["mac"], person=b"code").hexdigest()
