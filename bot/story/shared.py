"""The room of shared words: every text on a kind's cards that is not the kind's own, found from the story's tables.

A sentence that many kinds say lies under the signature of each of them, so whoever signs a kind signs its whole card.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from bot.story.keys import (
    CHILDREN,
    PHRASE_OF,
    PHRASE_SLOTS,
    PHRASES,
    adult_fields,
    after_keys,
    common_keys,
    did_key,
    field_of,
    line_slots,
    listens,
    parts,
    phrase,
    reader,
    state_keys,
    tells,
    voice,
)
from bot.story.noes import not_meant_of
from bot.story.telling import TOPIC_OF, closing
from bot.story.words import means, title_of, words_in
from bot.talk import Text
from storage.kinds import ROLES, Field, FieldType, Kind, Line
from storage.records import Listener

# What frames a person's own words, wherever they are shown.
FRAME = "written.words"


@cache
def shared(kind: Kind, listener: Listener) -> tuple[str, ...]:
    """Every key that a card of the kind can draw for the listener beside its own parts, each once; () for none."""
    if not listens(kind, listener):
        return ()
    said = tuple(dict.fromkeys(_shared(kind, listener)))
    return tuple(dict.fromkeys((*said, *_explained((*parts(kind, listener), *said), listener))))


def _explained(said: Iterable[str], listener: Listener) -> Iterator[str]:
    """What stands under a card: its hard words, and what each means to the listener."""
    for word in dict.fromkeys(word for key in said for word in words_in().get(key, ())):
        yield from (title_of(word).key, means(word, listener).key)


def _shared(kind: Kind, listener: Listener) -> Iterator[str]:
    tone = voice(listener)
    yield from ("when.happened", "when.planned", "promise.kept", "promise.kept_late")
    yield from (f"facts_only.{tone}", f"left_out.{tone}")
    # What is announced has its own words for it.
    yield from (key for key in state_keys(listener) if not (kind.ahead and key.startswith("planned.")))
    lines = [line for line in (*kind.lines, *kind.ahead) if _told(kind, line, listener)]
    for line in lines:
        yield from (f"missing.{TOPIC_OF.get(name, 'rest')}.{tone}" for name in line.needs)
        yield from _phrases(kind, line, listener)
    if kind.variant:
        yield f"missing.outcome.{tone}"
    yield from not_meant_of(kind.code, listener)
    if listener in CHILDREN:
        yield from (FRAME, "told.by", *common_keys(listener))
    for source in (kind.source, *(() if kind.asked_of is None else kind.asked_of[2:])):
        for text in closing(kind, source, listener):
            yield from _inside(text)
    if of := adult_fields(kind, reader(listener)):
        yield from (did_key(kind, field, tone) for field in of)
        yield "did.dated"
    if kind.after:
        yield from after_keys(listener)


def _told(kind: Kind, line: Line, listener: Listener) -> bool:
    """Whether some outcome tells the line."""
    return any(tells(kind, line, listener, outcome) for outcome in (None, *line.variants))


def _phrases(kind: Kind, line: Line, listener: Listener) -> Iterator[str]:
    for name in line_slots(line):
        yield from _of_field(kind, field_of(kind, name), listener)


def _of_field(kind: Kind, field: Field, listener: Listener) -> Iterator[str]:
    if field.type in (FieldType.ADULT, FieldType.ADULTS):
        yield from (phrase("role", role, listener) for role in ROLES)
    elif field.type is FieldType.NUMBER:
        yield from (f"phrase.duration.{unit}" for unit in ("years", "months"))
    elif (choice_set := PHRASE_OF.get(field.name)) is not None:
        known = (value for value in PHRASES[choice_set] if value in field.choices)
        yield from (phrase(choice_set, value, listener) for value in known)
        if "whom" in PHRASE_SLOTS.get(choice_set, ()):
            yield from _of_field(kind, field_of(kind, "whom"), listener)


def _inside(text: Text) -> Iterator[str]:
    yield text.key
    for slot in text.slots.values():
        if isinstance(slot, Text):
            yield from _inside(slot)
