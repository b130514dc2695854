"""Previewing: where each text stands and how it reads there, for a translator who sees one sentence at a time.

The preview is in Swedish with made-up facts: the whole card with this text marked, or the text between its neighbours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from bot.catalogues import catalogue_of
from bot.proofreading import listener_of
from bot.speech import FSI, PDI, SOURCE, locale, slots_in
from bot.story import Card
from bot.story.keys import VOICES
from bot.story.samples import DAY, every_card, inside, texts_of
from bot.talk import Text, Written
from storage.kinds import KINDS
from storage.records import Listener

# Who reads, as a translator needs to know it.
READERS: Mapping[Listener, str] = MappingProxyType({
    Listener.UNDER_7: "a child under 7, read aloud by a grown-up",
    Listener.CHILD: "a child of 7 to 12",
    Listener.TEEN: "a young person of 13 to 17",
    Listener.GROWN: "a grown-up who was here as a child",
    Listener.GUARDIAN: "a guardian; the text speaks of the child",
    Listener.REPRESENTATIVE: "the child's special representative",
})  # fmt: skip
VOICE_READERS: Mapping[str, str] = MappingProxyType({
    "small": READERS[Listener.UNDER_7],
    "child": "the child herself, of any age; the words speak to her",
    "about": "a guardian or another grown-up; the words speak of the child",
})  # fmt: skip
_VOICED = ("phrase", "did", "role", "authority", "missing", "left_out")
# What the files hold that are not about entries. A file that is not here is named by itself.
PLACES: Mapping[str, str] = MappingProxyType({
    "chat": "the web chat's own pages and buttons",
    "come_back": "the pages where somebody comes back with a receipt code",
    "demo": "the demo's pages, where somebody tries the house",
    "eid": "the pages of signing in with an electronic identity",
    "face": "what stands around every page: menus, help, errors",
    "places": "the addresses and names of places",
    "telegram": "messages in Telegram",
})  # fmt: skip
# Texts that are said of people and authorities wherever they are named.
FAMILIES: Mapping[str, str] = MappingProxyType({
    "did": "the page about a grown-up, in the list of what she did",
    "role": "the page about a grown-up: what somebody of her profession does",
    "authority": "the page about the adults: what an authority does",
    "phrase": "a sentence on a card",
})  # fmt: skip
# Made-up facts for the slots of texts that stand on no card.
FACTS: Mapping[str, str] = MappingProxyType({
    "name": "Tove", "who": "Tove", "whom": "Omar", "by": "Tove", "at": "14:30", "time": "14:30",
    "phone": "116\u00a0111", "weekday": "onsdag", "authority": "socialtjänsten", "function": "socialsekreterare",
    "unit": "Barnahuset", "code": "ABCD 1234", "word": "björk", "place": "barnahuset", "where": "barnahuset",
    "language": "svenska", "headline": "Förhör med polisen", "title": "åklagare", "what": "ett möte",
    "opens": "8:00", "closes": "16:30", "count": "3", "left": "3", "all": "12", "chosen": "6",
})  # fmt: skip
MARK = "→ "
# So many texts before and after one that stands on no card.
NEAR = 3


@dataclass(frozen=True, slots=True)
class Stands:
    """Where a text stands: who reads it, its slots, the place in words, and how it reads there, a line each."""

    reader: str
    slots: str
    where: str
    preview: tuple[str, ...]


def standing(key: str) -> Stands:
    """Where a text of the Swedish catalogue stands. Raises `KeyError` for a key that it does not have."""
    catalogue = catalogue_of(locale(SOURCE).folder)
    forms = catalogue.forms[key]
    slots = ", ".join(sorted(frozenset[str]().union(*map(slots_in, forms))))
    if (found := _cards().get(key)) is not None:
        listener, card = found
        return Stands(_reader(key, listener), slots, _place(key, card), tuple(_lines(key, card)))
    file = catalogue.files[key]
    where = FAMILIES.get(key.partition(".")[0]) or PLACES.get(file, f"the file {file}.po")
    return Stands(_reader(key, listener_of(key)), slots, f"In {where}.", tuple(_among(key)))


def _reader(key: str, listener: Listener | None) -> str:
    family, _, rest = key.partition(".")
    tone = rest.rpartition(".")[2]
    if family in _VOICED and tone in VOICE_READERS:
        return VOICE_READERS[tone]
    if family == "when" or (family == "phrase" and rest.split(".")[0] not in VOICES):
        return "everybody"
    return READERS[listener] if listener is not None else "everybody"


def _place(key: str, card: Card) -> str:
    whose = f"the card of “{card.kind}”"
    if key == card.headline.key:
        return f"The headline of {whose}."
    told = [part.key for part in card.blocks if isinstance(part, Text)]
    if key in told:
        return f"Paragraph {told.index(key) + 1} of {len(told)} on {whose}."
    if card.when is not None and key == card.when.key:
        return f"Under the headline of a card, such as {whose}."
    if key in {text.key for text in (*card.missing, *card.closing)}:
        return f"At the end of a card, such as {whose}."
    return f"Inside a sentence, such as on {whose}."


def _lines(key: str, card: Card) -> Iterator[str]:
    """The card in Swedish, a line for each part; those that hold the text are marked."""
    speaker = locale(SOURCE)
    for part in (card.headline, card.when, *card.blocks, *card.missing, *card.closing):
        if part is not None:
            said = speaker.say(part).replace(FSI, "").replace(PDI, "")
            yield f"{MARK if _holds(part, key) else ''}{said}"


def _holds(part: Text | Written, key: str) -> bool:
    return isinstance(part, Text) and any(text.key == key for text in inside(part))


def _among(key: str) -> Iterator[str]:
    """A text without a card, between the nearest of its family, with a fact in each slot."""
    family = _families()[_family(key)]
    at = family.index(key)
    for near in family[max(0, at - NEAR) : at + NEAR + 1]:
        for form in catalogue_of(locale(SOURCE).folder).forms[near]:
            yield f"{MARK if near == key else ''}{_filled(form)}"


def _filled(form: str) -> str:
    day = locale(SOURCE).day(DAY)
    said = form
    for slot in slots_in(form):
        said = said.replace(f"{{{slot}}}", day if slot == "on" else FACTS.get(slot, "…"))
    return said


def _family(key: str) -> str:
    return ".".join(key.split(".")[:2]) if key.startswith("phrase.") else key.partition(".")[0]


@cache
def _families() -> Mapping[str, tuple[str, ...]]:
    """The keys that begin with the same word, in the order of their file."""
    found: dict[str, list[str]] = {}
    for key in catalogue_of(locale(SOURCE).folder).forms:
        found.setdefault(_family(key), []).append(key)
    return {name: tuple(keys) for name, keys in found.items()}


@cache
def _cards() -> Mapping[str, tuple[Listener, Card]]:
    """For each text of a card the first card that it stands on, and who is told it."""
    found: dict[str, tuple[Listener, Card]] = {}
    for kind in KINDS.values():
        for listener in Listener:
            for card in every_card(kind, listener):
                for text in texts_of(card):
                    found.setdefault(text.key, (listener, card))
    return found
