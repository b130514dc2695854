"""What the chat and the console share: two cookies, never one, and their flags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from aiohttp import web

Jar = Literal["chat", "console"]


@dataclass(frozen=True, slots=True)
class Cookies:
    """The names of the two cookies: `__Host-` ones over https, plain ones on a loopback http address."""

    https: bool

    def name(self, jar: Jar) -> str:
        """The cookie's name as the browser sees it."""
        plain = "sid" if jar == "chat" else "staff"
        return f"__Host-{plain}" if self.https else plain

    def read(self, request: web.Request, jar: Jar) -> str | None:
        """What the browser sent, or None; ours are plain signs, and anything else was never ours."""
        value = request.cookies.get(self.name(jar), "")
        return value if value and value.isascii() else None

    def give(self, response: web.StreamResponse, jar: Jar, value: str, *, keep: int | None = None) -> None:
        """Set the cookie: until the browser closes, or for `keep` seconds when the phone is only hers."""
        response.set_cookie(
            self.name(jar), value, max_age=keep, path="/", secure=self.https, httponly=True, samesite="Strict"
        )

    def take(self, response: web.StreamResponse, jar: Jar) -> None:
        """Take the cookie back."""
        response.del_cookie(self.name(jar), path="/", secure=self.https, httponly=True, samesite="Strict")
