"""Faces: whom to ring, and the two pages that need nothing else: help, and something went wrong."""

from __future__ import annotations

from bot.faces.frame import Frame, draw_page
from bot.speech import Locale
from bot.story.helplines import Helpline, facts_of, helplines, traces_of

__all__ = ["FRESH_DAYS", "Helpline", "error_page", "facts_of", "help_page", "helplines"]

# A number that nobody has compared with its source for this long may ring in the wrong room.
FRESH_DAYS = 180
_FAMILIES = {403: "refused", 404: "nowhere", 405: "nowhere", 410: "nowhere", 413: "large", 429: "wait"}
_BROKEN = 500
_ON_ERROR_PAGES = 3


def help_page(locale: Locale, frame: Frame) -> str:
    """`/help`: works without sign-in, session or script."""
    checked = min(line.last_checked for line in helplines())
    return draw_page("help.html", locale, frame, lines=helplines(), facts_of=facts_of,
                     traces=traces_of(helplines()), checked=checked)  # fmt: skip


def error_page(locale: Locale, status: int, frame: Frame) -> str:
    """A calm page for a refusal or a failure. It never says what was looked for or what broke."""
    family = "broken" if status >= _BROKEN else _FAMILIES.get(status, "unclear")
    return draw_page("error.html", locale, frame, family=family, lines=helplines()[:_ON_ERROR_PAGES], facts_of=facts_of)
