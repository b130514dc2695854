"""Recordings: texts that somebody has read aloud, kept with the mark of the words she read; stale when those change.

A recording is one file for one text or for several that stand after each other, all of them fixed: a text with a slot
or a plural is never recorded, so nothing personal can be in one. `audio.toml` beside the files says who read what.
The files lie in `locales/<tag>/audio/`, or in `<tag>/` of a folder that is the municipality's own and comes first.
"""

from __future__ import annotations

import json
import logging
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

from bot.audio import Container, Sound
from bot.catalogues import catalogue_of
from bot.proofreading import listener_of, people_keys
from bot.speech import Locale, locale, slots_in

TABLE = "audio.toml"
log = logging.getLogger(__name__)
_HEAD = "# Who has read what aloud, and the mark of the words as they were read. `bredvid locale record` writes this.\n"


class TableUnread(Exception):
    """A table of recordings is not as it should be; the sentence says which and where."""


@dataclass(frozen=True, slots=True)
class Recording:
    """One reading. `keys` are the texts in the order they are read; `listener` is '' where the text speaks to all."""

    keys: tuple[str, ...]
    file: str
    listener: str
    by: str
    on: date
    mark: str
    seconds: float
    folder: Path

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return self.folder / self.file

    @property
    def container(self) -> Container:
        """What the file is, by its name."""
        return Container(self.path.suffix.removeprefix("."))


@dataclass(frozen=True, slots=True)
class Heard:
    """How far a language can be heard, in texts: read aloud as they stand, read before they changed, not read yet."""

    recorded: int
    stale: int
    missing: int


def recordable(key: str, one: Locale) -> bool:
    """Whether the language has this text, and it is the same whoever reads it and whenever."""
    forms = catalogue_of(one.folder).forms.get(key, ())
    return len(forms) == 1 and not slots_in(forms[0])


def spoken_mark(keys: Sequence[str], one: Locale) -> str:
    """The mark of these texts as they are said in a language today."""
    forms = catalogue_of(one.folder).forms
    said = json.dumps([forms.get(key) for key in keys]).encode()
    return f"{one.tag}-{blake2b(said, digest_size=4).hexdigest()}"


@dataclass(frozen=True, slots=True)
class Recordings:
    """What the house can play. `own` is the municipality's own folder, with a folder for each language in it."""

    own: Path | None = None

    def folder(self, one: Locale) -> Path:
        """Where a new recording is kept."""
        return self.own / one.tag if self.own is not None else one.folder / "audio"

    def all_of(self, one: Locale) -> tuple[Recording, ...]:
        """Everything that was read in a language, the municipality's own first. Raises `TableUnread`."""
        folders = dict.fromkeys((self.folder(one), one.folder / "audio"))
        return tuple(recording for folder in folders for recording in _listed(folder))

    def fresh(self, one: Locale) -> tuple[Recording, ...]:
        """What may be played: read from the words as they stand, and the file is there.

        A table that cannot be read takes the sound away, not the page.
        """
        try:
            return tuple(recording for recording in self.all_of(one) if is_fresh(recording, one))
        except TableUnread as wrong:
            log.error("recordings: %s", wrong)
            return ()

    def of(self, keys: Sequence[str], one: Locale) -> tuple[Recording, ...]:
        """The recordings that together say exactly these texts in this order; none when one of them is missing.

        The longest reading that fits comes first: whoever reads a page in one go is heard in one go.
        """
        found: list[Recording] = []
        fresh, at = self.fresh(one), 0
        while at < len(keys):
            fits = [reading for reading in fresh if reading.keys == tuple(keys[at : at + len(reading.keys)])]
            if not fits:
                return ()
            longest = max(fits, key=lambda reading: len(reading.keys))
            found.append(longest)
            at += len(longest.keys)
        return tuple(found)

    def figures(self, one: Locale) -> Heard:
        """How far the language can be heard, over the texts that can be recorded at all."""
        whole = {key for key in people_keys() if recordable(key, one)}
        recorded = {key for recording in self.fresh(one) for key in recording.keys} & whole
        once = {key for recording in self.all_of(one) for key in recording.keys}
        return Heard(len(recorded), len(once - recorded), len(whole - recorded - once))

    def faults(self, one: Locale) -> Iterator[tuple[str, str]]:
        """What is to be read again or is missing: the file, and a sentence's end. Nothing of it is played."""
        for recording in self.all_of(one):
            if not recording.path.is_file():
                yield recording.file, "is in the table of recordings and not in the folder"
            elif not is_fresh(recording, one):
                yield recording.file, f"was read from other words than today's ({', '.join(recording.keys)})"

    def keep(self, sound: Sound, keys: tuple[str, ...], tag: str, *, by: str, on: date) -> Recording:
        """Store a reading in place of any other of the same texts. Raises `OSError` where it cannot be written."""
        one = locale(tag)
        folder, digest = self.folder(one), blake2b(sound.body, digest_size=4).hexdigest()
        named = listener_of(keys[0])
        new = Recording(keys, f"{keys[0]}-{digest}.{sound.container}", str(named or ""), by, on,
                        spoken_mark(keys, one), round(sound.seconds, 2), folder)  # fmt: skip
        before = _listed(folder)
        folder.mkdir(parents=True, exist_ok=True)
        new.path.write_bytes(sound.body)
        _write_table(folder, [*(old for old in before if old.keys != keys), new])
        for old in before:
            if old.keys == keys and old.file != new.file:
                old.path.unlink(missing_ok=True)
        return new


def is_fresh(recording: Recording, one: Locale) -> bool:
    """Whether the words are still the ones that were read, and there is a file."""
    fixed = all(recordable(key, one) for key in recording.keys)
    return fixed and recording.mark == spoken_mark(recording.keys, one) and recording.path.is_file()


def _listed(folder: Path) -> tuple[Recording, ...]:
    """The table of a folder, read anew when it has changed; nothing where there is none."""
    with suppress(FileNotFoundError, NotADirectoryError):
        return _read_table(folder, (folder / TABLE).stat().st_mtime_ns)
    return ()


@lru_cache(maxsize=128)
def _read_table(folder: Path, _: int) -> tuple[Recording, ...]:
    where = folder / TABLE
    try:
        rows = tomllib.loads(where.read_text(encoding="utf-8")).get("recording", [])
        return tuple(_row(row, folder) for row in rows)
    except OSError as wrong:
        raise TableUnread(f"{where} cannot be read: {wrong.strerror}.") from None
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        # `TOMLDecodeError` is a ValueError, and so is a name that leads out of the folder.
        raise TableUnread(f"{where} cannot be read: {wrong}.") from None


def _row(row: dict[str, object], folder: Path) -> Recording:
    keys, on = row["keys"], row["on"]
    if not isinstance(keys, list) or not keys or not isinstance(on, date):
        raise ValueError("a recording has a list of keys and a day")
    name = str(row["file"])
    if Path(name).name != name or Path(name).suffix.removeprefix(".") not in tuple(Container):
        raise ValueError(f"{name} is no name of a sound file in this folder")
    return Recording(tuple(map(str, keys)), name, str(row.get("listener", "")), str(row["by"]), on, str(row["mark"]),
                     float(str(row["seconds"])), folder)  # fmt: skip


def _write_table(folder: Path, recordings: Sequence[Recording]) -> None:
    """The whole table anew, in the order of the keys; put in place at once."""
    parts = [_HEAD]
    for one in sorted(recordings, key=lambda one: one.keys):
        # A JSON string is a TOML string too.
        parts.append(
            f"\n[[recording]]\nkeys = {json.dumps(list(one.keys))}\nfile = {json.dumps(one.file)}\n"
            f"listener = {json.dumps(one.listener)}\nby = {json.dumps(one.by, ensure_ascii=False)}\n"
            f"on = {one.on.isoformat()}\nmark = {json.dumps(one.mark)}\nseconds = {one.seconds}\n"
        )
    scratch = folder / f".{TABLE}.part"
    scratch.write_text("".join(parts), encoding="utf-8")
    scratch.replace(folder / TABLE)
