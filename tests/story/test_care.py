"""What social services decide: the child reads where it stands; no guardian learns where it lives or what it said."""

from __future__ import annotations

from typing import Any

import pytest

from bot.speech import locale, locales
from bot.story.keys import CHILDREN
from bot.story.telling import Card, tell
from bot.talk import Text
from storage.kinds import KINDS, fields_for
from storage.records import EntryState, Listener, ReaderClass
from tests.story import cases

SAFE_NOW = {"sv": ("du är trygg", "du är säker"), "en": ("you are safe",), "ar": ("أنت بأمان", "أنت في أمان")}


def fields(kind: str, **other: Any) -> dict[str, Any]:
    """The fields of the kind in the case of the child who lives somewhere else for a while."""
    return {**next(given for code, _, given in cases.CARED_FOR if code == kind), **other}


def card(kind: str, listener: Listener, given: dict[str, Any], state: EntryState = EntryState.HAPPENED) -> Card:
    """The card as a forgotten filter would make it: every field handed over."""
    return tell(cases.view(kind, listener, given, state=state, unfiltered=True), listener)


def keys(one: Card) -> tuple[str, ...]:
    """The keys of everything a card says in texts of the house."""
    return tuple(part.key for part in cases.parts(one) if isinstance(part, Text))


class TestWhereSheLives:
    """Nobody writes an address, and a guardian is not told so much as the sort of home."""

    @pytest.mark.parametrize("where", ["relative", "foster_home", "sheltered_with_parent", "institution"])
    def test_the_child_reads_the_sort_of_home_and_the_guardian_does_not(self, where: str) -> None:
        given = fields("placement", where=where)
        hers = [f"placement.{one}.where.{where}" in keys(card("placement", one, given)) for one in CHILDREN]
        assert all(hers)
        theirs = keys(card("placement", Listener.GUARDIAN, given))
        assert "placement.guardian.what" in theirs
        assert [key for key in theirs if any(word in key for word in (".where", ".school", ".siblings"))] == []

    def test_a_secret_place_is_to_a_guardian_a_decision_and_no_more(self) -> None:
        said = keys(card("family_contact", Listener.GUARDIAN, fields("family_contact", place_secret=True)))
        assert [key for key in said if ".place" in key] == ["family_contact.guardian.place_secret.yes"]
        words = locale("sv", strict=True).say(Text("family_contact.guardian.place_secret.yes"))
        assert words == "Det är beslutat att platsen där barnet bor inte berättas."


class TestWhatSheSaid:
    """A wish and what she was told are hers."""

    def test_a_guardian_reads_that_she_was_asked_but_not_what_came_of_it(self) -> None:
        said = keys(card("child_wish", Listener.GUARDIAN, fields("child_wish", wish="att bo hos mormor")))
        assert [key.rpartition(".")[2] for key in said if key.startswith("child_wish")] == [
            "headline", "what", "means", "next", "tonight",
        ]  # fmt: skip

    def test_the_grown_up_who_listened_is_no_guardians_field(self) -> None:
        assert [field.name for field in fields_for(KINDS["child_wish"], ReaderClass.GUARDIAN)] == []

    def test_a_wish_not_followed_says_why_and_that_it_was_no_fault_of_hers(self) -> None:
        said = keys(card("child_wish", Listener.CHILD, fields("child_wish", wish_answer="not_followed")))
        assert {"child_wish.7-12.answer.not_followed", "child_wish.7-12.why.protection"} <= set(said)


@pytest.mark.parametrize("phase", ["report", "during", "close"])
@pytest.mark.parametrize("tag", [one.tag for one in locales() if one.tag in SAFE_NOW])
def test_no_assessment_of_protection_says_that_she_is_safe(tag: str, phase: str) -> None:
    speaker = locale(tag, strict=True)
    given = fields("protection_assessment", phase=phase, protection="not_needed_now")
    for listener in (*CHILDREN, Listener.GUARDIAN):
        one = card("protection_assessment", listener, given)
        assert {f"protection_assessment.{listener}.{part}.{phase}" for part in ("what", "next")} <= set(keys(one))
        words = cases.said(one, speaker).lower()
        assert [never for never in SAFE_NOW[tag] if never in words] == []


@pytest.mark.parametrize("listener", [Listener.CHILD, Listener.GUARDIAN])
def test_a_taking_into_care_is_never_announced(listener: Listener) -> None:
    said = keys(card("immediate_care", listener, fields("immediate_care"), EntryState.PLANNED))
    assert [key for key in said if key.startswith("immediate_care") and not key.endswith("headline")] == []


@pytest.mark.parametrize("listener", [Listener.CHILD, Listener.TEEN, Listener.GUARDIAN])
def test_a_no_can_be_appealed_within_three_weeks_and_a_closing_cannot(listener: Listener) -> None:
    for refusal, weeks in (("no_help", True), ("closed", False)):
        one = card("measure_refused", listener, fields("measure_refused", refusal=refusal, measure=None))
        assert f"measure_refused.{listener}.appeal.{refusal}" in keys(one)
        assert ("tre veckor" in cases.said(one, locale("sv", strict=True))) is weeks


@pytest.mark.parametrize("listener", [*CHILDREN, Listener.GUARDIAN])
def test_a_no_says_first_what_help_it_was_about(listener: Listener) -> None:
    one = card("measure_refused", listener, fields("measure_refused", measure="contact_family"))
    first = one.blocks[0]
    assert isinstance(first, Text)
    assert first.key == f"measure_refused.{listener}.about"
    assert "en extra familj (kontaktfamilj)" in locale("sv", strict=True).say(first)
    assert f"measure_refused.{listener}.what.no_help" not in keys(one)


@pytest.mark.parametrize("listener", [*CHILDREN, Listener.GUARDIAN])
@pytest.mark.parametrize("refusal", ["no_help", "closed"])
def test_a_no_that_does_not_say_what_it_was_about_says_what_is_known(listener: Listener, refusal: str) -> None:
    one = card("measure_refused", listener, fields("measure_refused", refusal=refusal, measure=None))
    assert [key for key in keys(one) if ".about" in key or ".what" in key] == [
        f"measure_refused.{listener}.what.{refusal}"
    ]
    assert one.missing == ()
