"""Linking a grown-up's Telegram and ending what is linked: token, four words, binding, places she is signed in."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace as changed
from datetime import timedelta
from hashlib import blake2b, sha256
from typing import Any

from sqlalchemy import bindparam, select

from storage import _sql as sql
from storage import _tables as t
from storage._chain import add_rule, tell_outside
from storage._deeds_contact import end_contact, keep_yes
from storage._desk import Ask, Deed, Desk, Done
from storage._outbox_rows import STOP_PERSON
from storage._parting import keep_address, let_chat_go, part_with_chat
from storage._reminding import HOURS, REMINDERS
from storage._shelf import Taken, drop, put, replace, take, take_own
from storage._sql import Tx, millis
from storage._trial import try_in_every_case
from storage._vouched import add_secret_row, bind_chat
from storage.commands import AskForLink, EndLink, EndPlace, PickCodeWord, SameWords, SayYes
from storage.consent import TELEGRAM_FULL, Grant, Reason, Withheld, is_of_age
from storage.payloads import CODE_WORDS, Bound, Linking
from storage.places import end_bindings, end_place, places_of
from storage.queries import LinkFacts, MyLink, MyPlaces, Place
from storage.records import PERSON_PART, Channel, Profile, Strength, TieKind, new_id
from storage.rules import Consented
from storage.safety import Unlinked
from storage.ways_in import ChatTied

LINK_LIVES = timedelta(minutes=15)
_p = bindparam
OPEN_BY_BINDING = select(t.conversation).where(
    t.conversation.c.binding == _p("binding"), t.conversation.c.ended_at.is_(None)
)

_HER_CHAT = select(t.conversation.c.id).where(
    t.conversation.c.person == _p("person"),
    t.conversation.c.channel == Channel.TELEGRAM.value,
    t.conversation.c.ended_at.is_(None),
)


def chat_hash(tx: Tx, chat: int, side: str) -> bytes:
    """What a chat is found by: keyed, and another for each side of the house and for whoever has not signed in."""
    return blake2b(f"chat|{side}|{chat}".encode(), digest_size=32, key=tx.keyring["conversation"]).digest()


def places_of_words(token: str, chat: int) -> tuple[int, ...]:
    """Four places in the list of words, from the token and the chat: another chat shows other words."""
    digest = sha256(f"{token}|{chat}".encode()).digest()
    return tuple(byte % len(CODE_WORDS) for byte in digest[:4])


def _on_her_page(desk: Desk, grant: Grant) -> Withheld | None:
    if grant.channel is not Channel.WEB:
        return Withheld(Reason.CHANNEL)
    return None if desk.actor.strength is Strength.PIN else Withheld(Reason.STRENGTH)


def _ask_for_link(desk: Desk, grant: Grant, deed: AskForLink) -> Done | Withheld:
    if (no := _on_her_page(desk, grant)) is not None:
        return no
    if not _is_adult(desk, grant):
        return Withheld(Reason.CHANNEL)
    tx, token = desk.tx, secrets.token_urlsafe(32)
    tx.run(sql.BURN_SECRETS_OF, {"of": deed.person, "for_": "telegram_link", "at": tx.now_ms})
    until = tx.now + LINK_LIVES
    secret = {"token": sha256(token.encode()).digest(), "purpose": "telegram_link", "subject": deed.person,
              "case_id": None, "spoken": None, "tries": 0, "created_at": tx.now_ms, "expires_at": millis(until),
              "used_at": None}  # fmt: skip
    add_secret_row(tx, secret)
    _keep(desk, grant, "linking", Linking(token, until))
    return Done()


def _same_words(desk: Desk, grant: Grant, deed: SameWords) -> Done | Withheld:
    if (no := _on_her_page(desk, grant)) is not None:
        return no
    tx, linking = desk.tx, _kept(desk, grant, "linking")
    if linking is None or linking.payload.chat is None or linking.payload.until < tx.now:
        return Withheld(Reason.NOT_FOUND)
    chat, binding = linking.payload.chat, chat_hash(tx, linking.payload.chat, desk.known(deed.person).side)
    other = tx.row(OPEN_BY_BINDING, {"binding": binding})
    if other is not None and other.person != deed.person:
        # One chat is bound once on a side: two people with one phone would read each other's lines.
        return Withheld(Reason.CONFLICT)
    old = _kept(desk, grant, "bound")
    end_bindings(tx, deed.person)
    if old is not None and old.payload.chat != chat:
        end_contact(desk, deed.person, asked=True)
        # Her messages in the other chat are taken out of that one.
        part_with_chat(tx, deed.person)
    else:
        let_chat_go(tx, deed.person)
    row: dict[str, Any] = {"id": new_id(), "person": deed.person, "channel": Channel.TELEGRAM, "binding": binding,
           "turn": 1, "sealed": None, "open_state": None, "updated_at": tx.now_ms, "ended_at": None}  # fmt: skip
    bind_chat(tx, row)
    add_rule(tx, deed.person, ChatTied(row["id"]))
    # A word from the start, so that no message ever comes without one; she may pick another.
    code = old.payload.code if old else secrets.choice(CODE_WORDS)
    bound = Bound(chat, row["id"], code)
    _keep(desk, grant, "bound", bound)
    keep_address(tx, deed.person, bound)
    drop(tx, linking.record, PERSON_PART)
    try_in_every_case(tx, deed.person)
    return Done(rules_changed=True)


def _pick(desk: Desk, grant: Grant, deed: PickCodeWord) -> Done | Withheld:
    old = _kept(desk, grant, "bound")
    if old is None:
        return Withheld(Reason.NOT_FOUND)
    if deed.word not in CODE_WORDS:
        return Withheld(Reason.INVALID)
    _keep(desk, grant, "bound", changed(old.payload, code=deed.word))
    return Done()


def _end(desk: Desk, grant: Grant, deed: EndLink) -> Done | Withheld:
    for name in ("bound", "linking"):
        if (part := _kept(desk, grant, name)) is not None:
            drop(desk.tx, part.record, PERSON_PART)
    end_bindings(desk.tx, deed.person)
    part_with_chat(desk.tx, deed.person)
    desk.tx.run(STOP_PERSON, {"of": deed.person, "why": "unlinked", "at": desk.tx.now_ms})
    tell_outside(desk.tx, deed.person, 0, Unlinked())
    end_contact(desk, deed.person, asked=False)
    return Done(rules_changed=True)


def _say_yes(desk: Desk, grant: Grant, deed: SayYes) -> Done | Withheld:
    if deed.scope == TELEGRAM_FULL:
        if (no := _no_reading_there(desk, grant, deed)) is not None:
            return no
    elif deed.scope != REMINDERS or not HOURS.fullmatch(deed.hours):
        return Withheld(Reason.INVALID)
    tx, me = desk.tx, desk.actor.id
    standing = desk.known(deed.case)
    today = tx.now.date()
    given = [yes for yes in standing.consents() if yes.by == me and yes.scope == deed.scope]
    if any(yes.until is None or today <= yes.until for yes in given):
        return Done(fresh=False)
    tie = next(iter(standing.tied(me)))
    yes = Consented(new_id(), tie.person, tie.person, deed.scope, deed.hours, Channel.TELEGRAM, today, None)
    keep_yes(desk, grant, deed.case, yes)
    return Done(rules_changed=True)


def _no_reading_there(desk: Desk, grant: Grant, deed: SayYes) -> Withheld | None:
    """Why a yes to reading in Telegram is not taken: it is a grown-up's own, said on her page (policy P54)."""
    if (no := _on_her_page(desk, grant)) is not None:
        return no
    standing, me = desk.known(deed.case), desk.actor.id
    hers = any(tie.kind in (TieKind.CHILD, TieKind.RECIPIENT) for tie in standing.tied(me))
    linked = desk.tx.row(_HER_CHAT, {"person": me}) is not None
    allowed = desk.tx.telegram_full and hers and linked and is_of_age(standing.born, desk.tx.now.date())
    return None if allowed else Withheld(Reason.CHANNEL)


def _end_place(desk: Desk, grant: Grant, deed: EndPlace) -> Done | Withheld:
    if (no := _on_her_page(desk, grant)) is not None:
        return no
    return Done() if end_place(desk.tx, deed.person, deed.which) else Withheld(Reason.NOT_FOUND)


def _my_places(desk: Desk, grant: Grant, _: MyPlaces) -> tuple[Place, ...]:
    """Whoever has not given her PIN learns nothing of her other phones."""
    return places_of(desk.tx, grant.subject) if desk.actor.strength is Strength.PIN else ()


def _my_link(desk: Desk, grant: Grant, _: MyLink) -> LinkFacts:
    bound, linking = _kept(desk, grant, "bound"), _kept(desk, grant, "linking")
    there = linking is not None and linking.payload.until >= desk.tx.now
    on_the_way: Linking | None = linking.payload if linking is not None and there else None
    words: tuple[int, ...] = ()
    if on_the_way is not None and on_the_way.chat is not None:
        words = places_of_words(on_the_way.token, on_the_way.chat)
    return LinkFacts(
        on_the_way.token if on_the_way else None,
        words,
        bound is not None,
        bound.payload.code if bound else "",
        _is_adult(desk, grant),
    )


def _is_adult(desk: Desk, grant: Grant) -> bool:
    """A child never is, whatever a profile says; others are unless their birth date says that they are not."""
    profile: Profile = take_own(desk.tx, grant, "profile").payload
    today = desk.tx.now.date()
    if profile.born is not None:
        return is_of_age(profile.born, today)
    rows = desk.tx.rows(sql.TIES_OF_PERSON, {"person": grant.subject})
    kinds = {tie.kind for row in rows for tie in desk.known(row.case_id).tied(grant.subject)}
    return bool(kinds) and TieKind.CHILD not in kinds


def _kept(desk: Desk, grant: Grant, name: str) -> Taken | None:
    return next(iter(take(desk.tx, grant, name, limit=1)), None)


def _keep(desk: Desk, grant: Grant, name: str, payload: Any) -> None:
    old = _kept(desk, grant, name)
    if old is None:
        put(desk.tx, grant.subject, PERSON_PART, name, f"{grant.subject}.{name}", payload)
    else:
        replace(desk.tx, grant.subject, PERSON_PART, name, old.record, payload, was=old.version)


LINK_DEEDS: Mapping[type, Deed] = {
    AskForLink: _ask_for_link,
    SameWords: _same_words,
    PickCodeWord: _pick,
    EndLink: _end,
    EndPlace: _end_place,
    SayYes: _say_yes,
}
LINK_ANSWERS: Mapping[type, Ask] = {MyLink: _my_link, MyPlaces: _my_places}
