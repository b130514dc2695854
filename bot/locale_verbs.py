"""A language's verbs that need no store: its texts and figures, out to a translator, and back."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from bot.answering import OK, REFUSED, Answer
from bot.interchange import Unreadable, as_csv, as_po, bring_in, words_in
from bot.measuring import Measured, line_of, measured, measured_kind, worst
from bot.proofreading import proofread, stale_keys, trial
from bot.speech import locale, locales
from bot.story.keys import parts
from storage.kinds import KINDS
from storage.records import Listener

_FORMS = {".csv": as_csv, ".po": as_po}


def locale_check(tag: str | None) -> Answer:
    """What can be counted against one language's texts and net, or against those of all. It needs no store."""
    if tag is not None and (no := _unknown(tag)) is not None:
        return no
    body, said = [], []
    for one in [spoken.tag for spoken in locales()] if tag is None else [tag]:
        faults, tried, older = proofread(one), trial(one), sorted(stale_keys(one))
        body.append({"tag": one, "faults": [asdict(fault) for fault in faults], "net": asdict(tried), "older": older})
        said += [f"{one}: {fault.at} {fault.say}." for fault in faults]
        said += [f"{one}: {key} is older than the Swedish text." for key in older]
        said += [f"{one}: the net missed “{words}”." for words in tried.missed]
        said += [f"{one}: the net fired on “{words}”." for words in tried.fired]
        caught, passed = tried.must_fire - len(tried.missed), tried.silent - len(tried.fired)
        said.append(
            f"{one}: {len(faults)} faults, {len(older)} older than the Swedish; the net caught {caught} of "
            f"{tried.must_fire} and let through {passed} of {tried.silent}."
        )
    return Answer(REFUSED if any(line["faults"] for line in body) else OK, body, "\n".join(said))


def locale_report(tag: str | None) -> Answer:
    """The figures of every kind for every listener, in one language or in all; those to look at, and the heaviest."""
    if tag is not None and (no := _unknown(tag)) is not None:
        return no
    body, said = [], []
    for one in [spoken.tag for spoken in locales()] if tag is None else [tag]:
        texts = measured(one)
        listed, heaviest = [text for text in texts if text.listed], worst(texts)
        body.append({
            "tag": one, "texts": [_row(text) for text in texts],
            "listed": [text.name for text in listed], "worst": [text.name for text in heaviest],
        })  # fmt: skip
        said += [line_of(text) for text in texts]
        said += [f"{one}: look at {text.name}: {_why(text)}." for text in listed]
        said += [f"{one}: heaviest {place}: {text.name}." for place, text in enumerate(heaviest, start=1)]
        said.append(f"{one}: {len(texts)} measured, {len(listed)} texts to look at.")
    return Answer(OK, body, "\n".join(said))


def story_texts(kind: str, listener: Listener, tag: str) -> Answer:
    """A kind's texts for one listener in one language, and what can be counted of them as they are read."""
    spoken = locale(tag)
    said = {key: spoken.template(key) for key in parts(KINDS[kind], listener)}
    lines = [f"{key}\n  {words}" for key, words in said.items()]
    return Answer(OK, said, "\n".join([*lines, *map(line_of, measured_kind(kind, listener, tag))]))


def _row(text: Measured) -> dict[str, object]:
    head = {"name": text.name, "kind": text.kind, "outcome": text.outcome, "listener": str(text.listener)}
    return {**head, "limit": text.limit, **asdict(text.figures)}


def _why(text: Measured) -> str:
    return "five sentences under four words in a row" if text.figures.choppy else "no connective"


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
