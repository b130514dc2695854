"""Culling at the console: what stands in the way is named, and two agree, each signed in as herself."""

from __future__ import annotations

from datetime import UTC, datetime

from storage.culling import Culling, NotCulled, cull
from storage.records import Role
from tests.console.house import House
from tests.console.steps import dropped_case, enrol, open_case

MONTH, LATER = "2056-11", datetime(2057, 1, 8, 9, 0, tzinfo=UTC)


async def test_two_agree_once_the_case_is_closed(house: House) -> None:
    eva = await house.worker("Eva")
    case = await open_case(eva)
    await enrol(eva, case, "child", "Moa", born="2017-03-06")
    house.clock.now = LATER
    ines = await house.worker("Ines", role=Role.COORDINATOR)
    omar = await house.worker("Omar", role=Role.MANAGER)
    assert (await ines.get("/")).has('href="/console/culling"')
    page = await ines.get("/culling")
    assert page.has(MONTH, "De här ärendena är inte avslutade.", f"/cases/{case}")
    assert not page.has("Godkänn gallringen")
    address = f"/cases/{case}/carrier"
    for step in ("begun", "closed"):
        said = await ines.fill(
            address, "/carrier", address, carrier_step=step, carrier_kind="investigation",
            carrier_on="2027-02-01", carrier_until="", decided_by="Ines", carrier_ground="Beslut 4",
        )  # fmt: skip
        assert said.status == 200, said.problems
    page = await ines.fill("/culling", "/culling", "/culling", reference="två ord")
    assert page.problems == ["reference"]
    assert (await ines.fill("/culling", "/culling", "/culling", reference="N-9")).has("Du har godkänt gallringen.")
    assert cull(house.store, MONTH, "N-9") is NotCulled.NOT_APPROVED
    assert (await omar.get("/culling")).has("2 ärenden och personer gallras.")
    page = await omar.fill("/culling", "/culling", "/culling", reference="N-9")
    assert page.has("Tillräckligt många har godkänt.", "Ines", "Omar")
    assert (await ines.fill("/culling", "/withdraw")).has("Ditt godkännande är taget tillbaka.")
    assert cull(house.store, MONTH, "N-9") is NotCulled.NOT_APPROVED
    await ines.fill("/culling", "/culling", "/culling", reference="N-9")
    assert isinstance(cull(house.store, MONTH, "N-9"), Culling)
    assert (await omar.get("/culling")).has("Ingen månad som har gått ut väntar på gallring.")
    assert (await omar.get(f"/cases/{case}")).status == 403


async def test_a_case_is_held_back_by_a_named_decision(house: House) -> None:
    eva = await house.worker("Eva")
    case, *_ = await dropped_case(eva)
    assert (await eva.get(f"/cases/{case}/carrier")).has("Född den 5, 15 eller 25: sparas för forskningen (SoL 16:4).")
    page = await eva.fill(f"/cases/{case}/carrier", "/keep", kept_for="placed", decided_by="Nämnden", reference="N-1")
    assert page.has("Ärendet sparas längre.", "Barnet är eller har varit placerat (SoL 16:2).", "Nämnden")
    assert 'name="kept" value="no"' not in page.text, "she may not let it go, and is not asked whether to"
    let_go = {"kept": "no", "kept_for": "placed", "decided_by": "Eva", "reference": "N-1"}
    refused = await eva.fill(f"/cases/{case}/carrier", "/keep", **let_go)
    assert (refused.status, refused.has("Det gör en samordnare eller en chef.")) == (403, True)
    ines = await house.worker("Ines", role=Role.COORDINATOR)
    assert (await ines.fill(f"/cases/{case}/carrier", "/keep")).has("Ärendet följer sin vanliga månad igen.")
    assert (await eva.fill(f"/cases/{case}/carrier", "/keep", decided_by=" ")).has("Fyll i varför")
