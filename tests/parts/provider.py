"""A provider of OpenID Connect as a process of its own: PyPI's `oidc-provider-mock`, on a free loopback port.

It lets anybody be anybody and does not look at PKCE, so a story looks at the request for itself. Fixture: ``provider``.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from yarl import URL

from tests.parts.ports import a_free_port
from tests.parts.program import fetch

_PATIENCE = 60
_PROGRAM = Path(sys.executable).with_name("oidc-provider-mock")


@dataclass(frozen=True)
class RunningProvider:
    """A provider that answers. ``issuer`` is its address and its name."""

    issuer: str
    process: subprocess.Popen[bytes]

    async def know(self, sub: str, **claims: Any) -> None:
        """Let the provider know somebody, with what it will say about her."""
        async with ClientSession() as web, web.put(f"{self.issuer}/users/{sub}", json=claims) as answer:
            assert answer.status == 204, await answer.text()

    async def prove(self, address: str, sub: str) -> URL:
        """Sit at the provider's page and be somebody; where it sends the browser then."""
        return await self._press(address, {"sub": sub})

    async def refuse(self, address: str) -> URL:
        """Sit at the provider's page and say no."""
        return await self._press(address, {"action": "deny"})

    async def _press(self, address: str, form: dict[str, str]) -> URL:
        async with (
            ClientSession() as web,
            web.post(URL(address, encoded=True), data=form, allow_redirects=False) as answer,
        ):
            assert answer.status == 302, await answer.text()
            return URL(answer.headers["Location"])

    def end(self) -> None:
        """The provider is gone."""
        self.process.terminate()
        self.process.wait(_PATIENCE)


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[RunningProvider]:
    """A provider, up for as long as the story."""
    port = a_free_port()
    with (tmp_path / "provider.txt").open("wb") as said:
        env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        process = subprocess.Popen([_PROGRAM, "-p", str(port)], env=env, stdout=said, stderr=said)
    running = RunningProvider(f"http://127.0.0.1:{port}", process)
    until = time.monotonic() + _PATIENCE
    while fetch(f"{running.issuer}/.well-known/openid-configuration")[0] != 200:
        assert process.poll() is None, (tmp_path / "provider.txt").read_text(encoding="utf-8")
        assert time.monotonic() < until
        time.sleep(0.05)
    assert json.loads(fetch(f"{running.issuer}/.well-known/openid-configuration")[1])["issuer"] == running.issuer
    yield running
    if process.poll() is None:
        running.end()
