"""What the chat and the console share: OpenID Connect, the authorization code with PKCE, checked to the last claim.

joserfc does the signatures and the claims (OpenID Connect Core 1.0, 3.1.3.7); what is here is the order of the steps
and what is refused. Nothing the provider says is logged: it is about a person.
"""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode, urlsplit

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout
from joserfc import jwk, jwt
from joserfc.errors import JoseError

from bot.http.slips import Slip

log = logging.getLogger(__name__)
ALGORITHMS = ("RS256", "PS256", "ES256", "ES384", "EdDSA", "Ed25519")
SKEW = 60
KEPT = timedelta(hours=1)
# An unknown key is a reason to ask for the keys again, but not for everybody who makes one up.
ASK_AGAIN = timedelta(seconds=30)
_PATIENCE = ClientTimeout(total=10)
_LARGEST = 256 * 1024
# What a library says about words that are no keys, no token, no claims.
_ODD = (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError)
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Failed(StrEnum):
    """Why nobody was identified."""

    DOWN = "down"
    SAID_NO = "said_no"
    TAMPERED = "tampered"
    LEVEL = "level"


class _Down(Exception):
    """The provider does not answer, or not what a provider answers."""


@dataclass(frozen=True, slots=True)
class Client:
    """What we are to a provider. `levels` are the `acr` values that will do; none: any."""

    issuer: str
    client_id: str
    client_secret: str | None
    redirect_uri: str
    scope: str = "openid"
    levels: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody whom the provider vouches for. `claims` is everything it signed."""

    issuer: str
    sub: str
    claims: Mapping[str, Any]


@dataclass(slots=True)
class _Kept:
    """What the provider said about itself, and its keys."""

    about: Mapping[str, Any] = field(default_factory=dict)
    about_until: datetime | None = None
    keys: jwk.KeySet | None = None
    keys_at: datetime | None = None


class Provider:
    """One provider: where to send a browser, and who came back."""

    def __init__(self, client: Client, clock: Callable[[], datetime]) -> None:
        """Nothing is asked before somebody wants to sign in, so a provider that is down stops no start."""
        self.client = client
        self._clock = clock
        self._kept = _Kept()

    async def address(self, slip: Slip) -> str | Failed:
        """Where the browser goes to prove who sits at it."""
        try:
            about = await self._about()
        except _Down:
            return Failed.DOWN
        asked = {
            "response_type": "code",
            "client_id": self.client.client_id,
            "redirect_uri": self.client.redirect_uri,
            "scope": self.client.scope,
            "state": slip.state,
            "nonce": slip.nonce,
            "code_challenge": slip.code_challenge,
            "code_challenge_method": "S256",
            # A browser that is still signed in at the provider may be somebody else's.
            "prompt": "login",
        }
        if self.client.levels:
            asked["acr_values"] = " ".join(self.client.levels)
        if self.client.wanted:
            asked["claims"] = json.dumps({"id_token": {claim: {"essential": True} for claim in self.client.wanted}})
        address = str(about["authorization_endpoint"])
        return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(asked)}"

    async def identify(self, query: Mapping[str, str], slip: Slip) -> Identity | Failed:
        """Who came back: `query` is what the provider sent the browser with; the caller has spent the slip."""
        if query.get("state") != slip.state or query.get("iss", self.client.issuer) != self.client.issuer:
            return Failed.TAMPERED
        if "error" in query or not query.get("code"):
            return Failed.SAID_NO
        try:
            answer = await self._exchange(query["code"], slip)
            return await self._checked(str(answer.get("id_token", "")), slip)
        except _Down:
            return Failed.DOWN

    # --- the token ------------------------------------------------------------------------------------------

    async def _exchange(self, code: str, slip: Slip) -> Mapping[str, Any]:
        about, client = await self._about(), self.client
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": client.redirect_uri,
            "code_verifier": slip.verifier,
        }
        auth = ""
        if client.client_secret is None:
            form["client_id"] = client.client_id
        elif "client_secret_basic" in about.get("token_endpoint_auth_methods_supported", ["client_secret_basic"]):
            # RFC 6749, 2.3.1: both are form-encoded before they are put together.
            pair = f"{_quoted(client.client_id)}:{_quoted(client.client_secret)}"
            auth = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            form |= {"client_id": client.client_id, "client_secret": client.client_secret}
        return await _json("POST", str(about["token_endpoint"]), form, auth)

    async def _checked(self, token: str, slip: Slip) -> Identity | Failed:
        try:
            claims = await self._verified(token)
            registry = jwt.JWTClaimsRegistry(
                now=int(self._clock().timestamp()),
                leeway=SKEW,
                iss={"essential": True, "value": self.client.issuer},
                aud={"essential": True, "value": self.client.client_id},
                sub={"essential": True},
                exp={"essential": True},
                iat={"essential": True},
                nonce={"essential": True, "value": slip.nonce},
            )
            registry.validate(claims)
        except _ODD as wrong:
            log.warning("oidc: an answer was refused: %s", type(wrong).__name__)
            return Failed.TAMPERED
        if self._for_somebody_else(claims):
            log.warning("oidc: an answer was refused: made for another client")
            return Failed.TAMPERED
        if self.client.levels and claims.get("acr") not in self.client.levels:
            return Failed.LEVEL
        return Identity(self.client.issuer, str(claims["sub"]), claims)

    def _for_somebody_else(self, claims: Mapping[str, Any]) -> bool:
        """With several audiences the token must say that it was made for us, and so must it whenever it says."""
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        return bool(claims.get("azp", None if several else self.client.client_id) != self.client.client_id)

    async def _verified(self, token: str) -> dict[str, Any]:
        for again in (False, True):
            keys = await self._keys(again=again)
            try:
                return jwt.decode(token, keys, algorithms=list(ALGORITHMS)).claims
            except _ODD:
                if again or not self._may_ask_again():
                    raise
        raise ValueError(token)

    # --- what the provider says about itself ----------------------------------------------------------------

    async def _about(self) -> Mapping[str, Any]:
        kept, now = self._kept, self._clock()
        if kept.about_until is None or now > kept.about_until:
            said = await _json("GET", f"{self.client.issuer.rstrip('/')}/.well-known/openid-configuration")
            if said.get("issuer") != self.client.issuer:
                log.error("oidc: the provider names itself otherwise than the settings do")
                raise _Down
            if not all(_safe(said.get(f"{name}_endpoint")) for name in ("authorization", "token")):
                raise _Down
            kept.about, kept.about_until = said, now + KEPT
        return kept.about

    async def _keys(self, *, again: bool) -> jwk.KeySet:
        kept, now = self._kept, self._clock()
        if kept.keys is None or kept.keys_at is None or again or now > kept.keys_at + KEPT:
            address = (await self._about()).get("jwks_uri")
            if not _safe(address):
                raise _Down
            said = await _json("GET", str(address))
            try:
                kept.keys = jwk.KeySet.import_key_set({"keys": _signing(said)})
            except _ODD:
                raise _Down from None
            kept.keys_at = now
        return kept.keys

    def _may_ask_again(self) -> bool:
        kept = self._kept
        return kept.keys_at is None or self._clock() >= kept.keys_at + ASK_AGAIN


def _signing(said: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Its public keys for signatures; a shared secret among them would let whoever knows it sign as the provider."""
    keys = [key for key in said["keys"] if key.get("use", "sig") == "sig" and key.get("kty") in ("RSA", "EC", "OKP")]
    if not keys:
        raise ValueError("no keys")
    return keys


async def _json(method: str, address: str, form: Mapping[str, str] | None = None, auth: str = "") -> Mapping[str, Any]:
    """One call: no redirect is followed, since the next address would be anybody's."""
    headers = {"Accept": "application/json", **({"Authorization": auth} if auth else {})}
    try:
        async with (
            ClientSession(timeout=_PATIENCE) as web,
            web.request(method, address, data=form, headers=headers, allow_redirects=False) as answer,
        ):
            if answer.status != 200:
                log.warning("oidc: the provider answered %d", answer.status)
                raise _Down
            said = json.loads(await _whole(answer))
    except (ClientError, TimeoutError, ValueError, OSError, RecursionError) as wrong:
        log.warning("oidc: the provider cannot be asked: %s", type(wrong).__name__)
        raise _Down from None
    if not isinstance(said, dict):
        raise _Down
    return said


async def _whole(answer: ClientResponse) -> bytes:
    """What it said to the end, in however many pieces it came; too much of it is nothing."""
    said = bytearray()
    async for piece in answer.content.iter_any():
        said += piece
        if len(said) > _LARGEST:
            raise ValueError
    return bytes(said)


def _safe(address: object) -> bool:
    if not isinstance(address, str):
        return False
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)


def _quoted(words: str) -> str:
    return urlencode({"": words})[1:]
