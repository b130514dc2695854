"""A key service: an HTTP stand-in that speaks the calls of the transit API that are documented and that we use.

No binary of Vault or OpenBao is to be had from a package registry, so this stands for them: real sockets, versions of
a key, `vault:vN:` in front of what it wraps, batches with a reason beside each line, the documented status codes.
"""

from __future__ import annotations

import base64
import binascii
import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

Answer = tuple[int, dict[str, Any]]


@dataclass
class KeyService:
    """The service's state: the key's versions, who may ask, and whether it is sealed."""

    token: str = "s.lindvik"
    key: str = "bredvid"
    versions: list[bytes] = field(default_factory=lambda: [secrets.token_bytes(32)])
    oldest: int = 1
    sealed: bool = False
    asked: list[str] = field(default_factory=list)
    address: str = ""

    def answer(self, path: str, token: str | None, body: dict[str, Any]) -> Answer:
        """One call, as the API's reference describes it."""
        self.asked.append(path)
        if self.sealed:
            return 503, {"errors": ["Vault is sealed"]}
        if token != self.token:
            return 403, {"errors": ["permission denied"]}
        parts = path.strip("/").split("/")
        match parts:
            case ["v1", "transit", "keys", name, "rotate"] if name == self.key:
                self.versions.append(secrets.token_bytes(32))
                return 204, {}
            case ["v1", "transit", "keys", name, "config"] if name == self.key:
                self.oldest = int(body["min_decryption_version"])
                return 204, {}
            case ["v1", "transit", "encrypt" | "decrypt" | "rewrap" as verb, name] if name == self.key:
                return self._each(verb, body)
            case ["v1", "transit", *_]:
                return 404, {"errors": ["encryption key not found"]}
            case _:
                return 404, {"errors": ["no handler for route"]}

    def _each(self, verb: str, body: dict[str, Any]) -> Answer:
        if "batch_input" not in body:
            found = self._one(verb, body)
            return (400, {"errors": [found["error"]]}) if "error" in found else (200, {"data": found})
        results = [self._one(verb, line) for line in body["batch_input"]]
        return 400 if any("error" in line for line in results) else 200, {"data": {"batch_results": results}}

    def _one(self, verb: str, line: dict[str, Any]) -> dict[str, Any]:
        if verb == "encrypt":
            return {"ciphertext": self._wrap(base64.b64decode(line["plaintext"])), "key_version": len(self.versions)}
        plain = self._open(line["ciphertext"])
        if plain is None:
            return {"error": "cipher: message authentication failed"}
        if verb == "rewrap":
            return {"ciphertext": self._wrap(plain), "key_version": len(self.versions)}
        return {"plaintext": base64.b64encode(plain).decode()}

    def _wrap(self, plain: bytes) -> str:
        nonce = secrets.token_bytes(12)
        sealed = nonce + AESGCM(self.versions[-1]).encrypt(nonce, plain, None)
        return f"vault:v{len(self.versions)}:{base64.b64encode(sealed).decode()}"

    def _open(self, wrapped: str) -> bytes | None:
        try:
            word, version, sealed = wrapped.split(":")
            number, raw = int(version.removeprefix("v")), base64.b64decode(sealed, validate=True)
            if word != "vault" or not self.oldest <= number <= len(self.versions):
                return None
            return AESGCM(self.versions[number - 1]).decrypt(raw[:12], raw[12:], None)
        except (ValueError, binascii.Error, InvalidTag):
            return None


@contextmanager
def key_service(port: int = 0) -> Iterator[KeyService]:
    """A service on a port of this machine, for as long as the block runs."""
    service = KeyService()

    class Line(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"{}")
            status, said = service.answer(self.path, self.headers["X-Vault-Token"], body)
            raw = b"" if status == 204 else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
            """Nothing: it would be in the tests' way."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Line)
    service.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
