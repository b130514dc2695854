"""Who may see: two clear a guardian, one shuts out, nobody is invited before the decision."""

from __future__ import annotations

from datetime import timedelta
from re import findall

from storage.log_duty import reviews_due
from storage.records import Role
from tests.console.house import House, Worker
from tests.console.steps import adult, decide_contact, dropped_case, enrol, open_case, write_entry


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
    ulla = await house.worker("Ulla", role=Role.MANAGER)
    page = await eva.fill(address, "/block", blocked="no")
    assert page.has("Häv spärren", "Spärren står kvar"), "one has said so, and it still stands"
    assert not page.has("Spärren är hävd")
    page = await ulla.fill(address, "/block", blocked="no")
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
    bo, address = await house.worker("Bo"), f"/cases/{case}"
    page = await eva.fill(address, "/seal", sealed="yes")
    assert (page.status, page.has("Ärendet är förseglat för alla, också för er.")) == (403, True)
    assert (await eva.get(f"{address}/people/{child}")).has("Ärendet är förseglat för alla")
    assert (await eva.get("/")).has("Ett ärende är förseglat")
    unseal = {"stamp": page.form("/seal")["stamp"], "sealed": "no"}
    assert (await eva.post(f"{address}/seal", unseal)).has("Ärendet är förseglat för alla")
    assert (await eva.post(f"{address}/seal", unseal)).has("Det här tar två olika personer.")
    assert (await bo.post(f"{address}/seal", {**unseal, "stamp": await stamp(bo, address)})).has(
        "Ärendet är öppet igen."
    )
    assert (await eva.get(address)).status == 200


async def stamp(worker: Worker, address: str) -> str:
    """The stamp of the one form on the page of a sealed case."""
    return (await worker.get(address)).form("/seal")["stamp"]


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
    assert not start.has("/done"), "an incident is not clicked away"
    page = await eva.fill(address, "/incident", reported="reported", reported_words="", heard="told")
    assert page.problems == ["reported_words", "heard_words"]
    done = {"reported_words": "Ingen såg det.", "heard": "told", "heard_words": "På ett möte."}
    page = await eva.fill(address, "/incident", reported="not_reported", **done)
    assert page.has("Incidenten är avslutad.", "Ingen såg det.", "Avslutad av", "Vem har sett just det här kortet")
    assert not (await eva.get("/")).has("incident, 72")


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


async def test_an_auditor_reads_the_log_and_nothing_else(house: House) -> None:
    eva = await house.worker("Eva")
    case, *_ = await dropped_case(eva)
    token = house.hire("Adam", role=Role.AUDITOR)
    adam = house.browser("Adam")
    page = await adam.post(f"/in/{token}", (await adam.get(f"/in/{token}")).form(""))
    assert page.path == "/audit"
    assert page.has("Eva", "P12")
    assert not page.has("Moa")
    assert (await adam.get(f"/cases/{case}")).status == 403


async def test_the_log_is_looked_through_and_written_down_or_the_manager_hears_of_it(house: House) -> None:
    eva = await house.worker("Eva")
    await dropped_case(eva)
    house.store.run(reviews_due)
    house.clock.move(timedelta(days=31))
    house.store.run(reviews_due)
    ulla, bo = await house.worker("Ulla", role=Role.MANAGER), await house.worker("Bo")
    assert (await ulla.get("/")).has("Loggen är inte genomgången i tid")
    assert not (await bo.get("/")).has("Loggen är inte genomgången i tid")
    token = house.hire("Adam", role=Role.AUDITOR)
    adam = house.browser("Adam")
    page = await adam.post(f"/in/{token}", (await adam.get(f"/in/{token}")).form(""))
    assert page.has("Ansvarig: ", "granskaren", "Genomgången skulle ha gjorts onsdag 23 december 2026")
    assert (await adam.fill("/audit", "/audit", "/audit", found="")).problems == ["found"]
    page = await adam.fill("/audit", "/audit", "/audit", found="Inget att fråga om.")
    assert page.has("Genomgången är sparad.", "Nästa genomgång senast lördag 23 januari 2027", "Inget att fråga om.")
    assert not (await ulla.get("/")).has("Loggen är inte genomgången i tid")


async def test_a_case_is_opened_in_need_and_the_manager_strikes_it_down(house: House) -> None:
    eva, ivo = await house.worker("Eva"), await house.worker("Ivo", unit="Barnahus Syd")
    case, _, _, entry = await dropped_case(eva)
    assert (await ivo.get(f"/cases/{case}")).status == 404
    page = await ivo.fill("/glass", words="BH 2026-14", why="")
    assert page.problems == ["why"]
    page = await ivo.fill("/glass", words="BH 2026-14", why="Barnet ringde jouren.")
    assert page.has("öppet för dig i ett dygn", "Moa")
    assert entry not in page.text, "the prosecutor has not released it"
    people = set(findall(rf"/cases/{case}/people/([^/\"#]+)\"", page.text)) - {"new"}
    for one in people:
        shown = await ivo.get(f"/cases/{case}/people/{one}")
        assert (shown.status, "/block" in shown.text, "/status" in shown.text) == (200, False, False)
    assert people
    page = await ivo.get(f"/cases/{case}/entries/{entry}/preview")
    assert (page.status, page.has("Händelsen hör till en annan myndighet")) == (403, True)
    ulla = await house.worker("Ulla", role=Role.MANAGER)
    assert (await ulla.get("/")).has("Ärendet öppnades i nöd: granska det")
    assert (await ulla.get(f"/cases/{case}/decisions")).has("Barnet ringde jouren.", "Ivo")
    assert (await eva.fill(f"/cases/{case}/decisions", "/glass", stands="no")).has("Din roll öppnar inte det här.")
    await ulla.fill(f"/cases/{case}/decisions", "/glass", stands="no")
    assert (await ivo.get(f"/cases/{case}")).status == 404


async def test_whoever_comes_in_need_is_led_to_no_page_that_stays_shut_to_her(house: House) -> None:
    eva, ivo = await house.worker("Eva"), await house.worker("Ivo", unit="Barnahus Syd")
    case, *_ = await dropped_case(eva)
    gun = await adult(eva, case, "Gun", "social_worker", "social")
    await write_entry(eva, case, "social_measure", state="happened", on="2026-06-11", f_by=gun,
                      f_measure="parent_support")  # fmt: skip
    await ivo.fill("/glass", words="BH 2026-14", why="Barnet ringde jouren.")
    shown, left = {}, [f"/cases/{case}"]
    while left:
        path = left.pop()
        shown[path] = page = await ivo.get(path)
        assert (path, page.status) == (path, 200)
        left += set(findall(rf'href="/console(/cases/{case}[^"#]*)"', page.text)) - {*shown, *left}
    assert any(page.has("Gun") for path, page in shown.items() if path.endswith("/adults"))
    assert any(path.endswith("/preview") for path in shown), "what she may read she can read"
    offered = {at for page in shown.values() for at in findall(rf'action="/console/cases/{case}(/[^"]*)"', page.text)}
    assert offered == {"/seal"}


async def test_a_guardians_no_becomes_a_task_and_the_rule_is_asked_why(house: House) -> None:
    eva = await house.worker("Eva")
    case, child, mother, entry = await dropped_case(eva)
    page = await eva.fill(f"/cases/{case}/people/{mother}", "/says-no", why_no="Hon är för liten.")
    assert page.has("Den som ansvarar har fått uppgiften att besluta.")
    assert (await eva.get("/")).has("En vårdnadshavare säger nej till att barnet får veta: besluta")
    page = await eva.fill(f"/cases/{case}/people/{mother}", "/after-no")
    assert page.problems == ["after_no_why", "told_anyway"]
    page = await eva.fill(f"/cases/{case}/people/{mother}", "/after-no", told_anyway="yes", after_no_why="Hon frågar.")
    assert page.has("Beslutet är sparat. Uppgiften är klar.")
    assert not page.has("Besluta efter vårdnadshavarens nej")
    assert not (await eva.get("/")).has("En vårdnadshavare säger nej till att barnet får veta: besluta")
    page = await eva.fill(f"/cases/{case}/why", person=mother, entry=entry, channel="web")
    assert page.has('data-opens="no"', 'data-reason="not_cleared"', "Regel P23 i policyn.")
    page = await eva.fill(f"/cases/{case}/why", person=child, entry=entry, channel="telegram")
    assert page.has('data-opens="no"', 'data-reason="not_released"', "Regel P53 i policyn.")


async def test_a_reader_is_let_in_by_a_yes_that_names_her_and_out_again(house: House) -> None:
    eva = await house.worker("Eva")
    case, child, *_ = await dropped_case(eva)
    reader = await enrol(eva, case, "reader", "Alma", born="1990-01-01")
    decisions = f"/cases/{case}/decisions"
    page = await eva.fill(decisions, "/consent", yes_by=child, yes_for=child, scope="share_shared", purpose="x")
    assert page.problems == ["yes_to"]
    page = await eva.fill(decisions, "/consent", yes_by=child, yes_for=child, scope="share_shared", yes_to=reader)
    assert page.has("Läsa det som delas", "Alma")
    assert (await eva.fill(decisions, "/consent/end")).has("Samtycket är återtaget.")
    page = await eva.fill(decisions, "/exception", exception_to=reader, exception_ground="osl_10_28",
                          decided_by="Ulla", reference="dnr 7")  # fmt: skip
    assert page.has("OSL 10:28", "dnr 7")
    assert (await eva.fill(decisions, "/protect", protected="yes")).has("Skyddade personuppgifter gäller.")


async def test_a_manager_pauses_takes_off_and_shuts_out_with_one_click(house: House) -> None:
    eva, ulla = await house.worker("Eva"), await house.worker("Ulla", role=Role.MANAGER)
    case, *_ = await dropped_case(eva)
    await eva.fill(f"/cases/{case}/decisions", "/assign", mine="yes")
    path = f"/cases/{case}/staff"
    page = await ulla.get(path)
    assert page.has("Eva", "har ärendet", "Stäng ute på grund av jäv")
    assert not (await eva.get(path)).has("Ta bort från ärendet")
    form = page.form("/assign")
    no = await ulla.post(f"{path}/assign", {**form, "how": "pause", "back_on": "2026-11-01"})
    assert no.problems == ["back_on"]
    page = await ulla.post(f"{path}/assign", {**form, "how": "pause", "back_on": "2026-12-24"})
    assert page.has("Kollegan är pausad.", "ledig, tillbaka torsdag 24 december 2026")
    assert (await eva.get(f"/cases/{case}")).status == 403
    await ulla.post(f"{path}/assign", {**form, "how": "name"})
    assert (await eva.get(f"/cases/{case}")).status == 200
    page = await ulla.post(f"{path}/block", {**form, "blocked": "yes"})
    assert page.has("Kollegan är utestängd från och med nu.")
    assert (await eva.get(f"/cases/{case}")).status == 403


async def test_a_heavy_text_that_was_changed_waits_for_a_colleague_and_says_so(house: House) -> None:
    eva, bo = await house.worker("Eva"), await house.worker("Bo")
    case, _, mother, entry = await dropped_case(eva)
    for one in (eva, bo):
        await one.fill(f"/cases/{case}/people/{mother}", "/clear", why="Hon stöttar Moa.")
    address = f"/cases/{case}/entries/{entry}"
    await eva.fill(f"{address}/edit", do="save", listeners="guardian")
    page = await eva.get(address)
    assert not page.has("Två har godkänt att andra än barnet läser den här.")
    for _ in ("the child", "her mother"):
        await eva.fill(address, "/release")
    assert (await bo.fill(address, "/release")).has("Godkänt av två. Texten är utlämnad.")
    form = await eva.get(f"{address}/edit")
    assert form.has("Två har godkänt att andra än barnet läser den här.", "tills en kollega har godkänt den nya texten")
    page = await eva.fill(f"{address}/edit", do="save", on="2026-11-19")
    assert page.has("Texten är ändrad, så den är stängd för andra än barnet", "Stängd: texten är ändrad")
    assert (await bo.get("/")).has("Tung text väntar på att en kollega godkänner", address)
    old = await bo.get(address)
    assert old.has("har ändrat texten sedan två godkände den. Läs den nya texten innan du godkänner.")
    await eva.fill(f"{address}/edit", do="save", on="2026-11-18")
    late = await bo.post(f"{address}/release", old.form("/release"))
    assert (late.status, late.has("Någon har ändrat händelsen sedan du öppnade sidan.")) == (422, True)
    assert (await eva.fill(address, "/release")).has("Det här tar två olika personer.")
    page = await bo.fill(address, "/release")
    assert page.has("Godkänt av två. Texten är utlämnad.")
    assert not page.has("Stängd: texten är ändrad")
    assert not (await bo.get("/")).has("Tung text väntar på att en kollega godkänner")
