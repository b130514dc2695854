"""Shamir's way to share a secret: any so many of the shares give it back, and fewer say nothing at all about it.

Over GF(2^8) with the polynomial of AES (0x11b), byte by byte: each byte of the secret is the constant of a random
polynomial, and a share is its value at the share's number. Ours, since `deploy/recover.py` must do the same with
Python alone; the vectors stand in `tests/storage/vectors.json`.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping


def split(secret: bytes, needed: int, many: int) -> dict[int, bytes]:
    """Shares by number, 1 to `many`; any `needed` of them give the secret back."""
    if not 1 < needed <= many < 256:
        raise ValueError("between two and 255 shares, and no more needed than there are")
    curves = [(byte, *secrets.token_bytes(needed - 1)) for byte in secret]
    return {x: bytes(_value(curve, x) for curve in curves) for x in range(1, many + 1)}


def combine(shares: Mapping[int, bytes]) -> bytes:
    """The secret of enough shares. Of too few, or of strangers, it is other bytes: the caller knows how to tell."""
    if len({len(share) for share in shares.values()}) != 1 or not all(0 < x < 256 for x in shares):
        raise ValueError("shares of one secret, each with its number")
    weights = {x: _weight(x, [other for other in shares if other != x]) for x in shares}
    secret = bytearray(len(next(iter(shares.values()))))
    for x, share in shares.items():
        for at, byte in enumerate(share):
            secret[at] ^= multiply(byte, weights[x])
    return bytes(secret)


def multiply(a: int, b: int) -> int:
    """The product of two bytes in the field of AES."""
    product = 0
    for bit in range(8):
        product ^= (a << bit) * (b >> bit & 1)
    for bit in range(14, 7, -1):
        product ^= (0x11B << (bit - 8)) * (product >> bit & 1)
    return product


def _inverse(a: int) -> int:
    found = 1
    for _ in range(254):
        found = multiply(found, a)
    return found


def _value(curve: tuple[int, ...], x: int) -> int:
    value = 0
    for coefficient in reversed(curve):
        value = multiply(value, x) ^ coefficient
    return value


def _weight(x: int, others: list[int]) -> int:
    """Lagrange's weight of a share at zero."""
    weight = 1
    for other in others:
        weight = multiply(weight, multiply(other, _inverse(other ^ x)))
    return weight
