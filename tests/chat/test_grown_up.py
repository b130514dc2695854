"""A grown-up who was here as a child: what she is told, what nobody else sees, and where her words lie."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

import pytest
from babel.messages.pofile import read_po

from bot.speech import FOLDER
from bot.talk import Chose
from storage import _tables as t
from storage.claims import SENT_A_DAY, within
from storage.commands import (
    AnswerClaim,
    ConnectClaim,
    RefuseEntry,
)
from storage.queries import OneClaim, WholeEntries, WorkList
from storage.records import (
    CaseId,
    ClaimAnswer,
    ClaimStage,
    EntryId,
    ProofWay,
    RefusalGround,
)
from tests.chat.asking import (
    FUNCTION,
    HANNA,
    NUMBER,
    TYPED,
    asks,
    claim_of_hers,
    comes_back,
    moved,
    see,
    work,
    write_unreleased,
)
from tests.chat.conftest import House
from tests.chat.test_guardian import _in_swedish, _walk
from tests.flows import places
from tests.flows.places import keys_in, said

# Kind lines of typed words and codes, and what stands inside a list.
ELSEWHERE = {
    *(f"come_back.{line}" for line in ("busy", "kept", "empty", "code.sixteen", "code.once")),
    *(f"come_back.number.{line}" for line in ("locked", "wrong")),
    *(f"come_back.has.{what}" for what in (*TYPED, "code")),
}


# --- the three human answers, and the fourth ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "ground", "words"),
    [
        (ClaimAnswer.NOTHING, None, ("Inget hittades", "under ett annat namn", "har egna papper", "kammarrätten")),
        (ClaimAnswer.CULLED, None, ("Det är borttaget", "gallring", "har egna papper", "kammarrätten")),
        (ClaimAnswer.REFUSED, RefusalGround.INVESTIGATION, ("lämnas inte ut", "utredning är öppen", "kammarrätten")),
        (ClaimAnswer.UNPROVEN, None, ("Frågan är avslutad", "om något finns eller inte", "kammarrätten")),
    ],
)
async def test_each_no_is_a_human_answer(
    house: House, answer: ClaimAnswer, ground: RefusalGround | None, words: tuple[str, ...]
) -> None:
    _, number = await asks(house, "letter")
    claim = claim_of_hers(house)
    if answer is not ClaimAnswer.UNPROVEN:
        work(house, moved(house, claim, ClaimStage.LOOKING))
    work(house, AnswerClaim(claim, answer, FUNCTION, None, ground))
    browser = await comes_back(house, number)
    for said_so in (*words, HANNA, FUNCTION, "måndag 23 november 2026", "tre veckor", "90 390"):
        assert said_so in browser.words, said_so


async def test_a_day_that_passed_without_a_word_says_so(house: House) -> None:
    _, number = await asks(house)
    house.clock.on(days=8)
    browser = await comes_back(house, number)
    assert "Den dagen har gått" in browser.words
    assert "Ring kommunens växel" in browser.words


# --- nobody else sees it -----------------------------------------------------------------------------------------


async def test_a_guardians_pages_are_the_same_to_the_letter_with_and_without_a_request(house: House) -> None:
    before = {name: await _walk(await _in_swedish(await house.sign_in(name))) for name in ("Bo", "Malin")}
    cleared = await _cleared(house)
    _, _ = await asks(house)
    claim, case = claim_of_hers(house), CaseId(house.person("Noa").case)
    work(house, moved(house, claim, ClaimStage.LOOKING), ConnectClaim(claim, case))
    await write_unreleased(house, case, "late-1")
    work(house, RefuseEntry(case, EntryId("late-1"), RefusalGround.REPORTER))
    work(house, AnswerClaim(claim, ClaimAnswer.RELEASED, FUNCTION, ProofWay.IN_PERSON))
    after = {name: await _walk(await _in_swedish(await house.sign_in(name))) for name in ("Bo", "Malin")}
    assert after == before
    assert await _cleared(house) == cleared


async def _cleared(house: House) -> str:
    browser = await _in_swedish(await house.sign_in("Sanna"))
    return re.sub(r'(name="turn" value|data-turn)="\d+"', "", browser.body)


async def test_a_guardian_who_has_signed_in_can_not_stand_in_the_flow(house: House) -> None:
    browser = await house.sign_in("Malin")
    await browser.tap("was_here")
    assert browser.step == "near/home"


# --- the number ----------------------------------------------------------------------------------------------------


async def test_wrong_guessed_and_late_numbers_say_the_same(house: House) -> None:
    _, number = await asks(house)
    pages = set()
    for wrong in ("AAAAA AAAAA", number[:-1] + ("0" if number[-1] != "0" else "1"), "x", number + "1"):
        browser = await comes_back(house, wrong)
        assert browser.step == "come_back/number"
        pages.add(browser.words)
    house.clock.on(days=731)
    late = await comes_back(house, number)
    assert {late.words} == pages
    assert len(pages) == 1
    assert "Det numret finns inte här" in late.words


async def test_guessing_in_one_conversation_rests_and_fails_closed(house: House) -> None:
    _, number = await asks(house)
    browser = await comes_back(house, "AAAAAAAAA0")
    for n in range(1, 5):
        await browser.write(f"AAAAAAAAA{n}")
    await browser.write(number)
    assert browser.step == "come_back/number"
    assert "många försök" in browser.words
    house.clock.on(minutes=16)
    again = await comes_back(house, number)
    assert again.step == "come_back/stage"


async def test_when_too_many_have_asked_the_page_says_whom_to_ring_and_keeps_nothing_sent(house: House) -> None:
    full = house.store.run(lambda tx: all(within(tx, "claims sent:lindvik", SENT_A_DAY) for _ in range(SENT_A_DAY)))
    assert full
    browser = house.new_browser()
    await browser.open()
    for value in ("was_here", "ask", "lindvik"):
        await browser.tap(value)
    for words in TYPED.values():
        await browser.write(words)
    await browser.tap("in_person")
    await browser.tap("send")
    assert browser.step == "come_back/send"
    assert "ring kommunens växel" in browser.words
    assert [row for row in see(house, WorkList("lindvik")) if row.name == TYPED["name"]] == []


# --- what she typed ------------------------------------------------------------------------------------------------


async def test_what_she_typed_lies_nowhere_in_clear_and_the_session_holds_a_secret_and_no_word(
    house: House, tmp_path: Any
) -> None:
    browser = house.new_browser()
    await browser.open()
    for value in ("was_here", "ask", "lindvik"):
        await browser.tap(value)
    for words in TYPED.values():
        await browser.write(words)
        _holds_no_word(house)
    await browser.tap("in_person")
    await browser.tap("send")
    found = NUMBER.search(browser.words)
    assert found is not None
    _holds_no_word(house, found.group().replace(" ", ""), found.group())
    await asyncio.to_thread(house.store.close)
    for path in tmp_path.rglob("*"):
        if path.is_file() and path.name != "people.json":
            content = path.read_bytes()
            assert b"Zqx" not in content, path
            assert found.group().replace(" ", "").encode() not in content, path


def _holds_no_word(house: House, *more: str) -> None:
    rows = house.store.run(lambda tx: list(tx.rows(t.conversation.select(), {})))
    for row in rows:
        state = json.loads(row.open_state) if row.open_state else {}
        assert not any(words in str(tuple(row)) for words in ("Zqx", *more))
        fields = state.get("fields", {})
        assert set(fields) <= {"claim", "what", "way", "topic", "pictures", "code", "fresh"}
        assert re.fullmatch(r"[0-9a-f]{32}|", fields.get("claim", ""))


async def test_words_of_danger_show_help_at_once_and_leave_no_trace_in_the_session(house: House) -> None:
    browser = house.new_browser()
    await browser.open()
    for value in ("was_here", "ask", "lindvik"):
        await browser.tap(value)
    await browser.write("jag vill inte leva")
    assert "90101" in browser.words
    assert "Ingen har läst det du skrev än" in browser.words
    for row in house.store.run(lambda tx: list(tx.rows(t.conversation.select(), {}))):
        assert "suicide" not in str(row.open_state)


async def test_what_is_thrown_away_is_gone_and_empty_words_are_not_kept(house: House) -> None:
    browser = house.new_browser()
    await browser.open()
    for value in ("was_here", "ask", "lindvik"):
        await browser.tap(value)
    await browser.write("   ")
    assert "Det stod inget" in browser.words
    await browser.write(TYPED["name"])
    await browser.tap("throw")
    assert browser.step == "come_back/start"
    assert "raderat" in browser.words
    claims = house.store.run(lambda tx: list(tx.rows(t.subject.select().where(t.subject.c.sort == "claim"), {})))
    parts = house.store.run(lambda tx: list(tx.rows(t.part.select().where(t.part.c.name == "asked"), {})))
    assert len(claims) == 1
    assert parts == []


async def test_the_worker_reads_what_was_written_with_the_language(house: House) -> None:
    await asks(house)
    sheet = see(house, OneClaim(claim_of_hers(house)))
    assert sheet.asked == TYPED
    assert sheet.locale == "sv"
    assert see(house, WholeEntries(CaseId(house.person("Noa").case)))


def test_no_text_of_the_flow_is_left_over() -> None:
    asked = set(ELSEWHERE)
    for place in (*places.answered(), *places.refused()):
        asked |= {key for part in said(place.screen) for key in keys_in(part)}
        for way in (*place.screen.rows, *place.screen.choices):
            line = place.step.on(place.me, Chose(way.value), place.facts).line
            asked |= {line.key} if line is not None else set()
    with (FOLDER / "sv" / "LC_MESSAGES" / "come_back.po").open("rb") as file:
        own = {message.id if isinstance(message.id, str) else message.id[0] for message in read_po(file) if message.id}
    assert own - asked == set()
