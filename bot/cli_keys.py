"""`bredvid keys`: how the keys stand, a new root, new wraps, new seals, shares on paper, and a culling by two."""

from __future__ import annotations

import base64
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from bot.answering import OK, Answer
from bot.app import key_provider
from bot.asking import Dir, Json, answered, do, refuse, say, settings_of
from bot.settings import KeySource, Settings
from storage.escrow import MANY, NEEDED, drill, keep_receipt, root_of, shares_of
from storage.keys import FileKeys, KeyMissing, RootedKeys, write_private

keys = typer.Typer(no_args_is_help=True, help="The keys: where they stand, new ones, shares on paper, culling.")
AT_A_TIME = 5.0


@keys.command("status")
def status_command(folder: Dir = None, machine: Json = False) -> None:
    """How many keys there are, and what is under way."""
    provider = settings_of(folder).keys.provider
    do("keys status", {"provider": provider}, folder, machine=machine)


@keys.command("rotate")
def rotate_command(folder: Dir = None, machine: Json = False) -> None:
    """A new root; every key is wrapped by it. Killed on the way, it goes on when asked again."""
    do("keys rotate", {}, folder, machine=machine)


@keys.command("rewrap")
def rewrap_command(
    month: Annotated[str | None, typer.Option("--month", help="Only this culling month, as 2046-03.")] = None,
    folder: Dir = None,
    machine: Json = False,
) -> None:
    """New month keys, and every data key wrapped by them. Older backups do not open any more."""
    _until_done("keys rewrap", {"month": month}, folder, machine=machine)


@keys.command("reseal")
def reseal_command(folder: Dir = None, machine: Json = False) -> None:
    """New data keys, and every row sealed anew under them."""
    _until_done("keys reseal", {}, folder, machine=machine)


@keys.command("cull")
def cull_command(
    month: Annotated[str, typer.Option("--month", help="The culling month, as 2026-03.")],
    reference: Annotated[str, typer.Option("--reference", help="The decision it is done under.")],
    folder: Dir = None,
    machine: Json = False,
) -> None:
    """Destroy a month's keys, when two people have agreed to it at the console under this reference."""
    do("keys cull", {"month": month, "reference": reference}, folder, machine=machine)


@keys.command("escrow")
def escrow_command(
    rehearse: Annotated[bool, typer.Option("--drill", help="Show that three of five work; print none.")] = False,
    folder: Dir = None,
    machine: Json = False,
) -> None:
    """Five shares of the root to be written down and kept by five people; any three give it back."""
    provider = _rooted(settings_of(folder))
    if rehearse:
        shown = drill(provider)
        sentence = (
            f"{NEEDED} of {MANY} shares gave the root in all {shown.three_gave_it} ways and opened {shown.keys_opened} "
            f"keys; two did not in any of {shown.two_did_not}."
        )
        say(Answer(OK, asdict(shown), sentence), machine=machine)
    shares = shares_of(provider.root())
    lines = [f"{number}  {share}" for number, share in enumerate(shares, 1)]
    print(f"{NEEDED} of these {MANY} give the root back. They are shown once.", file=sys.stderr)
    say(Answer(OK, {"needed": NEEDED, "shares": shares}, "\n".join(lines)), machine=machine)


@keys.command("recover")
def recover_command(
    shares: Annotated[Path | None, typer.Option("--shares", help="A file, a share a line; else read here.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Only say whether these give the root in use.")] = False,
    out: Annotated[Path | None, typer.Option("--out", help="Where to write the root; else BREDVID_KEYS__PATH.")] = None,
    folder: Dir = None,
    machine: Json = False,
) -> None:
    """Bring the root back from three shares."""
    settings = settings_of(folder)
    words = shares.read_text(encoding="utf-8") if shares is not None else sys.stdin.read()
    root = root_of(line.split()[-1] for line in words.splitlines() if line.strip())
    if check:
        opened = _rooted(settings).opened_by(root)
        keep_receipt(settings.dir, root, datetime.now(UTC).date())
        sentence = f"These shares give the root that opens all {opened} keys."
        say(Answer(OK, {"keys_opened": opened}, sentence), machine=machine)
    path = out or (settings.keys.path if settings.keys.provider is KeySource.FILE else None)
    if path is None:
        refuse("Say where to write the root: --out.")
    try:
        write_private(path, base64.b64encode(root))
    except FileExistsError:
        refuse(f"There is a root key at {path}. Nothing was written over it.")
    body: dict[str, Any] = {"path": str(path)}
    if settings.keys.provider is KeySource.FILE and path == settings.keys.path:
        body["keys_opened"] = FileKeys(path).opened_by(root)
    say(Answer(OK, body, f"The root lies at {path}."), machine=machine)


def _rooted(settings: Settings) -> RootedKeys:
    demo = settings.keys.provider is None and (settings.dir / "root.key").exists()
    provider = key_provider(settings, demo=demo)
    if not isinstance(provider, RootedKeys):
        raise KeyMissing("The root never leaves the key service. Keep that service's own shares instead.")
    return provider


def _until_done(verb: str, given: dict[str, Any], folder: Path | None, *, machine: bool) -> NoReturn:
    """Ask again and again, a few seconds at a time, and say how far it has come."""
    while True:
        answer = answered(verb, {**given, "seconds": AT_A_TIME}, folder)
        body = answer.body if isinstance(answer.body, dict) else {"finished": True}
        if body.get("finished", True):
            say(answer, machine=machine)
        print(f"{body['done']} of {body['total']}", file=sys.stderr, flush=True)
