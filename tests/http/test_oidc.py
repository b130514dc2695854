"""What is refused of a provider's answer: each token is signed by a small provider of our own, each with one fault."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from bot.http.oidc import Client, Failed, Identity, Provider
from bot.http.slips import Slip, fresh_slip
from tests.parts.ports import a_free_port

KEY = b"k" * 32
NOW = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)


@dataclass
class SmallProvider:
    """A provider that says whatever a story wants it to."""

    issuer: str
    keys: list[RSAKey]
    token: str = ""
    about: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    authorization: str = ""
    now: datetime = NOW
    instead: dict[str, str] = field(default_factory=dict)
    pieces: int = 1 << 20

    def signed(self, claims: dict[str, Any], key: Any = None, alg: str = "RS256", **head: Any) -> None:
        """Answer the next code with this."""
        use = key or self.keys[0]
        self.token = jwt.encode({"alg": alg, "kid": use.kid, **head}, claims, use, algorithms=[alg])

    def clock(self) -> datetime:
        return self.now

    async def answer(self, request: web.Request, words: dict[str, Any]) -> web.StreamResponse:
        """What was made ready, or what a story has said instead; in pieces when it wants so."""
        raw = self.instead.get(request.path, json.dumps(words)).encode()
        answer = web.StreamResponse(headers={"Content-Type": "application/json"})
        await answer.prepare(request)
        for start in range(0, len(raw), self.pieces):
            await answer.write(raw[start : start + self.pieces])
            if self.pieces < len(raw):
                await asyncio.sleep(0.005)
        return answer

    async def discovery(self, request: web.Request) -> web.StreamResponse:
        self.asked.append("about")
        return await self.answer(request, {
            "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/jwks", **self.about,
        })  # fmt: skip

    async def jwks(self, request: web.Request) -> web.StreamResponse:
        self.asked.append("jwks")
        return await self.answer(request, dict(KeySet([*self.keys]).as_dict(private=False)))

    async def give(self, request: web.Request) -> web.StreamResponse:
        self.asked.append("token")
        self.forms.append({name: str(value) for name, value in (await request.post()).items()})
        self.authorization = request.headers.get("Authorization", "")
        return await self.answer(request, {"id_token": self.token, "token_type": "Bearer", "access_token": "a"})


def a_key(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"}, auto_kid=False)


@pytest.fixture
async def small() -> AsyncIterator[SmallProvider]:
    port = a_free_port()
    provider = SmallProvider(f"http://127.0.0.1:{port}", [a_key("one")])
    app = web.Application()
    app.router.add_get("/.well-known/openid-configuration", provider.discovery)
    app.router.add_get("/jwks", provider.jwks)
    app.router.add_post("/token", provider.give)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield provider
    await runner.cleanup()


def us(small: SmallProvider, **more: Any) -> Provider:
    return Provider(Client(small.issuer, "bredvid", "hu:sh", "https://us/back", **more), small.clock)


def a_slip() -> Slip:
    return fresh_slip(KEY, "account", "", NOW)


def claims(small: SmallProvider, slip: Slip, **other: Any) -> dict[str, Any]:
    """A good token's claims, but for what a story says otherwise; None takes a claim away."""
    at = int(NOW.timestamp())
    good = {"iss": small.issuer, "aud": "bredvid", "sub": "hanna", "iat": at, "exp": at + 300, "nonce": slip.nonce}
    return {name: value for name, value in {**good, **other}.items() if value is not None}


def by_secret(secret: bytes, claims: dict[str, Any]) -> str:
    """A token under HS256, put together by hand: the library does not make one from a public key."""
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=")
             for part in ({"alg": "HS256", "kid": "one"}, claims)]  # fmt: skip
    mark = hmac.new(secret, b".".join(parts), hashlib.sha256).digest()
    return b".".join((*parts, base64.urlsafe_b64encode(mark).rstrip(b"="))).decode()


async def said(provider: Provider, slip: Slip, **query: str) -> Identity | Failed:
    return await provider.identify({"code": "c", "state": slip.state, **query}, slip)


async def test_a_good_answer_says_who_it_is_and_the_code_is_redeemed_with_the_verifier(small: SmallProvider) -> None:
    slip, provider = a_slip(), us(small)
    small.signed(claims(small, slip))
    who = await said(provider, slip)
    assert isinstance(who, Identity)
    assert (who.issuer, who.sub) == (small.issuer, "hanna")
    assert small.forms == [{"grant_type": "authorization_code", "code": "c", "redirect_uri": "https://us/back",
                            "code_verifier": slip.verifier}]  # fmt: skip
    assert small.authorization == "Basic YnJlZHZpZDpodSUzQXNo", "both halves are form-encoded (RFC 6749, 2.3.1)"


@pytest.mark.parametrize(
    "fault",
    [
        {"nonce": "another"}, {"nonce": None}, {"nonce": ["another"]}, {"iss": "https://elsewhere.example"},
        {"iss": None}, {"aud": "another-house"}, {"aud": None}, {"aud": []}, {"aud": ["bredvid", "other"]},
        {"aud": ["bredvid", "other"], "azp": "other"}, {"azp": "other"}, {"exp": int(NOW.timestamp()) - 61},
        {"exp": None}, {"exp": "tomorrow"}, {"iat": None}, {"iat": int(NOW.timestamp()) + 61},
        {"nbf": int(NOW.timestamp()) + 61}, {"sub": None}, {"sub": ""}, {"sub": 7},
    ],
    ids=str,
)  # fmt: skip
async def test_a_token_with_one_wrong_claim_lets_nobody_in(small: SmallProvider, fault: dict[str, Any]) -> None:
    slip = a_slip()
    small.signed(claims(small, slip, **fault))
    assert await said(us(small), slip) is Failed.TAMPERED


@pytest.mark.parametrize(
    "within",
    [
        {"exp": int(NOW.timestamp()) - 59}, {"iat": int(NOW.timestamp()) + 59}, {"nbf": int(NOW.timestamp()) + 59},
        {"aud": ["bredvid"]}, {"aud": ["bredvid", "other"], "azp": "bredvid"}, {"azp": "bredvid"},
    ],
    ids=str,
)  # fmt: skip
async def test_clocks_may_differ_by_a_minute_and_an_audience_may_be_a_list(
    small: SmallProvider, within: dict[str, Any]
) -> None:
    slip = a_slip()
    small.signed(claims(small, slip, **within))
    assert isinstance(await said(us(small), slip), Identity)


async def test_a_token_nobody_signed_or_somebody_else_did_lets_nobody_in(small: SmallProvider) -> None:
    slip, provider = a_slip(), us(small)
    good = claims(small, slip)
    small.signed(good, key=a_key("one"))
    assert await said(provider, slip) is Failed.TAMPERED, "another key under the same name"
    public = small.keys[0].as_pem(private=False)
    small.token = by_secret(public, good)
    assert await said(provider, slip) is Failed.TAMPERED, "the public key used as a shared secret"
    head, body, mark = jwt.encode({"alg": "RS256", "kid": "one"}, good, small.keys[0]).split(".")
    for token in (f"eyJhbGciOiJub25lIn0.{body}.", f"{head}.{body}.", f"{head}.{body}", f"{head}.{body}.{mark[:-4]}AAAA",
                  "", "null", "a.b.c"):  # fmt: skip
        small.token = token
        assert await said(provider, slip) is Failed.TAMPERED, token


async def test_an_answer_to_another_question_is_refused_before_the_code_is_sent_anywhere(small: SmallProvider) -> None:
    slip, provider = a_slip(), us(small)
    small.signed(claims(small, slip))
    assert await provider.identify({"code": "c", "state": a_slip().state}, slip) is Failed.TAMPERED
    assert await provider.identify({"code": "c"}, slip) is Failed.TAMPERED
    assert await said(provider, slip, iss="https://mixed-up.example") is Failed.TAMPERED
    assert await said(provider, slip, error="access_denied") is Failed.SAID_NO
    assert await provider.identify({"state": slip.state}, slip) is Failed.SAID_NO
    assert small.asked == []
    assert isinstance(await said(provider, slip, iss=small.issuer), Identity)


async def test_a_level_that_was_asked_for_must_stand_in_the_token(small: SmallProvider) -> None:
    slip = a_slip()
    provider = us(small, levels=("loa3",), wanted=("pnr",))
    address = await provider.address(slip)
    assert isinstance(address, str)
    assert "acr_values=loa3" in address
    assert "%22pnr%22%3A+%7B%22essential%22%3A+true%7D" in address
    for acr, wanted in (("loa3", True), ("loa2", False), (None, False), (["loa3"], False)):
        small.signed(claims(small, slip, acr=acr))
        who = await said(provider, slip)
        assert isinstance(who, Identity) if wanted else who is Failed.LEVEL, acr


# --- keys and addresses -----------------------------------------------------------------------------------------------


async def test_keys_are_kept_an_hour_and_asked_for_again_when_a_new_one_has_signed(small: SmallProvider) -> None:
    slip, provider = a_slip(), us(small)
    small.signed(claims(small, slip))
    for _ in range(3):
        assert isinstance(await said(provider, slip), Identity)
    assert small.asked.count("jwks") == small.asked.count("about") == 1
    small.keys.insert(0, a_key("two"))
    small.signed(claims(small, slip))
    small.now += timedelta(seconds=31)
    assert isinstance(await said(provider, slip), Identity)
    assert small.asked.count("jwks") == 2
    small.now += timedelta(hours=1, seconds=1)
    at = int(small.now.timestamp())
    small.signed(claims(small, slip, iat=at, exp=at + 9))
    assert isinstance(await said(provider, slip), Identity)
    assert (small.asked.count("jwks"), small.asked.count("about")) == (3, 2)


async def test_made_up_keys_do_not_make_us_ask_the_provider_over_and_over(small: SmallProvider) -> None:
    slip, provider = a_slip(), us(small)
    small.signed(claims(small, slip), key=a_key("nobodys"))
    for _ in range(20):
        assert await said(provider, slip) is Failed.TAMPERED
    assert small.asked.count("jwks") == 1


@pytest.mark.parametrize(
    "about",
    [
        {"issuer": "https://elsewhere.example"}, {"token_endpoint": "http://elsewhere.example/token"},
        {"authorization_endpoint": None}, {"token_endpoint": "file:///etc/passwd"},
    ],
    ids=str,
)  # fmt: skip
async def test_a_provider_that_names_itself_otherwise_is_not_asked_at_all(
    small: SmallProvider, about: dict[str, Any]
) -> None:
    small.about = about
    provider, slip = us(small), a_slip()
    assert await provider.address(slip) is Failed.DOWN
    assert await said(provider, slip) is Failed.DOWN
    assert "token" not in small.asked


DEEP = "[" * 100_000


@pytest.mark.parametrize(
    "said_instead",
    [DEEP, '{"a":' * 40_000, "[]", "null", "NaN", "{", '{"issuer": 1}', '{"keys": [1]}', '{"keys": {}}',
     '{"keys": [{"kty": ["RSA"]}]}', '{"keys": [{"kty": "RSA", "n": "!", "e": "AQAB"}]}', " " * 300_000],
    ids=lambda words: words[:40],
)  # fmt: skip
@pytest.mark.parametrize("of", ["/.well-known/openid-configuration", "/jwks", "/token"])
async def test_a_provider_that_says_something_odd_is_down_and_breaks_nothing(
    small: SmallProvider, of: str, said_instead: str
) -> None:
    slip, provider = a_slip(), us(small)
    small.signed(claims(small, slip))
    small.instead = {of: said_instead}
    assert await said(provider, slip) in (Failed.DOWN, Failed.TAMPERED)
    small.instead = {}
    small.now += timedelta(seconds=31)
    assert isinstance(await said(provider, slip), Identity), "it is asked again, and nothing odd was kept"


@pytest.mark.parametrize("part", ["head", "claims"])
async def test_a_token_that_is_deeper_than_anybody_reads_lets_nobody_in(small: SmallProvider, part: str) -> None:
    slip = a_slip()
    small.signed(claims(small, slip))
    deep, (head, body, mark) = base64.urlsafe_b64encode(DEEP.encode()).decode(), small.token.split(".")
    small.token = f"{deep}.{body}.{mark}" if part == "head" else f"{head}.{deep}.{mark}"
    assert await said(us(small), slip) is Failed.TAMPERED


async def test_what_comes_in_pieces_is_read_to_its_end(small: SmallProvider) -> None:
    """A network cuts where it likes."""
    slip, small.pieces = a_slip(), 50
    small.signed(claims(small, slip))
    assert isinstance(await said(us(small), slip), Identity)


async def test_keys_that_a_token_brings_along_or_points_to_are_not_used(small: SmallProvider) -> None:
    slip, own = a_slip(), a_key("one")
    for head in ({"jwk": own.as_dict(private=False)}, {"jku": f"{small.issuer}/elsewhere"}, {"x5u": small.issuer}):
        small.signed(claims(small, slip), key=own, **head)
        assert await said(us(small), slip) is Failed.TAMPERED, head
    assert "elsewhere" not in " ".join(small.asked)


async def test_keys_from_an_unsafe_address_are_not_used(small: SmallProvider) -> None:
    slip = a_slip()
    small.signed(claims(small, slip))
    small.about = {"jwks_uri": "http://elsewhere.example/jwks"}
    assert await said(us(small), slip) is Failed.DOWN


async def test_a_provider_that_does_not_answer_is_down(small: SmallProvider) -> None:
    nobody = Provider(Client(f"http://127.0.0.1:{a_free_port()}", "b", None, "https://us/back"), small.clock)
    began = time.monotonic()
    assert await nobody.address(a_slip()) is Failed.DOWN
    assert time.monotonic() - began < 10
