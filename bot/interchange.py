"""Texts out to translators and back: a PO or CSV file with what each text is for, and a check before anything is kept.

What goes out has for each text its key, who reads it, the note on its slots, where it stands, the Swedish words, the
words so far, and a preview: the whole Swedish card with made-up facts and this text marked, or, of what stands on no
card, the text between its neighbours. What comes back is measured by the language's own gates; one fault and nothing
of it is kept.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po, write_po

from bot.catalogues import Catalogue, catalogue_of
from bot.previewing import Stands, standing
from bot.proofreading import Fault, faults_of, listener_of, people_keys, stale_keys
from bot.speech import SOURCE, Locale, locale, source_mark

COLUMNS = ("key", "listener", "reader", "note", "slots", "where", "swedish", "words", "older", "preview")
# A text that counts has a line for each of its forms in one cell.
BETWEEN_FORMS = "\n---\n"
WIDTH = 110
RECKONED = ("=", "+", "@", "\t", "\r")


class Unreadable(Exception):
    """A file that came back is no PO and no CSV of ours; the text says where it stopped."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One text as a translator sees it."""

    key: str
    listener: str
    note: str
    swedish: tuple[str, ...]
    words: tuple[str, ...]
    older: bool
    stands: Stands


@dataclass(frozen=True, slots=True)
class Brought:
    """What came of a file: how many texts differ from those there are, and what is wrong with them."""

    changed: int
    faults: tuple[Fault, ...]


def sheets(tag: str) -> tuple[Sheet, ...]:
    """Every text of a language in the order of the Swedish files, said or not yet said."""
    mine, source = catalogue_of(locale(tag).folder).forms, catalogue_of(locale(SOURCE).folder)
    older, notes = stale_keys(tag), _notes()
    return tuple(
        Sheet(
            key,
            str(listener_of(key) or ""),
            notes.get(key, ""),
            forms,
            mine.get(key, ()),
            key in older,
            standing(key),
        )
        for key, forms in source.forms.items()
        if key in people_keys()
    )


def as_csv(tag: str) -> bytes:
    """The sheets as CSV, UTF-8 with a mark so that a spreadsheet knows."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for one in sheets(tag):
        stands, older = one.stands, "older" if one.older else ""
        writer.writerow((one.key, one.listener, stands.reader, one.note, stands.slots, stands.where,
                         BETWEEN_FORMS.join(one.swedish), BETWEEN_FORMS.join(one.words), older,
                         "\n".join(stands.preview)))  # fmt: skip
    return out.getvalue().encode("utf-8-sig")


def as_po(tag: str) -> bytes:
    """The sheets as one PO file: the Swedish and all else as comments, since our keys are no words."""
    book = Catalog(locale=locale(tag).cldr, charset="utf-8", fuzzy=False)
    for one in sheets(tag):
        counted = len(one.swedish) > 1
        many = one.words if len(one.words) == book.num_plurals else ("",) * book.num_plurals
        book.add(
            (one.key, one.key) if counted else one.key,
            many if counted else (one.words[0] if one.words else ""),
            auto_comments=list(_comments(one)),
        )
    out = io.BytesIO()
    write_po(out, book, width=WIDTH)
    return out.getvalue()


def _comments(one: Sheet) -> Iterator[str]:
    stands = one.stands
    for label, words in (
        ("", one.note), ("read by: ", stands.reader), ("slots: ", stands.slots), ("where: ", stands.where),
        *(("sv: ", form) for form in one.swedish), ("", "older than the Swedish" if one.older else ""),
    ):  # fmt: skip
        if words:
            yield f"{label}{words}"
    yield from (f"preview: {line}" for line in stands.preview)


def words_in(raw: bytes, *, name: str) -> dict[str, tuple[str, ...]]:
    """Key → forms of a file that came back. Raises `Unreadable`."""
    if name.endswith(".csv"):
        return dict(_csv_words(raw))
    if name.endswith(".po"):
        return dict(_po_words(raw))
    raise Unreadable("The file's name ends in .po or .csv.")


def bring_in(tag: str, words: Mapping[str, tuple[str, ...]], *, keep: bool) -> Brought:
    """Measure what came back, and keep it when nothing is wrong. Raises `OSError` when the folder cannot be written."""
    one, mine = locale(tag), catalogue_of(locale(tag).folder).forms
    changed = {key: forms for key, forms in words.items() if mine.get(key) != forms}
    faults = tuple(fault for key, forms in changed.items() for fault in _measured(key, forms, one))
    if keep and not faults:
        _keep(one, changed)
    return Brought(len(changed), faults)


def _measured(key: str, forms: tuple[str, ...], one: Locale) -> Iterator[Fault]:
    source = catalogue_of(locale(SOURCE).folder)
    if key not in source.forms:
        yield Fault(key, "is no text of ours")
        return
    if any(form.lstrip(" ").startswith(RECKONED) for form in forms):
        yield Fault(key, "begins with a sign that the next translator's spreadsheet would reckon with")
    file = source.files[key]
    yield from faults_of(key, Catalogue({key: forms}, lambda _: 0, {key: file}, {}), source, one)


def _keep(one: Locale, changed: Mapping[str, tuple[str, ...]]) -> None:
    """Write each file anew in which something changed; what is new lies in the file where the Swedish lies."""
    source = catalogue_of(locale(SOURCE).folder)
    by_file: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for key, forms in changed.items():
        by_file[source.files[key]][key] = forms
    for file, texts in by_file.items():
        path = one.folder / "LC_MESSAGES" / f"{file}.po"
        book = _book(path, one)
        for key, forms in texts.items():
            told, counted = book.get(key), len(source.forms[key]) > 1
            if told is None:
                told = book.add((key, key) if counted else key)
            told.string = forms if counted else forms[0]
            told.locations = [(source_mark(source.forms[key]), 0)]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{_head(one)}\n\n{_body(book)}", encoding="utf-8")


def _book(path: Path, one: Locale) -> Catalog:
    if path.exists():
        return read_po(io.BytesIO(path.read_bytes()), charset="utf-8")
    return Catalog(locale=one.cldr, charset="utf-8", fuzzy=False)


def _head(one: Locale) -> str:
    """The head of a language's files, as it stands: the library drops what it does not know, such as the review."""
    some = min((one.folder / "LC_MESSAGES").glob("*.po"))
    return some.read_text(encoding="utf-8").partition("\n\n")[0]


def _body(book: Catalog) -> str:
    out = io.BytesIO()
    write_po(out, book, width=WIDTH)
    return out.getvalue().decode().partition("\n\n")[2]


def _csv_words(raw: bytes) -> Iterator[tuple[str, tuple[str, ...]]]:
    try:
        rows = csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True)
        if rows.fieldnames is None or not {"key", "words"} <= set(rows.fieldnames):
            raise Unreadable("The first line of the CSV names its columns: key and words are needed.")
        for row in rows:
            if row["words"]:
                yield row["key"], tuple(row["words"].replace("\r\n", "\n").split(BETWEEN_FORMS))
    except (UnicodeDecodeError, csv.Error) as wrong:
        raise Unreadable(f"The CSV cannot be read: {wrong}.") from None


def _po_words(raw: bytes) -> Iterator[tuple[str, tuple[str, ...]]]:
    try:
        book = read_po(io.BytesIO(raw), charset="utf-8", abort_invalid=True)
    except (PoFileError, UnicodeDecodeError, ValueError) as wrong:
        raise Unreadable(f"The PO file cannot be read: {wrong}.") from None
    for message in book:
        key = message.id[0] if isinstance(message.id, tuple | list) else message.id
        said = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if key and all(said) and not message.fuzzy:
            yield key, tuple(str(form) for form in said)


@cache
def _notes() -> Mapping[str, str]:
    """What the Swedish files say about each text's slots."""
    found = {}
    for path in sorted((locale(SOURCE).folder / "LC_MESSAGES").glob("*.po")):
        for message in read_po(io.BytesIO(path.read_bytes()), charset="utf-8"):
            key = message.id[0] if isinstance(message.id, tuple | list) else message.id
            if key and message.auto_comments:
                found[key] = " ".join(message.auto_comments)
    return found
