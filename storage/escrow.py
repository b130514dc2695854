"""Escrow: the root as five shares on paper, any three of which give it back; and the drill that shows that they do.

A share's text is base32 (letters and 2-7, in groups of five) of: 01 | how many are needed | its number | set id 8 |
32 bytes | check 4. The set id is a hash of the root: it tells one set from another, and a right root from a wrong one.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from itertools import combinations
from pathlib import Path

from storage._envelope import KEY_BYTES
from storage._key_folder import RootedKeys, WrongRoot, write_private
from storage.shamir import combine, split

log = logging.getLogger(__name__)
NEEDED, MANY = 3, 5
_NO_RECEIPT = (
    "No shares on paper have given this root back within a year: run `bredvid keys escrow`, write the shares down, "
    "then `bredvid keys recover --check` with what stands on the paper."
)
RECEIPT, HOLDS_FOR = "escrow.receipt", timedelta(days=366)
_HEAD, _CHECK, _GROUP = 11, 4, 5
_LOOKS_LIKE = str.maketrans("018", "OIB")


class BadShare(Exception):
    """A share was mistyped, stands twice, belongs to another set, or there are too few."""


class NoReceipt(Exception):
    """Nobody has shown that shares on paper give back the root in use."""


@dataclass(frozen=True, slots=True)
class Drill:
    """What a drill has shown: in how many ways three shares gave the root, how many keys it opened each time, and in
    how many ways two did not.
    """

    three_gave_it: int
    keys_opened: int
    two_did_not: int


def shares_of(root: bytes) -> list[str]:
    """A new set of five shares."""
    head = bytes([1, NEEDED])
    made = split(root, NEEDED, MANY)
    return [_written(head + bytes([x]) + set_id(root) + share) for x, share in made.items()]


def root_of(shares: Iterable[str]) -> bytes:
    """The root that enough shares give back; `BadShare` says which one is wrong."""
    found: dict[int, bytes] = {}
    sets, needed = set(), NEEDED
    for place, text in enumerate(shares, 1):
        raw = _read(text, place)
        needed = raw[1]
        sets.add(raw[3:_HEAD])
        if raw[2] in found:
            raise BadShare(f"Share {place} is number {raw[2]}, and that one was given before.")
        found[raw[2]] = raw[_HEAD:]
    if len(sets) > 1:
        raise BadShare("These shares are of different sets. Use those that were made together.")
    if len(found) < needed:
        raise BadShare(f"{needed} shares are needed, and {len(found)} were given.")
    root = combine(found)
    if set_id(root) not in sets:
        raise BadShare("These shares do not give a root: one of them has been changed.")
    return root


def drill(provider: RootedKeys) -> Drill:
    """Share the root, bring it back in every way there is, and open every key with it. No share leaves this call."""
    root = provider.root()
    shares = shares_of(root)
    opened = 0
    ways = list(combinations(shares, NEEDED))
    for three in ways:
        back = root_of(three)
        if back != root:
            raise WrongRoot("Three shares gave another root.")
        opened = provider.opened_by(back)
    raw = [_read(share, place) for place, share in enumerate(shares, 1)]
    pairs = list(combinations(raw, NEEDED - 1))
    failed = sum(combine({one[2]: one[_HEAD:] for one in pair}) != root for pair in pairs)
    if failed != len(pairs):
        raise WrongRoot("Two shares gave the root.")
    return Drill(len(ways), opened, failed)


def keep_receipt(folder: Path, root: bytes, on: date) -> None:
    """Write down that shares on paper gave back the root in use; the receipt says of which set, and when."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / RECEIPT).unlink(missing_ok=True)
    write_private(folder / RECEIPT, f"{set_id(root).hex()} {on.isoformat()}\n".encode())


def has_receipt(folder: Path, root: bytes, today: date) -> bool:
    """Whether paper gave back this very root within a year (threat T16)."""
    try:
        of, _, on = (folder / RECEIPT).read_text(encoding="utf-8").strip().partition(" ")
        return of == set_id(root).hex() and timedelta(0) <= today - date.fromisoformat(on) <= HOLDS_FOR
    except (OSError, ValueError):
        return False


def ask_for_receipt(provider: object, folder: Path, *, trial: bool) -> None:
    """`NoReceipt` when no shares on paper were shown to give the root in use; a trial is only told so in the log.

    A root in a key service is not ours to share. Source: a lost root ends every case (threat T16).
    """
    if not isinstance(provider, RootedKeys) or has_receipt(folder, provider.root(), datetime.now(UTC).date()):
        return
    if not trial:
        raise NoReceipt(_NO_RECEIPT)
    log.warning("%s", _NO_RECEIPT)


def set_id(root: bytes) -> bytes:
    """What stands on every share of a set."""
    return blake2b(root, digest_size=8, person=b"escrow").digest()


def _written(raw: bytes) -> str:
    text = base64.b32encode(raw + _check(raw)).decode().rstrip("=")
    return "-".join(text[at : at + _GROUP] for at in range(0, len(text), _GROUP))


def _read(text: str, place: int) -> bytes:
    letters = "".join(text.upper().translate(_LOOKS_LIKE).replace("-", "").split())
    try:
        whole = base64.b32decode(letters + "=" * (-len(letters) % 8))
    except ValueError:
        whole = b""
    raw, check = whole[:-_CHECK], whole[-_CHECK:]
    if len(raw) != _HEAD + KEY_BYTES or raw[0] != 1 or check != _check(raw):
        raise BadShare(f"Share {place} does not read as a share: a letter is wrong or missing.")
    return raw


def _check(raw: bytes) -> bytes:
    return blake2b(raw, digest_size=_CHECK, person=b"share").digest()
