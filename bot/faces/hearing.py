"""Faces: what of a screen can be heard, where somebody has read it aloud; half a screen is not played as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from bot.speech import Locale
from bot.talk import Choice, Name, Screen, Text, Written

# The addresses of what says these texts in this language, one after another; nothing unless all of them are said.
Hear = Callable[[Locale, tuple[str, ...]], tuple[str, ...]]


def nothing_read(_: Locale, __: tuple[str, ...]) -> tuple[str, ...]:
    """A house in which nobody has read anything aloud."""
    return ()


@dataclass(frozen=True, slots=True)
class Heard:
    """Addresses of sound: of the screen as it is read from top to bottom, and beside each button by its value."""

    whole: tuple[str, ...] = ()
    beside: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def heard(screen: Screen, locale: Locale, hear: Hear) -> Heard:
    """What can be played of a screen. The buttons can be heard one by one, also where the rest cannot."""
    keys = keys_of(screen)
    beside = {one.value: hear(locale, (key,)) for one in _buttons(screen) if (key := fixed(one.label)) is not None}
    return Heard(hear(locale, keys) if keys else (), {value: clips for value, clips in beside.items() if clips})


def keys_of(screen: Screen) -> tuple[str, ...]:
    """The texts of a screen in the order they are read; none when one of them is not the same for everybody."""
    keys = [fixed(part) for part in _parts(screen)]
    return tuple(key for key in keys if key is not None) if None not in keys else ()


def fixed(part: Text | Written | Name) -> str | None:
    """The key of a text that is the same whoever reads it; None for everything else."""
    return part.key if isinstance(part, Text) and not part.slots and part.count is None else None


def _parts(screen: Screen) -> Iterator[Text | Written | Name]:
    if screen.note is not None:
        yield screen.note
    yield screen.title
    for block in screen.blocks:
        if block.heading is not None:
            yield block.heading
        yield from block.lines
    if screen.ask is not None:
        yield screen.ask.label


def _buttons(screen: Screen) -> tuple[Choice, ...]:
    return (*screen.rows, *screen.choices)
