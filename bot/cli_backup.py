"""`bredvid backup`: take one, look at one, put one back; what was taken away since stays taken away."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from bot import control
from bot.answering import OK, REFUSED, Answer
from bot.app import key_provider, open_store
from bot.asking import Dir, Json, do, say, settings_of
from bot.settings import Settings
from storage.backup import faults, put_back
from storage.keys import Keyring
from storage.replay import RESTORED

backups = typer.Typer(no_args_is_help=True, help="Copies of the store: take, look at, put back.")


@backups.command("create")
def create_command(
    to: Annotated[Path, typer.Option("--to", help="The folder that the new one's folder is made in.")],
    folder: Dir = None,
    machine: Json = False,
) -> None:
    """Copy the store as it lies, every word still sealed, while the house is open."""
    do("backup create", {"to": str(to.absolute())}, folder, machine=machine)


@backups.command("verify")
def verify_command(place: Path, folder: Dir = None, machine: Json = False) -> None:
    """Is a backup whole, and ours?"""
    found = faults(place, _mac_key(settings_of(folder)))
    body = {"ok": not found, "faults": list(found)}
    say(Answer(REFUSED if found else OK, body, "\n".join(found) or "Whole, and ours."), machine=machine)


@backups.command("restore")
def restore_command(
    place: Path,
    replace: Annotated[bool, typer.Option("--replace", help="Move the store that is there aside.")] = False,
    folder: Dir = None,
    machine: Json = False,
) -> None:
    """Put a backup in the store's place and replay the safety log. Nobody is served before that is done."""
    settings = settings_of(folder)
    if found := faults(place, _mac_key(settings)):
        say(Answer(REFUSED, {"ok": False, "faults": list(found)}, "\n".join(found)), machine=machine)
    settings.dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with control.holding(settings.dir) if settings.is_sqlite else nullcontext():
        aside = put_back(place, settings.database_url, RESTORED, replace=replace)
        # Opening it replays the log, or says why it cannot.
        store = open_store(settings, demo=_is_demo(settings))
        store.close()
    body = {"ok": True, "moved_aside": str(aside) if aside is not None else None}
    moved = f" What was there lies at {aside}." if aside is not None else ""
    sentence = "Restored, and the safety log replayed. Everybody signs in anew; `bredvid tasks` says what expired."
    say(Answer(OK, body, sentence + moved), machine=machine)


def _mac_key(settings: Settings) -> bytes:
    return Keyring(key_provider(settings, demo=_is_demo(settings)))["mac"]


def _is_demo(settings: Settings) -> bool:
    return settings.keys.provider is None and (settings.dir / "root.key").exists()
