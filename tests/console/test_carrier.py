"""At work with where the log is: choosing a place, being told of its last day, writing after it, a letter, a return."""

from __future__ import annotations

from datetime import timedelta

from playwright.async_api import Browser

from bot.jobs.ticks import JOBS
from bot.signing import sign
from storage.records import Role
from tests.console.house import House, Worker
from tests.console.steps import adult, decide_contact, dropped_case, enrol, open_case, write_entry
from tests.parts.chromium import axe

ASK = "Välj vilken akt loggen hör till"


async def decided(worker: Worker, case: str, step: str, **typed: str) -> None:
    """Fill in what was decided about where the log is."""
    usual = {"carrier_step": step, "carrier_kind": "investigation", "decided_by": "Lena", "carrier_ground": "Beslut 4"}
    page = await worker.fill(f"/cases/{case}/carrier", "/carrier", f"/cases/{case}/carrier", **{**usual, **typed})
    assert page.status == 200, page.problems


async def test_a_new_case_asks_where_its_log_is_until_somebody_says(house: House) -> None:
    eva = await house.worker("Eva")
    case = await open_case(eva)
    start = await eva.get("/")
    assert start.has(ASK, f"/cases/{case}/carrier")
    assert (await eva.get(f"/cases/{case}/carrier")).has("Ingen har sagt var loggen finns")
    await decided(eva, case, "begun")
    assert not (await eva.get("/")).has(ASK)
    page = await eva.get(f"/cases/{case}/carrier")
    assert page.has("tisdag 23 mars 2027", "SoL (2025:400) 20:3", "Beslut 4", "Gallras tidigast")


async def test_what_is_missing_is_said_beside_its_field_and_what_was_typed_stays(house: House) -> None:
    eva = await house.worker("Eva")
    case = await open_case(eva)
    stem = f"/cases/{case}/carrier"
    page = await eva.fill(stem, "/carrier", stem, decided_by="Karin Ek", carrier_ground="")
    assert page.status == 422
    assert page.has("Karin Ek")
    assert page.problems
    page = await eva.fill(stem, "/carrier", stem, carrier_kind="follow_up", carrier_until="2027-09-01",
                          carrier_ground="Beslut")  # fmt: skip
    assert page.status == 422
    assert page.has("Sista dagen stämmer inte med platsen eller lagen.")


async def test_the_last_day_comes_near_and_then_is_the_managers(house: House) -> None:
    eva = await house.worker("Eva")
    case = await open_case(eva)
    await decided(eva, case, "begun")
    for days, said in ((90, "Högst 30 dagar kvar"), (23, "Högst 7 dagar kvar"), (9, "chefen beslutar")):
        house.clock.move(timedelta(days=days))
        for _, job in JOBS:
            house.store.run(job)
        boss = await house.worker(f"Ulla {days}", role=Role.MANAGER)
        page = await boss.get("/")
        assert page.has(said, f"/cases/{case}/carrier"), days
    eva = await house.worker("Eva")
    assert (await eva.get(f"/cases/{case}/carrier")).has("Tiden gick ut tisdag 23 mars 2027")


async def test_after_the_close_a_case_worker_is_told_whom_to_ask_and_a_coordinator_says_why(house: House) -> None:
    eva = await house.worker("Eva")
    case, _, _, _ = await dropped_case(eva)
    await decided(eva, case, "begun")
    await decided(eva, case, "closed")
    new = f"/cases/{case}/entries/new/social_investigation"
    assert (await eva.get(new)).has("Bara samordnare eller chef skriver in nya händelser nu")
    tove = await adult(eva, case, "Tove", "social_worker", "social")
    typed = {"state": "happened", "on": "2026-11-20", "f_by": tove, "f_course": "opened", "do": "save"}
    refused = await eva.fill(new, **typed, after_ground="Jag vill")
    assert refused.status == 422
    assert refused.has("Be en av dem.")

    lena = await house.worker("Lena", role=Role.COORDINATOR)
    without = await lena.fill(new, **typed)
    assert without.status == 422
    assert without.has("Skäl att skriva efter avslut")
    saved = await lena.fill(new, **typed, after_ground="Handlingen kom efter avslutet")
    assert saved.status == 200, saved.problems
    assert "/entries/" in saved.path
    assert (await eva.get(f"/cases/{case}/carrier")).has("Skrevs efter avslut", "Lena", "Handlingen kom efter avslutet")


async def test_a_child_without_a_file_gets_a_letter_in_her_own_words(house: House) -> None:
    eva = await house.worker("Eva")
    case, _, _, entry = await dropped_case(eva)
    letter = f"/cases/{case}/carrier/letter"
    assert (await eva.get(letter)).has("Inget är öppet för barnet än")
    page = await eva.get(f"/cases/{case}/entries/{entry}")
    await eva.post(f"/cases/{case}/entries/{entry}/release", page.form("/release"))
    await eva.fill(f"/cases/{case}/entries/{entry}", "/told", how="in_person", understood="understood")

    page = await eva.get(letter)
    assert page.has("Det här går någon igenom med dig", "ingen har skrivit under texten på barnets språk: 1")
    assert not page.has("din morfar")
    house.store.run(lambda tx: sign(tx, "charge_decision", "sv", "Ulla"))
    page = await eva.get(letter)
    assert page.has(
        'lang="sv"',
        "Ett brev till dig",
        "Därför får du ett brev.",
        "din morfar",
        "eller 112 om det är bråttom",
        "Åklagaren",
        "Anneli",
    )
    assert page.has("Här finns mer att få veta", "lämna det i barnets hand")
    assert not page.has("Sara")
    given = await eva.fill(letter, "/letter", letter, carrier_ground="Ingen utredning inleddes")
    assert given.has("barnet har fått brevet", "Ingen akt: brev till barnet")
    assert not (await eva.get("/")).has(ASK)


async def test_the_pages_about_the_log_are_fit_for_everybody(house: House, chromium: Browser) -> None:
    eva = await house.worker("Eva")
    case, _, _, entry = await dropped_case(eva)
    house.store.run(lambda tx: sign(tx, "charge_decision", "sv", "Ulla"))
    page = await eva.get(f"/cases/{case}/entries/{entry}")
    await eva.post(f"/cases/{case}/entries/{entry}/release", page.form("/release"))
    await eva.fill(f"/cases/{case}/entries/{entry}", "/told", how="in_person", understood="understood")
    for step in ("begun", "extended", "closed", "reopened"):
        await decided(eva, case, step, carrier_until="2027-06-01" if step == "extended" else "")
    context = await chromium.new_context(locale="sv-SE")
    laptop = await context.new_page()
    await laptop.goto(f"{house.root}/console/in/{house.hire('Lena', role=Role.COORDINATOR)}")
    await laptop.get_by_role("button", name="Logga in").click()
    for rest in ("carrier", "carrier/letter", "earlier", "entries/new/verdict", ""):
        await laptop.goto(f"{house.root}/console/cases/{case}/{rest}".rstrip("/"))
        assert await axe(laptop) == (), rest
    await context.close()


async def test_a_letter_waits_for_the_decision_that_contact_is_good_for_her(house: House) -> None:
    eva = await house.worker("Eva")
    case = await open_case(eva)
    await enrol(eva, case, "child", "Moa", born="2017-03-05")
    refused = await eva.get(f"/cases/{case}/carrier/letter")
    assert refused.status == 403
    assert refused.has("Det saknas ett beslut om att kontakten är bra för barnet")


async def test_a_case_that_has_a_file_has_a_letter_without_the_reason(house: House) -> None:
    eva = await house.worker("Eva")
    case, _, _, entry = await dropped_case(eva)
    page = await eva.get(f"/cases/{case}/entries/{entry}")
    await eva.post(f"/cases/{case}/entries/{entry}/release", page.form("/release"))
    await eva.fill(f"/cases/{case}/entries/{entry}", "/told", how="in_person", understood="understood")
    await decided(eva, case, "begun")
    page = await eva.get(f"/cases/{case}/carrier/letter")
    assert page.has("Ett brev till dig")
    assert not page.has("Därför får du ett brev.")
    assert not page.has("Anteckna att brevet är lämnat")


async def test_no_investigation_is_a_task_that_leads_to_the_choice(house: House) -> None:
    eva = await house.worker("Eva")
    case = await open_case(eva)
    await enrol(eva, case, "child", "Moa", born="2017-03-05")
    await decide_contact(eva, case)
    tove = await adult(eva, case, "Tove", "social_worker", "social")
    await write_entry(eva, case, "social_investigation", state="happened", on="2026-11-20", f_by=tove,
                      f_course="not_opened")  # fmt: skip
    assert (await eva.get("/")).has("Loggen har ingenstans att vara", f"/cases/{case}/carrier")
    assert (await eva.get(f"/cases/{case}/carrier")).has(f"/cases/{case}/carrier/letter", "Gör ett brev till barnet")


async def test_a_case_that_comes_back_shows_headlines_until_there_is_a_ground(house: House) -> None:
    eva = await house.worker("Eva")
    case, _, _, entry = await dropped_case(eva)
    await decided(eva, case, "begun")
    await decided(eva, case, "closed")
    house.clock.move(timedelta(days=4 * 365))
    eva = await house.worker("Eva")
    await decided(eva, case, "reopened")

    page = await eva.get(f"/cases/{case}")
    assert page.has("Den tidigare loggen visas som rubriker")
    assert not page.has(entry)
    assert (await eva.get(f"/cases/{case}/entries/{entry}")).has("Händelsen är från före återöppningen.")
    before = await eva.get(f"/cases/{case}/earlier")
    assert before.has("Åklagarens beslut om åtal", "Läggs ned")
    assert not before.has("morfar")
    page = await eva.fill(f"/cases/{case}/earlier", "/earlier", f"/cases/{case}/earlier", earlier_ground="Ny anmälan")
    assert page.has("Skälet är antecknat.", f"/cases/{case}/entries/{entry}")
    assert (await eva.get(f"/cases/{case}/entries/{entry}")).has("Anneli")
    assert (await eva.get(f"/cases/{case}/visits")).has("Eva")
