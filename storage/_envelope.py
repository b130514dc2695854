"""The envelope, format 1: bytes sealed under a key to the place where they stand; pure, and knowing no Grant.

All integers big-endian: version byte 0x01 | nonce 12 | commitment 32 | AES-256-GCM ciphertext and tag. Plain text is
padded (0x80, then zeros) to the next bucket. Associated data: each field length-prefixed, in the order tenant, record
name, record id, owner, compartment, payload version, row version. The commitment is BLAKE2b-256 under the commitment
key over nonce, associated data and tag, and is checked before anything is decrypted: AES-GCM alone does not commit to
its key. From each key one encryption and one commitment key are derived by HKDF-SHA256, once, and kept with it.
`deploy/envelope.md` is the description for whoever must open one without this program.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
VERSION = b"\x01"
_NONCE, _COMMIT, _TAG = 12, 32, 16
_HEAD = 1 + _NONCE + _COMMIT
_SMALLEST = 256
_LARGEST_STEP = 16384


class Tampered(Exception):
    """A sealed row does not open as what it stands as: changed, moved, or sealed under another key."""


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
