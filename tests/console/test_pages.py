"""The pages themselves: every kind has its form, every reader her preview, no word of a person leaves its quotes."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from bot.console.entry_form import empty_entry
from bot.console.notice import next_safe
from bot.console.preview import Face, Look, preview, reader_of
from bot.console.start import path_of
from bot.signing import digest_of, sign
from bot.speech import locales
from bot.story import Depth
from storage.duties import Duty
from storage.kinds import KINDS, readers_of
from storage.records import Listener
from storage.reminders import SafeHours
from storage.reviews import keep_review
from tests.console.house import House
from tests.console.steps import adult, dropped_case, enrol, open_case

STOCKHOLM = ZoneInfo("Europe/Stockholm")


async def test_every_kind_has_a_form(house: House) -> None:
    eva = await house.worker("Eva")
    case = await open_case(eva)
    await adult(eva, case, "Bo", "police", "police")
    for kind in KINDS.values():
        page = await eva.get(f"/cases/{case}/entries/new/{kind.code}")
        assert page.status == 200
        assert all(f'name="f_{field.name}' in page.text for field in kind.fields), kind.code
    assert (await eva.get(f"/cases/{case}/entries/new/nothing")).status == 404


@pytest.mark.parametrize("listener", Listener)
def test_every_reader_has_a_preview_of_every_kind_or_a_no(listener: Listener) -> None:
    for kind in KINDS.values():
        entry = empty_entry("0" * 32, kind, "Eva")
        for spoken in locales():
            for face in Face:
                shown = preview(entry, {}, Look(listener, spoken.tag, Depth.FULL, face))
                told = reader_of(listener) in readers_of(kind)
                assert (shown.card is not None) == told
                assert not told or shown.card is None or shown.card.headline
                assert (shown.lock is not None) == (told and face is Face.LOCK)


async def test_typed_words_stay_words(house: House) -> None:
    eva = await house.worker("<b>Eva</b>")
    case = await open_case(eva, '"><script>1</script>')
    child = await enrol(eva, case, "child", "<img src=x>", born="2017-03-05")
    for path in ("/", f"/cases/{case}", f"/cases/{case}/people/{child}", f"/cases/{case}/visits"):
        page = await eva.get(path)
        assert page.status == 200
        assert not page.has("<script")
        assert not page.has("<img")
        assert not page.has("<b>Eva")


async def test_pages_are_strict_and_leave_no_trace(house: House) -> None:
    eva = await house.worker("Eva")
    case, child, _, entry = await dropped_case(eva)
    for path in ("/", f"/cases/{case}/entries/{entry}", f"/cases/{case}/people/{child}"):
        async with eva.web.get(f"{house.root}/console{path}") as answer:
            assert answer.headers["Cache-Control"] == "no-store"
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            text = await answer.text()
        assert "style=" not in text
        assert text.count("<script") == text.count('<script src="/console/s/')
        assert "Moa" not in text.partition("<title>")[2].partition("</title>")[0]


async def test_the_console_speaks_the_workers_language(house: House) -> None:
    eva = await house.worker("Eva")
    page = await eva.get("/", **{"Accept-Language": "en-GB,en;q=0.9,sv;q=0.5"})
    assert page.has('<html lang="en" dir="ltr">', "Nothing is waiting right now.")


async def test_a_page_that_is_not_there_says_so(house: House) -> None:
    eva = await house.worker("Eva")
    page = await eva.get("/nowhere")
    assert page.status == 404
    assert page.has("Sidan finns inte")


def test_every_duty_in_a_case_leads_somewhere() -> None:
    for duty in Duty:
        assert (path_of(duty, "c", "r") or "").startswith(("/cases/c", "/requests/c"))
        assert path_of(duty, None, "r") is None


def test_a_notice_waits_for_the_morning() -> None:
    usual = SafeHours()
    evening = datetime(2026, 11, 23, 22, 0, tzinfo=STOCKHOLM)
    assert next_safe(evening, usual) == datetime(2026, 11, 24, 9, 30, tzinfo=STOCKHOLM)
    night = datetime(2026, 11, 24, 5, 0, tzinfo=STOCKHOLM)
    assert next_safe(night, usual) == datetime(2026, 11, 24, 9, 30, tzinfo=STOCKHOLM)
    noon = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
    assert next_safe(noon, usual) == noon


@pytest.mark.parametrize(
    ("first", "last", "at"),
    [(14, 16, (23, 14, 0)), (9, 11, (24, 9, 30)), (7, 9, (24, 7, 0)), (10, 16, (23, 12, 0)), (7, 11, (24, 9, 30))],
)
def test_a_notice_waits_for_her_own_hours(first: int, last: int, at: tuple[int, int, int]) -> None:
    noon = datetime(2026, 11, 23, 12, 0, tzinfo=STOCKHOLM)
    day, hour, minute = at
    hers = SafeHours(time(first), time(last))
    assert next_safe(noon, hers) == datetime(2026, 11, day, hour, minute, tzinfo=STOCKHOLM)


async def test_any_text_can_be_looked_up_beside_another_language_with_its_figures(house: House) -> None:
    eva = await house.worker("Eva")
    page = await eva.get("/texts?kind=verdict&as=7-12&tag=ar")
    assert page.status == 200
    assert page.has("verdict_acquitted.7-12.headline", ">acquitted.headline<", 'lang="ar" dir="rtl"', "LIX")
    # What may come of it makes two texts, each in two languages.
    assert page.has("Mått (Fälld)", "Mått (Friad)")
    assert page.text.count("ord i meningen i snitt") == 4
    odd = await eva.get("/texts?kind=gossip&as=nobody&tag=xx")
    assert odd.status == 200
    assert odd.has(next(iter(KINDS)))


async def test_the_page_of_texts_says_who_may_read_them_and_shows_what_other_cards_say_too(house: House) -> None:
    eva = await house.worker("Eva")
    path = "/texts?kind=verdict&as=7-12&tag=en"
    page = await eva.get(path)
    assert page.has('data-signed="sv none"', 'data-signed="en none"', "På svenska har ingen skrivit under texterna.")
    # Whoever signs reads the shared words beside the kind's own.
    assert page.has(
        "Ord som flera händelser delar", 'title="closing.7-12.again"', 'title="phrase.offence.assault.child"'
    )
    house.store.run(lambda tx: sign(tx, "verdict", "sv", "Rut Sand"))
    own = digest_of("verdict", "en")[:32]
    house.store.run(lambda tx: keep_review(tx, "en", "verdict", own + bytes(32), "Rut Sand"))
    page = await eva.get(path)
    assert page.has('data-signed="sv fresh"', "På svenska är texterna påskrivna så som de står nu.")
    assert page.has('data-signed="en shared"', "Ord som flera händelser delar är ändrade sedan dess.")
    assert not (await eva.get("/texts?kind=parent_talk&as=7-12&tag=en")).has("data-signed")
