"""How the stories of signing in speak: invite, accept, choose a PIN, try one, look what a token is worth."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from storage import sign_in
from storage._sql import Tx
from storage.payloads import TalkState
from storage.records import PersonId, Strength
from storage.sign_in import Attempt, Entered, Outcome
from storage.talks import open_talk, state_text
from tests.storage.family import CASE, MIRA
from tests.storage.house import House

T = TypeVar("T")
STATE = state_text(TalkState("welcome/start", 1, {}))
WRONG = "ZZZZZZZZ"


def run(house: House, call: Callable[[Tx], T]) -> T:
    """One call in a transaction of its own."""
    return house.store.run(call)


def invite(house: House, person: PersonId = MIRA, *, by_letter: bool = False) -> tuple[str, str]:
    """An invite's token and its spoken code."""
    return run(house, lambda tx: sign_in.make_invite(tx, person, CASE, by_letter=by_letter))


def accept(house: House, token: str, code: str) -> Entered | None:
    """Take an invite."""
    return run(house, lambda tx: sign_in.accept_invite(tx, token, code, STATE))


def strength(house: House, token: str) -> Strength | None:
    """How sure the house is of whoever brings this token; None when the session is over."""

    def call(tx: Tx) -> Strength | None:
        talk = open_talk(tx, token, write=True)
        return talk.strength if talk else None

    return run(house, call)


def with_pin(house: House) -> tuple[str, Entered]:
    """Mira has come by an invite, chosen a PIN and given it: her receipt code and her session."""
    came = accept(house, *invite(house))
    assert came is not None
    receipt, chosen = run(house, lambda tx: sign_in.keep_pin(tx, came.token, MIRA, "verifier", pictures=False))
    return receipt, run(house, lambda tx: sign_in.proven(tx, chosen.token, MIRA))


def attempt(house: House, person: PersonId = MIRA) -> Attempt | Outcome:
    """One try of a PIN: what it must fit, or why not."""
    return run(house, lambda tx: sign_in.attempt_pin(tx, person))
