"""Faces: the line drawings, our own, 24 by 24, without skin, beds or violence."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

from markupsafe import Markup, escape

from bot.speech import Locale
from bot.talk import Text

# The pictures of a picture PIN in their fixed order: the first is 'a', the last is 'l'.
PICTURES = ("sun", "fish", "tree", "boat", "cup", "star", "cat", "key", "bike", "apple", "cloud", "ball")
LETTERS = "abcdefghijkl"


@lru_cache(maxsize=1)
def _drawings() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for path in files("bot.faces").joinpath("symbols").iterdir():
        name, _, kind = path.name.rpartition(".")
        if kind == "svg":
            whole = path.read_text(encoding="utf-8")
            found[name] = whole[whole.index(">") + 1 : whole.rindex("</svg>")]
    return MappingProxyType(found)


def names() -> frozenset[str]:
    """Every symbol there is."""
    return frozenset(_drawings())


def svg(inner: str, attributes: str = 'aria-hidden="true" focusable="false"') -> Markup:
    """One line drawing of 24 by 24 around strokes of our own."""
    # Attributes as well as style rules: an old phone that gets no style still gets a line drawing of the right size.
    # Only our own drawings and escaped words come here.
    return Markup(  # noqa: S704
        f'<svg class="symbol" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor" '
        f'stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" {attributes}>{inner}</svg>'
    )


@lru_cache(maxsize=512)
def drawing(name: str) -> Markup:
    """A symbol that only accompanies words; empty when there is no such drawing."""
    inner = _drawings().get(name)
    return Markup() if inner is None else svg(inner)


def picture(name: str, locale: Locale) -> Markup:
    """A symbol with its words for those who listen; empty when there is no such drawing."""
    inner = _drawings().get(name)
    if inner is None:
        return Markup()
    words = escape(locale.say(Text(f"symbol.{name}")))
    return svg(inner, f'role="img" aria-label="{words}"')


def sprite(chosen: tuple[str, ...]) -> Markup:
    """Definitions of several symbols, for a page that shows each of them many times."""
    parts = "".join(f'<symbol id="s-{name}" viewBox="0 0 24 24">{_drawings()[name]}</symbol>' for name in chosen)
    return Markup(  # noqa: S704
        f'<svg class="sprite" width="0" height="0" aria-hidden="true" focusable="false">{parts}</svg>'
    )


@lru_cache(maxsize=512)
def used(name: str) -> Markup:
    """A symbol of the sprite. `xlink:href` because old phones know no other."""
    return svg(f'<use xlink:href="#s-{escape(name)}"></use>', 'aria-hidden="true" focusable="false"')
