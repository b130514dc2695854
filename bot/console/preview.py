"""The preview: the exact text one reader would get, in her language, at her level, on the face she meets it on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from markupsafe import Markup

from bot.console.forms import Typed
from bot.console.notice import lock_screen
from bot.faces.symbols import drawing
from bot.speech import Locale, locale, locales
from bot.story import Card, Depth, listener_for, tell
from bot.talk import Name, Text, Written
from storage.kinds import KINDS, readers_of
from storage.projection import view_for
from storage.queries import PartyLine, Receiver
from storage.records import Adult, Entry, EntryView, Listener, ReaderClass, TieKind, Told


class Face(StrEnum):
    """Where the text would meet her."""

    WEB = "web"
    LOCK = "lock"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a card: its words, and whether they are somebody's own."""

    words: str
    own: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A card in words, ready to be drawn in its own language and direction."""

    locale: Locale
    headline: str
    when: str
    symbol: Markup
    lines: tuple[Line, ...]
    missing: tuple[str, ...]
    closing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """What the worker chose to look at."""

    listener: Listener
    tag: str
    depth: Depth
    face: Face


@dataclass(frozen=True, slots=True)
class Preview:
    """The preview as it stands beside the form. `card` None: this reader gets nothing of this kind of event."""

    look: Look
    card: Shown | None
    lock: Shown | None
    left_out: bool


def look_of(typed: Typed, otherwise: Listener = Listener.CHILD, tag: str = "sv") -> Look:
    """The chosen listener, language, depth and face; anything unknown falls back."""
    return Look(
        Listener(_among(typed.one("p_listener"), Listener, otherwise)),
        _among(typed.one("p_tag"), [one.tag for one in locales()], tag),
        Depth(_among(typed.one("p_depth"), Depth, Depth.FULL)),
        Face(_among(typed.one("p_face"), Face, Face.WEB)),
    )


def _among(value: str, allowed: Iterable[str], otherwise: str) -> str:
    return value if value in {str(one) for one in allowed} else str(otherwise)


def reader_of(listener: Listener) -> ReaderClass:
    """Whose part a listener reads."""
    if listener is Listener.GUARDIAN:
        return ReaderClass.GUARDIAN
    return ReaderClass.SHARED if listener is Listener.REPRESENTATIVE else ReaderClass.CHILD


def preview(entry: Entry, adults: Mapping[str, Adult], look: Look) -> Preview:
    """The text as it would be sealed for this reader: the same projection, the same story, the same words."""
    spoken = locale(look.tag)
    kind, reader = KINDS[entry.kind], reader_of(look.listener)
    if reader not in readers_of(kind):
        return Preview(look, None, None, left_out=True)
    card = show(tell(view_for(entry, kind, reader, adults, told_of(entry)), look.listener, look.depth), spoken)
    lock = lock_screen(spoken) if look.face is Face.LOCK else None
    line = Shown(spoken, lock, "", Markup(), (), (), ()) if lock is not None else None
    return Preview(look, card, line, left_out=reader not in entry.listeners)


def told_of(entry: Entry) -> Told | None:
    """The first telling, which the child's card names."""
    return entry.told[0] if entry.told else None


def show(card: Card, spoken: Locale) -> Shown:
    """A card in words."""
    return Shown(
        spoken,
        spoken.say(card.headline),
        spoken.say(card.when) if card.when else "",
        drawing(card.symbol),
        tuple(_line(block, spoken) for block in card.blocks),
        tuple(spoken.say(one) for one in card.missing),
        tuple(spoken.say(one) for one in card.closing),
    )


def _line(block: Text | Written | Name, spoken: Locale) -> Line:
    return Line(spoken.say(block), isinstance(block, Written))


def show_view(view: EntryView, listener: Listener, spoken: Locale) -> Shown:
    """A card that has been sealed already, whole."""
    return show(tell(view, listener, Depth.FULL), spoken)


def level_of(line: PartyLine | Receiver, today: date) -> Listener:
    """For whom a person of the case is told: by her tie, the level she chose, or her age."""
    match line.kind:
        case TieKind.GUARDIAN:
            return Listener.GUARDIAN
        case TieKind.REPRESENTATIVE | TieKind.COUNSEL | TieKind.READER | TieKind.SAFETY | TieKind.TREATMENT:
            return Listener.REPRESENTATIVE
        case TieKind.RECIPIENT:
            return Listener.GROWN
        case TieKind.CHILD:
            born = date.fromisoformat(line.born) if line.born else None
            return listener_for(born, today, line.level)
