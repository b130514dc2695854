"""A child's stories: from the slip with the code to her own way, and back again on another phone."""

from __future__ import annotations

import re

from storage import _tables as tables
from storage.commands import BlockGuardian, LookAgain, RecordTold, SealCase, TakeBack, WriteEntry
from storage.records import (
    Authority,
    CaseId,
    Entry,
    EntryId,
    EntryState,
    PersonId,
    ReaderClass,
    Release,
    TieId,
    Told,
)
from tests.chat.conftest import House
from tests.storage.counting import counted


async def test_a_slip_and_a_spoken_code_lead_to_a_code_of_ones_own_and_home(house: House) -> None:
    tuva, browser = house.person("Tuva"), house.new_browser()
    await browser.open(f"/i/{tuva.token}")
    assert browser.status == 200
    assert "Tuva" not in browser.body
    await browser.send(path=f"/i/{tuva.token}", text=tuva.spoken_code.lower())
    assert browser.step == "way_in/choose"
    await browser.tap("pictures")
    await browser.send(choice="/send", p1="a", p2="c", p3="b", p4="f", p5="d", p6="l")
    assert browser.step == "way_in/pin"
    await browser.send(choice="/send", p1="a", p2="c", p3="b", p4="f", p5="d", p6="l")
    assert browser.step == "way_in/phone"
    await browser.tap("mine")
    code = re.search(r"\d{4} \d{4} \d{4} \d{4}", browser.words)
    assert code is not None
    await browser.tap("on")
    assert browser.step == "my_way/home"
    assert "Tuva" in browser.words

    elsewhere = house.new_browser()
    await elsewhere.open()
    await elsewhere.tap("code")
    await elsewhere.tap("other")
    await elsewhere.write(code.group())
    assert elsewhere.step == "way_in/pin"
    await elsewhere.send(choice="/send", p1="a", p2="c", p3="b", p4="f", p5="d", p6="l")
    assert elsewhere.step == "way_in/phone"


async def test_with_a_session_row_that_was_changed_she_meets_the_front_page(house: House) -> None:
    tuva = await house.sign_in("Tuva")
    await tuva.open()
    assert (tuva.status, tuva.step) == (200, "my_way/home")
    longer = tables.session.update().values(expires_at=tables.session.c.expires_at + 1)
    assert house.store.run(lambda tx: tx.run(longer, {})) > 0
    await tuva.open()
    assert tuva.status == 200
    assert tuva.step.startswith("welcome/")
    assert "Tuva" not in tuva.words


async def test_a_wrong_a_used_a_late_and_an_unknown_invite_look_alike(house: House) -> None:
    elias = house.person("Elias")
    pages = []
    wrong = house.new_browser()
    await wrong.open(f"/i/{elias.token}")
    await wrong.send(path=f"/i/{elias.token}", text="AAAAAAAA")
    pages.append((wrong.status, wrong.words))
    unknown = house.new_browser()
    await unknown.open("/i/nobody")
    await unknown.send(path="/i/nobody", text="AAAAAAAA")
    pages.append((unknown.status, unknown.words))
    good = house.new_browser()
    await good.open(f"/i/{elias.token}")
    await good.send(path=f"/i/{elias.token}", text=elias.spoken_code)
    assert good.step == "way_in/choose"
    used = house.new_browser()
    await used.open(f"/i/{elias.token}")
    await used.send(path=f"/i/{elias.token}", text=elias.spoken_code)
    pages.append((used.status, used.words))
    late, tuva = house.new_browser(), house.person("Tuva")
    house.clock.on(days=4)
    await late.open(f"/i/{tuva.token}")
    await late.send(path=f"/i/{tuva.token}", text=tuva.spoken_code)
    pages.append((late.status, late.words))
    assert len(set(pages)) == 1
    assert pages[0][0] == 422


async def test_five_wrong_spoken_codes_burn_the_slip(house: House) -> None:
    elias, browser = house.person("Elias"), house.new_browser()
    await browser.open(f"/i/{elias.token}")
    for _ in range(5):
        await browser.send(path=f"/i/{elias.token}", text="ZZZZZZZZ")
    await browser.send(path=f"/i/{elias.token}", text=elias.spoken_code)
    assert browser.status == 422


async def test_five_wrong_pins_rest_and_the_right_one_waits_too(house: House) -> None:
    elias, browser = house.person("Elias"), house.new_browser()
    await browser.open()
    await browser.tap("code")
    await browser.write(elias.receipt_code)
    for _ in range(5):
        await browser.write("999990")
        assert browser.step == "way_in/pin"
    await browser.write(elias.pin)
    assert browser.step == "way_in/pin"
    house.clock.on(minutes=16)
    await browser.write(elias.pin)
    assert browser.step == "way_in/phone"


async def test_a_wrong_receipt_code_asks_for_the_pin_just_the_same(house: House) -> None:
    browser, other = house.new_browser(), house.new_browser()
    for one, code in ((browser, "1234567812345678"), (other, house.person("Elias").receipt_code)):
        await one.open()
        await one.tap("code")
        await one.write(code)
        assert one.step == "way_in/pin"
    assert browser.words == other.words
    await browser.write(house.person("Elias").pin)
    assert browser.step == "way_in/pin"


async def test_he_reads_his_way_and_one_card_as_deep_as_he_wants(house: House) -> None:
    browser = await house.sign_in("Elias")
    await browser.tap("way")
    assert browser.step == "my_way/timeline"
    assert "måndag 19 januari 2026" in browser.words
    first = browser.choices[0]
    await browser.tap(first)
    assert browser.step == "card/one"
    assert "morfar" not in browser.words
    await browser.tap("more")
    await browser.tap("more")
    assert "din morfar" in browser.words
    assert "116 111" in browser.words
    assert f'data-entry="{first}"' in browser.body
    assert 'data-kind="report_social"' in browser.body


async def test_a_verdict_shows_no_trace_until_somebody_has_told_him(house: House) -> None:
    elias, browser = house.person("Elias"), await house.sign_in("Elias")
    case, today = CaseId(elias.case), house.clock().date()
    fields = {"outcome": "acquitted", "whom": "relative", "offence": "assault"}
    to_him = Release(ReaderClass.CHILD, "Lena Dahl", "SoL 3:3", today)
    entry = Entry(EntryId("e" * 32), "verdict", EntryState.HAPPENED, today, Authority.COURT, "Lena Dahl", fields,
                  (ReaderClass.CHILD,), releases=(to_him,))  # fmt: skip
    await browser.tap("way")
    before = browser.words
    house.work("Lena Dahl", WriteEntry(case, entry))
    await browser.open()
    assert browser.words == before
    told = Told(PersonId(elias.id), "Lena Dahl", today, "face_to_face", "understood")
    house.work("Lena Dahl", RecordTold(case, entry.id, told))
    await browser.open()
    assert entry.id in browser.choices


async def test_not_yet_says_the_day_then_that_nobody_looked_then_opens(house: House) -> None:
    browser = await house.sign_in("Elias")
    await browser.tap("way")
    promise = browser.choices[-3]
    await browser.tap(promise)
    assert 'data-kind="promise"' in browser.body
    assert "fredag 27 november 2026" in browser.words
    house.clock.on(days=5)
    browser = await house.sign_in("Elias")
    await browser.tap("way")
    await browser.tap(promise)
    missed = browser.words
    assert "fredag 27 november 2026" in missed
    case = CaseId(house.person("Elias").case)
    house.work("Lena Dahl", LookAgain(case, EntryId(promise), yes=True, until=None))
    await browser.open()
    assert browser.words != missed
    assert 'data-kind="social_measure"' in browser.body or "promise" not in browser.body


async def test_what_is_taken_back_is_gone_at_the_next_tap_and_says_so_kindly(house: House) -> None:
    browser = await house.sign_in("Elias")
    await browser.tap("way")
    entry = browser.choices[0]
    await browser.tap(entry)
    case = CaseId(house.person("Elias").case)
    house.work("Lena Dahl", TakeBack(case, EntryId(entry), "Fel kort"))
    await browser.open()
    assert f'data-entry="{entry}"' not in browser.body
    await browser.tap("back")
    await browser.tap("back")
    await browser.tap("way")
    assert entry not in browser.choices


async def test_what_he_says_is_kept_answered_for_and_help_shows_at_once(house: House) -> None:
    browser = await house.sign_in("Elias")
    await browser.tap("say")
    assert "116 111" in browser.words
    await browser.write("Får jag träffa Milan igen?")
    assert "Får jag träffa Milan igen?" in browser.words
    assert "tone-alarm" not in browser.body
    assert "på vardagar" in browser.words
    await browser.write("jag vill dö")
    assert "tone-alarm" in browser.body
    assert "112" in browser.words
    assert "på vardagar" not in browser.words
    await browser.tap("back")
    await browser.tap("say")
    assert "En vuxen som arbetar här har fått veta det nu." in browser.words
    assert "på vardagar" not in browser.words
    assert "senast" not in browser.words


async def test_empty_words_come_back_with_a_sentence_and_nothing_is_kept(house: House) -> None:
    browser = await house.sign_in("Elias")
    await browser.tap("say")
    before = browser.body.count("tone-mine")
    await browser.write("   ")
    assert browser.step == "say/write"
    assert browser.body.count("tone-mine") == before
    assert 'class="note"' in browser.body


async def test_very_long_words_in_two_directions_are_cut_and_shown_whole(house: House) -> None:
    browser = await house.sign_in("Elias")
    await browser.tap("say")
    await browser.write("مرحبا hej " * 400)
    assert browser.status == 200
    assert "مرحبا hej" in browser.words


async def test_he_sees_who_read_about_him_and_takes_back_a_yes(house: House) -> None:
    browser = await house.sign_in("Elias")
    await browser.tap("who_read")
    assert "Lena Dahl" in browser.words
    await browser.tap("back")
    await browser.tap("choices")
    consent = browser.choices[0]
    await browser.tap(consent)
    await browser.tap("withdraw")
    assert consent not in browser.choices


async def test_another_language_and_another_level_from_the_next_line_on(house: House) -> None:
    browser = await house.sign_in("Elias")
    await browser.tap("/language")
    await browser.tap("ar")
    assert '<html lang="ar" dir="rtl">' in browser.body
    await browser.tap("/language")
    await browser.tap("en")
    assert "Elias" in browser.words
    await browser.tap("/language")
    await browser.tap("level")
    await browser.tap("13-17")
    assert browser.step == "my_way/home"


async def test_an_older_page_changes_nothing_and_says_one_kind_line(house: House) -> None:
    browser = await house.sign_in("Elias")
    old = browser.turn_field
    await browser.tap("adults")
    assert browser.step == "adults/list"
    here = browser.shown_turn
    await browser.tap("say", turn=old)
    assert browser.step == "adults/list"
    assert browser.shown_turn == here
    assert 'class="note"' in browser.body
    await browser.open()
    assert 'class="note"' not in browser.body


async def test_the_same_tap_twice_is_one_tap(house: House) -> None:
    browser = await house.sign_in("Elias")
    old = browser.turn_field
    await browser.tap("adults", turn=old)
    turn = browser.shown_turn
    await browser.tap("adults", turn=old)
    assert browser.step == "adults/list"
    assert browser.shown_turn == turn
    assert 'class="note"' not in browser.body


async def test_a_sealed_case_is_answered_like_a_human_would(house: House) -> None:
    browser = await house.sign_in("Elias")
    house.work("Ulla Ström", SealCase(CaseId(house.person("Elias").case), sealed=True))
    await browser.open()
    assert browser.status == 200
    assert browser.step == "my_way/home"
    assert "Läs min väg" not in browser.words


async def test_an_idle_phone_that_is_only_hers_asks_for_the_pin_and_another_forgets(house: House) -> None:
    elias = house.person("Elias")
    shared = await house.sign_in("Elias")
    hers = house.new_browser()
    await hers.open()
    await hers.tap("code")
    await hers.write(elias.receipt_code)
    await hers.write(elias.pin)
    await hers.tap("mine")
    assert hers.step == "my_way/home"
    house.clock.on(minutes=6)
    await hers.open()
    assert hers.step == "way_in/pin"
    await shared.open()
    assert shared.step == "welcome/front"
    await hers.write(elias.pin)
    assert hers.step == "my_way/home"
    house.clock.on(minutes=6)
    await hers.open()
    assert hers.step == "way_in/pin"


async def test_out_leaves_at_once_and_nothing_is_left(house: House) -> None:
    browser = await house.sign_in("Elias")
    async with browser.http.get(browser.base.join(browser.base.with_path("/out")), allow_redirects=False) as answer:
        assert answer.status == 303
        assert "127.0.0.1" not in answer.headers["Location"]
        assert "Clear-Site-Data" in answer.headers
    await browser.open()
    assert browser.step == "welcome/front"
    assert "Elias" not in browser.body


async def test_nothing_a_guardian_is_denied_takes_anything_from_the_child(house: House) -> None:
    sanna, browser = house.person("Sanna"), await house.sign_in("Elias")
    house.work("Lena Dahl", BlockGuardian(CaseId(sanna.case), TieId(sanna.tie), blocked=True))
    await browser.tap("way")
    assert len(browser.choices) > 10


async def test_words_typed_slowly_are_kept_although_the_page_has_rested(house: House) -> None:
    browser = await house.sign_in("Elias")
    await browser.tap("say")
    house.clock.on(minutes=8)
    await browser.write("Det tog lång tid att skriva det här.")
    assert browser.step == "welcome/front"
    assert "Det du skrev är sparat" in browser.words
    assert "Det tog lång tid" not in browser.words
    again = await house.sign_in("Elias")
    await again.tap("say")
    assert "Det tog lång tid att skriva det här." in again.words


async def test_looking_at_the_first_page_leaves_no_row_and_no_cookie(house: House) -> None:
    browser = house.new_browser()
    with counted(house.store) as cost:
        await browser.open()
    assert cost.statements == []
    assert "Set-Cookie" not in browser.headers
    await browser.tap("open")
    assert browser.step == "open/menu"
