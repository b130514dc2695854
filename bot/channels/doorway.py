"""The doorway of the web chat: invites, PINs and receipt codes are tried here, outside any transaction of a turn.

Hashing a PIN takes a core for a while, so at most two run at once and a short queue waits; beyond that it is no.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from bot.engine import Here
from bot.talk import Event, Proven, Typed
from storage.claims import find_claim
from storage.payloads import TalkState
from storage.pins import hash_pin, is_pin, pin_fits
from storage.records import PersonId
from storage.sign_in import (
    Attempt,
    Entered,
    Outcome,
    accept_invite,
    attempt_after_receipt,
    attempt_pin,
    guess_slot,
    keep_pin,
    proven,
    receipt_mark,
    rename,
)
from storage.talks import state_text
from storage.vault import Store

T = TypeVar("T")
AT_ONCE = 2
WAITING = 40
RECEIPT_DIGITS = 16
# A verifier that no code fits: an unknown person costs as much time as a known one.
_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a code: the event for the step, and the new session when there is one."""

    event: Event | None
    entered: Entered | None = None


class Doorway:
    """Tries codes. One for each process; its pool is closed with it."""

    def __init__(self, store: Store) -> None:
        """`store` is open."""
        self._store = store
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="pin")
        self._waiting = 0

    def close(self) -> None:
        """Let the pool go."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def accept(self, token: str, code: str, locale: str | None) -> Entered | None:
        """Take an invite with its spoken code."""
        state = state_text(TalkState("way_in/choose", 1, {}, locale=locale))
        return await self._call(lambda tx: accept_invite(tx, token, code, state))

    async def try_words(self, token: str, here: Here, event: Event) -> Tried:
        """Typed words at a place that asks for a code; at any other place the event goes on as it is."""
        if not isinstance(event, Typed):
            return Tried(event)
        match here.step:
            case "way_in/new_pin" if here.person is not None:
                return await self._choose(token, here.person, event.words, pictures=here.pictures)
            case "way_in/pin":
                return await self._prove(token, here, event.words)
            case "way_in/come_back":
                return await self._come_back(token, event.words)
            case "come_back/number":
                return await self._find_claim(here, event.words)
            case _:
                return Tried(event)

    async def _choose(self, token: str, person: PersonId, code: str, *, pictures: bool) -> Tried:
        if not is_pin(code, pictures=pictures):
            return Tried(Proven("weak"))
        pepper = self._store.keyring["pepper"]
        verifier = await self._slowly(lambda: hash_pin(pepper, code))
        if verifier is None:
            return Tried(Proven(Outcome.LOCKED))
        receipt, entered = await self._call(lambda tx: keep_pin(tx, token, person, verifier, pictures=pictures))
        return Tried(Proven(Outcome.OK, receipt), entered)

    async def _prove(self, token: str, here: Here, code: str) -> Tried:
        attempt = await self._attempt(here)
        if attempt is Outcome.LOCKED:
            return Tried(Proven(Outcome.LOCKED))
        verifier = attempt.verifier if isinstance(attempt, Attempt) else _NOBODY
        pepper = self._store.keyring["pepper"]
        fits = await self._slowly(lambda: pin_fits(pepper, code, verifier))
        if fits is None:
            return Tried(Proven(Outcome.LOCKED))
        if not fits or not isinstance(attempt, Attempt):
            return Tried(Proven(Outcome.WRONG))
        person = attempt.person
        return Tried(Proven(Outcome.OK), await self._call(lambda tx: proven(tx, token, person)))

    async def _attempt(self, here: Here) -> Attempt | Outcome:
        person = here.person
        if person is not None:
            return await self._call(lambda tx: attempt_pin(tx, person))
        if here.receipt:
            return await self._call(lambda tx: attempt_after_receipt(tx, here.receipt))
        free = await self._call(lambda tx: guess_slot(tx, f"nobody:{here.conversation}"))
        return Outcome.UNKNOWN if free else Outcome.LOCKED

    async def _come_back(self, token: str, code: str) -> Tried:
        """Sixteen digits. Whose they are is looked up with the PIN: until then right and wrong are one and the same."""
        if len("".join(sign for sign in code if sign.isdigit())) != RECEIPT_DIGITS:
            return Tried(Typed(code))
        mark, entered = await self._call(lambda tx: (receipt_mark(tx, code), rename(tx, token)))
        return Tried(Proven(Outcome.UNKNOWN, mark), entered)

    async def _find_claim(self, here: Here, number: str) -> Tried:
        """A request's number. What goes on to the step is the secret made from it, not what was typed."""
        found = await self._call(lambda tx: find_claim(tx, number, here.conversation))
        return Tried(Proven(found.outcome, found.token or ""))

    async def _call(self, call: Callable[..., T]) -> T:
        return await self._store.ask(call)

    async def _slowly(self, work: Callable[[], T]) -> T | None:
        """Run slow work in the small pool; None when too many already wait."""
        if self._waiting >= WAITING:
            return None
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._waiting -= 1
