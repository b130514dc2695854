"""Whoever the child lets read: what is shared; and of her own part what the policy gives, each card once."""

from __future__ import annotations

from typing import Any

import pytest

from storage.commands import CarryEntry, EndConsent, KeepAdult, KeepConsent, ProtectIdentity
from storage.consent import Reason, Withheld
from storage.queries import Adults, MyThread, OneEntry, Timeline, WholeStory
from storage.records import EntryId, PersonId, TieId, TieKind
from tests.storage.family import ADULTS, CASE, HANNA, MIRA, MOTHER, Family, enrol, everyone, full_entry
from tests.storage.house import TODAY, signed_in

AUNT = PersonId("aunt")
READS = signed_in(AUNT)


@pytest.fixture
def read(family: Family) -> Family:
    """Mira is ten: she and her cleared mother let the aunt read. Four cards, two of the police's, one shared twice."""
    house = family.house
    family.contact()
    family.clear()
    house.done(HANNA, enrol(AUNT, TieId("tie-aunt"), TieKind.READER))
    for name, kind in (("talk", "child_talk"), ("interview", "child_interview"), ("report", "report_police")):
        house.done(HANNA, CarryEntry(CASE, full_entry(kind, name, releases=everyone())))
    house.done(HANNA, CarryEntry(CASE, full_entry("alleged_act", "act", releases=everyone()[:1])))
    return family


def yes(scope: str, by: PersonId = MOTHER) -> KeepConsent:
    return KeepConsent(CASE, f"{scope}-{by}", by, MIRA, scope, "own_story", None, TODAY, None, to=AUNT)


def cards(family: Family) -> list[str]:
    return sorted(item.id for item in family.house.see(READS, Timeline(CASE)).items)


def test_on_what_is_shared_she_reads_what_is_shared(read: Family) -> None:
    read.house.done(HANNA, yes("share_shared"))
    assert cards(read) == ["interview", "report"]
    assert read.house.see(READS, OneEntry(CASE, EntryId("talk"))) is None


def test_on_the_story_she_reads_the_childs_own_part_too_and_each_card_once(read: Family) -> None:
    read.house.done(HANNA, yes("share_story"))
    assert cards(read) == ["interview", "report", "talk"]
    story: Any = read.house.see(READS, WholeStory(CASE))
    assert sorted(view.id for view in story) == ["interview", "report", "talk"]
    assert read.house.see(READS, OneEntry(CASE, EntryId("talk"))) is not None
    named = {ref for view in story for ref in view.people}
    assert {adult.id for adult in read.house.see(READS, Adults(CASE))} == named


def test_another_authoritys_card_that_is_the_childs_alone_is_not_hers(read: Family) -> None:
    """P53: the police released it to the child, and to nobody who reads along."""
    read.house.done(HANNA, yes("share_story"))
    assert read.house.see(READS, OneEntry(CASE, EntryId("act"))) is None
    assert read.house.see(signed_in(MIRA), OneEntry(CASE, EntryId("act"))) is not None


def test_what_she_writes_to_the_unit_is_never_read_along(read: Family) -> None:
    read.house.done(HANNA, yes("share_story"))
    assert isinstance(read.house.ask(READS, MyThread(CASE)), Withheld)


def test_where_she_is_stays_hers_under_protection(read: Family) -> None:
    house = read.house
    house.done(HANNA, yes("share_story"), KeepAdult(CASE, ADULTS[1]))
    assert "'place'" in repr(house.see(READS, OneEntry(CASE, EntryId("talk"))))
    house.done(HANNA, ProtectIdentity(CASE, protected=True))
    view = house.see(READS, OneEntry(CASE, EntryId("talk")))
    assert "place" not in view.fields  # type: ignore[union-attr]
    assert "0700-000000" not in repr(house.see(READS, Adults(CASE)))


def test_taken_back_it_is_shut_at_once(read: Family) -> None:
    read.house.done(HANNA, yes("share_story"))
    assert cards(read)
    read.house.done(HANNA, EndConsent(CASE, f"share_story-{MOTHER}"))
    assert read.house.ask(READS, Timeline(CASE)) == Withheld(Reason.NO_CONSENT)
