"""How the command line has a verb carried out: asked of the process that serves, or here with the store opened."""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from bot import control
from bot.answering import OK, REFUSED, Answer
from bot.app import key_provider, open_store
from bot.settings import Settings, read_settings
from bot.verbs import VERBS, locale_stats_alone
from storage.vault import Store

Dir = Annotated[Path | None, typer.Option("--dir", help="The store's folder.")]
Json = Annotated[bool, typer.Option("--json", help="Answer for a machine.")]


def settings_of(folder: Path | None) -> Settings:
    """The settings, with the folder that was named on the command line."""
    return read_settings(dir=folder) if folder is not None else read_settings()


def do(verb: str, given: dict[str, Any], folder: Path | None, *, machine: bool) -> NoReturn:
    """Have a verb carried out and say what came of it."""
    say(answered(verb, given, folder), machine=machine)


def answered(verb: str, given: dict[str, Any], folder: Path | None) -> Answer:
    """Ask the process that serves this folder, or open the store here under the lock."""
    settings = settings_of(folder)
    given |= settings.told()
    if verb == "locale stats" and _has_no_store(settings):
        return locale_stats_alone(given)
    answer = control.ask(settings.dir, verb, given) if settings.is_sqlite else None
    return _here(settings, verb, given) if answer is None else answer


def _has_no_store(settings: Settings) -> bool:
    """Whether nobody has set one up here, as for a translator."""
    return settings.is_sqlite and settings.keys.provider is None and not (settings.dir / "store.db").exists()


def _here(settings: Settings, verb: str, given: dict[str, Any]) -> Answer:
    demo = settings.keys.provider is None and (settings.dir / "root.key").exists()
    if not demo:
        key_provider(settings, demo=False)
    with control.holding(settings.dir) if settings.is_sqlite else nullcontext():
        store = open_store(settings, demo=demo)
        try:
            return VERBS[verb](store, given)
        finally:
            store.close()


def tie_to_key(settings: Settings) -> None:
    """Write down in a database that is at head whose keys are its own; `WrongRoot` when others were written before.

    Without it the first process that opens the house would take any root for the right one.
    """
    if settings.keys.provider is not None:
        Store(settings.database_url, key_provider(settings, demo=False), safety=settings.safety_dir).close()


def say(answer: Answer, *, machine: bool) -> NoReturn:
    """Print an answer and end with its exit code."""
    if machine:
        said = json.loads(answer.text())
        body = {"ok": False, "say": answer.say} if said["body"] is None else said["body"]
        print(json.dumps(body, ensure_ascii=False, indent=1))
    elif answer.exit == OK:
        print(answer.say)
    else:
        print(answer.say, file=sys.stderr)
    raise typer.Exit(answer.exit)


def refuse(say: str) -> NoReturn:
    """Say why not, and end."""
    print(say, file=sys.stderr)
    raise SystemExit(REFUSED)
