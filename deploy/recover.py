"""Bring one case back without Bredvid: from a copy of the store, the wrapped keys, and the root or three shares.

Needs Python 3.11 and `cryptography`, nothing of this program. The formats are described in `envelope.md` beside it.

    python recover.py --store store.db --keys root.key.d --shares paper.txt --list
    python recover.py --store store.sql --keys root.key.d --root root.key --case ID > case.json

`--store` is a SQLite file or what `pg_dump --format=plain` wrote. `--shares` is a file with a share a line. It writes
plain words about a child: do this on a machine that is on no network, and destroy what it wrote.
"""

from __future__ import annotations

import argparse
import base64
import hmac
import json
import sqlite3
import sys
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any, NoReturn

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

TABLES = ("meta", "subject", "dek", "part", "rule", "party")
BYTES = ("wrapped", "sealed", "mac", "head_mac")
Row = dict[str, Any]


class Wrong(Exception):
    """Something does not open, or is not there; the text says what."""


# --- the envelope -----------------------------------------------------------------------------------------------------


def bound(*fields: str) -> bytes:
    """The associated data: each field with its length in front."""
    return b"".join(len(raw := field.encode()).to_bytes(4, "big") + raw for field in fields)


def opened(key: bytes, sealed: bytes, about: bytes) -> bytes:
    """What an envelope of format 1 holds."""
    both = HKDF(algorithm=SHA256(), length=64, salt=None, info=b"bredvid envelope 1").derive(key)
    if len(sealed) < 61 or sealed[0] != 1:
        raise Wrong("not an envelope of format 1")
    nonce, commitment, body = sealed[1:13], sealed[13:45], sealed[45:]
    said = nonce + len(about).to_bytes(4, "big") + about + body[-16:]
    if not hmac.compare_digest(blake2b(said, digest_size=32, key=both[32:]).digest(), commitment):
        raise Wrong("sealed under another key, moved, or changed")
    try:
        padded = AESGCM(both[:32]).decrypt(nonce, body, about)
    except InvalidTag:
        raise Wrong("changed") from None
    return padded[: padded.rindex(b"\x80")]


# --- the root, from shares --------------------------------------------------------------------------------------------


def multiply(a: int, b: int) -> int:
    """The product of two bytes in the field of AES."""
    product = 0
    while b:
        product ^= a if b & 1 else 0
        a = a << 1 ^ (0x11B if a & 0x80 else 0)
        b >>= 1
    return product


def root_of(words: str) -> bytes:
    """The root that the shares in these lines give; `Wrong` says what is wrong with them."""
    shares: dict[int, bytes] = {}
    sets, needed = set(), 0
    for number, line in enumerate((line for line in words.splitlines() if line.strip()), 1):
        raw = share_of(line.split()[-1])
        if raw is None:
            raise Wrong(f"Share {number} has a letter wrong or missing.")
        needed, shares[raw[2]] = raw[1], raw[11:43]
        sets.add(raw[3:11])
    if len(sets) != 1:
        raise Wrong("The shares are of different sets, or there are none.")
    if len(shares) < needed:
        raise Wrong(f"{needed} different shares are needed, and there are {len(shares)}.")
    root = bytes(byte_at_zero({x: share[at] for x, share in shares.items()}) for at in range(32))
    if blake2b(root, digest_size=8, person=b"escrow").digest() not in sets:
        raise Wrong("The shares do not fit each other.")
    return root


def share_of(text: str) -> bytes | None:
    """01 | needed | number | set 8 | 32 bytes | check 4, from base32 in groups."""
    letters = text.upper().translate(str.maketrans("018", "OIB", "-"))
    try:
        raw = base64.b32decode(letters + "=" * (-len(letters) % 8))
    except ValueError:
        return None
    whole = len(raw) == 47 and raw[0] == 1 and blake2b(raw[:43], digest_size=4, person=b"share").digest() == raw[43:]
    return raw if whole else None


def byte_at_zero(points: dict[int, int]) -> int:
    """The value at zero of the polynomial through these points (Lagrange)."""
    value = 0
    for x, y in points.items():
        term = y
        for other in points:
            if other != x:
                term = multiply(term, multiply(other, inverse(other ^ x)))
        value ^= term
    return value


def inverse(a: int) -> int:
    """The byte that gives 1 when multiplied with this one."""
    return next(b for b in range(256) if multiply(a, b) == 1)


# --- the store --------------------------------------------------------------------------------------------------------


def read_store(path: Path) -> dict[str, list[Row]]:
    """The tables that are needed, from a SQLite file or a plain dump of PostgreSQL."""
    with path.open("rb") as handle:
        is_sqlite = handle.read(16) == b"SQLite format 3\x00"
    if not is_sqlite:
        return read_dump(path)
    line = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    line.row_factory = sqlite3.Row
    found = {table: [dict(row) for row in line.execute(f"SELECT * FROM {table}")] for table in TABLES}  # noqa: S608
    line.close()
    return found


def read_dump(path: Path) -> dict[str, list[Row]]:
    """The COPY blocks of a dump."""
    found: dict[str, list[Row]] = {table: [] for table in TABLES}
    lines = iter(path.read_text(encoding="utf-8").splitlines())
    for line in lines:
        if not line.startswith("COPY ") or not line.endswith(" FROM stdin;"):
            continue
        name, _, columns = line.removeprefix("COPY ").removesuffix(") FROM stdin;").partition(" (")
        table, names = name.rpartition(".")[2], [column.strip().strip('"') for column in columns.split(",")]
        for row in until_end(lines):
            if table in found:
                values = [value_of(column, text) for column, text in zip(names, row.split("\t"), strict=True)]
                found[table].append(dict(zip(names, values, strict=True)))
    return found


def until_end(lines: Iterator[str]) -> Iterator[str]:
    """The lines of one COPY block."""
    for line in lines:
        if line == "\\.":
            return
        yield line


def value_of(column: str, text: str) -> Any:
    """One value of a COPY line. What we read is ids, numbers and bytes, so only the backslash is ever escaped."""
    if text == "\\N":
        return None
    plain = text.replace("\\\\", "\\")
    if column in BYTES:
        return bytes.fromhex(plain.removeprefix("\\x"))
    return int(plain) if column in ("n", "v", "version", "head_n") else plain


# --- opening a case ---------------------------------------------------------------------------------------------------


class Case:
    """What opens one case: the tables, the month keys, and the tenant's name, which every envelope is bound to."""

    def __init__(self, tables: dict[str, list[Row]], folder: Path, root: bytes) -> None:
        """`folder` holds the wrapped keys, `NAME.key`."""
        self.tables, self._folder, self._root = tables, folder, root
        self.tenant = next(row["value"] for row in tables["meta"] if row["name"] == "tenant")

    def month_key(self, month: str, number: int) -> bytes:
        """A culling month's key."""
        name = f"month:{month}" if number == 1 else f"month:{month}:{number}"
        file = self._folder / f"{name.replace(':', '+')}.key"
        if not file.exists():
            raise Wrong(f"culled, or the key {name} is missing")
        return opened(self._root, file.read_bytes(), bound("", "key", name, "", "", "1", "1"))

    def data_key(self, owner: str, compartment: str) -> bytes:
        """The data key of one compartment."""
        for row in self.tables["dek"]:
            if (row["owner"], row["compartment"]) == (owner, compartment):
                number = int.from_bytes(row["wrapped"][:4], "big")
                about = bound("", "dek", row["month"], owner, compartment, "1", str(number))
                return opened(self.month_key(row["month"], number), row["wrapped"][4:], about)
        raise Wrong("culled: its key is gone")

    def parts(self, owner: str) -> Iterator[Row]:
        """Every part of a case or person, opened; one that does not open says why."""
        for row in sorted(self.tables["part"], key=lambda row: (row["compartment"], row["record"])):
            if row["owner"] != owner:
                continue
            about = bound(self.tenant, row["name"], row["record"], owner, row["compartment"],
                          str(row["v"]), str(row["version"]))  # fmt: skip
            kept = {name: row[name] for name in ("compartment", "name", "record", "day", "v", "version")}
            try:
                said = json.loads(opened(self.data_key(owner, row["compartment"]), row["sealed"], about))
                yield {**kept, "payload": said}
            except Wrong as wrong:
                yield {**kept, "wrong": str(wrong)}

    def rules(self, owner: str) -> Iterator[Row]:
        """Every rule of a case, in order. Sixteen random bytes stand before its words."""
        for row in sorted(self.tables["rule"], key=lambda row: row["n"]):
            if row["subject"] != owner:
                continue
            about = bound(self.tenant, "rule", str(row["n"]), owner, "rules", "1", str(row["n"]))
            try:
                yield {
                    "n": row["n"],
                    "rule": json.loads(opened(self.data_key(owner, "rules"), row["sealed"], about)[16:]),
                }
            except Wrong as wrong:
                yield {"n": row["n"], "wrong": str(wrong)}

    def whole(self, owner: str) -> Row:
        """A case with its rules and the people in it."""
        people = sorted({row["person"] for row in self.tables["party"] if row["case_id"] == owner})
        return {
            "case": owner,
            "rules": list(self.rules(owner)),
            "parts": list(self.parts(owner)),
            "people": {person: list(self.parts(person)) for person in people},
        }

    def names(self) -> Iterator[Row]:
        """The cases there are, by the reference their workers know."""
        for row in self.tables["subject"]:
            if row["sort"] == "case":
                said = [part.get("payload", {}) for part in self.parts(row["id"]) if part["name"] == "case"]
                yield {"case": row["id"], "ref": said[0].get("ref") if said else None}


def main() -> None:
    """Read the arguments, open the case, print it as JSON."""
    asked = argparse.ArgumentParser(description="Bring one case back from a copy of the store.")
    asked.add_argument("--store", type=Path, required=True, help="a SQLite file, or a plain dump of PostgreSQL")
    asked.add_argument("--keys", type=Path, required=True, help="the folder of wrapped keys")
    asked.add_argument("--root", type=Path, help="the root key's file")
    asked.add_argument("--shares", type=Path, help="a file with at least three shares, one a line")
    asked.add_argument("--case", help="the case's id")
    asked.add_argument("--list", action="store_true", help="say which cases there are")
    given = asked.parse_args()
    try:
        if given.shares is not None:
            root = root_of(given.shares.read_text(encoding="utf-8"))
        elif given.root is not None:
            root = base64.b64decode(given.root.read_bytes().strip(), validate=True)
        else:
            stop("Give the root: --root or --shares.")
        case = Case(read_store(given.store), given.keys, root)
        if not given.list and not any(row["id"] == given.case for row in case.tables["subject"]):
            stop("There is no such case. --list says which there are.")
        said = list(case.names()) if given.list else case.whole(given.case)
    except (Wrong, OSError, ValueError, StopIteration, sqlite3.Error) as wrong:
        stop(f"{wrong or 'This is not a store.'}")
    json.dump(said, sys.stdout, ensure_ascii=False, indent=1)
    print()


def stop(say: str) -> NoReturn:
    """Say why not, and end."""
    print(say, file=sys.stderr)
    raise SystemExit(1)


if __name__ == "__main__":
    main()
