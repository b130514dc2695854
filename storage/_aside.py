"""Put aside: a card that she said is not hers stays out of her sight through every change of its entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace as changed

from storage._desk import Desk
from storage._duty_rows import close_duties
from storage._shelf import Taken, put, take_one
from storage.consent import Grant
from storage.duties import Duty
from storage.her_words import Aside, Objection, Objects, Outcome
from storage.projection import PartOf
from storage.records import CHILD_PART, Entry, EntryId, EntryView, RecordId, new_id

HERS_ALONE = frozenset({CHILD_PART})


def aside_of(desk: Desk, grant: Grant, entry: str) -> Taken | None:
    """The card as it was put aside; None when it is not."""
    return take_one(desk.tx, grant, entry, "aside", compartments=HERS_ALONE)


def stay_aside(desk: Desk, grant: Grant, entry: Entry, wanted: Mapping[str, PartOf]) -> dict[str, PartOf]:
    """The parts of an entry when the child's is put aside: it is kept up with the entry and stays out of her sight.

    When the entry is taken back her question has its answer: the card should not have been there.
    """
    there = aside_of(desk, grant, entry.id)
    if there is None:
        return dict(wanted)
    if entry.taken_back:
        answer_aside(desk, grant.subject, there, Outcome.REMOVED)
        return dict(wanted)
    hers, aside = wanted.get(CHILD_PART), there.payload
    if hers is not None and isinstance(hers.payload, EntryView):
        aside = changed(aside, view=hers.payload)
    day = hers.day if hers is not None else there.day
    return {**wanted, CHILD_PART: PartOf(CHILD_PART, "aside", aside, day)}


def answer_aside(desk: Desk, case: str, there: Taken, outcome: Outcome) -> None:
    """Write down what came of it, where she can read it and where it stays."""
    waiting = asked(EntryId(there.record), there.payload)
    answered = changed(
        waiting, id=RecordId(new_id()), outcome=outcome, by=desk.actor.label, on=desk.tx.now.date()
    )  # fmt: skip
    put(desk.tx, case, CHILD_PART, "objection", answered.id, answered)
    close_duties(desk.tx, case, there.record, Duty.NOT_MINE)


def asked(entry: EntryId, aside: Aside) -> Objection:
    """A card put aside as a question of hers that waits for its answer; it goes by the entry's own id."""
    return Objection(RecordId(entry), entry, aside.person, Objects.NOT_MINE, aside.at, aside.at.date())
