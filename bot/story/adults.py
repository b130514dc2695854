"""The room of grown-ups: who each one was, what they do and did, and where more can be had."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.story.keys import adult_fields, did_key, listens, reader, voice
from bot.talk import Name, Text
from storage.kinds import KINDS, ROLES
from storage.records import Adult, Authority, EntryState, EntryView, Listener, RecordId


@dataclass(frozen=True, slots=True)
class AdultStory:
    """A grown-up in the case: name, title, what the work is, and what he or she did, in the order it happened."""

    adult: RecordId
    name: Name
    title: Text
    does: Text
    did: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """An authority that has more: its name, what it can give, and how one asks."""

    authority: Authority
    name: Text
    gives: Text
    how: Text


def _did(adult: Adult, view: EntryView, listener: Listener) -> Iterator[Text]:
    kind = KINDS[view.kind]
    if view.state is not EntryState.HAPPENED or not listens(kind, listener):
        return
    for field in adult_fields(kind, reader(listener)):
        value = view.fields.get(field.name) or ()
        if adult.id not in ((value,) if isinstance(value, str) else value):
            continue
        what = Text(did_key(kind, field, voice(listener)))
        yield Text("did.dated", {"what": what, "on": view.on}) if view.on else what


def adult_text(adult: Adult, views: Sequence[EntryView], listener: Listener) -> AdultStory:
    """What this grown-up does, and which of the entries they were part of, also where they listened."""
    role = adult.role if adult.role in ROLES else "other"
    did = tuple(text for view in views for text in _did(adult, view, listener))
    does = Text(f"role.{role}.{voice(listener)}")
    return AdultStory(adult.id, Name(adult.label), Text(f"role.{role}.title"), does, did)


def more_information(views: Sequence[EntryView], listener: Listener) -> tuple[Source, ...]:
    """Every authority that has an event, or whose people were in one, with what it can give and how to ask."""
    there = {view.source for view in views}
    there.update(adult.authority for view in views for adult in view.people.values())
    tone = voice(listener)
    return tuple(
        Source(
            one,
            Text(f"authority.{one}.name"),
            Text(f"authority.{one}.gives.{tone}"),
            Text(f"authority.{one}.how.{tone}"),
        )
        for one in Authority
        if one in there
    )
