"""Keys and where they live: providers hold the root and hand out named keys; nothing of theirs is in the database.

Names: `mac`, `audit`, `pepper`, `index:<side>` and one `month:<yyyy-mm>` for each culling month. A provider is
asked at start and when a new month is needed, always outside a transaction. Destroying a month's key ends every
data key that it wraps, in every backup of the database too (design 5).
"""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE = 12
STANDING_NAMES = (
    "mac",
    "audit",
    "pepper",
    "index:barnahus",
    "index:aid",
    "conversation",
)


class KeyMissing(Exception):
    """The root key is not where the settings say."""


class WrongRoot(Exception):
    """The root key does not open the keys that lie beside it: another installation's, or damaged."""


class MonthKeyMissing(Exception):
    """A data key is to be made in a month that has no key yet; the vault makes it and tries again."""

    def __init__(self, month: str) -> None:
        """`month` is 'yyyy-mm'."""
        super().__init__(month)
        self.month = month


class KeyProvider(Protocol):
    """Where the root lives. Every call may be slow; none is made while a transaction is open."""

    def fetch_all(self) -> dict[str, bytes]:
        """Every named key, unwrapped (32 bytes each)."""
        ...

    def create(self, name: str) -> bytes:
        """Make, keep and return a new named key; the existing one when there is one."""
        ...

    def destroy(self, name: str) -> None:
        """Forget a named key for good."""
        ...


class FileKeys:
    """The `file` provider: the root in one file, each named key wrapped by it in a folder beside.

    For the demo, tests and a deliberate choice; `serve` takes it only when it is named explicitly.
    """

    def __init__(self, path: Path, *, make: bool = False) -> None:
        """`path` is the root key's file. `make` creates it when absent (demo, first start)."""
        self._folder = path.with_name(path.name + ".d")
        if not path.exists():
            if not make:
                raise KeyMissing(f"There is no root key at {path}.")
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_private(path, base64.b64encode(secrets.token_bytes(KEY_BYTES)))
        try:
            root = base64.b64decode(path.read_bytes())
        except ValueError:
            root = b""
        if len(root) != KEY_BYTES:
            raise WrongRoot(f"The root key at {path} is not 32 bytes in base64.")
        self._root = AESGCM(root)
        self._folder.mkdir(mode=0o700, exist_ok=True)

    def fetch_all(self) -> dict[str, bytes]:
        """Unwrap every key in the folder."""
        found = {}
        for file in sorted(self._folder.iterdir()):
            if file.suffix != ".key":
                continue
            name = file.stem.replace("+", ":")
            found[name] = self._unwrap(name, file.read_bytes())
        return found

    def create(self, name: str) -> bytes:
        """Make a key unless it exists; two processes at once end with the same one."""
        file = self._file(name)
        key = secrets.token_bytes(KEY_BYTES)
        nonce = secrets.token_bytes(_NONCE)
        try:
            _write_private(file, nonce + self._root.encrypt(nonce, key, name.encode()))
        except FileExistsError:
            return self._unwrap(name, file.read_bytes())
        return key

    def destroy(self, name: str) -> None:
        """Overwrite and remove the wrapped key. What a disk keeps below the file system is the runbook's matter."""
        file = self._file(name)
        if not file.exists():
            return
        with file.open("r+b") as handle:
            handle.write(secrets.token_bytes(file.stat().st_size))
            handle.flush()
            os.fsync(handle.fileno())
        file.unlink()

    def _file(self, name: str) -> Path:
        return self._folder / (name.replace(":", "+") + ".key")

    def _unwrap(self, name: str, wrapped: bytes) -> bytes:
        try:
            return self._root.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], name.encode())
        except (InvalidTag, ValueError):
            raise WrongRoot(f"The root key does not open the key '{name}'.") from None


def _write_private(path: Path, content: bytes) -> None:
    """Write a new file that only its owner can read, whole or not at all."""
    scratch = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        os.link(scratch, path)
    finally:
        scratch.unlink()


class Keyring:
    """The named keys in memory, and the one place that asks the provider."""

    def __init__(self, provider: KeyProvider) -> None:
        """Fetch everything; make the standing keys on the first start."""
        self._provider = provider
        self._keys = provider.fetch_all()
        for name in STANDING_NAMES:
            if name not in self._keys:
                self._keys[name] = provider.create(name)

    def __getitem__(self, name: str) -> bytes:
        """A standing key."""
        return self._keys[name]

    def month(self, month: str) -> bytes | None:
        """The key of a culling month; None when there is none, or none any more."""
        return self._keys.get(f"month:{month}")

    def ensure_month(self, month: str) -> None:
        """Have a key for a culling month. Never called while a transaction is open."""
        name = f"month:{month}"
        if name not in self._keys:
            self._keys[name] = self._provider.create(name)

    def destroy_month(self, month: str) -> None:
        """End everything that is wrapped by a culling month's key."""
        self._provider.destroy(f"month:{month}")
        self._keys.pop(f"month:{month}", None)
