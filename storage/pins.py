"""PINs: six digits or six pictures, peppered and then hashed slowly. Never called inside a transaction."""

from __future__ import annotations

import hmac
import os
from hashlib import sha256
from itertools import pairwise

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

LENGTH = 6
PICTURES = 12
_MEMORY_KIB, _PASSES, _LANES = 19 * 1024, 2, 1


def is_pin(code: str, *, pictures: bool) -> bool:
    """Whether this could be a PIN: six digits, or six letters a-l for twelve pictures; not all the same, no run."""
    if len(code) != LENGTH:
        return False
    allowed = "abcdefghijkl" if pictures else "0123456789"
    if any(sign not in allowed for sign in code):
        return False
    steps = {ord(b) - ord(a) for a, b in pairwise(code)}
    return steps not in ({0}, {1}, {-1})


def hash_pin(pepper: bytes, code: str) -> str:
    """The verifier to keep (PHC text). About 25 ms of one core: call it in a bounded pool."""
    return Argon2id(
        salt=os.urandom(16), length=32, iterations=_PASSES, lanes=_LANES, memory_cost=_MEMORY_KIB
    ).derive_phc_encoded(_peppered(pepper, code))


def pin_fits(pepper: bytes, code: str, verifier: str) -> bool:
    """Whether the code is the one the verifier was made of. As slow as `hash_pin`."""
    try:
        Argon2id.verify_phc_encoded(_peppered(pepper, code), verifier)
    except InvalidKey:
        return False
    return True


def _peppered(pepper: bytes, code: str) -> bytes:
    return hmac.new(pepper, code.encode(), sha256).digest()
