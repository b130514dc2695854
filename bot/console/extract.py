"""A lawful extract: asked for with a reason, approved by a manager, printed or saved; each time is in the log."""

from __future__ import annotations

import json
from collections.abc import Sequence

from aiohttp import web

from bot.console.errand import Errand
from bot.console.forms import LONG, Problem, Reading
from storage.commands import ApproveExtract, AskForExtract
from storage.consent import Withheld
from storage.extract import as_json
from storage.kinds import KINDS, fields_of
from storage.queries import CaseExtract, Extracts, Sheet
from storage.records import Role, StaffId


async def show_extract(errand: Errand) -> web.StreamResponse:
    """To whom something may go, what waits for a manager, and what is approved."""
    return await _draw(errand)


async def _draw(errand: Errand, problems: Sequence[Problem] = ()) -> web.StreamResponse:
    seen = await errand.ask(Sheet(errand.case), Extracts(errand.case))
    if isinstance(seen, Withheld):
        return errand.refuse(seen)
    return errand.page(
        "extract.html",
        status=422 if problems else 200,
        sheet=seen[0],
        ledger=seen[1],
        names={line.person: line.name for line in seen[0].parties},
        manager=errand.actor.role is Role.MANAGER,
        problems=problems,
    )


async def ask_extract(errand: Errand) -> web.StreamResponse:
    """Ask for it, with a reason."""
    reading = Reading(errand.typed)
    to, why = reading.words("receiver"), reading.words("why", limit=LONG)
    if reading.problems:
        return await _draw(errand, reading.problems)
    no = await errand.do(AskForExtract(errand.case, to, why))
    if no is not None:
        return await _draw(errand, errand.problem_of(no, AskForExtract, "receiver"))
    return errand.to_case("/extract", "extract_asked")


async def approve_extract(errand: Errand) -> web.StreamResponse:
    """A manager agrees."""
    deed = ApproveExtract(errand.case, StaffId(errand.typed.one("staff")), errand.typed.one("receiver"))
    no = await errand.do(deed)
    if no is not None:
        return await _draw(errand, errand.problem_of(no, ApproveExtract, "receiver"))
    return errand.to_case("/extract", "extract_approved")


async def print_extract(errand: Errand) -> web.StreamResponse:
    """The page to print."""
    seen = await errand.ask(CaseExtract(errand.case, errand.typed.one("receiver")))
    if isinstance(seen, Withheld):
        return errand.refuse(seen)
    fields = {kind: {one.name: one for one in fields_of(KINDS[kind])} for kind in {line.kind for line in seen[0].lines}}
    return errand.page("extract_print.html", extract=seen[0], fields=fields)


async def save_extract(errand: Errand) -> web.StreamResponse:
    """The file, for a machine; its name says nothing."""
    seen = await errand.ask(CaseExtract(errand.case, errand.typed.one("receiver")))
    if isinstance(seen, Withheld):
        return errand.refuse(seen)
    body = json.dumps(as_json(seen[0]), ensure_ascii=False, indent=1)
    head = {"Content-Disposition": 'attachment; filename="extract.json"'}
    return web.Response(text=body, content_type="application/json", headers=head)
