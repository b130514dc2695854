"""Projection: for every kind, hold, state, release and telling, who has a part and what is in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import chain, combinations, product

import pytest

from storage.kinds import KINDS, fields_of
from storage.projection import PartOf, project
from storage.records import (
    Adult,
    Entry,
    EntryState,
    EntryView,
    Hold,
    HoldKind,
    PersonId,
    Promise,
    ReaderClass,
    Release,
    TieId,
    TieKind,
    Told,
    shared_part,
)
from storage.rules import Tied
from tests.storage.family import ADULTS, FATHER, FATHERS, LAWYER, LAWYERS, MIRA, MIRAS, MOTHER, MOTHERS, full_entry
from tests.storage.family import everyone as released_to_everyone

# The moments that a named grown-up tells first, and what belongs to the criminal matter: from the design and the log.
IN_PERSON_FIRST = {
    "transport", "closing_assessment", "charge_decision", "verdict",
    "preliminary_investigation", "review",
    "immediate_care", "care_order", "placement", "family_contact", "measure_refused", "case_closed",
    "appeal_verdict",
}  # fmt: skip
CRIMINAL = {
    "report_police", "consultation", "child_interview", "transport", "witness_interview", "suspect_interview",
    "charge_decision", "trial", "verdict",
    "alleged_act", "suspect", "preliminary_investigation", "review", "special_representative", "right_not_to_testify",
    "police_protection", "medical_exam", "home_search",
    "appeal", "appeal_verdict", "verdict_final", "damages", "crime_compensation", "contact_ban",
}  # fmt: skip
ONLY_HERS = {"wish", "wish_effect", "own_words", "reporter_shown", "way", "worry", "told_again", "concern"}
ONLY_HERS |= {"told_about", "how_taken", "wish_answer", "wish_why", "protection_reason", "handed_over"}
ONLY_HERS |= {"where", "belongings", "schooling", "siblings", "lawyer", "helper"}
NEVER_A_GUARDIANS = ONLY_HERS | {
    "reporter", "offence", "sentence", "prison_months", "listeners", "filmed",
    "my_words", "reason", "span", "shields", "exam_for", "taken", "for_talk",
    "appealed_by",
}  # fmt: skip
SINCE = date(2026, 9, 1)
TIES = tuple(
    Tied(tie, person, kind, SINCE, None, "Hanna")
    for tie, person, kind in (
        (MIRAS, MIRA, TieKind.CHILD),
        (MOTHERS, MOTHER, TieKind.GUARDIAN),
        (FATHERS, FATHER, TieKind.GUARDIAN),
        (LAWYERS, LAWYER, TieKind.REPRESENTATIVE),
    )
)
KNOWN: dict[str, Adult] = {adult.id: adult for adult in ADULTS}
UNTIL = date(2026, 12, 1)
HOLDS = (
    None,
    *(Hold(kind, UNTIL, "Hanna", lifted) for kind, lifted in product(HoldKind, (False, True))),
)
MOTHERS_PART, FATHERS_PART = f"guardian:{MOTHERS}", f"guardian:{FATHERS}"
RELEASES = tuple(chain.from_iterable(combinations(released_to_everyone(), n) for n in range(5)))
TOLD = ((), (Told(MIRA, "Hanna", SINCE, "face_to_face", "understood"),))


def _worlds(kind: str) -> Iterator[Entry]:
    for hold, state, releases, told, back in product(HOLDS, EntryState, RELEASES, TOLD, (False, True)):
        yield full_entry(kind, hold=hold, state=state, releases=releases, told=told, taken_back=back)


def _expected(entry: Entry) -> dict[str, str]:
    """Which compartments have which record, as the design's text says it."""
    parts = {"staff": "entry"}
    hold = entry.hold if entry.hold is not None and not entry.hold.lifted else None
    if entry.taken_back or (hold is not None and hold.kind is HoldKind.INVESTIGATION):
        return parts
    moment = entry.kind in IN_PERSON_FIRST and entry.state is EntryState.HAPPENED
    if hold is not None and hold.kind is HoldKind.NOT_YET:
        return parts if moment and not entry.told else {**parts, "child": "promise"}
    for one in entry.releases:
        if one.to is ReaderClass.CHILD:
            parts["child"] = "view"
        elif one.to is ReaderClass.GUARDIAN:
            parts[f"guardian:{one.tie}"] = "view"
        elif entry.kind in CRIMINAL:
            parts[shared_part(KINDS[entry.kind].source)] = "view"
    if (moment or hold is not None) and not entry.told:
        # The representative helps tell it, and has it under a key of that lawyer's own until it is told.
        early = {name: record for name, record in parts.items() if name == "staff" or name.startswith("shared:")}
        return {name.replace("shared:", "waiting:"): record for name, record in early.items()}
    return parts


def _parts(entry: Entry) -> dict[str, PartOf]:
    return {part.compartment: part for part in project(entry, KNOWN, TIES)}


@pytest.mark.parametrize("kind", KINDS)
def test_who_has_a_part(kind: str) -> None:
    compared = 0
    for entry in _worlds(kind):
        assert {name: part.name for name, part in _parts(entry).items()} == _expected(entry), entry
        compared += 1
    assert compared == 7 * 4 * 16 * 2 * 2


@pytest.mark.parametrize("kind", KINDS)
def test_every_readers_part_has_only_that_readers_fields(kind: str) -> None:
    by_name = {field.name: field for field in fields_of(KINDS[kind])}
    entry = full_entry(kind, state=EntryState.HAPPENED, releases=released_to_everyone(), told=TOLD[1])
    readers = {
        "child": ReaderClass.CHILD,
        shared_part(KINDS[kind].source): ReaderClass.SHARED,
        MOTHERS_PART: ReaderClass.GUARDIAN,
    }
    seen = 0
    for compartment, part in _parts(entry).items():
        reader = readers.get(compartment)
        if reader is None:
            continue
        view = part.payload
        assert isinstance(view, EntryView)
        hers = {name for name, field in by_name.items() if reader in field.to}
        assert set(view.fields) == hers & set(entry.fields)
        assert all(view.fields[name] == entry.fields[name] for name in view.fields)
        assert set(view.people) <= set(_adults_in(view.fields))
        seen += 1
    assert seen == (3 if kind in CRIMINAL else 2)


@pytest.mark.parametrize("kind", KINDS)
def test_a_guardians_part_never_carries_what_is_only_the_childs(kind: str) -> None:
    for entry in _worlds(kind):
        for compartment, part in _parts(entry).items():
            if compartment.startswith("guardian:"):
                assert isinstance(part.payload, EntryView)
                assert not set(part.payload.fields) & NEVER_A_GUARDIANS
                assert part.payload.told_by is None


@pytest.mark.parametrize("kind", KINDS)
def test_who_reported_is_in_no_part_but_the_staffs_own_field(kind: str) -> None:
    for entry in _worlds(kind):
        assert not any(
            "reporter" in part.payload.fields for part in _parts(entry).values() if isinstance(part.payload, EntryView)
        )


def test_the_reporter_is_shown_to_her_when_a_worker_chose_it() -> None:
    ylva = ADULTS[0].id
    entry = full_entry("report_social", releases=released_to_everyone())
    entry.fields["reporter"] = entry.fields["reporter_shown"] = ylva
    parts = _parts(entry)
    hers, mothers = parts["child"].payload, parts[MOTHERS_PART].payload
    assert isinstance(hers, EntryView)
    assert isinstance(mothers, EntryView)
    assert ylva in hers.people
    assert ylva not in mothers.people


@pytest.mark.parametrize("state", EntryState)
def test_a_moment_to_be_told_in_person_leaves_no_trace_with_child_or_guardian_until_told(state: EntryState) -> None:
    for kind in IN_PERSON_FIRST:
        entry = full_entry(kind, state=state, releases=released_to_everyone())
        waits = state is EntryState.HAPPENED
        assert ("child" not in _parts(entry)) == waits
        assert (MOTHERS_PART not in _parts(entry)) == waits
        told = replace(entry, told=TOLD[1])
        assert {"child", MOTHERS_PART, FATHERS_PART} <= set(_parts(told))


def test_the_representative_reads_what_the_child_is_waiting_to_hear() -> None:
    assert set(_parts(full_entry("verdict", releases=released_to_everyone()))) == {"staff", "waiting:court"}


def test_telling_somebody_else_is_not_telling_her() -> None:
    told = (Told(PersonId(MOTHER), "Hanna", SINCE, "phone", "understood"),)
    assert "child" not in _parts(full_entry("verdict", releases=released_to_everyone(), told=told))


def test_not_yet_becomes_a_promise_with_its_day_and_its_keeper() -> None:
    entry = full_entry(hold=Hold(HoldKind.NOT_YET, UNTIL, "Hanna"), releases=released_to_everyone())
    assert _parts(entry)["child"].payload == Promise(entry.id, UNTIL, "Hanna")
    assert set(_parts(entry)) == {"staff", "child"}


def test_a_release_to_one_guardian_is_nothing_to_the_other() -> None:
    parts = _parts(full_entry(releases=(Release(ReaderClass.GUARDIAN, "Hanna", "g", SINCE, MOTHERS),)))
    assert set(parts) == {"staff", MOTHERS_PART}


def test_a_release_to_a_guardian_of_another_case_makes_no_part() -> None:
    foreign = Release(ReaderClass.GUARDIAN, "Hanna", "g", SINCE, TieId("tie-elsewhere"))
    nobody = Release(ReaderClass.GUARDIAN, "Hanna", "g", SINCE, None)
    anybody = Release(ReaderClass.GUARDIAN, "Hanna", "g", SINCE, LAWYERS)
    assert set(_parts(full_entry(releases=(foreign, nobody, anybody)))) == {"staff"}


def test_a_reader_the_entry_is_not_for_has_no_part_whatever_was_released() -> None:
    entry = full_entry(listeners=(ReaderClass.CHILD,), releases=released_to_everyone())
    assert set(_parts(entry)) == {"staff", "child"}


def test_what_a_reader_should_have_had_is_named_as_missing() -> None:
    entry = full_entry("child_interview", releases=released_to_everyone())
    del entry.fields["place"]
    view = _parts(entry)["child"].payload
    assert isinstance(view, EntryView)
    assert view.missing == ("place",)
    assert "place" not in view.fields


def _adults_in(fields: dict[str, object]) -> Iterator[str]:
    for value in fields.values():
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            yield from (one for one in value if isinstance(one, str))


@pytest.mark.parametrize(("outcome", "waits"), [("granted", False), ("refused", True), ("ended", True), ("?", True)])
def test_no_protection_is_told_in_person_first_and_protection_at_once(outcome: str, waits: bool) -> None:
    entry = full_entry("contact_ban", releases=released_to_everyone())
    entry.fields["ban"] = outcome
    assert ("child" not in _parts(entry)) == waits
    assert (MOTHERS_PART not in _parts(entry)) == waits
    assert "child" in _parts(replace(entry, told=TOLD[1]))


def test_a_sentence_that_was_once_stored_with_an_acquittal_is_in_nobodys_part() -> None:
    entry = full_entry("verdict", releases=released_to_everyone(), told=TOLD[1])
    entry.fields["outcome"] = "acquitted"
    for name in ("child", "shared:court"):
        view = _parts(entry)[name].payload
        assert isinstance(view, EntryView)
        assert not {"sentence", "prison_months"} & (set(view.fields) | set(view.missing))
