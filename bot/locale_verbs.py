"""A language's verbs that need no store: its texts and figures, out to a translator, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path

from bot.answering import OK, REFUSED, Answer
from bot.audio import LARGEST, LONGEST, Container, Unfit, read_sound
from bot.hard_words import TABLE, found, table_of
from bot.interchange import Unreadable, as_csv, as_po, bring_in, words_in
from bot.measuring import Measured, line_of, measured, measured_kind, worst
from bot.proofreading import people_keys, proofread, stale_keys, trial
from bot.recordings import Recordings, TableUnread, recordable
from bot.speech import locale, locales
from bot.story.keys import parts
from bot.story.shared import shared
from storage.kinds import KINDS
from storage.records import Listener

LARGEST_SHEET = 16 * 1024 * 1024
_FORMS = {".csv": as_csv, ".po": as_po}
_UNFIT: Mapping[Unfit, str] = {
    Unfit.EMPTY: "is empty",
    Unfit.TOO_LARGE: f"is larger than {LARGEST:,} bytes, which Telegram no longer shows as a voice message",
    Unfit.TOO_LONG: f"is longer than {LONGEST:.0f} seconds; read fewer texts at a time",
    Unfit.UNKNOWN: "is neither MP3 nor Opus in Ogg, whatever its name says",
    Unfit.NOT_OPUS: "is Ogg, but not with one stream of Opus in it",
    Unfit.CUT_OFF: "ends in the middle; it was cut off on its way",
    Unfit.SILENT: "has no sound in it",
}
_LATE_PLAYERS = " Telephones from Apple older than 2025 cannot play Opus in a page; an MP3 plays everywhere."


def locale_check(tag: str | None, recordings: Recordings) -> Answer:
    """What can be counted against one language's texts, net and recordings, or those of all. It needs no store."""
    if tag is not None and (no := _unknown(tag)) is not None:
        return no
    body, said = [], []
    for one in [spoken.tag for spoken in locales()] if tag is None else [tag]:
        faults, tried, older = proofread(one), trial(one), sorted(stale_keys(one))
        unheard = _unheard(one, recordings)
        body.append({"tag": one, "faults": [asdict(fault) for fault in faults], "net": asdict(tried), "older": older,
                     "recordings": [{"at": at, "say": say} for at, say in unheard]})  # fmt: skip
        said += [f"{one}: {fault.at} {fault.say}." for fault in faults]
        said += [f"{one}: {key} is older than the Swedish text." for key in older]
        said += [f"{one}: {at} {say}." for at, say in unheard]
        said += [f"{one}: the net missed “{words}”." for words in tried.missed]
        said += [f"{one}: the net fired on “{words}”." for words in tried.fired]
        caught, passed = tried.must_fire - len(tried.missed), tried.silent - len(tried.fired)
        said.append(
            f"{one}: {len(faults)} faults, {len(older)} older than the Swedish; the net caught {caught} of "
            f"{tried.must_fire} and let through {passed} of {tried.silent}."
        )
    return Answer(REFUSED if any(line["faults"] for line in body) else OK, body, "\n".join(said))


def locale_words() -> Answer:
    """Write which texts use which hard word, as the Swedish texts stand now."""
    words = found()
    TABLE.write_text(table_of(words), encoding="utf-8")
    body = [{"word": word, "texts": len(keys)} for word, keys in words.items()]
    return Answer(OK, body, "\n".join(f"{line['word']}: {line['texts']} texts" for line in body))


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
    """A kind's texts for one listener in one language, and what can be counted of them as they are read.

    To people also the words that its cards share with other kinds: whoever signs the kind signs those as well.
    """
    spoken = locale(tag)
    said = {key: spoken.template(key) for key in parts(KINDS[kind], listener)}
    lines = [f"{key}\n  {words}" for key, words in said.items()]
    with_others = [f"{key}\n  {spoken.template(key)}" for key in shared(KINDS[kind], listener)]
    figures = map(line_of, measured_kind(kind, listener, tag))
    return Answer(OK, said, "\n".join([*lines, *figures, "", "Shared with other kinds:", *with_others]))


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
        with file.open("rb") as opened:
            raw = opened.read(LARGEST_SHEET + 1)
        if len(raw) > LARGEST_SHEET:
            return Answer(REFUSED, None, f"{file} is larger than {LARGEST_SHEET // 1024 // 1024} MiB.")
        brought = bring_in(tag, words_in(raw, name=file.name), keep=keep)
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


def locale_record(tag: str, keys: tuple[str, ...], file: Path, recordings: Recordings, *, by: str, on: date) -> Answer:
    """Take a reading in: one file in which somebody says these texts, in this order, as they stand today."""
    if (no := _unknown(tag) or _not_to_be_read(tag, keys)) is not None:
        return no
    if not by.strip():
        return Answer(REFUSED, None, "A recording needs the name of whoever read it.")
    try:
        with file.open("rb") as opened:
            # One byte more than may be, so that a film is not read whole before it is refused.
            sound = read_sound(opened.read(LARGEST + 1))
        if isinstance(sound, Unfit):
            return Answer(REFUSED, None, f"{file} {_UNFIT[sound]}.")
        kept = recordings.keep(sound, keys, tag, by=by.strip(), on=on)
    except TableUnread as wrong:
        return Answer(REFUSED, None, str(wrong))
    except OSError as wrong:
        way = "" if recordings.own else " Name a folder of your own: BREDVID_AUDIO__DIR."
        return Answer(REFUSED, None, f"{wrong.filename or file}: {wrong.strerror}.{way}")
    body = {"tag": tag, "keys": list(keys), "file": str(kept.path), "seconds": kept.seconds, "mark": kept.mark}
    late = _LATE_PLAYERS if sound.container is Container.OGG else ""
    return Answer(OK, body, f"{kept.path}: {kept.seconds:.1f} seconds, read by {kept.by}.{late}")


def _not_to_be_read(tag: str, keys: tuple[str, ...]) -> Answer | None:
    one, known = locale(tag), people_keys()
    for key in keys:
        if key not in known or not one.speaks(key):
            return Answer(REFUSED, None, f"{tag} has no text {key} for people. `bredvid locale export` has them all.")
        if not recordable(key, one):
            say = f"{key} has a place for what differs (a name, a day, a number), so one reading cannot say it."
            return Answer(REFUSED, None, say)
    if len(set(keys)) != len(keys):
        return Answer(REFUSED, None, "A text is named twice.")
    return None


def _unheard(tag: str, recordings: Recordings) -> list[tuple[str, str]]:
    try:
        return list(recordings.faults(locale(tag)))
    except TableUnread as wrong:
        return [("audio.toml", str(wrong).rstrip("."))]


def _unknown(tag: str) -> Answer | None:
    known = [one.tag for one in locales()]
    if tag in known:
        return None
    return Answer(REFUSED, None, f"There is no such language here. There are: {', '.join(known)}.")
