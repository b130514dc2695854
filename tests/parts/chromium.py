"""Debian's Chromium driven by Playwright, and axe, which finds what a page's reader would stumble over.

Fixtures: ``chromium`` is a running browser, ``page`` an empty page in a context of its own.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright

_PROGRAM = Path("/usr/bin/chromium")
_FLAGS = (
    "--no-sandbox",  # as root, in a container, there is no other way
    "--disable-gpu",
    # The rest keeps the browser from calling its maker.
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_AXE = Path(__file__).with_name("axe.min.js")
_RUN_AXE = """async (tags) => {
    const options = tags.length ? {runOnly: {type: "tag", values: tags}} : {};
    const found = await axe.run(document, {...options, resultTypes: ["violations"]});
    return found.violations.map(each => ({
        rule: each.id,
        impact: each.impact ?? "",
        help: each.help,
        targets: each.nodes.map(node => node.target.flat(9).join(" ")),
    }));
}"""


class ChromiumMissing(Exception):
    """The browser is not on this machine."""


@dataclass(frozen=True)
class Violation:
    """One rule of axe that a page breaks.

    Attributes:
        rule: axe's name of the rule, as in ``color-contrast``.
        impact: ``minor``, ``moderate``, ``serious``, ``critical``, or empty.
        help: the rule in one sentence.
        targets: CSS selectors of the elements that break it.
    """

    rule: str
    impact: str
    help: str
    targets: tuple[str, ...]


@cache
def _axe_source() -> str:
    return _AXE.read_text(encoding="utf-8")


async def axe(page: Page, tags: Sequence[str] = ()) -> tuple[Violation, ...]:
    """What axe finds wrong with a page as it stands now.

    It is evaluated in the page, not added to it as a script: a strict content security policy refuses the latter.

    Args:
        page: the page, loaded.
        tags: only rules with one of these tags, as in ``wcag2aa``; all rules when empty.
    """
    await page.evaluate(_axe_source())
    found = await page.evaluate(_RUN_AXE, list(tags))
    return tuple(Violation(each["rule"], each["impact"], each["help"], tuple(each["targets"])) for each in found)


def _program() -> Path:
    if not _PROGRAM.exists():
        raise ChromiumMissing("no Chromium on this machine: run deploy/install-parts")
    return _PROGRAM


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    """A browser with nothing in it. It belongs to the test's own event loop, so it lives as long as the test."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=_program(), args=_FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


@pytest.fixture
async def page(chromium: Browser) -> AsyncIterator[Page]:
    """An empty page in a context of its own, as large as an old phone's screen."""
    context = await chromium.new_context(viewport={"width": 360, "height": 640}, locale="sv-SE")
    try:
        yield await context.new_page()
    finally:
        await context.close()
