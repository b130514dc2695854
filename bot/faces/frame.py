"""Faces: what stands around every page: the same head, the fixed line, the way out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bot.faces import symbols
from bot.faces.hearing import Hear, nothing_read
from bot.faces.qr import qr_code
from bot.faces.reply import LANGUAGE, PIN_LENGTH, RING, SEND, STOP
from bot.faces.time_signs import drawn
from bot.speech import Locale
from bot.talk import Name, Slot, Text, Written

# One word for every page, in no language in particular: tabs and history hold this and '/', nothing else.
TITLE = "Start"
# Somebody's own words that are longer than this fill a phone's screen and more.
LONG_WORDS = 1000
AWAY = "https://www.smhi.se/"
_NO_STRIP = Markup()


@dataclass(frozen=True, slots=True)
class Frame:
    """What a page needs beside its screen. `css`, `js`, `icon` are addresses of our own static files.

    `away` is where the quick exit leads; `idle` the seconds after which an open page covers itself; `stamp` proves
    the page to `bot.http.same_origin`; `strip` is safe markup above the page (the demo); `locales` are offered where
    there is no conversation to change the language in (help and error pages). `hear` finds what was read aloud;
    `ring`: she may ask to be rung up in her own language, where the page can be heard in no other way.
    """

    css: str
    js: str
    icon: str
    away: str = AWAY
    idle: int | None = None
    stamp: int = 0
    strip: Markup = _NO_STRIP
    locales: tuple[Locale, ...] = ()
    hear: Hear = nothing_read
    ring: bool = False


def _is_written(line: object) -> bool:
    return isinstance(line, Written)


def _is_long(line: object) -> bool:
    """Whether a person's own words would push the box, and what is said beside it, off every screen."""
    words = line.words if isinstance(line, Written) else line.value if isinstance(line, Name) else ""
    return len(words) > LONG_WORDS


@lru_cache(maxsize=1)
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("bot.faces"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals.update(
        title=TITLE,
        draw=symbols.drawing,
        used=symbols.used,
        qr=qr_code,
        sprite=symbols.sprite(symbols.PICTURES),
        is_written=_is_written,
        is_long=_is_long,
        pin_length=PIN_LENGTH,
        pin_pictures=tuple(zip(symbols.LETTERS, symbols.PICTURES, strict=True)),
        fixed_values={"language": LANGUAGE, "stop": STOP, "send": SEND, "ring": RING},
    )
    return made


def draw_page(template: str, locale: Locale, frame: Frame, **facts: object) -> str:
    """A page from a template; every word comes from the locale."""

    def word(key: str, **slots: Slot) -> str:
        return locale.say(Text(key, slots))

    def picture(name: str) -> Markup:
        return symbols.picture(name, locale)

    return (
        _templates()
        .get_template(template)
        .render(locale=locale, frame=frame, word=word, say=locale.say, picture=picture, time_signs=drawn, **facts)
    )
