"""Who may see: two clear a guardian, one shuts out, nobody is invited before the decision."""

from __future__ import annotations

from datetime import timedelta

from tests.console.house import House
from tests.console.steps import decide_contact, dropped_case, enrol, open_case


async def test_two_people_clear_a_guardian_and_one_shuts_her_out(house: House) -> None:
    eva, bo = await house.worker("Eva"), await house.worker("Bo")
    case, _, mother, entry = await dropped_case(eva)
    address = f"/cases/{case}/people/{mother}"
    assert (await eva.fill(address, "/clear", why="")).problems == ["why"]
    page = await eva.fill(address, "/clear", why="Hon stöttar Moa.")
    assert page.has("Godkänd av 1 av 2", "En kollega behöver också godkänna")
    fields = {"stamp": page.form("/block")["stamp"], "tie": page.form("/block")["tie"], "why": "Igen."}
    page = await eva.post(f"{address}/clear", fields)
    assert page.status == 422
    assert page.has("Du har redan godkänt. Den andra måste vara en kollega.")
    page = await bo.fill(address, "/clear", why="Jag håller med.")
    assert page.has("Godkänd av 2 av 2")
    entry_page = await eva.get(f"/cases/{case}/entries/{entry}")
    assert entry_page.has("Inte vald som läsare")
    page = await bo.fill(address, "/block", blocked="yes")
    assert page.has("Utestängd från och med nu.", "Häv spärren")
    assert (await bo.fill(address, "/invite")).has("Vårdnadshavaren är utestängd")
    page = await eva.fill(address, "/block", blocked="no")
    assert page.has("Godkänd av 0 av 2")


async def test_a_child_is_not_invited_before_the_decision(house: House) -> None:
    eva = await house.worker("Eva")
    case = await open_case(eva)
    child = await enrol(eva, case, "child", "Moa", born="2017-03-05")
    page = await eva.fill(f"/cases/{case}/people/{child}", "/invite", way="in_person")
    assert page.status == 422
    assert page.has("Innan någon bjuds in behövs beslutet")
    await decide_contact(eva, case, embargo="until", embargo_until="2026-12-01")
    assert (await eva.fill(f"/cases/{case}/people/{child}", "/invite")).has("Kontakten får inte börja än.")
    await decide_contact(eva, case)
    page = await eva.fill(f"/cases/{case}/people/{child}", "/invite", way="in_person")
    assert page.status == 200
    assert page.has("<svg", f"{house.root}/i/", "Säg koden högt")
    slip = page.text.partition('class="slip"')[2].partition("</section>")[0]
    assert "Moa" not in slip
    assert "Bredvid" not in slip
    assert page.find(r'class="code" dir="ltr">([0-9A-Z]{4} [0-9A-Z]{4})<') not in slip


async def test_a_sealed_case_invites_nobody(house: House) -> None:
    eva = await house.worker("Eva")
    case, child, _, _ = await dropped_case(eva)
    assert (await eva.fill(f"/cases/{case}", "/seal", sealed="yes")).has("Ärendet är stängt")
    assert (await eva.fill(f"/cases/{case}/people/{child}", "/invite")).has("Ärendet är stängt för alla utanför.")
    assert (await eva.fill(f"/cases/{case}", "/seal", sealed="no")).has("Ärendet är öppet igen.")


async def test_a_guardian_who_may_not_know_is_not_invited(house: House) -> None:
    eva = await house.worker("Eva")
    case, child, mother, _ = await dropped_case(eva)
    await decide_contact(eva, case, guardians_may_know="no")
    assert (await eva.fill(f"/cases/{case}/people/{mother}", "/invite")).status == 422
    assert (await eva.fill(f"/cases/{case}/people/{child}", "/invite")).status == 200


async def test_an_investigation_holds_new_entries_and_says_so(house: House) -> None:
    eva = await house.worker("Eva")
    case = await open_case(eva)
    page = await eva.fill(f"/cases/{case}/decisions", "/investigation", active="yes", review_on="2027-01-15")
    assert page.has("Sekretessen gäller i ärendet.", "2027")
    form = (await eva.get(f"/cases/{case}/entries/new/child_interview")).form("")
    assert form["hold"] == "investigation"
    page = await eva.fill(f"/cases/{case}/decisions", "/investigation", active="yes", review_on="")
    assert page.problems == ["review_on"]


async def test_a_second_child_is_a_case_of_its_own(house: House) -> None:
    eva = await house.worker("Eva")
    case, *_ = await dropped_case(eva)
    form = (await eva.get(f"/cases/{case}/people/new")).form("")
    page = await eva.post(f"/cases/{case}/people/new", {**form, "kind": "child", "name": "Tim", "born": "2020-01-01"})
    assert page.status == 422
    assert page.has("Ärendet har redan ett barn.", "Tim")


async def test_taking_back_hides_it_and_opens_an_incident(house: House) -> None:
    eva = await house.worker("Eva")
    case, _, _, entry = await dropped_case(eva)
    address = f"/cases/{case}/entries/{entry}"
    assert (await eva.fill(address, "/take-back", take_back_why="")).problems == ["take_back_why"]
    page = await eva.fill(address, "/take-back", take_back_why="Fel ärende.")
    assert page.has("Dold för alla läsare", "Tillbakadragen: syns inte")
    start = await eva.get("/")
    assert start.has("Tillbakadragen text: incident, 72 timmar")
    assert (await eva.get(f"/cases/{case}/visits")).has("Drog tillbaka")
    row = start.find(r'action="/console/tasks/([0-9a-f]{32})/done"')
    assert not (await eva.post(f"/tasks/{row}/done", start.form("/done"))).has("incident, 72")


async def test_a_promise_is_looked_at_again(house: House) -> None:
    eva = await house.worker("Eva")
    case, _, _, entry = await dropped_case(eva)
    edit = f"/cases/{case}/entries/{entry}/edit"
    await eva.fill(edit, do="save", hold="not_yet", hold_until="2026-11-24", hold_who="Eva")
    house.clock.move(timedelta(minutes=1))
    assert (await eva.get("/")).has("Titta igen: dagen är lovad")
    address = f"/cases/{case}/entries/{entry}"
    assert (await eva.fill(address, "/look", to=f"{address}/look", new_day="2026-11-01", yes="")).status == 422
    fields = {"stamp": (await eva.get(address)).form("/look")["stamp"]}
    assert (await eva.post(f"{address}/look", {**fields, "new_day": "2026-12-24"})).has("Den nya dagen är lovad.")
    assert (await eva.post(f"{address}/look", {**fields, "yes": "yes"})).has("Texten väntar inte längre.")
