"""Proving who one is: invites, spoken codes, PINs, receipt codes, sessions, staff links. Guessing fails closed.

Tokens of 256 random bits are kept as plain SHA-256; short codes as a hash under the pepper, so that a stolen
database cannot be searched for them. Every limiter row is written before the guess is looked at.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from hashlib import blake2b, sha256

from storage import _sql as sql
from storage._chain import add_rule, add_visits, found_subject, standing_of
from storage._duty_rows import open_duty
from storage._sealing import Culled, Tampered
from storage._shelf import places, put, replace, take
from storage._sql import Tx, millis
from storage.audit import Seen
from storage.consent import Actor, Grant, Question, Withheld, decide
from storage.duties import Duty
from storage.payloads import PinKept, StaffName
from storage.queries import Purpose, Reach
from storage.records import PERSON_PART, Channel, PersonId, Role, Side, StaffId, Strength, SubjectSort, new_id
from storage.rules import Employed

INVITE_IN_PERSON = timedelta(minutes=15)
INVITE_BY_LETTER = timedelta(hours=72)
STAFF_LINK = timedelta(hours=24)
SPOKEN_TRIES = 5
PIN_TRIES, PIN_REST, PIN_DAY_TRIES = 5, timedelta(minutes=15), 10
_DAY_MS = timedelta(days=1) // timedelta(milliseconds=1)
CHAT_IDLE, CHAT_ABSOLUTE = timedelta(minutes=5), timedelta(minutes=30)
TRUSTED_FOR = timedelta(days=90)
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


@dataclass(frozen=True, slots=True)
class Entered:
    """A new session: the token for the cookie, and how long the cookie lives (None: until the browser closes)."""

    token: str
    lives: timedelta | None
    person: PersonId | None = None


def hashed(token: str) -> bytes:
    """How a long random token is kept."""
    return sha256(token.encode()).digest()


def spoken_code() -> str:
    """Eight signs that can be said aloud (40 bits)."""
    return "".join(secrets.choice(_CROCKFORD) for _ in range(8))


def receipt_code() -> str:
    """Sixteen digits to come back with on another device; the PIN is asked for too."""
    return "".join(secrets.choice("0123456789") for _ in range(16))


# --- people -------------------------------------------------------------------------------------------------


def visit_open(tx: Tx, state: str) -> Entered:
    """A session for somebody who has not signed in: step names and language, nothing else."""
    return _enter(tx, None, Strength.NONE, state, trusted=False)


def make_invite(tx: Tx, person: PersonId, case: str, *, by_letter: bool) -> tuple[str, str]:
    """A single-use token and its spoken code; earlier unused invites of the person die."""
    _burn(tx, person, "invite")
    token, code = secrets.token_urlsafe(32), spoken_code()
    lives = INVITE_BY_LETTER if by_letter else INVITE_IN_PERSON
    _keep_secret(tx, token, "invite", person, case, lives, spoken=_short(tx, code))
    return token, code


def accept_invite(tx: Tx, token: str, code: str, state: str) -> Entered | None:
    """Take an invite with its spoken code. Five wrong codes burn both; used, late, wrong and unknown look alike."""
    row = tx.row(sql.SECRET, {"token": hashed(token)})
    if row is None or row.purpose != "invite" or row.used_at is not None or row.expires_at < tx.now_ms:
        return None
    if row.tries >= SPOKEN_TRIES:
        return None
    tx.run(sql.TRY_SECRET, {"of": row.token})
    if row.spoken != _short(tx, code.upper().translate(_LOOKS_LIKE)):
        return None
    if tx.run(sql.USE_SECRET, {"of": row.token, "at": tx.now_ms}) != 1:
        return None
    _end_all(tx, row.subject)
    return _enter(tx, PersonId(row.subject), Strength.CHANNEL, state, trusted=False)


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
    _burn(tx, person, "receipt")
    code = receipt_code()
    _keep_secret(tx, _short(tx, code).hex(), "receipt", person, None, timedelta(days=365 * 40))
    _end_all(tx, person)
    return code, _carry_on(tx, token, person, Strength.CHANNEL, trusted=False)


def has_pin(tx: Tx, person: str) -> bool:
    """Whether a PIN was chosen."""
    return bool(places(tx, f"{person}.pin"))


def person_of_receipt(tx: Tx, code: str) -> PersonId | None:
    """Whose receipt code this is; the caller asks for the PIN either way, so a wrong one tells nothing."""
    digits = "".join(sign for sign in code if sign.isdigit())
    row = tx.row(sql.SECRET, {"token": hashed(_short(tx, digits).hex())})
    return PersonId(row.subject) if row is not None and row.purpose == "receipt" and row.used_at is None else None


def attempt_pin(tx: Tx, person: PersonId) -> Attempt | Outcome:
    """Count an attempt first, then give what the code must fit; LOCKED when there were too many."""
    if not _let_try(tx, f"pin:{person}"):
        _tell_of_lock(tx, person)
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
    return Attempt(person, kept[0].payload.verifier, kept[0].payload.pictures)


def _tell_of_lock(tx: Tx, person: PersonId) -> None:
    """Somebody cannot come in: a worker has the task to meet her, or to find out who is trying."""
    for tie in tx.rows(sql.TIES_OF_PERSON, {"person": person}):
        case = tx.row(sql.SUBJECT, {"id": tie.case_id})
        if case is not None:
            open_duty(tx, case.unit, tie.case_id, Duty.PIN_LOCKED, person, tx.now)


def proven(tx: Tx, token: str, person: PersonId) -> Entered:
    """The code fitted: forget the attempts and go on in the same conversation under a new token of full strength."""
    _forget_tries(tx, f"pin:{person}")
    row = tx.row(sql.SESSION, {"token": hashed(token)})
    return _carry_on(tx, token, person, Strength.PIN, trusted=row is not None and bool(row.trusted))


def trust(tx: Tx, token: str, person: PersonId) -> Entered:
    """The phone is only hers: keep it, under a new token; the PIN is asked for again after a rest."""
    return _carry_on(tx, token, person, Strength.PIN, trusted=True)


def pend(tx: Tx, person: PersonId | None, state: str) -> Entered:
    """A receipt code was given, right or wrong: the PIN is asked for next, and nothing is shown before it."""
    return _enter(tx, person, Strength.NONE, state, trusted=False)


def guess_slot(tx: Tx, key: str) -> bool:
    """Count one guess against a limiter that is not a person's, such as receipt codes from one address."""
    return _let_try(tx, key, opens_itself=True)


def leave(tx: Tx, token: str) -> None:
    """End one session."""
    tx.run(sql.END_SESSION, {"of": hashed(token), "at": tx.now_ms})


def end_sessions(tx: Tx, subject: str) -> None:
    """End every session of a person or a member of staff."""
    _end_all(tx, subject)


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
    _end_all(tx, staff)
    return True


def staff_link(tx: Tx, staff: StaffId) -> str:
    """A single-use sign-in link's token for a member of staff."""
    token = secrets.token_urlsafe(32)
    _keep_secret(tx, token, "staff_link", staff, None, STAFF_LINK)
    return token


def enter_as_staff(tx: Tx, token: str) -> Entered | None:
    """Use a sign-in link; used, late and unknown look alike."""
    row = tx.row(sql.SECRET, {"token": hashed(token)})
    if row is None or row.purpose != "staff_link" or row.expires_at < tx.now_ms:
        return None
    if tx.run(sql.USE_SECRET, {"of": row.token, "at": tx.now_ms}) != 1:
        return None
    fresh = secrets.token_urlsafe(32)
    _add_session(tx, fresh, "staff", row.subject, None, Strength.STAFF, STAFF_ABSOLUTE, trusted=False)
    return Entered(fresh, None)


def staff_of(tx: Tx, token: str) -> Actor | None:
    """Who a console session belongs to, if it is alive and the person still works here."""
    row = tx.row(sql.STAFF_SESSION, {"token": hashed(token)})
    if row is None or row.ended_at is not None or row.expires_at < tx.now_ms:
        return None
    if row.seen_at + STAFF_IDLE / timedelta(milliseconds=1) < tx.now_ms:
        return None
    standing = standing_of(tx, row.subject, lock=False)
    role = standing.employment() if standing and standing.intact else None
    if standing is None or role is None or not role.active:
        return None
    if tx.now_ms - row.seen_at > 30_000:
        tx.run(sql.TOUCH_SESSION, {"of": row.token, "at": tx.now_ms})
    actor = Actor(row.subject, Strength.STAFF, Side(standing.side), role.unit, role.role)
    return Actor(actor.id, actor.strength, actor.side, actor.unit, actor.role, label=_staff_label(tx, actor))


def _staff_label(tx: Tx, actor: Actor) -> str:
    """The name and function that a child sees in 'who has read about me'."""
    herself = Actor(actor.id, Strength.CHANNEL)
    question = Question(actor.id, Purpose.OWN_IDENTITY, Reach.OWN)
    grant = decide(herself, question, standing_of(tx, actor.id, lock=False), Channel.CONSOLE, tx.now)
    if isinstance(grant, Withheld):
        return ""
    kept = take(tx, grant, "staff", limit=1)
    return f"{kept[0].payload.name}, {kept[0].payload.function}" if kept else ""


# --- shared -------------------------------------------------------------------------------------------------


def _as_herself(tx: Tx, person: str) -> Grant | Withheld:
    question = Question(person, Purpose.OWN_IDENTITY, Reach.OWN)
    return decide(Actor(person, Strength.CHANNEL), question, standing_of(tx, person, lock=False), Channel.WEB, tx.now)


def _enter(tx: Tx, person: PersonId | None, strength: Strength, state: str, *, trusted: bool) -> Entered:
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
    _add_session(
        tx, token, "chat", person, conversation, strength, TRUSTED_FOR if trusted else CHAT_ABSOLUTE, trusted=trusted
    )
    return Entered(token, TRUSTED_FOR if trusted else None, person)


def _carry_on(tx: Tx, token: str, person: PersonId, strength: Strength, *, trusted: bool) -> Entered:
    """The same conversation under a new token: a session that was fixed or seen before is worth nothing."""
    row = tx.row(sql.SESSION, {"token": hashed(token)})
    if row is None:
        raise LookupError("no such session")
    leave(tx, token)
    fresh = secrets.token_urlsafe(32)
    lives = TRUSTED_FOR if trusted else CHAT_ABSOLUTE
    _add_session(tx, fresh, "chat", person, row.conversation, strength, lives, trusted=trusted)
    return Entered(fresh, lives if trusted else None, person)


def _add_session(
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
    owner = tx.row(sql.SUBJECT, {"id": subject}) if subject else None
    tx.run(
        sql.ADD_SESSION,
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


def _end_all(tx: Tx, subject: str) -> None:
    tx.run(sql.END_SESSIONS_OF, {"of": subject, "at": tx.now_ms})
    tx.run(sql.RAISE_EPOCH, {"of": subject})


def _keep_secret(
    tx: Tx, token: str, purpose: str, subject: str, case: str | None, lives: timedelta, *, spoken: bytes | None = None
) -> None:
    tx.run(
        sql.ADD_SECRET,
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


def _burn(tx: Tx, subject: str, purpose: str) -> None:
    tx.run(sql.BURN_SECRETS_OF, {"of": subject, "for_": purpose, "at": tx.now_ms})


def _short(tx: Tx, code: str) -> bytes:
    return blake2b(code.encode(), digest_size=32, key=tx.keyring["pepper"]).digest()


def _let_try(tx: Tx, key: str, *, opens_itself: bool = False) -> bool:
    """Five tries, then a rest; ten in a day, then locked until a worker opens. A row that cannot be written: no.

    `opens_itself`: where no worker can open, the lock lasts a day.
    """
    hashed_key = _short(tx, key)
    row = tx.row(sql.LIMIT, {"key": hashed_key})
    now = tx.now_ms
    if row is None:
        tx.run(sql.ADD_LIMIT, {"key": hashed_key, "tries": 1, "day_tries": 1, "since": now, "until": 0})
        return True
    tries, day_tries, since = row.tries, row.day_tries, row.since
    if now - since >= _DAY_MS and (opens_itself or day_tries < PIN_DAY_TRIES):
        tries, day_tries, since = 0, 0, now
    if row.until > now or day_tries >= PIN_DAY_TRIES:
        return False
    tries, day_tries = tries + 1, day_tries + 1
    rest = tries >= PIN_TRIES
    tx.run(
        sql.SET_LIMIT,
        {
            "of": hashed_key,
            "tries": 0 if rest else tries,
            "day_tries": day_tries,
            "since": since,
            "until": now + int(PIN_REST.total_seconds() * 1000) if rest else 0,
        },
    )
    return True


def _forget_tries(tx: Tx, key: str) -> None:
    tx.run(sql.SET_LIMIT, {"of": _short(tx, key), "tries": 0, "day_tries": 0, "since": tx.now_ms, "until": 0})


def unlock(tx: Tx, person: PersonId) -> None:
    """A worker who has met the person lets her try again."""
    _forget_tries(tx, f"pin:{person}")
