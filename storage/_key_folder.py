"""A folder of wrapped keys, one file each, as every provider keeps them; how they are wrapped is the provider's matter.

A key that was destroyed leaves a mark (`NAME.gone`, empty): so a lost folder is told from a culling. Whoever writes
holds the folder's lock; several processes may share one folder.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from storage._envelope import KEY_BYTES, Key, Place, Tampered

_KEY, _GONE = ".key", ".gone"


class KeyMissing(Exception):
    """A key is not where the settings say."""


class WrongRoot(Exception):
    """The root key does not open the keys that lie beside it: another installation's, or damaged."""


class KeysAway(Exception):
    """The service that holds the root cannot be reached just now; waiting may help."""


class FolderKeys(ABC):
    """Wrapped keys in a folder. A provider says how one key is wrapped and unwrapped, and what a new root is."""

    def __init__(self, folder: Path) -> None:
        """`folder` is made when absent. What a destruction left half done is finished."""
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in self.gone():
            if self._file(name).exists():
                _shred(self._file(name))

    @abstractmethod
    def _wrap(self, name: str, key: bytes) -> bytes:
        """A key wrapped by the newest root, bound to its name."""

    @abstractmethod
    def _unwrap(self, name: str, wrapped: bytes) -> bytes:
        """The key that was wrapped under this name; `WrongRoot` when it does not open."""

    @abstractmethod
    def rotate(self) -> Iterator[tuple[int, int]]:
        """Wrap every key by a new root; how many of how many are done, after each. Begun again, it goes on."""

    @abstractmethod
    def root(self) -> bytes:
        """The root itself, for the shares on paper; `KeyMissing` where it cannot leave its service."""

    def names(self) -> frozenset[str]:
        """The keys there are."""
        return frozenset(self._listed(_KEY)) - self.gone()

    def gone(self) -> frozenset[str]:
        """The keys that were destroyed."""
        return frozenset(self._listed(_GONE))

    def fetch_all(self) -> dict[str, bytes]:
        """Every key, unwrapped."""
        return self.fetch(self.names())

    def fetch(self, names: Iterable[str]) -> dict[str, bytes]:
        """Some keys, unwrapped; those that are not there are left out."""
        wrapped = {name: self._file(name).read_bytes() for name in sorted(names) if self._file(name).exists()}
        return self._unwrap_all(wrapped)

    def create(self, name: str) -> bytes:
        """Make a key unless it exists; two processes at once end with the same one."""
        with self._locked():
            if self._file(name).exists():
                return self._unwrap(name, self._file(name).read_bytes())
            key = secrets.token_bytes(KEY_BYTES)
            write_private(self._file(name), self._wrap(name, key))
            return key

    def destroy(self, name: str) -> None:
        """Mark, overwrite and remove. What a disk keeps below the file system is the runbook's matter."""
        with self._locked():
            self._file(name, _GONE).touch(mode=0o600)
            _sync_folder(self._folder)
            if self._file(name).exists():
                _shred(self._file(name))

    def _unwrap_all(self, wrapped: dict[str, bytes]) -> dict[str, bytes]:
        return {name: self._unwrap(name, raw) for name, raw in wrapped.items()}

    def _file(self, name: str, suffix: str = _KEY) -> Path:
        return self._folder / (name.replace(":", "+") + suffix)

    def _listed(self, suffix: str) -> list[str]:
        return [file.name.removesuffix(suffix).replace("+", ":") for file in self._folder.glob(f"[!.]*{suffix}")]

    @contextmanager
    def _locked(self) -> Iterator[None]:
        descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


class RootedKeys(FolderKeys):
    """Keys wrapped by a root that is at hand as 32 bytes; during a rotation there are two."""

    @abstractmethod
    def _roots(self) -> list[bytes]:
        """The roots there are, the newest last."""

    def root(self) -> bytes:
        """The newest root."""
        return self._roots()[-1]

    def opened_by(self, root: bytes) -> int:
        """How many keys this root opens: all there are, or `WrongRoot`."""
        names = sorted(self.names())
        for name in names:
            open_wrapped([root], name, self._file(name).read_bytes())
        return len(names)

    def _wrap(self, name: str, key: bytes) -> bytes:
        return Key(self.root()).seal(key, _name_bound(name))

    def _unwrap(self, name: str, wrapped: bytes) -> bytes:
        return open_wrapped(self._roots(), name, wrapped)[1]

    def _unwrap_all(self, wrapped: dict[str, bytes]) -> dict[str, bytes]:
        roots = self._roots()
        return {name: open_wrapped(roots, name, raw)[1] for name, raw in wrapped.items()}

    def _rewrap(self, name: str, wrapped: bytes) -> bytes:
        roots = self._roots()
        by, key = open_wrapped(roots, name, wrapped)
        return wrapped if by == len(roots) - 1 else self._wrap(name, key)

    def _rewrap_files(self) -> Iterator[tuple[int, int]]:
        names = sorted(self.names())
        for done, name in enumerate(names, 1):
            with self._locked():
                if self._file(name).exists():
                    old = self._file(name).read_bytes()
                    fresh = self._rewrap(name, old)
                    if fresh != old:
                        put_private(self._file(name), fresh)
            yield done, len(names)


def open_wrapped(roots: list[bytes], name: str, wrapped: bytes) -> tuple[int, bytes]:
    """Which of the roots wraps a key, and the key; the commitment decides."""
    for at, root in reversed(list(enumerate(roots))):
        try:
            key = Key(root).open(wrapped, _name_bound(name))
        except Tampered:
            continue
        if len(key) == KEY_BYTES:
            return at, key
    raise WrongRoot(f"The root key does not open the key '{name}'.")


def _name_bound(name: str) -> bytes:
    return Place("", "key", name, "", "", 1, 1).bound()


def write_private(path: Path, content: bytes) -> None:
    """Write a new file that only its owner can read, whole or not at all."""
    scratch = _scratch(path, content)
    try:
        os.link(scratch, path)
    finally:
        scratch.unlink()
    _sync_folder(path.parent)


def put_private(path: Path, content: bytes) -> None:
    """Put a file in the place of another, whole or not at all, and overwrite what the old one held."""
    scratch = _scratch(path, content)
    with path.open("r+b") as old:
        scratch.replace(path)
        _sync_folder(path.parent)
        _overwrite(old.fileno())


def _scratch(path: Path, content: bytes) -> Path:
    scratch = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    return scratch


def _shred(path: Path) -> None:
    with path.open("r+b") as handle:
        _overwrite(handle.fileno())
    path.unlink()
    _sync_folder(path.parent)


def _overwrite(descriptor: int) -> None:
    os.pwrite(descriptor, secrets.token_bytes(os.fstat(descriptor).st_size), 0)
    os.fsync(descriptor)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
