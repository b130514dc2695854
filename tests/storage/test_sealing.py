"""Envelopes: they open as what they were sealed as, under the key they were sealed with, or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given, settings
from hypothesis import strategies as st

from storage._sealing import Key, NotGranted, Place, Tampered, open_rule, unseal
from storage.consent import Grant
from tests.storage.family import CASE, LAWYER, MIRA, MOTHER, MOTHERS
from tests.storage.rule_words import CLEARED_MOTHER, asked, lawyer

KEY = Key(bytes(range(32)))
PLACE = Place("tenant", "view", "row-1", CASE, "child", 1, 1)
VECTORS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "vectors.json").read_text())["vectors"]
CONTEXTS: dict[str, Callable[[Place], Place]] = {
    "tenant": lambda place: replace(place, tenant="other"),
    "record": lambda place: replace(place, record="entry"),
    "row": lambda place: replace(place, row="row-2"),
    "owner": lambda place: replace(place, owner="other"),
    "compartment": lambda place: replace(place, compartment="staff"),
    "v": lambda place: replace(place, v=2),
    "version": lambda place: replace(place, version=2),
    "two fields run together": lambda place: replace(place, tenant="tenantv", record="iew"),
}


def test_every_single_bit_turned_in_every_byte_is_refused() -> None:
    sealed = KEY.seal(b"Elias", PLACE.bound())
    for at in range(len(sealed)):
        for bit in (0x01, 0x80):
            changed = bytearray(sealed)
            changed[at] ^= bit
            with pytest.raises(Tampered):
                KEY.open(bytes(changed), PLACE.bound())


def test_every_shortening_and_lengthening_is_refused() -> None:
    sealed = KEY.seal(b"Elias", PLACE.bound())
    for end in range(len(sealed)):
        with pytest.raises(Tampered):
            KEY.open(sealed[:end], PLACE.bound())
    with pytest.raises(Tampered):
        KEY.open(sealed + b"\x00", PLACE.bound())


@pytest.mark.parametrize("what", CONTEXTS)
def test_in_any_other_place_it_does_not_open(what: str) -> None:
    sealed = KEY.seal(b"Elias", PLACE.bound())
    assert KEY.open(sealed, PLACE.bound()) == b"Elias"
    with pytest.raises(Tampered):
        KEY.open(sealed, CONTEXTS[what](PLACE).bound())


def test_a_place_is_changed_by_nobody_on_the_way_and_has_room_for_nothing_else() -> None:
    """What is bound is read out of it at the last moment."""
    with pytest.raises(AttributeError):
        setattr(PLACE, "owner", "other")  # noqa: B010
    with pytest.raises(AttributeError):
        object.__setattr__(PLACE, "case", "other")


def test_another_key_opens_nothing() -> None:
    with pytest.raises(Tampered):
        Key(bytes(32)).open(KEY.seal(b"Elias", PLACE.bound()), PLACE.bound())


def test_a_body_that_fits_two_keys_is_refused_by_the_commitment() -> None:
    """The commitment is looked at first: a valid AES-GCM body under a foreign commitment does not open."""
    one, two = KEY.seal(b"a", PLACE.bound()), Key(bytes(32)).seal(b"a", PLACE.bound())
    mixed = one[:13] + two[13:45] + one[45:]
    with pytest.raises(Tampered):
        KEY.open(mixed, PLACE.bound())


def test_the_same_words_twice_look_different() -> None:
    assert KEY.seal(b"Elias", PLACE.bound()) != KEY.seal(b"Elias", PLACE.bound())


@pytest.mark.parametrize(
    ("length", "padded"),
    [(0, 256), (255, 256), (256, 512), (511, 512), (512, 1024), (4095, 4096), (4096, 8192), (16383, 16384),
     (16384, 32768), (32767, 32768), (32768, 49152), (100_000, 114_688)],
)  # fmt: skip
def test_sizes_are_padded_to_buckets(length: int, padded: int) -> None:
    sealed = KEY.seal(b"x" * length, PLACE.bound())
    assert len(sealed) == 1 + 12 + 32 + padded + 16
    assert KEY.open(sealed, PLACE.bound()) == b"x" * length


@settings(max_examples=200)
@given(st.binary(max_size=2000), st.binary(max_size=5))
def test_whatever_is_sealed_comes_back_also_when_it_ends_like_padding(plain: bytes, end: bytes) -> None:
    for words in (plain, plain + b"\x80" + end, plain + b"\x80\x00\x00"):
        assert KEY.open(KEY.seal(words, PLACE.bound()), PLACE.bound()) == words


def test_a_grant_for_one_compartment_opens_no_other() -> None:
    told = CLEARED_MOTHER.then(lawyer())
    hers, mothers, lawyers = (asked(who, told) for who in (MIRA, MOTHER, LAWYER))
    compartments = (
        "child",
        f"guardian:{MOTHERS}",
        "shared:police",
        "staff",
        "guardian:tie-father",
        "person",
        "rules",
        "aid",
    )
    for grant, own in ((hers, "child"), (mothers, f"guardian:{MOTHERS}"), (lawyers, "shared:police")):
        assert isinstance(grant, Grant)
        for compartment in compartments:
            place = replace(PLACE, compartment=compartment)
            sealed = KEY.seal(b"x", place.bound())
            if compartment == own:
                assert unseal(grant, KEY, place, sealed) == b"x"
                continue
            with pytest.raises(NotGranted):
                unseal(grant, KEY, place, sealed)


def test_a_grant_for_one_case_opens_nothing_of_another() -> None:
    grant = asked(MIRA, CLEARED_MOTHER)
    assert isinstance(grant, Grant)
    elsewhere = replace(PLACE, owner="case-other")
    with pytest.raises(NotGranted):
        unseal(grant, KEY, elsewhere, KEY.seal(b"x", elsewhere.bound()))


def test_only_rules_are_opened_before_there_is_a_grant() -> None:
    rule = Place("tenant", "rule", "1", CASE, "rules", 1, 1)
    assert open_rule(KEY, rule, KEY.seal(b"x", rule.bound())) == b"x"
    for other in (PLACE, replace(rule, record="view"), replace(rule, compartment="child")):
        with pytest.raises(NotGranted):
            open_rule(KEY, other, KEY.seal(b"x", other.bound()))


# --- the format, as a recovery tool would read it from its description ---------------------------------------


def recovered(key: bytes, sealed: bytes, fields: list[str]) -> bytes:
    """Open format 1 with nothing of ours: only its description and `cryptography`."""
    bound = b"".join(len(raw).to_bytes(4, "big") + raw for raw in (field.encode() for field in fields))
    both = HKDF(algorithm=SHA256(), length=64, salt=None, info=b"bredvid envelope 1").derive(key)
    assert sealed[0] == 1
    nonce, commitment, body = sealed[1:13], sealed[13:45], sealed[45:]
    committed = blake2b(nonce + len(bound).to_bytes(4, "big") + bound + body[-16:], digest_size=32, key=both[32:])
    assert committed.digest() == commitment
    padded = AESGCM(both[:32]).decrypt(nonce, body, bound)
    return padded[: padded.rindex(b"\x80")]


def filled(padded: bytes) -> bytes:
    """An envelope around exactly these bytes, by whoever holds the key and pads as she likes."""
    both = HKDF(algorithm=SHA256(), length=64, salt=None, info=b"bredvid envelope 1").derive(bytes(range(32)))
    bound, nonce = PLACE.bound(), bytes(12)
    body = AESGCM(both[:32]).encrypt(nonce, padded, bound)
    committed = blake2b(nonce + len(bound).to_bytes(4, "big") + bound + body[-16:], digest_size=32, key=both[32:])
    return b"\x01" + nonce + committed.digest() + body


def test_what_does_not_end_as_words_are_padded_is_refused_and_not_guessed_at() -> None:
    assert KEY.open(filled(b"Elias\x80\x00\x00"), PLACE.bound()) == b"Elias"
    for padded in (b"", bytes(256), b"Elias", b"Elias\x00\x00", b"Elias\x80\x00\x01"):
        with pytest.raises(Tampered):
            KEY.open(filled(padded), PLACE.bound())


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_the_known_vectors_open_with_the_description_alone(vector: dict[str, Any]) -> None:
    key, sealed = bytes.fromhex(vector["key"]), bytes.fromhex(vector["sealed"])
    assert recovered(key, sealed, vector["bound"]) == vector["plain"].encode()


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_the_known_vectors_open_with_the_program(vector: dict[str, Any]) -> None:
    tenant, record, row, owner, compartment, v, version = vector["bound"]
    place = Place(tenant, record, row, owner, compartment, int(v), int(version))
    opened = Key(bytes.fromhex(vector["key"])).open(bytes.fromhex(vector["sealed"]), place.bound())
    assert opened == vector["plain"].encode()


def test_what_the_program_seals_today_opens_with_the_description_alone() -> None:
    fields = ["tenant", "view", "row-1", CASE, "child", "1", "1"]
    for plain in (b"", b"Elias", "سلام".encode(), b"x" * 40_000, b"\x80\x00\x80"):
        assert recovered(bytes(range(32)), KEY.seal(plain, PLACE.bound()), fields) == plain


def test_the_description_refuses_what_was_changed() -> None:
    vector = VECTORS[0]
    sealed = bytearray.fromhex(vector["sealed"])
    sealed[50] ^= 1
    with pytest.raises(InvalidTag):
        recovered(bytes.fromhex(vector["key"]), bytes(sealed), vector["bound"])
