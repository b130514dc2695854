"""A guardian at the console: told of a day or not, one by one; and whose decision it is after a no."""

from __future__ import annotations

from tests.console.house import House
from tests.console.steps import adult, dropped_case, write_entry


async def test_a_day_is_told_to_one_guardian_and_kept_again(house: House) -> None:
    eva, bo = await house.worker("Eva"), await house.worker("Bo")
    case, _, mother, past = await dropped_case(eva)
    tove = await adult(eva, case, "Tove", "social_worker", "social")
    entry, page = await write_entry(eva, case, "child_talk", state="planned", on="2026-12-08", f_by=tove)
    assert page.has("Vårdnadshavare och den här dagen", "Får inte veta", "Får inte läsa i ärendet")
    for one in (eva, bo):
        await one.fill(f"/cases/{case}/people/{mother}", "/clear", why="Ingen del i det.")
    address = f"/cases/{case}/entries/{entry}"
    page = await eva.get(address)
    assert page.has("Får inte veta", "Berätta för")
    page = await eva.fill(address, "/visit", told="yes")
    assert page.has("Vårdnadshavaren får veta om den här dagen.", "Berätta inte för")
    page = await eva.fill(address, "/visit", told="no")
    assert page.has("Det som väntade på att skickas är stoppat.", "Berätta för")
    assert not (await eva.get(f"/cases/{case}/entries/{past}")).has("Vårdnadshavare och den här dagen")


async def test_a_day_that_the_investigation_holds_cannot_be_told(house: House) -> None:
    eva, bo = await house.worker("Eva"), await house.worker("Bo")
    case, _, mother, _ = await dropped_case(eva)
    tove = await adult(eva, case, "Tove", "social_worker", "social")
    entry, _ = await write_entry(eva, case, "child_talk", state="planned", on="2026-12-08", f_by=tove)
    for one in (eva, bo):
        await one.fill(f"/cases/{case}/people/{mother}", "/clear", why="Ingen del i det.")
    page = await eva.get(f"/cases/{case}/entries/{entry}")
    fields = {**page.form("/visit"), "told": "yes"}
    await eva.fill(f"/cases/{case}/entries/{entry}", "/take-back", take_back_why="Fel barn.")
    page = await eva.post(f"/cases/{case}/entries/{entry}/visit", fields)
    assert page.status == 422
    assert page.has("Det här är ingen dag som ligger framåt")


async def test_a_no_while_the_prosecutor_leads_comes_with_a_letter(house: House) -> None:
    eva = await house.worker("Eva")
    case, _, mother, _ = await dropped_case(eva)
    await eva.fill(f"/cases/{case}/decisions", "/investigation", active="yes", review_on="2027-01-15")
    page = await eva.fill(f"/cases/{case}/people/{mother}", "/says-no", why_no="Hon är för liten.")
    assert page.has("Åklagaren leder förundersökningen", "Brev till åklagaren", "Ärende hos socialtjänsten: ")
    assert page.has("BH 2026-14", "23 november 2026", "OSL 18:1, 35:1")
    letter = page.text.partition('id="letter"')[2].partition("</div>")[0]
    assert "Sara" not in letter
    assert "Moa" not in letter
    start = await eva.get("/")
    assert start.has("fråga åklagaren", f"/cases/{case}/people/{mother}#after-no")
    page = await eva.fill(f"/cases/{case}/people/{mother}", "/after-no", told_anyway="yes", after_no_why="Åklagaren.")
    assert page.has("Beslutet är sparat.")
    assert not (await eva.get("/")).has("fråga åklagaren")
