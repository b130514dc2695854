"""Conversations: found by their session, opened under the person's own Grant, moved one turn at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b
from typing import Any

from sqlalchemy import Row

from storage import _sql as sql
from storage._duty_rows import open_duty
from storage._sealing import Culled, Key, Place, Tampered, unseal
from storage._shelf import take
from storage._sql import Tx
from storage._vouched import revived, talk_row, touch
from storage.consent import Actor, Grant, Withheld
from storage.duties import Duty
from storage.gate import Sitting
from storage.payloads import TalkState, current, read, write
from storage.records import PERSON_PART, VISITOR, Channel, PersonId, Profile, Side, Strength
from storage.rules import Rule
from storage.sign_in import CHAT_IDLE, hashed
from storage.ways_in import chat_of, epoch_of, is_shut

_MS = timedelta(milliseconds=1)
TOUCH_AFTER = timedelta(seconds=30)


@dataclass(slots=True)
class Talk:
    """An open conversation: whose, how sure we are, its turn, where it stands. `state` None: begin at the start.

    `broken`: her own part does not open as what it stands as. Nobody is let in by it, and a worker has the task.
    """

    id: str
    turn: int
    strength: Strength
    trusted: bool
    sitting: Sitting
    state: TalkState | None
    person: PersonId | None = None
    side: Side | None = None
    profile: Profile | None = None
    has_pin: bool = False
    pictures: bool = False
    late: bool = False
    broken: bool = False
    key: Key | None = None


def open_talk(tx: Tx, token: str, *, write: bool, typed: bool = False) -> Talk | None:
    """The conversation a chat session belongs to; None when the session is over. `write` locks it for a turn.

    Words typed slowly are not lost: for `typed` a session that has rested is opened once more, marked `late`, to
    take them in and show nothing; its rest goes on.
    """
    row = talk_row(tx, hashed(token), lock=write and tx.locks)
    if row is None or row.ended_at is not None or row.expires_at < tx.now_ms or row.talk_ended_at is not None:
        return None
    if row.person is None:
        actor = Actor(VISITOR, Strength.NONE)
        return Talk(
            row.id, row.turn, Strength.NONE, False, Sitting(tx, actor, Channel.WEB), _open_state(row.open_state)
        )
    if row.epoch != row.person_epoch:
        return None
    strength = _strength_now(tx, row)
    late = typed and strength is not Strength.PIN and row.strength == Strength.PIN
    if late:
        strength = Strength.PIN
    if strength is None:
        return None
    if not late and tx.now_ms - row.seen_at > TOUCH_AFTER / _MS and strength is Strength.PIN:
        touch(tx, row)
    talk = talk_of(tx, row, strength, Channel.WEB, lock=write)
    if talk.broken or (strength is not Strength.NONE and _shut(talk, row.person)):
        return None
    if row.epoch < epoch_of(_rules_of(talk, row.person)):
        revived(tx, row)
        return None
    talk.late = late
    return talk


def _shut(talk: Talk, person: str) -> bool:
    """Whether her worker has shut her ways in. Who has only given a receipt code goes on, and reads so at the PIN."""
    return is_shut(_rules_of(talk, person))


def _rules_of(talk: Talk, person: str) -> list[Rule]:
    herself = talk.sitting.standing(person)
    return [recorded.rule for recorded in herself.rules] if herself is not None else []


def _strength_now(tx: Tx, row: Row[Any]) -> Strength | None:
    """Idle for too long: a phone that is only hers asks for the PIN again; any other session is over."""
    strength = Strength(row.strength)
    if strength is not Strength.PIN:
        return strength
    idle = tx.now_ms - row.seen_at > CHAT_IDLE / _MS
    if not idle:
        return strength
    return Strength.CHANNEL if row.trusted else None


def talk_of(tx: Tx, row: Row[Any], strength: Strength, channel: Channel, *, lock: bool) -> Talk:
    """The conversation of somebody known, from its row with her profile and key beside it."""
    side = Side(row.side)
    sitting = Sitting(tx, Actor(row.person, strength, side), channel, lock=lock)
    sitting.preload(row.person)
    talk = Talk(row.id, row.turn, strength, bool(row.trusted), sitting, None, PersonId(row.person), side)
    if channel is Channel.TELEGRAM and chat_of(_rules_of(talk, row.person)) != row.id:
        # She has let go of this chat since, and its row was put back.
        talk.broken = True
        sitting.tell_of_damage(row.person)
        return talk
    grant = sitting.own()
    if isinstance(grant, Withheld):
        talk.state = _open_state(row.open_state)
        return talk
    try:
        talk.key, talk.profile = _herself(tx, grant, row)
        pins = take(tx, grant, "pin", limit=1) if strength is not Strength.PIN and channel is Channel.WEB else []
    except Culled:
        talk.state = _open_state(row.open_state)
        return talk
    except Tampered:
        talk.broken = True
        sitting.tell_of_damage(row.person)
        return talk
    talk.state = _sealed_state(tx, grant, talk, row) or _open_state(row.open_state)
    talk.has_pin = bool(pins)
    talk.pictures = bool(pins) and pins[0].payload.pictures
    return talk


def _herself(tx: Tx, grant: Grant, row: Row[Any]) -> tuple[Key, Profile]:
    """The key of her own part and her profile. `Tampered` also when the profile is not there: everybody has one."""
    if row.wrapped is None:
        raise Culled
    if row.profile is None:
        raise Tampered
    key = tx.smith.unwrap(row.wrapped, row.person, PERSON_PART, row.month)
    place = Place(tx.tenant, "profile", row.profile_record, row.person, PERSON_PART, row.profile_v, row.profile_version)
    profile: Profile = read("profile", row.profile_v, unseal(grant, key, place, row.profile))
    return key, profile


def _sealed_state(tx: Tx, grant: Grant, talk: Talk, row: Row[Any]) -> TalkState | None:
    """Where the conversation stood; a state that no longer opens begins anew rather than locking her out."""
    if row.sealed is None or talk.key is None:
        return None
    try:
        raw = unseal(grant, talk.key, _place(tx, talk, row.turn), row.sealed)
    except Tampered:
        return None
    state: TalkState = read("talk", current("talk"), raw)
    return state


def _open_state(text: str | None) -> TalkState | None:
    if not text:
        return None
    state: TalkState = read("talk", current("talk"), text.encode())
    return state


def move(tx: Tx, talk: Talk, state: TalkState, *, forward: bool) -> None:
    """Keep where the conversation stands now; `forward` makes it a new turn."""
    was, turn = talk.turn, talk.turn + int(forward)
    raw = write("talk", state)
    sealed = talk.key.seal(raw, _place(tx, talk, turn).bound()) if talk.key is not None else None
    values = {
        "of": talk.id,
        "was": was,
        "turn": turn,
        "sealed": sealed,
        "open_state": None if sealed else raw.decode(),
        "at": tx.now_ms,
    }
    if tx.run(sql.MOVE_CONVERSATION, values) != 1:
        raise RuntimeError("a conversation moved under its turn")
    talk.turn, talk.state = turn, state


def first_time(tx: Tx, channel: Channel, inbound: str, conversation: str | None, turn: int) -> bool:
    """Remember an inbound event; False when it came before."""
    if tx.row(sql.INBOX, {"channel": channel, "inbound": inbound}) is not None:
        return False
    tx.run(
        sql.ADD_INBOX,
        {
            "channel": channel,
            "inbound": inbound,
            "conversation": conversation,
            "turn": turn,
            "state": "done",
            "at": tx.now_ms,
        },
    )
    return True


def inbound_mark(tx: Tx, talk: Talk, number: int, said: str) -> str:
    """The name an event on a page is remembered by. Keyed: a short sentence could be guessed from a plain hash."""
    digest = blake2b(f"{talk.id}|{number}|{said}".encode(), digest_size=12, key=tx.keyring["conversation"]).hexdigest()
    return f"{talk.id}:{number}:{digest}"


def write_failed(tx: Tx, channel: Channel, inbound: str, unit: str, case: str | None) -> None:
    """A turn broke and was rolled back: keep that it came, and give a worker the task."""
    if first_time(tx, channel, inbound, None, 0):
        tx.run(sql.SET_INBOX, {"ch": channel, "of": inbound, "state": "failed", "turn": 0})
        open_duty(tx, unit, case, Duty.TURN_FAILED, inbound[:80], tx.now)


def state_text(state: TalkState) -> str:
    """A state for a session that has no key yet."""
    return write("talk", state).decode()


def _place(tx: Tx, talk: Talk, turn: int) -> Place:
    return Place(tx.tenant, "talk", talk.id, talk.person or "", PERSON_PART, current("talk"), turn)
