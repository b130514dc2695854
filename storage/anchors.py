"""Anchors: the heads of every chain of visits and rules, signed once a day and kept outside the database.

A chain shows that a link in its middle was changed. That its tail was cut, or that a whole table was put back as it
was last week, shows only beside something the database does not hold: these files. Format `anchor/1`, one JSON object
in one line each: the day, the heads of the visits' chains, the heads of the subjects whose rules were added to since
the anchor before, how often the sealed texts were changed of those whose texts were changed since then, the digest of
that anchor, the public key, and an Ed25519 signature over all of it.
"""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b, sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import bindparam, func, select

from storage import _tables as t
from storage._sql import Tx, instant
from storage.audit import Broken

FORMAT = "anchor/1"
CUT, PUT_BACK, ANOTHER_RULE = "cut", "rules put back", "another rule than was anchored"
_HEADS = select(t.visit.c.chain, func.max(t.visit.c.seq).label("seq")).group_by(t.visit.c.chain).subquery()
_VISIT_HEADS = (
    select(t.visit.c.chain, t.visit.c.seq, t.visit.c.mac)
    .join(_HEADS, (t.visit.c.chain == _HEADS.c.chain) & (t.visit.c.seq == _HEADS.c.seq))
    .order_by(t.visit.c.chain)
)
_LINKS = select(t.visit.c.chain, t.visit.c.seq, t.visit.c.mac)
_RULES = select(t.rule.c.subject, t.rule.c.n, t.rule.c.mac).order_by(t.rule.c.subject, t.rule.c.n)
_CHANGED = (
    select(t.manifest.c.owner, t.manifest.c.n).where(t.manifest.c.at >= bindparam("since")).order_by(t.manifest.c.owner)
)
_CHANGES = select(t.manifest.c.n).where(t.manifest.c.owner == bindparam("of"))
_CULLED = select(t.subject.c.id).where(t.subject.c.id == bindparam("of"), t.subject.c.culled_at.is_not(None))


@dataclass(frozen=True, slots=True)
class Anchor:
    """One signed day. `visits` and `rules` are (chain or subject, number, MAC in hex) of each head."""

    at: int
    day: str
    visits: tuple[tuple[str, int, str], ...]
    rules: tuple[tuple[str, int, str], ...]
    texts: tuple[tuple[str, int], ...]
    before: str
    signer: str
    digest: str


class Unsigned(Exception):
    """An anchor file is not what was written: its signature, its form or its place in the row does not hold."""


def draw(tx: Tx, before: Anchor | None) -> bytes:
    """Today's anchor as the line of its file. Rules are those added since the anchor before."""
    since = before.at if before is not None else 0
    rules: dict[str, tuple[str, int, str]] = {}
    for row in tx.rows(_RULES.where(t.rule.c.at >= since), {}):
        rules[row.subject] = (row.subject, row.n, row.mac.hex())
    body = {
        "bredvid": FORMAT, "at": tx.now_ms, "day": instant(tx.now_ms).date().isoformat(),
        "visits": [(row.chain, row.seq, row.mac.hex()) for row in tx.rows(_VISIT_HEADS, {})],
        "rules": list(rules.values()),
        "texts": [(row.owner, row.n) for row in tx.rows(_CHANGED, {"since": since})],
        "before": before.digest if before is not None else "",
        "signer": _name(_signer(tx)),
    }  # fmt: skip
    signature = b64encode(_signer(tx).sign(_bytes(body))).decode()
    return json.dumps({**body, "signature": signature}, separators=(",", ":")).encode() + b"\n"


def read(raw: bytes) -> Anchor:
    """An anchor from its file. Raises `Unsigned` when it was not written so."""
    try:
        body: dict[str, Any] = json.loads(raw)
        signature = b64decode(body.pop("signature"), validate=True)
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(body["signer"])).verify(signature, _bytes(body))
        if body["bredvid"] != FORMAT:
            raise Unsigned
        return Anchor(body["at"], str(body["day"]), _heads(body["visits"]), _heads(body["rules"]),
                      tuple((str(name), int(n)) for name, n in body.get("texts", ())), body["before"], body["signer"],
                      sha256(raw).hexdigest())  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError, InvalidSignature):
        raise Unsigned from None


def held_against(tx: Tx, files: Mapping[str, bytes]) -> Iterator[Broken]:
    """Where the store, or the row of anchors itself, is not what was anchored; `files` are name → content."""
    before = ""
    signer = _name(_signer(tx))
    for name, raw in sorted(files.items()):
        try:
            anchor = read(raw)
        except Unsigned:
            yield Broken(name, 0, "anchor not as it was signed")
            continue
        if anchor.signer != signer:
            yield Broken(name, 0, "anchor signed by another house")
        if anchor.before != before:
            yield Broken(name, 0, "an anchor before it is missing")
        before = anchor.digest
        yield from _gone(tx, anchor)


def _gone(tx: Tx, anchor: Anchor) -> Iterator[Broken]:
    for chain, seq, mac in anchor.visits:
        row = tx.row(_LINKS.where(t.visit.c.chain == chain, t.visit.c.seq == seq), {})
        if row is None or row.mac.hex() != mac:
            yield Broken(chain, seq, CUT if row is None else "another link than was anchored")
    for subject, n, mac in anchor.rules:
        row = tx.row(_RULES.where(t.rule.c.subject == subject, t.rule.c.n == n), {})
        if row is None and tx.row(_CULLED, {"of": subject}) is not None:
            continue
        if row is None or row.mac.hex() != mac:
            yield Broken(subject, n, PUT_BACK if row is None else ANOTHER_RULE)
    for subject, n in anchor.texts:
        row = tx.row(_CHANGES, {"of": subject})
        if (row is None or row.n < n) and tx.row(_CULLED, {"of": subject}) is None:
            yield Broken(subject, n, "texts put back")


def anchor_files(folder: Path) -> dict[str, bytes]:
    """The anchors in a folder, by name; the names sort by day."""
    return {path.name: path.read_bytes() for path in sorted(folder.glob("anchor-*.json"))}


def newest(files: Iterable[bytes]) -> Anchor | None:
    """The last anchor that reads."""
    found = None
    for raw in files:
        try:
            found = read(raw)
        except Unsigned:
            continue
    return found


def keep(folder: Path, day: str, raw: bytes) -> Path:
    """Put an anchor into its file, on the disk before this returns. Raises `FileExistsError` when the day has one."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"anchor-{day}.json"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(descriptor, "wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(descriptor)
    return path


def _heads(rows: Iterable[tuple[str, int, str]]) -> tuple[tuple[str, int, str], ...]:
    return tuple((str(name), int(n), str(mac)) for name, n, mac in rows)


def _signer(tx: Tx) -> Ed25519PrivateKey:
    """The house's signing key, made one way from the key of the visits."""
    seed = blake2b(b"bredvid anchor 1", digest_size=32, key=tx.keyring["audit"]).digest()
    return Ed25519PrivateKey.from_private_bytes(seed)


def _name(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def _bytes(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
