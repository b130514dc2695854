"""What the chat and the console share: the few files beside a page, under addresses that say nothing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType

from aiohttp import web

TYPES = MappingProxyType(
    {
        ".css": "text/css; charset=utf-8",
        ".js": "text/javascript; charset=utf-8",
        ".svg": "image/svg+xml",
        ".png": "image/png",
        ".woff2": "font/woff2",
        ".mp3": "audio/mpeg",
        ".ogg": "audio/ogg",
    }
)
# A day, in her own browser only: long enough for an evening on a slow line, never in a shared cache.
KEPT = "private, max-age=86400"
_DIGITS = 12


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file, read once: its type and bytes."""

    kind: str
    body: bytes


@dataclass(frozen=True, slots=True)
class StaticFiles:
    """All files of a folder under one hash, so that a page never mixes an old style with a new script."""

    prefix: str
    mark: str
    shelf: MappingProxyType[str, StaticFile]

    def url(self, name: str) -> str:
        """The address of a file. An unknown name is a KeyError, so a page cannot point at nothing."""
        _ = self.shelf[name]
        return f"{self.prefix}/{self.mark}/{name}"

    def serve(self, app: web.Application) -> None:
        """Add the route. An old hash is answered with the new file: the page may have been open all night."""
        app.router.add_get(f"{self.prefix}/{{mark:[0-9a-f]{{{_DIGITS}}}}}/{{name}}", self._answer)

    async def _answer(self, request: web.Request) -> web.Response:
        found = self.shelf.get(request.match_info["name"])
        if found is None:
            raise web.HTTPNotFound
        headers = {"Content-Type": found.kind, "Cache-Control": KEPT}
        return web.Response(body=found.body, headers=headers)


def static_files(package: str, folder: str = "static", *, prefix: str = "/s") -> StaticFiles:
    """Read a package's folder of static files; names should be as short and dull as `a.css`."""
    shelf: dict[str, StaticFile] = {}
    sum_of_all = hashlib.sha256()
    for path in sorted(files(package).joinpath(folder).iterdir(), key=lambda one: one.name):
        kind = TYPES.get("." + path.name.rpartition(".")[2])
        if kind is None or not path.is_file():
            continue
        shelf[path.name] = StaticFile(kind, path.read_bytes())
        sum_of_all.update(path.name.encode() + b"\0" + shelf[path.name].body)
    return StaticFiles(prefix, sum_of_all.hexdigest()[:_DIGITS], MappingProxyType(shelf))
