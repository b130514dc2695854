"""A language's verbs that need no store: out to a translator, and back."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from bot.answering import OK, REFUSED, Answer
from bot.interchange import Unreadable, as_csv, as_po, bring_in, words_in
from bot.speech import locales

_FORMS = {".csv": as_csv, ".po": as_po}


def locale_export(tag: str, to: Path) -> Answer:
    """Write a language's texts into a file for a translator."""
    if (no := _unknown(tag)) is not None:
        return no
    if to.suffix not in _FORMS:
        return Answer(REFUSED, None, "The file's name ends in .po or .csv.")
    raw = _FORMS[to.suffix](tag)
    try:
        to.write_bytes(raw)
    except OSError as wrong:
        return Answer(REFUSED, None, f"{to} cannot be written: {wrong.strerror}.")
    return Answer(OK, {"tag": tag, "file": str(to), "bytes": len(raw)}, f"{tag} is in {to}.")


def locale_import(tag: str, file: Path, *, keep: bool) -> Answer:
    """Bring a translator's file in, or say what is wrong with it."""
    if (no := _unknown(tag)) is not None:
        return no
    try:
        brought = bring_in(tag, words_in(file.read_bytes(), name=file.name), keep=keep)
    except Unreadable as wrong:
        return Answer(REFUSED, None, str(wrong))
    except OSError as wrong:
        return Answer(REFUSED, None, f"{wrong.filename or file}: {wrong.strerror}.")
    body = {"tag": tag, "changed": brought.changed, "faults": [asdict(fault) for fault in brought.faults]}
    if brought.faults:
        lines = [f"{fault.at} {fault.say}." for fault in brought.faults]
        return Answer(REFUSED, body, "\n".join([*lines, "Nothing was kept."]))
    kept = "were kept, as drafts" if keep else "would be kept"
    return Answer(OK, body, f"{brought.changed} changed texts {kept}.")


def _unknown(tag: str) -> Answer | None:
    known = [one.tag for one in locales()]
    if tag in known:
        return None
    return Answer(REFUSED, None, f"There is no such language here. There are: {', '.join(known)}.")
