"""Proving who one is: invites, spoken codes, PINs, receipt codes, sessions, staff links. Guessing fails closed.

Tokens of 256 random bits are kept as plain SHA-256; short codes as a hash under the pepper, so that a stolen
database cannot be searched for them. Every limiter row is written before the guess is looked at.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row

from storage import _sql as sql
from storage._chain import add_rule, add_visits, found_subject, standing_of
from storage._duty_rows import open_duty
from storage._limits import count_nothing, forget_tries, let_try, short_hash
from storage._sealing import Culled, Tampered
from storage._sessions import (
    CHAT_IDLE,
    Entered,
    add_session,
    burn,
    carry_on,
    code_mark,
    end_sessions,
    enter,
    hashed,
    keep_secret,
    last_code,
    leave,
)
from storage._shelf import places, put, replace, take
from storage._sql import Tx, millis
from storage._vouched import revived, secret_row, session_row, touch, try_row
from storage.audit import Seen
from storage.consent import Actor, Grant, Question, Withheld, decide
from storage.duties import Duty
from storage.payloads import PinKept, StaffName
from storage.queries import Purpose, Reach
from storage.records import PERSON_PART, Channel, PersonId, Role, Side, StaffId, Strength, SubjectSort, new_id
from storage.rules import Employed
from storage.ways_in import SessionsEnded, epoch_of, is_shut

__all__ = ["CHAT_IDLE", "Entered", "end_sessions", "hashed", "leave"]

INVITE_IN_PERSON = timedelta(minutes=15)
INVITE_BY_LETTER = timedelta(hours=72)
STAFF_LINK = timedelta(hours=24)
SPOKEN_TRIES = 5
STAFF_IDLE, STAFF_ABSOLUTE = timedelta(minutes=15), timedelta(hours=8)
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKS_LIKE = str.maketrans("OILU", "011V", " -")


class Outcome(StrEnum):
    """What became of an attempt to prove oneself."""

    OK = "ok"
    WRONG = "wrong"
    LOCKED = "locked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A PIN attempt that the limiter let through: whose it is and what the code must fit."""

    person: PersonId
    verifier: str
    pictures: bool


def spoken_code() -> str:
    """Eight signs that can be said aloud (40 bits)."""
    return "".join(secrets.choice(_CROCKFORD) for _ in range(8))


def receipt_code() -> str:
    """Sixteen digits to come back with on another device; the PIN is asked for too."""
    return "".join(secrets.choice("0123456789") for _ in range(16))


# --- people -------------------------------------------------------------------------------------------------


def visit_open(tx: Tx, state: str) -> Entered:
    """A session for somebody who has not signed in: step names and language, nothing else."""
    return enter(tx, None, Strength.NONE, state, trusted=False)


def make_invite(tx: Tx, person: PersonId, case: str, *, by_letter: bool) -> tuple[str, str]:
    """A single-use token and its spoken code; earlier unused invites of the person die."""
    burn(tx, person, "invite")
    token, code = secrets.token_urlsafe(32), spoken_code()
    lives = INVITE_BY_LETTER if by_letter else INVITE_IN_PERSON
    keep_secret(tx, token, "invite", person, case, lives, spoken=short_hash(tx, code))
    return token, code


def accept_invite(tx: Tx, token: str, code: str, state: str) -> Entered | None:
    """Take an invite with its spoken code. Five wrong codes burn both; used, late, wrong and unknown look alike."""
    row = secret_row(tx, hashed(token), lock=True)
    waits = row is not None and row.purpose == "invite" and row.used_at is None and row.expires_at >= tx.now_ms
    if row is None or not waits or row.tries >= SPOKEN_TRIES:
        count_nothing(tx)
        return None
    if was_over(tx, row):
        return None
    try_row(tx, row)
    if row.spoken != short_hash(tx, code.upper().translate(_LOOKS_LIKE)):
        if row.tries + 1 == SPOKEN_TRIES:
            _tell_of(tx, PersonId(row.subject), Duty.INVITE_BURNT)
        return None
    if tx.run(sql.USE_SECRET, {"of": row.token, "at": tx.now_ms}) != 1:
        return None
    end_sessions(tx, row.subject)
    return enter(tx, PersonId(row.subject), Strength.CHANNEL, state, trusted=False)


def keep_pin(tx: Tx, token: str, person: PersonId, verifier: str, *, pictures: bool) -> tuple[str, Entered]:
    """Keep a newly chosen PIN and give the receipt code; both replace the earlier ones.

    Every session ends; the conversation goes on under a new token, and the PIN is asked for once more.
    """
    record = f"{person}.pin"
    there = places(tx, record)
    kept = PinKept(verifier, pictures)
    if there:
        replace(tx, person, PERSON_PART, "pin", record, kept, was=there[PERSON_PART])
    else:
        put(tx, person, PERSON_PART, "pin", record, kept)
    burn(tx, person, "receipt")
    code = receipt_code()
    keep_secret(tx, short_hash(tx, code).hex(), "receipt", person, None, timedelta(days=365 * 40))
    return code, carry_on(tx, token, person, Strength.CHANNEL, trusted=False, code=code_mark(tx, verifier))


def has_pin(tx: Tx, person: str) -> bool:
    """Whether a PIN was chosen."""
    return bool(places(tx, f"{person}.pin"))


def person_of_receipt(tx: Tx, code: str) -> PersonId | None:
    """Whose receipt code this is; the caller asks for the PIN either way, so a wrong one tells nothing."""
    return _person_of_mark(tx, receipt_mark(tx, code))


def receipt_mark(tx: Tx, code: str) -> str:
    """What a receipt code, right or wrong, is remembered by until the PIN has come. Nobody can make one from a row."""
    return short_hash(tx, "".join(sign for sign in code if sign.isdigit())).hex()


def _person_of_mark(tx: Tx, mark: str) -> PersonId | None:
    row = secret_row(tx, hashed(mark))
    if row is None or row.purpose != "receipt" or row.used_at is not None:
        return None
    _, chosen = last_code(standing_of(tx, row.subject, lock=False))
    if row.created_at < chosen:
        # She has another receipt since, or none: this one was put back.
        revived(tx, row)
        return None
    return PersonId(row.subject)


def was_over(tx: Tx, row: Row[Any]) -> bool:
    """Whether everything that was handed out before has ended since: then somebody has put this one back."""
    standing = standing_of(tx, row.subject, lock=True)
    if standing is not None and not standing.intact:
        revived(tx, row)
        return True
    ended = [one for one in standing.rules if isinstance(one.rule, SessionsEnded)] if standing is not None else []
    if not ended or row.created_at >= millis(ended[-1].at):
        return False
    revived(tx, row)
    return True


def attempt_after_receipt(tx: Tx, mark: str) -> Attempt | Outcome:
    """The same as `attempt_pin` after a receipt code. A made-up one is limited as a right one is, in every browser."""
    person = _person_of_mark(tx, mark)
    if person is not None:
        return attempt_pin(tx, person)
    return Outcome.UNKNOWN if let_try(tx, f"nobody:{mark}") else Outcome.LOCKED


def rename(tx: Tx, token: str) -> Entered:
    """The same conversation of somebody unknown under a new token: one laid in her browser is worth nothing."""
    return carry_on(tx, token, None, Strength.NONE, trusted=False)


def attempt_pin(tx: Tx, person: PersonId) -> Attempt | Outcome:
    """Count an attempt first, then give what the code must fit; LOCKED when there were too many."""
    standing = standing_of(tx, person, lock=False)
    if standing is not None and is_shut(recorded.rule for recorded in standing.rules):
        return Outcome.LOCKED
    if not let_try(tx, f"pin:{person}"):
        _tell_of(tx, person, Duty.PIN_LOCKED)
        return Outcome.LOCKED
    grant = _as_herself(tx, person)
    if isinstance(grant, Withheld):
        return Outcome.UNKNOWN
    try:
        kept = take(tx, grant, "pin", limit=1)
    except (Culled, Tampered):
        kept = []
    if not kept:
        return Outcome.UNKNOWN
    if last_code(standing)[0] not in ("", code_mark(tx, kept[0].payload.verifier)):
        # An earlier code was put back in the place of hers.
        _tell_of(tx, person, Duty.INTEGRITY)
        return Outcome.UNKNOWN
    return Attempt(person, kept[0].payload.verifier, kept[0].payload.pictures)


def _tell_of(tx: Tx, person: PersonId, duty: Duty) -> None:
    """Somebody cannot come in: a worker has the task to meet her, or to find out who is trying."""
    for tie in tx.rows(sql.TIES_OF_PERSON, {"person": person}):
        case = tx.row(sql.SUBJECT, {"id": tie.case_id})
        if case is not None:
            open_duty(tx, case.unit, tie.case_id, duty, person, tx.now)


def proven(tx: Tx, token: str, person: PersonId) -> Entered:
    """The code fitted: forget the attempts and go on in the same conversation under a new token of full strength."""
    forget_tries(tx, f"pin:{person}")
    row = session_row(tx, hashed(token))
    return carry_on(tx, token, person, Strength.PIN, trusted=row is not None and bool(row.trusted))


def trust(tx: Tx, token: str, person: PersonId) -> Entered:
    """The phone is only hers: keep it, under a new token; the PIN is asked for again after a rest."""
    return carry_on(tx, token, person, Strength.PIN, trusted=True)


def pend(tx: Tx, person: PersonId | None, state: str) -> Entered:
    """A link was followed, or somebody moves in: the PIN is asked for next, and nothing is shown before it."""
    return enter(tx, person, Strength.NONE, state, trusted=False)


def guess_slot(tx: Tx, key: str) -> bool:
    """Count one guess against a limiter that is not a person's, such as receipt codes from one address."""
    return let_try(tx, key, opens_itself=True)


def unlock(tx: Tx, person: PersonId) -> None:
    """A worker who has met the person lets her try again."""
    forget_tries(tx, f"pin:{person}")


# --- staff --------------------------------------------------------------------------------------------------


def employ(tx: Tx, name: str, function: str, unit: str, side: Side, role: Role) -> StaffId:
    """Write down a new member of staff."""
    staff = StaffId(new_id())
    found_subject(tx, staff, SubjectSort.STAFF, side, unit, f"{tx.now.year + 10}-12")
    put(tx, staff, PERSON_PART, "staff", f"{staff}.staff", StaffName(name, function))
    add_rule(tx, staff, Employed(unit, role, active=True, by="maintenance"))
    add_visits(tx, "maintenance", [(staff, Seen("Employ", "rules", "assigned_staff", "console", "maintenance"))])
    return staff


def dismiss(tx: Tx, staff: StaffId) -> bool:
    """End a member of staff's role and sessions at once."""
    standing = standing_of(tx, staff, lock=True)
    role = standing.employment() if standing else None
    if role is None:
        return False
    add_rule(tx, staff, Employed(role.unit, role.role, active=False, by="maintenance"))
    end_sessions(tx, staff)
    return True


def staff_link(tx: Tx, staff: StaffId) -> str:
    """A single-use sign-in link's token for a member of staff."""
    token = secrets.token_urlsafe(32)
    keep_secret(tx, token, "staff_link", staff, None, STAFF_LINK)
    return token


def enter_as_staff(tx: Tx, token: str) -> Entered | None:
    """Use a sign-in link; used, late and unknown look alike."""
    row = secret_row(tx, hashed(token))
    if row is None or row.purpose != "staff_link" or row.expires_at < tx.now_ms:
        return None
    if tx.run(sql.USE_SECRET, {"of": row.token, "at": tx.now_ms}) != 1:
        return None
    fresh = secrets.token_urlsafe(32)
    add_session(tx, fresh, "staff", row.subject, None, Strength.STAFF, STAFF_ABSOLUTE, trusted=False)
    return Entered(fresh, None)


def staff_of(tx: Tx, token: str) -> Actor | None:
    """Who a console session belongs to, if it is alive and the person still works here."""
    return staff_at(tx, hashed(token))


def staff_at(tx: Tx, session: bytes) -> Actor | None:
    """The same by the hash that the session lies under."""
    row = session_row(tx, session)
    if row is None or row.sort != "staff" or row.ended_at is not None or row.expires_at < tx.now_ms:
        return None
    if row.seen_at + STAFF_IDLE / timedelta(milliseconds=1) < tx.now_ms:
        return None
    standing = standing_of(tx, row.subject, lock=False)
    role = standing.employment() if standing and standing.intact else None
    if standing is None or role is None or not role.active:
        return None
    if row.epoch < epoch_of(one.rule for one in standing.rules):
        return None
    if tx.now_ms - row.seen_at > 30_000:
        touch(tx, row)
    actor = Actor(row.subject, Strength.STAFF, Side(standing.side), role.unit, role.role)
    return Actor(actor.id, actor.strength, actor.side, actor.unit, actor.role, label=_staff_label(tx, actor))


def _staff_label(tx: Tx, actor: Actor) -> str:
    """The name and function that a child sees in 'who has read about me'."""
    herself = Actor(actor.id, Strength.CHANNEL)
    question = Question(actor.id, Purpose.OWN_IDENTITY, Reach.TALK)
    grant = decide(herself, question, standing_of(tx, actor.id, lock=False), Channel.CONSOLE, tx.now)
    if isinstance(grant, Withheld):
        return ""
    try:
        kept = take(tx, grant, "staff", limit=1)
    except (Culled, Tampered):
        return ""
    return f"{kept[0].payload.name}, {kept[0].payload.function}" if kept else ""


# --- shared -------------------------------------------------------------------------------------------------


def _as_herself(tx: Tx, person: str) -> Grant | Withheld:
    question = Question(person, Purpose.OWN_IDENTITY, Reach.TALK)
    return decide(Actor(person, Strength.CHANNEL), question, standing_of(tx, person, lock=False), Channel.WEB, tx.now)
