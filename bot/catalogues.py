"""Catalogues: the texts of each language as its PO files have them, kept close together and looked up by key.

Seventeen languages say about the same keys. So a key is numbered once for all of them, and what a language says lies
in one stretch of bytes; a text becomes a string when it is asked for.
"""

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from gettext import c2py
from itertools import count
from pathlib import Path
from typing import NamedTuple, TypeVar

from babel.messages.pofile import denormalize, read_po

T = TypeVar("T")
MARK = "sv-"
_BETWEEN = "\x1f"
_NOT_HERE = 0xFFFF_FFFF
_STRING = r'(?:"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"\n)++'
_FORM = re.compile(rf"msgstr\[\d\] ({_STRING})")
# A message as the library writes it: what is noted, the key, and the words, of which there may be several forms.
_MESSAGE = re.compile(
    rf"((?:#[^\n]*\n)*+)msgid ({_STRING})"
    rf"(?:msgstr ({_STRING})|msgid_plural {_STRING}((?:msgstr\[\d\] {_STRING})++))\n*+"
)
_MADE_FROM = re.compile(rf"#: ({MARK}[0-9a-f]+)\n")
_RULE = re.compile(r"^Plural-Forms:.*\bplural=([^;]+)", re.MULTILINE)
_numbers: dict[str, int] = {}
_next = count()


class CatalogueError(LookupError):
    """Two files of a language say the same key. It names keys only."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The messages of one locale: key → its forms (one, or one for each plural), and how a number picks a form.

    `files` tells in which file a key lies; `made_from` the mark of the Swedish words that a translation was made from.
    """

    forms: Mapping[str, tuple[str, ...]]
    plural: Callable[[int], int]
    files: Mapping[str, str]
    made_from: Mapping[str, str]


class _Message(NamedTuple):
    """One message of a file; `made_from` is '' where nothing says it."""

    key: str
    forms: tuple[str, ...]
    counted: bool
    made_from: str


def _number(key: str) -> int:
    """The number of a key, the same in every language; two threads that give one at once never give the same."""
    found = _numbers.get(key)
    return _numbers.setdefault(key, next(_next)) if found is None else found


class _Packed:
    """The lines of one language, each a few words under a key: one stretch of bytes, and where each line lies in it."""

    __slots__ = ("_bytes", "_ends", "_keys", "_starts")

    def __init__(self, lines: Mapping[str, tuple[str, ...]]) -> None:
        """The lines in their order."""
        self._keys = tuple(map(sys.intern, lines))
        numbers = tuple(map(_number, self._keys))
        self._starts = array("I", [_NOT_HERE]) * (max(numbers, default=-1) + 1)
        self._ends = array("I", self._starts)
        whole = bytearray()
        for number, line in zip(numbers, lines.values(), strict=True):
            self._starts[number] = len(whole)
            whole += _BETWEEN.join(line).encode()
            self._ends[number] = len(whole)
        self._bytes = bytes(whole)

    def line(self, key: str) -> tuple[str, ...] | None:
        """The words under a key; None when there are none."""
        number = _numbers.get(key, _NOT_HERE)
        if number >= len(self._starts) or (start := self._starts[number]) == _NOT_HERE:
            return None
        return tuple(self._bytes[start : self._ends[number]].decode().split(_BETWEEN))

    def __iter__(self) -> Iterator[str]:
        """Every key in its order."""
        return iter(self._keys)


class _Column(Mapping[str, T]):
    """One thing of each line of a language. `read` takes it out of a line; None: this line lacks it."""

    __slots__ = ("_packed", "_read")

    def __init__(self, packed: _Packed, read: Callable[[tuple[str, ...]], T | None]) -> None:
        """Of these lines."""
        self._packed, self._read = packed, read

    def __getitem__(self, key: str) -> T:
        """What the line under a key has; `KeyError` when there is none."""
        line = self._packed.line(key)
        found = None if line is None else self._read(line)
        if found is None:
            raise KeyError(key)
        return found

    def __iter__(self) -> Iterator[str]:
        """The keys of the lines that have it, in their order."""
        return (key for key in self._packed if key in self)

    def __len__(self) -> int:
        """How many lines have it."""
        return sum(1 for _ in self)


def read_catalogue(folder: Path) -> Catalogue:
    """All PO files of one locale as one. Raises `CatalogueError` when two files say the same key."""
    lines: dict[str, tuple[str, ...]] = {}
    plural: Callable[[int], int] = c2py("n != 1")
    for path in sorted((folder / "LC_MESSAGES").glob("*.po")):
        rule, messages = read_file(path)
        for message in messages:
            if message.counted:
                # Only a file that counts has a say: the rule in the head of another one was never put to use.
                plural = c2py(rule)
            if message.key in lines:
                raise CatalogueError(f"{message.key} is in two files of {folder.name}")
            lines[message.key] = (path.stem, message.made_from, *message.forms)
    packed = _Packed(lines)
    return Catalogue(
        _Column(packed, lambda line: line[2:]),
        plural,
        _Column(packed, lambda line: line[0]),
        _Column(packed, lambda line: line[1] or None),
    )


def catalogue_of(folder: Path) -> Catalogue:
    """The catalogue of a locale's folder, read at first use."""
    return _catalogue_at(str(folder))


@lru_cache(maxsize=64)
def _catalogue_at(folder: str) -> Catalogue:
    return read_catalogue(Path(folder))


# --- one file ---------------------------------------------------------------------------------------------------------


def read_file(path: Path) -> tuple[str, list[_Message]]:
    """The rule of plurals in a file's head, and its messages that have words. Babel raises when it is no PO file.

    Our files are as Babel writes them, and are read here three times as fast; one that is not, Babel reads.
    """
    text = path.read_text(encoding="utf-8")
    found = _as_written(text)
    return _as_babel_reads(path) if found is None else found


def _as_written(text: str) -> tuple[str, list[_Message]] | None:
    messages, rule, at = [], "", 0
    while at < len(text):
        found = _MESSAGE.match(text, at)
        if found is None:
            return None
        at = found.end()
        notes, key, words, several = found.groups()
        key = _said(key)
        forms = (_said(words),) if words is not None else tuple(map(_said, _FORM.findall(several)))
        if not key:
            said = _RULE.search(forms[0])
            rule = said.group(1) if said is not None else ""
        elif all(forms) and not ("#," in notes and "fuzzy" in notes):
            marks = _MADE_FROM.findall(notes) if MARK in notes else ()
            messages.append(_Message(key, forms, words is None, marks[-1] if marks else ""))
    return None if not rule and any(one.counted for one in messages) else (rule, messages)


def _said(raw: str) -> str:
    """What a string of one line or several says."""
    return raw[1:-2] if "\\" not in raw and raw.count("\n") == 1 else denormalize(raw)


def _as_babel_reads(path: Path) -> tuple[str, list[_Message]]:
    with path.open("rb") as file:
        book = read_po(file, charset="utf-8", abort_invalid=True)
    messages = []
    for one in book:
        key = one.id[0] if isinstance(one.id, tuple | list) else one.id
        said = one.string if isinstance(one.string, tuple | list) else (one.string,)
        if key and all(said) and not one.fuzzy:
            marks = [mark for mark, _ in one.locations if mark.startswith(MARK)]
            messages.append(_Message(key, tuple(map(str, said)), one.pluralizable, marks[-1] if marks else ""))
    return book.plural_expr, messages
