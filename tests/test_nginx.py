"""nginx as `deploy/nginx.conf` tells it, started on loopback with no process behind it: what it answers by itself."""

from __future__ import annotations

import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.http.errors import LAST_RESORT
from bot.http.headers import EVERYWHERE, HSTS, NO_TRACE
from tests.parts.ports import a_free_port
from tests.test_deploy import nginx

NAME = "bredvid.lindvik.example"
PROMISED = {**EVERYWHERE, "Cache-Control": NO_TRACE, "Strict-Transport-Security": HSTS}
_MOVING = {"Date", "Content-Length", "Connection", "Server"}


@dataclass(frozen=True)
class Front:
    """A running nginx: its plain port and its other one."""

    plain: int
    secure: int

    def say(self, raw: bytes, *, tls: bool = True) -> bytes:
        """Say bytes and read until the line closes; nothing when it was cut without a word."""
        with ExitStack() as stack:
            line = stack.enter_context(socket.create_connection(("127.0.0.1", self.secure if tls else self.plain), 10))
            try:
                line = stack.enter_context(_trusting().wrap_socket(line, server_hostname=NAME)) if tls else line
                line.sendall(raw)
                return b"".join(iter(lambda: line.recv(65536), b""))
            except (ConnectionError, ssl.SSLError):
                return b""

    def asked(self, method: str, path: str, *heads: str, host: str = NAME, tls: bool = True, body: str = "") -> bytes:
        """One whole request."""
        lines = (f"{method} {path} HTTP/1.1", f"Host: {host}", "Connection: close", *heads, "", body)
        return self.say("\r\n".join(lines).encode(), tls=tls)


def _trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    plain, secure, nobody = (a_free_port() for _ in range(3))
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", f"/CN={NAME}", "-keyout",
            str(tmp_path / "privkey.pem"), "-out", str(tmp_path / "fullchain.pem")]  # fmt: skip
    subprocess.run(made, check=True, capture_output=True)
    inner = re.sub(r"listen \[::\][^;]*;", "", nginx()).replace(f"/etc/letsencrypt/live/{NAME}", str(tmp_path))
    inner = inner.replace("/var/log/nginx", str(tmp_path)).replace("127.0.0.1:8080", f"127.0.0.1:{nobody}")
    inner = inner.replace("listen 80", f"listen 127.0.0.1:{plain}").replace("listen 443", f"listen 127.0.0.1:{secure}")
    places = "".join(
        f"{name}_temp_path {tmp_path}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = f"daemon off;\npid {tmp_path}/pid;\nevents {{}}\nhttp {{\n{places}{inner}\n}}\n"
    (tmp_path / "whole.conf").write_text(whole, encoding="utf-8")
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    with (tmp_path / "said.txt").open("wb") as said:
        process = subprocess.Popen([program, "-p", str(tmp_path), "-c", str(tmp_path / "whole.conf")], stderr=said)
    until = time.monotonic() + 30
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text(encoding="ascii").strip():
        assert process.poll() is None, (tmp_path / "said.txt").read_text(encoding="utf-8")
        assert time.monotonic() < until
        time.sleep(0.02)
    yield Front(plain, secure)
    process.terminate()
    process.wait(30)


def calm(said: bytes) -> int:
    """The status of nginx's own answer, which must be the calm page under the strict headers."""
    head, _, body = said.decode().partition("\r\n\r\n")
    found = dict(line.split(": ", 1) for line in head.splitlines()[1:])
    assert found.pop("Content-Type") == "text/html; charset=utf-8"
    assert {name: value for name, value in found.items() if name not in _MOVING} == PROMISED
    assert body == LAST_RESORT
    return int(head.split()[1])


def test_while_the_process_is_away_she_reads_whom_to_ring_and_no_name_of_a_program(front: Front) -> None:
    assert calm(front.asked("GET", "/")) == 502
    assert calm(front.asked("POST", "/console/find", "Content-Length: 1", body="x")) == 502


def test_what_nginx_refuses_by_itself_is_the_same_page(front: Front) -> None:
    assert calm(front.asked("POST", "/", "Content-Length: 70000")) == 413
    assert calm(front.asked("GET", "/", "X: " + "x" * 9000)) == 400
    assert calm(front.asked("TRACE", "/")) == 405
    assert calm(front.asked("POST", "/telegram/", "Content-Length: 1", body="x")) == 403, (
        "not from Telegram's addresses"
    )
    assert calm(front.say(b"GET / FOO\r\n\r\n")) == 400
    assert calm(front.asked("GET", "/.calm")) == 404
    many = [calm(front.asked("GET", "/i/token")) for _ in range(30)]
    assert set(many) == {502, 429}


def test_a_path_written_otherwise_comes_to_no_other_door(front: Front) -> None:
    for path in ("//telegram/", "/%74elegram/", "/x/../telegram/", "/telegram/?a", "/./telegram//"):
        assert calm(front.asked("POST", path, "Content-Length: 1", body="x")) == 403, path
    slow = ("/%69/token", "//i/token", "/x/../i/token", "/console//go", "/console/%67o", "/console%2fgo", "/i%2ftoken")
    found = [calm(front.asked("GET", path)) for _ in range(6) for path in slow]
    assert found.count(429) >= 10, "however it is written, it is one of the slow doors"


def test_a_name_that_is_not_ours_is_answered_by_nobody_and_sends_nobody_anywhere(front: Front) -> None:
    for tls in (False, True):
        assert front.asked("GET", "/i/x", host="evil.example", tls=tls) == b""
    said = front.asked("GET", "/i/x", tls=False)
    assert b"\r\nLocation: https://bredvid.lindvik.example/i/x\r\n" in said
    assert front.say(b"GET /i/x HTTP/1.0\r\n\r\n", tls=False) == b""
