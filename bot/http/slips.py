"""What the chat and the console share: the slip a browser carries to where somebody proves who she is, and back.

A slip is made without a row and spent with one, so whoever only looks at a door writes nothing. Its cookie is `Lax`:
the way back begins on the provider's page, and a `Strict` one would stay at home. It opens nothing by itself.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web

LIVES = timedelta(minutes=10)
_LONGEST = 400
_PARTS = 5


@dataclass(frozen=True, slots=True)
class Slip:
    """One attempt: what it is for, whom it is about, and the secrets made from it that no page ever carries twice.

    `value` is what lies in the cookie. `about` is an id, or '' while nobody is known.
    """

    key: bytes
    value: str
    purpose: str
    about: str

    @property
    def state(self) -> str:
        """The OAuth state: comes back with the answer and must be this."""
        return self._made("state")

    @property
    def nonce(self) -> str:
        """The OpenID nonce: stands in the signed answer."""
        return self._made("nonce")

    @property
    def verifier(self) -> str:
        """The PKCE verifier, 43 signs (RFC 7636, 4.1); only its hash goes through the browser."""
        return self._made("verifier")

    @property
    def code_challenge(self) -> str:
        """The PKCE challenge by S256 (RFC 7636, 4.2)."""
        return _text(hashlib.sha256(self.verifier.encode()).digest())

    @property
    def challenge(self) -> bytes:
        """What a passkey signs."""
        return _mac(self.key, f"passkey|{self.value}")

    def _made(self, name: str) -> str:
        return _text(_mac(self.key, f"{name}|{self.value}"))


def slip_key(pepper: bytes) -> bytes:
    """The key that slips are made with, from the house's pepper."""
    return _mac(pepper, "slips")


def fresh_slip(key: bytes, purpose: str, about: str, now: datetime) -> Slip:
    """A new slip, good for ten minutes. `purpose` and `about` have no dots in them."""
    until = int((now + LIVES).timestamp())
    body = f"{secrets.token_urlsafe(32)}.{until}.{purpose}.{about}"
    return Slip(key, f"{body}.{_text(_mac(key, f'slip|{body}'))}", purpose, about)


def read_slip(key: bytes, value: str | None, now: datetime) -> Slip | None:
    """The slip that a browser brought; None when it is none of ours, changed or too old."""
    parts = (value or "")[:_LONGEST].split(".")
    if value is None or not value.isascii() or len(parts) != _PARTS:
        return None
    body, mac = value.rpartition(".")[0], parts[4]
    if not hmac.compare_digest(mac.encode(), _text(_mac(key, f"slip|{body}")).encode()):
        return None
    return Slip(key, value, parts[2], parts[3]) if now.timestamp() <= int(parts[1]) else None


def cookie_name(*, https: bool) -> str:
    """The name of the cookie a slip lies in."""
    return "__Host-door" if https else "door"


def give_slip(answer: web.StreamResponse, slip: Slip, *, https: bool) -> None:
    """Hand the slip to the browser."""
    age = int(LIVES / timedelta(seconds=1))
    answer.set_cookie(
        cookie_name(https=https), slip.value, max_age=age, path="/", secure=https, httponly=True, samesite="Lax"
    )


def take_slip(answer: web.StreamResponse, *, https: bool) -> None:
    """Take it back; a slip is used once, whatever came of it."""
    answer.del_cookie(cookie_name(https=https), path="/", secure=https, httponly=True, samesite="Lax")


def _mac(key: bytes, words: str) -> bytes:
    return hmac.new(key, words.encode(), hashlib.sha256).digest()


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
