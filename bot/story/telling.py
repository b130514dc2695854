"""The heart: one structured entry becomes a card for one listener at one depth, in keys and never in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from bot.story.helplines import phones
from bot.story.keys import CHILDREN, belongs, field_of, head_key, line_slots, phrase, prefix, tells, variants, voice
from bot.story.noes import not_meant
from bot.story.values import slot
from bot.story.words import words_of
from bot.talk import Name, Slot, Text, Written
from storage.kinds import COMMON_LINES, KINDS, Kind, Line
from storage.records import Authority, EntryId, EntryState, EntryView, Listener

SHORT_PARTS = frozenset({
    "what", "who", "about", "measure", "sentence", "why", "means", "planned",
    "answer", "result", "decided", "where", "contact",
})  # fmt: skip
# Lines that answer now; a grown-up's differs from a child's.
PHONES = phones()
TOPIC_OF = MappingProxyType({
    "place": "place", "from_place": "place", "back_to": "place", "worry": "about", "whom": "about",
    "offence": "about", "with_me": "company", "listeners": "listeners", "purpose": "reason", "finding": "outcome",
    "outcome": "outcome", "reason": "why", "liberty": "liberty", "taken_by": "who", "reported_by": "who", "by": "who",
    "participants": "who", "fetched_by": "who", "told_home_by": "who", "prosecutor": "who",
    "decided_by": "who", "appointee": "who",
    "told_about": "about", "wish_answer": "outcome", "protection": "outcome", "where": "place", "new_worker": "who",
    "contact_way": "outcome", "refusal": "outcome", "care": "outcome",
    "handled_by": "who", "travel": "rest",
})  # fmt: skip


class Depth(StrEnum):
    """How much she wants to read."""

    HEADLINE = "headline"
    SHORT = "short"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Card:
    """One entry as one listener gets it. `missing` says kindly what the log does not know; it never breaks a card."""

    entry: EntryId
    kind: str
    symbol: str
    heavy: bool
    headline: Text
    when: Text | None
    blocks: tuple[Text | Written, ...] = ()
    missing: tuple[Text, ...] = ()
    closing: tuple[Text, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """The hard words in it, in the order they are met; what closes every card alike is left out."""
        return words_of((self.headline, *self.blocks, *self.missing))


def _variant(kind: Kind, view: EntryView) -> str | None:
    value = view.fields.get(kind.variant) if kind.variant else None
    return value if value in variants(kind) else None


def _outcome(kind: Kind, view: EntryView) -> str | None:
    """What came of it: what makes the kind another text, or else the field that says it."""
    said = _variant(kind, view) if kind.variant else view.fields.get("outcome")
    return None if said is None else str(said)


def _not_meant(kind: Kind, view: EntryView, listener: Listener) -> str | None:
    upheld = view.fields.get("upheld")
    return not_meant(kind.code, _outcome(kind, view), listener, upheld=None if upheld is None else str(upheld))


def _line(kind: Kind, head: str, line: Line, view: EntryView, listener: Listener) -> Iterator[Text | Written]:
    if any(slot(field_of(kind, name), view, listener) is not None for name in line.unless):
        return
    slots: dict[str, Slot] = {}
    for name in line.needs:
        value = slot(field_of(kind, name), view, listener)
        if value is None:
            return
        slots[name] = value
    choice = f".{view_choice(slots[line.by])}" if line.by else ""
    given = line_slots(line)
    yield Text(f"{head}.{listener}.{line.part}{choice}", {name: slots[name] for name in slots if name in given})


def view_choice(value: Slot) -> str:
    """The plain value behind a slot that picks a text: the value itself, or the last word of its phrase's key."""
    return value.key.split(".")[2] if isinstance(value, Text) else str(value)


def _absent(kind: Kind, line: Line, view: EntryView, listener: Listener) -> Iterator[str]:
    for name in line.needs:
        if name in view.left_out or name in view.kept_back:
            # The log knows it; it is not for this reader.
            continue
        field = field_of(kind, name)
        expected = field.required or field.thin or name in view.missing
        if expected and slot(field, view, listener) is None:
            yield TOPIC_OF.get(name, "rest")


def _common(kind: Kind, view: EntryView, listener: Listener) -> Iterator[Text | Written]:
    """Her wish, what came of it, and the worker's approved words: only where the child herself is told."""
    wish = view.fields.get("wish")
    for line in COMMON_LINES:
        if line.by is None and wish:
            yield Text(f"common.{listener}.wish")
            yield Written(str(wish))
        elif line.by is not None:
            yield from _line(kind, "common", line, view, listener)
    if words := view.fields.get("own_words"):
        yield Text(f"common.{listener}.own_words")
        yield Written(str(words))
    if view.told_by and view.told_on:
        yield Text("told.by", {"by": Name(view.told_by), "on": view.told_on})


def closing(kind: Kind, source: Authority, listener: Listener) -> Iterator[Text]:
    """How a card ends: that it may be put away, whom to tell again, whom to ask, who answers now."""
    if kind.heavy and listener in CHILDREN:
        yield Text(f"closing.{listener}.heavy")
    if listener is not Listener.REPRESENTATIVE:
        yield Text(f"closing.{listener}.again")
    if source is Authority.SOCIAL:
        yield Text(f"closing.{listener}.ask")
    else:
        yield Text(f"closing.{listener}.ask_other", {"authority": Text(phrase("authority", source, listener))})
    if kind.heavy and listener in PHONES:
        yield Text(f"closing.{listener}.number", {"phone": Name(PHONES[listener])})


def _unmoved(view: EntryView, listener: Listener) -> tuple[Text, ...]:
    """An event that was moved or cancelled says that first; it is shared, since it says nothing of the event itself."""
    if view.state is EntryState.CANCELLED:
        return (Text(f"cancelled.{listener}.what"),)
    moved = Text(f"moved.{listener}.what")
    return (moved, Text(f"moved.{listener}.next", {"on": view.on})) if view.on else (moved,)


def _kept(view: EntryView) -> Iterator[Text]:
    """Where it said "not yet" before: that somebody looked, on the promised day or later, is said with the card."""
    if view.opened_on is None:
        return
    if view.waited_until is None or view.opened_on <= view.waited_until:
        yield Text("promise.kept", {"on": view.opened_on})
    else:
        yield Text("promise.kept_late", {"until": view.waited_until, "on": view.opened_on})


def _when(view: EntryView) -> Text | None:
    if view.on is None or view.state not in (EntryState.HAPPENED, EntryState.PLANNED):
        return None
    return Text(f"when.{view.state}", {"on": view.on})


def _lines(kind: Kind, view: EntryView, listener: Listener, depth: Depth) -> tuple[Line, ...]:
    """The lines that this listener is told at this depth, the headline apart."""
    variant = _variant(kind, view)
    if view.state is EntryState.HAPPENED:
        known = kind.variant is None or variant is not None
        table = tuple(line for line in kind.lines if belongs(line, variant)) if known else ()
    else:
        table = kind.ahead if view.state is not EntryState.CANCELLED else ()
    wanted = [line for line in table if not line.part.endswith("headline") and tells(kind, line, listener, variant)]
    return tuple(line for line in wanted if depth is Depth.FULL or line.part in SHORT_PARTS)


def _asked(kind: Kind, view: EntryView) -> Authority:
    """Whom a reader asks about an entry: whom it comes from, or whom the kind names for an answer of its own."""
    if kind.asked_of is not None:
        name, answer, authority = kind.asked_of
        if view.fields.get(name) == answer:
            return authority
    return view.source


def _missing(kind: Kind, lines: tuple[Line, ...], view: EntryView, listener: Listener) -> tuple[Text, ...]:
    topics = [topic for line in lines for topic in _absent(kind, line, view, listener)]
    if kind.variant and _variant(kind, view) is None and kind.variant not in view.kept_back:
        topics.append("outcome")
    tone = voice(listener)
    return tuple(Text(f"missing.{topic}.{tone}") for topic in dict.fromkeys(topics))


def tell(view: EntryView, listener: Listener, depth: Depth = Depth.FULL) -> Card:
    """The card of an entry. Raises `KeyError` for a kind that is not in `storage.kinds.KINDS`."""
    kind = KINDS[view.kind]
    happened = view.state is EntryState.HAPPENED
    head = prefix(kind, _variant(kind, view) if happened else None)
    headline = Text(head_key(kind, _variant(kind, view), listener, happened=happened))
    card = Card(view.id, kind.code, kind.symbol, kind.heavy, headline, _when(view))
    if depth is Depth.HEADLINE:
        return card
    lines = _lines(kind, view, listener, depth)
    blocks: list[Text | Written] = [*_kept(view)]
    if view.state in (EntryState.MOVED, EntryState.CANCELLED):
        blocks.extend(_unmoved(view, listener))
    elif not happened and not kind.ahead:
        blocks.append(Text(f"planned.{listener}.what"))
    for line in lines:
        said = tuple(_line(kind, head, line, view, listener))
        blocks.extend(said)
        if said and line.part == "means" and (fixed := _not_meant(kind, view, listener)):
            blocks.append(Text(fixed))
    if depth is Depth.FULL and listener in CHILDREN:
        blocks.extend(_common(kind, view, listener))
    missing = _missing(kind, lines, view, listener) if happened else ()
    if view.facts:
        missing = (*missing, Text(f"facts_only.{voice(listener)}"))
    if view.left_out:
        missing = (*missing, Text(f"left_out.{voice(listener)}"))
    ends = tuple(closing(kind, _asked(kind, view), listener))
    return Card(card.entry, card.kind, card.symbol, card.heavy, card.headline, card.when, tuple(blocks), missing, ends)
