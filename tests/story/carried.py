"""The demo's cases as each reader gets them: the file read, turned into deeds and projected, without a store."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any

from storage.commands import CarryEntry, Enrol, KeepAdult, ProtectIdentity
from storage.projection import Spared, project
from storage.records import Adult, Entry, EntryView, Promise
from storage.rules import Tied
from storage.schema.deeds import deeds_of
from storage.schema.reading import read_document

TODAY = date(2026, 11, 23)


@dataclass(frozen=True, slots=True)
class Carried:
    """One case: what the file says, the entries as staff has them, and each compartment's parts in order of days."""

    document: dict[str, Any]
    adults: dict[str, Adult]
    entries: tuple[Entry, ...]
    parts: dict[str, tuple[EntryView, ...]]
    promises: tuple[Promise, ...]


def carried(name: str) -> Carried:
    """The case of one file, with nobody's leave to be named and, if the file says so, under protection."""
    raw = files("bot.demo").joinpath("cases", f"{name}.json").read_bytes()
    document = read_document(raw)
    assert isinstance(document, dict), document
    deeds = [deed for _, deed in deeds_of(document, lambda *words: "/".join(words), TODAY)]
    adults: dict[str, Adult] = {deed.adult.id: deed.adult for deed in deeds if isinstance(deed, KeepAdult)}
    ties = tuple(
        Tied(deed.tie, deed.person, deed.kind, deed.from_, deed.until, deed.decided_by, born=deed.born)
        for deed in deeds
        if isinstance(deed, Enrol)
    )
    spared = Spared(places=any(isinstance(deed, ProtectIdentity) for deed in deeds))
    entries = tuple(deed.entry for deed in deeds if isinstance(deed, CarryEntry))
    parts: dict[str, list[EntryView]] = {}
    promises: list[Promise] = []
    for entry in entries:
        for part in project(entry, adults, ties, spared):
            if isinstance(part.payload, EntryView):
                # The criminal matter lies in a compartment for each authority; its reader reads all of them.
                parts.setdefault(part.compartment.partition(":")[0], []).append(part.payload)
            elif isinstance(part.payload, Promise):
                promises.append(part.payload)
    ordered = {name: tuple(sorted(views, key=lambda view: view.on or TODAY)) for name, views in parts.items()}
    return Carried(json.loads(raw), adults, entries, ordered, tuple(promises))
