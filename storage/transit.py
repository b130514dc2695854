"""The `vault` provider: the root stays in Vault's or OpenBao's transit engine, which wraps and unwraps each named key.

The wrapped keys lie in a folder. Only what the transit API documents is used: encrypt, decrypt (in batches), rewrap,
rotate, and the key's `min_decryption_version`. What is wrapped is the key's name and the key, so that one wrapped key
cannot be given out as another. The policy needs `update` on encrypt, decrypt, rewrap, rotate and config of this key.
"""

from __future__ import annotations

import base64
import http.client
import json
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from storage._envelope import KEY_BYTES
from storage._key_folder import FolderKeys, KeyMissing, KeysAway, WrongRoot, put_private

PATIENCE = 10.0
BATCH = 100
_LARGEST = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Transit:
    """The service: its address, the token or the file it is read from each time, the key, the mount and its CA."""

    address: str
    token: str
    token_file: Path | None
    key: str
    mount: str = "transit"
    ca: Path | None = None

    def ask(self, what: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """POST one call and return its `data`. `KeysAway` when waiting may help, else `KeyMissing` or `WrongRoot`."""
        try:
            status, answer = self._post(f"/v1/{self.mount}/{what}", json.dumps(body))
        except (OSError, http.client.HTTPException, ValueError) as wrong:
            raise KeysAway(f"The key service at {self.address} does not answer ({type(wrong).__name__}).") from None
        match status:
            case 200 | 204:
                data = answer.get("data")
                return data if isinstance(data, dict) else {}
            case 403:
                raise KeyMissing(f"The key service at {self.address} does not accept the token for '{what}'.")
            case 404:
                raise KeyMissing(f"The key service at {self.address} has no transit key '{self.key}' at {self.mount}.")
            case 400:
                # With a batch the reasons stand beside each line; alone there is only this.
                results = (answer.get("data") or {}).get("batch_results")
                if results is not None:
                    return {"batch_results": results}
                raise WrongRoot(f"The transit key '{self.key}' does not open these keys.")
            case 503:
                raise KeysAway(f"The key service at {self.address} is sealed.")
            case _:
                raise KeysAway(f"The key service at {self.address} answered {status}.")

    def _post(self, path: str, body: str) -> tuple[int, dict[str, Any]]:
        parts = urlsplit(self.address)
        headers = {"X-Vault-Token": self._token(), "X-Vault-Request": "true", "Content-Type": "application/json"}
        line = self._line(parts.scheme, parts.hostname or "", parts.port)
        try:
            line.request("POST", parts.path.rstrip("/") + quote(path), body, headers)
            answer = line.getresponse()
            raw = answer.read(_LARGEST)
            return answer.status, json.loads(raw) if raw.strip() else {}
        finally:
            line.close()

    def _line(self, scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
        if scheme == "http":
            return http.client.HTTPConnection(host, port, timeout=PATIENCE)
        trusted = ssl.create_default_context(cafile=str(self.ca) if self.ca else None)
        return http.client.HTTPSConnection(host, port, timeout=PATIENCE, context=trusted)

    def _token(self) -> str:
        if self.token_file is None:
            return self.token
        try:
            return self.token_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise KeyMissing(f"The key service's token cannot be read from {self.token_file}.") from None


class TransitKeys(FolderKeys):
    """Named keys wrapped by a transit key that never leaves its service."""

    def __init__(self, service: Transit, folder: Path) -> None:
        """`service` is asked only when a key is needed."""
        self._service = service
        super().__init__(folder)

    def root(self) -> bytes:
        """Not to be had: that is what the service is for."""
        raise KeyMissing("The root never leaves the key service. Keep that service's own shares instead.")

    def rotate(self) -> Iterator[tuple[int, int]]:
        """A new version of the transit key; when all is wrapped by it, the older ones open nothing any more."""
        self._service.ask(f"keys/{self._service.key}/rotate", {})
        latest = 0
        names = sorted(self.names())
        for done, name in enumerate(names, 1):
            with self._locked():
                if self._file(name).exists():
                    latest = max(latest, self._renew(name))
            yield done, len(names)
        with self._locked():
            late = [self._renew(name) for name in self.names() if _version(self._file(name).read_bytes()) < latest]
        if latest:
            oldest = min([latest, *late])
            self._service.ask(f"keys/{self._service.key}/config", {"min_decryption_version": oldest})

    def _renew(self, name: str) -> int:
        old = self._file(name).read_bytes()
        fresh = self._rewrap(name, old)
        put_private(self._file(name), fresh)
        return _version(fresh)

    def _rewrap(self, name: str, wrapped: bytes) -> bytes:
        answer = self._service.ask(f"rewrap/{self._service.key}", {"ciphertext": wrapped.decode()})
        return _words(answer, "ciphertext").encode()

    def _wrap(self, name: str, key: bytes) -> bytes:
        plain = base64.b64encode(name.encode() + b"\x00" + key).decode()
        answer = self._service.ask(f"encrypt/{self._service.key}", {"plaintext": plain})
        return _words(answer, "ciphertext").encode()

    def _unwrap(self, name: str, wrapped: bytes) -> bytes:
        return self._unwrap_all({name: wrapped})[name]

    def _unwrap_all(self, wrapped: dict[str, bytes]) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        names = list(wrapped)
        for start in range(0, len(names), BATCH):
            some = names[start : start + BATCH]
            asked = [{"ciphertext": wrapped[name].decode("ascii", "replace")} for name in some]
            answer = self._service.ask(f"decrypt/{self._service.key}", {"batch_input": asked})
            results = answer.get("batch_results")
            if not isinstance(results, list) or len(results) != len(some):
                raise KeysAway(f"The key service at {self._service.address} answered something else than keys.")
            found |= {name: _named(name, line) for name, line in zip(some, results, strict=True)}
        return found


def _named(name: str, line: Any) -> bytes:
    plain = line.get("plaintext") if isinstance(line, dict) else None
    try:
        said, _, key = base64.b64decode(plain or "", validate=True).partition(b"\x00")
    except ValueError:
        said, key = b"", b""
    if said != name.encode() or len(key) != KEY_BYTES:
        raise WrongRoot(f"The transit key does not open the key '{name}'.")
    return key


def _words(answer: Mapping[str, Any], name: str) -> str:
    value = answer.get(name)
    if not isinstance(value, str) or not value:
        raise KeysAway("The key service answered something else than a wrapped key.")
    return value


def _version(wrapped: bytes) -> int:
    """Of `vault:v3:…` the 3."""
    number = wrapped.split(b":")[1][1:] if wrapped.count(b":") >= 2 else b""
    return int(number) if number.isdigit() else 0
