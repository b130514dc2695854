"""Marked words, and every shape in which one may lie in a file or pass on a wire."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus


def shapes(word: str) -> Iterator[bytes]:
    """The ways a word may be written down: as it is, in both UTF-16, hex, JSON, an address, base64."""
    raw = word.encode()
    yield from (raw, raw.lower(), raw.upper(), word.encode("utf-16-le"), word.encode("utf-16-be"))
    yield from (raw.hex().encode(), raw.hex().upper().encode(), json.dumps(word)[1:-1].encode())
    yield from (quote(word).encode(), quote_plus(word).encode())
    # Base64 depends on where in a group of three the word begins. All letters that the word alone decides are looked
    # for: with fewer than eight, chance finds them in the sealed bytes of a long log.
    for n in range(3):
        known = base64.b64encode(b" " * n + raw)[-(-8 * n // 6) : 8 * (n + len(raw)) // 6]
        yield from (known, known.translate(bytes.maketrans(b"+/", b"-_")))


def found(content: bytes, words: Iterable[str]) -> list[str]:
    """The words that lie in it in any shape."""
    return [word for word in words if any(shape in content for shape in shapes(word))]


def sweep(folder: Path, words: Iterable[str]) -> dict[str, list[str]]:
    """The files under a folder in whose name or content a word lies, and which."""
    wanted = tuple(words)
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    hits = {str(path): found(path.read_bytes() + str(path).encode(), wanted) for path in files}
    return {path: words for path, words in hits.items() if words}
