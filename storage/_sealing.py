"""Sealing: data keys made, unwrapped and remembered, and the one verb that opens a part, which needs a Grant.

A wrapped data key is the number of its month's key (4 bytes) and an envelope of format 1 bound to owner, compartment,
month and that number. So a row says which key opens it, and a row moved to another month opens with none.
"""

from __future__ import annotations

import copy
import secrets
from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Any, Generic, TypeVar

from storage._envelope import KEY_BYTES, Key, Place, Tampered
from storage.consent import Grant
from storage.keys import Keyring, MonthKeyMissing
from storage.records import RULES_PART

__all__ = ["Culled", "Key", "Locksmith", "Moved", "NotGranted", "Place", "Tampered", "move_seal", "open_rule", "unseal"]

_NUMBER = 4
_CACHE = 4096
_CHAINS = 1024
T = TypeVar("T")


class Culled(Exception):
    """The key that would open this is gone for good."""


class Moved(Exception):
    """A row was read, and then its month's key was replaced and destroyed. Read again, it says another key."""


class NotGranted(Exception):
    """Something tried to open a part that its Grant does not open. This is a fault in our code."""


class Remembered(Generic[T]):
    """The latest so many things that were found whole, by every byte they were made from. Safe between threads."""

    def __init__(self, most: int) -> None:
        """`most` things; the one not asked for longest goes first."""
        self._most = most
        self._kept: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = Lock()

    def get(self, made_from: Hashable) -> T | None:
        """What was made from exactly this."""
        with self._lock:
            found = self._kept.get(made_from)
            if found is not None:
                self._kept.move_to_end(made_from)
            return found

    def keep(self, made_from: Hashable, made: T) -> None:
        """Remember it."""
        with self._lock:
            self._kept[made_from] = made
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()


class Locksmith:
    """Makes, unwraps and remembers data keys. The memory goes by wrapped bytes: no row, nothing to look up.

    `chains` are the rules of subjects whose chain was verified, by everything that was read of it: of a row that is
    not there, or is another one, nothing is remembered. Whoever takes them from here unwraps their key first.
    """

    def __init__(self, keyring: Keyring) -> None:
        """`keyring` holds the month keys."""
        self._keyring = keyring
        self._known: OrderedDict[tuple[bytes, str, str, str], Key] = OrderedDict()
        self._ready: dict[str, tuple[bytes, Key]] = {}
        self.chains: Remembered[tuple[Any, ...]] = Remembered(_CHAINS)
        self._rows_may_move = False

    def with_rows_that_move(self) -> Locksmith:
        """The same keys and memory, for a transaction beside which others commit: it may be told that rows Moved."""
        twin = copy.copy(self)
        twin._rows_may_move = True
        return twin

    def make(self, owner: str, compartment: str, month: str) -> tuple[bytes, Key]:
        """A new data key, wrapped by its month's newest key, and ready for use."""
        plain = secrets.token_bytes(KEY_BYTES)
        wrapped = self._wrap(plain, owner, compartment, month)
        return wrapped, self._remember((wrapped, owner, compartment, month), Key(plain))

    def unwrap(self, wrapped: bytes, owner: str, compartment: str, month: str) -> Key:
        """The data key of a compartment, from the bytes that stood beside the rows it opens."""
        month_key = self._month(month, number_of(wrapped))
        known = self._known.get((wrapped, owner, compartment, month))
        if known is not None:
            return known
        plain = _unwrapped(month_key, wrapped, owner, compartment, month)
        return self._remember((wrapped, owner, compartment, month), Key(plain))

    def rewrap(self, wrapped: bytes, owner: str, compartment: str, month: str) -> bytes:
        """The same data key under its month's newest key."""
        return self.move(wrapped, owner, compartment, month, month)

    def move(self, wrapped: bytes, owner: str, compartment: str, month: str, to: str) -> bytes:
        """The same data key under another month's newest key."""
        old = self._month(month, number_of(wrapped))
        return self._wrap(_unwrapped(old, wrapped, owner, compartment, month), owner, compartment, to)

    def standing(self, name: str) -> Key:
        """A key that belongs to the house and not to a subject, such as the visits'."""
        return self._made(name, self._keyring[name])

    def forget(self) -> None:
        """Drop every remembered key, as after a culling."""
        self._known.clear()
        self._ready.clear()
        self.chains.clear()

    def _wrap(self, plain: bytes, owner: str, compartment: str, month: str) -> bytes:
        number = self._keyring.newest(month)
        if number is None:
            raise MonthKeyMissing(month, make=True)
        sealed = self._month(month, number).seal(plain, _wrap_bound(owner, compartment, month, number))
        return number.to_bytes(_NUMBER, "big") + sealed

    def _month(self, month: str, number: int) -> Key:
        raw = self._keyring.month_key(month, number)
        if raw is not None:
            return self._made(f"{month}:{number}", raw)
        self._ready.pop(f"{month}:{number}", None)
        if self._keyring.is_gone(month, number):
            replaced = self._keyring.newest(month) is not None
            raise Moved if replaced and self._rows_may_move else Culled
        if self._keyring.is_unknown(month, number):
            raise Tampered
        # Another process may have made it since we looked.
        raise MonthKeyMissing(month, number=number)

    def _made(self, name: str, raw: bytes) -> Key:
        known = self._ready.get(name)
        if known is None or known[0] != raw:
            known = self._ready[name] = (raw, Key(raw))
        return known[1]

    def _remember(self, at: tuple[bytes, str, str, str], key: Key) -> Key:
        self._known[at] = key
        if len(self._known) > _CACHE:
            self._known.popitem(last=False)
        return key


def number_of(wrapped: bytes) -> int:
    """Which of its month's keys wraps a data key."""
    return int.from_bytes(wrapped[:_NUMBER], "big")


def unseal(grant: Grant, key: Key, place: Place, sealed: bytes) -> bytes:
    """Open one part. The Grant must open this owner's compartment; the place must be the one it was sealed to."""
    if not grant.opens(place.owner, place.compartment):
        raise NotGranted(place.record)
    return key.open(sealed, place.bound())


def open_rule(key: Key, place: Place, sealed: bytes) -> bytes:
    """Open one rule row. Rules are what a decision is made of, so they alone are read before there is a Grant."""
    if place.compartment != RULES_PART or place.record != "rule":
        raise NotGranted(place.record)
    return key.open(sealed, place.bound())


def move_seal(old: Key, new: Key, place: Place, sealed: bytes) -> bytes:
    """The same words in the same place under another key. Nobody reads them on the way, so no Grant is asked for."""
    return new.seal(old.open(sealed, place.bound()), place.bound())


def _unwrapped(month_key: Key, wrapped: bytes, owner: str, compartment: str, month: str) -> bytes:
    return month_key.open(wrapped[_NUMBER:], _wrap_bound(owner, compartment, month, number_of(wrapped)))


def _wrap_bound(owner: str, compartment: str, month: str, number: int) -> bytes:
    return Place("", "dek", month, owner, compartment, 1, number).bound()
