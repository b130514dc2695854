"""From an empty console to a child who can read: the first day of a case."""

from __future__ import annotations

from tests.console.house import House
from tests.console.steps import dropped_case


async def test_an_empty_console_says_what_to_do(house: House) -> None:
    eva = await house.worker("Eva")
    page = await eva.get("/")
    assert page.has("Inget väntar just nu.", "Nytt ärende")


async def test_the_childs_part_opens_when_somebody_has_told(house: House) -> None:
    eva = await house.worker("Eva Lind")
    case, child, _, entry = await dropped_case(eva)
    address = f"/cases/{case}/entries/{entry}"

    page = await eva.get(address)
    assert page.has("Inte släppt än")
    fields = page.form("/release")
    assert fields["to"] == "child"
    page = await eva.post(f"{address}/release", fields)
    assert page.has("Väntar tills någon har berättat för barnet")

    start = await eva.get("/")
    assert start.has("Berätta för barnet innan det visas", "Moa", "BH 2026-14", f"{entry}#told")

    page = await eva.fill(address, "/told", how="in_person", understood="understood")
    assert page.has("Kan läsa nu", "Eva Lind", "Ansikte mot ansikte", "Verkade förstå")
    assert not (await eva.get("/")).has("Berätta för barnet innan det visas")
    assert child in page.text
