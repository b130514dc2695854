"""How members of staff come in: a work account or a passkey that is tied to them; a one-time link only begins it.

A way in is a rule in the chain of whoever works here: what a row says in clear is only where to look. So a row
written or moved behind the program's back lets nobody in, and what was taken away stays away (threat T7).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import blake2b

from sqlalchemy import bindparam, delete, select

from storage import _sql as sql
from storage import _tables as t
from storage._chain import add_rule, add_visits, standing_of
from storage._shelf import drop, put, take
from storage._shelf import replace as put_again
from storage._sql import Tx, millis
from storage._vouched import add_session_row, secret_row, session_row, spend_row, staff_rows
from storage.audit import Seen
from storage.consent import Actor, Grant, Question, Withheld, decide
from storage.payloads import Passkey
from storage.queries import Purpose, Reach
from storage.records import PERSON_PART, Channel, StaffId, Strength, SubjectSort, WayIn
from storage.rules import Employed
from storage.sign_in import STAFF_ABSOLUTE, STAFF_IDLE, Entered, end_sessions, hashed, staff_at
from storage.standing import Standing
from storage.ways_in import SessionsEnded, TiedIn, epoch_of, ways_in

ENROL = timedelta(minutes=15)
SLIP_LIVES = timedelta(minutes=10)
MOST_KEYS = 8
_p = bindparam
_STAFF = select(t.subject.c.id).where(t.subject.c.sort == SubjectSort.STAFF.value).order_by(t.subject.c.created_at)
_OLD_SLIPS = delete(t.secret).where(t.secret.c.purpose == "slip", t.secret.c.expires_at < _p("before"))


@dataclass(frozen=True, slots=True)
class StaffLine:
    """A member of staff as whoever runs the house sees her: no password, no key, only how many ways in."""

    id: StaffId
    name: str
    function: str
    unit: str
    side: str
    role: str
    active: bool
    ways: tuple[str, ...]


# --- ways in ------------------------------------------------------------------------------------------------


def account_mark(tx: Tx, issuer: str, sub: str) -> bytes:
    """What an account is found by. Keyed, so that the rows do not say which account is whose."""
    return _mark(tx, f"account\x1f{issuer}\x1f{sub}")


def passkey_mark(tx: Tx, credential: str) -> bytes:
    """What a passkey is found by; `credential` is its id in base64url."""
    return _mark(tx, f"passkey\x1f{credential}")


def tie_in(tx: Tx, staff: StaffId, way: WayIn, mark: bytes, by: str) -> bool:
    """Tie a way in to somebody who works here; no when it is somebody else's."""
    standing = _at_work(tx, staff, lock=True)
    whose = staff_by(tx, mark)
    if standing is None or whose not in (None, staff):
        return False
    if whose is None:
        add_rule(tx, staff, TiedIn(way, mark.hex(), by, active=True))
        if all(row.subject != staff for row in tx.rows(sql.FIND, {"hash": mark})):
            tx.run(sql.ADD_SEARCH, {"hash": mark, "subject": staff})
        _note(tx, "TieIn", staff, by)
    return True


def tie_account(tx: Tx, staff: StaffId, issuer: str, sub: str, by: str) -> bool:
    """Tie a work account; see `tie_in`."""
    return tie_in(tx, staff, WayIn.ACCOUNT, account_mark(tx, issuer, sub), by)


def staff_by(tx: Tx, mark: bytes) -> StaffId | None:
    """Who comes in this way and works here now."""
    for row in tx.rows(sql.FIND, {"hash": mark}):
        standing = _at_work(tx, row.subject, lock=False)
        if standing is not None and mark.hex() in _ways(standing):
            return StaffId(row.subject)
    return None


def enter_staff(tx: Tx, staff: StaffId, way: WayIn) -> Entered:
    """A session for somebody who has just proven who she is."""
    _note(tx, f"SignIn:{way}", staff, staff)
    return _session(tx, staff, "staff", STAFF_ABSOLUTE)


# --- passkeys -----------------------------------------------------------------------------------------------


def passkeys_of(tx: Tx, staff: StaffId) -> tuple[Passkey, ...]:
    """Her passkeys, in the order she added them."""
    grant, standing = _herself(tx, staff), standing_of(tx, staff, lock=False)
    if isinstance(grant, Withheld) or standing is None:
        return ()
    known = [part.payload for part in take(tx, grant, "passkey")]
    return tuple(key for key in known if passkey_mark(tx, key.credential).hex() in _ways(standing))


def passkey_by(tx: Tx, credential: str) -> tuple[StaffId, Passkey] | None:
    """Whose passkey this is, and what it must fit."""
    staff = staff_by(tx, passkey_mark(tx, credential))
    keys = passkeys_of(tx, staff) if staff is not None else ()
    found = next((key for key in keys if key.credential == credential), None)
    return (staff, found) if staff is not None and found is not None else None


def add_passkey(tx: Tx, staff: StaffId, key: Passkey) -> bool:
    """Keep a new passkey; no when she has too many, or it is known already."""
    mark = passkey_mark(tx, key.credential)
    if len(passkeys_of(tx, staff)) >= MOST_KEYS or staff_by(tx, mark) is not None:
        return False
    if not tie_in(tx, staff, WayIn.PASSKEY, mark, staff):
        return False
    put(tx, staff, PERSON_PART, "passkey", _record(staff, mark), key)
    return True


def passkey_used(tx: Tx, staff: StaffId, key: Passkey, count: int) -> None:
    """Remember the authenticator's counter, so that a copy of it is noticed."""
    grant = _herself(tx, staff)
    if isinstance(grant, Withheld) or count == key.count:
        return
    record = _record(staff, passkey_mark(tx, key.credential))
    for part in take(tx, grant, "passkey"):
        if part.record == record:
            used = replace(key, count=count)
            put_again(tx, staff, PERSON_PART, "passkey", record, used, was=part.version)


def drop_passkey(tx: Tx, staff: StaffId, credential: str) -> bool:
    """Take a passkey away and end every session, since it may have been the thief's; no when it is the only way in."""
    standing, mark = _at_work(tx, staff, lock=True), passkey_mark(tx, credential)
    if standing is None or mark.hex() not in _ways(standing) or len(_ways(standing)) < 2:
        return False
    add_rule(tx, staff, TiedIn(WayIn.PASSKEY, mark.hex(), staff, active=False))
    drop(tx, _record(staff, mark), PERSON_PART)
    end_sessions(tx, staff)
    _note(tx, "DropPasskey", staff, staff)
    return True


def ways_of(tx: Tx, staff: StaffId) -> tuple[WayIn, ...]:
    """What she comes in with."""
    standing = _at_work(tx, staff, lock=False)
    return tuple(_ways(standing).values()) if standing is not None else ()


def my_sessions(tx: Tx, staff: StaffId) -> int:
    """At how many places she is signed in."""
    return len(staff_rows(tx, staff, millis(tx.now - STAFF_IDLE)))


# --- the one-time link --------------------------------------------------------------------------------------


def enrol_by_link(tx: Tx, token: str) -> Entered | None:
    """Use a one-time link up: a quarter of an hour in which a way in can be tied, and nothing else."""
    row = secret_row(tx, hashed(token))
    if row is None or row.purpose != "staff_link" or row.expires_at < tx.now_ms:
        return None
    standing = _at_work(tx, row.subject, lock=False)
    if standing is None or _has_led_in(standing, row.created_at):
        return None
    if tx.run(sql.USE_SECRET, {"of": row.token, "at": tx.now_ms}) != 1:
        return None
    return _session(tx, StaffId(row.subject), "enrol", ENROL)


def _has_led_in(standing: Standing, created_at: int) -> bool:
    """Whether she has tied a way in herself, or ended everything, since a link was given: then it was put back."""
    mine = [one for one in standing.rules if isinstance(one.rule, SessionsEnded)
            or (isinstance(one.rule, TiedIn) and one.rule.by == standing.subject)]  # fmt: skip
    return bool(mine) and created_at < millis(mine[-1].at)


def tying(tx: Tx, session: bytes) -> StaffId | None:
    """Who may tie a way in to herself, by the hash her session lies under: whoever has used her link or is signed in.

    Asked when she goes to her account and when she is back: a session that has ended meanwhile ties nothing.
    """
    actor = staff_at(tx, session)
    return StaffId(actor.id) if actor is not None else _enrolling(tx, session)


def _enrolling(tx: Tx, session: bytes) -> StaffId | None:
    row = session_row(tx, session)
    if row is None or row.sort != "enrol" or row.ended_at is not None or row.expires_at < tx.now_ms:
        return None
    standing = _at_work(tx, row.subject, lock=False)
    over = standing is None or row.epoch < epoch_of(one.rule for one in standing.rules)
    return None if over else StaffId(row.subject)


def spend_slip(tx: Tx, value: str) -> bool:
    """Use a slip up; False when it came before. Kept no longer than a slip lives."""
    tx.run(_OLD_SLIPS, {"before": tx.now_ms})
    row = {"token": hashed(value), "purpose": "slip", "subject": "door", "case_id": None, "spoken": None, "tries": 0,
           "created_at": tx.now_ms, "expires_at": millis(tx.now + SLIP_LIVES), "used_at": tx.now_ms}  # fmt: skip
    return spend_row(tx, row)


# --- for whoever runs the house -----------------------------------------------------------------------------


def all_staff(tx: Tx) -> list[StaffLine]:
    """Everybody who works here or has worked here."""
    return list(_lines(tx))


def staff_called(tx: Tx, who: str) -> list[StaffId]:
    """Whom an id or a whole name means; those at work, when a name means several."""
    lines = all_staff(tx)
    exact = [line.id for line in lines if line.id == who]
    named = [line for line in lines if line.name.casefold() == who.strip().casefold()]
    return exact or [line.id for line in named if line.active] or [line.id for line in named]


def staff_name(tx: Tx, staff: StaffId) -> str:
    """What somebody who works here is called."""
    grant = _herself(tx, staff)
    kept = [] if isinstance(grant, Withheld) else take(tx, grant, "staff", limit=1)
    return str(kept[0].payload.name) if kept else ""


def _lines(tx: Tx) -> Iterator[StaffLine]:
    for row in tx.rows(_STAFF, {}):
        standing, staff = standing_of(tx, row.id, lock=False), StaffId(row.id)
        role, grant = standing.employment() if standing else None, _herself(tx, staff)
        if standing is None or role is None or isinstance(grant, Withheld):
            continue
        kept = take(tx, grant, "staff", limit=1)
        name, function = (kept[0].payload.name, kept[0].payload.function) if kept else ("", "")
        ways = tuple(_ways(standing).values()) if role.active else ()
        yield StaffLine(staff, name, function, role.unit, standing.side, role.role, role.active, ways)


def _at_work(tx: Tx, staff: str, *, lock: bool) -> Standing | None:
    standing = standing_of(tx, staff, lock=lock)
    role: Employed | None = standing.employment() if standing is not None and standing.intact else None
    return standing if role is not None and role.active else None


def _ways(standing: Standing) -> dict[str, WayIn]:
    return ways_in(recorded.rule for recorded in standing.rules)


def _herself(tx: Tx, staff: str) -> Grant | Withheld:
    question = Question(staff, Purpose.OWN_IDENTITY, Reach.TALK)
    standing = standing_of(tx, staff, lock=False)
    return decide(Actor(staff, Strength.CHANNEL), question, standing, Channel.CONSOLE, tx.now)


def _session(tx: Tx, staff: StaffId, sort: str, lives: timedelta) -> Entered:
    token, owner = secrets.token_urlsafe(32), tx.row(sql.SUBJECT, {"id": staff})
    row = {"token": hashed(token), "sort": sort, "subject": staff, "conversation": None, "strength": Strength.STAFF,
           "epoch": owner.epoch if owner else 0, "trusted": 0, "created_at": tx.now_ms, "seen_at": tx.now_ms,
           "expires_at": millis(tx.now + lives), "ended_at": None}  # fmt: skip
    add_session_row(tx, row)
    return Entered(token, None)


def _note(tx: Tx, what: str, staff: str, by: str) -> None:
    add_visits(tx, by, [(staff, Seen(what, Purpose.OWN_IDENTITY, "own", Channel.CONSOLE, ""))])


def _record(staff: str, mark: bytes) -> str:
    return f"{staff}.key.{mark.hex()[:24]}"


def _mark(tx: Tx, words: str) -> bytes:
    return blake2b(f"staff\x1f{words}".encode(), digest_size=32, key=tx.keyring["pepper"]).digest()
