"""Recordings on the web: each has an address that tells nothing, and is the same for everybody who may hear that text.

No session is asked for. What is recorded is a fixed text of the house, open to anyone and about nobody; the first
page, the door of an invite and the help page must be heard before there is a session, and pages that look alike to
the letter must stay so. The address is made with a key of the house from the file's name, so what an address in a
log says can only be found out by asking this very house; nothing is kept by the browser (`no-store`), and what a page
plays is in no history. Which of them a page names was decided when the page was drawn.
"""

from __future__ import annotations

from hashlib import blake2b

from aiohttp import web

from bot.http.headers import NO_TRACE
from bot.recordings import Recording, Recordings
from bot.speech import Locale, locales

PREFIX = "/a"
_PURPOSE = b"sounds"


class Sounds:
    """The recordings of the house at their addresses. `pepper` is the house's own secret."""

    def __init__(self, recordings: Recordings, pepper: bytes) -> None:
        """Nothing is read yet: a recording that is added while the house is open can be heard at the next page."""
        self._recordings = recordings
        self._key = blake2b(_PURPOSE, key=pepper[:64], digest_size=32).digest()

    def hear(self, locale: Locale, keys: tuple[str, ...]) -> tuple[str, ...]:
        """The addresses of what says these texts, one after another; nothing unless all of them are said."""
        return tuple(self._address(one, locale) for one in self._recordings.of(keys, locale))

    def serve(self, app: web.Application) -> None:
        """Add the route."""
        app.router.add_get(f"{PREFIX}/{{name:[0-9a-f]{{24}}}}.{{ending:mp3|ogg}}", self._play)

    async def _play(self, request: web.Request) -> web.StreamResponse:
        for locale in locales():
            for one in self._recordings.fresh(locale):
                if request.path == self._address(one, locale):
                    # A phone from Apple asks for the first two bytes before it plays anything: parts must be given.
                    headers = {"Content-Type": one.container.mime, "Cache-Control": NO_TRACE}
                    return web.FileResponse(one.path, headers=headers)
        raise web.HTTPNotFound

    def _address(self, one: Recording, locale: Locale) -> str:
        name = blake2b(f"{locale.tag}/{one.file}".encode(), key=self._key, digest_size=12).hexdigest()
        return f"{PREFIX}/{name}.{one.container}"
