"""A worker hands out what may go of a case, when a manager has agreed: a page to print, and a file."""

from __future__ import annotations

import json

from storage.grounds import GROUNDS
from storage.records import Role
from tests.console.house import House
from tests.console.steps import dropped_case

POLICE = "Polisen i Norr"


async def test_asked_for_approved_printed_and_saved(house: House) -> None:
    eva, ulla = await house.worker("Eva"), await house.worker("Ulla", role=Role.MANAGER)
    case, *_ = await dropped_case(eva)
    path = f"/cases/{case}/extract"
    assert (await eva.get(path)).has("Ingen bestämmelse gäller för någon mottagare.")
    page = await eva.fill(f"/cases/{case}/decisions", "/exception", exception_other=POLICE, exception_ground=GROUNDS[2],
                          decided_by="Eva", reference="beslut 7")  # fmt: skip
    assert page.status == 200, page.problems
    assert (await eva.fill(path, "/ask", receiver=POLICE, why="")).problems == ["why"]
    page = await eva.fill(path, "/ask", receiver=POLICE, why="Begäran 14.")
    assert page.has("En chef har fått frågan.", "En annan chef behöver godkänna.")
    assert (await ulla.get("/")).has('data-duty="s1"', f"{path}#extract")
    assert (await ulla.fill(path, "/approve")).has("Utdraget är godkänt.")
    page = await eva.fill(path, "/page")
    assert page.status == 200
    assert page.has("Utdrag ur", POLICE, "Begäran 14.", "Moa", "Händelser som inte lämnas ut: 1.")
    assert page.has("Handlar om", "Född", "Lämnas ut av")
    assert not any(page.has(words) for words in ("Sara", "Handlar också om", "Vem berättade"))
    page = await eva.fill(path, "/file")
    saved = json.loads(page.text)
    assert (saved["bredvid"], saved["to"], saved["why"]) == ("extract/1", POLICE, "Begäran 14.")
    assert (await ulla.get(path)).status == 200
    bo = await house.worker("Bo")
    fields = {"stamp": (await bo.get(path)).form("/ask")["stamp"], "receiver": POLICE}
    assert (await bo.post(f"{path}/file", fields)).status == 403
