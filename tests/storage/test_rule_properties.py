"""What holds of the rule however its facts are mixed: what shuts never opens, what is taken away never adds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from storage._rule_staff import STAFF_PARTS
from storage._rule_ties import SHARED
from storage.consent import Actor, Grant, Question, Withheld, decide
from storage.queries import Purpose, Reach
from storage.records import Channel, GuardianStatus, PersonId, Role, Side, Strength, TieId, TieKind
from storage.rules import (
    Blocked,
    ClearedBy,
    Consented,
    ContactDecided,
    Investigation,
    Recorded,
    Rule,
    Sealed,
    StatusSet,
    Tied,
    Withdrew,
)
from storage.standing import Standing
from tests.storage.family import CASE
from tests.storage.house import UNIT
from tests.storage.rule_words import NOW

PEOPLE = st.sampled_from([PersonId(name) for name in ("mira", "mother", "father")])
TIES = st.sampled_from([TieId(name) for name in ("one", "two", "three")])
STAFF = st.sampled_from(["hanna", "olle", "siv"])
DAYS = st.dates(date(2026, 11, 20), date(2026, 11, 26))
MAYBE_DAYS = st.none() | DAYS
BIRTHS = st.none() | st.dates(date(2007, 1, 1), date(2018, 1, 1))
SCOPES = st.sampled_from(["telegram_full", "reminders", "own_phone"])

TIED = st.builds(Tied, TIES, PEOPLE, st.sampled_from(TieKind), DAYS, MAYBE_DAYS, STAFF, born=BIRTHS)
CONSENTED = st.builds(
    Consented, SCOPES, PEOPLE, PEOPLE, SCOPES, st.just("why"), st.none() | st.sampled_from(Channel), DAYS, MAYBE_DAYS
)
CONTACT = st.builds(
    ContactDecided, PEOPLE, STAFF, DAYS, st.just("why"), st.just("how"), st.booleans(), MAYBE_DAYS, st.booleans()
)
RULES = st.one_of(
    TIED,
    TIED,
    st.builds(StatusSet, TIES, st.sampled_from(GuardianStatus), STAFF),
    st.builds(StatusSet, TIES, st.just(GuardianStatus.NONE), STAFF),
    st.builds(ClearedBy, TIES, STAFF, st.just("why")),
    st.builds(Blocked, TIES, STAFF, st.booleans()),
    st.builds(Sealed, STAFF, st.booleans()),
    st.builds(Investigation, STAFF, st.booleans()),
    CONTACT,
    CONSENTED,
    st.builds(Withdrew, SCOPES, PEOPLE),
)
HISTORIES = st.lists(RULES, max_size=14)
ACTORS = st.builds(Actor, PEOPLE, st.sampled_from(Strength)) | st.builds(
    Actor, STAFF, st.just(Strength.STAFF), st.sampled_from(Side), st.sampled_from([UNIT, "elsewhere"]),
    st.just(Role.CASE_WORKER),
)  # fmt: skip
QUESTIONS = st.builds(Question, st.just(CASE), st.sampled_from(Purpose), st.sampled_from(Reach))
SHUTTERS = st.one_of(
    st.builds(Blocked, TIES, STAFF, st.just(True)),
    st.builds(Sealed, STAFF, st.just(True)),
    st.builds(Investigation, STAFF, st.just(True)),
    st.builds(StatusSet, TIES, st.sampled_from([one for one in GuardianStatus if one != "none"]), STAFF),
    st.builds(Withdrew, SCOPES, PEOPLE),
)


def _verdict(
    actor: Actor, question: Question, rules: Sequence[Rule], channel: Channel, days: int = 0
) -> frozenset[str]:
    standing = Standing(CASE, "barnahus", UNIT, tuple(Recorded(rule, NOW) for rule in rules))
    verdict = decide(actor, question, standing, channel, NOW + timedelta(days=days))
    assert isinstance(verdict, Grant | Withheld)
    return verdict.compartments if isinstance(verdict, Grant) else frozenset()


@settings(max_examples=600)
@given(actor=ACTORS, question=QUESTIONS, rules=HISTORIES, channel=st.sampled_from(Channel), shutter=SHUTTERS)
def test_a_block_a_seal_a_status_or_an_investigation_never_turns_no_into_yes(
    actor: Actor, question: Question, rules: list[Rule], channel: Channel, shutter: Rule
) -> None:
    before = _verdict(actor, question, rules, channel)
    after = _verdict(actor, question, [*rules, shutter], channel)
    assert after <= before


@settings(max_examples=400)
@given(actor=ACTORS, question=QUESTIONS, rules=HISTORIES, channel=st.sampled_from(Channel), data=st.data())
def test_ending_a_tie_never_adds_anything_for_the_one_who_was_tied(
    actor: Actor, question: Question, rules: list[Rule], channel: Channel, data: st.DataObject
) -> None:
    """A guardian who was shut out stays out until a worker ends that tie; ending any other tie only takes away."""
    ties = {rule.tie: rule for rule in rules if isinstance(rule, Tied)}
    if not ties:
        return
    tie = data.draw(st.sampled_from(sorted(ties.values(), key=lambda one: one.tie)))
    if tie.kind is TieKind.GUARDIAN and len([one for one in ties.values() if one.person == tie.person]) > 1:
        return
    # Another child's tie would be the case's child then; a case has one.
    if tie.kind is TieKind.CHILD and len([one for one in ties.values() if one.kind is TieKind.CHILD]) > 1:
        return
    ended = Tied(tie.tie, tie.person, tie.kind, tie.from_, date(2026, 11, 1), "hanna", born=tie.born)
    before = _verdict(actor, question, rules, channel)
    after = _verdict(actor, question, [*rules, ended], channel)
    if actor.id == tie.person:
        assert after <= before
    else:
        assert after == before


@settings(max_examples=300)
@given(actor=ACTORS, question=QUESTIONS, rules=HISTORIES, channel=st.sampled_from(Channel), about=st.integers(0, 13))
def test_a_history_without_its_ties_opens_nothing_to_anybody_outside(
    actor: Actor, question: Question, rules: list[Rule], channel: Channel, about: int
) -> None:
    if actor.is_staff:
        return
    untied = [rule for rule in rules if not isinstance(rule, Tied)]
    assert not _verdict(actor, question, untied, channel, days=about)


@settings(max_examples=300)
@given(actor=ACTORS, question=QUESTIONS, rules=HISTORIES, channel=st.sampled_from(Channel))
def test_nobody_outside_ever_opens_what_belongs_to_staff_or_to_another(
    actor: Actor, question: Question, rules: list[Rule], channel: Channel
) -> None:
    opened = _verdict(actor, question, rules, channel)
    if actor.is_staff:
        assert not opened or opened in STAFF_PARTS.values()
        return
    last = {rule.tie: rule for rule in rules if isinstance(rule, Tied)}
    mine = {f"guardian:{tie}" for tie, rule in last.items() if rule.person == actor.id}
    assert opened <= {"child", "aid", "person", *SHARED, *mine}
    assert len(opened) <= 1 or opened <= SHARED
