"""What a worker does on her way through a case, as the tests tell it."""

from __future__ import annotations

from tests.console.house import HEX, Page, Worker


async def open_case(worker: Worker, ref: str = "BH 2026-14") -> str:
    page = await worker.fill("/cases/new", ref=ref)
    return page.find(rf"/cases/({HEX})")


async def enrol(worker: Worker, case: str, kind: str, name: str, **more: str) -> str:
    page = await worker.fill(f"/cases/{case}/people/new", kind=kind, name=name, **more)
    assert page.status == 200, page.problems
    assert "/people/" in page.path, page.problems
    return page.path.rpartition("/")[2].partition("?")[0]


async def adult(worker: Worker, case: str, label: str, role: str, authority: str) -> str:
    page = await worker.fill(f"/cases/{case}/adults", "/adults", f"/cases/{case}/adults", label=label, role=role,
                             authority=authority)  # fmt: skip
    assert page.status == 200, page.problems
    return page.find(rf'/adults/({HEX})">{label}')


async def decide_contact(worker: Worker, case: str, **more: str) -> Page:
    typed = {"why": "Hon frågar själv.", "maturity": "Nio år, förstår.", "guardians_may_know": "yes", "embargo": "none"}
    page = await worker.fill(f"/cases/{case}/decisions", "/contact", **{**typed, **more})
    assert page.status == 200, page.problems
    return page


async def write_entry(worker: Worker, case: str, kind: str, **typed: str) -> tuple[str, Page]:
    page = await worker.fill(f"/cases/{case}/entries/new/{kind}", do="save", **typed)
    assert page.status == 200, page.problems
    return page.path.rpartition("/")[2].partition("?")[0], page


async def dropped_case(worker: Worker) -> tuple[str, str, str, str]:
    """A case with a child, her mother and a dropped charge decision: case, child, mother, entry."""
    case = await open_case(worker)
    child = await enrol(worker, case, "child", "Moa", born="2017-03-05")
    mother = await enrol(worker, case, "guardian", "Sara", status="none")
    await decide_contact(worker, case)
    anneli = await adult(worker, case, "Anneli", "prosecutor", "prosecutor")
    entry, _ = await write_entry(
        worker, case, "charge_decision", state="happened", on="2026-11-20", f_by=anneli, f_outcome="dropped",
        f_whom="maternal_grandfather", f_offence="assault", f_reason="evidence_not_enough",
    )  # fmt: skip
    return case, child, mother, entry
