"""Keys and where they live: providers hold the root and hand out named keys; nothing of theirs is in the database.

Names: `mac`, `audit`, `pepper`, `safety`, `index:<side>`, `conversation`, and for each culling month `month:<yyyy-mm>`,
with `:2`, `:3` … when it was replaced. A provider is asked at start and when a month's key is needed, always outside
a transaction. Destroying a month's keys ends every data key that they wrap, in every backup of the database too
(design 5).
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import Lock
from typing import Protocol

from storage._envelope import KEY_BYTES
from storage._key_folder import KeyMissing, KeysAway, RootedKeys, WrongRoot, put_private, write_private

__all__ = [
    "KEY_BYTES",
    "STANDING_NAMES",
    "CredentialKeys",
    "FileKeys",
    "KeyMissing",
    "KeyProvider",
    "Keyring",
    "KeysAway",
    "MonthKeyMissing",
    "RootedKeys",
    "WrongRoot",
    "write_private",
]

STANDING_NAMES = (
    "mac",
    "audit",
    "pepper",
    "safety",
    "index:barnahus",
    "index:aid",
    "conversation",
)
CREDENTIAL, NEXT_CREDENTIAL = "bredvid_keys__root", "bredvid_keys__root_next"
_MONTH = "month:"


class MonthKeyMissing(Exception):
    """A month's key is not in memory; the store asks the provider outside the transaction and tries again."""

    def __init__(self, month: str, *, make: bool = False, number: int = 0) -> None:
        """`month` is 'yyyy-mm'. `make`: there should be one from now on; else one of this number was looked for."""
        super().__init__(month)
        self.month, self.make, self.number = month, make, number


class KeyProvider(Protocol):
    """Where the root lives. Every call may be slow; none is made while a transaction is open."""

    def names(self) -> frozenset[str]:
        """The keys there are."""
        ...

    def gone(self) -> frozenset[str]:
        """The keys that were destroyed."""
        ...

    def fetch_all(self) -> dict[str, bytes]:
        """Every named key, unwrapped (32 bytes each)."""
        ...

    def fetch(self, names: Iterable[str]) -> dict[str, bytes]:
        """Some keys, unwrapped; those that are not there are left out."""
        ...

    def create(self, name: str) -> bytes:
        """Make, keep and return a new named key; the existing one when there is one."""
        ...

    def destroy(self, name: str) -> None:
        """Forget a named key for good, and remember that it was forgotten."""
        ...

    def rotate(self) -> Iterator[tuple[int, int]]:
        """Wrap every key by a new root; how many of how many are done. Begun again after a kill, it goes on."""
        ...

    def root(self) -> bytes:
        """The root, for the shares on paper."""
        ...


class FileKeys(RootedKeys):
    """The `file` provider: the root in one file, each named key wrapped by it in a folder beside.

    For the demo, tests and a deliberate choice; `serve` takes it only when it is named explicitly.
    """

    def __init__(self, path: Path, *, make: bool = False) -> None:
        """`path` is the root key's file. `make` creates it when absent (demo, first start)."""
        self._path, self._next = path, path.with_name(path.name + ".next")
        if not path.exists():
            if not make:
                raise KeyMissing(f"There is no root key at {path}.")
            path.parent.mkdir(parents=True, exist_ok=True)
            write_private(path, _fresh_root())
        self._roots()
        super().__init__(path.with_name(path.name + ".d"))

    def rotate(self) -> Iterator[tuple[int, int]]:
        """A new root takes the old one's place once every key is wrapped by it; until then both lie there."""
        with self._locked():
            if not self._next.exists():
                write_private(self._next, _fresh_root())
        yield from self._rewrap_files()
        with self._locked():
            for name in self.names():
                self._settle(name)
            put_private(self._path, self._next.read_bytes())
            self._next.unlink()

    def _settle(self, name: str) -> None:
        """A key that somebody made while we were at it."""
        old = self._file(name).read_bytes()
        if (fresh := self._rewrap(name, old)) != old:
            put_private(self._file(name), fresh)

    def _roots(self) -> list[bytes]:
        there = [path for path in (self._path, self._next) if path.exists()]
        return [read_root(_start_of(path), f"The root key at {path}") for path in there]


class CredentialKeys(RootedKeys):
    """The `systemd` provider: the root as a credential of the service manager, the wrapped keys in a folder.

    The root cannot be changed from here: to rotate it, give the new one as a second credential, `..._next`.
    """

    def __init__(self, credentials: Path | None, folder: Path) -> None:
        """`credentials` is $CREDENTIALS_DIRECTORY."""
        if credentials is None or not (credentials / CREDENTIAL).exists():
            raise KeyMissing(f"The service manager gave no credential '{CREDENTIAL}'.")
        self._credentials = credentials
        self._roots()
        super().__init__(folder)

    def rotate(self) -> Iterator[tuple[int, int]]:
        """Wrap everything by the next credential; then it may take the first one's place."""
        if not (self._credentials / NEXT_CREDENTIAL).exists():
            raise KeyMissing(f"To rotate, give the new root as the credential '{NEXT_CREDENTIAL}' and start again.")
        yield from self._rewrap_files()

    def _roots(self) -> list[bytes]:
        there = [self._credentials / name for name in (CREDENTIAL, NEXT_CREDENTIAL)]
        return [read_root(_start_of(path), f"The credential '{path.name}'") for path in there if path.exists()]


def read_root(raw: bytes, what: str) -> bytes:
    """The 32 bytes of a root from its base64."""
    try:
        root = base64.b64decode(raw.strip(), validate=True)
    except ValueError:
        root = b""
    if len(root) != KEY_BYTES:
        raise WrongRoot(f"{what} is not 32 bytes in base64.")
    return root


def _start_of(path: Path) -> bytes:
    """As much of a file as a root could take; the path may name anything, also what has no end."""
    with path.open("rb") as file:
        return file.read(1024)


def _fresh_root() -> bytes:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES))


class Keyring:
    """The named keys in memory, and the one place that asks the provider."""

    def __init__(self, provider: KeyProvider) -> None:
        """Fetch everything; make the standing keys on the first start."""
        self._provider = provider
        self._lock = Lock()
        self._keys, self._gone = provider.fetch_all(), provider.gone()
        self._unknown: frozenset[tuple[str, int]] = frozenset()
        for name in STANDING_NAMES:
            if name not in self._keys:
                self._keys[name] = provider.create(name)

    def __getitem__(self, name: str) -> bytes:
        """A standing key."""
        return self._keys[name]

    def month(self, month: str) -> bytes | None:
        """The newest key of a culling month; None when there is none, or none any more."""
        number = self.newest(month)
        return None if number is None else self.month_key(month, number)

    def month_key(self, month: str, number: int) -> bytes | None:
        """One of a month's keys."""
        return self._keys.get(_name(month, number))

    def newest(self, month: str) -> int | None:
        """The number of a month's newest key."""
        return max(_numbers(self._keys, month), default=None)

    def is_gone(self, month: str, number: int) -> bool:
        """Whether this key was destroyed."""
        return _name(month, number) in self._gone

    def is_unknown(self, month: str, number: int) -> bool:
        """Whether the provider was asked for this key and had never heard of it."""
        return (month, number) in self._unknown

    def months(self) -> dict[str, tuple[int, ...]]:
        """Every month that has a key, with the numbers of its keys."""
        named = sorted({name.split(":")[1] for name in self._keys if name.startswith(_MONTH)})
        return {month: tuple(sorted(_numbers(self._keys, month))) for month in named}

    def culled(self) -> frozenset[str]:
        """The months whose keys were destroyed and that have no other."""
        return frozenset(
            name.split(":")[1]
            for name in self._gone
            if name.startswith(_MONTH) and self.newest(name.split(":")[1]) is None
        )

    def find(self, missing: MonthKeyMissing) -> None:
        """Look again at the provider's, and make what should be there. Never while a transaction is open."""
        self.refresh()
        if missing.make:
            self.ensure_month(missing.month)
        elif self.month_key(missing.month, missing.number) is None:
            self._unknown |= {(missing.month, missing.number)}

    def refresh(self) -> None:
        """Learn what other processes have made or destroyed."""
        with self._lock:
            names, self._gone = self._provider.names(), self._provider.gone()
            fresh = self._provider.fetch(names - self._keys.keys())
            self._keys = {name: key for name, key in {**self._keys, **fresh}.items() if name in names}

    def ensure_month(self, month: str) -> None:
        """Have a key for a culling month. Never called while a transaction is open."""
        if self.newest(month) is None:
            self.replace_month(month)

    def replace_month(self, month: str) -> int:
        """Make a further key for a month, which new data keys are wrapped by from now on; its number."""
        with self._lock:
            number = max(_numbers({*self._keys, *self._gone}, month), default=0) + 1
            self._keys = {**self._keys, _name(month, number): self._provider.create(_name(month, number))}
            return number

    def destroy_month(self, month: str) -> None:
        """End everything that is wrapped by a culling month's keys."""
        for number in _numbers(self._keys, month):
            self.destroy_number(month, number)

    def destroy_number(self, month: str, number: int) -> None:
        """End one of a month's keys."""
        name = _name(month, number)
        with self._lock:
            self._provider.destroy(name)
            self._gone |= {name}
            self._keys = {known: key for known, key in self._keys.items() if known != name}

    def rotate(self) -> Iterator[tuple[int, int]]:
        """A new root."""
        return self._provider.rotate()


def _name(month: str, number: int) -> str:
    return f"{_MONTH}{month}" if number == 1 else f"{_MONTH}{month}:{number}"


def _numbers(names: Iterable[str], month: str) -> list[int]:
    first = f"{_MONTH}{month}"
    return [1 if name == first else int(name.rpartition(":")[2])
            for name in names if name == first or name.startswith(f"{first}:")]  # fmt: skip
