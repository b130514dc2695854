"""Passkeys by a forger: an authenticator made of paper, which signs whatever a story wants, one fault at a time."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url as b64

from bot.console.door import StaffDoor
from storage.records import Role, Side, StaffId
from storage.sign_in import dismiss, employ, end_sessions, staff_link
from tests.console.house import Clock, House, Page, Worker, open_house

USER, VERIFIED, NEW = 0x01, 0x04, 0x40


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[House]:
    """A console under a name, since a passkey belongs to none that is a number."""

    def passkeys_only(_: Clock, __: str) -> StaffDoor:
        return StaffDoor()

    async with open_house(tmp_path, passkeys_only, "localhost") as house:
        yield house


@dataclass
class Paper:
    """An authenticator. What it says otherwise than an honest one stands in the arguments."""

    origin: str
    id: bytes = b"\x01" * 32
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    count: int = 1

    def made(self, options: dict[str, Any], **other: Any) -> str:
        """The answer to a wish for a new key."""
        point = self.key.public_key().public_numbers()
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)})
        about = bytes(16) + len(self.id).to_bytes(2) + self.id + public
        data = self._data(options["rp"]["id"], about, USER | VERIFIED | NEW, **other)
        said = {"clientDataJSON": b64(self._client("webauthn.create", options, **other)),
                "attestationObject": b64(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data}))}  # fmt: skip
        return self._answer(said)

    def used(self, options: dict[str, Any], **other: Any) -> str:
        """The answer to a wish for a signature."""
        data = self._data(options["rpId"], b"", USER | VERIFIED, **other)
        client = self._client("webauthn.get", options, **other)
        mark = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        said = {"clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(mark)}
        return self._answer(said | ({"userHandle": other["handle"]} if "handle" in other else {}))

    def _data(self, to: str, about: bytes, marks: int, **other: Any) -> bytes:
        name, flags = str(other.get("rp", to)), int(other.get("flags", marks))
        count = int(other.get("count", self.count)).to_bytes(4)
        return hashlib.sha256(name.encode()).digest() + bytes([flags]) + count + about

    def _client(self, kind: str, options: dict[str, Any], **other: Any) -> bytes:
        said = {"type": other.get("type", kind), "challenge": other.get("challenge", options["challenge"]),
                "origin": other.get("origin", self.origin), "crossOrigin": False}  # fmt: skip
        return json.dumps(said).encode()

    def _answer(self, said: dict[str, str]) -> str:
        named = b64(self.id)
        return json.dumps({"id": named, "rawId": named, "type": "public-key", "response": said})


def hire(house: House, name: str) -> tuple[StaffId, str]:
    staff = house.store.run(
        lambda tx: employ(tx, name, "socialsekreterare", "Barnahus Norr", Side.BARNAHUS, Role.CASE_WORKER)
    )
    return staff, house.store.run(lambda tx: staff_link(tx, staff))


def options_of(page: Page) -> dict[str, Any]:
    found = re.search(r'data-options="([^"]+)"', page.text)
    assert found is not None, page.text
    options: dict[str, Any] = json.loads(unescape(found.group(1)))
    return options


async def by_link(house: House, token: str) -> tuple[Worker, Page]:
    """Somebody who has used her link and stands where a key is made."""
    one = house.browser()
    return one, await one.post(f"/in/{token}", (await one.get(f"/in/{token}")).form(""))


async def say(one: Worker, path: str, page: Page, answer: str) -> int:
    return (await one.post(path, {**page.form(""), "answer": answer})).status


async def enrolled(house: House, name: str, paper: Paper) -> StaffId:
    staff, token = hire(house, name)
    one, page = await by_link(house, token)
    assert await say(one, "/enrol", page, paper.made(options_of(page))) == 200
    assert (await one.get("/")).has(name)
    return staff


async def tries(house: House, paper: Paper, **other: Any) -> tuple[int, Worker]:
    one = house.browser()
    page = await one.get("/key")
    return await say(one, "/key", page, paper.used(options_of(page), **other)), one


FAULTS: list[dict[str, Any]] = [
    {"origin": "https://evil.example"}, {"origin": "http://localhost"}, {"origin": "null"},
    {"rp": "evil.example"}, {"rp": ""}, {"flags": USER}, {"flags": VERIFIED}, {"flags": 0},
    {"challenge": b64(b"c" * 32)}, {"challenge": ""}, {"type": "payment.get"},
]  # fmt: skip


@pytest.mark.parametrize("fault", [*FAULTS, {"type": "webauthn.create"}], ids=str)
async def test_a_signature_with_one_fault_lets_nobody_in(town: House, fault: dict[str, Any]) -> None:
    paper = Paper(town.root)
    await enrolled(town, "Hanna Berg", paper)
    paper.count += 1
    status, one = await tries(town, paper, **fault)
    assert (status, (await one.get("/")).status) == (403, 401)
    assert (await tries(town, paper))[0] == 200, "without the fault it would have opened"


@pytest.mark.parametrize("fault", [*FAULTS, {"type": "webauthn.get"}, {"flags": USER | NEW}], ids=str)
async def test_a_new_key_with_one_fault_is_not_kept(town: House, fault: dict[str, Any]) -> None:
    paper, (_, token) = Paper(town.root), hire(town, "Hanna Berg")
    one, page = await by_link(town, token)
    assert await say(one, "/enrol", page, paper.made(options_of(page), **fault)) == 403
    assert (await one.get("/")).status == 401
    page = await one.get("/enrol")
    assert await say(one, "/enrol", page, paper.made(options_of(page))) == 200


async def test_a_counter_that_stands_still_or_goes_back_is_a_copy(town: House) -> None:
    paper = Paper(town.root, count=7)
    await enrolled(town, "Hanna Berg", paper)
    for count, status in ((7, 403), (6, 403), (0, 403), (8, 200), (8, 403), (9, 200)):
        assert (await tries(town, paper, count=count))[0] == status, count


async def test_another_ones_key_cannot_be_made_ones_own_nor_used_for_her(town: House) -> None:
    hers = Paper(town.root)
    await enrolled(town, "Hanna Berg", hers)
    same_id, (_, token) = Paper(town.root), hire(town, "Olle Ek")
    one, page = await by_link(town, token)
    assert await say(one, "/enrol", page, same_id.made(options_of(page))) == 403, "the id is hers"
    assert (await tries(town, same_id, count=50))[0] == 403, "her id, and a signature by somebody else's key"
    own = Paper(town.root, id=b"\x02" * 32)
    page = await one.get("/enrol")
    assert await say(one, "/enrol", page, own.made(options_of(page))) == 200
    hers.count = 60
    status, who = await tries(town, own, count=2, handle=b64(b"hanna"))
    assert (status, (await who.get("/")).has("Olle Ek")) == (200, True), "the key says whose it is, not the handle"
    _, who = await tries(town, hers)
    assert (await who.get("/")).has("Hanna Berg")


async def test_a_challenge_for_a_new_key_signs_nobody_in_and_back(town: House) -> None:
    paper = Paper(town.root)
    staff = await enrolled(town, "Hanna Berg", paper)
    one = town.browser()
    for_sign_in = await one.get("/key")
    other, token = town.browser(), town.store.run(lambda tx: staff_link(tx, staff))
    page = await other.post(f"/in/{token}", (await other.get(f"/in/{token}")).form(""))
    to_make = options_of(page)
    as_used = {"challenge": to_make["challenge"], "rpId": "localhost"}
    assert await say(other, "/key", page, paper.used(as_used, count=9)) == 403
    as_made = {"challenge": options_of(for_sign_in)["challenge"], "rp": {"id": "localhost"}}
    assert await say(one, "/enrol", for_sign_in, Paper(town.root, id=b"\x03" * 32).made(as_made)) == 401


@pytest.mark.parametrize("how", ["dismissed", "signed out everywhere"])
async def test_whoever_was_shut_out_while_the_page_was_open_keeps_no_new_key(town: House, how: str) -> None:
    paper = Paper(town.root)
    staff = await enrolled(town, "Hanna Berg", paper)
    paper.count += 1
    _, one = await tries(town, paper)
    page = await one.get("/enrol")
    assert page.status == 200
    end = dismiss if how == "dismissed" else end_sessions
    town.store.run(lambda tx: str(end(tx, staff)))
    new = Paper(town.root, id=b"\x04" * 32)
    assert await say(one, "/enrol", page, new.made(options_of(page))) == 401
    assert (await tries(town, new))[0] == 403
