"""The texts as they stand: any kind for any listener, Swedish beside another language, with what can be counted."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from bot.console.errand import Errand
from bot.proofreading import WORDS_A_SENTENCE, lacking, stale_keys
from bot.speech import SOURCE, Locale, locale, locales
from bot.story import readability
from bot.story.keys import parts
from storage.kinds import KINDS, MATTERS
from storage.records import Listener


@dataclass(frozen=True, slots=True)
class Pair:
    """One text in two languages, and whether the second was made from other Swedish words.

    `part` is the key without what the page's head says already: the kind and the listener.
    """

    key: str
    part: str
    swedish: str
    other: str
    older: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """Words, sentences, the longest sentence beside its limit, and LIX where the measure fits the language."""

    words: int
    sentences: int
    longest: int
    limit: int
    lix: int | None


async def show_texts(errand: Errand) -> web.StreamResponse:
    """A kind as one listener is told it; what is asked for and is not there falls back to the first there is."""
    asked = errand.request.query
    code = _among(asked.get("kind"), tuple(KINDS))
    listener = Listener(_among(asked.get("as"), tuple(map(str, Listener))))
    tags = tuple(one.tag for one in locales() if one.tag != SOURCE)
    other = locale(_among(asked.get("tag"), tags))
    source, older = locale(SOURCE), stale_keys(other.tag)
    pairs = tuple(
        Pair(key, _part(key, code, listener), source.template(key), other.template(key), key in older)
        for key in parts(KINDS[code], listener)
    )
    return errand.page(
        "texts.html",
        matters=MATTERS,
        code=code,
        listener=listener,
        listeners=tuple(Listener),
        languages=tuple(one for one in locales() if one.tag != SOURCE),
        other=other,
        pairs=pairs,
        untold=code in lacking(other.tag),
        figures=(
            (source, _counted([pair.swedish for pair in pairs], listener, source)),
            (other, _counted([pair.other for pair in pairs if pair.other], listener, other)),
        ),
    )


def _part(key: str, code: str, listener: Listener) -> str:
    return key.removeprefix(code).lstrip("_").replace(f"{listener}.", "", 1).lstrip(".")


def _counted(texts: list[str], listener: Listener, spoken: Locale) -> Figures:
    whole = "\n".join(texts)
    nordic = spoken.cldr.startswith("sv")
    return Figures(
        len(readability.words(whole)),
        len(readability.sentences(whole)),
        readability.longest(whole),
        WORDS_A_SENTENCE[listener],
        round(readability.lix(whole)) if nordic else None,
    )


def _among(value: str | None, allowed: tuple[str, ...]) -> str:
    return value if value in allowed else allowed[0]
