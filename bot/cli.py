"""The `bredvid` command: serve, demo, and the verbs of whoever runs the house. Exit 0 done, 1 refused, 2 misused."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError

from bot import control
from bot.app import NotSet, demo, serve
from bot.asking import Dir, Json, tie_to_key
from bot.asking import do as _do
from bot.asking import refuse as _refuse
from bot.asking import say as _say
from bot.asking import settings_of as _settings
from bot.cli_backup import backups, restore_command
from bot.cli_keys import keys
from bot.cli_languages import languages
from bot.flowmap import flow_map
from bot.locale_verbs import story_texts
from bot.settings import Db, Keys, Ops, SecretUnread, Web, read_settings
from bot.speech import locales
from bot.unseen import keep_out_of_files
from bot.verbs import LARGEST, OK, Answer, kinds_table
from storage.backup import NoBackup
from storage.escrow import BadShare, NoReceipt
from storage.keys import KeyMissing, KeysAway, WrongRoot
from storage.records import Listener
from storage.replay import NotReplayed
from storage.safety import SafetyBroken
from storage.schema.shape import case_schema
from storage.vault import NotAtHead, Unreachable, bring_to_head

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
imports = typer.Typer(no_args_is_help=True, help="Bring a case in.")
staff = typer.Typer(no_args_is_help=True, help="Let people in who work here, and out again.")
audit = typer.Typer(no_args_is_help=True, help="The log of who read what.")
for name, group in (
    ("import", imports),
    ("staff", staff),
    ("locale", languages),
    ("audit", audit),
    ("keys", keys),
    ("backup", backups),
):
    app.add_typer(group, name=name)
app.command("restore", help="As `backup restore`: the same deed by the name one looks for.")(restore_command)

KEYS_WRONG = (KeyMissing, WrongRoot, KeysAway, BadShare, NoReceipt)
COPY_WRONG = (NoBackup, NotReplayed, SafetyBroken)


def main() -> None:
    """Run the command; expected refusals are one sentence and exit 1."""
    # Whatever is written here is its owner's alone, also in a folder that was there before.
    os.umask(0o077)
    keep_out_of_files()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        app()
    except (NotSet, SecretUnread, NotAtHead, Unreachable, *KEYS_WRONG, *COPY_WRONG, control.Busy) as refusal:
        _refuse(str(refusal))
    except OSError as wrong:
        # A folder that cannot be made, a port that is taken.
        about = f"{wrong.filename}: " if wrong.filename else ""
        _refuse(f"{about}{wrong.strerror or wrong}.")
    except SettingsError as wrong:
        _refuse(f"A setting cannot be read: {wrong}.")
    except ValidationError as wrong:
        first = wrong.errors(include_input=False, include_url=False)[0]
        setting, why = "__".join(map(str, first["loc"])).upper(), first["msg"].removeprefix("Value error, ")
        _refuse(f"The setting {setting} will not do: {why}.")


@app.command("serve")
def serve_command(folder: Dir = None) -> None:
    """Run the house: web chat, console, sender and ticks."""
    asyncio.run(serve(_settings(folder)))


@app.command("demo")
def demo_command(
    port: Annotated[int, typer.Option("--port", min=1, max=65533)] = 8080,
    folder: Annotated[Path, typer.Option("--dir", help="Where the demo's store lies.")] = Path("var/demo"),
    facts: Annotated[Path | None, typer.Option("--json", help="Write addresses and people here.")] = None,
    clock: Annotated[Path | None, typer.Option("--clock", help="A file with the demo's instant.")] = None,
) -> None:
    """Try the house with invented people. Nothing leaves this machine."""
    here = f"127.0.0.1:{port}"
    settings = read_settings(
        dir=folder,
        db=Db(),
        web=Web(bind=here, public_url=f"http://{here}"),
        ops=Ops(bind=f"127.0.0.1:{port + 1}"),
        keys=Keys(path=folder / "root.key"),
    )
    asyncio.run(demo(settings, clock_file=clock, facts_file=facts))


@app.command("migrate")
def migrate_command(folder: Dir = None) -> None:
    """Bring the database's tables to what this program needs, and tie them to the root key that the settings name."""
    settings = _settings(folder)
    settings.dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    if settings.is_sqlite:
        with control.holding(settings.dir):
            bring_to_head(settings.database_url)
            tie_to_key(settings)
    else:
        bring_to_head(settings.database_url)
        tie_to_key(settings)
    print("The database is at head.")


@app.command("check")
def check_command(folder: Dir = None, machine: Json = False) -> None:
    """Say whether the house is sound: database, keys, chains."""
    _do("check", {}, folder, machine=machine)


@imports.callback(invoke_without_command=True)
def import_group(
    ctx: typer.Context, schema: Annotated[bool, typer.Option("--schema", help="Print the form as JSON Schema.")] = False
) -> None:
    """Bring a case in."""
    if schema:
        print(json.dumps(case_schema(), indent=1))
        raise typer.Exit(OK)
    if ctx.invoked_subcommand is None:
        print(ctx.get_help())
        raise typer.Exit(2)


@imports.command("case")
def import_case_command(
    file: Path,
    folder: Dir = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be wrong, and change nothing.")] = False,
    machine: Json = False,
) -> None:
    """Bring one `case/1` file in; the same refs again change nothing."""
    try:
        with file.open("rb") as opened:
            raw = opened.read(LARGEST + 1)
    except OSError as wrong:
        _refuse(f"{file} cannot be read: {wrong.strerror}.")
    if len(raw) > LARGEST:
        _refuse(control.TOO_LONG.say)
    words = raw.decode("utf-8", errors="surrogateescape")
    _do("import case", {"raw": words, "dry_run": dry_run}, folder, machine=machine)


@staff.command("add")
def staff_add_command(
    name: Annotated[str, typer.Option("--name")],
    unit: Annotated[str, typer.Option("--unit")],
    function: Annotated[str, typer.Option("--function", help="What children are told she is.")] = "handläggare",
    side: Annotated[str, typer.Option("--side", help="barnahus or aid")] = "barnahus",
    role: Annotated[str, typer.Option("--role", help="case_worker, coordinator or manager")] = "case_worker",
    oidc_sub: Annotated[
        str | None, typer.Option("--oidc-sub", help="Her subject at the provider; then no link is needed.")
    ] = None,
    folder: Dir = None,
    machine: Json = False,
) -> None:
    """Let somebody in who works here; prints a link that works once, with which she ties a way to sign in."""
    given = {"name": name, "unit": unit, "function": function, "side": side, "role": role, "oidc_sub": oidc_sub}
    _do("staff add", given, folder, machine=machine)


@staff.command("link")
def staff_link_command(staff_id: str, folder: Dir = None, machine: Json = False) -> None:
    """A new sign-in link for somebody who already works here."""
    _do("staff link", {"staff": staff_id}, folder, machine=machine)


@staff.command("list")
def staff_list_command(folder: Dir = None, machine: Json = False) -> None:
    """Everybody who works here or has: id, name, unit, role, and how they come in."""
    _do("staff list", {}, folder, machine=machine)


@staff.command("tie")
def staff_tie_command(
    who: Annotated[str, typer.Argument(help="An id or a whole name.")],
    oidc_sub: Annotated[str, typer.Option("--oidc-sub", help="Her subject at the provider.")],
    folder: Dir = None,
    machine: Json = False,
) -> None:
    """Tie an account of the municipality's sign-in to somebody who works here."""
    _do("staff tie", {"staff": who, "oidc_sub": oidc_sub}, folder, machine=machine)


@staff.command("end")
@staff.command("dismiss", hidden=True)
def staff_end_command(
    who: Annotated[str, typer.Argument(help="An id or a whole name.")], folder: Dir = None, machine: Json = False
) -> None:
    """Out at once: every session ends at its next request, and no way in works any more."""
    _do("staff end", {"staff": who}, folder, machine=machine)


@app.command("invite")
def invite_command(
    case: Annotated[str, typer.Option("--case", help="The case's id.")],
    person: Annotated[str, typer.Option("--person", help="The person's id.")],
    letter: Annotated[
        bool, typer.Option("--letter", help="Sent by letter: it lives for three days, not fifteen minutes.")
    ] = False,
    folder: Dir = None,
    machine: Json = False,
) -> None:
    """Let a person of a case in; prints an address and a spoken code, which work once."""
    _do("invite", {"case": case, "person": person, "letter": letter}, folder, machine=machine)


@app.command("explain")
def explain_command(
    person: Annotated[str, typer.Option("--as")], see: Annotated[str, typer.Option("--see")],
    channel: Annotated[str, typer.Option("--channel", help="web or telegram")] = "web",
    folder: Dir = None, machine: Json = False,
) -> None:  # fmt: skip
    """Would this person's key open this entry, and why? Names the rule of the policy."""
    _do("explain", {"as": person, "see": see, "channel": channel}, folder, machine=machine)


@app.command("outbox")
def outbox_command(folder: Dir = None, machine: Json = False) -> None:
    """What is to be sent and what became of it: ids, states, instants, reasons."""
    _do("outbox", {}, folder, machine=machine)


@app.command("inbox")
def inbox_command(folder: Dir = None, machine: Json = False) -> None:
    """What came in."""
    _do("inbox", {}, folder, machine=machine)


@app.command("tasks")
def tasks_command(folder: Dir = None, machine: Json = False) -> None:
    """The open work rows."""
    _do("tasks", {}, folder, machine=machine)


@audit.command("verify")
def audit_verify_command(
    known: Annotated[
        Path | None, typer.Option("--known", help="An earlier answer with --json: what it names is left out.")
    ] = None,
    folder: Dir = None,
    machine: Json = False,
) -> None:
    """Does every chain of visits hold, and what the anchors say of visits, rules and texts?"""
    _do("audit verify", {"known": _faults_in(known) if known else []}, folder, machine=machine)


def _faults_in(file: Path) -> list[dict[str, Any]]:
    try:
        told = json.loads(file.read_bytes())["broken"]
        return [{"chain": str(one["chain"]), "seq": int(one["seq"]), "what": str(one["what"])} for one in told]
    except (ValueError, KeyError, TypeError, RecursionError):
        _refuse(f"{file} is no answer of `bredvid audit verify --json`.")


@audit.command("export")
def audit_export_command(
    by: Annotated[str, typer.Option("--by", help="The name of whoever reads.")],
    since: Annotated[str | None, typer.Option("--since", help="A day; thirty days ago when left out.")] = None,
    until: Annotated[str | None, typer.Option("--until", help="A day, itself left out.")] = None,
    folder: Dir = None,
    machine: Json = False,
) -> None:
    """Who read what, when and why, one visit a line; what was read is not in it. Reading the log is a visit too."""
    _do("audit export", {"by": by, "since": since, "until": until}, folder, machine=machine)


@audit.command("report")
def audit_report_command(
    by: Annotated[str, typer.Option("--by", help="The name of whoever reviews.")],
    since: Annotated[str | None, typer.Option("--since", help="A day; thirty days ago when left out.")] = None,
    until: Annotated[str | None, typer.Option("--until", help="A day, itself left out.")] = None,
    baits: Annotated[list[str] | None, typer.Option("--bait", help="A case that nobody has an errand in.")] = None,
    found: Annotated[
        str, typer.Option("--found", help="What was found, or that it was nothing: keeps the review as done.")
    ] = "",
    folder: Dir = None,
    machine: Json = False,
) -> None:
    """The recurring review: far more than others, out of hours, one's own name, a bait, turned away."""
    given = {"by": by, "since": since, "until": until, "baits": baits or [], "found": found}
    _do("audit report", given, folder, machine=machine)


@audit.command("bait")
def audit_bait_command(
    case: Annotated[str, typer.Argument(help="The id of a case that nobody has an errand in.")],
    by: Annotated[str, typer.Option("--by", help="The name of whoever lays or lifts it.")],
    seen_by: Annotated[str, typer.Option("--seen-by", help="The name of whoever stands beside.")],
    lift: Annotated[bool, typer.Option("--lift", help="It is a bait no longer.")] = False,
    folder: Dir = None,
    machine: Json = False,
) -> None:
    """Lay a case as a bait: whoever of the staff opens it is a task for the managers, and a question at each review."""
    _do("audit bait", {"case": case, "by": by, "seen_by": seen_by, "lift": lift}, folder, machine=machine)


@app.command("story")
def story_command(
    kind: Annotated[str | None, typer.Argument()] = None,
    listener: Annotated[str, typer.Option("--as", help="u7, 7-12, 13-17, grown, guardian, representative")] = "7-12",
    tag: Annotated[str, typer.Option("--locale")] = "sv",
    kinds: Annotated[bool, typer.Option("--kinds", help="Every kind with its listeners and parts.")] = False,
    machine: Json = False,
) -> None:
    """Print a kind's texts for one listener with their figures, or the table of kinds."""
    table = kinds_table()
    if kinds or kind is None:
        _say(Answer(OK, table, "\n".join(line["kind"] for line in table)), machine=machine)
    known = {line["kind"]: line for line in table}
    if kind not in known or listener not in tuple(Listener):
        _refuse(f"The kinds are {', '.join(known)}; the listeners are {', '.join(Listener)}.")
    if tag not in {one.tag for one in locales()}:
        _refuse("There is no such language here.")
    _say(story_texts(kind, Listener(listener), tag), machine=machine)


@app.command("map")
def map_command(machine: Json = False) -> None:
    """Which screen reads what, for which purpose: the record of processing."""
    lines = flow_map()
    _say(Answer(OK, lines, "\n".join("  ".join(line.values()) for line in lines)), machine=machine)
