"""Visits: who looked or was turned away, in a chain that cannot lose or change a link unnoticed.

Each writing connection has a chain of its own. A chain alone does not show that its tail was cut or that it was
rewritten by a holder of the key; the signed heads kept outside do.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b

GENESIS = b"\x00" * 32


@dataclass(frozen=True, slots=True)
class Seen:
    """What one visit tells, sealed in its row: the question, the purpose, yes or why not, and who in words.

    `said` is what an auditor wrote down about a review; a visit to a case has no words of its own. `about`: the
    entries that were asked for by their ids; of a notice, `entry:person`.
    """

    question: str
    purpose: str
    verdict: str
    channel: str
    who: str
    said: str = ""
    about: str = ""

    def write(self) -> bytes:
        """As JSON bytes."""
        told = [self.question, self.purpose, self.verdict, self.channel, self.who]
        more = [self.said, self.about] if self.about else [self.said] if self.said else []
        return json.dumps([*told, *more]).encode()

    @staticmethod
    def read(raw: bytes) -> Seen:
        """From JSON bytes."""
        return Seen(*json.loads(raw))


@dataclass(slots=True)
class Chain:
    """The head of one connection's chain, in memory; set back when its transaction is rolled back."""

    id: str
    seq: int = 0
    mac: bytes = GENESIS


@dataclass(frozen=True, slots=True)
class Link:
    """A visit row as it stands."""

    chain: str
    seq: int
    at: int
    actor: str
    subject: str
    sealed: bytes
    prev: bytes
    mac: bytes


@dataclass(frozen=True, slots=True)
class Broken:
    """Where a chain does not hold, and how."""

    chain: str
    seq: int
    what: str


def link_mac(
    key: bytes,
    chain: str,
    seq: int,
    at: int,
    actor: str,
    subject: str,
    sealed: bytes,
    prev: bytes,
) -> bytes:
    """The MAC of one link over everything in it and the MAC before."""
    mac = blake2b(digest_size=32, key=key, person=b"visit")
    for field in (chain, str(seq), str(at), actor, subject):
        raw = field.encode()
        mac.update(len(raw).to_bytes(4, "big") + raw)
    mac.update(len(sealed).to_bytes(4, "big") + sealed + prev)
    return mac.digest()


def verify(key: bytes, links: Iterable[Link]) -> Iterator[Broken]:
    """Every place where the chains do not hold; `links` ordered by chain and seq."""
    chain, seq, prev = "", 0, GENESIS
    for link in links:
        if link.chain != chain:
            chain, seq, prev = link.chain, 0, GENESIS
        seq += 1
        if link.seq != seq:
            yield Broken(link.chain, link.seq, "gap")
            seq = link.seq
        elif link.prev != prev:
            yield Broken(link.chain, link.seq, "order")
        if link.mac != link_mac(
            key,
            link.chain,
            link.seq,
            link.at,
            link.actor,
            link.subject,
            link.sealed,
            link.prev,
        ):
            yield Broken(link.chain, link.seq, "changed")
        prev = link.mac
