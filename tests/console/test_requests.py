"""A grown-up's request at the worker's desk: read, moved on, connected, decided entry by entry, answered."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.commands import AddToClaim, BeginClaim, SendClaim, ShowEid
from storage.consent import Actor, Withheld
from storage.eid import enter_by_eid
from storage.gate import Sitting
from storage.payloads import TalkState
from storage.queries import ClaimDoor, ClaimFacts, MyClaim
from storage.records import VISITOR, Channel, ClaimToken, ProofWay, Side, Strength, claim_of
from storage.talks import state_text
from storage.vault import Tx
from tests.console.house import HEX, House, Page, Worker
from tests.console.steps import adult, dropped_case, enrol, open_case, write_entry

UNIT = "Barnahus Norr"
NUMBER, STATE = "200306211239", state_text(TalkState("way_in/choose", 1, {}))
VISITING = Actor(VISITOR, Strength.NONE)
TYPED = {"name": "Noa Strand", "born": "2003-06-21", "where": "Norr, 2012", "reach": "<b>070-1</b> efter fem"}


def ask_as_visitor(house: House, locale: str = "sv", eid: str = "") -> tuple[str, ClaimToken]:
    """Somebody asks without sign-in: the request's id and the secret that opens it."""

    def make(tx: Tx) -> ClaimToken:
        with Sitting(tx, VISITING, Channel.WEB) as sitting:
            door = sitting.ask(ClaimDoor())
            assert not isinstance(door, Withheld)
            deeds = (
                BeginClaim(door.token, door.number, UNIT, locale),
                *(AddToClaim(door.token, what, words) for what, words in TYPED.items()),
                *([ShowEid(door.token, eid, "Noa Strand")] if eid else []),
                SendClaim(door.token, ProofWay.EID if eid else ProofWay.IN_PERSON),
            )
            for deed in deeds:
                assert not isinstance(sitting.do(deed), Withheld)
            return door.token

    token = house.store.run(make)
    return claim_of(token), token


def seen_by_her(house: House, token: ClaimToken) -> ClaimFacts:
    """What whoever holds the number is told now."""

    def look(tx: Tx) -> ClaimFacts | Withheld:
        with Sitting(tx, VISITING, Channel.WEB) as sitting:
            return sitting.ask(MyClaim(token))

    facts = house.store.run(look)
    assert not isinstance(facts, Withheld)
    return facts


async def grown_case(eva: Worker) -> tuple[str, str, str]:
    """Noa's old case: the case and two entries that nobody has decided about."""
    case = await open_case(eva, "BH 2012-22")
    await enrol(eva, case, "child", "Noa Strand", born="2003-06-21")
    gun = await adult(eva, case, "Gun", "social_worker", "social")
    entries = [
        (await write_entry(eva, case, "social_measure", state="happened", on=f"2012-06-1{n}", f_by=gun,
                           f_measure="parent_support"))[0]
        for n in range(2)
    ]  # fmt: skip
    return case, entries[0], entries[1]


async def move(eva: Worker, claim: str, stage: str, way: str = "in_person") -> Page:
    page = await eva.fill(f"/requests/{claim}", "/stage", stage=stage, way=way, claim_function="Samordnaren, Norr")
    assert page.status == 200, page.problems
    return page


async def give(eva: Worker, claim: str, answer: str, **typed: str) -> Page:
    """Read the words, change what must be changed, read them again, and give the answer."""
    path = f"/requests/{claim}/answer/{answer}"
    page = await eva.get(path)
    page = await eva.post(path, {**page.form(""), "claim_function": "Samordnaren, Norr", **typed, "do": "look"})
    assert page.status == 200, page.problems
    assert page.has("Samordnaren, Norr", "Det här läser den som frågar")
    return await eva.post(path, {**page.form(""), "do": "send"})


async def test_a_request_stands_on_the_start_page_and_leads_to_its_words(house: House) -> None:
    eva = await house.worker("Eva")
    claim, _ = ask_as_visitor(house)
    start = await eva.get("/")
    assert start.has("Vuxna som frågar om sitt ärende", "Noa Strand", f"/console/requests/{claim}")
    assert not start.has("/tasks/")
    page = await eva.get(f"/requests/{claim}")
    assert page.has("Noa Strand", "2003-06-21", "Norr, 2012", "&lt;b&gt;070-1&lt;/b&gt;", "svenska", "Mottagen")


async def test_the_stages_are_shown_to_whoever_asks_with_the_function_and_the_date(house: House) -> None:
    eva = await house.worker("Eva")
    claim, token = ask_as_visitor(house)
    page = await move(eva, claim, "proving", "letter")
    assert page.has("Visar vem hon eller han är", "med brev till folkbokföringsadressen")
    facts = seen_by_her(house, token)
    assert (facts.stage, facts.way, facts.function) == ("proving", "letter", "Samordnaren, Norr")
    assert facts.next_on == house.clock.now.date() + timedelta(days=7)
    late = await eva.fill(f"/requests/{claim}", "/stage", stage="looking", claim_next_on="2026-11-01")
    assert late.problems == ["claim_next_on"]


async def test_noas_road_from_a_request_to_a_slip(house: House) -> None:
    eva = await house.worker("Eva")
    case, one, two = await grown_case(eva)
    claim, token = ask_as_visitor(house)
    await move(eva, claim, "looking")
    page = await eva.post(f"/requests/{claim}/find", {"words": "Noa Strand"})
    assert page.has(case, "BH 2012-22")
    page = await eva.post(f"/requests/{claim}/connect", {"case": case})
    assert page.has("Frågan är kopplad", "Inget beslut än", one, two)
    no = await give(eva, claim, "released")
    assert no.status == 422
    assert no.has("Varje händelse behöver ett beslut först")
    page = await eva.post(f"/requests/{claim}/entries/{one}/release", {"ground": "own_data"})
    assert page.has("Lämnas ut")
    page = await eva.post(f"/requests/{claim}/entries/{two}/refuse", {"refusal": ""})
    assert page.problems == ["refusal"]
    page = await eva.post(f"/requests/{claim}/entries/{two}/refuse", {"refusal": "reporter"})
    assert page.has("Lämnas inte ut", "Den som anmälde ska inte bli känd")
    slip = await give(eva, claim, "released", way="letter")
    assert slip.status == 200, slip.problems
    assert slip.find(r"(http://127\.0\.0\.1:\d+/i/[\w-]{40,})")
    assert slip.find(r">([0-9A-Z]{4} [0-9A-Z]{4})<")
    facts = seen_by_her(house, token)
    assert (facts.answer, facts.way, facts.who) == ("released", "letter", "Eva, socialsekreterare")
    assert not (await eva.get("/")).has(f"/requests/{claim}")
    assert (await eva.get(f"/requests/{claim}")).has("Besvarad", "Det finns något att läsa")


async def test_an_eid_shows_whose_number_it_is_and_the_worker_lets_her_in_by_it(house: House) -> None:
    eva = await house.worker("Eva")
    case = await open_case(eva, "BH 2012-22")
    child = await enrol(eva, case, "child", "Noa Strand", born="2003-06-21", number=NUMBER)
    gun = await adult(eva, case, "Gun", "social_worker", "social")
    entry, _ = await write_entry(eva, case, "social_measure", state="happened", on="2012-06-11", f_by=gun,
                                 f_measure="parent_support")  # fmt: skip
    claim, token = ask_as_visitor(house, eid=NUMBER)
    page = await eva.get(f"/requests/{claim}")
    assert page.has("utställd på Noa Strand", "Numret hör till BH 2012-22, Noa Strand", case)
    assert not page.has(NUMBER)
    await move(eva, claim, "looking", "eid")
    page = await eva.post(f"/requests/{claim}/connect", {"case": case})
    page = await eva.post(f"/requests/{claim}/entries/{entry}/release", {"ground": "own_data"})
    assert house.store.run(lambda tx: enter_by_eid(tx, NUMBER, STATE)) is None, "nothing before the answer"
    done = await give(eva, claim, "released", way="eid")
    assert (done.status, done.path.partition("?")[0]) == (200, f"/requests/{claim}"), done.problems
    facts = seen_by_her(house, token)
    assert (facts.answer, facts.way) == ("released", "eid")
    entered = house.store.run(lambda tx: enter_by_eid(tx, NUMBER, STATE))
    assert entered is not None
    assert entered.person == child
    assert house.store.run(lambda tx: enter_by_eid(tx, NUMBER, STATE)) is None, "once"


async def test_a_changed_number_is_nobodys_and_a_person_must_look(house: House) -> None:
    """Nothing is joined by itself: not by the name, and not because a number might be an older one."""
    eva = await house.worker("Eva")
    case = await open_case(eva, "BH 2012-22")
    await enrol(eva, case, "child", "Noa Strand", born="2003-06-21", number="200306611239")
    claim, _ = ask_as_visitor(house, eid=NUMBER)
    page = await eva.get(f"/requests/{claim}")
    assert page.has("Ingen här har det numret. Det kan vara nytt")
    assert not page.has(case)
    assert (await eva.get("/")).has(f"/console/requests/{claim}")


async def test_the_case_of_somebody_under_eighteen_cannot_be_connected(house: House) -> None:
    """A father says that he is his son, with an e-ID of his own: nothing that a worker does by mistake opens it."""
    eva = await house.worker("Eva")
    case, _, _, _ = await dropped_case(eva)
    claim, _ = ask_as_visitor(house, eid="197806211239")
    await move(eva, claim, "looking", "eid")
    page = await eva.post(f"/requests/{claim}/connect", {"case": case})
    assert (page.status, page.has("är inte vuxen", "kan inte öppna det")) == (422, True)
    assert not (await eva.get(f"/requests/{claim}")).has(f"/console/cases/{case}")
    page = await give(eva, claim, "released", way="eid")
    assert page.status == 422
    assert house.store.run(lambda tx: enter_by_eid(tx, "197806211239", STATE)) is None


async def test_nobody_is_let_in_by_an_eid_that_was_never_shown(house: House) -> None:
    eva = await house.worker("Eva")
    case, one, two = await grown_case(eva)
    claim, _ = ask_as_visitor(house)
    await move(eva, claim, "looking")
    await eva.post(f"/requests/{claim}/connect", {"case": case})
    for entry in (one, two):
        await eva.post(f"/requests/{claim}/entries/{entry}/release", {"ground": "own_data"})
    path = f"/requests/{claim}/answer/released"
    page = await eva.get(path)
    assert not page.has('value="eid"')
    page = await eva.post(path, {**page.form(""), "claim_function": "Samordnaren", "way": "eid", "do": "look"})
    page = await eva.post(path, {**page.form(""), "way": "eid", "shown_way": "eid", "do": "send"})
    assert page.status in (403, 422)
    assert (await eva.get("/")).has(f"/console/requests/{claim}")


@pytest.mark.parametrize(
    ("answer", "typed", "words"),
    [
        ("nothing", {}, "Inget hittades"),
        ("culled", {}, "gallring"),
        ("refused", {"ground": "other_person"}, "en annan person, som lagen skyddar"),
    ],
)
async def test_a_no_is_given_in_the_words_that_were_shown(
    house: House, answer: str, typed: dict[str, str], words: str
) -> None:
    eva = await house.worker("Eva")
    claim, token = ask_as_visitor(house)
    early = await give(eva, claim, answer, **typed)
    assert early.status == 422
    assert early.has("Identiteten är inte visad än")
    assert seen_by_her(house, token).answer is None
    await move(eva, claim, "looking")
    page = await eva.get(f"/requests/{claim}/answer/{answer}")
    page = await eva.post(page.path, {**page.form(""), **typed, "do": "look"})
    assert page.has(words, "kammarrätten", "Eva, socialsekreterare")
    assert (await give(eva, claim, answer, **typed)).has("Svaret är givet")
    assert seen_by_her(house, token).answer == answer


async def test_words_that_were_not_shown_are_shown_before_they_are_given(house: House) -> None:
    eva = await house.worker("Eva")
    claim, token = ask_as_visitor(house)
    await move(eva, claim, "looking")
    path = f"/requests/{claim}/answer/refused"
    page = await eva.get(path)
    fields = {**page.form(""), "ground": "care", "claim_function": "Chefen", "do": "send"}
    page = await eva.post(path, fields)
    assert page.has("Det du fyllt i är inte längre", "skada din vård", "Chefen")
    assert seen_by_her(house, token).answer is None


async def test_she_is_answered_in_her_language(house: House) -> None:
    eva = await house.worker("Eva")
    claim, _ = ask_as_visitor(house, "ar")
    await move(eva, claim, "looking")
    assert (await eva.get(f"/requests/{claim}/answer/nothing")).has('lang="ar" dir="rtl"', "لم يُعثر على شيء")


async def test_who_could_not_be_proven_is_answered_from_any_stage(house: House) -> None:
    eva = await house.worker("Eva")
    claim, token = ask_as_visitor(house)
    assert (await give(eva, claim, "unproven")).has("Svaret är givet")
    assert seen_by_her(house, token).answer == "unproven"
    page = await eva.post(f"/requests/{claim}/stage", {
        "stage": "looking", "way": "letter", "claim_function": "x", "claim_next_on": "2026-12-24"})  # fmt: skip
    assert page.has("Frågan är besvarad")


async def test_a_culled_case_is_said_to_be_culled(house: House) -> None:
    eva = await house.worker("Eva")
    await grown_case(eva)
    claim, _ = ask_as_visitor(house)
    house.store.keyring.destroy_month("2056-11")
    house.store.smith.forget()
    page = await eva.post(f"/requests/{claim}/find", {"words": "BH 2012-22"})
    assert page.has("det är gallrat")


@pytest.mark.parametrize(("unit", "side"), [("Barnahus Syd", Side.BARNAHUS), ("Barnahus Norr", Side.AID)])
async def test_another_units_worker_sees_no_request(house: House, unit: str, side: Side) -> None:
    eva = await house.worker("Eva")
    case, one, _ = await grown_case(eva)
    claim, token = ask_as_visitor(house)
    other = await house.worker("Olle", unit=unit, side=side)
    stem = f"/requests/{claim}"
    filled = {"stage": "looking", "way": "letter", "claim_function": "x", "claim_next_on": "2026-12-24", "case": case,
              "words": "Noa Strand", "ground": "own_data", "refusal": "care", "do": "send"}  # fmt: skip
    for path in (stem, f"{stem}/answer/nothing"):
        assert (await other.get(path)).status == 404
    for path in ("/stage", "/find", "/connect", f"/entries/{one}/release", f"/entries/{one}/refuse", "/answer/nothing"):
        page = await other.post(stem + path, filled)
        assert page.status == 404, path
        assert not page.has("Noa Strand")
    assert not (await other.get("/")).has("Noa Strand")
    assert seen_by_her(house, token).stage == "received"


async def test_what_is_not_there_is_not_there(house: House) -> None:
    eva = await house.worker("Eva")
    claim, _ = ask_as_visitor(house)
    assert (await eva.get(f"/requests/{'0' * 32}")).status == 404
    assert (await eva.get(f"/requests/{claim}/answer/perhaps")).status == 404
    assert (await eva.get(f"/cases/{claim}")).status == 404
    assert (await eva.post(f"/requests/{claim}/entries/{'0' * 32}/refuse", {"refusal": "care"})).status == 404
    assert (await eva.get(f"/requests/{claim}")).find(rf"/requests/({HEX})/stage") == claim
