"""What a "no" does not mean: said to every child and grown-up of every outcome that says no, in every language."""

from __future__ import annotations

import re
from itertools import chain

import pytest

from bot.catalogues import catalogue_of
from bot.proofreading import stale_keys
from bot.speech import FOLDER, locales
from bot.story.keys import CHILDREN, prefix, variants
from bot.story.noes import NOES, No
from bot.story.telling import Depth, tell
from bot.talk import Text
from storage.kinds import KINDS, Kind
from storage.records import Listener
from tests.story import cases

TAGS = tuple(one.tag for one in locales())
# An outcome that is heard neither as "nobody believed me" nor as "nothing happened": it is no answer to what she told
# of, or it is a yes, or it is about a rule of its own (money, contact, help, where to live) and says what that means.
NO_ANSWER_TO_HER = {
    "preliminary_investigation": {"opened", "reopened"},
    "review": {"asked", "changed"},
    "special_representative": {"appointed", "ended"},
    "charge_decision": {"charged"},
    "verdict": {"convicted"},
    "appeal_verdict": {"changed_convicted"},
    "verdict_final": {"convicted"},
    "crime_compensation": {"applied", "granted", "refused"},
    "contact_ban": {"granted", "refused", "ended"},
    "closing_assessment": {"support_needed", "support_enough"},
    "social_investigation": {"opened", "extended", "reopened"},
    "care_order": {"granted", "refused", "ended"},
}
# In the source a kind's own words on a no say that something may have happened all the same.
STILL_HAPPENED = re.compile(r"inget (ha(r|de) )?hän[dt]e?|inte (ha(r|de) )?hän[dt]e?|varit med om|upplevt|sant")


def outcomes(kind: Kind) -> tuple[str, ...]:
    """What can come of a kind: the values that make it another text, or those of its outcome."""
    named = next((field.choices for field in kind.fields if field.name == "outcome"), ())
    return variants(kind) or named


def own_key(kind: Kind, outcome: str, listener: Listener) -> str:
    """The key of a kind's own words on what an outcome means."""
    if kind.variant:
        return f"{prefix(kind, outcome)}.{listener}.means"
    return f"{kind.code}.{listener}.means.{outcome}"


# Every outcome that says no.
EACH: tuple[tuple[Kind, str, No], ...] = tuple((KINDS[code], outcome, no) for (code, outcome), no in NOES.items())
NAMED = [f"{code}-{outcome}" for code, outcome in NOES]


def told(kind: Kind, outcome: str, listener: Listener, depth: Depth) -> list[str]:
    """The keys of the card that a listener gets of an outcome, with usual facts."""
    usual = dict(chain.from_iterable(row[2].items() for row in cases.EVERY if row[0] == kind.code))
    named = kind.variant or "outcome"
    view = cases.view(kind.code, listener, usual | {named: outcome})
    return [block.key for block in tell(view, listener, depth).blocks if isinstance(block, Text)]


def test_every_outcome_there_is_either_says_no_or_is_known_not_to() -> None:
    there = {(kind.code, outcome) for kind in KINDS.values() for outcome in outcomes(kind)}
    known = {(code, outcome) for code, values in NO_ANSWER_TO_HER.items() for outcome in values}
    assert known.isdisjoint(NOES)
    assert there == known | set(NOES)


@pytest.mark.parametrize("depth", [Depth.SHORT, Depth.FULL])
@pytest.mark.parametrize("listener", CHILDREN)
@pytest.mark.parametrize(("kind", "outcome", "no"), EACH, ids=NAMED)
def test_who_reads_a_no_reads_what_it_does_not_mean(
    kind: Kind, outcome: str, no: No, listener: Listener, depth: Depth
) -> None:
    keys = told(kind, outcome, listener, depth)
    own = own_key(kind, outcome, listener)
    assert own in keys
    fixed = [key for key in keys if key.startswith("not_meant.")]
    if listener in no.fixed:
        assert fixed == [f"not_meant.{listener}.{'if_no' if no.perhaps else 'no'}"]
        assert keys.index(fixed[0]) == keys.index(own) + 1
    else:
        assert fixed == []
        assert STILL_HAPPENED.search(catalogue_of(FOLDER / "sv").forms[own][0])


@pytest.mark.parametrize("tag", TAGS)
def test_it_is_said_in_every_language_and_made_from_the_words_of_today(tag: str) -> None:
    forms, older = catalogue_of(FOLDER / tag).forms, stale_keys(tag)
    carriers = {
        f"not_meant.{listener}.{'if_no' if no.perhaps else 'no'}"
        if listener in no.fixed
        else own_key(kind, outcome, listener)
        for kind, outcome, no in EACH
        for listener in CHILDREN
    }
    assert sorted(key for key in carriers if not "".join(forms.get(key, ())).strip()) == []
    assert sorted(carriers & older) == []


@pytest.mark.parametrize("tag", TAGS)
def test_the_fixed_words_of_a_language_are_words_of_their_own(tag: str) -> None:
    """A language that hands over the Swedish words, or those of another level, is caught."""
    forms, source = catalogue_of(FOLDER / tag).forms, catalogue_of(FOLDER / "sv").forms
    keys = [key for key in source if key.startswith("not_meant.")]
    said = [forms[key][0] for key in keys if key in forms]
    assert len(said) == len(set(said)) == len(keys)
    if tag not in ("sv", "sv-lattlast"):
        assert [one for one in said if one in {source[key][0] for key in keys}] == []


@pytest.mark.parametrize("listener", [Listener.GUARDIAN, Listener.REPRESENTATIVE])
@pytest.mark.parametrize(("kind", "outcome", "no"), EACH, ids=NAMED)
def test_the_fixed_words_speak_to_a_child_and_are_told_to_nobody_else(
    kind: Kind, outcome: str, no: No, listener: Listener
) -> None:
    if listener is Listener.REPRESENTATIVE and not kind.criminal:
        return
    assert [key for key in told(kind, outcome, listener, Depth.FULL) if key.startswith("not_meant.")] == []


def test_a_yes_is_told_without_them() -> None:
    for code, values in NO_ANSWER_TO_HER.items():
        for outcome in values:
            for listener in CHILDREN:
                keys = told(KINDS[code], outcome, listener, Depth.FULL)
                assert [key for key in keys if key.startswith("not_meant.")] == []
