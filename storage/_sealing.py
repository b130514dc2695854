"""Envelopes: how a part is sealed, and the one verb that opens one, which needs a Grant.

Format 1, all integers big-endian: version byte 0x01 | nonce 12 | commitment 32 | AES-256-GCM ciphertext and tag.
Plain text is padded (0x80, then zeros) to the next bucket. Associated data: each field length-prefixed, in the
order tenant, record name, record id, owner, compartment, payload version, row version. The commitment is
BLAKE2b-256 under the commitment key over nonce, associated data and tag, and is checked before anything is
decrypted: AES-GCM alone does not commit to its key. From each data key one encryption and one commitment key
are derived by HKDF-SHA256, once, and kept with it.
"""

from __future__ import annotations

import hmac
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from storage.consent import Grant
from storage.keys import KEY_BYTES, Keyring, MonthKeyMissing
from storage.records import RULES_PART

VERSION = b"\x01"
_NONCE, _COMMIT, _TAG = 12, 32, 16
_HEAD = 1 + _NONCE + _COMMIT
_SMALLEST = 256
_LARGEST_STEP = 16384
_CACHE = 4096


class Tampered(Exception):
    """A sealed row does not open as what it stands as: changed, moved, or sealed under another key."""


class Culled(Exception):
    """The key that would open this is gone for good."""


class NotGranted(Exception):
    """Something tried to open a part that its Grant does not open. This is a fault in our code."""


class Key:
    """A data key ready for use: its encryption half and its commitment half."""

    __slots__ = ("_aead", "_commit")

    def __init__(self, key: bytes) -> None:
        """Derive both halves from 32 bytes."""
        both = HKDF(
            algorithm=SHA256(),
            length=2 * KEY_BYTES,
            salt=None,
            info=b"bredvid envelope 1",
        ).derive(key)
        self._aead = AESGCM(both[:KEY_BYTES])
        self._commit = both[KEY_BYTES:]

    def seal(self, plain: bytes, bound: bytes) -> bytes:
        """Seal bytes to the associated data."""
        nonce = secrets.token_bytes(_NONCE)
        body = self._aead.encrypt(nonce, _pad(plain), bound)
        return VERSION + nonce + self._commitment(nonce, bound, body[-_TAG:]) + body

    def open(self, sealed: bytes, bound: bytes) -> bytes:
        """Open bytes sealed to the same associated data, or raise `Tampered`."""
        if len(sealed) < _HEAD + _TAG or sealed[:1] != VERSION:
            raise Tampered
        nonce, commitment, body = (
            sealed[1 : 1 + _NONCE],
            sealed[1 + _NONCE : _HEAD],
            sealed[_HEAD:],
        )
        if not hmac.compare_digest(commitment, self._commitment(nonce, bound, body[-_TAG:])):
            raise Tampered
        try:
            return _unpad(self._aead.decrypt(nonce, body, bound))
        except InvalidTag:
            raise Tampered from None

    def _commitment(self, nonce: bytes, bound: bytes, tag: bytes) -> bytes:
        return blake2b(
            nonce + len(bound).to_bytes(4, "big") + bound + tag,
            digest_size=_COMMIT,
            key=self._commit,
        ).digest()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed row stands; it opens nowhere else."""

    tenant: str
    record: str
    row: str
    owner: str
    compartment: str
    v: int
    version: int

    def bound(self) -> bytes:
        """The canonical associated data."""
        return (
            _field(self.tenant)
            + _field(self.record)
            + _field(self.row)
            + _field(self.owner)
            + _field(self.compartment)
            + _field(str(self.v))
            + _field(str(self.version))
        )


@lru_cache(maxsize=8192)
def _field(words: str) -> bytes:
    """One field with its length in front, so that no two rows of fields read alike."""
    raw = words.encode()
    return len(raw).to_bytes(4, "big") + raw


class Locksmith:
    """Makes, unwraps and remembers data keys. The memory goes by wrapped bytes: no row, nothing to look up."""

    def __init__(self, keyring: Keyring) -> None:
        """`keyring` holds the month keys."""
        self._keyring = keyring
        self._known: OrderedDict[tuple[bytes, str, str], Key] = OrderedDict()
        self._months: dict[str, tuple[bytes, Key]] = {}

    def make(self, owner: str, compartment: str, month: str) -> tuple[bytes, Key]:
        """A new data key, wrapped by its month's key, and ready for use."""
        plain = secrets.token_bytes(KEY_BYTES)
        month_key = self._month(month)
        if month_key is None:
            raise MonthKeyMissing(month)
        wrapped = month_key.seal(plain, _wrap_bound(owner, compartment, month))
        return wrapped, self._remember(wrapped, owner, compartment, Key(plain))

    def unwrap(self, wrapped: bytes, owner: str, compartment: str, month: str) -> Key:
        """The data key of a compartment, from the bytes that stood beside the rows it opens."""
        month_key = self._month(month)
        if month_key is None:
            raise Culled
        known = self._known.get((wrapped, owner, compartment))
        if known is not None:
            return known
        plain = month_key.open(wrapped, _wrap_bound(owner, compartment, month))
        return self._remember(wrapped, owner, compartment, Key(plain))

    def standing(self, name: str) -> Key:
        """A key that belongs to the house and not to a subject, such as the visits'."""
        raw = self._keyring[name]
        known = self._months.get(name)
        if known is None or known[0] != raw:
            known = self._months[name] = (raw, Key(raw))
        return known[1]

    def forget(self) -> None:
        """Drop every remembered key, as after a culling."""
        self._known.clear()
        self._months.clear()

    def _month(self, month: str) -> Key | None:
        raw = self._keyring.month(month)
        if raw is None:
            self._months.pop(month, None)
            return None
        known = self._months.get(month)
        if known is None or known[0] != raw:
            known = self._months[month] = (raw, Key(raw))
        return known[1]

    def _remember(self, wrapped: bytes, owner: str, compartment: str, key: Key) -> Key:
        self._known[(wrapped, owner, compartment)] = key
        if len(self._known) > _CACHE:
            self._known.popitem(last=False)
        return key


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


def _wrap_bound(owner: str, compartment: str, month: str) -> bytes:
    return Place("", "dek", month, owner, compartment, 1, 1).bound()


def _pad(plain: bytes) -> bytes:
    wanted = len(plain) + 1
    size = _SMALLEST
    while size < wanted and size < _LARGEST_STEP:
        size *= 2
    if size < wanted:
        size = -(-wanted // _LARGEST_STEP) * _LARGEST_STEP
    return plain + b"\x80" + bytes(size - wanted)


def _unpad(padded: bytes) -> bytes:
    end = padded.rstrip(b"\x00")
    if not end.endswith(b"\x80"):
        raise Tampered
    return end[:-1]
