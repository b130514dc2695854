"""Draw the pictures of the README from a running demo: `python -m deploy.screens [FOLDER]`.

For each language it starts a demo of its own in a scratch folder, so that its clock begins at the start, walks to each
place and ends it.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.faces.browser import chromium
from tests.parts.ports import a_free_port

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
WAIT = 60.0
# Milliseconds for the sender to send, and how much may be due before the first reminder: a trial comes, and goes.
ARRIVED, MOST_BEFORE_A_REMINDER = 4_000, 6


def main(folder: Path) -> None:
    """Write every picture, each as `<name>-<language>.png`."""
    folder.mkdir(parents=True, exist_ok=True)
    for tag in ("sv", "ar"):
        _draw_all(folder, tag)


def _draw_all(folder: Path, tag: str) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        facts_file = Path(scratch) / "facts.json"
        command = [sys.executable, "-m", "bot", "demo", "--port", str(a_free_port()), "--dir", f"{scratch}/demo",
                   "--json", str(facts_file)]  # fmt: skip
        process = subprocess.Popen(command)  # noqa: S603  the command is our own
        try:
            facts = _facts(facts_file)
            with chromium() as browser:
                for name, (size, walk) in PICTURES.items():
                    context = browser.new_context(viewport=size, locale=tag)
                    page = context.new_page()
                    walk(Walk(page, facts, tag))
                    page.screenshot(path=folder / f"{name}-{tag}.png", full_page=True)
                    context.close()
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(WAIT)


def _facts(file: Path) -> dict[str, Any]:
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        if file.exists():
            whole: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
            return whole
        time.sleep(0.2)
    raise TimeoutError("the demo did not say that it is ready")


class Walk:
    """One page on its way to a place."""

    def __init__(self, page: Any, facts: dict[str, Any], tag: str) -> None:
        """`facts` is what the demo wrote about itself."""
        self.page, self.facts, self.tag = page, facts, tag

    def be(self, name: str) -> Walk:
        """Open the chat as one of the invented people, in this walk's language."""
        person = next(one for one in self.facts["people"] if one["name"] == name)
        self.page.goto(self.facts["web"])
        with self.page.expect_navigation():
            self.page.locator(f'form[action="/practice/as/{person["id"]}"] button').click()
        return self.tap("/language").tap(self.tag)

    def work(self, name: str) -> Walk:
        """Open the console as one of the invented workers."""
        self.page.goto(self.facts["practice"])
        with self.page.expect_navigation():
            self.page.locator('form[action^="/practice/staff/"] button', has_text=name).click()
        with self.page.expect_navigation():
            self.page.locator("main button").first.click()
        return self

    def tap(self, *values: str) -> Walk:
        """Press these buttons in turn; '?3' is the fourth row of a list."""
        for value in values:
            rows = self.page.locator("ul.rows button")
            target = (
                rows.nth(int(value[1:]))
                if value.startswith("?")
                else self.page.locator(f'button[value="{value}"]').first
            )
            with self.page.expect_navigation():
                target.click()
        return self

    def go(self, path: str) -> Walk:
        """Open an address."""
        self.page.goto(self.facts["web"] + path)
        return self

    def open_first(self, selector: str) -> Walk:
        """Follow the first link of a sort."""
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()
        return self

    def unfold(self) -> Walk:
        """Open every hard word of the card."""
        for word in self.page.locator("details summary").all():
            word.click()
        # The bar keeps to the top of what is seen, and a tap may have moved that.
        self.page.evaluate("scrollTo(0, 0)")
        return self

    def visit(self, *values: str) -> Walk:
        """Come as nobody, in this walk's language, and press these buttons."""
        self.page.goto(self.facts["web"])
        return self.tap(*values)

    def phone(self, name: str, *, later: bool) -> Walk:
        """Look at a practice phone of somebody who reads this walk's language, now or when the next thing has come."""
        person = next(one for one in self.facts["people"] if one["name"] == name)
        self.be(name).go(f"/practice/phone/{person['id']}")
        answers = self.page.locator('button[name="tap"]')
        before = answers.count()
        for _ in range(MOST_BEFORE_A_REMINDER if later else 0):
            self.page.goto(self.facts["practice"])
            with self.page.expect_navigation():
                self.page.locator('form[action^="/practice/clock/due"] button').click()
            self.page.wait_for_timeout(ARRIVED)
            self.go(f"/practice/phone/{person['id']}")
            if answers.count() > before:
                return self
        if later:
            raise LookupError("no reminder has come")
        return self

    def case_of(self, name: str, rest: str) -> Walk:
        """Open a page of the console in the case of one of the invented people."""
        person = next(one for one in self.facts["people"] if one["name"] == name)
        return self.go(f"/console/cases/{person['case']}{rest}")


def _trigger(walk: Walk) -> Walk:
    """In Swedish those whom the rule keeps out, each with the reason; in Arabic the words before they are sent."""
    if walk.tag == "sv":
        return walk.work("Hanna Berg").case_of("Tuva", "/notify").open_first("main a")
    walk.be("Amina")
    walk.work("Maria Nyström").case_of("Amina", "/notify").open_first("main a")
    return walk.open_first("main a[href*='/notify/'], main form button")


Step = Callable[[Walk], Any]
PICTURES: dict[str, tuple[dict[str, int], Step]] = {
    "first-screen": (PHONE, lambda walk: walk.be("Elias")),
    "heavy-card": (PHONE, lambda walk: walk.be("Tuva").tap("way", "?7", "more", "more").unfold()),
    "not-yet": (PHONE, lambda walk: walk.be("Elias").tap("way", "?11")),
    "adults": (PHONE, lambda walk: walk.be("Elias").tap("adults", "?0")),
    "say": (PHONE, lambda walk: walk.be("Elias").tap("say")),
    "help": (PHONE, lambda walk: walk.go(f"/help?l={walk.tag}")),
    "not-cleared": (PHONE, lambda walk: walk.be("Malin")),
    "grown-up": (PHONE, lambda walk: walk.visit("was_here")),
    "entry-with-preview": (DESK, lambda walk: walk.work("Hanna Berg").case_of("Tuva", "/entries/new/verdict")),
    "trigger": (DESK, _trigger),
    # Her phone speaks Arabic, his Swedish.
    "practice-locked": (PHONE, lambda walk: walk.phone("Noa" if walk.tag == "sv" else "Amina", later=False)),
    "practice-open": (PHONE, lambda walk: walk.phone("Amina", later=True)),
}


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "deploy/screens"))
