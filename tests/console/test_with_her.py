"""With the child: reading together, her thread, a notice."""

from __future__ import annotations

from datetime import timedelta

from storage import _sql as sql
from storage._desk import Done
from storage._sql import Tx
from storage.commands import Say
from storage.consent import Actor, Withheld
from storage.gate import Sitting
from storage.records import CaseId, Channel, Strength, new_id
from tests.console.house import House, Worker
from tests.console.steps import decide_contact, dropped_case, enrol, open_case

SAID_IN_DANGER = (("Han är arg igen och slår mig", "hurt"), ("Glöm det jag skrev", None))


async def _released(eva: Worker) -> tuple[str, str, str, str]:
    case, child, mother, entry = await dropped_case(eva)
    await eva.fill(f"/cases/{case}/entries/{entry}", "/release")
    return case, child, mother, entry


async def test_reading_together_is_the_telling_and_leads_nowhere_else(house: House) -> None:
    eva = await house.worker("Eva")
    case, _, _, entry = await _released(eva)
    choose = await eva.get(f"/cases/{case}/together")
    assert choose.has("Barnet har inte fått höra det här.")
    form = choose.form("")
    assert not any(name.startswith("cards.") for name in form)
    assert (await eva.post(f"/cases/{case}/together", form)).status == 422
    page = await eva.post(f"/cases/{case}/together", {**form, f"cards.{entry}": "yes"})
    assert page.path == f"/cases/{case}/together/read/0"
    assert page.has(f'data-entry="{entry}"', "Sluta läsa")
    assert not page.has("Logga ut")
    for elsewhere in ("/", "/cases", f"/cases/{case}", f"/cases/{case}/entries/{entry}", f"/cases/{case}/together"):
        assert (await eva.get(elsewhere)).path == f"/cases/{case}/together/read/0"
    links = set(page.text.split('href="')[1:])
    assert all(link.startswith(("/console/s/", f"/console/cases/{case}/together/")) for link in links)

    close = await eva.get(f"/cases/{case}/together/close?at=0")
    assert close.has("Jag förstod", "Jag är osäker", "Jag vill prata mer")
    thanks = await eva.post(f"/cases/{case}/together/close", {**close.form("/close"), "understood": "wants_to_talk"})
    assert thanks.has("Tack för att du läste.")
    page = await eva.get(f"/cases/{case}/entries/{entry}")
    assert page.has("Läste tillsammans", "Vill prata mer", "Kan läsa nu")
    assert (await eva.get("/")).has("Barnet är osäkert eller vill prata")


async def test_what_is_not_released_is_not_read_together(house: House) -> None:
    eva = await house.worker("Eva")
    case, child, _, entry = await dropped_case(eva)
    page = await eva.get(f"/cases/{case}/together")
    assert page.has("inget är släppt till barnet")
    page = await eva.post(f"/cases/{case}/together", {"person": child, f"cards.{entry}": "yes"})
    assert page.status == 422


async def test_without_the_decision_nothing_is_read_together(house: House) -> None:
    eva = await house.worker("Eva")
    case = await open_case(eva)
    await enrol(eva, case, "child", "Moa", born="2017-03-05")
    page = await eva.get(f"/cases/{case}/together")
    assert page.status == 403
    assert page.has("Det saknas ett beslut om att kontakten är bra för barnet.")
    await decide_contact(eva, case)
    assert (await eva.get(f"/cases/{case}/together")).status == 200


async def test_her_question_is_read_and_answered(house: House) -> None:
    eva = await house.worker("Eva Lind")
    case, child, _, _ = await _released(eva)

    def ask(tx: Tx) -> Done | Withheld:
        with Sitting(tx, Actor(child, Strength.PIN), Channel.WEB, lock=True) as sitting:
            return sitting.do(Say(CaseId(case), "Var det mitt fel?", None, None))

    assert house.store.run(ask)
    start = await eva.get("/")
    assert start.has("Fråga att svara på", "24 timmar kvar", f"/thread/{child}")
    thread = f"/cases/{case}/thread/{child}"
    page = await eva.get(thread)
    assert page.has("Var det mitt fel?", "Inte läst än")
    page = await eva.fill(thread, "/read")
    assert page.has("Läst av en människa")
    page = await eva.fill(thread, "/answer", own="")
    assert page.status == 422
    page = await eva.fill(thread, "/answer", approved="answer.not_your_fault", own="Vi ses på fredag.")
    assert page.has("Det som hände är inte ditt fel.", "Vi ses på fredag.", "Eva Lind, socialsekreterare")
    twice = {"stamp": page.form("/answer")["stamp"], "own": "Vi ses på fredag."}
    for _ in range(2):
        page = await eva.post(f"{thread}/answer", twice)
    assert page.text.count("Vi ses på fredag.") == 2
    assert not (await eva.get("/")).has("Fråga att svara på")


async def test_words_of_danger_are_a_page_of_deeds_until_somebody_answers(house: House) -> None:
    eva = await house.worker("Eva Lind")
    case, child, _, _ = await _released(eva)

    def say(tx: Tx) -> list[Done | Withheld]:
        with Sitting(tx, Actor(child, Strength.PIN), Channel.WEB, lock=True) as sitting:
            return [sitting.do(Say(CaseId(case), words, None, alarm)) for words, alarm in SAID_IN_DANGER]

    assert house.store.run(say)
    thread = f"/cases/{case}/thread/{child}"
    assert (await eva.get("/")).has("Larm", f"/thread/{child}")
    page = await eva.get(thread)
    assert page.has("Orden kan betyda fara: att någon blir illa behandlad", "Han är arg igen", "ring 112 och säg var")
    assert page.has("Det är bra att du skrev det. Ingen får göra dig illa", "Jag har läst det du skrev. Jag tar det på")
    assert not page.has("Det är bra att du frågar.")
    house.clock.move(timedelta(minutes=1))
    page = await eva.fill(thread, "/answer", approved="answer.danger.read")
    assert page.has("Jag har läst det du skrev. Jag tar det på allvar.", "Det är bra att du frågar.")
    assert not page.has("Orden kan betyda fara")
    assert not (await eva.get("/")).has(f"/thread/{child}")


async def test_a_notice_goes_only_to_those_the_rule_has_cleared(house: House) -> None:
    eva = await house.worker("Eva")
    case, child, mother, entry = await _released(eva)
    page = await eva.get(f"/cases/{case}/notify")
    assert page.has("Åklagarens beslut om åtal")
    page = await eva.get(f"/cases/{case}/notify/{entry}")
    assert page.has("Texten är inte öppen för personen.", "Två personer behöver godkänna")
    assert not page.has(f'/notify/{entry}/{child}"')
    page = await eva.get(f"/cases/{case}/notify/{entry}/{mother}")
    assert page.has("Du har något att läsa.")
    assert not page.has('id="send"')
    page = await eva.post(f"/cases/{case}/notify/{entry}/{mother}", {})
    assert page.has("Två personer behöver godkänna")
    assert (await eva.get(f"/cases/{case}/deliveries")).has("Inget har skickats i ärendet.")


def _link_telegram(house: House, person: str) -> None:
    row = {"id": new_id(), "person": person, "channel": Channel.TELEGRAM, "binding": b"x", "turn": 1, "sealed": None,
           "open_state": None, "updated_at": 0, "ended_at": None}  # fmt: skip
    house.store.run(lambda tx: tx.run(sql.ADD_CONVERSATION, row))


async def test_a_cleared_guardian_who_said_yes_gets_her_notice_in_a_safe_hour(house: House) -> None:
    eva, bo = await house.worker("Eva"), await house.worker("Bo")
    case, _, mother, entry = await _released(eva)
    for one in (eva, bo):
        await one.fill(f"/cases/{case}/people/{mother}", "/clear", why="Bra för Moa.")
    await eva.fill(f"/cases/{case}/entries/{entry}", "/told", how="in_person", understood="understood")
    notice = f"/cases/{case}/notify/{entry}"
    assert (await eva.get(notice)).has("Texten är inte öppen för personen.")

    page = await eva.get(f"/cases/{case}/entries/{entry}")
    page = await eva.post(f"/cases/{case}/entries/{entry}/release", page.form("/release"))
    assert page.has("En kollega behöver också godkänna.", "vill lämna ut den här")
    assert (await eva.get(notice)).has("Texten är inte öppen för personen.")
    assert (await bo.get("/")).has("Tung text väntar på att en kollega godkänner")
    again = await eva.post(f"/cases/{case}/entries/{entry}/release", page.form("/release"))
    assert again.has("Det här tar två olika personer.")
    page = await bo.get(f"/cases/{case}/entries/{entry}")
    page = await bo.post(f"/cases/{case}/entries/{entry}/release", page.form("/release"))
    assert page.has("Godkänt av två.")
    assert (await eva.get(notice)).has("Personen har inte sagt ja till meddelanden.")
    page = await eva.fill(f"/cases/{case}/decisions", "/consent", yes_by=mother, yes_for=mother,
                          scope="telegram_notice", purpose="Hon vill veta när det finns något att läsa.")  # fmt: skip
    assert page.status == 200, page.problems
    assert (await eva.get(notice)).has("Personen har inte kopplat Telegram.")
    _link_telegram(house, mother)

    page = await eva.get(f"{notice}/{mother}")
    assert page.has("Du har något att läsa.", "Skickas måndag 23 november 2026 12:00", 'id="send"')
    page = await eva.post(f"{notice}/{mother}", page.form(""))
    assert page.path == f"/cases/{case}/deliveries?said=sent"
    assert page.has("Meddelande om något att läsa", "I kö", "Sara")
