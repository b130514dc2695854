"""`bredvid locale`: how far each language is, its figures, who signed it, and its way to a translator and back."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.asking import Dir, Json, do, say, settings_of
from bot.locale_verbs import locale_check, locale_export, locale_import, locale_record, locale_report, locale_words
from bot.recordings import Recordings
from bot.speech import ZONE

languages = typer.Typer(no_args_is_help=True, help="The languages: how far they have come, and who signed them.")


@languages.command("check")
def locale_check_command(
    tag: Annotated[str | None, typer.Argument(help="A language; all of them when left out.")] = None,
    machine: Json = False,
) -> None:
    """What can be counted against the texts: gaps, slots, length, words never said, what is older than its source."""
    say(locale_check(tag, _recordings()), machine=machine)


@languages.command("report")
def locale_report_command(
    tag: Annotated[str | None, typer.Argument(help="A language; all of them when left out.")] = None,
    machine: Json = False,
) -> None:
    """The figures of every kind for every listener, the texts to look at, and the twenty heaviest of a language."""
    say(locale_report(tag), machine=machine)


@languages.command("words")
def locale_words_command(machine: Json = False) -> None:
    """Find which Swedish texts use which hard word, and keep the table that explains them beside a card."""
    say(locale_words(), machine=machine)


@languages.command("export")
def locale_export_command(
    tag: str,
    to: Annotated[Path, typer.Option("--to", help="A file whose name ends in .po or .csv.")],
    machine: Json = False,
) -> None:
    """Write a language's texts for a translator, each with its note, the Swedish and how it reads on its card."""
    say(locale_export(tag, to), machine=machine)


@languages.command("import")
def locale_import_command(
    tag: str,
    file: Path,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would come of it and keep nothing.")] = False,
    machine: Json = False,
) -> None:
    """Bring back what a translator wrote; one fault and nothing is kept. What changed is a draft until it is signed."""
    say(locale_import(tag, file, keep=not dry_run), machine=machine)


@languages.command("record")
def locale_record_command(
    tag: str,
    keys: Annotated[list[str], typer.Option("--key", help="A text; again for each that is read after it.")],
    file: Annotated[Path, typer.Option("--file", help="MP3, or Opus in Ogg.")],
    by: Annotated[str, typer.Option("--by", help="The name of whoever read it.")],
    machine: Json = False,
) -> None:
    """Keep a reading of one text, or of several in one go; a changed text makes it stale, and it is played no more."""
    today = datetime.now(ZONE).date()
    say(locale_record(tag, tuple(keys), file, _recordings(), by=by, on=today), machine=machine)


def _recordings() -> Recordings:
    return Recordings(settings_of(None).audio.dir)


@languages.command("stats")
def locale_stats_command(folder: Dir = None, machine: Json = False) -> None:
    """How far each language has come."""
    do("locale stats", {}, folder, machine=machine)


@languages.command("sign")
def locale_sign_command(
    tag: str,
    kind: Annotated[str, typer.Option("--kind", help="A kind, or 'all'.")],
    by: Annotated[str, typer.Option("--by", help="The name of whoever has read the texts.")],
    folder: Dir = None,
    machine: Json = False,
) -> None:
    """Sign a kind's texts in a language as they stand now; a changed text makes the signature stale."""
    do("locale sign", {"tag": tag, "kind": kind, "by": by}, folder, machine=machine)
