"""What contradicts itself is refused while the worker still has the form before her, with what she typed in it."""

from __future__ import annotations

from tests.console.house import House, Worker
from tests.console.steps import adult, dropped_case, enrol, open_case, write_entry

WHO_WHAT = {"f_whom": "maternal_grandfather", "f_offence": "assault"}


async def _charged(eva: Worker) -> tuple[str, str]:
    case = await open_case(eva)
    await enrol(eva, case, "child", "Moa", born="2017-03-05")
    anneli = await adult(eva, case, "Anneli", "prosecutor", "prosecutor")
    entry, _ = await write_entry(eva, case, "charge_decision", state="happened", on="2026-10-20", f_by=anneli,
                                 f_outcome="charged", **WHO_WHAT)  # fmt: skip
    return case, entry


async def test_a_day_that_cannot_be_is_said_at_the_day_and_nothing_typed_is_lost(house: House) -> None:
    eva = await house.worker("Eva")
    case, _ = await _charged(eva)
    new = f"/cases/{case}/entries/new/verdict"
    typed = {"do": "save", "f_outcome": "convicted", "f_own_words": "Jag ringer.", **WHO_WHAT}
    for state, on, says in (
        ("happened", "2026-11-24", "dagen ligger framåt, och händelsen har hänt"),
        ("planned", "2026-11-22", "dagen har varit, och händelsen är planerad"),
        ("happened", "2026-10-19", "kommer efter en annan, Åklagarens beslut om åtal, som står tisdag 20 oktober 2026"),
    ):
        page = await eva.fill(new, **{**typed, "state": state, "on": on})
        assert (page.status, page.problems) == (422, ["on"])
        assert page.has(says, "Jag ringer."), page.text
    page = await eva.post(new, {**page.form(""), "on": "2026-10-20", "do": "save"})
    assert page.status == 200, page.problems


async def test_an_earlier_event_cannot_be_moved_past_what_came_of_it(house: House) -> None:
    eva = await house.worker("Eva")
    case, charge = await _charged(eva)
    await write_entry(eva, case, "verdict", state="happened", on="2026-11-10", f_outcome="acquitted", **WHO_WHAT)
    page = await eva.fill(f"/cases/{case}/entries/{charge}/edit", do="save", on="2026-11-12")
    assert page.problems == ["on"]
    assert page.has("kommer före en annan, Dom, som står tisdag 10 november 2026")
    again = {**page.form(""), "on": "2026-10-20", "f_own_words": "Jag ringer.", "do": "save"}
    page = await eva.post(f"/cases/{case}/entries/{charge}/edit", again)
    assert page.status == 200, page.problems


async def test_an_event_that_lies_ahead_has_not_happened_and_nobody_told_of_it_before_its_day(house: House) -> None:
    eva = await house.worker("Eva")
    case, child, _, entry = await dropped_case(eva)
    here = f"/cases/{case}/entries/{entry}"
    page = await eva.fill(here, "/told", person=child, by="Eva", on="2026-11-19", how="phone", understood="understood")
    assert (page.status, page.problems) == (422, ["person"])
    assert page.has("Den dagen hade händelsen inte hänt än")
    page = await eva.fill(here, "/told", person=child, by="Eva", on="2026-11-20", how="phone", understood="understood")
    assert page.status == 200, page.problems
    page = await eva.fill(f"{here}/edit", do="save", on="2026-11-22")
    assert page.problems == ["on"]
    assert page.has("någon berättade om händelsen fredag 20 november 2026, innan den hade hänt")


async def test_words_in_another_script_than_they_are_said_to_be_in_are_refused_and_names_are_not(house: House) -> None:
    eva = await house.worker("Eva")
    case = await open_case(eva)
    amal = await adult(eva, case, "أمل", "social_worker", "social")
    typed = {"do": "save", "state": "happened", "on": "2026-11-20", "f_by": amal, "f_place": "school"}
    new = f"/cases/{case}/entries/new/child_talk"
    page = await eva.fill(new, **typed, f_own_words="أراك يوم الجمعة")
    assert page.problems == ["f_own_words"]
    assert page.has("orden visas som skrivna på svenska", "أراك يوم الجمعة")
    page = await eva.post(new, {**page.form(""), "f_own_words": "Du träffar أمل igen på fredag.", "do": "save"})
    assert page.status == 200, page.problems
    assert page.has("أمل")


async def test_two_events_cannot_be_written_as_one(house: House) -> None:
    eva = await house.worker("Eva")
    case = await open_case(eva)
    bo = await adult(eva, case, "Bo", "police", "police")
    # A form has one outcome, and one that comes with two is no form of ours.
    new = f"/cases/{case}/entries/new/home_search"
    form = (await eva.get(new)).form("")
    twice = [*form.items(), ("f_taken", "nothing"), ("f_taken", "kept")]
    async with eva.web.post(f"{eva.root}/console{new}", data=twice, headers={"Sec-Fetch-Site": "same-origin"}) as sent:
        assert sent.status == 400
    # What one answer says, another cannot unsay.
    typed = {"do": "save", "state": "happened", "on": "2026-11-20", "f_by": bo}
    page = await eva.fill(new, **typed, f_taken="nothing", f_mine="yes")
    assert page.problems == ["f_mine"]
    assert page.has("Är det två händelser, skriv två.")
    page = await eva.post(new, {**page.form(""), "f_mine": "no", "do": "save"})
    assert page.status == 200, page.problems
    # Opened has no reason for closing: that is the day it closes, an entry of its own.
    page = await eva.fill(f"/cases/{case}/entries/new/preliminary_investigation", **typed, f_outcome="opened",
                          f_offence="assault", f_reason="evidence_not_enough")  # fmt: skip
    assert page.problems == ["f_reason"]


async def test_a_yes_does_not_end_before_it_begins(house: House) -> None:
    eva = await house.worker("Eva")
    case, child, mother, _ = await dropped_case(eva)
    for action, typed in (
        ("/consent", {"yes_by": mother, "yes_for": child, "scope": "notice", "purpose": "x"}),
        ("/exception", {"exception_to": mother, "decided_by": "Eva", "reference": "Dnr 1"}),
    ):
        page = await eva.get(f"/cases/{case}/decisions")
        fields = {**page.form(action), **typed, "from": "2026-11-20", "until": "2026-11-19"}
        page = await eva.post(f"/cases/{case}/decisions{action}", fields)
        assert page.status == 422
        assert "until" in page.problems, page.problems
