"""What a "no" does not mean: said of every outcome that says no, to each listener, in every language."""

from __future__ import annotations

import re
from itertools import chain

import pytest

from bot.catalogues import catalogue_of
from bot.proofreading import stale_keys
from bot.speech import FOLDER, locale, locales
from bot.story.keys import CHILDREN, prefix, variants
from bot.story.noes import NOES, No, not_meant
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
# The fixed words of each level, and of a level where the text does not know whether the answer was a no.
FIXED = {
    (Listener.UNDER_7, False): "Ett nej betyder inte att inget hände, eller att ingen tror dig.",
    (Listener.UNDER_7, True): "Om svaret var nej: det betyder inte att inget hände, eller att ingen tror dig.",
    (Listener.CHILD, False): "Ett nej betyder inte att inget har hänt. Det betyder inte heller att ingen tror på dig.",
    (Listener.CHILD, True): (
        "Om svaret var nej: det betyder inte att inget har hänt. Det betyder inte heller att ingen tror på dig."
    ),
    (Listener.TEEN, False): "Ett nej säger inte att det inte hände. Det säger inte heller att ingen tror på dig.",
    (Listener.TEEN, True): "Om svaret var nej: det säger inte att det inte hände, och inte att ingen tror på dig.",
    (Listener.GROWN, False): "Ett nej betydde inte att inget hade hänt, och inte att ingen trodde på dig.",
    (Listener.GROWN, True): (
        "Om svaret var nej: det betydde inte att inget hade hänt, och inte att ingen trodde på dig."
    ),
    (Listener.GUARDIAN, False): "Ett nej säger inte att inget har hänt, och inte att ingen tror på barnet.",
    (Listener.GUARDIAN, True): (
        "Om svaret var nej: det säger inte att inget har hänt, och inte att ingen tror på barnet."
    ),
}
WHO = (*CHILDREN, Listener.GUARDIAN)
# A kind's own words beside them that say the same over again.
SAID_TWICE = re.compile(r"inte att (inget|det inte) (ha(r|de) )?hän|inte att ingen tro|inte är trodd|inte blev trodd")


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
@pytest.mark.parametrize("listener", WHO)
@pytest.mark.parametrize(("kind", "outcome", "no"), EACH, ids=NAMED)
def test_who_reads_a_no_reads_in_the_fixed_words_of_her_level_what_it_does_not_mean(
    kind: Kind, outcome: str, no: No, listener: Listener, depth: Depth
) -> None:
    keys, source = told(kind, outcome, listener, depth), catalogue_of(FOLDER / "sv").forms
    own = own_key(kind, outcome, listener)
    after = keys[keys.index(own) + 1]
    assert source[after] == (FIXED[listener, no.perhaps],)
    assert [key for key in keys if key.startswith("not_meant.")] == [after]
    assert not SAID_TWICE.search(source[own][0])


@pytest.mark.parametrize("tag", TAGS)
def test_it_is_said_in_every_language_and_made_from_the_words_of_today(tag: str) -> None:
    forms, older = catalogue_of(FOLDER / tag).forms, stale_keys(tag)
    carriers = {not_meant(kind.code, outcome, listener) or "" for kind, outcome, _ in EACH for listener in WHO}
    carriers |= {own_key(kind, outcome, listener) for kind, outcome, _ in EACH for listener in WHO}
    assert len(carriers - {""}) == len(FIXED) + len(EACH) * len(WHO)
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


@pytest.mark.parametrize(("kind", "outcome", "no"), EACH, ids=NAMED)
def test_a_special_representative_reads_how_to_say_it_instead(kind: Kind, outcome: str, no: No) -> None:
    if kind.criminal:
        keys = told(kind, outcome, Listener.REPRESENTATIVE, Depth.FULL)
        assert [key for key in keys if key.startswith("not_meant.")] == []


def test_a_yes_is_told_without_them() -> None:
    for code, values in NO_ANSWER_TO_HER.items():
        for outcome in values:
            for listener in WHO:
                keys = told(KINDS[code], outcome, listener, Depth.FULL)
                assert [key for key in keys if key.startswith("not_meant.")] == []


@pytest.mark.parametrize("listener", WHO)
@pytest.mark.parametrize(("upheld", "said"), [("convicted", None), ("acquitted", "no"), (None, "if_no")])
def test_a_court_of_appeal_that_says_which_verdict_stands_leaves_no_perhaps(
    listener: Listener, upheld: str | None, said: str | None
) -> None:
    fields = {"outcome": "same", "whom": "father", "offence": "assault"} | ({"upheld": upheld} if upheld else {})
    blocks = tell(cases.view("appeal_verdict", listener, fields), listener).blocks
    keys = [block.key for block in blocks if isinstance(block, Text)]
    assert [key for key in keys if key.startswith("not_meant.")] == ([f"not_meant.{listener}.{said}"] if said else [])
    assert [key for key in keys if ".upheld." in key] == (
        [f"appeal_verdict_same.{listener}.upheld.{upheld}"] if upheld else []
    )


@pytest.mark.parametrize("upheld", ["convicted", "acquitted", None])
@pytest.mark.parametrize("listener", [Listener.CHILD, Listener.TEEN, Listener.GUARDIAN])
def test_what_it_means_follows_the_verdict_that_stands_and_is_said_once(listener: Listener, upheld: str | None) -> None:
    fields = {"outcome": "same", "whom": "father", "offence": "assault"} | ({"upheld": upheld} if upheld else {})
    blocks = tell(cases.view("appeal_verdict", listener, fields), listener).blocks
    keys = [block.key for block in blocks if isinstance(block, Text)]
    stem = f"appeal_verdict_same.{listener}.means"
    assert [key for key in keys if key.startswith(stem)] == [f"{stem}.{upheld}" if upheld else stem]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("verdict", {"outcome": "convicted", "whom": "father", "offence": "assault", "sentence": "prison"}),
        ("suspect_interview", {"by": "omar", "whom": "father", "told_suspicion": True, "liberty": "kept"}),
    ],
)
@pytest.mark.parametrize("tag", ["sv", "en"])
def test_the_smallest_hear_once_whom_it_is_about(tag: str, kind: str, fields: dict[str, object]) -> None:
    speaker = locale(tag, strict=True)
    words = cases.said(tell(cases.view(kind, Listener.UNDER_7, fields), Listener.UNDER_7), speaker)
    assert words.count(speaker.say(Text("phrase.whom.father.child"))) == 1
