"""Faces: whom to ring, as data, and the two pages that need nothing else: help, and something went wrong."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any

from bot.faces.frame import Frame, draw_page
from bot.speech import Locale
from bot.talk import Name, Text

# A number that nobody has compared with its source for this long may ring in the wrong room.
FRESH_DAYS = 180
_FAMILIES = {403: "refused", 404: "nowhere", 405: "nowhere", 410: "nowhere", 413: "large", 429: "wait"}
_BROKEN = 500
_ON_ERROR_PAGES = 3


@dataclass(frozen=True, slots=True)
class Helpline:
    """One number. `words` names its texts; `opens` and `closes` are None when it answers day and night."""

    words: str
    number: str
    opens: str | None
    closes: str | None
    free: bool
    on_bill: bool | None
    languages: tuple[str, ...]
    interpreter: bool
    url: str
    last_checked: date
    owner: str

    @property
    def tel(self) -> str:
        """The digits, for a `tel:` link."""
        return "".join(sign for sign in self.number if sign.isdigit())


def _line(row: dict[str, Any]) -> Helpline:
    opens, _, closes = ("", "", "") if row["hours"] == "always" else row["hours"].partition("-")
    return Helpline(
        words=row["words"],
        number=row["number"],
        opens=opens or None,
        closes=closes or None,
        free=row["free"],
        on_bill=row.get("on_bill"),
        languages=tuple(row["languages"]),
        interpreter=row["interpreter"],
        url=row["url"],
        last_checked=row["last_checked"],
        owner=row["owner"],
    )


@lru_cache(maxsize=1)
def helplines() -> tuple[Helpline, ...]:
    """Every number, 112 first."""
    whole = tomllib.loads(files("bot.faces").joinpath("helplines.toml").read_text(encoding="utf-8"))
    return tuple(_line(row) for row in whole["line"])


def facts_of(line: Helpline) -> tuple[Text, ...]:
    """What there is to know before ringing: hours, cost, the bill, in which language."""
    said = [
        Text("help.hours", {"opens": Name(line.opens), "closes": Name(line.closes)})
        if line.opens and line.closes
        else Text("help.always")
    ]
    if line.free:
        said.append(Text("help.free"))
    if line.on_bill is False:
        said.append(Text("help.not_on_bill"))
    said.append(Text("help.speaks." + "_".join(line.languages)))
    if line.interpreter:
        said.append(Text("help.interpreter"))
    return tuple(said)


def help_page(locale: Locale, frame: Frame) -> str:
    """`/help`: works without sign-in, session or script."""
    return draw_page("help.html", locale, frame, lines=helplines(), facts_of=facts_of)


def error_page(locale: Locale, status: int, frame: Frame) -> str:
    """A calm page for a refusal or a failure. It never says what was looked for or what broke."""
    family = "broken" if status >= _BROKEN else _FAMILIES.get(status, "unclear")
    return draw_page("error.html", locale, frame, family=family, lines=helplines()[:_ON_ERROR_PAGES], facts_of=facts_of)
