"""A worker asks again whether it is safe to write, and sees beforehand when it must be done."""

from __future__ import annotations

from datetime import timedelta

from storage.records import Side
from tests.console.house import House
from tests.console.steps import enrol, open_case


async def test_the_yes_has_a_last_day_a_task_before_it_and_an_answer(house: House) -> None:
    ali = await house.worker("Ali", unit="Bistånd", side=Side.AID)
    case = await open_case(ali, "EB 7")
    johan = await enrol(ali, case, "recipient", "Johan", born="1990-01-02")
    path = f"/cases/{case}/decisions"
    assert (await ali.get(path)).has("Ingen i ärendet har sagt ja till att få meddelanden.")
    page = await ali.fill(path, "/consent", yes_by=johan, yes_for=johan, scope="reminders", channel="telegram",
                          purpose="", phone_held="own")  # fmt: skip
    assert page.status == 200, page.problems
    assert page.has("gäller till och med söndag 21 februari 2027")
    assert not (await ali.get("/")).has('data-duty="v1"')
    house.clock.move(timedelta(days=80))
    ali = await house.worker("Bea", unit="Bistånd", side=Side.AID)
    assert (await ali.get("/")).has('data-duty="v1"', f"{path}#safe_contact")
    assert (await ali.get(path)).has("ska frågas igen före söndag 21 februari 2027")
    page = await ali.fill(path, "/asked-again", phone_held="shared", asked_how="by_phone")
    assert page.has("Sparat. Ja:et gäller igen.", "gäller till och med lördag 13 mars 2027")
    house.clock.move(timedelta(days=40))
    ali = await house.worker("Cim", unit="Bistånd", side=Side.AID)
    assert (await ali.get(path)).has("gick ut lördag 13 mars 2027: inget skickas")
