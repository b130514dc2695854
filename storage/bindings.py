"""Telegram chats as the store knows them: found by keyed hashes, talked in, bound to a person, pressed by nonces.

A chat that nobody has linked has a conversation of its own with step names, a language, and its number sealed under
the house's key, so that an answer cut off by a crash can still be given. A linked chat's number lies in her own part.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from dataclasses import replace as changed
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from storage import _parts_sql as parts_sql
from storage import _sql as sql
from storage import _tables as t
from storage._chain import add_visits
from storage._deeds_link import chat_hash, places_of_words
from storage._desk import Done
from storage._sealing import Culled, Place, Tampered
from storage._shelf import replace, take
from storage._sql import Tx, millis
from storage._vouched import button_mac, is_bound, is_minted_here, secret_row
from storage.audit import Seen
from storage.commands import AnswerMeeting
from storage.consent import Actor, Grant, Question, Reason, Withheld, decide
from storage.gate import Sitting
from storage.payloads import TalkState, current, read
from storage.queries import OneMeeting, Purpose, Reach
from storage.records import PERSON_PART, CaseId, Channel, Meeting, PersonId, Side, Strength, new_id
from storage.talks import Talk, state_text, talk_of

VISITOR_LIVES = timedelta(days=14)
BUTTON_LIVES = timedelta(days=30)
_OPEN = "open"
_p = bindparam

_CHATS = (
    select(
        t.conversation,
        t.subject.c.side,
        t.dek.c.wrapped,
        t.dek.c.month,
        t.part.c.sealed.label("profile"),
        t.part.c.v.label("profile_v"),
        t.part.c.version.label("profile_version"),
        t.part.c.record.label("profile_record"),
        t.conversation.c.ended_at.label("trusted"),
    )
    .select_from(
        t.conversation.outerjoin(t.subject, t.subject.c.id == t.conversation.c.person)
        .outerjoin(t.dek, and_(t.dek.c.owner == t.conversation.c.person, t.dek.c.compartment == PERSON_PART))
        .outerjoin(
            t.part,
            and_(t.part.c.owner == t.conversation.c.person, t.part.c.compartment == PERSON_PART,
                 t.part.c.name == "profile"),
        )
    )
    .order_by(t.conversation.c.updated_at.desc())
)  # fmt: skip
_BY_BINDING = _CHATS.where(
    t.conversation.c.binding.in_([_p(f"binding_{n}") for n in range(3)]), t.conversation.c.ended_at.is_(None)
)
_BY_BINDING_LOCKED = _BY_BINDING.with_for_update(of=t.conversation)
_BY_ID = _CHATS.where(t.conversation.c.id == _p("of"), t.conversation.c.ended_at.is_(None))
_MOVE_OPEN = (
    update(t.conversation)
    .where(t.conversation.c.id == _p("of"))
    .values(turn=_p("turn"), open_state=_p("state"), updated_at=_p("at"))
)
_ADD_INBOX = upsert(t.inbox).on_conflict_do_nothing()
_BUTTON = select(t.button).where(t.button.c.nonce == _p("nonce"))
_ADD_BUTTON = insert(t.button)
_OLD_BUTTONS = delete(t.button).where(t.button.c.expires_at < _p("before"))
_OLD_INBOX = delete(t.inbox).where(t.inbox.c.channel == "telegram", t.inbox.c.at < _p("before"))
_OLD_VISITORS = delete(t.conversation).where(
    t.conversation.c.person.is_(None),
    t.conversation.c.channel == "telegram",
    t.conversation.c.updated_at < _p("before"),
)


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat and the conversations it has here: the open one, and those of the people it is bound to."""

    number: int
    rows: tuple[Row[Any], ...]

    def bound(self) -> tuple[Row[Any], ...]:
        """The conversations bound to somebody, the one talked in last first."""
        return tuple(row for row in self.rows if row.person is not None)


def first_update(tx: Tx, update_id: int) -> bool:
    """Remember an update by its number; False when it came before (14 days are remembered)."""
    row = {"channel": Channel.TELEGRAM, "inbound": str(update_id), "conversation": None, "turn": 0, "state": "done",
           "at": tx.now_ms}  # fmt: skip
    return tx.run(_ADD_INBOX, row) == 1


def find_chat(tx: Tx, number: int) -> Chat:
    """Every conversation of a chat, locked for a turn where the database locks rows."""
    bindings = {f"binding_{n}": chat_hash(tx, number, side) for n, side in enumerate((_OPEN, Side.BARNAHUS, Side.AID))}
    statement = _BY_BINDING_LOCKED if tx.locks else _BY_BINDING
    return Chat(number, tuple(row for row in tx.rows(statement, bindings) if is_bound(tx, row)))


def talk_in(tx: Tx, chat: Chat, state: TalkState, *, content: bool) -> Talk:
    """The conversation that words in this chat go to; `state` is where a new one begins.

    Only where the house allows content there and she has said yes is it her own; else it is the open one, in which
    nobody is known.
    """
    for row in chat.bound() if content else ():
        talk = talk_of(tx, row, Strength.CHANNEL, Channel.TELEGRAM, lock=True)
        if may_be_told(tx, talk):
            return talk
    visitors = [row for row in chat.rows if row.person is None]
    if not visitors:
        return _new_visitor(tx, chat.number, state)
    return _visitor(tx, visitors[0].id, visitors[0].turn, _read_state(visitors[0].open_state))


def languages(tx: Tx, chat: Chat) -> tuple[str, ...]:
    """What those who are linked to a chat read in; a part that does not open has none."""
    talks = [talk_of(tx, row, Strength.CHANNEL, Channel.TELEGRAM, lock=False) for row in chat.bound()]
    return tuple(talk.profile.locale for talk in talks if talk.profile is not None)


def may_be_told(tx: Tx, talk: Talk) -> bool:
    """Whether the rule lets her own story be told in her Telegram now."""
    if talk.person is None or talk.broken:
        return False
    herself = Actor(talk.person, Strength.CHANNEL, talk.side)
    return any(
        isinstance(
            decide(herself, Question(standing.subject, Purpose.OWN_STORY, Reach.STORY), standing, Channel.TELEGRAM,
                   tx.now),
            Grant,
        )
        for standing in talk.sitting.standings()
    )  # fmt: skip


def talk_by_id(tx: Tx, conversation: str, *, content: bool) -> tuple[Talk, int] | None:
    """A conversation and the number of its chat, for an answer that must be given again; None when it is over."""
    row = tx.row(_BY_ID, {"of": conversation})
    if row is None or not is_bound(tx, row):
        return None
    if row.person is None:
        number = int(tx.smith.standing("conversation").open(row.sealed, _place(tx, row.id).bound()))
        return _visitor(tx, row.id, row.turn, _read_state(row.open_state)), number
    talk = talk_of(tx, row, Strength.CHANNEL, Channel.TELEGRAM, lock=True)
    number_of = bound_chat(tx, talk.sitting)
    return (talk, number_of) if content and number_of is not None and may_be_told(tx, talk) else None


def move_open(tx: Tx, talk: Talk, state: TalkState, *, forward: bool) -> None:
    """Keep where an open conversation stands."""
    talk.turn += int(forward)
    tx.run(_MOVE_OPEN, {"of": talk.id, "turn": talk.turn, "state": state_text(state), "at": tx.now_ms})
    talk.state = state


def bound_chat(tx: Tx, sitting: Sitting) -> int | None:
    """The number of the chat that is bound to whoever sits at the door."""
    grant = sitting.own()
    try:
        parts = [] if isinstance(grant, Withheld) else take(tx, grant, "bound", limit=1)
    except (Culled, Tampered):
        return None
    return parts[0].payload.chat if parts else None


# --- linking ------------------------------------------------------------------------------------------------


def meet(tx: Tx, token: str, chat: int) -> tuple[tuple[int, ...], str] | None:
    """A chat shows a link's token: the places of its four words, and her language. None for any other token.

    The token works once and for a quarter of an hour. It binds nothing: that is done on her own page.
    """
    row = secret_row(tx, sha256(token.encode()).digest())
    if row is None or row.purpose != "telegram_link" or row.expires_at < tx.now_ms:
        return None
    if tx.run(sql.USE_SECRET, {"of": row.token, "at": tx.now_ms}) != 1:
        return None
    sitting = Sitting(tx, Actor(row.subject, Strength.CHANNEL), Channel.TELEGRAM, lock=True)
    grant = sitting.own()
    if isinstance(grant, Withheld):
        return None
    parts = {part.name: part for part in take(tx, grant, "profile", "linking")}
    linking = parts.get("linking")
    if linking is None or linking.payload.token != token:
        return None
    kept = changed(linking.payload, chat=chat)
    replace(tx, row.subject, PERSON_PART, "linking", linking.record, kept, was=linking.version)
    seen = Seen("MeetLink", Purpose.OWN_IDENTITY, grant.reason, Channel.TELEGRAM, "")
    add_visits(tx, row.subject, [(row.subject, seen)])
    return places_of_words(token, chat), parts["profile"].payload.locale


# --- buttons ------------------------------------------------------------------------------------------------


def mint(
    tx: Tx,
    conversation: str,
    turn: int,
    values: Iterable[str],
    *,
    ref: str | None = None,
    until: datetime | None = None,
) -> dict[str, str]:
    """A short random name for each value; only its hash is kept. `ref` is what the button is about."""
    nonces = {value: secrets.token_urlsafe(16) for value in dict.fromkeys(values)}
    expires = millis(until or tx.now + BUTTON_LIVES)
    rows = [
        {"nonce": _hashed(nonce), "conversation": conversation, "turn": turn, "ref": ref, "value": value,
         "expires_at": expires}
        for value, nonce in nonces.items()
    ]  # fmt: skip
    if rows:
        tx.run(_ADD_BUTTON, [{**row, "mac": button_mac(tx, row)} for row in rows])
    return nonces


def pressed(tx: Tx, nonce: str) -> Row[Any] | None:
    """The row of a button that can still be pressed."""
    row = tx.row(_BUTTON, {"nonce": _hashed(nonce)})
    return row if row is not None and is_minted_here(tx, row) and row.expires_at >= tx.now_ms else None


@dataclass(frozen=True, slots=True)
class Answered:
    """A meeting that was answered in a chat: how it stands now, in whose language, and in which conversation."""

    meeting: Meeting
    locale: str
    conversation: str


def answer_meeting(tx: Tx, chat: Chat, button: Row[Any]) -> Answered | Withheld:
    """Take the answer of a button about a meeting, from the chat that it was sent to; no sign-in is needed."""
    row = next((row for row in chat.bound() if row.id == button.conversation), None)
    owner = tx.row(parts_sql.OWNER_OF, {"of": button.ref})
    if row is None or owner is None:
        return Withheld(Reason.NOT_FOUND)
    case = CaseId(owner.owner)
    talk = talk_of(tx, row, Strength.CHANNEL, Channel.TELEGRAM, lock=True)
    if talk.broken:
        return Withheld(Reason.NOT_FOUND)
    with talk.sitting as sitting:
        done = sitting.do(AnswerMeeting(case, button.ref, button.value))
        if not isinstance(done, Done):
            return done
        meeting = sitting.ask(OneMeeting(case, button.ref))
    if not isinstance(meeting, Meeting) or talk.profile is None:
        return Withheld(Reason.NOT_FOUND)
    return Answered(meeting, talk.profile.locale, row.id)


def bound_people(chat: Chat) -> tuple[PersonId, ...]:
    """Whom a chat is bound to: at most one on each side of the house."""
    return tuple(PersonId(row.person) for row in chat.bound())


def unlink(tx: Tx, chat: Chat, deeds: Sequence[Any]) -> None:
    """Carry out deeds of the people a chat is bound to, each at the door and about herself."""
    for row, deed in zip(chat.bound(), deeds, strict=True):
        with Sitting(tx, Actor(row.person, Strength.CHANNEL, Side(row.side)), Channel.TELEGRAM, lock=True) as sitting:
            sitting.do(deed)


def tidy(tx: Tx) -> None:
    """Forget what has had its time: buttons, the numbers of updates, conversations of whoever never came back."""
    before = millis(tx.now - VISITOR_LIVES)
    tx.run(_OLD_BUTTONS, {"before": tx.now_ms})
    tx.run(_OLD_INBOX, {"before": before})
    tx.run(_OLD_VISITORS, {"before": before})


def _new_visitor(tx: Tx, number: int, state: TalkState) -> Talk:
    conversation = new_id()
    sealed = tx.smith.standing("conversation").seal(str(number).encode(), _place(tx, conversation).bound())
    row = {"id": conversation, "person": None, "channel": Channel.TELEGRAM, "binding": chat_hash(tx, number, _OPEN),
           "turn": 1, "sealed": sealed, "open_state": state_text(state), "updated_at": tx.now_ms,
           "ended_at": None}  # fmt: skip
    tx.run(sql.ADD_CONVERSATION, row)
    return _visitor(tx, conversation, 1, state)


def _visitor(tx: Tx, conversation: str, turn: int, state: TalkState | None) -> Talk:
    sitting = Sitting(tx, Actor("visitor", Strength.NONE), Channel.TELEGRAM)
    return Talk(conversation, turn, Strength.NONE, False, sitting, state)


def _read_state(text: str | None) -> TalkState | None:
    if not text:
        return None
    state: TalkState = read("talk", current("talk"), text.encode())
    return state


def _place(tx: Tx, conversation: str) -> Place:
    return Place(tx.tenant, "chat", conversation, "house", "conversation", 1, 1)


def _hashed(nonce: str) -> bytes:
    return sha256(nonce.encode()).digest()
