"""Pages in Debian's Chromium: accessible in both directions and themes, and better with a script."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page

from bot.faces.frame import AWAY
from bot.faces.web import page as draw
from bot.speech import locale
from bot.talk import Ask, Block, Name, Screen, Text
from tests.faces.browser import ORIGIN, house, serve
from tests.faces.samples import FRAME, pages, screens

AXE = Path(__file__).parents[1] / "parts" / "axe.min.js"
SMALL = 48
Theme = Literal["light", "dark"]


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """An old phone's screen."""
    context = browser.new_context(viewport={"width": 360, "height": 740})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("tag", ["sv", "ar"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, tag: str, theme: Theme) -> None:
    faults: dict[str, Any] = {}
    for name, whole in pages(locale(tag, strict=True)).items():
        context = browser.new_context(viewport={"width": 360, "height": 740}, color_scheme=theme)
        page = context.new_page()
        serve(page, whole)
        page.wait_for_timeout(350)
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        faults |= {f"{name}: {one['id']}": one["nodes"][0]["html"] for one in found["violations"]}
        context.close()
    assert faults == {}


@pytest.mark.parametrize("tag", ["sv", "ar"])
@pytest.mark.parametrize("script", [True, False])
def test_everything_to_press_is_large_and_nothing_is_wider_than_the_phone(
    browser: Browser, tag: str, script: bool
) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 568}, java_script_enabled=script)
    page = context.new_page()
    small = []
    for name, whole in pages(locale(tag, strict=True)).items():
        page.unroute_all()
        serve(page, whole)
        for one in page.locator("main a, main button, main label[title], .bar a, .bar button, textarea").all():
            box = one.bounding_box()
            if box and (box["height"] < SMALL or box["width"] < SMALL):
                small.append(f"{name}: {one.text_content()} {box}")
            if box:
                assert box["x"] >= -1, name
                assert box["x"] + box["width"] <= 321, name
    context.close()
    assert small == []


def test_words_are_at_least_eighteen_pixels(phone: Page) -> None:
    for whole in pages(locale("sv", strict=True)).values():
        phone.unroute_all()
        serve(phone, whole)
        sizes = phone.evaluate(
            "[...document.querySelectorAll('p, span, button, a, label, legend, h1, h2, h3, [type=text], textarea')]"
            ".map(one => parseFloat(getComputedStyle(one).fontSize))"
        )
        assert min(sizes) >= 18


def test_twelve_pictures_are_tapped_six_times(phone: Page) -> None:
    asked: list[str] = []
    serve(phone, pages(locale("sv", strict=True))["pictures"], asked=asked)
    assert phone.locator("fieldset >> visible=true").count() == 0
    for place in (2, 7, 0, 11, 10, 4):
        phone.locator(".pad button").nth(place).click()
    assert "6 av 6" in (phone.locator(".pictures [role=status]").text_content() or "")
    with phone.expect_request(lambda request: request.method == "POST") as posted:
        phone.locator(".send").click()
    assert [f"p{n}={letter}" in (posted.value.post_data or "") for n, letter in enumerate("chalke", 1)] == [True] * 6


def test_a_picture_pin_can_be_started_again(phone: Page) -> None:
    serve(phone, pages(locale("sv", strict=True))["pictures"])
    phone.locator(".pad button").nth(3).click()
    phone.locator(".again").click()
    assert phone.locator("input:checked").count() == 0


def test_leaving_goes_at_once_and_tells_after(phone: Page) -> None:
    with (
        house("<title>weather</title>") as (weather, _),
        house(pages(locale("sv", strict=True))["card"].replace(AWAY, f"{weather}/")) as (home, asked),
    ):
        phone.goto(f"{home}/")
        phone.locator("#leave").click()
        phone.wait_for_url(f"{weather}/")
        end = time.monotonic() + 30
        while "POST /out" not in asked and time.monotonic() < end:
            phone.wait_for_timeout(50)
        assert asked.count("POST /out") == 1
        assert "GET /out" not in asked
        assert phone.evaluate("history.length") <= 2


def test_shift_three_times_leaves_and_counts_aloud_and_escape_does_not(phone: Page) -> None:
    serve(phone, pages(locale("sv", strict=True))["card"])
    phone.keyboard.press("Escape")
    phone.keyboard.press("Escape")
    phone.keyboard.press("Escape")
    assert phone.url == f"{ORIGIN}/"
    phone.keyboard.press("Shift")
    assert "2" in (phone.locator("#count").text_content() or "")
    phone.keyboard.press("Shift")
    phone.keyboard.press("Shift")
    phone.wait_for_url("https://www.smhi.se/")


def test_an_idle_page_covers_itself_and_holds_nothing(phone: Page) -> None:
    whole = draw(
        screens("sv")["card"],
        locale("sv", strict=True),
        step="s",
        turn=1,
        hidden_turn=False,
        frame=replace(FRAME, idle=1),
    )
    serve(phone, whole)
    phone.wait_for_selector(".cover", timeout=5000)
    assert "Karim" not in phone.content()
    assert phone.locator(".cover a").get_attribute("href") == "/"


def test_a_page_that_is_put_away_covers_itself_after_half_a_minute(phone: Page) -> None:
    spoken = locale("sv", strict=True)
    whole = draw(screens("sv")["card"], spoken, step="s", turn=1, hidden_turn=False, frame=replace(FRAME, idle=300))
    phone.clock.install()
    serve(phone, whole)
    away = (
        "Object.defineProperty(document, 'hidden', {configurable: true, value: %s});"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    phone.evaluate(away % "true")
    phone.clock.run_for(20_000)
    phone.evaluate(away % "false")
    phone.clock.run_for(20_000)
    assert "Karim" in phone.content()
    phone.evaluate(away % "true")
    phone.clock.run_for(31_000)
    phone.wait_for_selector(".cover", timeout=5000)
    assert "Karim" not in phone.content()


def test_reading_aloud_is_offered_only_with_a_voice_and_says_that_it_is_heard(phone: Page) -> None:
    serve(phone, pages(locale("sv", strict=True))["card"])
    assert not phone.locator(".aloud").is_visible()
    phone.add_init_script(
        "window.spoken = []; const voices = [{lang: 'sv-SE', localService: true}];"
        "Object.defineProperty(window, 'speechSynthesis', {value: {getVoices: () => voices, cancel() {},"
        " speak(said) { window.spoken.push(said.text); }, addEventListener() {}}});"
        "window.SpeechSynthesisUtterance = function (text) { this.text = text; };"
    )
    phone.reload()
    button = phone.locator(".aloud button")
    button.click()
    assert "hörs i rummet" in (phone.locator(".aloud p").text_content() or "")
    assert phone.evaluate("window.spoken") == []
    button.click()
    assert "Du berättade för polisen" in phone.evaluate("window.spoken")


def test_enter_in_a_field_sends_it_and_presses_nothing_else(phone: Page) -> None:
    serve(phone, pages(locale("sv", strict=True))["pin"])
    phone.fill("#text", "482915")
    with phone.expect_request(lambda request: request.method == "POST") as posted:
        phone.press("#text", "Enter")
    assert "choice=%2Fsend" in (posted.value.post_data or "")
    assert "text=482915" in (posted.value.post_data or "")


@pytest.mark.parametrize("tag", ["sv", "ar"])
def test_her_long_words_keep_to_a_frame_and_the_box_stays_near(phone: Page, tag: str) -> None:
    words = "Jag vill att ni vet hur det var den dagen. " * 280
    long = Screen(Text("say.title"), (Block((Name(words),), tone="mine"),), ask=Ask(Text("say.label")))
    serve(phone, draw(long, locale(tag), step="say/write", turn=2, hidden_turn=False, frame=FRAME))
    box, frame = phone.locator("textarea").bounding_box(), phone.locator("p.long")
    assert box is not None
    assert box["y"] < 2 * 740
    # Every word is there, and the keyboard alone reads to the last of them.
    assert frame.inner_text().count("den dagen.") == 280
    frame.focus()
    phone.keyboard.press("End")
    phone.wait_for_function(
        "() => { const p = document.querySelector('p.long');"
        " return p.scrollTop > 0 && p.scrollTop + p.clientHeight >= p.scrollHeight - 2 }"
    )
    phone.evaluate(AXE.read_text(encoding="utf-8"))
    found = phone.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert [one["id"] for one in found["violations"]] == []
