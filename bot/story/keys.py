"""The room of names: every text key that the story can tell, and the slots each of them is given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType

from bot.story.noes import not_meant_keys
from bot.story.words import word_keys
from storage.kinds import (
    COMMON_LINES,
    KINDS,
    MEASURES,
    OFFENCE,
    PLACES,
    ROLES,
    SHIELDS,
    TONGUES,
    TRAVEL,
    WHOM,
    WISH_EFFECT,
    WORRY,
    Field,
    FieldType,
    Kind,
    Line,
    fields_for,
    fields_of,
    fits,
)
from storage.records import Authority, Listener, ReaderClass

CHILDREN = tuple(listener for listener in Listener if listener.is_hers)
MISSING_TOPICS = ("who", "place", "about", "company", "listeners", "reason", "liberty", "outcome", "why", "rest")

# Which choices a field's value can be told with inside a sentence.
PHRASE_OF = MappingProxyType({
    "place": "place_at", "from_place": "place_from", "back_to": "place_to", "whom": "whom", "told_whom": "whom",
    "home_with": "whom", "heard": "whom", "worry": "worry", "offence": "offence",
    "shields": "shield", "tongue": "tongue",
    "travel": "travel", "measure": "measure",
})  # fmt: skip
PHRASES: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "place_at": PLACES, "place_from": PLACES, "place_to": PLACES, "whom": WHOM, "worry": WORRY, "offence": OFFENCE,
    "role": ROLES, "authority": tuple(Authority),
    "shield": SHIELDS, "tongue": TONGUES,
    "travel": TRAVEL, "measure": MEASURES,
})  # fmt: skip
# A set that is not here is said alike to everybody.
VOICES: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "whom": ("child", "about"), "role": ("child", "about"), "worry": ("small", "child", "about"),
    "offence": ("small", "child", "about"),
})  # fmt: skip
PHRASE_SLOTS = MappingProxyType({"worry": frozenset({"whom"}), "role": frozenset({"name"})})

Slots = frozenset[str]


def reader(listener: Listener) -> ReaderClass:
    """The class of reader whose fields a listener may have."""
    if listener is Listener.GUARDIAN:
        return ReaderClass.GUARDIAN
    return ReaderClass.SHARED if listener is Listener.REPRESENTATIVE else ReaderClass.CHILD


def voice(listener: Listener) -> str:
    """Whether the text speaks to the child ('your grandfather') or about the child."""
    return "child" if listener in CHILDREN else "about"


def phrase(choice_set: str, value: str, listener: Listener) -> str:
    """The key of one choice value as words inside a sentence."""
    if choice_set not in VOICES:
        return f"phrase.{choice_set}.{value}"
    tone = voice(listener)
    if listener is Listener.UNDER_7 and "small" in VOICES[choice_set]:
        tone = "small"
    # The grown-up knows the legal words; the explanation inside them is for those who are still children.
    if listener is Listener.GROWN and choice_set == "offence":
        tone = "about"
    return f"phrase.{choice_set}.{value}.{tone}"


def prefix(kind: Kind, variant: str | None) -> str:
    """The first word of the keys: the kind, or the kind and what came of it."""
    return f"{kind.code}_{variant}" if variant else kind.code


def variants(kind: Kind) -> tuple[str, ...]:
    """The values that make a kind another text altogether; empty when it has no variant."""
    return next((field.choices for field in kind.fields if field.name == kind.variant), ())


def field_of(kind: Kind, name: str) -> Field:
    """One field of the form by its name. Raises `KeyError` for a name the kind does not have."""
    found = next((field for field in fields_of(kind) if field.name == name), None)
    if found is None:
        raise KeyError(name)
    return found


def tells(kind: Kind, line: Line, listener: Listener, outcome: str | None = None) -> bool:
    """Whether the line can be told to the listener: not kept for others, every field theirs and of this outcome."""
    if line.only and listener not in line.only:
        return False
    theirs = {field.name for field in fields_for(kind, reader(listener)) if fits(kind, field, outcome)}
    return theirs.issuperset(line.needs)


def belongs(line: Line, variant: str | None) -> bool:
    """Whether the line is one of this variant's; a line that names no variants is every one's."""
    return not line.variants or variant in line.variants


def line_slots(line: Line) -> Slots:
    """The slots of a line: its fields, without the one that picks the text and the one inside another phrase."""
    inside = {"whom"} if "worry" in line.needs else set()
    return frozenset(line.needs) - {line.by or ""} - inside


def _line_keys(kind: Kind, head: str, line: Line, listener: Listener) -> Iterator[tuple[str, Slots]]:
    stem = f"{head}.{listener}.{line.part}"
    if line.by is None:
        yield stem, line_slots(line)
        return
    field = field_of(kind, line.by)
    choices = ("yes", "no") if field.type is FieldType.YES_NO else field.choices
    for value in choices:
        yield f"{stem}.{value}", line_slots(line)


def _kind_keys(kind: Kind, listener: Listener) -> Iterator[tuple[str, Slots]]:
    if kind.variant:
        yield f"{kind.code}.{listener}.headline", frozenset()
    for variant in variants(kind) or (None,):
        for line in kind.lines:
            if belongs(line, variant) and tells(kind, line, listener, variant):
                yield from _line_keys(kind, prefix(kind, variant), line, listener)
    for line in (*kind.ahead, *(line for one in kind.after for line in one.lines)):
        if tells(kind, line, listener):
            yield from _line_keys(kind, kind.code, line, listener)


def listens(kind: Kind, listener: Listener) -> bool:
    """A special representative hears only what belongs to the criminal matter."""
    return kind.criminal or listener is not Listener.REPRESENTATIVE


def parts(kind: Kind, listener: Listener) -> tuple[str, ...]:
    """Every key of the kind's own that can be told to the listener, in order; empty when none may be."""
    return tuple(key for key, _ in _kind_keys(kind, listener)) if listens(kind, listener) else ()


def _state_keys(listener: Listener) -> Iterator[tuple[str, Slots]]:
    none: Slots = frozenset()
    yield f"moved.{listener}.what", none
    yield f"moved.{listener}.next", frozenset({"on"})
    yield f"cancelled.{listener}.what", none
    yield f"planned.{listener}.what", none


def state_keys(listener: Listener) -> tuple[str, ...]:
    """What is said alike of whatever was moved or cancelled, or lies ahead."""
    return tuple(key for key, _ in _state_keys(listener))


def _common_keys(listener: Listener) -> Iterator[str]:
    yield f"common.{listener}.own_words"
    for line in COMMON_LINES:
        for value in WISH_EFFECT if line.by else ("",):
            yield f"common.{listener}.{line.part}" + (f".{value}" if value else "")


def common_keys(listener: Listener) -> tuple[str, ...]:
    """What is said alike with every event to the child herself: her wish, what came of it, a worker's own words."""
    return tuple(_common_keys(listener))


def _shared_keys(listener: Listener) -> Iterator[tuple[str, Slots]]:
    none: Slots = frozenset()
    yield from _state_keys(listener)
    yield f"closing.{listener}.ask", none
    yield f"closing.{listener}.ask_other", frozenset({"authority"})
    if listener is Listener.REPRESENTATIVE:
        return
    yield f"closing.{listener}.again", none
    yield f"closing.{listener}.number", frozenset({"phone"})
    if listener is Listener.GUARDIAN:
        return
    yield f"closing.{listener}.heavy", none
    yield from ((key, none) for key in _common_keys(listener))


def _phrase_keys() -> Iterator[tuple[str, Slots]]:
    for choice_set, values in PHRASES.items():
        for value in values:
            stem = f"phrase.{choice_set}.{value}"
            slots = PHRASE_SLOTS.get(choice_set, frozenset())
            for tone in VOICES.get(choice_set, ("",)):
                yield (f"{stem}.{tone}" if tone else stem), slots
    for unit in ("years", "months"):
        yield f"phrase.duration.{unit}", frozenset({"count"})


def did_key(kind: Kind, field: Field, tone: str) -> str:
    """The key for what a grown-up did in an entry, by the field that names them."""
    return f"did.{kind.code}.{field.name}.{tone}"


def adult_fields(kind: Kind, to: ReaderClass) -> tuple[Field, ...]:
    """The fields that name grown-ups and that this class of reader may have."""
    return tuple(f for f in fields_for(kind, to) if f.type in (FieldType.ADULT, FieldType.ADULTS))


def _people_keys() -> Iterator[tuple[str, Slots]]:
    none: Slots = frozenset()
    for role in ROLES:
        yield f"role.{role}.title", none
        yield from ((f"role.{role}.{tone}", none) for tone in ("child", "about"))
    for authority in Authority:
        yield f"authority.{authority}.name", none
        for tone in ("child", "about"):
            yield f"authority.{authority}.gives.{tone}", none
            yield f"authority.{authority}.how.{tone}", none
    for kind in KINDS.values():
        yield from ((did_key(kind, f, "child"), none) for f in adult_fields(kind, ReaderClass.CHILD))
        others = {f.name: f for to in (ReaderClass.GUARDIAN, ReaderClass.SHARED) for f in adult_fields(kind, to)}
        yield from ((did_key(kind, f, "about"), none) for f in others.values())
    yield "did.dated", frozenset({"what", "on"})


def head_key(kind: Kind, variant: str | None, listener: Listener, *, happened: bool) -> str:
    """The key of the headline. What lies ahead has one of its own where that of what happened would be untrue."""
    if happened:
        return f"{prefix(kind, variant)}.{listener}.headline"
    own = next((line.part for line in kind.ahead if line.part.endswith("headline")), "headline")
    return f"{kind.code}.{listener}.{own}"


def _after_keys() -> Iterator[tuple[str, Slots]]:
    """The page of the days after, what is said aloud on them, and whether a promised day was kept."""
    none: Slots = frozenset()
    yield from ((f"after.{part}", none) for part in ("title", "row.title", "near.title", "gone"))
    yield from ((f"after.lead.{tone}", none) for tone in ("child", "about"))
    for listener in CHILDREN:
        yield f"offer.{listener}.hello", frozenset({"by"})
        yield f"offer.{listener}.next", frozenset({"on"})
        yield f"offer.{listener}.last", none
    yield "promise.missed_today", frozenset({"who", "on"})
    yield "promise.kept", frozenset({"on"})
    yield "promise.kept_late", frozenset({"until", "on"})


def after_keys(listener: Listener) -> tuple[str, ...]:
    """What is said alike on the days after every event that has them."""
    others = {f"offer.{one}" for one in CHILDREN if one is not listener}
    mine = (key for key, _ in _after_keys() if key.rpartition(".")[0] not in others)
    return tuple(key for key in mine if not key.startswith("promise."))


@cache
def catalogue() -> Mapping[str, Slots]:
    """Every key the story can ever ask for, with the names of the slots it is given."""
    keys: dict[str, Slots] = {}
    for kind in KINDS.values():
        for listener in Listener:
            if listens(kind, listener):
                keys.update(_kind_keys(kind, listener))
    for listener in Listener:
        keys.update(_shared_keys(listener))
    keys.update(_phrase_keys())
    keys.update(_people_keys())
    keys.update(_after_keys())
    keys.update((f"missing.{topic}.{tone}", frozenset()) for topic in MISSING_TOPICS for tone in ("child", "about"))
    keys.update((f"when.{state}", frozenset({"on"})) for state in ("happened", "planned"))
    keys.update((f"left_out.{tone}", frozenset()) for tone in ("child", "about"))
    keys.update((f"facts_only.{tone}", frozenset()) for tone in ("child", "about"))
    keys.update((key, frozenset()) for key in not_meant_keys())
    keys.update((key, frozenset()) for key in word_keys())
    keys["told.by"] = frozenset({"by", "on"})
    return MappingProxyType(keys)
