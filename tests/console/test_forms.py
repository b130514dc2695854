"""Nothing typed is lost: wrong input, a missing grown-up, two tabs."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser

from bot.console.forms import Typed
from tests.console.house import House
from tests.console.steps import adult, dropped_case, enrol, open_case, write_entry
from tests.parts.chromium import axe


async def test_wrong_input_keeps_everything_typed(house: House) -> None:
    eva = await house.worker("Eva")
    case = await open_case(eva)
    await enrol(eva, case, "child", "Moa", born="2017-03-05")
    anneli = await adult(eva, case, "Anneli", "prosecutor", "prosecutor")
    page = await eva.fill(
        f"/cases/{case}/entries/new/verdict", do="save", state="happened", on="", f_outcome="convicted",
        f_whom="maternal_grandfather", f_offence="", f_prison_months="fyra", f_own_words="Vi pratas vid på fredag.",
        hold="not_yet", hold_who="Eva på mottagningen",
    )  # fmt: skip
    assert page.status == 422
    assert set(page.problems) == {"on", "f_offence", "f_prison_months", "hold_until"}
    assert page.has("Vi pratas vid på fredag.", "fyra", "Eva på mottagningen", "Fängelse, månader: skriv med siffror.")
    again = page.form("")
    assert again["f_outcome"] == "convicted"
    assert again["f_whom"] == "maternal_grandfather"
    page = await eva.post(page.path, {**again, "on": "2026-11-20", "f_offence": "assault", "f_prison_months": "4",
                                      "hold_until": "2026-12-01", "do": "save"})  # fmt: skip
    assert page.status == 200, page.problems
    assert page.has("Misshandel", "Morfar", "Eva på mottagningen")
    assert anneli not in page.text


async def test_the_preview_before_saving_tells_the_exact_text(house: House) -> None:
    eva = await house.worker("Eva")
    case = await open_case(eva)
    await enrol(eva, case, "child", "Moa", born="2017-03-05")
    page = await eva.fill(
        f"/cases/{case}/entries/new/child_talk", do="look", f_own_words="Jag ringer.", p_listener="7-12", p_tag="en"
    )
    assert page.status == 200
    assert page.has('lang="en" dir="ltr"', "Jag ringer.")
    page = await eva.post(page.path, {**page.form(""), "do": "look", "p_listener": "representative"})
    assert page.has("Den här händelsen berättas aldrig för den läsaren.")
    page = await eva.post(page.path, {**page.form(""), "do": "look", "p_listener": "7-12", "p_face": "lock"})
    assert page.has('class="lock"')
    assert page.form("")["f_own_words"] == "Jag ringer."
    assert not (await eva.get(f"/cases/{case}")).has("data-entry")


async def test_a_promise_in_her_own_words_is_asked_about_once_and_is_then_hers_to_send(house: House) -> None:
    eva = await house.worker("Eva")
    case, child, _, entry = await dropped_case(eva)
    edit, promise = f"/cases/{case}/entries/{entry}/edit", "Jag lovar att du får bo kvar."
    page = await eva.fill(edit, do="save", f_own_words=promise)
    assert page.problems == ["f_own_words"]
    assert page.has("lovar", "kan höras som ett löfte", promise)
    page = await eva.post(edit, {**page.form(""), "do": "save", "f_own_words": "Allt blir bra."})
    assert page.problems == ["f_own_words"]
    page = await eva.post(edit, {**page.form(""), "do": "save", "f_own_words": promise})
    assert page.status == 200, page.problems
    assert page.has(promise)
    thread = f"/cases/{case}/thread/{child}"
    page = await eva.fill(thread, "/answer", own="I promise that nobody will know.")
    assert page.problems == ["own"]
    page = await eva.post(f"{thread}/answer", page.form("/answer"))
    assert page.has("I promise that nobody will know.")


async def test_a_missing_grown_up_is_added_without_leaving_the_form(house: House) -> None:
    eva = await house.worker("Eva")
    case = await open_case(eva)
    path = f"/cases/{case}/entries/new/child_talk"
    page = await eva.fill(
        path, do="add_adult", f_place="school", f_wish="Att Bo är med.", label="Bo", role="school_staff",
        authority="school",
    )  # fmt: skip
    assert page.status == 200, page.problems
    assert page.has("Bo, skolpersonal", "Att Bo är med.")
    again = page.form("")
    assert again["label"] == ""
    page = await eva.post(path, {**again, "do": "add_adult", "label": "bo", "role": "police", "authority": "police"})
    assert page.status == 422
    assert page.has("Någon i ärendet heter redan så, eller har ett namn som ser likadant ut.", "Att Bo är med.")


async def test_two_tabs_the_second_keeps_its_words_and_is_told(house: House) -> None:
    eva = await house.worker("Eva")
    case, _, _, entry = await dropped_case(eva)
    edit = f"/cases/{case}/entries/{entry}/edit"
    first, second = await eva.get(edit), await eva.get(edit)
    page = await eva.post(edit, {**first.form(""), "do": "save", "f_own_words": "Från första fliken."})
    assert page.status == 200, page.problems
    page = await eva.post(edit, {**second.form(""), "do": "save", "f_own_words": "Från andra fliken."})
    assert page.status == 422
    assert page.has("Någon ändrade händelsen medan du skrev.", "Från andra fliken.")
    assert (await eva.get(f"/cases/{case}/entries/{entry}")).has("Från första fliken.")


async def test_the_same_form_sent_twice_makes_one(house: House) -> None:
    eva = await house.worker("Eva")
    page = await eva.get("/cases/new")
    fields = {**page.form(""), "ref": "BH 9"}
    one, two = await eva.post("/cases/new", fields), await eva.post("/cases/new", fields)
    assert one.path == two.path
    assert (await eva.get("/cases")).text.count("BH 9") == 1
    case = one.path.rpartition("/")[2].partition("?")[0]
    form = (await eva.get(f"/cases/{case}/entries/new/child_talk")).form("")
    ready = {**form, "do": "save", "state": "planned"}
    for _ in range(2):
        assert (await eva.post(f"/cases/{case}/entries/new/child_talk", ready)).status == 200
    assert (await eva.get(f"/cases/{case}")).text.count("data-entry") == 1


async def test_thin_fields_warn_and_do_not_stop(house: House) -> None:
    eva = await house.worker("Eva")
    case = await open_case(eva)
    bo = await adult(eva, case, "Bo", "social_worker", "social")
    assert (await eva.get(f"/cases/{case}/entries/new/child_talk")).has("Saknas ofta. Fyll i om ni vet.")
    _, page = await write_entry(eva, case, "child_talk", state="happened", on="2026-11-02", f_by=bo, f_place="school")
    assert page.has("Saknas ofta. Fyll i om ni vet.", "Vad barnet ville")


async def test_search_words_never_stand_in_an_address(house: House) -> None:
    eva = await house.worker("Eva")
    case = await open_case(eva)
    await enrol(eva, case, "child", "Moa Berg", born="2017-03-05", number="20170305-1234")
    for words in ("moa  berg", "20170305-1234", "bh 2026-14"):
        page = await eva.post("/find", {"words": words})
        assert page.path == "/find"
        assert page.has(case)
    assert not (await eva.post("/find", {"words": "Moa"})).has(case)


FORGED = ("", "*", "0" * 31, "0" * 32 + ".pin", "0" * 32 + "\n", "A" * 32, "../" * 8, "٣" * 32)


@pytest.mark.parametrize("forged", FORGED)
def test_an_id_that_no_form_of_ours_was_handed_is_not_taken(forged: str) -> None:
    ours = "0123456789abcdef" * 2
    assert Typed({"entry": ours}).id("entry") == ours
    taken = Typed({"entry": forged}).id("entry")
    assert taken != forged
    assert len(taken) == 32


@pytest.mark.parametrize("where", ["edit", "preview"])
async def test_the_preview_follows_what_is_chosen_and_nothing_typed_is_lost(
    house: House, chromium: Browser, where: str
) -> None:
    eva = await house.worker("Eva")
    case, _, _, entry = await dropped_case(eva)
    page = await chromium.new_page(locale="sv-SE")
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    await page.goto(f"{house.root}/console/in/{house.hire('Bo')}")
    await page.click("main button")
    await page.goto(f"{house.root}/console/cases/{case}/entries/{entry}/{where}")
    if where == "edit":
        await page.fill("[name=f_own_words]", "Vi ses på fredag.")
    await page.select_option("[name=p_tag]", "ar")
    await page.wait_for_selector('[data-preview] .card[lang="ar"][dir="rtl"]')
    await page.focus("[name=p_face]")
    await page.select_option("[name=p_face]", "lock")
    await page.wait_for_selector('[data-preview] .lock[lang="ar"]')
    await page.select_option("[name=p_face]", "web")
    await page.wait_for_selector('[data-preview] .card[lang="ar"]')
    assert await page.evaluate("document.activeElement.name") == "p_face"
    if where == "edit":
        assert "Vi ses på fredag." in await page.inner_text("[data-preview]")
        assert "De översätts inte." in await page.inner_text("[data-preview]")
        assert await page.input_value("[name=f_own_words]") == "Vi ses på fredag."
    assert await axe(page) == ()
    assert faults == []
    await page.close()
