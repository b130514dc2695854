"""The Swedish legal word stands beside its translation: a reader can match the letters she gets (domain 4.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import pytest

from bot.catalogues import catalogue_of
from bot.speech import FOLDER, SOURCE, locales
from bot.story import samples
from bot.story.keys import catalogue
from bot.story.telling import Card
from bot.talk import Many, Slot, Text, Written
from storage.kinds import KINDS
from storage.records import Listener

# Each word as it stands in a decision or a letter, with what else in Swedish may stand for it in a sentence.
TERMS = {
    "förundersökning": (), "skadestånd": (), "hovrätten": (), "kontaktförbud": (), "brottsskadeersättning": (),
    "överprövning": (), "särskild företrädare": (), "beslag": (), "samråd": (), "laga kraft": (),
    "förvaltningsrätten": (), "åtal": (), "husrannsakan": (), "fällande dom": (), "friande dom": (),
    "målsägandebiträde": (), "tingsrätten": (), "offentligt biträde": (), "orosanmälan": (), "medhörning": (),
    "avslag": (), "resning": (), "skyddstillsyn": (), "umgänge": (), "skyddsbedömning": (), "påföljd": (),
    "delgivning av misstanke": ("delge misstanke",), "omedelbart omhändertagande": ("omedelbart omhändertas",),
    "huvudförhandling": (), "kammarrätten": (), "preskriberat": (), "rättsintyg": (), "omprövning": (),
    "vittnesförhör": (), "häktning": (), "insats": (), "misshandel": (), "olaga hot": (),
}  # fmt: skip
# English is written beside the Swedish and has the brackets where a word is first named; the others follow it.
MODEL = "en"
TAGS = [one.tag for one in locales() if one.tag not in (SOURCE, "sv-lattlast", MODEL)]
_BRACKETS = re.compile(r"\(([^()]+)\)")


def keys_in(said: Slot | Text | Written) -> Iterator[str]:
    """The keys of a text and of every text that stands inside it."""
    match said:
        case Text(key, slots):
            yield key
            for slot in slots.values():
                yield from keys_in(slot)
        case Many(items):
            for one in items:
                yield from keys_in(one)
        case _:
            return


def words(tag: str, keys: tuple[str, ...]) -> str:
    """The words of a language under some keys, as one text."""
    forms = catalogue_of(FOLDER / tag).forms
    return " ".join(one for key in keys for one in forms.get(key, ()))


@cache
def cards(listener: Listener) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Every usual card of a listener: the key of its headline, and the keys of all it says."""
    told = (card for kind in KINDS.values() for _, card in samples.told(kind, listener))
    return tuple((card.headline.key, tuple(_all_keys(card))) for card in told)


def _all_keys(card: Card) -> Iterator[str]:
    for part in (card.headline, *card.blocks, *card.missing, *card.closing):
        yield from keys_in(part)


def named(keys: tuple[str, ...]) -> set[str]:
    """The legal words that the model has in brackets on a card."""
    return TERMS.keys() & set(_BRACKETS.findall(words(MODEL, keys)))


@pytest.mark.parametrize("listener", Listener)
@pytest.mark.parametrize("tag", TAGS)
def test_a_card_keeps_each_legal_word_in_its_swedish_letters(tag: str, listener: Listener) -> None:
    faults = []
    for headline, keys in cards(listener):
        said = words(tag, keys).casefold()
        faults += [
            f"{headline}: {term}" for term in named(keys) if not any(one in said for one in (term, *TERMS[term]))
        ]
    assert faults == []


def test_the_list_has_no_word_that_the_model_never_brackets() -> None:
    assert set(TERMS) - set(_BRACKETS.findall(words(MODEL, tuple(catalogue())))) == set()


@pytest.mark.parametrize("tag", TAGS)
def test_what_a_crime_or_a_grown_ups_work_is_called_keeps_its_swedish_name(tag: str) -> None:
    forms, model = catalogue_of(FOLDER / tag).forms, catalogue_of(FOLDER / MODEL).forms
    faults = [
        f"{key}: {term}"
        for key in catalogue()
        if key.startswith("phrase.offence.") or (key.startswith("role.") and key.endswith(".title"))
        for term in _BRACKETS.findall(model[key][0])
        if term.casefold() not in forms[key][0].casefold()
    ]
    assert faults == []
